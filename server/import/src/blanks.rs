//! Blanks in texts by which something is known: one where several stand, and none around.

use pegel_text::clean::readable;

/// Whether anything but single plain blanks stands between its words. `is_blank` says what a blank is.
pub(crate) fn has_several(text: &str, is_blank: fn(char) -> bool) -> bool {
    let mut is_behind_blank = false;
    text.chars().any(|c| {
        let blank = is_blank(c);
        let is_one_of_several = blank && (c != ' ' || is_behind_blank);
        is_behind_blank = blank;
        is_one_of_several
    })
}

/// The text with one plain blank for every run of blanks.
pub(crate) fn single(text: &str, is_blank: fn(char) -> bool) -> String {
    let mut single = String::with_capacity(text.len());
    for c in text.chars() {
        if !is_blank(c) {
            single.push(c);
        } else if !single.ends_with(' ') {
            single.push(' ');
        }
    }
    single
}

/// A blank within a line.
pub(crate) fn within_a_line(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\n' | '\r')
}

/// The name of a column as names are compared.
pub(crate) fn heading(text: &str) -> String {
    readable(text).trim().to_owned()
}

/// A text of a mapping as the texts of cells are compared with it.
pub(crate) fn as_in_cells(text: &str) -> String {
    single(readable(text).trim(), char::is_whitespace)
}
