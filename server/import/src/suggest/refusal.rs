//! Why a file is about nothing that there is a table for.

use super::assign::{Seen, assigned, unfit};
use super::{days, numbers};
use crate::error::{ImportError, listed};
use crate::shown::shown;
use pegel_kpi::data::model::{Kind, Table};
use std::collections::BTreeSet;

/// Says it.
pub(super) fn nothing_fits(tables: &[Table], seen: Seen) -> ImportError {
    let names: Vec<String> = seen.sample.columns.iter().map(|column| column.heading.clone()).collect();
    ImportError::unusable(seen.file, no_header(&names).unwrap_or_else(|| no_table(tables, &names, seen)))
}

/// Where headings are none.
fn no_header(names: &[String]) -> Option<String> {
    if names.iter().any(|name| days::is_date(name) || (numbers::is_number(name) && days::month(name).is_none())) {
        return Some(format!(
            "its first line seems to hold data, not the names of columns: {}. Put a line with their names above it, such as \
             Created or Partner",
            listed(names)
        ));
    }
    let months = names.iter().filter(|name| days::month(name).is_some()).count();
    (months > 1).then(|| {
        format!(
            "{months} of its columns are months, and no mapping is suggested for such files: [unpivot] makes a row of each \
             month, as the plan in `pegel docs mapping` shows"
        )
    })
}

/// What is known of the table that fits best, and what not.
fn no_table(tables: &[Table], names: &[String], seen: Seen) -> String {
    let columns = &seen.sample.columns;
    let tried = tables.iter().map(|table| (table, assigned(table, seen), unfit(table, seen)));
    let best = tried.max_by_key(|(_, assigned, unfit)| (assigned.held.len() + unfit.len(), assigned.score));
    let (mut said, mut known) = (Vec::new(), vec![false; columns.len()]);
    if let Some((table, assigned, unfit)) = best {
        assigned.held.iter().for_each(|held| known[held.at] = true);
        let held: Vec<String> = (0..names.len()).filter(|at| known[*at]).map(|at| names[at].clone()).collect();
        if !held.is_empty() {
            said.push(format!("what is known is {} of {}", listed(&held), table.name));
        }
        for (at, column, kind) in unfit.into_iter().filter(|(at, ..)| !std::mem::replace(&mut known[*at], true)) {
            let example = columns[at].filled().next().map(|cell| format!(", such as “{}”,", shown(cell)));
            let example = example.unwrap_or_default();
            let not = match kind {
                Kind::Instant | Kind::Date => "do not read as dates",
                Kind::Integer | Kind::Number | Kind::Money => "do not read as numbers",
                Kind::Text | Kind::Boolean => "are none of that",
            };
            said.push(format!("“{}” is called like {}.{column}, but its values{example} {not}", names[at], table.name));
        }
    }
    let twice = columns.iter().filter(|column| column.twice).map(|column| column.heading.clone());
    let twice: Vec<String> = twice.collect::<BTreeSet<_>>().into_iter().collect();
    if !twice.is_empty() {
        said.push(format!("several columns are called {}, and no mapping can name one of these", listed(&twice)));
    }
    let unknown = (0..names.len()).filter(|at| !known[*at] && !columns[*at].twice).map(|at| names[at].clone());
    let unknown: Vec<String> = unknown.collect();
    if !unknown.is_empty() {
        said.push(format!("nothing is known by the names {}", listed(&unknown)));
    }
    let tables: Vec<&str> = tables.iter().map(|table| &*table.name).collect();
    format!(
        "its columns fit no table: {}. There are {}; write a mapping by hand, `pegel docs mapping` says how",
        said.join("; "),
        tables.join(", ")
    )
}
