//! A compiled script, and the calls of its functions.

use super::closures;
use super::direct::Direct;
use super::errors::{self, Complaint, Refused};
use super::figure::Figure;
use super::language::Language;
use super::limits::within_time;
use super::setting::{Reached, Setting};
use crate::diagnostic::Diagnostic;
use rhai::{AST, CallFnOptions, Dynamic, EvalAltResult, FuncArgs, Map, Scope};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How long a script may be, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// A compiled script.
#[derive(Debug)]
pub struct Script {
    pub(crate) language: Arc<Language>,
    pub(super) ast: AST,
    pub file: String,
    pub source: String,
    /// Whether `value` takes the measures of the period before.
    pub looks_back: bool,
    /// The files of the shared helpers that it uses, directly or through others.
    pub helpers: BTreeSet<String>,
    /// What `value` does, where that is told without running it.
    pub(super) direct: Option<Direct>,
    /// For each block of an instrumented script, whether it was run.
    pub(crate) reached: Option<Reached>,
    /// The same of what was run to list its tests.
    listing: Option<Reached>,
}

impl Script {
    pub fn compile(language: &Arc<Language>, file: &str, source: &str) -> Result<Script, Diagnostic> {
        if source.len() > LONGEST {
            let message = format!("the script is longer than {} kB", LONGEST / 1024);
            return Err(Diagnostic::of_file(file, source, message, Some("split it into several files".to_owned())));
        }
        let mut ast = language.engine.compile(source).map_err(|error| errors::of_parsing(&error, file, source))?;
        ast.set_source(file);
        closures::check(&ast).map_err(|error| errors::of_running(&error, file, source, &language.names))?;
        let value = ast.iter_functions().find(|function| function.name == "value").map(|value| value.params.len());
        let looks_back = value == Some(2);
        Ok(Script {
            language: language.clone(),
            direct: Direct::of(&ast),
            helpers: language.helpers_of(&ast),
            ast,
            file: file.to_owned(),
            source: source.to_owned(),
            looks_back,
            reached: None,
            listing: None,
        })
    }

    /// The same script, compiled from an instrumented copy of `source`, noting which blocks are `reached`, and which while
    /// its tests are listed. Errors quote `source`; only columns after a brace are slightly off.
    #[must_use]
    pub fn noting(self, source: &str, reached: &Reached, listing: &Reached) -> Script {
        let (reached, listing) = (Some(reached.clone()), Some(listing.clone()));
        Script { source: source.to_owned(), reached, listing, ..self }
    }

    /// Calls one of the script's functions. If `top`, the script's top-level statements run first.
    pub(super) fn attempt(
        &self,
        name: &str,
        arguments: impl FuncArgs,
        top: bool,
        setting: Setting,
    ) -> Refused<Dynamic> {
        let options = CallFnOptions::new().eval_ast(top).with_tag(setting);
        let engine = &self.language.engine;
        let call = || engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &self.ast, name, arguments);
        within_time(|| catch_unwind(AssertUnwindSafe(call)))
            .unwrap_or_else(|_| Err(Complaint::new("the script broke the engine").into()))
    }

    /// The error of one of its functions. An exceeded limit has no position: it is reported at the function.
    pub(super) fn diagnose(&self, function: &str, error: &EvalAltResult) -> Diagnostic {
        let diagnostic = errors::of_running(error, &self.file, &self.source, &self.language.names);
        if let Some((line, column)) = errors::position_of_entry(error, &self.ast) {
            return diagnostic.at(Some(line), Some(column));
        }
        if diagnostic.line.is_some() { diagnostic } else { diagnostic.at(self.position_of(function), Some(4)) }
    }

    /// Calls `value` with the measures of one cell and, if it asks for them, those of the period before.
    ///
    /// # Errors
    /// What went wrong, and where.
    pub fn value(&self, measures: Map, before: Option<Map>, parameters: &Arc<Map>) -> Result<Figure, Diagnostic> {
        let setting = Setting::running(parameters, self.reached.clone());
        self.attempt_value(measures, before, setting).map_err(|error| self.diagnose("value", &error))
    }

    pub(super) fn attempt_value(&self, measures: Map, before: Option<Map>, setting: Setting) -> Refused<Figure> {
        Figure::from_answer(match before {
            Some(before) => self.attempt("value", (measures, before), false, setting)?,
            None => self.attempt("value", (measures,), false, setting)?,
        })
    }

    /// What `tests` returns.
    ///
    /// # Errors
    /// What went wrong, and where.
    pub fn tests(&self, parameters: &Arc<Map>) -> Result<Dynamic, Diagnostic> {
        let answer = self.attempt("tests", (), false, Setting::running(parameters, self.listing.clone()));
        answer.map_err(|error| self.diagnose("tests", &error))
    }

    pub fn complain(&self, message: impl Into<String>, hint: Option<&str>) -> Diagnostic {
        Diagnostic::of_file(&self.file, &self.source, message, hint.map(str::to_owned))
    }

    pub fn has(&self, function: &str) -> bool {
        self.ast.iter_functions().any(|known| known.name == function)
    }

    /// The line on which a function begins.
    pub fn position_of(&self, function: &str) -> Option<usize> {
        let begins = |line: &str| {
            let rest = line.trim_start().strip_prefix("fn ")?;
            Some(rest.trim_start().strip_prefix(function)?.trim_start().starts_with('('))
        };
        self.source.lines().position(|line| begins(line) == Some(true)).map(|index| index + 1)
    }
}
