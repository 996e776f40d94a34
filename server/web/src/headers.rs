//! What every request must fulfil, and what every answer carries.

use crate::address::is_loopback_host;
use crate::unanswered::Unanswered;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use pegel_report::unsubscribe;

/// Only the style sheet and pictures within the page are loaded; nothing runs, nothing is framed, nothing is sent.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A stored mail brings its own styles, and is shown without an origin.
pub(crate) const MAIL_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses requests that are not addressed to this machine, and those that would change something: only a signed link may.
pub(crate) async fn refuse_foreign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // A signed link carries its own authority, and shows nothing of anybody: mail programs ask for it by the name that
    // readers know, whether or not what stands before this server passes that on.
    let is_signed = request.path().starts_with(unsubscribe::FOLDER);
    if !is_signed && !is_loopback_host(host) {
        return Ok(request.error_response(Unanswered::ForeignHost).map_into_right_body());
    }
    let may_write = is_signed && *request.method() == Method::POST;
    if !may_write && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request.error_response(Unanswered::ReadOnly).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Adds the headers that every answer carries.
pub(crate) async fn secure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    unless_set(headers, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    unless_set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(headers, header::REFERRER_POLICY, "no-referrer");
    unless_set(headers, header::X_FRAME_OPTIONS, "DENY");
    unless_set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    unless_set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    unless_set(headers, HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // Figures are for the one who asked, and go stale.
    unless_set(headers, header::CACHE_CONTROL, "private, no-cache");
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}

fn unless_set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
