//! Closures and the variables around them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::sync::Arc;

/// Orders of 1, 2 and 3 in the week of the tests.
const ROWS: &str = r#"orders: [1, 2, 3].map(|amount| #{ ordered_at: "2026-11-03", amount: amount })"#;

fn script(measures: &str, value: &str, expect: f64) -> String {
    format!(
        r#"kpi(#{{
    id: "example",
    title: #{{ en: "Example", de: "Beispiel" }},
    description: #{{ en: "An example.", de: "Ein Beispiel." }},
    unit: "number",
    better: "higher",
}});
fn measures(data) {{ let orders = data.orders.dated(|o| o.ordered_at); {measures} }}
fn value(m) {{ {value} }}
fn tests() {{ [#{{ name: "it", period: "2026-W45", {ROWS}, expect: {expect:.1} }}] }}
"#
    )
}

/// Loads a script and runs its test.
fn run(measures: &str, value: &str, expect: f64) -> Result<(), String> {
    let kpis = Arc::new(Language::new()).load("example.rhai", &script(measures, value, expect));
    let mut results = kpis.map_err(|wrong| wrong.to_string())?[0].run_tests().map_err(|wrong| wrong.to_string())?;
    results.remove(0).outcome
}

/// How many orders each of the three closures counts, as the digits of one number: hundreds for the first, then tens,
/// ones.
const DIGITS: &str = "m.a * 100 + m.b * 10 + m.c";
const COUNTED: &str =
    "#{ a: orders.filter(f[0]).count(), b: orders.filter(f[1]).count(), c: orders.filter(f[2]).count() }";

#[test]
fn each_closure_keeps_the_value_that_its_variable_had_when_it_was_made() {
    let loops = [
        "for limit in [1, 2, 3] { f.push(|o| o.amount >= limit); }",
        "for (x, i) in [7, 7, 7] { f.push(|o| o.amount > i); }",
        "for i in 1..4 { let g = |o| o.amount >= i; f.push(g); }",
        "let i = 1; while i < 4 { f.push(|o| o.amount >= i); i += 1; }",
        "let i = 1; loop { f.push(|o| o.amount >= i); i = i + 1; if i > 3 { break; } }",
        "let i = 0; do { i += 1; f.push(|o| o.amount >= i); } while i < 3;",
        "let m = #{ at: 1 }; for x in 0..3 { f.push(|o| o.amount >= m.at); m.at += 1; }",
        "let l = [1]; for x in 0..3 { f.push(|o| o.amount >= l[0]); l[0] += 1; }",
        "let l = []; for x in 0..3 { l.push(x); f.push(|o| o.amount >= l.len()); }",
        "for limit in [1, 2, 3] { f.push(|o, p| o.amount >= limit and o.ordered_at >= p.start); }",
        // A closure in a closure, and a closure that makes another.
        "for limit in [1, 2, 3] { let at_least = |o| o.amount >= limit; f.push(|o| at_least.call(o)); }",
        "let made = |limit| |o| o.amount >= limit; for limit in [1, 2, 3] { f.push(made.call(limit)); }",
        "let all = #{}; for limit in [1, 2, 3] { all[`f${limit}`] = |o| o.amount >= limit; } f = all.values();",
        "f = [1, 2, 3].map(|limit| |o| o.amount >= limit);",
        "const LIMIT = 1; for i in 0..3 { f.push(|o| o.amount >= LIMIT + i); }",
    ];
    for made in loops {
        let measures = format!("let f = []; {made} {COUNTED}");
        assert_eq!(run(&measures, DIGITS, 321.0), Ok(()), "{made}");
    }
}

#[test]
fn a_variable_that_changes_later_does_not_change_the_closure() {
    let measures = "let limit = 3; let f = |o| o.amount >= limit; limit = 1;
        #{ n: orders.filter(f).count(), all: orders.filter(|o| o.amount >= limit).count() }";
    assert_eq!(run(measures, "m.n * 10 + m.all", 13.0), Ok(()));
    let through_a_helper = "let limit = 3; let f = made(limit); limit = 1; #{ n: orders.filter(f).count() }";
    let value = "m.n } fn made(limit) { let f = |o| o.amount >= limit; limit = 0; f";
    assert_eq!(run(through_a_helper, value, 1.0), Ok(()));
}

#[test]
fn filters_in_a_loop_are_those_of_their_round() {
    let measures = "let all = #{}; for n in 1..4 { all[`n${n}`] = orders.filter(|o| o.amount >= n).count(); } all";
    assert_eq!(run(measures, "m.n1 * 100 + m.n2 * 10 + m.n3", 321.0), Ok(()));
    let stacked = "for n in 1..3 { orders = orders.filter(|o| o.amount != n); } #{ n: orders.sum(|o| o.amount) }";
    assert_eq!(run(stacked, "m.n / m.n * 3", 3.0), Ok(()));
}

#[test]
fn closures_keep_their_values_in_value_and_in_tests() {
    let value =
        "let f = []; for i in 1..4 { f.push(|x| x * i); } f[0].call(100) + f[1].call(10) + f[2].call(m.n / m.n)";
    assert_eq!(run("#{ n: orders.count() }", value, 123.0), Ok(()));
}

#[test]
fn an_inner_closure_reaches_the_outer_row_with_and_without_a_name_of_its_own() {
    for filter in [
        "|c| { let since = c.acquired_at; c.orders.filter(|o| o.ordered_at >= since).exists() }",
        "|c| c.orders.filter(|o| o.ordered_at >= c.acquired_at).exists()",
    ] {
        let measures = format!("#{{ n: data.customers.all().filter({filter}).count(), o: orders.count() }}");
        assert_eq!(run(&measures, "m.n + m.o", 3.0), Ok(()), "{filter}");
    }
}

#[test]
fn a_closure_that_changes_what_lies_around_it_is_refused_where_it_does() {
    for (closure, name) in [
        ("let n = 0; [1].for_each(|| n += this);", "n"),
        ("let n = 0; [1].map(|x| { n = x; x });", "n"),
        ("let l = []; [1].map(|x| { l.push(x); x });", "l"),
        ("let l = []; [1].map(|x| { push(l, x); x });", "l"),
        ("let l = [0]; [1].map(|x| { l[0] = x; x });", "l"),
        ("let m = #{ a: [] }; [1].map(|x| { m.a.push(x); x });", "m"),
        ("let m = #{ a: [[]] }; [1].map(|x| { m.a[0].push(x); x });", "m"),
        ("let m = #{}; [1].map(|x| { m.a = x; x });", "m"),
        ("let n = 0; [1].map(|x| { let f = |y| { n = y; y }; f.call(x) });", "n"),
    ] {
        let said = run(&format!("{closure} #{{ n: orders.count() }}"), "m.n", 3.0).unwrap_err();
        let wanted = format!("a closure cannot change “{name}”, which lies outside of it");
        assert!(said.contains(&wanted) && said.contains("example.rhai:8:"), "{closure}\n{said}");
    }
}

#[test]
fn a_closure_may_change_what_is_its_own() {
    for closure in [
        "[1].map(|x| { x += 1; x });",
        "[1].map(|x| { let l = []; l.push(x); l[0] = 2; l });",
        "let n = 5; [1].map(|x| { let n = n; n += x; n });",
        "let n = [[5]]; [1].map(|x| { let y = n[0].len(); for i in 0..2 { y += i; } y });",
        "[[1]].map(|x| x.pop());",
        "let l = [3]; let i = [0]; [1].map(|x| l[i[0]]);",
    ] {
        assert_eq!(run(&format!("{closure} #{{ n: orders.count() }}"), "m.n", 3.0), Ok(()), "{closure}");
    }
}

#[test]
fn closures_that_hold_closures_do_not_double() {
    let measures = "let f = |x| x; for i in 0..200 { let g = f; let h = f; f = |x| [g, h]; } #{ n: orders.count() }";
    assert_eq!(run(measures, "m.n", 3.0), Ok(()));
}
