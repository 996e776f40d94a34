//! Erasing what names a person. Its hash stays, so that the chain of editions holds, and that it was erased is on
//! record.

use crate::edition::Audience;
use crate::schema::{artefacts, labels, renditions};
use crate::{Store, StoreError};
use diesel::prelude::*;

impl Store {
    /// Erases one artefact of what an audience got; whether there was one that had not been erased.
    ///
    /// # Errors
    /// If the database fails.
    pub fn erase_artefact(&self, edition: i64, audience: &Audience, name: &str, now: i64) -> Result<bool, StoreError> {
        let rendition = renditions::table
            .filter(renditions::edition_id.eq(edition))
            .filter(renditions::scope.eq(&audience.scope))
            .filter(renditions::locale.eq(&audience.locale))
            .filter(renditions::zone.eq(&audience.zone))
            .select(renditions::id);
        let kept = artefacts::table
            .filter(artefacts::rendition_id.eq_any(rendition))
            .filter(artefacts::name.eq(name))
            .filter(artefacts::erased_at.is_null());
        self.transaction(|conn| {
            let erased = diesel::update(kept)
                .set((artefacts::bytes.eq(None::<Vec<u8>>), artefacts::erased_at.eq(now)))
                .execute(conn);
            Ok(erased.map_err(StoreError::while_("erasing an artefact"))? > 0)
        })
    }

    /// Erases how an edition calls a group; whether there was a label that had not been erased.
    ///
    /// # Errors
    /// If the database fails.
    pub fn erase_label(&self, edition: i64, kind: &str, group: i64, now: i64) -> Result<bool, StoreError> {
        let kept = labels::table
            .filter(labels::edition_id.eq(edition))
            .filter(labels::kind.eq(kind))
            .filter(labels::group_id.eq(group))
            .filter(labels::erased_at.is_null());
        self.transaction(|conn| {
            let erased = diesel::update(kept)
                .set((labels::salt.eq(None::<String>), labels::label.eq(None::<String>), labels::erased_at.eq(now)))
                .execute(conn);
            Ok(erased.map_err(StoreError::while_("erasing a label"))? > 0)
        })
    }
}
