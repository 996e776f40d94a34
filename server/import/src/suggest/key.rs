//! By what the rows of a file are told apart.

use super::assign::{Assigned, Seen};
use super::contents::Contents;
use super::headings::{is_among, plain};
use super::making::{Plan, Planned};
use super::sample::Column;
use super::suggestion::Setting;
use super::toml::{list, quoted};
use pegel_kpi::data::model::Kind;
use std::collections::HashSet;

/// The key of a table.
pub(super) fn key(assigned: &Assigned, plan: &Plan, seen: Seen) -> Setting {
    let (columns, rows) = (&seen.sample.columns, seen.sample.rows);
    let number = assigned.held("number", false).map(|held| held.at);
    let held = assigned.held("key", false).map(|held| held.at);
    // The number of an order stands in each of its lines, whatever it is called.
    let number = number.filter(|number| held.is_none_or(|held| held == *number || seen.contents[held].repeated > 0));
    if let Some(number) = number.filter(|number| seen.contents[*number].repeated > 0) {
        return of_lines(number, plan, seen);
    }
    if let Some(at) = held.or(number) {
        return of_column(at, seen);
    }
    let is_exact = |at: &usize| {
        let planned = plan.columns.iter().find(|planned| planned.at.contains(at));
        planned.is_none_or(|planned| planned.kind == Kind::Text && !is_changing(planned))
            && !columns[*at].twice
            && !columns[*at].heading.is_empty()
    };
    let may_be = |at: &usize| is_exact(at) && is_no_amount(&columns[*at], seen.contents[*at]);
    let apart = (0..columns.len()).filter(may_be).find(|at| seen.contents[*at].tell_rows_apart(rows));
    if let Some(at) = apart {
        // The parts of a name belong together.
        let name = plan.columns.iter().find(|planned| planned.at.len() > 1 && planned.at.contains(&at));
        if let Some(name) = name {
            let headings = list(name.at.iter().map(|at| &columns[*at].heading));
            return Setting::check("key", headings, format!("no heading says so, but these tell {rows} rows apart"));
        }
        let why = format!("no heading says so, but its {rows} texts tell rows apart");
        return Setting::check("key", quoted(&columns[at].heading), why);
    }
    of_several(assigned, plan, seen)
}

/// What of a row is another one as it goes on.
const CHANGING: [&str; 9] =
    ["stage", "outcome", "rep_id", "probability", "expected_close_on", "closed_at", "amount", "quality", "answer"];
/// More columns make no key that anybody looks at.
const MOST: usize = 5;

fn is_changing(planned: &Planned) -> bool {
    CHANGING.contains(&planned.column.as_str())
}

/// A key of columns that together tell rows apart, and of none that changes.
fn of_several(assigned: &Assigned, plan: &Plan, seen: Seen) -> Setting {
    let (columns, rows) = (&seen.sample.columns, seen.sample.rows);
    let since = assigned.table.exists_since().map(|column| column.name.to_string()).unwrap_or_default();
    let lasting = plan.columns.iter().filter(|planned| !is_changing(planned));
    let beginning = lasting.clone().filter(|planned| planned.column == since || planned.kind == Kind::Date);
    let texts = lasting.filter(|planned| planned.kind == Kind::Text);
    let titles = (0..columns.len()).filter(|at| {
        let heading = plain(&columns[*at].heading);
        let is_title =
            seen.headings.titles.iter().any(|title| format!(" {heading}").ends_with(&format!(" {}", plain(title))));
        is_title && !columns[*at].twice && !plan.columns.iter().any(|planned| planned.at.contains(at))
    });
    let candidates = beginning.chain(texts).flat_map(|planned| planned.at.iter().copied()).chain(titles);
    let mut parts: Vec<usize> = Vec::new();
    for at in candidates.filter(|at| seen.contents[*at].filled == rows) {
        if !parts.contains(&at) && parts.len() < MOST {
            parts.push(at);
        }
    }
    if parts.is_empty() {
        let any = (0..columns.len()).filter(|at| !columns[*at].twice && !columns[*at].heading.is_empty());
        parts.extend(any.take(1));
    }
    let headings = list(parts.iter().map(|at| &columns[*at].heading));
    let mut before = HashSet::new();
    let row = |row: usize| parts.iter().map(|at| columns[*at].cells[row].as_str()).collect::<Vec<_>>();
    if (0..rows).all(|at| before.insert(row(at))) {
        return Setting::check("key", headings, "no column tells rows apart, but these do together");
    }
    let value = format!("{{ from = {headings}, occurrence = true }}");
    let mut why =
        "no column tells rows apart: those that agree in these are counted, and must keep their order".to_owned();
    if plan.columns.iter().any(|planned| is_changing(planned) && planned.at.iter().any(|at| parts.contains(at))) {
        why.push_str("; where one of these changes, the row comes in anew, and the old one stays");
    }
    Setting::check("key", value, why)
}

fn of_column(at: usize, seen: Seen) -> Setting {
    let rows = seen.sample.rows;
    let (heading, contents) = (quoted(&seen.sample.columns[at].heading), seen.contents[at]);
    let missing = rows - contents.filled;
    let gaps = if missing > 0 { format!("; {missing} rows without one are rejected") } else { String::new() };
    match contents.repeated {
        0 => {
            let why = format!("its {} texts are all different{gaps}", contents.filled);
            Setting { is_sure: missing == 0, ..Setting::sure("key", heading, why) }
        }
        repeated => {
            let why = format!("{repeated} of {rows} rows have the key of another one, of which the last counts{gaps}");
            Setting::check("key", heading, why)
        }
    }
}

/// The key of lines of orders.
fn of_lines(number: usize, plan: &Plan, seen: Seen) -> Setting {
    let columns = &seen.sample.columns;
    let heading = &columns[number].heading;
    if plan.is_of_orders {
        let why = "one row for each order: of its lines the last is kept, as the amount is that of the order";
        return Setting::check("key", quoted(heading), why);
    }
    let tells = |at: &usize| {
        let mut seen_before = HashSet::new();
        let pairs = columns[number].cells.iter().zip(&columns[*at].cells);
        *at != number
            && !columns[*at].twice
            && pairs.into_iter().all(|pair| !pair.1.is_empty() && seen_before.insert(pair))
    };
    let is_line = |at: &usize| is_among(&columns[*at].heading, &seen.headings.lines);
    if let Some(line) = (0..columns.len()).find(|at| is_line(at) && tells(at)) {
        let line = &columns[line].heading;
        let why = format!("“{line}” tells the lines of each “{heading}” apart");
        return Setting::sure("key", list([heading, line]), why);
    }
    let value = format!("{{ from = {}, occurrence = true }}", quoted(heading));
    let why =
        format!("no number tells lines apart: they are counted within each “{heading}”, and must keep their order");
    Setting::check("key", value, why)
}

/// Numbers tell rows apart only if they count them: an amount may be another one tomorrow.
fn is_no_amount(column: &Column, contents: Contents) -> bool {
    if contents.numbers * 2 < contents.filled {
        return true;
    }
    let counts: Option<Vec<u64>> = column.filled().map(|cell| cell.parse().ok()).collect();
    counts.is_some_and(|counts| counts.is_sorted() || counts.iter().rev().is_sorted())
}
