//! What the import does with files, as its users see it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod binary_workbook;
mod bounds;
mod broken_files;
mod cells;
mod common;
mod composed;
mod contacts;
mod control_characters;
mod foreign_files;
mod gone_rows;
mod headers;
mod json;
mod kept;
mod mappings;
mod meanwhile;
mod moves;
mod mutations;
mod notes;
mod oddities;
mod own_tables;
mod packed;
mod partner_leads;
mod quotes;
mod real_data;
mod records;
mod suggest;
mod systems;
mod together;
mod touched;
mod undo;
mod unpivot;
mod workbooks;
