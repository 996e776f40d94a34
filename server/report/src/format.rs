//! Figures as a reader's locale writes them: which digits and which unit, and the words around them. How numbers,
//! money, durations and dates are written is in [`pegel_text`].

use crate::numbers::{Change, Group, Members, OffTarget, PeriodHead, State};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pegel_kpi::data::cell::{Beside, Cell, Outcome};
use pegel_kpi::data::currency::{Currency, HUNDREDTHS};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{self, Better, Status, Threshold};
use pegel_kpi::engine::behind::listing::When;
use pegel_kpi::judgement::judged::Assured;
use pegel_kpi::judgement::signal::{Kind as Sign, Signal};
use pegel_kpi::time::period::{Period, Span};
use pegel_text::clean::one_line;
use pegel_text::dates::{Dates, Kind};
use pegel_text::durations::Durations;
use pegel_text::lists::Lists;
use pegel_text::locale::Locale;
use pegel_text::money::Money;
use pegel_text::numbers::{MOST_DIGITS, Numbers, exact, is_zero, rounded};
use pegel_text::translated::Translated;
use pegel_text::words::{Words, capitalised};
use std::collections::BTreeMap;

/// The most decimals that people write in small marks and in others.
const MOST_WRITTEN: [i16; 2] = [4, 2];

/// Writes for one locale and currency.
pub struct Format {
    words: Words,
    dates: Dates,
    numbers: Numbers,
    money: Money,
    /// Decimals of the currency.
    money_digits: i16,
    durations: Durations,
    lists: Lists,
    /// By the names of the words that they stand for.
    titles: BTreeMap<String, Translated>,
}

impl Format {
    /// A writer for a locale and an ISO 4217 currency. `zone` is an IANA name, for instants.
    ///
    /// Unknown ones become the currency without a name (¤) and UTC: definitions and the configuration are checked when
    /// they are read, and an old edition must remain readable.
    pub fn new(locale: &Locale, currency: &str, zone: &str) -> Format {
        let words = Words::of(locale);
        let digits = Currency::find(currency).map_or(HUNDREDTHS, |currency| currency.digits);
        Format {
            dates: Dates::new(&words, zone),
            words,
            numbers: Numbers::new(locale),
            money: Money::new(locale, currency),
            money_digits: i16::from(digits),
            durations: Durations::new(locale),
            lists: Lists::new(locale),
            titles: BTreeMap::new(),
        }
    }

    /// The same, calling a home's own tables and dimensions as the home does: see [`Model::titles`].
    ///
    /// [`Model::titles`]: pegel_kpi::data::model::Model::titles
    #[must_use]
    pub fn calling(self, titles: &BTreeMap<String, Translated>) -> Format {
        Format { titles: titles.clone(), ..self }
    }

    /// The words it writes with.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// `71.2 %`, `1.234,50 €`, `3 Std. 20 Min.`, `1.234`: per cents with one decimal, money from 10,000 on and counts
    /// without, durations in the unit that reads best.
    pub fn value(&self, value: f64, unit: Unit) -> String {
        self.with_digits(value, unit, self.usual_digits(value, unit))
    }

    /// The figure, or a short word for why there is none.
    pub fn cell(&self, cell: &Cell, unit: Unit) -> String {
        self.judged(cell, unit, &Threshold::default())
    }

    /// The same, with as many digits as it takes to tell the figure from the marks it is judged by: 74.97 % is not
    /// shown as the 75.0 % that it must not fall below.
    pub fn judged(&self, cell: &Cell, unit: Unit, threshold: &Threshold) -> String {
        let value = match &cell.outcome {
            Outcome::Value { value } => *value,
            Outcome::TooFew => return self.too_few(cell.sample),
            absent => return self.absence(absent),
        };
        let digits = self.usual_digits(value, unit);
        let marks = [threshold.warning, threshold.critical].into_iter().flatten();
        let apart = marks.filter(|mark| !threshold::same(value, *mark)).map(|mark| {
            let same = |digits: &i16| self.with_digits(value, unit, *digits) == self.with_digits(mark, unit, *digits);
            (digits..MOST_DIGITS.into()).find(|digits| !same(digits)).unwrap_or(MOST_DIGITS.into())
        });
        self.with_digits(value, unit, apart.max().unwrap_or(digits))
    }

    /// Two figures with as many digits as it takes to tell them apart; `None` if no number of digits does.
    pub fn told_apart(&self, values: [f64; 2], unit: Unit) -> Option<[String; 2]> {
        let least = self.usual_digits(values[0], unit);
        let mut written =
            (least..=MOST_DIGITS.into()).map(|digits| values.map(|value| self.with_digits(value, unit, digits)));
        written.find(|[one, other]| one != other)
    }

    /// `median 25 min`: a second figure that stands beside one of that unit.
    pub fn beside(&self, beside: &Beside, unit: Unit) -> String {
        let name = self.words.language().word(&format!("beside_{}", beside.name)).unwrap_or(&beside.name);
        let figure = self.value(beside.value, unit);
        self.words.say("beside", [("name", name.into()), ("figure", figure.into())])
    }

    /// `+2,1 Pp.`, `−12 %`; empty where nothing can be compared. Per cents move by percentage points, all else in
    /// relation to the former figure, or by the difference where that was 0.
    pub fn change(&self, change: Option<&Change>, unit: Unit) -> String {
        let Some(change) = change else { return String::new() };
        let sign = if change.absolute > 0.0 { "+" } else { "" };
        let moved = match (unit, change.relative) {
            (Unit::Percent, _) => {
                let points = rounded(change.absolute, 2, 1);
                let text = || self.words.say("points", [("points", self.numbers.decimal(&points).into())]);
                (!is_zero(&points)).then(|| format!("{sign}{}", text()))
            }
            (_, Some(relative)) => {
                // A decimal below ten per cent, none above.
                let relative = rounded(relative, 2, i16::from(relative.abs() < 0.0995));
                (!is_zero(&relative)).then(|| self.numbers.signed_percent(&relative))
            }
            (_, None) => {
                let text = self.value(change.absolute, unit);
                (text != self.value(0.0, unit)).then(|| format!("{sign}{text}"))
            }
        };
        moved.unwrap_or_else(|| self.words.say("unchanged", []))
    }

    /// `Warnung unter 80 %, kritisch unter 75 %`: what the threshold forbids; empty where it forbids nothing.
    pub fn threshold(&self, threshold: &Threshold, unit: Unit, better: Better) -> String {
        let forbidden = [Status::Warning, Status::Critical].into_iter().filter_map(|status| {
            let beyond = self.beyond(status, threshold, unit, better)?;
            let name = if status == Status::Critical { "threshold_critical" } else { "threshold_warning" };
            Some(self.words.say(name, [("beyond", beyond.into())]))
        });
        forbidden.collect::<Vec<_>>().join(", ")
    }

    /// `unter 75 %`: the figures that are a warning, or critical; `None` where none are.
    pub fn beyond(&self, status: Status, threshold: &Threshold, unit: Unit, better: Better) -> Option<String> {
        let mark = match status {
            Status::Critical => threshold.critical?,
            Status::Warning => threshold.warning?,
            Status::Ok | Status::Unjudged => return None,
        };
        let beyond = match better {
            Better::Higher => "below",
            Better::Lower => "above",
            Better::Neutral => return None,
        };
        Some(self.words.say(beyond, [("mark", self.mark(mark, unit).into())]))
    }

    /// The word for a status.
    pub fn status(&self, status: Status) -> String {
        self.words.say(
            match status {
                Status::Unjudged => "status_unjudged",
                Status::Ok => "status_ok",
                Status::Warning => "status_warning",
                Status::Critical => "status_critical",
            },
            [],
        )
    }

    /// A title or the like: whatever breaks it into lines would tear what it stands in.
    pub fn title(&self, text: &Translated) -> String {
        one_line(text.in_language(self.words.language())).into_owned()
    }

    /// What a table holds: `leads`, `Aufträge`; its name where there is no word for it.
    pub fn table(&self, name: &str) -> String {
        self.called(&format!("table_{name}"), name)
    }

    /// The heading for a column, by its path; the path where there is none.
    pub fn column(&self, path: &str) -> String {
        let name = path.rsplit_once('.').map_or(path, |(_, name)| name);
        self.called(&format!("column_{name}"), path)
    }

    /// The heading for a dimension; its name where there is none.
    pub fn dimension(&self, name: &str) -> String {
        self.called(&format!("dimension_{name}"), name)
    }

    fn called(&self, word: &str, otherwise: &str) -> String {
        let own = self.titles.get(word).map(|title| self.title(title));
        own.unwrap_or_else(|| self.words.language().word(word).unwrap_or(otherwise).to_owned())
    }

    /// What a group is called.
    pub fn group(&self, group: &Group) -> String {
        let nameless = || match group {
            Group::Missing { .. } => self.words.say("missing_group", []),
            Group::Row { .. } | Group::Text { .. } => self.words.say("erased_group", []),
        };
        group.label().map_or_else(nameless, |label| one_line(label).into_owned())
    }

    /// `Küste, Alpen und 3 weitere`.
    pub fn all(&self, items: &[String]) -> String {
        self.lists.all(items)
    }

    /// How many others there are.
    pub fn more(&self, others: usize) -> String {
        self.words.say("more", [("count", others.into())])
    }

    /// A whole number.
    pub fn count(&self, count: u64) -> String {
        self.numbers.count(count)
    }

    /// `KW 46 · 9.–15. November 2026`; what is not a period is shown as it is.
    pub fn period(&self, period: &PeriodHead) -> String {
        dated(&period.name).map_or_else(
            || period.name.clone(),
            |(kind, period)| self.dates.period(kind, period.first_day, period.last_day),
        )
    }

    /// `KW 46` for `2026-W46`, to stand within a sentence.
    pub fn period_name(&self, name: &str) -> String {
        dated(name).map_or_else(
            || name.to_owned(),
            |(kind, period)| self.dates.period_name(kind, period.first_day, period.last_day),
        )
    }

    /// `KW 46` for `2026-W46`, `Nov 2026` for `2026-11`, where there is little room.
    pub fn short_period(&self, name: &str) -> String {
        dated(name).map_or_else(
            || name.to_owned(),
            |(kind, period)| self.dates.short_period(kind, period.first_day, period.last_day),
        )
    }

    /// `KW 46` for `2026-W46`, `Nov 2026` for `2026-11`, at the head of a narrow column.
    pub fn head_of_period(&self, name: &str) -> String {
        match dated(name) {
            Some((Kind::Week, _)) => self.period_name(name),
            _ => self.short_period(name),
        }
    }

    /// `18 November 2026`
    pub fn date(&self, day: Date) -> String {
        self.dates.date(day)
    }

    /// The day of an instant, from UTC seconds.
    pub fn day(&self, seconds: i64) -> String {
        self.dates.day(seconds)
    }

    /// A day, or the day of an instant.
    pub fn when(&self, when: When) -> String {
        match when {
            When::Instant(instant) => self.day(instant.as_second()),
            When::Day(day) => self.date(day),
        }
    }

    /// The groups that a scope lets through, by name, partners and other rows without one by key: `Region: Coast, Alps`;
    /// empty if that is everything.
    pub fn scope(&self, scope: &Scope, members: &Members) -> String {
        let restricted = scope.restrictions().map(|(dimension, texts)| {
            let label = capitalised(&self.dimension(dimension.name()));
            let names: Vec<String> = texts.iter().map(|text| members.called(&dimension, text).to_owned()).collect();
            self.words.say("labelled", [("label", label.into()), ("value", self.all(&names).into())])
        });
        restricted.collect::<Vec<_>>().join(" · ")
    }

    /// The same of what readers see: that nothing else is counted, not even what lacks the dimension.
    pub fn whole_scope(&self, scope: &Scope, members: &Members) -> String {
        match self.scope(scope, members) {
            scope if scope.is_empty() => scope,
            scope => self.words.say("scope_alone", [("scope", scope.into())]),
        }
    }

    /// How a figure stands: `critical`, `21% below target`.
    pub fn state(&self, state: State, unit: Unit) -> String {
        match state {
            State::Judged(status) => self.status(status),
            State::MayBeChance => self.words.say("status_chance", []),
            State::NotAsked => self.words.say("no_threshold", []),
            State::OffTarget(OffTarget { figure, target, .. }) => {
                let side = if figure < target { "below" } else { "above" };
                let of = [("distance", self.distance(figure, target, unit).into()), ("side", side.into())];
                self.words.say("state_off_target", of)
            }
        }
    }

    /// How far a figure lies from another, without a sign: per cents by percentage points, all else in relation to the
    /// other.
    pub fn distance(&self, from: f64, to: f64, unit: Unit) -> String {
        if unit == Unit::Percent {
            let points = rounded((from - to).abs(), 2, 1);
            return self.words.say("points", [("points", self.numbers.decimal(&points).into())]);
        }
        let relative = ((from - to) / to).abs();
        self.numbers.percent(&rounded(relative, 2, i16::from(relative < 0.0995)))
    }

    /// The ends of a range that was computed for that figure, cut at what it can be: counts and durations are not below
    /// 0, shares of rows (they have an interval) not above 1 either.
    pub fn range(&self, low: f64, high: f64, cell: &Cell, unit: Unit) -> [String; 2] {
        [low, high].map(|end| self.value(bounded(end, cell, unit), unit))
    }

    /// `82 % to 93 %`: the limits of usual variation around a figure; one figure where it never moved.
    pub fn usual(&self, signal: &Signal, cell: &Cell, unit: Unit) -> String {
        let [low, high] = self.range(signal.low, signal.high, cell, unit);
        if low == high {
            return low;
        }
        let figure = cell.outcome.value().map(|figure| self.value(figure, unit));
        let [low, high] = match figure {
            // Beyond a limit, it is not on it.
            Some(figure) if signal.kind != Sign::Usual && (figure == low || figure == high) => {
                let digits = self.usual_digits(signal.high, unit) + 1;
                [signal.low, signal.high].map(|end| self.with_digits(bounded(end, cell, unit), unit, digits))
            }
            _ => [low, high],
        };
        self.words.say("usual_range", [("low", low.into()), ("high", high.into())])
    }

    /// `90 %`: a part of a whole, without decimals.
    pub fn share(&self, share: f64) -> String {
        self.numbers.percent(&rounded(share, 2, 0))
    }

    /// What a period is, for words that choose by it: `day`, `week`, `month`, `quarter`, `year` or `period`.
    pub fn span(&self, period: &str) -> &'static str {
        match dated(period) {
            Some((Kind::Week, _)) => "week",
            Some((Kind::Month, _)) => "month",
            Some((Kind::Quarter, _)) => "quarter",
            Some((Kind::Year, _)) => "year",
            Some((Kind::Days, period)) if period.span == Span::Day => "day",
            Some((Kind::Days, _)) | None => "period",
        }
    }

    /// `13 Wochen`: so many periods of that kind.
    pub fn periods(&self, count: usize, like: &PeriodHead) -> String {
        let message = match dated(&like.name) {
            Some((Kind::Week, _)) => "weeks",
            Some((Kind::Month, _)) => "months",
            Some((Kind::Quarter, _)) => "quarters",
            Some((Kind::Year, _)) => "years",
            Some((Kind::Days, _)) | None => "periods",
        };
        self.words.say(message, [("count", count.into())])
    }

    /// The same after “in” and “for”: `13 Monaten`.
    pub fn within(&self, count: usize, like: &PeriodHead) -> String {
        let message = match dated(&like.name) {
            Some((Kind::Week, _)) => "within_weeks",
            Some((Kind::Month, _)) => "within_months",
            Some((Kind::Quarter, _)) => "within_quarters",
            Some((Kind::Year, _)) => "within_years",
            Some((Kind::Days, _)) | None => "within_periods",
        };
        self.words.say(message, [("count", count.into())])
    }

    /// A date and time in the zone, from UTC seconds.
    pub fn instant(&self, seconds: i64) -> String {
        self.dates.instant(seconds)
    }

    /// Why there is no figure; empty where there is one.
    fn absence(&self, outcome: &Outcome) -> String {
        self.words.say(
            match outcome {
                Outcome::Value { .. } => return String::new(),
                Outcome::NoRows => "no_rows",
                Outcome::ZeroDenominator => "zero_denominator",
                Outcome::TooFew => "too_few",
                Outcome::NoData => "no_data",
                Outcome::Stale => "stale",
                Outcome::ScriptError { .. } => "script_error",
            },
            [],
        )
    }

    fn too_few(&self, sample: Option<u64>) -> String {
        sample.map_or_else(
            || self.absence(&Outcome::TooFew),
            |sample| self.words.say("too_few_of", [("count", sample.into())]),
        )
    }

    /// `3 left out`, `2 undated`: how many rows do not count in a figure, and how many count by something of which
    /// nothing says since when it is so.
    pub fn asides(&self, cell: &Cell) -> Vec<String> {
        let counted =
            [("left_out", cell.left_out), ("undated", cell.undated)].into_iter().filter(|(_, rows)| *rows > 0);
        counted.map(|(word, rows)| self.words.say(word, [("count", rows.into())])).collect()
    }

    /// `threshold kept now and then`, `target missed`: what usual variation means for them.
    pub fn assured(&self, assured: &Assured) -> Vec<String> {
        let known = [("threshold", assured.threshold), ("target", assured.target)].into_iter();
        let known = known.filter_map(|(what, assurance)| Some((what, assurance?)));
        known
            .map(|(what, how)| self.words.say("assured", [("what", what.into()), ("how", how.name().into())]))
            .collect()
    }

    /// A target as people say it. What falls to a part of its time is no round sum, and is not paid in parts of a cent.
    pub fn target(&self, target: f64, unit: Unit) -> String {
        let rounds = unit == Unit::Money && target.fract() != 0.0;
        if rounds { self.with_digits(target, unit, self.usual_digits(target, unit)) } else { self.mark(target, unit) }
    }

    /// A figure where there is little room: `974 T€`, `€12.3m`, `31.1 hrs`. Amounts from 1,000 on are whole, from 100,000
    /// on in thousands, from 10,000,000 on in millions; durations have one unit.
    pub fn short(&self, value: f64, unit: Unit) -> String {
        let (scale, digits, sign) = match value.abs() {
            _ if unit == Unit::Duration => return self.durations.short(value),
            _ if unit != Unit::Money => return self.value(value, unit),
            ..1_000.0 => return self.value(value, unit),
            ..100_000.0 => return self.money.amount(value, 0),
            ..10_000_000.0 => (1e3, 0, "sign_of_thousands"),
            _ => (1e6, 1, "sign_of_millions"),
        };
        let amount = self.money.amount(value / scale, digits);
        let sign = self.words.say(sign, []);
        // The sign stands beside the number, or before the currency where that follows.
        let end = amount.rfind(|letter: char| letter.is_numeric()).map_or(amount.len(), |last| last + 1);
        let currency = amount[end..].find(|letter: char| !letter.is_whitespace());
        let at = currency.map_or(amount.len(), |currency| end + currency);
        format!("{}{sign}{}", &amount[..at], &amount[at..])
    }

    /// What a threshold asks for: `≥ 80 %`; `None` where it asks for nothing.
    pub fn asked(&self, threshold: &Threshold, unit: Unit, better: Better) -> Option<String> {
        let mark = self.mark(threshold.warning.or(threshold.critical)?, unit);
        match better {
            Better::Higher => Some(format!("≥\u{a0}{mark}")),
            Better::Lower => Some(format!("≤\u{a0}{mark}")),
            Better::Neutral => None,
        }
    }

    /// A mark as people say it: `75 %`, not `75.0 %`.
    pub fn mark(&self, mark: f64, unit: Unit) -> String {
        let exact = exact(mark);
        let [of_small, of_others] = MOST_WRITTEN;
        let most = match unit {
            Unit::Count => 0,
            Unit::Percent if mark.abs() >= 0.1 => of_others,
            Unit::Number if mark.abs() >= 10.0 => of_others,
            _ => of_small,
        };
        // Nobody writes more digits: the mark was computed from other periods.
        let told = |digits: i16| if digits > most { self.usual_digits(mark, unit).max(1) } else { digits };
        let digits = match unit {
            Unit::Percent => told(-exact.nonzero_magnitude_end() - 2),
            Unit::Duration if mark % 86_400.0 == 0.0 => -1,
            Unit::Duration => 0,
            Unit::Money if mark.fract() == 0.0 => 0,
            Unit::Money => match -exact.nonzero_magnitude_end() {
                written if written <= most => written.max(self.money_digits),
                _ => self.money_digits,
            },
            Unit::Count | Unit::Number => told(-exact.nonzero_magnitude_end()),
        };
        self.with_digits(mark, unit, digits.clamp(if unit == Unit::Duration { -1 } else { 0 }, MOST_DIGITS.into()))
    }

    fn with_digits(&self, value: f64, unit: Unit, digits: i16) -> String {
        match unit {
            Unit::Percent => self.numbers.percent(&rounded(value, 2, digits)),
            Unit::Money => self.money.amount(value, digits),
            Unit::Duration => self.durations.duration(value, digits),
            Unit::Count | Unit::Number => self.numbers.decimal(&rounded(value, 0, digits)),
        }
    }

    fn usual_digits(&self, value: f64, unit: Unit) -> i16 {
        match unit {
            Unit::Percent => 1,
            Unit::Money if value.abs() < 10_000.0 => self.money_digits,
            Unit::Number => match value.abs() {
                below_ten if below_ten < 10.0 => 2,
                below_thousand if below_thousand < 1000.0 => 1,
                _ => 0,
            },
            Unit::Money | Unit::Duration | Unit::Count => 0,
        }
    }
}

/// A figure, or what it can be at most or at least.
fn bounded(figure: f64, cell: &Cell, unit: Unit) -> f64 {
    let (least, most) = unit.bounds(cell.interval.is_some());
    figure.clamp(least, most)
}

/// What a period of that name is, and its days.
fn dated(name: &str) -> Option<(Kind, Period)> {
    // A name that is stored is not relative to any day.
    let period = Period::parse(name, Timestamp::UNIX_EPOCH, &TimeZone::UTC).ok()?;
    let kind = match period.span {
        Span::Week => Kind::Week,
        Span::Month => Kind::Month,
        Span::Quarter => Kind::Quarter,
        Span::Year => Kind::Year,
        Span::Day | Span::Days(_) => Kind::Days,
    };
    Some((kind, period))
}

#[cfg(test)]
mod tests;
