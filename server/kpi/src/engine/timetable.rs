//! Which periods are folded for some requests, and at which instants the figures of a KPI are seen.

use super::comparison::{self, Comparison};
use super::place::place;
use super::reach::Reach;
use super::request::Request;
use super::sight::Sight;
use crate::script::kpi::Kpi;
use crate::time::period::Period;
use jiff::Timestamp;

/// All periods for which rows are folded, each once: those asked for, those they are compared with, and the one before
/// each where a KPI looks back.
pub struct Timetable {
    pub periods: Vec<Period>,
    /// In the order in which they are asked for.
    pub asked: Vec<Stop>,
    pub before: Option<Stop>,
    pub year_before: Option<Stop>,
}

/// Where a period stands in the timetable, and where the one before it, if a KPI looks back.
#[derive(Clone, Copy)]
pub struct Stop {
    pub period: usize,
    pub before: Option<usize>,
}

impl Timetable {
    pub fn new(requests: &[Request], asked: &[Period], now: Timestamp) -> Timetable {
        let looks_back = requests.iter().any(|request| request.kpi.looks_back());
        let wanted = requests.iter().fold(Comparison::NONE, |all, request| all.or(request.comparison));
        let asked: Vec<Period> = asked.iter().map(|period| period.as_of(now)).collect();
        let mut periods = Vec::new();
        let mut place = |period: Period| place(&mut periods, period);
        let mut stop = |period: &Period| Stop {
            period: place(period.clone()),
            before: looks_back.then(|| comparison::before(period)).flatten().map(&mut place),
        };
        let stops = asked.iter().map(&mut stop).collect();
        let last = asked.last();
        let before = last.filter(|_| wanted.before).and_then(comparison::before);
        let year_before = last.filter(|_| wanted.year_before).and_then(comparison::year_before);
        let (before, year_before) = (before.as_ref().map(&mut stop), year_before.as_ref().map(&mut stop));
        Timetable { asked: stops, before, year_before, periods }
    }
}

/// The instants at which the figures of a KPI are seen.
pub struct Sights {
    pub known: Sighted,
    /// If its figures can change after their period: the same age for every period, and when it is settled.
    pub aged: Option<(Sighted, Sighted)>,
}

/// How the rows of periods are seen, and those of the period before each, if a KPI looks back: at the same instant.
pub struct Sighted {
    pub own: Sight,
    previous: Option<Sight>,
}

impl Sighted {
    /// How the period before is seen by a KPI, if that looks back.
    pub fn previous(&self, kpi: &Kpi) -> Option<&Sight> {
        self.previous.as_ref().filter(|_| kpi.looks_back())
    }

    /// All sights of a KPI.
    pub fn of(&self, kpi: &Kpi) -> impl Iterator<Item = &Sight> {
        std::iter::once(&self.own).chain(self.previous(kpi))
    }
}

impl Sights {
    /// `now` is when it is asked.
    pub fn new(kpi: &Kpi, timetable: &Timetable, now: Timestamp, reach: &Reach) -> Sights {
        let Timetable { asked, before, year_before, periods } = timetable;
        let as_of = reach.as_of;
        // Of a period that is over and not known to its end there is no age to compare others at.
        let lacks_its_end = |stop: &&Stop| reach.cuts(&periods[stop.period], now);
        let end = |stop: &Stop| periods[stop.period].instants().end;
        let all: Vec<Stop> = asked.iter().chain(before).chain(year_before).copied().collect();
        let seen = |instant: &dyn Fn(&Stop) -> i64| {
            let at = |stop: &Stop| instant(stop).min(as_of);
            let sight = |stops: &mut dyn Iterator<Item = (usize, i64)>| {
                let mut sight = vec![None; periods.len()];
                stops.for_each(|(period, instant)| sight[period] = Some(instant));
                Sight(sight)
            };
            let own = sight(&mut all.iter().map(|stop| (stop.period, at(stop))));
            let previous =
                kpi.looks_back().then(|| sight(&mut all.iter().filter_map(|stop| Some((stop.before?, at(stop))))));
            Sighted { own, previous }
        };
        let known = seen(&|_| as_of);
        let last = asked.last().filter(|last| !lacks_its_end(last));
        let changes = kpi.declaration.settles_after.zip(last).filter(|_| as_of < Timestamp::MAX.as_second());
        let aged = changes.map(|(lag, last)| {
            let age = as_of - end(last);
            (seen(&|stop| end(stop) + age), seen(&|stop| end(stop) + lag.seconds()))
        });
        Sights { known, aged }
    }

    pub fn all(&self) -> impl Iterator<Item = &Sighted> {
        let aged = self.aged.iter().flat_map(|(same_age, settled)| [same_age, settled]);
        std::iter::once(&self.known).chain(aged)
    }
}
