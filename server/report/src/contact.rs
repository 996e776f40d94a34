//! Whom readers of a report may ask: an address, or words for it.

use crate::address;
use pegel_text::clean::{is_blank, one_line};
use pegel_text::translated::Translated;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// As many characters as the words for it may have.
const LONGEST: usize = 200;

/// Whom readers may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Contact {
    /// `ada@example.com`, possibly with a name.
    Address(String),
    /// `the sales desk, room 12`
    Words(Translated),
}

impl Contact {
    /// What has an @ is meant as an address.
    fn of(text: &str) -> Result<Contact, String> {
        if text.contains('@') {
            return match address::parse(text) {
                Ok(_) => Ok(Contact::Address(text.trim().to_owned())),
                Err(problem) => Err(format!("“{}” is not an address: {problem}", one_line(text))),
            };
        }
        Contact::in_words(Translated::english(text))
    }

    fn in_words(words: Translated) -> Result<Contact, String> {
        for (language, text) in words.texts() {
            if is_blank(text) {
                return Err(format!("the contact is empty in “{language}”: write whom to ask, or leave it out"));
            }
            if text.chars().count() > LONGEST || one_line(text) != text {
                return Err(format!("the contact in “{language}” is not one line of at most {LONGEST} characters"));
            }
        }
        Ok(Contact::Words(words))
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Contact, D::Error> {
        from.deserialize_any(TextOrTable)
    }
}

struct TextOrTable;

impl<'de> Visitor<'de> for TextOrTable {
    type Value = Contact;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name, an address such as \"Ada <ada@example.com>\", or a text for each language")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Contact, E> {
        Contact::of(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Contact, A::Error> {
        let words = Translated::deserialize(MapAccessDeserializer::new(map))?;
        Contact::in_words(words).map_err(A::Error::custom)
    }
}
