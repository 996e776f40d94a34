//! A document to be read and printed: the view of an edition, set by the templates in `templates/pdf/`.

use crate::ReportError;
use crate::bounded::Workshop;
use crate::chart;
use crate::format::Format;
use crate::numbers::{KpiBlock, Numbers, TrendPoint};
use crate::view::{KpiView, View, view};
use include_dir::{Dir, include_dir};
use pegel_chart::svg::{Told, picture};
use pegel_chart::{Palette, Point};
use pegel_home::kept::Entries;
use pegel_home::{Folder, Holds, Kept, Problem};
use pegel_pdf::{Made, PdfError, Templates};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates/pdf");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "templates/pdf", holds: Holds::Endings(&["typ"]) };
/// The template of the document, which may import others.
const MAIN: &str = "edition.typ";
/// How long setting a document may take. Usually it takes less than a second; one of many hundred pages takes longer.
const TIME: Duration = Duration::from_mins(1);
/// In pixels: the charts are drawn in this shape.
const CHART: (u16, u16) = (500, 170);
/// Of so many points of a chart, one is named below it.
const NAMED: usize = 4;
/// Where A4 is not the usual paper.
const LETTER: [&str; 14] = ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"];

/// Sets editions as PDF, by the templates of a home.
pub struct Typesetter {
    kept: Kept<Press>,
    /// For editions that cannot be set with the home's templates.
    built_in: Press,
}

/// Templates that fit together.
#[derive(Debug, Clone)]
struct Press {
    templates: Templates,
    workshop: Workshop,
}

/// What templates read.
#[derive(Serialize)]
struct Content<'a> {
    edition: &'a View,
    /// What is drawn of its KPIs, by their ids.
    drawn: BTreeMap<&'a str, Drawn>,
    /// BCP 47, such as `de`.
    language: &'a str,
    /// Such as `DE`; `None` if the locale names none.
    region: Option<&'a str>,
    /// As Typst calls it.
    paper: &'static str,
    /// That it was made of stored numbers, and by which program.
    made_by: String,
    /// The scripts of the KPIs.
    scripts: Vec<Script>,
    /// The words around all that.
    t: &'a BTreeMap<String, String>,
}

/// What is drawn of a KPI, and what is said of that.
#[derive(Serialize)]
struct Drawn {
    /// The course that stands in a line.
    course: String,
    /// What it is compared with; empty if there is nothing.
    before: String,
    /// `None` where there are too few figures for one.
    chart: Option<Picture>,
}

#[derive(Serialize)]
struct Picture {
    svg: String,
    /// All figures, in words.
    alt: String,
}

/// A script that the edition was made with.
#[derive(Serialize)]
struct Script {
    title: String,
    /// The beginning of its SHA-256.
    version: String,
}

impl Typesetter {
    /// The built-in templates, each replaced by the file of the same name in `home/templates/pdf/`, if there is one.
    /// They are looked at whenever something is set.
    ///
    /// # Errors
    /// If the built-in ones are not in order.
    pub fn follow(home: &Path) -> Result<Typesetter, ReportError> {
        let broken =
            |Problem { file, message }| ReportError::Template { name: file, origin: "built in".to_owned(), message };
        let built_in = Press::of(&FOLDER.built_in()).map_err(broken)?;
        Ok(Typesetter { kept: Kept::new(FOLDER, home, Press::of).map_err(broken)?, built_in })
    }

    /// The home's templates that are not in order.
    pub fn problems(&self) -> Vec<Problem> {
        self.kept.current().problems()
    }

    /// If a template of the home fails, the built-in ones take over.
    pub(super) fn pdf(&self, numbers: &Numbers, program: &str, format: &Format) -> Result<Vec<u8>, ReportError> {
        let content = Arc::new(content(numbers, program, format)?);
        let current = self.kept.current();
        let made = Job { content, at: numbers.created_at, by: program.to_owned() };
        current.value.set(&made).or_else(|failed| {
            let pdf =
                self.built_in.set(&made).map_err(|error| ReportError::Form { form: "pdf", message: error.message })?;
            let file = if failed.file.is_empty() { MAIN } else { &failed.file };
            current.note(Problem::new(FOLDER.in_home(file), &failed.message));
            Ok(pdf)
        })
    }
}

/// What is set.
#[derive(Clone)]
struct Job {
    content: Arc<serde_json::Value>,
    /// UTC seconds.
    at: i64,
    by: String,
}

impl Press {
    fn of(entries: &Entries) -> Result<Press, Problem> {
        let texts = entries.iter().map(|(name, entry)| (name.as_str(), entry.text.as_str()));
        let templates = Templates::parse(texts).map_err(|error| problem(&error))?;
        Ok(Press { templates, workshop: Workshop::giving(TIME) })
    }

    fn set(&self, job: &Job) -> Result<Vec<u8>, Problem> {
        let (templates, job) = (self.templates.clone(), job.clone());
        let work = move || templates.set(MAIN, job.content.as_ref(), Made { at: job.at, by: &job.by });
        let set = self.workshop.run(MAIN, work).map_err(|why| Problem::new(MAIN, &why))?;
        set.map_err(|error| problem(&error))
    }
}

fn problem(error: &PdfError) -> Problem {
    Problem::new(error.template().unwrap_or_default(), error)
}

fn content(numbers: &Numbers, program: &str, format: &Format) -> Result<serde_json::Value, ReportError> {
    let locale = format.words().locale();
    let (tag, view) = (locale.tag(), view(numbers, &locale.tag()));
    let region = tag.split_once('-').map(|(_, region)| region);
    let blocks: BTreeMap<&str, &KpiBlock> = numbers.kpis().map(|block| (block.id.as_str(), block)).collect();
    let kpis = view.sections.iter().flat_map(|section| &section.kpis);
    let drawn = kpis.filter_map(|kpi| Some((kpi.id.as_str(), Drawn::of(kpi, blocks.get(kpi.id.as_str())?, format))));
    let script = |block: &KpiBlock| Script {
        title: format.title(&block.title),
        version: block.version.chars().take(12).collect(),
    };
    let content = Content {
        edition: &view,
        drawn: drawn.collect(),
        language: view.language,
        region,
        paper: if region.is_some_and(|region| LETTER.contains(&region)) { "us-letter" } else { "a4" },
        made_by: format.words().say("made_of_stored", [("program", program.into())]),
        scripts: numbers.kpis().map(script).collect(),
        t: format.words().language().words(),
    };
    Ok(serde_json::to_value(&content)?)
}

impl Drawn {
    fn of(kpi: &KpiView, block: &KpiBlock, format: &Format) -> Drawn {
        let words = format.words();
        let before = || words.say("before", [("previous", kpi.previous.as_str().into())]);
        Drawn {
            course: kpi.trend.told(&kpi.title, words),
            before: if kpi.change.text.is_empty() { String::new() } else { before() },
            chart: Picture::of(kpi, block, format),
        }
    }
}

impl Picture {
    fn of(kpi: &KpiView, block: &KpiBlock, format: &Format) -> Option<Picture> {
        let words = format.words();
        let points = points(block, format);
        if points.iter().filter(|point| point.value.is_some()).count() < 2 {
            return None;
        }
        let label = format!("{}, {}", kpi.title, kpi.trend.span);
        let names: Vec<&str> = points.iter().map(|point| point.name.as_str()).collect();
        let value = names.join(&words.say("between_tables", []));
        let alt = words.say("labelled", [("label", label.as_str().into()), ("value", value.as_str().into())]);
        let told = Told { id: "chart", title: &label, text: &value };
        let chart = chart::large(points, block.unit, &block.threshold, block.better, format);
        let svg = picture(&chart, &told, CHART, Palette::LIGHT, |figure| format.mark(figure, block.unit))?;
        Some(Picture { svg, alt })
    }
}

/// The course of a KPI, each period with its figure in words; the last one is named below the chart, and some before it.
fn points(block: &KpiBlock, format: &Format) -> Vec<Point> {
    let point = |(from_last, TrendPoint { period, cell }): (usize, &TrendPoint)| {
        let figure = format.judged(cell, block.unit, &block.threshold);
        let name = [("label", format.period_name(period).into()), ("value", figure.into())];
        let tick = from_last.is_multiple_of(NAMED).then(|| format.short_period(period));
        let judged = block.threshold.judge(&cell.outcome, block.better);
        Point {
            name: format.words().say("labelled", name),
            tick: tick.unwrap_or_default(),
            ..chart::point(cell, judged)
        }
    };
    let mut points: Vec<Point> = block.trend.iter().rev().enumerate().map(point).collect();
    points.reverse();
    points
}

#[cfg(test)]
mod tests;
