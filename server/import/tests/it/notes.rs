//! Nothing in silence: what a column cannot hold is rejected, what is odd but possible is noted, with counts and the first
//! rows; a strict import takes neither.

use crate::common::{import_bytes, import_text, lines, options, told};
use pegel_import::{ImportError, Mapping, Options, Summary, import};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::io::Cursor;

/// A mapping of opportunities with these columns beside the key.
fn opportunities(columns: &str) -> String {
    format!("[[tables]]\ntable = \"opportunities\"\nkey = \"id\"\n[tables.columns]\n{columns}")
}

const DEALS: &str = "created_at = \"created\"\nclosed_at = \"closed\"\noutcome = \"outcome\"\namount = \"amount\"\n";

fn rejected(summary: &Summary) -> Vec<String> {
    summary.rejected.iter().map(ToString::to_string).collect()
}

fn wrong(mapping: &str) -> String {
    Mapping::parse(mapping, "test", &Model::built_in()).unwrap_err().to_string()
}

#[test]
fn a_closed_list_holds_only_its_words() {
    on_both(|store| {
        let text = "id,created,closed,outcome,amount\n1,2026-11-02,2026-11-03,Verloren,\n2,2026-11-02,2026-11-03,won,\n\
                    3,2026-11-02,2026-11-03,Verloren,\n";
        let summary = import_text(&store, &opportunities(DEALS), text).unwrap();
        let reason = "“Verloren” is neither won nor lost: map it under `values`";
        assert_eq!(rejected(&summary)[0], format!("line 2, column outcome: {reason}"));
        let reasons: Vec<String> = summary.reasons.iter().map(ToString::to_string).collect();
        assert_eq!(reasons, [format!("2 rows rejected: outcome: {reason}; first in line 2, line 4")]);
    });
}

#[test]
fn a_number_lies_within_the_range_of_its_column_or_of_what_stands_beside_it() {
    on_both(|store| {
        let mapping = opportunities("probability = \"p\"\n");
        let summary = import_text(&store, &mapping, "id,p\n1,75\n2,75%\n3,0.75\n").unwrap();
        assert_eq!(rejected(&summary), ["line 2, column p: 75 lies outside the range from 0 to 1"]);
        let scaled = opportunities("probability = { from = \"p\", scale = \"0.01\" }\n");
        let summary = import_text(&store, &scaled, "id,p\n1,75\n2,75%\n4,0.75\n").unwrap();
        let noted = "1 value of “p” lies between 0 and 1, and became less than one per cent by the mapping's `scale`; \
                     first in line 4 (“0.75”)";
        assert!(told(&summary).contains(&noted.to_owned()), "{:?}", told(&summary));
        assert_eq!(
            lines(&store, "opportunities", &["key", "probability"]),
            ["1 | 0.75", "2 | 0.75", "3 | 0.75", "4 | 0.0075"]
        );

        let surveys =
            "[[tables]]\ntable = \"surveys\"\nkey = \"id\"\n[tables.columns]\nkind = \"kind\"\nscore = \"score\"\n";
        let summary = import_text(&store, surveys, "id,kind,score\n1,nps,11\n2,csat,11\n3,,11\n").unwrap();
        assert_eq!(rejected(&summary), ["line 2, column score: 11 lies outside the range of nps from 0 to 10"]);
        // Whatever kind it is of.
        let scores = surveys.replace("kind = \"kind\"\n", "");
        let summary = import_text(&store, &scores, "id,score\n1,150\n2,9\n").unwrap();
        assert_eq!(rejected(&summary), ["line 2, column score: 150 lies outside all ranges, which go from 0 to 100"]);
    });
}

#[test]
fn dates_in_the_wrong_order_and_closed_deals_without_one_are_noted() {
    on_both(|store| {
        let text = "id,created,closed,outcome,amount\n1,2026-11-17,2026-11-03,won,5\n2,2026-11-02,,lost,\n\
                    3,2026-11-02,,won,7\n4,,2026-11-03,won,7\n5,2026-11-02,2026-11-03,lost,9\n6,2026-11-02,2026-11-03,,9\n\
                    7,2026-11-03 14:00,2026-11-03,won,9\n";
        let summary = import_text(&store, &opportunities(DEALS), text).unwrap();
        assert_eq!(summary.to_string(), "7 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(
            told(&summary),
            [
                "opportunities: 1 row has closed_at before created_at: what lies between them counts in no mean duration; \
                 first in line 2 (“2026-11-03”)",
                "opportunities: 1 row has closed_at, and no outcome: what asks for that leaves it out; first in line 7 \
                 (“2026-11-03”)",
                "opportunities: 1 row has no created_at: what counts by it leaves it out; first in line 5",
                "opportunities: 2 rows have outcome, and no closed_at: what counts by that leaves them out; first in line 3 \
                 (“lost”), line 4 (“won”)",
            ]
        );
        let strict = strictly(&store, &opportunities(DEALS), text).unwrap();
        assert_eq!((strict.rejected.len(), strict.odd.len()), (5, 0), "{:?}", rejected(&strict));
        assert_eq!(
            rejected(&strict)[0],
            "line 2, column closed: the row has closed_at before created_at: what lies between them counts in no mean duration"
        );
    });
}

#[test]
fn a_day_is_compared_with_the_day_of_an_instant() {
    on_both(|store| {
        let mapping = opportunities("created_at = \"created\"\nexpected_close_on = \"close\"\n");
        let text = "id,created,close\n1,2026-11-03 14:00,2026-11-03\n2,2026-11-03 00:30,2026-11-02\n";
        let note = "opportunities: 1 row has expected_close_on before created_at: what lies between them counts in no mean \
                    duration; first in line 3 (“2026-11-02”)";
        assert_eq!(told(&import_text(&store, &mapping, text).unwrap()), [note]);
    });
}

fn strictly(store: &Store, mapping: &str, text: &str) -> Result<Summary, ImportError> {
    let mapping = Mapping::parse(mapping, "test", &Model::built_in())?;
    let options = Options { strict: true, ..options() };
    import(Cursor::new(text.as_bytes()), "data.csv", &mapping, store, &options, &mut |_| {})
}

#[test]
fn the_amount_of_a_lead_that_was_lost_is_noted() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\ncreated_at = \"created\"\n\
                       closed_at = \"closed\"\noutcome = \"outcome\"\namount = \"amount\"\n";
        let text = "id,created,closed,outcome,amount\n1,2026-11-02,2026-11-03,lost,100\n2,2026-11-02,2026-11-03,won,5\n\
                    3,2026-11-02,,,8\n4,2026-11-02,2026-11-03,lost,0\n";
        let notes = told(&import_text(&store, mapping, text).unwrap());
        assert_eq!(notes, ["leads: 1 row has amount, though outcome is not won; first in line 2 (“100”)"]);
    });
}

#[test]
fn a_column_whose_points_all_have_three_digits_behind_them_is_suspected_to_group_thousands() {
    on_both(|store| {
        let mapping = opportunities("amount = \"amount\"\n");
        let text = "id,amount\nA,3.000\nB,12.500\nC,950\nD,1.250\n";
        let note = "every “.” in “amount” has three digits behind it, in 3 rows: if it groups thousands, write decimal = \
                    \"comma\" in [source]; it was read as the decimal mark, not “,”; first in line 2 (“3.000”), line 3 (“12.500”), line 5 (“1.250”)";
        assert_eq!(told(&import_text(&store, &mapping, text).unwrap()), [note]);
        let error = strictly(&store, &mapping, text).unwrap_err();
        assert_eq!(error.to_string(), format!("data.csv is not imported, since the import is strict: {note}"));
        assert!(error.is_usage());
        let plain = import_text(&store, &mapping, "id,amount\nA,3.000\nB,12.50\nC,1.250\nD,4.125\n").unwrap();
        assert!(told(&plain).is_empty());
        // Amounts have no third of a cent, but what begins with a zero groups nothing.
        let said = |text: &str| told(&import_text(&store, &mapping, text).unwrap());
        assert_eq!(said("id,amount\nA,3.000\nB,1.250.000\n").len(), 1);
        assert!(said("id,amount\nA,0.125\nB,1234.000\n").is_empty());
        // A program's number, and a text that somebody wrote.
        assert!(said("[{\"id\": 1, \"amount\": 3.125}, {\"id\": 2, \"amount\": 3.000}]").is_empty());
        assert_eq!(said("[{\"id\": 1, \"amount\": \"3.000\"}, {\"id\": 2, \"amount\": 950}]").len(), 1);
    });
}

#[test]
fn a_plan_that_ends_before_it_begins_is_noted() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"targets\"\nkey = \"id\"\n[tables.columns]\nmetric = \"metric\"\n\
                       starts_on = \"from\"\nends_on = \"to\"\namount = \"amount\"\n";
        let text = "id,metric,from,to,amount\n1,revenue,2026-11-01,2026-10-31,5\n2,revenue,2026-11-01,2026-11-30,5\n";
        assert_eq!(
            told(&import_text(&store, mapping, text).unwrap()),
            ["targets: 1 row has ends_on before starts_on: a plan without a day counts nowhere; first in line 2 \
                 (“2026-10-31”)"]
        );
    });
}

#[test]
fn what_has_happened_in_the_future_is_noted() {
    on_both(|store| {
        let columns = "created_at = \"created\"\nexpected_close_on = \"close\"\n";
        let text = "id,created,close\n1,2026-11-03,2199-01-31\n2,2199-11-03,2199-12-01\n";
        assert_eq!(
            told(&import_text(&store, &opportunities(columns), text).unwrap()),
            ["opportunities: 1 row has created_at in the future: it counts from then on; first in line 3 \
                 (“2199-11-03”)"]
        );
    });
}

#[test]
fn texts_that_look_like_those_of_a_condition_are_noted() {
    let condition = "when = { column = \"status\", in = [\"won\", \"lost*\"] }";
    let columns =
        format!("closed_at = {{ from = \"close\", {condition} }}\namount = {{ from = \"amount\", {condition} }}\n");
    on_both(|store| {
        let text = "id,close,amount,status\n1,2026-11-03,5,won\n2,2026-11-03,5,Won\n3,2026-11-03,5,lost (price)\n4,,,open\n\
                    5,2026-11-03,5,Won\n";
        let notes = told(&import_text(&store, &opportunities(&columns), text).unwrap());
        let note = "texts of “status” that look like one of a condition, and are not listed there: it asks for “status” \
                    among “won”, “lost*”: “Won (like won)”";
        assert!(notes.contains(&note.to_owned()), "{notes:?}");
        assert_eq!(notes.iter().filter(|note| note.starts_with("texts of")).count(), 1, "{notes:?}");
        let notes = told(
            &import_text(
                &store,
                "[[tables]]\ntable = \"opportunities\"\nkey = \"id\"\nwhen = { column = \"type\", not_in = [\"Test\"] }\n",
                "id,type\n1,test\n2,real\n3,Test\n",
            )
            .unwrap(),
        );
        assert!(notes.iter().any(|note| note.ends_with("“test (like Test)”")), "{notes:?}");
    });
}

#[test]
fn texts_that_the_mapping_does_not_list_are_noted_when_they_are_taken_for_missing() {
    on_both(|store| {
        let mapping = opportunities(
            "created_at = \"created\"\n\
             outcome = { from = \"status\", values = { Gewonnen = \"won\" }, otherwise = \"missing\" }\n",
        );
        let text = "id,created,status\n1,2026-11-02,Offen\n2,2026-11-02,gewonnen\n3,2026-11-02,Offen\n";
        assert_eq!(
            told(&import_text(&store, &mapping, text).unwrap()),
            [
                "3 rows have a text in “status” that is not under `values`: it was taken for missing: “Offen”, “gewonnen”",
                "texts of “status” that look like one under `values`, and are not listed there: “gewonnen (like Gewonnen)”",
            ]
        );
    });
}

#[test]
fn amounts_in_another_currency_than_the_home_counts_in_are_rejected() {
    on_both(|store| {
        let mapping = opportunities("amount = \"amount\"\n");
        let text = "id,amount\n1,\"EUR 11,000.00\"\n2,USD 10.00\n3,¥500000\n4,100.00 PLN\n5,\"2,5 MIO\"\n6,SKU 4711\n";
        let summary = import_text(&store, &mapping, text).unwrap();
        assert_eq!(lines(&store, "opportunities", &["key", "amount"]), ["1 | 1100000"]);
        let expected = "line 3, column amount: “USD 10.00” is in USD, and the amounts here are in EUR: ";
        assert!(rejected(&summary)[0].starts_with(expected), "{:?}", rejected(&summary));
        assert_eq!(summary.rejected.len(), 5);
        let dollars = format!("[source]\ncurrency = \"USD\"\n{mapping}");
        import_text(&store, &dollars, "id,amount\n7,$10.00\n").unwrap();
        assert_eq!(lines(&store, "opportunities", &["key", "amount"]), ["1 | 1100000", "7 | 1000"]);
    });
}

#[test]
fn a_column_of_which_all_dates_have_day_and_month_the_other_way_round_stops_the_import() {
    on_both(|store| {
        let mapping = format!("[source]\ndates = [\"%d/%m/%Y\"]\n{}", opportunities("created_at = \"created\"\n"));
        let text = "id,created\n1,03/04/2026\n2,03/25/2026\n3,12/31/2026\n";
        let error = import_text(&store, &mapping, text).unwrap_err();
        let said = "data.csv: 2 of 3 values of “created” are no dates as %d/%m/%Y; all are as %m/%d/%Y: write that in the \
                    mapping";
        assert_eq!(error.to_string(), said);
        assert!(lines(&store, "opportunities", &["key"]).is_empty());
        // A word among them is no date either way.
        let error = import_text(&store, &mapping, &format!("{text}4,n/a\n")).unwrap_err().to_string();
        assert!(error.contains("3 of 4 values") && error.contains("%d/%m/%Y; 3 are as %m/%d/%Y"), "{error}");
        // Where one fits the mapping alone, nobody knows.
        let mixed = import_text(&store, &mapping, "id,created\n1,25/03/2026\n2,03/25/2026\n").unwrap();
        assert_eq!((mixed.new, mixed.rejected.len()), (1, 1));
    });
}

#[test]
fn date_formats_are_tried_when_the_mapping_is_read() {
    let said = |formats: &str| {
        let mapping = format!("[source]\ndates = [{formats}]\n{}", opportunities("created_at = \"created\"\n"));
        wrong(&mapping)
    };
    insta::assert_snapshot!(said("\"%d.%m.%Y %H:%M %p\""), @"test.toml:2: the date format “%d.%m.%Y %H:%M %p” is wrong: %H counts to 23 and %p says which half of the day: write %I with %p, or %H alone");
    insta::assert_snapshot!(said("\"%d.%m.%Y %I:%M\""), @"test.toml:2: the date format “%d.%m.%Y %I:%M” is wrong: 04.03.2026 01:02 could be in the morning or after noon: write %H, or %p behind the time");
    insta::assert_snapshot!(said("\"%d.%M.%Y\""), @"test.toml:2: the date format “%d.%M.%Y” is wrong: it has minutes and no hour: write %H, or %m for the month");
    insta::assert_snapshot!(said("\"%m/%Y\""), @"test.toml:2: the date format “%m/%Y” has no day, and no column is read as a month: say month = true for those that are");
    insta::assert_snapshot!(said("\"%d.%m.\""), @"test.toml:2: the date format “%d.%m.” is wrong: it writes 04.03. and cannot read that");
    insta::assert_snapshot!(said("\"%d/%m/%Y\", \"%m/%d/%Y\""), @"test.toml:2: “%d/%m/%Y” and “%m/%d/%Y” read 04/03/2026 as different days: keep one of them, or import such files with two mappings");
}

#[test]
fn midnight_in_utc_can_be_said_to_be_a_day() {
    on_both(|store| {
        let mapping = |days: &str| {
            let columns = format!("created_at = {{ from = \"created\"{days} }}\n");
            format!("[source]\nzone = \"America/New_York\"\n{}", opportunities(&columns))
        };
        let text = "id,created\n1,2026-11-03T00:00:00Z\n";
        import_text(&store, &mapping(""), text).unwrap();
        assert_eq!(lines(&store, "opportunities", &["created_at"]), ["2026-11-03T00:00:00Z"]);
        import_text(&store, &mapping(", days = true"), text).unwrap();
        assert_eq!(lines(&store, "opportunities", &["created_at"]), ["2026-11-03T05:00:00Z"]);
        let wrong = wrong(&opportunities("expected_close_on = { from = \"close\", days = true }\n"));
        assert!(wrong.contains("`days` cannot apply"), "{wrong}");
    });
}

#[test]
fn texts_that_a_person_cannot_tell_apart_are_one() {
    const MAPPING: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\nregion = \"region\"\n\
                           partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    on_both(|store| {
        let spellings = ["Köln", "Ko\u{308}ln", "Köln\u{200b}", "K\u{ad}öln", "Köln ", "\u{a0}Köln"];
        let rows = spellings.iter().enumerate().map(|(id, name)| format!("{id},{name},{name}  GmbH\n"));
        let summary =
            import_text(&store, MAPPING, &format!("id,region,partner\n{}", rows.collect::<String>())).unwrap();
        assert_eq!(lines(&store, "partners", &["name"]), ["Köln GmbH"]);
        assert_eq!(lines(&store, "leads", &["region"]), ["Köln"; 6]);
        let notes = told(&summary);
        assert!(notes.contains(&"partners: 1 row of partners created: “Köln GmbH”".to_owned()), "{notes:?}");
        let cleaned = "3 values of “region” cleaned of what cannot be seen; first in line 3, line 4, line 5";
        assert!(notes.iter().any(|note| note == cleaned), "{notes:?}");
    });
}

#[test]
fn utf_8_that_was_to_be_read_as_windows_1252_is_rejected() {
    on_both(|store| {
        let mapping = "[source]\nencoding = \"windows-1252\"\n[[tables]]\ntable = \"partners\"\nkey = \"id\"\n\
                       [tables.columns]\nname = \"name\"\n";
        let parsed = Mapping::parse(mapping, "test", &Model::built_in()).unwrap();
        let summary = import_bytes(&store, &parsed, "id,name\n1,Müller\n2,North\n".as_bytes()).unwrap();
        let reason = "line 2: “MÃ¼ller” is “Müller” in UTF-8, and was to be read as windows-1252: write encoding = \
                      \"utf-8\" in the mapping, or leave it out";
        assert_eq!(rejected(&summary), [reason]);
        let ansi = import_bytes(&store, &parsed, b"id,name\n1,M\xfcller\n").unwrap();
        assert_eq!((ansi.new, ansi.rejected.len()), (1, 0));
    });
}

#[test]
fn a_flag_is_the_same_however_it_is_written_and_a_condition_that_never_holds_is_noted() {
    let mapping = opportunities("closed_at = { from = \"close\", when = { column = \"flag\", in = [\"TRUE\"] } }\n");
    on_both(|store| {
        for flags in [["TRUE", "FALSE"], ["true", "false"], ["1", "0"], ["ja", "nein"]] {
            let text = format!("id,close,flag\n1,2026-11-03,{}\n2,2026-11-04,{}\n", flags[0], flags[1]);
            let summary = import_text(&store, &mapping, &text).unwrap();
            assert_eq!(
                lines(&store, "opportunities", &["key", "closed_at"]),
                ["1 | 2026-11-02T23:00:00Z", "2 | –"],
                "{flags:?}"
            );
            assert!(told(&summary).is_empty(), "{:?}", told(&summary));
        }
        let never = import_text(&store, &mapping, "id,close,flag\n1,2026-11-03,closed\n").unwrap();
        assert_eq!(told(&never), ["no row has “flag” among “TRUE”: is that what the file says?"]);
    });
}

#[test]
fn names_that_look_ups_do_not_find_are_counted_by_rows_and_named_once() {
    const MAPPING: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\ncreated_at = \"created\"\n\
                           partner_id = { from = \"partner\", lookup = \"name\", policy = \"optional\" }\n";
    const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
    on_both(|store| {
        import_text(&store, PARTNERS, "id,name\n1,Haustechnik Süd KG\n").unwrap();
        let rows = ["Haustechnick Süd KG"; 4].iter().enumerate().map(|(id, name)| format!("{id},2026-11-02,{name}\n"));
        let summary =
            import_text(&store, MAPPING, &format!("id,created,partner\n{}", rows.collect::<String>())).unwrap();
        assert_eq!(
            told(&summary),
            [
                "partners: 4 rows refer to what has no row in partners by its name, and the reference stays missing: \
                 “Haustechnick Süd KG”",
                "partners: 1 name that was not found looks like partners: name them alike, or map one to the other under \
                 `values`: “Haustechnick Süd KG (like Haustechnik Süd KG)”",
            ]
        );
    });
}

#[test]
fn names_for_which_rows_are_rejected_are_said_if_they_look_like_one_that_is_there() {
    const MAPPING: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                           partner_id = { from = \"partner\", lookup = \"name\" }\n";
    const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n";
    on_both(|store| {
        import_text(&store, PARTNERS, "id,name\n1,Haustechnik Süd KG\n").unwrap();
        let text = "id,partner\n1,HAUSTECHNIK SUED KG\n2,Somebody else\n";
        let summary = import_text(&store, MAPPING, text).unwrap();
        assert_eq!(
            (summary.rejected.len(), told(&summary)),
            (
                2,
                vec![
                    "partners: 1 name that was not found looks like partners: name them alike, or map one to the other \
                     under `values`: “HAUSTECHNIK SUED KG (like Haustechnik Süd KG)”"
                        .to_owned()
                ]
            )
        );
    });
}

#[test]
fn a_row_that_a_look_up_created_for_a_name_is_the_one_that_a_file_brings_with_its_key() {
    const LEADS: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                         partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nname = \"name\"\n\
                            tier = \"tier\"\n";
    on_both(|store| {
        let leads = "id,partner\nL1,Alpha\nL2,Beta\nL3,Twin\n";
        import_text(&store, LEADS, leads).unwrap();
        let partners = "id,name,tier\nP1,Alpha,gold\nP3,Gamma,gold\nP4,Twin,gold\nP5,Twin,silver\n";
        let summary = import_text(&store, PARTNERS, partners).unwrap();
        assert_eq!(summary.to_string(), "3 new, 1 changed, 0 unchanged, 0 rejected");
        assert_eq!(told(&summary), ["partners: 1 row of partners that was known by name alone has a key now"]);
        let partner_of = |lead: &str| {
            let of_all = lines(&store, "leads", &["key", "partner.key", "partner.tier"]);
            of_all.into_iter().find(|line| line.starts_with(lead)).unwrap()
        };
        assert_eq!((&*partner_of("L1"), &*partner_of("L2")), ("L1 | P1 | gold", "L2 | Beta | –"));
        // Who is meant of two is not for us to say.
        assert_eq!(partner_of("L3"), "L3 | Twin | –");
        let again = import_text(&store, LEADS, "id,partner\nL1,Alpha\nL2,Beta\n").unwrap();
        assert_eq!(again.to_string(), "0 new, 0 changed, 2 unchanged, 0 rejected");
        store.undo_import(Some(2), &Model::built_in(), options().now).unwrap();
        assert_eq!(partner_of("L1"), "L1 | Alpha | –");
    });
}

#[test]
fn what_look_ups_create_is_named_and_what_looks_like_another_is_noted() {
    const MAPPING: &str = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n[tables.columns]\n\
                           partner_id = { from = \"partner\", lookup = \"name\", policy = \"create\" }\n";
    on_both(|store| {
        import_text(&store, MAPPING, "id,partner\n1,Haustechnik Süd KG\n").unwrap();
        let summary = import_text(&store, MAPPING, "id,partner\n2,Haustechnik Sud KG\n3,Nord\n").unwrap();
        assert_eq!(
            told(&summary),
            [
                "partners: 2 rows of partners created: “Haustechnik Sud KG”, “Nord”",
                "partners: 1 row of partners created that look like others: name them alike, or map one to the other under \
                 `values`: “Haustechnik Sud KG (like Haustechnik Süd KG)”",
            ]
        );
    });
}

#[test]
fn an_outcome_whose_date_the_mapping_does_not_name_is_noted_and_the_other_way_round() {
    on_both(|store| {
        let noted = |columns: &str| {
            let mapping = opportunities(&format!("created_at = \"created\"\n{columns}"));
            let text = "id,created,closed,outcome\n1,2026-11-02,2026-11-03,won\n2,2026-11-02,,\n";
            let notes = import_text(&store, &mapping, text).unwrap().odd;
            notes.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            noted("outcome = \"outcome\"\n"),
            [
                "opportunities: 1 row has outcome, and no closed_at, which the mapping does not name: what counts by that \
              leaves it out; first in line 2 (“won”)"
            ]
        );
        assert_eq!(
            noted("closed_at = \"closed\"\n"),
            [
                "opportunities: 1 row has closed_at, and no outcome, which the mapping does not name: what asks for that \
              leaves it out; first in line 2 (“2026-11-03”)"
            ]
        );
        assert!(noted("outcome = \"outcome\"\nclosed_at = \"closed\"\n").is_empty());
    });
}

#[test]
fn what_the_conditions_of_one_table_leave_out_is_said_of_a_row_that_another_takes() {
    const LINES: &str = "[[tables]]\ntable = \"customers\"\nkey = \"customer\"\n[[tables]]\ntable = \"orders\"\nkey = \"id\"\n\
                         when = { column = \"state\", not_in = [\"cancelled\"] }\n[tables.columns]\namount = \"amount\"\n";
    on_both(|store| {
        let text = "id,customer,state,amount\n1,A,paid,5\n2,A,cancelled,7\n3,B,cancelled,9\n";
        let summary = import_text(&store, LINES, text).unwrap();
        assert_eq!(told(&summary).last().unwrap(), "orders: 2 rows were left out by its conditions");
        assert_eq!((summary.left_out, summary.tables["orders"].left_out), (0, 2));
    });
}

#[test]
fn a_row_is_noted_once_though_several_tables_need_a_column_of_it() {
    const TWICE: &str = "[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\namount = \"a\"\n\
                         [[tables]]\ntable = \"opportunities\"\nkey = \"id\"\n[tables.columns]\namount = \"a\"\n";
    on_both(|store| {
        let summary = import_text(&store, TWICE, "id,a\n1,3.000\n2,12.500\n").unwrap();
        let note = summary.odd.iter().find(|note| note.kind == "thousands").unwrap();
        assert_eq!((note.rows, note.first.len()), (2, 2));
    });
}

#[test]
fn a_key_that_a_spreadsheet_cut_short_is_rejected() {
    on_both(|store| {
        let summary = import_text(&store, &opportunities(""), "id\n1.23E+11\n123456789012\n").unwrap();
        let reason =
            "line 2, column id: “1.23E+11” is what a spreadsheet made of a longer number: export the column as text";
        assert_eq!(rejected(&summary), [reason]);
    });
}

#[test]
fn names_of_groups_that_look_alike_are_noted_in_a_file_and_beside_what_is_there() {
    const PARTNERS: &str = "[[tables]]\ntable = \"partners\"\nkey = \"id\"\n[tables.columns]\nregion = \"region\"\n";
    const TARGETS: &str = "[[tables]]\ntable = \"targets\"\nkey = [\"metric\", \"region\"]\n[tables.columns]\n\
                           metric = \"metric\"\nregion = \"region\"\n";
    on_both(|store| {
        let told = |mapping: &str, text: &str| told(&import_text(&store, mapping, text).unwrap());
        let partners = "id,region\n1,North\n2,NORTH\n3,North\n4,District 1\n5,District 2\n";
        let error = strictly(&store, PARTNERS, partners).unwrap_err().to_string();
        assert!(error.contains("strict: partners: 1 row has a region that looks like another"), "{error}");
        assert_eq!(
            told(PARTNERS, partners),
            ["partners: 1 row has a region that looks like another, and makes a group of its own: write them alike, \
                 or map one to the other under `values`; first in line 3 (“NORTH (like North)”)"]
        );
        // A plan that nothing will ever be held against.
        assert_eq!(
            told(TARGETS, "metric,region\nleads,district-1\nrevenue,district-1\nleads,District 2\nleads,Elsewhere\n"),
            ["targets: 2 rows have a region that looks like another, and makes a group of its own: write them alike, \
                 or map one to the other under `values`; first in line 2 (“district-1 (like District 1)”)"]
        );
        assert_eq!(told(PARTNERS, "id,region\n6,North\n7,South\n"), [""; 0]);
    });
}

#[test]
fn per_cents_beside_numbers_without_their_sign_are_noted() {
    on_both(|store| {
        let mapping = "[[tables]]\ntable = \"observations\"\nkey = \"id\"\n[tables.columns]\nobserved_on = \"on\"\n\
                       value = \"value\"\n";
        let said = |values: [&str; 3]| {
            let [one, two, three] = values;
            let text = format!("id,on,value\n1,2026-11-02,{one}\n2,2026-11-02,{two}\n3,2026-11-02,{three}\n");
            told(&import_text(&store, mapping, &text).unwrap())
        };
        assert_eq!(
            said(["19 %", "19", "0.2"]),
            [
                "“value” has a % in 1 row, and none in 1 row with a number above 1: 19 % is read as 0.19, and 19 as 19; first \
                 in line 3 (“19”)"
            ]
        );
        assert!(said(["19 %", "0.19", "1"]).is_empty());
        assert!(said(["19", "20", "1"]).is_empty());
    });
}

#[test]
fn factors_may_be_thousands_and_may_be_missing() {
    let mapping = "[[tables]]\ntable = \"orders\"\nkey = \"id\"\n[tables.columns]\nordered_at = \"on\"\n\
                   amount = { from = \"price\", times = \"pieces\" }\n";
    on_both(|store| {
        let rows = |pieces: [&str; 3]| {
            let row = |(at, pieces): (usize, &&str)| format!("{at},2026-11-02,0.10,{pieces}\n");
            let rows: String = pieces.iter().enumerate().map(row).collect::<Vec<_>>().concat();
            told(&import_text(&store, mapping, &format!("id,on,price,pieces\n{rows}")).unwrap())
        };
        assert!(rows(["3.000", "1.500", "12.250"])[0].starts_with("every “.” in “pieces” has three digits"));
        assert_eq!(
            rows(["3", "", "1.5"]),
            [
                "1 row has a number and no “pieces” to multiply it by: what they make is missing; first in line 3 (“0.10”)"
            ]
        );
    });
}

#[test]
fn days_of_iso_with_the_month_at_the_end_stop_the_import() {
    on_both(|store| {
        let rows: String = (1..=40)
            .map(|at| format!("{at},2026-{:02}-{:02}\n", at % 28 + 1, at % 12 + 1))
            .collect::<Vec<_>>()
            .concat();
        let mapping = opportunities("closed_at = \"closed\"\n");
        let error = import_text(&store, &mapping, &format!("id,closed\n{rows}")).unwrap_err().to_string();
        assert!(error.contains("are no dates as iso; all are as %Y-%d-%m: write that in the mapping"), "{error}");
    });
}
