//! How the file is written, and whose it is.

use super::asked::Asked;
use super::assign::Seen;
use super::currency::currencies;
use super::evidence::Evidence;
use super::footers::{Named, NoData};
use super::suggestion::Setting;
use super::toml::{list, quoted};
use super::words::named;
use super::written::Written;
use crate::decimal;
use crate::mapping::DecimalMark;
use pegel_kpi::data::currency::Currency;
use std::collections::{BTreeMap, BTreeSet};

/// What stands at the top of the mapping.
pub(super) fn top(seen: Seen) -> Vec<Setting> {
    let file = std::path::Path::new(seen.file).file_name().map_or(seen.file.into(), |name| name.to_string_lossy());
    let system = match seen.product {
        Some(product) => {
            let why = format!(
                "{} wrote the file, as its headings tell; its keys are unique within this system",
                product.name
            );
            Setting::sure("system", quoted(&product.word), why)
        }
        None => Setting::sure("system", "", "Whose rows they are, where several systems bring such: system = \"crm\""),
    };
    vec![Setting::sure("description", quoted(&format!("Like {file}")), ""), system]
}

/// The section `[source]`.
pub(super) fn source(seen: Seen, evidence: &Evidence, asked: &Asked) -> Vec<Setting> {
    let Written { encoding, encoding_is_sure, delimiter, is_escaped, header_line, sheet, missing, no_data, .. } =
        &seen.sample.written;
    let mut settings = Vec::new();
    if let Some((encoding, why)) = encoding {
        let value = quoted(&encoding.name().to_lowercase());
        settings.push(Setting { is_sure: *encoding_is_sure, ..Setting::sure("encoding", value, why) });
    }
    if let Some((delimiter, why)) = delimiter {
        let value = if *delimiter == b'\t' { "tab".to_owned() } else { char::from(*delimiter).to_string() };
        settings.push(Setting::sure("delimiter", quoted(&value), why));
    }
    if *is_escaped {
        let why = "more rows can be read if a backslash stands before quotes that belong to a cell";
        settings.push(Setting::sure("escape", quoted("\\"), why));
    }
    if let Some(sheet) = sheet {
        settings.push(Setting::check("sheet", quoted(sheet), "of several sheets, it has the most in it"));
    }
    if *header_line > 0 {
        let columns = seen.sample.columns.len();
        let why = format!("The header is line {header_line}, with {columns} columns; it is found by itself");
        settings.push(Setting::sure("header", "", why));
    }
    settings.extend(twice(seen));
    settings.extend(self::decimal(evidence));
    settings.extend(currency(seen, evidence));
    settings.extend(zone(seen, evidence, asked));
    settings.extend(dates(evidence));
    if !missing.is_empty() {
        settings.push(Setting::check("missing", list(missing), "such cells are taken for empty ones"));
    }
    settings.extend(self::no_data(seen, no_data));
    settings
}

/// Headings that no mapping can name.
fn twice(seen: Seen) -> Option<Setting> {
    let columns = seen.sample.columns.iter().filter(|column| column.twice && !column.heading.is_empty());
    let headings: BTreeSet<&str> = columns.map(|column| column.heading.as_str()).collect();
    let why = format!(
        "several columns are called {}, and no mapping can name one of these: nothing is read from them, unless the file \
         calls each something else",
        named(headings.iter().copied())
    );
    (!headings.is_empty()).then(|| Setting::check("header", "", why))
}

/// Rows that are no data, by what stands first in them.
fn no_data(seen: Seen, NoData { ends, between, unnamed, .. }: &NoData) -> Vec<Setting> {
    let patterns = |named: &[Named]| list(named.iter().map(|named| &named.pattern));
    let mut settings = Vec::new();
    if let Some(Named { line, .. }) = ends.first() {
        let guesses: Vec<&str> = ends.iter().filter(|named| !named.is_sure).map(|one| one.pattern.as_str()).collect();
        let mut why = format!("from line {line} on, the file holds no data; nothing below such a line is read");
        if !guesses.is_empty() {
            let guesses = named(guesses.iter().copied());
            why = format!("{why}: no row of data may ever begin with {guesses} alone");
        }
        settings.push(Setting { is_sure: guesses.is_empty(), ..Setting::sure("stop_at", patterns(ends), why) });
    }
    let is_cut = !seen.sample.whole && seen.product.is_some_and(|product| !product.footers.is_empty());
    if is_cut {
        let why = "such a report ends with lines that are no data, and the end of this one was not looked at: name how they \
                   begin, stop_at = [\"…\"], or they are rejected";
        settings.push(Setting::check("stop_at", "", why));
    }
    if let Some(Named { line, at, .. }) = between.first() {
        let rows: usize = between.iter().map(|named| named.rows).sum();
        let mut why = format!("{rows} rows, the first in line {line}, have little in them: lines of groups or sums");
        if let Some(column) = seen.sample.columns.get(*at).filter(|_| seen.contents[*at].filled == 0) {
            let heading = &column.heading;
            why =
                format!("{why}. No other row has a “{heading}”: export the report with its details and without groups");
        }
        settings.push(Setting::check("skip", patterns(between), why));
    }
    for Named { pattern, line, .. } in unnamed {
        let why = format!(
            "line {line} seems to add up others, and rows of data begin with “{pattern}” as well: delete the line from the \
             file, or it is read as a row"
        );
        settings.push(Setting::check("skip", "", why));
    }
    settings
}

fn decimal(evidence: &Evidence) -> Option<Setting> {
    let mark = evidence.mark.as_ref()?;
    let value = match mark.before_decimals {
        DecimalMark::Point => "\"point\"",
        DecimalMark::Comma => "\"comma\"",
    };
    Some(Setting { is_sure: mark.is_sure, ..Setting::sure("decimal", value, &mark.why) })
}

/// The currency of all amounts, where that is not the home's.
fn currency(seen: Seen, evidence: &Evidence) -> Option<Setting> {
    let home = seen.currency;
    let check = |code: &str, why: String| {
        let why = format!(
            "{why}, and the home's currency is {home}: nothing is converted, and the figures will be shown as amounts in {home}. \
             If all of the company's amounts are in {code}, say so in pegel.toml: currency = \"{code}\""
        );
        Some(Setting::check("currency", quoted(code), why))
    };
    if let Some((found, _)) = currencies(seen, evidence.money.first().copied())
        && let codes = found.codes()
        && let (1, Some((code, rows))) = (codes.len(), codes.first_key_value())
        && *code != home
    {
        let which = &seen.sample.columns[found.at].heading;
        return check(code, format!("“{which}” names {code} alone, in {rows} of {} rows", seen.sample.rows));
    }
    let mark = evidence.mark.as_ref()?.before_decimals;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let all = evidence.amounts.len();
    let written: Vec<_> = evidence.amounts.iter().filter_map(|cell| decimal::parse(cell, mark)?.currency).collect();
    for marked in &written {
        *counts.entry(if marked.fits(home) { home } else { marked.code() }).or_default() += 1;
    }
    let foreign = counts.keys().find(|code| **code != home).copied();
    if let Some(first) = foreign {
        let said: Vec<String> = counts.iter().map(|(code, count)| format!("{count} in {code}")).collect();
        if counts.len() > 1 {
            let why = format!(
                "of {all} amounts, some are marked as {}: several currencies cannot be one. Those that are not in {home} \
                 reject their rows; with currency = \"{first}\" the others do. Import a file for each, or a `when` picks one",
                said.join(", ")
            );
            return Some(Setting::check("currency", "", why));
        }
        return check(first, format!("{} of {all} amounts are marked as {first}", written.len()));
    }
    let headings = evidence.money.iter().map(|at| &seen.sample.columns[*at].heading);
    let named = headings.into_iter().find_map(|heading| named_in(heading).filter(|code| code != home));
    named.and_then(|code| check(&code, format!("a heading names {code}")))
}

/// The currency that a heading names: of `Value (USD)`, `USD`.
fn named_in(heading: &str) -> Option<String> {
    let mut words = heading.split(|c: char| !c.is_alphanumeric());
    words.find(|word| word.len() == 3 && Currency::find(word).is_ok_and(|found| found.code == *word)).map(str::to_owned)
}

fn zone(seen: Seen, evidence: &Evidence, asked: &Asked) -> Option<Setting> {
    if let Some((product, zone)) = seen.product.and_then(|product| Some((product, product.zone.as_ref()?))) {
        return Some(Setting::sure("zone", quoted(zone), format!("{} exports in this zone", product.name)));
    }
    let home = asked.zone.iana_name().unwrap_or("UTC");
    let why = "the file does not say in which zone its times are; this is the home's";
    evidence.is_local.then(|| Setting::check("zone", quoted(home), why))
}

fn dates(evidence: &Evidence) -> Option<Setting> {
    if evidence.dates.is_empty() {
        return None;
    }
    let found =
        evidence.dates.iter().map(|found| format!("{} of {} dates read as {}", found.fits, found.of, found.words));
    let mut why: Vec<String> = found.collect();
    for reason in evidence.dates.iter().map(|found| &found.why).filter(|reason| !reason.is_empty()) {
        if !why.contains(reason) {
            why.push(reason.clone());
        }
    }
    let why = why.join("; ");
    let value = list(evidence.dates.iter().map(|found| &found.format));
    Some(Setting { is_sure: evidence.dates.iter().all(|found| found.is_sure), ..Setting::sure("dates", value, why) })
}
