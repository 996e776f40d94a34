//! Who wants no more mails of a report, and what the links are signed with by which they say so.

use crate::connection::on_backend;
use crate::schema::{link_key, unsubscribed};
use crate::{Store, StoreError};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// There is one key, or none.
const ONLY: i64 = 1;

impl Store {
    /// Records that an address (bare, in small letters) gets no more mails of a report; who is on record stays so since
    /// the former instant. UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unsubscribe(&self, report: &str, address: &str, now: i64) -> Result<(), StoreError> {
        let row = (unsubscribed::report.eq(report), unsubscribed::address.eq(address), unsubscribed::since.eq(now));
        self.transaction(|conn| {
            on_backend!(conn, conn => diesel::insert_into(unsubscribed::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn))
            .map_err(StoreError::while_("recording who wants no more mails"))
        })
        .map(drop)
    }

    /// Takes that back; whether the address was on record.
    ///
    /// # Errors
    /// If the database fails.
    pub fn subscribe(&self, report: &str, address: &str) -> Result<bool, StoreError> {
        let row = unsubscribed::table.find((report, address));
        self.transaction(|conn| {
            let gone = diesel::delete(row).execute(conn);
            Ok(gone.map_err(StoreError::while_("recording who wants mails again"))? > 0)
        })
    }

    /// The addresses that want no more mails of a report, and since when, in UTC seconds.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unsubscribed(&self, report: &str) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows: Vec<(String, i64)> = self.read("reading who wants no more mails", |conn| {
            unsubscribed::table
                .filter(unsubscribed::report.eq(report))
                .select((unsubscribed::address, unsubscribed::since))
                .load(conn)
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Since when an address wants no more mails of a report, in UTC seconds; `None` if it wants them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unsubscribed_since(&self, report: &str, address: &str) -> Result<Option<i64>, StoreError> {
        self.read("reading who wants no more mails", |conn| {
            unsubscribed::table.find((report, address)).select(unsubscribed::since).first(conn).optional()
        })
    }

    /// What links are signed with; `None` as long as none was.
    ///
    /// # Errors
    /// If the database fails.
    pub fn link_key(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("reading the key of links", |conn| link_key::table.select(link_key::secret).first(conn).optional())
    }

    /// The same; where there is none, it is `fresh` from now on, for all who share the database.
    ///
    /// # Errors
    /// If the database fails.
    pub fn link_key_or(&self, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        if let Some(key) = self.link_key()? {
            return Ok(key);
        }
        self.transaction(|conn| {
            let row = (link_key::id.eq(ONLY), link_key::secret.eq(fresh));
            on_backend!(&mut *conn, conn => diesel::insert_into(link_key::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn))
            .map_err(StoreError::while_("recording the key of links"))?;
            link_key::table.select(link_key::secret).first(conn).map_err(StoreError::while_("reading the key of links"))
        })
    }
}
