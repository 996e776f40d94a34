//! What a plan or a forecast says of its time and of what it is.

use super::days;
use super::making::{Making, Planned};
use super::sample::Column;
use super::toml::quoted;
use pegel_kpi::data::model::Kind;

/// A date that is a month: its first day, or its last.
pub(super) fn of_month(column: &Column, is_last: bool) -> String {
    let day = if is_last { "\"last\"" } else { "true" };
    format!("{{ from = {}, month = {day} }}", quoted(&column.heading))
}

impl Making<'_> {
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
        let is_first = |cell: &str| cell.get(7..10) == Some("-01") || cell.starts_with("01.") || cell.starts_with("1.");
        if self.contents(at).are_months() {
            self.push("ends_on", of_month(column, true), vec![at], Some("its last day".to_owned()), true);
        } else if column.filled().all(|cell| days::is_date(cell) && is_first(cell)) {
            let why =
                "no column says when a plan ends; all begin with a month, and are taken to end with it".to_owned();
            self.push("ends_on", of_month(column, true), vec![at], Some(why), false);
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
