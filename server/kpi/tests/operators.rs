//! Every operator between every two kinds of things that a closure can name: it describes a condition or a value, or it
//! is an error with a hint. What Rhai would answer by itself, `false` or nonsense, never gets through.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::fmt::Write as _;
use std::sync::Arc;

/// What stands for each kind, with a letter for the table.
const SYMBOLS: [(&str, &str); 14] = [
    ("number", "o.contract_months"),
    ("money", "o.amount"),
    ("duration", "(o.closed_at - o.created_at)"),
    ("instant", "o.created_at"),
    ("date", "o.expected_close_on"),
    ("text", "o.outcome"),
    ("yes/no", "o.partner.active"),
    ("condition", "o.closed_at.is_set()"),
    ("row", "o.partner"),
    ("past row", "o.as_of(p.end)"),
    ("related", "o.opportunity_changes"),
    ("period", "p"),
    ("span", "p.trailing(\"1 year\")"),
    ("end", "p.end"),
];
const PLAIN: [(&str, &str); 8] = [
    ("1", "1"),
    ("0.5", "0.5"),
    ("\"won\"", "\"won\""),
    ("true", "true"),
    ("()", "()"),
    ("[1]", "[1]"),
    ("#{}", "#{}"),
    ("'c'", "'c'"),
];
const OPERATORS: [&str; 22] = [
    "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", "and", "or", "&&",
    "||", "in",
];

/// What comes of an expression inside a filter.
fn outcome(language: &Arc<Language>, expression: &str) -> Result<char, String> {
    let script = format!(
        r#"kpi(#{{ id: "a", title: #{{ en: "A", de: "A" }}, description: #{{ en: "A", de: "A" }}, unit: "count", better: "higher" }});
fn measures(data) {{ #{{ n: data.opportunities.dated(|o| o.created_at).filter(|o, p| {expression}).count() }} }}
fn value(m) {{ m.n }}"#
    );
    let Err(error) = language.load("a.rhai", &script) else { return Ok('C') };
    match error.message.as_str() {
        "the closure of filter gives a column, not a condition" => Ok('V'),
        // `true || x` never looks at x; what is left is refused as no condition.
        "the closure of filter gives a bool, not a condition" if expression.contains("||") => Ok('·'),
        message if message.starts_with("the closure of filter gives a ") => Err(format!("is quietly {message}")),
        message if error.hint.is_none() => Err(format!("has no hint: {message}")),
        _ => Ok('·'),
    }
}

#[test]
fn every_operator_between_every_two_kinds_describes_something_or_is_an_error_with_a_hint() {
    let language = Arc::new(Language::new());
    let all: Vec<(&str, &str)> = SYMBOLS.into_iter().chain(PLAIN).collect();
    let mut tables: Vec<(String, String)> = Vec::new();
    let mut wrong = Vec::new();
    for operator in OPERATORS {
        let mut table = String::new();
        for (left_name, left) in &all {
            let mut line = format!("{left_name:>9}  ");
            for (right_name, right) in &all {
                let plain = [left_name, right_name].iter().all(|name| PLAIN.iter().any(|(plain, _)| plain == *name));
                if plain {
                    line.push(' ');
                    continue;
                }
                match outcome(&language, &format!("{left} {operator} {right}")) {
                    Ok(letter) => line.push(letter),
                    Err(what) => wrong.push(format!("{left} {operator} {right} {what}")),
                }
            }
            let _ = writeln!(table, "{}", line.trim_end());
        }
        match tables.iter_mut().find(|(_, known)| *known == table) {
            Some((operators, _)) => _ = write!(operators, " {operator}"),
            None => tables.push((operator.to_owned(), table)),
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    let shown = tables.iter().fold(String::new(), |shown, (operators, table)| format!("{shown}{operators}\n{table}\n"));
    insta::assert_snapshot!(shown);
}
