//! The chapter on the data: every table with its columns, their meaning, and references.

use super::blocks::{Block, Text};
use crate::data::dimension::Dimension;
use crate::data::model::{Column, Kind, Model, Table};

/// The first columns, `id` and `key`, are left out: every table has them. References are shown under their own names.
const KEYS: usize = 2;

/// A section for each table.
pub fn blocks(model: &Model) -> Vec<Block> {
    model.tables().flat_map(|of| table(&of)).collect()
}

/// Which tables carry each dimension.
pub fn dimensions(model: &Model) -> Block {
    let carried = |dimension: &Dimension| {
        let has = |table: &&str| model.table(table).is_some_and(|table| table.located(dimension).is_some());
        code(model.names().filter(has))
    };
    let row = |dimension: &Dimension| {
        let tables =
            if *dimension == Dimension::MONTH { "all, by the date of `dated`".to_owned() } else { carried(dimension) };
        vec![format!("`{dimension}`").as_str().into(), tables.as_str().into()]
    };
    Block::Table { head: vec!["Dimension", "Tables"], rows: model.dimensions().map(row).collect() }
}

fn table(table: &Table) -> Vec<Block> {
    let columns = table.columns.iter().skip(KEYS).filter(|column| table.reference_in(column).is_none());
    let columns = columns.map(|column| {
        let Column { name, kind, holds, spans, .. } = &**column;
        let spans = if *spans { "in a breakdown, as it was then" } else { "" };
        let said: Vec<&str> = [&**holds, spans].into_iter().filter(|said| !said.is_empty()).collect();
        vec![format!("`{name}`").as_str().into(), described(*kind).into(), said.join("; ").as_str().into()]
    });
    let declared = table.declared.iter().map(|column| {
        let name = format!("`attr({:?})`", column.name);
        vec![name.as_str().into(), described(column.kind).into(), (*column.holds).into()]
    });
    let references = table.references.iter().map(|reference| {
        let to = format!("a row of `{}`", reference.table);
        vec![format!("`{}`", reference.name).as_str().into(), to.as_str().into(), Text::from("")]
    });
    let mut blocks = vec![
        Block::Heading { id: format!("table-{}", table.name), title: format!("data.{}", table.name) },
        Block::Text { text: (*table.row).into() },
        Block::Table { head: vec!["Column", "Kind", ""], rows: columns.chain(references).chain(declared).collect() },
    ];
    let children = code(table.all_children());
    if !children.is_empty() {
        blocks.push(Block::Text { text: format!("Related rows: {children}.").as_str().into() });
    }
    blocks
}

/// `a`, `b`
fn code<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "whole number",
        Kind::Number => "number",
        Kind::Money => "money",
        Kind::Instant => "instant",
        Kind::Date => "date",
        Kind::Text => "text",
        Kind::Boolean => "yes/no",
    }
}
