//! Whose rows they are: keys are a system's own.

use crate::common::{import_bytes, import_text, lines, told};
use pegel_import::Mapping;
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;

const SHOP: &str = "id,when,amount\n1,2026-10-01,100\n2,2026-10-02,100\n";
const FAIR: &str = "id,when,amount\n1,2026-10-05,7\n3,2026-10-06,7\n";

fn orders(system: &str) -> String {
    format!(
        r#"
system = "{system}"
[[tables]]
table = "orders"
key = "id"
[tables.columns]
number = "id"
channel = {{ constant = "{system}" }}
amount = "amount"
ordered_at = "when"
"#
    )
}

fn import_orders(store: &Store, system: &str, file: &str) -> String {
    import_text(store, &orders(system), file).unwrap().to_string()
}

#[test]
fn two_shops_may_both_have_an_order_1() {
    for [first, second] in [[("shop", SHOP), ("fair", FAIR)], [("fair", FAIR), ("shop", SHOP)]] {
        on_both(|store| {
            for expected in ["2 new, 0 changed, 0 unchanged, 0 rejected", "0 new, 0 changed, 2 unchanged, 0 rejected"] {
                assert_eq!(import_orders(&store, first.0, first.1), expected);
                assert_eq!(import_orders(&store, second.0, second.1), expected);
            }
            let expected = ["1 | fair | 700", "1 | shop | 10000", "2 | shop | 10000", "3 | fair | 700"];
            assert_eq!(lines(&store, "orders", &["key", "channel", "amount"]), expected);
        });
    }
}

#[test]
fn two_shops_that_name_no_system_are_noted() {
    on_both(|store| {
        let import = |shop: &str, file: &str| {
            let nobodys = orders(shop).replace(&format!("system = \"{shop}\"\n"), "");
            let mapping = Mapping::parse(&nobodys, shop, &Model::built_in()).unwrap();
            import_bytes(&store, &mapping, file.as_bytes()).unwrap().notes()
        };
        assert!(import("shop", SHOP).is_empty());
        assert_eq!(
            import("fair", FAIR),
            [
                "orders: 1 row of orders changed, and other mappings without a `system` bring the same columns: name a \
                 system in each if their keys mean different rows: “shop”",
                "1 row of orders, imported without a `system`, is not in this file",
            ]
        );
        // The same file once more changes nothing, and of one's own rows nothing is odd.
        let unchanged = ["1 row of orders, imported without a `system`, is not in this file"];
        assert_eq!(import("fair", FAIR), unchanged);
    });
}

#[test]
fn the_first_system_that_brings_its_key_adopts_a_row_that_has_none() {
    on_both(|store| {
        let nobodys = orders("shop").replace("system = \"shop\"\n", "");
        import_text(&store, &nobodys, SHOP).unwrap();
        let adopting = import_text(&store, &orders("shop"), SHOP).unwrap();
        assert_eq!(adopting.to_string(), "0 new, 0 changed, 2 unchanged, 0 rejected");
        let note = "orders: 2 rows of orders of which nobody had said whose they are are this system's now";
        assert_eq!(adopting.notes(), [note]);
        assert_eq!(import_orders(&store, "fair", FAIR), "2 new, 0 changed, 0 unchanged, 0 rejected");
        let whose = store.texts("SELECT key || ' ' || system AS value FROM orders ORDER BY 1").unwrap();
        assert_eq!(whose, ["1 fair", "1 shop", "2 shop", "3 fair"]);
    });
}

#[test]
fn look_ups_by_key_stay_within_the_system_and_by_name_do_not() {
    let partners = |system: &str| {
        format!(
            "system = \"{system}\"\n[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n"
        )
    };
    let leads = |system: &str, by: &str, policy: &str| {
        format!(
            "system = \"{system}\"\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
             partner_id = {{ from = \"partner\", lookup = \"{by}\", policy = \"{policy}\" }}\n"
        )
    };
    on_both(|store| {
        import_text(&store, &partners("crm"), "id,name\n1,Ada\n2,Bo\n").unwrap();
        import_text(&store, &partners("shop"), "id,name\n1,Chi\n").unwrap();
        let import = |mapping: &str, file: &str| import_text(&store, mapping, file).unwrap();
        import(&leads("crm", "key", "required"), "id,partner\nA,1\n");
        import(&leads("shop", "key", "required"), "id,partner\nA,1\n");
        assert_eq!(import(&leads("shop", "key", "required"), "id,partner\nB,2\n").rejected.len(), 1);
        import(&leads("shop", "name", "required"), "id,partner\nC,Bo\n");
        import(&leads("shop", "key", "create"), "id,partner\nD,2\n");
        let expected = ["A | Ada", "A | Chi", "C | Bo", "D | 2"];
        assert_eq!(lines(&store, "leads", &["key", "partner.name"]), expected);
        let whose = store.texts("SELECT name || ' ' || system AS value FROM partners ORDER BY 1").unwrap();
        assert_eq!(whose, ["2 shop", "Ada crm", "Bo crm", "Chi shop"]);
    });
}

#[test]
fn what_a_system_was_before_a_change_is_kept_for_each() {
    let deals = |system: &str| {
        format!(
            "system = \"{system}\"\n[[tables]]\ntable = \"opportunities\"\nkey = \"id\"\n[tables.columns]\nstage = \"stage\"\n"
        )
    };
    on_both(|store| {
        for stage in ["offer", "won"] {
            for system in ["crm", "shop"] {
                import_text(&store, &deals(system), &format!("id,stage\n1,{system} {stage}\n")).unwrap();
            }
        }
        assert_eq!(lines(&store, "opportunity_changes", &["stage"]), ["crm offer", "shop offer"]);
    });
}

#[test]
fn a_system_is_a_word() {
    for word in ["", "Our CRM", "crm!", "1shop"] {
        let error = Mapping::parse(&orders(word), "shop", &Model::built_in()).unwrap_err().to_string();
        assert!(error.starts_with("shop.toml:2: ") && error.contains("cannot name a system"), "{error}");
    }
}

#[test]
fn mappings_that_mean_the_same_thing_name_the_same_system() {
    let home = tempfile::tempdir().unwrap();
    for (name, mapping) in Mapping::all(home.path(), &Model::built_in()).unwrap() {
        let system = mapping.unwrap().system;
        assert!(!system.is_empty() && name.starts_with(&system), "{name} names “{system}”");
    }
}

#[test]
fn names_that_look_ups_of_another_system_made_rows_for_are_said() {
    let orders = "system = \"shop\"\n[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nordered_at = \"on\"\n\
                  customer_id = { from = \"customer\", lookup = \"name\", policy = \"create\" }\n";
    let customers =
        "system = \"crm\"\n[[tables]]\ntable = \"customers\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
    on_both(|store| {
        import_text(&store, orders, "id,on,customer\n1,2026-11-02,Neu AG\n2,2026-11-02,Alt AG\n").unwrap();
        let notes = told(&import_text(&store, customers, "id,name\nC1,Neu AG\nC3,Ganz Neu AG\n").unwrap());
        assert_eq!(
            notes,
            [
                "customers: 1 row of customers was made by a look-up of another system for a name that this file brings: \
                 look-ups by that name find both, and take neither; import the file first, or look its keys up"
            ]
        );
    });
}
