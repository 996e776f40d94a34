//! What the import does with files, as its users see it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bounds;
mod broken_files;
mod common;
mod contacts;
mod control_characters;
mod foreign_files;
mod gone_rows;
mod mappings;
mod moves;
mod oddities;
mod own_tables;
mod quotes;
mod real_data;
mod records;
mod systems;
