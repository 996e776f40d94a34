//! `/editions`: what was reported, the latest period first; by report, period, state and words. Of a report's period the
//! latest revision is listed, with those that it corrects folded under it.

use super::{Choice, Place, blocking, checked, edition_name, format, statuses};
use crate::State;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_store::edition::{EditionHead, Listed, ListedPeriod};
use pegel_text::words::Words;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const PLACE: Place = Place { template: "editions.html", here: "editions" };

/// How many lines one page has.
const PAGE_ROWS: usize = 25;

/// What the address asks for; what is empty leaves nothing out.
#[derive(Deserialize)]
struct Asked {
    /// A number from 1 on.
    #[serde(default)]
    page: String,
    /// The name of a report.
    #[serde(default)]
    report: String,
    /// The name of a period, such as `2026-W46`.
    #[serde(default)]
    period: String,
    /// The worst state in the latest revision.
    #[serde(default)]
    status: String,
    /// Words that are all in what an edition says, in its title or its period.
    #[serde(default)]
    words: String,
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
    filter: Filter,
}

/// The form that leaves some of them.
#[derive(Serialize)]
struct Filter {
    /// Those that there are editions of.
    reports: Vec<Choice>,
    /// Those that there are editions of, the latest first.
    periods: Vec<Choice>,
    statuses: Vec<Choice>,
    words: String,
    /// The language that the address asks for, to be kept.
    lang: Option<String>,
}

/// The latest edition of a report's period.
#[derive(Serialize)]
struct Line {
    id: i64,
    title: String,
    period: String,
    /// What its mail says first.
    says: String,
    status: String,
    made: String,
    /// More than 0 if it corrects another one.
    revision: i32,
    /// Why it was made again, in the words of who did so.
    reason: Option<String>,
    /// The revisions before it, the latest first.
    earlier: Vec<Earlier>,
    /// Whether the words that are asked for are in one of these alone.
    unfolded: bool,
}

/// An edition that another one took the place of.
#[derive(Serialize)]
struct Earlier {
    id: i64,
    /// `week 46, revision 0`
    name: String,
    /// What its mail says first.
    says: String,
    status: String,
    made: String,
    /// Why the next one was made, in the words of who did so.
    reason: Option<String>,
}

/// The list.
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let asked: Asked = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    let page = blocking(&state, move |state| Page::of(&state.store.listed_editions()?, &asked, state, &reader)).await?;
    PLACE.show(&page, &state, &request)
}

impl Asked {
    /// Which page, from 1 on.
    fn number(&self, words: &Words) -> Result<usize, Unanswered> {
        let number = if self.page.is_empty() { Some(1) } else { self.page.parse().ok().filter(|number| *number > 0) };
        number.ok_or_else(|| Unanswered::address(words.say("no_page_number", [("asked", self.page.as_str().into())])))
    }

    fn wants(&self, period: &ListedPeriod, writer: &Writer) -> bool {
        let head = &period.latest.head;
        let is = |wanted: &str, name: &str| wanted.is_empty() || wanted == name;
        is(&self.report, &head.report)
            && is(&self.period, &head.period)
            && is(&self.status, &head.status)
            && period.editions().any(|edition| self.words_are_in(edition, writer))
    }

    fn words_are_in(&self, edition: &Listed, writer: &Writer) -> bool {
        let words = self.words.to_lowercase();
        let mut words = words.split_whitespace().peekable();
        words.peek().is_none() || {
            let text = writer.text(edition).to_lowercase();
            words.all(|word| text.contains(word))
        }
    }

    /// The address of a page of the same.
    fn page(&self, number: usize, reader: &Reader) -> String {
        let number = if number > 1 { number.to_string() } else { String::new() };
        let all = [
            ("page", &number),
            ("report", &self.report),
            ("period", &self.period),
            ("status", &self.status),
            ("words", &self.words),
        ];
        let given: Vec<(&str, &String)> = all.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let query = serde_urlencoded::to_string(given).unwrap_or_default();
        reader.kept_in(if query.is_empty() { "/editions".to_owned() } else { format!("/editions?{query}") })
    }
}

impl Page {
    fn of(listed: &[ListedPeriod], asked: &Asked, state: &State, reader: &Reader) -> Result<Page, Unanswered> {
        let format = format(state, reader);
        let writer = Writer { format: &format, now: (state.clock)(), zone: &state.zone };
        let filter = Filter::of(listed, asked, state, &writer, reader)?;
        let number = asked.number(format.words())?;
        let wanted: Vec<&ListedPeriod> = listed.iter().filter(|period| asked.wants(period, &writer)).collect();
        let number = number.min(wanted.len().div_ceil(PAGE_ROWS).max(1));
        let shown = wanted.iter().skip((number - 1) * PAGE_ROWS).take(PAGE_ROWS);
        Ok(Page {
            editions: shown.map(|period| writer.line(period, asked)).collect(),
            any: !listed.is_empty(),
            number,
            newer: (number > 1).then(|| asked.page(number - 1, reader)),
            older: (number * PAGE_ROWS < wanted.len()).then(|| asked.page(number + 1, reader)),
            filter,
        })
    }
}

impl Filter {
    fn of(
        listed: &[ListedPeriod],
        asked: &Asked,
        state: &State,
        writer: &Writer,
        reader: &Reader,
    ) -> Result<Filter, Unanswered> {
        let words = writer.format.words();
        let heads = || listed.iter().map(|period| &period.latest.head);
        let mut seen = BTreeSet::new();
        let periods = heads().map(|head| head.period.as_str()).filter(|name| seen.insert(*name));
        let periods = periods.map(|name| Choice::new(name, writer.period(name), &asked.period)).collect();
        let reports = reports(heads(), asked, state, writer.format);
        Ok(Filter {
            reports: checked(reports, "report", &asked.report, words)?,
            periods: checked(periods, "period", &asked.period, words)?,
            statuses: checked(statuses(&asked.status, writer.format), "status", &asked.status, words)?,
            words: asked.words.clone(),
            lang: reader.asked_for(),
        })
    }
}

/// The reports that there are editions of, by name, as the latest of them is called. If another one is asked for, those
/// that have no edition yet are among them.
fn reports<'a>(
    heads: impl DoubleEndedIterator<Item = &'a EditionHead>,
    asked: &Asked,
    state: &State,
    format: &Format,
) -> Vec<Choice> {
    let mut titles: BTreeMap<String, String> =
        heads.rev().map(|head| (head.report.clone(), head.title.clone())).collect();
    if !asked.report.is_empty() && !titles.contains_key(&asked.report) {
        for report in (state.reports)() {
            let title = format.title(&report.title);
            titles.entry(report.name).or_insert(title);
        }
    }
    titles.into_iter().map(|(name, title)| Choice::new(&name, title, &asked.report)).collect()
}

/// What lines are written with.
struct Writer<'a> {
    format: &'a Format,
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Writer<'_> {
    /// `KW 46 · 9.–15. November 2026`
    fn period(&self, name: &str) -> String {
        let period = Period::parse(name, self.now, self.zone);
        period.map_or_else(|_| name.to_owned(), |period| self.format.period(&(&period).into()))
    }

    /// What words are looked for in.
    fn text(&self, Listed { head, subject }: &Listed) -> String {
        let says = subject.as_deref().unwrap_or_default();
        let reason = head.reason.as_deref().unwrap_or_default();
        format!("{} {} {} {says} {reason}", head.title, self.period(&head.period), head.period)
    }

    fn line(&self, period: &ListedPeriod, asked: &Asked) -> Line {
        let Listed { head, subject } = &period.latest;
        let earlier = period.editions().zip(&period.earlier).map(|(next, edition)| self.earlier(edition, &next.head));
        Line {
            id: head.id,
            title: head.title.clone(),
            period: self.period(&head.period),
            says: subject.clone().unwrap_or_default(),
            status: head.status.clone(),
            made: self.format.instant(head.created_at),
            revision: head.revision,
            reason: head.reason.clone(),
            earlier: earlier.collect(),
            unfolded: !asked.words_are_in(&period.latest, self),
        }
    }

    fn earlier(&self, Listed { head, subject }: &Listed, next: &EditionHead) -> Earlier {
        Earlier {
            id: head.id,
            name: edition_name(&head.period, head.revision, self.format),
            says: subject.clone().unwrap_or_default(),
            status: head.status.clone(),
            made: self.format.instant(head.created_at),
            reason: next.reason.clone(),
        }
    }
}
