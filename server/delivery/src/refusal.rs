//! Why a mail was not taken.

/// Why a mail was not taken, with the words of the server or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    pub answer: String,
}

/// What a refusal means for this mail and for the next one.
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
        Refusal { kind: RefusalKind::Permanent, answer: error.to_string() }
    }
}
