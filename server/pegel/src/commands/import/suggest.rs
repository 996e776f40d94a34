//! `pegel import FILE --suggest`: a mapping for a file, in the home, to be looked at.

use super::files::{Given, shown};
use crate::cli::Global;
use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use crate::home::Home;
use anyhow::{Context, anyhow};
use jiff::{Timestamp, ToSpan, Zoned};
use pegel_catalog::Catalog;
use pegel_import::suggest::{Asked, Need, Suggestion, suggest};
use pegel_import::{ImportError, Mapping};
use pegel_kpi::data::model::{Model, Table};
use pegel_kpi::measure::needed::OneOf;
use pegel_kpi::script::kpi::Kpi;
use pegel_report::definition::{self, ReportDefinition};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// More KPIs than these are only counted.
const NAMED: usize = 12;

/// Writes it; what is there already stays.
pub fn run(name: &str, files: Vec<Given>, home: &Home, model: &Model, global: &Global) -> Ending {
    let [file] = files.try_into().map_err(|_| usage(anyhow!("a mapping is suggested for one file: name one")))?;
    let name = if name.is_empty() { name_of(&file)? } else { checked(name)? };
    let path = home.path.join(Mapping::file_of(&name));
    refuse_known(&name, home, model)?;
    let needs = needs(&home.catalog()?);
    let now = global.clock().now();
    let (zone, currency) = (home.config.zone(), home.config.currency.clone());
    let named = if file.path.is_some() { quoted(Path::new(&file.name)) } else { "-".to_owned() };
    let asked = Asked { name: &name, model, needs: &needs, zone: zone.clone(), currency, now: now.as_second() };
    let suggestion = suggest(file.file, &file.name, &asked);
    let suggestion = suggestion.map_err(|error| if error.is_usage() { usage(error) } else { broke(error) })?;
    write_new(&path, &suggestion.to_toml())?;
    answer(shown(&path));
    say(&suggestion);
    let place = &home.path;
    let options = global.home.as_ref().map(|home| format!(" --home {}", quoted(home))).unwrap_or_default();
    let import = format!("pegel{options} import {named} --map {name}");
    note(format_args!("\nNext, look at the file, try, and import:\n  {import} --dry-run\n  {import}"));
    let period = suggestion.trial.latest.and_then(|latest| week_of(latest, now, &zone));
    if let Some(figures) = figures(&suggestion.feeds.fed, place, period.as_deref()) {
        note(format_args!("Then see its figures:\n  pegel{options} {figures}"));
    }
    Ok(Done::InOrder)
}

/// The command that shows figures of these KPIs: the report that has the most of them, else the first by itself. `week`: the
/// one that is meant; `None`: the last.
fn figures(fed: &[String], home: &Path, week: Option<&str>) -> Option<String> {
    let first = fed.first()?;
    let reports =
        definition::all(home).unwrap_or_default().into_iter().filter_map(|(name, report)| Some((name, report.ok()?)));
    let shown = |report: &ReportDefinition| report.requests().filter(|request| fed.contains(&request.id)).count();
    let best = reports.map(|(name, report)| (shown(&report), name)).filter(|(shown, _)| *shown > 0).max();
    Some(match best {
        Some((_, report)) => {
            let period = week.map(|week| format!(" --period {week}")).unwrap_or_default();
            format!("report run {report}{period}")
        }
        None => format!("kpi value {first} --period {}", week.unwrap_or("last-week")),
    })
}

/// `Leads Export.csv` → `leads_export`
fn name_of(file: &Given) -> Result<String, Failure> {
    let stem = file.path.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().to_lowercase());
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let words: String = stem.unwrap_or_default().chars().map(plain).collect();
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Err(usage(anyhow!("what is the mapping to be called? Say --suggest NAME")));
    }
    Ok(words.join("_"))
}

fn checked(name: &str) -> Result<String, Failure> {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_plain {
        Ok(name.to_owned())
    } else {
        Err(usage(anyhow!("“{name}” is no name for a mapping: use letters, digits, _ and -")))
    }
}

/// A mapping that is there, in order or not, is not replaced, nor is a built-in one.
fn refuse_known(name: &str, home: &Home, model: &Model) -> Result<(), Failure> {
    match Mapping::find(&home.path, name, model) {
        Err(ImportError::UnknownMapping { .. }) => Ok(()),
        _ => Err(usage(anyhow!("there is a mapping “{name}” already: choose another name, --suggest NAME"))),
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = || format!("{} cannot be written", shown(path));
    std::fs::create_dir_all(path.parent().unwrap_or(path)).with_context(cannot).map_err(broke)?;
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.with_context(cannot).map_err(usage)?;
    file.write_all(text.as_bytes()).with_context(cannot).map_err(broke)
}

/// What the KPIs in force read: columns, and rows of all tables that they count.
fn needs(catalog: &Catalog) -> Vec<Need> {
    let one_of = |of: &OneOf| of.iter().map(|(table, column)| (table.to_string(), column.to_string())).collect();
    let row_of = |table: &Table| BTreeSet::from([(table.name.to_string(), "key".to_owned())]);
    let need = |kpi: &Kpi| Need {
        kpi: kpi.id().to_owned(),
        reads: kpi.needs().iter().map(one_of).chain(kpi.counted().map(row_of)).collect(),
    };
    catalog.kpis.iter().map(need).collect()
}

fn say(suggestion: &Suggestion) {
    let tables: Vec<&str> = suggestion.tables().collect();
    let rows = if suggestion.whole { "all" } else { "the first" };
    note(format_args!("{}, from {rows} {} rows", tables.join(" and "), suggestion.rows));
    match suggestion.unsure() {
        0 => {}
        1 => note("1 line is marked “check”: it is a guess"),
        unsure => note(format_args!("{unsure} lines are marked “check”: they are guesses")),
    }
    let trial = &suggestion.trial;
    if trial.rejected > 0 {
        note(format_args!("{} of {} rows would be rejected; the file says why", trial.rejected, trial.rows));
    }
    let fed = &suggestion.feeds.fed;
    if fed.is_empty() {
        note("no KPI has all that it reads; the file says what is lacking");
    } else {
        let more = if fed.len() > NAMED { format!(" and {} more", fed.len() - NAMED) } else { String::new() };
        let named: Vec<&str> = fed.iter().take(NAMED).map(String::as_str).collect();
        note(format_args!("KPIs that get figures: {}{more}", named.join(", ")));
    }
}

/// The ISO week of an instant, if that is not the week that a report is about anyway.
fn week_of(latest: i64, now: Timestamp, zone: &jiff::tz::TimeZone) -> Option<String> {
    let week = |at: Zoned| {
        let week = at.date().iso_week_date();
        format!("{}-W{:02}", week.year(), week.week())
    };
    let last = now.to_zoned(zone.clone()).checked_sub(1.week()).ok()?;
    let latest = Timestamp::from_second(latest).ok()?.to_zoned(zone.clone());
    (latest < last && week(latest.clone()) != week(last)).then(|| week(latest))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = shown(path);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':' | '\\');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
