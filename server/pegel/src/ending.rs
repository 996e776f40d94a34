//! How a command ends: its exit status, and what it says about a failure.

use pegel_text::clean::cleaned;
use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// A command ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// 0
    InOrder,
    /// 1: the thing asked about is not in order: a check failed, rows were rejected.
    NotInOrder,
}

/// A command could not be carried out.
#[derive(Debug)]
pub enum Failure {
    /// 2: wrong usage or configuration.
    Usage(anyhow::Error),
    /// 3: it broke.
    Broke(anyhow::Error),
}

/// What a command returns.
pub type Ending = Result<Done, Failure>;

/// Wrong usage or configuration.
pub fn usage(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Usage(error.into())
}

/// It broke.
pub fn broke(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Broke(error.into())
}

/// Says what went wrong, and gives the exit status.
pub fn conclude(outcome: Ending) -> ExitCode {
    match outcome {
        Ok(Done::InOrder) => ExitCode::SUCCESS,
        Ok(Done::NotInOrder) => ExitCode::from(1),
        Err(Failure::Usage(error)) => say(&error, 2),
        Err(Failure::Broke(error)) => say(&error, 3),
    }
}

fn say(error: &anyhow::Error, status: u8) -> ExitCode {
    let text = format!("{error:#}");
    // Diagnostics of scripts bring their own heading.
    let heading = if text.starts_with("error: ") { "" } else { "error: " };
    note(format_args!("{heading}{text}"));
    ExitCode::from(status)
}

/// Says something beside the answer, on standard error.
pub fn note(line: impl Display) {
    eprintln!("{}", for_terminals(&line.to_string()));
}

/// Writes a line of the answer to standard output. Exits quietly when the reader is gone (`pegel kpi list | head`).
pub fn answer(line: impl Display) {
    write(&for_terminals(&line.to_string()));
}

/// The same for JSON: control characters are escaped, so that the data stays the same.
///
/// # Panics
/// Never: all answers have strings as keys.
pub fn answer_json(json: &impl Serialize) {
    let text = serde_json::to_string(json).expect("what is answered has texts for keys");
    let escaped = |letter: char| match letter {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", u32::from(letter)),
        letter => letter.to_string(),
    };
    if text.contains(char::is_control) { write(&text.chars().map(escaped).collect::<String>()) } else { write(&text) }
}

/// What files, people and servers say may hold orders to a terminal; a lone return writes over what stands before it.
fn for_terminals(text: &str) -> String {
    let lines: Vec<String> = cleaned(text).split("\r\n").map(|line| line.replace('\r', " ")).collect();
    lines.join("\r\n")
}

fn write(line: &str) {
    let written = writeln!(std::io::stdout(), "{line}");
    if let Err(error) = written {
        std::process::exit(if error.kind() == ErrorKind::BrokenPipe { 0 } else { 3 });
    }
}
