//! Errors in a script, shown at the place where they are.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeSet;

/// What is wrong with a script: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file's name, relative to `kpis/`.
    pub file: String,
    /// From 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
    pub message: String,
    /// What to do, or the nearest known name.
    pub hint: Option<String>,
    /// The script's text, to quote the line.
    source: String,
}

impl Diagnostic {
    /// Something wrong with the file as a whole.
    pub fn of_file(file: &str, source: &str, message: impl Into<String>, hint: Option<String>) -> Diagnostic {
        let (file, source) = (file.to_owned(), source.to_owned());
        let (message, hint) = (shortened(message), hint.map(shortened));
        Diagnostic { file, line: None, column: None, message, hint, source }
    }

    /// Sets the place; without a line, the error is about the whole file.
    #[must_use]
    pub fn at(mut self, line: Option<usize>, column: Option<usize>) -> Diagnostic {
        (self.line, self.column) = (line, column);
        self
    }

    /// The bytes of the source to underline: the word at the place, or one character.
    fn span(&self) -> Option<std::ops::Range<usize>> {
        let (line, column) = (self.line?, self.column.unwrap_or(1));
        let before: usize = self.source.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let text = self.source[before..].split('\n').next()?;
        let mut start = text.char_indices().nth(column - 1).map_or(text.len(), |(at, _)| at);
        // Rhai reports a property at its dot; the name after it is what is wrong.
        if text[start..].starts_with('.') && text[start + 1..].starts_with(is_word) {
            start += 1;
        }
        let word = text[start..].find(|character| !is_word(character)).unwrap_or(text.len() - start);
        let length = if word > 0 { word } else { text[start..].chars().next().map_or(0, char::len_utf8) };
        Some(before + start..before + start + length)
    }
}

/// What a script says or names ends up in logs and mails.
fn shortened(text: impl Into<String>) -> String {
    const LONGEST: usize = 600;
    let mut text = text.into();
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

impl std::fmt::Display for Diagnostic {
    /// Draws the line with a caret, and the hint below.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let title = Level::ERROR.primary_title(&self.message);
        let group = match self.span() {
            Some(span) => title
                .element(Snippet::source(&self.source).path(&self.file).annotation(AnnotationKind::Primary.span(span))),
            None => title.element(annotate_snippets::Origin::path(&self.file)),
        };
        let group: Group = match &self.hint {
            Some(hint) => group.element(Level::HELP.message(hint)),
            None => group,
        };
        f.write_str(&Renderer::plain().render(&[group]))
    }
}

impl std::error::Error for Diagnostic {}

/// How many names a hint lists.
const LISTED: usize = 12;

/// What to say of a name that is none of the known ones: the one that was meant, or all of them, if they are few.
pub fn instead(name: &str, known: &BTreeSet<String>) -> Option<String> {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => Some(format!("did you mean “{near}”?")),
        None if known.is_empty() || known.len() > LISTED => None,
        None => Some(format!("there are {}", known.iter().map(String::as_str).collect::<Vec<_>>().join(", "))),
    }
}

/// The known name that a mistyped one most likely stands for.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Such a long name is no typo, and the edit distance takes quadratic time.
    if name.len() > 64 {
        return None;
    }
    let near = |candidate: &str| strsim::damerau_levenshtein(name, candidate);
    let allowed = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (near(candidate), candidate))
        .filter(|(away, _)| *away <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_underlined_and_the_hint_stands_below() {
        let source = "fn measures(data) {\n    data.leeds.count()\n}\n";
        let diagnostic = Diagnostic::of_file(
            "partner/a.rhai",
            source,
            "there is no table “leeds”",
            Some("did you mean “leads”?".into()),
        );
        let shown = diagnostic.at(Some(2), Some(9)).to_string();
        assert!(shown.contains("--> partner/a.rhai:2:10"), "{shown}");
        assert!(shown.contains("    data.leeds.count()\n  |          ^^^^^\n"), "{shown}");
        assert!(shown.contains("= help: did you mean “leads”?"), "{shown}");
    }

    #[test]
    fn only_near_names_are_suggested() {
        assert_eq!(nearest("feedbck_at", ["feedback_at", "closed_at"]), Some("feedback_at"));
        assert_eq!(nearest("nonsense", ["feedback_at", "closed_at"]), None);
    }
}
