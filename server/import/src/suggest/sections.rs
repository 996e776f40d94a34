//! What the file brings: a `[[tables]]` for each table.

use super::assign::{Assigned, Seen};
use super::evidence::Evidence;
use super::key::key;
use super::making::{Plan, Planned, Related};
use super::suggestion::{Section, Setting};
use super::toml::quoted;

/// Those that others refer to first.
pub(super) fn sections(best: &Assigned, plan: &Plan, evidence: &Evidence, seen: Seen) -> Vec<Section> {
    let columns = |planned: &[Planned]| planned.iter().map(|planned| evidence.setting(planned)).collect();
    let related = plan.related.iter().map(|Related { table, key, columns: planned }| {
        let heading = quoted(&seen.sample.columns[*key].heading);
        let different = seen.contents[*key].filled - seen.contents[*key].repeated;
        Section {
            table: table.clone(),
            why: format!("The {table} that the rows name; what a file of their own brings can be added to them"),
            key: Setting::sure("key", heading.clone(), format!("{different} different ones")),
            when: Some(Setting::sure("when", format!("{{ column = {heading}, missing = false }}"), "")),
            columns: columns(planned),
            lacks: Vec::new(),
        }
    });
    let table = &best.table.name;
    let used = best.held.len();
    let main = Section {
        table: table.to_string(),
        why: format!("{used} of {} columns have headings that are known of {table}", seen.sample.columns.len()),
        key: key(best, plan, seen),
        when: plan.when.clone(),
        columns: columns(&plan.columns),
        lacks: lacks(best, plan),
    };
    related.chain([main]).collect()
}

/// What KPIs cannot do without.
fn lacks(best: &Assigned, plan: &Plan) -> Vec<String> {
    let table = &best.table;
    let is_there = |column: &str| plan.columns.iter().any(|planned| planned.column == column);
    let mut lacks = plan.lacks.clone();
    if let Some(since) = table.exists_since().filter(|since| !is_there(&since.name)) {
        lacks.push(format!(
            "no column says since when a row exists: name one, {} = \"…\", or nothing is counted by period",
            since.name
        ));
    }
    let ends = |column: &str| table.column(column).is_some();
    if ends("outcome") && ends("closed_at") {
        match (is_there("outcome"), is_there("closed_at")) {
            (false, _) => {
                lacks
                    .push("no column says what was won or lost: outcome = { from = \"…\", values = { … } }".to_owned());
            }
            (true, false) => lacks.push("no column says when it was won or lost: closed_at = \"…\"".to_owned()),
            (true, true) => {}
        }
    }
    lacks
}

/// The headings that nothing is made of.
pub(super) fn unused(sections: &[Section], seen: Seen) -> Vec<String> {
    let settings =
        sections.iter().flat_map(|section| section.columns.iter().chain([&section.key]).chain(&section.when));
    let rules: Vec<&str> = settings.map(|setting| setting.value.as_str()).collect();
    let columns = seen.sample.columns.iter().filter(|column| !column.heading.is_empty() && !column.twice);
    let unused = columns.map(|column| &column.heading).filter(|heading| {
        let heading = quoted(heading);
        !rules.iter().any(|rule| rule.contains(&heading))
    });
    unused.cloned().collect()
}
