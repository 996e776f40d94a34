//! `pegel kpi value`: one KPI, one period, computed now.

use crate::cli::{self, Global};
use crate::outcome::{Done, Failure, Outcome, answer, answer_json, broke, note, usage};
use anyhow::anyhow;
use pegel_kpi::data::cell::{Cell, Group, Outcome as Figure};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::engine::comparison::{Compared, compare};
use pegel_kpi::engine::figures::{Request, Row, compute};
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_text::clean::one_line;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

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

    let mut reader = store.reader().map_err(broke)?;
    let everything = Scope::everything();
    let mut rows = if command.compare {
        compare(kpi, &all, &period, &everything, now, &mut reader).map_err(broke)?
    } else {
        let request = Request { kpi, breakdowns: vec![all] };
        let figures = compute(&[request], std::slice::from_ref(&period), &everything, now, &mut reader);
        figures.map_err(broke)?.remove(0).breakdowns.remove(0).rows.into_iter().filter_map(alone).collect()
    };
    if let Some((_, wanted)) = &only {
        rows.retain(|row| row.groups.last().and_then(Group::label) == Some(wanted));
    }
    // The one cell without a breakdown is always there, even if the group asked for is not.
    if by.is_empty() && rows.is_empty() {
        rows.extend(alone(Row { groups: Vec::new(), cells: vec![kpi.cell_of_nothing()] }));
    }
    if command.json {
        print_json(&command.id, &period, &by, &rows);
    } else {
        let zone = home.config.zone();
        let format = Format::new("en", &home.config.currency.code, zone.iana_name().unwrap_or("UTC"));
        print_lines(&by, &rows, &Figures { format, unit: kpi.declaration.unit });
    }
    let errors: BTreeSet<&str> = rows.iter().flat_map(errors).collect();
    errors.iter().for_each(note);
    Ok(if errors.is_empty() { Done::InOrder } else { Done::NotInOrder })
}

/// What went wrong in the script, for the figure and those beside it.
fn errors(row: &Compared) -> impl Iterator<Item = &str> {
    let cells = [Some(&row.cell), row.before.as_ref(), row.year_before.as_ref()];
    cells.into_iter().flatten().filter_map(|cell| match &cell.outcome {
        Figure::ScriptError { message } => Some(message.as_str()),
        _ => None,
    })
}

/// A figure beside nothing.
fn alone(row: Row) -> Option<Compared> {
    let cell = row.cells.into_iter().next()?;
    Some(Compared { groups: row.groups, cell, before: None, year_before: None, target: None })
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
fn group(by: &[Dimension], groups: &[Group]) -> Json {
    let named = |(dimension, group): (&Dimension, &Group)| (dimension.name().to_owned(), json!(group.label()));
    Json::Object(by.iter().zip(groups).map(named).collect::<Map<_, _>>())
}

/// Other programs build on this form.
fn print_json(id: &str, period: &Period, by: &[Dimension], rows: &[Compared]) {
    let cell = |row: &Compared| {
        let mut object = Map::from_iter([("group".to_owned(), group(by, &row.groups))]);
        if let Ok(Json::Object(fields)) = serde_json::to_value(&row.cell) {
            object.extend(fields);
        }
        let beside =
            [("before", json!(row.before)), ("year_before", json!(row.year_before)), ("target", json!(row.target))];
        object.extend(
            beside.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)),
        );
        Json::Object(object)
    };
    let cells: Vec<Json> = rows.iter().map(cell).collect();
    answer_json(&json!({ "kpi": id, "period": period.to_string(), "cells": cells }));
}

fn print_lines(by: &[Dimension], rows: &[Compared], figures: &Figures) {
    if rows.is_empty() {
        answer("no_rows");
    }
    for Compared { groups, cell, before, year_before, target } in rows {
        let labels = by.iter().zip(groups).map(|(_, group)| one_line(group.label().unwrap_or("–")).into_owned());
        let mut line: Vec<String> = labels.collect();
        line.push(figures.cell(cell));
        if let (Some(numerator), Some(denominator)) = (cell.numerator, cell.denominator) {
            line.push(format!("{} of {}", figures.numerator(numerator), figures.number(denominator)));
        }
        if let Some(interval) = cell.interval {
            line.push(format!("{} to {}", figures.value(interval.low), figures.value(interval.high)));
        }
        line.extend(cell.provisional.then(|| "provisional".to_owned()));
        line.extend(
            cell.beside.iter().map(|beside| format!("{} {}", one_line(&beside.name), figures.value(beside.value))),
        );
        line.extend(before.iter().map(|before| format!("before {}", figures.cell(before))));
        line.extend(year_before.iter().map(|before| format!("a year before {}", figures.cell(before))));
        line.extend(target.map(|target| format!("target {}", figures.value(target))));
        answer(line.join("\t"));
    }
}

/// Writes the figures of a KPI for people.
struct Figures {
    format: Format,
    unit: Unit,
}

impl Figures {
    fn written(&self, value: f64, unit: Unit) -> String {
        // In a terminal there are no lines to keep together, and what is searched for is typed with plain blanks.
        self.format.value(value, unit).replace(['\u{a0}', '\u{202f}'], " ")
    }

    fn value(&self, value: f64) -> String {
        self.written(value, self.unit)
    }

    /// The figure, or the name of what it is instead, as in JSON.
    fn cell(&self, cell: &Cell) -> String {
        match &cell.outcome {
            Figure::Value { value } => self.value(*value),
            absent => absent.state().to_owned(),
        }
    }

    /// A part of a figure: what a mean of money or time divides is money or time itself.
    fn numerator(&self, numerator: f64) -> String {
        match self.unit {
            Unit::Money | Unit::Duration => self.value(numerator),
            Unit::Percent | Unit::Count | Unit::Number => self.number(numerator),
        }
    }

    fn number(&self, number: f64) -> String {
        self.written(number, if number.fract() == 0.0 { Unit::Count } else { Unit::Number })
    }
}
