//! What a file is, and what is read of it: archives are unpacked, sheets and objects turned into rows.

use super::content::{Content, Prepared, ReadSeek, SourceFile};
use super::json;
use super::kind::{HEAD, Kind, kind};
use super::text::{Bounded, Count, unzipped};
use super::workbook::{self, Sort};
use crate::error::{ImportError, listed};
use crate::mapping::Mapping;
use crate::shown::shown;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;
use zip::ZipArchive;

/// So many archives may lie in each other.
const NESTED: usize = 3;

/// Finds out what a file is.
///
/// # Errors
/// If there are no rows in it, or more than one thing that could hold them.
pub(crate) fn prepared<'a>(file: SourceFile<'a>, mapping: &Mapping) -> Result<Prepared<'a>, ImportError> {
    let SourceFile { name, written_at, raw, opened } = file;
    let (mut content, size) = content(raw, &name, mapping)?;
    let size = match (&mut content, size) {
        (Content::Sheet(spool) | Content::Objects { spool, .. }, _) => spool.seek(SeekFrom::End(0)),
        (Content::Text(_), size) => Ok(size),
    };
    let size = size.map_err(|error| ImportError::Read { file: name.clone(), error })?;
    Ok(Prepared { name, size, written_at, content, opened })
}

fn content<'a>(
    mut raw: Box<dyn ReadSeek + 'a>,
    file: &str,
    mapping: &Mapping,
) -> Result<(Content<'a>, u64), ImportError> {
    let unreadable = |error| ImportError::Read { file: file.to_owned(), error };
    for _ in 0..NESTED {
        let size = raw.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let (head, packed) = head(&mut raw).map_err(unreadable)?;
        let kind = kind(&head);
        if packed && matches!(kind, Kind::Zip | Kind::OldWorkbook) {
            raw = Box::new(unpacked(&mut raw).map_err(unreadable)?);
        }
        match kind {
            Kind::Text => return Ok((Content::Text(raw), size)),
            Kind::Json => {
                return Ok((json::objects(raw, file, mapping)?, size));
            }
            Kind::OldWorkbook => return Ok((Content::Sheet(workbook::spooled(raw, Sort::Xls, file, mapping)?), size)),
            Kind::Zip => match Archive::open(&mut raw, file)? {
                Archive::Workbook(sort) => {
                    return Ok((Content::Sheet(workbook::spooled(raw, sort, file, mapping)?), size));
                }
                Archive::File(entry) => raw = Box::new(entry),
            },
            Kind::Other(what, advice) => return Err(ImportError::NoRows { file: file.to_owned(), what, advice }),
        }
    }
    Err(ImportError::unusable(file, "archives lie in archives: unpack them and import the file in them"))
}

/// How a file begins, unpacked, and whether it is packed with gzip.
fn head(raw: &mut dyn ReadSeek) -> io::Result<(Vec<u8>, bool)> {
    raw.seek(SeekFrom::Start(0))?;
    let (mut magic, mut head) = (Vec::new(), Vec::new());
    raw.take(2).read_to_end(&mut magic)?;
    raw.seek(SeekFrom::Start(0))?;
    unzipped(&mut *raw, &Count::default())?.take(HEAD).read_to_end(&mut head)?;
    raw.seek(SeekFrom::Start(0))?;
    Ok((head, magic == [0x1f, 0x8b]))
}

fn unpacked(raw: &mut dyn ReadSeek) -> io::Result<File> {
    raw.seek(SeekFrom::Start(0))?;
    copied(&mut unzipped(raw, &Count::default())?)
}

/// The bytes in a temporary file, at its beginning.
fn copied(bytes: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(bytes, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// What is in a ZIP archive.
enum Archive {
    Workbook(Sort),
    /// Its one file.
    File(File),
}

impl Archive {
    fn open(raw: &mut dyn ReadSeek, file: &str) -> Result<Archive, ImportError> {
        let broken = |error| ImportError::unusable(file, format!("the ZIP archive or workbook is damaged: {error}"));
        let mut archive = ZipArchive::new(BufReader::new(raw)).map_err(broken)?;
        let names = archive.file_names().map(|name| Ok(name.map_err(broken)?.into_owned()));
        let names = names.collect::<Result<Vec<String>, ImportError>>()?;
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        let workbook = if has("xl/workbook.bin") {
            Some(Sort::Xlsb)
        } else if names.iter().any(|name| name.starts_with("xl/")) {
            Some(Sort::Xlsx)
        } else {
            (has("content.xml") && has("mimetype")).then_some(Sort::Ods)
        };
        if has("word/document.xml") || has("ppt/presentation.xml") || is_other_document(&mut archive) {
            let what = "a document without a sheet, such as a text or slides";
            return Err(ImportError::NoRows { file: file.to_owned(), what, advice: "export its table as CSV" });
        }
        if let Some(sort) = workbook {
            let (mut packed, mut unpacked) = (0, 0);
            for at in 0..archive.len() {
                let entry = archive.by_index_raw(at).map_err(broken)?;
                packed += entry.compressed_size();
                unpacked += entry.size();
            }
            if unpacked > workbook::LIMIT.min(Bounded::<File>::most(packed)) {
                let reason =
                    format!("it is a workbook that unpacks to {} MiB: export the sheet as CSV", unpacked >> 20);
                return Err(ImportError::unusable(file, reason));
            }
            return Ok(Archive::Workbook(sort));
        }
        let files: Vec<String> = names.into_iter().filter(|name| is_content(name)).collect();
        let [only] = files.as_slice() else { return Err(several(file, &files)) };
        let entry = archive.by_name(only).map_err(|error| {
            ImportError::unusable(file, format!("“{}” in the ZIP archive cannot be unpacked: {error}", shown(only)))
        })?;
        let packed = Rc::new(Cell::new(entry.compressed_size()));
        let copied = copied(&mut Bounded::new(entry, packed));
        copied.map(Archive::File).map_err(|error| ImportError::Read { file: file.to_owned(), error })
    }
}

/// Whether an ODF file says that it is something else than a spreadsheet.
fn is_other_document<R: Read + Seek>(archive: &mut ZipArchive<R>) -> bool {
    const DOCUMENT: &str = "application/vnd.oasis.opendocument.";
    let mut mimetype = String::new();
    let read = archive.by_name("mimetype").map(|entry| entry.take(100).read_to_string(&mut mimetype));
    matches!(read, Ok(Ok(_))) && mimetype.strip_prefix(DOCUMENT).is_some_and(|what| !what.starts_with("spreadsheet"))
}

/// Whether it is no folder, and not what a Mac adds.
fn is_content(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    !(last.is_empty() || name.starts_with("__MACOSX/") || last == ".DS_Store")
}

fn several(file: &str, files: &[String]) -> ImportError {
    let reason = match files {
        [] => "it is a ZIP archive without a file in it".to_owned(),
        _ => format!(
            "it is a ZIP archive of {} files, {}: unpack it and import those that belong together",
            files.len(),
            listed(files)
        ),
    };
    ImportError::unusable(file, reason)
}
