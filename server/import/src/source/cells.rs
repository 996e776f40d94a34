//! What stands in cells and is not meant: control characters, bytes of other encodings, formulas without a result.

use crate::damaged::by_encoding;
use crate::shown::shown;
use csv::{ByteRecord, StringRecord};
use encoding_rs::Encoding;
use pegel_text::clean;
use std::borrow::Cow;

/// What cells of a workbook hold whose formula has no result.
const FAILED: [&str; 7] = ["#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DATA!"];
const NOT_AVAILABLE: &str = "#N/A";
/// What stands in place of a formula that was never calculated, where a program wrote the workbook.
pub(super) const WITHOUT_VALUE: &str = "#FORMULA";

/// Why a row of a sheet cannot be imported: a formula has no result, or was never calculated, in one of these places that
/// the mapping needs. That one finds nothing is no reason, nor is what the mapping says to be missing.
pub(super) fn failure(cells: &StringRecord, header: &[String], needed: &[usize], missing: &[String]) -> Option<String> {
    let failed = |cell: &str| cell == WITHOUT_VALUE || FAILED.contains(&cell);
    let is_failure = |cell: &str| failed(cell) && !missing.iter().any(|word| word == cell);
    let place = *needed.iter().find(|&&place| cells.get(place).is_some_and(is_failure))?;
    let (name, cell) = (shown(&header[place]), &cells[place]);
    if cell == WITHOUT_VALUE {
        let advice = "open the workbook in a spreadsheet program and save it";
        return Some(format!("“{name}” is a formula without a value: {advice}"));
    }
    Some(format!("the formula of “{name}” has no result but the error {cell}: mend it in the sheet"))
}

/// A formula that finds nothing leaves its cell empty.
pub(super) fn without_not_available(cells: StringRecord) -> StringRecord {
    if !cells.iter().any(|cell| cell == NOT_AVAILABLE) {
        return cells;
    }
    cells.iter().map(|cell| if cell == NOT_AVAILABLE { "" } else { cell }).collect()
}

/// Why a row cannot be what was meant: letters are others in one of these places that the mapping needs.
pub(super) fn damaged(cells: &StringRecord, needed: &[usize]) -> Option<String> {
    if cells.as_slice().is_ascii() {
        return None;
    }
    needed.iter().filter_map(|&place| cells.get(place)).find_map(by_encoding)
}

pub(super) fn lossy(cells: ByteRecord) -> StringRecord {
    StringRecord::from_byte_record_lossy(cells)
}

/// The encoding of a header that was read as one of single bytes and holds NULs: they are the high halves of letters.
pub(super) fn utf_16(header: &ByteRecord) -> Option<&'static str> {
    let text = header.iter().collect::<Vec<_>>().join(&0xFF);
    let nul = text.iter().position(|&byte| byte == 0)?;
    Some(if nul % 2 == 1 { "utf-16le" } else { "utf-16be" })
}

/// Why cells that were read as text of single bytes cannot be: their bytes are letters in UTF-8, as no other text is by
/// chance.
pub(super) fn utf_8(cells: &StringRecord, encoding: Option<&'static Encoding>) -> Option<String> {
    let encoding = encoding.filter(|encoding| encoding.is_single_byte() && !cells.as_slice().is_ascii())?;
    let is_utf_8 = |cell: &&str| {
        let (bytes, _, lossy) = encoding.encode(cell);
        !lossy && !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok()
    };
    let cell = cells.iter().find(is_utf_8)?;
    let (bytes, ..) = encoding.encode(cell);
    let (read, meant) = (shown(cell), shown(&String::from_utf8_lossy(&bytes)));
    Some(format!(
        "“{read}” is “{meant}” in UTF-8, and was to be read as {}: write encoding = \"utf-8\" in the mapping, or leave \
         it out",
        encoding.name().to_lowercase()
    ))
}

/// The cells as people read them, if that is not as they are written. NULs stay, and are refused later: they tell of an
/// encoding.
pub(super) fn clean_cells(cells: &StringRecord) -> Option<StringRecord> {
    if clean::is_readable(cells.as_slice()) {
        return None;
    }
    let cleaned = |cell| if str::contains(cell, '\0') { Cow::Borrowed(cell) } else { clean::readable(cell) };
    Some(cells.iter().map(cleaned).collect())
}
