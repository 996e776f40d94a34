//! What a row refers to.

use super::assign::Held;
use super::making::{Making, Planned, Related};
use super::toml::quoted;
use pegel_kpi::data::model::{Kind, Reference};

impl Making<'_> {
    pub fn references(&mut self) {
        for reference in &self.assigned.table.references {
            if !self.is_of_line(&reference.column.name) {
                self.reference(reference);
            }
        }
    }

    fn reference(&mut self, reference: &Reference) {
        let column = &*reference.column.name;
        let name = self.held(column).map(|held| held.at);
        let key = self.assigned.held(column, true).map(|held| held.at);
        let Some(found) = key.or(name) else { return };
        let within = format!("{column}.");
        let further = self.assigned.held.iter().filter(|held| held.column.starts_with(&within));
        let further: Vec<&Held> = further.collect();
        let target = &*reference.table;
        if *self.assigned.table.name == *target {
            return self.plan.of_own.push((column.to_owned(), found));
        }
        let twice = self.plan.related.iter().any(|related| related.table == target);
        let heading = quoted(&self.column(found).heading);
        let named = key.is_some() && name.is_some();
        if (named || !further.is_empty()) && !twice {
            let line = |column: &str, at: usize| Planned {
                column: column.to_owned(),
                rule: quoted(&self.column(at).heading),
                kind: Kind::Text,
                at: vec![at],
                why: None,
                is_sure: true,
            };
            let mut columns: Vec<Planned> = name.map(|at| line("name", at)).into_iter().collect();
            columns.extend(further.iter().map(|held| line(&held.column[within.len()..], held.at)));
            self.plan.related.push(Related { table: target.to_owned(), key: found, columns });
            let why = format!("found among the {target} above");
            return self.push(
                column,
                format!("{{ from = {heading}, lookup = \"key\" }}"),
                vec![found],
                Some(why),
                true,
            );
        }
        let by = if key.is_some() { "key" } else { "name" };
        // What a row came from is not made up.
        let (policy, why) = match target {
            "leads" | "opportunities" => ("optional", format!("looked for among the {target} that are there")),
            _ => ("create", format!("{target} that are not there yet are added")),
        };
        let rule = format!("{{ from = {heading}, lookup = \"{by}\", policy = \"{policy}\" }}");
        self.push(column, rule, vec![found], Some(why), true);
    }
}
