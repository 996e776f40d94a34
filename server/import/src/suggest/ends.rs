//! How a row ended, and when.

use super::assign::Held;
use super::contents;
use super::headings::{is_among, plain};
use super::making::{End, Ends, Making};
use super::sample::Column;
use super::toml::{list, quoted};
use super::words::{Meant, meant, named};
use crate::words::truth;
use std::collections::BTreeSet;

impl Making<'_> {
    /// Won or lost: by a column of its own, by two of yes and no, or by the stage.
    pub fn outcome(&mut self) {
        if self.kind_of("outcome").is_none() {
            return;
        }
        if let Some((won, closed)) = self.flags() {
            return self.outcome_of_flags(won, closed);
        }
        let of = format!("{}.outcome", self.assigned.table.name);
        let held = self.held("outcome").or_else(|| {
            let stage = self.held("stage")?;
            let ends = meant(self.column(stage.at), &of, self.seen.headings).that_mean(&["won", "lost"]).len();
            (ends > 0).then_some(stage)
        });
        let Some(&Held { at, .. }) = held else { return self.outcome_of_winning() };
        let column = self.column(at);
        let meant = meant(column, &of, self.seen.headings);
        let (why, is_sure) = meant.why();
        // That a stage is no end needs no word for it.
        let is_stage = self.held("stage").is_some_and(|stage| stage.at == at);
        let is_sure = is_sure || (is_stage && contents::has_both_ends(column, &of, self.seen.headings));
        self.ends = Some(ends_of(at, column, &meant, is_stage));
        let rule = meant.rule(&column.heading);
        self.push("outcome", rule, vec![at], Some(why), is_sure);
    }

    fn outcome_of_flags(&mut self, won: usize, closed: usize) {
        let (won_is, closed_is) = (self.column(won), self.column(closed));
        let ended = closed_is.distinct(8).unwrap_or_default();
        let ended: Vec<&str> = ended.into_keys().filter(|word| truth(word) == Some(true)).collect();
        let when = format!("{{ column = {}, in = {} }}", quoted(&closed_is.heading), list(&ended));
        let rule = format!("{{ from = {}, values = {}, when = {when} }}", quoted(&won_is.heading), won_or_lost(won_is));
        let why = format!("“{}” says whether it has ended, “{}” how", closed_is.heading, won_is.heading);
        let rows = won_is.cells.iter().zip(&closed_is.cells).map(|(won, closed)| match (truth(closed), truth(won)) {
            (Some(true), Some(true)) => End::Won,
            (Some(true), _) => End::Lost,
            _ => End::Open,
        });
        self.ends = Some(Ends {
            at: closed,
            words: ended.into_iter().map(str::to_owned).collect(),
            is_stage: false,
            rows: rows.collect(),
        });
        self.push("outcome", rule, vec![won], Some(why), true);
    }

    fn flags(&self) -> Option<(usize, usize)> {
        let flags = &self.seen.headings.flags;
        Some((self.flag(&flags.won)?, self.flag(&flags.closed)?))
    }

    /// A column of yes and no that is called like one of these.
    fn flag(&self, names: &[String]) -> Option<usize> {
        let place = self.seen.sample.columns.iter().position(|one| !one.twice && is_among(&one.heading, names))?;
        let fits = self.column(place).filled().all(|cell| truth(cell).is_some());
        (fits && self.contents(place).filled > 0).then_some(place)
    }

    /// Where only winning has a column of yes and no, rows that are closed and not won were lost.
    fn outcome_of_winning(&mut self) {
        let Some(won) = self.flag(&self.seen.headings.flags.won) else { return };
        let Some(closed) = self.held("closed_at").map(|held| held.at) else { return };
        let (won_is, closed_is) = (self.column(won), self.column(closed));
        let when = format!("{{ column = {}, missing = false }}", quoted(&closed_is.heading));
        let rule = format!("{{ from = {}, values = {}, when = {when} }}", quoted(&won_is.heading), won_or_lost(won_is));
        let rows = won_is.cells.iter().zip(&closed_is.cells).map(|(won, date)| match (date.is_empty(), truth(won)) {
            (false, Some(true)) => End::Won,
            (false, Some(false)) => End::Lost,
            _ => End::Open,
        });
        let rows = rows.collect();
        self.ends = Some(Ends { at: closed, words: Vec::new(), is_stage: false, rows });
        let why = format!("taken for lost: what is not won and has a date in “{}”", closed_is.heading);
        self.push("outcome", rule, vec![won], Some(why), false);
    }

    /// When it ended.
    pub fn closing(&mut self) {
        let Some(&Held { at, .. }) = self.held("closed_at") else { return };
        if let Some(other) = self.other_end(at) {
            let headings = [at, other].map(|at| &self.column(at).heading);
            let why = format!("no row has both “{}” and “{}”", headings[0], headings[1]);
            return self.push("closed_at", list(headings), vec![at, other], Some(why), true);
        }
        match self.one_sided(at) {
            None if self.is_all_open() => self.closing_of_open(at),
            None => self.closing_by(at),
            Some(lacking) => self.closing_of_both(at, &lacking),
        }
    }

    /// Whether nothing was won or lost, as far as it shows.
    fn is_all_open(&self) -> bool {
        let rows = self.ends.iter().flat_map(|ends| &ends.rows);
        let ended = rows.into_iter().any(|end| matches!(end, End::Won | End::Lost));
        !ended && self.kind_of("expected_close_on").is_some()
    }

    /// Where nothing has ended, a date of closing is when that is expected.
    fn closing_of_open(&mut self, at: usize) {
        let heading = quoted(&self.column(at).heading);
        let of = format!("{}.outcome", self.assigned.table.name);
        let words = self.ends.as_ref().map(|ends| ends.at).or_else(|| self.held("stage").map(|held| held.at));
        let Some(words) = words.filter(|words| self.contents(*words).filled > 0) else {
            let why = "nothing says whether a row has ended: where it has not, this is when that is expected, and \
                       expected_close_on is meant";
            return self.push("closed_at", heading, vec![at], Some(why.to_owned()), false);
        };
        let meant = meant(self.column(words), &of, self.seen.headings);
        let by = &self.column(words).heading;
        if self.held("expected_close_on").is_some() {
            let why = format!("by “{by}” no row was won or lost: the others may have a date here that is no end");
            return self.push("closed_at", heading, vec![at], Some(why), false);
        }
        let why = format!("by “{by}” all rows are open: it is when they are expected to close");
        let (why, is_sure) = if meant.is_all_known() {
            (why, true)
        } else {
            (format!("{why}, if no word in “{by}” is an end; then it is closed_at"), false)
        };
        self.push("expected_close_on", heading, vec![at], Some(why), is_sure);
    }

    /// A date that open rows have as well is when they are expected to close.
    fn closing_by(&mut self, at: usize) {
        let heading = &self.column(at).heading;
        let Some(ends) = &self.ends else { return self.push("closed_at", quoted(heading), vec![at], None, true) };
        let ended = &self.column(ends.at);
        let dated: Vec<(&str, End)> = self
            .column(at)
            .cells
            .iter()
            .zip(&ended.cells)
            .zip(&ends.rows)
            .filter_map(|((date, word), end)| (!date.is_empty()).then_some((word.as_str(), *end)))
            .collect();
        let open_too = dated.iter().filter(|(_, end)| matches!(end, End::Open)).count();
        // What a word means that nobody knows is not for a condition to decide.
        let unknown: BTreeSet<&str> =
            dated.iter().filter(|(_, end)| matches!(end, End::Unknown)).map(|(word, _)| *word).collect();
        let of_unknown = named(unknown.iter().copied());
        let when = if open_too == 0 && (unknown.is_empty() || !ends.is_stage) {
            None
        } else if unknown.is_empty() || ends.is_stage {
            let there: BTreeSet<&str> = ended.filled().collect();
            let words = ends.words.iter().filter(|word| there.contains(word.as_str()));
            Some(format!("in = {}", list(words)))
        } else {
            let open: BTreeSet<&str> =
                dated.iter().filter(|(_, end)| matches!(end, End::Open)).map(|(word, _)| *word).collect();
            Some(format!("not_in = {}", list(open)))
        };
        let stages = dated.iter().filter(|(_, end)| matches!(end, End::Unknown) && ends.is_stage).count();
        let open = open_too + stages;
        let mut why = Vec::new();
        if open > 0 {
            why.push(format!("{open} rows that are open have one, too: there it is when they are expected to close"));
        }
        if !unknown.is_empty() {
            why.push(if ends.is_stage {
                format!("taken for open: {of_unknown}; where one is an end, add it here and under outcome")
            } else {
                format!("rows with {of_unknown} have one, too: where such a word is an end, say so under outcome")
            });
        }
        let rule = when.map_or_else(
            || quoted(heading),
            |when| {
                let column = quoted(&ended.heading);
                format!("{{ from = {}, when = {{ column = {column}, {when} }} }}", quoted(heading))
            },
        );
        let is_sure = unknown.is_empty();
        let why = (!why.is_empty()).then(|| why.join("; "));
        if open > 0 && self.held("expected_close_on").is_none() {
            self.push("expected_close_on", quoted(heading), vec![at], None, is_sure);
        }
        self.push("closed_at", rule, vec![at], why, is_sure);
    }

    /// A date that only rows of one end have would make all figures by closing those of that end alone.
    fn closing_of_both(&mut self, at: usize, lacking: &str) {
        let candidates: Vec<usize> = (0..self.seen.sample.columns.len())
            .filter(|other| *other != at && self.fits_closing(*other) && self.is_two_sided(*other))
            .collect();
        if let Some(better) = candidates.first() {
            return self.closing_by(*better);
        }
        let heading = &self.column(at).heading;
        if let Some(nearly) = self.same_day(at) {
            let why = format!(
                "{lacking} in “{heading}”; “{}” is of the same day where both are there, and all have it",
                self.column(nearly).heading
            );
            let ends = self.ends.as_ref().map(|ends| (quoted(&self.column(ends.at).heading), list(&ends.words)));
            let (column, words) = ends.unwrap_or_default();
            let rule = format!(
                "{{ from = {}, when = {{ column = {column}, in = {words} }} }}",
                quoted(&self.column(nearly).heading)
            );
            return self.push("closed_at", rule, vec![nearly], Some(why), false);
        }
        let why = format!(
            "{lacking} in “{heading}”, so figures by closing, such as the share won, would see none of these. Name a \
             column that both have; for figures of the others alone: closed_at = {}",
            quoted(heading)
        );
        self.push("closed_at", String::new(), vec![at], Some(why), false);
    }

    fn fits_closing(&self, at: usize) -> bool {
        let of = format!("{}.closed_at", self.assigned.table.name);
        let product = self.seen.product.map(|product| product.word.as_str());
        let column = self.column(at);
        let fit = self.seen.headings.fit(&column.heading, &of, None, product);
        fit > 0 && !column.twice && self.contents(at).are_dates() && !self.is_used(at)
    }

    /// A second column for the end, such as `Lost time` beside `Won time`: no row has both.
    fn other_end(&self, at: usize) -> Option<usize> {
        let fits = |other: &usize| {
            let both = self.column(at).cells.iter().zip(&self.column(*other).cells);
            let both = both.filter(|(a, b)| !a.is_empty() && !b.is_empty()).count();
            *other != at && both == 0 && self.fits_closing(*other)
        };
        (0..self.seen.sample.columns.len()).find(fits)
    }

    /// How many of the rows that were won have something in a column, and of those that were lost.
    fn sides(&self, at: usize) -> [(usize, usize); 2] {
        let rows = self.ends.as_ref().map(|ends| ends.rows.as_slice()).unwrap_or_default();
        [End::Won, End::Lost].map(|side| {
            let of_side = self.column(at).cells.iter().zip(rows).filter(|(_, end)| **end == side);
            of_side.fold((0, 0), |(dated, all), (cell, _)| (dated + usize::from(!cell.is_empty()), all + 1))
        })
    }

    /// Whether rows of one end lack what those of the other have; in words.
    fn one_sided(&self, at: usize) -> Option<String> {
        let [(won, all_won), (lost, all_lost)] = self.sides(at);
        let lacks = |few: usize, of_few: usize, many: usize, of_many: usize| {
            of_few > 0 && many > 0 && few * of_many * 2 < many * of_few
        };
        let said =
            |few: usize, all: usize, end: &str| Some(format!("of {all} rows that were {end}, {few} have a date"));
        if lacks(lost, all_lost, won, all_won) {
            return said(lost, all_lost, "lost");
        }
        if lacks(won, all_won, lost, all_lost) { said(won, all_won, "won") } else { None }
    }

    fn is_two_sided(&self, at: usize) -> bool {
        let [(won, _), (lost, _)] = self.sides(at);
        won > 0 && lost > 0 && self.one_sided(at).is_none()
    }

    /// When a row was last changed may be when it ended, if the dates that are there agree.
    fn same_day(&self, at: usize) -> Option<usize> {
        let headings: Vec<String> = self.seen.headings.changes.iter().map(|heading| plain(heading)).collect();
        let day = |cell: &str| cell.split([' ', 'T', ',']).next().unwrap_or_default().to_owned();
        let fits = |other: &usize| {
            let column = self.column(*other);
            let plain = plain(&column.heading);
            let is_named = headings.iter().any(|heading| plain == *heading || plain.ends_with(&format!(" {heading}")));
            let both = self.column(at).cells.iter().zip(&column.cells).filter(|(a, b)| !a.is_empty() && !b.is_empty());
            let (same, all) = both.fold((0, 0), |(same, all), (a, b)| (same + usize::from(day(a) == day(b)), all + 1));
            is_named
                && !column.twice
                && self.contents(*other).are_dates()
                && self.is_two_sided(*other)
                && all > 0
                && same * 10 >= all * 9
        };
        (0..self.seen.sample.columns.len()).find(fits)
    }
}

/// What yes and no in a column of winning mean.
fn won_or_lost(column: &Column) -> String {
    let words = column.distinct(8).unwrap_or_default().into_keys().filter_map(|word| Some((word, truth(word)?)));
    let value = |(word, is)| format!("{} = {}", quoted(word), quoted(if is { "won" } else { "lost" }));
    format!("{{ {} }}", words.map(value).collect::<Vec<_>>().join(", "))
}

fn ends_of(at: usize, column: &Column, meant: &Meant, is_stage: bool) -> Ends {
    let (won, lost) = (meant.that_mean(&["won"]), meant.that_mean(&["lost"]));
    let rows = column.cells.iter().map(|cell| match cell.as_str() {
        cell if won.contains(&cell) => End::Won,
        cell if lost.contains(&cell) => End::Lost,
        cell if meant.is_unknown(cell) => End::Unknown,
        _ => End::Open,
    });
    let words = won.iter().chain(&lost).map(|word| (*word).to_owned()).collect();
    Ends { at, words, is_stage, rows: rows.collect() }
}
