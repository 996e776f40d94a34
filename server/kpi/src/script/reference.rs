//! The reference of the language, made from the functions that are registered.

use super::language::Language;

/// Everything that a script can call, with examples.
#[derive(Debug, Clone)]
pub struct Reference {
    /// One signature of each overload, such as `count(rows: dataset) -> measure`.
    pub signatures: Vec<String>,
}

impl Reference {
    /// The reference of a language.
    pub fn of(language: &Language) -> Reference {
        let signature = |f: rhai::FuncInfo| Some(f.metadata.gen_signature(Into::into));
        Reference { signatures: language.engine.collect_fn_metadata(None, signature, false) }
    }

    /// As a page of text.
    pub fn markdown(&self) -> String {
        self.signatures.join("\n")
    }

    /// As editors read it.
    pub fn definitions(&self) -> String {
        self.signatures.join("\n")
    }
}
