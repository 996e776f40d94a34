use super::Reference;
use super::blocks::Block;
use super::chapters::{FIELDS, OPERATIONS, PARTS, PERIODS, ROW_VALUES, TEST_KEYS, name_of};
use super::entries::{ENTRIES, OF_RHAI};
use super::examples::{Example, RATE, ROWS};
use super::recipes::{FIRST, RECIPES};
use super::signatures::Signature;
use crate::definition::declaration::Unit;
use crate::script::Language;
use crate::script::declare;
use crate::time::period::Period;
use std::collections::BTreeSet;
use std::sync::Arc;

fn language() -> Arc<Language> {
    Arc::new(Language::new())
}

fn reference() -> Reference {
    Reference::of(&language())
}

/// Loads a script and runs its tests; panics if anything is wrong. Returns the number of tests.
fn run(script: &str) -> usize {
    let tested = language().test("example.rhai", script, &|_| true).unwrap_or_else(|wrong| panic!("{wrong}\n{script}"));
    for test in &tested.results {
        assert_eq!(test.outcome, Ok(()), "{}: {}\n{script}", test.kpi, test.name);
    }
    tested.results.len()
}

#[test]
fn every_function_of_ours_is_described_once() {
    for signature in reference().signatures.iter().filter(|signature| !signature.is_operator()) {
        let entries = ENTRIES.iter().filter(|entry| entry.describes(signature)).count();
        assert_eq!(entries, 1, "entries that describe {}", signature.shown());
    }
}

#[test]
fn every_entry_is_about_a_function_of_ours() {
    let signatures = reference().signatures;
    for entry in ENTRIES {
        assert!(signatures.iter().any(|signature| entry.describes(signature)), "{} {}", entry.of, entry.name);
    }
}

#[test]
fn every_operator_stands_in_an_example() {
    let written: Vec<String> = OPERATIONS.iter().map(|[example, what, _]| format!("{example} {what}")).collect();
    let operators: BTreeSet<String> =
        reference().signatures.into_iter().filter(Signature::is_operator).map(|s| s.name).collect();
    for operator in operators {
        assert!(written.iter().any(|text| text.contains(&operator)), "{operator}");
    }
}

#[test]
fn functions_of_rhai_are_there() {
    let language = language();
    let all = language.engine.collect_fn_metadata(None, |f| Some(f.metadata.name.to_string()), true);
    for (name, _) in OF_RHAI {
        assert!(all.iter().any(|known| known == name), "{name}");
    }
}

#[test]
fn examples_of_functions_run() {
    for entry in ENTRIES {
        assert!(entry.example.text().contains(entry.name) || entry.of == "list", "{}", entry.name);
        let tests = run(&entry.example.script());
        assert_eq!(tests > 0, matches!(entry.example, Example::Test(_)), "{}", entry.name);
    }
}

#[test]
fn the_example_of_rows_is_in_order() {
    let script = Example::Value(Unit::Percent, RATE).script();
    run(&format!("{script}\n{ROWS}"));
}

#[test]
fn whole_scripts_run_and_their_tests_reach_everything() {
    for script in RECIPES.iter().map(|recipe| recipe.script).chain([FIRST]) {
        assert!(run(script) > 0, "{script}");
        let tested = language().test("example.rhai", script, &|_| true).unwrap();
        assert!(tested.blocks.iter().all(|(_, reached)| *reached), "{script}");
        assert!(tested.measures.iter().all(|(.., reached)| *reached), "{script}");
        assert!(script.lines().all(|line| line.chars().count() <= 120), "{script}");
    }
}

#[test]
fn expressions_are_of_the_kind_that_is_said() {
    for [example, _, gives] in OPERATIONS {
        let condition = if *gives == "condition" { (*example).to_owned() } else { format!("({example}).is_set()") };
        run(&Example::Measure(leaked(&format!("data.opportunities.all().filter(|o, p| {condition}).count()"))).script());
        // A measure knows whether it is money, a duration or a number.
        let unit = match *gives {
            "money" | "the same" => Unit::Money,
            "duration" => Unit::Duration,
            "number" => Unit::Number,
            _ => continue,
        };
        run(&format!(
            "kpi(#{{ id: \"e\", title: #{{ en: \"E\", de: \"E\" }}, description: #{{ en: \"E.\", de: \"E.\" }}, unit: \"{}\", \
             better: \"neutral\" }});\nfn measures(data) {{ #{{ x: data.opportunities.all().mean(|o, p| {example}) }} }}\n\
             fn value(m) {{ m.x }}",
            name_of(&unit)
        ));
    }
}

#[test]
fn parts_of_a_period_are_there() {
    for [part, kind, _] in PARTS {
        let column = match kind {
            "instant" => "created_at",
            "date" => "expected_close_on",
            _ => "probability",
        };
        run(&Example::Measure(leaked(&format!("data.opportunities.all().filter(|o, p| o.{column} < {part}).count()")))
            .script());
    }
}

#[test]
fn periods_are_written_so() {
    for [period, _] in PERIODS {
        assert!(Period::parse(period, jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC).is_ok(), "{period}");
    }
}

#[test]
fn every_field_of_the_declaration_is_described() {
    assert_eq!(FIELDS.map(|[name, ..]| name), declare::FIELDS);
    for [_, _, example] in FIELDS.iter().skip(5) {
        run(&Example::Declaration(leaked(&format!("{},", example.replace('`', "")))).script());
    }
}

#[test]
fn keys_of_tests_and_values_in_their_rows_are_read() {
    let known = ["name", "period", "by", "expect", "beside", "tolerance", "kpi", "parameters"];
    let described: BTreeSet<&str> = TEST_KEYS.iter().map(|[key, ..]| *key).collect();
    assert!(known.iter().all(|key| described.contains(key)));
    for [value, _] in ROW_VALUES {
        let test = format!("period: \"2026-12\", leads: [#{{ {value} }}], expect: \"no_rows\",");
        assert_eq!(run(&Example::Test(leaked(&test)).script()), 1);
    }
}

#[test]
fn names_that_are_said_to_be_taken_are() {
    let said = super::chapters::SURPRISES.iter().find(|item| item.starts_with("Some words")).unwrap();
    for word in said.split('`').skip(1).step_by(2) {
        assert!(language().engine.compile(format!("let {word} = 1;")).is_err(), "{word}");
    }
}

#[test]
fn a_kpi_that_the_reference_does_not_show_can_be_made_of_what_it_shows() {
    run(r#"
        kpi(#{
            id: "fair_leads_quoted_in_time",
            title: #{ en: "Trade fair leads quoted in time", de: "Rechtzeitige Angebote auf Messe-Leads" },
            description: #{
                en: "Share of the new leads from trade fairs that got a quote within 5 working days.",
                de: "Anteil der neuen Messe-Leads, die binnen 5 Arbeitstagen ein Angebot erhielten.",
            },
            unit: "percent",
            better: "higher",
        });

        fn measures(data) {
            let fair = data.leads.dated(|l| l.created_at).filter(|l| l.source == "Messe");
            #{
                all: fair.count(),
                in_time: fair.filter(|l| working_days(l.created_at, l.quoted_at) <= 5).count(),
            }
        }

        fn value(m) {
            ratio(m.in_time, m.all)
        }

        fn tests() {
            let lead = #{ created_at: "2026-11-06T09:00", source: "Messe", region: "North" };
            [#{
                name: "from a Friday, the fifth working day is the next Friday",
                period: "2026-11",
                by: "region",
                leads: [
                    lead + #{ quoted_at: "2026-11-13T16:00" },
                    lead + #{ quoted_at: "2026-11-16T09:00" },
                    lead + #{ region: "South" },
                ],
                expect: #{ North: 0.5, South: 0 },
            }]
        }
    "#);
}

#[test]
fn anchors_are_unique() {
    let reference = reference();
    let mut anchors = BTreeSet::new();
    for chapter in &reference.chapters {
        assert!(anchors.insert(chapter.id.to_owned()), "{}", chapter.id);
        for block in &chapter.blocks {
            let anchor = match block {
                Block::Heading { id, .. } => id,
                Block::Function(function) => &function.id,
                _ => continue,
            };
            assert!(anchors.insert(anchor.clone()), "{anchor}");
        }
    }
}

#[test]
fn signatures_name_types_as_people_know_them() {
    let signatures = reference().signatures;
    let types: BTreeSet<&str> =
        signatures.iter().flat_map(|s| s.parameters.iter().chain([&s.result])).map(String::as_str).collect();
    let shown = signatures.iter().filter(|s| ["dated", "param", "kpi", "times"].contains(&s.name.as_str()));
    let shown: Vec<String> = shown.map(Signature::shown).collect();
    insta::assert_snapshot!("signatures", format!("{types:?}\n{}", shown.join("\n")));
}

#[test]
fn definitions_describe_every_function_in_the_form_that_editors_read() {
    let definitions = reference().definitions();
    let first: Vec<&str> = definitions.lines().take(40).collect();
    insta::assert_snapshot!("definitions", first.join("\n"));
    for entry in ENTRIES {
        assert!(definitions.contains(&format!("\nfn {}(", entry.name)), "{}", entry.name);
    }
    let engine = rhai::Engine::new_raw();
    for line in definitions.lines().filter(|line| line.starts_with("fn ")) {
        // A definition is the head of a function with types; without the types it must parse as a head.
        let (head, rest) = line[3..].split_once('(').unwrap();
        let (parameters, result) = rest.split_once(") -> ").unwrap();
        let names: Vec<&str> =
            parameters.split(", ").filter(|one| !one.is_empty()).map(|one| one.split_once(": ").unwrap().0).collect();
        assert!(result.ends_with(';'), "{line}");
        engine
            .compile(format!("fn {head}({}) {{}}", names.join(", ")))
            .unwrap_or_else(|wrong| panic!("{line}: {wrong}"));
    }
}

#[test]
fn the_page_of_text_names_every_chapter_and_every_function() {
    let reference = reference();
    let page = reference.markdown();
    for chapter in &reference.chapters {
        assert!(page.contains(&format!("## {}\n", chapter.title)), "{}", chapter.title);
    }
    for entry in ENTRIES {
        assert!(page.contains(&format!("### {}\n", entry.name)), "{}", entry.name);
    }
    assert!(!page.contains("  \n"));
}

/// Examples are static; this makes those of a test static, too.
fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}
