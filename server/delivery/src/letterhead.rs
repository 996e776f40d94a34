//! What stands on every mail: who it is from, where answers go, and where one gets no more of them.

use crate::DeliveryError;
use lettre::message::Mailbox;
use pegel_report::address;
use pegel_text::clean::{is_blank, one_line};
use pegel_text::locale::Locale;
use pegel_text::translated::Translated;

/// What stands on every mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    from: Mailbox,
    names: Option<Translated>,
    reply_to: Option<Mailbox>,
    base: Option<String>,
}

impl Letterhead {
    /// Mails from an address such as `Pegel <reports@example.com>`, which gets the answers as well.
    ///
    /// # Errors
    /// If `from` is not an address that every mail server takes.
    pub fn new(from: &str) -> Result<Letterhead, DeliveryError> {
        let unfit = |problem| DeliveryError::Sender { address: from.to_owned(), problem };
        let sender = address::parse(from).map_err(unfit)?;
        if !sender.email.to_string().is_ascii() {
            return Err(unfit("not every mail server takes letters beyond a to z before the @".to_owned()));
        }
        Ok(Letterhead { from: sender, names: None, reply_to: None, base: None })
    }

    /// The sender is called otherwise, by the language of the mail.
    ///
    /// # Errors
    /// If a name is empty or does not fit on one line.
    pub fn named(self, names: Option<&Translated>) -> Result<Letterhead, DeliveryError> {
        let mut texts = names.into_iter().flat_map(Translated::texts);
        if let Some((language, _)) = texts.find(|(_, name)| is_blank(name) || one_line(name) != *name) {
            return Err(DeliveryError::SenderName { language });
        }
        Ok(Letterhead { names: names.cloned(), ..self })
    }

    /// Answers go to another address, unless a report names one itself.
    ///
    /// # Errors
    /// If it is none.
    pub fn answered_at(self, reply_to: Option<&str>) -> Result<Letterhead, DeliveryError> {
        let unfit = |address: &str, problem| DeliveryError::ReplyTo { address: address.to_owned(), problem };
        let parsed = reply_to.map(|text| address::parse(text).map_err(|problem| unfit(text, problem)));
        Ok(Letterhead { reply_to: parsed.transpose()?, ..self })
    }

    /// Where readers reach the pages. Only where that is `https` do mails have a link by which one gets no more of them:
    /// mail programs follow no other by themselves, and what it does is nobody else's to see.
    #[must_use]
    pub fn with_pages_at(self, base_url: Option<&str>) -> Letterhead {
        let base = base_url.filter(|base| pegel_report::unsubscribe::is_offered_at(base));
        Letterhead { base: base.map(|base| base.trim_end_matches('/').to_owned()), ..self }
    }

    /// The sender, without what it is called in other languages.
    pub fn sender(&self) -> &Mailbox {
        &self.from
    }

    /// Who a mail in that language (BCP 47) is from.
    pub(crate) fn from(&self, locale: &str) -> Mailbox {
        let name = self.names.as_ref().map(|names| names.in_language(Locale::or_english(locale).language()).to_owned());
        Mailbox { name: name.or_else(|| self.from.name.clone()), email: self.from.email.clone() }
    }

    /// Where answers go; `None`: to the sender.
    pub(crate) fn reply_to(&self) -> Option<&Mailbox> {
        self.reply_to.as_ref()
    }

    /// Where pages are by which one gets no more mails, without a slash at the end.
    pub(crate) fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_text::languages;

    #[test]
    fn the_sender_is_called_as_readers_speak() {
        let plain = Letterhead::new("Pegel <reports@example.com>").unwrap();
        assert_eq!(plain.from("de-DE").to_string(), "Pegel <reports@example.com>");
        let translated = Translated::english("Partner sales").and(languages::find("de").unwrap(), "Partnervertrieb");
        let named = plain.named(Some(&translated)).unwrap();
        assert_eq!(named.from("de-AT").to_string(), "Partnervertrieb <reports@example.com>");
        assert_eq!(named.from("fr-FR").to_string(), "Partner sales <reports@example.com>");
        let two_lines = named.clone().named(Some(&Translated::english("Pegel\r\nBcc: eve@example.com"))).unwrap_err();
        assert!(two_lines.to_string().contains("“en”"), "{two_lines}");
    }

    #[test]
    fn answers_go_to_an_address() {
        let letterhead = Letterhead::new("r@example.com").unwrap();
        let sales = letterhead.clone().answered_at(Some("Sales <sales@example.com>")).unwrap();
        assert_eq!(sales.reply_to().unwrap().email.to_string(), "sales@example.com");
        let none = letterhead.answered_at(Some("Sales")).unwrap_err();
        assert_eq!(
            none.to_string(),
            "“Sales” is not an address that answers can go to: write ada@example.com or Ada <ada@example.com>"
        );
    }

    #[test]
    fn mails_can_be_unsubscribed_from_where_pages_are_reached_by_https() {
        let base = |base_url| Letterhead::new("r@example.com").unwrap().with_pages_at(base_url).base;
        assert_eq!(base(Some("https://pegel.example.com/")).as_deref(), Some("https://pegel.example.com"));
        assert_eq!(base(Some("http://localhost:7345")), None);
        assert_eq!(base(None), None);
    }
}
