//! `pegel kpi value`: one KPI, one period, computed now.

use crate::cli::{self, Global};
use crate::outcome::{Done, Failure, Outcome, answer, broke, usage};
use anyhow::anyhow;
use pegel_kpi::cell::{Cell, Group, Outcome as Figure};
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::dimension::Dimension;
use pegel_kpi::figures::{Request, Row, compute};
use pegel_kpi::period::Period;
use pegel_kpi::scope::Scope;
use serde_json::{Map, Value as Json, json};

/// Computes and prints.
pub fn run(command: &cli::Value, global: &Global) -> Outcome {
    let home = global.open(&global.home())?;
    let store = home.store()?;
    let catalog = home.catalog_in_force(&store)?;
    let kpi = catalog.kpi(&command.id).map_err(usage)?;
    let now = command.as_of.unwrap_or_else(|| global.clock().now());
    let period = Period::parse(&command.period, now, &home.config.zone()).map_err(usage)?;
    let by = command.by.iter().map(|name| dimension(name)).collect::<Result<Vec<_>, _>>()?;
    let only = command.only.as_deref().map(condition).transpose()?;
    // A condition is one more dimension, of which one group is kept.
    let all: Vec<Dimension> = by.iter().copied().chain(only.as_ref().map(|(dimension, _)| *dimension)).collect();
    if by.len() > 2 || all.iter().enumerate().any(|(index, dimension)| all[..index].contains(dimension)) {
        return Err(usage(anyhow!("break down by one or two dimensions, and name each dimension once")));
    }
    kpi.check_breakdown(&all).map_err(usage)?;

    let request = Request { kpi, breakdowns: vec![all] };
    let mut reader = store.reader().map_err(broke)?;
    let figures = compute(&[request], std::slice::from_ref(&period), &Scope::everything(), now, &mut reader);
    let mut rows = figures.map_err(broke)?.remove(0).breakdowns.remove(0).rows;
    if let Some((_, wanted)) = &only {
        rows.retain(|row| row.groups.last().and_then(Group::label) == Some(wanted));
    }
    // The one cell without a breakdown is always there, even if the group asked for is not.
    let nothing = (by.is_empty() && rows.is_empty()).then(|| kpi.cell_of_nothing());
    let found = rows.iter().map(|row| (group(&by, row), &row.cells[0]));
    let cells: Vec<(Json, &Cell)> = found.chain(nothing.iter().map(|cell| (json!({}), cell))).collect();
    if command.json {
        print_json(&command.id, &period, &cells);
    } else {
        print_lines(&by, &cells);
    }
    Ok(Done::InOrder)
}

fn dimension(name: &str) -> Result<Dimension, Failure> {
    Dimension::named(name).ok_or_else(|| {
        let names = Dimension::ALL.map(Dimension::name);
        match nearest(name, names) {
            Some(near) => usage(anyhow!("“{name}” is no dimension; did you mean “{near}”?")),
            None => usage(anyhow!("“{name}” is no dimension; there are {}", names.join(", "))),
        }
    })
}

fn condition(text: &str) -> Result<(Dimension, String), Failure> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| usage(anyhow!("“{text}” is no condition: write DIM=VALUE")))?;
    Ok((dimension(name)?, value.to_owned()))
}

/// `{"region":"Central"}`; null where the dimension is missing.
fn group(by: &[Dimension], row: &Row) -> Json {
    let named = |(dimension, group): (&Dimension, &Group)| (dimension.name().to_owned(), json!(group.label()));
    Json::Object(by.iter().zip(&row.groups).map(named).collect::<Map<_, _>>())
}

/// Other programs build on this form.
fn print_json(id: &str, period: &Period, cells: &[(Json, &Cell)]) {
    let cell = |(group, cell): &(Json, &Cell)| {
        let mut object = Map::from_iter([("group".to_owned(), group.clone())]);
        if let Ok(Json::Object(fields)) = serde_json::to_value(cell) {
            object.extend(fields);
        }
        Json::Object(object)
    };
    let cells: Vec<Json> = cells.iter().map(cell).collect();
    answer(json!({ "kpi": id, "period": period.to_string(), "cells": cells }));
}

fn print_lines(by: &[Dimension], cells: &[(Json, &Cell)]) {
    if cells.is_empty() {
        answer("no_rows");
    }
    for (group, cell) in cells {
        let labels = by.iter().map(|dimension| group[dimension.name()].as_str().unwrap_or("–").to_owned());
        let mut line: Vec<String> = labels.collect();
        line.push(match &cell.outcome {
            Figure::Value { value } => value.to_string(),
            absent => absent.state().to_owned(),
        });
        if let (Some(numerator), Some(denominator)) = (cell.numerator, cell.denominator) {
            line.push(format!("{numerator} of {denominator}"));
        }
        line.extend(cell.beside.iter().map(|beside| format!("{} {}", beside.name, beside.value)));
        answer(line.join("\t"));
        if let Figure::ScriptError { message } = &cell.outcome {
            eprintln!("{message}");
        }
    }
}
