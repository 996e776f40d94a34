//! The database: schema, migrations, scans, facts, archive, outbox, runs, versions. The only crate that names Diesel or
//! a backend.
//!
//! Knows no script, no template and no mail. From the outside in:
//! - [`Store`]: opening, migrating; [`Reader`] answers scans, [`facts::Writer`] takes facts in
//! - [`imports`]: which there were; `freshness`: up to when each table is complete since
//! - [`versions`], [`health`], [`runs`], [`outbox`]: what Pegel keeps about its own work, in short transactions
//! - [`edition`], what is kept of an edition; [`publish`], how it gets into the archive; `archive`, how it is read;
//!   `erasure` erases what names a person; [`packed`]: how bytes are kept
//! - [`alerts`]: the figures that rules watch, and what happened to them; [`notices`]: what is told of them
//! - [`attempts`]: every attempt to hand a mail over
//! - [`tallies`]: how much was done, and how it went
//! - `unsubscribed`: who wants no more mails of a report
//! - [`lease`], [`leases`]: claims on runs and deliveries; `room`: that there is room on the disk to record what a
//!   claim led to
//! - `sql`: statements made from the data model, for both databases at once
//! - `staging`, `settle`, `merge`: many rows, put beside the tables and taken over from there; `copy`: how they get there
//! - `finding`, `fits`, `gone`: what a [`Writer`](facts::Writer) finds by a text, what it refuses, and what it lets go
//! - `undo_record`: what an import writes, on record while it does; [`undo`]: taking an import back
//! - `keeping`: what was computed of facts, for readers to come; [`kept`]: how much that is
//! - `touched`: which days of which tables changed by what was written; `noting`: how that is found out
//! - `spans`, `over_time`: former values of text columns; `stored`: rows to be written, beside those that are there
//! - `own_tables`: the tables of a home's own, made and extended
//! - `views`: the readable views, made from the data model
//! - `ahead`: reading on threads of their own, over a connection `beside`, rows that lie `together`; `parents`: what scans read of small tables, joined here
//! - `connection`, `currency`, `url`, `schema`: the rest

mod ahead;
pub mod alerts;
mod archive;
pub mod attempts;
mod attributes;
mod beside;
mod columns;
mod connection;
mod copy;
mod currency;
pub mod edition;
mod erasure;
pub mod error;
pub mod facts;
mod finding;
mod fits;
mod freshness;
mod gone;
pub mod health;
pub mod imports;
mod keeping;
pub mod kept;
pub mod lease;
pub mod leases;
mod merge;
mod milestones;
mod named;
pub mod notices;
mod noting;
pub mod outbox;
mod over_time;
mod own_tables;
pub mod packed;
mod parents;
pub mod publish;
mod reader;
mod room;
pub mod runs;
mod schema;
mod settle;
mod spans;
mod sql;
mod staging;
mod store;
mod stored;
pub mod tallies;
#[cfg(feature = "testing")]
pub mod testing;
mod together;
mod touched;
pub mod undo;
mod undo_record;
mod unsubscribed;
mod url;
pub mod versions;
mod views;
mod writer;

pub use error::StoreError;
pub use reader::Reader;
pub use store::Store;
