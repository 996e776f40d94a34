//! Plain text in columns: filters for templates.
#![expect(clippy::needless_pass_by_value, reason = "Tera hands arguments to filters by value")]

use tera::{Kwargs, State, TeraResult};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// The longest line that a template can ask for.
const WIDEST: usize = 1_000;
/// In fewer columns than this, titles are hard to read.
const LEAST_TITLE: usize = 16;
/// By how much further lines of a title are indented.
const HANGING: usize = 2;

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

/// `{{ text | left(width=20) }}`: padded on the right, cut with an ellipsis where it is longer.
pub(crate) fn left(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let (text, missing) = fitted(text, width(&arguments)?);
    let fill = arguments.get::<&str>("fill")?.and_then(|fill| fill.chars().next()).unwrap_or(' ');
    Ok(format!("{text}{}", String::from(fill).repeat(missing)))
}

/// `{{ text | right(width=20) }}`: padded on the left, cut with an ellipsis where it is longer.
pub(crate) fn right(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let (text, missing) = fitted(text, width(&arguments)?);
    Ok(format!("{}{text}", " ".repeat(missing)))
}

/// `{{ title | beside(figures=[figure, change], widths=[15, 12], width=55, indent=2) }}`: a title and figures on its
/// right, each in a column of that width, in a line of `width`; what stands `after` them, if anything, comes on top.
///
/// Nothing is cut. A long title goes on in further lines, indented. Where a figure needs more room, the title has less,
/// and where that is too little to be read, the figures stand on a line of their own.
pub(crate) fn beside(title: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let figures = arguments.must_get::<Vec<String>>("figures")?;
    let widths = arguments.must_get::<Vec<usize>>("widths")?;
    let indent = arguments.get::<usize>("indent")?.unwrap_or(0).min(WIDEST);
    let after = arguments.get::<&str>("after")?.unwrap_or_default();
    Ok(row(title, &figures, &widths, after, width(&arguments)?, indent))
}

fn row(title: &str, figures: &[String], widths: &[usize], after: &str, width: usize, indent: usize) -> String {
    let mut columns = String::new();
    for (figure, least) in figures.iter().zip(widths).filter(|_| figures.iter().any(|figure| !figure.is_empty())) {
        let missing = least.min(&WIDEST).saturating_sub(figure.width());
        columns.extend([" ", &" ".repeat(missing), figure]);
    }
    let room = width.saturating_sub(columns.width());
    let indented = |lines: &str| lines.replace('\n', &format!("\n{}", " ".repeat(indent)));
    if room < LEAST_TITLE && title.width() > room {
        let (title, figures) = (indented(&filled(title, width, 0, HANGING)), columns.trim_start());
        return format!("{title}\n{}{figures}{after}", " ".repeat(indent + width.saturating_sub(figures.width())));
    }
    let title = filled(title, room, 0, HANGING);
    let (first, more) = title.split_at(title.find('\n').unwrap_or(title.len()));
    format!("{first}{}{columns}{after}{}", " ".repeat(room.saturating_sub(first.width())), indented(more))
}

/// The width that a template asks for, as far as a line of text goes.
fn width(arguments: &Kwargs) -> TeraResult<usize> {
    Ok(arguments.must_get::<usize>("width")?.min(WIDEST))
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
    let indent = arguments.get::<usize>("indent")?.unwrap_or(0).min(WIDEST);
    Ok(wrapped(text, width(&arguments)?, indent))
}

/// A text broken at its spaces, except no-break spaces. A word longer than a line, as all of a Japanese title
/// is, is broken where the line ends.
fn wrapped(text: &str, width: usize, indent: usize) -> String {
    filled(text, width, indent, indent)
}

/// The same, with the first line and the others indented by so much.
fn filled(text: &str, width: usize, first: usize, others: usize) -> String {
    let text: Vec<&str> = text.split_ascii_whitespace().collect();
    let (first, others) = (" ".repeat(first), " ".repeat(others));
    let lines = Options::new(width)
        .initial_indent(&first)
        .subsequent_indent(&others)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(&text.join(" "), lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_fitted_by_columns() {
        assert_eq!(fitted("abc", 5), ("abc".to_owned(), 2));
        assert_eq!(fitted("abcdef", 5), ("abcd…".to_owned(), 0));
        assert_eq!(fitted("日本語", 5), ("日本…".to_owned(), 0));
        assert_eq!(wrapped("one  two", 5, 0), "one\ntwo");
        assert_eq!(wrapped("one\u{a0}two three", 9, 2), "  one\u{a0}two\n  three");
        assert_eq!(wrapped("日本語の題名 two", 7, 0), "日本語\nの題名\ntwo");
        assert_eq!(tidy("\n a  \n\n\n\n\nb\n\n"), "a\n\n\nb\n");
    }

    #[test]
    fn titles_are_wrapped_beside_their_figures_and_nothing_is_cut() {
        let row = |title: &str, figures: &[&str], width| {
            let figures: Vec<String> = figures.iter().map(|figure| (*figure).to_owned()).collect();
            row(title, &figures, &[6, 4], " ok", width, 1)
        };
        assert_eq!(row("North", &["12", "+3%"], 30), "North                  12  +3% ok");
        assert_eq!(
            row("A region with a long name", &["12", "+3%"], 30),
            "A region with a        12  +3% ok\n   long name"
        );
        assert_eq!(row("A region with a long name", &["", ""], 30), "A region with a long name      ok");
        assert_eq!(row("North", &["1,234,567,891", "+3%"], 30), "North       1,234,567,891  +3% ok");
        assert_eq!(
            row("Rhine-Main and more", &["1,234,567,891", "+3%"], 30),
            "Rhine-Main and more\n             1,234,567,891  +3% ok"
        );
        assert_eq!(row("North", &["1,234,567,891,234,567,891,234"], 20), "North\n 1,234,567,891,234,567,891,234 ok");
        assert_eq!(row("北部の地域", &["12", "+3%"], 30), "北部の地域             12  +3% ok");
    }
}
