//! Files that are not in order: each affects only itself, in every command and in the server.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{Said, TestHome, wait_for};
use std::process::Command;

const WEEKLY: &str = include_str!("../../../config/reports/weekly.toml");

/// A word in Latin-1, but invalid UTF-8.
const LATIN_1: &[u8] = b"# M\xfcller\n";

fn write(home: &TestHome, name: &str, bytes: &[u8]) {
    std::fs::write(home.write(name, ""), bytes).unwrap();
}

fn link(home: &TestHome, name: &str, to: &str) {
    let path = home.write(name, "");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(to, path).unwrap();
}

fn pipe(home: &TestHome, name: &str) {
    let path = home.write(name, "");
    std::fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Files that editors and systems leave behind.
fn leave_about(home: &TestHome) {
    for folder in ["kpis/own", "config", "config/reports", "config/imports", "templates/mail", "templates/web"] {
        for ending in ["rhai", "toml", "txt", "mjml", "html"] {
            link(home, &format!("{folder}/.#weekly.{ending}"), "ada@host.4711:1700000000");
            link(home, &format!("{folder}/gone.{ending}"), "nowhere");
            write(home, &format!("{folder}/._weekly.{ending}"), b"\0\x05\x16\x07\xff");
            write(home, &format!("{folder}/weekly.{ending}~"), LATIN_1);
            write(home, &format!("{folder}/#weekly.{ending}#"), LATIN_1);
            write(home, &format!("{folder}/.weekly.{ending}.swp"), LATIN_1);
        }
        write(home, &format!("{folder}/.DS_Store"), LATIN_1);
    }
    std::fs::create_dir_all(home.path().join("config/reports/folder.toml")).unwrap();
}

#[test]
fn what_editors_and_systems_leave_about_changes_nothing() {
    let home = TestHome::new();
    leave_about(&home);
    let said = home.run(&["report", "list"]).succeeded();
    assert_eq!((said.out.lines().count(), said.err.as_str()), (3, ""));
    assert_eq!(home.run(&["kpi", "list"]).succeeded().err, "");
    assert!(home.run(&["kpi", "check"]).succeeded().out.ends_with(" in order\n"));
    let served = Served::start(&home);
    assert_eq!(served.body("/healthz"), r#"{"alive":true,"in_order":true,"problems":[]}"#);
}

#[test]
fn a_report_that_is_not_in_order_leaves_the_others() {
    let home = TestHome::new();
    write(&home, "config/reports/latin.toml", LATIN_1);
    home.write("config/reports/broken.toml", "title = 1\n");
    home.write("config/reports/north.toml", &format!("\u{feff}{WEEKLY}"));
    let said = home.run(&["report", "list"]).succeeded();
    let names: Vec<&str> = said.out.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(names, ["monthly", "north", "quarterly", "weekly"]);
    assert!(
        said.err.contains("config/reports/latin.toml is not in order") && said.err.contains("line 1 is not UTF-8"),
        "{}",
        said.err
    );
    assert!(said.err.contains("broken.toml:1:"), "{}", said.err);
    home.run(&["report", "run", "north"]).succeeded();
    home.run(&["report", "run", "latin"]).failed(2, &["latin.toml", "line 1 is not UTF-8"]);
}

/// All commands that compute, list or show KPIs.
fn commands(home: &TestHome) -> Vec<Said> {
    let all: [&[&str]; 4] = [
        &["kpi", "list"],
        &["kpi", "show", "win_rate"],
        &["kpi", "value", "win_rate", "--period", "2017"],
        &["report", "run", "weekly", "--again"],
    ];
    all.iter().map(|arguments| home.run(arguments).succeeded()).collect()
}

#[test]
fn no_command_refuses_because_of_a_draft() {
    let home = TestHome::new();
    home.write("kpis/own/draft.rhai", "kpi(#{");
    write(&home, "config/thresholds.toml", LATIN_1);
    write(&home, "config/calendar.toml", LATIN_1);
    // Before anything was in force, and after.
    for _ in 0..2 {
        for said in commands(&home) {
            for text in ["own/draft.rhai", "config/thresholds.toml", "config/calendar.toml", "line 1 is not UTF-8"] {
                assert!(said.err.contains(text), "“{text}” is not in:\n{}", said.err);
            }
        }
    }
    let home = TestHome::empty();
    home.write("kpis/own/draft.rhai", "kpi(#{");
    assert!(home.run(&["kpi", "list"]).succeeded().err.contains("own/draft.rhai"));
}

#[test]
fn a_script_can_be_checked_and_tested_beside_broken_files() {
    let home = TestHome::new();
    let shipped = home.run(&["kpi", "show", "win_rate"]).succeeded().out;
    let script = home.write("mine.rhai", &shipped);
    home.write("config/thresholds.toml", "[win_rate\n");
    write(&home, "config/calendar.toml", LATIN_1);
    home.write("kpis/lib/half.rhai", "fn half(");
    home.write("kpis/own/draft.rhai", "kpi(#{");
    for command in ["check", "test"] {
        let said = home.run(&["kpi", command, script.to_str().unwrap()]).succeeded();
        assert!(said.err.contains("config/thresholds.toml is not in order"), "{}", said.err);
        assert!(said.err.contains("lib/half.rhai") && !said.err.contains("draft"), "{}", said.err);
        let all = ["config/thresholds.toml", "config/calendar.toml", "lib/half.rhai", "own/draft.rhai"];
        home.run(&["kpi", command]).failed(1, &all);
    }
}

#[test]
fn a_broken_file_leaves_its_version_in_force_to_commands() {
    let home = TestHome::new();
    let shipped = home.run(&["kpi", "show", "win_rate"]).succeeded().out;
    let own = shipped.replace("Win rate", "Our win rate");
    home.write("kpis/pipeline/win_rate.rhai", &own);
    home.run(&["kpi", "activate"]).succeeded();
    home.write("kpis/pipeline/win_rate.rhai", "kpi(#{");
    let said = home.run(&["kpi", "show", "win_rate"]).succeeded();
    assert!(said.out.contains("Our win rate") && said.err.contains("pipeline/win_rate.rhai"), "{said:?}");
    home.run(&["kpi", "check"]).failed(1, &["pipeline/win_rate.rhai"]);
}

#[test]
fn a_template_that_is_not_in_order_keeps_no_report_from_being_made() {
    let home = TestHome::new();
    home.write("templates/mail/weekly.txt", "{% if %}");
    write(&home, "templates/mail/weekly.mjml", LATIN_1);
    // This one fails only when the mail is made.
    home.write("templates/mail/subject.txt", "{{ view.titel.nonsense }}");
    let said = home.run(&["report", "run", "weekly"]).succeeded();
    for text in ["templates/mail/weekly.txt", "templates/mail/weekly.mjml", "templates/mail/subject.txt"] {
        assert!(said.err.contains(text), "“{text}” is not in:\n{}", said.err);
    }
    let stored = home.store().edition(said.edition()).unwrap().unwrap();
    let empty = TestHome::new();
    let shipped = empty.run(&["report", "run", "weekly"]).succeeded();
    let shipped = empty.store().edition(shipped.edition()).unwrap().unwrap();
    // The edition names the templates it was made with: the built-in ones.
    assert_eq!(stored.head.checksum, shipped.head.checksum);
}

#[test]
fn a_template_that_spoils_others_or_never_ends_keeps_no_report_from_being_made() {
    let deep = format!("{}x{}", "<mj-section>".repeat(5_000), "</mj-section>".repeat(5_000));
    let loops = format!("{}x{}", "{% for a in range(end=9999) %}".repeat(6), "{% endfor %}".repeat(6));
    for (file, text) in [
        // Included in another template, this makes that one invalid MJML.
        ("templates/mail/components.mjml", "{% component pill(status) %}<b>{% endcomponent pill %}"),
        ("templates/mail/weekly.mjml", deep.as_str()),
        ("templates/mail/weekly.txt", loops.as_str()),
    ] {
        let home = TestHome::new();
        home.write(file, text);
        let said = home.run(&["report", "run", "weekly"]).succeeded();
        assert!(said.err.contains("templates/mail/"), "{file}: {}", said.err);
        let stored = home.store().edition(said.edition()).unwrap().unwrap();
        let mail = stored.renditions[0].artefact("mail.html").unwrap();
        assert!(mail.text().unwrap().contains("Feedback rate"), "{file}");
    }
}

#[test]
fn pipes_and_devices_hold_up_nothing_and_fill_no_memory() {
    let home = TestHome::new();
    let folders = [
        ("kpis/own", "rhai"),
        ("config/reports", "toml"),
        ("config/imports", "toml"),
        ("templates/mail", "txt"),
        ("templates/web", "html"),
    ];
    for (folder, ending) in folders {
        pipe(&home, &format!("{folder}/pipe.{ending}"));
        link(&home, &format!("{folder}/zero.{ending}"), "/dev/zero");
    }
    pipe(&home, "config/thresholds.toml");
    link(&home, "config/calendar.toml", "/dev/zero");
    commands(&home);
    home.run(&["report", "list"]).succeeded();
    home.run(&["kpi", "check"]).failed(1, &["own/pipe.rhai cannot be read: it is not a regular file"]);
    home.run(&["kpi", "check", home.path().join("kpis/own").to_str().unwrap()]).failed(1, &["not a regular file"]);
    home.run(&["import", "/dev/null", "--map", "pipe"]).failed(2, &["pipe.toml", "not a regular file"]);
    let served = Served::start(&home);
    assert!(served.body("/kpis?lang=en").contains("Win rate"));
    let health = served.body("/healthz");
    assert_eq!(health.matches("it is not a regular file").count(), 2 * folders.len() + 2, "{health}");
    home.write("config/pegel.toml", "");
    pipe(&home, "config/pegel.toml");
    home.run(&["kpi", "list"]).failed(2, &["config/pegel.toml cannot be read: it is not a regular file"]);
}

#[test]
fn a_server_starts_and_shows_what_is_not_in_order() {
    let home = TestHome::new();
    home.write("config/reports/weekly.toml", "title = 1\n");
    home.write("templates/web/layout.html", "{% if %}");
    home.write("templates/mail/weekly.txt", "{% if %}");
    write(&home, "config/imports/fair.toml", LATIN_1);
    home.write("kpis/own/draft.rhai", "kpi(#{");
    write(&home, "config/thresholds.toml", LATIN_1);
    let served = Served::start(&home);
    let (page, health) = (served.body("/operations?lang=en"), served.get("/healthz"));
    assert!(health.starts_with("HTTP/1.1 200") && health.contains("\"in_order\":false"), "{health}");
    for file in [
        "config/reports/weekly.toml",
        "templates/web/layout.html",
        "templates/mail/weekly.txt",
        "config/imports/fair.toml",
        "kpis/own/draft.rhai",
        "config/thresholds.toml",
    ] {
        assert!(page.contains(&format!("<code>{file}</code>")), "{file} is not in:\n{page}");
        assert!(health.contains(file), "{file} is not in:\n{health}");
    }
    assert!(served.body("/kpis?lang=en").contains("Win rate"));
    // Files that are read each time are in order as soon as they are mended.
    home.write("config/reports/weekly.toml", WEEKLY);
    std::fs::remove_file(home.path().join("templates/web/layout.html")).unwrap();
    let page = served.body("/operations?lang=en");
    assert!(!page.contains("weekly.toml") && !page.contains("layout.html"), "{page}");
    home.write("config/pegel.toml", "curency = 1\n");
    assert!(served.body("/operations").contains("config/pegel.toml"));
}

/// A KPI about the leads of a week, with another title each time.
fn own_kpi(title: &str) -> String {
    format!(
        "kpi(#{{ id: \"own\", title: #{{ en: \"{title}\", de: \"{title}\" }}, description: #{{ en: \"D\", de: \"D\" }}, unit: \"count\", better: \"higher\" }});\n\
         fn measures(data) {{ #{{ n: data.leads.dated(|l| l.created_at).count() }} }}\n\
         fn value(m) {{ m.n }}\n\
         fn tests() {{ [] }}\n"
    )
}

/// A changed file counts at the next use; a broken one is named, and its last good version stays.
#[test]
fn a_running_server_sees_a_change_in_each_kind_of_file() {
    let home = TestHome::new();
    home.write("kpis/own/own.rhai", &own_kpi("Mine"));
    let served = Served::start(&home);
    let (page, health) = (|path: &str| served.body(path), || served.body("/healthz"));
    let shows = |path: &str, text: &str| wait_for(text, || page(path).contains(text));
    let breaks = |file: &str, good: &str| {
        write(&home, file, LATIN_1);
        wait_for(file, || health().contains(file));
        home.write(file, good);
        wait_for(file, || !health().contains(file));
    };
    shows("/kpis/own?lang=en", "Mine");

    // Scripts and thresholds: until they are mended, the versions in force are shown.
    home.write("kpis/own/own.rhai", &own_kpi("Ours"));
    shows("/kpis/own?lang=en", "Ours");
    breaks("kpis/own/own.rhai", &own_kpi("Ours"));
    home.write("config/thresholds.toml", "[own]\nwarning = 17\n");
    shows("/kpis/own?lang=en", "warning below 17");
    breaks("config/thresholds.toml", "[own]\nwarning = 18\n");
    shows("/kpis/own?lang=en", "warning below 18");

    // The calendar: its activation is recorded.
    home.write("config/calendar.toml", "zone = \"UTC\"\n");
    let recorded = |text: &str| {
        let set = home.store().active_set().unwrap().unwrap();
        set.versions.iter().any(|version| version.file == "config/calendar.toml" && version.text.contains(text))
    };
    wait_for("the calendar", || recorded("zone = \"UTC\""));
    breaks("config/calendar.toml", "zone = \"Europe/Vienna\"\n");
    wait_for("the mended calendar", || recorded("Europe/Vienna"));

    // Templates of pages.
    home.write("templates/web/failure.html", "our own page");
    assert_eq!(page("/nowhere"), "our own page");
    home.write("templates/web/failure.html", "{% if %}");
    assert_eq!(page("/nowhere"), "our own page");
    assert!(health().contains("templates/web/failure.html"));

    // Mappings: the server shows what is wrong with them; an import is a command, and uses them as they are.
    breaks("config/imports/fair.toml", "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n");
    let file = home.write("fair.csv", "id\nL1\n");
    home.run(&["import", file.to_str().unwrap(), "--map", "fair"]).succeeded();

    // Reports and templates of mails: the next tick makes a report that was not there when the server started.
    home.write("templates/mail/subject.txt", "our own subject");
    breaks("templates/mail/subject.txt", "our own subject");
    breaks("config/reports/north.toml", &WEEKLY.replace("recipients = []", "recipients = [\"a@example.com\"]"));
    home.write("templates/mail/subject.txt", "{% if %}");
    wait_for("the mail of the new report", || home.files("outbox").len() == 1);
    let mail = std::fs::read_to_string(&home.files("outbox")[0]).unwrap();
    assert!(mail.contains("Subject: our own subject"), "{mail}");
}

#[test]
fn utf8_with_a_byte_order_mark_is_read_everywhere() {
    let home = TestHome::new();
    let marked = |text: &str| format!("\u{feff}{text}");
    home.write("config/pegel.toml", &marked("currency = \"EUR\"\n"));
    home.write("config/thresholds.toml", &marked("[win_rate]\ncritical = 0.1\n"));
    home.write("config/calendar.toml", &marked("zone = \"Europe/Berlin\"\n"));
    home.write("config/reports/north.toml", &marked(WEEKLY));
    home.write("templates/mail/subject.txt", &marked("ours"));
    let shipped = home.run(&["kpi", "show", "win_rate"]).succeeded().out;
    home.write("kpis/pipeline/win_rate.rhai", &marked(&shipped));
    home.write("config/imports/fair.toml", &marked("[[tables]]\ntable = \"leads\"\nkey = \"id\"\n"));
    let file = home.write("fair.csv", "id\nL1\n");
    home.run(&["import", file.to_str().unwrap(), "--map", "fair"]).succeeded();
    let said = home.run(&["report", "run", "north"]).succeeded();
    assert!(!said.err.contains("not in order"), "{}", said.err);
    let edition = home.store().edition(said.edition()).unwrap().unwrap();
    assert_eq!(edition.renditions[0].artefact("subject.txt").unwrap().text().as_deref(), Some("ours"));
    assert!(home.run(&["kpi", "check"]).succeeded().out.ends_with(" in order\n"));
}

#[test]
fn a_home_that_does_not_exist_is_an_error_for_all_but_those_that_make_one() {
    let typo = |arguments: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pegel"));
        let output =
            command.env_clear().arg("--home").arg(folder.path().join("typo")).args(arguments).output().unwrap();
        Said::of(&output)
    };
    for command in [
        &["kpi", "list"][..],
        &["kpi", "check"],
        &["kpi", "test"],
        &["kpi", "new", "mine"],
        &["kpi", "value", "win_rate", "--period", "2017"],
        &["report", "list"],
        &["report", "run", "weekly"],
        &["import", "x.csv", "--map", "olist_leads"],
        &["migrate"],
        &["serve"],
    ] {
        typo(command).failed(2, &["there is no folder ", "typo", "pegel init"]);
    }
    typo(&["init"]).succeeded();
}
