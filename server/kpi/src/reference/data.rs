//! The chapter on the data: every table with its columns, what they mean, and what refers to what.

use super::blocks::{Block, Text};
use crate::data::dimension::Dimension;
use crate::data::model::{Column, Kind, TABLES, Table};

/// What a row of each table is.
const ROWS: &[(&str, &str)] = &[
    ("partners", "A partner who sells for you."),
    ("reps", "A person who sells, yours or a partner's."),
    ("products", "A product."),
    ("customers", "A customer."),
    ("leads", "Somebody who may buy, from the first sign of interest until won or lost."),
    ("lead_offers", "One offer of a lead to one partner; a lead may be offered to several, one after another."),
    ("opportunities", "A deal that is being worked on."),
    ("opportunity_changes", "What an opportunity was before it was changed; see `as_of`."),
    ("orders", "One line of an order."),
    ("activities", "A call, a meeting, or other work of a rep."),
    ("targets", "A plan: what is to be reached from one day to another."),
    ("forecasts", "What was forecast, on a certain day, for the time from one day to another."),
    ("costs", "Money spent."),
    ("surveys", "One answer to a survey."),
    ("observations", "A number of a day from elsewhere: visits of the website, followers, prices."),
];

/// What columns hold, where the name alone does not say it.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("partners", "tier", "such as `gold`"),
    ("partners", "certified_on", "since when the partner is certified"),
    ("reps", "hired_on", "first day"),
    ("reps", "ramped_on", "the day on which the rep first reached the quota"),
    ("reps", "left_on", "last day; missing while the rep is there"),
    ("products", "line", "group of products"),
    ("customers", "segment", "such as `private` or `business`"),
    ("customers", "channel", "by which way won"),
    ("customers", "acquired_at", "since when a customer"),
    ("customers", "churned_at", "until when; missing while it is one"),
    ("leads", "source", "where it came from: website, trade fair, recommendation, … in your own words"),
    ("leads", "campaign", "name of the campaign"),
    ("leads", "quality", "`hot`, `warm` or `cold`"),
    ("leads", "created_at", "first known"),
    ("leads", "qualified_at", "found to be worth selling to"),
    ("leads", "offered_at", "offered to a partner"),
    ("leads", "accepted_at", "accepted by a partner"),
    ("leads", "contacted_at", "first contact"),
    ("leads", "quoted_at", "got a quote"),
    ("leads", "feedback_at", "the partner reported back"),
    ("leads", "closed_at", "won or lost; missing while open"),
    ("leads", "outcome", "`won` or `lost`; missing while open"),
    ("leads", "amount", "what it is worth"),
    ("lead_offers", "answer", "`accepted`, `declined` or `expired`; missing while open"),
    ("lead_offers", "level", "1 for the first partner asked, 2 for the next, …"),
    ("opportunities", "stage", "such as `qualified`, `proposal` or `negotiation`"),
    ("opportunities", "probability", "of winning it, from 0 to 1"),
    ("opportunities", "contract_months", "how long the contract runs"),
    ("opportunities", "closed_at", "won or lost; missing while open"),
    ("opportunities", "outcome", "`won` or `lost`; missing while open"),
    ("opportunity_changes", "changed_at", "until when the values beside it held"),
    ("orders", "number", "of the order: lines of one order have the same; count orders with `distinct`"),
    ("orders", "amount", "price of the line"),
    ("orders", "cost", "what it cost you"),
    ("orders", "cancelled_at", "missing unless cancelled"),
    ("orders", "complained_at", "missing unless somebody complained"),
    ("activities", "kind", "`call`, `email`, `social`, `meeting`, `demo`, `visit` or `admin`"),
    ("activities", "minutes", "how long it took"),
    ("targets", "metric", "what is planned, such as `revenue`"),
    ("targets", "starts_on", "first day"),
    ("targets", "ends_on", "last day"),
    ("forecasts", "metric", "what is forecast, such as `revenue`"),
    ("forecasts", "given_on", "the day on which it was made"),
    ("forecasts", "starts_on", "first day of what is forecast"),
    ("forecasts", "ends_on", "last day of it"),
    ("costs", "category", "such as `marketing` or `sales`"),
    ("surveys", "kind", "such as `nps` or `csat`"),
    ("surveys", "score", "what was answered"),
    ("observations", "metric", "what was observed, such as `followers` or `website_visits`"),
];

/// A part for each table.
pub fn blocks() -> Vec<Block> {
    TABLES.iter().flat_map(table).collect()
}

/// Which tables carry each dimension.
pub fn dimensions() -> Block {
    let carried = |dimension: Dimension| {
        let tables = TABLES.iter().filter(|table| dimension.of(table).is_some());
        code(tables.map(|table| table.name))
    };
    let row = |dimension: Dimension| {
        let tables =
            if dimension == Dimension::Month { "all, by the date of `dated`".to_owned() } else { carried(dimension) };
        vec![format!("`{dimension}`").as_str().into(), tables.as_str().into()]
    };
    Block::Table { head: vec!["Dimension", "Tables"], rows: Dimension::ALL.map(row).to_vec() }
}

fn table(table: &'static Table) -> Vec<Block> {
    let what = ROWS.iter().find(|(name, _)| *name == table.name).map_or("", |(_, what)| what);
    let columns = table.columns.iter().filter(|column| is_described(table, column)).map(|column| {
        let note = note(table, column.name);
        vec![format!("`{}`", column.name).as_str().into(), described(column.kind).into(), note.into()]
    });
    let references = table.references.iter().map(|reference| {
        let to = format!("a row of `{}`", reference.table);
        vec![format!("`{}`", reference.name).as_str().into(), to.as_str().into(), Text::from("")]
    });
    let mut blocks = vec![
        Block::Heading { id: format!("table-{}", table.name), title: format!("data.{}", table.name) },
        Block::Text { text: what.into() },
        Block::Table { head: vec!["Column", "Kind", ""], rows: columns.chain(references).collect() },
    ];
    let children = code(TABLES.iter().map(|child| child.name).filter(|name| table.children(name).is_some()));
    if !children.is_empty() {
        blocks.push(Block::Text { text: format!("Related rows: {children}.").as_str().into() });
    }
    blocks
}

/// Keys say nothing, and references are shown under their own names.
fn is_described(table: &Table, column: &Column) -> bool {
    !["id", "key"].contains(&column.name) && table.references.iter().all(|reference| reference.column != column.name)
}

fn note(table: &Table, column: &str) -> &'static str {
    COLUMNS.iter().find(|(of, name, _)| (*of, *name) == (table.name, column)).map_or("", |(.., note)| note)
}

/// `a`, `b`
fn code(names: impl Iterator<Item = &'static str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::model;

    #[test]
    fn what_is_said_about_tables_and_columns_is_about_those_there_are() {
        let said: Vec<&str> = ROWS.iter().map(|(name, _)| *name).collect();
        let tables: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(said, tables);
        for (of, column, _) in COLUMNS {
            assert!(model::table(of).unwrap().column(column).is_some(), "{of}.{column}");
        }
    }
}
