//! What a file is, whatever its name says, told by how it begins.

/// How much of a file has to be seen.
pub(super) const HEAD: u64 = 8 << 10;

/// What is to be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may be CSV.
    Text,
    Json,
    /// A ZIP archive: maybe a workbook.
    Zip,
    /// An Excel workbook as they were until 2003.
    OldWorkbook,
    /// It cannot be read: what it is, and what to do about it.
    Other(&'static str, &'static str),
}

const UNPACK: &str = "unpack it and import the file in it; of packed files, gzip and ZIP are read as they are";
const EXPORT: &str = "export its rows as CSV from the program that made it";
const PAGE: &str = "download the CSV file again, or open this one in a spreadsheet program and save it as a workbook";

/// How files begin: at which byte stands what; what they are.
const KINDS: &[(usize, &[u8], Kind)] = &[
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::OldWorkbook),
    (0, b"%PDF-", Kind::Other("a PDF file", EXPORT)),
    (0, b"PAR1\x15", Kind::Other("a Parquet file", EXPORT)),
    (0, b"SQLite format 3\0", Kind::Other("an SQLite database", EXPORT)),
    (0, b"\x28\xb5\x2f\xfd", Kind::Other("packed with zstd", UNPACK)),
    (0, b"\xfd7zXZ\0", Kind::Other("packed with xz", UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::Other("a 7z archive", UNPACK)),
    (0, b"Rar!\x1a\x07", Kind::Other("a RAR archive", UNPACK)),
    (0, b"BZh91AY&SY", Kind::Other("packed with bzip2", UNPACK)),
    (256, b"\0ustar", Kind::Other("a tar archive", UNPACK)),
];

/// How texts begin that hold no rows, in lower case.
const PAGES: &[(&[u8], &str)] = &[
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<table", "an HTML page"),
    (b"<?xml", "an XML file"),
];

/// What a file is that begins like this.
pub(super) fn kind(head: &[u8]) -> Kind {
    let stands = |at: usize, magic: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if let Some(&(_, _, kind)) = KINDS.iter().find(|(at, magic, _)| stands(*at, magic)) {
        return kind;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if let Some((_, what)) = PAGES.iter().find(|(start, _)| begins(start)) {
        return Kind::Other(what, PAGE);
    }
    if is_json(text) { Kind::Json } else { Kind::Text }
}

/// An object, or an array of them; a column may well be called `[id]`.
fn is_json(text: &[u8]) -> bool {
    let second = text.get(1..).unwrap_or_default().trim_ascii_start().first();
    match text.first() {
        Some(b'{') => matches!(second, Some(b'"' | b'}')),
        Some(b'[') => matches!(second, Some(b'{' | b'[' | b']')),
        _ => false,
    }
}
