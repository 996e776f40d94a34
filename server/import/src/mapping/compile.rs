//! From a mapping file as written to a checked [`Mapping`]; errors say the line and the nearest known name.

use super::brief::Brief;
use super::file::{ColumnSpec, ConstantPart, KeySpec, MappingFile, Names, Part, Parts, TableSection};
use super::format::format;
use super::text::Text;
use super::top::{system, unpivot};
use super::values::{aliases, holds, values};
use super::watch::watch;
use super::{
    ColumnRule, Condition, DecimalMark, KeyRule, Lookup, Mapping, Moment, Origin, Policy, RowCondition, SourceColumn,
    SourceFormat, TableMapping, TextRule,
};
use crate::blanks::heading;
use crate::convert::{Formats, Money};
use crate::dates::DateFormat;
use crate::error::{ImportError, did_you_mean};
use jiff::tz::TimeZone;
use pegel_kpi::data::currency::HUNDREDTHS;
use pegel_kpi::data::model::{Column, Kind, Model, Table};
use pegel_store::facts::Value;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

impl Mapping {
    /// Reads a mapping file into these tables; `name` is its name without `.toml`.
    ///
    /// # Errors
    /// If it is no TOML, or names what does not exist; with the line.
    pub fn parse(text: &str, name: &str, model: &Model) -> Result<Mapping, ImportError> {
        let place = Text { text, name };
        let file: MappingFile =
            toml::from_str(text).map_err(|error| place.error(error.span().unwrap_or(0..0), error.message()))?;
        place.refuse_control_characters()?;
        let system = file.system.map(|word| system(&place, word)).transpose()?.unwrap_or_default();
        let dates: Vec<Range<usize>> = file.source.dates.iter().flatten().map(Spanned::span).collect();
        let format = format(&place, file.source)?;
        let watch = file.watch.map(|section| watch(&place, section)).transpose()?;
        let unpivot = file.unpivot.map(|section| unpivot(&place, section)).transpose()?;
        let (columns, conditions) = (Vec::new(), Vec::new());
        let mut compiler = Compiler { place, model, system: &system, format: &format, columns, conditions };
        let exported_at = file.exported_at.map(|spec| compiler.moment("exported_at", spec)).transpose()?;
        let mut tables = Vec::new();
        for section in file.tables {
            let span = section.table.span();
            let table = compiler.table(section)?;
            compiler.refuse_double(&tables, &table, span)?;
            tables.push(table);
        }
        if tables.is_empty() {
            return Err(compiler.place.error(0..0, "the mapping names no table: add [[tables]]"));
        }
        compiler.refuse_unread_months(&tables, exported_at.as_ref(), &dates)?;
        let (columns, conditions) = (compiler.columns, compiler.conditions);
        if let Some((made, span)) = unpivot.as_ref().filter(|(made, _)| !columns.contains(&made.value)) {
            let message = format!("no column reads “{}”, which [unpivot] makes: name it in a `from`", made.value);
            return Err(compiler.place.error(span.clone(), message));
        }
        Ok(Mapping {
            name: name.to_owned(),
            description: file.description,
            system,
            exported_at,
            watch,
            format,
            columns,
            aliases: file.aliases.into_iter().map(aliases).collect(),
            unpivot: unpivot.map(|(unpivot, _)| unpivot),
            conditions,
            tables,
        })
    }
}

/// As what an attribute is stored that always has this value.
fn kind_of(constant: &toml::Value) -> Kind {
    match constant {
        toml::Value::Integer(_) | toml::Value::Float(_) => Kind::Number,
        toml::Value::Boolean(_) => Kind::Boolean,
        _ => Kind::Text,
    }
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Number | Kind::Money)
}

pub(super) struct Compiler<'a> {
    pub(super) place: Text<'a>,
    model: &'a Model,
    system: &'a str,
    format: &'a SourceFormat,
    columns: Vec<String>,
    /// In words.
    conditions: Vec<Condition>,
}

impl Compiler<'_> {
    fn table(&mut self, section: TableSection) -> Result<TableMapping, ImportError> {
        let table = self.model.table(section.table.as_ref()).ok_or_else(|| {
            let hint = did_you_mean(section.table.as_ref(), self.model.names());
            self.place.error(section.table.span(), format!("there is no table “{}”{hint}", section.table))
        })?;
        if let Some(of) = table.history_of() {
            let message = format!("{} is written by the import itself: map {}", table.name, of.table);
            return Err(self.place.error(section.table.span(), message));
        }
        let complete = section.complete.as_ref().is_some_and(|complete| *complete.as_ref());
        if let Some(span) = section.complete.filter(|_| complete && self.system.is_empty()).map(|said| said.span()) {
            let message = "nothing says whose table is complete: write system = \"…\" at the top of the mapping";
            return Err(self.place.error(span, message));
        }
        let key = self.key(section.key)?;
        let when = section.when.map(|condition| self.condition(condition));
        let mut columns = Vec::new();
        for (name, spec) in section.columns {
            let column = self.column(&table, &name)?;
            let rule = self.rule(&table, &column, spec.0, &name)?;
            columns.push((column, rule));
        }
        let valid_from = section.valid_from.map(|spec| self.valid_from(&table, &columns, spec)).transpose()?;
        let changed_at = section.changed_at.map(|spec| self.changed_at(&table, spec)).transpose()?;
        let mut attributes = Vec::new();
        for (name, Brief(spec)) in section.attributes {
            let (rule, kind) = self.attribute(&table, spec, &name)?;
            attributes.push((name.into_inner(), rule, kind));
        }
        let update_only = section.update_only;
        Ok(TableMapping { table, key, update_only, complete, when, valid_from, changed_at, columns, attributes })
    }

    /// An attribute that is declared is read as a column of its kind is; else the mapping says what it is.
    fn attribute(
        &mut self,
        table: &Table,
        spec: ColumnSpec,
        name: &Spanned<String>,
    ) -> Result<(ColumnRule, Kind), ImportError> {
        let error = |message: String| Err(self.place.error(name.span(), message));
        if spec.lookup.is_some() || spec.month.is_some() {
            return error(format!("the attribute “{name}” cannot be a look-up or a month"));
        }
        let declared = table.declared.iter().find(|declared| *declared.name == **name.as_ref());
        let kind = match (declared, spec.kind.as_deref()) {
            (Some(declared), None) => declared.kind,
            (Some(_), Some(_)) => {
                return error(format!(
                    "config/tables/{}.toml says of what kind “{name}” is: leave out `kind`",
                    table.name
                ));
            }
            (None, Some(kind)) => match Kind::named(kind) {
                Some(kind @ (Kind::Text | Kind::Number | Kind::Boolean)) => kind,
                Some(Kind::Integer | Kind::Money | Kind::Instant | Kind::Date) => {
                    return error(format!(
                        "no table declares “{name}”: for kind = \"{kind}\" write [[attributes]], name = \"{name}\" and \
                         that kind into config/tables/{}.toml, and leave it out here",
                        table.name
                    ));
                }
                None => return error(format!("the kind of “{name}” is text, number or boolean, not “{kind}”")),
            },
            (None, None) => spec.constant.as_ref().map_or(Kind::Text, kind_of),
        };
        if !is_number(kind) && (spec.scale.is_some() || spec.times.is_some()) {
            return error(format!("“{name}” is not a number: `scale` and `times` cannot apply"));
        }
        Ok((self.rule_of(kind, declared.map(|declared| &**declared), spec, name)?, kind))
    }

    fn key(&mut self, spec: Spanned<Brief<KeySpec>>) -> Result<KeyRule, ImportError> {
        let span = spec.span();
        let Brief(KeySpec { from: Brief(Parts(parts)), occurrence, integer, case, values: listed, otherwise }) =
            spec.into_inner();
        if !parts.iter().any(|part| matches!(part, Part::Column(_))) {
            return Err(self.place.error(span, "the key names no source column"));
        }
        let name = Spanned::new(span, "key".to_owned());
        let meant = values(listed);
        let rule = |part| match part {
            Part::Column(column) => {
                let origin = Origin::Column(self.source(&column));
                Ok(TextRule { origin, values: meant.clone(), otherwise, case, integer })
            }
            Part::Constant(ConstantPart { constant }) => Ok(TextRule::constant(self.constant(&constant, &name)?)),
        };
        let parts = parts.into_iter().map(rule).collect::<Result<_, ImportError>>()?;
        Ok(KeyRule { parts, occurrence })
    }

    fn column(&self, table: &Table, name: &Spanned<String>) -> Result<Arc<Column>, ImportError> {
        if matches!(name.as_ref().as_str(), "id" | "key") {
            let message =
                format!("“{name}” is not mapped as a column: ids are given by the database, the key is `key = …`");
            return Err(self.place.error(name.span(), message));
        }
        table.column(name.as_ref()).cloned().ok_or_else(|| {
            let hint = did_you_mean(name.as_ref(), table.columns.iter().map(|column| &*column.name));
            let otherwise = "; what the model lacks can go to [tables.attributes]";
            self.place.error(name.span(), format!("{} has no column “{name}”{hint}{otherwise}", table.name))
        })
    }

    fn rule(
        &mut self,
        table: &Table,
        column: &Column,
        spec: ColumnSpec,
        name: &Spanned<String>,
    ) -> Result<ColumnRule, ImportError> {
        let error = |message: String| Err(self.place.error(name.span(), message));
        if !is_number(column.kind) && (spec.scale.is_some() || spec.times.is_some()) {
            return error(format!("“{name}” is not a number: `scale` and `times` cannot apply"));
        }
        if spec.days && (column.kind != Kind::Instant || spec.month.is_some()) {
            return error(format!("“{name}” is no instant that could be meant as a day: `days` cannot apply"));
        }
        if spec.month.is_some() && !matches!(column.kind, Kind::Instant | Kind::Date) {
            return error(format!("“{name}” is not a date: `month` cannot apply"));
        }
        if spec.kind.is_some() {
            return error(format!("the kind of “{name}” is known: `kind` is for attributes"));
        }
        let reference = table.reference_in(column);
        let lookup = match (reference, spec.lookup.as_deref()) {
            (Some(reference), Some(by)) => {
                let policy = spec.policy.unwrap_or_default();
                Some(self.lookup(table.target(reference), by, policy, name)?)
            }
            (Some(reference), None) => {
                return error(format!(
                    "“{name}” refers to a row of {}: say how it is found, with lookup = \"key\" or lookup = \"name\"",
                    reference.table
                ));
            }
            (None, Some(_)) => return error(format!("“{name}” refers to no other table: leave out `lookup`")),
            (None, None) if spec.policy.is_some() => return error(format!("`policy` of “{name}” needs a `lookup`")),
            (None, None) => None,
        };
        if lookup.is_some() {
            return Ok(ColumnRule { lookup, ..self.value_rule(spec, name)? });
        }
        self.rule_of(column.kind, Some(column), spec, name)
    }

    /// A rule that makes values of a kind, for a column if there is one that says more. Those that the mapping brings
    /// itself must be such values.
    pub(super) fn rule_of(
        &mut self,
        kind: Kind,
        column: Option<&Column>,
        spec: ColumnSpec,
        name: &Spanned<String>,
    ) -> Result<ColumnRule, ImportError> {
        let shares = column.is_none_or(|column| column.ranges.iter().all(|range| range.least >= 0 && range.most <= 1));
        let rule = ColumnRule { shares, ..self.value_rule(spec, name)? };
        if let Origin::Constant(text) = &rule.text.origin {
            let formats = Formats::new(self.format, TimeZone::UTC, Money { code: None, digits: HUNDREDTHS });
            let value = match rule.month {
                Some(month) => formats.day_of(kind, month, text),
                None => formats.value(kind, shares, text),
            };
            let value = value.and_then(|value| column.map_or(Ok(()), |column| holds(column, &value)));
            if let Err(reason) = value {
                return Err(self.place.error(name.span(), format!("the constant of “{name}”: {reason}")));
            }
        }
        for meant in rule.text.values.values().filter(|meant| kind == Kind::Text && !meant.is_empty()) {
            if let Err(reason) = column.map_or(Ok(()), |column| holds(column, &Value::Text(meant.clone()))) {
                return Err(self.place.error(name.span(), format!("the `values` of “{name}”: {reason}")));
            }
        }
        Ok(rule)
    }

    fn lookup(&self, table: Table, by: &str, policy: Policy, name: &Spanned<String>) -> Result<Lookup, ImportError> {
        let texts = || table.columns.iter().filter(|column| column.kind == Kind::Text);
        let Some(column) = texts().find(|column| *column.name == *by).cloned() else {
            let known: Vec<&str> = texts().map(|column| &*column.name).collect();
            let message = format!("{} cannot be looked up by “{by}”; it can by {}", table.name, known.join(", "));
            return Err(self.place.error(name.span(), message));
        };
        if policy == Policy::Create && !matches!(by, "key" | "name") {
            let message = format!("“{name}”: rows can be created by key or name, not by {by}");
            return Err(self.place.error(name.span(), message));
        }
        Ok(Lookup { table, column, policy })
    }

    /// All of a rule but the look-up.
    fn value_rule(&mut self, spec: ColumnSpec, name: &Spanned<String>) -> Result<ColumnRule, ImportError> {
        let origin = match (spec.from, spec.constant) {
            (Some(Brief(Names(from))), None) if !from.is_empty() => {
                let mut columns: Vec<SourceColumn> = from.into_iter().map(|from| self.source(&from)).collect();
                if columns.len() == 1 { Origin::Column(columns.remove(0)) } else { Origin::Joined(columns) }
            }
            (None, Some(value)) => Origin::Constant(self.constant(&value, name)?),
            _ => return Err(self.place.error(name.span(), format!("“{name}” needs either `from` or `constant`"))),
        };
        let scale = spec.scale.map(|text| {
            let message =
                || format!("the scale of “{name}” is not a number: “{text}”; write it as text, such as \"0.01\"");
            text.parse().map_err(|_| self.place.error(name.span(), message()))
        });
        let values = values(spec.values);
        let text = TextRule { origin, values, otherwise: spec.otherwise, case: spec.case, integer: spec.integer };
        Ok(ColumnRule {
            text,
            scale: scale.transpose()?,
            when: spec.when.map(|condition| self.condition(condition)),
            times: spec.times.map(|column| self.source(&column)),
            month: spec.month,
            shares: false,
            days: spec.days,
            lookup: None,
        })
    }

    /// A constant as the text that a cell of the file would hold.
    fn constant(&self, value: &toml::Value, name: &Spanned<String>) -> Result<String, ImportError> {
        let number = |text: String| match self.format.decimal {
            DecimalMark::Point => text,
            DecimalMark::Comma => text.replace('.', ","),
        };
        match value {
            toml::Value::String(text) if !text.trim().is_empty() => Ok(text.clone()),
            toml::Value::Integer(integer) => Ok(integer.to_string()),
            toml::Value::Float(float) => Ok(number(float.to_string())),
            toml::Value::Boolean(boolean) => Ok(boolean.to_string()),
            _ => Err(self
                .place
                .error(name.span(), format!("the constant of “{name}” is neither text, number nor boolean"))),
        }
    }

    fn condition(&mut self, condition: Condition) -> RowCondition {
        let number = self.conditions.iter().position(|known| *known == condition).unwrap_or_else(|| {
            self.conditions.push(condition.clone());
            self.conditions.len() - 1
        });
        RowCondition { number, column: self.source(&condition.column), condition }
    }

    fn source(&mut self, name: &str) -> SourceColumn {
        let name = heading(name);
        let place = self.columns.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.columns.push(name);
            self.columns.len() - 1
        });
        SourceColumn(place)
    }

    /// A format without a day fits nothing but columns that are read as months.
    fn refuse_unread_months(
        &self,
        tables: &[TableMapping],
        exported_at: Option<&Moment>,
        spans: &[Range<usize>],
    ) -> Result<(), ImportError> {
        let of_rows = tables.iter().flat_map(|table| table.valid_from.iter().chain(&table.changed_at));
        let moments = of_rows.chain(exported_at).filter_map(Moment::rule);
        let columns = tables.iter().flat_map(|table| table.columns.iter().map(|(_, rule)| rule)).chain(moments);
        let months = self.format.dates.iter().position(DateFormat::is_of_months);
        match months {
            Some(at) if columns.clone().all(|rule| rule.month.is_none()) => {
                let message = format!(
                    "the date format “{}” has no day, and no column is read as a month: say month = true for those that are",
                    self.format.date_names[at]
                );
                Err(self.place.error(spans.get(at).cloned().unwrap_or(0..0), message))
            }
            _ => Ok(()),
        }
    }

    /// A second section of the same table must not write what a former one writes: which of them won would depend on
    /// what was imported before, and importing a file twice would change something. What follows from the key, or is
    /// the same constant, is the same in both.
    fn refuse_double(
        &self,
        tables: &[TableMapping],
        table: &TableMapping,
        span: Range<usize>,
    ) -> Result<(), ImportError> {
        for former in tables.iter().filter(|former| former.table == table.table) {
            let same = |left: &ColumnRule, right: &ColumnRule| {
                let from_key = |rule: &ColumnRule, table: &TableMapping| {
                    table.key.parts == [rule.text.clone()] && rule.when.is_none() && !table.key.occurrence
                };
                let constant = matches!(&left.text.origin, Origin::Constant(_)) && left.text == right.text;
                (from_key(left, former) && from_key(right, table))
                    || (constant && left.when.is_none() && right.when.is_none())
            };
            let column = table.columns.iter().find_map(|(column, rule)| {
                let (_, other) = former.columns.iter().find(|(other, _)| other == column)?;
                (!same(other, rule)).then_some(&*column.name)
            });
            let attribute = table.attributes.iter().find_map(|(name, rule, _)| {
                let (_, other, _) = former.attributes.iter().find(|(other, _, _)| other == name)?;
                (!same(other, rule)).then_some(name.as_str())
            });
            if let Some(name) = column.or(attribute) {
                let message = format!(
                    "“{name}” of {} is written by two [[tables]] of this mapping: leave it to one",
                    table.table.name
                );
                return Err(self.place.error(span, message));
            }
        }
        Ok(())
    }
}
