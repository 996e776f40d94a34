use super::*;
use jiff::civil::time;
use std::collections::BTreeSet;

/// Monday to Friday; nobody works on the first of January, on the first of May and at Christmas.
fn calendar() -> Calendar {
    let hours = time(9, 0, 0, 0)..time(17, 0, 0, 0);
    let week = std::array::from_fn(|day| if day < 5 { vec![hours.clone()] } else { Vec::new() });
    let holidays = (2026..2029)
        .flat_map(|year| [(1, 1), (5, 1), (12, 25), (12, 26)].map(|(month, day)| jiff::civil::date(year, month, day)));
    Calendar::new(TimeZone::UTC, week, holidays.collect::<BTreeSet<_>>())
}

fn timetable(rule: Rule, zone: &str) -> Timetable {
    let (zone, on_holidays) = (TimeZone::get(zone).unwrap(), OnHolidays::AsAlways);
    Timetable { rule, zone, from: None, until: None, on_holidays, calendar: Arc::new(calendar()) }
}

fn words(text: &str) -> Timetable {
    timetable(Rule::parse(text).unwrap(), "Europe/Berlin")
}

/// The next so many instants, by the clocks of the zone.
fn next(timetable: &Timetable, from: &str, count: usize) -> Vec<String> {
    let due = timetable.after(from.parse().unwrap()).take(count);
    due.map(|due| due.at.to_zoned(timetable.zone.clone()).strftime("%a %F %H:%M%:z").to_string()).collect()
}

#[test]
fn plain_words_say_when() {
    let due = |text: &str| next(&words(text), "2026-11-28T12:00:00Z", 3).join(", ");
    let all = [
        "every monday at 07:00",
        "Every Monday and Thursday at 7:30",
        "every mon, wed, fri at 12:00",
        "every day at 07:00 and 19:00",
        "every working day at 18:00",
        "first working day of the month at 06:30",
        "last working day of the quarter at 17:00",
        "3rd working day of the year at 08:00",
        "day 3 of the month at 07:00",
        "5th day of the quarter at 07:00",
        "first day of the year at 00:00",
        "last day of the month at 23:00",
        "the first monday of the month at 07:00",
        "last friday of every quarter at 16:00",
        "every hour",
        "every 15 minutes",
    ];
    let said = all.map(|text| format!("{text}: {}", due(text)));
    assert_eq!(
        said,
        [
            "every monday at 07:00: Mon 2026-11-30 07:00+01:00, Mon 2026-12-07 07:00+01:00, Mon 2026-12-14 07:00+01:00",
            "Every Monday and Thursday at 7:30: Mon 2026-11-30 07:30+01:00, Thu 2026-12-03 07:30+01:00, Mon 2026-12-07 07:30+01:00",
            "every mon, wed, fri at 12:00: Mon 2026-11-30 12:00+01:00, Wed 2026-12-02 12:00+01:00, Fri 2026-12-04 12:00+01:00",
            "every day at 07:00 and 19:00: Sat 2026-11-28 19:00+01:00, Sun 2026-11-29 07:00+01:00, Sun 2026-11-29 19:00+01:00",
            "every working day at 18:00: Mon 2026-11-30 18:00+01:00, Tue 2026-12-01 18:00+01:00, Wed 2026-12-02 18:00+01:00",
            "first working day of the month at 06:30: Tue 2026-12-01 06:30+01:00, Mon 2027-01-04 06:30+01:00, Mon 2027-02-01 06:30+01:00",
            "last working day of the quarter at 17:00: Thu 2026-12-31 17:00+01:00, Wed 2027-03-31 17:00+02:00, Wed 2027-06-30 17:00+02:00",
            "3rd working day of the year at 08:00: Wed 2027-01-06 08:00+01:00, Wed 2028-01-05 08:00+01:00, Wed 2029-01-03 08:00+01:00",
            "day 3 of the month at 07:00: Thu 2026-12-03 07:00+01:00, Sun 2027-01-03 07:00+01:00, Wed 2027-02-03 07:00+01:00",
            "5th day of the quarter at 07:00: Tue 2027-01-05 07:00+01:00, Mon 2027-04-05 07:00+02:00, Mon 2027-07-05 07:00+02:00",
            "first day of the year at 00:00: Fri 2027-01-01 00:00+01:00, Sat 2028-01-01 00:00+01:00, Mon 2029-01-01 00:00+01:00",
            "last day of the month at 23:00: Mon 2026-11-30 23:00+01:00, Thu 2026-12-31 23:00+01:00, Sun 2027-01-31 23:00+01:00",
            "the first monday of the month at 07:00: Mon 2026-12-07 07:00+01:00, Mon 2027-01-04 07:00+01:00, Mon 2027-02-01 07:00+01:00",
            "last friday of every quarter at 16:00: Fri 2026-12-25 16:00+01:00, Fri 2027-03-26 16:00+01:00, Fri 2027-06-25 16:00+02:00",
            "every hour: Sat 2026-11-28 14:00+01:00, Sat 2026-11-28 15:00+01:00, Sat 2026-11-28 16:00+01:00",
            "every 15 minutes: Sat 2026-11-28 13:15+01:00, Sat 2026-11-28 13:30+01:00, Sat 2026-11-28 13:45+01:00",
        ]
    );
}

#[test]
fn what_is_no_schedule_says_why_and_how_one_looks() {
    let problem = |text: &str| Rule::parse(text).unwrap_err().to_string();
    for (text, why) in [
        ("", "it does not say at what time"),
        ("every monday", "it does not say at what time"),
        ("every mnday at 07:00", "“mnday” is no day of the week"),
        ("every monday at seven", "“seven” is no time of day such as 07:00"),
        ("every monday at 24:00", "“24:00” is no time of day"),
        ("every day at 07:00 and 19:30", "different minutes"),
        ("day 31 of the month at 07:00", "not every month has a day 31"),
        ("fifth monday of the month at 07:00", "not every month has 5 of them"),
        ("every 7 hours", "7 hours do not fill a day"),
        ("first monday of the decade at 07:00", "“decade” is neither a month"),
    ] {
        let said = problem(text);
        assert!(said.contains(why) && said.contains("“every monday at 07:00”"), "{text}: {said}");
    }
    for text in ["0 7 * *", "0 25 * * *", "* * * * * *", "0 7 * * FOO", "@yearly ago"] {
        let said = Rule::cron(text).unwrap_err().to_string();
        assert!(said.starts_with(&format!("“{text}” is no cron expression")) && said.contains("0 7 * * MON"), "{said}");
    }
}

#[test]
fn a_local_time_that_is_skipped_is_due_when_the_gap_ends_and_one_that_comes_twice_is_due_once() {
    let daily = |at: &str, zone: &str| timetable(Rule::cron(at).unwrap(), zone);
    // 2027-03-28: 02:00 is followed by 03:00. 2027-10-31: 03:00 is followed by 02:00.
    let berlin = daily("30 2 * * *", "Europe/Berlin");
    assert_eq!(next(&berlin, "2027-03-27T12:00:00Z", 2), ["Sun 2027-03-28 03:00+02:00", "Mon 2027-03-29 02:30+02:00"]);
    assert_eq!(next(&berlin, "2027-10-30T12:00:00Z", 2), ["Sun 2027-10-31 02:30+02:00", "Mon 2027-11-01 02:30+01:00"]);
    let new_york = daily("30 2 * * *", "America/New_York");
    assert_eq!(next(&new_york, "2027-03-13T12:00:00Z", 1), ["Sun 2027-03-14 03:00-04:00"]);
    assert_eq!(
        next(&daily("30 1 * * *", "America/New_York"), "2027-11-06T12:00:00Z", 1),
        ["Sun 2027-11-07 01:30-04:00"]
    );
    // Half an hour.
    let lord_howe = daily("15 2 * * *", "Australia/Lord_Howe");
    assert_eq!(next(&lord_howe, "2027-10-02T12:00:00Z", 1), ["Sun 2027-10-03 02:30+11:00"]);
    assert_eq!(
        next(&daily("45 1 * * *", "Australia/Lord_Howe"), "2027-04-03T12:00:00Z", 1),
        ["Sun 2027-04-04 01:45+11:00"]
    );
    // A day that there was not: Apia crossed the date line.
    let apia = daily("0 7 * * *", "Pacific/Apia");
    assert_eq!(next(&apia, "2011-12-29T18:00:00Z", 2), ["Sat 2011-12-31 00:00+14:00", "Sat 2011-12-31 07:00+14:00"]);
    // What falls on one instant is due once.
    let often = daily("*/20 * * * *", "Europe/Berlin");
    assert_eq!(
        next(&often, "2027-03-28T00:30:00Z", 3),
        ["Sun 2027-03-28 01:40+01:00", "Sun 2027-03-28 03:00+02:00", "Sun 2027-03-28 03:20+02:00"]
    );
}

#[test]
fn what_is_due_on_a_day_off_is_due_on_the_next_working_day() {
    let monthly = Timetable { on_holidays: OnHolidays::NextWorkingDay, ..words("first day of the month at 07:00") };
    assert_eq!(
        next(&monthly, "2026-12-24T00:00:00Z", 5),
        [
            "Mon 2027-01-04 07:00+01:00",
            "Mon 2027-02-01 07:00+01:00",
            "Mon 2027-03-01 07:00+01:00",
            "Thu 2027-04-01 07:00+02:00",
            "Mon 2027-05-03 07:00+02:00"
        ]
    );
    let due = monthly.after("2026-12-24T00:00:00Z".parse().unwrap()).next().unwrap();
    assert_eq!(
        due.nominal.to_string(),
        "2027-01-01T06:00:00Z",
        "it stands for the day on which it would have been due"
    );
    // Two that come to one day are due once.
    let daily = Timetable { on_holidays: OnHolidays::NextWorkingDay, ..words("every day at 07:00") };
    let due = next(&daily, "2026-12-24T12:00:00Z", 2);
    assert_eq!(due, ["Mon 2026-12-28 07:00+01:00", "Tue 2026-12-29 07:00+01:00"]);
}

#[test]
fn a_timetable_holds_from_one_day_to_another() {
    let (from, until) = (Some(jiff::civil::date(2026, 12, 7)), Some(jiff::civil::date(2026, 12, 14)));
    let of_december = Timetable { from, until, ..words("every monday at 07:00") };
    assert_eq!(
        next(&of_december, "2026-11-01T00:00:00Z", 9),
        ["Mon 2026-12-07 07:00+01:00", "Mon 2026-12-14 07:00+01:00"]
    );
}

#[test]
fn what_was_due_is_what_will_have_been_due() {
    for text in ["every monday at 07:00", "last working day of the month at 17:00", "every 20 minutes"] {
        let timetable = words(text);
        let from = "2027-02-01T00:00:00Z".parse().unwrap();
        let coming: Vec<Instant> = timetable.after(from).take(40).collect();
        let last = coming[39].at;
        let mut gone: Vec<Instant> = timetable.up_to(last).take_while(|due| due.at > from).collect();
        gone.reverse();
        assert_eq!(gone, coming, "{text}");
    }
}

#[test]
fn a_rule_that_never_holds_is_due_never() {
    let never = timetable(Rule::cron("0 7 30 2 *").unwrap(), "Europe/Berlin");
    assert_eq!(next(&never, "2026-11-01T00:00:00Z", 1), [""; 0]);
}

#[test]
fn what_is_due_once_a_year_is_due_for_ever_and_what_never_is_ends() {
    let yearly = words("first day of the year at 00:00");
    assert_eq!(next(&yearly, "2026-11-28T12:00:00Z", 30).last().unwrap(), "Sat 2056-01-01 00:00+01:00");
    assert_eq!(yearly.up_to("2026-11-28T12:00:00Z".parse().unwrap()).take(30).count(), 30);
    // There is no 30 February.
    let never = timetable(Rule::cron("0 0 30 2 *").unwrap(), "Europe/Berlin");
    assert_eq!(never.after("2026-11-28T12:00:00Z".parse().unwrap()).count(), 0);
    let over = Timetable { until: Some(jiff::civil::date(2027, 1, 1)), ..yearly };
    assert_eq!(over.after("2026-11-28T12:00:00Z".parse().unwrap()).count(), 1);
}
