//! What is in force while files change, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_catalog::activation::{Follow, catalog_for, of_files};
use pegel_catalog::files::Files;
use pegel_catalog::health::Evaluation;
use pegel_catalog::live::Live;
use pegel_kpi::definition::threshold::Mark;
use pegel_store::Store;
use pegel_store::testing::on_both;
use pegel_store::versions::{NewActivation, Reason, Recorded};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const FILE: &str = "own/leads_today.rhai";

/// A home with one KPI of its own.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        home.write(&script("Leads", "1"));
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, text: &str) {
        self.write_file(&format!("kpis/{FILE}"), text);
    }

    fn write_file(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path().join(name)).unwrap();
    }

    fn start(&self, store: &Store) -> Live {
        Live::start(self.path(), store.clone(), Arc::new(|| 1_794_300_000), Follow::Files).unwrap()
    }

    fn files(&self) -> Files {
        Files::of_home(self.path()).unwrap()
    }
}

/// A KPI with a title, and a test that passes if a single lead gives this figure.
fn script(title: &str, expected: &str) -> String {
    format!(
        r#"kpi(#{{ id: "leads_today", title: #{{ en: "{title}", de: "{title}" }}, description: #{{ en: "D", de: "D" }},
            unit: "count", better: "higher" }});
fn measures(data) {{ #{{ n: data.leads.dated(|l| l.created_at).count() }} }}
fn value(m) {{ m.n }}
fn tests() {{ [ #{{ name: "one", period: "2026-W45", leads: [ #{{ created_at: "2026-11-02T08:00" }} ],
                    expect: {expected} }} ] }}
"#
    )
}

fn title(live: &Live) -> String {
    live.current().kpi("leads_today").unwrap().declaration.title.in_english().to_owned()
}

/// The first look sees a change, the second that it is complete.
fn look_twice(live: &Live) {
    live.look();
    live.look();
}

/// The files that are not in order.
fn broken(live: &Live) -> Vec<String> {
    live.problems().into_iter().map(|problem| problem.file).collect()
}

/// A second KPI, with a test of its own.
fn other(body: &str) -> String {
    script("Other", "1").replace("leads_today", "other").replace("data.leads", body)
}

fn activations(store: &Store) -> usize {
    store.activations().unwrap().len()
}

#[test]
fn a_broken_file_keeps_the_old_kpi_and_is_shown_until_it_is_mended() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Broken", "1").replace("data.leads", "data.leeds"));
        look_twice(&live);
        assert_eq!(title(&live), "Leads");
        let problem = live.in_force().problem_of(FILE).unwrap().message.clone();
        assert!(problem.contains("own/leads_today.rhai:3:") && problem.contains("did you mean “leads”?"), "{problem}");
        assert_eq!(live.in_force().other_problems().count(), 0);

        home.write(&script("Mended", "1"));
        look_twice(&live);
        assert_eq!((title(&live).as_str(), live.problems()), ("Mended", Vec::new()));
        assert_eq!(activations(&store), 2);
        assert_eq!(live.in_force().since(FILE), Some(1_794_300_000));
    });
}

#[test]
fn a_file_whose_tests_fail_is_refused() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Wrong", "2"));
        look_twice(&live);
        assert_eq!((title(&live).as_str(), activations(&store)), ("Leads", 1));
        let problem = &live.problems()[0];
        assert!(problem.message.ends_with("own/leads_today.rhai: one\n    expected 2, found 1"), "{}", problem.message);
        // Another look does not change that, and undoing the change mends it.
        look_twice(&live);
        home.write(&script("Leads", "1"));
        look_twice(&live);
        assert_eq!((live.problems(), activations(&store)), (Vec::new(), 1));
    });
}

#[test]
fn a_file_that_is_being_written_is_left_alone() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        // Each piece is a valid script, but the writer has not finished.
        for piece in 0..5 {
            home.write(&script(&format!("Piece {piece}"), "1"));
            live.look();
            assert_eq!((title(&live).as_str(), live.problems()), ("Leads", Vec::new()));
        }
        live.look();
        assert_eq!((title(&live).as_str(), activations(&store)), ("Piece 4", 2));
    });
}

#[test]
fn a_broken_file_takes_down_itself_alone() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Better", "1"));
        home.write_file("config/thresholds.toml", "[feedback_rat]\ncritical = 0.5\n");
        home.write_file("kpis/own/draft.rhai", "kpi(#{");
        home.write_file("kpis/partner/win_rate.rhai", "kpi(#{");
        look_twice(&live);
        assert_eq!((title(&live).as_str(), activations(&store)), ("Better", 2));
        assert!(live.current().kpi("win_rate").is_ok());
        let problems = ["own/draft.rhai", "partner/win_rate.rhai", "config/thresholds.toml"];
        assert_eq!((broken(&live), live.in_force().waiting.len()), (problems.map(str::to_owned).into(), 0));
        // After a restart they are still reported, and nothing is recorded again.
        let restarted = home.start(&store);
        assert_eq!((broken(&restarted), activations(&store)), (broken(&live), 2));

        home.write_file("config/thresholds.toml", "[leads_today]\nwarning = 9\n");
        look_twice(&live);
        assert_eq!(live.current().kpi("leads_today").unwrap().declaration.threshold.warning, Some(Mark::At(9.0)));
        home.remove("kpis/own/draft.rhai");
        home.remove("kpis/partner/win_rate.rhai");
        look_twice(&live);
        assert_eq!((live.problems(), activations(&store)), (Vec::new(), 3));
    });
}

#[test]
fn a_kpi_that_is_renamed_and_broken_in_one_go_stays_in_force() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.remove(&format!("kpis/{FILE}"));
        home.write_file("kpis/own/renamed.rhai", script("Renamed", "1").replace("data.leads", "data.leeds"));
        look_twice(&live);
        assert_eq!((title(&live).as_str(), broken(&live)), ("Leads", vec!["own/renamed.rhai".to_owned()]));
        assert_eq!(live.in_force().waiting, [FILE]);
        home.write_file("kpis/own/renamed.rhai", script("Renamed", "1"));
        look_twice(&live);
        assert_eq!((title(&live).as_str(), live.problems()), ("Renamed", Vec::new()));
        home.remove("kpis/own/renamed.rhai");
        look_twice(&live);
        assert!(live.current().kpi("leads_today").is_err() && live.problems().is_empty());
    });
}

#[test]
fn a_file_may_be_renamed_while_another_is_not_in_order() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.remove(&format!("kpis/{FILE}"));
        home.write_file("kpis/own/renamed.rhai", script("Renamed", "1"));
        home.write_file("kpis/own/draft.rhai", "kpi(#{");
        look_twice(&live);
        assert_eq!((title(&live).as_str(), broken(&live)), ("Renamed", vec!["own/draft.rhai".to_owned()]));
    });
}

#[test]
fn a_helper_that_breaks_what_uses_it_waits_alone() {
    on_both(|store| {
        let home = Home::new();
        let helper = |name: &str| format!("fn {name}(rows) {{ rows.count() }}\n");
        home.write_file("kpis/lib/own.rhai", helper("counted"));
        let user = other("data.leads").replace("kpi(#", "import \"own\" as own;\nkpi(#");
        let user = user
            .replace("data.leads.dated(|l| l.created_at).count()", "own::counted(data.leads.dated(|l| l.created_at))");
        home.write_file("kpis/own/other.rhai", &user);
        let live = home.start(&store);
        assert!(live.current().kpi("other").is_ok(), "{:?}", live.problems());
        home.write_file("kpis/lib/own.rhai", helper("renamed"));
        home.write(&script("Better", "1"));
        look_twice(&live);
        assert!(live.current().kpi("other").is_ok());
        assert_eq!((title(&live).as_str(), broken(&live)), ("Better", vec!["lib/own.rhai".to_owned()]));
        let message = &live.problems()[0].message;
        assert!(message.contains("own/other.rhai"), "{message}");
    });
}

#[test]
fn what_is_no_text_or_no_regular_file_takes_down_itself_alone() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Better", "1"));
        home.write_file("config/calendar.toml", b"# F\xfcr Berlin\nzone = \"Europe/Berlin\"\n");
        home.write_file("config/thresholds.toml", b"\xef\xbb\xbf[leads_today]\nwarning = 9\n");
        let mut expected = vec!["config/calendar.toml".to_owned()];
        #[cfg(unix)]
        {
            let pipe = home.path().join("kpis/own/pipe.rhai");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            std::os::unix::fs::symlink("/dev/zero", home.path().join("kpis/own/zero.rhai")).unwrap();
            std::os::unix::fs::symlink("ada@host.1", home.path().join("kpis/own/.#zero.rhai")).unwrap();
            expected.splice(0..0, ["own/pipe.rhai", "own/zero.rhai"].map(str::to_owned));
        }
        look_twice(&live);
        assert_eq!((title(&live).as_str(), broken(&live)), ("Better", expected));
        assert_eq!(live.current().kpi("leads_today").unwrap().declaration.threshold.warning, Some(Mark::At(9.0)));
        assert!(live.problems().last().unwrap().message.ends_with("line 1 is not UTF-8: save it as UTF-8"));
    });
}

#[test]
fn a_folder_that_cannot_be_listed_leaves_its_kpis_in_force() {
    on_both(|store| {
        let home = Home::new();
        home.write_file("kpis/other.rhai", other("data.leads"));
        let live = home.start(&store);
        let (kpis, aside) = (home.path().join("kpis"), home.path().join("aside"));
        std::fs::rename(&kpis, &aside).unwrap();
        std::fs::write(&kpis, "in the way").unwrap();
        look_twice(&live);
        assert_eq!((title(&live).as_str(), broken(&live)), ("Leads", vec!["kpis/".to_owned()]));
        assert!(live.current().kpi("other").is_ok() && live.in_force().waiting.is_empty());
        assert_eq!(activations(&store), 1);
    });
}

#[test]
fn a_file_that_is_no_text_is_a_problem_of_that_file() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        std::fs::write(home.path().join("kpis").join(FILE), [0xff, 0xfe, 0x00]).unwrap();
        look_twice(&live);
        assert_eq!(title(&live), "Leads");
        assert!(live.in_force().problem_of(FILE).unwrap().message.contains("cannot be read"));
    });
}

/// Goes back to the set of an activation, as the command does.
fn roll_back(store: &Store, home: &Home, to: i64) -> i64 {
    let set = store.activated_set(to).unwrap().unwrap();
    let before = of_files(&Files::of_versions(set.versions), Reason::Rollback, 1_794_300_100);
    let new = NewActivation { files_sha256: home.files().digest(), ..before };
    let Recorded::New(id) = store.activate(&new).unwrap() else { panic!("it was there") };
    id
}

#[test]
fn a_rollback_counts_at_once_survives_a_restart_and_ends_with_the_next_change() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Newer", "1"));
        look_twice(&live);
        roll_back(&store, &home, 1);
        live.look();
        assert_eq!(title(&live), "Leads");
        look_twice(&live);
        assert_eq!(title(&live), "Leads");
        let (catalog, _) = catalog_for(home.path(), Some(&store), Follow::Files).unwrap();
        assert_eq!(catalog.kpi("leads_today").unwrap().declaration.title.in_english(), "Leads");

        let restarted = home.start(&store);
        look_twice(&restarted);
        assert_eq!((title(&restarted).as_str(), activations(&store)), ("Leads", 3));
        home.write(&script("Newest", "1"));
        look_twice(&restarted);
        assert_eq!(title(&restarted), "Newest");
    });
}

#[test]
fn a_rollback_past_a_broken_file_clears_its_problem() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Newer", "1"));
        look_twice(&live);
        home.write("kpi(#{");
        look_twice(&live);
        assert_eq!(live.problems().len(), 1);
        roll_back(&store, &home, 1);
        look_twice(&live);
        assert_eq!((title(&live).as_str(), live.problems()), ("Leads", Vec::new()));
    });
}

#[test]
fn a_home_that_is_gone_for_a_while_leaves_all_in_force() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        std::fs::rename(home.path(), home.path().with_extension("away")).unwrap();
        look_twice(&live);
        std::fs::rename(home.path().with_extension("away"), home.path()).unwrap();
        assert_eq!((title(&live).as_str(), live.problems(), activations(&store)), ("Leads", Vec::new(), 1));
    });
}

#[test]
fn a_first_start_leaves_out_what_is_not_in_order() {
    on_both(|store| {
        let home = Home::new();
        home.write_file("kpis/own/draft.rhai", "kpi(#{");
        home.write_file("kpis/own/failing.rhai", other("data.leads").replace("expect: 1", "expect: 2"));
        home.write_file("kpis/partner/feedback_rate.rhai", "kpi(#{");
        home.write_file("config/thresholds.toml", b"# M\xfcller\n");
        let live = home.start(&store);
        assert_eq!((title(&live).as_str(), activations(&store)), ("Leads", 1));
        assert!(live.current().kpi("other").is_err());
        // The built-in one, with its critical mark.
        let rate = live.current().kpi("feedback_rate").unwrap().declaration.threshold.critical;
        assert_eq!(rate, Some(Mark::At(0.75)));
        let expected = ["config/thresholds.toml", "own/draft.rhai", "partner/feedback_rate.rhai", "own/failing.rhai"];
        assert_eq!(broken(&live), expected);
    });
}

#[test]
fn a_server_that_starts_with_a_broken_file_goes_on_with_what_was_in_force() {
    on_both(|store| {
        let home = Home::new();
        drop(home.start(&store));
        home.write("kpi(#{");
        let live = home.start(&store);
        assert_eq!((title(&live).as_str(), live.problems().len()), ("Leads", 1));
    });
}

#[test]
fn commands_compute_beside_a_broken_file() {
    on_both(|store| {
        let home = Home::new();
        let titles = |store: Option<&Store>| {
            let (catalog, problems) = catalog_for(home.path(), store, Follow::Files).unwrap();
            let title =
                catalog.kpi("leads_today").map(|kpi| kpi.declaration.title.in_english().to_owned()).unwrap_or_default();
            (title, problems.into_iter().map(|problem| problem.file).collect::<Vec<_>>())
        };
        home.write_file("kpis/own/draft.rhai", "kpi(#{");
        let draft = vec!["own/draft.rhai".to_owned()];
        // Nothing was ever activated, or there is no database.
        assert_eq!(titles(Some(&store)), ("Leads".to_owned(), draft.clone()));
        assert_eq!(titles(None), ("Leads".to_owned(), draft.clone()));
        drop(home.start(&store));
        home.write("kpi(#{");
        let both = vec!["own/draft.rhai".to_owned(), FILE.to_owned()];
        assert_eq!(titles(Some(&store)), ("Leads".to_owned(), both));
        home.write(&script("Newer", "1"));
        assert_eq!(titles(Some(&store)), ("Newer".to_owned(), draft));
    });
}

#[test]
fn two_servers_agree_and_record_a_change_once() {
    on_both(|store| {
        let home = Home::new();
        let [one, another] = [home.start(&store), home.start(&store)];
        home.write(&script("Newer", "1"));
        home.write_file("kpis/own/draft.rhai", "kpi(#{");
        std::thread::scope(|scope| {
            for live in [&one, &another] {
                scope.spawn(|| (0..4).for_each(|_| live.look()));
            }
        });
        assert_eq!((title(&one), title(&another), activations(&store)), ("Newer".to_owned(), "Newer".to_owned(), 2));
        assert_eq!((broken(&one), broken(&another)), (vec!["own/draft.rhai".to_owned()], broken(&one)));
    });
}

#[test]
fn two_servers_with_different_files_do_not_take_turns() {
    on_both(|store| {
        let [ours, theirs] = [Home::new(), Home::new()];
        let live = ours.start(&store);
        theirs.write(&script("Theirs", "1"));
        let other = theirs.start(&store);
        for _ in 0..4 {
            look_twice(&live);
            look_twice(&other);
        }
        assert_eq!((title(&live), title(&other), activations(&store)), ("Theirs".to_owned(), "Theirs".to_owned(), 2));
    });
}

#[test]
fn where_files_do_not_count_only_commands_do() {
    on_both(|store| {
        let home = Home::new();
        let start = || Live::start(home.path(), store.clone(), Arc::new(|| 1_794_300_000), Follow::Commands).unwrap();
        let live = start();
        home.write(&script("Newer", "1"));
        look_twice(&live);
        let (catalog, _) = catalog_for(home.path(), Some(&store), Follow::Commands).unwrap();
        assert_eq!(catalog.kpi("leads_today").unwrap().declaration.title.in_english(), "Leads");
        assert_eq!((title(&live), title(&start()), activations(&store)), ("Leads".to_owned(), "Leads".to_owned(), 1));
        store.activate(&of_files(&home.files(), Reason::Command, 1_794_300_100)).unwrap();
        live.look();
        assert_eq!(title(&live), "Newer");
    });
}

#[test]
fn what_was_forced_stays_in_force_while_other_files_change() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write(&script("Forced", "2"));
        store.activate(&of_files(&home.files(), Reason::Command, 1_794_300_100)).unwrap();
        look_twice(&live);
        assert_eq!((title(&live).as_str(), live.problems()), ("Forced", Vec::new()));
        let count = script("Other", "1").replace("leads_today", "other");
        std::fs::write(home.path().join("kpis/other.rhai"), count).unwrap();
        look_twice(&live);
        assert!(live.current().kpi("other").is_ok(), "{:?}", live.problems());
    });
}

#[test]
fn a_change_is_in_force_soon() {
    on_both(|store| {
        let home = Home::new();
        let live = Arc::new(home.start(&store));
        let following = live.follow().unwrap();
        home.write(&script("Newer", "1"));
        let written = Instant::now();
        while title(&live) != "Newer" {
            // On an idle machine it takes a second; this one may be busy.
            assert!(written.elapsed() < Duration::from_secs(20), "not in force after {:?}", written.elapsed());
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(following);
    });
}

#[test]
fn the_health_of_a_kpi_is_known_at_once_and_written_once_a_minute() {
    on_both(|store| {
        let live = Home::new().start(&store);
        let evaluation = |micros, error: Option<&str>| Evaluation {
            kpi: "leads_today".to_owned(),
            micros,
            rows_read: 7,
            slices_computed: 1,
            slices_kept: 12,
            error: error.map(str::to_owned),
        };
        live.health.note(&[evaluation(20, Some("no"))], 100);
        live.health.write(false).unwrap();
        live.health.note(&[evaluation(30, None)], 160);
        live.health.write(false).unwrap();
        let stored = || store.health("leads_today").unwrap().unwrap();
        assert_eq!((stored().evaluated_at, stored().error_at), (100, Some(100)));
        let known = live.health.of("leads_today").unwrap().unwrap();
        assert_eq!((known.evaluated_at, known.micros, known.error.as_deref()), (160, Some(30), Some("no")));
        live.health.write(true).unwrap();
        assert_eq!(stored(), known);
    });
}

#[test]
fn a_table_that_the_database_lacks_waits_with_what_reads_it_until_it_is_migrated() {
    on_both(|store| {
        let home = Home::new();
        let live = home.start(&store);
        home.write_file(
            "config/tables/visits.toml",
            "row = \"A visit.\"\ncolumns = [{ name = \"came_at\", kind = \"instant\" }]\n",
        );
        let visits = other("data.visits").replace("created_at", "came_at").replace("leads:", "visits:");
        home.write_file("kpis/own/other.rhai", visits);
        look_twice(&live);
        assert!(live.current().kpi("other").is_err());
        let waits = live.in_force().problem_of("config/tables/visits.toml").unwrap().message.clone();
        assert!(waits.contains("(table visits): run `pegel migrate`"), "{waits}");
        assert_eq!(title(&live), "Leads");

        store.migrate(&pegel_catalog::load::model_of_home(home.path()).unwrap()).unwrap();
        look_twice(&live);
        assert_eq!(live.problems(), Vec::new());
        assert_eq!(live.current().kpi("other").unwrap().file, "own/other.rhai");
        assert!(live.current().model.table("visits").is_some());
        // A later mistake in it changes nothing that is in force.
        home.write_file("config/tables/visits.toml", "row = \"A visit.\"\ncolumns = [{ name = \"came_at\" }]\n");
        look_twice(&live);
        assert_eq!(broken(&live), ["config/tables/visits.toml"]);
        assert!(live.current().kpi("other").is_ok());
    });
}
