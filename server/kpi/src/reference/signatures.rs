//! Signatures, from the metadata of the engine's functions.

use crate::script::Language;
use crate::script::errors::kind_name;

/// One overload of one of our functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    /// Whether it is called with a dot: `rows.count()`.
    pub is_method: bool,
    /// The types of its parameters, by the names in the reference.
    pub parameters: Vec<String>,
    /// The type of its result; empty where there is none.
    pub result: String,
}

/// Functions that people never call: some only report an error, `reached` serves the coverage of tests, and
/// `index$get$` is the dot before the name of a column.
const EXCLUDED: [&str; 17] = [
    "sleep",
    "timestamp",
    "to_json",
    "parse_json",
    "reached",
    "index$get$",
    "%",
    "**",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "+=",
    "-=",
    "*=",
    "/=",
];

/// Operators that return a condition; all others return a column.
const CONDITIONS: [&str; 9] = ["and", "or", "!", "==", "!=", "<", "<=", ">", ">="];

/// Types without a name in the reference: that of a measure while units are checked, and a letter of a text.
const UNNAMED: [&str; 2] = ["amount", "char"];

/// Any value.
const ANY: &str = "value";

/// All overloads of our functions, sorted; operators last.
pub fn all(language: &Language) -> Vec<Signature> {
    let read = |f: rhai::FuncInfo| Some(Signature::read(f.metadata));
    let mut all: Vec<Signature> = language.engine.collect_fn_metadata(None, read, false);
    all.retain(|signature| {
        let excluded = EXCLUDED.contains(&signature.name.as_str());
        !(excluded
            || UNNAMED.iter().any(|of| signature.takes(of))
            || signature.is_operator() && signature.always_refuses())
    });
    all.sort_by(|left, right| left.order().cmp(&right.order()));
    // The reference does not distinguish whole numbers from others.
    all.dedup();
    all
}

impl Signature {
    fn read(function: &rhai::FuncMetadata) -> Signature {
        let of = |parameter: &str| parameter.split_once(':').map_or(parameter, |(_, of)| of).trim().to_owned();
        let types: Vec<String> = function.params_info.iter().map(|parameter| of(parameter)).collect();
        let mut signature = Signature {
            name: function.name.to_string(),
            is_method: types.first().is_some_and(|of| of.starts_with("&mut")),
            parameters: types.iter().map(|of| known(of)).collect(),
            result: known(&function.return_type),
        };
        if signature.is_operator() {
            let gives_condition = CONDITIONS.contains(&signature.name.as_str());
            signature.result = String::from(if gives_condition { "condition" } else { "column" });
        }
        signature
    }

    /// Functions by name, then operators.
    fn order(&self) -> (bool, &str, &[String]) {
        (self.is_operator(), &self.name, &self.parameters)
    }

    fn takes(&self, of: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter == of)
    }

    /// Whether it is an operator that exists only to report an error: rows have no operators, and conditions can only
    /// be joined.
    fn always_refuses(&self) -> bool {
        self.takes("row") || self.takes("condition") && !["and", "or", "!"].contains(&self.name.as_str())
    }

    /// Whether it is an operator.
    pub fn is_operator(&self) -> bool {
        ["and", "or"].contains(&self.name.as_str()) || !self.name.starts_with(|first: char| first.is_alphabetic())
    }

    /// The type that it belongs to: that of its first parameter.
    pub fn of(&self) -> &str {
        self.parameters.first().map_or("", String::as_str)
    }

    /// `dataset.dated(closure, span) → dataset`.
    pub fn shown(&self) -> String {
        let arguments = &self.parameters[usize::from(self.is_method)..];
        let arguments: Vec<&str> = arguments.iter().map(|of| spoken(of)).collect();
        let before = if self.is_method { format!("{}.", spoken(self.of())) } else { String::new() };
        let after = if self.result.is_empty() { String::new() } else { format!(" → {}", spoken(&self.result)) };
        format!("{before}{}({}){after}", self.name, arguments.join(", "))
    }

    /// As a definition for editors.
    pub fn defined(&self) -> String {
        let types: Vec<String> = self.parameters.iter().map(|of| defined(of)).collect();
        let result = if self.result.is_empty() { "()".to_owned() } else { defined(&self.result) };
        if self.is_operator() {
            return format!("op {}({}) -> {result};", self.name, types.join(", "));
        }
        let named = types.iter().zip(&self.parameters).enumerate().map(|(index, (type_, of))| {
            let again = self.parameters[..index].contains(of);
            format!("{}{}: {type_}", defined_name(of), if again { (index + 1).to_string() } else { String::new() })
        });
        format!("fn {}({}) -> {result};", self.name, named.collect::<Vec<_>>().join(", "))
    }
}

/// The name in the reference of a type as Rust or Rhai writes it.
fn known(written: &str) -> String {
    let plain = written.trim_start_matches("&mut ");
    let inner = plain.split_once("Result<").and_then(|(_, result)| result.split(',').next());
    let plain = inner.unwrap_or(plain);
    match kind_name(plain) {
        _ if plain.contains("BTreeMap<") => "map",
        "()" => "",
        "Dynamic" | "?" => ANY,
        "relatedrows" => "related rows",
        "pastrow" | "past row" => "row",
        "Fn" | "FnPtr" => "closure",
        "i64" | "f64" | "INT" | "FLOAT" | "int" | "float" => "number",
        "string" | "str" | "ImmutableString" | "&str" => "text",
        "array" | "Array" => "list",
        "map" | "Map" => "map",
        "bool" => "yes/no",
        other => other,
    }
    .to_owned()
}

/// The name for use in a sentence.
fn spoken(of: &str) -> &str {
    if of == "related rows" { "related" } else { of }
}

/// The name that editors know.
fn defined(of: &str) -> String {
    match of {
        ANY => "?".to_owned(),
        "closure" => "Fn".to_owned(),
        "text" => "String".to_owned(),
        "number" => "float".to_owned(),
        "list" => "Array".to_owned(),
        "map" => "Map".to_owned(),
        "yes/no" => "bool".to_owned(),
        other => other.replace(' ', "_"),
    }
}

fn defined_name(of: &str) -> String {
    match of {
        "dataset" | "related rows" => "rows".to_owned(),
        other => other.replace([' ', '/'], "_"),
    }
}
