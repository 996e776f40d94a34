use super::*;
use crate::script::kpi::Kpi;
use crate::script::{Environment, Language};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

fn load(measures: &str, value: &str) -> Kpi {
    let script = format!(
        r#"kpi(#{{ id: "example", title: #{{ en: "E", de: "B" }}, description: #{{ en: "E.", de: "B." }}, better: "higher", unit: "number" }});
fn measures(data) {{
    let leads = data.leads.dated(|l| l.created_at);
    let won = leads.filter(|l| l.outcome == "won");
    let closed = leads.filter(|l| l.outcome in ["won", "lost"]);
    #{{ {measures} }}
}}
{value}"#
    );
    Arc::new(Language::new()).load("example.rhai", &script).unwrap_or_else(|wrong| panic!("{wrong}")).remove(0)
}

fn written(kpi: &Kpi) -> String {
    let names = |terms: &Terms| {
        let named = |sign: &str, at: &usize| format!("{sign}{}", kpi.measures[*at].0);
        let plus = terms.plus.iter().map(|at| named("+", at));
        plus.chain(terms.minus.iter().map(|at| named("-", at))).collect::<String>()
    };
    match kpi.made_of() {
        MadeOf::Measure(at) => kpi.measures[*at].0.clone(),
        MadeOf::Sum(terms) => names(terms),
        MadeOf::Ratio { numerator, denominator } => format!("{} / {}", names(numerator), names(denominator)),
        MadeOf::Share { numerator, denominator } => format!("{} of {}", names(numerator), names(denominator)),
        MadeOf::Other => "other".to_owned(),
    }
}

/// What a value is made of, over leads, won and closed ones, and the amount of orders.
fn made_of(value: &str) -> String {
    let measures = "leads: leads.count(), won: won.count(), closed: closed.count(), \
                    amount: data.orders.dated(|o| o.ordered_at).sum(|o| o.amount / money(1)), \
                    orders: data.orders.dated(|o| o.ordered_at).count()";
    written(&load(measures, &format!("fn value(m) {{ {value} }}")))
}

#[test]
fn a_figure_remembers_the_measures_that_it_is_made_of() {
    for (value, expected) in [
        ("m.won", "won"),
        ("number(m.won).beside(\"all\", m.leads)", "won"),
        ("m.leads - m.won", "+leads-won"),
        ("-(m.won - m.leads)", "+leads-won"),
        ("let sum = 0; for each in [\"won\", \"amount\"] { sum += m[each]; } sum", "+amount+won"),
        ("ratio(m.won, m.leads)", "+won of +leads"),
        ("ratio(m.leads - m.won, m.leads)", "+leads-won of +leads"),
        ("ratio(m.won, m.won + m.closed)", "+won of +closed+won"),
        ("ratio(m.amount, m.orders)", "+amount / +orders"),
        ("if m.leads == 0 { return (); } ratio(m.won, m.leads)", "+won of +leads"),
    ] {
        assert_eq!(made_of(value), expected, "{value}");
    }
}

#[test]
fn a_figure_that_is_more_than_its_measures_is_something_else() {
    for value in [
        "m.won * 2",
        "m.won + 1",
        "m.won + m.won",
        "abs(m.won - m.leads)",
        "round(m.amount)",
        "m.won / m.leads",
        "ratio(2 * m.won, m.leads)",
        "0",
        // Now one thing and now another.
        "if m.leads > 10 { ratio(m.won, m.leads) } else { ratio(m.won, m.closed) }",
        "if m.leads == 0 { 0 } else { m.won }",
    ] {
        assert_eq!(made_of(value), "other", "{value}");
    }
    let growth =
        load("leads: leads.count()", "fn value(m, previous) { ratio(m.leads - previous.leads, previous.leads) }");
    assert_eq!(written(&growth), "other");
}

/// Whether the leads that pass one filter are a share of those that pass another one.
fn is_share(part: &str, whole: &str) -> bool {
    let measures = format!("part: leads.filter(|l| {part}).count(), whole: leads.filter(|l| {whole}).count()");
    matches!(load(&measures, "fn value(m) { ratio(m.part, m.whole) }").made_of(), MadeOf::Share { .. })
}

#[test]
fn every_row_of_a_share_is_a_row_of_the_whole() {
    for (part, whole) in [
        (r#"l.outcome == "won""#, r#"l.outcome in ["won", "lost"]"#),
        (r#"l.outcome in ["lost", "won"]"#, r#"l.outcome in ["won", "lost", "open"]"#),
        (r#"l.outcome == "won" and l.amount > 100"#, r#"l.outcome == "won""#),
        (r#"l.outcome == "won""#, r#"l.amount > 100 or l.outcome == "won""#),
        ("l.amount > 200 or l.amount == 150", "l.amount > 100"),
        ("l.amount >= 100", "l.amount >= 100"),
        ("l.amount > 100", "l.amount.is_set()"),
        ("l.campaign.as_number() <= 1", "l.campaign.as_number() < 2"),
        (r#"l.campaign.starts_with("web")"#, "l.campaign.is_set()"),
        ("l.opportunities.count() >= 2", "l.opportunities.count() >= 1"),
    ] {
        assert!(is_share(part, whole), "{part} of {whole}");
    }
    for (part, whole) in [
        (r#"l.outcome == "won""#, r#"l.outcome == "lost""#),
        (r#"l.outcome in ["won", "open"]"#, r#"l.outcome in ["won", "lost"]"#),
        (r#"l.outcome == "won""#, r#"l.outcome == "won" and l.amount > 100"#),
        (r#"l.amount > 100 or l.outcome == "won""#, r#"l.outcome == "won""#),
        (r#"l.outcome != "won""#, "l.outcome.is_set()"),
        ("l.amount >= 100", "l.amount > 100"),
        ("l.amount > 100", "l.amount < 200"),
    ] {
        assert!(!is_share(part, whole), "{part} of {whole}");
    }
}

#[test]
fn rows_are_no_share_of_others_that_are_counted_otherwise() {
    for measures in [
        "part: won.distinct(|l| l.partner_id), whole: leads.count()",
        "part: won.sum(|l| l.amount / money(1)), whole: leads.sum(|l| l.amount / money(1))",
        "part: data.leads.dated(|l| l.closed_at).count(), whole: leads.count()",
        "part: data.orders.dated(|o| o.ordered_at).count(), whole: leads.count()",
    ] {
        let kpi = load(measures, "fn value(m) { ratio(m.part, m.whole) }");
        assert_eq!(written(&kpi), "+part / +whole", "{measures}");
    }
    let partners = "part: won.distinct(|l| l.partner_id), whole: leads.distinct(|l| l.partner_id)";
    assert_eq!(written(&load(partners, "fn value(m) { ratio(m.part, m.whole) }")), "+part of +whole");
}

#[test]
fn what_each_kpi_that_ships_is_made_of() {
    let kpis = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kpis");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let library = ("sales".to_owned(), read(&kpis.join("lib/sales.rhai")));
    let environment = Environment { libraries: vec![library], ..Environment::default() };
    let language = Arc::new(Language::within(environment).unwrap());
    let scripts = |pack: &Path| std::fs::read_dir(pack).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
    let packs = scripts(&kpis).into_iter().filter(|pack| pack.is_dir() && !pack.ends_with("lib"));
    let mut lines: Vec<String> = Vec::new();
    for script in packs.flat_map(|pack| scripts(&pack)) {
        for kpi in language.load("example.rhai", &read(&script)).unwrap() {
            lines.push(format!("{}: {}", kpi.id(), written(&kpi)));
        }
    }
    lines.sort();
    let mut all = String::new();
    for line in lines {
        writeln!(all, "{line}").unwrap();
    }
    insta::assert_snapshot!(all);
}
