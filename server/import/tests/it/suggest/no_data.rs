//! Lines and rows that are no data.

use super::{about, flat, imported, of_text};
use crate::common::lines;

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
fn the_header_stands_above_the_first_row_that_holds_data() {
    // A row of data may hold more words that headings are known by.
    let toml = of_text(
        "leads.csv",
        "lead_key,Created,Partner,what,why\n1,2026-11-03,Reseller,industry,status\n2,2026-11-04,Partner,region,channel\n",
    );
    assert!(toml.contains("# The header is line 1"), "{toml}");
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

const END: &str = "\n\n\"Grand Totals (3 records)\"\n\n\"Confidential Information - Do Not Distribute\"\n\"Copyright (c) 2000-2026 \
                   salesforce.com, inc. All rights reserved.\"\n";

/// A report of Salesforce: its rows, and the lines below them.
fn report(rows: &str) -> String {
    format!(
        "\"Account Name\",\"Opportunity Name\",\"Opportunity ID\",\"Stage\",\"Amount\",\"Close Date\",\"Created Date\",\"Opportunity \
         Owner\"\n{rows}"
    )
}

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
