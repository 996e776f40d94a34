use super::{read_as_seen, tables};
use crate::data::dimension::Dimension;
use crate::engine::sight::Sight;
use jiff::Timestamp;

const WEEK_45: &str = "2026-W45";
const WEEK_46: &str = "2026-W46";
const NOVEMBER: &str = "2026-11";

/// The instants at which the periods are seen, as people write them; `-` is not asked for.
fn sight(instants: &[&str]) -> Sight {
    let instant = |text: &&str| text.parse::<Timestamp>().ok().map(Timestamp::as_second);
    Sight(instants.iter().map(instant).collect())
}

/// What a measure reads of leads that are all seen at one instant.
fn as_of(leads: &str, text: &str, periods: &[&str], instant: &str) -> Vec<String> {
    let seen = sight(&vec![instant; periods.len()]);
    read_as_seen(&mut tables(&[("leads", leads)]), text, &[], periods, &seen)
}

/// Two of week 45, two of week 46.
const LEADS: &str = "
    created_at          region   closed_at           outcome   amount
    2026-11-02T08:00    North    2026-11-06T08:00    won       100.0
    2026-11-03T08:00    South    2026-11-17T08:00    won       200.0
    2026-11-09T08:00    North    2026-11-16T05:00    won       400.0
    2026-11-10T08:00    North    2026-11-16T07:00    lost      -";

const WON: &str = r#"data.leads.dated(|l| l.created_at).filter(|l| l.outcome == "won").count()"#;

#[test]
fn an_outcome_is_known_since_the_lead_was_closed() {
    let seen = |instant| as_of(LEADS, WON, &[WEEK_45, WEEK_46], instant);
    assert_eq!(seen("2026-11-06T07:59:59Z"), ["0 0"]);
    assert_eq!(seen("2026-11-06T08:00:00Z"), ["1 0"]);
    assert_eq!(seen("2026-11-16T06:00:00Z"), ["1 1"]);
    assert_eq!(seen("2026-12-01T00:00:00Z"), ["2 1"]);
}

#[test]
fn the_amount_of_a_lead_that_is_not_won_is_known_since_it_exists() {
    let leads = "
        created_at    closed_at     outcome   amount
        2026-11-02    2026-11-06    won       100.0
        2026-11-02    2026-11-06    lost      200.0
        2026-11-02    -             -         400.0";
    let worth = "data.leads.dated(|l| l.created_at).sum(|l| l.amount)";
    assert_eq!(as_of(leads, worth, &[WEEK_45], "2026-11-05T00:00:00Z"), ["600"]);
    assert_eq!(as_of(leads, worth, &[WEEK_45], "2026-11-06T00:00:00Z"), ["700"]);
}

#[test]
fn what_is_not_known_is_missing_in_conditions_too() {
    let open = "data.leads.dated(|l| l.created_at).filter(|l| !l.closed_at.is_set()).count()";
    assert_eq!(as_of(LEADS, open, &[WEEK_45], "2026-11-08T00:00:00Z"), ["1"]);
}

#[test]
fn every_week_can_be_seen_at_its_own_instant() {
    // Six hours after the end of each.
    let at_the_same_age = sight(&["2026-11-09T06:00:00Z", "2026-11-16T06:00:00Z"]);
    let leads = &mut tables(&[("leads", LEADS)]);
    let weeks = [WEEK_45, WEEK_46];
    assert_eq!(read_as_seen(leads, WON, &[], &weeks, &at_the_same_age), ["1 1"]);
    assert_eq!(read_as_seen(leads, WON, &[Dimension::REGION], &weeks, &at_the_same_age), ["North 1 1", "South 0 0"]);
}

#[test]
fn periods_that_overlap_are_seen_each_at_its_own_instant() {
    let seen = sight(&["2026-11-09T06:00:00Z", "2026-12-01T00:00:00Z"]);
    assert_eq!(read_as_seen(&mut tables(&[("leads", LEADS)]), WON, &[], &[WEEK_45, NOVEMBER], &seen), ["1 3"]);
}

#[test]
fn a_row_that_did_not_exist_is_not_there() {
    let all = "data.leads.all().count()";
    assert_eq!(as_of(LEADS, all, &[WEEK_45], "2026-11-09T07:00:00Z"), ["2"]);
    let counted = "data.leads.dated(|l| l.created_at).count()";
    assert_eq!(as_of(LEADS, counted, &[WEEK_46], "2026-11-10T07:00:00Z"), ["1"]);
}

#[test]
fn a_row_whose_date_is_missing_or_late_exists_since_the_earliest_of_its_instants() {
    let leads = "
        created_at    closed_at     outcome
        -             2026-11-04    won
        2026-11-06    2026-11-04    won
        -             -             -";
    let all = "data.leads.all().count()";
    assert_eq!(as_of(leads, all, &[WEEK_45], "2026-11-03T00:00:00Z"), ["1"], "of the third nothing is known");
    assert_eq!(as_of(leads, all, &[WEEK_45], "2026-11-05T00:00:00Z"), ["3"]);
}

#[test]
fn a_value_whose_milestone_is_missing_is_always_known() {
    let leads = "
        created_at    outcome
        2026-11-02    won";
    assert_eq!(as_of(leads, WON, &[WEEK_45], "2026-11-03T00:00:00Z"), ["1"]);
}

#[test]
fn what_still_exists_is_what_was_not_known_to_have_ended() {
    let open = "data.leads.existing(|l| l.created_at, |l| l.closed_at).at_end().count()";
    assert_eq!(as_of(LEADS, open, &[WEEK_45, WEEK_46], "2026-12-01T00:00:00Z"), ["1 3"]);
    assert_eq!(as_of(LEADS, open, &[WEEK_45, WEEK_46], "2026-11-05T00:00:00Z"), ["2 2"]);
}

#[test]
fn a_row_found_by_a_date_that_is_not_known_yet_belongs_to_no_period() {
    let closed = "data.leads.dated(|l| l.closed_at).count()";
    assert_eq!(as_of(LEADS, closed, &[WEEK_45, "2026-W47"], "2026-11-16T06:00:00Z"), ["1 1"]);
}

#[test]
fn related_rows_are_seen_at_the_same_instant() {
    let rows = &mut tables(&[
        (
            "leads",
            "
            created_at
            2026-11-02
            2026-11-09",
        ),
        (
            "opportunities",
            "
            lead_id   created_at
            1         2026-11-03
            1         2026-11-10
            2         2026-11-10
            2         2026-11-18",
        ),
    ]);
    let sum = "data.leads.dated(|l| l.created_at).sum(|l| l.opportunities.count())";
    let mut seen = |instants: [&str; 2]| read_as_seen(rows, sum, &[], &[WEEK_45, WEEK_46], &sight(&instants));
    assert_eq!(seen(["2026-12-01T00:00:00Z"; 2]), ["2 2"]);
    assert_eq!(seen(["2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z"]), ["1 1"]);
}

#[test]
fn a_related_row_that_did_not_exist_has_no_values() {
    let rows = &mut tables(&[
        (
            "leads",
            "
            created_at   source
            2026-11-05   fair",
        ),
        (
            "opportunities",
            "
            lead_id   created_at
            1         2026-11-03",
        ),
    ]);
    let of_fairs = r#"data.opportunities.dated(|o| o.created_at).filter(|o| o.lead.source == "fair").count()"#;
    let mut seen = |instant| read_as_seen(rows, of_fairs, &[], &[WEEK_45], &sight(&[instant]));
    assert_eq!(seen("2026-11-04T00:00:00Z"), ["0"]);
    assert_eq!(seen("2026-11-05T00:00:00Z"), ["1"]);
}

#[test]
fn an_opportunity_is_what_it_was() {
    let rows = &mut tables(&[
        (
            "opportunities",
            "
            created_at   amount   stage
            2026-11-03   900.0    negotiation",
        ),
        (
            "opportunity_changes",
            "
            opportunity_id   changed_at          amount   stage
            1                2026-11-04T08:00    500.0    qualified
            1                2026-11-12T08:00    700.0    proposal",
        ),
    ]);
    let worth = "data.opportunities.dated(|o| o.created_at).sum(|o| o.amount)";
    let proposed = r#"data.opportunities.dated(|o| o.created_at).filter(|o| o.stage == "proposal").count()"#;
    let at_end =
        "data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_end().sum(|o, p| o.as_of(p.end).amount)";
    let mut seen = |text, instant| read_as_seen(rows, text, &[], &[WEEK_45], &sight(&[instant])).remove(0);
    let instants = ["2026-11-04T07:00:00Z", "2026-11-04T08:00:00Z", "2026-11-12T08:00:00Z"];
    assert_eq!(instants.map(|instant| seen(worth, instant)), ["500", "700", "900"]);
    assert_eq!(instants.map(|instant| seen(proposed, instant)), ["0", "1", "0"]);
    assert_eq!(instants.map(|instant| seen(at_end, instant)), ["500", "700", "700"], "as_of reaches no further");
}
