//! Rows on their way from a source to a fold: column by column, [`Batch::ROWS`] at a time, in a reused buffer.

use super::column::Kind;
use super::path::Projection;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The code of a missing text.
pub const MISSING_TEXT: u32 = u32::MAX;

/// The texts seen so far in one column of a scan, each with a code.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    codes: FxHashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Dictionary {
    /// The code of a text; `None` if it has not been seen.
    pub fn code(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }

    /// The text behind a code; `None` for [`MISSING_TEXT`].
    pub fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(AsRef::as_ref)
    }

    /// All texts, in the order of their codes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// The code of a text; adds it if it is new.
    ///
    /// # Panics
    /// If there are more than 2^32 texts.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(code) = self.code(text) {
            return code;
        }
        self.add(text.into())
    }

    /// Adds a text that has not been seen; its code.
    ///
    /// # Panics
    /// If there are more than 2^32 texts.
    pub fn add(&mut self, text: Arc<str>) -> u32 {
        let code = u32::try_from(self.texts.len()).expect("fewer than 2^32 texts in a column");
        self.codes.insert(text.clone(), code);
        self.texts.push(text);
        code
    }

    /// How many texts have been seen.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether none has been seen.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts from this code on.
    pub fn since(&self, code: usize) -> &[Arc<str>] {
        &self.texts[code..]
    }
}

/// One column of a batch.
#[derive(Debug)]
pub enum Values {
    /// Everything that is not text: NaN is missing, a boolean 0 or 1. Integers up to 2^53 are exact.
    Numbers(Vec<f64>),
    /// Codes of the dictionary, [`MISSING_TEXT`] for a missing one.
    Texts(Vec<u32>, Dictionary),
}

impl Values {
    /// Adds a number; `None` is missing.
    ///
    /// # Panics
    /// If the column holds texts.
    pub fn push_number(&mut self, value: Option<f64>) {
        match self {
            Values::Numbers(numbers) => numbers.push(value.unwrap_or(f64::NAN)),
            Values::Texts(..) => panic!("a number for a column of texts"),
        }
    }

    /// Adds a text; `None` is missing.
    ///
    /// # Panics
    /// If the column holds numbers.
    pub fn push_text(&mut self, value: Option<&str>) {
        match self {
            Values::Texts(codes, dictionary) => {
                codes.push(value.map_or(MISSING_TEXT, |text| dictionary.intern(text)));
            }
            Values::Numbers(_) => panic!("a text for a column of numbers"),
        }
    }

    fn clear(&mut self) {
        match self {
            Values::Numbers(numbers) => numbers.clear(),
            // The dictionary is kept: codes mean the same throughout a scan.
            Values::Texts(codes, _) => codes.clear(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Numbers(numbers) => numbers.len(),
            Values::Texts(codes, _) => codes.len(),
        }
    }
}

/// Rows of one scan, column by column.
#[derive(Debug)]
pub struct Batch {
    pub columns: Vec<Values>,
}

impl Batch {
    /// How many rows a source collects before it hands them on.
    pub const ROWS: usize = 2048;

    /// An empty buffer for the columns of a scan.
    pub fn new(columns: &[Projection]) -> Batch {
        let columns = columns.iter().map(|projection| match projection.kind() {
            Kind::Text => Values::Texts(Vec::new(), Dictionary::default()),
            _ => Values::Numbers(Vec::new()),
        });
        Batch { columns: columns.collect() }
    }

    /// How many rows it holds now. A scan has at least one column.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Values::len)
    }

    /// Whether it holds no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes the rows; keeps the capacity and the dictionaries.
    pub fn clear(&mut self) {
        self.columns.iter_mut().for_each(Values::clear);
    }
}
