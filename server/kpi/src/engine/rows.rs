//! Expressions and conditions evaluated over a batch of rows, column by column.
//!
//! A missing number is NaN, so that arithmetic carries it along by itself. Conditions are two-valued: a comparison with
//! a missing value is false, and `!=` and `!` are the exact complements of what they negate.

use crate::data::batch::{Batch, Dictionary, MISSING_TEXT, Values};
use crate::data::path::{Path, Projection};
use crate::engine::by_parent::Children;
use crate::measure::aggregate::Aggregate;
use crate::measure::expr::{Arithmetic, ChildMeasure, Comparison, Condition, Expr, Match, Working};
use crate::time::period::{Edge, Period};
use crate::time::zone::{DAY, Zoned};
use siphasher::sip::SipHasher13;
use std::borrow::Cow;
use std::hash::Hasher;
use std::ops::Range;

/// What expressions are evaluated over: a batch, and everything else that they may name.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub batch: &'a Batch,
    /// For each column what differs from the batch at the instant at which the rows are seen; empty if nothing does.
    pub masked: &'a [Option<Masked>],
    /// What each column of the batch is.
    pub columns: &'a [Projection],
    /// Every figure over related rows that expressions name.
    pub children: &'a Children,
    /// The column that holds the row's id, where figures over related rows are read.
    pub id: Option<usize>,
    /// For each row a scope for which its related rows are counted; `None` where there is only one.
    pub scopes: Option<&'a [u32]>,
    /// The index of the view in which they are seen.
    pub view: usize,
    /// The period for which rows are counted, with its index; `None` where nothing depends on it.
    pub period: Option<(usize, &'a Period)>,
    /// The zone in which days begin.
    pub zone: &'a Zoned,
    /// How many stored units make one whole unit of the currency.
    pub money: f64,
}

/// One column, as it is seen.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// NaN is missing.
    Numbers(&'a [f64]),
    Texts(&'a [u32], &'a Dictionary),
}

impl Shown<'_> {
    /// The same values, to be masked.
    pub fn to_masked(self) -> Masked {
        match self {
            Shown::Numbers(numbers) => Masked::Numbers(numbers.to_vec()),
            Shown::Texts(codes, _) => Masked::Texts(codes.to_vec()),
        }
    }

    /// Unmarks the rows that have no value.
    pub fn keep_given(self, marked: &mut [bool]) {
        match self {
            Shown::Numbers(numbers) => {
                numbers.iter().zip(marked).for_each(|(number, marked)| *marked &= !number.is_nan());
            }
            Shown::Texts(codes, _) => {
                codes.iter().zip(marked).for_each(|(code, marked)| *marked &= *code != MISSING_TEXT);
            }
        }
    }
}

impl Masked {
    /// Removes the values of some rows.
    pub fn hide(&mut self, hidden: &[bool]) {
        match self {
            Masked::Numbers(numbers) => {
                numbers
                    .iter_mut()
                    .zip(hidden)
                    .filter(|(_, hidden)| **hidden)
                    .for_each(|(number, _)| *number = f64::NAN);
            }
            Masked::Texts(codes) | Masked::Former(codes, _) => {
                codes.iter_mut().zip(hidden).filter(|(_, hidden)| **hidden).for_each(|(code, _)| *code = MISSING_TEXT);
            }
        }
    }
}

/// What a column holds at an instant, where that is not what it holds today.
pub enum Masked {
    Numbers(Vec<f64>),
    /// Codes of the batch's dictionary.
    Texts(Vec<u32>),
    /// Codes of a dictionary that has former texts as well.
    Former(Vec<u32>, Dictionary),
}

/// A column of texts with its dictionary, or a constant.
#[derive(Clone, Copy)]
enum TextColumn<'a> {
    Column(&'a [u32], &'a Dictionary),
    Constant(&'a str),
}

impl<'a> TextColumn<'a> {
    fn at(self, row: usize) -> Option<&'a str> {
        match self {
            TextColumn::Column(codes, dictionary) => dictionary.text(codes[row]),
            TextColumn::Constant(text) => Some(text),
        }
    }
}

impl<'a> Rows<'a> {
    /// The same rows, counted for a period.
    #[must_use]
    pub fn counted_for(self, index: usize, period: &'a Period) -> Rows<'a> {
        Rows { period: Some((index, period)), ..self }
    }

    /// The same rows, as they are seen in the view of that index.
    #[must_use]
    pub fn seen(self, view: usize, masked: &'a [Option<Masked>]) -> Rows<'a> {
        Rows { masked, view, ..self }
    }

    /// The values of a projection of the scan.
    ///
    /// # Panics
    /// If the scan was not planned for it.
    pub fn values(&self, projection: &Projection) -> Shown<'a> {
        let index = self.columns.iter().position(|column| column == projection);
        self.at(index.expect("a scan reads every column that its measures name"))
    }

    /// The values of the column with that index.
    pub fn at(&self, index: usize) -> Shown<'a> {
        match (&self.batch.columns[index], self.masked.get(index).and_then(Option::as_ref)) {
            (_, Some(Masked::Numbers(numbers))) | (Values::Numbers(numbers), None) => Shown::Numbers(numbers),
            (Values::Texts(_, dictionary), Some(Masked::Texts(codes))) | (Values::Texts(codes, dictionary), None) => {
                Shown::Texts(codes, dictionary)
            }
            (_, Some(Masked::Former(codes, dictionary))) => Shown::Texts(codes, dictionary),
            (Values::Numbers(_), Some(Masked::Texts(_))) => unreachable!("numbers are masked as numbers"),
        }
    }

    /// The dates of a column of the scan; NaN is missing.
    ///
    /// # Panics
    /// If the scan was not planned for it.
    pub fn dates(&self, path: &Path) -> &'a [f64] {
        let index = self.columns.iter().position(|column| column.0 == std::slice::from_ref(path));
        match self.at(index.expect("a scan reads every date by which its measures find rows")) {
            Shown::Numbers(dates) => dates,
            Shown::Texts(..) => unreachable!("a date is a number"),
        }
    }

    /// Which rows have a date within a half-open span.
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
    pub fn within(&self, date: &Path, span: &Range<i64>) -> Vec<bool> {
        let (start, end) = (span.start as f64, span.end as f64);
        self.dates(date).iter().map(|date| start <= *date && *date < end).collect()
    }

    /// The numbers of an expression, one per row; NaN is missing.
    ///
    /// # Panics
    /// If it is a text: scripts are checked for that when they are loaded.
    pub fn numbers(&self, expr: &'a Expr) -> Cow<'a, [f64]> {
        match expr {
            Expr::Column(_, projection) => match self.values(projection) {
                Shown::Numbers(numbers) => Cow::Borrowed(numbers),
                Shown::Texts(..) => unreachable!("texts are not calculated with"),
            },
            Expr::Number(number) => self.constant(*number),
            Expr::Money(amount) => self.constant(self.stored(*amount)),
            Expr::Period(edge) => self.constant(self.edge(*edge)),
            Expr::Text(_) => unreachable!("texts are not calculated with"),
            Expr::Arithmetic(left, operation, right) => self.arithmetic(left, *operation, right),
            Expr::Between(from, to) => self.both(from, to, |from, to| to - from),
            Expr::Days(days) => self.each(days, |days| days * DAY),
            Expr::Shifted(instant, days) => {
                self.both(instant, days, |instant, days| self.zone.days_after(instant, days))
            }
            Expr::Coalesce(first, second) => {
                self.both(first, second, |first, second| if first.is_nan() { second } else { first })
            }
            Expr::When(condition, yes, no) => {
                let mask = self.mask(condition);
                let (yes, no) = (self.numbers(yes), self.numbers(no));
                let chosen = mask.iter().zip(yes.iter().zip(no.iter()));
                Cow::Owned(chosen.map(|(holds, (yes, no))| if *holds { *yes } else { *no }).collect())
            }
            Expr::StartOfDay(day) => self.each(day, |day| self.zone.start_of_day(day)),
            Expr::DayOf(instant) => self.each(instant, |instant| self.zone.day_of(instant)),
            Expr::ToNumber(text) => self.parsed(text),
            Expr::Working(calendar, Working::Seconds, from, to) => {
                self.both(from, to, |from, to| calendar.seconds_between(from, to))
            }
            Expr::Working(calendar, Working::Days, from, to) => {
                self.both(from, to, |from, to| calendar.days_between(from, to))
            }
            Expr::Children(child) => self.of_related(child),
        }
    }

    fn constant(&self, number: f64) -> Cow<'a, [f64]> {
        Cow::Owned(vec![number; self.batch.len()])
    }

    fn each(&self, expr: &'a Expr, apply: impl Fn(f64) -> f64) -> Cow<'a, [f64]> {
        let mut result = self.numbers(expr).into_owned();
        for value in &mut result {
            *value = apply(*value);
        }
        Cow::Owned(result)
    }

    fn both(&self, left: &'a Expr, right: &'a Expr, apply: impl Fn(f64, f64) -> f64) -> Cow<'a, [f64]> {
        let mut result = self.numbers(left).into_owned();
        if let Some(right) = self.single(right) {
            for left in &mut result {
                *left = apply(*left, right);
            }
        } else {
            let right = self.numbers(right);
            result.iter_mut().zip(right.iter()).for_each(|(left, right)| *left = apply(*left, *right));
        }
        Cow::Owned(result)
    }

    fn arithmetic(&self, left: &'a Expr, operation: Arithmetic, right: &'a Expr) -> Cow<'a, [f64]> {
        match operation {
            Arithmetic::Add => self.both(left, right, |left, right| left + right),
            Arithmetic::Subtract => self.both(left, right, |left, right| left - right),
            Arithmetic::Multiply => self.both(left, right, |left, right| left * right),
            Arithmetic::Divide => {
                self.both(left, right, |left, right| if right == 0.0 { f64::NAN } else { left / right })
            }
            Arithmetic::Least => self.both(left, right, f64::min),
            Arithmetic::Greatest => self.both(left, right, f64::max),
        }
    }

    /// The value of an expression that is the same for every row.
    fn single(&self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::Number(number) => Some(*number),
            Expr::Money(amount) => Some(self.stored(*amount)),
            Expr::Period(edge) => Some(self.edge(*edge)),
            Expr::Days(days) => self.single(days).map(|days| days * DAY),
            _ => None,
        }
    }

    /// An amount as rows store it. 0.29 · 100 is slightly less than 29 in floats, and must be 29.
    fn stored(&self, amount: f64) -> f64 {
        let exact = amount * self.money;
        let whole = exact.round();
        if (exact - whole).abs() < 1e-6 { whole } else { exact }
    }

    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
    fn edge(&self, edge: Edge) -> f64 {
        let (_, period) = self.period.expect("what names the period is evaluated for each one");
        let edge = match edge {
            Edge::Start => period.instants().start,
            Edge::End => period.instants().end,
            Edge::FirstDay => period.days().start,
            Edge::LastDay => period.days().end - 1,
        };
        edge as f64
    }

    fn of_related(&self, child: &ChildMeasure) -> Cow<'a, [f64]> {
        let by_parent = self.children.of(child, self.view, self.period.map(|(index, _)| index));
        let Some(Shown::Numbers(ids)) = self.id.map(|id| self.at(id)) else {
            unreachable!("a scan with figures over related rows reads the ids")
        };
        let scope = |row: usize| self.scopes.map(|scopes| scopes[row]);
        Cow::Owned(ids.iter().enumerate().map(|(row, id)| by_parent.get(*id, scope(row))).collect())
    }

    fn parsed(&self, text: &'a Expr) -> Cow<'a, [f64]> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let Some(texts) = self.texts(text) else { unreachable!("only texts are read as numbers") };
        let rows = 0..self.batch.len();
        Cow::Owned(rows.map(|row| texts.at(row).and_then(number).unwrap_or(f64::NAN)).collect())
    }

    fn texts(&self, expr: &'a Expr) -> Option<TextColumn<'a>> {
        match expr {
            Expr::Column(_, projection) => match self.values(projection) {
                Shown::Texts(codes, dictionary) => Some(TextColumn::Column(codes, dictionary)),
                Shown::Numbers(_) => None,
            },
            Expr::Text(text) => Some(TextColumn::Constant(text)),
            _ => None,
        }
    }

    /// The texts of an expression, one per row; `None` if it is no text.
    pub fn written(&self, expr: &'a Expr) -> Option<Vec<Option<&'a str>>> {
        let texts = self.texts(expr)?;
        Some((0..self.batch.len()).map(|row| texts.at(row)).collect())
    }

    /// A key for each value of a column, equal for equal values: the bits of a number, the code of a text; missing has
    /// its own.
    pub fn codes(&self, column: &Projection) -> Vec<u64> {
        match self.values(column) {
            Shown::Numbers(numbers) => numbers.iter().map(|number| number.to_bits()).collect(),
            Shown::Texts(codes, _) => codes.iter().map(|code| u64::from(*code)).collect(),
        }
    }

    /// What each row contributes to an aggregate, operand by operand. Texts are given as numbers that tell them apart,
    /// since they can only be counted as different values.
    pub fn contributions(&self, aggregate: &'a Aggregate<Expr>) -> Vec<Cow<'a, [f64]>> {
        let operand = |expr: &'a Expr| match self.texts(expr) {
            Some(TextColumn::Column(codes, dictionary)) => {
                Cow::Owned(codes.iter().map(|code| dictionary.text(*code).map_or(f64::NAN, told_apart)).collect())
            }
            _ => self.numbers(expr),
        };
        aggregate.operands().into_iter().map(operand).collect()
    }

    /// Which rows a condition holds for.
    pub fn mask(&self, condition: &'a Condition) -> Vec<bool> {
        match condition {
            Condition::Compare(left, comparison, right) => self.compare(left, *comparison, right),
            Condition::IsSet(expr) => match self.texts(expr) {
                Some(TextColumn::Column(codes, _)) => codes.iter().map(|code| *code != MISSING_TEXT).collect(),
                Some(TextColumn::Constant(_)) => vec![true; self.batch.len()],
                None => self.numbers(expr).iter().map(|number| !number.is_nan()).collect(),
            },
            Condition::OneOf(expr, choices) => {
                let mut mask = vec![false; self.batch.len()];
                for choice in choices.iter() {
                    let equal = self.compare(expr, Comparison::Equal, choice);
                    mask.iter_mut().zip(equal).for_each(|(mask, equal)| *mask |= equal);
                }
                mask
            }
            Condition::Matches(expr, place, part) => self.matching(expr, *place, part),
            #[expect(clippy::float_cmp, reason = "a boolean is exactly 0 or 1")]
            Condition::Holds(expr) => self.numbers(expr).iter().map(|number| *number == 1.0).collect(),
            Condition::And(left, right) => self.combine(left, right, |left, right| left & right),
            Condition::Or(left, right) => self.combine(left, right, |left, right| left | right),
            Condition::Not(inner) => self.mask(inner).into_iter().map(|holds| !holds).collect(),
        }
    }

    fn combine(&self, left: &'a Condition, right: &'a Condition, with: fn(bool, bool) -> bool) -> Vec<bool> {
        let mut mask = self.mask(left);
        mask.iter_mut().zip(self.mask(right)).for_each(|(left, right)| *left = with(*left, right));
        mask
    }

    fn matching(&self, expr: &'a Expr, place: Match, part: &str) -> Vec<bool> {
        let holds = |text: &str| match place {
            Match::Anywhere => text.contains(part),
            Match::AtStart => text.starts_with(part),
            Match::AtEnd => text.ends_with(part),
        };
        match self.texts(expr) {
            // Each distinct text is searched once.
            Some(TextColumn::Column(codes, dictionary)) => {
                let known: Vec<bool> = dictionary.texts().map(holds).collect();
                codes.iter().map(|code| known.get(*code as usize).copied().unwrap_or(false)).collect()
            }
            Some(TextColumn::Constant(text)) => vec![holds(text); self.batch.len()],
            None => unreachable!("only texts are searched"),
        }
    }

    fn compare(&self, left: &'a Expr, comparison: Comparison, right: &'a Expr) -> Vec<bool> {
        if let (Some(left), Some(right)) = (self.texts(left), self.texts(right)) {
            return self.compare_texts(left, comparison, right);
        }
        let left = self.numbers(left);
        if let Some(right) = self.single(right) {
            return left.iter().map(|left| comparison.holds(left, &right)).collect();
        }
        let right = self.numbers(right);
        left.iter().zip(right.iter()).map(|(left, right)| comparison.holds(left, right)).collect()
    }

    fn compare_texts(&self, left: TextColumn<'a>, comparison: Comparison, right: TextColumn<'a>) -> Vec<bool> {
        // The common case, a column against a constant, compares codes instead of texts.
        if let (TextColumn::Column(codes, dictionary), TextColumn::Constant(text), Comparison::Equal) =
            (left, right, comparison)
        {
            let wanted = dictionary.code(text);
            return codes.iter().map(|code| Some(*code) == wanted).collect();
        }
        let pairs = (0..self.batch.len()).map(|row| (left.at(row), right.at(row)));
        pairs.map(|(left, right)| left.is_some() && right.is_some() && comparison.holds(&left, &right)).collect()
    }
}

/// The numbers of the rows of a batch.
pub(crate) fn row_numbers(rows: usize) -> std::ops::Range<u32> {
    0..u32::try_from(rows).expect("a batch is small")
}

/// A number for a text, the same in every scan: codes are those of one scan alone, and what was counted in one is put
/// together with what was counted in others. It has 63 bits: among a million texts, two are taken for one with a chance
/// of one in ten million.
fn told_apart(text: &str) -> f64 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    // Without the upper bit of the exponent it is finite, and so never a missing one.
    f64::from_bits(hasher.finish() & !(1 << 62))
}
