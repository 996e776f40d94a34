//! Marks that hold in place of a KPI's own: for some of its figures, for some time.

use super::threshold::{Mark, Marks};
use crate::data::cell::Group;
use crate::data::dimension::Dimension;
use crate::data::scope::Scope;
use jiff::civil::Date;

/// Marks that hold in place of a KPI's own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exception {
    /// For the figures of the group of that name in that dimension; for all of them, if it is missing.
    pub group: Option<(Dimension, String)>,
    /// For periods that end on this day or later.
    pub from: Option<Date>,
    /// For periods that end on this day or earlier.
    pub until: Option<Date>,
    /// In place of the KPI's own mark, which `Some(None)` takes away.
    pub warning: Option<Option<Mark>>,
    pub critical: Option<Option<Mark>>,
}

/// Which figure is judged: what it is of, and the last day of its period.
#[derive(Debug, Clone, PartialEq)]
pub struct Place<'a> {
    groups: Vec<(Dimension, &'a str)>,
    day: Date,
}

impl<'a> Place<'a> {
    /// The figure of these groups, each of its dimension, for readers who see that scope: who sees one region alone sees
    /// the figures of that region.
    pub fn new(by: &[Dimension], groups: &'a [Group], scope: &'a Scope, day: Date) -> Place<'a> {
        let of_groups = by.iter().cloned().zip(groups).filter_map(|(by, group)| Some((by, group.label()?)));
        let of_scope = scope.restrictions().filter_map(|(by, texts)| match texts {
            [only] => Some((by, only.as_str())),
            _ => None,
        });
        Place { groups: of_groups.chain(of_scope).collect(), day }
    }

    /// The total of everything.
    pub fn total(day: Date) -> Place<'static> {
        Place { groups: Vec::new(), day }
    }
}

impl Exception {
    /// Whether it holds for a figure.
    pub fn holds(&self, place: &Place) -> bool {
        let is_of = |(dimension, name): &(Dimension, String)| {
            place.groups.iter().any(|(of, group)| of == dimension && group == name)
        };
        self.group.as_ref().is_none_or(is_of)
            && self.from.is_none_or(|from| from <= place.day)
            && self.until.is_none_or(|until| place.day <= until)
    }

    /// These marks, as it changes them.
    #[must_use]
    pub fn over(&self, marks: Marks) -> Marks {
        Marks { warning: self.warning.unwrap_or(marks.warning), critical: self.critical.unwrap_or(marks.critical) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn region(name: &str) -> (Dimension, String) {
        (Dimension::REGION, name.to_owned())
    }

    #[test]
    fn it_holds_for_its_group_wherever_that_is_seen_and_for_its_time() {
        let north = Exception { group: Some(region("North")), ..Exception::default() };
        let day = date(2026, 11, 22);
        let groups = [Group::Text("North".to_owned()), Group::Text("Solar".to_owned())];
        let everything = Scope::everything();
        let by = [Dimension::REGION, Dimension::named("product")];
        assert!(north.holds(&Place::new(&by, &groups, &everything, day)));
        assert!(north.holds(&Place::new(&by[..1], &groups[..1], &everything, day)));
        assert!(!north.holds(&Place::new(&by[1..], &groups[..1], &everything, day)), "a product of that name");
        assert!(!north.holds(&Place::total(day)));
        // The total of who sees nothing else.
        let only = |regions: &[&str]| Scope {
            regions: Some(regions.iter().map(|&region| region.to_owned()).collect()),
            ..Scope::everything()
        };
        assert!(north.holds(&Place::new(&[], &[], &only(&["North"]), day)));
        assert!(!north.holds(&Place::new(&[], &[], &only(&["North", "South"]), day)));

        let in_2026 =
            Exception { from: Some(date(2026, 1, 1)), until: Some(date(2026, 12, 31)), ..Exception::default() };
        let held = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
            .map(|day| in_2026.holds(&Place::total(day)));
        assert_eq!(held, [false, true, true, false]);
    }

    #[test]
    fn it_changes_the_marks_that_it_names() {
        let own = Marks { warning: Some(Mark::At(0.8)), critical: Some(Mark::At(0.75)) };
        let lower = Exception { critical: Some(Some(Mark::At(0.6))), warning: Some(None), ..Exception::default() };
        assert_eq!(lower.over(own), Marks { warning: None, critical: Some(Mark::At(0.6)) });
        assert_eq!(Exception::default().over(own), own);
    }
}
