//! `/kpis/{id}`: one KPI in a period, its course, its breakdown, and how it is defined.
//!
//! - `choice`: which period, and by what it is broken down
//! - `breakdown`: its groups, the worst first

mod breakdown;
mod choice;

use super::{Place, format, past_periods};
use crate::State;
use crate::courses::{Course, courses};
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use breakdown::BreakdownView;
use choice::{Asked, Form, Shown};
use pegel_catalog::in_force::InForce;
use pegel_chart::svg::{Plot, Told};
use pegel_chart::{self as drawn, Point};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::definition::declaration::{Declaration, Unit};
use pegel_kpi::definition::threshold::{Better, Status};
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::engine::comparison::{Compared, Comparison, Earlier};
use pegel_kpi::judgement::expected::Expected;
use pegel_kpi::judgement::judged::Assessment;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_report::chart;
use pegel_report::format::Format;
use pegel_report::known::Known;
use pegel_report::link::{self, KpiOf, RowsOf};
use pegel_store::health::Health;
use pegel_text::words::capitalised;
use serde::Serialize;

const PLACE: Place = Place { template: "kpi.html", here: "kpis" };

/// The chart names about so many periods.
const LABELS: usize = 5;

/// What the page says.
#[derive(Serialize)]
struct Page {
    id: String,
    title: String,
    description: String,
    unit: Unit,
    better: Better,
    threshold: String,
    min_sample: u64,
    /// Under what a row counts as it was at its own date; empty if there is nothing.
    dated_groups: String,
    form: Form,
    /// What kind of period it is, for words that choose by it.
    span: &'static str,
    /// In words.
    period: String,
    /// `Last complete week`; empty where it is another one.
    last: String,
    value: String,
    has_value: bool,
    /// The rows behind the value.
    rows: String,
    /// The latest error of the script in the periods shown.
    error: Option<String>,
    /// Whether the value can still change.
    provisional: bool,
    /// For a share of rows, its confidence interval: `69 % – 88 %`.
    interval: Option<String>,
    /// What the value is compared with.
    compared: ComparedView,
    said: Option<SaidView>,
    /// Whether figures change after their period, so that the course shows them at two ages.
    ages: bool,
    status: Status,
    chart: Option<ChartView>,
    /// Oldest first.
    periods: Vec<PeriodView>,
    breakdown: Option<BreakdownView>,
    file: String,
    version: String,
    script: String,
    problem: Option<ProblemView>,
    /// The names of the files that the changed file waits for, if it is in order and they are not; else empty.
    waits_for: Vec<String>,
    health: Option<HealthView>,
}

/// The file as it is now is not in order.
#[derive(Serialize)]
struct ProblemView {
    /// Since when this version is in force, in words; empty if unknown.
    since: String,
    /// Several lines.
    message: String,
}

/// What the value is compared with, in words.
#[derive(Serialize)]
struct ComparedView {
    before: Option<String>,
    year_before: Option<String>,
    target: Option<String>,
}

/// What may be said about the value, in words.
#[derive(Serialize)]
struct SaidView {
    /// What was judged, or why nothing was.
    judged: Option<String>,
    expected: Option<String>,
    usual: Option<String>,
}

/// How the latest computation of the KPI went.
#[derive(Serialize)]
struct HealthView {
    evaluated: String,
    millis: Option<String>,
    rows: Option<i64>,
    /// How many of so many slices of time were kept, if any were.
    kept: Option<i64>,
    slices: Option<String>,
    error: Option<String>,
    error_at: Option<String>,
}

/// One period of the course.
#[derive(Serialize)]
struct PeriodView {
    period: String,
    value: String,
    /// As old as the last one is now, where that makes a difference.
    at_the_same_age: Option<String>,
    has_value: bool,
    sample: Option<String>,
    status: Status,
    provisional: bool,
    /// The rows behind it.
    rows: String,
}

/// The course as a picture.
#[derive(Serialize)]
struct ChartView {
    svg: String,
    /// The labels of its scale, which stand to its left and need room.
    scale: Vec<String>,
    bars: bool,
    /// Whether a figure can still change; such figures are drawn hollow.
    hollow: bool,
}

/// One KPI. What its form says is written as an address that can be kept.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    match asked.shown((state.clock)(), &state.zone)? {
        Ok(of) => PLACE.computed(&state, &request, move |state, reader| gather(state, &id, &of, reader)).await,
        Err(instead) => {
            let page = Reader::of(&request).kept_in(link::kpi(&id, &instead));
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish())
        }
    }
}

fn gather(state: &State, id: &str, of: &KpiOf, reader: &Reader) -> Result<Page, Unanswered> {
    let in_force = state.live.in_force();
    let (kpis, model, now) = (&in_force.catalog.kpis, &in_force.catalog.model, (state.clock)());
    let kpi = position(id, kpis)?;
    let shown = Shown::of(of, (&kpis[kpi], model), now, &state.zone)?;
    let periods = shown.period.trail(shown.course()).map_err(Unanswered::address)?;
    let by = breakdown::wanted(&shown.by);
    let course = courses((state, &mut state.store.reader()?), &kpis[kpi..=kpi], &periods, Comparison::ALL, &by)?.pop();
    let course = course.ok_or_else(|| unknown(id, kpis))?;
    let format = format(state, reader);
    let form = shown.form((course.kpi, model), now, &format, reader);
    let breakdown = BreakdownView::of(&course, &shown, &format, reader);
    let is_last = shown.period.after().is_ok_and(|after| after.is_running(now)) && !shown.period.is_running(now);
    let last = if is_last {
        format.words().say("last_period", [("span", format.span(&shown.period.to_string()).into())])
    } else {
        String::new()
    };
    let mut page = Page { last, breakdown, ..Page::of(&course, &periods, form, &format, reader) };
    page.problem = ProblemView::of(&in_force, &page.file, &format);
    if in_force.waiting.contains(&page.file) {
        page.waits_for = in_force.problems.iter().map(|problem| problem.file.clone()).collect();
    }
    page.health = state.live.health.of(&page.id)?.map(|health| HealthView::of(health, &format));
    Ok(page)
}

/// Where the KPI of that name is among those in force.
pub(super) fn position(id: &str, kpis: &[Kpi]) -> Result<usize, Unanswered> {
    kpis.iter().position(|kpi| kpi.id() == id).ok_or_else(|| unknown(id, kpis))
}

fn unknown(id: &str, kpis: &[Kpi]) -> Unanswered {
    Unanswered::NoKpi { id: id.to_owned(), nearest: nearest(id, kpis.iter().map(Kpi::id)).map(str::to_owned) }
}

impl Page {
    fn of(course: &Course, periods: &[Period], form: Form, format: &Format, reader: &Reader) -> Page {
        let Kpi { declaration: declared, file, sha256, .. } = course.kpi;
        let (statuses, threshold, last) = (course.statuses(), course.threshold(), course.cells.last());
        let behind = |period: &Period| {
            let of = RowsOf { period: Some(period.to_string()), ..RowsOf::default() };
            reader.kept_in(link::rows(&declared.id, &of))
        };
        let rows: Vec<PeriodView> = periods
            .iter()
            .zip(&course.cells)
            .zip(&statuses)
            .enumerate()
            .map(|(at, ((period, cell), status))| (course.at_the_same_age.get(at), period, cell, status))
            .map(|(young, period, cell, status)| PeriodView {
                period: format.period(&period.into()),
                value: format.judged(cell, declared.unit, &threshold),
                at_the_same_age: young.map(|young| format.cell(young, declared.unit)),
                has_value: cell.outcome.value().is_some(),
                sample: cell.sample.map(|sample| {
                    let asides = format.asides(cell).join(", ");
                    let asides = if asides.is_empty() { asides } else { format!(" ({asides})") };
                    format!("{}{asides}", format.count(sample))
                }),
                status: *status,
                provisional: cell.provisional && cell.outcome.value().is_some(),
                rows: behind(period),
            })
            .collect();
        let language = format.words().language();
        Page {
            id: declared.id.clone(),
            title: declared.title.in_language(language).to_owned(),
            description: declared.description.in_language(language).to_owned(),
            unit: declared.unit,
            better: declared.better,
            threshold: format.threshold(&threshold, declared.unit, declared.better),
            min_sample: declared.min_sample,
            dated_groups: dated_groups(course.kpi, format),
            form,
            span: periods.last().map_or("period", |period| format.span(&period.to_string())),
            period: rows.last().map_or_else(String::new, |last| last.period.clone()),
            last: String::new(),
            value: rows.last().map_or_else(String::new, |last| last.value.clone()),
            has_value: rows.last().is_some_and(|last| last.has_value),
            rows: periods.last().map_or_else(String::new, behind),
            error: course.error().map(str::to_owned),
            provisional: last.is_some_and(|cell| cell.provisional && !cell.incomplete),
            interval: last.and_then(|cell| cell.interval).map(|interval| {
                let bound = |bound| format.value(bound, declared.unit);
                format!("{} – {}", bound(interval.low), bound(interval.high))
            }),
            compared: ComparedView::of(&course.compared, declared.unit, format),
            said: course
                .assessment
                .as_ref()
                .zip(last.zip(periods.last()))
                .map(|(said, (cell, period))| SaidView::of(said, cell, period, course, format)),
            ages: !course.at_the_same_age.is_empty(),
            status: statuses.last().copied().unwrap_or(Status::Unjudged),
            chart: ChartView::of(course, periods, &rows, format),
            periods: rows,
            breakdown: None,
            file: file.clone(),
            version: sha256.clone(),
            script: course.kpi.source().to_owned(),
            problem: None,
            waits_for: Vec::new(),
            health: None,
        }
    }
}

fn dated_groups(kpi: &Kpi, format: &Format) -> String {
    let names: Vec<String> =
        kpi.dated_dimensions().into_iter().map(|dimension| format.dimension(dimension.name())).collect();
    if names.is_empty() {
        return String::new();
    }
    format.words().say("dated_groups_by", [("dimensions", names.join(", ").into())])
}

impl ProblemView {
    fn of(in_force: &InForce, file: &str, format: &Format) -> Option<ProblemView> {
        let problem = in_force.problem_of(file)?;
        let since = in_force.since(file).map_or_else(String::new, |at| format.instant(at));
        Some(ProblemView { since, message: problem.message.clone() })
    }
}

impl ComparedView {
    fn of(compared: &Compared, unit: Unit, format: &Format) -> ComparedView {
        let words = format.words();
        let shown = |of: &Option<Earlier>| {
            let Earlier { cell, at_the_same_age } = of.as_ref()?;
            let known = format.cell(cell, unit);
            Some(match at_the_same_age {
                Some(young) => {
                    let young = format.cell(young, unit);
                    words.say("same_age_and_now", [("figure", young.into()), ("now", known.into())])
                }
                None => known,
            })
        };
        ComparedView {
            before: shown(&compared.before),
            year_before: shown(&compared.year_before),
            target: compared.target.map(|target| format.value(target, unit)),
        }
    }
}

impl SaidView {
    fn of(assessment: &Assessment, cell: &Cell, period: &Period, course: &Course, format: &Format) -> SaidView {
        let Declaration { unit, better, .. } = course.kpi.declaration;
        let (settled, data_ends) = (None, course.data_ends);
        let known = Known { format, unit, cell, assessment: Some(assessment), settled, data_ends };
        let expected = assessment.expected.map(|Expected { value, low, high, .. }| {
            let (value, [low, high]) = (format.value(value, unit), format.range(low, high, cell, unit));
            if low == high { value } else { format!("{value} ({low} – {high})") }
        });
        let assured = format.assured(&assessment.assured(cell, course.compared.target, better));
        let usual = assessment.signal.map(|signal| {
            let usual = format.usual(&signal, cell, unit);
            std::iter::once(usual).chain(assured).collect::<Vec<_>>().join(" · ")
        });
        let judged = known.judged(&assessment.marks, &period.into()).or_else(|| known.not_judged());
        SaidView { judged: judged.map(|judged| capitalised(&judged)), expected, usual }
    }
}

impl HealthView {
    fn of(health: Health, format: &Format) -> HealthView {
        let count = |count: i64| format.count(u64::try_from(count).unwrap_or(0));
        HealthView {
            evaluated: format.instant(health.evaluated_at),
            // Less than one still takes some time.
            millis: health.micros.map(|micros| count(micros / 1000 + i64::from(micros % 1000 > 0))),
            rows: health.rows_read,
            kept: health.slices_kept.filter(|kept| *kept > 0),
            slices: health.slices_kept.zip(health.slices_computed).map(|(kept, computed)| count(kept + computed)),
            error: health.error,
            error_at: health.error_at.map(|at| format.instant(at)),
        }
    }
}

impl ChartView {
    fn of(course: &Course, periods: &[Period], rows: &[PeriodView], format: &Format) -> Option<ChartView> {
        let (declared, words) = (&course.kpi.declaration, format.words());
        let labelled = |row: &PeriodView| {
            let value = row.at_the_same_age.as_ref().unwrap_or(&row.value);
            words.say("labelled", [("label", row.period.as_str().into()), ("value", value.as_str().into())])
        };
        let mut points = course.points();
        let every = (periods.len() / LABELS).max(1);
        for (at, ((point, period), row)) in points.iter_mut().zip(periods).zip(rows).enumerate() {
            point.name = labelled(row);
            // The last one is named, and every so many before it.
            if (periods.len() - 1 - at).is_multiple_of(every) {
                point.tick = format.short_period(&period.to_string());
            }
        }
        let text: Vec<String> = points.iter().map(|point| format!("{}.", point.name)).collect();
        let past = past_periods(periods, format);
        let title = format!("{} · {past}", declared.title.in_language(words.language()));
        let told = Told { id: "chart", title: &title, text: &text.join(" ") };
        let hollow = |point: &Point| point.provisional && point.value.is_some();
        let hollow = points.iter().any(hollow);
        let chart = chart::large(points, declared.unit, &course.threshold(), declared.better, format);
        let Plot { svg, scale } = Plot::of(&chart, &told, |figure| format.mark(figure, declared.unit))?;
        Some(ChartView { svg, scale, bars: chart.form == drawn::Form::Bars, hollow })
    }
}
