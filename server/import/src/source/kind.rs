//! Files that are no text, whatever their names say, told by how they begin.

use memchr::memmem;

/// How much of a file has to be seen.
pub(super) const HEAD: u64 = 8 << 10;

const SAVE: &str = "open it and save the sheet as “CSV UTF-8”";
const UNPACK: &str = "unpack it and import the CSV file in it; of packed files, only gzip is read as it is";
const EXPORT: &str = "export its rows as CSV from the program that made it";
const PAGE: &str = "download the CSV file again, or open this one in a spreadsheet program and save it as “CSV UTF-8”";

/// How files begin: at which byte stands what; what they are, and what to do about them.
const KINDS: &[(usize, &[u8], &str, &str)] = &[
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", SAVE),
    (0, b"%PDF-", "a PDF file", EXPORT),
    (0, b"PAR1\x15", "a Parquet file", EXPORT),
    (0, b"SQLite format 3\0", "an SQLite database", EXPORT),
    (0, b"\x28\xb5\x2f\xfd", "packed with zstd", UNPACK),
    (0, b"\xfd7zXZ\0", "packed with xz", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (0, b"BZh91AY&SY", "packed with bzip2", UNPACK),
    (256, b"\0ustar", "a tar archive", UNPACK),
];

/// How texts begin that are no CSV, in lower case.
const PAGES: &[(&[u8], &str)] = &[
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<table", "an HTML page"),
    (b"<?xml", "an XML file"),
];

/// What a file is that begins like this, and what to do about it; `None` if it may be CSV.
pub(super) fn other_than_csv(head: &[u8]) -> Option<(&'static str, &'static str)> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(zipped(head));
    }
    let stands = |at: usize, magic: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if let Some(&(_, _, what, advice)) = KINDS.iter().find(|(at, magic, ..)| stands(*at, magic)) {
        return Some((what, advice));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    PAGES.iter().find(|(start, _)| begins(start)).map(|(_, what)| (*what, PAGE))
}

/// Workbooks are ZIP archives; the names of their files tell which.
fn zipped(head: &[u8]) -> (&'static str, &'static str) {
    let holds = |name: &[u8]| memmem::find(head, name).is_some();
    if holds(b"opendocument.spreadsheet") {
        ("an OpenDocument spreadsheet (.ods)", SAVE)
    } else if holds(b"xl/") || (holds(b"[Content_Types].xml") && !holds(b"word/") && !holds(b"ppt/")) {
        ("an Excel workbook (.xlsx)", SAVE)
    } else {
        ("a ZIP archive", UNPACK)
    }
}
