//! How rows ended, and when.

use super::{about, flat, imported, of_text};
use crate::common::lines;

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
fn what_is_not_won_was_lost_once_it_is_closed() {
    let file = "Lead ID,Created,Closed,Won\n1,2026-11-02,2026-11-09,TRUE\n2,2026-11-03,2026-11-09,FALSE\n3,2026-11-03,,FALSE\n";
    let toml = imported("leads.csv", file.as_bytes(), |store| {
        assert_eq!(lines(store, "leads", &["key", "outcome"]), ["1 | won", "2 | lost", "3 | –"]);
    });
    assert!(toml.contains("# check: taken for lost: what is not won and has a date in “Closed”"), "{toml}");
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
