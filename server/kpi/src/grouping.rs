//! Breakdowns at work: which group each row of a batch belongs to.

use crate::batch::{MISSING_TEXT, Values};
use crate::cell::{Breakdown, Group};
use crate::dimension::{Dimension, Located};
use crate::model::{Kind, Path, Table};
use crate::period::{Period, PeriodError, Span};
use crate::scan::Projection;
use rustc_hash::FxHashMap;

/// One breakdown of one scan.
#[derive(Debug)]
pub struct Grouping {
    pub by: Breakdown,
    dimensions: Vec<Coding>,
    /// For each dimension after the first: the pairs of a group so far and a code of the dimension.
    pairs: Vec<Pairs>,
}

/// Numbers the groups of one dimension in the order in which they are seen.
#[derive(Debug)]
struct Coding {
    read: Read,
    groups: Vec<Group>,
    known: FxHashMap<u64, u32>,
}

/// Where a row's group is read.
#[derive(Debug)]
enum Read {
    Text(Projection),
    Row {
        key: Projection,
        label: Projection,
    },
    /// The first dates of consecutive months, with the names of the months.
    Month {
        date: Projection,
        starts: Vec<f64>,
        names: Vec<String>,
    },
    /// The table does not carry the dimension.
    Nothing,
}

#[derive(Debug, Default)]
struct Pairs {
    seen: Vec<(u32, u32)>,
    known: FxHashMap<(u32, u32), u32>,
}

/// What stands for a missing value among the keys of a coding: the bits of no number that a database returns.
const MISSING_KEY: u64 = u64::MAX;

impl Grouping {
    /// A breakdown of the rows of a table that `dated_by` puts into one of the periods.
    pub fn new(by: &Breakdown, table: &'static Table, dated_by: &Path, periods: &[Period]) -> Grouping {
        let coding = |dimension: &Dimension| Coding {
            read: Read::new(*dimension, table, dated_by, periods),
            groups: Vec::new(),
            known: FxHashMap::default(),
        };
        let dimensions: Vec<Coding> = by.iter().map(coding).collect();
        let pairs = dimensions.iter().skip(1).map(|_| Pairs::default()).collect();
        Grouping { by: by.clone(), dimensions, pairs }
    }

    /// Every column it reads.
    pub fn columns(&self) -> impl Iterator<Item = &Projection> {
        self.dimensions.iter().flat_map(|dimension| match &dimension.read {
            Read::Text(projection) | Read::Month { date: projection, .. } => vec![projection],
            Read::Row { key, label } => vec![key, label],
            Read::Nothing => vec![],
        })
    }

    /// The group of each of `rows` rows, as an index into [`Grouping::groups`].
    pub fn assign<'a>(&mut self, rows: usize, values: &dyn Fn(&Projection) -> &'a Values) -> Vec<u32> {
        let mut dimensions = self.dimensions.iter_mut();
        let Some(first) = dimensions.next() else { return vec![0; rows] };
        let mut codes = first.assign(rows, values);
        for (dimension, pairs) in dimensions.zip(&mut self.pairs) {
            let further = dimension.assign(rows, values);
            codes.iter_mut().zip(further).for_each(|(code, further)| *code = pairs.code((*code, further)));
        }
        codes
    }

    /// The groups seen so far, one for each dimension of the breakdown. The total has one, of no dimension.
    pub fn groups(&self) -> Vec<Vec<Group>> {
        let Some((first, further)) = self.dimensions.split_first() else { return vec![Vec::new()] };
        let start: Vec<Vec<Group>> = first.groups.iter().map(|group| vec![group.clone()]).collect();
        further.iter().zip(&self.pairs).fold(start, |groups, (dimension, pairs)| {
            let joined = |(group, further): &(u32, u32)| {
                let mut joined = groups[*group as usize].clone();
                joined.push(dimension.groups[*further as usize].clone());
                joined
            };
            pairs.seen.iter().map(joined).collect()
        })
    }

    /// How many groups were seen so far.
    pub fn len(&self) -> usize {
        match (self.dimensions.first(), self.pairs.last()) {
            (None, _) => 1,
            (Some(first), None) => first.groups.len(),
            (Some(_), Some(last)) => last.seen.len(),
        }
    }
}

impl Read {
    fn new(dimension: Dimension, table: &'static Table, dated_by: &Path, periods: &[Period]) -> Read {
        match dimension.of(table) {
            Some(Located::Text(paths)) => Read::Text(Projection(paths)),
            Some(Located::Row { key, label }) => Read::Row { key: Projection::of(key), label: Projection::of(label) },
            Some(Located::Dated) => {
                let months = months(periods).unwrap_or_default();
                let in_days = dated_by.column.kind == Kind::Date;
                let start = |month: &Period| if in_days { month.days().start } else { month.instants().start };
                #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
                let starts = months.iter().map(|month| start(month) as f64).collect();
                let names = months.iter().map(Period::to_string).collect();
                Read::Month { date: Projection::of(dated_by.clone()), starts, names }
            }
            None => Read::Nothing,
        }
    }
}

/// All months that the periods touch, without gaps.
fn months(periods: &[Period]) -> Result<Vec<Period>, PeriodError> {
    let Some(first) = periods.iter().min_by_key(|period| period.first_day) else { return Ok(Vec::new()) };
    let zone = first.zone();
    let last_day = periods.iter().map(|period| period.last_day).max().unwrap_or(first.last_day);
    let mut month = Period::containing(Span::Month, first.first_day, &zone)?;
    let mut months = Vec::new();
    while month.first_day <= last_day {
        let next = month.last_day.tomorrow().map_err(|_| PeriodError::OutOfRange(month.to_string()))?;
        months.push(std::mem::replace(&mut month, Period::containing(Span::Month, next, &zone)?));
    }
    Ok(months)
}

impl Coding {
    fn assign<'a>(&mut self, rows: usize, values: &dyn Fn(&Projection) -> &'a Values) -> Vec<u32> {
        let Coding { read, groups, known } = self;
        let mut code = |key: u64, group: &dyn Fn() -> Group| {
            *known.entry(key).or_insert_with(|| {
                groups.push(group());
                index(groups.len() - 1)
            })
        };
        match read {
            Read::Nothing => vec![code(MISSING_KEY, &|| Group::Missing); rows],
            Read::Text(projection) => {
                let Values::Texts(codes, dictionary) = values(projection) else {
                    unreachable!("a dimension of texts is read as texts")
                };
                let group =
                    |text: u32| dictionary.text(text).map_or(Group::Missing, |text| Group::Text(text.to_owned()));
                let key = |text: u32| if text == MISSING_TEXT { MISSING_KEY } else { u64::from(text) };
                codes.iter().map(|text| code(key(*text), &|| group(*text))).collect()
            }
            Read::Row { key, label } => {
                let (Values::Numbers(ids), Values::Texts(labels, dictionary)) = (values(key), values(label)) else {
                    unreachable!("a dimension of rows is read as ids and labels")
                };
                let row = |(id, label): (&f64, &u32)| {
                    if id.is_nan() {
                        return code(MISSING_KEY, &|| Group::Missing);
                    }
                    code(id.to_bits(), &|| Group::Row { name: name_of(*id, dictionary.text(*label)), id: whole(*id) })
                };
                ids.iter().zip(labels).map(row).collect()
            }
            Read::Month { date, starts, names } => {
                let Values::Numbers(dates) = values(date) else { unreachable!("dates are numbers") };
                let row = |date: &f64| match starts.partition_point(|start| start <= date) {
                    0 => code(MISSING_KEY, &|| Group::Missing),
                    after => code(after as u64, &|| Group::Text(names[after - 1].clone())),
                };
                dates.iter().map(row).collect()
            }
        }
    }
}

impl Pairs {
    fn code(&mut self, pair: (u32, u32)) -> u32 {
        *self.known.entry(pair).or_insert_with(|| {
            self.seen.push(pair);
            index(self.seen.len() - 1)
        })
    }
}

/// A row without a name is known by its id.
fn name_of(id: f64, name: Option<&str>) -> String {
    name.map_or_else(|| format!("#{id}"), str::to_owned)
}

#[expect(clippy::cast_possible_truncation, reason = "ids are whole and below 2^53")]
fn whole(id: f64) -> i64 {
    id as i64
}

fn index(position: usize) -> u32 {
    u32::try_from(position).expect("fewer than 2^32 groups")
}
