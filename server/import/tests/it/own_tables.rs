//! What a home adds to the data model, filled by mappings: tables of its own, attributes with a kind; on both databases.

use crate::common::{import_bytes, options};
use pegel_import::suggest::{Asked, suggest};
use pegel_import::{Mapping, Options};
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use std::io::Cursor;

const LEADS: &str = r#"
[[attributes]]
name = "delivered_at"
kind = "instant"

[[attributes]]
name = "promised_on"
kind = "date"

[[attributes]]
name = "discount"
kind = "money"

[[attributes]]
name = "share"
kind = "number"

[[attributes]]
name = "vip"
kind = "boolean"

[[attributes]]
name = "code"
kind = "text"
"#;

fn model() -> Model {
    let quotes = include_str!("../../../../config/tables/examples/quotes.toml");
    Model::with(&[("leads", LEADS), ("quotes", quotes)], "").unwrap()
}

fn mapping(attributes: &str) -> Result<Mapping, String> {
    let text = format!(
        "[source]\ndelimiter = \";\"\ndecimal = \"comma\"\nzone = \"Europe/Berlin\"\ndates = [\"%d.%m.%Y %H:%M\", \
         \"%d.%m.%Y\"]\n[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.attributes]\n{attributes}"
    );
    Mapping::parse(&text, "mine", &model()).map_err(|error| error.to_string())
}

#[test]
fn attributes_are_read_as_columns_of_their_kind_and_stored_with_it() {
    let mapping = mapping(
        "delivered_at = \"delivered\"\npromised_on = \"promised\"\ndiscount = { from = \"discount\", scale = \"-1\" }\n\
         share = { from = \"share\", scale = \"0.01\" }\nvip = \"vip\"\ncode = \"code\"\nother = \"share\"\n\
         size = { from = \"size\", kind = \"number\" }",
    )
    .unwrap();
    let file = "id;delivered;promised;discount;share;vip;code;size
L1;03.11.2026 08:15;04.11.2026;-1.234,50 €;12,5;yes;007;9007199254740993
L2;;;;;;;
L3;03.11.2026 08:15;bald;1;1;1;1;1
";
    on_both(|store| {
        let summary = import_bytes(&store, &mapping, file.as_bytes()).unwrap();
        assert_eq!((summary.new, summary.rejected_rows()), (2, 1), "{summary}");
        assert!(summary.rejected[0].faults[0].reason.contains("“bald” is not a date"));
        let stored = store.texts("SELECT attributes AS value FROM leads ORDER BY key").unwrap();
        // 8:15 in Berlin is 7:15 in UTC; amounts are cents; what nobody declares is as it stands there.
        let expected = "{\"code\":\"007\",\"delivered_at\":{\"instant\":1793690100},\"discount\":{\"money\":123450},\"other\":\"12,5\",\
                        \"promised_on\":{\"date\":20761},\"share\":0.125,\"size\":9007199254740993,\"vip\":true}";
        assert_eq!(stored, [expected, "{}"]);
        let again = import_bytes(&store, &mapping, file.as_bytes()).unwrap();
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 2));
    });
}

#[test]
fn what_a_file_declares_a_mapping_does_not_say_again() {
    for (attributes, expected) in [
        ("discount = { from = \"x\", kind = \"number\" }", "config/tables/leads.toml says of what kind “discount” is"),
        ("delivered_at = { from = \"x\", scale = \"2\" }", "“delivered_at” is not a number"),
        ("code = { from = \"x\", scale = \"2\" }", "“code” is not a number"),
        ("note = { from = \"x\", times = \"y\" }", "“note” is not a number"),
        ("promised_on = { constant = \"soon\" }", "the constant of “promised_on”: “soon” is not a date"),
        ("code = { from = \"x\", lookup = \"key\" }", "cannot be a look-up"),
    ] {
        let error = mapping(attributes).unwrap_err();
        assert!(error.starts_with("mine.toml:10: ") && error.contains(expected), "{error}");
    }
}

#[test]
fn a_table_of_ones_own_is_filled_as_the_others_are() {
    let text = include_str!("../../../../config/tables/examples/quotes.import.toml");
    let complete = text.replace("[[tables]]", "[[tables]]\ncomplete = true");
    let mapping = Mapping::parse(&complete, "quotes", &model()).unwrap();
    let head = "Number,Version,Lead,Customer,Partner,Rep,Net,Discount %,Sent,Valid until,Answered,Status\n";
    let one = "Q1,1,,Ada,GTX,Eve,1000.50,10,2026-11-10 09:00,2026-12-10,2026-11-12 10:00,Accepted\n";
    let other = "Q1,2,,Ada,,,900,20,2026-11-11 09:00,2026-12-10,,Sent\n";
    let ten: String = (2..20).map(|number| other.replace("Q1", &format!("Q{number}"))).collect();
    on_both(|store| {
        store.migrate(&model()).unwrap();
        let import = |text: &str| import_bytes(&store, &mapping, text.as_bytes()).unwrap();
        assert_eq!(import(&format!("{head}{one}{other}{ten}")).new, 20);
        let changed = import(&format!("{head}{one}{ten}").replace("900,20", "950,15"));
        assert_eq!((changed.changed, changed.unchanged), (18, 1), "{changed}");
        let rows = "SELECT key || ' ' || amount || ' ' || coalesce(answer, '-') || ' ' || system AS value FROM quotes
                    WHERE gone_at IS NULL AND key IN ('Q1|1', 'Q1|2', 'Q10|2') ORDER BY amount";
        assert_eq!(store.texts(rows).unwrap(), ["Q10|2 95000 - crm", "Q1|1 100050 accepted crm"]);
        let gone = "SELECT key AS value FROM quotes WHERE gone_at IS NOT NULL";
        assert_eq!(store.texts(gone).unwrap(), ["Q1|2"]);
        let related = "SELECT c.name || ' ' || p.name || ' ' || r.name AS value FROM quotes q
            JOIN customers c ON c.id = customer_id JOIN partners p ON p.id = q.partner_id JOIN reps r ON r.id = rep_id";
        assert_eq!(store.texts(related).unwrap(), ["Ada GTX Eve"]);
    });
}

#[test]
fn a_suggestion_knows_declared_attributes_by_their_names() {
    let file = "Lead ID;Created;Status;Delivered at;Discount;vip;Remark\n1;02.11.2026;Won;03.11.2026 08:15;1,50 €;ja;x\n\
                2;02.11.2026;Lost;24.11.2026 09:15;2,50 €;nein;y\n";
    let Options { zone, currency, now, .. } = options();
    let asked = Asked { name: "test", model: &model(), needs: &[], zone, currency, now };
    let toml = suggest(Cursor::new(file.as_bytes()), "leads.csv", &asked).unwrap().to_toml();
    let declared = toml.split("\n[tables.attributes]\n").nth(1).unwrap();
    for line in ["delivered_at = \"Delivered at\"", "discount = \"Discount\"", "vip = \"vip\"", "# remark = \"Remark\""]
    {
        assert!(declared.lines().any(|known| known == line), "{line}: {toml}");
    }
    Mapping::parse(&toml, "test", &model()).unwrap();
}
