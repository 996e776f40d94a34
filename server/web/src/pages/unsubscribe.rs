//! `/unsubscribe/{report}/{address}/{signature}`: where a recipient gets no more mails of a report. Whoever has the link
//! may do that: it is signed, and needs neither an account nor a cookie. Asking for the page changes nothing, since mail
//! servers follow links to look at them; its button, and mail programs by themselves (RFC 8058), send a POST.
//!
//! `/unsubscribe/{report}` stands in what is stored and read by many: see [`pegel_report::unsubscribe`].

use super::{blocking, format};
use crate::State;
use crate::reader::Reader;
use crate::templates::{Frame, html};
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_report::archive::numbers;
use pegel_report::unsubscribe::LinkKey;
use pegel_text::locale::Locale;
use serde::Serialize;

/// What the page says.
#[derive(Serialize)]
struct Page {
    /// What the report is called.
    report: String,
    /// `None` where the link is nobody's.
    address: Option<String>,
    /// Since when they get no more mails; `None` if they do.
    since: Option<String>,
}

/// What a link is for.
type Link = web::Path<(String, String, String)>;

/// Says where one's own link is.
pub(crate) async fn shared(
    request: HttpRequest,
    state: web::Data<State>,
    report: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(&request);
    let locale = reader.locale.clone();
    let title = blocking(&state, move |state| title(state, &report, &locale)).await?;
    let page = Page { report: title.ok_or(Unanswered::NoPage)?, address: None, since: None };
    answer(&request, &reader, &state, &page)
}

/// Asks whether it is meant, or says that it took effect before.
pub(crate) async fn ask(request: HttpRequest, state: web::Data<State>, link: Link) -> Result<HttpResponse, Unanswered> {
    on(request, state, link, false).await
}

/// Lets it take effect.
pub(crate) async fn take_effect(
    request: HttpRequest,
    state: web::Data<State>,
    link: Link,
) -> Result<HttpResponse, Unanswered> {
    on(request, state, link, true).await
}

async fn on(
    request: HttpRequest,
    state: web::Data<State>,
    link: Link,
    is_meant: bool,
) -> Result<HttpResponse, Unanswered> {
    let (report, address, signature) = link.into_inner();
    let reader = Reader::of(&request);
    let asking = reader.clone();
    let page = blocking(&state, move |state| {
        let key = state.store.link_key()?.map(LinkKey::new);
        if !key.is_some_and(|key| key.fits(&report, &address, &signature)) {
            return Err(Unanswered::BadLink);
        }
        if is_meant {
            state.store.unsubscribe(&report, &address, (state.clock)().as_second())?;
            tracing::info!(report, address, "a recipient wants no more mails of a report");
        }
        let since = state.store.unsubscribed_since(&report, &address)?;
        let since = since.map(|since| format(state, &asking).instant(since));
        let report = title(state, &report, &asking.locale)?.unwrap_or(report);
        Ok(Page { report, address: Some(address), since })
    })
    .await?;
    answer(&request, &reader, &state, &page)
}

fn answer(request: &HttpRequest, reader: &Reader, state: &State, page: &Page) -> Result<HttpResponse, Unanswered> {
    let text = state.templates.render("unsubscribe.html", &Frame::new(request, reader, ""), page)?;
    Ok(html(HttpResponse::Ok(), text))
}

/// What a report is called in a language, by its newest edition; `None` if there is none.
fn title(state: &State, report: &str, locale: &Locale) -> Result<Option<String>, Unanswered> {
    let Some(id) = state.store.newest_edition(report)? else { return Ok(None) };
    let Some(edition) = state.store.edition(id)? else { return Ok(None) };
    let numbers = edition.renditions.first().and_then(|rendition| numbers(rendition, &edition.labels).ok());
    let title = numbers.map(|numbers| numbers.title.in_language(locale.language()).to_owned());
    Ok(Some(title.unwrap_or(edition.head.title)))
}
