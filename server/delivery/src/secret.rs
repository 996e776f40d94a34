//! What nobody else is to know: the password of a mail server or a token that expires, the URL or the key of a channel.

use std::fmt;
use std::path::PathBuf;

/// A password, a token, a URL or a key. Whatever writes it down for logs leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    Said(String),
    /// In a file, read anew for each connection: tokens expire, and passwords change.
    File(PathBuf),
}

impl Secret {
    /// The secret itself, without the line break at the end of a file.
    ///
    /// # Errors
    /// If its file cannot be read, is empty, or has more than one line; the message never quotes it.
    pub(crate) fn read(&self) -> Result<String, String> {
        let path = match self {
            Secret::Said(text) => return Ok(text.clone()),
            Secret::File(path) => path,
        };
        let text = pegel_home::read(path).map_err(|error| error.to_string())?;
        let line = text.trim_end_matches(['\r', '\n']);
        let path = path.display();
        if line.is_empty() {
            return Err(format!("{path} is empty: write what is secret into it"));
        }
        if line.contains(char::is_control) {
            return Err(format!("{path} holds more than one line: write what is secret alone into it"));
        }
        Ok(line.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Said(_) => f.write_str("Said(…)"),
            Secret::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_one_secret_on_one_line_and_errors_do_not_quote_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |text: &str| {
            let path = folder.path().join("secret");
            std::fs::write(&path, text).unwrap();
            Secret::File(path).read()
        };
        assert_eq!(file("s3cret pass\r\n"), Ok("s3cret pass".to_owned()));
        for (text, said) in [("\n", "is empty"), ("s3cret\nmore\n", "more than one line")] {
            let problem = file(text).unwrap_err();
            assert!(problem.contains(said) && !problem.contains("s3cret"), "{problem}");
        }
        let missing = Secret::File(folder.path().join("none")).read().unwrap_err();
        assert!(missing.contains("none cannot be read"), "{missing}");
        assert!(!format!("{:?}", Secret::Said("s3cret".to_owned())).contains("s3cret"));
    }
}
