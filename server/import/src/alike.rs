//! Names that a person would take for one: the same but for case, blanks and punctuation, or a slip of the pen.

use std::collections::BTreeMap;

/// So many are compared letter by letter; of more, only their plain forms.
const MOST: usize = 200;
/// Shorter names differ by a letter and mean another.
const LEAST_LETTERS: usize = 8;

/// Of these names those that look like another of `known`: `“Sud KG” (like “Süd KG”)`. A name among `known` is not like
/// itself.
pub(crate) fn alike(names: &[String], known: &[String]) -> Vec<String> {
    let mut by_form: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in known {
        by_form.entry(plain_form(name)).or_default().push(name);
    }
    let like = |name: &String| {
        let form = plain_form(name);
        let same = by_form.get(&form).and_then(|names| names.iter().find(|other| **other != name)).copied();
        let letters = form.chars().count();
        let near = || {
            let is_near = |other: &&String| {
                let other = plain_form(other);
                other != form && digits(&other).eq(digits(&form)) && strsim::damerau_levenshtein(&other, &form) == 1
            };
            known.iter().find(is_near).filter(|_| letters >= LEAST_LETTERS && names.len() <= MOST)
        };
        same.or_else(near)
    };
    names.iter().filter_map(|name| Some(format!("{name} (like {})", like(name)?))).collect()
}

/// Its letters and digits, in small letters.
fn plain_form(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Numbers are no slip of the pen: `District 1` and `District 2` are two.
fn digits(form: &str) -> impl Iterator<Item = char> {
    form.chars().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_but_for_case_punctuation_or_a_letter() {
        let known = ["Haustechnik Süd KG", "Elbe Systems", "Nord", "District 1"].map(str::to_owned);
        let like = |name: &str| alike(&[name.to_owned()], &known);
        assert_eq!(like("Haustechnik Sud KG"), ["Haustechnik Sud KG (like Haustechnik Süd KG)"]);
        assert_eq!(like("ELBE-Systems"), ["ELBE-Systems (like Elbe Systems)"]);
        assert_eq!(like("Nora"), [""; 0]);
        assert_eq!(like("District 2"), [""; 0]);
        assert_eq!(like("Elbe Systems"), [""; 0]);
    }
}
