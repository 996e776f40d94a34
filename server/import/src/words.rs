//! Words that say yes or no, in the languages of the files that people have.

const YES: [&str; 10] = ["true", "yes", "y", "1", "ja", "j", "wahr", "oui", "vrai", "o"];
const NO: [&str; 8] = ["false", "no", "n", "0", "nein", "falsch", "non", "faux"];

/// What such a word says, in whatever case; `None` of all other texts.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&YES) {
        return Some(true);
    }
    is(&NO).then_some(false)
}

/// Whether two texts say the same, as words for yes and no do that are written otherwise.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one == other || truth(one).is_some_and(|said| truth(other) == Some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_is_yes_however_it_is_written() {
        assert!(["TRUE", "true", "1", "ja", "Oui", "WAHR"].iter().all(|word| same(word, "true")));
        assert!(["FALSE", "0", "nein", "Non"].iter().all(|word| same(word, "no")));
        assert!(!same("TRUE", "FALSE") && !same("won", "Won") && !same("2", "1"));
    }
}
