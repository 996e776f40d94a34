//! The rows behind a figure: a row is listed exactly if the figure counts it, in the period, the group and the scope.
//!
//! `sides` says which measures are listed together, and which of their rows. `gather` reads them in one scan, by the
//! plan and the conditions by which the figure is folded; `found` takes in a batch, `described` reads what is said of
//! every row, `counted` decides which are listed. A [`Member`] says which group they must be in. What comes out is a
//! [`listing`].

mod counted;
mod described;
mod found;
mod gather;
pub mod listing;
mod member;
mod sides;

pub use member::Member;

use crate::data::cell::Group;
use crate::data::dimension::Dimension;
use crate::data::scan::{Scan, Source};
use crate::data::scope::Scope;
use crate::engine::by_parent::Children;
use crate::engine::grouping::Grouping;
use crate::engine::reach::Reaches;
use crate::engine::rows::Rows;
use crate::measure::Measure;
use crate::script::kpi::{Kpi, NoSuchBreakdown};
use crate::time::period::Period;
use crate::time::zone::Zoned;
use gather::Asked;
use jiff::Timestamp;
use listing::{Listing, Side};
use sides::{Wanted, has_bad_side, wanted};
use std::collections::BTreeSet;

/// Which rows are asked for.
pub struct Question<'a> {
    pub kpi: &'a Kpi,
    pub period: &'a Period,
    /// Only the rows that are in each of these groups.
    pub only: Vec<(Dimension, Member)>,
    pub side: Side,
    /// How many rows of each list at most: the oldest.
    pub limit: usize,
}

impl Question<'_> {
    fn lists(&self) -> (Side, Vec<Wanted<'_>>) {
        wanted(self.kpi, self.side)
    }

    /// Whether there are rows that make the figure bad. Without such, all are listed, whichever side is asked for.
    pub fn has_bad_side(&self) -> bool {
        has_bad_side(self.kpi)
    }

    /// The measures whose rows are listed.
    fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.lists().1.into_iter().flat_map(|wanted| wanted.measures).map(|(_, measure)| measure)
    }

    /// Checks that it can be answered.
    ///
    /// # Errors
    /// If one of the tables lacks a dimension.
    pub fn check(&self) -> Result<(), NoSuchBreakdown> {
        self.only.iter().try_for_each(|(dimension, _)| {
            self.kpi.check_breakdown(std::slice::from_ref(dimension))?;
            self.measures().try_for_each(|measure| self.kpi.check_carries(measure, dimension))
        })
    }

    /// Lists the rows as they stood at `now`, or when the tables that the KPI reads were last complete, as its figure
    /// sees them. A period that is running at `now` is listed up to `now`. [Check](Question::check) the question first.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn answer<S: Source>(&self, scope: &Scope, now: Timestamp, source: &mut S) -> Result<Listing, S::Error> {
        Ok(self.answers(std::slice::from_ref(scope), now, source)?.remove(0))
    }

    /// The same in each of these scopes, in their order; the rows are read once.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn answers<S: Source>(
        &self,
        scopes: &[Scope],
        now: Timestamp,
        source: &mut S,
    ) -> Result<Vec<Listing>, S::Error> {
        let period = self.period.as_of(now);
        let (side, wanted) = self.lists();
        let as_of = Reaches::of(std::iter::once(self.kpi), source)?.of_kpi(self.kpi, now).as_of;
        let asked = Asked { period: &period, as_of, only: &self.only, scopes, limit: self.limit };
        let (kpi, period) = (self.kpi.id().to_owned(), self.period.to_string());
        let listing = |_| Listing { kpi: kpi.clone(), period: period.clone(), side, lists: Vec::new() };
        let mut listings: Vec<Listing> = scopes.iter().map(listing).collect();
        for wanted in &wanted {
            let of_scopes = asked.gather(wanted, source)?;
            listings.iter_mut().zip(of_scopes).for_each(|(listing, list)| listing.lists.push(list));
        }
        Ok(listings)
    }

    /// The display names of all groups that the tables have in a dimension, whatever the period: for telling a group
    /// without rows from one that does not exist.
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn groups<S: Source>(
        &self,
        dimension: &Dimension,
        scope: &Scope,
        source: &mut S,
    ) -> Result<BTreeSet<String>, S::Error> {
        let mut names = BTreeSet::new();
        let zone = Zoned::new(self.period.zone());
        for measure in self.measures() {
            let mut grouping = Grouping::new(&vec![dimension.clone()], measure, &zone);
            grouping.ask(&measure.table, source)?;
            let columns = grouping.columns().cloned().collect();
            let scan = Scan { table: measure.table.clone(), columns, window: None, scope: scope.clone() };
            source.scan(&scan, &mut |batch| {
                let (columns, children, zone) = (&scan.columns[..], &Children::default(), &zone);
                let (id, scopes, view, period, money) = (None, None, 0, None, 1.0);
                grouping.assign(&Rows { batch, masked: &[], columns, children, id, scopes, view, period, zone, money });
            })?;
            let seen = grouping.groups().into_iter().flatten();
            names.extend(seen.filter_map(|group: Group| group.label().map(str::to_owned)));
        }
        Ok(names)
    }
}
