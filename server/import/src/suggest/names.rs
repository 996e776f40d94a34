//! Names of people that stand in two columns: the first name alone makes one of two people.

use super::assign::Seen;
use super::headings::without;
use super::making::{Making, Planned};
use super::toml::{list, quoted};
use pegel_kpi::data::model::Kind;

impl Making<'_> {
    /// Joins first names with last names.
    pub fn full_names(&mut self) {
        let related = self.plan.related.iter_mut().flat_map(|one| &mut one.columns);
        for planned in self.plan.columns.iter_mut().chain(related) {
            full_name(planned, self.seen);
        }
    }
}

fn full_name(planned: &mut Planned, seen: Seen) {
    let [at] = *planned.at else { return };
    // A key is one however it is called.
    if planned.kind != Kind::Text || planned.rule.is_empty() || planned.rule.contains("lookup = \"key\"") {
        return;
    }
    let words = &seen.headings.people;
    let heading = &seen.sample.columns[at].heading;
    let (first, last) = match (without(heading, &words.first), without(heading, &words.last)) {
        (Some(whose), _) => {
            (Some(at), called(seen, &whose, &words.last).or_else(|| called(seen, &whose, &words.either)))
        }
        (None, Some(whose)) => (called(seen, &whose, &words.first), Some(at)),
        (None, None) => {
            let whose = without(heading, &words.either);
            let Some(first) = whose.and_then(|whose| called(seen, &whose, &words.first)) else { return };
            (Some(first), Some(at))
        }
    };
    match (first, last) {
        (Some(first), Some(last)) => {
            let both = list([first, last].map(|at| &seen.sample.columns[at].heading));
            planned.rule = planned.rule.replacen(&quoted(heading), &both, 1);
            planned.at = vec![first, last];
        }
        (Some(_), None) => {
            planned.doubt(&format!("“{heading}” is a first name alone, which would make one of two people: left out"));
            planned.rule.clear();
        }
        _ => planned.doubt(&format!("“{heading}” is a last name alone, which makes one of two people")),
    }
}

/// The column with the other name of the same.
fn called(seen: Seen, whose: &str, words: &[String]) -> Option<usize> {
    let columns = &seen.sample.columns;
    columns.iter().position(|column| !column.twice && without(&column.heading, words).as_deref() == Some(whose))
}
