//! What the import does with files, as its users see it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod broken_files;
mod common;
mod mappings;
mod oddities;
mod real_data;
