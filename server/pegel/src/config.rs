//! `config/pegel.toml`: the home's configuration.

use anyhow::{Context, anyhow};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use pegel_delivery::Auth;
use pegel_home::read_if_there;
use pegel_kpi::data::currency::Currency;
use pegel_kpi::definition::declaration::Lag;
use pegel_kpi::time::period;
use pegel_text::translated::Translated;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use url::Url;

/// The configuration as a file to begin with. It holds the defaults.
pub const SHIPPED: &str = include_str!("../../../config/pegel.toml");

/// The name of the file, in a home.
pub const FILE: &str = "config/pegel.toml";

/// All that can be configured for a home.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// IANA.
    zone: String,
    /// An ISO 4217 code.
    #[serde(deserialize_with = "currency")]
    pub currency: Currency,
    pub database_url: String,
    pub kpis: Kpis,
    pub mail: Mail,
    pub web: Web,
}

/// How KPIs come into force.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kpis {
    pub follow_files: bool,
}

/// How mails are sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub from: String,
    /// What the sender is called, by the language of the mail; as in `from`, if it is missing.
    pub from_name: Option<Translated>,
    /// Where answers go; to the sender, if it is missing.
    pub reply_to: Option<String>,
    pub url: String,
    /// Where mails go back to that cannot be delivered; to the sender, if it is missing.
    pub envelope_from: Option<String>,
    /// Certificates (PEM) that are trusted beside those of the system, relative to the home.
    pub ca_file: Option<PathBuf>,
    pub user: Option<String>,
    /// Relative to the home.
    pub password_file: Option<PathBuf>,
    #[serde(deserialize_with = "auth")]
    pub auth: Option<Auth>,
    /// Relative to the home.
    pub token_file: Option<PathBuf>,
    /// How many mails a server is handed within a minute at most; as many as there are, if it is missing.
    pub per_minute: Option<NonZeroUsize>,
    pub dkim: Option<Dkim>,
    /// How much may be attached to one mail, in bytes.
    #[serde(deserialize_with = "size")]
    pub attachments_up_to: usize,
    /// How long a mail that is not accepted is retried.
    #[serde(deserialize_with = "lag")]
    give_up_after: Lag,
}

/// By what mails are signed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    /// The private key (PEM), relative to the home.
    pub key_file: PathBuf,
}

/// How pages are served.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    pub address: String,
    pub base_url: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            zone: "Europe/Berlin".to_owned(),
            currency: Currency { code: "EUR".to_owned(), digits: 2 },
            database_url: "sqlite:pegel.db".to_owned(),
            kpis: Kpis::default(),
            mail: Mail::default(),
            web: Web::default(),
        }
    }
}

impl Default for Kpis {
    fn default() -> Self {
        Kpis { follow_files: true }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Mail {
            from: "Pegel <pegel@localhost>".to_owned(),
            from_name: None,
            reply_to: None,
            url: "folder:outbox".to_owned(),
            envelope_from: None,
            ca_file: None,
            user: None,
            password_file: None,
            auth: None,
            token_file: None,
            per_minute: None,
            dkim: None,
            attachments_up_to: 10_000_000,
            give_up_after: Lag::days(5),
        }
    }
}

impl Mail {
    /// How long a mail that is not accepted is retried.
    pub fn give_up_after(&self) -> SignedDuration {
        SignedDuration::from_secs(self.give_up_after.seconds())
    }
}

impl Default for Web {
    fn default() -> Self {
        Web { address: "127.0.0.1:7345".to_owned(), base_url: None }
    }
}

impl Config {
    /// The configuration of a home; the defaults if it has no such file.
    ///
    /// # Errors
    /// If the file cannot be read or understood.
    pub fn of_home(home: &Path) -> anyhow::Result<Config> {
        read_if_there(&home.join(FILE))?.map_or_else(|| Ok(Config::default()), |text| Config::parse(&text))
    }

    fn parse(text: &str) -> anyhow::Result<Config> {
        let config: Config = toml::from_str(text).map_err(|error| {
            // The line itself is not shown: it may hold a password.
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            anyhow!("{FILE}, line {line}: {}", error.message())
        })?;
        period::zone(&config.zone).with_context(|| FILE)?;
        if let Some(base_url) = &config.web.base_url {
            // Not quoted: it may hold a password.
            check_base_url(base_url).map_err(|problem| anyhow!("{FILE}: base_url {problem}"))?;
        }
        check_login(&config.mail).map_err(|problem| anyhow!("{FILE}: {problem}"))?;
        Ok(config)
    }

    /// The home's time zone.
    pub fn zone(&self) -> TimeZone {
        period::zone(&self.zone).unwrap_or(TimeZone::UTC)
    }
}

/// A token is for its own way to log in, a password for the others.
fn check_login(mail: &Mail) -> Result<(), &'static str> {
    match (mail.auth, &mail.token_file) {
        (Some(Auth::Xoauth2), None) => {
            Err("auth = \"xoauth2\" needs a token: name the file that holds it as token_file")
        }
        (Some(Auth::Xoauth2), Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err("token_file is for auth = \"xoauth2\": write that as well, or leave token_file out"),
    }
}

/// Mails link to this address, so it must be one that a reader can click on.
fn check_base_url(text: &str) -> Result<(), &'static str> {
    const HINT: &str = "is not a web address: write one such as https://pegel.example.com";
    // Mails quote it literally; no browser corrects it first.
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(HINT)?;
    if rest.starts_with('/') || rest.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(HINT);
    }
    let url = Url::parse(text).map_err(|_| HINT)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or a password, which every reader of a mail would see: leave them out");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("goes on after a ? or #, where paths of pages are to follow: leave that out");
    }
    Ok(())
}

fn lag<'de, D: Deserializer<'de>>(from: D) -> Result<Lag, D::Error> {
    let text = String::deserialize(from)?;
    let lag =
        Lag::try_from(text.clone()).map_err(|problem| D::Error::custom(format!("{problem}: write 12h, 5d or 2w")))?;
    if lag.seconds() == 0 {
        return Err(D::Error::custom(format!("“{text}” is no time at all: write 12h, 5d or 2w")));
    }
    Ok(lag)
}

/// `500kB`, `10MB`, in bytes.
fn size<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let text = String::deserialize(from)?;
    let parsed = [("kB", 1_000), ("MB", 1_000_000)].into_iter().find_map(|(unit, bytes)| {
        let count: usize = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        count.checked_mul(bytes)
    });
    parsed.ok_or_else(|| D::Error::custom(format!("“{text}” is not a size: write 500kB or 10MB")))
}

fn auth<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Auth>, D::Error> {
    let text = String::deserialize(from)?;
    match text.as_str() {
        "plain" => Ok(Some(Auth::Plain)),
        "login" => Ok(Some(Auth::Login)),
        "xoauth2" => Ok(Some(Auth::Xoauth2)),
        _ => Err(D::Error::custom(format!("“{text}” is no way to log in: write plain, login or xoauth2"))),
    }
}

fn currency<'de, D: Deserializer<'de>>(from: D) -> Result<Currency, D::Error> {
    Currency::find(&String::deserialize(from)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_holds_the_defaults() {
        assert_eq!(Config::parse(SHIPPED).unwrap(), Config::default());
    }

    #[test]
    fn a_password_in_a_wrong_line_is_not_shown() {
        let error = Config::parse("database_url = \"postgres://ada:hidden@host/db").unwrap_err();
        assert!(error.to_string().contains("line 1") && !error.to_string().contains("hidden"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_said_with_the_line() {
        for (text, said) in [
            ("zone = \"Europe/Berlino\"", "is not a time zone"),
            ("curency = \"EUR\"", "unknown field `curency`"),
            ("currency = \"euro\"", "line 1: “euro” is not a currency"),
            ("currency = \"EUE\"", "did you mean EUR?"),
            ("[mail]\nfrom = 1", "line 2"),
            ("[mail]\ngive_up_after = \"soon\"", "line 2: “soon” is not a length of time: write 12h, 5d or 2w"),
            ("[web]\nbase_url = \"javascript:alert(1)\"", "write one such as https://"),
            ("[web]\nbase_url = \"pegel.example.com\"", "write one such as https://"),
            ("[web]\nbase_url = \"ftp://pegel.example.com\"", "write one such as https://"),
            ("[web]\nbase_url = \"https://\"", "write one such as https://"),
            ("[web]\nbase_url = \" https://pegel.example.com\"", "write one such as https://"),
            ("[web]\nbase_url = \"https:pegel.example.com\"", "write one such as https://"),
            ("[web]\nbase_url = \"https:///pegel.example.com\"", "write one such as https://"),
            ("[web]\nbase_url = 'https:\\\\pegel.example.com'", "write one such as https://"),
            ("[web]\nbase_url = \"https://pegel.example.com\\u0000\"", "write one such as https://"),
            ("[mail]\ngive_up_after = \"0d\"", "is no time at all"),
            ("[mail]\nauth = \"ntlm\"", "line 2: “ntlm” is no way to log in: write plain, login or xoauth2"),
            ("[mail]\nauth = \"xoauth2\"", "name the file that holds it as token_file"),
            ("[mail]\ntoken_file = \"token\"", "write that as well"),
            ("[mail]\nper_minute = 0", "line 2"),
            ("[mail.dkim]\ndomain = \"example.com\"", "missing field `selector`"),
            ("[mail]\nattachments_up_to = \"10\"", "line 2: “10” is not a size: write 500kB or 10MB"),
            ("[web]\nbase_url = \"https://ada:secret@pegel.example.com\"", "every reader of a mail would see"),
            ("[web]\nbase_url = \"https://pegel.example.com/?a=b\"", "leave that out"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.starts_with("config/pegel.toml") && error.contains(said), "{error}");
        }
    }
}
