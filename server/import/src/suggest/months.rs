//! Months as files name them: `03/2026`, and `März 2026`, which no format reads and `values` say.

use super::days;
use super::headings::plain;
use super::making::{Making, Planned};
use super::sample::Column;
use super::toml::quoted;
use pegel_kpi::data::model::Kind;

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

impl Making<'_> {
    /// A date that is a month: its first day, or its last.
    pub fn of_month(&self, column: &Column, is_last: bool) -> String {
        let day = if is_last { "\"last\"" } else { "true" };
        let named = column.distinct(60).unwrap_or_default().into_keys();
        let named =
            named.filter(|text| days::month(text).is_none()).filter_map(|text| Some((text, self::named(text)?)));
        let values: Vec<String> = named.map(|(text, month)| format!("{} = {}", quoted(text), quoted(&month))).collect();
        let heading = quoted(&column.heading);
        if values.is_empty() {
            return format!("{{ from = {heading}, month = {day} }}");
        }
        format!("{{ from = {heading}, values = {{ {} }}, otherwise = \"keep\", month = {day} }}", values.join(", "))
    }

    /// A plan for a month ends with it.
    pub fn end_of_plan(&mut self) {
        if self.kind_of("ends_on").is_none() || self.is_planned("ends_on") {
            return;
        }
        let Some(Planned { at, .. }) = self.plan.columns.iter().find(|planned| planned.column == "starts_on") else {
            return self
                .plan
                .lacks
                .push("no column says from when until when a plan is: starts_on and ends_on".to_owned());
        };
        let at = at[0];
        let column = self.column(at);
        let first = |cell: &str| {
            days::is_date(cell) && (cell.contains("-01") || cell.starts_with("01") || cell.starts_with("1."))
        };
        if self.contents(at).are_months() {
            self.push("ends_on", self.of_month(column, true), vec![at], Some("its last day".to_owned()), true);
        } else if column.filled().all(first) {
            let why =
                "no column says when a plan ends; all begin with a month, and are taken to end with it".to_owned();
            self.push("ends_on", self.of_month(column, true), vec![at], Some(why), false);
        } else {
            self.plan.lacks.push("no column says when a plan ends: ends_on = \"…\"".to_owned());
        }
    }

    /// What a plan or a forecast is of, where nothing says so.
    pub fn metric_of_plan(&mut self) {
        let is_plan = self.kind_of("metric").is_some() && self.kind_of("ends_on").is_some();
        if is_plan && !self.is_planned("metric") {
            let why = "no column says what is planned: it is the id of a KPI, as `pegel kpi list` has them".to_owned();
            self.push("metric", "{ constant = \"revenue\" }".to_owned(), Vec::new(), Some(why), false);
        }
    }

    /// Whether a column that is planned is one of months.
    pub fn is_month(&self, kind: Kind, at: usize) -> bool {
        kind == Kind::Date && self.contents(at).are_months()
    }
}
