//! Signatures of mails (`DKIM`, RFC 6376; Ed25519: RFC 8463): whoever gets one can tell that the owner of a domain stands
//! behind it.
//!
//! What lettre has for it signs at the instant of sending, so that a repeated mail would not be the same to the byte, and
//! needs a library for RSA whose timing may give keys away (RUSTSEC-2023-0071). `ring`, which signs here, is in the tree.

use crate::settings::DkimSettings;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use pegel_report::address;
use pegel_text::clean::is_blank;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use std::sync::Arc;

/// The headers that are signed, as far as a mail has them: all that say what it is and where it leads. RFC 8058 asks for
/// those by which one unsubscribes.
const SIGNED: [&str; 13] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// These are signed once more than a mail has them: nobody on the way can add another, which mail programs might show
/// (RFC 6376, 8.15).
const ONCE_ONLY: [&str; 4] = ["from", "to", "subject", "date"];

/// How long the lines of a signature are.
const LINE: usize = 72;

/// Signs mails in the name of a domain.
#[derive(Clone)]
pub(crate) struct Dkim {
    pub domain: String,
    selector: String,
    key: Arc<Key>,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Dkim {
    /// Reads the key.
    ///
    /// # Errors
    /// If it is none, or domain or selector cannot be such; the message never quotes the key.
    pub(crate) fn new(settings: &DkimSettings) -> Result<Dkim, String> {
        let DkimSettings { domain, selector, key_file } = settings;
        let address = address::parse(&format!("dkim@{domain}"));
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if is_blank(selector) || !selector.chars().all(is_letter) {
            return Err(format!("[mail.dkim] selector: “{selector}” is none: write a to z, 0 to 9, - and ."));
        }
        let pem = pegel_home::read(key_file).map_err(|error| format!("[mail.dkim] key_file: {error}"))?;
        let key = key(&pem).map_err(|problem| format!("[mail.dkim] key_file: {} {problem}", key_file.display()))?;
        Ok(Dkim {
            domain: address
                .map_err(|_| format!("[mail.dkim] domain: “{domain}” is none: write example.com"))?
                .email
                .domain()
                .to_owned(),
            selector: selector.clone(),
            key: Arc::new(key),
        })
    }

    /// The header that signs a message, with its line break, to be put before it. The same for the same message and
    /// instant.
    ///
    /// # Errors
    /// If the machine cannot sign.
    pub(crate) fn header(&self, message: &str, at: Timestamp) -> Result<String, String> {
        let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
        let headers = headers(head);
        let names = signed_names(&headers);
        let algorithm = match *self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = ring::digest::digest(&ring::digest::SHA256, relaxed_body(body).as_bytes());
        let value = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n h={};\r\n bh={};\r\n b=",
            self.domain,
            self.selector,
            at.as_second(),
            names.join(":\r\n  "),
            BASE64_STANDARD.encode(body_hash)
        );
        let mut text = signed_headers(&headers, &names);
        text.push_str(&relaxed_header("DKIM-Signature", &value));
        let signature = BASE64_STANDARD.encode(self.sign(text.as_bytes())?);
        Ok(format!("DKIM-Signature: {value}{}\r\n", folded(&signature)))
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        match &*self.key {
            Key::Ed25519(key) => {
                // Ed25519 signs the hash, as RFC 8463 has it.
                Ok(key.sign(ring::digest::digest(&ring::digest::SHA256, text).as_ref()).as_ref().to_vec())
            }
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
                signed.map(|()| signature).map_err(|_| "the machine cannot sign with the key for DKIM".to_owned())
            }
        }
    }
}

/// A private key of a PEM file, as OpenSSL writes them.
fn key(pem: &str) -> Result<Key, String> {
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| "holds no private key as PEM (-----BEGIN PRIVATE KEY-----)".to_owned())?;
    let unfit = "holds a key that does not do: it must be RSA of 2048 to 4096 bits, or Ed25519";
    match &der {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).map(Key::Rsa).ok(),
        PrivateKeyDer::Pkcs8(der) => {
            let der = der.secret_pkcs8_der();
            // Other programs leave out the public key, which is made of the private one.
            let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Key::Ed25519).ok();
            RsaKeyPair::from_pkcs8(der).map(Key::Rsa).ok().or_else(ed25519)
        }
        _ => None,
    }
    .ok_or_else(|| unfit.to_owned())
}

/// The headers of a message: name, and value with its line breaks.
fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => value.extend(["\r\n", line]),
            (_, _, Some((name, value))) => headers.push((name.trim_end().to_ascii_lowercase(), value.to_owned())),
            _ => {}
        }
    }
    headers
}

fn signed_names(headers: &[(String, String)]) -> Vec<&'static str> {
    let has = |wanted: &&str| headers.iter().any(|(name, _)| name == wanted);
    SIGNED.into_iter().filter(has).chain(ONCE_ONLY).collect()
}

/// The headers of these names, each as it is signed. A name that comes once more than a header of it stands for nothing.
fn signed_headers(headers: &[(String, String)], names: &[&str]) -> String {
    let mut text = String::new();
    for (at, wanted) in names.iter().enumerate() {
        let before = names[..at].iter().filter(|name| *name == wanted).count();
        // The last of several comes first.
        let found = headers.iter().rev().filter(|(name, _)| name == wanted).nth(before);
        if let Some((name, value)) = found {
            text.push_str(&relaxed_header(name, value));
            text.push_str("\r\n");
        }
    }
    text
}

/// RFC 6376, 3.4.2.
fn relaxed_header(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.to_ascii_lowercase(), words.join(" "))
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let mut blank = false;
        for letter in line.trim_end_matches([' ', '\t']).chars() {
            let is_blank = letter == ' ' || letter == '\t';
            match (is_blank, blank) {
                (true, true) => {}
                (true, false) => text.push(' '),
                (false, _) => text.push(letter),
            }
            blank = is_blank;
        }
        text.push_str("\r\n");
    }
    let end = text.trim_end_matches("\r\n").len();
    text.truncate(end);
    if !text.is_empty() {
        text.push_str("\r\n");
    }
    text
}

/// A long word on lines of its own.
fn folded(word: &str) -> String {
    let mut lines = String::new();
    for (at, letter) in word.chars().enumerate() {
        if at % LINE == 0 {
            lines.push_str("\r\n  ");
        }
        lines.push(letter);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_written_as_the_rfc_has_it() {
        // RFC 6376, 3.4.5.
        let head = "A: X\r\nB : Y\t\r\n\tZ  ";
        let read = headers(head);
        assert_eq!(signed_headers(&read, &["a", "b", "a"]), "a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body(""), "");
        assert_eq!(relaxed_body("\r\n\r\n"), "");
        assert_eq!(relaxed_body("no end"), "no end\r\n");
        assert_eq!(relaxed_body("\r\nfirst"), "\r\nfirst\r\n");
    }

    #[test]
    fn of_several_headers_the_last_comes_first() {
        let read = headers("Received: one\r\nReceived: two");
        assert_eq!(signed_headers(&read, &["received", "received", "received"]), "received:two\r\nreceived:one\r\n");
    }
}
