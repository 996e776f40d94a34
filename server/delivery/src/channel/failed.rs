//! Why a channel took nothing, and what to change.

use crate::refusal::{Refusal, RefusalKind};
use jiff::SignedDuration;
use std::fmt::Display;

/// Why a channel took nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// For the outbox: what the other side said, or what went wrong on the way to it.
    pub refusal: Refusal,
    /// What it means, and what to change.
    pub advice: String,
}

impl Failed {
    /// What we have to put right: other messages would fare no better now.
    pub(super) fn unreachable(said: impl Display, advice: &str) -> Failed {
        Failed { refusal: Refusal::new(RefusalKind::Unreachable, said), advice: advice.to_owned() }
    }

    /// There is no such channel, or its file is not in order.
    pub(super) fn not_set_up(error: impl Display) -> Failed {
        Failed::unreachable(error, "put the file in order; what waits goes out then")
    }

    /// An answer that is no success; `wait` is what the other side asks for.
    pub(super) fn answered(status: u16, said: impl Display, wait: Option<SignedDuration>) -> Failed {
        let kind = match status {
            408 | 425 | 429 | 500.. => RefusalKind::Transient,
            _ => RefusalKind::Permanent,
        };
        let wait = wait.filter(|_| matches!(status, 429 | 503));
        let advice = match status {
            300..=399 => "it leads elsewhere, and that is not followed: write the URL that it leads to",
            401 | 403 => {
                "it does not let us in: make a new URL or secret on the other side, and write it into the channel's file"
            }
            404 | 410 => "there is nothing at this URL any more: make a new one on the other side",
            400 | 422 => {
                "it does not understand what it gets: see whether the kind of channel and the URL belong together"
            }
            408 | 425 | 429 => "it wants to be asked later: Pegel waits and tries again",
            500.. => "something is wrong over there: Pegel waits and tries again",
            _ => "see what the other side says of it",
        };
        Failed { refusal: Refusal { wait, ..Refusal::new(kind, said) }, advice: advice.to_owned() }
    }
}
