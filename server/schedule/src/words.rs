//! Rules in plain words, as cron expressions and the days of them that count.

use crate::days::{Days, Whole};

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/// Which day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordinal {
    Nth(i8),
    Last,
}

/// What a rule in plain words comes to: a cron expression, and which of its days count; what is wrong with it.
pub fn read(text: &str) -> Result<(String, Days), String> {
    let text = text.to_lowercase().replace(',', " and ");
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "the").collect();
    let Some(at) = words.iter().position(|word| *word == "at") else { return Ok((often(&words)?, Days::All)) };
    let (days, times) = (&words[..at], &words[at + 1..]);
    let (minutes, hours) = times_of_day(times)?;
    let (of_days, which) = days_of(days)?;
    Ok((format!("{minutes} {hours} {of_days}"), which))
}

/// `every hour`, `every 15 minutes`
fn often(words: &[&str]) -> Result<String, String> {
    let whole = |count: &str, of: i8| count.parse::<i8>().ok().filter(|count| *count > 0 && of % count == 0);
    match words {
        ["every", "hour"] => Ok("0 * * * *".to_owned()),
        ["every", count, "minutes"] => match whole(count, 60) {
            Some(count) => Ok(format!("*/{count} * * * *")),
            None => Err(format!("{count} minutes do not fill an hour")),
        },
        ["every", count, "hours"] => match whole(count, 24) {
            Some(count) => Ok(format!("0 */{count} * * *")),
            None => Err(format!("{count} hours do not fill a day")),
        },
        _ => Err("it does not say at what time (“at 07:00”)".to_owned()),
    }
}

/// The minutes and the hours of `07:00` or `07:00 and 13:00`: one cron expression has the same minutes in every hour.
fn times_of_day(words: &[&str]) -> Result<(String, String), String> {
    let mut minutes: Vec<u8> = Vec::new();
    let mut hours: Vec<u8> = Vec::new();
    for word in words.iter().filter(|word| **word != "and") {
        let (hour, minute) = time(word).ok_or_else(|| format!("“{word}” is no time of day such as 07:00"))?;
        if !minutes.contains(&minute) {
            minutes.push(minute);
        }
        hours.push(hour);
    }
    match (&minutes[..], hours.is_empty()) {
        ([minute], false) => Ok((minute.to_string(), listed(&hours))),
        (_, true) => Err("it names no time of day after “at”".to_owned()),
        _ => Err("its times of day have different minutes: write a schedule for each".to_owned()),
    }
}

fn time(word: &str) -> Option<(u8, u8)> {
    let (hour, minute) = word.split_once(':')?;
    let part = |part: &str, least: usize| (part.len() <= 2 && part.len() >= least).then(|| part.parse::<u8>().ok());
    let (hour, minute) = (part(hour, 1)??, part(minute, 2)??);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn listed(numbers: &[u8]) -> String {
    numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// Day of the month, month and weekday, and which of these days count.
fn days_of(words: &[&str]) -> Result<(String, Days), String> {
    match words {
        ["every", "day"] => Ok(("* * *".to_owned(), Days::All)),
        ["every", "working", "day"] => Ok(("* * *".to_owned(), Days::Working)),
        ["every", weekdays @ ..] => Ok((format!("* * {}", all_weekdays(weekdays)?), Days::All)),
        ["day", number, "of", of @ ..] => nth_day(Ordinal::Nth(day_of_month(number)?), whole(of)?),
        [nth, "day", "of", of @ ..] => nth_day(ordinal(nth)?, whole(of)?),
        [nth, "working", "day", "of", of @ ..] => {
            let nth = match ordinal(nth)? {
                Ordinal::Nth(nth) => nth,
                Ordinal::Last => -1,
            };
            Ok(("* * *".to_owned(), Days::NthWorking { nth, of: whole(of)? }))
        }
        [nth, day, "of", of @ ..] => nth_weekday(ordinal(nth)?, &weekday(day)?, whole(of)?),
        _ => Err("it does not say on which days".to_owned()),
    }
}

/// `MON,THU`
fn all_weekdays(words: &[&str]) -> Result<String, String> {
    let named = words.iter().filter(|word| **word != "and").map(|word| weekday(word));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    if named.is_empty() { Err("it does not say on which days".to_owned()) } else { Ok(named.join(",")) }
}

/// `MON`
fn weekday(word: &str) -> Result<String, String> {
    let known = WEEKDAYS.iter().find(|day| **day == word || (word.len() >= 3 && day.starts_with(word)));
    known.map(|day| day[..3].to_uppercase()).ok_or_else(|| format!("“{word}” is no day of the week"))
}

fn ordinal(word: &str) -> Result<Ordinal, String> {
    if word == "last" {
        return Ok(Ordinal::Last);
    }
    if let Some(place) = (1..).zip(ORDINALS).find(|(_, name)| *name == word) {
        return Ok(Ordinal::Nth(place.0));
    }
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    digits.map_or_else(|| Err(format!("“{word}” does not say which one")), day_of_month).map(Ordinal::Nth)
}

fn day_of_month(word: &str) -> Result<i8, String> {
    let number = word.parse::<i8>().ok().filter(|number| (1..=31).contains(number));
    number.ok_or_else(|| format!("“{word}” is no number of 1 to 31"))
}

fn whole(words: &[&str]) -> Result<Whole, String> {
    match words {
        ["month"] | ["every", "month"] => Ok(Whole::Month),
        ["quarter"] | ["every", "quarter"] => Ok(Whole::Quarter),
        ["year"] | ["every", "year"] => Ok(Whole::Year),
        _ => Err(format!("“{}” is neither a month nor a quarter nor a year", words.join(" "))),
    }
}

/// The months with which periods begin, or with which they end.
fn months(of: Whole, last: bool) -> &'static str {
    match (of, last) {
        (Whole::Month, _) => "*",
        (Whole::Quarter, false) => "1,4,7,10",
        (Whole::Quarter, true) => "3,6,9,12",
        (Whole::Year, false) => "1",
        (Whole::Year, true) => "12",
    }
}

fn nth_day(nth: Ordinal, of: Whole) -> Result<(String, Days), String> {
    let day = match nth {
        // Not every month has more: there would be none in some.
        Ordinal::Nth(nth) if nth > 28 => {
            return Err(format!("not every month has a day {nth}: write “last day”"));
        }
        Ordinal::Nth(nth) => nth.to_string(),
        Ordinal::Last => "L".to_owned(),
    };
    Ok((format!("{day} {} *", months(of, nth == Ordinal::Last)), Days::All))
}

fn nth_weekday(nth: Ordinal, weekday: &str, of: Whole) -> Result<(String, Days), String> {
    let which = match nth {
        Ordinal::Nth(nth) if nth > 4 => return Err(format!("not every month has {nth} of them: write “last”")),
        Ordinal::Nth(nth) => nth.to_string(),
        Ordinal::Last => "L".to_owned(),
    };
    Ok((format!("* {} {weekday}#{which}", months(of, nth == Ordinal::Last)), Days::All))
}
