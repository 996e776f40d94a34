//! How a file is written: its encoding, and what separates its cells.

use super::footers::NoData;
use crate::dates::DateFormat;
use crate::mapping::{DecimalMark, SourceFormat};
use crate::source::Prepared;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::collections::BTreeMap;
use std::io;

/// So much of a file is looked at to tell its encoding.
const BYTES: u64 = 8 << 20;
/// So many rows are looked at to tell what separates their cells.
const LOOK: usize = 200;
const DELIMITERS: [u8; 4] = *b",;\t|";

/// What was found out.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Of a file that has text; and how that is known.
    pub encoding: Option<(&'static Encoding, String)>,
    /// Whether that is more than a guess.
    pub encoding_is_sure: bool,
    /// Of a file that has text; and how that is known.
    pub delimiter: Option<(u8, String)>,
    /// From 1; 0 where there is none.
    pub header_line: u64,
    /// Whether a backslash stands before quotes that belong to a cell; as far as it is tried.
    pub is_escaped: bool,
    /// Whether the text has a backslash before a quote at all.
    pub may_be_escaped: bool,
    /// Of a workbook with several.
    pub sheet: Option<String>,
    /// Texts in its cells that mean nothing is there.
    pub missing: Vec<String>,
    /// Rows that are no data.
    pub no_data: NoData,
}

impl Written {
    pub fn of(source: &mut Prepared) -> io::Result<Written> {
        let mut written = Written {
            encoding: None,
            encoding_is_sure: true,
            delimiter: None,
            header_line: 0,
            is_escaped: false,
            may_be_escaped: false,
            sheet: None,
            missing: Vec::new(),
            no_data: NoData::default(),
        };
        let Some(bytes) = source.beginning(BYTES)? else { return Ok(written) };
        written.may_be_escaped = bytes.windows(2).any(|two| two == br#"\""#);
        let (encoding, evidence, is_sure) = encoding(&bytes);
        (written.encoding, written.encoding_is_sure) = (Some((encoding, evidence)), is_sure);
        if source.members().is_none() {
            written.delimiter = Some(delimiter(source, &written)?);
        }
        Ok(written)
    }

    /// As far as it is needed to cut the file into cells.
    pub fn format(&self) -> SourceFormat {
        let encoding = self.encoding.as_ref().map(|(encoding, _)| *encoding);
        let delimiter = self.delimiter.as_ref().map_or(b',', |(delimiter, _)| *delimiter);
        SourceFormat {
            encoding: encoding.filter(|encoding| *encoding != UTF_8),
            escaped: self.is_escaped,
            ..text_format(delimiter)
        }
    }
}

pub(super) fn text_format(delimiter: u8) -> SourceFormat {
    SourceFormat {
        delimiter,
        escaped: false,
        encoding: None,
        header: None,
        skip_lines: None,
        sheet: None,
        decimal: DecimalMark::Point,
        currency: None,
        zone: None,
        dates: vec![DateFormat::Iso],
        date_names: vec!["iso".to_owned()],
        missing: Vec::new(),
        stop_at: Vec::new(),
        skip: Vec::new(),
    }
}

/// The encoding of a text, how that is known, and whether it is sure.
fn encoding(bytes: &[u8]) -> (&'static Encoding, String, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, "the file begins with the mark of this encoding".to_owned(), true);
    }
    let nul = bytes.iter().take(200).position(|byte| *byte == 0);
    if let Some(place) = nul {
        let encoding = if place % 2 == 1 { UTF_16LE } else { UTF_16BE };
        return (encoding, "every other byte is 0, as in this encoding".to_owned(), true);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => (UTF_8, "there are no letters but A to Z".to_owned(), true),
        // The last character may be cut.
        Err(error) if error.error_len().is_some() => guessed(bytes),
        _ => (UTF_8, "all of the text is valid UTF-8".to_owned(), true),
    }
}

fn guessed(bytes: &[u8]) -> (&'static Encoding, String, bool) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let older = older(bytes).filter(|_| guess == encoding_rs::WINDOWS_1252);
    let encoding = match older {
        Some(Older::Mac) => encoding_rs::MACINTOSH,
        Some(Older::Dos) | None => guess,
    };
    let (text, _, _) = encoding.decode(bytes);
    let mut words: Vec<&str> = Vec::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3 && !word.is_ascii()) {
        if words.len() < 3 && !words.contains(&word) {
            words.push(word);
        }
    }
    let example = words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join(", ");
    let example = if example.is_empty() { String::new() } else { format!("; in it, words are {example}") };
    if let Some(Older::Dos) = older {
        let why = format!(
            "the text seems to be of DOS (code page 850), which is not among the encodings that are read{example}: export \
             or save it as UTF-8"
        );
        return (encoding, why, false);
    }
    let is_sure = encoding == encoding_rs::WINDOWS_1252;
    (encoding, format!("the text is not UTF-8, and most like this{example}"), is_sure)
}

/// Encodings that are older than the web, and not told from others by what reads its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Older {
    Dos,
    Mac,
}

/// Whether the letters of German and French words are those of an older encoding: ä, ö, ü, ß, é, è, à, ç and their like.
fn older(bytes: &[u8]) -> Option<Older> {
    const OF_WEB: &[u8] = b"\xe4\xf6\xfc\xdf\xc4\xd6\xdc\xe9\xe8\xe0\xe7\xea\xe2\xee\xf4\xfb\xc9";
    const OF_DOS: &[u8] = b"\x84\x94\x81\xe1\x8e\x99\x9a\x82\x8a\x85\x87\x88\x83\x8c\x93\x96\x90";
    const OF_MAC: &[u8] = b"\x8a\x9a\x9f\xa7\x80\x85\x86\x8e\x8f\x88\x8d\x90\x89\x94\x99\x9e\x83";
    let in_words = bytes.windows(2).filter(|two| two[0].is_ascii_alphabetic() && !two[1].is_ascii()).map(|two| two[1]);
    let count = |of: &[u8]| in_words.clone().filter(|byte| of.contains(byte)).count();
    let (web, dos, mac) = (count(OF_WEB), count(OF_DOS), count(OF_MAC));
    let older = if dos >= mac { (dos, Older::Dos) } else { (mac, Older::Mac) };
    (older.0 > web * 2).then_some(older.1)
}

/// What separates the cells: that by which the most rows have the same number of cells, and many of them.
fn delimiter(source: &mut Prepared, written: &Written) -> io::Result<(u8, String)> {
    let mut best = (0, b',', String::new());
    for delimiter in DELIMITERS {
        let format = SourceFormat { delimiter, ..written.format() };
        let (said, rows) = source.first_rows(&format, LOOK)?;
        if said != delimiter && !rows.is_empty() {
            return Ok((said, "the first line of the file says so".to_owned()));
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.cells.len() > 1) {
            *counts.entry(row.cells.len()).or_default() += 1;
        }
        let Some((cells, alike)) = counts.into_iter().max_by_key(|(cells, alike)| cells * alike) else { continue };
        if cells * alike > best.0 {
            best = (cells * alike, delimiter, format!("{alike} of the first {} lines have {cells} cells", rows.len()));
        }
    }
    let (_, delimiter, evidence) = best;
    Ok((delimiter, evidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_older_than_the_web_show_in_the_letters_of_words() {
        let encoded = |letters: [u8; 4]| {
            let [a, o, u, s] = letters;
            let text = b"Lead;Firma\r\n1;B~der Wei#\r\n2;M^ller + S|hne\r\n3;Stra#e S^d\r\n";
            let byte = |byte: &u8| match byte {
                b'~' => a,
                b'|' => o,
                b'^' => u,
                b'#' => s,
                other => *other,
            };
            text.iter().map(byte).collect::<Vec<u8>>()
        };
        let (name, why, is_sure) = encoding(&encoded(*b"\x84\x94\x81\xe1"));
        assert!(!is_sure && why.contains("code page 850"), "{name:?} {why}");
        let (name, why, is_sure) = encoding(&encoded(*b"\x8a\x9a\x9f\xa7"));
        assert!(name == encoding_rs::MACINTOSH && !is_sure && why.contains("“Müller”"), "{name:?} {why}");
        assert_eq!(encoding(&encoded(*b"\xe4\xf6\xfc\xdf")).0, encoding_rs::WINDOWS_1252);
    }

    #[test]
    fn an_encoding_shows_in_the_bytes() {
        let german = "Lead;Firma;Straße\r\n1;Müller Bädertechnik;Königsallee\r\n2;Haustechnik Süd;Große Gasse\r\n";
        let polish = "Deal;Nazwa partnera\r\n1;Spółka Żółw\r\n2;Łódź Źródło\r\n3;Gdańsk Sprzedaż\r\n";
        let encoded = |text: &str, with: &'static Encoding| with.encode(text).0.into_owned();
        let name = |bytes: &[u8]| encoding(bytes).0.name();
        assert_eq!(name(german.as_bytes()), "UTF-8");
        assert_eq!(name(&encoded(german, encoding_rs::WINDOWS_1252)), "windows-1252");
        assert_eq!(name(&encoded(polish, encoding_rs::WINDOWS_1250)), "windows-1250");
        let wide: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(name(&wide), "UTF-16LE");
        assert_eq!(name(&[&[0xff, 0xfe][..], &wide].concat()), "UTF-16LE");
        // What is looked at may end within a letter.
        assert_eq!(name(&german.as_bytes()[..=german.find('ß').unwrap_or_default()]), "UTF-8");
    }
}
