//! Ids that a program wrote as numbers with decimals: `17850.0`.

use super::assign::Seen;
use super::making::Making;
use super::suggestion::Setting;
use super::toml::{quoted, with};
use crate::mapping::DecimalMark;
use pegel_kpi::data::model::Kind;

/// The setting by which they are read without.
const WHOLE: &str = "integer = true";

impl Making<'_> {
    /// Reads them without.
    pub fn whole_ids(&mut self) {
        for planned in self.plan.columns.iter_mut().filter(|planned| planned.kind == Kind::Text) {
            let [at] = *planned.at else { continue };
            if let Some(why) = why(self.seen, at).filter(|_| !planned.rule.is_empty()) {
                planned.also(WHOLE);
                planned.why(&why);
            }
        }
    }
}

/// A key of such columns.
pub(super) fn whole(key: Setting, seen: Seen) -> Setting {
    let is_in = |at: &usize| key.value.contains(&quoted(&seen.sample.columns[*at].heading));
    let Some(why) = (0..seen.sample.columns.len()).filter(is_in).find_map(|at| why(seen, at)) else { return key };
    Setting { value: with(&key.value, WHOLE), why: format!("{}; {why}", key.why), ..key }
}

/// What a column of whole numbers means that have zeros for decimals.
fn why(seen: Seen, at: usize) -> Option<String> {
    let column = &seen.sample.columns[at];
    let mark = match seen.mark.before_decimals {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = |cell| match str::split_once(cell, mark) {
        Some((whole, zeros)) => is_digits(whole) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0'),
        None => is_digits(cell),
    };
    let example = column.filled().find(|cell| cell.contains(mark))?;
    let (whole, _) = example.split_once(mark)?;
    // Three zeros may as well be thousands.
    let is_told = !example.ends_with(&format!("{mark}000"));
    (is_told && column.filled().all(parts)).then(|| format!("“{example}” is meant as “{whole}”"))
}
