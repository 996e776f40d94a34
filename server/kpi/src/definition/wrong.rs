//! Why something that is declared or configured is refused.

/// What is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {hint}")]
pub struct Wrong {
    pub message: String,
    pub hint: String,
}

impl Wrong {
    /// A message and a hint.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Wrong {
        Wrong { message: message.into(), hint: hint.into() }
    }
}
