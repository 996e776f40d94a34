//! `/operations`: what is not in order and waits for somebody to mend it.

use super::{blocking, format};
use crate::State;
use crate::failure::Failure;
use crate::locale::Locale;
use crate::problems::{self, About, Problem, Standing};
use crate::templates::{Frame, html};
use crate::words::{OperationsWords, SectionWords, Words};
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_catalog::files::in_home;
use pegel_report::format::Format;
use serde::Serialize;

/// What the page says: nothing, if all is in order.
#[derive(Serialize)]
struct Page {
    sections: Vec<Section>,
}

/// What is not in order of one kind; there is something.
#[derive(Serialize)]
struct Section {
    id: &'static str,
    title: &'static str,
    /// What that means until it is mended.
    text: &'static str,
    problems: Vec<Line>,
    /// Files that are in order and wait for the others.
    waiting: Vec<String>,
}

/// One thing that is not in order.
#[derive(Serialize)]
struct Line {
    name: String,
    /// Several lines.
    message: String,
}

/// The page.
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let locale = Locale::of(&request);
    let words = locale.words();
    let page = {
        let locale = locale.clone();
        blocking(&state, move |state| gather(state, words, &format(state, &locale))).await?
    };
    let text = state.templates.render("operations.html", &Frame::new(&request, &locale, "operations"), &page)?;
    Ok(html(HttpResponse::Ok(), text))
}

fn gather(state: &State, words: &'static Words, format: &Format) -> Result<Page, Failure> {
    let standing = Standing::now(state)?;
    let problems = problems::all(state);
    let words = &words.sections;
    let kinds: [(&'static str, &[About], &'static SectionWords); 5] = [
        ("reports", &[About::Report], &words.reports),
        ("templates", &[About::Template], &words.templates),
        ("kpis", &[About::Kpi, About::Thresholds, About::Calendar], &words.kpis),
        ("mappings", &[About::Mapping], &words.mappings),
        ("configuration", &[About::Configuration], &words.configuration),
    ];
    let mut sections: Vec<Section> =
        kinds.into_iter().map(|(id, kinds, words)| Section::of(id, words, &problems, kinds)).collect();
    if let Some(kpis) = sections.iter_mut().find(|section| section.id == "kpis") {
        kpis.waiting = state.live.in_force().waiting.iter().map(|file| in_home(file)).collect();
    }
    sections.insert(0, Section::of_mails(&standing, words, format));
    sections.insert(1, Section::of_runs(&standing, words));
    sections.retain(|section| !section.problems.is_empty());
    Ok(Page { sections })
}

impl Section {
    fn of(id: &'static str, words: &SectionWords, all: &[Problem], kinds: &[About]) -> Section {
        let of_these = all.iter().filter(|problem| kinds.contains(&problem.about));
        let line = |problem: &Problem| Line { name: problem.name.clone(), message: problem.message.clone() };
        let problems = of_these.map(line).collect();
        Section { id, title: words.title, text: words.text, problems, waiting: Vec::new() }
    }

    fn of_runs(standing: &Standing, words: &'static OperationsWords) -> Section {
        let failed = standing.failed_runs.iter();
        let problems =
            failed.map(|(report, period, error)| Line { name: format!("{report} {period}"), message: error.clone() });
        let (title, text) = (words.runs.title, words.runs.text);
        Section { id: "runs", title, text, problems: problems.collect(), waiting: Vec::new() }
    }

    fn of_mails(mails: &Standing, words: &'static OperationsWords, format: &Format) -> Section {
        let counted = |count: i64, one, many| {
            let noun = if count == 1 { one } else { many };
            format!("{} {noun}", format.count(count.unsigned_abs()))
        };
        let held = mails.held.iter().map(|held| Line {
            name: format!("{} {}", counted(held.mails, words.mail_waits, words.mails_wait), format.instant(held.since)),
            message: held.answer.clone(),
        });
        let no_room = mails.no_room.iter().map(|error| Line { name: words.no_room.to_owned(), message: error.clone() });
        let given_up = (mails.given_up > 0).then(|| Line {
            name: counted(mails.given_up, words.mail_given_up, words.mails_given_up),
            message: words.send_again.to_owned(),
        });
        Section {
            id: "mails",
            title: words.mails.title,
            text: words.mails.text,
            problems: held.chain(no_room).chain(given_up).collect(),
            waiting: Vec::new(),
        }
    }
}
