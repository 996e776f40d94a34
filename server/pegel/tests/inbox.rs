//! Watched folders: a server imports what comes into them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{TestHome, wait_for};
use std::path::Path;

const ORDERS: &str = "system = \"shop\"\n[watch]\nfolder = \"in/shop\"\npattern = \"*.csv\"\nunchanged_for = \"1s\"\n\
    [[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nnumber = \"id\"\nordered_at = \"when\"\namount = \"amount\"\n";

fn home() -> TestHome {
    let home = TestHome::new();
    home.write("config/imports/shop.toml", ORDERS);
    std::fs::create_dir_all(home.path().join("in/shop")).unwrap();
    home
}

/// The names of what is in a folder of the home.
fn names(home: &TestHome, folder: &str) -> Vec<String> {
    let files = home.files(folder);
    files.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

fn read(home: &TestHome, name: &str) -> String {
    std::fs::read_to_string(home.path().join(name)).unwrap()
}

fn orders(home: &TestHome) -> Vec<String> {
    home.store().texts("SELECT key || ' ' || amount AS value FROM orders ORDER BY key").unwrap()
}

/// As `ln -s`.
fn link(to: &Path, name: &Path) {
    std::os::unix::fs::symlink(to, name).unwrap();
}

#[test]
fn files_that_are_complete_are_imported_and_moved_with_their_report() {
    for home in [home(), TestHome::on_postgres()] {
        home.write("config/imports/shop.toml", ORDERS);
        home.write("in/shop/week.csv", "id,when,amount\n1,2026-10-01,100\n2,2026-10-02,much\n");
        home.write("in/shop/notes.md", "not meant");
        home.write("in/shop/.hidden.csv", "id,when,amount\n3,2026-10-01,100\n");
        let served = Served::start(&home);
        wait_for("the file to be moved", || home.files("in/shop/done").len() == 3);
        assert_eq!(orders(&home), ["1 10000"]);
        assert_eq!(names(&home, "in/shop/done"), ["week.csv", "week.csv.rejected.csv", "week.csv.txt"]);
        let report = read(&home, "in/shop/done/week.csv.txt");
        assert_eq!(
            report,
            "week.csv, by shop, 2026-11-18 10:00:00\n1 new, 0 changed, 0 unchanged, 1 rejected\n\
             week.csv:3: amount “much”: “much” is not a number such as 1,234.5 (decimal = \"point\")\n"
        );
        assert!(read(&home, "in/shop/done/week.csv.rejected.csv").contains("2,2026-10-02,much,3,amount,"));
        // Another one of that name takes nothing's place.
        home.write("in/shop/week.csv", "id,when,amount\n1,2026-10-01,50\n");
        wait_for("the second file to be moved", || home.path().join("in/shop/done/week.2.csv.txt").exists());
        wait_for("it to be gone", || !home.path().join("in/shop/week.csv").exists());
        assert_eq!(orders(&home), ["1 5000"]);
        assert!(read(&home, "in/shop/done/week.csv").contains("much"));
        assert_eq!(names(&home, "in/shop"), [".hidden.csv", "done", "notes.md", "rejected"]);
        assert_eq!(served.logged_in_all().matches("file imported").count(), 2, "{}", served.logged_in_all());
        assert_eq!(served.stop(), Some(0));
    }
}

#[test]
fn a_file_that_cannot_be_imported_stays_out_of_the_way_with_its_reason() {
    let home = home();
    home.write("in/shop/a.csv", "key,when,amount\n1,2026-10-01,100\n");
    home.write("in/shop/b.csv", "id,when,amount\n2,2026-10-02,100\n");
    let _served = Served::start(&home);
    wait_for("both files to be moved", || {
        home.files("in/shop/rejected").len() == 2 && home.files("in/shop/done").len() == 2
    });
    wait_for("the import", || orders(&home) == ["2 10000"]);
    assert_eq!(names(&home, "in/shop/rejected"), ["a.csv", "a.csv.txt"]);
    let reason = read(&home, "in/shop/rejected/a.csv.txt");
    assert!(reason.contains("a.csv has no column “id”; its columns are “key”, “when”, “amount”"), "{reason}");
}

#[test]
fn no_name_of_a_file_breaks_the_log() {
    let home = home();
    for (name, text) in [
        ("good\n\u{1b}[31m.csv", "id,when,amount\n1,2026-10-01,100\n"),
        ("bad\nERROR forged\u{1b}]0;x\u{7}.csv", "key,when,amount\n1,2026-10-01,100\n"),
    ] {
        home.write(&format!("in/shop/{name}"), text);
    }
    let served = Served::start(&home);
    wait_for("both files to be moved", || {
        home.files("in/shop/rejected").len() == 2 && home.files("in/shop/done").len() == 2
    });
    wait_for("the log", || ["file imported", "file rejected"].iter().all(|said| served.logged_in_all().contains(said)));
    let logged = served.logged_in_all();
    let raw = logged.lines().find(|line| line.contains(|c: char| c.is_control()) || line.starts_with("ERROR forged"));
    assert_eq!(raw, None, "{logged}");
}

#[test]
fn links_are_not_followed() {
    let home = home();
    let other = home.write("other.csv", "id,when,amount\n1,2026-10-01,100\n");
    link(&other, &home.path().join("in/shop/link.csv"));
    home.write("in/shop/week.csv", "id,when,amount\n2,2026-10-02,100\n");
    std::fs::create_dir(home.path().join("elsewhere")).unwrap();
    link(&home.path().join("elsewhere"), &home.path().join("in/shop/done"));
    let served = Served::start(&home);
    wait_for("the trouble to be logged", || served.logged_in_all().contains("in/shop/done"));
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(
        served.logged_in_all().lines().filter(|line| line.contains("in/shop/done")).count(),
        1,
        "{}",
        served.logged_in_all()
    );
    assert!(orders(&home).is_empty() && home.files("elsewhere").is_empty());
    assert_eq!(names(&home, "in/shop"), ["done", "link.csv", "week.csv"]);
}

#[test]
fn what_cannot_be_watched_is_logged_once() {
    let home = home();
    home.write("config/imports/fair.toml", &ORDERS.replace("in/shop", "in/fair"));
    home.write("config/imports/wrong.toml", &ORDERS.replace("1s", "soon"));
    home.write("config/imports/twin.toml", ORDERS);
    home.write("in/shop/week.csv", "id,when,amount\n2,2026-10-02,100\n");
    let served = Served::start(&home);
    for trouble in
        ["in/fair", "“soon” is not a length of time: write 10s, 5m or 1h", "several mappings want it: shop, twin"]
    {
        wait_for(trouble, || served.logged_in_all().contains(trouble));
    }
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(
        served.logged_in_all().matches("watched files are not imported").count(),
        3,
        "{}",
        served.logged_in_all()
    );
    assert_eq!(names(&home, "in/shop"), ["week.csv"]);
}
