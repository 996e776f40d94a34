//! Who gets a report: an address, each partner, or a channel beside mail; with what they may see, and how they read.

use super::checked;
use crate::address;
use crate::forms::Form;
use crate::to::{To, channel_name};
use pegel_kpi::data::scope::Scope;
use pegel_text::clean::one_line;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::HashSet;
use std::fmt;

/// One who gets a report, or all of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub whom: Whom,
    /// What of the report's own scope they see; all of it, if nothing is restricted.
    pub scope: Scope,
    /// BCP 47; as the report, if it is missing.
    pub locale: Option<String>,
    /// IANA: in which instants are written; as the report, if it is missing.
    pub zone: Option<String>,
    /// What is attached to the mail, each once.
    pub forms: Vec<Form>,
}

/// Whom it goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whom {
    One(To),
    /// Each active partner with an address: each sees what is theirs.
    EachPartner,
}

/// A table of a recipient.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    to: Option<String>,
    each: Option<String>,
    channel: Option<String>,
    regions: Option<Vec<String>>,
    teams: Option<Vec<String>>,
    partners: Option<Vec<String>>,
    #[serde(default, deserialize_with = "locale")]
    locale: Option<String>,
    #[serde(default, deserialize_with = "zone")]
    zone: Option<String>,
    #[serde(default)]
    forms: Vec<Form>,
}

fn locale<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    checked::locale(from).map(Some)
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    checked::zone(from).map(Some)
}

impl Recipient {
    /// `ada@example.com`, possibly with a name; `None` for all of a kind.
    pub fn address(&self) -> Option<&str> {
        self.to().and_then(To::address)
    }

    /// The address or the channel; `None` for all of a kind.
    pub fn to(&self) -> Option<&To> {
        match &self.whom {
            Whom::One(to) => Some(to),
            Whom::EachPartner => None,
        }
    }

    fn of(written: Written) -> Result<Recipient, String> {
        let Written { to, each, channel, regions, teams, partners, locale, zone, forms } = written;
        let whom = match (to, each.as_deref(), channel) {
            (Some(to), None, None) => Whom::One(To::Address(addressed(to)?)),
            (None, None, Some(_)) if !forms.is_empty() => {
                return Err("“forms” are attached to mails, and a channel gets none: leave them out".to_owned());
            }
            (None, None, Some(name)) => {
                channel_name(&name)?;
                Whom::One(To::Channel(name))
            }
            (None, Some("partner"), None) if partners.is_some() => {
                return Err("each = \"partner\" shows every partner what is theirs: leave out “partners”".to_owned());
            }
            (None, Some("partner"), None) => Whom::EachPartner,
            (None, Some(each), None) => {
                return Err(format!("there are no mails for each “{each}”: write each = \"partner\""));
            }
            (Some(_), Some(_), None) => return Err("“to” names one and “each” many: write one of them".to_owned()),
            (None, None, None) => {
                return Err("it names nobody: write to = \"ada@example.com\" or channel = \"ops\"".to_owned());
            }
            (_, _, Some(_)) => return Err("“channel” stands for itself: leave out “to” and “each”".to_owned()),
        };
        if let Some(twice) = forms.iter().enumerate().find_map(|(at, form)| forms[..at].contains(form).then_some(form))
        {
            return Err(format!("the form “{}” is wished twice", twice.name()));
        }
        Ok(Recipient { whom, scope: Scope { regions, teams, partners, ..Scope::everything() }, locale, zone, forms })
    }
}

/// Recipients, no address twice, however it is written, and no channel: nobody should wonder which of two mails is the right one.
///
/// # Errors
/// If one is none, or is listed twice.
pub fn all<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Recipient>, D::Error> {
    let recipients = Vec::<Recipient>::deserialize(from)?;
    let mut seen = HashSet::new();
    for recipient in &recipients {
        if !seen.insert(recipient.to().map(To::key)) {
            return Err(D::Error::custom(match &recipient.whom {
                Whom::One(To::Address(text)) => format!("the recipient “{text}” is listed twice"),
                Whom::One(To::Channel(name)) => format!("the channel “{name}” is listed twice"),
                Whom::EachPartner => "each = \"partner\" is listed twice".to_owned(),
            }));
        }
    }
    Ok(recipients)
}

fn addressed(text: String) -> Result<String, String> {
    match address::parse(&text) {
        Ok(_) => Ok(text),
        Err(problem) => Err(format!("“{}” is not an address: {problem}", one_line(&text))),
    }
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Recipient, D::Error> {
        from.deserialize_any(TextOrTable)
    }
}

struct TextOrTable;

impl<'de> Visitor<'de> for TextOrTable {
    type Value = Recipient;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an address, or a table such as { to = \"ada@example.com\", regions = [\"North\"] }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Recipient, E> {
        let whom = Whom::One(To::Address(addressed(text.to_owned()).map_err(E::custom)?));
        Ok(Recipient { whom, scope: Scope::everything(), locale: None, zone: None, forms: Vec::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Recipient, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        Recipient::of(written).map_err(A::Error::custom)
    }
}
