//! Amounts keep their units on whatever way a script takes them, and texts are made of numbers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::sync::Arc;

/// A script whose measures are a duration, an amount of money and a number of rows.
fn load(unit: &str, value: &str) -> Result<(), String> {
    let script = format!(
        r#"kpi(#{{
    id: "example",
    title: #{{ en: "Example", de: "Beispiel" }},
    description: #{{ en: "An example.", de: "Ein Beispiel." }},
    unit: "{unit}",
    better: "higher",
}});
fn measures(data) {{
    let orders = data.orders.dated(|o| o.ordered_at);
    #{{ cycle: orders.mean(|o| o.cancelled_at - o.ordered_at), revenue: orders.sum(|o| o.amount), orders: orders.count() }}
}}
fn value(m) {{ if m.cycle == () || m.revenue == () {{ return; }} {value} }}
fn tests() {{ [#{{ name: "it", period: "2026-W45", orders: [#{{
    ordered_at: "2026-11-03T00:00", cancelled_at: "2026-11-03T01:00", amount: 12.5
}}], expect: 3600 }}] }}
"#
    );
    let kpis = Arc::new(Language::new()).load("example.rhai", &script).map_err(|wrong| wrong.to_string())?;
    kpis[0].run_tests().map_err(|wrong| wrong.to_string())?.remove(0).outcome
}

#[test]
fn a_text_made_of_an_amount_does_not_become_a_number() {
    for value in [
        "parse_float(m.cycle.to_string())",
        "parse_float(\"\" + m.cycle)",
        "parse_float(m.cycle + \"\")",
        "parse_float(`${m.cycle}`)",
        "parse_float(m.cycle.to_debug())",
        "parse_float(\"0\" + m.cycle.to_string())",
        "parse_int(m.cycle.to_int().to_string())",
        "parse_int(m.cycle.to_int().to_string(), 10)",
        "let text = [m.cycle].to_string(); parse_int(\"\" + text[1])",
        "let n = 0; for letter in `${m.cycle}` { if letter != '.' { n = n * 10 + parse_int(\"\" + letter); } } n",
        "let n = 0; for letter in `${m.cycle}` { if letter == '3' { n = n * 10 + 3; } } n",
        "[\"1.0\", \"3600.0\"].index_of(m.cycle.to_string())",
        "if m.cycle.to_string() == \"3600.0\" { 3600 } else { 1 }",
    ] {
        let said = load("number", value).unwrap_err();
        assert!(said.contains("a text that is made of a measure cannot be"), "{value}\n{said}");
    }
}

#[test]
fn no_amount_loses_its_unit_by_way_of_json() {
    for value in [
        "parse_json(#{ x: m.cycle }.to_json()).x",
        "let n = 0; for letter in #{ x: m.cycle }.to_json() { n += 1 } n",
        "parse_json(`{\"x\": 1}`).x",
    ] {
        let said = load("number", value).unwrap_err();
        assert!(said.contains("scripts neither write nor read JSON"), "{value}\n{said}");
    }
}

#[test]
fn rounding_and_converting_keep_the_unit() {
    for value in ["m.cycle.to_int()", "m.cycle.to_float()", "m.cycle.int", "m.cycle % 86400", "m.cycle.floor()"] {
        assert_eq!(load("duration", value), Ok(()), "{value}");
        let said = load("number", value).unwrap_err();
        assert!(said.contains("the unit of “example” is number, but its value is a duration"), "{value}\n{said}");
    }
    let said = load("number", "m.cycle % m.revenue").unwrap_err();
    assert!(said.contains("a duration cannot be divided by an amount of money"), "{said}");
}

#[test]
fn texts_that_know_no_amount_become_numbers() {
    for value in [
        "parse_float(\"3600.0\")",
        "parse_int(\" 3600 \")",
        "parse_int(\"e10\", 16)",
        "parse_int(\"36\" + 0 + \"0\")",
        "if \"a\" < \"b\" && 'a' != 'b' { 3600 } else { 1 }",
    ] {
        assert_eq!(load("number", value), Ok(()), "{value}");
    }
    for (value, said) in
        [("parse_float(\"much\")", "“much” is not a number"), ("parse_float(\"inf\")", "inf is not a number")]
    {
        let found = load("number", value).unwrap_err();
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn a_text_and_a_number_make_a_text() {
    for value in [
        "number(m.cycle).beside(\"of \" + m.orders, m.cycle)",
        "number(m.cycle).beside(m.orders + \" orders\", m.cycle)",
        "number(m.cycle).beside(`of ${m.orders}`, m.cycle)",
        "let text = \"\"; text += 36; text += 0.5; if text == \"360.5\" { m.cycle } else { m.cycle * 2 }",
        "if 1 + \"a\" + true + 2.5 == \"1atrue2.5\" { m.cycle } else { m.cycle * 2 }",
    ] {
        assert_eq!(load("duration", value), Ok(()), "{value}");
    }
}
