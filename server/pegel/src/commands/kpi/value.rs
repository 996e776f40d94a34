//! `pegel kpi value`: one KPI, one period, computed now.

use super::asked::Asked;
use super::condition::check_group;
use super::figures::Figures;
use crate::cli::{self, Global};
use crate::ending::{Done, Ending, answer, answer_json, broke, note, usage};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::answer::{GroupCell, Question, Said};
use pegel_kpi::engine::comparison::{Compared, Comparison, Earlier};
use pegel_kpi::engine::plans::{self, PlansBelow};
use pegel_kpi::judgement::expected::Expected;
use pegel_kpi::judgement::judged::{By, Since, Unjudged};
use pegel_kpi::judgement::signal::Signal;
use pegel_text::clean::one_line;
use std::collections::BTreeSet;

/// Computes the KPI and prints it.
pub fn run(command: &cli::Value, global: &Global) -> Ending {
    let asked = Asked::open(&command.figure, global)?;
    let (kpi, now, only) = (asked.kpi()?, asked.now, asked.only.clone());
    let by = command
        .by
        .iter()
        .map(|name| asked.catalog.model.dimension(name))
        .collect::<Result<Vec<_>, _>>()
        .map_err(usage)?;
    let comparison = if command.compare { Comparison::ALL } else { Comparison::NONE };
    let question = Question { kpi, period: &asked.period, by, only, comparison };
    question.check().map_err(usage)?;
    let mut reader = asked.store.reader().map_err(broke)?;
    let mut source = asked.grouped(&mut reader);
    let answered = question.answer(&Scope::everything(), now, &mut source).map_err(broke)?;
    let has_rows = |cell: &GroupCell| cell.cell.sample.is_some_and(|rows| rows > 0);
    if !answered.cells.iter().any(has_rows) {
        check_group((kpi, &asked.period), question.only.as_ref(), &mut source)?;
    }
    if command.json {
        answer_json(&answered);
    } else {
        print_lines(&answered.cells, &Figures { format: &asked.home.format(), unit: kpi.declaration.unit });
    }
    if command.compare && answered.cells.iter().all(|cell| cell.group.0.is_empty() && cell.compared.target.is_none()) {
        let below = plans::below(&[kpi], &asked.period, &[Scope::everything()], now, &mut source).map_err(broke)?;
        below.into_iter().flatten().flatten().for_each(|plans| note(unplanned(plans)));
    }
    let errors: BTreeSet<&str> = answered.cells.iter().flat_map(errors).collect();
    errors.iter().for_each(note);
    Ok(if errors.is_empty() { Done::InOrder } else { Done::NotInOrder })
}

/// The script's errors, for the figure and those it is compared with.
fn errors(cell: &GroupCell) -> impl Iterator<Item = &str> {
    let Compared { before, year_before, .. } = &cell.compared;
    let earlier = before.iter().chain(year_before).map(|earlier| &earlier.cell);
    std::iter::once(&cell.cell).chain(earlier).filter_map(|cell| match &cell.outcome {
        Outcome::ScriptError { message } => Some(message.as_str()),
        _ => None,
    })
}

/// Why a total has no target.
fn unplanned(PlansBelow { level, count, .. }: PlansBelow) -> String {
    let (targets, name) = if count == 1 { ("target names", "it is not") } else { ("targets name", "none is") };
    let level = level.name();
    format!("{count} {targets} a {level}, {name} the company's: a report adds them up with targets = \"sum\"")
}

/// What may be said about a figure: what it will come to, whether it stands out, how it was judged.
fn told(said: &Said, cell: &Cell, figures: &Figures) -> Vec<String> {
    let Said { expected, signal, assurance, judged, since } = said;
    let value = |value: f64| figures.value(value);
    let expected = expected.map(|Expected { value: probably, low, high, .. }| {
        format!("expected {} ({})", value(probably), figures.range(low, high, cell))
    });
    let signal = signal.map(|Signal { kind, low, high, .. }| {
        format!("{} ({})", kind.name().replace('_', " "), figures.range(low, high, cell))
    });
    let by = judged.by.as_ref().map(|by| match by {
        By::Value | By::Signal => String::new(),
        By::LookBack { value: of, periods, .. } => format!(", by {} of {periods} periods together", value(*of)),
        By::Expected { .. } => ", by what is expected".to_owned(),
        By::Settled { value: of, period } => format!(", by {} of {period}, which is settled", value(*of)),
    });
    let chance = if judged.sure == Some(false) { ", may be chance" } else { "" };
    let since = since.as_ref().map(|Since { period, .. }| format!(", since {period}"));
    let status = match judged.reason {
        Some(reason) if reason != Unjudged::NoMarks => Some(format!("not judged: {}", reason.name().replace('_', " "))),
        Some(_) => None,
        None => {
            Some(format!("{}{chance}{}{}", judged.status.name(), by.unwrap_or_default(), since.unwrap_or_default()))
        }
    };
    let assured = [("threshold", assurance.threshold), ("target", assurance.target)]
        .into_iter()
        .filter_map(|(of, what)| Some(format!("{of} usually {}", what?.name().replace('_', " "))));
    expected.into_iter().chain(signal).chain(assured).chain(status).collect()
}

/// A figure of an earlier period: at the same age, if that makes a difference, and as it is known.
fn said_earlier(when: &str, earlier: &Earlier, figures: &Figures) -> String {
    let known = figures.cell(&earlier.cell, None);
    match &earlier.at_the_same_age {
        Some(young) => format!("{when} {} at the same age, now {known}", figures.cell(young, None)),
        None => format!("{when} {known}"),
    }
}

fn print_lines(cells: &[GroupCell], figures: &Figures) {
    if cells.is_empty() {
        answer("no_rows");
    }
    for GroupCell { group, as_of, cell, assessment, compared, .. } in cells {
        let Compared { before, year_before, target } = compared;
        let labels = group.0.iter().map(|(_, label)| one_line(label.as_deref().unwrap_or("–")).into_owned());
        let mut line: Vec<String> = labels.collect();
        line.push(figures.cell(cell, None));
        line.extend(figures.parts(cell, None));
        if let Some(interval) = cell.interval {
            line.push(format!("{} to {}", figures.value(interval.low), figures.value(interval.high)));
        }
        line.extend((cell.left_out > 0).then(|| format!("{} left out", cell.left_out)));
        line.extend((cell.undated > 0).then(|| format!("{} undated", cell.undated)));
        line.extend(cell.lacks_data().then(|| format!("data only up to {as_of}")));
        line.extend((cell.provisional && !cell.lacks_data()).then(|| "provisional".to_owned()));
        line.extend(assessment.iter().flat_map(|said| told(said, cell, figures)));
        line.extend(figures.beside(cell, None));
        let earlier = [("before", before), ("a year before", year_before)];
        let earlier = earlier.into_iter().filter_map(|(when, earlier)| Some((when, earlier.as_ref()?)));
        line.extend(earlier.map(|(when, earlier)| said_earlier(when, earlier, figures)));
        line.extend(target.map(|target| format!("target {}", figures.value(target))));
        answer(line.join("\t"));
    }
}
