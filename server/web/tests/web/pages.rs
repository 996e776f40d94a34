//! What people read on the pages, on both databases.

use crate::support::numbers::{assessed, translated, weekly};
use crate::support::{Site, add_leads, catalog, publish, state};
use pegel_catalog::activation::Follow;
use pegel_catalog::live::Live;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::expected::Expected;
use pegel_kpi::judgement::judged::{Assessment, By};
use pegel_report::definition;
use pegel_report::numbers::TrendPoint;
use pegel_store::Store;
use pegel_store::alerts::{Alert, AlertKey, AlertState, Changed, Check, Evaluated};
use pegel_store::lease::Lease;
use pegel_store::outbox::{Fault, Refused};
use pegel_store::testing::on_both;
use pegel_web::problem::{About, Problem};
use pegel_web::{State, Templates};
use std::sync::Arc;

/// An edition, and feedback that slips: all in week 44, no data for week 45, seven of ten in week 46.
fn stored(store: &Store) {
    publish(store, &weekly());
    add_leads(store, "2026-10-27", 5, 5);
    add_leads(store, "2026-11-10", 10, 7);
}

#[test]
fn an_edition_reads_like_its_mail() {
    on_both(|store| {
        stored(&store);
        let site = Site::on(store);
        insta::assert_snapshot!("edition_en", site.get("/editions/1").words());
        insta::assert_snapshot!("edition_de", site.get_in("de", "/editions/1").words());
        insta::assert_snapshot!("edition_fr", site.get_in("fr", "/editions/1").words());
    });
}

#[test]
fn an_edition_says_which_figure_was_judged_and_that_another_can_still_change() {
    on_both(|store| {
        let mut numbers = weekly();
        let rate = &mut numbers.sections[0].kpis[0];
        let settled = rate.previous.clone();
        rate.cell.provisional = true;
        rate.previous_as_known = Some(Cell { outcome: Outcome::Value { value: 0.9 }, ..settled.clone() });
        rate.settled = Some(TrendPoint { period: "2026-W44".to_owned(), cell: settled });
        let expected = Expected { value: 0.9, low: 0.86, high: 0.93, periods: 20 };
        let judged = assessed(Status::Ok, By::Expected { value: 0.9, periods: 20 });
        rate.assessment = Some(Assessment { expected: Some(expected), ..judged });
        rate.status = Status::Ok;
        rate.breakdowns[0].rows[1].cell.provisional = true;
        let settled = By::Settled { value: 0.85, period: "2026-W44".to_owned() };
        rate.breakdowns[0].rows[1].assessment = Some(assessed(Status::Ok, settled));
        publish(&store, &numbers);
        let page = Site::on(store).get("/editions/1").words().replace('\u{a0}', " ");
        for said in [
            "\ncan still change\nexpected between 86.0% and 93.0%\nlast settled: 83.1% in week 44\n",
            "\nbefore: 83.1% at the same age, 90.0% by now\n",
            "\nok\njudged: expected 90.0%\n",
            "\nok\njudged: 85.0% in week 44\n",
            "\nThese figures can still change, and are compared at the same age\n",
        ] {
            assert!(page.contains(said), "{said:?} is missing in\n{page}");
        }
    });
}

#[test]
fn what_xml_forbids_reaches_no_page() {
    on_both(|store| {
        let mut numbers = weekly();
        numbers.title = translated("Weekly\u{b}sales", "Woche\u{1b}[31m");
        numbers.sections[0].title = translated("Part\u{ffff}ners", "\u{7}");
        publish(&store, &numbers);
        let site = Site::on(store);
        for path in ["/editions", "/editions/1"] {
            let page = site.get(path);
            assert!(page.words().contains("Weekly sales"), "{}", page.words());
            assert!(pegel_text::clean::is_clean(page.html()), "{path}");
        }
        assert!(site.get("/editions/1").words().contains("Part ners"));
    });
}

#[test]
fn kpis_show_the_last_complete_week_by_pack() {
    on_both(|store| {
        stored(&store);
        let site = Site::on(store);
        insta::assert_snapshot!("kpis_en", site.get("/kpis").words());
        insta::assert_snapshot!("kpis_de", site.get_in("de", "/kpis").words());
        insta::assert_snapshot!("kpis_fr", site.get_in("fr", "/kpis").words());
    });
}

#[test]
fn a_kpi_shows_its_course_and_its_definition() {
    on_both(|store| {
        stored(&store);
        let site = Site::on(store);
        // The time it took differs each time.
        insta::with_settings!({ filters => vec![(r"[\d,]+ ms", "[time] ms")] }, {
            insta::assert_snapshot!("kpi_en", site.get("/kpis/feedback").words());
            insta::assert_snapshot!("kpi_fr", site.get_in("fr", "/kpis/feedback").words());
        });
        let page = site.get("/kpis/feedback");
        // Two weeks have figures, with a gap between: two dots, and no line through the gap, no dot on zero.
        assert_eq!(page.html().matches("<circle class=\"chart-dot").count(), 2);
        let bars = site.get("/kpis/won_amount");
        assert_eq!(bars.html().matches("<rect class=\"chart-bar").count(), 2);
    });
}

#[test]
fn a_file_that_is_not_in_order_is_shown_beside_the_figures_of_the_version_in_force() {
    on_both(|store| {
        stored(&store);
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("kpis/partner/feedback_rate.rhai");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let live = Live::start(home.path(), store.clone(), Arc::new(|| 1_794_800_000), Follow::Files).unwrap();
        std::fs::write(&file, "kpi(#{ id: \"<b>\" ").unwrap();
        live.look();
        live.look();
        let site = Site::of(State { live: Arc::new(live), ..state(store, catalog()) });
        let page = site.get_in("de", "/kpis/feedback_rate");
        let words = page.words();
        let notice = words.split("Letzte volle Woche").next().unwrap();
        insta::assert_snapshot!("kpi_not_in_order_de", notice);
        assert!(words.contains("70"), "{words}");
        assert!(!page.html().contains("<b>"), "{}", page.html());
        let list = site.get("/kpis");
        assert_eq!(list.words().matches("The file is not in order").count(), 1);
        assert!(!list.words().contains("Files that are not in order"));
    });
}

#[test]
fn operations_lists_every_file_that_is_not_in_order() {
    on_both(|store| {
        let site = Site::on(store.clone());
        assert!(site.get("/operations").words().contains("All is in order"));
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let file = home.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("kpis/own/draft.rhai", "kpi(#{ id: \"<b>\" ");
        write("config/thresholds.toml", "[win_rat]\ncritical = 0.5\n");
        write("templates/web/kpis.html", "{% if %}");
        let live = Live::start(home.path(), store.clone(), Arc::new(|| 1_794_800_000), Follow::Files).unwrap();
        let others = || {
            let problem = |about, name: &str, message: &str| Problem {
                about,
                name: name.to_owned(),
                message: message.to_owned(),
            };
            vec![
                problem(About::Report, "config/reports/north.toml", "no title"),
                problem(About::Template, "templates/mail/weekly.txt", "a stray brace"),
                problem(About::Mapping, "config/imports/fair.toml", "no table"),
                problem(About::Configuration, "config/pegel.toml", "no zone"),
            ]
        };
        let site = Site::of(State {
            live: Arc::new(live),
            templates: Arc::new(Templates::load(home.path()).unwrap()),
            other_problems: Arc::new(others),
            ..state(store, catalog())
        });
        insta::assert_snapshot!("operations_en", site.get("/operations").words());
        insta::assert_snapshot!("operations_de", site.get_in("de", "/operations").words());
        insta::assert_snapshot!("operations_fr", site.get_in("fr", "/operations").words());
        assert!(!site.get("/operations").html().contains("<b>"));
        // The server is alive all the same, and pages are shown.
        let health = site.get("/healthz");
        assert_eq!(health.status, 200);
        assert!(health.html().starts_with(r#"{"alive":true,"in_order":false,"problems":[{"about":"report","name":"#));
        assert!(health.html().contains("kpis/own/draft.rhai"), "{}", health.html());
        assert!(site.get("/kpis").html().contains("aria-current=\"page\">KPIs</a>"));
    });
}

#[test]
fn mails_that_wait_for_an_operator_show_on_the_page_and_in_the_health_check() {
    on_both(|store| {
        publish(&store, &weekly());
        let site = Site::on(store.clone());
        assert!(site.get("/healthz").html().starts_with(r#"{"alive":true,"in_order":true"#));
        let lease = Lease { now: weekly().created_at + 90, until: weekly().created_at + 120, holder: None };
        let bob = store.claim_delivery(&lease).unwrap().unwrap();
        let answer = "smtp://mail.example.com: permanent error (535): 5.7.8 Bad <credentials>";
        let refused = Refused { fault: Fault::Operator, answer, retry_at: Some(lease.until) };
        store.record_failed(bob.id, lease.now, &refused).unwrap();

        let page = site.get("/operations");
        let told = "1 mail waits since 16 November 2026 at 07:00 (Europe/Berlin)";
        assert!(page.words().contains(told) && page.words().contains("Bad <credentials>"), "{}", page.words());
        assert!(site.get_in("de", "/operations").words().contains("1 Mail wartet seit 16. November 2026"));
        let health = site.get("/healthz");
        assert_eq!(health.status, 200);
        assert!(health.html().starts_with(
            r#"{"alive":true,"in_order":false,"problems":[{"about":"mails","name":"outbox","message":"1 wai"#
        ));

        // A mail that was given up does not wait for the next tick any more, but is not forgotten either.
        let again = store.claim_delivery(&Lease { now: lease.until, ..lease }).unwrap().unwrap();
        let refused = Refused { fault: Fault::Recipient, answer: "550 no such user", retry_at: None };
        store.record_failed(again.id, lease.until, &refused).unwrap();
        assert!(site.get("/operations").words().contains("1 mail was given up"));
        assert!(site.get("/healthz").html().starts_with(r#"{"alive":true,"in_order":true"#));
    });
}

#[test]
fn a_kpi_without_any_figure_says_so() {
    on_both(|store| {
        let words = Site::on(store).get("/kpis/feedback").words();
        assert!(words.contains("There is no figure in these periods."), "{words}");
    });
}

#[test]
fn the_reference_explains_the_language_with_its_functions_and_tables() {
    on_both(|store| {
        let site = Site::on(store);
        let page = site.get("/reference");
        let words = page.words();
        let first: Vec<&str> = words.lines().take(60).collect();
        insta::assert_snapshot!("reference_en", first.join("\n"));
        for piece in ["<h3 id=\"fn-ratio\">ratio</h3>", "<h3 id=\"table-leads\">data.leads</h3>"] {
            assert!(page.html().contains(piece), "{piece}");
        }
        let chapters = page.html().matches("<section").count();
        assert_eq!(page.html().matches("<li><a href=\"#").count(), chapters);
        let german = site.get_in("de", "/reference");
        assert!(german.words().contains("Die Referenz selbst gibt es nur auf Englisch."), "{}", german.words());
        assert!(german.html().contains(">Sprachreferenz</a>"));
    });
}

/// An alert that stands: of the total, or of a group.
fn standing(group: Option<&str>, state: AlertState) -> Changed {
    let key = AlertKey {
        rule: "feedback".to_owned(),
        scope: "{}".to_owned(),
        kpi: "feedback".to_owned(),
        item: group.unwrap_or_default().to_owned(),
    };
    let alert = Alert {
        id: 0,
        key,
        label: group.map(str::to_owned),
        state,
        since: 1_794_800_000,
        broken: 1,
        period: "2026-W46".to_owned(),
        value: Some(0.689),
        told: None,
        told_at: None,
        acknowledged: None,
        muted_until: None,
        version: 0,
    };
    Changed { alert, events: Vec::new() }
}

#[test]
fn operations_and_metrics_say_how_the_work_goes() {
    on_both(|store| {
        publish(&store, &weekly());
        let check = Check { at: 1_794_800_000, import: None, error: None };
        let alerts = vec![standing(Some("<Coast>"), AlertState::Critical), standing(None, AlertState::Ok)];
        let evaluated = Evaluated {
            rule: "feedback".to_owned(),
            before: None,
            check,
            alerts,
            rows: Vec::new(),
            notices: Vec::new(),
        };
        store.record_evaluation(&evaluated).unwrap();
        let home = tempfile::tempdir().unwrap();
        let site = Site::of(State {
            reports: Arc::new(move || vec![definition::find(home.path(), "weekly").unwrap()]),
            ..state(store, catalog())
        });
        insta::assert_snapshot!("operations_running_en", site.get("/operations").words());
        insta::assert_snapshot!("operations_running_de", site.get_in("de", "/operations").words());
        assert!(!site.get("/operations").html().contains("<Coast>"));

        let metrics = site.get("/metrics");
        assert_eq!(metrics.status, 200);
        insta::assert_snapshot!("metrics", metrics.html());
    });
}
