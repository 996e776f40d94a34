//! What columns are called in files as people have them, and what the words in their cells mean: `headings.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// All that is known of headings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Headings {
    pub missing: Vec<String>,
    pub footers: Vec<String>,
    pub currencies: Vec<String>,
    /// What stands within such headings.
    pub currency_words: Vec<String>,
    /// What cells call a currency, by its code.
    pub currency_names: BTreeMap<String, Vec<String>>,
    pub unit_prices: Vec<String>,
    pub gross: Vec<String>,
    pub lines: Vec<String>,
    pub titles: Vec<String>,
    pub deleted: Vec<String>,
    /// What the scores of surveys are called, by kind.
    pub surveys: BTreeMap<String, Vec<String>>,
    /// Words in cells: what they say of an order.
    pub cancelled: Vec<String>,
    /// The same of one that takes back another.
    pub credits: Vec<String>,
    /// Columns that say when a row was last changed.
    pub changes: Vec<String>,
    pub products: Vec<Product>,
    pub flags: Flags,
    pub people: People,
    /// What headings say that numbers are in.
    units: Vec<Unit>,
    tables: Vec<TableWords>,
    columns: Vec<ColumnWords>,
    values: Vec<ValueWords>,
}

/// A program whose exports are known by their headings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Product {
    /// By which its words are found; names the system.
    pub word: String,
    pub name: String,
    /// What its exports hold.
    pub table: String,
    /// So many of the signs tell it.
    pub at_least: usize,
    pub signs: Vec<String>,
    /// In which its instants are, if that is always so.
    pub zone: Option<String>,
    /// How the lines begin with which its exports end.
    #[serde(default)]
    pub footers: Vec<String>,
}

/// Columns of yes and no that together say how a deal ended.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flags {
    pub won: Vec<String>,
    pub closed: Vec<String>,
}

/// In what numbers are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    /// `money`, or a column such as `activities.minutes`.
    pub of: String,
    /// For people.
    pub name: String,
    /// By what they are multiplied; none where no decimal number says it.
    pub scale: Option<String>,
    pub words: Vec<String>,
}

/// What parts of names are called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub first: Vec<String>,
    pub last: Vec<String>,
    pub either: Vec<String>,
}

/// Words by language or product.
type Words = BTreeMap<String, Vec<String>>;

#[derive(Debug, Deserialize)]
struct TableWords {
    table: String,
    #[serde(flatten)]
    words: Words,
}

#[derive(Debug, Deserialize)]
struct ColumnWords {
    /// `leads.created_at`; of what a row refers to, `leads.partner_id.region`.
    of: Vec<String>,
    /// By what a related row is found, if not by its name.
    by: Option<String>,
    #[serde(flatten)]
    words: Words,
}

#[derive(Debug, Deserialize)]
struct ValueWords {
    of: Vec<String>,
    means: String,
    /// Whether other words may stand there as well.
    #[serde(default)]
    open: bool,
    #[serde(flatten)]
    words: Words,
}

const LANGUAGES: [&str; 3] = ["en", "de", "fr"];

/// How well a heading fits a column, at best. What the product itself calls it.
pub(super) const BY_PRODUCT: u32 = 150;
/// It is the word.
const SAME: u32 = 100;
/// It is the word, but for words of its table.
const SAME_BUT_FOR_TABLE: u32 = 95;
/// It is the word, but for what stands in parentheses behind it.
const SAME_BUT_FOR_UNIT: u32 = 94;
/// It is the word for a row of the table, and so its name: `product`.
const ROW: u32 = 90;
/// The words of a product are in a list of which the first is the best.
const LATER: u32 = 1;

impl Headings {
    /// The word of a heading that says in what the numbers below it are, if that is not what is meant; and what it says.
    pub fn unit<'h>(&self, heading: &'h str, of: &str) -> Option<(&'h str, &Unit)> {
        let words =
            heading.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '/' | ',' | ':' | ';'));
        words.map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty()).find_map(|word| {
            let is_it = |known: &String| known.to_lowercase() == word.to_lowercase();
            Some((word, self.units.iter().find(|unit| unit.of == of && unit.words.iter().any(is_it))?))
        })
    }

    /// Those that Pegel knows.
    pub fn known() -> Headings {
        let text = include_str!("headings.toml");
        toml::from_str(text).expect("the list that is built in is read by a test")
    }

    /// The product of which the most signs are there.
    pub fn product(&self, headings: &[String]) -> Option<(&Product, usize)> {
        let signs = |product: &Product| product.signs.iter().filter(|sign| headings.contains(sign)).count();
        let known = self.products.iter().map(|product| (product, signs(product)));
        known.filter(|(product, signs)| *signs >= product.at_least).max_by_key(|(_, signs)| *signs)
    }

    /// How well a heading fits a column, or what `by` says of it; 0 if it does not.
    pub fn fit(&self, heading: &str, column: &str, by: Option<&str>, product: Option<&str>) -> u32 {
        let table = column.split('.').next().unwrap_or_default();
        let described = self.columns.iter().filter(|words| words.by.as_deref() == by);
        let described = described.filter(|words| words.of.iter().any(|of| of == column));
        let fits = described.map(|words| {
            let own = product.and_then(|product| words.words.get(product)).map(Vec::as_slice).unwrap_or_default();
            let place = own.iter().position(|word| word == heading);
            let by_product = place.map(|place| BY_PRODUCT - LATER * u32::try_from(place).unwrap_or(20).min(20));
            by_product.unwrap_or_else(|| self.in_any_language(heading, table, &words.words))
        });
        let is_row =
            column == format!("{table}.name") && self.words_of(table).any(|word| plain(word) == plain(heading));
        fits.chain(is_row.then_some(ROW)).max().unwrap_or(0)
    }

    /// Whether more of these headings are German or French than English: days then come first, and commas before
    /// decimals.
    pub fn are_continental(&self, headings: &[&str]) -> bool {
        let plain_headings: Vec<String> = headings.iter().map(|heading| plain(heading)).collect();
        let known = |language: &str| {
            let words = self.columns.iter().filter_map(|words| words.words.get(language)).flatten();
            let words: std::collections::HashSet<String> = words.map(|word| plain(word)).collect();
            plain_headings.iter().filter(|heading| words.contains(*heading)).count()
        };
        known("de").max(known("fr")) > known("en")
    }

    /// Whether a heading is known of any table.
    pub fn knows(&self, heading: &str) -> bool {
        let heading = heading.trim();
        let is_sign = self.products.iter().flat_map(|product| &product.signs).any(|sign| sign == heading);
        let plain_heading = plain(heading);
        let all = self.columns.iter().flat_map(|words| words.words.values().flatten());
        is_sign || (!plain_heading.is_empty() && all.into_iter().any(|word| plain(word) == plain_heading))
    }

    /// Whose first or last name a heading says that it is: of `Sales rep first name`, `sales rep`.
    pub fn whose(&self, heading: &str) -> Option<String> {
        without(heading, &self.people.first).or_else(|| without(heading, &self.people.last))
    }

    /// What stands before a unit: `Umsatz (T€)`, `Umsatz [T€]`, `Umsatz in TEUR`.
    fn without_unit<'h>(&self, heading: &'h str) -> Option<&'h str> {
        let heading = heading.trim_end();
        let within = |open, close| Some(heading.strip_suffix(close)?.rsplit_once(open)?.0);
        let behind_in = || {
            let (rest, unit) = heading.rsplit_once(" in ")?;
            self.units.iter().any(|known| self.unit(unit, &known.of).is_some()).then_some(rest)
        };
        within('(', ')').or_else(|| within('[', ']')).or_else(behind_in)
    }

    fn in_any_language(&self, heading: &str, table: &str, words: &Words) -> u32 {
        let without_unit = self.without_unit(heading).map(plain);
        let heading = plain(heading);
        let without_table = self.without_table(&heading, table);
        let all = LANGUAGES.iter().filter_map(|language| words.get(*language)).flatten();
        all.map(|word| match plain(word) {
            word if word == heading => SAME,
            word if without_unit.as_ref() == Some(&word) => SAME_BUT_FOR_UNIT,
            word if word == without_table => SAME_BUT_FOR_TABLE,
            word => within(&word, &heading),
        })
        .max()
        .unwrap_or(0)
    }

    /// The heading without the words of its table: of `lead status`, `status`.
    fn without_table(&self, heading: &str, table: &str) -> String {
        let own: Vec<String> = self.words_of(table).map(plain).collect();
        let rest = heading.split(' ').filter(|word| !own.iter().any(|own| own == word));
        rest.collect::<Vec<_>>().join(" ")
    }

    /// How often a text names a table.
    pub fn names(&self, text: &str, table: &str) -> bool {
        let text = format!(" {} ", plain(text));
        self.words_of(table).any(|word| text.contains(&format!(" {} ", plain(word))))
    }

    fn words_of(&self, table: &str) -> impl Iterator<Item = &str> {
        let of_table = self.tables.iter().filter(move |words| words.table == table);
        of_table.flat_map(|words| words.words.values().flatten()).map(String::as_str)
    }

    /// Whether a column holds one of a few words, and no others.
    pub fn is_closed(&self, column: &str) -> bool {
        self.values.iter().any(|words| !words.open && words.of.iter().any(|of| of == column))
    }

    /// What a word in a cell means: the word of the column, or empty where that is nothing yet.
    pub fn meaning(&self, column: &str, cell: &str) -> Option<&str> {
        self.meaning_of(column, cell).or_else(|| self.meaning_of(column, beginning(cell)?))
    }

    fn meaning_of(&self, column: &str, cell: &str) -> Option<&str> {
        let cell = plain(cell);
        let of_column = self.values.iter().filter(|words| words.of.iter().any(|of| of == column));
        let mut meant = of_column
            .filter(|words| words.means == cell || words.words.values().flatten().any(|word| plain(word) == cell));
        meant.next().map(|words| words.means.as_str())
    }
}

/// Whether a heading is one of these.
pub(super) fn is_among(heading: &str, known: &[String]) -> bool {
    let heading = plain(heading);
    known.iter().any(|known| plain(known) == heading)
}

/// A heading without one of the words, if it has one.
pub(super) fn without(heading: &str, words: &[String]) -> Option<String> {
    let heading = format!(" {} ", plain(heading));
    words.iter().find_map(|word| {
        let (before, after) = heading.split_once(&format!(" {} ", plain(word)))?;
        Some(format!("{} {}", before.trim(), after.trim()).trim().to_owned())
    })
}

/// Small letters and digits without accents, with a blank for whatever stands between: `CloseDate` and `Close-Date` are
/// `close date`.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
        match c {
            'ß' => plain.push_str("ss"),
            _ if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => {}
        }
        before = c;
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// What stands before what is added to a word: of `Lost: price` and `Lost (price)`, `Lost`.
fn beginning(cell: &str) -> Option<&str> {
    let ends = [" - ", " – ", " — ", ":", "(", ", ", ";"].iter().filter_map(|sign| cell.find(sign)).min()?;
    Some(&cell[..ends]).filter(|word| !word.trim().is_empty())
}

/// So many words are a sentence, about which much more may stand.
const SENTENCE: u32 = 4;

/// Several words may stand within a longer heading; the fewer others there are, the better.
fn within(word: &str, heading: &str) -> u32 {
    let count = |text: &str| u32::try_from(text.split(' ').count()).unwrap_or(u32::MAX);
    let (words, all) = (count(word), count(heading));
    let there = words > 1 && format!(" {heading} ").contains(&format!(" {word} "));
    let (most, each) = if words >= SENTENCE { (14, 2) } else { (3, 5) };
    if there && all <= words + most { 70 - each * (all - words) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::data::model::Model;

    #[test]
    fn headings_are_compared_without_what_does_not_matter() {
        let plains =
            ["CloseDate", "Close-Date", " close  date ", "Schluß/Äußeres", "Deal - ID", "(Do Not Modify) X", "%"];
        let expected = ["close date", "close date", "close date", "schluss ausseres", "deal id", "do not modify x", ""];
        assert_eq!(plains.map(plain), expected);
    }

    #[test]
    fn every_column_in_the_list_is_one_of_the_model() {
        let (headings, model) = (Headings::known(), Model::built_in());
        let is_there = |of: &str| {
            let mut names = of.split('.');
            let (table, column, further) = (names.next()?, names.next()?, names.next());
            let table = model.table(table)?;
            let Some(further) = further else { return table.column(column).map(|_| ()) };
            let reference = table.reference_in(table.column(column)?)?;
            table.target(reference).column(further).map(|_| ())
        };
        let of_columns = headings.columns.iter().flat_map(|words| &words.of);
        for of in of_columns.chain(headings.values.iter().flat_map(|words| &words.of)) {
            assert!(is_there(of).is_some(), "{of}");
        }
        assert!(headings.tables.iter().all(|words| model.table(&words.table).is_some()));
        let products =
            |words: &Words| words.keys().any(|word| headings.products.iter().any(|known| known.word == *word));
        let known = |words: &Words| words.keys().all(|word| LANGUAGES.contains(&word.as_str()) || products(words));
        assert!(headings.columns.iter().all(|words| known(&words.words)));
    }

    #[test]
    fn a_heading_may_have_words_of_its_table_and_several_words_may_stand_in_a_longer_one() {
        let headings = Headings::known();
        let fit = |heading: &str, column: &str| headings.fit(heading, column, None, None);
        assert_eq!(fit("Status", "leads.outcome"), 100);
        assert_eq!(fit("Lead-Status", "leads.outcome"), 95);
        assert_eq!(fit("Angenommen am", "leads.accepted_at"), 100);
        assert_eq!(fit("Partner angenommen am", "leads.accepted_at"), 100);
        assert_eq!(fit("Vom Partner angenommen am", "leads.accepted_at"), 65);
        assert_eq!(fit("Status konta", "leads.outcome"), 0);
    }
}
