//! Months as files name them: `03/2026`, and `März 2026`, which no format reads and `values` say.

use super::days;
use super::headings::plain;
use super::sample::Column;
use super::toml::quoted;

/// The names of months in German and French, in the order of the year.
const NAMES: [[&str; 6]; 12] = [
    ["jan", "januar", "janner", "janv", "janvier", "jaenner"],
    ["feb", "februar", "fev", "fevr", "fevrier", "feber"],
    ["mar", "marz", "mrz", "maerz", "mars", "march"],
    ["apr", "april", "avr", "avril", "apr", "apr"],
    ["mai", "mai", "mai", "mai", "may", "mai"],
    ["jun", "juni", "juin", "june", "jun", "jun"],
    ["jul", "juli", "juil", "juillet", "july", "jul"],
    ["aug", "august", "aout", "aou", "aug", "aug"],
    ["sep", "sept", "september", "septembre", "sep", "sep"],
    ["okt", "oktober", "oct", "octobre", "october", "oct"],
    ["nov", "november", "novembre", "nov", "nov", "nov"],
    ["dez", "dezember", "dec", "decembre", "december", "dec"],
];

/// A month of a year, as `2026-03`; for whatever a column of months may hold.
pub(super) fn month(text: &str) -> Option<String> {
    if days::month(text).is_some() {
        return Some(text.to_owned());
    }
    named(text)
}

/// A month of a year by its name: of `Mrz 2026`, `2026-03`.
fn named(text: &str) -> Option<String> {
    let plain = plain(text);
    let (name, year) = plain.split_once(' ')?;
    let month = NAMES.iter().position(|names| names.contains(&name))?;
    let year: u16 = year.parse().ok().filter(|year| (2000..2100).contains(year))?;
    Some(format!("{year}-{:02}", month + 1))
}

/// A date that is a month: its first day, or its last.
pub(super) fn of_month(column: &Column, is_last: bool) -> String {
    let day = if is_last { "\"last\"" } else { "true" };
    let texts = column.distinct(60).unwrap_or_default().into_keys();
    let named = texts.filter(|text| days::month(text).is_none()).filter_map(|text| Some((text, self::named(text)?)));
    let values: Vec<String> = named.map(|(text, month)| format!("{} = {}", quoted(text), quoted(&month))).collect();
    let heading = quoted(&column.heading);
    if values.is_empty() {
        return format!("{{ from = {heading}, month = {day} }}");
    }
    format!("{{ from = {heading}, values = {{ {} }}, otherwise = \"keep\", month = {day} }}", values.join(", "))
}
