//! The style sheet, under an address that names its content, so that browsers may cache it forever.

use crate::State;
use crate::unanswered::Unanswered;
use actix_web::http::header::{CacheControl, CacheDirective, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, web};

const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The style sheet, if the hash is its own; any other hash is not found.
pub(crate) async fn sheet(
    request: HttpRequest,
    state: web::Data<State>,
    hash: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let pages = state.templates.pages();
    let current = &pages.value;
    if *hash != current.style_hash {
        return Err(Unanswered::NoPage);
    }
    let tag = EntityTag::new_strong(current.style_hash.clone());
    let known = match IfNoneMatch::parse(&request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(ETag(tag)).insert_header(CacheControl(vec![
        CacheDirective::Public,
        CacheDirective::MaxAge(YEAR_SECONDS),
        CacheDirective::Extension("immutable".to_owned(), None),
    ]));
    Ok(if known {
        response.finish()
    } else {
        response.content_type("text/css; charset=utf-8").body(current.style_sheet.clone())
    })
}
