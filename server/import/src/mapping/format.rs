//! How a file is written, from the section `[source]` of its mapping.

use super::SourceFormat;
use super::file::SourceSection;
use super::text::Text;
use crate::dates::DateFormat;
use crate::error::ImportError;
use encoding_rs::Encoding;
use toml::Spanned;

pub(super) fn format(place: &Text, source: SourceSection) -> Result<SourceFormat, ImportError> {
    let delimiter = source.delimiter.map(|text| delimiter(place, &text)).transpose()?.unwrap_or(b',');
    let encoding = source.encoding.map(|text| encoding(place, &text)).transpose()?.flatten();
    let zone = source.zone.map(|name| {
        pegel_kpi::time::period::zone(name.as_ref()).map_err(|error| place.error(name.span(), error.to_string()))
    });
    let names = source.dates.unwrap_or_else(|| vec![Spanned::new(0..0, "iso".to_owned())]);
    if names.is_empty() {
        return Err(place.error(0..0, "dates is empty: leave it out for ISO dates"));
    }
    let dates =
        names.iter().map(|name| DateFormat::new(name.as_ref()).map_err(|error| place.error(name.span(), error)));
    Ok(SourceFormat {
        delimiter,
        encoding,
        decimal: source.decimal,
        zone: zone.transpose()?,
        dates: dates.collect::<Result<_, _>>()?,
        date_names: names.into_iter().map(Spanned::into_inner).collect(),
        missing: source.missing,
        stop_at: source.stop_at,
        skip: source.skip,
    })
}

fn delimiter(place: &Text, text: &Spanned<String>) -> Result<u8, ImportError> {
    match text.as_ref().as_bytes() {
        b"tab" => Ok(b'\t'),
        &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
        _ => Err(place.error(text.span(), format!("“{text}” is not a delimiter: write one character, or \"tab\""))),
    }
}

/// `None` for UTF-8, which is read without a decoder so that broken text is noticed.
fn encoding(place: &Text, text: &Spanned<String>) -> Result<Option<&'static Encoding>, ImportError> {
    let label = if text.as_ref() == "utf-16" { "utf-16le" } else { text.as_ref() };
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == encoding_rs::UTF_8 => Ok(None),
        Some(encoding) => Ok(Some(encoding)),
        None => Err(place.error(
            text.span(),
            format!("“{text}” is not an encoding: write utf-8, windows-1252, utf-16 or another name of the web's"),
        )),
    }
}
