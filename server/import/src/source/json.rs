//! Objects → rows: JSON Lines, or an array of objects. Members of an object within are named with a dot:
//! `contact.email`.

use super::content::{Content, ReadSeek};
use super::pieces::{Broken, Piece, Pieces};
use super::spool::Spool;
use super::text::{Count, text};
use crate::blanks::heading;
use crate::error::ImportError;
use crate::mapping::{DecimalMark, Mapping};
use crate::shown::shown;
use rust_decimal::Decimal;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;
use std::io::{Seek, SeekFrom};

/// The most names of members.
const NAMES: usize = 10_000;
/// How deep objects may lie in each other.
const DEPTH: usize = 16;

/// The rows of a file, and the names of their cells, those included that the mapping needs and no object has.
pub(super) fn objects<'a>(
    mut raw: Box<dyn ReadSeek + 'a>,
    file: &str,
    mapping: &Mapping,
) -> Result<Content<'a>, ImportError> {
    let unreadable = |error| ImportError::Read { file: file.to_owned(), error };
    raw.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut pieces = Pieces::new(text(raw, &Count::default(), &mapping.format).map_err(unreadable)?);
    let mut spool = Spool::new().map_err(unreadable)?;
    let mut rows = Rows { mapping, names: Vec::new(), places: HashMap::new(), otherwise: Vec::new() };
    let mut list = None;
    let mut count = 0_u64;
    loop {
        let Piece { line, text } = match pieces.next() {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(Broken::Read(error)) => return Err(unreadable(error)),
            Err(Broken::At(line, reason)) => return Err(ImportError::unusable(file, format!("line {line}: {reason}"))),
        };
        count += 1;
        let row = match text {
            Some(text) => {
                let row = rows.row(&text);
                list.clone_from(&row.list);
                row
            }
            None => Row::broken("the row is longer than 1 MiB, the most that is read".to_owned(), b""),
        };
        if rows.names.len() > NAMES {
            let reason = format!("its objects have more than {NAMES} names of members: are some of them values?");
            return Err(ImportError::unusable(file, reason));
        }
        spool.push(line, &row.cells, row.fault.as_deref()).map_err(unreadable)?;
    }
    let Rows { mut names, places, otherwise, .. } = rows;
    let is_absent = |column: &&str| !mapping.names_of(column).any(|name| places.contains_key(name));
    let mut absent: Vec<String> = mapping.needed().filter(is_absent).map(str::to_owned).collect();
    let meant = |column: &&String| otherwise.iter().find(|(_, meant)| meant == *column);
    if let Some((column, (place, _))) = absent.iter().find_map(|column| Some((column, meant(&column)?))) {
        let (file, column, nearest) = (file.to_owned(), column.clone(), Some(names[*place].clone()));
        return Err(ImportError::UnknownColumn { file, column, nearest, columns: names });
    }
    if let (1, Some(list), true) = (count, list, absent.len() == mapping.needed().count()) {
        let reason = format!("it is one object that has its rows in “{}”: export that list alone", shown(&list));
        return Err(ImportError::unusable(file, reason));
    }
    names.extend(absent.iter().cloned());
    if count == 0 {
        absent.clear();
    }
    Ok(Content::Objects { spool: spool.finish().map_err(unreadable)?, names, absent })
}

struct Rows<'a> {
    mapping: &'a Mapping,
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// The members that are called like a column of the mapping but for small and large letters, each with the column.
    otherwise: Vec<(usize, String)>,
}

#[derive(Default)]
struct Row {
    cells: Vec<String>,
    fault: Option<String>,
    /// The first member that is a list of objects.
    list: Option<String>,
}

impl Row {
    fn broken(fault: String, text: &[u8]) -> Row {
        let text = String::from_utf8_lossy(text).into_owned();
        Row { cells: vec![text], fault: Some(fault), list: None }
    }
}

impl Rows<'_> {
    fn row(&mut self, text: &[u8]) -> Row {
        match serde_json::from_slice::<Members>(text) {
            Ok(members) => {
                let mut row = Row::default();
                self.take(members, "", 1, &mut row);
                row.fault = row.fault.or_else(|| self.called_otherwise(&row.cells));
                row
            }
            Err(error) if error.is_data() => {
                Row::broken("the row is not an object such as {\"id\": 1}".to_owned(), text)
            }
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.split(" at line ").next().unwrap_or_default();
                Row::broken(format!("the row is no JSON: {reason} at its byte {}", error.column()), text)
            }
        }
    }

    fn take(&mut self, members: Members, within: &str, depth: usize, row: &mut Row) {
        for (name, value) in members.0 {
            let name = heading(&if within.is_empty() { name } else { format!("{within}.{name}") });
            let raw = value.get();
            let text = match raw.as_bytes().first() {
                Some(b'{') if self.is_value(&name) => {
                    let reason =
                        format!("“{0}” is an object: name what is within it, such as “{0}.value”", shown(&name));
                    row.fault.get_or_insert(reason);
                    raw.to_owned()
                }
                Some(b'{') if depth < DEPTH => {
                    match serde_json::from_str(raw) {
                        Ok(members) => self.take(members, &name, depth + 1, row),
                        Err(error) => row.fault = Some(format!("“{}” is no JSON: {error}", shown(&name))),
                    }
                    continue;
                }
                Some(b'{') => {
                    row.fault = Some(format!("“{}” lies deeper than {DEPTH} objects", shown(&name)));
                    continue;
                }
                Some(b'[') => {
                    if self.is_needed(&name) {
                        let reason = format!("“{}” is a list: a cell holds one value", shown(&name));
                        row.fault.get_or_insert(reason);
                    }
                    if raw[1..].trim_start().starts_with('{') {
                        row.list.get_or_insert(name.clone());
                    }
                    raw.to_owned()
                }
                Some(b'"') => serde_json::from_str(raw).unwrap_or_default(),
                Some(b'n') => String::new(),
                Some(b't' | b'f') => raw.to_owned(),
                _ => self.number(raw),
            };
            self.put(name, text, row);
        }
    }

    fn put(&mut self, name: String, text: String, row: &mut Row) {
        let place = match self.places.get(&name) {
            Some(place) => *place,
            None => self.add(name),
        };
        if row.cells.len() <= place {
            row.cells.resize(place + 1, String::new());
        } else if !row.cells[place].is_empty() && row.cells[place] != text {
            row.fault = Some(format!("the row has “{}” twice", shown(&self.names[place])));
        }
        row.cells[place] = text;
    }

    /// A member that is new, and its place.
    fn add(&mut self, name: String) -> usize {
        let place = self.names.len();
        let mapping = self.mapping;
        let is = |column: &&str| mapping.names_of(column).any(|known| known == name);
        let resembles = |column: &&str| column.to_lowercase() == name.to_lowercase();
        if !mapping.needed().any(|column| is(&column)) {
            self.otherwise.extend(mapping.needed().find(resembles).map(|column| (place, column.to_owned())));
        }
        self.names.push(name.clone());
        self.places.insert(name, place);
        place
    }

    /// Why a row lacks a column: one of its members is called so but for small and large letters.
    fn called_otherwise(&self, cells: &[String]) -> Option<String> {
        let is_filled = |place: usize| cells.get(place).is_some_and(|cell| !cell.is_empty());
        let lacks = |column: &str| {
            !self.mapping.names_of(column).filter_map(|name| self.places.get(name)).any(|place| is_filled(*place))
        };
        let (place, column) = self.otherwise.iter().find(|(place, column)| is_filled(*place) && lacks(column))?;
        let name = &self.names[*place];
        Some(format!("“{}” of the mapping is “{}” here: add that to its [aliases]", shown(column), shown(name)))
    }

    /// A number digit by digit, as a CSV file of this format would hold it.
    fn number(&self, raw: &str) -> String {
        let plain = match raw.contains(['e', 'E']).then(|| Decimal::from_scientific(raw)) {
            Some(Ok(number)) => number.normalize().to_string(),
            Some(Err(_)) => raw.to_owned(),
            // Zeros behind the point say nothing of a number; of a text they say that its point may group thousands.
            None if raw.contains('.') => raw.trim_end_matches('0').trim_end_matches('.').to_owned(),
            None => raw.to_owned(),
        };
        match self.mapping.format.decimal {
            DecimalMark::Point => plain,
            DecimalMark::Comma => plain.replace('.', ","),
        }
    }

    /// Whether the mapping takes a member for a value, and nothing from within it.
    fn is_value(&self, name: &str) -> bool {
        let mapping = self.mapping;
        let mut asked = mapping.needed().flat_map(|column| mapping.names_of(column));
        asked.clone().any(|asked| asked == name)
            && !asked.any(|asked| asked.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Whether the mapping asks for a member, or for what is within it.
    fn is_needed(&self, name: &str) -> bool {
        let asks =
            |column: &str| column.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let mapping = self.mapping;
        mapping.needed().any(|column| mapping.names_of(column).any(asks))
            || mapping.unpivot.as_ref().is_some_and(|unpivot| unpivot.takes(name))
    }
}

/// The members of an object in their order, a name that comes twice included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
