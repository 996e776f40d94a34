//! What of an edition is computed together, and read for one scope after the other.

use crate::definition::{KpiRequest, ReportDefinition, Targets, scope_of};
use crate::place;
use jiff::Timestamp;
use pegel_kpi::data::scan::Source;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Computation, Figures, Read, Row};
use pegel_kpi::engine::plans::{self, PlansBelow};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::Period;

/// The KPIs of sections with the same filter, which are computed together.
pub struct Part<'a> {
    filter: Scope,
    /// What of it is seen in each scope.
    seen: Vec<Scope>,
    /// Where they stand among those of the definition.
    places: Vec<usize>,
    requests: Vec<Request<'a>>,
}

/// What the KPIs of a definition are computed in; `kpis` are those, in its order.
pub fn parts<'a>(definition: &ReportDefinition, kpis: &[&'a Kpi], scopes: &[Scope]) -> Vec<Part<'a>> {
    let mut parts: Vec<Part> = Vec::new();
    let of_sections = definition.sections.iter().flat_map(|section| section.kpis.iter().map(move |kpi| (section, kpi)));
    for (place, ((section, request), kpi)) in of_sections.zip(kpis).enumerate() {
        let filter = scope_of(&section.filter);
        let seen = || scopes.iter().map(|scope| filter.within(scope)).collect();
        let new = || Part { filter: filter.clone(), seen: seen(), places: Vec::new(), requests: Vec::new() };
        let at = place::place(&mut parts, |part| part.filter == filter, new);
        parts[at].places.push(place);
        parts[at].requests.push(wanted(request, kpi));
    }
    parts
}

impl Part<'_> {
    /// What its KPIs are computed by.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn computation<S: Source>(
        &self,
        periods: &[Period],
        now: Timestamp,
        source: &mut S,
    ) -> Result<Computation<'_>, S::Error> {
        Computation::new(&self.requests, periods, &self.seen, now, source)
    }
}

/// The same with all rows that their figures are made of.
pub struct PartRead<'a> {
    part: &'a Part<'a>,
    read: Read<'a>,
    /// What is planned below the whole: for each scope and KPI.
    below: Vec<Vec<Option<PlansBelow>>>,
}

impl<'a> PartRead<'a> {
    /// Reads all rows of its KPIs.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn of<S: Source>(
        part: &'a Part<'a>,
        computation: &'a Computation<'a>,
        period: &Period,
        now: Timestamp,
        source: &mut S,
    ) -> Result<PartRead<'a>, S::Error> {
        let asked: Vec<&Kpi> = part.requests.iter().map(|request| request.kpi).collect();
        let below = plans::below(&asked, period, &part.seen, now, source)?;
        Ok(PartRead { part, read: computation.read(source)?, below })
    }
}

/// What is computed for one scope, in the order of the KPIs of the definition.
pub struct OfScope {
    pub figures: Vec<Figures>,
    pub below: Vec<Option<PlansBelow>>,
}

impl OfScope {
    /// `scope` is its index among those asked for.
    pub fn of(parts: &[PartRead], scope: usize, targets: Targets) -> OfScope {
        let mut of_kpis: Vec<_> = parts
            .iter()
            .flat_map(|of| of.part.places.iter().zip(of.read.figures(scope)).zip(of.below[scope].clone()))
            .collect();
        of_kpis.sort_by_key(|((place, _), _)| *place);
        let (mut figures, below): (Vec<Figures>, Vec<_>) =
            of_kpis.into_iter().map(|((_, figures), plans)| (figures, plans)).unzip();
        if targets == Targets::Sum {
            figures.iter_mut().zip(&below).for_each(|(figures, plans)| add_up(figures, plans.as_ref()));
        }
        OfScope { figures, below }
    }
}

/// Gives a total without a target the sum of those below it.
fn add_up(figures: &mut Figures, plans: Option<&PlansBelow>) {
    let total = figures.breakdowns.iter_mut().filter(|table| table.by.is_empty()).flat_map(|table| &mut table.rows);
    for Row { compared, .. } in total {
        compared.target = compared.target.or(plans.and_then(|plans| plans.sum));
    }
}

fn wanted<'a>(request: &KpiRequest, kpi: &'a Kpi) -> Request<'a> {
    Request {
        kpi,
        breakdowns: std::iter::once(Vec::new()).chain(request.by()).collect(),
        comparison: Comparison::ALL,
        assess: true,
    }
}
