//! The HTML mail against what mail programs can show, and against what people need who do not see it; so is the file that an
//! edition can be had as. What they are checked with lies in `tests/mail-clients` of the project.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use common::browser::browse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the check itself is, and what it accepts.
const CHECKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/mail-clients");

/// `None`, and a line that says so, where they could not be installed.
fn tools() -> Option<PathBuf> {
    let tools = std::env::var_os("PEGEL_MAIL_TOOLS").map(PathBuf::from);
    if tools.is_none() {
        eprintln!("mails are not checked: PEGEL_MAIL_TOOLS names no folder");
    }
    tools
}

/// The mails of the demo, in every language: their files.
fn mails(home: &TestHome) -> Vec<PathBuf> {
    home.run(&["demo", "--once"]).succeeded();
    // With all that can stand below it.
    home.write("config/pegel.toml", "[web]\nbase_url = \"https://pegel.example.com\"\n");
    let report = std::fs::read_to_string(home.path().join("config/reports/weekly.toml")).unwrap();
    let locales = [("en-GB", "english"), ("de-DE", "german"), ("fr-FR", "french")];
    locales
        .map(|(locale, name)| {
            let report = report.replace(
                "locale = \"en-GB\"",
                &format!("contact = \"Ada Lovelace <ada@example.com>\"\nlocale = \"{locale}\""),
            );
            home.write(&format!("config/reports/{name}.toml"), &report);
            let out = home.path().join(name);
            home.run(&["report", "run", name, "--period", "2026-W46", "--out", out.to_str().unwrap()]).succeeded();
            out.join("mail.html")
        })
        .into()
}

/// What mail programs lack of it, wholly or in part.
fn lacking(mail: &Path, tools: &Path) -> BTreeSet<String> {
    let check = format!("{CHECKS}/check.mjs");
    let checked = Command::new("node").arg(check).arg(tools).arg(mail).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let lines = String::from_utf8(checked.stdout).unwrap();
    lines.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn what_mail_programs_lack_leaves_the_mail_readable() {
    let Some(tools) = tools() else { return };
    let accepted = std::fs::read_to_string(format!("{CHECKS}/accepted.txt")).unwrap();
    let accepted: BTreeSet<String> = accepted
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(": ").unwrap().0.to_owned())
        .collect();
    let home = TestHome::empty();
    let lacking: BTreeSet<String> = mails(&home).iter().flat_map(|mail| lacking(mail, &tools)).collect();
    let new: Vec<&String> = lacking.difference(&accepted).collect();
    assert!(new.is_empty(), "say in accepted.txt what one sees without it, or do without it: {new:?}");
    let gone: Vec<&String> = accepted.difference(&lacking).collect();
    assert!(gone.is_empty(), "mails use no more: {gone:?}");
    assert!(lacking.len() > 20, "the check finds next to nothing");
}

/// What is wrong with a document for people who do not see it, or not well: the rules that it breaks, and where.
fn violations(html: &str, folder: &Path, tools: &Path) -> String {
    let axe = tools.join("node_modules/axe-core/axe.min.js");
    let script = format!(
        r#"<script src="file://{}"></script><script>
            axe.run(document).then(({{ violations, passes }}) => {{
                const told = violations.map(({{ id, nodes }}) => id + " " + nodes.map(node => node.html).join(" "));
                document.body.textContent = "checked " + passes.length + " rules: " + told.join("\n");
            }});
        </script></body>"#,
        axe.display()
    );
    let file = folder.join("checked.html");
    std::fs::write(&file, html.replace("</body>", &script)).unwrap();
    let dom = String::from_utf8(browse(&format!("file://{}", file.display()), folder).stdout).unwrap();
    let (_, checked) = dom.split_once(">checked ").unwrap_or_else(|| panic!("it was not checked:\n{dom}"));
    let (passed, told) = checked.split_once(" rules: ").unwrap();
    assert!(passed.parse::<usize>().unwrap() > 10, "only {passed} rules were checked");
    told.split_once("</body>").unwrap().0.to_owned()
}

#[test]
fn mail_and_file_have_nothing_that_keeps_people_from_reading_them() {
    let Some(tools) = tools() else { return };
    let home = TestHome::empty();
    let violations = |html: &str| violations(html, home.path(), &tools);
    for mail in mails(&home) {
        let html = std::fs::read_to_string(&mail).unwrap();
        assert_eq!(violations(&html), "", "{}", mail.display());
        // The colours of the dark, as if it were asked for.
        let dark = html.replace("(prefers-color-scheme: dark)", "(min-width: 1px)");
        assert_ne!(dark, html);
        assert_eq!(violations(&dark), "", "{} in the dark", mail.display());
    }
    // As a file of its own, whose policy would keep the check from running.
    let policy = "http-equiv=\"Content-Security-Policy\"";
    let file = home.run(&["report", "render", "1", "--form", "html"]).succeeded().out;
    let open = file
        .replace(policy, "name=\"policy\"")
        .replace("<details class=\"breakdown\">", "<details class=\"breakdown\" open>");
    assert_ne!(open, file);
    assert_eq!(violations(&open), "", "the file");
    assert_eq!(
        violations(&open.replace("(prefers-color-scheme: dark)", "(min-width: 1px)")),
        "",
        "the file in the dark"
    );
    // The check sees what is wrong.
    let faint = "<html lang=\"en\"><head><title>t</title></head><body style=\"background:#fff\"><main><h1>a</h1><p style=\"color:#eee\">faint</p></main></body></html>";
    assert!(violations(faint).contains("color-contrast"));
}
