//! Checks signatures of mails, as a server does that gets one: written after RFC 6376, and tried on the example of RFC 8463.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

/// The public key of a domain.
pub enum PublicKey {
    /// 32 bytes, in base64.
    Ed25519(&'static str),
    /// `RSAPublicKey` of PKCS#1, in base64.
    Rsa(&'static str),
}

/// The tags of the first signature of a mail that its key fits.
pub fn verified(message: &str, key: &PublicKey) -> Result<Vec<(String, String)>, String> {
    let (head, body) = message.split_once("\r\n\r\n").ok_or("it has no body")?;
    let fields = fields(head);
    let algorithm = match key {
        PublicKey::Ed25519(_) => "ed25519-sha256",
        PublicKey::Rsa(_) => "rsa-sha256",
    };
    let (field, tags) = fields
        .iter()
        .filter(|field| name(field) == "dkim-signature")
        .map(|field| (field, tags(field)))
        .find(|(_, tags)| tag(tags, "a") == algorithm)
        .ok_or("it is not signed by such a key")?;
    if tag(&tags, "c") != "relaxed/relaxed" {
        return Err("this way to write a mail for signing is not known here".to_owned());
    }
    if BASE64_STANDARD.encode(digest(&SHA256, &canonical_body(body))) != tag(&tags, "bh") {
        return Err("the body is another".to_owned());
    }
    // From the last field of a name to the first.
    let mut left: Vec<&String> = fields.iter().collect();
    let mut text = String::new();
    for wanted in tag(&tags, "h").split(':') {
        if let Some(at) = left.iter().rposition(|field| name(field) == wanted.to_lowercase()) {
            text += &canonical_field(left.remove(at));
            text += "\r\n";
        }
    }
    let (until_b, _) = field.rsplit_once("b=").ok_or("it has no signature")?;
    text += canonical_field(&format!("{until_b}b=")).trim_end();
    let signature = BASE64_STANDARD.decode(tag(&tags, "b")).map_err(|error| error.to_string())?;
    let decode = |key: &str| BASE64_STANDARD.decode(key).unwrap();
    let fits = match key {
        PublicKey::Ed25519(key) => {
            UnparsedPublicKey::new(&ED25519, decode(key)).verify(digest(&SHA256, text.as_bytes()).as_ref(), &signature)
        }
        PublicKey::Rsa(key) => UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, decode(key))
            .verify(text.as_bytes(), &signature),
    };
    fits.map(|()| tags).map_err(|_| "the signature does not fit".to_owned())
}

/// The value of a tag, without blanks.
pub fn tag<'a>(tags: &'a [(String, String)], wanted: &str) -> &'a str {
    tags.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value)
}

fn tags(field: &str) -> Vec<(String, String)> {
    let (_, value) = field.split_once(':').unwrap();
    let tags = value.split(';').filter_map(|tag| tag.split_once('='));
    tags.map(|(name, value)| (name.trim().to_owned(), value.split_whitespace().collect())).collect()
}

/// Each with the lines that go on.
fn fields(head: &str) -> Vec<String> {
    head.replace("\r\n ", "\n ")
        .replace("\r\n\t", "\n\t")
        .split("\r\n")
        .map(|field| field.replace('\n', "\r\n"))
        .collect()
}

fn name(field: &str) -> String {
    field.split(':').next().unwrap().trim().to_lowercase()
}

fn canonical_field(field: &str) -> String {
    let (_, value) = field.split_once(':').unwrap();
    let value = squeezed(&value.replace("\r\n", ""));
    format!("{}:{}", name(field), value.trim_matches(' '))
}

fn canonical_body(body: &str) -> Vec<u8> {
    let mut lines: Vec<String> =
        body.split("\r\n").map(|line| squeezed(line).trim_end_matches(' ').to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.into_iter().flat_map(|line| (line + "\r\n").into_bytes()).collect()
}

/// Blanks beside each other are one.
fn squeezed(line: &str) -> String {
    let mut line = line.replace('\t', " ");
    while line.contains("  ") {
        line = line.replace("  ", " ");
    }
    line
}
