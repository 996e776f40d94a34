//! How much is kept of what was computed of facts, and its end.

use crate::keeping::{READING, forget, how_much};
use crate::{Store, StoreError};

pub use crate::keeping::{BOUND, HowMuch};

impl Store {
    /// How much is kept of what was computed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn how_much_is_kept(&self) -> Result<HowMuch, StoreError> {
        self.read(READING, how_much)
    }

    /// Forgets all that was kept of what was computed; how much that was. Figures are computed anew when they are asked
    /// for next.
    ///
    /// # Errors
    /// If the database fails.
    pub fn forget_kept(&self) -> Result<HowMuch, StoreError> {
        self.transaction(|conn| {
            let kept = how_much(conn).map_err(StoreError::while_(READING))?;
            forget(conn)?;
            Ok(kept)
        })
    }
}
