//! Rhai's errors, reworded for people who write KPIs.

use super::entry::Entry;
use crate::diagnostic::{Diagnostic, nearest};
use rhai::{AST, Dynamic, EvalAltResult, LexError, ParseError, ParseErrorType, Position};
use std::collections::HashMap;

/// The result of a function that scripts call.
pub type Refused<T> = Result<T, Box<EvalAltResult>>;

/// Why one of our own functions refuses its arguments.
#[derive(Debug, Clone)]
pub struct Complaint {
    message: String,
    hint: Option<String>,
    about_units: bool,
    /// The entry of a declaration that it is about.
    entry: Option<Entry>,
}

impl Complaint {
    /// A complaint without a hint.
    pub fn new(message: impl Into<String>) -> Complaint {
        Complaint { message: message.into(), hint: None, about_units: false, entry: None }
    }

    /// Says that units are mixed.
    #[must_use]
    pub fn about_units(mut self) -> Complaint {
        self.about_units = true;
        self
    }

    /// Says that it is about an entry of a declaration.
    #[must_use]
    pub fn about(mut self, entry: Entry) -> Complaint {
        self.entry = Some(entry);
        self
    }

    /// The error, at a place in the script.
    pub fn at(self, position: Position) -> Box<EvalAltResult> {
        Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(self), position))
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Complaint {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Complaint> for Box<EvalAltResult> {
    fn from(complaint: Complaint) -> Self {
        complaint.at(Position::NONE)
    }
}

/// What surrounds a script: names it may have mistyped, and helpers in which its errors may lie.
#[derive(Debug, Default)]
pub struct Names {
    /// The built-in functions.
    pub functions: Vec<String>,
    /// The texts of the shared helpers, by file.
    pub libraries: HashMap<String, String>,
}

impl Names {
    /// Whether there is a built-in function of that name.
    pub fn has(&self, name: &str) -> bool {
        self.functions.iter().any(|known| known == name)
    }
}

/// A compiler error, reworded.
pub fn of_parsing(error: &ParseError, file: &str, source: &str) -> Diagnostic {
    let (message, hint) = parsing(&error.0);
    Diagnostic::of_file(file, source, message, hint).at(error.1.line(), error.1.position())
}

/// A runtime error, reworded; if it lies in a shared helper, shown there.
pub fn of_running(error: &EvalAltResult, file: &str, source: &str, names: &Names) -> Diagnostic {
    let Innermost { error, position, within } = innermost(error, Position::NONE, None);
    let (message, hint) = running(error, names);
    let library = within.and_then(|within| names.libraries.get_key_value(within));
    let (file, source) = library.map_or((file, source), |(file, source)| (file, source));
    Diagnostic::of_file(file, source, message, hint).at(position.line(), position.position())
}

/// Whether units were mixed.
pub fn is_about_units(error: &EvalAltResult) -> bool {
    complaint(innermost(error, Position::NONE, None).error).is_some_and(|complaint| complaint.about_units)
}

/// The position of the declaration's entry that an error is about: line and column.
pub fn position_of_entry(error: &EvalAltResult, ast: &AST) -> Option<(usize, usize)> {
    let Innermost { error, position, .. } = innermost(error, Position::NONE, None);
    complaint(error)?.entry?.position(ast, position)
}

fn complaint(error: &EvalAltResult) -> Option<Complaint> {
    let EvalAltResult::ErrorRuntime(thrown, _) = error else { return None };
    thrown.clone().try_cast()
}

/// The innermost error, and the innermost known position: an exceeded limit has none of its own.
struct Innermost<'a> {
    error: &'a EvalAltResult,
    position: Position,
    /// The file whose function was called last.
    within: Option<&'a str>,
}

fn innermost<'a>(error: &'a EvalAltResult, outer: Position, within: Option<&'a str>) -> Innermost<'a> {
    let position = if error.position().is_none() { outer } else { error.position() };
    match error {
        EvalAltResult::ErrorInFunctionCall(_, source, inner, _) => {
            let called = Some(source.as_str()).filter(|source| !source.is_empty());
            innermost(inner, position, called.or(within))
        }
        EvalAltResult::ErrorInModule(_, inner, _) => innermost(inner, position, within),
        error => Innermost { error, position, within },
    }
}

/// The name of a type as scripts know it.
pub fn kind_name(name: &str) -> &str {
    match name.rsplit("::").next().unwrap_or(name) {
        "ConditionSymbol" => "condition",
        "PeriodSymbol" => "period",
        "ReachSymbol" => "span",
        "PastRow" => "past row",
        "Amount" => "amount",
        "Term" => "column",
        "RowSymbol" => "row",
        "Dataset" => "dataset",
        "Children" => "related rows",
        "Measure" => "measure",
        "Figure" => "figure",
        other => other,
    }
}

fn parsing(error: &ParseErrorType) -> (String, Option<String>) {
    let reserved = |word: &str| match word {
        "switch" => Some("on columns it would be quietly wrong; in `value` write if … else if …"),
        "??" => Some("a missing figure is (): ask `if m.x == () { … }`"),
        "eval" => Some("a script is all there is"),
        _ => None,
    };
    match error {
        ParseErrorType::BadInput(LexError::ImproperSymbol(symbol, _)) if reserved(symbol).is_some() => {
            (format!("“{symbol}” does not exist in KPI scripts"), reserved(symbol).map(str::to_owned))
        }
        ParseErrorType::Reserved(word) if reserved(word).is_some() => {
            (format!("“{word}” does not exist in KPI scripts"), reserved(word).map(str::to_owned))
        }
        ParseErrorType::UnknownOperator(word) if reserved(word).is_some() => {
            (format!("“{word}” does not exist in KPI scripts"), reserved(word).map(str::to_owned))
        }
        ParseErrorType::VariableUndefined(name) => (
            format!("nothing is called “{name}” here"),
            Some("a closure sees its row only under the name between the bars: |l| l.amount".to_owned()),
        ),
        ParseErrorType::MissingToken(token, place) => (format!("“{token}” is missing {place}"), None),
        ParseErrorType::UnexpectedEOF => {
            ("the script ends too early".to_owned(), Some("is a bracket left open?".to_owned()))
        }
        ParseErrorType::MismatchedType(..) => (lower_first(&error.to_string()), Some(CONDITIONS.to_owned())),
        ParseErrorType::ExprExpected(what) => (format!("{what} is expected here"), None),
        other => (lower_first(&other.to_string()), None),
    }
}

fn running(error: &EvalAltResult, names: &Names) -> (String, Option<String>) {
    use EvalAltResult as E;
    let some = |hint: &str| Some(hint.to_owned());
    match error {
        E::ErrorRuntime(thrown, _) => match thrown.clone().try_cast::<Complaint>() {
            Some(complaint) => (complaint.message, complaint.hint),
            None => (format!("the script gave up: {thrown}"), None),
        },
        E::ErrorVariableNotFound(name, _) => {
            (format!("nothing is called “{name}” here"), some("functions see only their parameters"))
        }
        E::ErrorFunctionNotFound(signature, _) => function_not_found(signature, names),
        E::ErrorPropertyNotFound(name, _) => {
            (format!("there is no “{name}”"), some("`m` holds what `measures` returned, under the same names"))
        }
        E::ErrorMismatchDataType(wanted, given, _) => {
            let (wanted, given) = (kind_name(wanted), kind_name(given));
            match (wanted, given) {
                ("bool", "condition" | "column") => (format!("a {given} cannot be used here"), some(CONDITIONS)),
                ("bool", _) => (format!("this is {given}, where a condition is needed"), some(CONDITIONS)),
                _ => (format!("this is {given}, where {wanted} is needed"), None),
            }
        }
        E::ErrorTooManyOperations(_) => too_much("takes too many steps"),
        E::ErrorTerminated(..) => too_much("takes too long"),
        E::ErrorStackOverflow(_) => too_much("calls itself too deeply"),
        E::ErrorDataTooLarge(what, _) => too_much(&format!("makes something too large ({what})")),
        E::ErrorTooManyVariables(_) => too_much("has too many variables"),
        E::ErrorModuleNotFound(name, _) => (
            format!("there is no module “{name}”"),
            some("shared helpers lie in kpis/lib and are imported under their own name: import \"sales\" as sales;"),
        ),
        E::ErrorIndexingType(kind, _) => (format!("{} has no parts", kind.split(' ').next().unwrap_or("this")), None),
        E::ErrorDotExpr(message, _) => (lower_first(message), None),
        other => {
            let text = other.to_string();
            let text = text.rsplit_once(" (line ").map_or(text.as_str(), |(text, _)| text);
            (lower_first(text), None)
        }
    }
}

const CONDITIONS: &str = "combine conditions with `and`, `or` and `!`: &&, || and `if` do not work on columns";

fn too_much(what: &str) -> (String, Option<String>) {
    (format!("the script {what}"), Some("describe in `measures` what to add up, and let the server do it".to_owned()))
}

fn function_not_found(signature: &str, names: &Names) -> (String, Option<String>) {
    let name = signature.split([' ', '(']).next().unwrap_or(signature);
    let arguments = signature.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'));
    if names.has(name) {
        return (
            format!("“{name}” cannot be used with ({arguments})"),
            Some("see the reference for what it takes".to_owned()),
        );
    }
    let near = nearest(name, names.functions.iter().map(String::as_str));
    (format!("there is no function “{name}” for ({arguments})"), near.map(|near| format!("did you mean “{near}”?")))
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}
