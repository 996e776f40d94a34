//! The catalogue of a home as an admin would set it up.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::{Catalog, CatalogError};
use pegel_kpi::definition::threshold::Mark;
use std::path::Path;

fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    home
}

fn script(id: &str, body: &str) -> String {
    format!(
        r#"kpi(#{{ id: "{id}", title: #{{ en: "T", de: "T" }}, description: #{{ en: "D", de: "D" }},
            unit: "count", better: "higher" }});
fn measures(data) {{ {body} }}
fn value(m) {{ m.n }}
"#
    )
}

#[test]
fn an_empty_home_has_the_built_in_kpis_with_the_shipped_floor() {
    let home = home(&[]);
    let catalog = Catalog::load(home.path()).unwrap();
    let feedback_rate = catalog.kpi("feedback_rate").unwrap();
    assert_eq!(feedback_rate.declaration.threshold.critical, Some(Mark::At(0.75)));
    assert_eq!(feedback_rate.pack(), "partner");
}

#[test]
fn a_configured_threshold_overrides_the_scripts_mark_by_mark() {
    let home =
        home(&[("config/thresholds.toml", "[feedback_rate]\ncritical = 0.5\nwarning = false\nmin_sample = 20\n")]);
    let catalog = Catalog::load(home.path()).unwrap();
    let declaration = &catalog.kpi("feedback_rate").unwrap().declaration;
    assert_eq!((declaration.threshold.warning, declaration.threshold.critical), (None, Some(Mark::At(0.5))));
    assert_eq!(declaration.min_sample, 20);
    // Others keep what their scripts say.
    assert_eq!(catalog.kpi("acceptance_time").unwrap().declaration.threshold.warning, Some(Mark::At(3600.0)));
}

#[test]
fn a_file_of_the_home_replaces_the_built_in_of_the_same_name_and_adds_others() {
    let count = "#{ n: data.leads.dated(|l| l.created_at).count() }";
    let home = home(&[
        ("kpis/partner/feedback_rate.rhai", &script("feedback_rate", count)),
        ("kpis/own/leads_today.rhai", &script("leads_today", count)),
        ("kpis/own/.half_written.rhai", "kpi(#{"),
    ]);
    // The shipped critical mark of 75 % also overrides that of the admin's own script.
    let catalog = Catalog::load(home.path()).unwrap();
    assert_eq!(catalog.kpi("leads_today").unwrap().pack(), "own");
    assert_eq!(catalog.kpi("feedback_rate").unwrap().declaration.title.in_english(), "T");
}

#[test]
fn all_broken_scripts_are_shown_at_once() {
    let home = home(&[
        ("kpis/own/a.rhai", &script("a", "#{ n: data.leeds.dated(|l| l.created_at).count() }")),
        ("kpis/own/b.rhai", "kpi(#{ id: "),
    ]);
    let shown = Catalog::load(home.path()).unwrap_err().to_string();
    assert!(shown.contains("own/a.rhai:3:32") && shown.contains("did you mean “leads”?"), "{shown}");
    assert!(shown.contains("own/b.rhai:1:"), "{shown}");
}

#[test]
fn what_is_wrong_with_the_thresholds_is_said() {
    for (text, said) in [
        ("[feedback_rat]\ncritical = 0.5\n", "did you mean “feedback_rate”?"),
        ("[feedback_rate]\ncritcal = 0.5\n", "unknown field `critcal`"),
        ("[feedback_rate]\ncritical = \"75 %\"\n", "a mark is a number, { mean_of = 3 }, or false for none"),
        ("[feedback_rate]\nwarning = 0.7\n", "the warning at 0.7 would never be seen, since 0.75 is already critical"),
        ("[feedback_rate\n", "line 1"),
    ] {
        let home = home(&[("config/thresholds.toml", text)]);
        let shown = Catalog::load(home.path()).unwrap_err().to_string();
        assert!(shown.starts_with("config/thresholds.toml: ") && shown.contains(said), "{shown}");
    }
}

#[test]
fn marks_that_no_figure_can_be_held_against_are_refused_with_their_line() {
    for (mark, said) in [
        ("warning = nan", "a mark cannot be NaN"),
        ("critical = inf", "a mark cannot be inf"),
        ("warning = -inf", "a mark cannot be -inf"),
        ("warning = { mean_of = 0 }", "the mean of 0 periods: write a whole number from 1 to 60"),
        ("warning = { mean_of = 61 }", "the mean of 61 periods: write a whole number from 1 to 60"),
        ("warning = { mean_of = 2.5 }", "the mean of 2.5 periods: write a whole number from 1 to 60"),
        ("warning = { mean_of = -3 }", "the mean of -3 periods: write a whole number from 1 to 60"),
        ("warning = { mean_of = nan }", "the mean of NaN periods: write a whole number from 1 to 60"),
        ("warning = { mean_of = 3, under = true }", "a mark is a number, { mean_of = 3 }, or false for none"),
        ("min_sample = nan", "invalid type: floating point"),
        ("min_sample = inf", "invalid type: floating point"),
        ("parameters = { days = nan }", "a parameter is a number, a text, or true or false"),
        ("parameters.days = inf", "a parameter is a number, a text, or true or false"),
    ] {
        let home = home(&[("config/thresholds.toml", &format!("# Ours.\n[feedback_rate]\n{mark}\n"))]);
        let shown = Catalog::load(home.path()).unwrap_err().to_string();
        assert!(shown.contains("at line 3") && shown.contains(said), "{shown}");
    }
    for periods in ["1", "3.0", "60"] {
        let home = home(&[("config/thresholds.toml", &format!("[leads]\nwarning = {{ mean_of = {periods} }}\n"))]);
        Catalog::load(home.path()).unwrap();
    }
}

#[test]
fn an_unknown_kpi_is_answered_with_the_nearest() {
    let catalog = Catalog::load(Path::new("/nonexistent")).unwrap();
    let error = catalog.kpi("winrate").unwrap_err();
    assert!(matches!(error, CatalogError::Unknown { .. }));
    assert_eq!(error.to_string(), "no KPI is called “winrate”; did you mean “win_rate”?");
}

#[test]
fn two_kpis_cannot_share_an_id() {
    let count = "#{ n: data.leads.dated(|l| l.created_at).count() }";
    let home = home(&[("kpis/own/mine.rhai", &script("win_rate", count))]);
    let shown = Catalog::load(home.path()).unwrap_err().to_string();
    assert!(shown.contains("own/mine.rhai") && shown.contains("pipeline/win_rate.rhai"), "{shown}");
}
