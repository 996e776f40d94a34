//! The functions as editors read them.

use super::entries::{ENTRIES, Entry};
use super::signatures::Signature;

/// A file of Rhai definitions: every overload of every function and operator, with its description.
pub fn of(signatures: &[Signature]) -> String {
    let described = signatures.iter().map(|signature| {
        let text = ENTRIES.iter().find(|entry| entry.describes(signature)).map_or(String::new(), documentation);
        format!("\n{text}{}\n", signature.defined())
    });
    described.fold("module static;\n".to_owned(), |file, definition| file + definition.as_str())
}

fn documentation(entry: &Entry) -> String {
    let example: Vec<String> = entry.example.text().lines().map(|line| format!("/// {line}")).collect();
    format!("/// {}\n///\n/// ```rhai\n{}\n/// ```\n", entry.text, example.join("\n"))
}
