use super::*;
use pegel_store::alerts::{Acknowledged, AlertKey};

const TERMS: Terms = Terms { pending: 1, absent: Absent::Keep, remind_after: None };
const WARNING: Option<AlertState> = Some(AlertState::Warning);
const CRITICAL: Option<AlertState> = Some(AlertState::Critical);

fn watched() -> Alert {
    Alert {
        id: 1,
        key: AlertKey {
            rule: "feedback".to_owned(),
            scope: "{}".to_owned(),
            kpi: "feedback_rate".to_owned(),
            item: String::new(),
        },
        label: None,
        state: AlertState::Ok,
        since: 0,
        broken: 0,
        period: String::new(),
        value: None,
        told: None,
        told_at: None,
        acknowledged: None,
        muted_until: None,
        version: 1,
    }
}

/// A figure that breaks, and one that is not mended yet.
fn figure(broken: Option<AlertState>, not_mended: Option<AlertState>) -> Seen {
    Seen::Figure { value: Some(0.7), broken, not_mended }
}

const KEPT: Seen = Seen::Figure { value: Some(0.8), broken: None, not_mended: None };

/// The states and what was told, by one evaluation an hour.
fn course(terms: &Terms, seen: &[Seen]) -> Vec<String> {
    let mut alert = watched();
    let mut course = Vec::new();
    for (hour, seen) in (1..).zip(seen) {
        let now = hour * 3600;
        let (after, _) = evaluated(&alert, *seen, "2026-W46", terms, now);
        let telling = to_tell(&after, terms, now);
        let said = telling.map(|telling| format!(" ({telling:?})")).unwrap_or_default();
        course.push(format!("{}{said}", after.state.word()));
        alert = telling.map_or_else(|| after.clone(), |telling| told(&after, telling, now).0);
    }
    course
}

#[test]
fn it_begins_gets_worse_and_is_over_each_told_once() {
    let all = [
        KEPT,
        figure(WARNING, WARNING),
        figure(WARNING, WARNING),
        figure(CRITICAL, CRITICAL),
        figure(WARNING, WARNING),
        figure(CRITICAL, CRITICAL),
        KEPT,
        KEPT,
    ];
    assert_eq!(
        course(&TERMS, &all),
        ["ok", "warning (Begun)", "warning", "critical (Begun)", "warning", "critical (Begun)", "ok (Over)", "ok"]
    );
}

#[test]
fn it_counts_once_the_threshold_was_broken_so_often_in_a_row() {
    let thrice = Terms { pending: 3, ..TERMS };
    let broken = figure(WARNING, WARNING);
    assert_eq!(
        course(&thrice, &[broken, broken, KEPT, broken, broken, broken]),
        ["pending", "pending", "ok", "pending", "pending", "warning (Begun)"]
    );
}

#[test]
fn it_is_over_only_when_the_figure_is_better_by_the_margin() {
    let nearly = figure(None, WARNING);
    assert_eq!(
        course(&TERMS, &[figure(WARNING, WARNING), nearly, nearly, KEPT, nearly]),
        ["warning (Begun)", "warning", "warning", "ok (Over)", "ok"]
    );
    // Critical no longer by the margin of that mark, but still a warning.
    assert_eq!(
        course(&TERMS, &[figure(CRITICAL, CRITICAL), figure(WARNING, CRITICAL), figure(WARNING, WARNING)]),
        ["critical (Begun)", "critical", "warning"]
    );
}

#[test]
fn a_breach_that_may_be_chance_begins_nothing_and_ends_nothing() {
    let perhaps = figure(None, CRITICAL);
    assert_eq!(
        course(&TERMS, &[perhaps, figure(WARNING, WARNING), perhaps, KEPT]),
        ["ok", "warning (Begun)", "warning", "ok (Over)"]
    );
}

#[test]
fn without_a_figure_nothing_is_broken_and_the_rule_says_what_becomes_of_it() {
    let seen = [Seen::Nothing, figure(WARNING, WARNING), Seen::Nothing, Seen::Nothing, figure(WARNING, WARNING), KEPT];
    let with = |absent| course(&Terms { absent, ..TERMS }, &seen);
    assert_eq!(with(Absent::Keep), ["ok", "warning (Begun)", "warning", "warning", "warning", "ok (Over)"]);
    assert_eq!(with(Absent::Ignore), ["ok", "warning (Begun)", "ok", "ok", "warning (Begun)", "ok (Over)"]);
    assert_eq!(
        with(Absent::Alert),
        ["absent (Absent)", "warning (Begun)", "absent (Absent)", "absent", "warning (Begun)", "ok (Over)"]
    );
}

#[test]
fn what_stands_is_told_again_until_somebody_knows_of_it() {
    let terms = Terms { remind_after: Some(2 * 3600), ..TERMS };
    let broken = figure(WARNING, WARNING);
    assert_eq!(
        course(&terms, &[broken; 6]),
        ["warning (Begun)", "warning", "warning (Reminder)", "warning", "warning (Reminder)", "warning"]
    );
    let known = Acknowledged { at: 1, by: "ada".to_owned(), note: "on it".to_owned() };
    let stands = Alert {
        acknowledged: Some(known),
        ..told(&evaluated(&watched(), broken, "", &terms, 0).0, Telling::Begun, 0).0
    };
    assert_eq!(to_tell(&stands, &terms, 1_000_000), None);
    // That it has become critical is news to who knew of a warning.
    let (worse, _) = evaluated(&stands, figure(CRITICAL, CRITICAL), "", &terms, 1_000_000);
    assert_eq!((worse.acknowledged.clone(), to_tell(&worse, &terms, 1_000_000)), (None, Some(Telling::Begun)));
}

#[test]
fn what_is_muted_is_told_when_that_ends_if_it_still_stands() {
    let muted = Alert { muted_until: Some(10), ..watched() };
    let (stands, events) = evaluated(&muted, figure(WARNING, WARNING), "2026-W46", &TERMS, 5);
    assert_eq!(events.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["warning"]);
    assert_eq!((to_tell(&stands, &TERMS, 5), to_tell(&stands, &TERMS, 10)), (None, Some(Telling::Begun)));
    let (over, _) = evaluated(&stands, KEPT, "2026-W47", &TERMS, 7);
    assert_eq!(to_tell(&over, &TERMS, 10), None);
}
