//! Partners who move: what a file says that held before, and from when on.

use crate::common::{import_text, lines};
use pegel_import::{Mapping, Summary};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;

const PARTNERS: &str = r#"
[source]
zone = "UTC"
[[tables]]
table = "partners"
key = "id"
valid_from = "since"
[tables.columns]
name = "name"
region = "region"
"#;

fn import_partners(store: &Store, file: &str) -> Summary {
    import_text(store, PARTNERS, file).unwrap()
}

/// What is known of regions: from which day on each held.
fn known(store: &Store) -> Vec<String> {
    store
        .texts(
            "SELECT key || ' ' || (held_from / 86400) || ' ' || coalesce(value, '-') AS value
             FROM spans JOIN partners ON partners.id = row_id ORDER BY key, held_from",
        )
        .unwrap()
}

/// A day as [`known`] shows it.
fn day(text: &str) -> i64 {
    text.parse::<jiff::civil::Date>().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
        / 86_400
}

#[test]
fn a_file_may_say_since_when_a_partner_is_where_it_is() {
    on_both(|store| {
        let file = "id,name,region,since\nP1,Ada,South,2026-03-01\nP2,Bob,North,\n";
        assert_eq!(import_partners(&store, file).to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(import_partners(&store, file).to_string(), "0 new, 0 changed, 2 unchanged, 0 rejected");
        assert_eq!(known(&store), [format!("P1 {} South", day("2026-03-01"))]);
        let moved = "id,name,region,since\nP1,Ada,West,2026-10-01\nP2,Bob,North,\n";
        assert_eq!(import_partners(&store, moved).to_string(), "0 new, 1 changed, 1 unchanged, 0 rejected");
        assert_eq!(known(&store).len(), 2);
        assert_eq!(lines(&store, "partners", &["key", "region"]), ["P1 | West", "P2 | North"]);
    });
}

#[test]
fn a_file_may_tell_the_whole_story_in_any_order() {
    let story = "id,name,region,since
P1,Ada & Co,West,2026-10-01
P1,Ada,North,2024-01-01
P1,Ada,South,2026-03-01
P2,Bob,North,2025-01-01
";
    on_both(|store| {
        let first = import_partners(&store, story);
        assert_eq!((first.new, first.rejected.len(), first.superseded), (2, 0, 0), "{first}");
        let expected = [("P1", "2024-01-01", "North"), ("P1", "2026-03-01", "South"), ("P1", "2026-10-01", "West")];
        let expected = expected.iter().chain(&[("P2", "2025-01-01", "North")]);
        let expected: Vec<String> =
            expected.map(|(key, from, region)| format!("{key} {} {region}", day(from))).collect();
        assert_eq!(known(&store), expected);
        // All other columns come from the row of the latest day.
        assert_eq!(lines(&store, "partners", &["key", "name", "region"]), ["P1 | Ada & Co | West", "P2 | Bob | North"]);
        let second = import_partners(&store, story);
        assert_eq!((second.new, second.changed, second.unchanged), (0, 0, 4), "{second}");
        assert_eq!(known(&store), expected);
    });
}

#[test]
fn a_story_longer_than_what_is_read_at_once_is_told_as_well() {
    let all = |what: &str| (0..3_000).map(|partner| format!("P{partner},{what}\n")).collect::<Vec<_>>().concat();
    let story = format!("id,name,region,since\n{}{}", all("N,West,2026-10-01"), all("O,North,2024-01-01"));
    on_both(|store| {
        assert_eq!(import_partners(&store, &story).rejected.len(), 0);
        assert_eq!(known(&store).len(), 6_000);
        assert!(lines(&store, "partners", &["name", "region"]).iter().all(|line| line == "N | West"));
        let second = import_partners(&store, &story);
        assert_eq!((second.new, second.changed), (0, 0), "{second}");
    });
}

/// Imports a file twice; the regions today after each, and what changed the second time.
fn twice(store: &Store, file: &str) -> (Vec<String>, u64) {
    import_partners(store, file);
    let (first, known_first) = (lines(store, "partners", &["key", "region"]), known(store));
    let second = import_partners(store, file);
    assert_eq!(known(store), known_first);
    assert_eq!(lines(store, "partners", &["key", "region"]), first);
    (first, second.new + second.changed)
}

#[test]
fn the_same_file_twice_changes_nothing_whatever_it_leaves_open() {
    let all = |what: &str| (0..3_000).map(|partner| format!("Q{partner:04},{what}\n")).collect::<Vec<_>>().concat();
    for (rows, today) in [
        // It left the region, or had none at first.
        ("P1,Ada,North,2026-01-01\nP1,Ada,,2026-04-01\n".to_owned(), "P1 | –"),
        ("P1,Ada,,2026-01-01\nP1,Ada,North,2026-04-01\n".to_owned(), "P1 | North"),
        ("P1,Ada,,2026-01-01\n".to_owned(), "P1 | –"),
        // What is not said to hold from a day on holds from now on.
        ("P1,Ada,South,2026-04-01\nP1,Ada,North,\n".to_owned(), "P1 | North"),
        ("P1,Ada,North,\nP1,Ada,South,2026-04-01\n".to_owned(), "P1 | North"),
        // More than is read at once.
        (format!("{}{}", all("O,,2024-01-01"), all("N,West,2026-10-01")), "Q0000 | West"),
        (format!("{}{}", all("N,West,"), all("O,East,2024-01-01")), "Q0000 | West"),
    ] {
        on_both(|store| {
            let (regions, changed) = twice(&store, &format!("id,name,region,since\n{rows}"));
            assert_eq!((&*regions[0], changed), (today, 0), "{}", rows.lines().next().unwrap());
        });
    }
}

#[test]
fn an_old_file_after_a_new_one_changes_no_region() {
    let [old, new] =
        ["P1,Ada,,2026-02-01\n", "P1,Ada,South,2026-08-01\n"].map(|row| format!("id,name,region,since\n{row}"));
    on_both(|store| {
        import_partners(&store, &old);
        import_partners(&store, &new);
        let before = known(&store);
        import_partners(&store, &old);
        assert_eq!(known(&store), before);
        assert_eq!(lines(&store, "partners", &["region"]), ["South"]);
    });
}

#[test]
fn what_holds_only_from_a_future_day_on_is_rejected() {
    on_both(|store| {
        let summary = import_partners(&store, "id,name,region,since\nP1,Ada,South,2026-12-24\n");
        let [rejected] = &summary.rejected[..] else { panic!("{summary}") };
        let fault = &rejected.faults[0];
        assert_eq!((&*fault.column, &*fault.value), ("since", "2026-12-24"));
        assert_eq!(fault.reason, "it is in the future: import the row when it holds");
    });
}

#[test]
fn valid_from_is_refused_where_it_means_nothing() {
    let refused = |what: &str, by: &str| {
        let mapping = PARTNERS.replace(what, by);
        Mapping::parse(&mapping, "test", &Model::built_in()).unwrap_err().to_string()
    };
    assert_eq!(
        refused("region = \"region\"\n", ""),
        "test.toml:7: `valid_from` is about region, tier of partners: map one of these columns, or leave it out"
    );
    let of_products = PARTNERS.replace("partners", "products").replace("region", "line");
    assert_eq!(
        Mapping::parse(&of_products, "test", &Model::built_in()).unwrap_err().to_string(),
        "test.toml:7: of products nothing is kept that held before: leave out `valid_from`"
    );
    assert_eq!(
        refused("\"since\"", "{ from = \"since\", lookup = \"key\" }"),
        "test.toml:7: `valid_from` is an instant: it takes `from`, `constant`, `when`, `values`, `otherwise` and `month`"
    );
    assert_eq!(
        refused("\"since\"", "{ constant = \"soon\" }"),
        "test.toml:7: the constant of “valid_from”: “soon” is not a date of the years 1900 to 2199 written as iso"
    );
}
