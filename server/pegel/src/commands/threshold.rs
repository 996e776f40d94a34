//! `pegel threshold`: which marks are in force, how they changed, and what others would have told.

use crate::cli::{self, Global, TestThreshold};
use crate::ending::{Done, Ending, Failure, answer, answer_json, broke, usage};
use crate::home::Home;
use crate::post::letterhead;
use crate::watcher::{Watcher, failure};
use anyhow::anyhow;
use jiff::Timestamp;
use pegel_alert::AlertDefinition;
use pegel_alert::replay::{Replayed, replay};
use pegel_catalog::{Catalog, thresholds};
use pegel_kpi::definition::declaration::Declaration;
use pegel_kpi::definition::exception::Exception;
use pegel_kpi::definition::threshold::{Better, Mark, Marks, Status};
use pegel_kpi::definition::{range, share};
use pegel_kpi::time::period::Period;
use pegel_report::definition::{Every, KpiRequest};
use pegel_report::format::Format;
use pegel_report::statements::statement::Finding;
use pegel_text::clean::{one_line, plain_spaces};
use pegel_text::stamps::stamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Runs one of the commands on thresholds.
pub fn run(command: cli::Threshold, global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    match command {
        cli::Threshold::List => list(&home),
        cli::Threshold::History { kpi } => history(&home, kpi.as_deref()),
        cli::Threshold::Test(test) => try_out(&test, &home, global.clock().now()),
    }
}

fn list(home: &Home) -> Ending {
    let (catalog, format) = (home.catalog()?, home.format());
    for kpi in &catalog.kpis {
        let Declaration { id, threshold, exceptions, .. } = &kpi.declaration;
        if kpi.declaration.has_marks() {
            answer(format_args!("{id}\t{}", said(*threshold, &kpi.declaration, &format)));
        }
        for exception in exceptions {
            let marks = said(exception.over(*threshold), &kpi.declaration, &format);
            answer(format_args!("{id}\t{marks}\t{}", holds(exception)));
        }
    }
    Ok(Done::InOrder)
}

/// `warning below 80%, critical below 75%`
fn said(marks: Marks, declaration: &Declaration, format: &Format) -> String {
    let side = if declaration.better == Better::Higher { "below" } else { "above" };
    let mark = |mark: Option<Mark>| {
        Some(match mark? {
            Mark::At(value) => format!("{side} {}", plain_spaces(&format.mark(value, declaration.unit))),
            Mark::MeanOf { mean_of, .. } => format!("{side} the mean of {mean_of} periods before"),
            Mark::BeyondUsual => "beyond the usual".to_owned(),
        })
    };
    let both = [("warning", mark(marks.warning)), ("critical", mark(marks.critical))];
    let both: Vec<String> = both.into_iter().filter_map(|(name, mark)| Some(format!("{name} {}", mark?))).collect();
    if both.is_empty() { "none".to_owned() } else { both.join(", ") }
}

/// `region North, from 2027-01-01`
fn holds(exception: &Exception) -> String {
    let group = exception.group.as_ref().map(|(dimension, name)| format!("{dimension} {}", one_line(name)));
    let from = exception.from.map(|day| format!("from {day}"));
    let until = exception.until.map(|day| format!("until {day}"));
    group.into_iter().chain(from).chain(until).collect::<Vec<_>>().join(", ")
}

/// The entries of a file of thresholds, each by its path.
type Entries = BTreeMap<String, String>;

fn history(home: &Home, kpi: Option<&str>) -> Ending {
    let store = home.store()?;
    let zone = home.config.zone();
    let mut texts: BTreeMap<i64, String> = BTreeMap::new();
    for held in store.held_versions(Some(thresholds::FILE)).map_err(broke)? {
        texts.extend(store.version_text(&held.sha256).map_err(broke)?.map(|text| (held.activation, text)));
    }
    let mut activations = store.activations().map_err(broke)?;
    activations.sort_by_key(|activation| activation.id);
    let mut before: Option<Entries> = None;
    for activation in activations {
        let now = entries(texts.get(&activation.id).map_or("", String::as_str));
        if let Some(before) = before.replace(now.clone()) {
            let at = stamp(activation.activated_at, &zone);
            let who = activation.author.as_deref().unwrap_or("–");
            let named: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
            let is_wanted = |entry: &str| kpi.is_none_or(|kpi| entry.split('.').next() == Some(kpi));
            for entry in named.into_iter().filter(|entry| is_wanted(entry)) {
                let [old, new] = [&before, &now].map(|all| all.get(entry).map_or("–", String::as_str));
                if old != new {
                    answer(format_args!("{at}\t{}\t{entry}\t{old}\t{new}", one_line(who)));
                }
            }
        }
    }
    Ok(Done::InOrder)
}

/// What a file of thresholds says, entry by entry.
fn entries(text: &str) -> Entries {
    fn add(path: &str, value: &toml::Value, all: &mut Entries) {
        match value {
            toml::Value::Table(table) => table.iter().for_each(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                add(&path, value, all);
            }),
            toml::Value::Array(values) => {
                values.iter().enumerate().for_each(|(at, value)| add(&format!("{path}[{at}]"), value, all));
            }
            value => _ = all.insert(path.to_owned(), value.to_string()),
        }
    }
    let mut all = Entries::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        add("", &toml::Value::Table(table), &mut all);
    }
    all
}

/// A figure that would have broken a mark, for programs.
#[derive(Serialize)]
struct Broken {
    period: String,
    /// `null` for the total.
    group: Option<String>,
    status: &'static str,
    /// The figure that was judged.
    value: Option<f64>,
    /// Whether that is more than chance.
    sure: bool,
}

/// What would have been told, for programs.
#[derive(Serialize)]
struct Tried {
    kpi: String,
    periods: usize,
    broken: Vec<Broken>,
    mails: usize,
    /// The mark for critical that would have told at most once a month.
    suggestion: Option<f64>,
}

fn try_out(test: &TestThreshold, home: &Home, now: Timestamp) -> Ending {
    let store = home.store()?;
    let catalog = home.catalog_in_force(&store)?;
    let kpi = catalog.kpi(&test.kpi).map_err(usage)?;
    let by = test.by.iter().map(|name| catalog.model.dimension(name)).collect::<Result<Vec<_>, _>>().map_err(usage)?;
    by.iter().try_for_each(|by| kpi.check_breakdown(std::slice::from_ref(by))).map_err(usage)?;
    let zone = home.config.zone();
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    let request = KpiRequest { id: test.kpi.clone(), breakdowns: by, crossed: Vec::new(), worst: None, best: None };
    let rule = AlertDefinition::trying(kpi.declaration.title.clone(), request, name);
    let periods = periods(test, now, home)?;
    let declaration = marked(test, kpi.declaration.clone())?;
    if !declaration.has_marks() {
        return Err(usage(anyhow!("{} has no marks; try some: --critical \"75 %\"", test.kpi)));
    }
    let watcher = Watcher::for_once(home, store, letterhead(&home.config).map_err(usage)?)?;
    let tried = |declaration: &Declaration| {
        let catalog = with(&catalog, declaration);
        watcher.surrounded(&catalog, |surroundings| replay(&rule, surroundings, &periods)).map_err(failure)
    };
    let replayed = tried(&declaration)?;
    let suggestion = suggestion(&declaration, &replayed, &tried)?;
    let mails = mails(&replayed);
    if test.json {
        let of = |replayed: &Replayed| {
            let period = replayed.period.to_string();
            replayed.broken.iter().map(|finding| broken(finding, &period)).collect::<Vec<_>>()
        };
        let broken = replayed.iter().flat_map(of).collect();
        let kpi = test.kpi.clone();
        answer_json(&Tried { kpi, periods: replayed.len(), broken, mails, suggestion });
        return Ok(Done::InOrder);
    }
    let format = home.format();
    for Replayed { period, broken, .. } in &replayed {
        for finding in broken {
            let group = finding.group.as_ref().map_or("total", |head| head.group.label().unwrap_or("–"));
            let figure = finding.judged_value().map(|value| plain_spaces(&format.value(value, finding.unit)));
            let sure = if Replayed::is_sure(finding) { "sure" } else { "may be chance" };
            let figure = figure.unwrap_or_default();
            answer(format_args!("{period}\t{}\t{}\t{figure}\t{sure}", one_line(group), finding.status.name()));
        }
    }
    let (count, all) = (replayed.iter().filter(|replayed| !replayed.broken.is_empty()).count(), replayed.len());
    let marks = said(declaration.threshold, &declaration, &format);
    let mails = if mails == 1 { "1 mail".to_owned() } else { format!("{mails} mails") };
    answer(format_args!("{marks}: broken in {count} of {all} {}s, {mails}", test.every));
    if let Some(mark) = suggestion {
        let mark = plain_spaces(&format.value(mark, declaration.unit));
        answer(format_args!("at most one mail a month: critical at {mark}"));
    }
    Ok(Done::InOrder)
}

fn broken(finding: &Finding, period: &str) -> Broken {
    Broken {
        period: period.to_owned(),
        group: finding.group.as_ref().map(|head| head.group.label().unwrap_or("–").to_owned()),
        status: finding.status.name(),
        value: finding.judged_value(),
        sure: Replayed::is_sure(finding),
    }
}

/// The periods that are looked at, the oldest first.
fn periods(test: &TestThreshold, now: Timestamp, home: &Home) -> Result<Vec<Period>, Failure> {
    let every = Every::ALL.into_iter().find(|every| every.name() == test.every).unwrap_or_default();
    let today = now.to_zoned(home.config.zone()).date();
    let running = Period::containing(every.span(), today, &home.config.zone()).map_err(usage)?;
    let last = running.before().map_err(usage)?;
    last.trail(usize::from(test.periods)).map_err(usage)
}

/// The KPI with the marks that are tried out in place of its own.
fn marked(test: &TestThreshold, declaration: Declaration) -> Result<Declaration, Failure> {
    let read = |text: &str| -> Result<Option<Mark>, Failure> {
        let wrong = |problem: String| usage(anyhow!("“{text}” is no mark: {problem}"));
        if text == "none" {
            return Ok(None);
        }
        let mark = match (share::parse(text), text.parse::<f64>()) {
            (_, Ok(number)) => Mark::at(number),
            (Some(share), _) => range::per_cent(share, declaration.unit),
            (None, Err(_)) => return Err(wrong("write a number, \"75 %\" or none".to_owned())),
        };
        mark.map(Some).map_err(|error| wrong(error.to_string()))
    };
    let mark = |text: &Option<String>, own: Option<Mark>| text.as_deref().map_or(Ok(own), read);
    let Marks { warning, critical } = declaration.threshold;
    let tried = Marks { warning: mark(&test.warning, warning)?, critical: mark(&test.critical, critical)? };
    // Who tries a mark out asks about that mark: what is above or below it in the configuration does not matter.
    let alone = test.critical.is_some() && test.warning.is_none();
    let threshold = if alone { Marks { warning: None, ..tried } } else { tried };
    threshold.check_order(declaration.better).map_err(|problem| usage(anyhow!("{problem}")))?;
    let exceptions = if threshold == declaration.threshold { declaration.exceptions } else { Vec::new() };
    Ok(Declaration { threshold, exceptions, ..declaration })
}

/// The catalogue, in which one KPI is declared otherwise.
fn with(catalog: &Catalog, declaration: &Declaration) -> Catalog {
    let mut catalog = catalog.clone();
    for kpi in catalog.kpis.iter_mut().filter(|kpi| kpi.id() == declaration.id) {
        kpi.declaration = declaration.clone();
    }
    catalog
}

fn mails(replayed: &[Replayed]) -> usize {
    replayed.iter().map(|replayed| replayed.mails).sum()
}

/// So many marks are tried out to find one.
const TRIES: usize = 7;

/// The strictest mark for critical, alone, that would have told at most once a month; `None` where the marks in question
/// did not tell more often, or none is found among the figures that were judged.
fn suggestion(
    declaration: &Declaration,
    replayed: &[Replayed],
    tried: &dyn Fn(&Declaration) -> Result<Vec<Replayed>, Failure>,
) -> Result<Option<f64>, Failure> {
    let length = |replayed: &Replayed| replayed.period.days().end - replayed.period.days().start;
    let days: i64 = replayed.iter().map(length).sum();
    let may = usize::try_from(days / 30).unwrap_or_default().max(1);
    if mails(replayed) <= may || declaration.better == Better::Neutral {
        return Ok(None);
    }
    let judged =
        replayed.iter().flat_map(|replayed| &replayed.broken).filter(|finding| finding.status >= Status::Warning);
    let mut figures: Vec<f64> = judged.filter_map(Finding::judged_value).collect();
    // From the mark that hardly any figure breaks to the one that all do.
    figures.sort_by(f64::total_cmp);
    if declaration.better == Better::Lower {
        figures.reverse();
    }
    figures.dedup();
    let (mut low, mut high, mut found) = (0, figures.len(), None);
    for _ in 0..TRIES {
        if low >= high {
            break;
        }
        let middle = usize::midpoint(low, high);
        let critical = Mark::at(figures[middle]).ok();
        let threshold = Marks { warning: None, critical };
        let mark = Declaration { threshold, exceptions: Vec::new(), ..declaration.clone() };
        if mails(&tried(&mark)?) <= may {
            (found, low) = (Some(figures[middle]), middle + 1);
        } else {
            high = middle;
        }
    }
    Ok(found)
}
