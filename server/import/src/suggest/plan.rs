//! From the columns that a file has of a table to what a mapping says of them.

use super::assign::{Assigned, Held, Seen};
use super::headings::plain;
use super::making::{ATTRIBUTES, Making, Plan, Planned};
use super::plans::of_month;
use super::sample::Column;
use super::toml::quoted;
use super::words::{Meant, meant};

/// Makes it.
pub(super) fn plan(assigned: &Assigned, seen: Seen) -> Plan {
    let mut making = Making { assigned, seen, plan: Plan::default(), ends: None };
    making.outcome();
    making.closing();
    making.amount_of_lines();
    making.gross_amount();
    making.references();
    making.others();
    making.attributes();
    making.full_names();
    making.whole_ids();
    making.units();
    making.beginning();
    making.end_of_plan();
    making.metric_of_plan();
    making.kind_of_survey();
    making.times();
    making.days();
    making.rivals();
    making.currencies();
    making.without_deleted();
    making.without_cancelled();
    making.credits();
    let place = |planned: &Planned| assigned.table.columns.iter().position(|column| *column.name == *planned.column);
    let mut plan = making.plan;
    plan.columns.sort_by_key(|planned| place(planned).unwrap_or(usize::MAX));
    plan
}

impl Making<'_> {
    /// Texts, dates and numbers.
    fn others(&mut self) {
        for held in &self.assigned.held {
            let is_reference = self.assigned.table.references.iter().any(|one| *one.column.name == *held.column);
            if self.is_of_line(&held.column) {
                continue;
            }
            if is_reference || held.column.contains('.') || held.column == "key" || self.is_planned(&held.column) {
                continue;
            }
            if matches!(held.column.as_str(), "outcome" | "closed_at") {
                continue;
            }
            let (rule, why, is_sure) = self.other(held);
            self.push(&held.column, rule, vec![held.at], why, is_sure);
        }
    }

    /// Attributes that the model declares, by their names.
    fn attributes(&mut self) {
        for attribute in &self.assigned.table.declared {
            let columns = &self.seen.sample.columns;
            let is_it = |at: &usize| {
                let column = &columns[*at];
                plain(&column.heading) == plain(&attribute.name)
                    && !column.twice
                    && !self.is_used(*at)
                    && self.contents(*at).fit(attribute.kind)
            };
            if let Some(at) = (0..columns.len()).find(is_it) {
                self.plan.columns.push(Planned {
                    column: format!("{ATTRIBUTES}{}", attribute.name),
                    rule: quoted(&columns[at].heading),
                    kind: attribute.kind,
                    at: vec![at],
                    why: None,
                    is_sure: true,
                });
            }
        }
    }

    fn other(&self, held: &Held) -> (String, Option<String>, bool) {
        let (of, column) = (format!("{}.{}", self.assigned.table.name, held.column), self.column(held.at));
        let heading = quoted(&column.heading);
        if self.seen.headings.is_closed(&of) {
            let meant: Meant = meant(column, &of, self.seen.headings);
            let (why, is_sure) = meant.why();
            return (meant.rule(&column.heading), Some(why), is_sure);
        }
        if held.column == "metric" {
            return self.metric(column, &of);
        }
        if self.is_month(held.kind, held.at) {
            let is_last = held.column == "ends_on";
            let why = if is_last { "its last day" } else { "its first day" };
            return (of_month(column, is_last), Some(why.to_owned()), true);
        }
        if held.column == "probability" {
            let plain: Vec<f64> = column.filled().filter_map(|cell| cell.replace(',', ".").parse().ok()).collect();
            if plain.iter().any(|number| *number > 1.0) {
                let fractions =
                    plain.iter().filter(|number| (0.0..1.0).contains(&number.abs()) && **number != 0.0).count();
                let why = match fractions {
                    0 => "they are per cents without a sign".to_owned(),
                    _ => format!("they seem to be per cents without a sign, but {fractions} are less than 1"),
                };
                return (format!("{{ from = {heading}, scale = \"0.01\" }}"), Some(why), fractions == 0);
            }
        }
        (heading, None, true)
    }

    /// What a plan is of: the id of a KPI.
    fn metric(&self, column: &Column, of: &str) -> (String, Option<String>, bool) {
        let meant = meant(column, of, self.seen.headings);
        (meant.rule_of_ids(&column.heading), Some(meant.why_of_ids()), meant.is_all_known())
    }

    /// Since when a row exists. Where no heading says so, it may be a date that every row has.
    fn beginning(&mut self) {
        let Some(since) = self.assigned.table.exists_since().map(|column| column.name.to_string()) else { return };
        if self.is_planned(&since) {
            return;
        }
        let rows = self.seen.sample.rows;
        let free = |at: &usize| {
            let contents = self.contents(*at);
            let column = self.column(*at);
            !self.is_used(*at) && !column.twice && contents.are_dates() && contents.filled == rows && rows > 0
        };
        let Some(at) = (0..self.seen.sample.columns.len()).find(free) else { return };
        let why = "no heading says when a row began, but every row has this date".to_owned();
        self.push(&since, quoted(&self.column(at).heading), vec![at], Some(why), false);
    }
}
