//! A claim on a run or a delivery.

/// How long a claim holds, and who makes it. Instants in UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub now: i64,
    pub until: i64,
    /// The process, in words that tell it from every other; `None` where that cannot be said.
    pub holder: Option<String>,
}
