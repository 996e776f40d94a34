//! Mappings that are suggested for files as people have them: what they say, and that they import the file.

mod amounts;
mod dates;
mod ends;
mod no_data;

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
fn an_amount_is_no_key() {
    let toml = of_text(
        "leads.csv",
        "Created,Partner,Value,Extra\n2026-11-02,Ada,5,701\n2026-11-03,Bo,8,340\n2026-11-03,Cy,7,900\n",
    );
    assert!(about(&toml, "key =")[0].contains("key = \"Partner\""), "{toml}");
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
fn what_a_file_is_about_is_doubted_where_little_tells() {
    let toml = of_text("export.csv", "ID;Mitarbeiter;Art;Beginn\n1;Ann;Anruf;02.10.2026\n2;Bob;Besuch;23.10.2026\n");
    assert!(toml.contains("is a guess"), "{toml}");
    let toml =
        of_text("plan.csv", "Region;Kennzahl;Von;Bis;Januar 2026;Februar 2026\nNord;Umsatz;1.1.2026;28.2.2026;5;6\n");
    assert!(toml.contains("“Januar 2026”, “Februar 2026” are months"), "{toml}");
    let toml = of_text("leads.csv", "Lead ID,Created,Quality,Status\n1,2026-10-02,A,Won\n2,2026-10-23,B,Lost\n");
    assert!(about(&toml, "quality =").iter().any(|line| line.contains("is a guess: “A”, “B”")), "{toml}");
}
