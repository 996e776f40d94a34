//! Templates and style sheet: built in, and replaced file by file by those of a home's `templates/web/`.

use crate::WebError;
use crate::failure::Failure;
use crate::locale::Locale;
use crate::words::Words;
use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use include_dir::{Dir, include_dir};
use pegel_kpi::digest::sha256;
use pegel_report::words::{Wording, wording};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use tera::{Context, Tera};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates/web");

const STYLE_SHEET: &str = "pegel.css";

/// The templates of the pages and their style sheet.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    style_sheet: String,
    style_hash: String,
}

impl Templates {
    /// The built-in ones, each replaced by the file of the same name in `home/templates/web/`, if there is one; files of
    /// other names ending in `.html` are there to be included.
    ///
    /// # Errors
    /// If a file cannot be read, or the templates do not fit together.
    pub fn load(home: &Path) -> Result<Templates, WebError> {
        let mut files: BTreeMap<String, String> = BUILT_IN.files().filter_map(built_in).collect();
        files.extend(overriding(&home.join("templates/web"))?);
        let style_sheet = files.remove(STYLE_SHEET).unwrap_or_default();
        let mut tera = Tera::new();
        tera.add_raw_templates(files.iter().filter(|(name, _)| is_template(name)))?;
        let style_hash = hash(&style_sheet);
        Ok(Templates { tera, style_sheet, style_hash })
    }

    /// The style sheet and a hash of it.
    pub(crate) fn style(&self) -> (&str, &str) {
        (&self.style_sheet, &self.style_hash)
    }

    /// Says what there is to say: `page`, in a frame.
    pub(crate) fn render(&self, name: &str, frame: &Frame, page: &impl Serialize) -> Result<String, Failure> {
        let mut context = Context::from_serialize(frame)?;
        context.insert("style", &format!("/pegel-{}.css", self.style_hash));
        context.insert("page", page);
        Ok(self.tera.render(name, &context)?)
    }
}

fn is_template(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "html")
}

/// Enough of the SHA-256 to tell one style sheet from the next.
fn hash(text: &str) -> String {
    let mut hash = sha256(text);
    hash.truncate(16);
    hash
}

fn built_in(file: &include_dir::File) -> Option<(String, String)> {
    Some((file.path().to_str()?.to_owned(), file.contents_utf8()?.to_owned()))
}

fn overriding(folder: &Path) -> Result<Vec<(String, String)>, WebError> {
    let unreadable = |path: &Path, error| WebError::Unreadable { path: path.to_owned(), error };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if is_template(name) || name == STYLE_SHEET {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            files.push((name.to_owned(), text));
        }
    }
    Ok(files)
}

/// What stands around every page.
#[derive(Serialize)]
pub(crate) struct Frame {
    /// The words of pages.
    t: &'static Words,
    /// How a figure stands to its threshold, in the words of the report.
    statuses: Statuses,
    /// The page's language.
    lang: &'static str,
    /// Added to every link within the pages, so that a language asked for stays.
    keep: String,
    /// Where the page is found in the other language.
    other_lang: &'static str,
    other_href: String,
    /// Which of the main pages it belongs to: `editions`, `kpis` or none.
    here: &'static str,
}

/// The words for every status.
#[derive(Serialize)]
struct Statuses {
    unjudged: &'static str,
    ok: &'static str,
    warning: &'static str,
    critical: &'static str,
}

impl Statuses {
    fn of(words: &Wording) -> Statuses {
        Statuses { unjudged: words.unjudged, ok: words.ok, warning: words.warning, critical: words.critical }
    }
}

impl Frame {
    pub(crate) fn new(request: &HttpRequest, locale: &Locale, here: &'static str) -> Frame {
        let other = locale.language.other().code();
        let page = page_number(request.query_string());
        let paging = page.map_or(String::new(), |page| format!("page={page}&"));
        Frame {
            t: locale.words(),
            statuses: Statuses::of(wording(&locale.tag)),
            lang: locale.language.code(),
            keep: locale.query(),
            other_lang: other,
            other_href: format!("{}?{paging}lang={other}", request.path()),
            here,
        }
    }
}

/// The page of a list that the query asks for, from 1.
pub(crate) fn page_number(query: &str) -> Option<i64> {
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="))?;
    page.parse().ok().filter(|page| (1..=1_000_000).contains(page))
}

/// An answer of HTML.
pub(crate) fn html(mut response: HttpResponseBuilder, text: String) -> HttpResponse {
    response.content_type(ContentType::html()).body(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_homes_file_replaces_the_built_in_one() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("templates/web");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(STYLE_SHEET), "body { color: teal }").unwrap();
        std::fs::write(folder.join("notes.txt"), "{{ no template").unwrap();
        let ours = Templates::load(home.path()).unwrap();
        let built_in = Templates::load(Path::new("no such home")).unwrap();
        assert_eq!(ours.style().0, "body { color: teal }");
        assert_ne!(ours.style().1, built_in.style().1);
    }

    #[test]
    fn a_broken_template_is_named_with_its_line() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("templates/web");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("kpi.html"), "\n{% if %}").unwrap();
        let error = Templates::load(home.path()).unwrap_err().to_string();
        assert!(error.contains("kpi.html:2"), "{error}");
    }
}
