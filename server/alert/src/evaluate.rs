//! An evaluation of a rule: from the data to what is stored. Nothing is stored here, so that it can be tried out.

use crate::AlertError;
use crate::definition::{AlertDefinition, WatchedRows, Whom};
use crate::escalate::{Turn, Waiting, turns};
use crate::life::{Seen, Terms, evaluated, to_tell, told};
use crate::surroundings::Surroundings;
use crate::tell::{Reader, Told, of_figures, of_rows};
use crate::waiting::{Row, waiting};
use crate::watch::{Watched, judged_by, watched};
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Lag;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::ReportError;
use pegel_report::audience::{Addressee, Readers, addressees, all_readers, partners};
use pegel_report::build::{Heading, build};
use pegel_report::definition::ReportDefinition;
use pegel_report::numbers::Numbers;
use pegel_report::statements::statement::Finding;
use pegel_schedule::{OnHolidays, Rule, Timetable};
use pegel_store::alerts::{Alert, AlertKey, AlertState, Changed, Check, Evaluated, ToldRow};
use pegel_store::edition::Audience;
use pegel_store::notices::NewNotice;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// When a rule is evaluated that does not say so.
pub const USUALLY: &str = "every hour";

/// Whether a rule is to be evaluated: at the first instant of its timetable after it was last, or after an import, unless
/// it says when.
pub fn is_due(
    definition: &AlertDefinition,
    catalog: &Catalog,
    before: Option<&Check>,
    newest: Option<i64>,
    now: Timestamp,
) -> bool {
    let Some(before) = before else { return true };
    if definition.check.is_none() && newest > before.import {
        return true;
    }
    let rule = definition.check.clone().or_else(|| Rule::parse(USUALLY).ok());
    let Some((rule, zone)) = rule.zip(zone(&definition.zone).ok()) else { return true };
    let timetable = Timetable {
        rule,
        zone,
        from: None,
        until: None,
        on_holidays: OnHolidays::AsAlways,
        calendar: Arc::clone(&catalog.calendar),
    };
    timetable.up_to(now).next().is_some_and(|due| before.at < due.at.as_second())
}

/// Evaluates a rule at `now`, up to that import.
///
/// # Errors
/// If the rule asks for what there is not, the data cannot be read, or a template is not in order.
pub fn evaluate(
    definition: &AlertDefinition,
    surroundings: &Surroundings,
    (before, import): (Option<Check>, Option<i64>),
    now: Timestamp,
) -> Result<Evaluated, AlertError> {
    let check = Check { at: now.as_second(), import, error: None };
    let nothing = Evaluated {
        rule: definition.name.clone(),
        before,
        check,
        alerts: Vec::new(),
        rows: Vec::new(),
        notices: Vec::new(),
    };
    match &definition.rows {
        Some(rows) => of_waiting(definition, rows, surroundings, nothing, now),
        None => of_watched(definition, surroundings, nothing, now),
    }
}

/// An evaluation that failed: only that is stored.
pub fn failed(definition: &AlertDefinition, before: Option<Check>, error: &AlertError, now: Timestamp) -> Evaluated {
    let import = before.as_ref().and_then(|before| before.import);
    Evaluated {
        rule: definition.name.clone(),
        before,
        check: Check { at: now.as_second(), import, error: Some(error.to_string()) },
        alerts: Vec::new(),
        rows: Vec::new(),
        notices: Vec::new(),
    }
}

fn terms(definition: &AlertDefinition) -> Terms {
    Terms {
        pending: definition.pending,
        absent: definition.absent,
        remind_after: definition.remind_after.map(Lag::seconds),
    }
}

fn of_watched(
    definition: &AlertDefinition,
    surroundings: &Surroundings,
    nothing: Evaluated,
    now: Timestamp,
) -> Result<Evaluated, AlertError> {
    let catalog = judged_by(definition, surroundings.catalog)?;
    let surroundings = &Surroundings { catalog: &catalog, ..*surroundings };
    let report = definition.report();
    let period = Period::parse(&definition.period, now, &zone(&definition.zone).map_err(ReportError::from)?);
    let period = period.map_err(ReportError::from)?;
    let mut reader = surroundings.store.reader()?;
    let addressees = addressees(&report, &partners(&report, &catalog.model, &mut reader)?);
    drop(reader);
    let mut scopes = Vec::new();
    for Readers { scope, .. } in all_readers(&report, &addressees) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    let numbers = numbers_of(&report, &scopes, surroundings, &period, now)?;
    let mut look = Look::default();
    surroundings.store.alerts(Some(&definition.name))?.into_iter().for_each(|alert| look.remember(alert));
    let (mut changed, mut notices) = (Vec::new(), Vec::new());
    for numbers in &numbers {
        let of_scope: Vec<&Addressee> =
            addressees.iter().filter(|addressee| addressee.readers.scope == numbers.scope).collect();
        let (of_alerts, told) = look.at(definition, numbers, !of_scope.is_empty(), now);
        changed.extend(of_alerts);
        if !told.is_empty() {
            notices.extend(told_to(&told, (definition, surroundings), numbers, &of_scope)?);
        }
    }
    Ok(Evaluated { alerts: changed, notices, ..nothing })
}

/// The figures of a period as they are known at an instant, for each of these scopes.
pub(crate) fn numbers_of(
    report: &ReportDefinition,
    scopes: &[Scope],
    surroundings: &Surroundings,
    period: &Period,
    now: Timestamp,
) -> Result<Vec<Numbers>, AlertError> {
    let heading = Heading {
        definition: report,
        period,
        revision: 0,
        reason: None,
        created_at: now.as_second(),
        currency: surroundings.currency,
        controlling: &[],
    };
    let mut reader = surroundings.store.reader()?;
    Ok(build(&heading, scopes, surroundings.catalog, &mut reader, |_, numbers| Ok(numbers))?.0)
}

/// Looks at figures, and knows what became of their alerts so far.
#[derive(Default)]
pub(crate) struct Look {
    alerts: HashMap<AlertKey, Alert>,
}

impl Look {
    /// How an alert stands.
    pub(crate) fn remember(&mut self, alert: Alert) {
        self.alerts.insert(alert.key.clone(), alert);
    }

    /// The alerts about these numbers from now on, and what is told of them if there is somebody to tell.
    pub(crate) fn at(
        &mut self,
        definition: &AlertDefinition,
        numbers: &Numbers,
        tells: bool,
        now: Timestamp,
    ) -> (Vec<Changed>, Vec<Told>) {
        let (terms, now) = (terms(definition), now.as_second());
        let scope = Audience::new(&numbers.scope, "", "").scope;
        let (mut changed, mut all_told) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for Watched { finding, item, seen: stands } in watched(numbers, definition) {
            let key = AlertKey { rule: definition.name.clone(), scope: scope.clone(), kpi: finding.kpi.clone(), item };
            seen.insert(key.clone());
            let before = self.alerts.remove(&key).unwrap_or_else(|| new(key, &finding, now));
            let (alert, mut events) = evaluated(&before, stands, &numbers.period.name, &terms, now);
            let telling = to_tell(&alert, &terms, now).filter(|_| tells);
            let alert = match telling {
                Some(telling) => {
                    let (after, event) = told(&alert, telling, now);
                    events.push(event);
                    all_told.push(Told { telling, before, alert: after.clone(), finding });
                    after
                }
                None => alert,
            };
            changed.push(Changed { alert, events });
        }
        // What was watched and is not there any more: a group without rows.
        let is_gone = |key: &AlertKey| {
            key.scope == scope && !seen.contains(key) && definition.kpis.iter().any(|watched| watched.id == key.kpi)
        };
        let gone: Vec<AlertKey> = self.alerts.keys().filter(|key| is_gone(key)).cloned().collect();
        for key in gone {
            if let Some(before) = self.alerts.remove(&key) {
                let (alert, events) = evaluated(&before, Seen::Nothing, &numbers.period.name, &terms, now);
                changed.push(Changed { alert, events });
            }
        }
        // Nobody wants to read again and again that all is well.
        let says =
            |Changed { alert, events }: &Changed| alert.id > 0 || alert.state != AlertState::Ok || !events.is_empty();
        changed.retain(says);
        (changed, all_told)
    }
}

fn new(key: AlertKey, finding: &Finding, now: i64) -> Alert {
    Alert {
        id: 0,
        key,
        label: finding.group.as_ref().and_then(|head| head.group.label()).map(str::to_owned),
        state: AlertState::Ok,
        since: now,
        broken: 0,
        period: String::new(),
        value: None,
        told: None,
        told_at: None,
        acknowledged: None,
        muted_until: None,
        version: 0,
    }
}

/// One notice for all who read alike.
fn told_to(
    told: &[Told],
    with: (&AlertDefinition, &Surroundings),
    numbers: &Numbers,
    addressees: &[&Addressee],
) -> Result<Vec<NewNotice>, AlertError> {
    let mut groups: Vec<Vec<&Addressee>> = Vec::new();
    for addressee in addressees {
        match groups.iter_mut().find(|group| group[0].readers == addressee.readers) {
            Some(group) => group.push(addressee),
            None => groups.push(vec![addressee]),
        }
    }
    let notices = groups.iter().map(|group| of_figures(told, with, numbers, group));
    Ok(notices.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn of_waiting(
    definition: &AlertDefinition,
    rows: &WatchedRows,
    surroundings: &Surroundings,
    nothing: Evaluated,
    now: Timestamp,
) -> Result<Evaluated, AlertError> {
    let mut reader = surroundings.store.reader()?;
    let model = &surroundings.catalog.model;
    let found = waiting(definition, rows, (model, &mut reader), now.as_second())?;
    drop(reader);
    let told = surroundings.store.told_rows(&definition.name)?;
    let all: Vec<Waiting> = found.iter().map(|row| row.waiting.clone()).collect();
    let has_recipients = definition.recipients.iter().any(|recipient| recipient.to().is_some());
    let knows = |row: usize, whom: Whom| match whom {
        Whom::Recipients => has_recipients,
        whom => found[row].person(whom).is_some(),
    };
    let turns = turns(&all, &rows.steps, &told, &knows, (now.as_second(), &surroundings.catalog.calendar));
    let mut mails: Vec<(Reader, Vec<(&Row, Turn)>)> = Vec::new();
    let mut rows_told = Vec::new();
    for turn in turns {
        let row = &found[turn.row];
        let readers = match row.person(turn.whom) {
            Some(person) => vec![Reader::of(person, definition)],
            None => recipients(definition),
        };
        // Where nobody can be told, the row waits until somebody can.
        if readers.is_empty() {
            continue;
        }
        rows_told.push(ToldRow { step: i64::try_from(turn.step).unwrap_or(i64::MAX), row: row.waiting.key.clone() });
        for reader in readers {
            match mails.iter_mut().find(|(known, _)| known.to.key() == reader.to.key()) {
                Some((_, rows)) => rows.push((row, turn)),
                None => mails.push((reader, vec![(row, turn)])),
            }
        }
    }
    let notice = |(reader, rows): &(Reader, Vec<(&Row, Turn)>)| of_rows(reader, rows, (definition, surroundings), now);
    let notices = mails.iter().map(notice).collect::<Result<Vec<_>, _>>()?;
    Ok(Evaluated { rows: rows_told, notices, ..nothing })
}

/// The recipients of the rule itself.
fn recipients(definition: &AlertDefinition) -> Vec<Reader> {
    let all = definition.recipients.iter().filter_map(|recipient| {
        let locale = recipient.locale.clone().unwrap_or_else(|| definition.locale.clone());
        Some(Reader { to: recipient.to()?.clone(), locale })
    });
    all.collect()
}
