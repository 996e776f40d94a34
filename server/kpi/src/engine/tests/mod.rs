//! The fold and its parts, by example: small tables in, readings out.
//!
//! Tables are written as tables, measures as scripts write them.

mod assess;
mod behind;
mod fold;
mod grouping;
mod keeping;
mod related;
mod rows;
mod sights;

use crate::data::cell::Group;
use crate::data::dimension::Dimension;
use crate::data::model::{Column, Kind, Model};
use crate::data::scope::Scope;
use crate::engine::fold::Fold;
use crate::engine::fold::plan::Plan;
use crate::engine::gate::Scopes;
use crate::engine::sight::Sight;
use crate::measure::Measure;
use crate::script::Language;
use crate::testing::Tables;
use crate::time::period::{Period, zone};
use jiff::Timestamp;
use keeping::Keeper;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Tables by name, each written as one: a line with the names of columns, then a line for each row; `-` is missing.
fn tables(written: &[(&str, &str)]) -> Tables {
    let (model, mut tables) = (Model::built_in(), Tables::default());
    for (name, text) in written {
        let table = model.table(name).unwrap();
        let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let names = lines.find(|names| !names.is_empty()).unwrap();
        let cell = |(name, cell): (&&str, &str)| ((*name).into(), value(table.column(name), cell));
        let row = |cells: Vec<&str>| Dynamic::from(names.iter().zip(cells).map(cell).collect::<Map>());
        let rows: Vec<Dynamic> = lines.filter(|cells| !cells.is_empty()).map(row).collect();
        tables.add(&table, &rows.into()).unwrap();
    }
    tables
}

fn value(column: Option<&Arc<Column>>, cell: &str) -> Dynamic {
    match (cell, column.map(|column| column.kind)) {
        ("-", _) => Dynamic::UNIT,
        (number, Some(Kind::Integer | Kind::Number | Kind::Money)) => number.parse::<f64>().unwrap().into(),
        (text, _) => text.into(),
    }
}

/// A measure as a script writes it.
fn measure(text: &str) -> Measure {
    let script = format!(
        r#"kpi(#{{ id: "example", title: #{{ en: "E", de: "B" }}, description: #{{ en: "E.", de: "B." }}, better: "higher", unit: "number" }});
fn measures(data) {{ #{{ it: {text} }} }}
fn value(m) {{ 1.0 }}"#
    );
    let kpis = Arc::new(Language::new()).load("example.rhai", &script);
    kpis.unwrap_or_else(|wrong| panic!("{wrong}")).remove(0).measures.remove(0).1
}

fn period(text: &str) -> Period {
    period_in("UTC", text)
}

fn period_in(zone_: &str, text: &str) -> Period {
    Period::parse(text, Timestamp::UNIX_EPOCH, &zone(zone_).unwrap()).unwrap()
}

/// What a measure reads, a line for each group: its name, and its figure in each period.
fn read(tables: &mut Tables, text: &str, by: &[Dimension], periods: &[&str]) -> Vec<String> {
    read_as_seen(tables, text, by, periods, &Sight::everything(periods.len()))
}

/// The same, as it is seen; computed and, since that must be the same, from what was kept.
fn read_as_seen(tables: &mut Tables, text: &str, by: &[Dimension], periods: &[&str], sight: &Sight) -> Vec<String> {
    let mut keeper = Keeper::new(tables);
    let computed = keeper.read(text, by, periods, sight);
    let kept = keeper.read(text, by, periods, sight);
    let has_rows = |line: &&String| !line.split(' ').skip(1).all(|figure| ["0", "-"].contains(&figure));
    if by.is_empty() {
        assert_eq!(kept, computed);
    } else {
        // Groups without rows are not kept.
        assert_eq!(kept.iter().collect::<Vec<_>>(), computed.iter().filter(has_rows).collect::<Vec<_>>());
    }
    computed
}

fn run<'a>(plan: Plan<'a>, tables: &mut Tables) -> Fold<'a> {
    let Ok(mut folds) = Fold::run(vec![plan], &Scopes::new(&[Scope::everything()]), tables);
    folds.remove(0).0
}

fn lines(fold: &Fold, measure: &Measure, by: &[Dimension]) -> Vec<String> {
    lines_as_seen(fold, measure, by, &Sight::everything(fold.plan.periods.len()))
}

fn lines_as_seen(fold: &Fold, measure: &Measure, by: &[Dimension], sight: &Sight) -> Vec<String> {
    let readings = fold.readings(measure, &by.to_vec(), sight, (0, &Scope::everything()));
    let mut groups: Vec<&Vec<Group>> = readings.groups().collect();
    groups.sort();
    let line = |groups: &Vec<Group>| {
        let line = readings.lines(groups);
        let figure = |period| measure.in_whole_units(readings.over(&[period], line).unwrap(), 10_000.0).value;
        let figures = (0..fold.plan.periods.len()).map(figure);
        let figures = figures.map(|figure| figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string()));
        label(groups).into_iter().chain(figures).collect::<Vec<_>>().join(" ")
    };
    groups.into_iter().map(line).collect()
}

/// `North/GTX`; the total has no label.
fn label(groups: &[Group]) -> Option<String> {
    let labels: Vec<&str> = groups.iter().map(|group| group.label().unwrap_or("(none)")).collect();
    (!labels.is_empty()).then(|| labels.join("/"))
}
