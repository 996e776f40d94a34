//! Why rows were rejected: by column and reason, with counts and the first rows.

use crate::notes::{Note, Noted, counted};
use crate::summary::Rejected;
use std::collections::BTreeMap;

/// Why rows were rejected, as they come.
#[derive(Debug, Default)]
pub(crate) struct Reasons(BTreeMap<(String, String), Noted>);

impl Reasons {
    /// So many are told apart.
    const MOST: usize = 1_000;

    pub fn add(&mut self, rejected: &Rejected) {
        for fault in &rejected.faults {
            let key = (fault.column.clone(), fault.reason.clone());
            if self.0.len() >= Self::MOST && !self.0.contains_key(&key) {
                continue;
            }
            self.0.entry(key).or_default().add(&rejected.at, "");
        }
    }

    /// The most frequent first.
    pub fn told(self) -> Vec<Note> {
        let note = |((column, reason), Noted { rows, first }): ((String, String), Noted)| {
            let of = if column.is_empty() { String::new() } else { format!("{column}: ") };
            let message = format!("{} rejected: {of}{reason}", counted(rows, "row"));
            Note { table: String::new(), column, kind: "rejected", message, rows, first }
        };
        let mut notes: Vec<Note> = self.0.into_iter().map(note).collect();
        notes.sort_by_key(|note| std::cmp::Reverse(note.rows));
        notes
    }
}
