//! By what the rows of a file are told apart.

use super::assign::{Assigned, Seen};
use super::making::Plan;
use super::suggestion::Setting;
use super::toml::{list, quoted};
use pegel_kpi::data::model::Kind;

/// The key of a table.
pub(super) fn key(assigned: &Assigned, plan: &Plan, seen: Seen) -> Setting {
    let (columns, rows) = (&seen.sample.columns, seen.sample.rows);
    if let Some(held) = assigned.held("key", false) {
        let (heading, contents) = (quoted(&columns[held.at].heading), seen.contents[held.at]);
        let missing = rows - contents.filled;
        let gaps = if missing > 0 { format!("; {missing} rows without one are rejected") } else { String::new() };
        return match contents.repeated {
            0 => {
                let why = format!("its {} texts are all different{gaps}", contents.filled);
                Setting { is_sure: missing == 0, ..Setting::sure("key", heading, why) }
            }
            repeated => {
                let why =
                    format!("{repeated} of {rows} rows have the key of another one, of which the last counts{gaps}");
                Setting::check("key", heading, why)
            }
        };
    }
    // The number of an order stands in each of its lines.
    if let Some(number) = assigned.held("number", false) {
        let heading = &columns[number.at].heading;
        let value = format!("{{ from = {}, occurrence = true }}", quoted(heading));
        let why =
            format!("no column tells lines apart: they are counted within each “{heading}”, and must keep their order");
        return Setting::check("key", value, why);
    }
    let is_exact = |at: &usize| {
        let planned = plan.columns.iter().find(|planned| planned.at.contains(at));
        planned.is_none_or(|planned| planned.kind == Kind::Text)
            && !columns[*at].twice
            && !columns[*at].heading.is_empty()
    };
    let apart = (0..columns.len()).filter(is_exact).find(|at| seen.contents[*at].tell_rows_apart(rows));
    if let Some(at) = apart {
        let why = format!("no heading says so, but its {rows} texts tell rows apart");
        return Setting::check("key", quoted(&columns[at].heading), why);
    }
    let mut parts: Vec<&str> = Vec::new();
    let since = assigned.table.exists_since().map(|column| column.name.to_string()).unwrap_or_default();
    let beginning = plan.columns.iter().filter(|planned| planned.column == since);
    let texts = plan.columns.iter().filter(|planned| planned.column.ends_with("_id") || planned.column == "name");
    for planned in beginning.chain(texts) {
        let filled = planned.at.iter().filter(|at| seen.contents[**at].filled == rows);
        parts.extend(filled.map(|at| columns[*at].heading.as_str()));
    }
    parts.truncate(3);
    if parts.is_empty() {
        parts.extend(
            columns
                .iter()
                .filter(|column| !column.twice && !column.heading.is_empty())
                .map(|column| &*column.heading)
                .take(1),
        );
    }
    let value = format!("{{ from = {}, occurrence = true }}", list(parts));
    let why = "no column tells rows apart: those that agree in these are counted, and must keep their order";
    Setting::check("key", value, why)
}
