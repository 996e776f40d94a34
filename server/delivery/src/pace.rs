//! How many mails a server is handed within a minute.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The time for which providers state their limits.
const MINUTE: Duration = Duration::from_mins(1);

/// Holds back what is too much within any minute.
#[derive(Debug, Clone)]
pub struct Pace {
    most: usize,
    within: Duration,
    /// When the latest mails went, oldest first; at most `most`.
    gone: VecDeque<Instant>,
}

impl Pace {
    /// At most so many mails, but one at least, within any minute.
    pub fn per_minute(most: usize) -> Pace {
        Pace::within(most, MINUTE)
    }

    /// The same within another time, for tests that cannot wait for a minute.
    pub fn within(most: usize, within: Duration) -> Pace {
        Pace { most: most.max(1), within, gone: VecDeque::new() }
    }

    /// How long the next mail has to wait.
    pub(crate) fn wait(&self, now: Instant) -> Duration {
        match self.gone.front() {
            Some(first) if self.gone.len() == self.most => (*first + self.within).saturating_duration_since(now),
            _ => Duration::ZERO,
        }
    }

    /// A mail went, whether it was taken or not: the server had to look at it.
    pub(crate) fn went(&mut self, now: Instant) {
        if self.gone.len() == self.most {
            self.gone.pop_front();
        }
        self.gone.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_its_number() {
        let (mut pace, start) = (Pace::per_minute(3), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for seconds in [0, 10, 20] {
            assert_eq!(pace.wait(at(seconds)), Duration::ZERO);
            pace.went(at(seconds));
        }
        assert_eq!(pace.wait(at(20)), Duration::from_secs(40));
        assert_eq!(pace.wait(at(59)), Duration::from_secs(1));
        assert_eq!(pace.wait(at(60)), Duration::ZERO);
        pace.went(at(60));
        // Now the second one counts.
        assert_eq!(pace.wait(at(60)), Duration::from_secs(10));
        assert_eq!(pace.wait(at(600)), Duration::ZERO);
    }
}
