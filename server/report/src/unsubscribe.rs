//! Links by which recipients get no more mails of a report. Whoever has one may do that, without an account: it names the
//! report and the address, and is signed, so that nobody can make one for others.
//!
//! Several recipients share what is rendered and stored. So the link in it names nobody: it leads to a page that says
//! where one's own is. In the mail to one recipient, [`addressed`] puts theirs in its place; what is stored stays as it is,
//! and whoever reads it in the archive unsubscribes nobody.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use std::fmt::{self, Write as _};

/// Where the pages are, below which links may change something.
pub const FOLDER: &str = "/unsubscribe/";

/// How much of the HMAC stands in a link, in bytes: nobody guesses 128 bits.
const SIGNED: usize = 16;

/// What stands in an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// What links are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey(Vec<u8>);

/// How long a key is, in bytes.
pub const KEY_LENGTH: usize = 32;

/// Whether mails have such links where pages are at this address: they must be safe from others who listen.
pub fn is_offered_at(base_url: &str) -> bool {
    base_url.starts_with("https://")
}

/// The page that says how one gets no more mails of a report, as a path; `locale` (BCP 47) is that of the mail.
pub fn page(report: &str, locale: &str) -> String {
    format!("{FOLDER}{}{}", plain(report), in_language(locale))
}

/// The text of a rendition as one recipient gets it: with their own link in place of the one that all share.
pub fn addressed(text: &str, report: &str, locale: &str, own: &str) -> String {
    text.replace(&page(report, locale), own)
}

impl LinkKey {
    pub fn new(bytes: Vec<u8>) -> LinkKey {
        LinkKey(bytes)
    }

    /// The page on which an address (bare, in small letters) gets no more mails of a report, as a path.
    pub fn page_of(&self, report: &str, address: &str, locale: &str) -> String {
        let mut signature = String::with_capacity(2 * SIGNED);
        for byte in &self.mac(report, address).finalize().into_bytes()[..SIGNED] {
            let _ = write!(signature, "{byte:02x}");
        }
        format!("{FOLDER}{}/{}/{signature}{}", plain(report), plain(address), in_language(locale))
    }

    /// Whether that signature, in hex, was made with this key for this report and address.
    pub fn fits(&self, report: &str, address: &str, signature: &str) -> bool {
        unhex(signature).is_some_and(|signed| self.mac(report, address).verify_truncated_left(&signed).is_ok())
    }

    /// Each text with its length, so that no two pairs of texts look the same.
    fn mac(&self, report: &str, address: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for text in [report, address] {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac
    }
}

/// Keeps the key out of logs.
impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey")
    }
}

fn plain(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, PLAIN)
}

fn in_language(locale: &str) -> String {
    format!("?lang={}", plain(locale))
}

/// The bytes of a whole signature.
fn unhex(hex: &str) -> Option<[u8; SIGNED]> {
    let mut bytes = [0; SIGNED];
    if hex.len() != 2 * SIGNED || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LinkKey {
        LinkKey::new((0..32).collect())
    }

    fn signature(link: &str) -> &str {
        link.rsplit('/').next().unwrap().split('?').next().unwrap()
    }

    #[test]
    fn a_link_is_for_one_report_and_address_and_for_the_key_that_signed_it() {
        let link = key().page_of("weekly", "ada@example.com", "de-DE");
        assert!(link.starts_with("/unsubscribe/weekly/ada%40example.com/"), "{link}");
        assert!(link.ends_with("?lang=de-DE"), "{link}");
        let signature = signature(&link);
        assert!(key().fits("weekly", "ada@example.com", signature));
        for (report, address) in
            [("monthly", "ada@example.com"), ("weekly", "bob@example.com"), ("weeklya", "da@example.com")]
        {
            assert!(!key().fits(report, address, signature), "{report} {address}");
        }
        assert!(!LinkKey::new(vec![7; 32]).fits("weekly", "ada@example.com", signature));
    }

    #[test]
    fn what_is_no_whole_signature_fits_nothing() {
        let link = key().page_of("weekly", "ada@example.com", "de-DE");
        let whole = signature(&link).to_owned();
        let altered = whole.replace(|c: char| c.is_ascii_digit(), "a");
        let twice = format!("{whole}{whole}");
        for wrong in ["", "00", &whole[1..], &whole[..30], &twice, &altered, "é", "+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0"] {
            assert!(!key().fits("weekly", "ada@example.com", wrong), "{wrong}");
        }
    }

    #[test]
    fn the_mail_to_one_recipient_has_their_own_link() {
        let stored = format!("No more mails: https://pegel.example.com{}\n", page("weekly", "de-DE"));
        let own = key().page_of("weekly", "ada@example.com", "de-DE");
        let sent = addressed(&stored, "weekly", "de-DE", &own);
        assert_eq!(sent, format!("No more mails: https://pegel.example.com{own}\n"));
        // A report of another name, or in another language, has nothing to be replaced.
        assert_eq!(addressed(&stored, "week", "de-DE", &own), stored);
    }

    #[test]
    fn names_that_mean_something_in_addresses_are_taken_as_they_are() {
        let link = key().page_of("my/re port?", "a+b/c&d@example.com", "fr-FR");
        assert_eq!(link.split('?').next().unwrap().matches('/').count(), 4, "{link}");
        assert!(link.bytes().all(|byte| byte.is_ascii_graphic()) && !link.contains(['&', '"', '<']), "{link}");
    }
}
