//! The words of the languages, compared with the sources and templates that use them; and the texts that ship in them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::Catalog;
use pegel_kpi::data::model::Model;
use pegel_report::definition;
use pegel_text::languages;
use pegel_text::translated::Translated;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The beginnings of names that are put together at run time.
const PUT_TOGETHER: [&str; 14] = [
    "alert_state_",
    "beside_",
    "better_",
    "column_",
    "delivery_",
    "dimension_",
    "form_",
    "section_",
    "source_",
    "span_",
    "status_",
    "table_",
    "unit_",
    "why_",
];

/// The texts of all files below a folder of the project with these extensions.
fn texts(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(path.to_str().unwrap(), endings));
        } else if endings.iter().any(|ending| path.extension().is_some_and(|extension| extension == *ending)) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The sources that use words, without their tests, and the templates.
fn sources() -> Vec<(PathBuf, String)> {
    let folders =
        ["text/src", "report/src", "alert/src", "web/src", "pegel/src/commands"].map(|name| format!("server/{name}"));
    let mut sources: Vec<_> = folders.iter().flat_map(|folder| texts(folder, &["rs"])).collect();
    sources
        .retain(|(path, _)| !path.ends_with("tests.rs") && path.parent().is_none_or(|room| !room.ends_with("tests")));
    for (_, text) in &mut sources {
        let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        text.truncate(end);
    }
    sources.extend(texts("templates", &["html", "mjml", "txt", "typ"]));
    sources
}

/// Every name of a word, and of a sentence about something.
fn names() -> BTreeSet<String> {
    let file = include_str!("../../text/languages/en.ftl");
    Regex::new(r"(?m)^([a-z_]+) =").unwrap().captures_iter(file).map(|found| found[1].to_owned()).collect()
}

fn is_put_together(name: &str) -> bool {
    PUT_TOGETHER.iter().any(|start| name.starts_with(start))
}

#[test]
fn everything_that_is_said_is_in_the_languages() {
    let names = names();
    let said = Regex::new(r#"(?:\bt\.|\bt\(key="|\b(?:try_)?say\(\s*"|\bword\(")([a-z_]+)\b"#).unwrap();
    let mut count = 0;
    for (path, text) in sources() {
        for found in said.captures_iter(&text) {
            assert!(names.contains(&found[1]), "“{}” of {} is in no language", &found[1], path.display());
            count += 1;
        }
    }
    let whole = names.iter().filter(|name| !is_put_together(name)).count();
    assert!(count > whole, "{count} of {whole}");
}

#[test]
fn everything_in_the_languages_is_said() {
    let english = include_str!("../../text/languages/en.ftl");
    let all: Vec<String> = sources().into_iter().map(|(_, text)| text).chain([english.to_owned()]).collect();
    for name in names() {
        let said = Regex::new(&format!(r#"\bt\.{name}\b|"{name}"|\{{ {name} \}}"#)).unwrap();
        assert!(is_put_together(&name) || all.iter().any(|text| said.is_match(text)), "nobody says “{name}”");
    }
    for start in PUT_TOGETHER {
        assert!(all.iter().any(|text| text.contains(&format!("\"{start}"))), "nobody says “{start}…”");
    }
}

#[test]
fn whatever_a_table_holds_has_a_name_in_every_language() {
    let model = Model::built_in();
    for code in languages::codes() {
        let language = languages::find(code).unwrap();
        let named = |name: String| assert!(language.word(&name).is_some(), "{code} has no word “{name}”");
        for table in model.tables() {
            named(format!("table_{}", table.name));
            let keys = [table.id(), table.key(), table.system()];
            let columns = table.columns.iter().filter(|column| !keys.contains(column));
            columns.for_each(|column| named(format!("column_{}", column.name)));
        }
        model.dimensions().for_each(|dimension| named(format!("dimension_{}", dimension.name())));
    }
}

#[test]
fn no_code_knows_which_languages_there_are() {
    let codes: Vec<&str> = languages::codes().into_iter().filter(|code| *code != "en").collect();
    let named = Regex::new(&format!(r#""({})(-[A-Z]{{2}})?""#, codes.join("|"))).unwrap();
    for (path, text) in sources() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).find(|line| named.is_match(line));
        assert_eq!(code, None, "{}", path.display());
    }
}

/// What the KPIs and reports that ship say in each language, by what says it.
fn shipped() -> Vec<(String, Translated)> {
    let nowhere = Path::new("/nonexistent");
    let mut kpis = Catalog::load(nowhere).unwrap().kpis;
    kpis.extend(kpis[0].target());
    let mut texts = Vec::new();
    for kpi in kpis {
        texts.push((format!("title of {}", kpi.id()), kpi.declaration.title.clone()));
        texts.push((format!("description of {}", kpi.id()), kpi.declaration.description.clone()));
    }
    for (name, report) in definition::all(nowhere).unwrap() {
        let report = report.unwrap();
        texts.push((format!("title of {name}"), report.title));
        texts.extend(report.sections.into_iter().map(|section| (format!("section of {name}"), section.title)));
    }
    texts
}

#[test]
fn whatever_ships_speaks_every_language() {
    for (what, text) in shipped() {
        let spoken: Vec<&str> = text.texts().map(|(code, _)| code).collect();
        assert_eq!(spoken, languages::codes(), "{what}");
    }
}

#[test]
fn french_punctuation_is_not_torn_off() {
    let french = languages::find("fr").unwrap();
    let words = french.words().iter().map(|(name, text)| (name.clone(), text.clone()));
    let shipped = shipped().into_iter().map(|(what, text)| (what, text.in_language(french).to_owned()));
    for (name, text) in words.chain(shipped) {
        for (before, c) in [' '].into_iter().chain(text.chars()).zip(text.chars()) {
            let fits = match c {
                ':' | '»' => before == '\u{a0}',
                // As ICU has it.
                '%' => before == '\u{a0}',
                ';' | '!' | '?' => before == '\u{202f}',
                '\'' => false,
                _ => before != '«' || c == '\u{a0}',
            };
            assert!(fits, "{name}: {text}");
        }
    }
}
