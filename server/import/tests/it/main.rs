//! What the import does with files, as its users see it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod broken_files;
mod common;
mod mappings;
mod oddities;
mod real_data;
