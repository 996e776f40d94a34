//! Names of people that stand in two columns: the first name alone makes one of two people.

use super::headings::without;
use super::making::{Making, Planned};
use super::toml::{list, quoted};
use pegel_kpi::data::model::Kind;

impl Making<'_> {
    /// Joins first names with last names.
    pub fn full_names(&mut self) {
        let mut columns = std::mem::take(&mut self.plan.columns);
        for planned in &mut columns {
            self.full_name(planned);
        }
        self.plan.columns = columns;
        let mut related = std::mem::take(&mut self.plan.related);
        related.iter_mut().flat_map(|one| &mut one.columns).for_each(|planned| self.full_name(planned));
        self.plan.related = related;
    }

    fn full_name(&self, planned: &mut Planned) {
        let [at] = *planned.at else { return };
        // A key is one however it is called.
        if planned.kind != Kind::Text || planned.rule.is_empty() || planned.rule.contains("lookup = \"key\"") {
            return;
        }
        let words = &self.seen.headings.people;
        let heading = &self.column(at).heading;
        let (first, last) = match (without(heading, &words.first), without(heading, &words.last)) {
            (Some(whose), _) => {
                (Some(at), self.called(&whose, &words.last).or_else(|| self.called(&whose, &words.either)))
            }
            (None, Some(whose)) => (self.called(&whose, &words.first), Some(at)),
            (None, None) => {
                let whose = without(heading, &words.either);
                let Some(first) = whose.and_then(|whose| self.called(&whose, &words.first)) else { return };
                (Some(first), Some(at))
            }
        };
        match (first, last) {
            (Some(first), Some(last)) => {
                let both = list([first, last].map(|at| &self.column(at).heading));
                planned.rule = planned.rule.replacen(&quoted(heading), &both, 1);
                planned.at = vec![first, last];
            }
            (Some(_), None) => {
                planned
                    .doubt(&format!("“{heading}” is a first name alone, which would make one of two people: left out"));
                planned.rule.clear();
            }
            _ => planned.doubt(&format!("“{heading}” is a last name alone, which makes one of two people")),
        }
    }

    /// The column with the other name of the same.
    fn called(&self, whose: &str, words: &[String]) -> Option<usize> {
        let columns = &self.seen.sample.columns;
        columns.iter().position(|column| !column.twice && without(&column.heading, words).as_deref() == Some(whose))
    }
}
