//! The whole way: a definition and a period in, an edition out, ready to be stored.

use crate::ReportError;
use crate::archive;
use crate::build::{Heading, build};
use crate::definition::ReportDefinition;
use crate::labels::{Seed, labels};
use crate::link;
use crate::numbers::Numbers;
use crate::render::{Imprint, Rendered, Templates};
use crate::sources::{Ground, sources};
use crate::view::view;
use pegel_catalog::Catalog;
use pegel_catalog::health::Evaluation;
use pegel_kpi::data::scan::Source;
use pegel_kpi::time::period::Period;
use pegel_store::edition::{Audience, NewEdition};

/// All that an edition is made from, except the data.
#[derive(Debug, Clone, Copy)]
pub struct Composition<'a> {
    pub definition: &'a ReportDefinition,
    pub catalog: &'a Catalog,
    pub templates: &'a Templates,
    pub period: &'a Period,
    /// 0, or higher where a person asked for a new one.
    pub revision: i32,
    /// UTC seconds.
    pub created_at: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// Where readers reach the pages, such as `https://pegel.example.com`; `None` where they cannot.
    pub base_url: Option<&'a str>,
    pub ground: Ground<'a>,
    pub seed: Seed,
}

/// An edition, rendered and ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    pub numbers: Numbers,
    pub rendered: Rendered,
    pub edition: NewEdition,
    /// How computing each KPI went.
    pub evaluations: Vec<Evaluation>,
}

/// Makes an edition.
///
/// # Errors
/// If the definition asks for something that does not exist, the source cannot be read, or a template is not in order.
pub fn compose<S>(composition: &Composition, source: &mut S) -> Result<Composed, ReportError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let Composition { definition, catalog, templates, period, revision, created_at, currency, .. } = *composition;
    let heading = Heading { definition, period, revision, created_at, currency };
    let (numbers, evaluations) = build(&heading, catalog, source)?;
    let imprint = imprint(&numbers, composition.base_url);
    let rendered = templates.render(&definition.template, &view(&numbers, &numbers.locale), &imprint)?;
    let audience = Audience::new(&definition.scope, &definition.locale, &definition.zone);
    let rendition = archive::rendition(audience, &numbers, &rendered);
    let sources = sources(definition, catalog, templates, &composition.ground);
    let labels = labels(&numbers, &composition.seed);
    let edition = archive::edition(&numbers, period, rendition, labels, sources);
    Ok(Composed { numbers, rendered, edition, evaluations })
}

fn imprint(numbers: &Numbers, base_url: Option<&str>) -> Imprint {
    let path = link::edition(&numbers.report, &numbers.period.name, numbers.revision);
    let base = base_url.map(|base| base.trim_end_matches('/').to_owned());
    Imprint { link: base.as_ref().map(|base| format!("{base}{path}")), base }
}

#[cfg(test)]
mod tests;
