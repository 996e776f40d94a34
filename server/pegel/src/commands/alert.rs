//! `pegel alert`: what is watched, what stands, and what people say about it.

use crate::author::author;
use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, answer_json, broke, usage};
use crate::home::{Home, say_problem};
use crate::post::letterhead;
use crate::watcher::{Watcher, failure};
use anyhow::anyhow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_alert::definition::{self, AlertDefinition, file_of};
use pegel_alert::evaluate::USUALLY;
use pegel_home::Problem;
use pegel_kpi::definition::declaration::Lag;
use pegel_schedule::Rule;
use pegel_store::Store;
use pegel_store::alerts::{Acknowledged, Alert, AlertState, Changed, Event};
use pegel_text::clean::one_line;
use pegel_text::stamps::stamp;
use serde::Serialize;

/// Runs one of the commands on alerts.
pub fn run(command: cli::Alert, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let now = global.clock().now();
    match command {
        cli::Alert::List { all, json } => list(&home, all, json),
        cli::Alert::Rules => rules(&home),
        cli::Alert::Check { name, dry } => check(&home, name.as_deref(), dry, now),
        cli::Alert::Show { alert } => show(&home, alert),
        cli::Alert::Acknowledge { alert, note } => {
            let known = |alert: Alert, by: String| {
                let at = now.as_second();
                let acknowledged = Some(Acknowledged { at, by, note: note.clone() });
                (Alert { acknowledged, ..alert }, "acknowledged", Some(note))
            };
            change(&home, alert, now, known)
        }
        cli::Alert::Mute { alert, r#for } => {
            let until = now.as_second().saturating_add(r#for.seconds());
            let told = stamp(until, &home.config.zone());
            change(&home, alert, now, |alert, _| {
                (Alert { muted_until: Some(until), ..alert }, "muted", Some(format!("until {told}")))
            })
        }
        cli::Alert::Unmute { alert } => {
            change(&home, alert, now, |alert, _| (Alert { muted_until: None, ..alert }, "unmuted", None))
        }
    }
}

/// An alert, for programs.
#[derive(Serialize)]
struct Listed<'a> {
    id: i64,
    rule: &'a str,
    state: &'static str,
    kpi: &'a str,
    /// `null` for the total.
    group: Option<&'a str>,
    period: &'a str,
    value: Option<f64>,
    since: Timestamp,
    told_at: Option<Timestamp>,
    acknowledged_by: Option<&'a str>,
    muted_until: Option<Timestamp>,
}

fn list(home: &Home, all: bool, json: bool) -> Ending {
    let store = home.store()?;
    let mut alerts = store.alerts(None).map_err(broke)?;
    alerts.retain(|alert| all || alert.state.stands());
    alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.state), alert.since, alert.id));
    if json {
        let instant = |seconds: i64| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let listed = |alert: &Alert| {
            serde_json::to_value(Listed {
                id: alert.id,
                rule: &alert.key.rule,
                state: alert.state.word(),
                kpi: &alert.key.kpi,
                group: alert.label.as_deref(),
                period: &alert.period,
                value: alert.value,
                since: instant(alert.since),
                told_at: alert.told_at.map(instant),
                acknowledged_by: alert.acknowledged.as_ref().map(|known| known.by.as_str()),
                muted_until: alert.muted_until.map(instant),
            })
        };
        answer_json(&alerts.iter().map(listed).collect::<Result<Vec<_>, _>>().map_err(broke)?);
        return Ok(Done::InOrder);
    }
    if alerts.is_empty() {
        answer("nothing stands");
    }
    let zone = home.config.zone();
    for alert in &alerts {
        answer(line(alert, home, &zone)?);
    }
    Ok(Done::InOrder)
}

/// `7\tcritical\tfeedback\tfeedback_rate, Küste\t68.8%\tsince 2026-11-24 08:00:00`
fn line(alert: &Alert, home: &Home, zone: &TimeZone) -> Result<String, Failure> {
    let Alert { id, key, state, .. } = alert;
    let of =
        alert.label.as_deref().map_or_else(|| key.kpi.clone(), |group| format!("{}, {}", key.kpi, one_line(group)));
    let figure = figure(alert.value, &key.kpi, home)?;
    let known = alert.acknowledged.as_ref().map(|known| format!("\tacknowledged by {}", one_line(&known.by)));
    let muted = alert.muted_until.map(|until| format!("\tmuted until {}", stamp(until, zone)));
    let (known, muted, since) = (known.unwrap_or_default(), muted.unwrap_or_default(), stamp(alert.since, zone));
    Ok(format!("{id}\t{}\t{}\t{of}\t{figure}\tsince {since}{known}{muted}", state.word(), key.rule))
}

fn figure(value: Option<f64>, kpi: &str, home: &Home) -> Result<String, Failure> {
    let Some(value) = value else { return Ok("–".to_owned()) };
    let catalog = home.catalog()?;
    let unit = catalog.kpi(kpi).ok().map(|kpi| kpi.declaration.unit);
    Ok(unit.map_or_else(|| value.to_string(), |unit| home.format().value(value, unit)))
}

fn rules(home: &Home) -> Ending {
    let store = home.store()?;
    let zone = home.config.zone();
    for (name, rule) in definition::all(&home.path).map_err(failure)? {
        match rule {
            Ok(rule) => {
                let when = rule.check.as_ref().map_or(USUALLY, Rule::text);
                let title = one_line(rule.title.in_english()).into_owned();
                let checked = store.alert_check(&name).map_err(broke)?;
                let checked = checked.map_or_else(
                    || "never evaluated".to_owned(),
                    |check| match check.error {
                        Some(error) => format!("failed at {}: {}", stamp(check.at, &zone), one_line(&error)),
                        None => format!("evaluated at {}", stamp(check.at, &zone)),
                    },
                );
                answer(format_args!("{name}\t{title}\t{when}\t{checked}"));
            }
            Err(error) => {
                let Problem { file, message } = Problem::new(file_of(&name), &error);
                say_problem(&file, &message);
            }
        }
    }
    Ok(Done::InOrder)
}

fn check(home: &Home, name: Option<&str>, dry: bool, now: Timestamp) -> Ending {
    let store = home.store()?;
    let rules: Vec<AlertDefinition> = if let Some(name) = name {
        vec![definition::find(&home.path, name).map_err(failure)?]
    } else {
        let all = definition::all(&home.path).map_err(failure)?;
        all.into_values().collect::<Result<_, _>>().map_err(failure)?
    };
    let watcher = Watcher::for_once(home, store, letterhead(&home.config).map_err(usage)?)?;
    for rule in rules {
        let evaluated = watcher.evaluate(&rule, now).map_err(failure)?;
        if !dry && !watcher.record(&evaluated).map_err(broke)? {
            return Err(broke(anyhow!("{} was evaluated by another process just now; try again", rule.name)));
        }
        let stands = evaluated.alerts.iter().filter(|changed| changed.alert.state.stands()).count();
        let mails: usize = evaluated.notices.iter().map(|notice| notice.deliveries.len()).sum();
        answer(format_args!("{}\t{stands} standing\t{mails} mails", rule.name));
        for notice in &evaluated.notices {
            let to: Vec<&str> = notice.deliveries.iter().map(|delivery| delivery.recipient.as_str()).collect();
            answer(format_args!("\t{}\t{}", one_line(&notice.notice.subject), one_line(&to.join(", "))));
        }
    }
    Ok(Done::InOrder)
}

fn show(home: &Home, id: i64) -> Ending {
    let store = home.store()?;
    let zone = home.config.zone();
    let alert = find(&store, id)?;
    answer(line(&alert, home, &zone)?);
    for Event { at, what, period, value, who, note } in store.alert_events(id).map_err(broke)? {
        let figure = figure(value, &alert.key.kpi, home)?;
        let said = who.map(|who| format!("\t{}", one_line(&who))).unwrap_or_default();
        let note = note.map(|note| format!("\t{}", one_line(&note))).unwrap_or_default();
        answer(format_args!("{}\t{what}\t{period}\t{figure}{said}{note}", stamp(at, &zone)));
    }
    Ok(Done::InOrder)
}

/// Lets a person change an alert: gets it and who they are; what it is then, the word for that, and a note.
fn change(
    home: &Home,
    id: i64,
    now: Timestamp,
    changed: impl FnOnce(Alert, String) -> (Alert, &'static str, Option<String>),
) -> Ending {
    let store = home.store()?;
    let alert = find(&store, id)?;
    if alert.state == AlertState::Ok {
        return Err(usage(anyhow!("alert {id} is over; `pegel alert list` lists those that stand")));
    }
    let who = author().unwrap_or_else(|| "somebody".to_owned());
    let (period, value) = (alert.period.clone(), alert.value);
    let (alert, what, note) = changed(alert, who.clone());
    let event = Event { at: now.as_second(), what: what.to_owned(), period, value, who: Some(who), note };
    if !store.change_alert(&Changed { alert, events: vec![event] }).map_err(broke)? {
        return Err(broke(anyhow!("alert {id} was evaluated just now; try again")));
    }
    answer(format_args!("alert {id} is {what}"));
    Ok(Done::InOrder)
}

fn find(store: &Store, id: i64) -> Result<Alert, Failure> {
    let found = store.alerts(None).map_err(broke)?.into_iter().find(|alert| alert.id == id);
    found.ok_or_else(|| usage(anyhow!("there is no alert {id}; `pegel alert list --all` lists them")))
}

/// For how long an alert is muted.
pub fn lag(text: &str) -> Result<Lag, String> {
    Lag::try_from(text.to_owned()).map_err(|problem| format!("{problem}: write 12h, 3d or 2w"))
}
