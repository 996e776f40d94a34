//! Loading a script: compile, describe, check.

use super::errors::{self, Names};
use super::figure::Figure;
use super::language::{Declared, Language};
use super::limits::within_time;
use super::symbols::Data;
use crate::aggregate::Measure;
use crate::declaration::{Declaration, Unit};
use crate::diagnostic::Diagnostic;
use crate::kpi::Kpi;
use rhai::{AST, CallFnOptions, Dynamic, FuncArgs, Map, Scope};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A compiled script.
#[derive(Debug)]
pub struct Script {
    pub(super) language: Arc<Language>,
    pub(super) ast: AST,
    pub file: String,
    pub source: String,
}

impl Script {
    fn compile(language: &Arc<Language>, file: &str, source: &str) -> Result<Script, Diagnostic> {
        let mut ast = language.engine.compile(source).map_err(|error| errors::of_parsing(&error, file, source))?;
        ast.set_source(file);
        Ok(Script { language: language.clone(), ast, file: file.to_owned(), source: source.to_owned() })
    }

    /// Calls one of the script's functions. The statements at its top run before it if `declared` is given, which
    /// gets what they declare.
    ///
    /// # Errors
    /// What went wrong, and where.
    pub(super) fn call(
        &self,
        name: &str,
        arguments: impl FuncArgs,
        declared: Option<&Declared>,
    ) -> Result<Dynamic, Diagnostic> {
        let options = CallFnOptions::new().eval_ast(declared.is_some());
        let options = match declared {
            Some(declared) => options.with_tag(declared.clone()),
            None => options,
        };
        let engine = &self.language.engine;
        let call = || engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &self.ast, name, arguments);
        match within_time(|| catch_unwind(AssertUnwindSafe(call))) {
            Ok(answer) => answer.map_err(|error| {
                let diagnostic = errors::of_running(&error, &self.file, &self.source, self.names());
                // Limits are broken at no place in particular: somewhere in what was called.
                if diagnostic.line.is_some() { diagnostic } else { diagnostic.at(self.position_of(name), Some(4)) }
            }),
            Err(_) => Err(self.complain("the script broke the engine", None)),
        }
    }

    /// Calls `value` with the measures of one cell.
    ///
    /// # Errors
    /// What went wrong, and where.
    pub fn value(&self, measures: Map) -> Result<Figure, Diagnostic> {
        let answer = self.call("value", (measures,), None)?;
        let at = self.position_of("value");
        Figure::from_answer(answer)
            .map_err(|error| errors::of_running(&error, &self.file, &self.source, self.names()).at(at, Some(4)))
    }

    pub(super) fn complain(&self, message: impl Into<String>, hint: Option<&str>) -> Diagnostic {
        Diagnostic::of_file(&self.file, &self.source, message, hint.map(str::to_owned))
    }

    fn names(&self) -> &Names {
        &self.language.names
    }

    pub(super) fn has(&self, function: &str) -> bool {
        self.ast.iter_functions().any(|known| known.name == function)
    }

    /// The line on which a function begins.
    pub(super) fn position_of(&self, function: &str) -> Option<usize> {
        let begins = |line: &str| {
            let rest = line.trim_start().strip_prefix("fn ")?;
            Some(rest.trim_start().strip_prefix(function)?.trim_start().starts_with('('))
        };
        self.source.lines().position(|line| begins(line) == Some(true)).map(|index| index + 1)
    }

    /// A function that bears a built-in's name would silently replace it, and one with the wrong number of parameters
    /// would silently never be called.
    fn check_functions(&self) -> Result<(), Diagnostic> {
        for function in self.ast.iter_functions() {
            let at = |diagnostic: Diagnostic| diagnostic.at(self.position_of(function.name), Some(4));
            let wanted = match function.name {
                "measures" | "value" => Some(1),
                "tests" => Some(0),
                _ => None,
            };
            if wanted.is_some_and(|wanted| wanted != function.params.len()) {
                let message = format!("“{}” has {} parameters", function.name, function.params.len());
                return Err(at(self.complain(message, Some("it is measures(data), value(m) and tests()"))));
            }
            if wanted.is_none() && self.names().functions.iter().any(|known| known == function.name) {
                let message = format!("“{}” is the name of a built-in function", function.name);
                return Err(at(self.complain(message, Some("choose another name"))));
            }
        }
        for (name, shape) in [("measures", "fn measures(data) { #{ … } }"), ("value", "fn value(m) { … }")] {
            if !self.has(name) {
                return Err(self.complain(format!("the script has no function “{name}”"), Some(shape)));
            }
        }
        Ok(())
    }

    fn describe(&self) -> Result<(Declaration, Vec<(String, Measure)>), Diagnostic> {
        let declared = Declared::default();
        let answer = self.call("measures", (Data,), Some(&declared))?;
        let declaration = match <[Declaration; 1]>::try_from(declared.take()) {
            Ok([declaration]) => declaration,
            Err(several) if several.is_empty() => {
                return Err(self.complain("the script declares no KPI", Some("begin with kpi(#{ id: \"…\", … });")));
            }
            Err(_) => return Err(self.complain("the script declares several KPIs", Some("one file, one KPI"))),
        };
        let at = |diagnostic: Diagnostic| diagnostic.at(self.position_of("measures"), Some(4));
        let map = answer.try_cast::<Map>().ok_or_else(|| {
            at(self.complain("`measures` returns no map", Some("end it with #{ name: data.….count() }")))
        })?;
        if map.is_empty() {
            return Err(at(self.complain("`measures` returns an empty map", Some("name at least one measure"))));
        }
        let measure = |(name, value): (rhai::Identifier, Dynamic)| {
            let kind = errors::kind_name(value.type_name());
            let measure = value.try_cast::<Measure>().ok_or_else(|| {
                at(self.complain(
                    format!("“{name}” is a {kind}, not a measure"),
                    Some("end it with .count(), .sum(…), .mean(…) …"),
                ))
            })?;
            Ok((name.to_string(), measure))
        };
        Ok((declaration, map.into_iter().map(measure).collect::<Result<_, _>>()?))
    }

    /// Calls `value` once with 1 for every measure: a slip in a name is found now, not when the report is due.
    fn try_value(&self, measures: &[(String, Measure)]) -> Result<(), Diagnostic> {
        let ones = measures.iter().map(|(name, _)| (name.as_str().into(), Dynamic::from(1.0)));
        self.value(ones.collect()).map(drop)
    }

    /// A sum of money is not a duration, and neither is a count: where a unit can be told, it must fit.
    fn check_unit(&self, declaration: &Declaration, measures: &[(String, Measure)]) -> Result<(), Diagnostic> {
        let money = measures.iter().any(|(_, measure)| measure.is_money);
        if declaration.unit == Unit::Money && !money {
            let hint = "sum or average an amount, or choose another unit";
            return Err(self.complain("the unit is money, but no measure is an amount of money", Some(hint)));
        }
        if declaration.unit == Unit::Duration && money {
            let hint = "choose another unit, or measure a duration";
            return Err(self.complain("the unit is duration, but a measure is an amount of money", Some(hint)));
        }
        if !is_id(&declaration.id) {
            let message = format!("“{}” is no id", declaration.id);
            return Err(self.complain(message, Some("use small letters, digits and _, beginning with a letter")));
        }
        Ok(())
    }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

impl Language {
    /// Loads a script: compiles it, runs `measures`, checks it, tries `value`. Its tests are not run.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn load(self: &Arc<Language>, file: &str, source: &str) -> Result<Kpi, Diagnostic> {
        let script = Script::compile(self, file, source)?;
        script.check_functions()?;
        let (declaration, measures) = script.describe()?;
        script.check_unit(&declaration, &measures)?;
        script.try_value(&measures)?;
        let sha256 = crate::digest::sha256(source);
        Ok(Kpi { declaration, file: file.to_owned(), sha256, measures, script: Arc::new(script) })
    }
}
