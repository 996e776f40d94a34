//! Whether the values of a row make sense beside each other, by what the model says of their columns: closed lists and
//! ranges hold nothing else, dates have an order, what is known since a date comes with that date.

use crate::cell::Cell;
use crate::convert::Formats;
use crate::mapping::TableMapping;
use crate::notes::Odd;
use pegel_kpi::data::model::{Column, Kind, Range};
use pegel_store::facts::Value;
use std::sync::Arc;

/// A text that must stand beside a value: where, and which.
type Beside = (usize, Arc<str>);

/// What the values of one table are looked at for; columns by their places in the mapping of the table.
pub(crate) struct Sense {
    /// The dates that every row should have.
    needed: Vec<usize>,
    /// A date, and one that comes before it.
    orders: Vec<(usize, usize)>,
    /// A value, the date since when it is known, and if that is so only beside a text: where that stands, and the text.
    dated: Vec<(usize, usize, Option<Beside>)>,
    /// A value, and what it says by itself since the mapping does not name what belongs to it: the date since when it is
    /// known, or of such a date the text that is known since then.
    alone: Vec<(usize, Odd)>,
    /// A number, its range, and if that is one only beside a text: where that stands, and the text.
    ranges: Vec<(usize, Range, Option<Beside>)>,
    /// A number that has several ranges, and where the text stands that tells which, if the mapping names it.
    several: Vec<(usize, Option<usize>)>,
    /// Dates of what happened.
    past: Vec<usize>,
    columns: Vec<Arc<Column>>,
}

impl Sense {
    pub fn new(table: &TableMapping) -> Sense {
        let columns: Vec<Arc<Column>> = table.columns.iter().map(|(column, _)| column.clone()).collect();
        let place = |name: &str| columns.iter().position(|column| *column.name == *name);
        let exists = table.table.exists_since().and_then(|column| place(&column.name));
        let mut sense = Sense {
            needed: Vec::new(),
            orders: Vec::new(),
            dated: Vec::new(),
            alone: Vec::new(),
            ranges: Vec::new(),
            several: Vec::new(),
            past: Vec::new(),
            columns: Vec::new(),
        };
        let happens = table.table.tells_what_happened();
        for (at, column) in columns.iter().enumerate() {
            if happens && (exists == Some(at) || column.kind == Kind::Instant) {
                sense.past.push(at);
            }
            if exists == Some(at) || column.every_row {
                sense.needed.push(at);
            }
            let begin = exists.filter(|begin| *begin != at && matches!(column.kind, Kind::Instant | Kind::Date));
            let after = column.after.as_deref().and_then(place);
            let after = after.filter(|after| begin != Some(*after));
            sense.orders.extend(begin.into_iter().chain(after).map(|before| (at, before)));
            if let Some(milestone) = table.table.known_since(column).filter(|_| column.kind != Kind::Instant) {
                match (&milestone.only, place(&milestone.at.name)) {
                    (None, Some(date)) => sense.dated.push((at, date, None)),
                    (None, None) if !table.update_only => {
                        sense.alone.push((at, Odd::Undated { date: milestone.at.name.clone(), named: false }));
                    }
                    (Some((of, is)), Some(date)) => {
                        sense.dated.extend(place(&of.name).map(|of| (at, date, Some((of, is.clone())))));
                    }
                    (_, None) => {}
                }
            }
            let said = table.table.columns.iter().filter(|said| {
                let milestone = table.table.known_since(said).filter(|milestone| milestone.only.is_none());
                !said.words.is_empty() && milestone.is_some_and(|milestone| milestone.at == *column)
            });
            let unsaid = said.filter(|said| place(&said.name).is_none() && !table.update_only);
            sense.alone.extend(unsaid.map(|said| (at, Odd::Unsaid { text: said.name.clone(), named: false })));
            if let Some((of, _)) = column.ranges.iter().find_map(|range| range.only.as_ref()) {
                sense.several.push((at, place(of)));
            }
            for range in &column.ranges {
                match &range.only {
                    None => sense.ranges.push((at, range.clone(), None)),
                    Some((of, is)) => {
                        sense.ranges.extend(place(of).map(|of| (at, range.clone(), Some((of, is.clone())))));
                    }
                }
            }
        }
        Sense { columns, ..sense }
    }

    /// The places of values that their columns cannot hold, each with the reason.
    pub fn impossible(&self, cells: &[Cell]) -> Vec<(usize, String)> {
        let words = self.columns.iter().zip(cells).enumerate().filter_map(|(at, (column, cell))| {
            let text = text(cell)
                .filter(|text| !column.words.is_empty() && !column.words.iter().any(|word| **word == **text))?;
            Some((at, format!("“{text}” is {}: map it under `values`", none_of(&column.words))))
        });
        let ranges = self.ranges.iter().filter_map(|(at, range, only)| {
            let number = number(&cells[*at]).filter(|_| only.as_ref().is_none_or(|only| says(cells, only)))?;
            let inside = holds(range, number);
            let of = only.as_ref().map_or_else(String::new, |(_, is)| format!(" of {is}"));
            let reason = || format!("{number} lies outside the range{of} from {} to {}", range.least, range.most);
            (!inside).then(|| (*at, reason()))
        });
        let outside_all = self.several.iter().filter_map(|(at, of)| {
            let number = number(&cells[*at]).filter(|_| of.is_none_or(|of| is_missing(&cells[of])))?;
            let ranges = &self.columns[*at].ranges;
            (!ranges.iter().any(|range| holds(range, number))).then(|| {
                let (least, most) = (ranges.iter().map(|range| range.least), ranges.iter().map(|range| range.most));
                let (least, most) = (least.min().unwrap_or_default(), most.max().unwrap_or_default());
                (*at, format!("{number} lies outside all ranges, which go from {least} to {most}"))
            })
        });
        words.chain(ranges).chain(outside_all).collect()
    }

    /// What is odd about values that can be, by the places of their columns; days are those of the file's zone, `now` is in
    /// UTC seconds.
    pub fn odd(&self, cells: &[Cell], formats: &Formats, now: i64) -> Vec<(usize, Odd)> {
        let mut odd = Vec::new();
        let is_ahead = |at: usize| {
            whole(&cells[at]).is_some_and(|date| match self.columns[at].kind {
                Kind::Instant => date > now,
                _ => date > formats.day(now),
            })
        };
        odd.extend(self.past.iter().filter(|at| is_ahead(**at)).map(|at| (*at, Odd::Ahead)));
        let there = self.alone.iter().filter(|(at, _)| !is_missing(&cells[*at]));
        odd.extend(there.map(|(at, alone)| (*at, alone.clone())));
        odd.extend(self.needed.iter().filter(|at| is_missing(&cells[**at])).map(|at| (*at, Odd::Dateless)));
        for (at, before) in &self.orders {
            if let (Some(date), Some(earlier)) = (whole(&cells[*at]), whole(&cells[*before]))
                && self.comes_before((*at, date), (*before, earlier), formats)
            {
                let before = &self.columns[*before];
                let early = if before.every_row { Odd::Endless } else { Odd::Early };
                odd.push((*at, early(before.name.clone())));
            }
        }
        for (at, date, only) in &self.dated {
            if is_missing(&cells[*at]) {
                let column = &self.columns[*at];
                if only.is_none() && !column.words.is_empty() && !is_missing(&cells[*date]) {
                    odd.push((*date, Odd::Unsaid { text: column.name.clone(), named: true }));
                }
                continue;
            }
            match only {
                Some((of, is))
                    if !is_missing(&cells[*of])
                        && !says(cells, &(*of, is.clone()))
                        && number(&cells[*at]) != Some(0.0) =>
                {
                    odd.push((*at, Odd::Idle(self.columns[*of].name.clone(), is.clone())));
                }
                // What is said beside it is noted there.
                Some(_) => {}
                None if is_missing(&cells[*date]) => {
                    odd.push((*at, Odd::Undated { date: self.columns[*date].name.clone(), named: true }));
                }
                None => {}
            }
        }
        odd
    }
}

impl Sense {
    /// Whether a date, with its column, comes before another. A day that is written without its time is not before an
    /// instant of that day.
    fn comes_before(&self, (at, date): (usize, i64), (of, other): (usize, i64), formats: &Formats) -> bool {
        match [at, of].map(|column| self.columns[column].kind == Kind::Instant) {
            [true, true] => date < other && date != formats.day_begins(other),
            [true, false] => formats.day(date) < other,
            [false, true] => date < formats.day(other),
            [false, false] => date < other,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "ranges are of small numbers")]
fn holds(range: &Range, number: f64) -> bool {
    (range.least as f64..=range.most as f64).contains(&number)
}

fn says(cells: &[Cell], (at, is): &Beside) -> bool {
    text(&cells[*at]).is_some_and(|text| **text == **is)
}

fn text(cell: &Cell) -> Option<&String> {
    match cell {
        Cell::Value(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn whole(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Value(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "ranges are of small numbers")]
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Value(Value::Integer(number)) => Some(*number as f64),
        Cell::Value(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

fn is_missing(cell: &Cell) -> bool {
    *cell == Cell::Value(Value::Missing)
}

/// `neither won nor lost`, `none of accepted, declined, expired`
fn none_of(words: &[Arc<str>]) -> String {
    match words {
        [one, other] => format!("neither {one} nor {other}"),
        words => format!("none of {}", words.iter().map(|word| &**word).collect::<Vec<_>>().join(", ")),
    }
}
