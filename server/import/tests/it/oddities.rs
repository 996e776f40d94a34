//! What real files do: each oddity is a small made-up file with its mapping in `fixtures/`, imported twice into both
//! databases. The fixtures are examples of mappings too.

use crate::common::{
    fixture, fixture_mapping, has_attributes, import_bytes, import_fixture_twice, import_text, lines, options, told,
};
use pegel_import::{Options, import};
use pegel_kpi::data::currency::Currency;
use pegel_kpi::data::scan::Source;
use pegel_store::testing::on_both;
use std::io::Cursor;
use std::io::Write;

#[test]
fn dotted_dates_with_semicolons_and_a_byte_order_mark() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "dotted_dates");
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(
            lines(&store, "leads", &["key", "created_at", "source"]),
            ["L1 | 2018-02-26T18:58:00Z | paid_search", "L2 | 2017-12-05T01:00:00Z | social"]
        );
    });
}

#[test]
fn american_dates_with_and_without_a_time() {
    on_both(|store| {
        import_fixture_twice(&store, "us_dates");
        assert_eq!(
            lines(&store, "leads", &["key", "created_at", "closed_at"]),
            [
                "L1 | 2018-02-27T00:58:00Z | –",
                "L2 | 2017-12-05T05:00:00Z | 2018-03-05T03:22:00Z",
                // Any date may be missing.
                "L3 | – | –",
            ]
        );
    });
}

#[test]
fn amounts_as_people_write_them() {
    on_both(|store| {
        import_fixture_twice(&store, "amounts");
        assert_eq!(
            lines(&store, "opportunities", &["key", "amount", "probability"]),
            ["O1 | 111710000 | 0.05", "O2 | 932684 | –", "O3 | -2000 | 0.025", "O4 | 4500000 | 1"]
        );
    });
}

#[test]
fn amounts_are_kept_in_the_digits_of_their_currency() {
    for (code, expected) in [
        ("KWD", ["O1 | 1117100000", "O2 | 9326840", "O3 | -20000", "O4 | 45000000"]),
        ("JPY", ["O1 | 111710000", "O2 | 932684", "O3 | -2000", "O4 | 4500000"]),
    ] {
        let currency = Currency::find(code).unwrap();
        on_both(|store| {
            let options = Options { currency: currency.clone(), ..options() };
            let bytes = Cursor::new(std::fs::read(fixture("amounts.csv")).unwrap());
            import(bytes, "amounts.csv", &fixture_mapping("amounts"), &store, &options, &mut |_| {}).unwrap();
            assert_eq!(lines(&store, "opportunities", &["key", "amount"]), expected, "{code}");
            assert_eq!(store.reader().unwrap().money_digits().unwrap(), currency.stored_digits(), "{code}");
        });
    }
}

#[test]
fn amounts_of_other_digits_are_not_mixed_with_those_that_are_there() {
    on_both(|store| {
        import_fixture_twice(&store, "amounts");
        let options = Options { currency: Currency::find("KWD").unwrap(), ..options() };
        let bytes = || Cursor::new(std::fs::read(fixture("amounts.csv")).unwrap());
        let refused = import(bytes(), "amounts.csv", &fixture_mapping("amounts"), &store, &options, &mut |_| {});
        let refused = refused.unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains("those of KWD have 3"), "{refused}");
    });
}

#[test]
fn a_decimal_comma_in_an_old_encoding() {
    on_both(|store| {
        import_fixture_twice(&store, "decimal_comma");
        assert_eq!(
            lines(&store, "orders", &["number", "amount", "quantity"]),
            ["Größer KG | 100000 | 3", "Müller & Söhne | 932684 | 2.5"]
        );
    });
}

#[test]
fn large_ids_and_ids_with_a_fraction() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "ids");
        assert_eq!(
            lines(&store, "orders", &["key", "customer.key"]),
            ["9007199254740993 | 17850", "9007199254740994 | 17850"]
        );
        assert_eq!(summary.rejected[0].to_string(), "line 4, column id: the key is missing");
        // The rejected row has created no customer.
        assert_eq!(lines(&store, "customers", &["key", "name"]), ["17850 | 17850"]);
    });
}

#[test]
fn texts_that_mean_nothing_is_there() {
    on_both(|store| {
        import_fixture_twice(&store, "not_available");
        assert_eq!(
            lines(&store, "products", &["key", "line", "list_price"]),
            ["P1 | – | 1000", "P2 | GTX | –", "P3 | – | –"]
        );
    });
}

#[test]
fn a_product_under_two_names() {
    on_both(|store| {
        let products = "[[tables]]\ntable = \"products\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
        import_text(&store, products, "id,name\n7,GTX Pro\n").unwrap();
        let summary = import_fixture_twice(&store, "product_names");
        assert_eq!(
            lines(&store, "opportunities", &["key", "product.key", "rep.name"]),
            ["D1 | 7 | Ann", "D2 | 7 | Ann"]
        );
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 4, column product: products has no row with the name “GTX Por”"
        );
        // The rejected row was the only one that named Ben.
        assert_eq!(lines(&store, "reps", &["name"]), ["Ann"]);
    });
}

#[test]
fn a_header_wrapped_into_one_quoted_cell() {
    on_both(|store| {
        import_fixture_twice(&store, "header_in_one_cell");
        assert_eq!(
            lines(&store, "products", &["key", "name", "line"]),
            ["P1 | Pump | water", "P2 | Pipe, 5\" wide | water", "P3 | Valve | water"]
        );
    });
}

#[test]
fn lines_below_the_rows_are_skipped_and_said() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "footer");
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected");
        let skipped: Vec<(u64, &str)> = summary.skipped.iter().map(|row| (row.at.line, row.text.as_str())).collect();
        assert_eq!(
            skipped,
            [
                (3, "Subtotal 1"),
                (7, "Grand Totals (2 records)"),
                (9, "Confidential Information - Do Not Distribute"),
                (10, "Copyright 2026, all rights reserved"),
            ]
        );
        assert_eq!(
            told(&summary),
            ["4 lines are no data and skipped: line 3 (“Subtotal 1”), line 7 (“Grand Totals (2 records)”), …, \
              line 10 (“Copyright 2026, all rights reserved”)"]
        );
    });
}

#[test]
fn a_footer_that_the_mapping_does_not_know_is_rejected_not_imported() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"opportunities\"\nkey = \"Opportunity\"\n";
        let text = std::fs::read_to_string(fixture("footer.csv")).unwrap();
        let summary = import_text(&store, mapping, &text).unwrap();
        assert_eq!(summary.rejected.len(), 3);
        assert_eq!(summary.rejected[0].to_string(), "line 7: the row has 1 cells where the header has 2");
    });
}

#[test]
fn of_rows_with_one_key_the_last_counts() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "duplicate_rows");
        assert_eq!(summary.to_string(), "2 new, 0 changed, 2 unchanged, 0 rejected");
        // The copy of D1 is no contradiction, the second D2 is.
        assert_eq!(told(&summary), ["opportunities: 1 row gave way to a later row with the same key: “D2”"]);
        assert_eq!(lines(&store, "opportunities", &["key", "stage"]), ["D1 | New", "D2 | Offer"]);
        // No trace of a change from New to Offer and back was left by the second import.
        assert!(lines(&store, "opportunity_changes", &["key"]).is_empty());
    });
}

#[test]
fn lost_deals_are_worth_nothing_known_and_some_close_before_they_begin() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "closed_deals");
        assert_eq!(
            lines(&store, "opportunities", &["key", "outcome", "amount", "created_at", "closed_at"]),
            [
                "D1 | won | 105400 | 2017-03-01T00:00:00Z | 2017-03-11T00:00:00Z",
                "D2 | lost | – | 2017-03-02T00:00:00Z | 2017-03-05T00:00:00Z",
                "D3 | – | – | 2017-03-03T00:00:00Z | –",
                "D4 | won | 50000 | 2017-03-09T00:00:00Z | 2017-03-07T00:00:00Z",
            ]
        );
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 6, column stage: “On hold” is none of the texts that the mapping lists: Lost, Open, Won"
        );
    });
}

#[test]
fn utf_16_with_tabs() {
    on_both(|store| {
        import_fixture_twice(&store, "unicode_text");
        assert_eq!(lines(&store, "leads", &["key", "source"]), ["L1 | Messe Zürich"]);
    });
}

#[test]
fn one_row_feeds_several_tables_and_lines_without_numbers_get_them() {
    on_both(|store| {
        let summary = import_fixture_twice(&store, "order_lines");
        // The cancellation still tells of a customer and a product.
        assert_eq!(summary.to_string(), "5 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(
            lines(&store, "orders", &["key", "customer.country", "product.key", "amount", "ordered_at"]),
            [
                "536365|71053|1 | United Kingdom | 71053 | 2034 | 2010-12-01T08:26:00Z",
                "536365|85123A|1 | United Kingdom | 85123A | 1530 | 2010-12-01T08:26:00Z",
                "536365|85123A|2 | United Kingdom | 85123A | 1530 | 2010-12-01T08:26:00Z",
                // A price below a penny counts exactly before the amount is rounded.
                "536414|22139|1 | – | 22139 | 28 | 2010-12-01T11:52:00Z",
            ]
        );
        assert_eq!(lines(&store, "customers", &["key"]), ["14527", "17850"]);
        assert_eq!(summary.tables["orders"].new, 4);
    });
}

#[test]
fn packed_files_are_read_as_they_are() {
    on_both(|store| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&std::fs::read(fixture("dotted_dates.csv")).unwrap()).unwrap();
        let summary = import_bytes(&store, &fixture_mapping("dotted_dates"), &packer.finish().unwrap()).unwrap();
        assert_eq!(summary.new, 2);
    });
}

#[test]
fn deals_update_leads_and_the_leads_again_clear_nothing() {
    const LEADS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\nsource = \"source\"\n\
                         [tables.attributes]\npage = \"page\"\n";
    const DEALS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"lead\"\nupdate_only = true\n[tables.columns]\n\
                         outcome = { constant = \"won\" }\n[tables.attributes]\nsize = { from = \"size\", kind = \"number\" }\n";
    on_both(|store| {
        import_text(&store, LEADS, "id,source,page\nL1,web,p1\nL2,fair,\n").unwrap();
        let deals = import_text(&store, DEALS, "lead,size\nL1,20.0\nL3,5\n").unwrap();
        assert_eq!(deals.to_string(), "0 new, 1 changed, 0 unchanged, 1 rejected");
        assert_eq!(
            deals.rejected[0].to_string(),
            "line 3, column lead: leads has no row with this key, and the mapping only updates"
        );
        let again = import_text(&store, LEADS, "id,source,page\nL1,web,p1\nL2,fair,\n").unwrap();
        assert_eq!(again.to_string(), "0 new, 0 changed, 2 unchanged, 0 rejected");
        assert_eq!(lines(&store, "leads", &["key", "source", "outcome"]), ["L1 | web | won", "L2 | fair | –"]);
        assert!(has_attributes(&store, "leads", "L1", &serde_json::json!({ "page": "p1", "size": 20 })));
        assert!(!has_attributes(&store, "leads", "L2", &serde_json::json!({ "page": "p1" })));
    });
}

#[test]
fn look_ups_find_nothing_one_or_too_many() {
    const MAPPING: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                           partner_id = { from = \"partner\", lookup = \"name\", policy = \"optional\" }\n";
    on_both(|store| {
        let partners = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
        import_text(&store, partners, "id,name\n1,North\n2,South\n3,South\n").unwrap();
        let summary = import_text(&store, MAPPING, "id,partner\nL1,North\nL2,West\nL3,\nL4,South\n").unwrap();
        assert_eq!(lines(&store, "leads", &["key", "partner.key"]), ["L1 | 1", "L2 | –", "L3 | –"]);
        assert_eq!(
            told(&summary),
            [
                "partners: 1 row refers to what has no row in partners by its name, and the reference stays missing: “West”"
            ]
        );
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 5, column partner: several rows of partners have the name “South”"
        );
    });
}

#[test]
fn a_row_created_by_a_look_up_is_filled_later() {
    const LEADS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                         partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    on_both(|store| {
        import_text(&store, LEADS, "id,partner\nL1,P1\n").unwrap();
        let partners = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
        let summary = import_text(&store, partners, "id,name\nP1,North\n").unwrap();
        assert_eq!(summary.to_string(), "0 new, 1 changed, 0 unchanged, 0 rejected");
        // Known by its key, under whatever name: the second import creates no other partner and renames none.
        let again = import_text(&store, LEADS, "id,partner\nL1,P1\nL2,North\n").unwrap();
        assert_eq!(again.to_string(), "1 new, 0 changed, 1 unchanged, 0 rejected");
        assert_eq!(lines(&store, "leads", &["key", "partner.name"]), ["L1 | North", "L2 | North"]);
    });
}
