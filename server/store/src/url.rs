//! Database URLs, read by scheme and never by trying; shown without their passwords.

use crate::StoreError;
use std::path::{Path, PathBuf};

/// Seconds after which a server that does not answer counts as unreachable.
const CONNECT_TIMEOUT: u32 = 5;

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    Sqlite(PathBuf),
    /// As libpq reads it, with a password perhaps.
    Postgres(String),
}

impl DatabaseUrl {
    pub(crate) fn parse(url: &str) -> Result<DatabaseUrl, StoreError> {
        let malformed = |reason| StoreError::MalformedUrl { url: redacted(url), reason };
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" | ":memory:" => Err(malformed("SQLite needs the path of a file, such as sqlite:pegel.db")),
                _ if path.starts_with("file:") => Err(malformed("write the path alone, without “file:”")),
                _ if path.contains('\0') => Err(malformed("a path holds no NUL character")),
                _ => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
            };
        }
        if let Some(rest) = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")) {
            check_postgres(rest).map_err(malformed)?;
            return Ok(DatabaseUrl::Postgres(with_timeout(url)));
        }
        Err(StoreError::UnknownScheme { url: scheme_alone(url) })
    }

    /// For messages: without a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => {
                redacted(url.split_once("connect_timeout=").map_or(url.as_str(), |(url, _)| &url[..url.len() - 1]))
            }
        }
    }

    /// The file of an SQLite database.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        match self {
            DatabaseUrl::Sqlite(path) => Some(path),
            DatabaseUrl::Postgres(_) => None,
        }
    }

    /// The folder of an SQLite file, where it is named and missing.
    pub(crate) fn missing_folder(&self) -> Option<&Path> {
        match self {
            DatabaseUrl::Sqlite(path) => {
                path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            }
            DatabaseUrl::Postgres(_) => None,
        }
    }
}

/// Refuses what libpq would take apart in the wrong place and then repeat, password and all, in its message.
fn check_postgres(rest: &str) -> Result<(), &'static str> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if rest.contains('#') || rest.matches('@').count() > 1 || !is_percent_encoded(rest) {
        return Err(ENCODING);
    }
    if rest.contains(char::is_whitespace) {
        return Err("it holds a blank: write %20");
    }
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    if !parameters.split('&').all(|parameter| parameter.is_empty() || parameter.contains('=')) {
        return Err("a parameter has no value (write the character & of a password as %26)");
    }
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    for host in hosts.split(',') {
        let port = match host.rsplit_once(']') {
            Some((_, "")) => None,
            Some((_, after)) => Some(after.strip_prefix(':').unwrap_or_default()),
            None => host.split_once(':').map(|(_, port)| port),
        };
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(PORT);
        }
    }
    Ok(())
}

const ENCODING: &str = "write the characters % @ : / ? # of a password as %25 %40 %3A %2F %3F %23";
const PORT: &str =
    "its port is not a number (write the characters % @ : / ? # of a password as %25 %40 %3A %2F %3F %23)";

/// Whether two hexadecimal digits follow every per cent sign, and do not stand for NUL, at which libpq would stop.
fn is_percent_encoded(text: &str) -> bool {
    let is_byte = |hex: &str| hex != "00" && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    text.split('%').skip(1).all(|rest| rest.get(..2).is_some_and(is_byte))
}

/// All that is shown of what is no database URL: the rest may be a password in an unknown place.
fn scheme_alone(url: &str) -> String {
    let is_scheme = |text: &&str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric());
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(is_scheme);
    scheme.map_or_else(|| "…".to_owned(), |scheme| format!("{scheme}:…"))
}

fn with_timeout(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout={CONNECT_TIMEOUT}")
}

/// The URL with `***` for every password; rather too much hidden than too little.
fn redacted(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:***@{place}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let (place, parameters) = rest.split_once('?').map_or((rest.as_str(), None), |(place, query)| (place, Some(query)));
    let mut shown = if scheme.is_empty() { place.to_owned() } else { format!("{scheme}://{place}") };
    for (index, parameter) in parameters.iter().flat_map(|query| query.split('&')).enumerate() {
        shown.push(if index == 0 { '?' } else { '&' });
        match parameter.split_once('=') {
            Some((name, _)) if name.ends_with("password") => shown.extend([name, "=***"]),
            Some(_) => shown.push_str(parameter),
            // A piece of a value, most likely.
            None => shown.push_str("***"),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides() {
        assert!(DatabaseUrl::parse("sqlite:pegel.db").is_ok_and(|url| url == DatabaseUrl::Sqlite("pegel.db".into())));
        assert!(
            DatabaseUrl::parse("sqlite:///var/p.db").is_ok_and(|url| url == DatabaseUrl::Sqlite("/var/p.db".into()))
        );
        assert!(matches!(DatabaseUrl::parse("postgresql://h/d"), Ok(DatabaseUrl::Postgres(_))));
        for wrong in ["postgress://h/d", "mysql://h/d", "pegel.db", "", "postgres:h", "Sqlite:x"] {
            assert!(matches!(DatabaseUrl::parse(wrong), Err(StoreError::UnknownScheme { .. })), "{wrong}");
        }
        assert!(matches!(DatabaseUrl::parse("sqlite:"), Err(StoreError::MalformedUrl { .. })));
    }

    #[test]
    fn no_message_holds_a_password() {
        let urls = [
            "postgres://ada:secret@h/d",
            "postgres://ada:sec@secret@h/d",
            "postgres://ada:se/secret@h/d",
            "postgres://ada:se?secret@h/d",
            "postgres://ada:se#secret@h/d",
            "postgres://ada:se:secret@h:x/d",
            "postgres://ada:secret%@h/d",
            "postgres://ada:100%secret@h/d",
            "postgres://ada:%zzsecret@h/d",
            "postgres://ada:secret%00@h/d",
            "postgres://h/d?user=ada&password=100%secret",
            "postgres://ada:secret xx@127.0.0.1:1/x",
            "postgres://ada:secret@[::1]x:1/x",
            "postgres://h/d?user=ada&password=a&secret",
            "postgres://h/d?user=ada&password=secret",
        ];
        for url in urls {
            let shown = match DatabaseUrl::parse(url) {
                Ok(parsed) => parsed.shown(),
                Err(error) => error.to_string(),
            };
            assert!(!shown.contains("secret"), "{shown}");
            assert!(shown.contains("ada") && shown.contains("***"), "{shown}");
        }
        for (url, shown) in [("mysql://ada:secret@h/d", "“mysql:…”"), ("host=h password=secret", "“…”")] {
            let error = DatabaseUrl::parse(url).err().unwrap().to_string();
            assert!(!error.contains("secret") && error.contains(shown), "{error}");
        }
    }

    #[test]
    fn ports_and_several_hosts_are_libpqs_business() {
        for url in ["postgres://h:5432/d", "postgres://a:1,b:2/d", "postgres://[::1]:5432/d", "postgres:///d"] {
            assert!(DatabaseUrl::parse(url).is_ok(), "{url}");
        }
        assert_eq!(DatabaseUrl::parse("postgres://h/d").unwrap().shown(), "postgres://h/d");
        assert_eq!(DatabaseUrl::parse("postgres://h/d?a=b").unwrap().shown(), "postgres://h/d?a=b");
    }
}
