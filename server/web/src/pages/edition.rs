//! `/editions/{id}`: one edition as it was stored, and its artefacts as they are.

use super::{Place, blocking, computing};
use crate::State;
use crate::headers::MAIL_POLICY;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_report::archive::{members, numbers};
use pegel_report::format::Format;
use pegel_report::forms::{Form, Maker, PROGRAM};
use pegel_report::labels::Names;
use pegel_report::numbers::{Members, Numbers};
use pegel_report::sections::{Section, sections};
use pegel_report::view::{View, view};
use pegel_store::edition::{Audience, Edition, EditionHead, HTML, NUMBERS, Rendition, SourceHash, TEXT};
use pegel_store::outbox::Delivery;
use pegel_text::locale::Locale;
use pegel_text::words::Words;
use serde::{Deserialize, Serialize};

const PLACE: Place = Place { template: "edition.html", here: "editions" };

/// The artefacts that are served as they are stored.
const READABLE: [&str; 3] = [NUMBERS, HTML, TEXT];

/// What the page says.
#[derive(Serialize)]
struct Page {
    id: i64,
    /// The query of links to its artefacts: for whom they are, and in which language.
    of: String,
    /// What it says differently from the one that it corrects; `None` if it corrects none.
    corrects: Option<String>,
    /// The latest edition of its period, if that is another one.
    superseded_by: Option<String>,
    /// The pages of the same report about the period before and after.
    before: Option<String>,
    after: Option<String>,
    /// For whom else it was made; empty if for nobody.
    audiences: Vec<AudienceView>,
    edition: View,
    /// The view's sections, with what only this page shows.
    sections: Vec<Section>,
    /// The readable ones, unless erased.
    artefacts: Vec<&'static str>,
    /// The forms that it can be had in.
    forms: Vec<&'static str>,
    checksum: String,
    sources: Vec<SourceView>,
    deliveries: Vec<Recipient>,
}

/// Readers who get an edition alike.
#[derive(Serialize)]
struct AudienceView {
    path: String,
    /// `North, South · de-DE`, `Adler Solar · de-DE`
    text: String,
    /// Whether the page shows what they get.
    shown: bool,
}

/// What the address of an edition's page asks for.
#[derive(Deserialize)]
struct Asked {
    /// The number of an audience, from 1 on; that of the report itself, if it is empty.
    #[serde(default)]
    audience: String,
}

/// What the edition was made from.
#[derive(Serialize)]
struct SourceView {
    kind: String,
    name: String,
    /// Beside the hash: the number of an activation or an import, the version of the program.
    version: Option<String>,
    sha256: String,
}

/// A mail: the recipient, and what became of it.
#[derive(Serialize)]
struct Recipient {
    address: String,
    state: &'static str,
    attempts: i32,
    at: Option<String>,
    answer: Option<String>,
}

/// The edition's page.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let (reader, audience) = (Reader::of(&request), audience_of(&request)?);
    let page = blocking(&state, move |state| {
        let edition = stored(state, &id)?;
        let EditionHead { id, report, period, revision, .. } = &edition.head;
        let deliveries = state.store.deliveries(Some(*id))?;
        let corrects = if *revision > 0 { state.store.edition_id(report, period, revision - 1)? } else { None };
        let latest = state.store.latest_edition(report, period)?.filter(|latest| latest != id);
        let around = state.store.neighbours(&edition.head)?;
        // Who is shown a part stays with that; their number may be another one there.
        let own = audience.and_then(|_| Some(&shown(&edition, audience)?.audience));
        let page = |id: Option<i64>| -> Result<Option<String>, Unanswered> {
            let Some(id) = id else { return Ok(None) };
            let Some(own) = own else { return Ok(Some(reader.kept_in(format!("/editions/{id}")))) };
            let number = number_of(own, &state.store.audiences(id)?);
            Ok(number.map(|number| reader.kept_in(format!("/editions/{id}?audience={number}"))))
        };
        let (before, after, superseded_by) = (page(around.0)?, page(around.1)?, page(latest)?);
        let of = query_of(audience);
        let corrects = corrects.map(|other| reader.kept_in(format!("/editions/{id}/since/{other}{of}")));
        Ok(Page { corrects, superseded_by, before, after, ..Page::of(edition, audience, deliveries, &reader)? })
    })
    .await?;
    PLACE.show(&page, &state, &request)
}

/// Where mails link to: an edition by report and period. Its id is not known yet when the mail is written.
pub(crate) async fn named(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String, i32)>,
) -> Result<HttpResponse, Unanswered> {
    let (report, period, revision) = path.into_inner();
    let id = blocking(&state, move |state| Ok(state.store.edition_id(&report, &period, revision)?)).await?;
    let query = request.query_string();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let page = format!("/editions/{}{query}", id.ok_or(Unanswered::NoPage)?);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish())
}

/// A stored artefact, byte for byte, or a form that is made of the stored numbers.
pub(crate) async fn artefact(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Unanswered> {
    let (id, name) = path.into_inner();
    if let Some(form) = Form::named(&name) {
        return made(form, id, &request, &state).await;
    }
    let audience = audience_of(&request)?;
    let name = READABLE.into_iter().find(|readable| *readable == name).ok_or(Unanswered::NoPage)?;
    let edition = blocking(&state, move |state| stored(state, &id)).await?;
    let artefact =
        shown(&edition, audience).and_then(|rendition| rendition.artefact(name)).ok_or(Unanswered::NoPage)?;
    let bytes = artefact.bytes().ok_or(Unanswered::Erased)?.into_owned();
    let mut response = HttpResponse::Ok();
    if name == HTML {
        response.insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY));
    }
    Ok(response.content_type(artefact.media_type.as_str()).body(bytes))
}

/// A file as it was attached to a mail, byte for byte; else made of the stored numbers, in the reader's language.
async fn made(
    form: Form,
    id: String,
    request: &HttpRequest,
    state: &web::Data<State>,
) -> Result<HttpResponse, Unanswered> {
    let reader = Reader::of(request);
    let audience = audience_of(request)?;
    let (name, bytes) = computing(state, move |state| {
        let edition = stored(state, &id)?;
        let (rendition, numbers) = numbers_of(&edition, audience)?;
        if let Some(stored) = form.stored(rendition) {
            return Ok((form.file_name(&numbers), stored.bytes().ok_or(Unanswered::Erased)?.into_owned()));
        }
        let locale = locale(&numbers, &reader).tag();
        let maker = Maker { program: PROGRAM, locale: &locale, typesetter: &state.typesetter };
        Ok((form.file_name(&numbers), form.make(&numbers, maker)?))
    })
    .await?;
    let attached = ContentDisposition::attachment(name);
    Ok(HttpResponse::Ok().content_type(form.media_type()).insert_header(attached).body(bytes))
}

/// The edition of that number. Blocks.
pub(super) fn stored(state: &State, id: &str) -> Result<Edition, Unanswered> {
    let absent = || Unanswered::NoEdition(id.to_owned());
    state.store.edition(id.parse().map_err(|_| absent())?)?.ok_or_else(absent)
}

/// The rendition for the audience of that number, counted from 1; for those of the report itself, if none is named.
fn shown(edition: &Edition, audience: Option<usize>) -> Option<&Rendition> {
    edition.renditions.get(audience.unwrap_or(1).checked_sub(1)?)
}

/// What addresses of pages say of an audience.
pub(super) fn query_of(audience: Option<usize>) -> String {
    audience.map_or_else(String::new, |audience| format!("?audience={audience}"))
}

/// The number of an audience among those of another edition: of the same readers, or of others who see the same.
pub(super) fn number_of(audience: &Audience, among: &[Audience]) -> Option<usize> {
    let same = among.iter().position(|other| other == audience);
    same.or_else(|| among.iter().position(|other| other.scope == audience.scope)).map(|at| at + 1)
}

/// The rendition for an audience, and its numbers.
pub(super) fn numbers_of(edition: &Edition, audience: Option<usize>) -> Result<(&Rendition, Numbers), Unanswered> {
    let unreadable = |error: String| Unanswered::Numbers { edition: edition.head.id, error };
    let rendition = shown(edition, audience).ok_or(Unanswered::NoPage)?;
    if rendition.artefact(NUMBERS).is_some_and(|numbers| numbers.content.kept().is_none()) {
        return Err(Unanswered::Erased);
    }
    let numbers = numbers(rendition, &edition.labels).map_err(|error| unreadable(error.to_string()))?;
    Ok((rendition, numbers))
}

impl Page {
    fn of(
        edition: Edition,
        audience: Option<usize>,
        deliveries: Vec<Delivery>,
        reader: &Reader,
    ) -> Result<Page, Unanswered> {
        let id = edition.head.id;
        let (rendition, numbers) = numbers_of(&edition, audience)?;
        let kept = |name: &&str| rendition.artefact(name).is_some_and(|artefact| artefact.content.kept().is_some());
        let locale = locale(&numbers, reader);
        let format = Format::new(&locale, &numbers.currency, numbers.shown_in());
        let view = view(&numbers, &locale.tag());
        let of = reader.kept_in(query_of(audience));
        Ok(Page {
            id,
            of,
            corrects: None,
            superseded_by: None,
            before: None,
            after: None,
            audiences: AudienceView::all(&edition, audience, reader),
            sections: sections(&view, &numbers),
            artefacts: READABLE.into_iter().filter(kept).collect(),
            forms: Form::ALL.iter().map(|form| form.name()).collect(),
            edition: view,
            sources: edition.sources.into_iter().map(SourceView::from).collect(),
            checksum: edition.head.checksum,
            deliveries: deliveries.into_iter().map(|delivery| Recipient::of(delivery, &format)).collect(),
        })
    }
}

pub(super) fn audience_of(request: &HttpRequest) -> Result<Option<usize>, Unanswered> {
    let Asked { audience } = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    if audience.is_empty() {
        return Ok(None);
    }
    let words = Words::of(&Reader::of(request).locale);
    let no_number = |_| Unanswered::address(words.say("no_audience_number", [("asked", audience.as_str().into())]));
    audience.parse().map(Some).map_err(no_number)
}

impl AudienceView {
    fn all(edition: &Edition, shown: Option<usize>, reader: &Reader) -> Vec<AudienceView> {
        if edition.renditions.len() < 2 {
            return Vec::new();
        }
        let names = Names::of(&edition.labels);
        let of = |(nth, rendition): (usize, &Rendition)| {
            let scope: Scope = serde_json::from_str(&rendition.audience.scope).unwrap_or_default();
            let restricted = scope != Scope::everything();
            let members = if restricted { members(rendition, &names) } else { Members::default() };
            let called = |(dimension, texts): (Dimension, &[String])| {
                texts.iter().map(|text| members.called(&dimension, text)).collect::<Vec<_>>().join(", ")
            };
            let groups: Vec<String> = scope.restrictions().map(called).collect();
            let groups = if groups.is_empty() { "–".to_owned() } else { groups.join(" · ") };
            AudienceView {
                path: reader.kept_in(format!("/editions/{}?audience={nth}", edition.head.id)),
                text: format!("{groups} · {}", rendition.audience.locale),
                shown: nth == shown.unwrap_or(1),
            }
        };
        (1..).zip(&edition.renditions).map(of).collect()
    }
}

/// The reader's locale; within their language the edition's own, so that page and mail read the same.
pub(super) fn locale(numbers: &Numbers, reader: &Reader) -> Locale {
    let own = Locale::parse(&numbers.locale).filter(|own| own.language() == reader.locale.language());
    own.unwrap_or_else(|| reader.locale.clone())
}

impl From<SourceHash> for SourceView {
    fn from(source: SourceHash) -> SourceView {
        let SourceHash { kind, name, sha256, version } = source;
        SourceView { kind, name, version, sha256 }
    }
}

impl Recipient {
    fn of(delivery: Delivery, format: &Format) -> Recipient {
        Recipient {
            address: delivery.recipient,
            state: delivery.state.word(),
            attempts: delivery.attempts,
            at: delivery.delivered_at.map(|at| format.instant(at)),
            answer: delivery.answer,
        }
    }
}
