//! `pegel report list`: the reports that are set up.

use crate::composer::{check, scheduled};
use crate::ending::{Done, Ending, answer, answer_json, broke, usage};
use crate::home::{Home, say_problem};
use jiff::Timestamp;
use pegel_home::Problem;
use pegel_kpi::time::calendar::Calendar;
use pegel_report::ReportError;
use pegel_report::definition::{self, ReportDefinition, Schedule};
use pegel_report::render::Templates;
use pegel_text::clean::one_line;
use pegel_text::words::Words;
use serde::Serialize;
use std::sync::Arc;

/// A report, for programs.
#[derive(Serialize)]
struct Listed<'a> {
    name: String,
    /// By language.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a pegel_text::translated::Translated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'a str>,
    /// When it is made next; missing if it is made on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Timestamp>,
    /// How many entries name somebody who gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<usize>,
    /// Why it cannot be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Lists them, those that are not in order with what is wrong.
pub fn run(json: bool, home: &Home, now: Timestamp) -> Ending {
    let words = Words::english();
    // Without scripts that are in order, nothing can be said of what reports ask of them.
    let catalog = home.catalog().ok();
    let calendar = catalog.as_ref().map(|catalog| Arc::clone(&catalog.calendar));
    let templates = Templates::follow(&home.path).map_err(broke)?.current();
    let checked = |definition: ReportDefinition| match &catalog {
        Some(catalog) => check(&definition, catalog, &templates.value).map(|()| definition),
        None => templates.value.check(&definition).map(|()| definition),
    };
    let all = definition::all(&home.path).map_err(usage)?;
    let all: Vec<(String, Result<ReportDefinition, ReportError>)> =
        all.into_iter().map(|(name, definition)| (name, definition.and_then(checked))).collect();
    if json {
        let listed: Vec<Listed> = all
            .iter()
            .map(|(name, definition)| match definition {
                Ok(definition) => Listed {
                    name: name.clone(),
                    title: Some(&definition.title),
                    every: Some(definition.every.name()),
                    zone: Some(&definition.zone),
                    next: calendar.as_ref().and_then(|calendar| next(definition, calendar, now)),
                    recipients: Some(definition.recipients.len()),
                    problem: None,
                },
                Err(error) => {
                    let (name, problem) = (name.clone(), Some(error.to_string()));
                    Listed { name, title: None, every: None, zone: None, next: None, recipients: None, problem }
                }
            })
            .collect();
        answer_json(&listed);
        return Ok(Done::InOrder);
    }
    for (name, definition) in all {
        match definition {
            Ok(definition) => {
                let title = one_line(definition.title.in_english());
                let recipients = words.say("counted_recipients", [("count", definition.recipients.len().into())]);
                answer(format_args!("{name}\t{title}\t{}\t{recipients}", due(&definition)));
            }
            Err(error) => {
                let Problem { file, message } = Problem::new(definition::file_of(&name), &error);
                say_problem(&file, &message);
            }
        }
    }
    Ok(Done::InOrder)
}

/// `every monday at 07:00, Europe/Berlin`
pub fn due(definition: &ReportDefinition) -> String {
    definition.schedule.as_ref().map_or_else(|| "on request".to_owned(), Schedule::text)
}

/// When it is made next.
pub fn next(definition: &ReportDefinition, calendar: &Arc<Calendar>, now: Timestamp) -> Option<Timestamp> {
    scheduled(definition, calendar).ok()??.next(now)
}
