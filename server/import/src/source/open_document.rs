//! A look at an ODS spreadsheet before it is read. It says how often a row, a cell or a blank is repeated, and is
//! laid out in memory with all of them: a few hundred bytes could ask for more memory than there is. And it says of cells
//! in which currency they are, which its reader leaves out.

use super::content::ReadSeek;
use super::currencies::Currencies;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{BufReader, Read, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use zip::ZipArchive;

/// The most cells that its sheets may span: each takes about a hundred bytes while it is read.
const CELLS: u64 = 1 << 22;
/// The most bytes of text in them.
const TEXT: u64 = 256 << 20;
/// The most bytes that say all this, unpacked.
const CONTENT: u64 = 512 << 20;

/// In which currency cells of sheets are, by the names of the sheets. What is damaged is for the reader to say.
///
/// # Errors
/// Why the spreadsheet cannot be read.
pub(super) fn look(raw: &mut dyn ReadSeek) -> Result<HashMap<String, Currencies>, String> {
    let Some(Sheets { cells, text, read, currencies }) = sheets(raw) else { return Ok(HashMap::new()) };
    let most = [(cells, CELLS, "cells"), (text, TEXT, "bytes of text"), (read, CONTENT, "bytes")];
    match most.into_iter().find(|(is, most, _)| is > most) {
        None => Ok(currencies),
        Some((is, most, what)) => Err(format!(
            "its sheets hold {is} {what}, more than {most} that are read of an OpenDocument spreadsheet: save it as XLSX \
             or CSV"
        )),
    }
}

fn sheets(raw: &mut dyn ReadSeek) -> Option<Sheets> {
    let mut archive = ZipArchive::new(BufReader::new(&mut *raw)).ok()?;
    let content = archive.by_name("content.xml").ok()?.take(CONTENT + 1);
    let sheets = Sheets::counted(content);
    drop(archive);
    raw.seek(SeekFrom::Start(0)).ok()?;
    Some(sheets)
}

/// What the sheets come to when everything is repeated that they say to be.
#[derive(Default)]
struct Sheets {
    cells: u64,
    text: u64,
    /// How many bytes say so.
    read: u64,
    currencies: HashMap<String, Currencies>,
}

/// A sheet up to what is being read.
#[derive(Default)]
struct Sheet {
    name: String,
    currencies: Currencies,
    /// Down to the last row that is not empty.
    rows: u64,
    columns: u64,
    /// Empty rows since.
    empty: u64,
    row: Row,
}

#[derive(Default)]
struct Row {
    repeated: u64,
    /// Up to the last cell that is not empty.
    columns: u64,
    /// Empty cells since.
    empty: u64,
    text: u64,
    currencies: Vec<(Range<u64>, Arc<str>)>,
    cell: Cell,
}

#[derive(Default)]
struct Cell {
    repeated: u64,
    filled: bool,
    text: u64,
    currency: Option<Arc<str>>,
}

impl Sheets {
    fn counted(content: impl Read) -> Sheets {
        let mut reader = Reader::from_reader(BufReader::new(content));
        reader.config_mut().check_end_names = false;
        let (mut sheets, mut sheet, mut buffer) = (Sheets::default(), Sheet::default(), Vec::new());
        loop {
            buffer.clear();
            let Ok(event) = reader.read_event_into(&mut buffer) else { break };
            match event {
                Event::Start(tag) => sheet.begin(&tag),
                Event::Empty(tag) => {
                    sheet.begin(&tag);
                    sheets.end(&mut sheet, tag.name().as_ref());
                }
                Event::End(tag) => sheets.end(&mut sheet, tag.name().as_ref()),
                Event::Text(text) => sheet.row.cell.add(text.len() as u64),
                Event::Eof => break,
                _ => {}
            }
        }
        sheets.read = reader.buffer_position();
        sheets
    }

    fn end(&mut self, sheet: &mut Sheet, tag: &str) {
        match tag {
            "table:table-cell" | "table:covered-table-cell" => sheet.row.end_cell(),
            "table:table-row" => {
                self.text = self.text.saturating_add(sheet.row.text.saturating_mul(sheet.row.repeated));
                sheet.end_row();
            }
            "table:table" => {
                self.cells = self.cells.saturating_add(sheet.rows.saturating_mul(sheet.columns));
                let Sheet { name, currencies, .. } = std::mem::take(sheet);
                self.currencies.insert(name, currencies);
            }
            _ => {}
        }
    }
}

impl Sheet {
    fn begin(&mut self, tag: &BytesStart) {
        match tag.name().as_ref() {
            "table:table" => self.name = said(tag, "table:name").unwrap_or_default(),
            "table:table-row" => {
                self.row = Row { repeated: number(tag, "table:number-rows-repeated"), ..Row::default() };
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let holds = |name: &str| name.starts_with("office:") || name == "table:formula";
                let filled = tag.attributes().flatten().any(|attribute| holds(attribute.key.as_ref()));
                let repeated = number(tag, "table:number-columns-repeated");
                let currency = said(tag, "office:currency").map(Arc::from);
                self.row.cell = Cell { repeated, filled, text: tag.len() as u64, currency };
            }
            "text:s" => self.row.cell.add(number(tag, "text:c")),
            _ => {}
        }
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if row.columns == 0 {
            self.empty = self.empty.saturating_add(row.repeated);
            return;
        }
        let empty = std::mem::take(&mut self.empty);
        let first = self.rows.saturating_add(empty);
        self.rows = first.saturating_add(row.repeated);
        self.columns = self.columns.max(row.columns);
        if !row.currencies.is_empty() {
            self.currencies.add(first..self.rows, row.currencies);
        }
    }
}

impl Row {
    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if !cell.filled {
            self.empty = self.empty.saturating_add(cell.repeated);
            return;
        }
        let empty = std::mem::take(&mut self.empty);
        let first = self.columns.saturating_add(empty);
        self.columns = first.saturating_add(cell.repeated);
        self.currencies.extend(cell.currency.map(|currency| (first..self.columns, currency)));
        self.text = self.text.saturating_add(cell.text.saturating_mul(cell.repeated));
    }
}

impl Cell {
    fn add(&mut self, text: u64) {
        self.text = self.text.saturating_add(text);
    }
}

/// How often something is repeated; once, where nothing is said.
fn number(tag: &BytesStart, name: &str) -> u64 {
    said(tag, name).and_then(|said| said.trim().parse().ok()).unwrap_or(1)
}

fn said(tag: &BytesStart, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    Some(attribute.value.to_string())
}
