//! How a file is written, from the section `[source]` of its mapping.

use super::SourceFormat;
use super::file::SourceSection;
use super::text::Text;
use crate::blanks::heading;
use crate::dates::DateFormat;
use crate::error::ImportError;
use encoding_rs::Encoding;
use pegel_kpi::data::currency::Currency;
use toml::Spanned;

pub(super) fn format(place: &Text, source: SourceSection) -> Result<SourceFormat, ImportError> {
    let delimiter = source.delimiter.map(|text| delimiter(place, &text)).transpose()?.unwrap_or(b',');
    let escaped = source.escape.map(|text| escape(place, &text)).transpose()?.unwrap_or(false);
    let encoding = source.encoding.map(|text| encoding(place, &text)).transpose()?.flatten();
    let zone = source.zone.map(|name| {
        pegel_kpi::time::period::zone(name.as_ref()).map_err(|error| place.error(name.span(), error.to_string()))
    });
    if let Some(header) = source.header.as_ref().filter(|header| header.as_ref().is_empty()) {
        return Err(place.error(header.span(), "the header names no column: leave it out if the file has one"));
    }
    let names = source.dates.unwrap_or_else(|| vec![Spanned::new(0..0, "iso".to_owned())]);
    if names.is_empty() {
        return Err(place.error(0..0, "dates is empty: leave it out for ISO dates"));
    }
    let dates =
        names.iter().map(|name| DateFormat::new(name.as_ref()).map_err(|error| place.error(name.span(), error)));
    let dates = dates.collect::<Result<Vec<_>, _>>()?;
    refuse_two_meanings(place, &names, &dates)?;
    let currency = source.currency.map(|code| {
        Currency::find(code.as_ref())
            .map(|currency| currency.code)
            .map_err(|error| place.error(code.span(), error.to_string()))
    });
    Ok(SourceFormat {
        delimiter,
        escaped,
        encoding,
        header: source.header.map(|names| names.as_ref().iter().map(|name| heading(name)).collect()),
        skip_lines: source.skip_lines,
        sheet: source.sheet,
        decimal: source.decimal,
        currency: currency.transpose()?,
        zone: zone.transpose()?,
        dates,
        date_names: names.into_iter().map(Spanned::into_inner).collect(),
        missing: source.missing,
        stop_at: source.stop_at,
        skip: source.skip,
    })
}

/// Refuses formats that read one text as two different days or months.
fn refuse_two_meanings(place: &Text, names: &[Spanned<String>], dates: &[DateFormat]) -> Result<(), ImportError> {
    for (at, format) in dates.iter().enumerate() {
        for (other, name) in dates[at + 1..].iter().zip(&names[at + 1..]) {
            if let Some(text) = format.two_meanings(other) {
                let message = format!(
                    "“{}” and “{name}” read {text} as different days: keep one of them, or import such files with two mappings",
                    names[at]
                );
                return Err(place.error(name.span(), message));
            }
        }
    }
    Ok(())
}

fn escape(place: &Text, text: &Spanned<String>) -> Result<bool, ImportError> {
    match text.as_ref().as_str() {
        "\\" => Ok(true),
        _ => Err(place
            .error(text.span(), format!("“{text}” does not stand before quotes: write escape = '\\\\', a backslash"))),
    }
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
