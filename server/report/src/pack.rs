//! Several files in one: a zip archive.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::{Cursor, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs files by name; their time is `at` (UTC seconds), so that the same files are the same bytes.
pub(crate) fn pack<B: AsRef<[u8]>>(files: &[(String, B)], at: i64) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(made_at(at));
    for (name, content) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content.as_ref())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// In UTC: the same wherever it is made.
fn made_at(at: i64) -> DateTime {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    let part = |part: i8| part.unsigned_abs();
    let (year, time) = (at.year().unsigned_abs(), (part(at.hour()), part(at.minute()), part(at.second())));
    let made = DateTime::from_date_and_time(year, part(at.month()), part(at.day()), time.0, time.1, time.2);
    made.unwrap_or_default()
}
