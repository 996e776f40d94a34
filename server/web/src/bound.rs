//! Limits how many pages compute figures at the same time: each takes a processor and a database connection.

use crate::unanswered::Unanswered;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a page waits for its turn before the reader is asked to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// More at a time than this, and the connections for other pages would run out.
const MOST: usize = 6;

/// Lets a few pages compute and the others wait their turn, though not for long. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bound {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Bound {
    /// As many at a time as the machine has processors, and at least two.
    pub fn of_the_machine() -> Bound {
        let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
        Bound::new(processors.clamp(2, MOST), PATIENCE)
    }

    /// At most `places` at a time; others wait for at most `patience`.
    pub fn new(places: usize, patience: Duration) -> Bound {
        Bound { places: Arc::new(Semaphore::new(places)), patience }
    }

    /// Waits for a place, and holds it until the answer is dropped.
    ///
    /// # Errors
    /// [`Unanswered::Busy`] if that takes too long.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, Unanswered> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        // It is never closed.
        place.ok().and_then(Result::ok).ok_or(Unanswered::Busy)
    }
}
