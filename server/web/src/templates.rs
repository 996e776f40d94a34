//! Templates and style sheet: built in, and replaced file by file by those of a home's `templates/web/`.

use crate::WebError;
use crate::reader::Reader;
use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use include_dir::{Dir, include_dir};
use pegel_home::kept::Entries;
use pegel_home::{Entry, Folder, Holds, Kept, Made, Problem};
use pegel_report::bounded::{self, Workshop};
use pegel_report::render::at_fault;
use pegel_text::languages;
use pegel_text::words::Words;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use tera::Tera;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates/web");

const STYLE_SHEET: &str = "pegel.css";

const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "templates/web", holds: Holds::Endings(&["html", "css"]) };

/// The templates of the pages and their style sheet, as they currently are in the home. In place of one that is not in
/// order, its last good version stays in force, or the built-in one.
pub struct Templates {
    kept: Kept<Pages>,
    /// For pages that fail with the home's templates.
    built_in: Pages,
}

/// Templates that fit together, and their style sheet.
#[derive(Debug)]
pub(crate) struct Pages {
    tera: Arc<Tera>,
    workshop: Workshop,
    pub style_sheet: String,
    pub style_hash: String,
}

impl Templates {
    /// The built-in ones, each replaced by the file of the same name in `home/templates/web/`, if there is one; files
    /// of other names ending in `.html` are there to be included.
    ///
    /// # Errors
    /// If the built-in ones do not fit together.
    pub fn load(home: &Path) -> Result<Templates, WebError> {
        let kept = Kept::new(FOLDER, home, Pages::of).map_err(WebError::Template)?;
        let built_in = Pages::of(&FOLDER.built_in()).map_err(WebError::Template)?;
        Ok(Templates { kept, built_in })
    }

    /// The templates and the style sheet in force.
    pub(crate) fn pages(&self) -> Arc<Made<Pages>> {
        self.kept.current()
    }

    /// The home's templates that are not in order.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        self.kept.current().problems()
    }

    /// Renders `page` in a frame. If a template of the home fails, the built-in ones take over.
    pub(crate) fn render(&self, name: &str, frame: &Frame, page: &impl Serialize) -> Result<String, tera::Error> {
        let current = self.kept.current();
        current.value.render(name, frame, page).or_else(|error| {
            let text = self.built_in.render(name, frame, page)?;
            let file = at_fault(&error, std::iter::empty()).unwrap_or_else(|| name.to_owned());
            current.note(Problem::new(FOLDER.in_home(&file), &error));
            Ok(text)
        })
    }
}

impl Pages {
    fn of(entries: &Entries) -> Result<Pages, Problem> {
        let templates = || entries.iter().filter(|(name, _)| is_template(name));
        let mut tera = bounded::templates();
        tera.add_raw_templates(templates().map(|(name, entry)| (name, &entry.text))).map_err(|error| {
            let file = at_fault(&error, templates().map(|(name, _)| name)).unwrap_or_default();
            Problem::new(file, &error)
        })?;
        let style = entries.get(STYLE_SHEET);
        Ok(Pages {
            tera: Arc::new(tera),
            workshop: Workshop::default(),
            style_sheet: style.map(|entry| entry.text.clone()).unwrap_or_default(),
            style_hash: style.map(short_hash).unwrap_or_default(),
        })
    }

    fn render<P: Serialize>(&self, name: &str, frame: &Frame, page: &P) -> Result<String, tera::Error> {
        let style = format!("/pegel-{}.css", self.style_hash);
        let content = bounded::content(&Framed { frame, style, page }, &frame.words)?;
        let (tera, own) = (Arc::clone(&self.tera), name.to_owned());
        let rendered = self.workshop.run(name, move || bounded::fill(&tera, &own, &content));
        rendered.map_err(|why| tera::Error::message(format!("{name}: {why}")))?
    }
}

fn is_template(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "html")
}

/// Enough of the SHA-256 to tell one style sheet from the next.
fn short_hash(style_sheet: &Entry) -> String {
    let mut hash = style_sheet.sha256();
    hash.truncate(16);
    hash
}

/// A page in its frame.
#[derive(Serialize)]
struct Framed<'a, P> {
    #[serde(flatten)]
    frame: &'a Frame,
    style: String,
    page: &'a P,
}

/// What surrounds every page.
#[derive(Serialize)]
pub(crate) struct Frame {
    #[serde(skip)]
    words: Words,
    /// The page's language.
    lang: &'static str,
    /// Added to every link within the pages, to keep the language that was asked for.
    keep: String,
    /// The page in each language.
    languages: Vec<InLanguage>,
    /// Which of the main pages it belongs to: `editions`, `kpis` or none.
    here: &'static str,
}

/// A link to the page in one of the languages.
#[derive(Serialize)]
struct InLanguage {
    code: &'static str,
    /// What the language calls itself.
    name: &'static str,
    href: String,
}

impl Frame {
    pub(crate) fn new(request: &HttpRequest, reader: &Reader, here: &'static str) -> Frame {
        let in_language = |language: &'static languages::Language| InLanguage {
            code: language.code(),
            name: language.name(),
            href: format!("{}?{}", request.path(), in_language(request.query_string(), language.code())),
        };
        Frame {
            words: Words::of(&reader.locale),
            lang: reader.locale.language().code(),
            keep: reader.query(),
            languages: languages::all().iter().map(in_language).collect(),
            here,
        }
    }
}

/// A query with another language. It is written anew, so that nothing gets into links that is no query.
fn in_language(query: &str, code: &str) -> String {
    let mut parameters: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    parameters.retain(|(name, _)| name != "lang");
    parameters.push(("lang".to_owned(), code.to_owned()));
    serde_urlencoded::to_string(parameters).unwrap_or_default()
}

/// An answer of HTML.
pub(crate) fn html(mut response: HttpResponseBuilder, text: String) -> HttpResponse {
    response.content_type(ContentType::html()).body(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            write(home.path(), name, text);
        }
        home
    }

    fn write(home: &Path, name: &str, text: &[u8]) {
        std::fs::create_dir_all(home.join(FOLDER.path)).unwrap();
        std::fs::write(home.join(FOLDER.path).join(name), text).unwrap();
    }

    fn failure(templates: &Templates) -> String {
        let request = actix_web::test::TestRequest::default().to_http_request();
        let frame = Frame::new(&request, &Reader::of(&request), "");
        let page = serde_json::json!({ "title": "Gone", "text": "Nothing here", "nearest": null });
        templates.render("failure.html", &frame, &page).unwrap()
    }

    #[test]
    fn a_homes_file_replaces_the_built_in_one() {
        let home = home(&[(STYLE_SHEET, b"body { color: teal }"), ("notes.txt", b"{{ no template")]);
        let ours = Templates::load(home.path()).unwrap();
        let built_in = Templates::load(Path::new("no such home")).unwrap();
        assert_eq!(ours.pages().value.style_sheet, "body { color: teal }");
        assert_ne!(ours.pages().value.style_hash, built_in.pages().value.style_hash);
        assert!(ours.problems().is_empty());
    }

    #[test]
    fn a_broken_template_leaves_the_one_before_in_force_and_is_named_with_its_line() {
        let home = home(&[("kpi.html", b"\n{% if %}"), ("failure.html", b"\xef\xbb\xbfours: {{ page.text }}")]);
        let templates = Templates::load(home.path()).unwrap();
        assert_eq!(failure(&templates), "ours: Nothing here");
        let problems = templates.problems();
        assert_eq!((problems.len(), problems[0].file.as_str()), (1, "templates/web/kpi.html"));
        assert!(problems[0].message.contains("kpi.html:2"), "{}", problems[0].message);
        // Changes count while pages are being served, too.
        write(home.path(), "failure.html", b"{% block %}");
        assert_eq!(failure(&templates), "ours: Nothing here");
        assert_eq!(templates.problems().len(), 2);
        write(home.path(), "failure.html", b"mended");
        assert_eq!(failure(&templates), "mended");
        assert_eq!(templates.problems().len(), 1);
    }

    #[test]
    fn the_built_in_template_takes_over_from_one_that_fails() {
        let home = home(&[("failure.html", b"{{ page.tilte.nonsense }}")]);
        let templates = Templates::load(home.path()).unwrap();
        assert!(failure(&templates).contains("<h1>Gone</h1>"));
        assert_eq!(templates.problems()[0].file, "templates/web/failure.html");
    }

    #[test]
    fn a_frame_that_does_not_fit_takes_no_page_down() {
        let home = home(&[("layout.html", b"{% extends \"nothing.html\" %}")]);
        let templates = Templates::load(home.path()).unwrap();
        assert!(failure(&templates).contains("<h1>Gone</h1>"));
        assert_eq!(templates.problems()[0].file, "templates/web/layout.html");
    }
}
