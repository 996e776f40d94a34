//! The whole way: a definition and a period in, an edition out, ready to be stored.

use crate::ReportError;
use crate::archive;
use crate::audience::{self, Addressee, Readers};
use crate::build::{Heading, build};
use crate::bulletin::Bulletin;
use crate::definition::{Otherwise, ReportDefinition};
use crate::forms::{Form, Maker, PROGRAM, Typesetter};
use crate::labels::{Labels, Seed};
use crate::link;
use crate::numbers::{Correction, Numbers, ReportState};
use crate::place::place;
use crate::render::{Imprint, Rendered, Templates};
use crate::sources::{Ground, sources};
use crate::statements::needs_attention;
use crate::unsubscribe;
use crate::view::view;
use pegel_catalog::Catalog;
use pegel_catalog::health::Evaluation;
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::period::Period;
use pegel_store::edition::{Artefact, Edition, NewEdition, Rendition, STATEMENTS, SourceHash};
use std::sync::{Mutex, PoisonError};

/// All that an edition is made from, except the data.
#[derive(Clone, Copy)]
pub struct Composition<'a> {
    pub definition: &'a ReportDefinition,
    pub catalog: &'a Catalog,
    pub templates: &'a Templates,
    pub period: &'a Period,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
    /// Why that was, in the words of who asked.
    pub reason: Option<&'a str>,
    /// The edition that this one corrects.
    pub corrects: Option<&'a Edition>,
    /// UTC seconds.
    pub created_at: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// Where readers reach the pages, such as `https://pegel.example.com`; `None` where they cannot.
    pub base_url: Option<&'a str>,
    /// The reports of the home, for sections that show them.
    pub controlling: &'a [ReportState],
    /// How much may be attached to one mail, in bytes.
    pub attachments_up_to: usize,
    /// What sets PDFs.
    pub typesetter: &'a Typesetter,
    pub ground: Ground<'a>,
    pub seed: Seed,
}

/// An edition, rendered and ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// As the readers of the report itself get them.
    pub numbers: Numbers,
    pub rendered: Rendered,
    pub edition: NewEdition,
    /// How computing each KPI went.
    pub evaluations: Vec<Evaluation>,
    /// The forms that somebody wished to have with the mail and that are too large for it, with their sizes in bytes.
    pub too_large: Vec<(Form, usize)>,
}

/// Makes an edition.
///
/// # Errors
/// If the definition asks for something that does not exist, the source cannot be read, or a template is not in order.
pub fn compose<S>(composition: &Composition, source: &mut S) -> Result<Composed, ReportError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let Composition { definition, catalog, templates, period, revision, reason, created_at, currency, .. } =
        *composition;
    let controlling = composition.controlling;
    let templates = &templates.of_report(definition)?;
    let heading = Heading { definition, period, revision, reason, created_at, currency, controlling };
    let addressees = audience::addressees(definition, &audience::partners(definition, &catalog.model, source)?);
    let readers = audience::all_readers(definition, &addressees);
    let (scopes, readers_of) = different(&readers);
    let sources = sources(definition, catalog, templates, &composition.ground);
    let labels = Mutex::default();
    let work = Work { addressees: &addressees, templates, sources: &sources, labels: &labels, composition };
    let for_all = |scope: usize, numbers: Numbers| {
        let each = readers_of[scope].iter();
        let each = std::iter::repeat_n(numbers, each.len()).zip(each);
        each.map(|(numbers, nth)| work.made((*nth, &readers[*nth]), numbers)).collect()
    };
    let (of_scopes, evaluations): (Vec<Vec<Made>>, _) = build(&heading, &scopes, catalog, source, for_all)?;
    let mut made: Vec<Made> = of_scopes.into_iter().flatten().collect();
    made.sort_by_key(|made| made.nth);
    let (mut of_report, mut too_large) = (None, Vec::new());
    let mut renditions = Vec::with_capacity(readers.len());
    for Made { rendition, too_large: not_attached, shown, .. } in made {
        renditions.push(rendition);
        too_large.extend(not_attached);
        of_report = of_report.or(shown);
    }
    let Some((numbers, rendered)) = of_report else { unreachable!("the readers of the report itself come first") };
    let labels = labels.into_inner().unwrap_or_else(PoisonError::into_inner).salted(&composition.seed);
    let edition = archive::edition(&numbers, period, renditions, labels, sources);
    Ok(Composed { numbers, rendered, edition, evaluations, too_large })
}

/// What was made for some readers.
struct Made {
    /// Their place among all readers.
    nth: usize,
    rendition: Rendition,
    too_large: Vec<(Form, usize)>,
    /// Of the readers of the report itself: what they get.
    shown: Option<(Numbers, Rendered)>,
}

/// What renditions are made from, besides their numbers.
struct Work<'a> {
    addressees: &'a [Addressee],
    templates: &'a Templates,
    sources: &'a [SourceHash],
    /// Those of all readers.
    labels: &'a Mutex<Labels>,
    composition: &'a Composition<'a>,
}

impl Work<'_> {
    fn made(&self, (nth, readers): (usize, &Readers), numbers: Numbers) -> Result<Made, ReportError> {
        let Work { addressees, templates, sources, labels, composition } = *self;
        let (definition, audience) = (composition.definition, readers.audience());
        let mut numbers = for_readers(numbers, readers, nth + 1);
        numbers.correction =
            composition.corrects.and_then(|before| Correction::of(&numbers, sources, before, &audience));
        let wished = audience::wished(readers, addressees);
        let Attached { artefacts, too_large } = attached(&wished, &numbers, composition)?;
        let not_attached = too_large.iter().map(|(form, _)| form.name()).collect();
        let imprint = Imprint { not_attached, ..imprint(&numbers, composition.base_url) };
        let in_full = definition.is_mailed(needs_attention(&numbers));
        let view = view(&numbers, &numbers.locale);
        let view = if in_full { view } else { view.without_figures() };
        let rendered = templates.render(&definition.template, &view, &imprint)?;
        let is_mailed = in_full || definition.otherwise == Otherwise::Short;
        let mut rendition = archive::rendition(audience, &numbers, &rendered, is_mailed);
        rendition.artefacts.extend(artefacts);
        if is_mailed && audience::has_channel(readers, addressees) {
            let Imprint { base, link, .. } = &imprint;
            let said = Bulletin::of_edition(&view, &rendered.subject, base.as_deref(), link.as_deref());
            rendition.artefacts.push(archive::artefact(STATEMENTS, "application/json", said.to_json()));
        }
        labels.lock().unwrap_or_else(PoisonError::into_inner).add(&numbers);
        Ok(Made { nth, rendition, too_large, shown: (nth == 0).then_some((numbers, rendered)) })
    }
}

/// The scopes of these readers, each once, with the places of those whose it is.
fn different(readers: &[Readers]) -> (Vec<Scope>, Vec<Vec<usize>>) {
    let mut different: Vec<(Scope, Vec<usize>)> = Vec::new();
    for (nth, Readers { scope, .. }) in readers.iter().enumerate() {
        let at = place(&mut different, |(known, _)| known == scope, || (scope.clone(), Vec::new()));
        different[at].1.push(nth);
    }
    different.into_iter().unzip()
}

/// The numbers of a scope, as the readers of that number get them.
fn for_readers(numbers: Numbers, readers: &Readers, nth: usize) -> Numbers {
    let readers_zone = Some(readers.zone.clone()).filter(|zone| *zone != numbers.zone);
    let audience = Some(nth).filter(|nth| *nth > 1);
    Numbers { locale: readers.locale.clone(), readers_zone, audience, ..numbers }
}

/// The forms that readers wish to have with their mail.
struct Attached {
    artefacts: Vec<Artefact>,
    /// With those before them they are larger than a mail may be; with their sizes in bytes.
    too_large: Vec<(Form, usize)>,
}

fn attached(wished: &[Form], numbers: &Numbers, composition: &Composition) -> Result<Attached, ReportError> {
    let Composition { attachments_up_to, typesetter, .. } = *composition;
    let (mut artefacts, mut too_large, mut left) = (Vec::new(), Vec::new(), attachments_up_to);
    for form in wished {
        let bytes = form.make(numbers, Maker { program: PROGRAM, locale: &numbers.locale, typesetter })?;
        if bytes.len() > left {
            too_large.push((*form, bytes.len()));
            continue;
        }
        left -= bytes.len();
        artefacts.push(archive::artefact(&form.artefact_name(), form.media_type(), bytes));
    }
    Ok(Attached { artefacts, too_large })
}

fn imprint(numbers: &Numbers, base_url: Option<&str>) -> Imprint {
    let path = link::edition_for(&numbers.report, &numbers.period.name, numbers.revision, numbers.audience);
    let base = base_url.map(|base| base.trim_end_matches('/').to_owned());
    let offered = base.as_ref().filter(|base| unsubscribe::is_offered_at(base));
    let unsubscribe = offered.map(|base| format!("{base}{}", unsubscribe::page(&numbers.report, &numbers.locale)));
    Imprint { link: base.as_ref().map(|base| format!("{base}{path}")), base, unsubscribe, not_attached: Vec::new() }
}

#[cfg(test)]
mod tests;
