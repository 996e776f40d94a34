//! Which period the page of a KPI shows and by what it is broken down: in its address, and as a form.

use super::super::Choice;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pegel_kpi::data::cell::Breakdown;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, Span};
use pegel_report::definition::Every;
use pegel_report::format::Format;
use pegel_report::link::{self, KpiOf, Link};
use serde::{Deserialize, Serialize};

/// The period of a page that names none.
const LAST_WEEK: &str = "last-week";

/// What an address asks for: what the page shows, or what its form says.
#[derive(Deserialize)]
pub(super) struct Asked {
    period: Option<String>,
    by: Option<String>,
    and: Option<String>,
    /// Of the form: what kind of period.
    every: Option<Every>,
    /// Of the form: a day in it; the last complete one, if it is empty.
    on: Option<String>,
}

impl Asked {
    /// What the page shows; or what an address must ask for instead, where the form was filled in.
    pub(super) fn shown(self, now: Timestamp, zone: &TimeZone) -> Result<Result<KpiOf, KpiOf>, Unanswered> {
        let Asked { period, by, and, every, on } = self;
        let given = |name: Option<String>| name.filter(|name| !name.is_empty());
        let of = KpiOf { period, by: given(by), and: given(and) };
        if every.is_none() && on.is_none() {
            return Ok(Ok(of));
        }
        let every = every.unwrap_or_default();
        let period = match given(on) {
            None => Period::parse(&format!("last-{}", every.name()), now, zone),
            Some(day) => {
                let wrong = |_| Unanswered::address(format!("“{day}” is not a day: write one such as 2026-11-16"));
                let day: Date = day.parse().map_err(wrong)?;
                Period::containing(every.span(), day, zone)
            }
        };
        let period = period.map_err(Unanswered::address)?.to_string();
        Ok(Err(KpiOf { period: Some(period), ..of }))
    }
}

/// What the page shows.
pub(super) struct Shown {
    pub period: Period,
    /// None, one dimension, or two.
    pub by: Breakdown,
}

impl Shown {
    pub(super) fn of(
        of: &KpiOf,
        (kpi, model): (&Kpi, &Model),
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Shown, Unanswered> {
        let period = of.period.as_deref().unwrap_or(LAST_WEEK);
        let period = Period::parse(period, now, zone).map_err(Unanswered::address)?;
        let named = [&of.by, &of.and].into_iter().flatten();
        let by = named.map(|name| model.dimension(name)).collect::<Result<Breakdown, _>>();
        let by = by.map_err(Unanswered::address)?;
        if of.by.is_none() && of.and.is_some() || by.len() == 2 && by[0] == by[1] {
            let what = "“and” names a second dimension beside the one of “by”: write by=region&and=source";
            return Err(Unanswered::address(what));
        }
        kpi.check_breakdown(&by).map_err(Unanswered::address)?;
        Ok(Shown { period, by })
    }

    /// How many periods of its kind the course shows.
    pub(super) fn course(&self) -> usize {
        match self.period.span {
            Span::Week => 26,
            Span::Month => 24,
            Span::Quarter => 12,
            Span::Year => 6,
            Span::Day => 28,
            Span::Days(_) => 13,
        }
    }

    /// The page about another period, otherwise the same.
    fn about(&self, kpi: &Kpi, period: &Period) -> String {
        let name = |at: usize| self.by.get(at).map(|dimension| dimension.name().to_owned());
        link::kpi(kpi.id(), &KpiOf { period: Some(period.to_string()), by: name(0), and: name(1) })
    }

    pub(super) fn form(&self, (kpi, model): (&Kpi, &Model), now: Timestamp, format: &Format, reader: &Reader) -> Form {
        let Shown { period, by } = self;
        let link = |period: Period| Link {
            path: reader.kept_in(self.about(kpi, &period)),
            text: format.period_name(&period.to_string()),
        };
        let begun = |period: &Period| period.instants().start <= now.as_second();
        let every = |every: Every| Choice {
            name: every.name().to_owned(),
            title: format.words().say(&format!("span_{}", every.name()), []),
            chosen: every.span() == period.span,
        };
        let by = |at: usize| {
            let carried = model.dimensions().filter(|one| kpi.check_breakdown(std::slice::from_ref(one)).is_ok());
            let asked = by.get(at).map_or("", Dimension::name);
            let choice =
                |dimension: &Dimension| Choice::new(dimension.name(), format.dimension(dimension.name()), asked);
            carried.map(choice).collect()
        };
        Form {
            every: Every::ALL.map(every).into(),
            on: period.last_day.to_string(),
            by: by(0),
            and: by(1),
            before: period.before().ok().map(link),
            after: period.after().ok().filter(begun).map(link),
            lang: reader.asked_for(),
        }
    }
}

/// The form, and the ways to the periods around.
#[derive(Serialize)]
pub(super) struct Form {
    every: Vec<Choice>,
    /// A day in the period, as forms take it.
    on: String,
    by: Vec<Choice>,
    and: Vec<Choice>,
    before: Option<Link>,
    /// `None` if it has not begun.
    after: Option<Link>,
    /// The language that the address asks for, to be kept.
    lang: Option<String>,
}
