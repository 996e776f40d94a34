//! Dates, times and days.

use super::{about, imported, of_text};
use crate::common::lines;

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
