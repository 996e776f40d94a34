//! The parts of chapters, independent of how they are shown.

use serde::Serialize;

/// A part of the reference.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// Its anchor.
    pub id: &'static str,
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

/// A part of a chapter.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    Text { text: Text },
    Heading { id: String, title: String },
    Code { language: &'static str, text: String },
    List { items: Vec<Text> },
    Table { head: Vec<&'static str>, rows: Vec<Vec<Text>> },
    Function(Function),
}

/// A function with all its overloads.
#[derive(Debug, Clone, Serialize)]
pub struct Function {
    /// Its anchor.
    pub id: String,
    pub name: &'static str,
    /// `dataset.dated(closure) → dataset`.
    pub signatures: Vec<String>,
    pub text: Text,
    pub example: &'static str,
}

/// Text, some of it code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text(pub Vec<Piece>);

/// Some words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    pub is_code: bool,
    pub words: String,
}

impl From<&str> for Text {
    /// Reads a text with code between backticks.
    fn from(text: &str) -> Text {
        let pieces = text.split('`').enumerate();
        let pieces = pieces.map(|(index, words)| Piece { is_code: index % 2 == 1, words: words.to_owned() });
        Text(pieces.filter(|piece| !piece.words.is_empty()).collect())
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(
            |Piece { is_code, words }| {
                if *is_code { write!(f, "`{words}`") } else { f.write_str(words) }
            },
        )
    }
}
