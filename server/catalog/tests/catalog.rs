//! The catalogue of a home as an admin would set it up.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::civil::{Date, date};
use pegel_catalog::judged_by::judged_by;
use pegel_catalog::{Catalog, CatalogError};
use pegel_kpi::data::cell::Group;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Lag;
use pegel_kpi::definition::exception::Place;
use pegel_kpi::definition::judging::{Counting, Judging, Provisional};
use pegel_kpi::definition::threshold::{Mark, Marks};
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
fn other_marks_hold_for_a_group_or_for_some_time() {
    let overrides = "[feedback_rate]\n[[feedback_rate.overrides]]\nregion = \"North\"\nwarning = false\ncritical = \"60 %\"\n\
        [[feedback_rate.overrides]]\nfrom = \"2027-01-01\"\nuntil = \"2027-12-31\"\ncritical = 0.7\n";
    let home = home(&[("config/thresholds.toml", overrides)]);
    let catalog = Catalog::load(home.path()).unwrap();
    let declaration = &catalog.kpi("feedback_rate").unwrap().declaration;
    let critical = |groups: &[Group], day: Date| {
        let everything = Scope::everything();
        let by = [Dimension::REGION];
        let place = Place::new(&by[..groups.len()], groups, &everything, day);
        declaration.marks_of(&place).critical
    };
    let (north, south) = ([Group::Text("North".to_owned())], [Group::Text("South".to_owned())]);
    let (now, later) = (date(2026, 11, 22), date(2027, 6, 30));
    assert_eq!(critical(&north, now), Some(Mark::At(0.6)));
    assert_eq!(critical(&south, now), declaration.threshold.critical);
    assert_eq!(critical(&[], later), Some(Mark::At(0.7)));
    assert_eq!(critical(&north, later), Some(Mark::At(0.7)), "of several that hold, the last");
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
        ("[feedback_rate]\ncritical = \"three in four\"\n", "a mark is a number, \"75 %\", { mean_of = 3 }"),
        ("[feedback_rate]\nwarning = 0.7\n", "the warning at 0.7 would never be seen, since 0.75 is already critical"),
        ("[feedback_rate\n", "line 1"),
        ("[[feedback_rate.overrides]]\nregoin = \"North\"\ncritical = 0.6\n", "did you mean “region”?"),
        ("[[feedback_rate.overrides]]\nregion = \"North\"\n", "overrides[0]: it changes no mark"),
        ("[[feedback_rate.overrides]]\ncritical = 0.6\n", "it holds always and for all: write its marks above"),
        ("[[feedback_rate.overrides]]\nregion = \"North\"\nteam = \"Blue\"\ncritical = 0.6\n", "write one for each"),
        ("[[feedback_rate.overrides]]\nfrom = \"1.1.2027\"\ncritical = 0.6\n", "is no day: write"),
        ("[[feedback_rate.overrides]]\nregion = \"North\"\ncritical = 60\n", "overrides[0]: "),
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
        ("warning = { mean_of = 3, under = true }", "a mark is a number, \"75 %\", { mean_of = 3 }"),
        ("warning = true", "\"beyond_usual\", or false for none"),
        ("min_sample = nan", "invalid type: floating point"),
        ("min_sample = inf", "invalid type: floating point"),
        ("parameters = { days = nan }", "a parameter is a number, a text, or true or false"),
        ("parameters.days = inf", "a parameter is a number, a text, or true or false"),
    ] {
        let home = home(&[("config/thresholds.toml", &format!("# Ours.\n[feedback_rate]\n{mark}\n"))]);
        let shown = Catalog::load(home.path()).unwrap_err().to_string();
        let key = mark.split([' ', '.']).next().unwrap();
        assert!(shown.contains(&format!("toml: feedback_rate.{key}")), "{shown}");
        assert!(shown.contains("at line 3") && shown.contains(said), "{shown}");
    }
    for periods in ["1", "3.0", "60"] {
        let home = home(&[("config/thresholds.toml", &format!("[leads]\nwarning = {{ mean_of = {periods} }}\n"))]);
        Catalog::load(home.path()).unwrap();
    }
}

/// What the built-in KPIs make of such a file, or what is wrong with it.
fn configured(text: &str) -> Result<Catalog, String> {
    Catalog::load(home(&[("config/thresholds.toml", text)]).path()).map_err(|error| error.to_string())
}

#[test]
fn a_share_of_rows_has_no_mark_beyond_1_and_other_per_cents_none_beyond_10() {
    for (text, said) in [
        ("[feedback_rate]\ncritical = 75\n", "feedback_rate.critical: 75 means 7,500 %: write 0.75 or \"75 %\""),
        ("[conversion_rate]\nwarning = \"500 %\"\n", "conversion_rate.warning: 5 means 500 %: write 0.05 or \"5 %\""),
        ("[win_rate]\nwarning = -0.1\n", "win_rate.warning: −10 % is out of range: it lies between 0 and 100 %"),
        ("[quota_attainment]\nwarning = 90\n", "quota_attainment.warning: 90 means 9,000 %: write 0.9 or \"90 %\""),
        ("[revenue]\nwarning = \"75 %\"\n", "revenue.warning: the unit is money, and 75 % is none of it"),
        (
            "[price_index]\nwarning = \"beyond_usual\"\n",
            "price_index.warning: neither side of the usual is the bad one",
        ),
    ] {
        let shown = configured(text).unwrap_err();
        assert!(shown.starts_with(&format!("config/thresholds.toml: {said}")), "{shown}");
    }
    // More than the whole target is good, and growth may be negative.
    configured("[quota_attainment]\nwarning = 1.2\n[revenue_growth]\nwarning = \"-5 %\"\n").unwrap();
}

#[test]
fn marks_are_written_in_per_cent_or_left_to_the_usual() {
    let catalog = configured(
        "[feedback_rate]\nwarning = \"82,5 %\"\ncritical = \"75%\"\n[revenue]\nwarning = \"beyond_usual\"\n",
    )
    .unwrap();
    let marks = |id| catalog.kpi(id).unwrap().declaration.threshold;
    assert_eq!(marks("feedback_rate"), Marks { warning: Some(Mark::At(0.825)), critical: Some(Mark::At(0.75)) });
    assert_eq!(marks("revenue").warning, Some(Mark::BeyondUsual));
}

#[test]
fn how_figures_are_judged_is_configured_key_by_key() {
    let catalog = configured(
        "[feedback_rate]
judge = { groups = \"any\" }
judge_provisional = \"as_it_stands\"
target_tolerance = \"10 %\"
look_back = 26
settles_after = \"3w\"
[leads]
judge = \"sure\"
look_back = 0
[conversion_rate]
settles_after = false
",
    )
    .unwrap();
    let declared = |id| &catalog.kpi(id).unwrap().declaration;
    let expected = Judging {
        total: Counting::Any,
        groups: Counting::Any,
        provisional: Provisional::AsItStands,
        target_tolerance: 0.1,
        look_back: 26,
    };
    assert_eq!(declared("feedback_rate").judging, expected);
    assert_eq!(declared("feedback_rate").settles_after, Some(Lag::days(21)));
    let expected = Judging { total: Counting::Sure, look_back: 0, ..Judging::default() };
    assert_eq!(declared("leads").judging, expected);
    assert_eq!(declared("conversion_rate").settles_after, None);
    assert_eq!(declared("win_rate").judging, Judging::default());
}

#[test]
fn how_a_kpi_is_judged_is_shown_as_the_configuration_would_say_it() {
    let plain = Catalog::load(home(&[]).path()).unwrap();
    let shown = judged_by(&plain.kpi("feedback_rate").unwrap().declaration);
    let expected = r#"[feedback_rate]
warning = 0.8
critical = 0.75
min_sample = 5
judge = { groups = "sure", total = "any" }
judge_provisional = "expected"
look_back = 13
target_tolerance = 0.05
settles_after = "14d"
"#;
    assert_eq!(shown, expected);
    // Configured in these words, no KPI is judged differently.
    let said: String = plain.kpis.iter().map(|kpi| judged_by(&kpi.declaration)).collect();
    let configured = configured(&said).unwrap();
    for (kpi, same) in plain.kpis.iter().zip(&configured.kpis) {
        assert_eq!(kpi.declaration, same.declaration);
    }
}

#[test]
fn what_cannot_be_judged_by_is_refused_with_kpi_key_and_line() {
    for (entry, said) in [
        ("judge = \"maybe\"", "it is \"sure\", \"any\", or { total = \"any\", groups = \"sure\" }"),
        ("judge_provisional = \"later\"", "unknown variant `later`, expected `expected` or `as_it_stands`"),
        ("target_tolerance = 5", "5 means 500 %: write 0.05 or \"5 %\""),
        ("target_tolerance = \"a bit\"", "a tolerance is a number or a per cent: 0.05 or \"5 %\""),
        ("target_tolerance = nan", "a tolerance cannot be NaN: write 0.05 or \"5 %\""),
        ("look_back = 61", "nothing can be judged over 61 periods: write a whole number from 0, for none, to 60"),
        ("look_back = 2.5", "nothing can be judged over 2.5 periods"),
        ("settles_after = \"soon\"", "a length of time is \"14d\", \"2w\" or \"12h\", or false for none"),
    ] {
        let shown = configured(&format!("# Ours.\n[leads]\n{entry}\n")).unwrap_err();
        let key = entry.split(' ').next().unwrap();
        let place = format!("config/thresholds.toml: leads.{key}: TOML parse error at line 3");
        assert!(shown.starts_with(&place) && shown.contains(said), "{shown}");
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
