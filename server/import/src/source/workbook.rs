//! The sheet of a workbook → rows, each cell as the text that a CSV file would hold.

use super::caught::caught;
use super::cells::WITHOUT_VALUE;
use super::content::ReadSeek;
use super::currencies::Currencies;
use super::header;
use super::number_format;
use super::old_workbook;
use super::open_document;
use super::spool::Spool;
use crate::blanks::heading;
use crate::dates::{DateFormat, When};
use crate::error::ImportError;
use crate::mapping::{DecimalMark, Mapping, SourceFormat};
use calamine::{Cell, Data, DataRef, ExcelDateTime, Range, Reader, Sheet, SheetType, SheetVisible, Sheets};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;

/// The most bytes that a workbook may unpack to.
pub(super) const LIMIT: u64 = 2 << 30;
/// The most columns of a sheet.
const COLUMNS: u32 = 16_384;

/// How a workbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

type Book<'a> = Sheets<BufReader<Box<dyn ReadSeek + 'a>>>;

/// The rows of the sheet that is meant, each with its number from 1.
pub(super) fn spooled(
    raw: Box<dyn ReadSeek + '_>,
    sort: Sort,
    file: &str,
    mapping: &Mapping,
) -> Result<File, ImportError> {
    // The reader trusts what a workbook says of itself, and panics where that is not so.
    let read = caught(|| read(raw, sort, file, mapping));
    read.unwrap_or_else(|| Err(damaged(file, "it is not laid out as it says")))
}

fn read(mut raw: Box<dyn ReadSeek + '_>, sort: Sort, file: &str, mapping: &Mapping) -> Result<File, ImportError> {
    let currencies = match sort {
        Sort::Xls => old_workbook::look(&mut raw),
        Sort::Ods => open_document::look(&mut raw),
        Sort::Xlsx | Sort::Xlsb => Ok(HashMap::new()),
    };
    let currencies = currencies.map_err(|reason| ImportError::unusable(file, reason))?;
    let mut workbook = Workbook { book: opened(raw, sort, file)?, file, format: &mapping.format, currencies };
    let sheet = workbook.sheet(mapping)?;
    let unreadable = |error| ImportError::Read { file: file.to_owned(), error };
    let mut spool = Spool::new().map_err(unreadable)?;
    workbook.rows(&sheet, &mut |row, cells| {
        spool.push(row, cells, None).map_err(unreadable)?;
        Ok(true)
    })?;
    spool.finish().map_err(unreadable)
}

fn opened<'a>(raw: Box<dyn ReadSeek + 'a>, sort: Sort, file: &str) -> Result<Book<'a>, ImportError> {
    let raw = BufReader::new(raw);
    match sort {
        Sort::Xlsx => calamine::Xlsx::new(raw).map(Sheets::Xlsx).map_err(|error| damaged(file, error)),
        Sort::Xlsb => calamine::Xlsb::new(raw).map(Sheets::Xlsb).map_err(|error| damaged(file, error)),
        Sort::Xls => calamine::Xls::new(raw).map(Sheets::Xls).map_err(|error| damaged(file, error)),
        Sort::Ods => calamine::Ods::new(raw).map(Sheets::Ods).map_err(|error| damaged(file, error)),
    }
}

fn damaged(file: &str, error: impl Display) -> ImportError {
    ImportError::unusable(
        file,
        format!("the workbook cannot be read ({error}): is it damaged, or protected by a password?"),
    )
}

struct Workbook<'a> {
    book: Book<'a>,
    file: &'a str,
    format: &'a SourceFormat,
    /// Of an old workbook or an `OpenDocument` spreadsheet, by sheet.
    currencies: HashMap<String, Currencies>,
}

impl Workbook<'_> {
    /// The sheet that the mapping names; else the only one whose header fits, or the first. Those that are hidden are looked
    /// at where there is no other: people do not know of them.
    fn sheet(&mut self, mapping: &Mapping) -> Result<String, ImportError> {
        let all = || self.book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let visible: Vec<&Sheet> = all().filter(|sheet| sheet.visible == SheetVisible::Visible).collect();
        let any = self.format.sheet.is_some() || visible.is_empty();
        let sheets = if any { all().collect() } else { visible };
        let sheets: Vec<String> = sheets.into_iter().map(|sheet| sheet.name.clone()).collect();
        if let Some(wanted) = &self.format.sheet {
            if sheets.contains(wanted) {
                return Ok(wanted.clone());
            }
            return Err(ImportError::UnknownSheet { file: self.file.to_owned(), sheet: wanted.clone(), sheets });
        }
        let Some(first) = sheets.first().cloned() else {
            return Err(ImportError::unusable(self.file, "the workbook has no sheet with cells"));
        };
        if sheets.len() == 1 || self.format.header.is_some() {
            return Ok(first);
        }
        let mut fitting = Vec::new();
        for sheet in sheets {
            if self.fits(&sheet, mapping)? {
                fitting.push(sheet);
            }
        }
        match fitting.as_slice() {
            [] => Ok(first),
            [only] => Ok(only.clone()),
            _ => Err(ImportError::SeveralSheets { file: self.file.to_owned(), sheets: fitting }),
        }
    }

    fn fits(&mut self, sheet: &str, mapping: &Mapping) -> Result<bool, ImportError> {
        let (mut fits, mut looked) = (false, 0);
        let (above, look) = match self.format.skip_lines {
            Some(above) => (above, 1),
            None => (0, header::LOOK),
        };
        self.rows(sheet, &mut |row, cells| {
            if row > above {
                let names: Vec<String> = cells.iter().map(|cell| heading(cell)).collect();
                fits = header::fits(&names, mapping);
                looked += 1;
            }
            Ok(!fits && looked < look)
        })?;
        Ok(fits)
    }

    /// Gives the rows that are not empty, each with its number from 1, as long as the callback wants more.
    fn rows(&mut self, sheet: &str, each: &mut Each) -> Result<(), ImportError> {
        let (file, format) = (self.file, self.format);
        let damaged = |error: &dyn Display| damaged(file, error);
        // These kinds can be read a cell at a time; the others are in memory as a whole.
        if let Sheets::Xlsx(book) = &mut self.book {
            let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
            let currencies: Vec<Option<String>> = reader.styles().iter().map(number_format::currency).collect();
            if currencies.iter().all(Option::is_none) {
                return by_cell(each, &mut || {
                    let cell = reader.next_cell_with_formula_metadata().map_err(|error| damaged(&error))?;
                    Ok(cell.map(|cell| match (cell.value, cell.formula) {
                        (DataRef::Empty, Some(_)) => (cell.pos, WITHOUT_VALUE.to_owned()),
                        (value, _) => (cell.pos, text(&value.into(), format)),
                    }))
                });
            }
            // The reader tells of formulas or of styles, so the sheet is read for each.
            let mut without_value = HashSet::new();
            while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| damaged(&error))? {
                if matches!((cell.value, cell.formula), (DataRef::Empty, Some(_))) {
                    without_value.insert(cell.pos);
                }
            }
            drop(reader);
            let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
            let styled = |(cell, style): (Cell<DataRef>, usize)| {
                let (place, value) = (cell.get_position(), cell.get_value());
                let text = text(&value.clone().into(), format);
                match currencies.get(style) {
                    _ if without_value.contains(&place) => (place, WITHOUT_VALUE.to_owned()),
                    Some(Some(currency)) if matches!(value, DataRef::Int(_) | DataRef::Float(_)) => {
                        (place, format!("{text} {currency}"))
                    }
                    _ => (place, text),
                }
            };
            return by_cell(each, &mut || {
                Ok(reader.next_cell_with_style_id().map_err(|error| damaged(&error))?.map(styled))
            });
        }
        if let Sheets::Xlsb(book) = &mut self.book {
            let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
            let read = |cell: Cell<DataRef>| (cell.get_position(), text(&cell.get_value().clone().into(), format));
            return by_cell(each, &mut || Ok(reader.next_cell().map_err(|error| damaged(&error))?.map(read)));
        }
        let values = self.book.worksheet_range(sheet).map_err(|error| damaged(&error))?;
        let formulas = self.book.worksheet_formula(sheet).map_err(|error| damaged(&error))?;
        let currencies = self.currencies.get(sheet);
        let sheet = Laid::new(values, formulas, matches!(self.book, Sheets::Xls(_)));
        for number in sheet.rows.clone() {
            let text = |column| {
                let text = sheet.text((number, column), format);
                match currencies.and_then(|currencies| currencies.of(number, column)) {
                    Some(currency) if sheet.has_number((number, column)) => format!("{text} {currency}"),
                    _ => text,
                }
            };
            let mut cells = (0..sheet.columns).map(text).collect();
            if !given(number, &mut cells, each)? {
                break;
            }
        }
        Ok(())
    }
}

/// A sheet that is in memory as a whole.
struct Laid {
    values: Range<Data>,
    formulas: Range<String>,
    rows: std::ops::Range<u32>,
    columns: u32,
    /// Whether empty texts stand where formulas have no value: where no formula of an old workbook has any other.
    blank_is_none: bool,
}

impl Laid {
    fn new(values: Range<Data>, formulas: Range<String>, of_old: bool) -> Laid {
        let (starts, ends) = ([values.start(), formulas.start()], [values.end(), formulas.end()]);
        let (row, column) = formulas.start().unwrap_or_default();
        let value = |(down, right, _): (usize, usize, &String)| {
            values.get_value((row + u32::try_from(down).ok()?, column + u32::try_from(right).ok()?))
        };
        let blank_is_none = of_old && formulas.used_cells().all(|formula| value(formula).is_none_or(is_blank));
        let top = starts.into_iter().flatten().map(|(row, _)| row).min().unwrap_or_default();
        let bottom = ends.into_iter().flatten().map(|(row, _)| row + 1).max().unwrap_or_default();
        let columns = ends.into_iter().flatten().map(|(_, column)| column + 1).max().unwrap_or_default();
        Laid { values, formulas, rows: top..bottom, columns, blank_is_none }
    }

    fn has_number(&self, at: (u32, u32)) -> bool {
        matches!(self.values.get_value(at), Some(Data::Int(_) | Data::Float(_)))
    }

    fn text(&self, at: (u32, u32), format: &SourceFormat) -> String {
        let value = self.values.get_value(at).unwrap_or(&Data::Empty);
        let none = *value == Data::Empty || self.blank_is_none && is_blank(value);
        if none && self.formulas.get_value(at).is_some_and(|formula| !formula.is_empty()) {
            return WITHOUT_VALUE.to_owned();
        }
        text(value, format)
    }
}

fn is_blank(value: &Data) -> bool {
    match value {
        Data::Empty => true,
        Data::String(text) => text.is_empty(),
        _ => false,
    }
}

/// What is done with a row and its number; whether more are wanted.
type Each<'e> = dyn FnMut(u64, &[String]) -> Result<bool, ImportError> + 'e;
/// Gives the next cell with its row and column, from 0.
type NextCell<'n> = dyn FnMut() -> Result<Option<((u32, u32), String)>, ImportError> + 'n;

fn by_cell(each: &mut Each, next: &mut NextCell) -> Result<(), ImportError> {
    let (mut number, mut cells) = (0, Vec::new());
    while let Some(((row, column), text)) = next()? {
        if row != number && !given(number, &mut cells, each)? {
            return Ok(());
        }
        number = row;
        let column = column.min(COLUMNS) as usize;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    given(number, &mut cells, each).map(|_| ())
}

/// Hands on a row, unless it is empty; whether more are wanted.
fn given(number: u32, cells: &mut Vec<String>, each: &mut Each) -> Result<bool, ImportError> {
    let is_empty = cells.iter().all(|cell| cell.trim().is_empty());
    let more = is_empty || each(u64::from(number) + 1, cells)?;
    cells.clear();
    Ok(more)
}

/// A cell as a CSV file of this format would hold it.
fn text(cell: &Data, format: &SourceFormat) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(integer) => integer.to_string(),
        Data::Float(number) => self::number(*number, format.decimal),
        Data::Bool(boolean) => if *boolean { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(serial) if serial.is_duration() => clock(serial.as_f64() * 86_400.0),
        Data::DateTime(serial) if serial.as_f64() < 1.0 => clock(serial.as_f64() * 86_400.0),
        Data::DateTime(serial) => date_time(*serial).map_or_else(|| serial.as_f64().to_string(), |at| date(at, format)),
        Data::DateTimeIso(text) => iso(text).map_or_else(|| text.clone(), |at| date(at, format)),
        Data::DurationIso(text) => duration(text).map_or_else(|| text.clone(), clock),
        Data::Error(error) => error.to_string(),
    }
}

/// Workbooks show 15 digits at most; those beyond come from calculating in binary. What has more before its point is
/// written as they show it, `1.23456789012346E+17`: no key, since others look the same.
fn number(number: f64, mark: DecimalMark) -> String {
    let rounded = format!("{number:.14e}");
    let shown = match rounded.parse::<f64>() {
        Ok(value) if value.abs() < 1e15 => value.to_string(),
        _ => rounded.replace('e', "E+"),
    };
    match mark {
        DecimalMark::Point => shown,
        DecimalMark::Comma => shown.replace('.', ","),
    }
}

fn date_time(serial: ExcelDateTime) -> Option<DateTime> {
    let (year, month, day, hour, minute, second, milliseconds) = serial.to_ymd_hms_milli();
    let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(i8::try_from);
    let date = Date::new(year.try_into().ok()?, month.ok()?, day.ok()?).ok()?;
    let at = date.to_datetime(Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()?);
    at.checked_add(i64::from(milliseconds >= 500).seconds()).ok()
}

fn iso(text: &str) -> Option<DateTime> {
    text.parse::<DateTime>().ok().or_else(|| Some(text.parse::<Date>().ok()?.to_datetime(Time::midnight())))
}

/// Written as ISO has it, which is read under every mapping; with its midnight only where a format of the mapping would
/// take the day for another one.
fn date(at: DateTime, format: &SourceFormat) -> String {
    let day = at.date().to_string();
    let misread = |format: &DateFormat| format.parse(&day).is_some_and(|when| when != When::Local(at));
    if at.time() == Time::midnight() && !format.dates.iter().any(misread) { day } else { at.to_string() }
}

/// A time of the day, or how long something took.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds within a sheet's calendar")]
fn clock(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `PT14H15M00S`, in seconds.
fn duration(text: &str) -> Option<f64> {
    text.parse::<Span>().ok()?.total((jiff::Unit::Second, jiff::SpanRelativeTo::days_are_24_hours())).ok()
}
