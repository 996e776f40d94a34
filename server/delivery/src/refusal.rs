//! Why a mail, or what goes to a channel beside mail, was not taken.

use jiff::SignedDuration;

/// Why it was not taken, with the words of the server or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    pub answer: String,
    /// How long the server wants not to be asked again.
    pub wait: Option<SignedDuration>,
}

/// What a refusal means for this one and for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// This mail will never be accepted.
    Permanent,
    /// This mail may be accepted later.
    Transient,
    /// No connection or no login: other mails would fare no better now.
    Unreachable,
}

impl Refusal {
    /// Trying again does not help.
    pub(crate) fn permanent(error: impl std::fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::Permanent, error)
    }

    /// In these words; when it is tried again is up to us.
    pub(crate) fn new(kind: RefusalKind, error: impl std::fmt::Display) -> Refusal {
        Refusal { kind, answer: error.to_string(), wait: None }
    }
}
