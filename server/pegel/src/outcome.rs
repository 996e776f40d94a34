//! How a command ends: its exit status, and what it says about a failure.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// A command came to its end.
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
pub type Outcome = Result<Done, Failure>;

/// Wrong usage or configuration.
pub fn usage(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Usage(error.into())
}

/// It broke.
pub fn broke(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Broke(error.into())
}

/// Says what went wrong, and gives the exit status.
pub fn conclude(outcome: Outcome) -> ExitCode {
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
    eprintln!("{heading}{text}");
    ExitCode::from(status)
}

/// Writes a line of the answer to standard output. Ends the program quietly when nobody reads on (`pegel kpi list | head`).
pub fn answer(line: impl std::fmt::Display) {
    let written = writeln!(std::io::stdout(), "{line}");
    if let Err(error) = written {
        std::process::exit(if error.kind() == ErrorKind::BrokenPipe { 0 } else { 3 });
    }
}
