//! From the columns that a file has of a table to what a mapping says of them.

use super::assign::{Assigned, Held, Seen};
use super::contents::{self, Contents};
use super::currency::currencies;
use super::headings::plain;
use super::sample::Column;
use super::toml::{list, quoted};
use super::words::{Meant, meant};
use pegel_kpi::data::model::{Kind, Reference};
use std::collections::BTreeSet;

/// A line of `[tables.columns]` to be.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub column: String,
    /// As TOML has it.
    pub rule: String,
    pub kind: Kind,
    /// The columns of the file that it is made of.
    pub at: Vec<usize>,
    /// What else speaks for it than its contents.
    pub why: Option<String>,
    pub is_sure: bool,
}

/// The rows that others refer to: a `[[tables]]` before theirs.
#[derive(Debug)]
pub(super) struct Related {
    pub table: String,
    pub key: usize,
    pub columns: Vec<Planned>,
}

/// What a mapping says of a table, but for its key.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub related: Vec<Related>,
    pub columns: Vec<Planned>,
}

/// Makes it.
pub(super) fn plan(assigned: &Assigned, seen: Seen) -> Plan {
    let mut making = Making { assigned, seen, plan: Plan::default(), ends: None };
    making.outcome();
    making.closing();
    making.references();
    making.others();
    making.beginning();
    let Plan { related, mut columns } = making.plan;
    let place = |planned: &Planned| assigned.table.columns.iter().position(|column| *column.name == *planned.column);
    columns.sort_by_key(place);
    Plan { related, columns }
}

/// Where it shows how a row ended: in which column, by which words.
struct Ends {
    at: usize,
    words: Vec<String>,
}

struct Making<'a> {
    assigned: &'a Assigned,
    seen: Seen<'a>,
    plan: Plan,
    ends: Option<Ends>,
}

impl<'a> Making<'a> {
    fn column(&self, at: usize) -> &'a Column {
        &self.seen.sample.columns[at]
    }

    fn contents(&self, at: usize) -> Contents {
        self.seen.contents[at]
    }

    fn held(&self, column: &str) -> Option<&'a Held> {
        self.assigned.held(column, false)
    }

    fn kind_of(&self, column: &str) -> Option<Kind> {
        self.assigned.table.column(column).map(|column| column.kind)
    }

    fn is_planned(&self, column: &str) -> bool {
        self.plan.columns.iter().any(|planned| planned.column == column)
    }

    fn is_used(&self, at: usize) -> bool {
        self.assigned.held.iter().any(|held| held.at == at)
            || self.plan.columns.iter().any(|planned| planned.at.contains(&at))
    }

    fn push(&mut self, column: &str, rule: String, at: Vec<usize>, why: Option<String>, is_sure: bool) {
        if let Some(kind) = self.kind_of(column) {
            let refers = self.assigned.table.references.iter().any(|reference| *reference.column.name == *column);
            let kind = if refers { Kind::Text } else { kind };
            self.plan.columns.push(Planned { column: column.to_owned(), rule, kind, at, why, is_sure });
        }
    }

    /// Won or lost: by a column of its own, by two of yes and no, or by the stage.
    fn outcome(&mut self) {
        if self.kind_of("outcome").is_none() {
            return;
        }
        let of = format!("{}.outcome", self.assigned.table.name);
        if let Some((won, closed)) = self.flags() {
            let (won_is, closed_is) = (&self.column(won).heading, &self.column(closed).heading);
            let yes = ["1", "true", "TRUE", "True"];
            let no = ["0", "false", "FALSE", "False"];
            let values = yes.map(|word| (word, "won")).into_iter().chain(no.map(|word| (word, "lost")));
            let there = self.column(won).distinct(8).unwrap_or_default();
            let values: Vec<String> = values
                .filter(|(word, _)| there.contains_key(word))
                .map(|(word, meant)| format!("{} = {}", quoted(word), quoted(meant)))
                .collect();
            let ended = self.column(closed).distinct(8).unwrap_or_default();
            let ended: Vec<&str> = yes.into_iter().filter(|word| ended.contains_key(word)).collect();
            let when = format!("{{ column = {}, in = {} }}", quoted(closed_is), list(&ended));
            let rule = format!("{{ from = {}, values = {{ {} }}, when = {when} }}", quoted(won_is), values.join(", "));
            let why = format!("“{closed_is}” says whether it has ended, “{won_is}” how");
            self.ends = Some(Ends { at: closed, words: ended.into_iter().map(str::to_owned).collect() });
            self.push("outcome", rule, vec![won], Some(why), true);
            return;
        }
        let held = self.held("outcome").or_else(|| {
            let stage = self.held("stage")?;
            let ends = meant(self.column(stage.at), &of, self.seen.headings).that_mean(&["won", "lost"]).len();
            (ends > 0).then_some(stage)
        });
        let Some(&Held { at, .. }) = held else { return };
        let meant = meant(self.column(at), &of, self.seen.headings);
        let (why, is_sure) = meant.why();
        // That a stage is no end needs no word for it.
        let is_stage = self.held("stage").is_some_and(|stage| stage.at == at);
        let is_sure = is_sure || (is_stage && contents::has_both_ends(self.column(at), &of, self.seen.headings));
        let words = meant.that_mean(&["won", "lost"]).into_iter().map(str::to_owned).collect();
        self.ends = Some(Ends { at, words });
        let rule = meant.rule(&self.column(at).heading);
        self.push("outcome", rule, vec![at], Some(why), is_sure);
    }

    fn flags(&self) -> Option<(usize, usize)> {
        let place = |names: &[String]| {
            let is = |column: &Column| !column.twice && names.iter().any(|name| plain(name) == plain(&column.heading));
            let place = self.seen.sample.columns.iter().position(is)?;
            let words = ["0", "1", "true", "false"];
            let fits = self.column(place).filled().all(|cell| words.contains(&&*cell.to_lowercase()));
            (fits && self.contents(place).filled > 0).then_some(place)
        };
        Some((place(&self.seen.headings.flags.won)?, place(&self.seen.headings.flags.closed)?))
    }

    /// When it ended. A date that open rows have as well is when they are expected to.
    fn closing(&mut self) {
        let Some(&Held { at, .. }) = self.held("closed_at") else { return };
        let heading = &self.column(at).heading;
        if let Some(other) = self.other_end(at) {
            let other_heading = &self.column(other).heading;
            let why = format!("no row has both “{heading}” and “{other_heading}”");
            self.push("closed_at", list([heading, other_heading]), vec![at, other], Some(why), true);
            return;
        }
        let open_too = self.ends.as_ref().map_or(0, |ends| {
            let dates = self.column(at).cells.iter().zip(&self.column(ends.at).cells);
            dates.filter(|(date, end)| !date.is_empty() && !ends.words.contains(end)).count()
        });
        let Some(ends) = self.ends.as_ref().filter(|_| open_too > 0) else {
            return self.push("closed_at", quoted(heading), vec![at], None, true);
        };
        let there: BTreeSet<&str> = self.column(ends.at).filled().collect();
        let words = ends.words.iter().filter(|word| there.contains(word.as_str()));
        let when = format!("{{ column = {}, in = {} }}", quoted(&self.column(ends.at).heading), list(words));
        let rule = format!("{{ from = {}, when = {when} }}", quoted(heading));
        let why = format!("{open_too} rows that are open have one, too: there it is when they are expected to close");
        if self.held("expected_close_on").is_none() {
            self.push("expected_close_on", quoted(heading), vec![at], None, true);
        }
        self.push("closed_at", rule, vec![at], Some(why), true);
    }

    /// A second column for the end, such as `Lost time` beside `Won time`: no row has both.
    fn other_end(&self, at: usize) -> Option<usize> {
        let of = format!("{}.closed_at", self.assigned.table.name);
        let product = self.seen.product.map(|product| product.word.as_str());
        let fits = |other: &usize| {
            let column = self.column(*other);
            let both = self.column(at).cells.iter().zip(&column.cells).any(|(a, b)| !a.is_empty() && !b.is_empty());
            let fit = self.seen.headings.fit(&column.heading, &of, None, product);
            *other != at
                && fit > 0
                && !both
                && !column.twice
                && self.contents(*other).are_dates()
                && !self.is_used(*other)
        };
        (0..self.seen.sample.columns.len()).find(fits)
    }

    fn references(&mut self) {
        for reference in &self.assigned.table.references {
            self.reference(reference);
        }
    }

    fn reference(&mut self, reference: &Reference) {
        let column = &*reference.column.name;
        let name = self.held(column).map(|held| held.at);
        let key = self.assigned.held(column, true).map(|held| held.at);
        let Some(found) = key.or(name) else { return };
        let within = format!("{column}.");
        let further = self.assigned.held.iter().filter(|held| held.column.starts_with(&within));
        let further: Vec<&Held> = further.collect();
        let target = &*reference.table;
        let twice =
            self.plan.related.iter().any(|related| related.table == target) || *self.assigned.table.name == *target;
        let heading = quoted(&self.column(found).heading);
        let named = key.is_some() && name.is_some();
        if (named || !further.is_empty()) && !twice {
            let line = |column: &str, at: usize| Planned {
                column: column.to_owned(),
                rule: quoted(&self.column(at).heading),
                kind: Kind::Text,
                at: vec![at],
                why: None,
                is_sure: true,
            };
            let mut columns: Vec<Planned> = name.map(|at| line("name", at)).into_iter().collect();
            columns.extend(further.iter().map(|held| line(&held.column[within.len()..], held.at)));
            self.plan.related.push(Related { table: target.to_owned(), key: found, columns });
            let why = format!("found among the {target} above");
            return self.push(
                column,
                format!("{{ from = {heading}, lookup = \"key\" }}"),
                vec![found],
                Some(why),
                true,
            );
        }
        let by = if key.is_some() { "key" } else { "name" };
        // What a row came from is not made up.
        let (policy, why) = match target {
            "leads" | "opportunities" => ("optional", format!("looked for among the {target} that are there")),
            _ => ("create", format!("{target} that are not there yet are added")),
        };
        let rule = format!("{{ from = {heading}, lookup = \"{by}\", policy = \"{policy}\" }}");
        self.push(column, rule, vec![found], Some(why), true);
    }

    /// Texts, dates and numbers.
    fn others(&mut self) {
        for held in &self.assigned.held {
            let is_reference = self.assigned.table.references.iter().any(|one| *one.column.name == *held.column);
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

    fn other(&self, held: &Held) -> (String, Option<String>, bool) {
        let (of, column) = (format!("{}.{}", self.assigned.table.name, held.column), self.column(held.at));
        let heading = quoted(&column.heading);
        if self.seen.headings.is_closed(&of) {
            let meant: Meant = meant(column, &of, self.seen.headings);
            let (why, is_sure) = meant.why();
            return (meant.rule(&column.heading), Some(why), is_sure);
        }
        if held.kind == Kind::Money
            && let Some(found) = currencies(self.seen).filter(|found| found.codes.len() > 1)
        {
            let home = self.seen.currency;
            let which = &self.column(found.at).heading;
            let rows = found.codes.get(home).copied().unwrap_or_default();
            let rule =
                format!("{{ from = {heading}, when = {{ column = {}, in = {} }} }}", quoted(which), list([home]));
            let why =
                format!("“{which}” names {} currencies; only the {rows} amounts in {home} count", found.codes.len());
            return (rule, Some(why), false);
        }
        if held.column == "probability" {
            let plain: Vec<f64> = column.filled().filter_map(|cell| cell.replace(',', ".").parse().ok()).collect();
            if plain.iter().any(|number| *number > 1.0) {
                let why = "they are per cents without a sign".to_owned();
                return (format!("{{ from = {heading}, scale = \"0.01\" }}"), Some(why), true);
            }
        }
        (heading, None, true)
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
