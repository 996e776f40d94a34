//! Reads the rows of one list: one scan, by the plan and the conditions by which the figure is folded.

use super::counted::only;
use super::described::{Described, Groups};
use super::found::{Counting, Found, Gathered};
use super::listing::{Contributing, List, Row};
use super::member::Member;
use super::sides::Wanted;
use crate::data::cell::Breakdown;
use crate::data::currency::units;
use crate::data::dimension::Dimension;
use crate::data::scan::Source;
use crate::data::scope::Scope;
use crate::engine::classes::Classes;
use crate::engine::fold::plan::Plan;
use crate::engine::gate::Scopes;
use crate::engine::related::Related;
use crate::engine::rows::Rows;
use crate::engine::sight::Sight;
use crate::measure::expr::Expr;
use crate::time::period::Period;
use std::sync::Arc;

/// Which rows are asked for, whatever the list.
pub struct Asked<'a> {
    /// If it is running, the part that has passed.
    pub period: &'a Period,
    /// Up to when everything is known (UTC seconds): rows are seen as they stood then.
    pub as_of: i64,
    pub only: &'a [(Dimension, Member)],
    pub scopes: &'a [Scope],
    pub limit: usize,
}

/// The different ways in which the measures of a list count rows in some scopes: mostly there is one.
struct Ways<'a> {
    each: Vec<Counting<'a>>,
    /// That of each scope.
    of: Vec<usize>,
}

impl<'a> Ways<'a> {
    fn of(scopes: &[Scope], counting: impl Fn(&Scope) -> Counting<'a>) -> Ways<'a> {
        let mut each: Vec<Counting> = Vec::new();
        let mut way = |scope: &Scope| {
            let counting = counting(scope);
            each.iter().position(|known| known.is_like(&counting)).unwrap_or_else(|| {
                each.push(counting);
                each.len() - 1
            })
        };
        let of = scopes.iter().map(&mut way).collect();
        Ways { each, of }
    }
}

impl Asked<'_> {
    /// Reads the rows of a list, once for all scopes; as each sees it, in their order.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn gather<S: Source>(&self, wanted: &Wanted, source: &mut S) -> Result<Vec<List>, S::Error> {
        let first = wanted.measures[0].1;
        let by: Breakdown = self.only.iter().map(|(dimension, _)| dimension.clone()).collect();
        let sight = Sight(vec![Some(self.as_of)]);
        let scopes = Scopes::new(self.scopes);
        let mut plan = Plan::like(first, std::slice::from_ref(self.period));
        for scope in scopes.kinds() {
            wanted.measures.iter().for_each(|(_, measure)| plan.want(measure, &by, &sight, scope));
        }
        let mut described = Described::of(first, &plan.zone);
        plan.ask(source)?;
        described.ask(&first.table, source)?;
        let window = plan.window();
        let zone = plan.zone.clone();
        let mut classes = Classes::default();
        let mut next = plan.next();
        let (children, _) = Related::of(&plan).fold(window.as_ref(), &scopes, &mut classes, &mut next, source)?;
        let mut gate = scopes.gate(&plan.table);
        let mut scan = plan.scan(window, &scopes.around, true, gate.as_ref());
        plan.ask_past(source)?;
        let ways = Ways::of(self.scopes, |scope| Counting::new(wanted, &plan, (&by, &sight, scope)));
        let mut gathered: Vec<Gathered> = self.scopes.iter().map(|_| Gathered::new(wanted, self.limit)).collect();
        let shown = ways.each.iter().flat_map(Counting::columns);
        for column in described.columns().into_iter().chain(shown.cloned()) {
            if !scan.columns.contains(&column) {
                scan.columns.push(column);
            }
        }
        let id = scan.columns.iter().position(|column| *column == plan.id());
        let money = units(source.money_digits()?);
        let members: Vec<&Member> = self.only.iter().map(|(_, member)| member).collect();
        source.scan(&scan, &mut |batch| {
            let (columns, children, zone) = (&scan.columns[..], &children, &zone);
            let (period, scopes) = (Some((0, self.period)), None);
            let rows = Rows { batch, masked: &[], columns, children, id, scopes, view: 0, period, zone, money };
            let Some(gate) = &mut gate else {
                let found = ways.each[0].found(&mut plan, &mut described, &members, &rows, None);
                return found.into_iter().for_each(|(_, found)| gathered[0].add(found));
            };
            for part in gate.parts(&rows, &mut classes) {
                let rows = Rows { scopes: Some(&part.scopes), ..rows };
                for (way, counting) in ways.each.iter().enumerate() {
                    // Scopes that see a row in one part of it are of one kind.
                    let seen = part.there.iter().zip(&part.scopes);
                    let there: Vec<bool> =
                        seen.map(|(there, scope)| *there && ways.of[*scope as usize] == way).collect();
                    for (row, found) in counting.found(&mut plan, &mut described, &members, &rows, Some(&there)) {
                        let see = classes.scopes(part.classes[row]).each();
                        see.for_each(|scope| gathered[scope].add(found.clone()));
                    }
                }
            }
        })?;
        let contributing = &ways.each[0].contributing;
        Ok(gathered.into_iter().map(|gathered| self.list(wanted, gathered, contributing, &described)).collect())
    }

    fn list(&self, wanted: &Wanted, gathered: Gathered, contributing: &[(usize, Expr)], described: &Described) -> List {
        let (_, first) = wanted.measures[0];
        let groups = described.groups();
        let dates: Vec<Arc<str>> = described.dates.iter().map(|path| path.to_string().into()).collect();
        let named = |at: &usize| {
            let (name, measure) = wanted.measures[*at];
            Contributing { measure: name.into(), quantity: measure.quantity }
        };
        let measures: Vec<usize> = contributing.iter().map(|(measure, _)| *measure).collect();
        let contributing: Vec<Contributing> = measures.iter().map(named).collect();
        let (found, more) = gathered.oldest();
        let row = |mut found: Found| {
            let values = std::mem::take(&mut found.contributions).into_iter();
            let values = values.zip(measures.iter().zip(&contributing));
            // A row may have a value and not be counted with it.
            let counted = values.filter(|(_, (at, _))| found.counted & only(**at) != 0);
            let contributions = counted.filter_map(|(value, (_, to))| Some((to.measure.clone(), value?))).collect();
            Row { contributions, ..self.described(found, described, &groups, &dates) }
        };
        List {
            measures: wanted.measures.iter().map(|(name, _)| (*name).to_owned()).collect(),
            table: first.table.name.clone(),
            found_by: first.membership.date().map(|path| path.to_string().into()),
            rows: found.into_iter().map(row).collect(),
            more,
            dates,
            contributing,
        }
    }

    /// A row, without what it contributes.
    #[expect(clippy::cast_possible_truncation, reason = "instants are whole and far below 2^53")]
    fn described(&self, found: Found, described: &Described, groups: &Groups, dates: &[Arc<str>]) -> Row {
        let Found { said, at, .. } = found;
        let until = self.period.instants().end.min(self.as_of);
        let of = |dimension| groups.of(&said, dimension).and_then(|group| group.label().map(str::to_owned));
        Row {
            partner: of(&Dimension::PARTNER),
            rep: of(&Dimension::REP),
            region: of(&Dimension::REGION),
            product: of(&Dimension::PRODUCT),
            groups: groups.all(&said),
            dates: said.dates(&described.dates, dates, self.as_of),
            age: (!at.is_nan()).then(|| until - at as i64),
            contributions: Vec::new(),
            key: said.key.map(Into::into),
            system: said.system.map(Into::into),
            name: said.name.map(Into::into),
        }
    }
}
