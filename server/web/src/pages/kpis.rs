//! `/kpis`: how all KPIs stand. What needs attention first, then what reports show, then the rest, folded.

use super::{Choice, Place, checked, format, past_periods, statuses};
use crate::State;
use crate::courses::{Course, courses, weeks};
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_catalog::in_force::InForce;
use pegel_chart::svg::spark;
use pegel_home::Problem;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::lacking::{Lack, lacking};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;
use pegel_report::chart;
use pegel_report::definition::ReportDefinition;
use pegel_report::format::Format;
use pegel_report::known::Known;
use pegel_report::numbers::{Change, PeriodHead, beyond, judged_value, standing_out};
use pegel_report::statements::attention::lasting;
use pegel_report::view::{ChangeView, change};
use pegel_store::Reader as Rows;
use pegel_text::words::capitalised;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const PLACE: Place = Place { template: "kpis.html", here: "kpis" };

/// How many weeks the small trends show.
const TREND_WEEKS: usize = 13;

/// What a KPI is compared with.
const WEEK_BEFORE: Comparison = Comparison { before: true, ..Comparison::NONE };

/// What the address asks for.
#[derive(Deserialize, Default)]
struct Asked {
    /// Words that are all in its title, its description or its name.
    #[serde(default)]
    words: String,
    #[serde(default)]
    pack: String,
    #[serde(default)]
    status: String,
}

/// What the page says.
#[derive(Serialize)]
struct Page {
    /// The last complete week, in words.
    period: String,
    /// `Past 13 weeks`
    trend: String,
    filter: Filter,
    /// Whether there are any, whatever is asked for.
    any: bool,
    /// Those whose threshold is broken by more than chance, the worst first.
    attention: Vec<Section>,
    /// Those that reports show, by section.
    reported: Vec<Section>,
    /// The others, by pack.
    others: Vec<Pack>,
    /// Those of which nothing was ever known.
    without: Vec<Without>,
    /// What is wrong with files that have no KPI in force.
    problems: Vec<ProblemLine>,
}

/// The form that leaves some of them.
#[derive(Serialize)]
struct Filter {
    words: String,
    packs: Vec<Choice>,
    statuses: Vec<Choice>,
    /// Whether it leaves any out.
    asks: bool,
    /// The language that the address asks for, to be kept.
    lang: Option<String>,
}

/// A file that is not in order.
#[derive(Serialize)]
struct ProblemLine {
    file: String,
    /// Several lines.
    message: String,
}

/// KPIs under a common heading; it may be empty.
#[derive(Serialize)]
struct Section {
    title: String,
    kpis: Vec<Line>,
}

/// The KPIs of a folder that no report shows.
#[derive(Serialize)]
struct Pack {
    title: String,
    count: usize,
    /// One, without a heading.
    sections: [Section; 1],
}

/// One KPI in the list.
#[derive(Serialize)]
struct Line {
    id: String,
    title: String,
    value: String,
    has_value: bool,
    change: ChangeView,
    /// For a style sheet: that of the status, or `chance`.
    status: &'static str,
    /// Which figure was judged, where it is not the one shown; else empty.
    judged_by: String,
    /// How long its threshold has been broken; empty where it is not.
    since: String,
    /// What the threshold forbids; empty where it forbids nothing.
    marks: String,
    /// SVG.
    trend: Option<String>,
    /// Whether its file is not in order now.
    has_problem: bool,
}

/// A KPI without data.
#[derive(Serialize)]
struct Without {
    id: String,
    title: String,
    /// What it lacks.
    lacks: String,
}

/// The list.
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    PLACE.computed(&state, &request, move |state, reader| gather(state, &asked, reader)).await
}

fn gather(state: &State, asked: &Asked, reader: &Reader) -> Result<Page, Unanswered> {
    let in_force = state.live.in_force();
    let format = format(state, reader);
    let filter = Filter::of(asked, &in_force, &format, reader)?;
    let weeks = weeks(state, TREND_WEEKS)?;
    let mut rows = state.store.reader()?;
    let mut all = courses((state, &mut rows), &in_force.catalog.kpis, &weeks, WEEK_BEFORE, &[])?;
    all.sort_by(|left, right| left.kpi.file.cmp(&right.kpi.file));
    let writer = Writer { in_force: &in_force, weeks: &weeks, format: &format };
    let any = !all.is_empty();
    let (without, there): (Vec<Course>, Vec<Course>) =
        all.into_iter().filter(|course| asked.wants(course, &format)).partition(has_no_data);
    let reports = (state.reports)();
    let reported = reported(&there, &reports, &writer);
    let is_reported = |course: &&Course| reports.iter().any(|report| shows(report, course));
    let others: Vec<&Course> = there.iter().filter(|course| !is_reported(course)).collect();
    let others = others.chunk_by(|left, right| left.kpi.pack() == right.kpi.pack()).map(|of_pack| Pack {
        title: pack_name(of_pack[0].kpi.pack(), &format),
        count: of_pack.len(),
        sections: [Section::plain(of_pack.iter().map(|course| writer.line(course)).collect())],
    });
    let attention = Some(writer.attention(&there)).filter(|broken| !broken.is_empty());
    Ok(Page {
        period: weeks.last().map_or_else(String::new, |week| format.period(&week.into())),
        trend: past_periods(&weeks, &format),
        filter,
        any,
        attention: attention.map(Section::plain).into_iter().collect(),
        others: others.collect(),
        reported,
        without: without
            .iter()
            .map(|course| Without::of(course, &mut rows, &format))
            .collect::<Result<_, Unanswered>>()?,
        problems: in_force.other_problems().map(ProblemLine::of).collect(),
    })
}

/// Whether nothing was ever known of it in the weeks shown.
fn has_no_data(course: &Course) -> bool {
    course.cells.iter().all(|cell| cell.outcome == Outcome::NoData)
}

fn shows(report: &ReportDefinition, course: &Course) -> bool {
    report.requests().any(|request| request.id == course.kpi.id())
}

/// What reports show, each KPI where it stands first, in their sections and their order.
fn reported(there: &[Course], reports: &[ReportDefinition], writer: &Writer) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut told = BTreeSet::new();
    for section in reports.iter().flat_map(|report| &report.sections) {
        let title = writer.format.title(&section.title);
        for request in section.kpis.iter().filter(|request| told.insert(&request.id)) {
            let Some(course) = there.iter().find(|course| course.kpi.id() == request.id) else { continue };
            let at = sections.iter().position(|known| known.title == title).unwrap_or_else(|| {
                sections.push(Section { title: title.clone(), kpis: Vec::new() });
                sections.len() - 1
            });
            sections[at].kpis.push(writer.line(course));
        }
    }
    sections
}

/// `Customer`; a word for those outside of folders.
fn pack_name(pack: &str, format: &Format) -> String {
    if pack.is_empty() { format.words().say("no_pack", []) } else { capitalised(&pack.replace('_', " ")) }
}

impl Asked {
    fn wants(&self, course: &Course, format: &Format) -> bool {
        let declared = &course.kpi.declaration;
        let text = [&format.title(&declared.title), &format.title(&declared.description), &declared.id]
            .map(|text| text.to_lowercase());
        let is = |wanted: &str, name: &str| wanted.is_empty() || wanted == name;
        let words = self.words.to_lowercase();
        is(&self.pack, course.kpi.pack())
            && is(&self.status, course.status().name())
            && words.split_whitespace().all(|word| text.iter().any(|text| text.contains(word)))
    }
}

impl Filter {
    fn of(asked: &Asked, in_force: &InForce, format: &Format, reader: &Reader) -> Result<Filter, Unanswered> {
        let packs: BTreeSet<&str> = in_force.catalog.kpis.iter().map(Kpi::pack).collect();
        let named = packs.into_iter().filter(|pack| !pack.is_empty());
        let packs = named.map(|pack| Choice::new(pack, pack_name(pack, format), &asked.pack)).collect();
        Ok(Filter {
            words: asked.words.clone(),
            packs: checked(packs, "pack", &asked.pack, format.words())?,
            statuses: checked(statuses(&asked.status, format), "status", &asked.status, format.words())?,
            asks: !(asked.words.trim().is_empty() && asked.pack.is_empty() && asked.status.is_empty()),
            lang: reader.asked_for(),
        })
    }
}

impl Section {
    fn plain(kpis: Vec<Line>) -> Section {
        Section { title: String::new(), kpis }
    }
}

impl ProblemLine {
    fn of(problem: &Problem) -> ProblemLine {
        ProblemLine { file: problem.file.clone(), message: problem.message.clone() }
    }
}

impl Without {
    fn of(course: &Course, rows: &mut Rows, format: &Format) -> Result<Without, Unanswered> {
        let words = format.words();
        let said = |Lack { table, column }: Lack| {
            let table = ("table", format.table(&table).into());
            match column {
                None => words.say("lacks_table", [table]),
                Some(column) => words.say("lacks_column", [table, ("column", format.column(&column).into())]),
            }
        };
        let lacks: Vec<String> = lacking(course.kpi, rows)?.into_iter().map(said).collect();
        let title = format.title(&course.kpi.declaration.title);
        Ok(Without { id: course.kpi.id().to_owned(), title, lacks: lacks.join(", ") })
    }
}

/// What lines are written with.
struct Writer<'a> {
    in_force: &'a InForce,
    weeks: &'a [Period],
    format: &'a Format,
}

impl Writer<'_> {
    /// The KPIs whose thresholds are broken, and not perhaps by chance: the worse status first, then the greater
    /// distance.
    fn attention(&self, there: &[Course]) -> Vec<Line> {
        let rank = |course: &Course| {
            let (judged, cell) = (&course.assessment.as_ref()?.judged, course.cells.last()?);
            let better = course.kpi.declaration.better;
            let value =
                judged_value(cell, Some(judged)).filter(|_| judged.status >= Status::Warning && !judged.chance)?;
            Some((judged.status, beyond(value, judged.status, &course.threshold(), better)))
        };
        let mut broken: Vec<_> = there.iter().filter_map(|course| Some((rank(course)?, course))).collect();
        broken.sort_by(|((one, near), _), ((other, far), _)| other.cmp(one).then(far.total_cmp(near)));
        broken.into_iter().map(|(_, course)| self.line(course)).collect()
    }

    fn line(&self, course: &Course) -> Line {
        let (format, declared) = (self.format, &course.kpi.declaration);
        let (last, threshold) = (course.cells.last(), course.threshold());
        let title = format.title(&declared.title);
        let words = format.words();
        let past = past_periods(self.weeks, format);
        let name = words.say("labelled", [("label", past.into()), ("value", title.as_str().into())]);
        let like = self.weeks.last().map(PeriodHead::from);
        let assessment = course.assessment.as_ref();
        let chance = assessment.is_some_and(|assessment| assessment.judged.chance);
        let known = last.map(|cell| Known {
            format,
            unit: declared.unit,
            cell,
            assessment,
            settled: None,
            data_ends: course.data_ends,
        });
        let judged_by = known.zip(like.as_ref()).and_then(|(known, like)| known.judged(&threshold, like));
        let since = assessment.zip(like.as_ref()).filter(|_| course.status() >= Status::Warning && !chance);
        let since = since
            .map(|(assessment, like)| lasting(assessment, like, format).unwrap_or_else(|| words.say("lasts_new", [])));
        Line {
            id: declared.id.clone(),
            value: last.map_or_else(String::new, |cell| format.judged(cell, declared.unit, &threshold)),
            has_value: last.is_some_and(|cell| cell.outcome.value().is_some()),
            change: self.change(course, last),
            status: if chance { "chance" } else { course.status().name() },
            judged_by: judged_by.unwrap_or_default(),
            since: since.unwrap_or_default(),
            marks: format.threshold(&threshold, declared.unit, declared.better),
            trend: spark(&chart::small(course.points(), &threshold), &name),
            title,
            has_problem: self.in_force.problem_of(&course.kpi.file).is_some(),
        }
    }

    /// How the last figure changed since the one before, at the same age.
    fn change(&self, course: &Course, last: Option<&Cell>) -> ChangeView {
        let declared = &course.kpi.declaration;
        let before = course.compared.before.as_ref();
        let moved =
            last.zip(before).and_then(|(cell, before)| Change::between(before.comparable(), cell, declared.better));
        let signal = last.and_then(|cell| standing_out(course.assessment.as_ref(), cell, false));
        change(moved.as_ref(), declared.unit, signal, self.format)
    }
}
