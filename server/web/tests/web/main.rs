//! The pages through a real server, over HTTP.

#![expect(clippy::unwrap_used, reason = "where something is missing, the test fails")]

mod answers;
mod archive;
mod behind;
mod diff;
mod kpis;
mod pages;
mod rows;
mod support;
mod unsubscribe;
