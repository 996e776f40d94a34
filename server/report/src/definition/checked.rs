//! Values that serde alone cannot check; its errors carry the place in the file.

use crate::address;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_text::clean::{is_blank, one_line};
use pegel_text::languages;
use pegel_text::locale::Locale;
use pegel_text::translated::Translated;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// What is read, or what is wrong with it.
pub type Read<'de, D, T> = Result<T, <D as Deserializer<'de>>::Error>;

/// A locale, as the standard spells it: `DE_de` is `de-DE`.
///
/// # Errors
/// If nothing is written in it.
pub fn locale<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, String> {
    let text = String::deserialize(from)?;
    let unknown = || {
        let usual: Vec<String> = languages::all().iter().map(|language| Locale::of(language).tag()).collect();
        format!("“{text}” is not a locale that reports are written in: write one such as {}", usual.join(", "))
    };
    Ok(Locale::parse(&text).ok_or_else(|| D::Error::custom(unknown()))?.tag())
}

/// What a scope may restrict. Other dimensions are restricted by the filter of the report.
pub(super) const SCOPE: [&str; 3] = ["regions", "teams", "partners"];

/// What readers may see, by regions, teams and partners.
///
/// # Errors
/// If it names anything else.
pub fn scope<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Scope> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        regions: Option<Vec<String>>,
        teams: Option<Vec<String>>,
        partners: Option<Vec<String>>,
    }
    let Written { regions, teams, partners } = Written::deserialize(from)?;
    Ok(Scope { regions, teams, partners, ..Scope::everything() })
}

/// A title by language, empty in none.
///
/// # Errors
/// If it is no such title.
pub fn title<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Translated> {
    let title = Translated::deserialize(from)?;
    let blank = title.texts().find(|(_, text)| is_blank(text)).map(|(language, _)| language);
    match blank {
        Some(language) => Err(D::Error::custom(format!("the title is empty in “{language}”: write one"))),
        None => Ok(title),
    }
}

/// An IANA zone.
///
/// # Errors
/// If there is none of that name.
pub fn zone<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, String> {
    let text = String::deserialize(from)?;
    pegel_kpi::time::period::zone(&text).map_err(D::Error::custom)?;
    Ok(text)
}

pub(super) fn trend<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, usize> {
    let count = i64::deserialize(from)?;
    match usize::try_from(count) {
        Ok(periods @ 2..=60) => Ok(periods),
        _ => Err(D::Error::custom(format!("a trend of {count} periods cannot be shown: write 2 to 60"))),
    }
}

pub(super) fn worst<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Option<usize>> {
    some_rows("worst", from)
}

pub(super) fn best<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Option<usize>> {
    some_rows("best", from)
}

fn some_rows<'de, D: Deserializer<'de>>(which: &str, from: D) -> Read<'de, D, Option<usize>> {
    let count = i64::deserialize(from)?;
    match usize::try_from(count) {
        Ok(rows @ 1..) => Ok(Some(rows)),
        _ => Err(D::Error::custom(format!("the {which} {count} rows cannot be shown: write 1 or more"))),
    }
}

pub(super) fn rows<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, usize> {
    let count = i64::deserialize(from)?;
    match usize::try_from(count) {
        Ok(rows @ 1..=500) => Ok(rows),
        _ => Err(D::Error::custom(format!("a list of {count} rows cannot be shown: write 1 to 500"))),
    }
}

pub(super) fn dimension<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Option<Dimension>> {
    Ok(Some(Dimension::named(String::deserialize(from)?)))
}

pub(super) fn pairs<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Vec<[Dimension; 2]>> {
    let pair = |names: Vec<String>| match <[String; 2]>::try_from(names) {
        Ok([lines, columns]) if lines != columns => Ok([lines, columns].map(Dimension::named)),
        _ => Err(D::Error::custom("a crossed table is of two dimensions: write [\"product\", \"region\"]")),
    };
    Vec::<Vec<String>>::deserialize(from)?.into_iter().map(pair).collect()
}

/// Whether the model has them, the catalogue knows: see `ReportDefinition::kpis`.
pub(super) fn dimensions<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Vec<Dimension>> {
    let mut dimensions = Vec::new();
    for name in Vec::<String>::deserialize(from)? {
        let dimension = Dimension::named(name);
        if dimensions.contains(&dimension) {
            return Err(D::Error::custom(format!("the breakdown by {dimension} is asked for twice")));
        }
        dimensions.push(dimension);
    }
    Ok(dimensions)
}

/// A mail address, possibly with a name.
///
/// # Errors
/// If it is none.
pub fn address<'de, D: Deserializer<'de>>(from: D) -> Read<'de, D, Option<String>> {
    let text = String::deserialize(from)?;
    match address::parse(&text) {
        Ok(_) => Ok(Some(text)),
        Err(problem) => Err(D::Error::custom(format!("“{}” is not an address: {problem}", one_line(&text)))),
    }
}
