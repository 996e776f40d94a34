//! The labels of groups, kept apart from the figures: each is stored with the hash of its salt and text, so that a
//! person can be erased later while the hash stays in the chain. Without its salt, a hash does not tell whose name it
//! is.

use crate::numbers::{Group, Numbers};
use pegel_store::edition::{Erasable, Label, Salted};
use pegel_text::digest::sha256;
use std::collections::BTreeMap;

/// Random bytes for the salts of one edition. Never stored, since it would bring back the salt of an erased label.
#[derive(Debug, Clone, Copy)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// The salt of one label, in hex.
    fn salt(&self, kind: &str, group: i64) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend(format!("{kind} {group}").as_bytes());
        sha256(bytes)
    }
}

/// The labels of all groups of an edition that are known by id.
#[derive(Debug, Default)]
pub struct Labels(BTreeMap<(String, i64), String>);

impl Labels {
    /// Adds those that some numbers of it name.
    pub fn add(&mut self, numbers: &Numbers) {
        for (kind, group) in numbers.groups() {
            if let Group::Row { id, label: Some(label) } = group {
                self.0.insert((kind.to_owned(), *id), label.clone());
            }
        }
    }

    /// By kind and id, each with a salt of its own.
    pub fn salted(self, seed: &Seed) -> Vec<Label> {
        let salted =
            |((kind, group), label): ((String, i64), String)| salted(&kind, group, seed.salt(&kind, group), &label);
        self.0.into_iter().map(salted).collect()
    }
}

/// The labels of all groups that these numbers know by id, by kind and id.
pub fn labels(numbers: &Numbers, seed: &Seed) -> Vec<Label> {
    let mut labels = Labels::default();
    labels.add(numbers);
    labels.salted(seed)
}

fn salted(kind: &str, group: i64, salt: String, label: &str) -> Label {
    let text = Salted { salt, label: label.to_owned() };
    Label { kind: kind.to_owned(), group, sha256: hash(&text), text: Erasable::Kept(text) }
}

/// The hash of a label, in hex: SHA-256 of its salt and text.
pub fn hash(text: &Salted) -> String {
    sha256(format!("{}{}", text.salt, text.label))
}

/// The labels that are kept of an edition, by kind and id.
#[derive(Debug)]
pub struct Names(BTreeMap<(String, i64), String>);

impl Names {
    pub fn of(labels: &[Label]) -> Names {
        let kept = |label: &'_ Label| Some(((label.kind.clone(), label.group), label.text.kept()?.label.clone()));
        Names(labels.iter().filter_map(kept).collect())
    }

    /// Puts them back on stored groups, each with its kind; a group whose label was erased gets none.
    pub fn put_on<'a>(&self, groups: impl Iterator<Item = (&'a str, &'a mut Group)>) {
        for (kind, group) in groups {
            if let Group::Row { id, label } = group {
                *label = self.0.get(&(kind.to_owned(), *id)).cloned();
            }
        }
    }
}

/// Puts the labels back on the groups of stored numbers; a group whose label was erased gets none.
pub fn join(numbers: &mut Numbers, labels: &[Label]) {
    Names::of(labels).put_on(numbers.groups_mut());
}

#[cfg(test)]
mod tests;
