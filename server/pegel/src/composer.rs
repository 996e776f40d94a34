//! How a due report becomes an edition: what delivery asks of reports.

use crate::ending::{Failure, broke, usage};
use crate::home::Home;
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_catalog::live::Live;
use pegel_delivery::{Compose, ComposeError, Recipient, RunReport, Scheduled};
use pegel_home::{Kept, Problem};
use pegel_kpi::time::calendar::Calendar;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::ReportError;
use pegel_report::archive::numbers;
use pegel_report::audience::{Addressee, addressees, partners};
use pegel_report::compose::{Composition, compose};
use pegel_report::definition::{self, ReportDefinition};
use pegel_report::forms::Typesetter;
use pegel_report::labels::Seed;
use pegel_report::numbers::{LastEdition, ReportState};
use pegel_report::render::Templates;
use pegel_report::sources::Ground;
use pegel_store::Store;
use pegel_store::edition::{Edition, EditionHead, NewEdition};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes editions for one home.
pub struct Composer {
    home: PathBuf,
    store: Store,
    live: Arc<Live>,
    templates: Arc<Kept<Templates>>,
    typesetter: Arc<Typesetter>,
    currency: String,
    base_url: Option<String>,
    attachments_up_to: usize,
    /// The problems of reports at the latest look, so that each is logged once.
    problems: Mutex<HashMap<String, String>>,
}

impl Composer {
    /// Begins to follow the home's templates.
    ///
    /// # Errors
    /// If those that come with Pegel are not in order.
    pub fn new(home: &Home, store: Store, live: Arc<Live>) -> Result<Composer, Failure> {
        Ok(Composer {
            problems: Mutex::default(),
            home: home.path.clone(),
            store,
            live,
            templates: Arc::new(Templates::follow(&home.path).map_err(broke)?),
            typesetter: Arc::new(Typesetter::follow(&home.path).map_err(broke)?),
            currency: home.config.currency.code.clone(),
            base_url: home.config.web.base_url.clone(),
            attachments_up_to: home.config.mail.attachments_up_to,
        })
    }

    /// The same with the KPIs that are in force now, for a command that ends when it has made something.
    ///
    /// # Errors
    /// If templates or KPIs are not in order, or the database fails.
    pub fn for_once(home: &Home, store: Store) -> Result<Composer, Failure> {
        let live = Live::fixed(home.catalog_in_force(&store)?, None);
        Composer::new(home, store, Arc::new(live))
    }

    /// An edition of a report for a period, not stored yet: in which revision, and why there is another one.
    ///
    /// # Errors
    /// If the definition or a template is not in order, or the database fails.
    pub fn compose(
        &self,
        definition: &ReportDefinition,
        period: &Period,
        (revision, reason): (i32, Option<&str>),
        now: Timestamp,
    ) -> Result<pegel_report::compose::Composed, ReportError> {
        let unreadable = |error| ReportError::Source(Box::new(error));
        let in_force = self.live.in_force();
        let mut reader = self.store.reader().map_err(unreadable)?;
        definition.check_scope(&in_force.catalog.model, |table, column| reader.texts(table, column))?;
        let imports = reader.newest_imports().map_err(unreadable)?.clone();
        let ground = Ground {
            activation: in_force.activation.as_ref().map(|activation| activation.id),
            imports: &imports,
            program: env!("CARGO_PKG_VERSION"),
        };
        let shown = definition.sections.iter().any(|section| section.controlling);
        let controlling = if shown { self.controlling(now)? } else { Vec::new() };
        let corrects = if revision > 0 { self.corrected_by(definition, period, revision)? } else { None };
        let seed = Seed(rand::random());
        let composed = self.with_templates(|templates| {
            let composition = Composition {
                definition,
                catalog: &in_force.catalog,
                templates,
                period,
                revision,
                reason,
                corrects: corrects.as_ref(),
                created_at: now.as_second(),
                currency: &self.currency,
                base_url: self.base_url.as_deref(),
                controlling: &controlling,
                attachments_up_to: self.attachments_up_to,
                typesetter: &self.typesetter,
                ground,
                seed,
            };
            compose(&composition, &mut reader)
        })?;
        for (form, bytes) in &composed.too_large {
            let (report, form, most) = (&definition.name, form.name(), self.attachments_up_to);
            tracing::warn!(report, form, bytes, most, "too large to be attached; the mail says where it is");
        }
        self.live.health.note(&composed.evaluations, now.as_second());
        Ok(composed)
    }

    /// The edition that one of that revision corrects.
    fn corrected_by(
        &self,
        definition: &ReportDefinition,
        period: &Period,
        revision: i32,
    ) -> Result<Option<Edition>, ReportError> {
        let edition = || match self.store.edition_id(&definition.name, &period.to_string(), revision - 1)? {
            Some(id) => self.store.edition(id),
            None => Ok(None),
        };
        edition().map_err(|error| ReportError::Source(Box::new(error)))
    }

    /// The reports that are in order, as they stand.
    fn controlling(&self, now: Timestamp) -> Result<Vec<ReportState>, ReportError> {
        let reports = definition::all(&self.home)?.into_values().filter_map(Result::ok);
        reports.map(|definition| self.report_state(&definition, now)).collect()
    }

    fn report_state(&self, definition: &ReportDefinition, now: Timestamp) -> Result<ReportState, ReportError> {
        let unreadable = |error| ReportError::Source(Box::new(error));
        let last = match self.store.last_edition(&definition.name).map_err(unreadable)? {
            Some(head) => {
                let mails = self.store.deliveries(Some(head.id)).map_err(unreadable)?;
                let delivered = mails.iter().filter(|mail| mail.delivered_at.is_some()).count();
                let EditionHead { period, created_at, .. } = head;
                Some(LastEdition { period, created_at, mails: mails.len(), delivered })
            }
            None => None,
        };
        let calendar = &self.live.current().calendar;
        let next = scheduled(definition, calendar)?.and_then(|scheduled| scheduled.next(now)).map(Timestamp::as_second);
        Ok(ReportState { report: definition.name.clone(), title: definition.title.clone(), next, last })
    }

    /// Everybody who gets a report, by its definition and the partners there are.
    ///
    /// # Errors
    /// If the database fails.
    pub fn addressees(&self, definition: &ReportDefinition) -> Result<Vec<Addressee>, ReportError> {
        let mut reader = self.store.reader().map_err(|error| ReportError::Source(Box::new(error)))?;
        Ok(addressees(definition, &partners(definition, &self.live.current().model, &mut reader)?))
    }

    /// The templates that it makes mails with.
    pub fn templates(&self) -> Arc<Kept<Templates>> {
        Arc::clone(&self.templates)
    }

    /// What sets PDFs by the home's templates.
    pub fn typesetter(&self) -> Arc<Typesetter> {
        Arc::clone(&self.typesetter)
    }

    /// Calls `make` with the templates as they are now; if one of the home fails, with the built-in one in its place.
    fn with_templates<T>(&self, mut make: impl FnMut(&Templates) -> Result<T, ReportError>) -> Result<T, ReportError> {
        let current = self.templates.current();
        let mut result = make(&current.value);
        let mut instead: Option<Templates> = None;
        while let Err(error) = &result
            && let Some(name) = error.template()
        {
            current.note(Problem::new(format!("templates/{name}"), error));
            let failed = instead.as_ref().unwrap_or(&current.value);
            let Some(others) = failed.without(name).or_else(|| failed.built_in_alone()) else { break };
            let again = make(&others);
            // A report's own template has no built-in one to take its place.
            if matches!(again, Err(ReportError::NoTemplate { .. })) {
                break;
            }
            (result, instead) = (again, Some(others));
        }
        result
    }
}

impl Composer {
    /// When a report is due. One that is not in order is logged, and does not keep the others from being made.
    fn schedule(&self, report: &str, definition: Result<ReportDefinition, ReportError>) -> Option<Scheduled> {
        let checked = definition.and_then(|definition| self.check(&definition));
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        match checked {
            Ok(schedule) => {
                problems.remove(report);
                schedule
            }
            Err(error) => {
                let problem = error.to_string();
                if problems.get(report) != Some(&problem) {
                    tracing::error!(report, error = problem, "the report is not in order and will not be made");
                    problems.insert(report.to_owned(), problem);
                }
                None
            }
        }
    }

    /// A report's schedule, if it has one; that it can be made is checked as well.
    fn check(&self, definition: &ReportDefinition) -> Result<Option<Scheduled>, ReportError> {
        let catalog = self.live.current();
        check(definition, &catalog, &self.templates.current().value)?;
        scheduled(definition, &catalog.calendar)
    }
}

/// Whether a report can be made: its KPIs are in force, and the templates of its mails are there.
pub fn check(definition: &ReportDefinition, catalog: &Catalog, templates: &Templates) -> Result<(), ReportError> {
    definition.kpis(catalog)?;
    templates.check(definition)
}

/// When a report is due, if it has a schedule.
pub fn scheduled(definition: &ReportDefinition, calendar: &Arc<Calendar>) -> Result<Option<Scheduled>, ReportError> {
    let Some(schedule) = &definition.schedule else { return Ok(None) };
    Ok(Some(Scheduled {
        report: definition.name.clone(),
        zone: zone(&definition.zone)?,
        span: definition.every.span(),
        timetable: schedule.timetable(Arc::clone(calendar)),
        missed: schedule.missed,
        at_most: schedule.at_most,
    }))
}

/// A wrong definition, template or period is wrong usage.
pub fn failure(error: ReportError) -> Failure {
    if error.is_usage() { usage(error) } else { broke(error) }
}

impl Compose for Composer {
    fn schedules(&self) -> Result<Vec<Scheduled>, ComposeError> {
        // Read at every tick: if a template breaks tomorrow, today's good version stays in force.
        self.templates.current();
        let reports = definition::all(&self.home)?.into_iter();
        Ok(reports.filter_map(|(report, definition)| self.schedule(&report, definition)).collect())
    }

    fn recipients(&self, report: &str) -> Result<Vec<Recipient>, ComposeError> {
        let definition = definition::find(&self.home, report)?;
        let recipient = |addressee: Addressee| {
            let audience = addressee.readers.audience();
            Recipient { to: addressee.to, audience, reply_to: definition.reply_to.clone(), forms: addressee.forms }
        };
        Ok(self.addressees(&definition)?.into_iter().map(recipient).collect())
    }

    fn compose(&self, run: &RunReport, revision: i32, now: Timestamp) -> Result<NewEdition, ComposeError> {
        let definition = definition::find(&self.home, &run.report)?;
        Ok(self.compose(&definition, &run.period, (revision, run.reason.as_deref()), now)?.edition)
    }

    fn says_the_same(&self, stored: &Edition, made: &NewEdition) -> bool {
        stored.renditions.len() == made.renditions.len()
            && made.renditions.iter().all(|made_| {
                let stored_ = stored.rendition(&made_.audience);
                let before = stored_.and_then(|rendition| numbers(rendition, &stored.labels).ok());
                let now = numbers(made_, &made.labels).ok();
                now.zip(before).is_some_and(|(now, before)| now.says_the_same(&before))
            })
    }
}
