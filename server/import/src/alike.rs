//! Names that a person would take for one: the same but for case, accents, blanks and punctuation, or a slip of the pen.

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// So many are compared letter by letter; of more, only their plain forms.
const MOST: usize = 200;
/// Shorter names differ by a letter and mean another.
const LEAST_LETTERS: usize = 8;
/// Words that names have or have not.
const ANDS: [&str; 3] = ["und", "and", "et"];

/// Names, to find those that others look like.
#[derive(Default)]
pub(crate) struct Names {
    by_form: BTreeMap<String, Vec<String>>,
    /// Whether a slip of the pen is looked for as well.
    letter_by_letter: bool,
}

impl Names {
    /// `wanted`: how many names are compared with these.
    pub fn new(names: impl IntoIterator<Item = String>, wanted: usize) -> Names {
        let mut all = Names { by_form: BTreeMap::new(), letter_by_letter: wanted <= MOST };
        names.into_iter().for_each(|name| all.add(&name));
        all
    }

    pub fn add(&mut self, name: &str) {
        for form in plain_forms(name) {
            self.by_form.entry(form).or_default().push(name.to_owned());
        }
    }

    /// `Sud KG (like Süd KG)`, if the name looks like one of these; a name does not look like itself.
    pub fn like(&self, name: &str) -> Option<String> {
        let forms = plain_forms(name);
        let other = |names: &Vec<String>| names.iter().find(|other| *other != name).cloned();
        let same = forms.iter().find_map(|form| self.by_form.get(form).and_then(other));
        let like = same.or_else(|| self.near(&forms[0], name))?;
        Some(format!("{name} (like {like})"))
    }

    /// A name that is a letter away. Digits are no slip of the pen: `District 1` and `District 2` are two.
    fn near(&self, form: &str, name: &str) -> Option<String> {
        let is_word = |form: &str| !form.contains(|c: char| c.is_numeric()) && form.chars().count() >= LEAST_LETTERS;
        if !self.letter_by_letter || !is_word(form) {
            return None;
        }
        let is_near = |other: &String| is_word(other) && strsim::damerau_levenshtein(other, form) == 1;
        let mut near = self.by_form.iter().filter(|(other, _)| is_near(other)).flat_map(|(_, names)| names);
        near.find(|other| *other != name).cloned()
    }
}

/// Of these names those that look like another of `known`.
pub(crate) fn alike(names: &[String], known: Vec<String>) -> Vec<String> {
    let known = Names::new(known, names.len());
    names.iter().filter_map(|name| known.like(name)).collect()
}

/// Its letters and digits without accents, in small letters; where it has umlauts, also as typewriters had them.
fn plain_forms(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !ANDS.contains(word)).collect();
    let plain = |text: &str| -> String {
        text.nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .filter(|c| c.is_alphanumeric())
            .collect()
    };
    let text = words.concat().replace('ß', "ss").replace('ς', "σ");
    let mut forms = vec![plain(&text)];
    if text.contains(['ä', 'ö', 'ü']) {
        forms.push(plain(&text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue")));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_but_for_case_accents_punctuation_or_a_letter() {
        let known =
            ["Haustechnik Süd KG", "Elbe Systems", "Nord", "District 1", "Straßenbau", "Meier und Söhne", "Αθήνα"];
        let like = |name: &str| alike(&[name.to_owned()], known.map(str::to_owned).into());
        for (name, other) in [
            ("Haustechnik Sud KG", "Haustechnik Süd KG"),
            ("HAUSTECHNIK SUED KG", "Haustechnik Süd KG"),
            ("Haustechnick Süd KG", "Haustechnik Süd KG"),
            ("ELBE-Systems", "Elbe Systems"),
            ("Ｎｏｒｄ", "Nord"),
            ("STRASSENBAU", "Straßenbau"),
            ("Meier & Soehne", "Meier und Söhne"),
            ("ΑΘΗΝΑ", "Αθήνα"),
        ] {
            assert_eq!(like(name), [format!("{name} (like {other})")]);
        }
        for other in ["Nora", "Elbe Systems", "District 2"] {
            assert_eq!(like(other), [""; 0]);
        }
    }
}
