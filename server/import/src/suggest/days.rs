//! How the dates of a file are written. Whether the day or the month comes first is decided over all of them, and only
//! where one order fits all and the other does not.

use crate::dates::DateFormat;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// What comes first in a date of three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Day,
    Month,
}

/// A date of three numbers, and what follows it.
struct Numbers<'a> {
    first: u32,
    second: u32,
    /// Whether the year comes first.
    of_year: bool,
    separator: char,
    long_year: bool,
    rest: &'a str,
}

/// A way of writing dates that occurs in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// As a mapping says it: `%d.%m.%Y`.
    pub format: String,
    /// As people say it: `dd.mm.yyyy`.
    pub words: String,
    pub fits: usize,
    /// Of how many.
    pub of: usize,
    /// How that is known, or why it is not.
    pub why: String,
    pub is_sure: bool,
}

/// What may follow a date: how it looks, as a mapping and as people say it.
const TIMES: [(&str, &str, &str); 12] = [
    ("", "", ""),
    (" 0:0", " %H:%M", " hh:mm"),
    (" 0:0:0", " %H:%M:%S", " hh:mm:ss"),
    (", 0:0", ", %H:%M", ", hh:mm"),
    (", 0:0:0", ", %H:%M:%S", ", hh:mm:ss"),
    (" 0:0 a", " %I:%M %p", " hh:mm AM/PM"),
    (" 0:0:0 a", " %I:%M:%S %p", " hh:mm:ss AM/PM"),
    (", 0:0 a", ", %I:%M %p", ", hh:mm AM/PM"),
    (", 0:0:0 a", ", %I:%M:%S %p", ", hh:mm:ss AM/PM"),
    (" 0:0a", " %I:%M%p", " hh:mmAM/PM"),
    ("T0:0:0", "T%H:%M:%S", "Thh:mm:ss"),
    (" - 0:0", " - %H:%M", " - hh:mm"),
];

/// Dates with the name of a month.
const NAMED: [(&str, &str); 8] = [
    ("%d-%b-%Y", "dd-Mon-yyyy"),
    ("%d %b %Y", "dd Mon yyyy"),
    ("%d %B %Y", "dd Month yyyy"),
    ("%b %d, %Y", "Mon dd, yyyy"),
    ("%B %d, %Y", "Month dd, yyyy"),
    ("%d. %B %Y", "dd. Month yyyy"),
    ("%d. %b %Y", "dd. Mon yyyy"),
    ("%d. %b. %Y", "dd. Mon. yyyy"),
];

/// Whether a text looks like a date.
pub(super) fn is_date(text: &str) -> bool {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    digits
        && text.len() <= 40
        && (is_iso(text) || numbers(text).is_some_and(|date| is_day(&date)) || named(text).is_some())
}

/// Whether a text may be the number of a day, as spreadsheets count: of the years 1990 to 2090.
pub(super) fn is_serial(text: &str) -> bool {
    let days = text.split_once('.').map_or(text, |(days, _)| days);
    days.len() == 5 && days.parse().is_ok_and(|days: u32| (32_874..=69_400).contains(&days)) && is_of(text, "excel")
}

/// Whether a text may be a number of seconds: of the years 2001 to 2065.
pub(super) fn is_unix(text: &str) -> bool {
    text.len() == 10 && text.parse().is_ok_and(|seconds: u32| (1_000_000_000..3_000_000_000).contains(&seconds))
}

/// Whether a text may be a number of milliseconds, of the same years.
pub(super) fn is_unix_ms(text: &str) -> bool {
    text.len() == 13 && text.get(..10).is_some_and(is_unix) && is_of(text, "unix_ms")
}

/// Whether a text may be year, month and day without anything between: of the years 1990 to 2099.
pub(super) fn is_compact(text: &str) -> bool {
    let is_likely =
        text.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year: u16| (1990..2100).contains(&year));
    text.len() == 8 && is_likely && is_of(text, COMPACT)
}

/// Whether a text may be a date only if its column holds some: it is a number as many others.
pub(super) fn is_number(text: &str) -> bool {
    is_serial(text) || is_unix(text) || is_unix_ms(text) || is_compact(text)
}

const COMPACT: &str = "%Y%m%d";

/// Months without a day; what is written like `iso` needs no format.
const MONTHS: [(&str, &str); 7] = [
    ("iso", "yyyy-mm"),
    ("%m/%Y", "mm/yyyy"),
    ("%m.%Y", "mm.yyyy"),
    ("%m-%Y", "mm-yyyy"),
    ("%Y/%m", "yyyy/mm"),
    ("%b %Y", "Mon yyyy"),
    ("%B %Y", "Month yyyy"),
];

/// How a month is written that has no day, as a mapping and as people say it.
pub(super) fn month(text: &str) -> Option<(&'static str, &'static str)> {
    let is_year = |text: Option<&str>| {
        text.and_then(|text| text.parse().ok()).is_some_and(|year: u16| (1990..2100).contains(&year))
    };
    if text.len() < 6 || text.len() > 20 || !(is_year(text.get(..4)) || is_year(text.get(text.len() - 4..))) {
        return None;
    }
    let format = |name: &str| if name == "iso" { DateFormat::Iso } else { DateFormat::Pattern(name.to_owned()) };
    let reads = |name: &str| format(name).parse_month(text, &TimeZone::UTC).is_some();
    MONTHS.into_iter().find(|(name, _)| reads(name)).filter(|_| !is_date(text))
}

/// Whether a text is a time of day, without a day.
pub(super) fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && time(&format!(" {text}")).is_some()
}

fn is_iso(text: &str) -> bool {
    DateFormat::Iso.parse(text).is_some()
}

fn is_of(text: &str, format: &str) -> bool {
    DateFormat::new(format).is_ok_and(|format| format.parse(text).is_some())
}

fn is_day(date: &Numbers) -> bool {
    time(date.rest).is_some()
        && if date.of_year {
            (1..=12).contains(&date.first) && (1..=31).contains(&date.second)
        } else {
            fits(date, Order::Day) || fits(date, Order::Month)
        }
}

fn fits(date: &Numbers, order: Order) -> bool {
    let (day, month) = match order {
        Order::Day => (date.first, date.second),
        Order::Month => (date.second, date.first),
    };
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

/// Cuts a text into three numbers and the rest.
fn numbers(text: &str) -> Option<Numbers<'_>> {
    let end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let cut = |text: &'_ str| (end(text), text[end(text)..].chars().next());
    let (length, separator) = cut(text);
    let separator = separator.filter(|separator| matches!(separator, '.' | '/' | '-'))?;
    let (first, rest) = (&text[..length], &text[length + 1..]);
    let (length, again) = cut(rest);
    let (second, rest) = (again == Some(separator)).then(|| (&rest[..length], &rest[length + 1..]))?;
    let (third, rest) = rest.split_at(end(rest));
    let is_short = |text: &str| matches!(text.len(), 1 | 2);
    let number = |text: &str| text.parse::<u32>().ok();
    match (first.len(), third.len()) {
        (4, _) if is_short(second) && is_short(third) => {
            let (first, second) = (number(second)?, number(third)?);
            Some(Numbers { first, second, of_year: true, separator, long_year: true, rest })
        }
        (_, 2 | 4) if is_short(first) && is_short(second) => {
            let (first, second) = (number(first)?, number(second)?);
            Some(Numbers { first, second, of_year: false, separator, long_year: third.len() == 4, rest })
        }
        _ => None,
    }
}

fn named(text: &str) -> Option<(String, String)> {
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let all = NAMED.iter().flat_map(|day| TIMES.iter().map(move |time| (day, time)));
    let mut all =
        all.map(|((day, words), (_, time, time_words))| (format!("{day}{time}"), format!("{words}{time_words}")));
    all.find(|(format, _)| is_of(text, format))
}

/// What follows a date, as a mapping and as people say it.
fn time(rest: &str) -> Option<(&'static str, &'static str)> {
    let mut shape = String::new();
    for c in rest.chars() {
        let c = if c.is_ascii_digit() {
            '0'
        } else if matches!(c, 'A' | 'P' | 'M' | 'a' | 'p' | 'm') {
            'a'
        } else {
            c
        };
        if !(matches!(c, '0' | 'a') && shape.ends_with(c)) {
            shape.push(c);
        }
    }
    TIMES.iter().find(|(looks, _, _)| *looks == shape).map(|(_, time, words)| (*time, *words))
}

/// How these dates are written, the most frequent way first. `day_first`: what is likelier where nothing tells.
pub(super) fn formats<'a>(dates: impl Iterator<Item = &'a str> + Clone, day_first: bool) -> Vec<Found> {
    let (all, mut iso) = (dates.clone().count(), 0);
    let mut orders: BTreeMap<char, Counts> = BTreeMap::new();
    let mut written: BTreeMap<(char, bool, bool, &str, &str), usize> = BTreeMap::new();
    let mut by_name: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut numbers_of = [0; 4];
    for text in dates {
        if is_iso(text) {
            iso += 1;
        } else if let Some(date) = numbers(text).filter(is_day) {
            let (time, words) = time(date.rest).unwrap_or_default();
            *written.entry((date.separator, date.of_year, date.long_year, time, words)).or_default() += 1;
            if !date.of_year {
                let counts = orders.entry(date.separator).or_default();
                counts.all += 1;
                counts.day += usize::from(fits(&date, Order::Day));
                counts.month += usize::from(fits(&date, Order::Month));
            }
        } else if let Some(named) = named(text) {
            *by_name.entry(named).or_default() += 1;
        } else if let Some((format, words)) = month(text) {
            *by_name.entry((format.to_owned(), words.to_owned())).or_default() += 1;
        } else if let Some(at) = [is_serial, is_unix, is_unix_ms, is_compact].iter().position(|is| is(text)) {
            numbers_of[at] += 1;
        }
    }
    let sure = |format: &str, words: &str, fits| {
        let (format, words) = (format.to_owned(), words.to_owned());
        Found { format, words, fits, of: all, why: String::new(), is_sure: true }
    };
    let mut found = Vec::new();
    for ((separator, of_year, long_year, time, time_words), count) in written {
        if of_year {
            let format = format!("%Y{separator}%m{separator}%d{time}");
            found.push(sure(&format, &format!("yyyy{separator}mm{separator}dd{time_words}"), count));
            continue;
        }
        let order = orders.get(&separator).copied().unwrap_or_default().order(day_first);
        let (year, year_words) = if long_year { ("%Y", "yyyy") } else { ("%y", "yy") };
        let (days, days_words) = match order.order {
            Order::Day => (format!("%d{separator}%m{separator}"), format!("dd{separator}mm{separator}")),
            Order::Month => (format!("%m{separator}%d{separator}"), format!("mm{separator}dd{separator}")),
        };
        let (format, words) = (format!("{days}{year}{time}"), format!("{days_words}{year_words}{time_words}"));
        let Decided { why, is_sure, .. } = order;
        found.push(Found { format, words, fits: count, of: all, why, is_sure });
    }
    found.extend(by_name.iter().map(|((format, words), count)| sure(format, words, *count)));
    let formats = [
        ("excel", "the numbers of days of spreadsheets"),
        ("unix", "seconds since 1970"),
        ("unix_ms", "milliseconds since 1970"),
        (COMPACT, "yyyymmdd"),
    ];
    for ((format, words), count) in formats.into_iter().zip(numbers_of).filter(|(_, count)| *count > 0) {
        let why = "they are numbers".to_owned();
        found.push(Found { why, is_sure: format == COMPACT, ..sure(format, words, count) });
    }
    found.extend((iso > 0).then(|| sure("iso", "ISO dates", iso)));
    found.sort_by_key(|found| std::cmp::Reverse(found.fits));
    found
}

/// How many dates of three numbers there are, and how many of them fit which order.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    all: usize,
    day: usize,
    month: usize,
}

struct Decided {
    order: Order,
    why: String,
    is_sure: bool,
}

impl Counts {
    fn order(self, day_first: bool) -> Decided {
        let Counts { all, day, month } = self;
        let (order, is_sure, why) = match (day == all, month == all) {
            (true, false) => (Order::Day, true, format!("{} have a day above 12", all - month)),
            (false, true) => (Order::Month, true, format!("{} have a day above 12", all - day)),
            (true, true) if day_first => {
                (Order::Day, false, "the month could as well stand first: no day is above 12".to_owned())
            }
            (true, true) => (Order::Month, false, "the day could as well stand first: no day is above 12".to_owned()),
            (false, false) => {
                let order = if day >= month { Order::Day } else { Order::Month };
                let why = format!(
                    "neither order fits all: {day} of {all} fit with the day first, {month} with the month first"
                );
                (order, false, why)
            }
        };
        Decided { order, why, is_sure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(dates: &[&str]) -> Vec<(String, usize, bool)> {
        let found = formats(dates.iter().copied(), true);
        found.into_iter().map(|found| (found.format, found.fits, found.is_sure)).collect()
    }

    #[test]
    fn the_order_is_sure_only_where_the_other_one_does_not_fit() {
        assert_eq!(found(&["03.11.2026 08:15", "25.11.2026 09:00"]), [("%d.%m.%Y %H:%M".to_owned(), 2, true)]);
        assert_eq!(found(&["11/03/2026", "11/25/2026"]), [("%m/%d/%Y".to_owned(), 2, true)]);
        assert_eq!(found(&["03.11.2026", "04.11.2026"]), [("%d.%m.%Y".to_owned(), 2, false)]);
        // A date elsewhere in the file decides for all that are written like it.
        let mixed = found(&["03.11.2026 08:15", "04.11.2026 08:15", "25.11.2026"]);
        assert_eq!(mixed, [("%d.%m.%Y %H:%M".to_owned(), 2, true), ("%d.%m.%Y".to_owned(), 1, true)]);
        // Where neither fits all, nothing is sure.
        assert_eq!(found(&["25/11/2026", "11/25/2026", "26/11/2026"]), [("%d/%m/%Y".to_owned(), 3, false)]);
    }

    #[test]
    fn many_ways_of_writing_are_known_and_read_what_they_are_for() {
        for (text, format) in [
            ("2026-11-03", "iso"),
            ("2026-11-03T08:15:00Z", "iso"),
            ("2026/11/23 8:15", "%Y/%m/%d %H:%M"),
            ("3/24/2025, 10:22 AM", "%m/%d/%Y, %I:%M %p"),
            ("24.3.25", "%d.%m.%y"),
            ("05-Mar-2026", "%d-%b-%Y"),
            ("March 5, 2026", "%B %d, %Y"),
            ("45631.75", "excel"),
            ("5. März 2026", "%d. %B %Y"),
            ("5. Mrz 2026 8:15", "%d. %b %Y %H:%M"),
            ("1790000000", "unix"),
            ("1790000000000", "unix_ms"),
            ("20261103", "%Y%m%d"),
        ] {
            assert_eq!(found(&[text])[0].0, format, "{text}");
            assert!(DateFormat::new(format).unwrap().parse(text).is_some(), "{text}");
        }
        let none = ["1.234,50", "12.2026", "1.2.3.4", "L-1001", "0151/2345678", "2026", "10:22", "32.13.2026"];
        assert_eq!(none.map(is_date), [false; 8]);
    }
}
