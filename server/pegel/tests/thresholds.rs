//! Thresholds: which hold where, how they changed, and what others would have told.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;

/// When the made-up data ends.
const LAST: &str = "2026-11-29T08:00:00Z";

fn home() -> TestHome {
    let home = TestHome::empty();
    home.at(LAST, &["demo", "--once"]).succeeded();
    home
}

fn statuses(home: &TestHome) -> Vec<String> {
    let asked = ["kpi", "value", "feedback_rate", "--period", "2026-W47", "--by", "region", "--json"];
    let answer: serde_json::Value = serde_json::from_str(&home.at(LAST, &asked).succeeded().out).unwrap();
    let status = |cell: &serde_json::Value| {
        format!("{} {}", cell["group"]["region"].as_str().unwrap(), cell["judged"]["status"].as_str().unwrap())
    };
    answer["cells"].as_array().unwrap().iter().map(status).collect()
}

#[test]
fn a_region_has_marks_of_its_own_and_the_change_is_on_record() {
    let home = home();
    assert!(statuses(&home).contains(&"Küste critical".to_owned()), "{:?}", statuses(&home));
    let own = std::fs::read_to_string(home.path().join("config/thresholds.toml")).unwrap();
    let lower = "[[feedback_rate.overrides]]\nregion = \"Küste\"\nwarning = 0.6\ncritical = \"50 %\"\n";
    home.write("config/thresholds.toml", &format!("{own}\n{lower}"));
    home.at(LAST, &["kpi", "activate"]).succeeded();
    assert!(statuses(&home).contains(&"Küste ok".to_owned()), "{:?}", statuses(&home));

    let listed = home.run(&["threshold", "list"]).succeeded().out;
    let of_feedback: Vec<&str> = listed.lines().filter(|line| line.starts_with("feedback_rate\t")).collect();
    assert_eq!(
        of_feedback,
        [
            "feedback_rate\twarning below 80%, critical below 75%",
            "feedback_rate\twarning below 60%, critical below 50%\tregion Küste"
        ]
    );
    let history = home.run(&["threshold", "history", "feedback_rate"]).succeeded().out;
    let changes: Vec<Vec<&str>> = history.lines().map(|line| line.split('\t').skip(2).collect()).collect();
    assert_eq!(
        changes,
        [
            ["feedback_rate.overrides[0].critical", "–", "\"50 %\""],
            ["feedback_rate.overrides[0].region", "–", "\"Küste\""],
            ["feedback_rate.overrides[0].warning", "–", "0.6"],
        ]
    );
}

#[test]
fn marks_are_tried_out_on_the_past() {
    let home = home();
    let test =
        |more: &[&str]| home.at(LAST, &[&["threshold", "test", "feedback_rate", "--periods", "12"], more].concat());
    insta::assert_snapshot!(test(&["--critical", "75 %", "--by", "region"]).succeeded().out);
    let json: serde_json::Value =
        serde_json::from_str(&test(&["--critical", "0.75", "--by", "region", "--json"]).succeeded().out).unwrap();
    assert_eq!((&json["kpi"], &json["periods"]), (&"feedback_rate".into(), &12.into()));
    assert!(json["broken"].as_array().unwrap().iter().all(|one| one["sure"].is_boolean()), "{json}");
    test(&["--critical", "three in four"]).failed(2, &["“three in four” is no mark", "write a number"]);
    test(&["--by", "regoin"]).failed(2, &["did you mean “region”?"]);
    home.run(&["threshold", "test", "feedbak_rate"]).failed(2, &["did you mean “feedback_rate”?"]);
}
