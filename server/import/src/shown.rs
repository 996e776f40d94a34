//! Texts of files as they are shown to people.

use pegel_text::clean::one_line;

/// The text on one line, without anything that a terminal would obey; of a very long one, the beginning and the end,
/// which is where sentences about it go on.
pub(crate) fn shown(text: &str) -> String {
    const BEGINNING: usize = 120;
    const END: usize = 120;
    let start = text.char_indices().nth(BEGINNING).map_or(text.len(), |(at, _)| at);
    let end = text.char_indices().nth_back(END - 1).map_or(0, |(at, _)| at);
    if end <= start {
        return one_line(text).into_owned();
    }
    format!("{} … {}", one_line(&text[..start]), one_line(&text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shown("Zürich\n\u{1b}[31m"), "Zürich [31m");
        assert_eq!(shown(&"ü".repeat(240)), "ü".repeat(240));
        let text = format!("beginning {} end", "ü".repeat(10_000));
        let shown = shown(&text);
        assert!(
            shown.starts_with("beginning ü") && shown.ends_with("ü end") && shown.chars().count() == 243,
            "{shown}"
        );
    }
}
