//! Examples: pieces of scripts, and how to make a whole script of each, so that it can be run.

use crate::definition::declaration::Unit;

/// A piece of a script.
#[derive(Debug, Clone, Copy)]
pub enum Example {
    /// An expression for one measure.
    Measure(&'static str),
    /// The body of `value`, over the measures of [`MEASURES`], and the unit of the figure.
    Value(#[cfg_attr(not(test), expect(dead_code, reason = "only running needs it"))] Unit, &'static str),
    /// The declaration.
    Head(&'static str),
    /// Fields of the declaration.
    Declaration(&'static str),
    /// Fields of one test of a win rate: see [`MEASURES`] and [`RATE`].
    Test(&'static str),
}

/// The measures that the examples of `value` and of tests use.
pub const MEASURES: &str = r#"fn measures(data) {
    let accepted = data.leads.dated(|l| l.accepted_at);
    let won = accepted.filter(|l| l.outcome == "won");
    #{
        accepted: accepted.count(),
        won: won.count(),
        amount: won.sum(|l| l.amount),
        time: won.mean(|l| l.closed_at - l.accepted_at),
        median: won.median(|l| l.closed_at - l.accepted_at),
    }
}"#;

/// An example of `rows`.
pub const ROWS: &str = r#"fn rows(data) {
    data.leads.dated(|l| l.accepted_at).filter(|l| l.outcome == "lost" and l.quality == "hot")
}"#;

/// The figure that the examples of tests check.
pub const RATE: &str = "ratio(m.won, m.accepted)";

impl Example {
    /// Its text in the reference.
    pub fn text(self) -> &'static str {
        match self {
            Example::Measure(text)
            | Example::Value(_, text)
            | Example::Head(text)
            | Example::Declaration(text)
            | Example::Test(text) => text,
        }
    }

    /// A whole script with the example in its place.
    #[cfg(test)]
    pub fn script(self) -> String {
        let one = |measure: &str| format!("fn measures(data) {{\n    #{{ example: {measure} }}\n}}");
        let parameters = "parameters: #{ source: \"Website\" },";
        match self {
            // A plain number has no unit, and so fits every measure.
            Example::Measure(text) => script(Unit::Number, parameters, &one(text), "1", ""),
            Example::Value(unit, text) => script(unit, "", MEASURES, text, ""),
            Example::Head(text) => format!("{text}\n{MEASURES}\nfn value(m) {{ {RATE} }}"),
            Example::Declaration(text) => script(Unit::Percent, text, MEASURES, RATE, ""),
            Example::Test(text) => script(Unit::Percent, "", MEASURES, RATE, text),
        }
    }
}

#[cfg(test)]
fn script(unit: Unit, declared: &str, measures: &str, value: &str, test: &str) -> String {
    let unit = super::chapters::name_of(&unit);
    // A mark above which figures are bad implies that lower is better.
    let better = if declared.contains("above_mean_of") { "lower" } else { "higher" };
    let tests = if test.is_empty() { String::new() } else { format!("fn tests() {{\n    [#{{\n{test}\n    }}]\n}}\n") };
    format!(
        "kpi(#{{ id: \"example\", title: #{{ en: \"e\", de: \"e\" }}, description: #{{ en: \"e\", de: \"e\" }}, \
         unit: \"{unit}\", better: \"{better}\", {declared} }});\n{measures}\nfn value(m) {{\n{value}\n}}\n{tests}"
    )
}
