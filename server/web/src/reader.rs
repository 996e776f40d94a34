//! The language in which a reader is answered, and the region whose way of writing figures is used.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Quality};
use pegel_text::locale::Locale;

/// A reader: their locale, and whether it is the address that asks for it (`?lang=de`), so that links must too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    pub locale: Locale,
    by_address: bool,
}

impl Reader {
    /// Takes the language that the address asks for, else the one that the browser prefers, else English.
    pub(crate) fn of(request: &HttpRequest) -> Reader {
        let asked_for = asked_for(request.query_string());
        let by_address = asked_for.is_some();
        Reader { locale: asked_for.or_else(|| preferred(request)).unwrap_or_else(Locale::english), by_address }
    }

    /// The language that the address asks for, as it is asked for.
    pub(crate) fn asked_for(&self) -> Option<String> {
        self.by_address.then(|| self.locale.tag())
    }

    /// The query that keeps a language asked for by the address: empty, or `?lang=de-DE`.
    pub(crate) fn query(&self) -> String {
        self.link("", &[])
    }

    /// An address within the pages, and the language if the address of this one asks for it.
    pub(crate) fn kept_in(&self, address: String) -> String {
        if !self.by_address {
            return address;
        }
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}lang={}", self.locale.tag())
    }

    /// A path and further parameters, and the language if the address asks for it.
    pub(crate) fn link(&self, path: &str, parameters: &[(&str, i64)]) -> String {
        let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
        self.kept_in(address)
    }
}

fn asked_for(query: &str) -> Option<Locale> {
    let tag = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Locale::parse(tag).map(Locale::with_region)
}

/// The best language that the browser accepts and Pegel has words for.
fn preferred(request: &HttpRequest) -> Option<Locale> {
    let mut accepted = AcceptLanguage::parse(request).ok()?;
    accepted.0.retain(|language| language.quality > Quality::ZERO);
    let known = accepted.ranked().into_iter().find_map(|language| Locale::parse(&language.to_string()));
    known.map(Locale::with_region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT_LANGUAGE;
    use actix_web::test::TestRequest;

    fn reader(address: &str, accepted: &str) -> Reader {
        Reader::of(&TestRequest::with_uri(address).insert_header((ACCEPT_LANGUAGE, accepted)).to_http_request())
    }

    #[test]
    fn the_browsers_preference_decides_with_its_region() {
        for (accepted, tag) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
            ("fr-CA,fr;q=0.9,de;q=0.5,en;q=0.7", "fr-CA"),
            ("it-CH,fr;q=0.7,de;q=0.9", "de-DE"),
            ("en-US,en;q=0.5", "en-US"),
            ("de", "de-DE"),
            ("de;q=0, en;q=0.1", "en-GB"),
            ("nl, *;q=0.1", "en-GB"),
            ("", "en-GB"),
        ] {
            assert_eq!(reader("/", accepted).locale.tag(), tag, "{accepted}");
        }
    }

    #[test]
    fn the_address_may_ask_for_a_language_and_nothing_else_gets_into_links() {
        for (address, tag) in [
            ("/?page=2&lang=de", "de-DE"),
            ("/?lang=en_us", "en-US"),
            ("/?lang=de-%22onload", "fr-FR"),
            ("/?lang=tlh", "fr-FR"),
        ] {
            assert_eq!(reader(address, "fr").locale.tag(), tag, "{address}");
        }
    }

    #[test]
    fn links_keep_a_language_only_where_the_address_asked() {
        let links = |reader: Reader| (reader.query(), reader.link("/editions", &[("page", 2)]));
        assert_eq!(links(reader("/", "de")), (String::new(), "/editions?page=2".to_owned()));
        assert_eq!(
            links(reader("/?lang=de", "fr")),
            ("?lang=de-DE".to_owned(), "/editions?page=2&lang=de-DE".to_owned())
        );
    }
}
