//! The rows behind a figure, as a page and as a file, on both databases.

use crate::support::numbers::weekly;
use crate::support::{Site, add_leads, add_leads_of, publish, publish_in};
use pegel_kpi::data::scope::Scope;
use pegel_report::numbers::Numbers;
use pegel_store::Store;
use pegel_store::testing::on_both;

/// Seven of ten accepted leads of week 46 have an answer.
fn site(store: Store) -> Site {
    add_leads(&store, "2026-11-10", 10, 7);
    Site::on(store)
}

#[test]
fn the_rows_behind_a_figure_are_listed_the_oldest_first() {
    on_both(|store| {
        let site = site(store);
        let bad = "/kpis/feedback/rows?period=2026-W46&side=bad";
        insta::assert_snapshot!("rows_en", site.get(bad).words());
        insta::assert_snapshot!("rows_de", site.get_in("de", bad).words());
        assert!(site.get("/kpis/feedback/rows").words().contains("10 rows (leads)"), "all of last week");
        let earlier = format!("{bad}&as_of=2026-11-09T00:00:00Z");
        assert!(site.get(&earlier).words().contains("No rows"), "nothing had happened then");
    });
}

#[test]
fn the_rows_behind_a_figure_of_an_edition_are_those_that_it_saw() {
    on_both(|store| {
        add_leads(&store, "2026-11-10", 10, 7);
        // Half an hour after they were accepted: the answers came later.
        let early = "2026-11-10T12:30:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let numbers = Numbers { created_at: early, ..weekly() };
        publish(&store, &numbers);
        let revised = Numbers { revision: 1, ..numbers };
        let north = Scope { regions: Some(vec!["North".to_owned()]), ..Scope::everything() };
        publish_in(&north, &store, &revised, revised.to_json());
        let site = Site::on(store);
        let rows = |edition: &str| {
            let link = format!("/reports/weekly/2026-W46/{edition}/rows/feedback?period=2026-W46&side=bad");
            let answer = site.get(&link);
            assert_eq!(answer.status, 303);
            site.get(answer.header("location")).words()
        };
        let page = rows("0");
        assert!(page.contains("10 rows (leads)") && page.contains("as it stood on 10 November 2026"), "{page}");
        assert!(rows("1").contains("No rows"), "nobody knows the region of these leads");
        assert!(site.get("/kpis/feedback/rows?period=2026-W46&side=bad").words().contains("3 rows (leads)"));
        assert_eq!(site.get("/reports/weekly/2026-W46/2/rows/feedback").status, 404);
        assert_eq!(site.get("/kpis/feedback/rows?edition=77").status, 404);
    });
}

#[test]
fn a_group_is_named_by_its_dimension_and_its_name() {
    on_both(|store| {
        let site = site(store);
        let of = |group: &str| site.get(&format!("/kpis/feedback/rows?by=source&group={group}"));
        assert!(of("nobody").words().contains("No rows"));
        let page = of("web+%26+fair");
        assert!(page.words().contains("Feedback · Source\u{a0}web & fair"), "{}", page.words());
        assert!(page.html().contains("rows.csv?by=source&amp;group=web+%26+fair"), "{}", page.html());
        assert!(page.html().contains("by=source&amp;group=web+%26+fair&amp;lang=de"), "in another language, too");
    });
}

#[test]
fn all_rows_can_be_taken_along() {
    on_both(|store| {
        let file = site(store).get("/kpis/feedback/rows.csv?period=2026-W46&side=bad");
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"feedback-2026-W46.csv\"");
        insta::assert_snapshot!("rows_csv", file.html());
    });
}

#[test]
fn an_address_that_asks_for_something_else_says_what_is_wrong_with_it() {
    on_both(|store| {
        let site = site(store);
        for (query, said) in [
            ("period=2026-W77", "2026-W77"),
            ("side=good", "good"),
            ("as_of=yesterday", "yesterday"),
            ("by=colour&group=red", "colour"),
            ("by=region", "“by” and “group” name a group together: give both, or neither"),
            ("by=source&group=Web&and=campaign", "“and” and “and_group” name a group together"),
        ] {
            let answer = site.get(&format!("/kpis/feedback/rows?{query}"));
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.words().contains(said), "{query}: {}", answer.words());
        }
        assert_eq!(site.get("/kpis/fedback/rows").status, 404);
    });
}

#[test]
fn all_rows_can_be_taken_along_as_a_workbook() {
    on_both(|store| {
        let site = site(store);
        let file = site.get_in("de", "/kpis/feedback/rows.xlsx?period=2026-W46&side=bad");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"feedback-2026-W46.xlsx\"");
        assert_eq!(file.header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        let page = site.get("/kpis/feedback/rows?period=2026-W46&side=bad");
        assert!(page.html().contains("/kpis/feedback/rows.xlsx?period=2026-W46&amp;side=bad"), "{}", page.html());
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(file.body)).unwrap();
        let (name, range) = calamine::Reader::worksheets(&mut book).remove(0);
        assert_eq!((name.as_str(), range.height()), ("Leads", 4));
        let calamine::Data::DateTime(accepted) = &range[(1, 1)] else { panic!("{range:?}") };
        // Noon in London is an hour later in Berlin.
        assert!((accepted.as_f64().fract() - 13.0 / 24.0).abs() < 1e-6, "{accepted:?}");
    });
}

#[test]
fn rows_are_found_by_words_and_by_group_in_page_and_files() {
    on_both(|store| {
        add_leads_of(&store, "2026-11-10", &[("Web", "Spring", true), ("Web", "Autumn", true), ("Fair", "", true)]);
        let site = Site::on(store);
        let rows = |query: &str| site.get(&format!("/kpis/feedback/rows?period=2026-W46&{query}"));
        assert!(rows("words=%2F1").words().contains("1 row (leads)"), "by a part of its key");
        assert!(rows("words=2026-11-10+nowhere").words().contains("No rows"));
        assert!(rows("words=").words().contains("3 rows (leads)"));
        let csv = site.get("/kpis/feedback/rows.csv?period=2026-W46&words=%2F1");
        assert_eq!(csv.html().lines().count(), 2, "{}", csv.html());
        // The form keeps the rest of the address, and writes a group as links do.
        let page = rows("side=bad&words=%2F");
        for kept in ["name=\"period\" value=\"2026-W46\"", "name=\"side\" value=\"bad\""] {
            assert!(page.html().contains(kept), "{}", page.html());
        }
        let chosen = rows("words=x&only=source%3DWeb");
        assert_eq!(
            (chosen.status, chosen.header("location")),
            (303, "/kpis/feedback/rows?period=2026-W46&by=source&group=Web&words=x")
        );
        let both = rows("by=source&group=Web&only=campaign%3DSpring");
        let address = "/kpis/feedback/rows?period=2026-W46&by=source&group=Web&and=campaign&and_group=Spring";
        assert_eq!(both.header("location"), address);
        assert!(site.get(address).words().contains("1 row (leads)"));
        assert_eq!(rows("words=&only=").header("location"), "/kpis/feedback/rows?period=2026-W46");
    });
}

#[test]
fn instants_are_those_of_the_readers_of_an_edition() {
    on_both(|store| {
        add_leads(&store, "2026-11-10", 10, 7);
        let at = "2026-11-10T20:30:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let numbers = Numbers { created_at: at, readers_zone: Some("Asia/Tokyo".to_owned()), ..weekly() };
        publish(&store, &numbers);
        let page = Site::on(store).get("/kpis/feedback/rows?period=2026-W46&edition=1").words();
        assert!(page.contains("as it stood on 11 November 2026 at 05:30 (Asia/Tokyo)"), "{page}");
    });
}
