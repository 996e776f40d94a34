//! What the configuration says of a mail server, beside its URL.

use crate::secret::Secret;
use std::path::PathBuf;

/// What the configuration says of a mail server, beside its URL. The default says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where mails go back to that cannot be delivered, as an address; `None`: to the sender.
    pub envelope_from: Option<String>,
    /// Certificates (PEM) that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// Who logs in, unless the URL names somebody.
    pub user: Option<String>,
    /// By what, unless the URL has a password.
    pub secret: Option<Secret>,
    /// How; `None`: by a password, as the server likes.
    pub auth: Option<Auth>,
    pub dkim: Option<DkimSettings>,
}

/// How a user logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// RFC 4616.
    Plain,
    /// What some servers offer instead.
    Login,
    /// By a token that somebody else has asked for, and that expires.
    Xoauth2,
}

/// By what mails are signed (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimSettings {
    /// Who signs: that of the sender, or one above it.
    pub domain: String,
    /// Under which name below `_domainkey` the public key is published.
    pub selector: String,
    /// The private key, RSA or Ed25519, as PEM.
    pub key_file: PathBuf,
}
