//! Why rows were rejected: by column and reason, with counts and the first rows.

use crate::notes::{Note, Noted, counted};
use crate::summary::Rejected;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Why rows were rejected, as they come.
#[derive(Debug, Default)]
pub(crate) struct Reasons(BTreeMap<Reason, Values>);

/// A column, and a reason with `…` in place of the value.
type Reason = (String, String);

/// The rows that were rejected for one reason.
#[derive(Debug, Default)]
struct Values {
    /// By value, as long as these are few.
    by_value: BTreeMap<String, Noted>,
    all: Noted,
}

impl Reasons {
    /// So many are told apart.
    const MOST: usize = 1_000;
    /// With more values than these, what they have in common is said.
    const FEW: usize = 5;

    pub fn add(&mut self, rejected: &Rejected) {
        for fault in &rejected.faults {
            let reason = match fault.value.as_str() {
                "" => fault.reason.clone(),
                value => fault.reason.replace(&format!("“{value}”"), "“…”"),
            };
            let key = (fault.column.clone(), reason);
            if self.0.len() >= Self::MOST && !self.0.contains_key(&key) {
                continue;
            }
            let values = self.0.entry(key).or_default();
            values.all.add(&rejected.at, &fault.value);
            if values.by_value.len() <= Self::FEW {
                values.by_value.entry(fault.reason.clone()).or_default().add(&rejected.at, "");
            }
        }
    }

    /// The most frequent first.
    pub fn told(self) -> Vec<Note> {
        let mut notes = Vec::new();
        for ((column, reason), Values { by_value, all }) in self.0 {
            let note = |reason: String, noted: Noted| {
                let of = if column.is_empty() { String::new() } else { format!("{column}: ") };
                let message = format!("{} rejected: {of}{reason}", counted(noted.rows, "row"));
                Note::of_file(&column, "rejected", message, noted)
            };
            if by_value.len() > Self::FEW {
                notes.push(note(reason, all));
            } else {
                notes.extend(by_value.into_iter().map(|(reason, noted)| note(reason, noted)));
            }
        }
        notes.sort_by_key(|note| Reverse(note.rows));
        notes
    }
}
