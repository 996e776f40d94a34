//! The list of all editions, on both databases.

use crate::support::numbers::{translated, weekly};
use crate::support::{Answer, Site, add_leads, catalog, publish, report_of, state};
use pegel_kpi::definition::threshold::Status;
use pegel_report::numbers::Numbers;
use pegel_store::Store;
use pegel_store::testing::on_both;
use pegel_web::State;
use std::sync::Arc;

const WEEK: i64 = 604_800;

/// The edition of a week of 2026.
fn of_week(week: i32) -> Numbers {
    let mut numbers = weekly();
    numbers.period.name = format!("2026-W{week:02}");
    numbers.created_at += i64::from(week - 46) * WEEK;
    numbers
}

/// An edition that corrects the one of the revision before.
fn corrected(numbers: Numbers, revision: i32, reason: Option<&str>) -> Numbers {
    let created_at = numbers.created_at + i64::from(revision) * 86_400;
    Numbers { revision, created_at, reason: reason.map(str::to_owned), ..numbers }
}

/// Week 45, made three times, with another title and state at last; week 46; and the month before.
fn stored(store: &Store) {
    let renamed = Numbers { title: translated("Sales", "Vertrieb"), status: Status::Ok, ..of_week(45) };
    let monthly = Numbers { report: "monthly".to_owned(), ..of_week(44) };
    let [first, second, third] =
        [(0, None), (1, Some("14 leads <were> missing")), (2, None)].map(|(revision, reason)| {
            let numbers = if revision == 2 { renamed.clone() } else { of_week(45) };
            corrected(numbers, revision, reason)
        });
    for numbers in [first, second, third, of_week(46), monthly] {
        publish(store, &numbers);
    }
}

fn listed(page: &Answer) -> usize {
    page.html().matches("<th scope=\"row\"").count()
}

#[test]
fn the_list_of_editions_says_what_was_reported_when() {
    on_both(|store| {
        let site = Site::on(store.clone());
        insta::assert_snapshot!("no_editions", site.get("/editions").words());
        publish(&store, &weekly());
        insta::assert_snapshot!("editions", site.get_in("de-AT", "/editions").words());
        insta::assert_snapshot!("editions_fr", site.get_in("fr", "/editions").words());
    });
}

#[test]
fn the_latest_revision_is_listed_with_those_that_it_corrects_folded_under_it() {
    on_both(|store| {
        stored(&store);
        let site = Site::on(store);
        let page = site.get("/editions?period=2026-W45");
        insta::assert_snapshot!("editions_corrected", page.words());
        assert!(page.html().contains("<details>") && !page.html().contains("<were>"), "{}", page.html());
        insta::assert_snapshot!("editions_corrected_de", site.get_in("de", "/editions?period=2026-W45").words());
        insta::assert_snapshot!("editions_corrected_fr", site.get_in("fr", "/editions?period=2026-W45").words());
        assert_eq!(listed(&site.get("/editions")), 3);
        assert_eq!(site.get("/editions").html().matches("<details").count(), 1);
    });
}

#[test]
fn the_list_of_editions_is_paged_by_their_periods() {
    on_both(|store| {
        for week in 10..40 {
            publish(&store, &of_week(week));
        }
        publish(&store, &corrected(of_week(39), 1, None));
        let site = Site::on(store);
        let first = site.get("/editions?lang=de");
        assert_eq!(listed(&first), 25);
        assert!(first.html().contains("href=\"/editions?page=2&amp;lang=de-DE\""), "{}", first.html());
        let second = site.get("/editions?page=2&lang=de");
        assert_eq!(listed(&second), 5);
        assert!(second.html().contains("href=\"/editions?lang=de-DE\""), "{}", second.html());
        assert!(second.words().contains("2.–8. März 2026"), "{}", second.words());
        assert_eq!(listed(&site.get("/editions?page=9")), 5, "the last page there is");
        let found = site.get("/editions?status=critical&words=2026&report=weekly");
        let older = "/editions?page=2&amp;report=weekly&amp;status=critical&amp;words=2026\"";
        assert!(found.html().contains(older), "{}", found.html());
    });
}

#[test]
fn editions_are_found_by_report_period_state_and_words() {
    on_both(|store| {
        stored(&store);
        let site = Site::on(store);
        let found = |query: &str| listed(&site.get(&format!("/editions?{query}")));
        assert_eq!(["", "report=&period=&status=&page=", "words=f%C3%BCr"].map(found), [3; 3]);
        assert_eq!(["report=monthly", "period=2026-W46", "words=SIE+46"].map(found), [1; 3]);
        assert_eq!(found("report=weekly"), 2);
        // The state is that of the latest revision; words may be in any.
        assert_eq!(["status=critical", "status=ok", "status=warning"].map(found), [2, 1, 0]);
        assert_eq!(["words=partner+45", "words=week+45+sales", "words=partner+week+47"].map(found), [1, 1, 0]);
        assert_eq!(found("report=monthly&period=2026-W46"), 0);
        assert!(site.get("/editions?words=nowhere").words().contains("Nothing was found."));

        let page = site.get("/editions?period=2026-W45&report=weekly&words=sales");
        for chosen in ["value=\"2026-W45\" selected>Week\u{a0}45", "value=\"weekly\" selected>Partner sales"] {
            assert!(page.html().contains(chosen), "{chosen}\n{}", page.html());
        }
        assert!(page.html().contains("<details>"), "the latest one says it as well");
        assert!(site.get("/editions?words=partner+45").html().contains("<details open>"));
        let page = site.get("/editions?lang=de&words=%22%3E%3Cb%3E");
        assert!(page.html().contains("value=\"&quot;&gt;&lt;b&gt;\""), "{}", page.html());
        assert!(page.html().contains("name=\"lang\" value=\"de-DE\""));
    });
}

#[test]
fn who_asks_for_what_is_not_there_is_told_what_is() {
    on_both(|store| {
        add_leads(&store, "2026-11-10", 3, 0);
        let site = Site::on(store.clone());
        let told = |language: &str, path: &str, what: &str| {
            let page = site.get_in(language, path);
            let words = page.words().replace('\u{a0}', " ");
            assert_eq!(page.status, 400, "{path}: {words}");
            assert!(words.contains(what), "{path}: {words}");
        };
        told("en", "/editions?period=2026-W46", "Period: there is no “2026-W46”, nor any other.");
        stored(&store);
        told("en", "/editions?report=daily", "Report: there is no “daily”. There are: monthly, weekly");
        told("de", "/editions?period=last-week", "„last-week“ gibt es nicht. Es gibt: 2026-W46, 2026-W45, 2026-W44");
        told("fr", "/editions?status=bad", "« bad » n’existe pas. Il y a : critical, warning, ok, unjudged");
        told("en", "/editions?status=%3Cb%3E", "there is no “<b>”");
        for page in ["0", "x", "-1", "99999999999999999999"] {
            told(
                "en",
                &format!("/editions?page={page}"),
                &format!("There is no page “{page}”: pages are counted from 1."),
            );
        }
        told("en", "/kpis?pack=nowhere", "Pack: there is no “nowhere”. There are: partner");
        told("de", "/kpis?status=rot", "Status: „rot“ gibt es nicht. Es gibt: critical, warning, ok, unjudged");
        for path in ["/kpis?pack=partner&status=unjudged&words=nowhere", "/kpis?pack=&status=&words="] {
            assert_eq!(site.get(path).status, 200, "{path}");
        }
    });
}

#[test]
fn of_many_that_there_are_the_first_are_named() {
    on_both(|store| {
        for week in 10..33 {
            publish(&store, &of_week(week));
        }
        let told = Site::on(store).get("/editions?period=x").words();
        assert!(told.contains("There are: 2026-W32, 2026-W31,") && told.contains(" 2026-W13, …"), "{told}");
    });
}

#[test]
fn a_report_without_any_edition_yet_is_known_by_its_file() {
    on_both(|store| {
        let mut report = report_of(&["feedback"]);
        report.name = "daily".to_owned();
        let site =
            Site::of(State { reports: Arc::new(move || vec![report.clone()]), ..state(store.clone(), catalog()) });
        assert!(site.get("/editions?report=daily").words().contains("No edition yet"));
        publish(&store, &weekly());
        assert!(!site.get("/editions").words().contains("Weekly"), "nothing is to be found of it");
        let page = site.get("/editions?report=daily");
        assert!(page.words().contains("Nothing was found."), "{}", page.words());
        assert!(page.html().contains("value=\"daily\" selected>Weekly"), "{}", page.html());
        assert_eq!(site.get("/editions?report=hourly").status, 400);
    });
}
