//! The numbers of one of two editions, each known by what tells it from the others.

use crate::numbers::{BreakdownTable, CrossTable, Group, GroupHead, Held, KpiBlock, Numbers, Said};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::threshold::Status;
use pegel_store::edition::SourceHash;
use std::collections::HashMap;

/// An edition that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    pub numbers: &'a Numbers,
    pub sources: &'a [SourceHash],
}

/// By what a number is broken down: nothing for the total, two groups for a cell of a crossed table.
pub type Groups = [Option<GroupHead>; 2];

/// What tells a number from the others of its edition: the KPI, the rows that it counts (it may stand in several sections,
/// each about other rows), and the groups, whatever they are called.
type Key = (String, Scope, Groups);

/// A table of an edition: the KPI, the rows that it counts, and the dimensions.
type Table<'a> = (&'a str, &'a Scope, [Option<&'a str>; 2]);

/// A number of an edition.
pub struct Number<'a> {
    pub block: &'a KpiBlock,
    /// The only rows that it counts.
    pub filter: &'a Scope,
    pub groups: Groups,
    pub said: Said,
}

impl Number<'_> {
    /// What tells it from the others.
    fn key(&self) -> Key {
        (self.block.id.clone(), self.filter.clone(), self.groups.each_ref().map(|head| head.as_ref().map(nameless)))
    }

    /// The table in which it stands.
    fn table(&self) -> Table<'_> {
        let by = self.groups.each_ref().map(|head| head.as_ref().map(|head| head.dimension.as_str()));
        (&self.block.id, self.filter, by)
    }
}

/// All that an edition says.
pub struct Side<'a> {
    /// In the order of the edition: of each KPI its total, then its groups, then pairs of them. What stands in two sections
    /// that are about the same rows is there once.
    pub numbers: Vec<Number<'a>>,
    places: HashMap<Key, usize>,
    blocks: HashMap<Table<'a>, &'a KpiBlock>,
}

impl<'a> Side<'a> {
    /// The numbers of an edition.
    pub fn of(edition: &'a Numbers) -> Side<'a> {
        let mut side = Side { numbers: Vec::new(), places: HashMap::new(), blocks: HashMap::new() };
        for section in &edition.sections {
            for block in &section.kpis {
                side.add(&section.filter, block);
            }
        }
        side
    }

    fn add(&mut self, filter: &'a Scope, block: &'a KpiBlock) {
        let KpiBlock { id, breakdowns, crossed, .. } = block;
        let number = |groups: Groups, said: Said| Number { block, filter, groups, said };
        let mut add = |by: [Option<&'a str>; 2], numbers: Vec<Number<'a>>| {
            self.blocks.entry((id, filter, by)).or_insert(block);
            for number in numbers {
                let new = self.numbers.len();
                let place = *self.places.entry(number.key()).or_insert(new);
                if place == new {
                    self.numbers.push(number);
                }
            }
        };
        add([None, None], vec![number([None, None], said(block.held(), &block.previous, block.year_before.as_ref()))]);
        for BreakdownTable { dimension, rows, .. } in breakdowns {
            let rows = rows.iter().map(|row| {
                let said = said(row.held(), &row.previous, row.year_before.as_ref());
                number([Some(head(dimension, &row.group)), None], said)
            });
            add([Some(dimension), None], rows.collect());
        }
        for CrossTable { lines_by, columns_by, columns, lines } in crossed {
            let pairs = lines.iter().flat_map(|line| {
                columns.iter().zip(&line.cells).filter_map(|(column, cell)| {
                    let groups = [(lines_by, &line.group), (columns_by, column)];
                    let groups = groups.map(|(dimension, group)| Some(head(dimension, group)));
                    Some(number(groups, figure_alone(cell.as_ref()?)))
                })
            });
            add([Some(lines_by), Some(columns_by)], pairs.collect());
        }
    }

    /// The same number as one of another edition; `None` if this one does not have it.
    pub fn same_as(&self, number: &Number) -> Option<&Number<'a>> {
        self.places.get(&number.key()).map(|place| &self.numbers[*place])
    }

    /// The KPI in whose tables there is, or could be, the same number as one of another edition; `None` if no such table
    /// is shown.
    pub fn block_of(&self, number: &Number) -> Option<&'a KpiBlock> {
        self.blocks.get(&number.table()).copied()
    }
}

/// What a table says of a number: how it is held against marks and target, and what it is compared with.
fn said(held: Held, previous: &Cell, year_before: Option<&Cell>) -> Said {
    let Held { cell, status, assessment, target } = held;
    Said {
        cell: cell.clone(),
        status,
        target,
        judged: assessment.map(|assessment| assessment.judged.clone()),
        previous: previous.outcome.value(),
        year_before: year_before.and_then(|cell| cell.outcome.value()),
    }
}

/// The same of a pair of groups, of which nothing else is said.
fn figure_alone(cell: &Cell) -> Said {
    let (status, target) = (Status::Unjudged, None);
    Said { cell: cell.clone(), status, target, judged: None, previous: None, year_before: None }
}

fn head(dimension: &str, group: &Group) -> GroupHead {
    GroupHead { dimension: dimension.to_owned(), group: group.clone() }
}

/// Rows are known by their ids: who was renamed, or whose name was erased, is still the same.
fn nameless(head: &GroupHead) -> GroupHead {
    let group = match &head.group {
        Group::Row { id, .. } => Group::Row { id: *id, label: None },
        other => other.clone(),
    };
    GroupHead { dimension: head.dimension.clone(), group }
}
