//! `/editions`: what was reported, the latest period first; by report, state and words.

use super::{Choice, Place, blocking, format};
use crate::State;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_store::edition::Listed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PLACE: Place = Place { template: "editions.html", here: "editions" };

/// How many editions one page lists.
const PAGE_ROWS: usize = 25;

/// The states that an edition can be in, the worst first.
const STATUSES: [Status; 4] = [Status::Critical, Status::Warning, Status::Ok, Status::Unjudged];

/// What the address asks for.
#[derive(Deserialize)]
struct Asked {
    /// From 1 on.
    page: Option<usize>,
    /// The name of a report.
    report: Option<String>,
    /// The worst state in it.
    status: Option<String>,
    /// Words that are all in what it says, in its title or its period.
    words: Option<String>,
}

/// What the page says.
#[derive(Serialize)]
struct Page {
    editions: Vec<Line>,
    /// Whether there are any, whatever is asked for.
    any: bool,
    number: usize,
    /// Addresses of the previous and next page.
    newer: Option<String>,
    older: Option<String>,
    /// The reports that there are editions of, with what is asked for.
    reports: Vec<Choice>,
    statuses: Vec<Choice>,
    words: String,
    /// The language that the address asks for, to be kept.
    lang: Option<String>,
}

/// One edition in the list.
#[derive(Serialize)]
struct Line {
    id: i64,
    title: String,
    period: String,
    /// What its mail says first.
    says: String,
    status: String,
    made: String,
    revision: i32,
    /// Why it was made again, in the words of who did so.
    reason: Option<String>,
}

/// The list.
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    let listed = blocking(&state, |state| Ok(state.store.listed_editions()?)).await?;
    let format = format(&state, &reader);
    let page = Page::of(&listed, &asked, &state, &format, &reader);
    PLACE.show(&page, &state, &request)
}

impl Asked {
    fn wants(&self, edition: &Listed, line: &Line) -> bool {
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted.is_empty() || wanted == name)
        };
        let text = format!("{} {} {} {}", line.title, line.period, edition.head.period, line.says).to_lowercase();
        let words = self.words.as_deref().unwrap_or_default().to_lowercase();
        is(&self.report, &edition.head.report)
            && is(&self.status, &edition.head.status)
            && words.split_whitespace().all(|word| text.contains(word))
    }

    /// The address of a page of the same.
    fn page(&self, number: usize, reader: &Reader) -> String {
        let given = |name: &'static str, text: &Option<String>| {
            text.clone().filter(|text| !text.is_empty()).map(|text| (name, text))
        };
        let page = Some(("page", number.to_string())).filter(|_| number > 1);
        let parts = [page, given("report", &self.report), given("status", &self.status), given("words", &self.words)];
        let parts: Vec<(&str, String)> = parts.into_iter().flatten().collect();
        let query = serde_urlencoded::to_string(parts).unwrap_or_default();
        reader.kept_in(if query.is_empty() { "/editions".to_owned() } else { format!("/editions?{query}") })
    }
}

impl Page {
    fn of(listed: &[Listed], asked: &Asked, state: &State, format: &Format, reader: &Reader) -> Page {
        let line = |edition: &Listed| Some(Line::of(edition, state, format)).filter(|line| asked.wants(edition, line));
        let wanted: Vec<Line> = listed.iter().filter_map(line).collect();
        let number = asked.page.unwrap_or(1).clamp(1, wanted.len().div_ceil(PAGE_ROWS).max(1));
        let older = number * PAGE_ROWS < wanted.len();
        let titles: BTreeMap<&str, &str> =
            listed.iter().rev().map(|edition| (edition.head.report.as_str(), edition.head.title.as_str())).collect();
        let report = |(name, title): (&str, &str)| Choice {
            name: name.to_owned(),
            title: title.to_owned(),
            chosen: asked.report.as_deref() == Some(name),
        };
        let status = |status: Status| Choice {
            name: status.name().to_owned(),
            title: format.status(status),
            chosen: asked.status.as_deref() == Some(status.name()),
        };
        let (first, words) = ((number - 1) * PAGE_ROWS, asked.words.clone().unwrap_or_default());
        Page {
            editions: wanted.into_iter().skip(first).take(PAGE_ROWS).collect(),
            any: !listed.is_empty(),
            number,
            newer: (number > 1).then(|| asked.page(number - 1, reader)),
            older: older.then(|| asked.page(number + 1, reader)),
            reports: titles.into_iter().map(report).collect(),
            statuses: STATUSES.map(status).into(),
            words,
            lang: reader.asked_for(),
        }
    }
}

impl Line {
    fn of(edition: &Listed, state: &State, format: &Format) -> Line {
        let Listed { head, subject } = edition;
        let period = Period::parse(&head.period, (state.clock)(), &state.zone);
        Line {
            id: head.id,
            title: head.title.clone(),
            period: period.map_or_else(|_| head.period.clone(), |period| format.period(&(&period).into())),
            says: subject.clone().unwrap_or_default(),
            status: head.status.clone(),
            made: format.instant(head.created_at),
            revision: head.revision,
            reason: head.reason.clone(),
        }
    }
}
