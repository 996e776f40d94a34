//! `pegel report show`: what a report is about, when it is made, who gets it.

use super::listed::{due, next};
use crate::ending::{Done, Ending, answer, answer_json, usage};
use crate::home::Home;
use jiff::Timestamp;
use pegel_kpi::data::dimension::Dimension;
use pegel_report::definition::{self, KpiRequest, ReportDefinition, SectionDefinition};
use pegel_text::clean::one_line;
use pegel_text::translated::Translated;
use pegel_text::words::Words;
use serde::Serialize;

/// A report, for programs.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    file: &'a str,
    title: &'a Translated,
    every: &'static str,
    zone: &'a str,
    locale: &'a str,
    trend: usize,
    /// `null` if it is made on request.
    next: Option<Timestamp>,
    recipients: usize,
    sections: Vec<Section<'a>>,
}

#[derive(Serialize)]
struct Section<'a> {
    title: &'a Translated,
    kpis: Vec<Kpi<'a>>,
    scorecard: Option<&'a str>,
    /// The KPIs whose rows are listed.
    lists: Vec<&'a str>,
    filter: &'a definition::Filter,
    controlling: bool,
}

#[derive(Serialize)]
struct Kpi<'a> {
    id: &'a str,
    /// The dimensions of each of its tables.
    by: Vec<Vec<String>>,
}

/// Shows one.
pub fn run(name: &str, json: bool, home: &Home, now: Timestamp) -> Ending {
    let definition = definition::find(&home.path, name).map_err(usage)?;
    let next = home.catalog().ok().and_then(|catalog| next(&definition, &catalog.calendar, now));
    if json {
        answer_json(&shown(&definition, next));
    } else {
        say(&definition, next);
    }
    Ok(Done::InOrder)
}

fn shown(definition: &ReportDefinition, next: Option<Timestamp>) -> Shown<'_> {
    Shown {
        name: &definition.name,
        file: &definition.file,
        title: &definition.title,
        every: definition.every.name(),
        zone: &definition.zone,
        locale: &definition.locale,
        trend: definition.trend,
        next,
        recipients: definition.recipients.len(),
        sections: definition.sections.iter().map(section).collect(),
    }
}

fn section(section: &SectionDefinition) -> Section<'_> {
    Section {
        title: &section.title,
        kpis: section.kpis.iter().map(|kpi| Kpi { id: &kpi.id, by: tables(kpi) }).collect(),
        scorecard: section.scorecard.as_ref().map(Dimension::name),
        lists: section.lists.iter().map(|list| list.kpi.as_str()).collect(),
        filter: &section.filter,
        controlling: section.controlling,
    }
}

fn tables(kpi: &KpiRequest) -> Vec<Vec<String>> {
    kpi.by().map(|by| by.iter().map(ToString::to_string).collect()).collect()
}

fn say(definition: &ReportDefinition, next: Option<Timestamp>) {
    let words = Words::english();
    let every = definition.every.name();
    answer(one_line(definition.title.in_english()));
    answer(format_args!("file        {}", definition.file));
    answer(format_args!("covers      every {every}, {} {every}s of course, in {}", definition.trend, definition.zone));
    answer(format_args!("due         {}", due(definition)));
    if let Some(next) = next {
        answer(format_args!("next        {next}"));
    }
    let recipients = words.say("counted_recipients", [("count", definition.recipients.len().into())]);
    answer(format_args!("mailed to   {recipients}, in {} unless they say otherwise", definition.locale));
    for section in &definition.sections {
        answer(format_args!("\n{}", one_line(section.title.in_english())));
        for (dimension, texts) in &section.filter {
            answer(format_args!("  only {dimension} {}", texts.join(", ")));
        }
        for kpi in &section.kpis {
            let by: Vec<String> = tables(kpi).into_iter().map(|by| by.join(" × ")).collect();
            let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
            answer(format_args!("  {}{by}", kpi.id));
        }
        if let Some(dimension) = &section.scorecard {
            answer(format_args!("  compared by {dimension}"));
        }
        for list in &section.lists {
            answer(format_args!("  the rows behind {}, at most {}", list.kpi, list.most));
        }
        if section.controlling {
            answer("  how reporting itself runs");
        }
    }
}
