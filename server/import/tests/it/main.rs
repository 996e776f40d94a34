//! What the import does with files, as its users see it.

mod broken_files;
mod common;
mod mappings;
mod oddities;
mod real_data;
