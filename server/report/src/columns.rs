//! Plain text in columns: filters for templates.
#![expect(clippy::needless_pass_by_value, reason = "Tera hands arguments to filters by value")]

use tera::{Kwargs, State, TeraResult};
use unicode_width::UnicodeWidthStr;

/// Lines without blanks at their ends, at most two empty ones in a row, and one line break at the end.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied
}

/// `{{ text | left(width=20) }}`: filled up on the right, cut with an ellipsis where it is longer.
pub(crate) fn left(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let (text, missing) = fitted(text, arguments.must_get("width")?);
    Ok(format!("{text}{}", arguments.get::<&str>("fill")?.unwrap_or(" ").repeat(missing)))
}

/// `{{ text | right(width=20) }}`: filled up on the left, cut with an ellipsis where it is longer.
pub(crate) fn right(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let (text, missing) = fitted(text, arguments.must_get("width")?);
    Ok(format!("{}{text}", " ".repeat(missing)))
}

/// A text of at most `width` columns, and how many columns are left.
fn fitted(text: &str, width: usize) -> (String, usize) {
    if text.width() <= width {
        return (text.to_owned(), width - text.width());
    }
    let mut cut = String::new();
    for c in text.chars() {
        let mut longer = cut.clone();
        longer.push(c);
        if longer.width() >= width {
            break;
        }
        cut = longer;
    }
    let missing = width.saturating_sub(cut.width() + 1);
    (cut + "…", missing)
}

/// `{{ text | wrap(width=72, indent=2) }}`: broken into lines of at most that width.
pub(crate) fn wrap(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let indent = " ".repeat(arguments.get::<usize>("indent")?.unwrap_or(0));
    let width = arguments.must_get::<usize>("width")?;
    let mut lines = vec![indent.clone()];
    // Not at spaces that must not break.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let line = lines.last_mut().expect("there is always one");
        if line.trim().is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("{indent}{word}"));
        }
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_fitted_by_columns() {
        assert_eq!(fitted("abc", 5), ("abc".to_owned(), 2));
        assert_eq!(fitted("abcdef", 5), ("abcd…".to_owned(), 0));
        assert_eq!(fitted("日本語", 5), ("日本…".to_owned(), 0));
        assert_eq!(tidy("\n a  \n\n\n\n\nb\n\n"), "a\n\n\nb\n");
    }
}
