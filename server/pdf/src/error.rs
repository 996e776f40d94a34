//! Why there is no document.

use crate::templates::Templates;
use std::ops::Range;
use typst::diag::SourceDiagnostic;
use typst::syntax::{DiagSpan, DiagSpanKind, Source};

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A template is not in order; the message shows file, line and a caret.
    #[error("{message}")]
    Template {
        /// Empty where it is not known which.
        name: String,
        message: String,
    },
    #[error("there is no template {name}")]
    NoTemplate { name: String },
    #[error("the values cannot be written: {0}")]
    Content(#[from] serde_json::Error),
    #[error("no thread could be started: {0}")]
    Thread(#[from] rayon::ThreadPoolBuildError),
}

impl PdfError {
    /// The template that is not in order, if it is known.
    pub fn template(&self) -> Option<&str> {
        match self {
            PdfError::Template { name, .. } | PdfError::NoTemplate { name } => {
                Some(name).filter(|name| !name.is_empty()).map(String::as_str)
            }
            PdfError::Content(_) | PdfError::Thread(_) => None,
        }
    }

    /// What the parser found in a template, if it found anything.
    pub(crate) fn of_syntax(source: &Source, templates: &Templates) -> Option<PdfError> {
        let (errors, _) = source.root().errors_and_warnings();
        let error = errors.into_iter().next()?;
        let hints = error.hints.iter().map(|hint| hint.v.as_str());
        Some(told(&error.message, error.span, hints, templates))
    }

    /// What was found when a template was set.
    pub(crate) fn of_template(errors: &[SourceDiagnostic], templates: &Templates) -> PdfError {
        let Some(error) = errors.first() else {
            return PdfError::Template { name: String::new(), message: "it failed without a reason".to_owned() };
        };
        let hints = error.hints.iter().map(|hint| hint.v.as_str());
        told(&error.message, error.span, hints, templates)
    }
}

fn told<'a>(message: &str, span: DiagSpan, hints: impl Iterator<Item = &'a str>, templates: &Templates) -> PdfError {
    let (name, mut lines) = place(span, templates).map_or_else(
        || (String::new(), vec![message.to_owned()]),
        |(source, range)| {
            let name = source.id().get().vpath().get_without_slash();
            (name.to_owned(), shown(name, source, &range, message))
        },
    );
    lines.extend(hints.map(|hint| format!("hint: {hint}")));
    PdfError::Template { name, message: lines.join("\n") }
}

/// The template and the part of it that a message is about.
fn place(span: DiagSpan, templates: &Templates) -> Option<(&Source, Range<usize>)> {
    match span.get() {
        DiagSpanKind::Detached => None,
        DiagSpanKind::Number { id, num, sub_range } => {
            let source = templates.get(id)?;
            Some((source, source.range(num, sub_range)?))
        }
        DiagSpanKind::Range { id, range } => Some((templates.get(id)?, range)),
    }
}

/// `edition.typ:12:5: unknown variable: x`, with the line and a caret below it.
fn shown(name: &str, source: &Source, range: &Range<usize>, message: &str) -> Vec<String> {
    let lines = source.lines();
    let Some((line, column)) = lines.byte_to_line_column(range.start) else {
        return vec![format!("{name}: {message}")];
    };
    let text = lines.line_to_range(line).map_or("", |of| source.text()[of].trim_end());
    let head = format!("{name}:{}:{}: {message}", line + 1, column + 1);
    vec![head, format!("  {text}"), format!("  {}^", " ".repeat(column))]
}
