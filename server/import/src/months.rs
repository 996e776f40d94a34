//! The names of months, as files have them in German and French; formats read English ones.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The English name of a month, and those of other languages, in small letters without accents: in full, and cut short.
type Names = (&'static str, &'static [&'static str], &'static [&'static str]);

const NAMES: [Names; 12] = [
    ("January", &["januar", "janner", "jaenner", "janvier"], &["jan", "janv"]),
    ("February", &["februar", "feber", "fevrier"], &["feb", "fev", "fevr"]),
    ("March", &["marz", "maerz", "mars"], &["mar", "mrz"]),
    ("April", &["april", "avril"], &["apr", "avr"]),
    ("May", &["mai"], &["mai"]),
    ("June", &["juni", "juin"], &["jun", "juin"]),
    ("July", &["juli", "juillet"], &["jul", "juil"]),
    ("August", &["august", "aout"], &["aug", "aou", "aout"]),
    ("September", &["september", "septembre"], &["sep", "sept"]),
    ("October", &["oktober", "octobre"], &["oct", "okt"]),
    ("November", &["november", "novembre"], &["nov"]),
    ("December", &["dezember", "decembre"], &["dec", "dez"]),
];

/// The text with the name of a month in English, if it has one as the format (`%d. %B %Y`) wants it: in full, or cut short.
pub(crate) fn in_english(text: &str, format: &str) -> Option<String> {
    let is_short = format.contains("%b");
    if !is_short && !format.contains("%B") {
        return None;
    }
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 3);
    let (word, name) = words.find_map(|word| Some((word, english(word, is_short)?)))?;
    Some(text.replacen(word, name, 1))
}

fn english(word: &str, is_short: bool) -> Option<&'static str> {
    let plain: String = word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let (name, ..) = NAMES.iter().find(|(_, full, short)| if is_short { short } else { full }.contains(&&*plain))?;
    Some(if is_short { &name[..3] } else { name })
}
