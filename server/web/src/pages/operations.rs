//! `/operations`: what is not in order and waits for somebody to mend it, and how the work goes.

mod now;

use super::{Place, blocking, format};
use crate::State;
use crate::problem::About;
use crate::problems::{self, Standing};
use crate::reader::Reader;
use crate::running::Running;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use now::Now;
use pegel_catalog::files::in_home;
use pegel_report::format::Format;
use pegel_text::words::Words;
use serde::Serialize;

const PLACE: Place = Place { template: "operations.html", here: "operations" };

/// What the page says.
#[derive(Serialize)]
struct Page {
    /// What is not in order.
    sections: Vec<Section>,
    now: Now,
}

/// The problems of one kind; there is at least one.
#[derive(Serialize)]
struct Section {
    id: &'static str,
    title: String,
    /// The consequence until they are mended.
    text: String,
    problems: Vec<Line>,
    /// Files that are in order and wait for the others.
    waiting: Vec<String>,
}

/// One problem.
#[derive(Serialize)]
struct Line {
    name: String,
    /// Several lines.
    message: String,
}

/// The page.
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let page = blocking(&state, move |state| gather(state, &format(state, &reader))).await?;
    PLACE.show(&page, &state, &request)
}

fn gather(state: &State, format: &Format) -> Result<Page, Unanswered> {
    let standing = Standing::now(state)?;
    let problems = problems::all(state);
    let kinds: [(&'static str, &[About]); 6] = [
        ("alerts", &[About::Alert]),
        ("reports", &[About::Report]),
        ("templates", &[About::Template]),
        ("kpis", &[About::Kpi, About::Thresholds, About::Calendar]),
        ("mappings", &[About::Mapping]),
        ("configuration", &[About::Configuration]),
    ];
    let of_kind = |(id, kinds): (&'static str, &[About])| {
        let of_these = problems.iter().filter(|problem| kinds.contains(&problem.about));
        let lines = of_these.map(|problem| Line { name: problem.name.clone(), message: problem.message.clone() });
        Section::of(id, format.words(), lines.collect())
    };
    let mails = Section::of("mails", format.words(), mails(&standing, format));
    let runs = Section::of("runs", format.words(), runs(&standing));
    let mut sections: Vec<Section> = [mails, runs].into_iter().chain(kinds.into_iter().map(of_kind)).collect();
    if let Some(kpis) = sections.iter_mut().find(|section| section.id == "kpis") {
        kpis.waiting = state.live.in_force().waiting.iter().map(|file| in_home(file)).collect();
    }
    sections.retain(|section| !section.problems.is_empty());
    let now = Now::of(&Running::now(state)?, state, format);
    Ok(Page { sections, now })
}

impl Section {
    fn of(id: &'static str, words: &Words, problems: Vec<Line>) -> Section {
        let (title, text) = (format!("section_{id}"), format!("section_{id}_text"));
        Section { id, title: words.say(&title, []), text: words.say(&text, []), problems, waiting: Vec::new() }
    }
}

fn runs(standing: &Standing) -> Vec<Line> {
    let failed = standing.failed_runs.iter();
    failed.map(|(report, period, error)| Line { name: format!("{report} {period}"), message: error.clone() }).collect()
}

fn mails(standing: &Standing, format: &Format) -> Vec<Line> {
    let words = format.words();
    let held = standing.held.iter().map(|held| {
        let since = format.instant(held.since);
        let name = words.say("mails_wait", [("count", held.mails.into()), ("since", since.into())]);
        Line { name, message: held.answer.clone() }
    });
    let no_room = standing.no_room.iter().map(|error| Line { name: words.say("no_room", []), message: error.clone() });
    let given_up = (standing.given_up > 0).then(|| Line {
        name: words.say("mails_given_up", [("count", standing.given_up.into())]),
        message: words.say("send_again", []),
    });
    held.chain(no_room).chain(given_up).collect()
}
