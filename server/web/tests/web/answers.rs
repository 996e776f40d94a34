//! How requests are answered: status, headers, and what is never disclosed.

use crate::support::numbers::weekly;
use crate::support::{Site, catalog, publish, publish_with, state};
use pegel_kpi::data::model::Model;
use pegel_store::edition::{HTML, NUMBERS};
use pegel_store::testing::{TestDatabase, on_both};
use pegel_web::{Bound, State, WebError};
use std::net::TcpListener;
use std::time::Duration;

fn on_sqlite(test: impl Fn(&TestDatabase, &Site)) {
    let database = TestDatabase::sqlite();
    let store = database.store();
    publish(&store, &weekly());
    test(&database, &Site::on(store));
}

#[test]
fn every_answer_carries_the_headers_that_keep_it_safe() {
    on_sqlite(|_, site| {
        let style = style_address(site);
        for path in
            ["/", "/editions", "/editions/1", "/kpis", "/kpis/feedback", "/operations", "/healthz", "/nowhere", &style]
        {
            let answer = site.get(path);
            let policy = answer.header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self' data:;"),
                "{path}: {policy}"
            );
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        }
    });
}

#[test]
fn pages_need_no_script_and_no_inline_style() {
    on_sqlite(|_, site| {
        for path in ["/editions", "/editions/1", "/kpis", "/kpis/feedback", "/nowhere"] {
            let html = site.get(path).html().to_owned();
            for forbidden in ["<script", "style=", "<style", " onclick", "http://", "https://"] {
                // The icon's XML namespace is a URL, but nothing is loaded from it.
                let html = html.replace("http://www.w3.org/2000/svg", "");
                assert!(!html.contains(forbidden), "{forbidden} in {path}");
            }
        }
    });
}

#[test]
fn pages_beyond_the_bound_are_asked_to_come_again_and_nothing_else_waits_for_them() {
    let store = TestDatabase::sqlite();
    let store_ = store.store();
    publish(&store_, &weekly());
    // No free place, as if others computed all the time.
    let site = Site::of(State { bound: Bound::new(0, Duration::from_millis(20)), ..state(store_, catalog()) });
    for (path, words) in [("/kpis", "Too many at once"), ("/kpis/feedback?lang=de", "Zu viele auf einmal")] {
        let answer = site.get(path);
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{path}");
        assert!(answer.html().contains(words), "{path}: {}", answer.html());
    }
    for path in ["/healthz", "/editions", "/editions/1", "/reference"] {
        assert_eq!(site.get(path).status, 200, "{path}");
    }
}

#[test]
fn many_readers_at_once_all_get_their_page_in_turn() {
    let database = TestDatabase::sqlite();
    let site = Site::of(State { bound: Bound::new(1, Duration::from_mins(1)), ..state(database.store(), catalog()) });
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..25).map(|_| scope.spawn(|| site.get("/kpis").status)).collect();
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() == 200));
    });
}

#[test]
fn markup_in_a_title_is_text() {
    on_sqlite(|_, site| {
        let edition = site.get("/editions/1");
        assert!(edition.html().contains("&lt;script&gt;alert("), "{}", edition.html());
        assert!(!edition.html().contains("<img"), "{}", edition.html());
        let kpi = site.get("/kpis/won_amount");
        assert!(kpi.html().contains("Won &lt;b&gt;amount&lt;/b&gt;"), "{}", kpi.html());
        assert!(!kpi.html().contains("<b>amount"), "{}", kpi.html());
    });
}

#[test]
fn stored_artefacts_are_served_as_they_are() {
    on_both(|store| {
        let numbers = weekly();
        publish(&store, &numbers);
        let site = Site::on(store);
        let json = site.get("/editions/1/numbers.json");
        assert_eq!((json.status, json.header("content-type")), (200, "application/json"));
        assert_eq!(json.html(), numbers.to_json());
        let text = site.get("/editions/1/mail.txt");
        assert_eq!((text.html(), text.header("content-type")), ("Für Sie\n", "text/plain; charset=utf-8"));
        let mail = site.get("/editions/1/mail.html");
        assert_eq!(mail.header("content-type"), "text/html; charset=utf-8");
        assert!(mail.html().contains("<script>"), "the part is not touched");
        let policy = mail.header("content-security-policy");
        assert!(policy.starts_with("sandbox; default-src 'none'; style-src 'unsafe-inline';"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
        for path in ["/editions/1/subject.txt", "/editions/1/..%2Fpegel.css", "/editions/2/mail.txt"] {
            assert_eq!(site.get(path).status, 404, "{path}");
        }
    });
}

#[test]
fn what_is_not_there_is_said_in_the_layout() {
    on_sqlite(|_, site| {
        let page = site.get_in("de", "/kpis/fedback");
        assert_eq!(page.status, 404);
        insta::assert_snapshot!("no_kpi", page.words());
        assert!(page.html().contains("href=\"/kpis/feedback\""), "{}", page.html());
        for path in ["/editions/99", "/editions/first", "/editions/99999999999999999999"] {
            let page = site.get(path);
            assert_eq!(page.status, 404, "{path}");
            assert!(page.words().contains("There is no such edition"), "{path}");
        }
        let page = site.get("/%3Cscript%3E");
        assert_eq!(page.status, 404);
        assert!(page.words().contains("There is no such page"), "{}", page.words());
        assert!(page.html().contains("<nav"), "{}", page.html());
        assert!(!site.get("/kpis/%3Cscript%3E").html().contains("<script"));
    });
}

#[test]
fn a_broken_database_shows_in_the_log_and_not_to_the_reader() {
    on_both(|store| {
        let site = Site::on(store.clone());
        let health = site.get("/healthz");
        assert_eq!((health.status, health.html()), (200, r#"{"alive":true,"in_order":true,"problems":[]}"#));
        store.revert_all_migrations(&Model::built_in()).unwrap();
        let health = site.get("/healthz");
        assert_eq!(health.status, 503);
        assert!(health.html().starts_with(r#"{"alive":false,"in_order":false,"#), "{}", health.html());
        assert!(health.html().contains("the database does not answer"), "{}", health.html());
        for path in ["/editions", "/editions/1", "/kpis"] {
            let page = site.get(path);
            assert_eq!(page.status, 500, "{path}");
            assert!(page.words().contains("Something went wrong"), "{path}: {}", page.words());
            for detail in ["no such table", "relation", "sqlite", "postgres"] {
                assert!(!page.html().contains(detail), "{detail} in {path}");
            }
        }
    });
}

#[test]
fn stored_numbers_of_another_shape_are_a_server_error() {
    on_both(|store| {
        publish_with(&store, &weekly(), "{\"report\": 7}".to_owned());
        let site = Site::on(store);
        let page = site.get("/editions/1");
        assert_eq!(page.status, 500);
        assert!(!page.html().contains("invalid type"), "{}", page.html());
        assert_eq!(site.get("/editions/1/numbers.json").html(), "{\"report\": 7}");
        assert_eq!(site.get("/editions").status, 200);
    });
}

#[test]
fn only_reading_is_answered_and_only_to_this_machine() {
    on_sqlite(|_, site| {
        let head = site.ask("HEAD", "/editions", &[]);
        assert_eq!((head.status, head.body.len()), (200, 0));
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
            let answer = site.ask(method, "/editions", &[]);
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method}");
        }
        for host in ["evil.example", "localhost.evil.example:80", "192.168.0.1"] {
            let answer = site.ask("GET", "/editions", &[("Host", host)]);
            assert_eq!(answer.status, 421, "{host}");
            assert!(!answer.html().contains("Partner"), "{host}");
        }
        for host in ["localhost", "127.0.0.1:1234", "[::1]"] {
            assert_eq!(site.ask("GET", "/editions", &[("Host", host)]).status, 200, "{host}");
        }
    });
}

#[test]
fn the_link_of_a_mail_leads_to_its_edition() {
    on_sqlite(|_, site| {
        let numbers = weekly();
        let path = pegel_report::link::edition(&numbers.report, &numbers.period.name, numbers.revision);
        let answer = site.get(&path);
        assert_eq!((answer.status, answer.header("location")), (303, "/editions/1"));
        assert_eq!(site.get("/reports/weekly/1999-W01/0").status, 404);
    });
}

#[test]
fn the_start_leads_to_the_editions() {
    on_sqlite(|_, site| {
        let answer = site.get("/");
        assert_eq!((answer.status, answer.header("location")), (307, "/editions"));
    });
}

#[test]
fn the_style_sheet_may_be_kept_for_good_and_pages_may_not() {
    on_sqlite(|_, site| {
        let path = style_address(site);
        let sheet = site.get(&path);
        assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(sheet.header("cache-control").contains("immutable"), "{}", sheet.header("cache-control"));
        let again = site.ask("GET", &path, &[("If-None-Match", sheet.header("etag"))]);
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(site.get("/pegel-0000000000000000.css").status, 404);
        assert_eq!(site.get("/editions").header("cache-control"), "private, no-cache");
    });
}

#[test]
fn pages_are_compressed_for_browsers_that_accept_it() {
    on_sqlite(|_, site| {
        let plain = site.get("/editions/1");
        let packed = site.ask("GET", "/editions/1", &[("Accept-Encoding", "gzip")]);
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.body.len() * 2 < plain.body.len());
    });
}

#[test]
fn a_language_in_the_address_stays_in_the_links() {
    on_sqlite(|_, site| {
        let page = site.get_in("en", "/kpis?lang=de");
        assert!(page.html().contains("<html lang=\"de\">"));
        assert!(page.html().contains("href=\"/kpis/feedback?lang=de-DE\""), "{}", page.html());
        assert!(page.html().contains("href=\"/kpis?lang=en\""), "the way to the other language: {}", page.html());
        let page = site.get_in("de-AT,de;q=0.9", "/kpis");
        assert!(page.html().contains("<html lang=\"de\">"));
        assert!(page.html().contains("href=\"/kpis/feedback\""), "{}", page.html());
        assert!(page.header("vary").to_ascii_lowercase().contains("accept-language"), "{}", page.header("vary"));
    });
}

#[test]
fn a_listener_that_others_could_reach_is_refused() {
    let database = TestDatabase::sqlite();
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let refused = pegel_web::server(state(database.store(), catalog()), listener);
    assert!(matches!(refused, Err(WebError::NotLoopback(_))));
}

/// The address of the style sheet, read from a page.
fn style_address(site: &Site) -> String {
    let page = site.get("/kpis");
    let address = page.html().split_once("rel=\"stylesheet\" href=\"").unwrap().1;
    address.split_once('"').unwrap().0.to_owned()
}

#[test]
fn what_was_erased_says_so() {
    on_sqlite(|database, site| {
        let store = database.store();
        let audience = store.edition(1).unwrap().unwrap().renditions.remove(0).audience;
        for (name, path) in
            [(HTML, "/editions/1/mail.html"), (NUMBERS, "/editions/1/numbers.json"), (NUMBERS, "/editions/1")]
        {
            store.erase_artefact(1, &audience, name, 1_795_000_000).unwrap();
            let answer = site.get_in("de", path);
            assert_eq!(answer.status, 410, "{path}");
            assert!(answer.words().contains("Das wurde gelöscht"), "{path}: {}", answer.words());
        }
        assert_eq!(site.get("/editions/1/mail.txt").status, 200);
    });
}

#[test]
fn an_edition_can_be_taken_along_as_a_document_a_workbook_tables_or_for_programs() {
    on_sqlite(|_, site| {
        for (form, name, media) in [
            ("pdf", "weekly-2026-W46.pdf", "application/pdf"),
            ("xlsx", "weekly-2026-W46.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("csv", "weekly-2026-W46-csv.zip", "application/zip"),
            ("json", "weekly-2026-W46.json", "application/json"),
        ] {
            let answer = site.get_in("de", &format!("/editions/1/{form}"));
            assert_eq!((answer.status, answer.header("content-type")), (200, media));
            assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        }
        assert_eq!(site.get("/editions/1/docx").status, 404);
        assert_eq!(site.get("/editions/77/xlsx").status, 404);
    });
}
