//! Messages about wrong scripts: each file of `tests/diagnostics` begins with the error it must give, caret and all.
//! `UPDATE_DIAGNOSTICS=1` writes the current messages into the files; read the difference before you keep it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::path::Path;
use std::sync::Arc;

const MARK: &str = "//|";

#[test]
fn every_wrong_script_gives_the_error_that_it_begins_with() {
    let language = Arc::new(Language::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/diagnostics");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let said = said(&language, &name, &text);
        count += 1;
        if text.starts_with(&said) {
            continue;
        }
        if std::env::var_os("UPDATE_DIAGNOSTICS").is_some() {
            std::fs::write(&path, settled(&language, &name, &text)).unwrap();
        } else {
            wrong.push(format!("{name} gives\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 40, "only {count} scripts");
}

/// The error of a script, in the form in which it stands at the head of its file.
fn said(language: &Arc<Language>, name: &str, text: &str) -> String {
    let Err(diagnostic) = language.load(name, text) else { panic!("{name} gives no error") };
    let lines = diagnostic.to_string();
    let marked: Vec<String> = lines.lines().map(|line| format!("{MARK} {line}").trim_end().to_owned()).collect();
    format!("{}\n\n", marked.join("\n"))
}

/// The script with its error at the head. The head moves the script down, and so changes the line numbers in the error.
fn settled(language: &Arc<Language>, name: &str, text: &str) -> String {
    let script: Vec<&str> = text.lines().skip_while(|line| line.starts_with(MARK) || line.is_empty()).collect();
    let script = format!("{}\n", script.join("\n"));
    let mut headed = script.clone();
    for _ in 0..5 {
        headed = format!("{}{script}", said(language, name, &headed));
    }
    headed
}
