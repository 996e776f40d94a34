//! What rows hold after they are written, in columns that keep their former values.

use crate::StoreError;
use crate::connection::Conn;
use crate::facts::{Fact, Facts, Value};
use crate::spans::{self, Known, Learned};
use crate::stored::{Collapsed, Stored};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a row holds after it is written, and what is learned of the columns that keep their spans.
pub(crate) struct OverTime<'a> {
    /// In the order of the facts.
    pub(crate) values: Cow<'a, [Value]>,
    pub(crate) learned: Vec<Learned>,
}

/// What rows hold after they are written, and what is learned of columns that keep their spans.
pub(crate) fn over_time<'f>(
    conn: &mut Conn,
    facts: &'f Facts,
    rows: &[Collapsed],
    stored: &HashMap<String, Stored>,
    now: i64,
) -> Result<Vec<OverTime<'f>>, StoreError> {
    let as_said =
        |row: &Collapsed| OverTime { values: Cow::Borrowed(&facts.rows[row.last].values[..]), learned: Vec::new() };
    let mut over_time: Vec<OverTime> = rows.iter().map(as_said).collect();
    let spanning: Vec<usize> = (0..facts.columns.len()).filter(|&at| facts.columns[at].spans).collect();
    if spanning.is_empty() {
        return Ok(over_time);
    }
    let mut dated: HashMap<&str, Vec<&Fact>> = HashMap::new();
    for fact in facts.rows.iter().filter(|fact| fact.valid_from.is_some()) {
        dated.entry(&fact.key).or_default().push(fact);
    }
    let differs = |fact: &Fact, before: &Stored| spanning.iter().any(|&at| fact.values[at] != before.values[at]);
    let mut candidates = Vec::new();
    for (row, over_time) in rows.iter().zip(&mut over_time) {
        let last = &facts.rows[row.last];
        let (said, before) = (dated.remove(last.key.as_str()).unwrap_or_default(), stored.get(&last.key));
        if !said.is_empty() || before.is_some_and(|before| differs(last, before)) {
            candidates.push((last, said, before, over_time));
        }
    }
    let ids: Vec<i64> = candidates.iter().filter_map(|(_, _, before, _)| Some(before.as_ref()?.id)).collect();
    let held = spans::of_rows(conn, &facts.table.name, &ids).map_err(StoreError::while_("reading facts"))?;
    let nothing = Known::new();
    for (last, said, before, over_time) in candidates {
        for &at in &spanning {
            let column = &facts.columns[at].name;
            let known = before.and_then(|before| held.get(&(before.id, column.to_string())));
            let undated = last.valid_from.is_none().then_some(last);
            let said = said.iter().copied().chain(undated).map(|fact| (fact.valid_from, &fact.values[at]));
            let today = before.map_or(&Value::Missing, |before| &before.values[at]);
            let (new, holds) = spans::lay(known.unwrap_or(&nothing), today, said, now);
            let learned = new.into_iter().map(|(from, value)| Learned { column: column.clone(), from, value });
            over_time.learned.extend(learned);
            if over_time.values[at] != holds {
                over_time.values.to_mut()[at] = holds;
            }
        }
    }
    Ok(over_time)
}
