//! What the file brings: a `[[tables]]` for each table.

use super::assign::{Assigned, Seen};
use super::days;
use super::evidence::Evidence;
use super::ids::whole;
use super::key::key;
use super::making::{ATTRIBUTES, Plan, Planned, Related};
use super::suggestion::{Section, Setting};
use super::toml::quoted;
use super::words::named;
use std::collections::{BTreeSet, HashSet};

/// Those that others refer to first.
pub(super) fn sections(best: &Assigned, plan: &Plan, evidence: &Evidence, seen: Seen) -> Vec<Section> {
    let columns = |planned: &[&Planned]| {
        let setting = |planned: &&Planned| evidence.setting(planned);
        planned.iter().map(setting).collect::<Vec<_>>()
    };
    let is_attribute = |planned: &&Planned| planned.column.starts_with(ATTRIBUTES);
    let (attributes, own): (Vec<&Planned>, Vec<&Planned>) = plan.columns.iter().partition(is_attribute);
    let related = plan.related.iter().map(|Related { table, key, columns: planned }| {
        let heading = quoted(&seen.sample.columns[*key].heading);
        let different = seen.contents[*key].filled - seen.contents[*key].repeated;
        Section {
            table: table.clone(),
            why: format!("The {table} that the rows name; what a file of their own brings can be added to them"),
            key: whole(Setting::sure("key", heading.clone(), format!("{different} different ones")), seen),
            when: Some(Setting::sure("when", format!("{{ column = {heading}, missing = false }}"), "")),
            columns: columns(&planned.iter().collect::<Vec<_>>()),
            attributes: Vec::new(),
            lacks: Vec::new(),
        }
    });
    let table = &best.table.name;
    let used: BTreeSet<usize> = best.held.iter().map(|held| held.at).collect();
    let main = Section {
        table: table.to_string(),
        why: format!(
            "{} of {} columns have headings that are known of {table}{}",
            used.len(),
            seen.sample.columns.len(),
            before(best, plan)
        ),
        key: whole(key(best, plan, seen), seen),
        when: plan.when.clone(),
        columns: columns(&own),
        attributes: columns(&attributes).into_iter().map(of_attribute).collect(),
        lacks: lacks(best, plan),
    };
    let of_own = of_own(plan, &main, seen);
    related.chain([main]).chain(of_own).collect()
}

/// Known by its own name.
fn of_attribute(setting: Setting) -> Setting {
    Setting { key: setting.key.trim_start_matches(ATTRIBUTES).to_owned(), ..setting }
}

/// What refers to rows of the same table comes after them.
fn of_own(plan: &Plan, main: &Section, seen: Seen) -> Option<Section> {
    let line = |(column, at): &(String, usize)| {
        let names = plan.columns.iter().find(|planned| planned.column == "name");
        let name = names.filter(|planned| planned.rule == main.key.value).map(|planned| planned.at[0]);
        let heading = quoted(&seen.sample.columns[*at].heading);
        let rule = |by: &str| format!("{{ from = {heading}, lookup = \"{by}\", policy = \"optional\" }}");
        let Some(name) = name else {
            let why = "found by name among those that are there: import the file twice, the second time finds all";
            return Setting::check(column, rule("name"), why);
        };
        let (mut above, mut below) = (HashSet::new(), 0);
        for (own, other) in seen.sample.columns[name].cells.iter().zip(&seen.sample.columns[*at].cells) {
            above.insert(own);
            below += usize::from(!other.is_empty() && !above.contains(other));
        }
        let why = format!("found among the {} of the file, if they stand further up", main.table);
        match below {
            0 => Setting::sure(column, rule("key"), why),
            _ => Setting::check(
                column,
                rule("key"),
                format!("{why}; of {below} rows they do not: import the file twice"),
            ),
        }
    };
    (!plan.of_own.is_empty()).then(|| Section {
        table: main.table.clone(),
        why: format!("Which of the {} they refer to, once all are there", main.table),
        key: Setting::sure("key", main.key.value.clone(), ""),
        when: main.when.as_ref().map(|when| Setting::sure("when", when.value.clone(), "")),
        columns: plan.of_own.iter().map(line).collect(),
        attributes: Vec::new(),
        lacks: Vec::new(),
    })
}

/// Rows that look-ups add have their names for keys, until a file brings them with their own.
fn before(best: &Assigned, plan: &Plan) -> String {
    let by_name = |planned: &&Planned| planned.rule.contains("lookup = \"name\", policy = \"create\"");
    let columns = plan.columns.iter().filter(by_name).filter_map(|planned| {
        let references = &best.table.references;
        references.iter().find(|reference| *reference.column.name == *planned.column).map(|found| &*found.table)
    });
    let columns: Vec<&str> = columns.collect();
    if columns.is_empty() {
        return String::new();
    }
    format!(
        ". Is there a file of the {}? Import it as well: a row of that name is the one that is meant here",
        columns.join(", or of the ")
    )
}

/// Headings that are months, of which nothing is made.
pub(super) fn months(plan: &Plan, seen: Seen) -> Option<String> {
    let is_used = |at: usize| plan.columns.iter().any(|planned| planned.at.contains(&at));
    let columns = seen.sample.columns.iter().enumerate().filter(|(at, _)| !is_used(*at));
    let months: Vec<&str> =
        columns.map(|(_, column)| column.heading.as_str()).filter(|heading| days::month(heading).is_some()).collect();
    (months.len() > 1).then(|| {
        format!(
            "{} are months, and what is below them is not read: [unpivot] makes a row of each, as the plan in `pegel docs mapping` \
             shows",
            named(months.iter().copied())
        )
    })
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
    if table.column("category").is_some() && !is_there("category") {
        let example = "category = { constant = \"marketing\" }";
        lacks.push(format!("no column says what the money was spent on, and KPIs ask for it: {example}, or sales"));
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
    let settings = sections.iter().flat_map(|section| {
        section.columns.iter().chain(&section.attributes).chain([&section.key]).chain(&section.when)
    });
    let rules: Vec<&str> = settings.map(|setting| setting.value.as_str()).collect();
    let columns = seen.sample.columns.iter().filter(|column| !column.heading.is_empty() && !column.twice);
    let unused = columns.map(|column| &column.heading).filter(|heading| {
        let heading = quoted(heading);
        !rules.iter().any(|rule| rule.contains(&heading))
    });
    unused.cloned().collect()
}
