//! What is wrong with a file, as it is told to people: in a terminal, a log and a page.

use pegel_text::clean::cleaned;

/// Messages show the lines that they are about. Of a file that is no text, a line may be the whole file.
const LONGEST_LINE: usize = 400;
const MOST_LINES: usize = 200;

/// What is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its name, for people.
    pub file: String,
    /// What is wrong, and where; may have several lines.
    pub message: String,
}

impl Problem {
    /// With a message that anything can show: without control characters, and of bounded length.
    pub fn new(file: impl Into<String>, message: &impl ToString) -> Problem {
        let message = message.to_string();
        let lines: Vec<String> = cleaned(&message).lines().take(MOST_LINES).map(cut).collect();
        Problem { file: file.into(), message: lines.join("\n") }
    }
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short_and_holds_nothing_that_a_terminal_obeys() {
        let message = format!("title = \"\u{1b}[31mred\"\n{}\n{}", "ü".repeat(1000), "x\n".repeat(1000));
        let problem = Problem::new("x.toml", &message);
        assert!(problem.message.starts_with("title = \" [31mred\"\nüü"), "{problem:?}");
        assert_eq!(problem.message.chars().filter(|c| *c == 'ü').count(), LONGEST_LINE);
        assert_eq!(problem.message.lines().count(), MOST_LINES);
        assert_eq!(Problem::new("x.toml", &"two\nlines").message, "two\nlines");
    }
}
