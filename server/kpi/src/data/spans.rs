//! The values that a text column held in the past, for the rows in which it has changed.

use rustc_hash::FxHashMap;

/// The spans of one column, by the id of the row.
#[derive(Debug, Default, PartialEq)]
pub struct Spans(FxHashMap<i64, Vec<Since>>);

/// A value, and since when (UTC seconds) it was held.
#[derive(Debug, PartialEq)]
struct Since {
    from: i64,
    text: Option<Box<str>>,
}

/// What a row held at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtThatTime<'a> {
    Text(&'a str),
    Missing,
    /// No former value is known: what the row holds today.
    AsToday,
}

impl Spans {
    /// Adds a text that a row held from an instant on (UTC seconds); `None` is no text. Add the spans of a row in the
    /// order of time. The first known text holds for all time before it as well.
    pub fn add(&mut self, id: i64, from: i64, text: Option<&str>) {
        let held = self.0.entry(id).or_default();
        if text.is_some() || !held.is_empty() {
            held.push(Since { from, text: text.map(Into::into) });
        }
    }

    /// Whether no former values are known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the row with that id held at an instant in UTC seconds.
    pub fn at(&self, id: i64, instant: i64) -> AtThatTime<'_> {
        let held = self.0.get(&id).map_or(&[][..], Vec::as_slice);
        let after = held.partition_point(|span| span.from <= instant);
        match held.get(after.saturating_sub(1)) {
            Some(span) => span.text.as_deref().map_or(AtThatTime::Missing, AtThatTime::Text),
            None => AtThatTime::AsToday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_asked_what_it_held_at_an_instant() {
        let mut spans = Spans::default();
        for (from, text) in [(5, None), (10, Some("North")), (30, None), (50, Some("South"))] {
            spans.add(1, from, text);
        }
        assert_eq!(spans.at(1, 1), AtThatTime::Text("North"));
        assert_eq!(spans.at(1, 29), AtThatTime::Text("North"));
        assert_eq!(spans.at(1, 30), AtThatTime::Missing);
        assert_eq!(spans.at(1, 1_000), AtThatTime::Text("South"));
        assert_eq!(spans.at(2, 30), AtThatTime::AsToday);
    }
}
