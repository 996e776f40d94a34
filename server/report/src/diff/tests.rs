use super::*;
use crate::format::Format;
use crate::numbers::{BreakdownRow, BreakdownTable, CrossTable, Group, Numbers, RestsOn};
use crate::samples;
use pegel_kpi::data::cell::{Beside, Cell, Outcome};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Parameter;
use pegel_store::edition::SourceHash;
use pegel_text::locale::Locale;

/// A file of these kinds, whose text has that hash.
fn source(kind: &str, name: &str, sha256: &str) -> SourceHash {
    SourceHash { kind: kind.to_owned(), name: name.to_owned(), sha256: sha256.to_owned(), version: None }
}

fn helper(sha256: &str) -> SourceHash {
    source("helper", "lib/sales.rhai", sha256)
}

fn calendar(sha256: &str) -> SourceHash {
    source("calendar", "config/calendar.toml", sha256)
}

fn compared(old: &Numbers, new: &Numbers, sources: [&[SourceHash]; 2]) -> Diff {
    let [before, now] = sources;
    diff(Compared { numbers: old, sources: before }, Compared { numbers: new, sources: now })
}

/// `feedback_rate: 0.88 → 0.91 (late_data)`
fn told(old: &Numbers, new: &Numbers, sources: [&[SourceHash]; 2]) -> Vec<String> {
    let value = |said: &Option<Said>| match said {
        None => "absent".to_owned(),
        Some(said) => said.cell.outcome.value().map_or_else(|| "none".to_owned(), |value| format!("{value:.2}")),
    };
    let line = |changed: &Changed| {
        let groups = [&changed.group, &changed.and].into_iter().flatten();
        let groups: Vec<&str> = groups.map(|head| head.group.label().unwrap_or("missing")).collect();
        let group = if groups.is_empty() { "total".to_owned() } else { groups.join(" and ") };
        let why: Vec<&str> = changed.why.iter().map(|why| why.name()).collect();
        format!("{} {group}: {} → {} ({})", changed.kpi, value(&changed.old), value(&changed.new), why.join(", "))
    };
    compared(old, new, sources).changes.iter().map(line).collect()
}

/// The only change between them, in English.
fn written(old: &Numbers, new: &Numbers) -> [String; 2] {
    let format = Format::new(&Locale::parse("en-GB").unwrap(), "EUR", "UTC");
    let diff = compared(old, new, [&[], &[]]);
    let [changed] = &diff.changes[..] else { panic!("{:?}", diff.changes) };
    let Written { old, new, .. } = changed.written(&new.period, &format);
    [old, new].map(|text| text.replace('\u{a0}', " "))
}

fn first(numbers: &mut Numbers) -> &mut KpiBlock {
    &mut numbers.sections[0].kpis[0]
}

/// The feedback rate is another one.
fn changed(numbers: &Numbers) -> Numbers {
    let mut changed = numbers.clone();
    first(&mut changed).cell.outcome = Outcome::Value { value: 0.5 };
    changed
}

fn text(label: &str) -> Group {
    Group::Text { label: label.to_owned() }
}

#[test]
fn editions_that_say_the_same_differ_in_nothing() {
    let numbers = samples::numbers();
    let later = Numbers { created_at: numbers.created_at + 60, revision: 1, ..numbers.clone() };
    assert_eq!(told(&numbers, &later, [&[], &[]]), [""; 0]);
}

#[test]
fn editions_from_before_kpis_said_what_they_rest_on_say_the_same() {
    let new = samples::numbers();
    let mut old = new.clone();
    old.sections.iter_mut().flat_map(|section| &mut section.kpis).for_each(|block| block.rests_on = None);
    assert!(new.says_the_same(&old) && new != old);
    let sources: [&[SourceHash]; 2] = [&[helper("one")], &[helper("two")]];
    assert_eq!(told(&old, &new, sources), [""; 0]);
}

#[test]
fn figures_that_only_grew_older_are_the_same() {
    let new = samples::numbers();
    let mut old = new.clone();
    let cell = &mut first(&mut old).cell;
    (cell.provisional, cell.incomplete, cell.undated) = (true, true, 3);
    // As another order of adding up makes it.
    cell.outcome = Outcome::Value { value: cell.outcome.value().unwrap() * (1.0 + 1e-15) };
    assert_eq!(told(&old, &new, [&[], &[]]), [""; 0]);
    assert!(compared(&old, &new, [&[], &[]]).same > 50);
}

#[test]
fn a_number_that_changed_says_why() {
    let mut old = samples::numbers();
    let mut new = changed(&old);
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (data)"]);
    first(&mut old).cell.provisional = true;
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (late_data)"]);
    let cell = &mut first(&mut old).cell;
    (cell.provisional, cell.incomplete) = (false, true);
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (late_data)"]);
    first(&mut new).version = "other".to_owned();
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (definition)"]);
}

#[test]
fn what_is_defined_otherwise_may_count_other_data_as_well() {
    let old = samples::numbers();
    let mut new = changed(&old);
    first(&mut new).version = "other".to_owned();
    let brought =
        |table: &str| told(&old, &new, [&[source("import", table, "one")], &[source("import", table, "two")]]);
    assert_eq!(brought("leads"), ["feedback_rate total: 0.89 → 0.50 (definition, imported)"]);
    assert_eq!(brought("costs"), ["feedback_rate total: 0.89 → 0.50 (definition)"], "it counts no costs");
}

#[test]
fn whether_a_group_could_still_change_is_its_own_matter() {
    let mut old = samples::numbers();
    let mut new = old.clone();
    let change = |numbers: &mut Numbers, row: usize| {
        first(numbers).breakdowns[0].rows[row].cell.outcome = Outcome::Value { value: 0.5 };
    };
    change(&mut new, 0);
    change(&mut new, 1);
    first(&mut old).breakdowns[0].rows[1].cell.provisional = true;
    let said = told(&old, &new, [&[], &[]]);
    assert_eq!(said, ["feedback_rate Alps: 0.83 → 0.50 (data)", "feedback_rate Central: 0.86 → 0.50 (late_data)"]);
}

#[test]
fn helpers_and_calendar_are_named_where_they_are_used() {
    let old = samples::numbers();
    let new = changed(&old);
    let (before, now) = ([helper("one"), calendar("one")], [helper("two"), calendar("two")]);
    let sources: [&[SourceHash]; 2] = [&before, &now];
    let with = |numbers: &Numbers, rests_on: Option<RestsOn>| {
        let mut numbers = numbers.clone();
        first(&mut numbers).rests_on = rests_on;
        numbers
    };
    let said = |rests_on: Option<RestsOn>| {
        told(&with(&old, rests_on.clone()), &with(&new, rests_on), sources)
            .remove(0)
            .split_once('(')
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(said(Some(RestsOn::default())), "data)");
    let helpers = vec!["lib/sales.rhai".to_owned()];
    assert_eq!(said(Some(RestsOn { helpers, ..RestsOn::default() })), "helper)");
    assert_eq!(said(Some(RestsOn { calendar: true, ..RestsOn::default() })), "calendar)");
    let other = vec!["lib/other.rhai".to_owned()];
    assert_eq!(said(Some(RestsOn { helpers: other, ..RestsOn::default() })), "data)");
    // Editions that do not say what their KPIs rest on.
    assert_eq!(said(None), "helper, calendar)");
}

#[test]
fn kpis_that_ship_say_what_they_rest_on() {
    let catalog = samples::catalog();
    let rests_on = |id: &str| RestsOn::from(catalog.kpis.iter().find(|kpi| kpi.id() == id).unwrap());
    assert_eq!(rests_on("silent_leads").helpers, ["lib/sales.rhai"]);
    assert_eq!(rests_on("feedback_rate"), RestsOn::default());
    assert_eq!(rests_on("silent_leads").parameters.len(), 1);
    let json = serde_json::to_string(&rests_on("silent_leads")).unwrap();
    assert_eq!(serde_json::from_str::<RestsOn>(&json).unwrap(), rests_on("silent_leads"));
}

#[test]
fn a_setting_that_changed_is_no_correction() {
    let old = samples::numbers();
    let mut new = changed(&old);
    let parameters = [("window".to_owned(), Parameter::Number(30.0))].into();
    first(&mut new).rests_on = Some(RestsOn { parameters, ..RestsOn::default() });
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (setting)"]);
    let mut new = old.clone();
    let block = first(&mut new);
    block.min_sample = 500;
    (block.cell.outcome, block.status) = (Outcome::TooFew, Status::Unjudged);
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → none (setting)"]);
}

#[test]
fn files_that_explain_changes_are_named_with_the_lines_that_differ() {
    let old = samples::numbers();
    let mut new = changed(&old);
    first(&mut new).version = "two".to_owned();
    let script = |sha256: &str| source("kpi", "partner/feedback_rate.rhai", sha256);
    let old_version = &old.sections[0].kpis[0].version;
    let (before, now) = ([script(old_version), helper("one")], [script("two"), helper("two")]);
    let diff = compared(&old, &new, [&before, &now]);
    assert_eq!(diff.changes[0].files, ["partner/feedback_rate.rhai"]);
    let text = |sha256: &str| match sha256 {
        "two" => Ok::<_, ()>(Some("a\nc\n".to_owned())),
        of if of == old_version => Ok(Some("a\nb\n".to_owned())),
        _ => Ok(None),
    };
    let files = diff.clone().with_lines(text).unwrap().files;
    assert_eq!((files.len(), files[0].lines.as_str()), (1, "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"));
    let forgotten = |_: &str| Ok::<_, ()>(None);
    assert_eq!(diff.with_lines(forgotten).unwrap().files[0].lines, "");
}

#[test]
fn a_state_that_changed_by_its_marks_alone_says_so() {
    let old = samples::numbers();
    let mut new = old.clone();
    let block = first(&mut new);
    (block.threshold.warning, block.status) = (Some(0.95), Status::Warning);
    let said = ["feedback_rate total: 0.89 → 0.89 (threshold)"];
    assert_eq!(told(&old, &new, [&[], &[]]), said);
    // Marks may stand in the script, and what else changed made no other figure.
    first(&mut new).version = "other".to_owned();
    first(&mut new).rests_on = None;
    assert_eq!(told(&old, &new, [&[helper("one")], &[helper("two")]]), said);
    let mut same_marks = old.clone();
    first(&mut same_marks).status = Status::Warning;
    assert_eq!(told(&old, &same_marks, [&[], &[]]), ["feedback_rate total: 0.89 → 0.89 (judged)"]);
}

#[test]
fn a_target_that_changed_says_so() {
    let old = samples::numbers();
    let mut new = old.clone();
    first(&mut new).target = Some(0.9);
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.89 (target)"]);
    assert_eq!(written(&old, &new), ["88.9%", "88.9% · target: 90%"]);
    let json = serde_json::to_value(compared(&old, &new, [&[], &[]])).unwrap();
    assert_eq!((&json["changes"][0]["old"]["target"], &json["changes"][0]["new"]["target"]), (&().into(), &0.9.into()));
}

#[test]
fn what_only_one_edition_shows_is_named() {
    let old = samples::numbers();
    let mut new = old.clone();
    // A group whose rows went is a matter of data, a breakdown or a KPI that went is not.
    first(&mut new).breakdowns[0].rows.remove(0);
    new.sections[1].kpis.truncate(1);
    new.sections[1].kpis[0].breakdowns.clear();
    let said = told(&old, &new, [&[], &[]]);
    assert_eq!(said[0], "win_rate total: 0.37 → absent (shown)");
    assert!(said.contains(&"feedback_rate Alps: 0.83 → absent (data)".to_owned()), "{said:?}");
    assert!(said.contains(&"revenue Alps: 38495.88 → absent (shown)".to_owned()), "{said:?}");
    let back = told(&new, &old, [&[], &[]]);
    assert!(back.contains(&"feedback_rate Alps: absent → 0.83 (data)".to_owned()), "{back:?}");
}

#[test]
fn cells_of_crossed_tables_are_named_by_both_groups() {
    let crossed = |north: f64, south: Option<f64>| {
        let mut numbers = samples::numbers();
        let pair = |line: &str, value: f64| ([text(line), text("Solar")], samples::value(value, 9));
        let south = south.map(|value| pair("South", value));
        let table = CrossTable::of("region", "product", [pair("North", north)].into_iter().chain(south));
        first(&mut numbers).crossed = vec![table];
        numbers
    };
    let (old, new) = (crossed(0.4, Some(0.5)), crossed(0.6, Some(0.5)));
    let said = told(&old, &new, [&[], &[]]);
    assert_eq!(said, ["feedback_rate North and Solar: 0.40 → 0.60 (data)"]);
    let diff = compared(&old, &new, [&[], &[]]);
    let json = serde_json::to_value(&diff).unwrap();
    let group = |dimension: &str, label: &str| serde_json::json!({ "dimension": dimension, "label": label });
    assert_eq!(json["changes"][0]["group"], group("region", "North"));
    assert_eq!(json["changes"][0]["and"], group("product", "Solar"));
    let format = Format::new(&Locale::parse("en-GB").unwrap(), "EUR", "UTC");
    assert_eq!(diff.changes[0].written(&samples::numbers().period, &format).group, "North · Solar");
    let gone = told(&old, &crossed(0.4, None), [&[], &[]]);
    assert_eq!(gone, ["feedback_rate South and Solar: 0.50 → absent (data)"]);
}

#[test]
fn a_kpi_in_two_sections_about_other_rows_is_two_numbers() {
    let web = |value: f64| {
        let mut numbers = samples::numbers();
        let mut section = numbers.sections[0].clone();
        section.filter = Scope { regions: Some(vec!["North".to_owned()]), ..Scope::everything() };
        section.kpis.truncate(1);
        section.kpis[0].breakdowns.clear();
        section.kpis[0].cell.outcome = Outcome::Value { value };
        numbers.sections.insert(0, section);
        numbers
    };
    assert_eq!(told(&web(0.4), &web(0.6), [&[], &[]]), ["feedback_rate total: 0.40 → 0.60 (data)"]);
    // The same rows in two sections are one number.
    let twice = |value: f64| {
        let mut numbers = samples::numbers();
        first(&mut numbers).cell.outcome = Outcome::Value { value };
        numbers.sections.insert(0, numbers.sections[0].clone());
        numbers
    };
    assert_eq!(told(&twice(0.4), &twice(0.6), [&[], &[]]), ["feedback_rate total: 0.40 → 0.60 (data)"]);
}

#[test]
fn who_was_renamed_is_still_the_same() {
    let old = samples::numbers();
    let mut new = old.clone();
    for row in &mut first(&mut new).breakdowns[1].rows {
        if let Group::Row { label, .. } = &mut row.group {
            *label = None;
        }
    }
    assert_eq!(told(&old, &new, [&[], &[]]), [""; 0]);
}

#[test]
fn what_became_worse_comes_first() {
    let old = samples::numbers();
    let mut new = changed(&old);
    let block = &mut new.sections[0].kpis[1];
    let is_better = |row: &BreakdownRow| row.status < Status::Critical;
    let BreakdownTable { rows, .. } = &mut block.breakdowns[0];
    let row = rows.iter_mut().find(|row| is_better(row)).unwrap();
    (row.cell.outcome, row.status) = (Outcome::Value { value: 9000.0 }, Status::Critical);
    let said = told(&old, &new, [&[], &[]]);
    assert!(said[0].starts_with("acceptance_time Alps: ") && said[1].starts_with("feedback_rate total: "), "{said:?}");
}

#[test]
fn figures_that_are_written_alike_show_what_differs() {
    let of = |cell: Cell| {
        let mut numbers = samples::numbers();
        first(&mut numbers).cell = cell;
        numbers
    };
    let share = |part: f64, whole: f64| Cell {
        numerator: Some(part),
        denominator: Some(whole),
        ..samples::value(part / whole, 5)
    };
    assert_eq!(written(&of(share(4.0, 5.0)), &of(share(8.0, 10.0))), ["80.0% (4 of 5)", "80.0% (8 of 10)"]);
    let values = [0.8501, 0.8502].map(|value| of(samples::value(value, 5)));
    assert_eq!(written(&values[0], &values[1]), ["85.01%", "85.02%"]);
    let rows = [5, 6].map(|rows| of(samples::value(0.85, rows)));
    assert_eq!(written(&rows[0], &rows[1]), ["85.0% (n = 5)", "85.0% (n = 6)"]);
    let beside = [0.7, 0.75].map(|value| {
        let beside = vec![Beside { name: "median".to_owned(), value }];
        of(Cell { beside, ..samples::value(0.85, 5) })
    });
    assert_eq!(written(&beside[0], &beside[1]), ["85.0% (median 70.0%)", "85.0% (median 75.0%)"]);
}
