//! `/kpis`: all KPIs and their status.

use super::{Place, format};
use crate::State;
use crate::courses::{Course, courses, weeks};
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_catalog::in_force::InForce;
use pegel_chart::svg::spark;
use pegel_home::Problem;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::engine::comparison::Comparison;
use pegel_report::chart;
use pegel_report::format::Format;
use serde::Serialize;

const PLACE: Place = Place { template: "kpis.html", here: "kpis" };

/// How many weeks the small trends show.
const TREND_WEEKS: usize = 13;

/// What the page says.
#[derive(Serialize)]
struct Page {
    /// The last complete week, in words.
    period: String,
    /// How many weeks the small trends show.
    trend_weeks: usize,
    packs: Vec<Pack>,
    /// What is wrong with files that have no KPI in force.
    problems: Vec<ProblemLine>,
}

/// A file that is not in order.
#[derive(Serialize)]
struct ProblemLine {
    file: String,
    /// Several lines.
    message: String,
}

/// The KPIs of one folder.
#[derive(Serialize)]
struct Pack {
    /// Empty for those outside of folders.
    name: String,
    kpis: Vec<Line>,
}

/// One KPI in the list.
#[derive(Serialize)]
struct Line {
    id: String,
    title: String,
    value: String,
    has_value: bool,
    status: Status,
    threshold: String,
    /// SVG.
    trend: Option<String>,
    /// Whether its file is not in order now.
    has_problem: bool,
}

/// The list.
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    PLACE.computed(&state, &request, gather).await
}

fn gather(state: &State, reader: &Reader) -> Result<Page, Unanswered> {
    let weeks = weeks(state, TREND_WEEKS)?;
    let in_force = state.live.in_force();
    let mut courses = courses(state, &in_force.catalog.kpis, &weeks, Comparison::NONE)?;
    courses.sort_by(|left, right| left.kpi.file.cmp(&right.kpi.file));
    let format = format(state, reader);
    let packs = courses.chunk_by(|left, right| left.kpi.pack() == right.kpi.pack()).map(|courses| Pack {
        name: courses[0].kpi.pack().to_owned(),
        kpis: courses.iter().map(|course| Line::of(course, &in_force, &format)).collect(),
    });
    Ok(Page {
        period: weeks.last().map_or_else(String::new, |week| format.period(&week.into())),
        trend_weeks: TREND_WEEKS,
        packs: packs.collect(),
        problems: in_force.other_problems().map(ProblemLine::of).collect(),
    })
}

impl ProblemLine {
    fn of(problem: &Problem) -> ProblemLine {
        ProblemLine { file: problem.file.clone(), message: problem.message.clone() }
    }
}

impl Line {
    fn of(course: &Course, in_force: &InForce, format: &Format) -> Line {
        let declared = &course.kpi.declaration;
        let (last, threshold) = (course.cells.last(), course.threshold());
        let title = declared.title.in_language(format.words().language()).to_owned();
        let trend = chart::small(course.points(), &threshold);
        let words = format.words();
        let weeks = words.say("past_weeks", [("count", course.cells.len().into())]);
        let name = words.say("labelled", [("label", weeks.into()), ("value", title.as_str().into())]);
        Line {
            id: declared.id.clone(),
            value: last.map_or_else(String::new, |cell| format.judged(cell, declared.unit, &threshold)),
            has_value: last.is_some_and(|cell| cell.outcome.value().is_some()),
            status: course.statuses().pop().unwrap_or(Status::Unjudged),
            threshold: format.threshold(&threshold, declared.unit, declared.better),
            trend: spark(&trend, &name),
            title,
            has_problem: in_force.problem_of(&course.kpi.file).is_some(),
        }
    }
}
