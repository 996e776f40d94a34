//! Mappings that are suggested for files as people have them: what they say, and that they import the file.

use crate::common::{fixture, import_bytes, lines, options};
use crate::partner_leads::partner_leads;
use pegel_import::suggest::{Asked, Need, Suggestion, suggest};
use pegel_import::{ImportError, Mapping, Options};
use pegel_kpi::data::model::Model;
use pegel_store::testing::on_both;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use std::io::Cursor;

fn need(kpi: &str, reads: &[&str]) -> Need {
    let reads = reads.iter().map(|read| read.split_once('.').unwrap());
    let reads = reads.map(|(table, column)| [(table.to_owned(), column.to_owned())].into());
    Need { kpi: kpi.to_owned(), reads: reads.collect() }
}

fn suggested(file: &str, bytes: &[u8]) -> Result<Suggestion, ImportError> {
    let Options { zone, currency, now, .. } = options();
    let needs = [
        need("leads", &["leads.created_at"]),
        need("feedback_rate", &["leads.accepted_at", "leads.feedback_at"]),
        need("qualified_leads", &["leads.qualified_at"]),
        need("win_rate", &["opportunities.closed_at", "opportunities.outcome"]),
        need("revenue", &["orders.ordered_at", "orders.amount"]),
    ];
    suggest(
        Cursor::new(bytes),
        file,
        &Asked { name: "test", model: &Model::built_in(), needs: &needs, zone, currency, now },
    )
}

/// Suggests a mapping, imports the file by it, and says what became of the rows.
fn imported(file: &str, bytes: &[u8], read: impl Fn(&pegel_store::Store)) -> String {
    let toml = suggested(file, bytes).unwrap().to_toml();
    let mapping = Mapping::parse(&toml, "test", &Model::built_in()).unwrap_or_else(|error| panic!("{error}\n{toml}"));
    on_both(|store| {
        let summary = import_bytes(&store, &mapping, bytes).unwrap();
        assert!(summary.rejected.is_empty(), "{:?}\n{toml}", summary.rejected.first());
        assert!(summary.new > 0, "{summary}");
        read(&store);
    });
    toml
}

fn fixture_bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(&format!("suggest/{name}.csv"))).unwrap()
}

#[test]
fn a_german_export_of_partner_leads_is_read_as_it_is_meant() {
    let toml = imported("exporte/partnerleads.csv", &partner_leads(), |store| {
        let leads =
            lines(store, "leads", &["key", "partner.name", "partner.region", "created_at", "outcome", "amount"]);
        assert_eq!(leads.len(), 300);
        assert_eq!(leads[1], "L-1002 | Küchenstudio Löwe | Nord | 2026-08-31T12:27:00Z | won | 1328261");
    });
    insta::assert_snapshot!(toml);
}

#[test]
fn an_export_of_hubspot_is_known_by_its_headings() {
    insta::assert_snapshot!(imported("hubspot.csv", &fixture_bytes("hubspot"), |_| {}));
}

#[test]
fn an_export_of_salesforce_is_known_by_its_headings() {
    insta::assert_snapshot!(imported("salesforce.csv", &fixture_bytes("salesforce"), |_| {}));
}

#[test]
fn an_export_of_pipedrive_is_known_by_its_headings() {
    insta::assert_snapshot!(imported("pipedrive.csv", &fixture_bytes("pipedrive"), |_| {}));
}

#[test]
fn an_export_of_dynamics_is_known_by_its_headings() {
    insta::assert_snapshot!(imported("dynamics365.csv", &fixture_bytes("dynamics365"), |_| {}));
}

/// The lines of a suggestion that have this in them, with the comment above.
fn about(toml: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = toml.lines().collect();
    let found = (0..lines.len()).filter(|at| lines[*at].starts_with(text));
    found.map(|at| format!("{}\n{}", lines[at.saturating_sub(1)], lines[at])).collect()
}

/// A suggestion with each of its reasons on one line.
fn flat(toml: &str) -> String {
    toml.replace("\n# ", " ")
}

fn of_text(file: &str, text: &str) -> String {
    suggested(file, text.as_bytes()).unwrap_or_else(|error| panic!("{error}")).to_toml()
}

#[test]
fn an_order_of_day_and_month_that_nothing_tells_is_to_be_checked() {
    let leads = |dates: [&str; 2]| {
        let [first, second] = dates;
        of_text("leads.csv", &format!("Lead ID,Created,Partner,Status\n1,{first},Ada,Won\n2,{second},Bo,Lost\n"))
    };
    let toml = leads(["03/11/2026", "04/11/2026"]);
    assert!(about(&toml, "dates =")[0].ends_with("no day is above 12\ndates = [\"%m/%d/%Y\"]"), "{toml}");
    assert!(about(&toml, "created_at =")[0].contains("no day is above 12"), "{toml}");
    assert!(toml.contains("# check: 2 of 2 dates read as mm/dd/yyyy"), "{toml}");
    let toml = leads(["03/11/2026", "14/11/2026"]);
    assert_eq!(
        about(&toml, "dates ="),
        ["# 2 of 2 dates read as dd/mm/yyyy; 1 have a day above 12\ndates = [\"%d/%m/%Y\"]"]
    );
    // In German files, the day stands first, but nobody has said so.
    let toml = of_text(
        "leads.csv",
        "Lead-Nr.;Eingang;Vertriebspartner;Quelle\n1;03.11.2026;Ada;Messe\n2;04.11.2026;Bo;Messe\n",
    );
    assert!(toml.contains("# check: 2 of 2 dates read as dd.mm.yyyy"), "{toml}");
}

#[test]
fn a_file_that_nothing_fits_gets_a_clear_answer() {
    let refused = |text: &str| suggested("stars.csv", text.as_bytes()).unwrap_err().to_string();
    assert!(refused("star,magnitude\nVega,0.03\n").starts_with(
        "stars.csv cannot be imported: its columns fit no table: nothing is known by the names “star”, “magnitude”"
    ));
    assert!(refused("Lead ID,Created,Partner\n").contains("it has a header and no rows"));
    assert_eq!(refused(""), "stars.csv is empty: its first line should name the columns");
    assert!(refused("<!doctype html><html>").contains("an HTML page"));
    assert!(refused(&format!("{}\n1\n", "a,".repeat(200_000))).contains("it has 200001 columns"));
    // Without a header, the first row would be taken for one.
    assert!(refused("1;03.11.2026;Ada\n2;04.11.2026;Bo\n").contains("its first line seems to hold data"));
    assert!(refused("Wer;Jan 2026;Mrz 2026\nAda;1;2\n").contains("2 of its columns are months"));
}

#[test]
fn every_suggestion_for_a_fixture_loads_and_is_tried() {
    let folders = [fixture(""), fixture("suggest")];
    let mut suggestions = 0;
    for path in folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path())
    {
        let is_data = path.extension().is_some_and(|ending| ["csv", "tsv", "xls"].iter().any(|known| ending == *known));
        if !is_data {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        match suggested(&path.file_name().unwrap().to_string_lossy(), &bytes) {
            Ok(suggestion) => {
                let toml = suggestion.to_toml();
                Mapping::parse(&toml, "test", &Model::built_in()).unwrap_or_else(|error| panic!("{error}\n{toml}"));
                assert!(suggestion.trial.rows > 0, "{toml}");
                suggestions += 1;
            }
            // What it says of itself in the mapping of a fixture is not in the file.
            Err(error) => assert!(
                ["fit no table", "seems to hold data", "are months"].iter().any(|why| error.to_string().contains(why)),
                "{}: {error}",
                path.display()
            ),
        }
    }
    assert!(suggestions >= 8, "{suggestions}");
}

#[test]
fn wide_text_titles_and_sums_are_seen_through() {
    let text = "Leads im November\n\nLead-Nr.\tEingang\tPartner\tStatus\tUmsatz\n\
                L1\t03.11.2026 08:15\tMüller\tGewonnen\t1.234,50\nL2\t24.11.2026 9:00\tLöwe\tVerloren\t\n\
                L3\t25.11.2026 9:00\tLöwe\tWiedervorlage\t\nSumme\t\t\t\t1.234,50\n";
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let toml = imported("leads.txt", &bytes, |store| {
        assert_eq!(
            lines(store, "leads", &["key", "created_at", "outcome", "amount"]),
            [
                "L1 | 2026-11-03T07:15:00Z | won | 123450",
                "L2 | 2026-11-24T08:00:00Z | lost | –",
                "L3 | 2026-11-25T08:00:00Z | – | –"
            ]
        );
    });
    assert!(toml.contains("encoding = \"utf-16le\"\n") && toml.contains("delimiter = \"tab\"\n"), "{toml}");
    assert!(toml.contains("# The header is line 3, with 5 columns"), "{toml}");
    assert!(about(&toml, "stop_at")[0].ends_with("stop_at = [\"Summe\"]"), "{toml}");
}

#[test]
fn lines_of_orders_are_counted_within_their_order() {
    let toml = imported(
        "orders.csv",
        b"Order number,Order date,Customer,Product,Quantity,Amount\n7,2026-11-03,Ada,Tap,1,10.50\n7,2026-11-03,Ada,Tub,2,20\n\
          8,2026-11-04,Bo,Tap,1,10.50\n",
        |store| {
            let orders = lines(store, "orders", &["key", "number", "customer.name", "product.name", "amount"]);
            assert_eq!(orders, ["7|1 | 7 | Ada | Tap | 1050", "7|2 | 7 | Ada | Tub | 2000", "8|1 | 8 | Bo | Tap | 1050"]);
        },
    );
    let key = about(&toml, "key =");
    assert!(
        key[0].starts_with("# check: no number tells lines apart") && key[0].ends_with("occurrence = true }"),
        "{key:?}"
    );
}

#[test]
fn only_amounts_in_the_currency_of_the_home_count_where_there_are_several() {
    let file = "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Status,Deal - Deal created\n\
                1,A,100,EUR,Won,2026-11-03\n2,B,200,USD,Lost,2026-11-04\n";
    let toml = imported("deals.csv", file.as_bytes(), |store| {
        assert_eq!(lines(store, "opportunities", &["key", "amount"]), ["1 | 10000", "2 | –"]);
    });
    assert!(
        toml.contains("amount = { from = \"Deal - Value\", when = { column = \"Deal - Currency\", in = [\"EUR\"] } }")
    );
    let toml = of_text("deals.csv", &file.replace("EUR", "USD"));
    assert_eq!(about(&toml, "currency =").len(), 1, "{toml}");
    assert!(
        flat(&toml).contains(
            "check: “Deal - Currency” names USD alone, in 2 of 2 rows, and the home's currency is EUR: nothing is converted, \
             and the figures will be shown as amounts in EUR. If all of the company's amounts are in USD, say so in \
             pegel.toml: currency = \"USD\"\ncurrency = \"USD\""
        ),
        "{toml}"
    );
}

#[test]
fn objects_and_french_headings_are_known_as_well() {
    let rows = r#"{"Numéro":"1","Reçu le":"2026-11-03","Partenaire":"Léa","Statut":"Gagné","Montant":100}
{"Numéro":"2","Reçu le":"2026-11-04","Partenaire":"Zoé","Statut":"Perdu","Montant":null}
"#;
    imported("prospects.jsonl", rows.as_bytes(), |store| {
        assert_eq!(
            lines(store, "leads", &["key", "partner.name", "outcome", "amount"]),
            ["1 | Léa | won | 10000", "2 | Zoé | lost | –"]
        );
    });
}

#[test]
fn the_header_stands_above_the_first_row_that_holds_data() {
    // A row of data may hold more words that headings are known by.
    let toml = of_text(
        "leads.csv",
        "lead_key,Created,Partner,what,why\n1,2026-11-03,Reseller,industry,status\n2,2026-11-04,Partner,region,channel\n",
    );
    assert!(toml.contains("# The header is line 1"), "{toml}");
}

#[test]
fn a_list_of_those_who_sell_is_no_list_of_sales() {
    let toml = of_text("sales_teams.csv", "sales_agent,manager,regional_office\nAda,Eve,North\nBo,Eve,South\n");
    assert!(toml.contains("table = \"reps\"") && toml.contains("team = \"regional_office\""), "{toml}");
    assert!(toml.contains("name = \"sales_agent\"") && toml.contains("key = \"sales_agent\""), "{toml}");
}

#[test]
fn of_several_sheets_the_fullest_is_taken_and_named() {
    let mut notes = Worksheet::new();
    notes.set_name("Notes").unwrap().write(0, 0, "Exported on Monday").unwrap();
    let mut leads = Worksheet::new();
    leads.set_name("Leads").unwrap();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (column, title) in (0..).zip(["Lead-Nr.", "Eingang", "Partner", "Status", "Umsatz"]) {
        leads.write(0, column, title).unwrap();
    }
    for row in 1..=3 {
        leads.write(row, 0, f64::from(row)).unwrap();
        leads.write_with_format(row, 1, ExcelDateTime::from_ymd(2026, 11, 3).unwrap(), &day).unwrap();
        leads.write(row, 2, "Muster").unwrap();
        leads.write(row, 3, "Gewonnen").unwrap();
        leads.write(row, 4, 1234.5).unwrap();
    }
    let mut workbook = Workbook::new();
    workbook.push_worksheet(notes);
    workbook.push_worksheet(leads);
    let toml = imported("leads.xlsx", &workbook.save_to_buffer().unwrap(), |store| {
        let read = lines(store, "leads", &["key", "partner.name", "created_at", "outcome", "amount"]);
        assert_eq!(read[0], "1 | Muster | 2026-11-02T23:00:00Z | won | 123450");
    });
    assert!(toml.contains("sheet = \"Leads\""), "{toml}");
}

#[test]
fn a_date_that_only_one_end_has_is_no_date_of_closing() {
    let deals = |head: &str, won: &str, lost: &str| {
        let rows = (1..=6).map(|row| match row % 3 {
            0 => format!("{row},Open,2026-10-0{row},,\n"),
            1 => format!("{row},Won,2026-10-0{row},{won}\n"),
            _ => format!("{row},Lost,2026-10-0{row},{lost}\n"),
        });
        let rows: String = rows.collect();
        of_text("deals.csv", &format!("Deal - ID,Deal - Status,Deal - Deal created,{head}\n{rows}"))
    };
    // Nothing else says when a deal was lost: no figure is better than one of the won alone.
    let toml = deals("Deal - Won time,Deal - Owner", "2026-11-01 10:00,Ada", ",Ada");
    assert!(!toml.contains("\nclosed_at ="), "{toml}");
    assert!(
        toml.contains("# check: 2 of 2 values read as ISO dates; of 2 rows that were lost, 0 have a date"),
        "{toml}"
    );
    assert!(!toml.contains("win_rate."), "{toml}");
    // Another column has the dates of both.
    let toml = deals("Deal - Won time,Deal - Deal closed on", "2026-11-01 10:00,2026-11-01 10:00", ",2026-11-02 10:00");
    assert!(toml.contains("\nclosed_at = \"Deal - Deal closed on\"") && toml.contains("win_rate"), "{toml}");
    // So may the last change, if its days agree.
    let toml = deals("Deal - Won time,Deal - Update time", "2026-11-01 10:00,2026-11-01 10:05", ",2026-11-02 10:00");
    let closed = about(&toml, "closed_at =");
    assert!(
        closed[0].ends_with(
            "closed_at = { from = \"Deal - Update time\", when = { column = \"Deal - Status\", in = [\"Won\", \"Lost\"] } }"
        ),
        "{toml}"
    );
    assert!(toml.contains("# check: 4 of 4 values read as ISO dates; of 2 rows that were lost, 0 have"), "{toml}");
}

#[test]
fn a_word_that_nobody_knows_takes_no_date_from_its_rows() {
    let leads = |words: [&str; 3]| {
        let row = |(row, word): (usize, &&str)| format!("{row},2026-10-0{row},2026-11-0{row},{word}\n");
        let rows: String = words
            .iter()
            .enumerate()
            .map(row)
            .collect::<String>()
            .replace("0,2026-10-00,2026-11-00", "9,2026-10-09,2026-11-09");
        of_text("leads.csv", &format!("Lead ID,Created,Closed,Status\n{rows}"))
    };
    let toml = leads(["Won", "Zurückgestellt", "Open"]);
    assert!(about(&toml, "closed_at =")[0].ends_with("not_in = [\"Open\"] } }"), "{toml}");
    assert!(toml.contains("# check: 3 of 3 values read as ISO dates; 1 rows that are open have one, too"), "{toml}");
    // Words are known by how they begin.
    let toml = leads(["won (renewal)", "Verloren - Preis", "Closed - Not Converted"]);
    let outcome = about(&toml, "outcome =");
    assert!(!outcome[0].contains("check"), "{toml}");
    assert!(
        outcome[0].contains(
            "\"Closed - Not Converted\" = \"lost\", \"Verloren - Preis\" = \"lost\", \"won (renewal)\" = \"won\""
        ),
        "{toml}"
    );
    assert!(toml.contains("\nclosed_at = \"Closed\"\n"), "{toml}");
}

#[test]
fn the_price_of_a_piece_is_no_amount_of_a_line() {
    let orders = |head: &str, last: [&str; 3]| {
        let [a, b, c] = last;
        of_text(
            "orders.csv",
            &format!(
                "Order number,Line,Order date,Product,{head}\n7,1,2026-11-03,Tap,{a}\n7,2,2026-11-03,Tub,{b}\n8,1,2026-11-04,Tap,{c}\n"
            ),
        )
    };
    // Where the line has its amount, it is taken, whatever it is called.
    let toml = orders("Quantity,Price,Sum of it", ["1,10.50,10.50", "2,20,40", "3,10.50,31.50"]);
    assert!(toml.contains("in 3 rows it is “Price” times the quantity\namount = \"Sum of it\""), "{toml}");
    assert!(!about(&toml, "amount =")[0].contains("check"), "{toml}");
    let toml = orders("Quantity,Unit Price", ["1,10.50", "2,20", "3,10.50"]);
    assert!(
        about(&toml, "amount =")[0].ends_with("amount = { from = \"Unit Price\", times = \"Quantity\" }"),
        "{toml}"
    );
    assert!(toml.contains("# check: 3 of 3 values read as numbers; taken for the price of a piece"), "{toml}");
}

#[test]
fn the_total_of_an_order_counts_once() {
    let lines =
        |order: usize| (1..=2).map(move |line| format!("S{order},2026-11-0{order},P{line},{line},{}\n", order * 100));
    let rows: String = (1..=4).flat_map(lines).collect();
    let toml = imported(
        "orders.csv",
        format!("Order ID,Order Date,Product,Quantity,Order Total\n{rows}").as_bytes(),
        |store| {
            let orders = lines_of(store, &["key", "number", "quantity", "amount"]);
            assert_eq!(
                orders,
                ["S1 | S1 | – | 10000", "S2 | S2 | – | 20000", "S3 | S3 | – | 30000", "S4 | S4 | – | 40000"]
            );
        },
    );
    assert!(
        about(&toml, "key =")[0].contains("key = \"Order ID\"") && toml.contains("# check: one row for each order"),
        "{toml}"
    );
    assert!(toml.contains("# check: 8 of 8 values read as numbers; it is the same in all lines of an order"), "{toml}");
}

fn lines_of(store: &pegel_store::Store, columns: &[&str]) -> Vec<String> {
    lines(store, "orders", columns)
}

#[test]
fn midnights_in_utc_are_days_in_the_zone_of_the_home() {
    let file = "Id,IsWon,IsClosed,StageName,CloseDate,CreatedDate,Amount\n\
                1,1,1,Closed Won,2026-11-02 00:00:00,2026-10-01 10:00:00,5\n2,0,1,Closed Lost,2026-11-03 00:00:00,2026-10-01 10:00:00,6\n";
    let toml = imported("opportunity.csv", file.as_bytes(), |store| {
        let closed = lines(store, "opportunities", &["key", "created_at", "closed_at"]);
        assert_eq!(closed[0], "1 | 2026-10-01T10:00:00Z | 2026-11-01T23:00:00Z");
    });
    assert!(about(&toml, "closed_at =")[0].ends_with("closed_at = { from = \"CloseDate\", days = true }"), "{toml}");
}

#[test]
fn rows_that_were_deleted_are_left_out() {
    let file = "Lead ID,Created,Partner,Gelöscht\n1,2026-11-02,Ada,0\n2,2026-11-03,Bo,1\n3,2026-11-03,Bo,1\n";
    let toml = imported("leads.csv", file.as_bytes(), |store| assert_eq!(lines(store, "leads", &["key"]), ["1"]));
    assert_eq!(
        about(&toml, "when ="),
        ["# check: 2 of 3 rows are left out: “Gelöscht” says so\nwhen = { column = \"Gelöscht\", not_in = [\"1\"] }"]
    );
}

#[test]
fn orders_that_were_cancelled_some_day_are_left_out() {
    let file = "Order number,Order date,Amount,State of it\n1,2026-11-02,5,Shipped\n2,2026-11-03,7,Cancelled\n";
    let toml = imported("orders.csv", file.as_bytes(), |store| assert_eq!(lines(store, "orders", &["key"]), ["1"]));
    assert!(about(&toml, "when =")[0].ends_with("not_in = [\"Cancelled\"] }"), "{toml}");
    assert!(toml.contains("# check: 1 of 2 rows are left out: by “State of it” they were cancelled"), "{toml}");
}

#[test]
fn columns_that_could_hold_the_same_name_each_other() {
    let toml = of_text(
        "leads.csv",
        "Lead ID,Created,Created Date,Amount,Value\n1,2026-11-02,2026-11-01,5,5\n2,2026-11-03,2026-11-03,7,7\n",
    );
    assert!(
        toml.contains(
            "# check: 2 of 2 values read as ISO dates; it could as well be “Created Date” (such as “2026-11-01”)"
        ),
        "{toml}"
    );
    // What says the same is no rival.
    assert!(!toml.contains("“Value” (such"), "{toml}");
}

#[test]
fn a_time_in_the_next_column_belongs_to_its_date() {
    let file = "Lead-Nr.;Eingangsdatum;Eingangszeit;Partner;Angenommen am;Uhrzeit Annahme\n\
                1;23.10.2026;08:15;Ada;23.10.2026;9:20\n2;24.10.2026;10:00;Bo;;\n";
    let toml = imported("leads.csv", file.as_bytes(), |store| {
        let leads = lines(store, "leads", &["key", "created_at", "accepted_at"]);
        assert_eq!(leads, ["1 | 2026-10-23T06:15:00Z | 2026-10-23T07:20:00Z", "2 | 2026-10-24T08:00:00Z | –"]);
    });
    assert!(toml.contains("accepted_at = [\"Angenommen am\", \"Uhrzeit Annahme\"]"), "{toml}");
}

#[test]
fn what_is_not_won_was_lost_once_it_is_closed() {
    let file = "Lead ID,Created,Closed,Won\n1,2026-11-02,2026-11-09,TRUE\n2,2026-11-03,2026-11-09,FALSE\n3,2026-11-03,,FALSE\n";
    let toml = imported("leads.csv", file.as_bytes(), |store| {
        assert_eq!(lines(store, "leads", &["key", "outcome"]), ["1 | won", "2 | lost", "3 | –"]);
    });
    assert!(toml.contains("# check: taken for lost: what is not won and has a date in “Closed”"), "{toml}");
}

#[test]
fn those_who_lead_are_found_among_those_who_sell() {
    let reps = |last: &str| {
        format!(
            "Mitarbeiter;Team;Eintritt;Vorgesetzter\nAda;T1;01.03.2024;\nBo;T1;02.03.2024;Ada\nCy;T1;13.03.2024;{last}\n"
        )
    };
    let toml = imported("verkaeufer.csv", reps("Bo").as_bytes(), |store| {
        let reps = lines(store, "reps", &["key", "hired_on", "manager.name"]);
        assert_eq!(reps, ["Ada | 19783 | –", "Bo | 19784 | Ada", "Cy | 19795 | Bo"]);
    });
    assert!(!about(&toml, "manager_id =")[0].contains("check"), "{toml}");
    let toml = of_text("verkaeufer.csv", &reps("Di"));
    assert!(toml.contains("# check: found among the reps of the file, if they stand further up; of 1 rows"), "{toml}");
}

#[test]
fn a_plan_for_months_says_what_it_is_of() {
    let file = "Kennzahl;Verkäufer;Monat;Ziel\nUmsatz;Ada;01/2026;20.100,00\nUmsatz;Ada;02/2026;20.200,00\n";
    let toml = imported("ziele.csv", file.as_bytes(), |store| {
        let targets = lines(store, "targets", &["metric", "rep.name", "starts_on", "ends_on", "amount"]);
        assert_eq!(targets, ["revenue | Ada | 20454 | 20484 | 2010000", "revenue | Ada | 20485 | 20512 | 2020000"]);
    });
    assert!(about(&toml, "key =")[0].contains("these do together"), "{toml}");
    // Names of months, and nothing that is planned.
    let file = "Monat;Ziel\nJan 2026;20.100,00\nMrz 2026;20.200,00\n";
    let toml = imported("ziele.csv", file.as_bytes(), |store| {
        let targets = lines(store, "targets", &["metric", "starts_on", "ends_on"]);
        assert_eq!(targets, ["revenue | 20454 | 20484", "revenue | 20513 | 20543"]);
    });
    assert!(about(&toml, "metric =")[0].contains("as `pegel kpi list` has them\nmetric = { constant"), "{toml}");
}

#[test]
fn amounts_in_several_currencies_are_said() {
    let leads = |last: &str| {
        of_text(
            "leads.csv",
            &format!(
                "Lead ID,Created,Status,Amount\n1,2026-11-02,Won,€5\n2,2026-11-03,Won,£7\n3,2026-11-03,Won,{last}\n"
            ),
        )
    };
    assert!(
        leads("$8")
            .contains("# check: of 3 amounts, some are marked as 1 in EUR, 1 in GBP, 1 in USD: several currencies")
    );
    let toml = of_text("leads.csv", "Lead ID,Created,Status,Value (USD)\n1,2026-11-02,Won,5\n");
    assert!(about(&toml, "currency =")[0].contains("currency = \"USD\""), "{toml}");
    assert!(toml.contains("amount 5.00 USD"), "{toml}");
}

#[test]
fn an_amount_is_no_key() {
    let toml = of_text(
        "leads.csv",
        "Created,Partner,Value,Extra\n2026-11-02,Ada,5,701\n2026-11-03,Bo,8,340\n2026-11-03,Cy,7,900\n",
    );
    assert!(about(&toml, "key =")[0].contains("key = \"Partner\""), "{toml}");
}

/// A report of Salesforce: its rows, and the lines below them.
fn report(rows: &str) -> String {
    format!(
        "\"Account Name\",\"Opportunity Name\",\"Opportunity ID\",\"Stage\",\"Amount\",\"Close Date\",\"Created Date\",\"Opportunity \
         Owner\"\n{rows}"
    )
}

const END: &str = "\n\n\"Grand Totals (3 records)\"\n\n\"Confidential Information - Do Not Distribute\"\n\"Copyright (c) 2000-2026 \
                   salesforce.com, inc. All rights reserved.\"\n";

#[test]
fn only_what_stands_at_the_end_ends_a_report() {
    let row =
        |account: &str, id: u32| format!("{account},Roof {id},006{id},Closed Won,5,11/{id}/2026,10/{id}/2026,Ann\n");
    let rows: String =
        [("Acme", 13), ("TotalEnergies SE", 14), ("Total refit Lyon", 15)].map(|(a, id)| row(a, id)).concat();
    let toml = imported("report.csv", report(&format!("{rows}{END}")).as_bytes(), |store| {
        assert_eq!(lines(store, "opportunities", &["key"]), ["00613", "00614", "00615"]);
    });
    assert!(
        toml.contains(
            "stop_at = [\"Grand Totals (* records)\", \"Confidential Information - Do Not Distribute\", \"Copyright (c) 2000-2026 "
        ),
        "{toml}"
    );
    assert!(toml.contains("# From line 7 on, the file holds no data"), "{toml}");
    // A total may be the name of a customer.
    let total = "Total,,,,15,,,\n";
    let toml = of_text("report.csv", &report(&format!("{rows}{total}")));
    assert!(toml.contains("# check: from line 5 on, the file holds no data"), "{toml}");
    assert!(flat(&toml).contains("ever begin with “Total” alone\nstop_at = [\"Total\"]"), "{toml}");
    // Where it is one, nothing is left out, and it is said.
    let toml = of_text("report.csv", &report(&format!("{}{rows}{total}", row("Total", 16))));
    assert!(toml.contains("# check: line 6 seems to add up others") && !toml.contains("\nstop_at ="), "{toml}");
    // A file of details ends with data.
    assert!(!of_text("report.csv", &report(&rows)).contains("stop_at"));
}

#[test]
fn lines_of_groups_are_left_out() {
    let group = |stage: &str, id: u32, of_row: &str, last: &str| {
        let row = |id: u32| format!("{of_row},O{id},5,11/{id}/2026,10/{id}/2026,A,006{id}\n");
        format!("{stage}{}{}{last}", row(id), row(id + 1))
    };
    let report = |[a, b]: [String; 2], end: &str| {
        format!(
            "Stage,Opportunity Name,Amount,Close Date,Created Date,Account Name,Opportunity ID\n{a}{b}{end},,20,,,,\n\n\
             \"Confidential Information - Do Not Distribute\"\n"
        )
    };
    let sum = "Subtotal,,10,,,,\n";
    let file = report([group("", 13, "Closed Won", sum), group("", 20, "Closed Lost", sum)], "Total");
    let toml = imported("report.csv", file.as_bytes(), |store| {
        let deals = lines(store, "opportunities", &["key", "outcome"]);
        assert_eq!(deals, ["00613 | won", "00614 | won", "00620 | lost", "00621 | lost"]);
    });
    assert_eq!(
        about(&toml, "skip ="),
        ["# check: 2 rows, the first in line 4, have little in them: lines of groups or sums\nskip = [\"Subtotal\"]"]
    );
    // Where groups alone have a stage, no row has one.
    let groups = ["Closed Won (2 records),,10,,,,\n", "Closed Lost (2 records),,10,,,,\n"];
    let file = report([group(groups[0], 13, "", ""), group(groups[1], 20, "", "")], "Grand Totals (4 records)");
    let toml = of_text("report.csv", &file);
    assert!(toml.contains("skip = [\"Closed Won (* records)\", \"Closed Lost (* records)\"]"), "{toml}");
    assert!(flat(&toml).contains("No other row has a “Stage”"), "{toml}");
    assert!(about(&toml, "stage =")[0].starts_with("# check: nothing is in it so far"), "{toml}");
    assert!(!toml.contains("\noutcome ="), "{toml}");
}

#[test]
fn a_column_of_currencies_is_known_by_what_is_in_it() {
    let deals = |heading: &str, [a, b, c]: [&str; 3]| {
        format!(
            "Deal ID,Stage,{heading},Amount,Close Date,Create Date\n1,Won,{a},100,2026-11-13,2026-10-13\n\
             2,Lost,{b},200,2026-11-14,2026-10-14\n3,Won,{c},400,2026-11-14,2026-10-14\n"
        )
    };
    let headings = ["Amount Currency", "Curr.", "Whg.", "Währungsschlüssel", "Belegwährung", "ISO", "In which"];
    let words = [["EUR", "USD", "GBP"], ["€", "$", "£"], ["Euro", "US Dollar", "zł"], ["EUR - Euro", "USD", "CHF"]];
    for (heading, [a, b, c]) in headings.into_iter().zip(words.into_iter().cycle()) {
        let toml = imported("deals.csv", deals(heading, [a, b, c]).as_bytes(), |store| {
            assert_eq!(lines(store, "opportunities", &["key", "amount"]), ["1 | 10000", "2 | –", "3 | –"]);
        });
        let rule = format!("amount = {{ from = \"Amount\", when = {{ column = \"{heading}\", in = [\"{a}\"] }} }}");
        assert!(toml.contains(&rule), "{toml}");
        let why = format!("“{heading}” names 3 currencies; only the 1 amounts in EUR count");
        assert!(flat(&toml).contains(&why), "{toml}");
    }
    // What is among the codes and is a word as well tells nothing by itself.
    let toml = of_text("deals.csv", &deals("Priority", ["TOP", "ALL", "TOP"]));
    assert!(!toml.contains("currenc"), "{toml}");
    // A price times a quantity is in a currency as well.
    let toml = of_text(
        "orders.csv",
        "Order number,Order date,Quantity,Unit price,Curr.\n1,2026-11-03,2,5,EUR\n2,2026-11-03,1,7,USD\n",
    );
    assert!(toml.contains("times = \"Quantity\", when = { column = \"Curr.\", in = [\"EUR\"] } }"), "{toml}");
    // Where two columns say different things, the one of the amount counts, or it is said.
    let two = |one: &str| of_text("deals.csv", &deals(&format!("{one},Currency"), ["USD,EUR", "EUR,EUR", "EUR,EUR"]));
    assert!(two("Amount Currency").contains("column = \"Amount Currency\""));
    assert!(flat(&two("In which")).contains("another column names others"), "{}", two("In which"));
}

#[test]
fn a_key_holds_nothing_that_changes() {
    let head = "Topic,Customer,Owner,Stage,Probability,Close Date,Create Date";
    let deals = |rows: [&str; 3]| of_text("deals.csv", &format!("{head}\n{}\n{}\n{}\n", rows[0], rows[1], rows[2]));
    // What is called a topic tells deals apart with their customers.
    let toml = deals([
        "Roof,A,Ann,Proposal,50,2026-12-14,2026-11-01",
        "Roof,B,Ann,Negotiation,60,2026-12-15,2026-11-01",
        "Wall,A,Bo,Won,100,2026-11-16,2026-11-01",
    ]);
    let key = about(&toml, "key =").remove(0);
    assert!(key.ends_with("do together\nkey = [\"Create Date\", \"Customer\", \"Topic\"]"), "{key}");
    // Nothing but what changes does: they are counted.
    let toml = deals([
        "Roof,A,Ann,Proposal,50,2026-12-14,2026-11-01",
        "Roof,A,Bo,Negotiation,60,2026-12-15,2026-11-01",
        "Roof,A,Cy,Won,100,2026-11-16,2026-11-01",
    ]);
    let key = about(&toml, "key =").remove(0);
    assert!(key.ends_with("key = { from = [\"Create Date\", \"Customer\", \"Topic\"], occurrence = true }"), "{key}");
    // Where there is nothing else at all, it is said what follows.
    let toml = of_text("deals.csv", "Deal stage,Owner,Deal value\nProposal,Ann,5\nWon,Bo,6\nWon,Bo,7\n");
    assert!(flat(&toml).contains("where one of these changes, the row comes in anew, and the old one stays"), "{toml}");
}

#[test]
fn what_is_open_closes_as_it_is_expected() {
    let deals = |[a, b]: [&str; 2]| {
        format!(
            "Opportunity ID,Stage,Amount,Close Date,Created Date\n1,{a},5,2026-12-13,2026-10-13\n2,{b},6,2026-12-14,2026-10-14\n"
        )
    };
    let toml = imported("open.csv", deals(["Prospecting", "Negotiation/Review"]).as_bytes(), |store| {
        let deals = lines(store, "opportunities", &["key", "closed_at", "expected_close_on"]);
        assert_eq!(deals, ["1 | – | 20800", "2 | – | 20801"]);
    });
    assert!(
        flat(&toml).contains("by “Stage” all rows are open: it is when they are expected to close\nexpected"),
        "{toml}"
    );
    assert!(!flat(&toml).contains("check: 2 of 2 values read as ISO dates"), "{toml}");
    // A word that nobody knows may be an end.
    let toml = of_text("open.csv", &deals(["Prospecting", "Fini"]));
    assert!(flat(&toml).contains("check: 2 of 2 values read as ISO dates; by “Stage” all rows are open"), "{toml}");
    // Where no stage is known, nothing tells.
    let toml =
        of_text("deals.csv", "Deal ID,Customer,Deal Value,Close Date,Create Date\n1,A,5,2026-12-13,2026-10-13\n");
    assert!(
        flat(&toml).contains("check: 1 of 1 values read as ISO dates; nothing says whether a row has ended"),
        "{toml}"
    );
}

#[test]
fn the_parts_of_a_name_belong_together() {
    let leads = |rep: &str, head: &str| {
        let row = |(id, [first, last]): (usize, [&str; 2])| format!("{id},2026-11-0{id},{first},{last},Won\n");
        let rows: String = (1..).zip([["Eva", "Groß"], ["Eva", "Klein"]]).map(row).collect();
        format!("Lead ID,Created,{rep},{head},Status\n{rows}")
    };
    for [first, last] in [["Sales Rep First Name", "Sales Rep Last Name"], ["Verkäufer Vorname", "Verkäufer Nachname"]]
    {
        let toml = imported("leads.csv", leads(first, last).as_bytes(), |store| {
            assert_eq!(lines(store, "leads", &["key", "rep.name"]), ["1 | Eva Groß", "2 | Eva Klein"]);
        });
        assert!(toml.contains(&format!("rep_id = {{ from = [\"{first}\", \"{last}\"], lookup")), "{toml}");
        assert!(flat(&toml).contains("2 rows have one of 2 texts, such as “Eva Groß”, “Eva Klein”"), "{toml}");
    }
    let toml = of_text("leads.csv", &leads("Sales Rep First Name", "Anything"));
    assert!(flat(&toml).contains("is a first name alone, which would make one of two people: left out"), "{toml}");
    assert!(!toml.contains("\nrep_id ="), "{toml}");
    let toml = imported("reps.csv", "Vorname;Name;Team\nEva;Groß;T1\nEva;Klein;T1\n".as_bytes(), |store| {
        assert_eq!(lines(store, "reps", &["key", "name"]), ["Eva|Groß | Eva Groß", "Eva|Klein | Eva Klein"]);
    });
    assert!(toml.contains("name = [\"Vorname\", \"Name\"]"), "{toml}");
}

#[test]
fn what_is_known_of_a_file_that_nothing_fits_is_said() {
    let said = |text: &str| suggested("today.csv", text.as_bytes()).unwrap_err().to_string();
    let text = said("Lead ID,Created,Source,Mood\n1,yesterday,Web,blue\n2,today,Web,grey\n");
    assert!(
        text.starts_with(
            "today.csv cannot be imported: its columns fit no table: what is known is “Lead ID”, “Source” of leads; “Created” \
             is called like leads.created_at, but its values, such as “yesterday”, do not read as dates; nothing is known \
             by the names “Mood”. There are partners,"
        ),
        "{text}"
    );
    assert!(!text.contains("_changes"), "{text}");
    let text = said("Lead ID,Created,Created\n1,2026-11-03,2026-11-04\n");
    assert!(text.contains("several columns are called “Created”, and no mapping can name one of these"), "{text}");
    // Where the rest is enough, it is said in the mapping.
    let toml = of_text("leads.csv", "Lead ID,Created,Created,Status,Source\n1,2026-11-03,2026-11-04,Won,Web\n");
    assert!(flat(&toml).contains("check: several columns are called “Created”"), "{toml}");
}

#[test]
fn headings_of_other_programs_are_known() {
    let line = |file: &str, text: &str, line: &str| {
        let toml = of_text(file, text);
        assert!(toml.contains(&format!("\n{line}\n")), "{line}\n{toml}");
    };
    let sage = "Invoice No,Date,Customer Name,Net,VAT,Gross\nI1,01/10/2026,A,100.00,20.00,120.00\nI2,14/10/2026,B,50.00,10.00,60.00\n";
    line("sage.csv", sage, "amount = \"Net\"");
    let gross = "Bestellnummer;Bestelldatum;Kunde;Gesamtbetrag brutto\n1;01.10.2026;A;119,00\n2;14.10.2026;B;119,00\n";
    line("shop.csv", gross, "amount = \"Gesamtbetrag brutto\"");
    assert!(flat(&of_text("shop.csv", gross)).contains("check: 2 of 2 values read as numbers; amounts with tax"));
    let both = gross.replace("brutto\n", "brutto;Gesamtbetrag netto\n").replace("119,00\n", "119,00;100,00\n");
    line("shop.csv", &both, "amount = \"Gesamtbetrag netto\"");
    line("ziele.csv", "Region;Monat;Umsatzziel\nNord;01/2026;10.000,00\n", "amount = \"Umsatzziel\"");
    let facture = "N° facture;Date facture;Client;Montant HT\nF1;01/10/2026;A;5,00\nF2;14/10/2026;B;6,00\n";
    line("factures.csv", facture, "number = \"N° facture\"");
    line("factures.csv", facture, "ordered_at = \"Date facture\"");
    let faktura =
        "Fakturanummer;Fakturadatum;Kunde;Nettowert;Vertreter\n1;01.10.2026;A;5,00;V\n2;14.10.2026;B;6,00;V\n";
    line("sap.csv", faktura, "number = \"Fakturanummer\"");
    line("sap.csv", faktura, "ordered_at = \"Fakturadatum\"");
    line("sap.csv", faktura, "rep_id = { from = \"Vertreter\", lookup = \"name\", policy = \"create\" }");
    let pistes = "N° de piste;Date de création;Statut;Date de prise de contact\n1;01/10/2026;Gagné;14/10/2026\n";
    line("pistes.csv", pistes, "contacted_at = \"Date de prise de contact\"");
    let deals = "Deal-ID;Erstellt am;Status;Tatsächliches Abschlussdatum;Voraussichtliches Abschlussdatum\n\
                 1;01.10.2026;Gewonnen;14.10.2026;15.10.2026\n2;01.10.2026;Verloren;14.10.2026;15.10.2026\n";
    line("deals.csv", deals, "closed_at = \"Tatsächliches Abschlussdatum\"");
    line("deals.csv", deals, "expected_close_on = \"Voraussichtliches Abschlussdatum\"");
    let asked = "On a scale of 0-10, how likely are you to recommend us to a friend?";
    let answers = format!("Timestamp,\"{asked}\",Company\n10/13/2026 14:00:11,9,A\n10/14/2026 14:00:11,3,B\n");
    line("answers.csv", &answers, &format!("score = \"{asked}\""));
}

#[test]
fn a_backslash_before_quotes_is_known() {
    let file = "Lead ID,Created,Source,Status\n1,2026-11-02,\"He said \\\"hi\\\", ok\",Won\n2,2026-11-03,Web,Lost\n";
    let toml = imported("leads.csv", file.as_bytes(), |store| {
        let leads = lines(store, "leads", &["key", "source"]);
        assert_eq!(leads, ["1 | He said \"hi\", ok", "2 | Web"]);
    });
    assert!(toml.contains("escape = \"\\\\\""), "{toml}");
    // A folder at the end of a cell is none.
    let toml =
        of_text("leads.csv", "Lead ID,Created,Source,Status\n1,2026-11-02,\"C:\\\",Won\n2,2026-11-03,Web,Lost\n");
    assert!(!toml.contains("escape ="), "{toml}");
}

#[test]
fn an_id_has_no_decimals() {
    let file = "Order ID,Order date,Customer ID,Amount\n17850.0,2026-11-02,7.0,5.50\n17851.0,2026-11-03,8.0,6.50\n";
    let toml = imported("orders.csv", file.as_bytes(), |store| {
        let orders = lines(store, "orders", &["key", "number", "customer.key", "amount"]);
        assert_eq!(orders, ["17850 | 17850 | 7 | 550", "17851 | 17851 | 8 | 650"]);
    });
    assert!(toml.contains("key = { from = \"Order ID\", integer = true }"), "{toml}");
    assert!(flat(&toml).contains("“17850.0” is meant as “17850”"), "{toml}");
}

#[test]
fn dates_are_read_however_programs_and_people_write_them() {
    for (dates, format) in [
        (["20261002", "20261103"], "%Y%m%d"),
        (["1791520000000", "1791523600000"], "unix_ms"),
        (["1791520000", "1791523600"], "unix"),
        (["1. November 2026", "13. März 2026"], "%d. %B %Y"),
        (["1. Nov. 2026", "13. Okt. 2026"], "%d. %b. %Y"),
        (["2026-10-19 17:07:00 +0000", "2026-10-20 17:07:00 +0200"], "iso"),
        (["2026-10-19 17:07:00 UTC", "2026-10-20 17:07:00 UTC"], "iso"),
    ] {
        let [one, two] = dates;
        let file = format!("Lead ID;Created;Status\n1;{one};Won\n2;{two};Lost\n");
        let toml = imported("leads.csv", file.as_bytes(), |store| {
            let created = lines(store, "leads", &["created_at"]);
            assert!(created.iter().all(|at| at.starts_with("2026-1") || at.starts_with("2026-03-1")), "{created:?}");
        });
        assert!(toml.contains(&format!("\ndates = [\"{format}\"]")), "{format}: {toml}");
    }
}

#[test]
fn units_in_headings_multiply() {
    let orders = |heading: &str| {
        let file = format!("Auftragsnr;Auftragsdatum;Kunde;{heading}\n1;02.10.2026;A;12,5\n2;23.10.2026;B;7\n");
        imported("auftraege.csv", file.as_bytes(), |store| {
            assert!(!lines(store, "orders", &["amount"]).is_empty());
        })
    };
    for (heading, scale) in [
        ("Umsatz (T€)", "1000"),
        ("Umsatz in TEUR", "1000"),
        ("Umsatz (Tsd. €)", "1000"),
        ("Umsatz [Mio €]", "1000000"),
        ("Betrag (Cent)", "0.01"),
    ] {
        let rule = format!("amount = {{ from = \"{heading}\", scale = \"{scale}\" }}");
        let toml = orders(heading);
        assert!(toml.contains(&rule) && about(&toml, "amount =")[0].contains("check"), "{heading}: {toml}");
    }
    assert!(orders("Umsatz (EUR)").contains("\namount = \"Umsatz (EUR)\""));
}

#[test]
fn orders_that_were_taken_back_are_left_out_or_said() {
    let orders = |last: &str, cells: [&str; 3]| {
        let [one, two, three] = cells;
        of_text(
            "orders.csv",
            &format!(
                "Order ID,Order Date,Customer,Amount,{last}\n1,2026-10-02,A,5,{one}\n2,2026-10-03,B,5,{two}\n3,2026-10-23,C,5,{three}\n"
            ),
        )
    };
    let cancelled = orders("Cancelled", ["no", "yes", "no"]);
    assert!(cancelled.contains("when = { column = \"Cancelled\", not_in = [\"yes\"] }"), "{cancelled}");
    let credits = orders("Type", ["Sale", "Return", "Sale"]);
    assert!(credits.contains("by “Type”, 1 of 3 rows take back orders"), "{credits}");
}

#[test]
fn what_a_file_is_about_is_doubted_where_little_tells() {
    let toml = of_text("export.csv", "ID;Mitarbeiter;Art;Beginn\n1;Ann;Anruf;02.10.2026\n2;Bob;Besuch;23.10.2026\n");
    assert!(toml.contains("is a guess"), "{toml}");
    let toml =
        of_text("plan.csv", "Region;Kennzahl;Von;Bis;Januar 2026;Februar 2026\nNord;Umsatz;1.1.2026;28.2.2026;5;6\n");
    assert!(toml.contains("“Januar 2026”, “Februar 2026” are months"), "{toml}");
    let toml = of_text("leads.csv", "Lead ID,Created,Quality,Status\n1,2026-10-02,A,Won\n2,2026-10-23,B,Lost\n");
    assert!(about(&toml, "quality =").iter().any(|line| line.contains("is a guess: “A”, “B”")), "{toml}");
}
