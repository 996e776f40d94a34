//! What a report is: one file `config/reports/NAME.toml`. Some are built in; a file of the same name in the home
//! replaces one.

use crate::ReportError;
use crate::contact::Contact;
use include_dir::{Dir, include_dir};
use pegel_catalog::Catalog;
use pegel_home::{Each, Entry, Folder, Holds, Origin, Unknown};
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::diagnostic::nearest;
use pegel_kpi::script::kpi::Kpi;
use pegel_text::translated::Translated;
use recipient::Recipient;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../config/reports");
const FOLDER: Folder = Folder { built_in: &BUILT_IN, path: "config/reports", holds: Holds::Endings(&["toml"]) };

/// What a report is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDefinition {
    /// The name of its file without the extension, such as `weekly`.
    #[serde(skip)]
    pub name: String,
    /// SHA-256 of its file, in hex.
    #[serde(skip)]
    pub sha256: String,
    /// Where it was read, for messages.
    #[serde(skip)]
    pub file: String,
    #[serde(skip)]
    text: String,

    #[serde(deserialize_with = "checked::title")]
    pub title: Translated,
    /// BCP 47, such as `de-DE`.
    #[serde(deserialize_with = "checked::locale")]
    pub locale: String,
    /// IANA, such as `Europe/Berlin`.
    #[serde(deserialize_with = "checked::zone")]
    pub zone: String,
    /// What it covers.
    #[serde(default)]
    pub every: Every,
    /// How many periods the trend shows, the one reported included; at least 2.
    #[serde(default = "thirteen", deserialize_with = "checked::trend")]
    pub trend: usize,
    /// Who gets it.
    #[serde(default, deserialize_with = "recipient::all")]
    pub recipients: Vec<Recipient>,
    /// Where answers to its mails go, as an address; `None`: where those to other mails go.
    #[serde(default, deserialize_with = "checked::address")]
    pub reply_to: Option<String>,
    /// Whom its readers may ask.
    #[serde(default)]
    pub contact: Option<Contact>,
    #[serde(default, rename = "schedule")]
    written_schedule: Option<schedule::Written>,
    /// When it is due; `None` means only on request.
    #[serde(skip)]
    pub schedule: Option<Schedule>,
    /// What its recipients may see.
    #[serde(default, deserialize_with = "checked::scope")]
    pub scope: Scope,
    /// Whether breakdowns use the dimensions that held at the date of each row, or today's.
    #[serde(default)]
    pub dimensions: Dimensions,
    /// The targets of totals.
    #[serde(default)]
    pub targets: Targets,
    /// What changes are measured against.
    #[serde(default)]
    pub compare: Compare,
    /// The only rows that it is about; part of the scope once it is read.
    #[serde(default)]
    pub filter: Filter,
    /// The subject of its mails, as a template; what the edition says, if it is missing.
    #[serde(default)]
    pub subject: Option<Translated>,
    /// When it is mailed.
    #[serde(default)]
    pub only_if: Option<OnlyIf>,
    /// What is mailed if that is not so.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// The templates of the mail are `mail/TEMPLATE.mjml` and `.txt`.
    #[serde(default = "weekly")]
    pub template: String,
    pub sections: Vec<SectionDefinition>,
}

/// Which target a total has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Targets {
    /// What the company planned, in targets that name no rep, partner, team or region.
    #[default]
    Company,
    /// The same, and where there is none, what its regions, teams, partners or reps planned, added up.
    Sum,
}

/// What changes are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// The period before.
    #[default]
    Before,
    /// The same period of the year before.
    Year,
}

/// When an edition is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnlyIf {
    /// If something in it needs attention.
    Attention,
}

/// What is mailed if an edition need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    #[default]
    Nothing,
    /// That all is well, and where to find the rest.
    Short,
}

/// The only rows that something is about: texts by the names of dimensions.
pub type Filter = BTreeMap<String, Vec<String>>;

/// A section: KPIs under a common heading, and what belongs to them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionDefinition {
    #[serde(deserialize_with = "checked::title")]
    pub title: Translated,
    /// What stands below the title, as Markdown.
    #[serde(default)]
    pub text: Option<Translated>,
    /// The only rows that its figures count.
    #[serde(default)]
    pub filter: Filter,
    /// A table of the groups of this dimension, each with all KPIs of the section that are broken down by it.
    #[serde(default, deserialize_with = "checked::dimension")]
    pub scorecard: Option<Dimension>,
    #[serde(default)]
    pub kpis: Vec<KpiRequest>,
    /// Rows one by one.
    #[serde(default)]
    pub lists: Vec<ListRequest>,
    /// Whether it shows the reports of the home: when they were made, what became of their mails, when they are due.
    #[serde(default)]
    pub controlling: bool,
}

impl SectionDefinition {
    /// The dimension of its scorecard, if nothing would stand in that.
    fn empty_scorecard(&self) -> Option<&Dimension> {
        let is_broken_down = |by: &&Dimension| self.kpis.iter().any(|kpi| kpi.breakdowns.contains(by));
        self.scorecard.as_ref().filter(|by| !is_broken_down(by))
    }
}

/// A KPI and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KpiRequest {
    pub id: String,
    /// One table for each.
    #[serde(default, deserialize_with = "checked::dimensions")]
    pub breakdowns: Vec<Dimension>,
    /// One table for each pair: the groups of the first are its lines, those of the second its columns.
    #[serde(default, deserialize_with = "checked::pairs")]
    pub crossed: Vec<[Dimension; 2]>,
    /// At most this many rows are shown, the worst first; `None` shows all.
    #[serde(default, deserialize_with = "checked::worst")]
    pub worst: Option<usize>,
    /// This many of the best are shown as well.
    #[serde(default, deserialize_with = "checked::best")]
    pub best: Option<usize>,
}

impl KpiRequest {
    /// All that it is broken down by, without the total: by one dimension first, then by pairs.
    pub fn by(&self) -> impl Iterator<Item = Vec<Dimension>> {
        let alone = self.breakdowns.iter().map(|dimension| vec![dimension.clone()]);
        alone.chain(self.crossed.iter().map(|pair| pair.to_vec()))
    }
}

/// The rows behind the figure of a KPI.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRequest {
    pub kpi: String,
    /// How many at most, the oldest first.
    #[serde(default = "twenty", deserialize_with = "checked::rows")]
    pub most: usize,
}

fn twenty() -> usize {
    20
}

fn thirteen() -> usize {
    13
}

fn weekly() -> String {
    "weekly".to_owned()
}

/// What a definition without a file of its own is about.
#[derive(Debug, Clone)]
pub struct Watched {
    pub name: String,
    /// Where it was read, and its text, for messages.
    pub file: String,
    pub text: String,
    pub title: Translated,
    /// BCP 47.
    pub locale: String,
    /// IANA.
    pub zone: String,
    pub scope: Scope,
    pub recipients: Vec<Recipient>,
    pub kpis: Vec<KpiRequest>,
}

/// Reads a file that people write; `file` says where it was.
///
/// # Errors
/// With file, line and a hint, if it is invalid.
pub fn from_toml<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, ReportError> {
    toml::from_str(text).map_err(|error| ReportError::Definition {
        file: file.to_owned(),
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        message: error.message().to_owned(),
        hint: hint_for(error.message()),
    })
}

impl ReportDefinition {
    /// Reads a definition from its file.
    ///
    /// # Errors
    /// With file, line and a hint, if it is invalid.
    pub fn parse(entry: &Entry) -> Result<ReportDefinition, ReportError> {
        let text = &entry.text;
        let file = match &entry.origin {
            Origin::BuiltIn => FOLDER.in_home(&entry.name),
            Origin::Home(path) => path.display().to_string(),
        };
        let wrong = |line, message: String, hint: &str| ReportError::Definition {
            file: file.clone(),
            line,
            message,
            hint: hint.to_owned(),
        };
        let read: ReportDefinition = from_toml(text, &file)?;
        let schedule = read.written_schedule.as_ref().map(|written| written.read(read.every, &read.zone)).transpose();
        let schedule = schedule.map_err(|problem| {
            let line = text.lines().position(|line| line.trim() == "[schedule]").map_or(1, |at| at + 1);
            wrong(line, problem, "")
        })?;
        let definition = ReportDefinition {
            schedule,
            scope: scope_of(&read.filter).within(&read.scope),
            name: entry.stem().to_owned(),
            sha256: entry.sha256(),
            file: file.clone(),
            text: text.clone(),
            ..read
        };
        if let Some(twice) = definition.repeated() {
            let message = format!("the KPI “{twice}” is asked for twice");
            return Err(wrong(definition.line_of(twice), message, "list it in one section, with all its breakdowns"));
        }
        let filters = std::iter::once(&definition.filter).chain(definition.sections.iter().map(|of| &of.filter));
        for (name, texts) in filters.flatten() {
            if texts.is_empty() {
                let message = format!("the filter by {name} lets nothing through");
                return Err(wrong(definition.line_of(name), message, "name at least one text, or leave it out"));
            }
        }
        if definition.otherwise != Otherwise::Nothing && definition.only_if.is_none() {
            let message = "“otherwise” says what is mailed if “only_if” is not so, and there is none".to_owned();
            return Err(wrong(
                definition.line_of("otherwise"),
                message,
                "add only_if = \"attention\", or leave it out",
            ));
        }
        if let Some(dimension) = definition.sections.iter().find_map(SectionDefinition::empty_scorecard) {
            let message = format!("the scorecard by {dimension} has no KPI that is broken down by it");
            return Err(wrong(
                definition.line_of("scorecard"),
                message,
                &format!("add breakdowns = [\"{dimension}\"]"),
            ));
        }
        let shows_nothing = |section: &SectionDefinition| {
            section.kpis.is_empty() && section.lists.is_empty() && section.text.is_none() && !section.controlling
        };
        if definition.sections.iter().all(shows_nothing) {
            return Err(wrong(1, "it shows nothing".to_owned(), "add a [[sections.kpis]] with an id"));
        }
        Ok(definition)
    }

    /// A definition that has no file of its own: for figures that are computed and judged as those of a report are, for
    /// whatever period.
    pub fn watching(watched: Watched) -> ReportDefinition {
        let Watched { name, file, text, title, locale, zone, scope, recipients, kpis } = watched;
        let section = SectionDefinition {
            title: title.clone(),
            text: None,
            filter: Filter::default(),
            scorecard: None,
            kpis,
            lists: Vec::new(),
            controlling: false,
        };
        ReportDefinition {
            name,
            sha256: String::new(),
            file,
            text,
            title,
            locale,
            zone,
            every: Every::default(),
            trend: 2,
            recipients,
            reply_to: None,
            contact: None,
            written_schedule: None,
            schedule: None,
            scope,
            dimensions: Dimensions::default(),
            targets: Targets::default(),
            compare: Compare::default(),
            filter: Filter::default(),
            subject: None,
            only_if: None,
            otherwise: Otherwise::default(),
            template: weekly(),
            sections: vec![section],
        }
    }

    /// Whether an edition with something that needs attention, or without, is mailed in full.
    pub fn is_mailed(&self, needs_attention: bool) -> bool {
        self.only_if.is_none() || needs_attention
    }

    /// The KPIs it shows, in order.
    pub fn requests(&self) -> impl Iterator<Item = &KpiRequest> {
        self.sections.iter().flat_map(|section| &section.kpis)
    }

    /// The KPIs in force that it shows, in order.
    ///
    /// # Errors
    /// With file and line, if one of them is not in force, or cannot be broken down as asked; if a filter or a scorecard
    /// names no dimension.
    pub fn kpis<'a>(&self, catalog: &'a Catalog) -> Result<Vec<&'a Kpi>, ReportError> {
        let scorecards = self.sections.iter().filter_map(|section| section.scorecard.as_ref().map(Dimension::name));
        let filters = self.sections.iter().map(|section| &section.filter).chain([&self.filter]);
        for name in scorecards.chain(filters.flat_map(Filter::keys).map(String::as_str)) {
            catalog.model.dimension(name).map_err(|error| self.wrong(name, error.to_string()))?;
        }
        for list in self.sections.iter().flat_map(|section| &section.lists) {
            self.kpi(&list.kpi, catalog)?;
        }
        let found = |request: &KpiRequest| {
            let kpi = self.kpi(&request.id, catalog)?;
            let wrong = |message: String| self.wrong(&request.id, message);
            for by in request.by() {
                for dimension in &by {
                    catalog.model.dimension(dimension.name()).map_err(|error| wrong(error.to_string()))?;
                }
                kpi.check_breakdown(&by).map_err(|error| wrong(error.to_string()))?;
            }
            Ok(kpi)
        };
        self.requests().map(found).collect()
    }

    /// The KPI of that id.
    ///
    /// # Errors
    /// With file and line, if it is not in force.
    pub fn kpi<'a>(&self, id: &str, catalog: &'a Catalog) -> Result<&'a Kpi, ReportError> {
        catalog.kpi(id).map_err(|error| self.wrong(id, error.to_string()))
    }

    fn wrong(&self, name: &str, message: String) -> ReportError {
        ReportError::Definition { file: self.file.clone(), line: self.line_of(name), message, hint: String::new() }
    }

    fn repeated(&self) -> Option<&str> {
        let mut seen = std::collections::HashSet::new();
        self.requests().map(|request| request.id.as_str()).find(|id| !seen.insert(*id))
    }

    /// The last line that names a KPI, or begins with the name of a dimension.
    fn line_of(&self, id: &str) -> usize {
        let quoted = [format!("\"{id}\""), format!("'{id}'")];
        let names =
            |line: &&str| quoted.iter().any(|quoted| line.contains(quoted)) || line.contains(&format!("{id} = "));
        let lines: Vec<&str> = self.text.lines().collect();
        lines.iter().rposition(names).map_or(1, |index| index + 1)
    }
}

/// What is seen through a filter.
pub fn scope_of(filter: &Filter) -> Scope {
    let each = filter.iter().map(|(name, texts)| Scope::of(&Dimension::named(name.clone()), texts.clone()));
    each.fold(Scope::everything(), |all, one| one.within(&all))
}

/// All reports by name, those of the home and the built-in ones: each with its definition, or why it is not in order.
///
/// # Errors
/// If the home's folder cannot be listed.
pub fn all(home: &Path) -> Result<Each<ReportDefinition, ReportError>, ReportError> {
    FOLDER.each(home, ReportDefinition::parse)
}

/// The definition of that name.
///
/// # Errors
/// If there is none (the hint names the nearest), or it is not in order.
pub fn find(home: &Path, name: &str) -> Result<ReportDefinition, ReportError> {
    FOLDER.one(home, name, ReportDefinition::parse)
}

/// The name of the file that defines a report, relative to the home.
pub fn file_of(name: &str) -> String {
    FOLDER.in_home(&format!("{name}.toml"))
}

impl From<Unknown> for ReportError {
    fn from(Unknown { name, known }: Unknown) -> ReportError {
        let hint = match nearest(&name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("add {}, or use one of {}", file_of(&name), known.join(", ")),
        };
        ReportError::Unknown { name, hint }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// Where a scope does not say what is asked of it.
const OTHER_DIMENSIONS: &str =
    "the filter of the report does so by any other dimension: filter = { source = [\"Web\"] }";

/// What to write instead, if serde's message lists the known names.
fn hint_for(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(given) = quoted.next() else { return String::new() };
    let known: Vec<&str> = quoted.collect();
    match nearest(given, known.iter().copied()) {
        Some(near) => format!("did you mean “{near}”?"),
        None if known == checked::SCOPE => OTHER_DIMENSIONS.to_owned(),
        None => String::new(),
    }
}

pub mod checked;
mod every;
pub mod recipient;
mod schedule;
mod scope;

pub use every::Every;
pub use schedule::{Missed, Schedule};

#[cfg(test)]
mod tests;
