//! The entries of a declaration. Errors name the wrong one, so that it can be found in the script.

use super::entry::Entry;
use super::errors::{Complaint, Refused, kind_name};
use super::numbers::whole;
use crate::diagnostic::nearest;
use rhai::{Dynamic, Map};

/// The declaration or a map within it, and the path to it.
pub(super) struct Fields {
    pub(super) map: Map,
    pub(super) path: Vec<String>,
    /// What it is, with an article.
    pub(super) what: &'static str,
}

impl Fields {
    pub(super) fn entry(&self, name: &str, value: bool) -> Entry {
        Entry { path: self.path.iter().cloned().chain([name.to_owned()]).collect(), value }
    }

    /// Refuses names other than these.
    pub(super) fn know(&self, names: &[&str]) -> Refused<()> {
        let Some(unknown) = self.map.keys().find(|key| !names.contains(&key.as_str())) else { return Ok(()) };
        let hint = meant(unknown, names).unwrap_or_else(|| format!("it has {}", names.join(", ")));
        let complaint = Complaint::new(format!("{} has no “{unknown}”", self.what)).hint(hint);
        Err(complaint.about(self.entry(unknown, false)).into())
    }

    /// The value under a name; `()` counts as missing.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        read: impl Fn(&Dynamic) -> Result<T, Complaint>,
    ) -> Refused<Option<T>> {
        let value = self.map.get(name).filter(|value| !value.is_unit());
        value.map(|value| read(value).map_err(|wrong| wrong.about(self.entry(name, true)).into())).transpose()
    }

    pub(super) fn required<T>(&self, name: &str, read: impl Fn(&Dynamic) -> Result<T, Complaint>) -> Refused<T> {
        self.optional(name, read)?.ok_or_else(|| {
            let complaint = Complaint::new(format!("{} needs “{name}”", self.what)).hint(example(name));
            // A missing entry has no position: point at the map it is missing from.
            let path = self.path.clone();
            if path.is_empty() { complaint.into() } else { complaint.about(Entry { path, value: false }).into() }
        })
    }

    pub(super) fn one_of<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Refused<T> {
        self.required(name, |value| choice(name, value, choices))
    }

    /// The map under a name; an empty one where there is none.
    pub(super) fn inner(&self, name: &str, what: &'static str) -> Refused<Fields> {
        let map = self.optional(name, |value| {
            value.clone().try_cast::<Map>().ok_or_else(|| unlike(value, "a map").hint(example(name)))
        })?;
        Ok(Fields { map: map.unwrap_or_default(), path: self.entry(name, false).path, what })
    }
}

/// One of several texts, for the entry `name`.
pub(super) fn choice<T: Copy>(name: &str, value: &Dynamic, choices: &[(&str, T)]) -> Result<T, Complaint> {
    let written = text(value)?;
    if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == written) {
        return Ok(*choice);
    }
    let names: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
    let hint = meant(&written, &names).unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
    Err(Complaint::new(format!("“{name}” cannot be “{written}”")).hint(hint))
}

/// Suggests the name that was probably meant.
fn meant(written: &str, names: &[&str]) -> Option<String> {
    nearest(written, names.iter().copied()).map(|near| format!("did you mean “{near}”?"))
}

/// How an entry is written.
fn example(name: &str) -> String {
    let value = match name {
        "title" | "description" => "#{ en: \"…\" }",
        "unit" => "\"percent\", \"money\", \"duration\", \"count\" or \"number\"",
        "better" => "\"higher\", \"lower\" or \"neutral\"",
        "threshold" => "#{ warning: 0.8, critical: 0.6 }",
        "parameters" => "#{ horizon_days: 90 }",
        "mean_of" => "3",
        _ => "\"…\"",
    };
    format!("write {name}: {value}")
}

pub(super) fn unlike(value: &Dynamic, wanted: &str) -> Complaint {
    Complaint::new(format!("this is {}, where {wanted} is needed", described(value)))
}

fn described(value: &Dynamic) -> &str {
    if value.is_string() {
        "a text"
    } else if value.is_int() || value.is_float() {
        "a number"
    } else if value.is_bool() {
        "true or false"
    } else {
        kind_name(value.type_name())
    }
}

pub(super) fn text(value: &Dynamic) -> Result<String, Complaint> {
    value.clone().into_string().map_err(|_| unlike(value, "a text").hint("texts stand in double quotes"))
}

pub(super) fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(whole))
}
