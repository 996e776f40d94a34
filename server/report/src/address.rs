//! Mail addresses, parsed by the library that sends: an address that passes when a report is loaded can be mailed to on
//! Monday.

use lettre::Address;
use lettre::message::Mailbox;
use pegel_text::clean::one_line;

/// RFC 5321, section 4.5.3.1.2, in octets.
const LONGEST_DOMAIN: usize = 255;
/// In bytes. Nobody has a longer name, and header lines are limited too.
const LONGEST_NAME: usize = 200;

/// Reads `ada@example.com` or `Ada <ada@example.com>`; the domain is returned in ASCII, which every server knows
/// (Punycode).
///
/// # Errors
/// What is wrong, as the end of a sentence, with a hint where one helps.
pub fn parse(text: &str) -> Result<Mailbox, String> {
    let text = text.trim();
    if one_line(text) != text {
        return Err("it holds a line break or another control character".to_owned());
    }
    let mailbox: Mailbox = text.parse().map_err(|_| hint(text))?;
    // The parser stops where the first address ends.
    let address = mailbox.email.to_string();
    if !text.trim_end_matches(['>', ' ']).ends_with(&address) {
        return Err(hint(text));
    }
    if mailbox.name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(format!("the name is longer than {LONGEST_NAME} characters"));
    }
    let domain = ascii_domain(mailbox.email.domain()).ok_or("its domain cannot be one")?;
    let email = Address::new(mailbox.email.user(), domain).map_err(|_| hint(text))?;
    Ok(Mailbox { name: mailbox.name, email })
}

/// The bare address in small letters, which is the same for all spellings of a recipient; what is none, as it is.
pub fn bare(text: &str) -> String {
    parse(text).map_or_else(|_| text.trim().to_owned(), |mailbox| mailbox.email.to_string().to_lowercase())
}

/// A domain in ASCII; `None` if it is invalid.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    (!ascii.is_empty() && ascii.len() <= LONGEST_DOMAIN).then_some(ascii)
}

fn hint(text: &str) -> String {
    let usual = "write ada@example.com or Ada <ada@example.com>";
    let Some((name, _)) = text.split_once('<') else {
        return if text.contains([',', ';']) { "list each address by itself".to_owned() } else { usual.to_owned() };
    };
    let name = name.trim();
    if !name.starts_with('"') && name.contains(|c: char| r#",.()[];:@\""#.contains(c)) {
        return format!("put the name into quotes: \"{}\" <…>", name.replace('"', "'"));
    }
    usual.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_can_be_sent_to_pass() {
        for (text, address) in [
            ("ada@example.com", "ada@example.com"),
            (" Ada Lovelace <ada@example.com> ", "ada@example.com"),
            ("\"Lovelace, Ada\" <ada@example.com>", "ada@example.com"),
            ("Jörg Müller <joerg@münchen.example>", "joerg@xn--mnchen-3ya.example"),
            ("ada+weekly@example.com", "ada+weekly@example.com"),
            ("jörg@example.com", "jörg@example.com"),
            ("root@localhost", "root@localhost"),
            ("o'brien@example.com", "o'brien@example.com"),
        ] {
            assert_eq!(parse(text).map(|mailbox| mailbox.email.to_string()).as_deref(), Ok(address), "{text}");
        }
        assert_eq!(parse("\"Lovelace, Ada\" <ada@example.com>").unwrap().name.unwrap(), "Lovelace, Ada");
    }

    #[test]
    fn a_recipient_is_one_however_their_address_is_written() {
        for text in ["Ada <Ada@Example.com>", "ada@example.com", " \"Lovelace, Ada\" <ADA@EXAMPLE.COM> "] {
            assert_eq!(bare(text), "ada@example.com", "{text}");
        }
        assert_eq!(bare(" no address "), "no address");
    }

    #[test]
    fn addresses_that_cannot_be_sent_to_are_refused_with_a_hint() {
        let long = format!("{}@example.com", "a".repeat(300));
        let far = format!("ada@{}.example", "a".repeat(64));
        let named = format!("{} <ada@example.com>", "Ada ".repeat(80));
        for (text, hint) in [
            ("Lovelace, Ada <ada@example.com>", "put the name into quotes: \"Lovelace, Ada\" <…>"),
            ("Ada (Sales) <ada@example.com>", "put the name into quotes: \"Ada (Sales)\" <…>"),
            ("ada.@example.com", "write ada@example.com"),
            (".ada@example.com", "write ada@example.com"),
            ("ada..b@example.com", "write ada@example.com"),
            ("ada@exa mple.com", "write ada@example.com"),
            ("ada@", "write ada@example.com"),
            ("@example.com", "write ada@example.com"),
            ("ada", "write ada@example.com"),
            ("", "write ada@example.com"),
            ("ada@example..com", ""),
            ("ada@-example.com", ""),
            ("ada@example.com, bob@example.com", "list each address by itself"),
            ("ada@example.com bob@example.com", ""),
            ("Ada\r\nBcc: eve@example.com <ada@example.com>", "control character"),
            ("Ada\0 <ada@example.com>", "control character"),
            ("Ada <ada@example.com> and Bob", ""),
            ("Ada <<ada@example.com>>", ""),
            ("Ada ada@example.com", ""),
            (long.as_str(), "write ada@example.com"),
            (far.as_str(), ""),
            (named.as_str(), "longer than 200"),
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.contains(hint), "{text}: {problem}");
        }
    }
}
