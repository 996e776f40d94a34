//! In which language, and with which region's way of writing figures, a reader is answered.

use crate::words::{self, Words};
use actix_web::HttpRequest;
use actix_web::http::header;

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    De,
}

impl Language {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::De => "de",
        }
    }

    /// The one that a reader of this one is offered.
    pub(crate) fn other(self) -> Language {
        match self {
            Language::En => Language::De,
            Language::De => Language::En,
        }
    }

    /// That of a locale's tag; `None` if pages are not written in it.
    pub(crate) fn of(tag: &str) -> Option<Language> {
        let primary = tag.split('-').next()?;
        [Language::En, Language::De].into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }
}

/// A reader's locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Locale {
    pub language: Language,
    /// BCP 47: language and region, such as `de-AT`.
    pub tag: String,
    /// Whether the address asks for it (`?lang=de`), so that links must too.
    pub by_address: bool,
}

impl Locale {
    /// What the address asks for, else what the browser prefers, else English.
    pub(crate) fn of(request: &HttpRequest) -> Locale {
        if let Some(locale) = asked_for(request.query_string()) {
            return Locale { by_address: true, ..locale };
        }
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        preferred(accepted.unwrap_or_default())
    }

    /// The words of pages in its language.
    pub(crate) fn words(&self) -> &'static Words {
        match self.language {
            Language::En => &words::EN,
            Language::De => &words::DE,
        }
    }

    /// The query that keeps a language asked for by the address: empty, or `?lang=de`.
    pub(crate) fn query(&self) -> String {
        if self.by_address { format!("?lang={}", self.tag) } else { String::new() }
    }

    /// A path and further parameters, and the language if the address asks for it.
    pub(crate) fn link(&self, path: &str, parameters: &[(&str, i64)]) -> String {
        let language = self.by_address.then(|| format!("lang={}", self.tag));
        let query: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).chain(language).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }

    /// A tag such as `de`, `de-AT` or `en_us`; `None` if pages are not written in that language.
    fn read(tag: &str) -> Option<Locale> {
        let tag = tag.trim().replace('_', "-");
        let language = Language::of(&tag)?;
        let region =
            tag.split('-').skip(1).find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()));
        let region = region.map_or(
            match language {
                Language::En => "GB".to_owned(),
                Language::De => "DE".to_owned(),
            },
            str::to_ascii_uppercase,
        );
        Some(Locale { language, tag: format!("{}-{region}", language.code()), by_address: false })
    }
}

fn asked_for(query: &str) -> Option<Locale> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Locale::read)
}

/// The best of an `Accept-Language` header that pages are written in.
fn preferred(accepted: &str) -> Locale {
    let mut best: Option<(f32, Locale)> = None;
    for entry in accepted.split(',') {
        let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        let Some(locale) = Locale::read(tag) else { continue };
        if weight > best.as_ref().map_or(0.0, |(weight, _)| *weight) {
            best = Some((weight, locale));
        }
    }
    best.map_or_else(
        || Locale { language: Language::En, tag: "en-GB".to_owned(), by_address: false },
        |(_, locale)| locale,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_preference_decides_with_its_region() {
        for (accepted, tag) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
            ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.7", "en-GB"),
            ("en-US,en;q=0.5", "en-US"),
            ("de", "de-DE"),
            ("de;q=0, en;q=0.1", "en-GB"),
            ("nl, *;q=0.1", "en-GB"),
            ("", "en-GB"),
        ] {
            assert_eq!(preferred(accepted).tag, tag, "{accepted}");
        }
    }

    #[test]
    fn the_address_may_ask_for_a_language_and_nothing_else_gets_into_links() {
        assert_eq!(asked_for("page=2&lang=de").unwrap().tag, "de-DE");
        assert_eq!(asked_for("lang=en_us").unwrap().tag, "en-US");
        assert_eq!(asked_for("lang=de-%22onload").unwrap().tag, "de-DE");
        assert_eq!(asked_for("lang=tlh"), None);
    }

    #[test]
    fn links_keep_a_language_only_where_the_address_asked() {
        let mut locale = Locale::read("de").unwrap();
        assert_eq!(
            (locale.query().as_str(), locale.link("/editions", &[("page", 2)]).as_str()),
            ("", "/editions?page=2")
        );
        locale.by_address = true;
        assert_eq!(locale.query(), "?lang=de-DE");
        assert_eq!(locale.link("/editions", &[("page", 2)]), "/editions?page=2&lang=de-DE");
    }
}
