//! What a closure of a script describes: expressions over the columns of a row, conditions over expressions, and how
//! both are evaluated over a batch of rows, column by column.
//!
//! A missing number is NaN, so that arithmetic carries it along by itself. Conditions are two-valued: a comparison with
//! a missing value is false, and `!=` and `!` are the exact complements of what they negate.

use crate::aggregate::ChildMeasure;
use crate::batch::{Batch, Dictionary, MISSING_TEXT, Values};
use crate::scan::Projection;
use std::borrow::Cow;
use std::sync::Arc;

/// A value of each row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Column(Projection),
    Number(f64),
    Text(Arc<str>),
    Arithmetic(Box<Expr>, Arithmetic, Box<Expr>),
    /// A figure over the rows of another table that belong to this row.
    Children(Arc<ChildMeasure>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    /// By zero it is missing.
    Divide,
}

/// Whether a row counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Compare(Expr, Comparison, Expr),
    IsSet(Expr),
    OneOf(Expr, Vec<Expr>),
    /// A boolean column; missing is false.
    Holds(Expr),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expr {
    /// How many parts it is made of.
    pub fn size(&self) -> usize {
        match self {
            Expr::Column(_) | Expr::Number(_) | Expr::Text(_) | Expr::Children(_) => 1,
            Expr::Arithmetic(left, _, right) => 1 + left.size() + right.size(),
        }
    }

    /// Every column it reads.
    pub fn columns<'a>(&'a self, found: &mut Vec<&'a Projection>) {
        match self {
            Expr::Column(projection) => found.push(projection),
            Expr::Arithmetic(left, _, right) => {
                left.columns(found);
                right.columns(found);
            }
            Expr::Number(_) | Expr::Text(_) | Expr::Children(_) => {}
        }
    }

    /// Every figure over related rows it reads.
    pub fn children<'a>(&'a self, found: &mut Vec<&'a Arc<ChildMeasure>>) {
        match self {
            Expr::Children(child) => found.push(child),
            Expr::Arithmetic(left, _, right) => {
                left.children(found);
                right.children(found);
            }
            Expr::Column(_) | Expr::Number(_) | Expr::Text(_) => {}
        }
    }
}

impl Condition {
    /// How many parts it is made of.
    pub fn size(&self) -> usize {
        match self {
            Condition::Compare(left, _, right) => 1 + left.size() + right.size(),
            Condition::IsSet(expr) | Condition::Holds(expr) => 1 + expr.size(),
            Condition::OneOf(expr, choices) => 1 + expr.size() + choices.len(),
            Condition::And(left, right) | Condition::Or(left, right) => 1 + left.size() + right.size(),
            Condition::Not(inner) => 1 + inner.size(),
        }
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Condition) -> Condition {
        Condition::And(Box::new(self), Box::new(other))
    }

    /// Calls `visit` with every expression in it.
    pub fn expressions<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Condition::Compare(left, _, right) => {
                visit(left);
                visit(right);
            }
            Condition::IsSet(expr) | Condition::Holds(expr) => visit(expr),
            Condition::OneOf(expr, choices) => {
                visit(expr);
                choices.iter().for_each(visit);
            }
            Condition::And(left, right) | Condition::Or(left, right) => {
                left.expressions(visit);
                right.expressions(visit);
            }
            Condition::Not(inner) => inner.expressions(visit),
        }
    }
}

/// Where the evaluation of a batch finds what expressions name.
pub struct Rows<'a> {
    pub batch: &'a Batch,
    /// What each column of the batch is.
    pub columns: &'a [Projection],
    /// For each figure over related rows, its value by the id of the row they belong to.
    pub children: &'a [(Arc<ChildMeasure>, crate::aggregate::ByParent)],
    /// The column that holds the row's id, where figures over related rows are read.
    pub id: Option<usize>,
}

/// A column of texts, with what its codes mean.
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
    /// The values of a projection of the scan.
    ///
    /// # Panics
    /// If the scan was not planned for it.
    pub fn values(&self, projection: &Projection) -> &'a Values {
        let index = self.columns.iter().position(|column| column == projection);
        &self.batch.columns[index.expect("a scan reads every column that its measures name")]
    }

    /// The numbers of an expression, one a row; NaN is missing.
    ///
    /// # Panics
    /// If it is a text: scripts are checked for that when they are loaded.
    pub fn numbers(&self, expr: &'a Expr) -> Cow<'a, [f64]> {
        match expr {
            Expr::Column(projection) => match self.values(projection) {
                Values::Numbers(numbers) => Cow::Borrowed(numbers),
                Values::Texts(..) => unreachable!("texts are not calculated with"),
            },
            Expr::Number(number) => Cow::Owned(vec![*number; self.batch.len()]),
            Expr::Text(_) => unreachable!("texts are not calculated with"),
            Expr::Arithmetic(left, operation, right) => {
                let mut result = self.numbers(left).into_owned();
                if let Expr::Number(number) = **right {
                    for left in &mut result {
                        *left = operation.apply(*left, number);
                    }
                } else {
                    let right = self.numbers(right);
                    for (left, right) in result.iter_mut().zip(right.iter()) {
                        *left = operation.apply(*left, *right);
                    }
                }
                Cow::Owned(result)
            }
            Expr::Children(child) => {
                let known = self.children.iter().find(|(known, _)| known == child);
                let (_, by_parent) = known.expect("figures over related rows are folded before the rows themselves");
                let Some(Values::Numbers(ids)) = self.id.map(|id| &self.batch.columns[id]) else {
                    unreachable!("a scan with figures over related rows reads the ids")
                };
                Cow::Owned(ids.iter().map(|id| by_parent.get(*id)).collect())
            }
        }
    }

    fn texts(&self, expr: &'a Expr) -> Option<TextColumn<'a>> {
        match expr {
            Expr::Column(projection) => match self.values(projection) {
                Values::Texts(codes, dictionary) => Some(TextColumn::Column(codes, dictionary)),
                Values::Numbers(_) => None,
            },
            Expr::Text(text) => Some(TextColumn::Constant(text)),
            Expr::Number(_) | Expr::Arithmetic(..) | Expr::Children(_) => None,
        }
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
                for choice in choices {
                    let equal = self.compare(expr, Comparison::Equal, choice);
                    mask.iter_mut().zip(equal).for_each(|(mask, equal)| *mask |= equal);
                }
                mask
            }
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

    fn compare(&self, left: &'a Expr, comparison: Comparison, right: &'a Expr) -> Vec<bool> {
        if let (Some(left), Some(right)) = (self.texts(left), self.texts(right)) {
            return self.compare_texts(left, comparison, right);
        }
        let left = self.numbers(left);
        if let Expr::Number(right) = right {
            return left.iter().map(|left| comparison.holds(left, right)).collect();
        }
        let right = self.numbers(right);
        left.iter().zip(right.iter()).map(|(left, right)| comparison.holds(left, right)).collect()
    }

    fn compare_texts(&self, left: TextColumn<'a>, comparison: Comparison, right: TextColumn<'a>) -> Vec<bool> {
        // The common case, a column against a constant, compares codes and looks at no text.
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

impl Arithmetic {
    fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Arithmetic::Add => left + right,
            Arithmetic::Subtract => left - right,
            Arithmetic::Multiply => left * right,
            Arithmetic::Divide if right == 0.0 => f64::NAN,
            Arithmetic::Divide => left / right,
        }
    }
}

impl Comparison {
    fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }

    /// The comparison with its sides exchanged.
    #[must_use]
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::Equal,
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        }
    }
}
