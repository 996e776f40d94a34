//! Renders a view as HTML mail, plain text and subject, by built-in templates. Files in a home's
//! `templates/mail/` override them one by one.

use crate::ReportError;
use crate::bounded::{self, Content, GivenUp, Workshop};
use crate::columns;
use crate::definition::ReportDefinition;
use crate::notice::NoticeView;
use crate::view::{View, cut, in_short};
use include_dir::{Dir, include_dir};
use mrml::prelude::parser;
use mrml::prelude::render::RenderOptions;
use pegel_home::kept::Entries;
use pegel_home::{Entry, Folder, Holds, Kept, Origin, Problem};
use pegel_text::hyphens::hyphenated;
use pegel_text::languages;
use pegel_text::translated::Translated;
use pegel_text::words::capitalised;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use tera::{Kwargs, State, Tera};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates/mail");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "templates/mail", holds: Holds::Endings(&["mjml", "txt"]) };
/// What names of templates begin with.
const PREFIX: &str = "mail/";
/// What names of the subjects that a report has of its own begin with, behind the prefix.
const OWN_SUBJECT: &str = "subject/";
/// The template of notices.
const ALERT: &str = "alert";
/// How deep tags may be nested: the MJML parser recurses as deep. Mails need about twenty levels.
const DEEPEST: usize = 200;
/// A longer HTML mail leaves something out, in bytes: Gmail cuts mails off at 102 kB.
const LONG_MAIL: usize = 90_000;
/// The largest mail, HTML and plain text together, in bytes: mail servers take 10 MB, encoding included.
const LARGEST_MAIL: usize = 5 << 20;

/// The templates of mails.
#[derive(Debug, Clone)]
pub struct Templates {
    tera: Arc<Tera>,
    workshop: Workshop,
    /// By name: where it was read, and the hash of its text.
    files: BTreeMap<String, (String, String)>,
    /// The subjects of a report's own by name.
    subjects: BTreeMap<String, OwnSubject>,
}

/// Where a report says a subject of its own.
#[derive(Debug, Clone)]
struct OwnSubject {
    file: String,
    language: String,
}

/// What a mail says besides the edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imprint {
    /// Where pages are, without a slash at the end; `None` where readers cannot reach them.
    pub base: Option<String>,
    /// Where the edition is shown.
    pub link: Option<String>,
    /// Where it says how one gets no more of them; `None` where that is not offered.
    pub unsubscribe: Option<String>,
    /// The names of the forms that were wished with the mail and are too large for it.
    pub not_attached: Vec<&'static str>,
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
    /// How long the courses are: `13 weeks`; empty if none is shown.
    trend: &'a str,
    /// Whether there is any KPI.
    has_kpis: bool,
    /// Whether any is broken down.
    broken_down: bool,
}

impl Templates {
    /// The built-in ones, each replaced by the file of the same name in `home/templates/mail/`, if there is one; files
    /// of other names are there to be included, or for reports that name them. They are looked at each time they are
    /// asked for; one that is no template leaves its last good version in force, or the one built in.
    ///
    /// # Errors
    /// If the built-in ones are not in order.
    pub fn follow(home: &Path) -> Result<Kept<Templates>, ReportError> {
        let make = |entries: &Entries| {
            Templates::of(entries).map_err(|error| {
                let file = error.template().and_then(|name| name.strip_prefix(PREFIX)).unwrap_or_default();
                Problem::new(file, &error)
            })
        };
        Kept::new(FOLDER, home, make).map_err(|Problem { file, message }| ReportError::Template {
            name: file,
            origin: BUILT_IN_ORIGIN.to_owned(),
            message,
        })
    }

    /// Loads the templates, for callers that need all of them to be in order.
    ///
    /// # Errors
    /// If a file cannot be read or is no template.
    pub fn load(home: &Path) -> Result<Templates, ReportError> {
        let files = FOLDER.of_home(home).files.into_iter();
        Templates::of(&files.map(|(name, read)| Ok((name, read?))).collect::<Result<Entries, ReportError>>()?)
    }

    fn of(entries: &Entries) -> Result<Templates, ReportError> {
        let mut tera = bounded::templates();
        tera.autoescape_on([".mjml", ".html"]);
        tera.register_filter("left", columns::left);
        tera.register_filter("right", columns::right);
        tera.register_filter("beside", columns::beside);
        tera.register_filter("wrap", columns::wrap);
        tera.register_filter("filter_empty", |texts: Vec<String>, _: Kwargs, _: &State| {
            texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>()
        });
        tera.register_filter("hyphenate", |text: &str, kwargs: Kwargs, _: &State| {
            let language = kwargs.must_get::<String>("language")?;
            Ok::<_, tera::Error>(languages::find(&language).map_or_else(|| text.to_owned(), |of| hyphenated(text, of)))
        });
        tera.register_filter("capitalise", |text: &str, _: Kwargs, _: &State| capitalised(text));
        let named = || entries.iter().map(|(name, entry)| (format!("{PREFIX}{name}"), entry));
        let files = named().map(|(name, entry)| (name, (origin(entry), entry.sha256()))).collect();
        let added = tera.add_raw_templates(named().map(|(name, entry)| (name, &entry.text)));
        let templates =
            Templates { tera: Arc::new(tera), workshop: Workshop::default(), files, subjects: BTreeMap::new() };
        added.map_err(|error| templates.broken("", &error))?;
        Ok(templates)
    }

    /// The same with the built-in template instead of the home's of that name; `None` if it is not the home's, or there
    /// is none.
    pub fn without(&self, name: &str) -> Option<Templates> {
        let built_in = FOLDER.built_in().remove(name.strip_prefix(PREFIX)?)?;
        let of_built_in = (origin(&built_in), built_in.sha256());
        let mut templates = self.clone();
        let before = templates.files.insert(name.to_owned(), of_built_in.clone());
        Arc::make_mut(&mut templates.tera).add_raw_template(name, &built_in.text).ok()?;
        templates.workshop = Workshop::default();
        (before != Some(of_built_in)).then_some(templates)
    }

    /// Checks that the mails of a report can be made of these.
    ///
    /// # Errors
    /// If its template is not there, or the subject that it has of its own is none.
    pub fn check(&self, definition: &ReportDefinition) -> Result<(), ReportError> {
        self.of_report(definition).map(drop)
    }

    /// The same with the subject that a report has of its own, if it has one.
    ///
    /// # Errors
    /// If that is no template, or the one that the report names is not there.
    pub fn of_report(&self, definition: &ReportDefinition) -> Result<Templates, ReportError> {
        if let Some(name) = of_mail(&definition.template).into_iter().find(|name| !self.files.contains_key(name)) {
            return Err(ReportError::NoTemplate { name });
        }
        let mut templates = self.clone();
        for (language, text) in definition.subject.iter().flat_map(Translated::texts) {
            let name = format!("{PREFIX}{OWN_SUBJECT}{language}.txt");
            let own = OwnSubject { file: definition.file.clone(), language: language.to_owned() };
            templates.subjects.insert(name.clone(), own);
            let added = Arc::make_mut(&mut templates.tera).add_raw_template(&name, text);
            added.map_err(|error| templates.broken(&name, &error))?;
        }
        Ok(templates)
    }

    /// Only the built-in ones, in case the home's do not work together; `None` if there are no others.
    pub fn built_in_alone(&self) -> Option<Templates> {
        Templates::of(&FOLDER.built_in()).ok().filter(|built_in| built_in.files != self.files)
    }

    /// What mails are rendered with: names, and the SHA-256 of the texts, in hex.
    pub fn hashes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, (_, sha256))| (name.as_str(), sha256.as_str()))
    }

    /// Renders the mail of an edition by `mail/TEMPLATE.mjml`, `mail/TEMPLATE.txt` and `mail/subject.txt`. What would
    /// make it long is left out, one thing after the other, and named in it.
    ///
    /// # Errors
    /// With file, line and cause, if a template is not there or not in order; if the mail is too large all the same.
    pub fn render(&self, template: &str, view: &View, imprint: &Imprint) -> Result<Rendered, ReportError> {
        let mut view = in_short(view.clone());
        let mut rendered = self.in_full(template, &view, imprint)?;
        let mut step = 0;
        while rendered.html.len() > LONG_MAIL && cut(&mut view, step) {
            rendered = self.in_full(template, &view, imprint)?;
            step += 1;
        }
        match rendered.html.len() + rendered.text.len() {
            bytes if bytes > LARGEST_MAIL => Err(ReportError::TooLarge { bytes, most: LARGEST_MAIL }),
            _ => Ok(rendered),
        }
    }

    fn in_full(&self, template: &str, view: &View, imprint: &Imprint) -> Result<Rendered, ReportError> {
        let [mjml, plain] = of_mail(template);
        let kpis = || view.sections.iter().flat_map(|section| &section.kpis);
        let trend = kpis().find(|kpi| !kpi.trend.bars.is_empty()).map_or("", |kpi| &kpi.trend.span);
        let (has_kpis, broken_down) = (kpis().next().is_some(), kpis().any(|kpi| !kpi.tables.is_empty()));
        let content = bounded::content(&Page { view, imprint, trend, has_kpis, broken_down }, &view.words);
        let content = Arc::new(content.map_err(|error| self.broken(&mjml, &error))?);
        let text = self.bounded(&plain, &content, |_, _, text| Ok(text))?;
        let own = self.own_subject(view.language);
        let subject = own.clone().unwrap_or_else(|| format!("{PREFIX}subject.txt"));
        let subject = self.bounded(&subject, &content, |templates, name, text| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let nothing = "it gives no text, and a mail without a subject looks like spam";
            if line.is_empty() { Err(templates.wrong(name, nothing)) } else { Ok(line) }
        })?;
        // So that it cannot be taken for the first one, whatever subject a report has.
        let subject = match own.filter(|_| view.revision > 0) {
            Some(_) => view.words.say("subject_corrected", [("subject", subject.into())]),
            None => subject,
        };
        Ok(Rendered { subject, html: self.bounded(&mjml, &content, Templates::html)?, text: columns::tidy(&text) })
    }

    /// Renders a notice by `mail/alert.mjml` and `mail/alert.txt`.
    ///
    /// # Errors
    /// With file, line and cause, if a template is not in order.
    pub fn notice(&self, view: &NoticeView) -> Result<Rendered, ReportError> {
        let [mjml, plain] = of_mail(ALERT);
        let content = Arc::new(bounded::content(view, &view.words).map_err(|error| self.broken(&mjml, &error))?);
        let text = self.bounded(&plain, &content, |_, _, text| Ok(text))?;
        let html = self.bounded(&mjml, &content, Templates::html)?;
        Ok(Rendered { subject: view.subject.clone(), html, text: columns::tidy(&text) })
    }

    /// The name of the report's own subject in a language, or in English.
    fn own_subject(&self, language: &str) -> Option<String> {
        let names = [language, "en"].map(|language| format!("{PREFIX}{OWN_SUBJECT}{language}.txt"));
        names.into_iter().find(|name| self.subjects.contains_key(name))
    }

    /// Fills a template and makes something of its text, in bounds.
    fn bounded(
        &self,
        name: &str,
        content: &Arc<Content>,
        finish: fn(&Templates, &str, String) -> Result<String, ReportError>,
    ) -> Result<String, ReportError> {
        let (templates, content, own) = (self.clone(), content.clone(), name.to_owned());
        let work = move || {
            let text =
                bounded::fill(&templates.tera, &own, &content).map_err(|error| templates.broken(&own, &error))?;
            finish(&templates, &own, text)
        };
        let given_up = |why: GivenUp| self.wrong(name, &why.to_string());
        self.workshop.run(name, work).map_err(given_up)?
    }

    #[expect(clippy::needless_pass_by_value, reason = "like all that finish a text")]
    fn html(&self, name: &str, mjml: String) -> Result<String, ReportError> {
        let refused = |message: String| ReportError::Mjml { name: name.to_owned(), origin: self.origin(name), message };
        if let Some(line) = too_deep(&mjml) {
            return Err(refused(format!("its tags are nested more than {DEEPEST} deep on the line “{line}”")));
        }
        let mjml = written_out(&mjml);
        let parsed = mrml::parse(&mjml).map_err(|error| refused(complaint(&error, &mjml)))?;
        // Without fonts, no mail asks another server for one.
        let options = RenderOptions { disable_comments: true, fonts: HashMap::new(), ..Default::default() };
        let html = parsed.element.render(&options).map_err(|error| refused(error.to_string()))?;
        // The library passes unknown tags through.
        match html.split_once("<mj-") {
            Some((_, unknown)) => {
                let end = unknown.find(['>', ' ', '/']).unwrap_or(unknown.len());
                Err(refused(format!("<mj-{}> is not an MJML tag, or does not belong there", &unknown[..end])))
            }
            // What is read out as a document of its own needs a main part, and a mail is nothing else.
            None => Ok(html.replacen("role=\"article\"", "role=\"main\"", 1)),
        }
    }

    /// An error with the name of the template that it is in, which may be an included one.
    fn broken(&self, rendered: &str, error: &tera::Error) -> ReportError {
        if let tera::ErrorKind::TemplateNotFound(name) = error.kind() {
            return ReportError::NoTemplate { name: name.clone() };
        }
        let name = at_fault(error, self.files.keys()).unwrap_or_else(|| rendered.to_owned());
        self.wrong(&name, &error.to_string())
    }

    /// An error with what is wrong with the template of that name, where people find it.
    fn wrong(&self, name: &str, message: &str) -> ReportError {
        match self.subjects.get(name) {
            Some(OwnSubject { file, language }) => ReportError::Subject {
                file: file.clone(),
                language: language.clone(),
                message: message.replace(name, &format!("subject.{language}")),
            },
            None => {
                ReportError::Template { name: name.to_owned(), origin: self.origin(name), message: message.to_owned() }
            }
        }
    }

    fn origin(&self, name: &str) -> String {
        self.files.get(name).map(|(origin, _)| origin.clone()).unwrap_or_default()
    }
}

/// The names of the templates that the mails of a report are made of: HTML and plain text.
fn of_mail(template: &str) -> [String; 2] {
    ["mjml", "txt"].map(|ending| format!("{PREFIX}{template}.{ending}"))
}

/// Which of these templates an error is in.
pub fn at_fault<'a>(error: &tera::Error, mut names: impl Iterator<Item = &'a String>) -> Option<String> {
    match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
            Some(report.filename().to_owned())
        }
        // Errors found while templates are linked name their place only in the text.
        other => {
            let message = other.to_string();
            names.find(|name| message.contains(&format!("--> {name}:"))).cloned()
        }
    }
}

const BUILT_IN_ORIGIN: &str = "built in";

fn origin(entry: &Entry) -> String {
    match &entry.origin {
        Origin::BuiltIn => BUILT_IN_ORIGIN.to_owned(),
        Origin::Home(path) => path.display().to_string(),
    }
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
        parser::Error::ParserError { source, .. } => {
            let line = usize::try_from(source.pos().row).unwrap_or(1).saturating_sub(1);
            return format!("{source}: “{}”", shortened(mjml.lines().nth(line).unwrap_or_default()));
        }
        other => return other.to_string(),
    };
    format!("it has {what} on the line “{}”", shortened(line_at(mjml, at.start)))
}

/// Characters that the library writes as Rust does in attributes (`\u{a0}`), in the way that HTML reads everywhere.
fn written_out(mjml: &str) -> String {
    let mut text = String::with_capacity(mjml.len());
    for c in mjml.chars() {
        if c.is_ascii() || c.escape_debug().len() == 1 {
            text.push(c);
        } else {
            text.extend(["&#", &u32::from(c).to_string(), ";"]);
        }
    }
    text
}

/// The line that a byte is on.
fn line_at(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or(text);
    text[before.rfind('\n').map_or(0, |end| end + 1)..].lines().next().unwrap_or_default()
}

/// A line as a message can hold it.
fn shortened(line: &str) -> String {
    const MOST: usize = 200;
    let line = pegel_text::clean::one_line(line.trim());
    let cut: String = line.chars().take(MOST).collect();
    if cut.len() < line.len() { cut + "…" } else { cut }
}

/// The line on which tags are nested too deep, if they are.
fn too_deep(mjml: &str) -> Option<String> {
    // Elements of HTML that are never closed.
    const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "meta", "link"];
    let mut depth = 0_usize;
    let mut rest = mjml;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        let skipped = [("!--", "-->"), ("![CDATA[", "]]>"), ("!", ">"), ("?", ">")];
        if let Some((_, end)) = skipped.into_iter().find(|(start, _)| tag.starts_with(start)) {
            rest = tag.split_once(end).map_or("", |(_, rest)| rest);
        } else if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = end_of_tag(tag);
            let name = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
            rest = &tag[end..];
            if !tag[..end].ends_with('/') && !VOID.contains(&name) {
                depth += 1;
            }
        }
        if depth > DEEPEST {
            return Some(shortened(line_at(mjml, mjml.len() - tag.len())));
        }
    }
    None
}

/// Where a tag ends: at the first `>` that is not within quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    let ends = |c: char| match quote {
        Some(open) => {
            if c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(c);
            false
        }
        None => c == '>',
    };
    tag.find(ends).unwrap_or(tag.len())
}

#[cfg(test)]
mod tests;
