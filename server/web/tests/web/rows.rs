//! The rows behind a figure, as a page and as a file, on both databases.

use crate::support::numbers::weekly;
use crate::support::{Site, add_leads, publish, publish_in};
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
        ] {
            let answer = site.get(&format!("/kpis/feedback/rows?{query}"));
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.words().contains(said), "{query}: {}", answer.words());
        }
        assert_eq!(site.get("/kpis/fedback/rows").status, 404);
    });
}
