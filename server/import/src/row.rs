//! A record → what it brings to each table, or what is wrong with it.

use crate::blanks;
use crate::cell::Cell;
use crate::convert::{Formats, written_text};
use crate::decimal::Written;
use crate::mapping::{
    Case, ColumnRule, DecimalMark, KeyRule, Mapping, Moment, Origin, Otherwise, RowCondition, SourceColumn,
    TableMapping, TextRule,
};
use crate::notes::{Odd, Oddity};
use crate::sense::Sense;
use crate::summary::Fault;
use crate::watch::Watch;
use crate::words::same;
use csv::StringRecord;
use pegel_kpi::data::model::Kind;
use pegel_store::facts::{Value, attribute};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// The most bytes of a key. PostgreSQL's indexes take no more than 2,700.
const KEY_LIMIT: usize = 1_000;

const PER_CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// A row for one table, its related rows not yet looked up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub key: String,
    /// In the order of [`TableMapping::columns`].
    pub cells: Vec<Cell>,
    pub attributes: Map<String, Json>,
    /// From when on the values hold of columns that keep their spans, in UTC seconds.
    pub valid_from: Option<i64>,
    /// What is odd about it.
    pub odd: Vec<Oddity>,
    /// When what it changes changed, in UTC seconds.
    pub changed_at: Option<i64>,
}

/// A record with names for its cells.
pub(crate) struct Row<'a> {
    pub cells: &'a StringRecord,
    /// By [`SourceColumn`], where in the record it is.
    pub places: &'a [usize],
    pub mapping: &'a Mapping,
    pub formats: &'a Formats<'a>,
    pub watch: &'a Watch,
    /// Whether what is odd is refused.
    pub strict: bool,
    /// When its file was last written, in UTC seconds.
    pub written_at: Option<i64>,
    /// When it is imported, in UTC seconds.
    pub now: i64,
}

/// How many rows brought the same key parts so far, for keys with an occurrence number.
pub(crate) type Occurrences = HashMap<String, u64>;

/// The key of a row that brings nothing to a table.
pub(crate) enum KeyNotTaken {
    Is(String),
    /// It has none.
    Missing,
    /// It has one that cannot be told: cut short by a spreadsheet, too long, none of the texts that the mapping lists.
    Unreadable,
}

impl Row<'_> {
    /// What the row brings to a table; `None` if the table's condition leaves it out.
    pub fn draft(
        &self,
        table: &TableMapping,
        sense: &Sense,
        seen: &mut Occurrences,
    ) -> Result<Option<Draft>, Vec<Fault>> {
        if !self.meets(table.when.as_ref()) {
            return Ok(None);
        }
        let mut faults = Vec::new();
        let mut noted = |result: Result<Cell, Fault>| {
            result.unwrap_or_else(|fault| {
                faults.push(fault);
                Cell::Value(Value::Missing)
            })
        };
        let cells: Vec<Cell> = table.columns.iter().map(|(column, rule)| noted(self.cell(column.kind, rule))).collect();
        let mut attributes = Map::new();
        for (name, rule, kind) in &table.attributes {
            match self.attribute(*kind, rule) {
                Ok(value) => _ = attributes.insert(name.clone(), value),
                Err(fault) => faults.push(fault),
            }
        }
        let mut moment = |moment: Option<&Moment>| {
            let instant = moment.map_or(Ok(None), |moment| self.moment(moment));
            instant.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let [valid_from, changed_at] = [&table.valid_from, &table.changed_at].map(|said| moment(said.as_ref()));
        let odd = self.odd(table, sense, &cells, &mut faults);
        match self.key(&table.key, seen) {
            Ok(key) if faults.is_empty() => Ok(Some(Draft { key, cells, attributes, valid_from, odd, changed_at })),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.insert(0, fault);
                Err(faults)
            }
        }
    }

    /// What is odd about values beside each other; what cannot be, and in a strict import what is odd, is a fault.
    fn odd(&self, table: &TableMapping, sense: &Sense, cells: &[Cell], faults: &mut Vec<Fault>) -> Vec<Oddity> {
        let rule = |at: usize| &table.columns[at].1.text;
        faults.extend(sense.impossible(cells).into_iter().map(|(at, reason)| self.fault(rule(at), reason)));
        let odd = sense.odd(cells, self.formats, self.now).into_iter();
        if self.strict {
            let name = |at: usize| &*table.columns[at].0.name;
            faults.extend(odd.map(|(at, odd)| self.fault(rule(at), odd.of_one(name(at)))));
            return Vec::new();
        }
        let oddity = |(at, odd): (usize, Odd)| Oddity {
            column: table.columns[at].0.name.clone(),
            odd,
            value: self.written(rule(at)),
        };
        odd.map(oddity).collect()
    }

    /// An instant in UTC seconds; `None` where the row has none.
    pub fn moment(&self, moment: &Moment) -> Result<Option<i64>, Fault> {
        let Moment::Rule(rule) = moment else { return Ok(self.written_at) };
        match self.cell(Kind::Instant, rule)? {
            Cell::Value(Value::Integer(instant)) => Ok(Some(instant)),
            Cell::Value(_) | Cell::Related(_) => Ok(None),
        }
    }

    fn key(&self, rule: &KeyRule, seen: &mut Occurrences) -> Result<String, Fault> {
        let mut key = self.parts(rule)?;
        if rule.occurrence {
            let occurrence = seen.entry(key.clone()).or_default();
            *occurrence += 1;
            key = format!("{key}|{occurrence}");
        }
        fits_index(&key).map_err(|reason| self.fault(&rule.parts[0], reason))?;
        Ok(key)
    }

    /// The key of a row that is not taken, asked after [`Row::draft`]; it is not counted once more.
    pub fn key_not_taken(&self, rule: &KeyRule, seen: &Occurrences) -> KeyNotTaken {
        let key = self.parts(rule).map(|key| match (rule.occurrence, seen.get(&key)) {
            (false, _) => key,
            (true, occurrence) => format!("{key}|{}", occurrence.copied().unwrap_or(1)),
        });
        match key {
            Ok(key) if fits_index(&key).is_ok() => KeyNotTaken::Is(key),
            Err(_) if rule.parts.iter().any(|part| matches!(self.name(part, char::is_whitespace), Ok(None))) => {
                KeyNotTaken::Missing
            }
            Ok(_) | Err(_) => KeyNotTaken::Unreadable,
        }
    }

    /// Parts are joined by `|`; where one holds a `|` itself, it is written `\|`.
    fn parts(&self, rule: &KeyRule) -> Result<String, Fault> {
        let mut parts = Vec::with_capacity(rule.parts.len());
        for part in &rule.parts {
            let text = self.name(part, char::is_whitespace)?;
            let text = text.ok_or_else(|| self.fault(part, "the key is missing".to_owned()))?;
            written_text(&text).map_err(|reason| self.fault(part, reason))?;
            parts.push(text);
        }
        let single = parts.len() == 1 && !rule.occurrence;
        Ok(if single {
            parts.remove(0).into_owned()
        } else {
            parts.iter().map(|part| part.replace('\\', "\\\\").replace('|', "\\|")).collect::<Vec<_>>().join("|")
        })
    }

    /// The value of a column, whose texts have one line.
    fn cell(&self, kind: Kind, rule: &ColumnRule) -> Result<Cell, Fault> {
        self.cell_without(char::is_whitespace, kind, rule)
    }

    /// The same with single plain blanks in texts where there are such ones.
    fn cell_without(&self, blanks: fn(char) -> bool, kind: Kind, rule: &ColumnRule) -> Result<Cell, Fault> {
        let is_name = rule.lookup.is_some() || kind == Kind::Text;
        let text = if is_name { self.ruled_name(rule, blanks)? } else { self.ruled_text(rule)? };
        let Some(text) = text else {
            return Ok(Cell::Value(Value::Missing));
        };
        if rule.lookup.is_some() {
            return match written_text(&text).and_then(|()| fits_index(&text)) {
                Ok(()) => Ok(Cell::Related(text.into_owned())),
                Err(reason) => Err(self.fault(&rule.text, reason)),
            };
        }
        let value = match (kind, rule.month) {
            (Kind::Integer | Kind::Number | Kind::Money, _) => self.product(kind, &text, rule),
            (Kind::Instant | Kind::Date, Some(month)) => self.formats.day_of(kind, month, &text),
            (Kind::Instant | Kind::Date, None) => self.date(kind, &text, rule),
            (Kind::Text | Kind::Boolean, _) => self.formats.value(kind, false, &text),
        };
        value.map(Cell::Value).map_err(|reason| self.fault(&rule.text, reason))
    }

    fn date(&self, kind: Kind, text: &str, rule: &ColumnRule) -> Result<Value, String> {
        let when = self.formats.date(text);
        if let Origin::Column(column) = rule.text.origin {
            match &when {
                Ok(when) => self.watch.date(column, when.day_of_month()),
                Err(_) => self.watch.no_date(column, self.formats.is_exchanged(text)),
            }
        }
        let when = when?;
        if rule.days { self.formats.of_day(when, text) } else { self.formats.of_date(kind, when, text) }
    }

    /// The number times the other column's number and the scale, where there are such; missing if the other is.
    fn product(&self, kind: Kind, text: &str, rule: &ColumnRule) -> Result<Value, String> {
        let too_large = || format!("“{text}” is too large");
        let written = self.formats.quantity(kind, rule.shares, text)?;
        let may_be_thirds = kind != Kind::Money || self.formats.money_has_thirds();
        self.see(rule, text, &written, may_be_thirds);
        // `75 %` is a fraction already, and `5 TEUR` are thousands.
        let said = if written.per_cent { Some(PER_CENT) } else { written.times };
        let scale = rule.scale.filter(|scale| said != Some(*scale));
        if let (Some(scale), Some(times)) = (scale, written.times) {
            return Err(format!("“{text}” is multiplied by {times} already, and `scale` would do so by {scale}"));
        }
        let mut number = written.number;
        let of_per_cents = kind == Kind::Number && rule.shares && scale == Some(PER_CENT);
        if let Origin::Column(column) = rule.text.origin
            && of_per_cents
            && !number.is_zero()
            && number.abs() < Decimal::ONE
        {
            self.watch.scaled(column, text);
        }
        if let Some(other) = rule.times {
            let Some(factor) = self.raw(other) else {
                self.watch.without_factor(other, text);
                return Ok(Value::Missing);
            };
            let written = self.formats.decimal(factor)?;
            self.watch.number(other, factor, written.decimals, true);
            number = number.checked_mul(written.number).ok_or_else(too_large)?;
        }
        if let Some(scale) = scale {
            number = number.checked_mul(scale).ok_or_else(too_large)?;
        }
        self.formats.number(kind, number)
    }

    /// Looks at how a number is written.
    fn see(&self, rule: &ColumnRule, text: &str, written: &Written, may_be_thirds: bool) {
        let Origin::Column(column) = rule.text.origin else { return };
        self.watch.number(column, text, written.decimals, may_be_thirds);
        if rule.shares && rule.scale.is_none() && (written.per_cent || written.number.abs() > Decimal::ONE) {
            self.watch.share(column, text, written.per_cent);
        }
    }

    /// What a column of that kind would hold; null, which removes it, where that is nothing. A plain number keeps all its
    /// digits, and a text its lines.
    fn attribute(&self, kind: Kind, rule: &ColumnRule) -> Result<Json, Fault> {
        if let (Kind::Number, None, None) = (kind, rule.scale, rule.times) {
            let Some(text) = self.ruled_text(rule)? else { return Ok(Json::Null) };
            let written =
                self.formats.quantity(kind, rule.shares, &text).map_err(|reason| self.fault(&rule.text, reason))?;
            self.see(rule, &text, &written, true);
            let number = written.number;
            let whole = number.to_i64().filter(|_| number.is_integer());
            return Ok(whole.map_or_else(|| Json::from(number.to_f64()), Json::from));
        }
        Ok(match self.cell_without(blanks::within_a_line, kind, rule)? {
            Cell::Related(_) => Json::Null,
            Cell::Value(value) => attribute(kind, value),
        })
    }

    fn ruled_name<'b>(&'b self, rule: &'b ColumnRule, blanks: fn(char) -> bool) -> Result<Option<Cow<'b, str>>, Fault> {
        if self.meets(rule.when.as_ref()) { self.name(&rule.text, blanks) } else { Ok(None) }
    }

    /// A text by which something is known, with one blank where several stand.
    fn name<'b>(&'b self, rule: &'b TextRule, blanks: fn(char) -> bool) -> Result<Option<Cow<'b, str>>, Fault> {
        let Some(text) = self.text(rule)? else { return Ok(None) };
        if !blanks::has_several(&text, blanks) {
            return Ok(Some(text));
        }
        if let Origin::Column(column) = rule.origin {
            self.watch.blanks(column, &text);
        }
        Ok(Some(Cow::Owned(blanks::single(&text, blanks))))
    }

    fn ruled_text<'b>(&'b self, rule: &'b ColumnRule) -> Result<Option<Cow<'b, str>>, Fault> {
        if self.meets(rule.when.as_ref()) { self.text(&rule.text) } else { Ok(None) }
    }

    fn text<'b>(&'b self, rule: &'b TextRule) -> Result<Option<Cow<'b, str>>, Fault> {
        let raw = match &rule.origin {
            Origin::Column(column) => self.raw(*column),
            Origin::Joined(columns) => return self.joined(columns, rule),
            Origin::Constant(text) => Some(text.as_str()),
        };
        self.ruled(raw, rule)
    }

    /// The texts that are there, with a blank between them.
    fn joined<'b>(&'b self, columns: &[SourceColumn], rule: &'b TextRule) -> Result<Option<Cow<'b, str>>, Fault> {
        let there: Vec<&str> = columns.iter().filter_map(|column| self.raw(*column)).collect();
        let joined = there.join(" ");
        let text = self.ruled((!there.is_empty()).then_some(joined.as_str()), rule)?;
        Ok(text.map(|text| Cow::Owned(text.into_owned())))
    }

    fn ruled<'b>(&self, raw: Option<&'b str>, rule: &'b TextRule) -> Result<Option<Cow<'b, str>>, Fault> {
        let mapped = if rule.values.is_empty() { None } else { listed(&rule.values, raw.unwrap_or_default()) };
        if let Some(mapped) = mapped {
            return Ok((!mapped.is_empty()).then_some(Cow::Borrowed(mapped)));
        }
        let Some(raw) = raw else {
            return Ok(None);
        };
        match rule.otherwise {
            _ if rule.values.is_empty() => {}
            Otherwise::Keep => {}
            Otherwise::Missing => {
                if let Origin::Column(column) = rule.origin {
                    self.watch.unlisted(column, raw);
                }
                return Ok(None);
            }
            Otherwise::Reject => {
                let listed: Vec<&str> = rule.values.keys().map(String::as_str).collect();
                let reason = format!("“{raw}” is none of the texts that the mapping lists: {}", listed.join(", "));
                return Err(self.fault(rule, reason));
            }
        }
        let text = if rule.integer { self.without_fraction(raw) } else { raw };
        Ok(Some(match rule.case {
            Case::Keep => Cow::Borrowed(text),
            Case::Lower => Cow::Owned(text.to_lowercase()),
            Case::Snake => Cow::Owned(text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_")),
        }))
    }

    /// `17850.0` → `17850`, digit by digit, so that ids above 2^53 stay what they are.
    fn without_fraction<'b>(&self, text: &'b str) -> &'b str {
        let mark = match self.mapping.format.decimal {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        };
        match text.split_once(mark) {
            Some((whole, zeros))
                if !whole.is_empty()
                    && whole.bytes().all(|byte| byte.is_ascii_digit())
                    && zeros.bytes().all(|byte| byte == b'0') =>
            {
                whole
            }
            _ => text,
        }
    }

    fn meets(&self, when: Option<&RowCondition>) -> bool {
        when.is_none_or(|when| {
            let text = self.raw(when.column);
            let holds = when.holds(text);
            self.watch.condition(when, text, holds);
            holds
        })
    }

    /// The cell's text as it stands there, without blanks around it; `None` if it is empty or a word for missing.
    fn raw(&self, column: SourceColumn) -> Option<&str> {
        let text = self.cells.get(self.places[column.0])?.trim();
        let missing = text.is_empty() || self.mapping.format.missing.iter().any(|word| word == text);
        (!missing).then_some(text)
    }

    pub fn fault(&self, rule: &TextRule, reason: String) -> Fault {
        Fault { column: self.mapping.named(&rule.origin), value: self.written(rule), reason }
    }

    /// What stands in the file where a text comes from.
    fn written(&self, rule: &TextRule) -> String {
        let cell = |column: &SourceColumn| self.cells.get(self.places[column.0]).unwrap_or_default();
        match &rule.origin {
            Origin::Column(column) => cell(column).to_owned(),
            Origin::Joined(columns) => columns.iter().map(cell).collect::<Vec<_>>().join(" "),
            Origin::Constant(text) => text.clone(),
        }
    }
}

/// What a mapping says that a text means.
fn listed<'b>(values: &'b BTreeMap<String, String>, raw: &str) -> Option<&'b String> {
    let several = blanks::has_several(raw, char::is_whitespace);
    let single = if several { Cow::Owned(blanks::single(raw, char::is_whitespace)) } else { Cow::Borrowed(raw) };
    let as_yes_or_no = || values.iter().find(|(word, _)| !raw.is_empty() && same(word, raw)).map(|(_, value)| value);
    values.get(&*single).or_else(as_yes_or_no)
}

/// Whether a text can be a key, or that by which a row is looked up and maybe created.
fn fits_index(text: &str) -> Result<(), String> {
    match text.len() {
        0..=KEY_LIMIT => Ok(()),
        length => Err(format!("a key of {length} bytes: the longest has {KEY_LIMIT}")),
    }
}
