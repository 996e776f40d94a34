//! Reading one file that people edit.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// No file that people write by hand is larger; 1 MiB.
pub const LARGEST: u64 = 1 << 20;

/// Why a file or folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read: {error}", path.display())]
pub struct Unreadable {
    pub path: PathBuf,
    /// With an OS error code where the system refused; without where the file is no text.
    pub error: io::Error,
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// If it is not a regular file, larger than [`LARGEST`], or not UTF-8; if the system refuses it.
pub fn read(path: &Path) -> Result<String, Unreadable> {
    bytes(path).and_then(text).map_err(|error| Unreadable { path: path.to_owned(), error })
}

/// The same; `None` if there is nothing of that name. A link that leads nowhere is something.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<String>, Unreadable> {
    match read(path) {
        Err(Unreadable { error, .. }) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => Ok(None),
        read => read.map(Some),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe may block forever, and opening a device may trigger it: so check first. The file may be replaced
    // before it is opened: so check again what was opened.
    check(&std::fs::metadata(path)?)?;
    let file = open(path)?;
    check(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
}

fn check(metadata: &Metadata) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(refused("it is not a regular file"));
    }
    if metadata.len() > LARGEST { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> io::Error {
    refused("it is larger than 1 MiB")
}

pub(crate) fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.into())
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refused("it is UTF-16: save it as UTF-8"));
    }
    let line = |end: usize, bytes: &[u8]| bytes[..end].split(|byte| *byte == b'\n').count();
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = line(error.utf8_error().valid_up_to(), error.as_bytes());
        refused(format!("line {line} is not UTF-8: save it as UTF-8"))
    })?;
    // No database and no parser takes it; mostly it is UTF-16 without a mark.
    if let Some(at) = text.find('\0') {
        let line = line(at, text.as_bytes());
        return Err(refused(format!("line {line} holds a NUL character: save it as UTF-8 text")));
    }
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        text(bytes.to_vec()).unwrap_err().to_string()
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(text(b"\xef\xbb\xbfzone = 1".to_vec()).unwrap(), "zone = 1");
        assert_eq!(text(b"zone = 1".to_vec()).unwrap(), "zone = 1");
        assert_eq!(text(b"\xef\xbb\xbf".to_vec()).unwrap(), "");
    }

    #[test]
    fn what_is_no_utf8_is_named_with_its_line() {
        assert_eq!(message(b"fine\nM\xfcller"), "line 2 is not UTF-8: save it as UTF-8");
        assert_eq!(message(b"\xff\xfek\0"), "it is UTF-16: save it as UTF-8");
        assert_eq!(message(b"\xfe\xff\0k"), "it is UTF-16: save it as UTF-8");
        assert_eq!(message(b"\nk\0p\0"), "line 2 holds a NUL character: save it as UTF-8 text");
    }

    #[test]
    fn a_file_may_have_just_so_many_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        let size = usize::try_from(LARGEST).unwrap();
        std::fs::write(&path, "x".repeat(size)).unwrap();
        assert_eq!(read(&path).unwrap().len(), size);
        std::fs::write(&path, "x".repeat(size + 1)).unwrap();
        let message = read(&path).unwrap_err().to_string();
        assert!(message.ends_with("x.toml cannot be read: it is larger than 1 MiB"), "{message}");
    }

    #[test]
    fn nothing_there_is_told_from_a_link_that_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thresholds.toml");
        assert!(read_if_there(&path).unwrap().is_none());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/nonexistent", &path).unwrap();
            assert!(read_if_there(&path).is_err());
        }
    }
}
