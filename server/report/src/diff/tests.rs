use super::*;
use crate::samples;
use pegel_kpi::data::cell::Outcome;

fn source(kind: &str, sha256: &str) -> SourceHash {
    SourceHash { kind: kind.to_owned(), name: "sales.rhai".to_owned(), sha256: sha256.to_owned(), version: None }
}

/// `feedback_rate: 0.88 → 0.91 (late_data)`
fn told(old: &Numbers, new: &Numbers, sources: [&[SourceHash]; 2]) -> Vec<String> {
    let [before, now] = sources;
    let diff = diff(Compared { numbers: old, sources: before }, Compared { numbers: new, sources: now });
    let value = |said: &Option<Said>| match said {
        None => "absent".to_owned(),
        Some(said) => said.cell.outcome.value().map_or_else(|| "none".to_owned(), |value| format!("{value:.2}")),
    };
    let line = |changed: &Changed| {
        let group = changed.group.as_ref().and_then(|head| head.group.label()).unwrap_or("total");
        let why: Vec<&str> = changed.why.iter().map(|why| why.name()).collect();
        format!("{} {group}: {} → {} ({})", changed.kpi, value(&changed.old), value(&changed.new), why.join(", "))
    };
    diff.changes.iter().map(line).collect()
}

#[test]
fn editions_that_say_the_same_differ_in_nothing() {
    let numbers = samples::numbers();
    let later = Numbers { created_at: numbers.created_at + 60, revision: 1, ..numbers.clone() };
    assert_eq!(told(&numbers, &later, [&[], &[]]), [""; 0]);
}

#[test]
fn a_number_that_changed_says_why() {
    let mut old = samples::numbers();
    let change = |numbers: &mut Numbers, at: usize| {
        numbers.sections[0].kpis[at].cell.outcome = Outcome::Value { value: 0.5 };
    };
    let mut new = old.clone();
    change(&mut new, 0);
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (data)"]);
    old.sections[0].kpis[0].cell.provisional = true;
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (late_data)"]);
    new.sections[0].kpis[0].version = "other".to_owned();
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.50 (definition)"]);
    let helpers = [source("helper", "one"), source("helper", "two")];
    let said = told(&old, &new, [&helpers[..1], &helpers[1..]]);
    assert_eq!(said, ["feedback_rate total: 0.89 → 0.50 (definition, helper)"]);
}

#[test]
fn a_state_that_changed_by_its_marks_alone_says_so() {
    let old = samples::numbers();
    let mut new = old.clone();
    new.sections[0].kpis[0].threshold.warning = Some(0.95);
    new.sections[0].kpis[0].status = Status::Warning;
    assert_eq!(told(&old, &new, [&[], &[]]), ["feedback_rate total: 0.89 → 0.89 (threshold)"]);
}

#[test]
fn what_only_one_edition_shows_is_named() {
    let old = samples::numbers();
    let mut new = old.clone();
    new.sections[0].kpis[0].breakdowns[0].rows.remove(0);
    new.sections[1].kpis.truncate(1);
    new.sections[1].kpis[0].breakdowns.clear();
    let said = told(&old, &new, [&[], &[]]);
    assert_eq!(said[0], "feedback_rate Alps: 0.83 → absent (shown)");
    assert!(said.contains(&"win_rate total: 0.37 → absent (shown)".to_owned()), "{said:?}");
}
