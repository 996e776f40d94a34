//! The conversation by HTTP: one request, of which the answer's beginning is read. What is secret is in no message.

use super::failed::Failed;
use crate::secret::Secret;
use crate::server::is_here;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use pegel_text::clean::one_line;
use rustls::crypto::ring::default_provider;
use std::fmt::Display;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::Response;
use ureq::http::header::RETRY_AFTER;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Body};
use url::{Host, Url};

/// How long a request may take from beginning to end.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// So much of an answer is read, in bytes.
const READ: u64 = 4096;
/// So much of it is kept, in characters.
const KEPT: usize = 300;

/// Where requests go. Its URL is a secret: whoever knows it can post there.
#[derive(Debug, Clone)]
pub struct Endpoint {
    url: Secret,
    /// Certificates (PEM) that are trusted beside those of the system.
    ca_file: Option<PathBuf>,
    patience: Duration,
}

impl Endpoint {
    /// An endpoint whose URL is checked as far as it is there.
    pub(super) fn new(url: Secret, ca_file: Option<PathBuf>, patience: Duration) -> Result<Endpoint, String> {
        if let Secret::Said(text) = &url {
            checked(text)?;
        }
        Ok(Endpoint { url, ca_file, patience })
    }

    /// The host that it leads to.
    pub(super) fn host(&self) -> Result<String, Failed> {
        self.read().map(|url| shown(&url))
    }

    fn read(&self) -> Result<Url, Failed> {
        let url = self.url.read().and_then(|text| checked(&text));
        url.map_err(|problem| Failed::unreachable(problem, "put the URL in order; what waits goes out then"))
    }

    /// Posts JSON with these headers; what the other side answered, without what is secret.
    pub(super) fn post(
        &self,
        body: &str,
        headers: &[(&str, &str)],
        secrets: &[&str],
        now: Timestamp,
    ) -> Result<String, Failed> {
        let url = self.read()?;
        let agent = self.agent(&url)?;
        let mut request = agent.post(url.as_str()).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let host = shown(&url);
        let mut response = request.send(body).map_err(|error| unsaid(&host, &error))?;
        let hide = |text: &str| hidden(text, &url, secrets);
        let answer = hide(&answer(&mut response));
        let status = response.status();
        if status.is_success() {
            return Ok(answer);
        }
        Err(Failed::answered(status.as_u16(), format!("{host}: {answer}"), wait(&response, now)))
    }

    fn agent(&self, url: &Url) -> Result<Agent, Failed> {
        let unfit = |problem: String| Failed::unreachable(problem, "name a file of certificates as PEM as ca_file");
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(default_provider()))
            .root_certs(RootCerts::from(self.trusted().map_err(unfit)?))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("Pegel/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .timeout_connect(Some(CONNECT.min(self.patience)))
            .timeout_global(Some(self.patience));
        // What goes to this machine goes through no proxy.
        let config = if leads_here(url) { config.proxy(None) } else { config };
        Ok(config.build().new_agent())
    }

    /// The certificates that are trusted: those of the system, and of the file.
    fn trusted(&self) -> Result<Vec<Certificate<'static>>, String> {
        let of_system = rustls_native_certs::load_native_certs().certs;
        let mut all: Vec<_> = of_system.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
        if let Some(path) = &self.ca_file {
            let pem = pegel_home::read(path).map_err(|error| format!("ca_file: {error}"))?;
            let before = all.len();
            all.extend(parse_pem(pem.as_bytes()).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            }));
            if all.len() == before {
                return Err(format!("ca_file: {} holds no certificate (-----BEGIN CERTIFICATE-----)", path.display()));
            }
        }
        Ok(all)
    }
}

/// A URL that may be posted to. No message quotes it.
fn checked(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("its URL cannot be used: {error}"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if leads_here(&url) => Ok(url),
        "http" => Err("its URL is http://, which everybody on the way can read: write https://".to_owned()),
        _ => Err("its URL is no web address: write one such as https://hooks.example.com/…".to_owned()),
    }
}

fn leads_here(url: &Url) -> bool {
    url.host_str().and_then(|host| Host::parse(host).ok()).is_some_and(|host| is_here(&host))
}

/// The host alone: paths and queries are what makes URLs secret.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// Why there is no answer. Errors of the library may quote the URL, so none of those is passed on.
fn unsaid(host: &str, error: &ureq::Error) -> Failed {
    let (said, advice) = match error {
        ureq::Error::Timeout(_) => ("no answer in time".to_owned(), "see whether the other side is overloaded"),
        ureq::Error::HostNotFound => ("there is no such host".to_owned(), "see whether the host of the URL is right"),
        ureq::Error::Io(error) if is_of_tls(error) => no_tls(error),
        ureq::Error::Rustls(error) => no_tls(error),
        ureq::Error::Io(error) => (error.to_string(), "see whether a firewall is in between, and the other side is up"),
        ureq::Error::Tls(error) => ((*error).to_owned(), "see whether the other side speaks TLS"),
        ureq::Error::Protocol(_) => ("its answer is not HTTP".to_owned(), "see whether the port of the URL is right"),
        _ => ("no connection".to_owned(), "see whether a firewall or a proxy is in between"),
    };
    Failed::unreachable(format!("{host}: {}", one_line(&said)), advice)
}

/// Whether it is one of TLS, handed on as one of the connection.
fn is_of_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
}

fn no_tls(error: impl Display) -> (String, &'static str) {
    let advice = "see whether the certificate is valid; that of a CA of your own is named as ca_file";
    (format!("no TLS: {error}"), advice)
}

/// `200 OK: ok`
fn answer(response: &mut Response<Body>) -> String {
    let status = response.status();
    let mut bytes = Vec::new();
    // What breaks off was an answer all the same.
    let _ = response.body_mut().as_reader().take(READ).read_to_end(&mut bytes);
    let body = String::from_utf8_lossy(&bytes);
    let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let reason = status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default();
    let said = if body.is_empty() { String::new() } else { format!(": {body}") };
    format!("{}{reason}{said}", status.as_u16())
}

/// How long the other side wants not to be asked: in seconds, or up to an instant.
fn wait(response: &Response<Body>, now: Timestamp) -> Option<SignedDuration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let until = |text: &str| Some(rfc2822::parse(text).ok()?.timestamp().duration_since(now));
    let wait =
        text.parse().ok().map(|seconds: u32| SignedDuration::from_secs(seconds.into())).or_else(|| until(text))?;
    Some(wait).filter(SignedDuration::is_positive)
}

/// A text without the URL, its parts and other secrets, on one line and not too long.
fn hidden(text: &str, url: &Url, secrets: &[&str]) -> String {
    let parts = [url.as_str(), url.path(), url.query().unwrap_or_default(), url.password().unwrap_or_default()];
    let segments = url.path_segments().into_iter().flatten();
    // Short ones are words that anybody says.
    let secret = parts.into_iter().chain(segments).chain(secrets.iter().copied()).filter(|part| part.len() >= 8);
    let mut secret: Vec<&str> = secret.collect();
    secret.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let hidden = secret.into_iter().fold(one_line(text).into_owned(), |text, part| text.replace(part, "…"));
    super::cut::text_up_to(&hidden, KEPT)
}
