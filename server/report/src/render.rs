//! A view becomes HTML mail, plain text and subject: by templates that are built in and replaced file by file by those
//! of a home's `templates/mail/`.

use crate::ReportError;
use crate::columns;
use crate::dates::capitalised;
use crate::view::View;
use include_dir::{Dir, include_dir};
use mrml::prelude::parser;
use mrml::prelude::render::RenderOptions;
use pegel_kpi::digest::sha256;
use pegel_store::archive::SourceHash;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use tera::{Context, Kwargs, State, Tera};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates/mail");
/// Where a home keeps its own, and what names of templates begin with.
const FOLDER: &str = "templates/mail";
const PREFIX: &str = "mail/";
const ENDINGS: [&str; 2] = ["mjml", "txt"];

/// The templates of mails.
#[derive(Debug, Clone)]
pub struct Templates {
    tera: Tera,
    /// By name: where it was read, and the hash of its text.
    files: BTreeMap<String, (String, String)>,
}

/// What a mail says beside the edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imprint {
    /// The start of the SHA-256 of the numbers, so that a mail can be held against the archive.
    pub fingerprint: String,
    /// Where the edition is shown; `None` where readers cannot reach the pages.
    pub link: Option<String>,
}

/// An edition as it is mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    pub html: String,
    pub text: String,
}

#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    view: &'a View,
    #[serde(flatten)]
    imprint: &'a Imprint,
}

impl Templates {
    /// The built-in ones, each replaced by the file of the same name in `home/templates/mail/`, if there is one; files of
    /// other names are there to be included, or for reports that name them.
    ///
    /// # Errors
    /// If a file cannot be read or is no template.
    pub fn load(home: &Path) -> Result<Templates, ReportError> {
        let mut texts = BTreeMap::new();
        for file in BUILT_IN.files() {
            if let (Some(name), Some(text)) = (template_name(file.path()), file.contents_utf8()) {
                texts.insert(name, ("built in".to_owned(), text.to_owned()));
            }
        }
        texts.extend(of_home(home)?);
        let mut tera = Tera::new();
        tera.autoescape_on([".mjml", ".html"]);
        tera.register_filter("left", columns::left);
        tera.register_filter("right", columns::right);
        tera.register_filter("wrap", columns::wrap);
        tera.register_filter("capitalise", |text: &str, _: Kwargs, _: &State| capitalised(text));
        let files = texts.iter().map(|(name, (origin, text))| (name.clone(), (origin.clone(), sha256(text)))).collect();
        let mut templates = Templates { tera, files };
        let sources = texts.iter().map(|(name, (_, text))| (name, text));
        templates.tera.add_raw_templates(sources).map_err(|error| templates.broken("", &error))?;
        Ok(templates)
    }

    /// What an edition was rendered with.
    pub fn sources(&self) -> impl Iterator<Item = SourceHash> {
        let source = |(name, (_, sha256)): (&String, &(String, String))| SourceHash {
            kind: "template".to_owned(),
            name: name.clone(),
            sha256: sha256.clone(),
        };
        self.files.iter().map(source)
    }

    /// Renders the mail of an edition by `mail/TEMPLATE.mjml`, `mail/TEMPLATE.txt` and `mail/subject.txt`.
    ///
    /// # Errors
    /// With file, line and cause, if a template is not there or not in order.
    pub fn render(&self, template: &str, view: &View, imprint: &Imprint) -> Result<Rendered, ReportError> {
        let page = Page { view, imprint };
        let mjml = format!("{PREFIX}{template}.mjml");
        let text = self.fill(&format!("{PREFIX}{template}.txt"), &page)?;
        let subject = self.fill(&format!("{PREFIX}subject.txt"), &page)?;
        Ok(Rendered {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            html: self.html(&mjml, &self.fill(&mjml, &page)?)?,
            text: columns::tidy(&text),
        })
    }

    fn fill(&self, name: &str, page: &Page) -> Result<String, ReportError> {
        let context = Context::from_serialize(page).map_err(|error| self.broken(name, &error))?;
        self.tera.render(name, &context).map_err(|error| self.broken(name, &error))
    }

    fn html(&self, name: &str, mjml: &str) -> Result<String, ReportError> {
        let refused = |message: String| ReportError::Mjml { name: name.to_owned(), origin: self.origin(name), message };
        let parsed = mrml::parse(mjml).map_err(|error| refused(complaint(&error, mjml)))?;
        // Without fonts, no mail asks another server for one.
        let options = RenderOptions { disable_comments: true, fonts: HashMap::new(), ..Default::default() };
        let html = parsed.element.render(&options).map_err(|error| refused(error.to_string()))?;
        // The library hands unknown tags through.
        match html.split_once("<mj-") {
            Some((_, unknown)) => {
                let end = unknown.find(['>', ' ', '/']).unwrap_or(unknown.len());
                Err(refused(format!("<mj-{}> is no MJML tag, or does not belong there", &unknown[..end])))
            }
            None => Ok(html),
        }
    }

    /// An error with the name of the template that it is in, which may be an included one.
    fn broken(&self, rendered: &str, error: &tera::Error) -> ReportError {
        let name = match error.kind() {
            tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => report.filename(),
            tera::ErrorKind::TemplateNotFound(name) => return ReportError::NoTemplate { name: name.clone() },
            // Mistakes that are found when all templates are known carry the place in their text alone.
            other => {
                let message = other.to_string();
                let told = self.files.keys().find(|name| message.contains(&format!("--> {name}:")));
                &told.map_or_else(|| rendered.to_owned(), String::clone)
            }
        };
        ReportError::Template { name: name.to_owned(), origin: self.origin(name), message: error.to_string() }
    }

    fn origin(&self, name: &str) -> String {
        self.files.get(name).map(|(origin, _)| origin.clone()).unwrap_or_default()
    }
}

fn of_home(home: &Path) -> Result<BTreeMap<String, (String, String)>, ReportError> {
    let folder = home.join(FOLDER);
    let mut texts = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(texts);
    }
    let unreadable = |path: &Path, error| ReportError::Read { path: path.to_owned(), error };
    for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
        let path = entry.map_err(|error| unreadable(&folder, error))?.path();
        if let Some(name) = template_name(&path) {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            texts.insert(name, (path.display().to_string(), text));
        }
    }
    Ok(texts)
}

fn template_name(path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?;
    ENDINGS.contains(&ending).then(|| Some(format!("{PREFIX}{}", path.file_name()?.to_str()?)))?
}

/// What is wrong with MJML, with the line it is on: positions in what a template gave tell nobody anything.
fn complaint(error: &parser::Error, mjml: &str) -> String {
    use parser::Error::{IncludeLoaderError, InvalidAttribute, InvalidFormat, MissingAttribute};
    use parser::Error::{UnexpectedElement, UnexpectedToken};
    let (what, at) = match error {
        UnexpectedElement { position, .. } => ("an element that does not belong here", position),
        UnexpectedToken { position, .. } => ("something that does not belong here", position),
        MissingAttribute { position, .. } => ("an element without a needed attribute", position),
        InvalidAttribute { position, .. } => ("an attribute that does not belong here", position),
        InvalidFormat { position, .. } => ("something that cannot be read", position),
        IncludeLoaderError { position, .. } => ("an mj-include: use Tera's include", position),
        other => return other.to_string(),
    };
    let before = mjml.get(..at.start).unwrap_or(mjml);
    let line = mjml[before.rfind('\n').map_or(0, |end| end + 1)..].lines().next().unwrap_or_default();
    format!("it has {what} on the line “{}”", line.trim())
}

#[cfg(test)]
mod tests;
