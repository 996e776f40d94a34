//! One file per page: each builds a model, and the template of the same name renders it.

pub(crate) mod diff;
pub(crate) mod edition;
pub(crate) mod editions;
pub(crate) mod failure;
pub(crate) mod health;
pub(crate) mod kpi;
pub(crate) mod kpis;
pub(crate) mod metrics;
pub(crate) mod missing;
pub(crate) mod operations;
pub(crate) mod reference;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod style;
pub(crate) mod unsubscribe;

use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::time::period::Period;
use pegel_report::format::Format;
use pegel_text::words::Words;
use serde::Serialize;

/// How many choices are named to who asks for something else.
const MOST_NAMED: usize = 20;

/// Does work that waits for the database on a thread where it holds up no one else.
async fn blocking<T: Send + 'static>(
    state: &web::Data<State>,
    work: impl FnOnce(&State) -> Result<T, Unanswered> + Send + 'static,
) -> Result<T, Unanswered> {
    let state = state.clone();
    web::block(move || work(&state)).await?
}

/// Does work that computes figures, when it is its turn.
async fn computing<T: Send + 'static>(
    state: &web::Data<State>,
    work: impl FnOnce(&State) -> Result<T, Unanswered> + Send + 'static,
) -> Result<T, Unanswered> {
    let place = state.bound.place().await?;
    blocking(state, move |state| {
        // Held until the work is done, even if nobody waits for it any more.
        let _place = place;
        work(state)
    })
    .await
}

/// Which template shows a page, and to which of the main pages it belongs.
#[derive(Clone, Copy)]
struct Place {
    template: &'static str,
    here: &'static str,
}

impl Place {
    /// A page, answered as HTML.
    fn show(self, page: &impl Serialize, state: &State, request: &HttpRequest) -> Result<HttpResponse, Unanswered> {
        let frame = Frame::new(request, &Reader::of(request), self.here);
        Ok(html(HttpResponse::Ok(), state.templates.render(self.template, &frame, page)?))
    }

    /// The same of figures that are computed for its reader, when it is their turn.
    async fn computed<P: Serialize + Send + 'static>(
        self,
        state: &web::Data<State>,
        request: &HttpRequest,
        gather: impl FnOnce(&State, &Reader) -> Result<P, Unanswered> + Send + 'static,
    ) -> Result<HttpResponse, Unanswered> {
        let reader = Reader::of(request);
        let page = computing(state, move |state| gather(state, &reader)).await?;
        self.show(&page, state, request)
    }
}

/// Something that can be asked for.
#[derive(Serialize)]
struct Choice {
    name: String,
    title: String,
    chosen: bool,
}

impl Choice {
    /// One of that name; chosen if it is what is asked for.
    fn new(name: &str, title: String, asked: &str) -> Choice {
        Choice { name: name.to_owned(), title, chosen: name == asked }
    }
}

/// The states that a KPI or an edition can be in, the worst first.
fn statuses(asked: &str, format: &Format) -> Vec<Choice> {
    let all = [Status::Critical, Status::Warning, Status::Ok, Status::Unjudged];
    all.map(|status| Choice::new(status.name(), format.status(status), asked)).into()
}

/// The choices of a form, unless an address asks for something that is none of them. `field` names the word for what is
/// chosen.
fn checked(choices: Vec<Choice>, field: &str, asked: &str, words: &Words) -> Result<Vec<Choice>, Unanswered> {
    if asked.is_empty() || choices.iter().any(|choice| choice.chosen) {
        return Ok(choices);
    }
    let mut named: Vec<&str> = choices.iter().take(MOST_NAMED).map(|choice| choice.name.as_str()).collect();
    if choices.len() > MOST_NAMED {
        named.push("…");
    }
    let of = [
        ("field", words.say(field, []).into()),
        ("asked", asked.into()),
        ("count", choices.len().into()),
        ("choices", named.join(", ").into()),
    ];
    Err(Unanswered::address(words.say("no_choice", of)))
}

/// Writes figures for a reader.
fn format(state: &State, reader: &Reader) -> Format {
    let titles = state.live.current().model.titles();
    Format::new(&reader.locale, &state.currency, state.zone_name()).calling(&titles)
}

/// `week 46, revision 0`
fn edition_name(period: &str, revision: i32, format: &Format) -> String {
    let of = [("period", format.period_name(period).into()), ("revision", revision.into())];
    format.words().say("edition_of", of)
}

/// `Past 26 weeks`
fn past_periods(periods: &[Period], format: &Format) -> String {
    let span = periods.last().map_or("period", |period| format.span(&period.to_string()));
    format.words().say("past_periods", [("span", span.into()), ("count", periods.len().into())])
}
