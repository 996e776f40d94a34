//! Finds the group of each row of a batch.

use crate::data::batch::MISSING_TEXT;
use crate::data::cell::{Breakdown, Group};
use crate::data::dimension::{Dimension, Located};
use crate::data::model::Table;
use crate::data::path::{Path, Projection};
use crate::data::scan::Source;
use crate::engine::rows::{Rows, Shown};
use crate::engine::texts::Texts;
use crate::measure::Measure;
use crate::measure::dated;
use crate::time::zone::{Zoned, days_since_1970, start_of};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rustc_hash::FxHashMap;

/// One breakdown of one scan.
#[derive(Debug)]
pub struct Grouping {
    by: Breakdown,
    dimensions: Vec<Coding>,
    /// For each dimension after the first: the pairs of a group so far and a code of the dimension.
    pairs: Vec<Pairs>,
    /// The pairs of a group and a class of rows, where these are told apart.
    classes: Option<Classed>,
}

/// Numbers the groups of one dimension in the order in which they are seen.
#[derive(Debug)]
struct Coding {
    read: Read,
    groups: Vec<Group>,
    known: Known,
}

/// The numbers of groups, by key.
#[derive(Debug, Default)]
struct Known {
    /// Those of small keys, indexed by key, [`NONE`] if unused: codes of texts, and ids of tables that are not large.
    small: Vec<u32>,
    large: FxHashMap<u64, u32>,
}

/// What a row's group is read from.
#[derive(Debug, PartialEq)]
enum Read {
    Text(Texts),
    Row {
        key: Projection,
        label: Projection,
    },
    /// The months that these dates fall in; they begin at `starts`.
    Month {
        date: Projection,
        starts: Vec<f64>,
    },
    /// The table does not carry the dimension.
    Nothing,
}

#[derive(Debug, Default)]
struct Pairs {
    seen: Vec<(u32, u32)>,
    known: FxHashMap<(u32, u32), u32>,
}

/// Lines: the pairs of a group and a class.
#[derive(Debug, Default)]
struct Classed {
    pairs: Pairs,
    /// Those of each class, so that a scope does not look through those of all others.
    of_class: Vec<Vec<usize>>,
}

/// What stands for a missing value among the keys of a coding: neither the code of a text nor an id.
const MISSING_KEY: u64 = 1 << 63;

/// Keys below this one are used as indexes.
const SMALL: u64 = 1 << 16;

const NONE: u32 = u32::MAX;

impl Grouping {
    /// A breakdown of the rows that a measure reads.
    pub fn new(by: &Breakdown, measure: &Measure, zone: &Zoned) -> Grouping {
        let coding = |dimension: &Dimension| Coding {
            read: Read::new(dimension, measure, zone),
            groups: Vec::new(),
            known: Known::default(),
        };
        let dimensions: Vec<Coding> = by.iter().map(coding).collect();
        let pairs = dimensions.iter().skip(1).map(|_| Pairs::default()).collect();
        Grouping { by: by.clone(), dimensions, pairs, classes: None }
    }

    /// The breakdown.
    pub fn by(&self) -> &Breakdown {
        &self.by
    }

    /// Whether the other one puts rows into the same groups.
    pub fn is_like(&self, other: &Grouping) -> bool {
        self.by == other.by && self.dimensions.iter().zip(&other.dimensions).all(|(own, other)| own.read == other.read)
    }

    /// Asks a source what rows held before; see [`Texts::ask`].
    ///
    /// # Errors
    /// What the source answers when it cannot be read.
    pub fn ask<S: Source>(&mut self, table: &Table, source: &mut S) -> Result<(), S::Error> {
        for dimension in &mut self.dimensions {
            if let Read::Text(texts) = &mut dimension.read {
                texts.ask(table, source)?;
            }
        }
        Ok(())
    }

    /// Whether a row may be in one group for one period and in another for the next.
    pub fn depends_on_period(&self) -> bool {
        self.dimensions.iter().any(|dimension| matches!(&dimension.read, Read::Text(texts) if texts.depend_on_period()))
    }

    /// Every column it reads.
    pub fn columns(&self) -> impl Iterator<Item = &Projection> {
        self.dimensions.iter().flat_map(|dimension| match &dimension.read {
            Read::Text(texts) => texts.columns(),
            Read::Month { date, .. } => vec![date],
            Read::Row { key, label } => vec![key, label],
            Read::Nothing => vec![],
        })
    }

    /// The group of each row, as an index into [`Grouping::groups`].
    pub fn assign(&mut self, rows: &Rows) -> Vec<u32> {
        let mut dimensions = self.dimensions.iter_mut();
        let Some(first) = dimensions.next() else { return vec![0; rows.batch.len()] };
        let mut codes = first.assign(rows);
        for (dimension, pairs) in dimensions.zip(&mut self.pairs) {
            let further = dimension.assign(rows);
            codes.iter_mut().zip(further).for_each(|(code, further)| *code = pairs.code((*code, further)));
        }
        codes
    }

    /// The line of each row: its group, or the pair of that and its class.
    pub fn lines(&mut self, rows: &Rows, classes: Option<&[u32]>) -> Vec<u32> {
        let mut lines = self.assign(rows);
        if let Some(classes) = classes {
            self.classes.get_or_insert_default().divide(&mut lines, classes);
        }
        lines
    }

    /// The lines of each group that has rows of these classes; of all that were seen, where classes are not told apart.
    pub fn seen(&self, classes: &[u32]) -> Vec<(Vec<Group>, Vec<usize>)> {
        let Some(Classed { pairs, of_class }) = &self.classes else {
            return self.groups().into_iter().enumerate().map(|(line, group)| (group, vec![line])).collect();
        };
        let mut lines: Vec<usize> =
            classes.iter().filter_map(|class| of_class.get(*class as usize)).flatten().copied().collect();
        lines.sort_unstable_by_key(|line| (pairs.seen[*line].0, *line));
        let of_groups = lines.chunk_by(|a, b| pairs.seen[*a].0 == pairs.seen[*b].0);
        of_groups.map(|lines| (self.group(pairs.seen[lines[0]].0), lines.to_vec())).collect()
    }

    /// How many lines there are so far.
    pub fn len(&self) -> usize {
        self.classes.as_ref().map_or_else(|| self.count(), |classes| classes.pairs.seen.len())
    }

    /// The groups seen so far, one for each dimension of the breakdown. The total has one, of no dimension.
    pub fn groups(&self) -> Vec<Vec<Group>> {
        (0..self.count()).map(|group| self.group(index(group))).collect()
    }

    /// The group of that number.
    fn group(&self, number: u32) -> Vec<Group> {
        let (mut number, mut group) = (number, Vec::with_capacity(self.dimensions.len()));
        let Some((first, further)) = self.dimensions.split_first() else { return group };
        for (dimension, pairs) in further.iter().zip(&self.pairs).rev() {
            let (before, own) = pairs.seen[number as usize];
            group.push(dimension.groups[own as usize].clone());
            number = before;
        }
        group.push(first.groups[number as usize].clone());
        group.reverse();
        group
    }

    /// How many groups were seen so far.
    fn count(&self) -> usize {
        match (self.dimensions.first(), self.pairs.last()) {
            (None, _) => 1,
            (Some(first), None) => first.groups.len(),
            (Some(_), Some(last)) => last.seen.len(),
        }
    }
}

impl Read {
    fn new(dimension: &Dimension, measure: &Measure, zone: &Zoned) -> Read {
        let read = |path: &Path| Projection::of(path.clone());
        match measure.table.located(dimension) {
            Some(Located::Text(paths)) => Read::Text(Texts::new(paths, measure)),
            Some(Located::Row { key, label }) => Read::Row { key: read(key), label: read(label) },
            Some(Located::Dated) => measure.month_of().map_or(Read::Nothing, |path| Read::months(path, zone)),
            None => Read::Nothing,
        }
    }

    fn months(path: &Path, zone: &Zoned) -> Read {
        let in_days = dated::in_days(path);
        let start = |month| if in_days { Some(days_since_1970(month)) } else { start_of(month, zone.zone()) };
        #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
        let starts = MONTHS.filter_map(|month| Some(start(month_of(month))? as f64)).collect();
        Read::Month { date: Projection::of(path.clone()), starts }
    }
}

/// Months since January 1970, up to the end of 2099.
const MONTHS: std::ops::Range<i32> = 0..130 * 12;

fn month_of(since_1970: i32) -> Date {
    date(1970, 1, 1).saturating_add(since_1970.months())
}

fn month_name(since_1970: usize) -> String {
    let month = month_of(i32::try_from(since_1970).unwrap_or(0));
    format!("{:04}-{:02}", month.year(), month.month())
}

impl Coding {
    fn assign(&mut self, rows: &Rows) -> Vec<u32> {
        let Coding { read, groups, known } = self;
        let mut code = |key: u64, group: &dyn Fn() -> Group| {
            let number = known.number(key);
            if *number == NONE {
                groups.push(group());
                *number = index(groups.len() - 1);
            }
            *number
        };
        match read {
            Read::Nothing => vec![code(MISSING_KEY, &|| Group::Missing); rows.batch.len()],
            Read::Text(texts) => {
                let (codes, dictionary) = texts.of(rows);
                let group =
                    |text: u32| dictionary.text(text).map_or(Group::Missing, |text| Group::Text(text.to_owned()));
                let key = |text: u32| if text == MISSING_TEXT { MISSING_KEY } else { u64::from(text) };
                codes.iter().map(|text| code(key(*text), &|| group(*text))).collect()
            }
            Read::Row { key, label } => {
                let (Shown::Numbers(ids), Shown::Texts(labels, dictionary)) = (rows.values(key), rows.values(label))
                else {
                    unreachable!("a dimension of rows is read as ids and labels")
                };
                let row = |(id, label): (&f64, &u32)| {
                    if id.is_nan() {
                        return code(MISSING_KEY, &|| Group::Missing);
                    }
                    let whole = whole(*id);
                    code(whole.cast_unsigned(), &|| Group::Row {
                        name: name_of(*id, dictionary.text(*label)),
                        id: whole,
                    })
                };
                ids.iter().zip(labels).map(row).collect()
            }
            Read::Month { date, starts } => {
                let Shown::Numbers(dates) = rows.values(date) else { unreachable!("dates are numbers") };
                let row = |date: &f64| match starts.partition_point(|start| start <= date) {
                    0 => code(MISSING_KEY, &|| Group::Missing),
                    after => code(after as u64, &|| Group::Text(month_name(after - 1))),
                };
                dates.iter().map(row).collect()
            }
        }
    }
}

impl Known {
    /// The number of a group, [`NONE`] if it is new.
    #[expect(clippy::cast_possible_truncation, reason = "checked before")]
    fn number(&mut self, key: u64) -> &mut u32 {
        if key >= SMALL {
            return self.large.entry(key).or_insert(NONE);
        }
        let at = key as usize;
        if at >= self.small.len() {
            self.small.resize(at + 1, NONE);
        }
        &mut self.small[at]
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

impl Classed {
    /// Puts the line of each row in the place of its group.
    fn divide(&mut self, groups: &mut [u32], classes: &[u32]) {
        let Classed { pairs, of_class } = self;
        let known = pairs.seen.len();
        groups.iter_mut().zip(classes).for_each(|(group, class)| *group = pairs.code((*group, *class)));
        for (line, (_, class)) in pairs.seen.iter().enumerate().skip(known) {
            let class = *class as usize;
            of_class.resize_with(of_class.len().max(class + 1), Vec::new);
            of_class[class].push(line);
        }
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
