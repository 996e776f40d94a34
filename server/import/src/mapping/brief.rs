//! Values of a mapping that may be written in short.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A value that may also be written as a bare name, or as a list. An untagged enum would do as well, but it answers
/// every mistake with "did not match any variant".
#[derive(Debug, Default)]
pub(super) struct Brief<T>(pub T);

/// What a bare name, or a list, stand for.
pub(super) trait FromList: Sized {
    const EXPECTING: &'static str;
    type Item: for<'de> Deserialize<'de> + From<String>;

    fn from_list(items: Vec<Self::Item>) -> Self;
}

struct BriefVisitor<T>(PhantomData<T>);

impl<'de, T: FromList + Deserialize<'de>> Visitor<'de> for BriefVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        Ok(T::from_list(vec![T::Item::from(name.to_owned())]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<T, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(T::from_list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de, T: FromList + Deserialize<'de>> Deserialize<'de> for Brief<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BriefVisitor(PhantomData)).map(Brief)
    }
}
