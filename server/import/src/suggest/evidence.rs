//! How a file writes its dates and numbers, decided over all columns that are read as such, and what that says of each
//! line of the mapping.

use super::assign::Seen;
use super::days::{self, Found};
use super::making::Planned;

use super::numbers::{self, Mark};
use super::suggestion::Setting;
use crate::dates::{DateFormat, When};
use jiff::tz::TimeZone;
use pegel_kpi::data::model::Kind;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// So many texts are named as examples.
const EXAMPLES: usize = 3;

/// How the columns that are read are written.
pub(super) struct Evidence<'a> {
    seen: Seen<'a>,
    pub dates: Vec<Found>,
    formats: Vec<DateFormat>,
    /// `None` where no numbers are read.
    pub mark: Option<Mark>,
    /// The cells of all columns of money.
    pub amounts: Vec<Cow<'a, str>>,
    /// The places of the columns of money.
    pub money: Vec<usize>,
    /// Whether instants are read that do not say in which zone they are.
    pub is_local: bool,
}

impl<'a> Evidence<'a> {
    pub fn of(seen: Seen<'a>, planned: &[&Planned]) -> Evidence<'a> {
        let cells = |kinds: &[Kind]| -> Vec<Cow<'a, str>> {
            let of_kind = planned.iter().filter(|planned| kinds.contains(&planned.kind));
            let columns: BTreeSet<&[usize]> = of_kind.map(|planned| planned.at.as_slice()).collect();
            columns.into_iter().flat_map(|at| seen.texts(at)).collect()
        };
        let (days_in, numbers_in) =
            (cells(&[Kind::Instant, Kind::Date]), cells(&[Kind::Money, Kind::Number, Kind::Integer]));
        let dates = days::formats(days_in.iter().map(Cow::as_ref), seen.is_continental);
        let formats = dates.iter().filter_map(|found| DateFormat::new(&found.format).ok()).collect();
        let mark = (!numbers_in.is_empty()).then(|| mark(&numbers_in, seen));
        let money = planned.iter().filter(|planned| planned.kind == Kind::Money).flat_map(|planned| &planned.at);
        let money = money.copied().collect();
        let mut instants = cells(&[Kind::Instant]).into_iter();
        let is_local = instants.any(|cell| !matches!(DateFormat::Iso.parse(&cell), Some(When::Instant(_))));
        Evidence { seen, dates, formats, mark, amounts: cells(&[Kind::Money]), money, is_local }
    }

    /// A line of the mapping with what its cells say.
    pub fn setting(&self, planned: &Planned) -> Setting {
        let Planned { column, rule, kind, at, why, is_sure } = planned;
        let cells = self.seen.texts(at);
        let is_month = rule.contains(", month = ");
        let (of_cells, fits) = match (cells.is_empty(), kind) {
            (true, _) if at.is_empty() => (String::new(), true),
            (true, _) => ("nothing is in it so far".to_owned(), false),
            (false, Kind::Instant | Kind::Date) => self.dates(&cells, is_month),
            (false, Kind::Money | Kind::Number | Kind::Integer) => self.numbers(&cells),
            (false, Kind::Text) if why.is_some() && !rule.contains("lookup") => (String::new(), true),
            (false, Kind::Text) => (texts(&cells), true),
            (false, Kind::Boolean) => (String::new(), true),
        };
        let reasons = [Some(of_cells), why.clone()];
        let reasons: Vec<String> = reasons.into_iter().flatten().filter(|reason| !reason.is_empty()).collect();
        Setting { key: column.clone(), value: rule.clone(), why: reasons.join("; "), is_sure: *is_sure && fits }
    }

    fn dates(&self, cells: &[Cow<str>], is_month: bool) -> (String, bool) {
        let (mut counts, mut others) = (vec![0; self.formats.len()], Vec::new());
        for cell in cells {
            let reads = |format: &DateFormat| {
                format.parse(cell).is_some() || (is_month && format.parse_month(cell, &TimeZone::UTC).is_some())
            };
            match self.formats.iter().position(reads) {
                Some(at) => counts[at] += 1,
                None if is_month && days::month(cell).is_some() => {}
                None => others.push(cell),
            }
        }
        let all = cells.len();
        let ways = self.dates.iter().zip(&counts).filter(|(_, count)| **count > 0);
        let (mut is_sure, mut said) = (others.is_empty(), Vec::new());
        for (found, count) in ways {
            is_sure &= found.is_sure;
            let doubt = if found.is_sure { String::new() } else { format!(" ({})", found.why) };
            said.push(format!("{count} of {all} values read as {}{doubt}", found.words));
        }
        if let Some(first) = others.first() {
            said.push(format!("{} do not, such as “{first}”", others.len()));
        }
        (said.join("; "), is_sure)
    }

    fn numbers(&self, cells: &[Cow<str>]) -> (String, bool) {
        let Some(mark) = &self.mark else { return (String::new(), true) };
        let others: Vec<&Cow<str>> =
            cells.iter().filter(|cell| !numbers::is_with(cell, mark.before_decimals)).collect();
        let (all, fit) = (cells.len(), cells.len() - others.len());
        let mut said = format!("{fit} of {all} values read as numbers");
        if let Some(first) = others.first() {
            said = format!("{said}, and not “{first}”");
        }
        (said, others.is_empty())
    }
}

fn texts(cells: &[Cow<str>]) -> String {
    let (mut seen, mut examples) = (HashSet::new(), Vec::new());
    for cell in cells {
        if seen.insert(cell) && examples.len() < EXAMPLES {
            examples.push(format!("“{}”", crate::shown::shown(cell)));
        }
    }
    format!("{} rows have one of {} texts, such as {}", cells.len(), seen.len(), examples.join(", "))
}

/// The decimal mark of the numbers that are read. Where they do not tell it, the other numbers of the file may.
fn mark(read: &[Cow<str>], seen: Seen) -> Mark {
    let mark = numbers::mark(read.iter().map(Cow::as_ref), seen.is_continental);
    if mark.is_sure || !seen.mark.is_sure || !seen.mark.is_told {
        return mark;
    }
    let why = format!("{}; with the other columns of the file, {}", mark.why, seen.mark.why);
    Mark { why, ..seen.mark.clone() }
}
