//! Which rows wait, and who belongs to each.

use crate::AlertError;
use crate::definition::{AlertDefinition, WatchedRows, Whom};
use crate::escalate::Waiting;
use pegel_kpi::data::batch::Batch;
use pegel_kpi::data::model::{Model, Table};
use pegel_kpi::data::path::{Path, Projection};
use pegel_kpi::data::scan::{Scan, Source, Window};
use pegel_report::few::{each_of, number, text};

/// A row that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub waiting: Waiting,
    /// What its partner is called, if it has one.
    pub partner: Option<String>,
    /// What its rep is called, if it has one.
    pub rep: Option<String>,
    people: People,
}

/// Who belongs to a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct People {
    partner: Option<Person>,
    rep: Option<Person>,
    manager: Option<Person>,
}

/// Somebody who can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// A mail address.
    pub to: String,
    /// As stored: `de`, `de-AT`.
    pub language: Option<String>,
}

impl Row {
    /// Who is told of it, of that kind; `None` where nobody is known, and of the recipients of the rule.
    pub fn person(&self, whom: Whom) -> Option<&Person> {
        match whom {
            Whom::Partner => self.people.partner.as_ref(),
            Whom::Rep => self.people.rep.as_ref(),
            Whom::Manager => self.people.manager.as_ref(),
            Whom::Recipients => None,
        }
    }
}

/// What is read of each row beside its instants, by the names of foreign keys and columns.
const PEOPLE: [&[&str]; 6] = [
    &["partner", "name"],
    &["partner", "contact_email"],
    &["partner", "language"],
    &["rep", "name"],
    &["rep", "email"],
    &["rep", "manager", "email"],
];

/// The rows that wait at `now`, in UTC seconds, the longest first. What happens later is not known yet.
///
/// # Errors
/// If the rule names what the data model does not have, or the data cannot be read.
pub fn waiting<S>(
    definition: &AlertDefinition,
    rows: &WatchedRows,
    (model, source): (&Model, &mut S),
    now: i64,
) -> Result<Vec<Row>, AlertError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let wrong = |name: &str, message: String| definition.wrong(&format!("\"{name}\""), message, "");
    let table = model.table(&rows.table);
    let table = table.ok_or_else(|| wrong(&rows.table, format!("there is no table {}", rows.table)))?;
    let instant = |name: &String| {
        let known = table.column(name).map(Path::own);
        known.ok_or_else(|| wrong(name, format!("{} have no {name}", rows.table)))
    };
    let since = rows.since.iter().map(instant).collect::<Result<Vec<_>, _>>()?;
    let until = rows.until.iter().map(instant).collect::<Result<Vec<_>, _>>()?;
    let oldest = now.saturating_sub(rows.at_most.seconds());
    let ranges = std::iter::once(oldest..now.saturating_add(1)).collect();
    let window = Window { path: since[0].clone(), ranges, lasting: None };
    let instants = since.len()..since.len() + until.len();
    let people: Vec<Option<Path>> = PEOPLE.iter().map(|names| path(&table, names)).collect();
    let columns: Vec<Path> = std::iter::once(Path::own(table.key()))
        .chain(since)
        .chain(until)
        .chain(people.iter().flatten().cloned())
        .collect();
    let scan = Scan {
        table,
        columns: columns.into_iter().map(Projection::of).collect(),
        window: Some(window),
        scope: definition.scope.clone(),
    };
    let row = |batch: &Batch, at: usize| {
        let instant = |column: usize| known(number(batch, at, column + 1)?, now);
        let waits = instant(0).is_some() && instants.clone().all(|column| instant(column).is_none());
        let since = (0..instants.start).filter_map(instant).max().filter(|_| waits)?;
        let mut column = instants.end + 1;
        let mut texts = people.iter().map(|path| {
            path.as_ref()?;
            column += 1;
            text(batch, at, column - 1)
        });
        let mut next = || texts.next().flatten();
        let (partner, partner_to, language) = (next(), next(), next());
        let (rep, rep_to, manager_to) = (next(), next(), next());
        let person = |to: Option<String>, language: Option<String>| to.map(|to| Person { to, language });
        Some(Row {
            waiting: Waiting { key: text(batch, at, 0)?, since },
            partner,
            rep,
            people: People {
                partner: person(partner_to, language),
                rep: person(rep_to, None),
                manager: person(manager_to, None),
            },
        })
    };
    let mut found = each_of(&scan, source, row)?;
    found.sort_by(|one, other| (one.waiting.since, &one.waiting.key).cmp(&(other.waiting.since, &other.waiting.key)));
    Ok(found)
}

/// An instant that has come by now.
fn known(instant: f64, now: i64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "an instant, in whole seconds")]
    let instant = instant as i64;
    (instant <= now).then_some(instant)
}

fn path(table: &Table, names: &[&str]) -> Option<Path> {
    table.path(names)
}
