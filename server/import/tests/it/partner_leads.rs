//! A partner-lead export as a German CRM writes it, with 300 made-up rows.

use encoding_rs::WINDOWS_1252;
use jiff::civil::{DateTime, date};
use jiff::{Span, ToSpan};

const HEADER: &str = "Lead-Nr.;Eingang;Partner;Partner-Region;Kunde;Quelle;Angeboten am;Angenommen am;Erstkontakt;Rückmeldung am;\
                      Status;Abgeschlossen am;Auftragswert;Bemerkung";
const PARTNERS: [(&str, &str); 5] = [
    ("Müller Bädertechnik", "Süd"),
    ("Haustechnik Süd KG", "Süd"),
    ("Küchenstudio Löwe", "Nord"),
    ("Rohr & Söhne", "West"),
    ("Wärme Vogt", "Nord"),
];
const SOURCES: [&str; 4] = ["Website", "Messe", "Empfehlung", "Anzeige"];

/// Its bytes, in windows-1252.
pub fn partner_leads() -> Vec<u8> {
    let rows = (0..300).map(row);
    let text = std::iter::once(HEADER.to_owned()).chain(rows).collect::<Vec<_>>().join("\r\n") + "\r\n";
    WINDOWS_1252.encode(&text).0.into_owned()
}

/// Chance that comes out the same every time.
fn chance(row: i64, of: i64, below: i64) -> i64 {
    let mixed = (row * 1_103_515_245 + of * 12_345_677 + 12_345).rem_euclid(2_147_483_647);
    (mixed * 48_271).rem_euclid(2_147_483_647) / 1_000 % below
}

fn row(row: i64) -> String {
    let (partner, region) = PARTNERS[usize::try_from(chance(row, 1, 5)).unwrap()];
    let source = SOURCES[usize::try_from(chance(row, 2, 4)).unwrap()];
    let at = |after: &DateTime, by: Span| after.checked_add(by).unwrap();
    let begun = date(2026, 8, 31).at(8, 15, 0, 0);
    let created = at(&begun, (row * 6).hours().minutes(chance(row, 3, 50)));
    let offered = at(&created, (20 + chance(row, 4, 300)).minutes());
    let accepted = at(&offered, (30 + chance(row, 5, 2000)).minutes());
    let contacted = at(&accepted, (60 + chance(row, 6, 3000)).minutes());
    let feedback = at(&contacted, chance(row, 7, 9).days());
    let closed = at(&feedback, chance(row, 8, 12).days());
    let status =
        ["Gewonnen", "Gewonnen", "Verloren", "Offen", "In Bearbeitung"][usize::try_from(chance(row, 9, 5)).unwrap()];
    let is_closed = !matches!(status, "Offen" | "In Bearbeitung");
    let shown = |when: &DateTime, is_there: bool| {
        if is_there { when.strftime("%d.%m.%Y %H:%M").to_string() } else { String::new() }
    };
    let cells = [
        format!("L-{}", 1001 + row),
        shown(&created, true),
        partner.to_owned(),
        region.to_owned(),
        format!("Familie Straßer {}", row % 211),
        source.to_owned(),
        shown(&offered, true),
        shown(&accepted, chance(row, 10, 8) > 0),
        shown(&contacted, chance(row, 10, 8) > 1),
        shown(&feedback, chance(row, 10, 8) > 2),
        status.to_owned(),
        if is_closed { closed.strftime("%d.%m.%Y").to_string() } else { String::new() },
        if status == "Gewonnen" { amount(80_000 + chance(row, 11, 2_400_000)) } else { String::new() },
        if row % 9 == 0 { "bitte \"rasch\"; eilt".replace('"', "\"\"") } else { String::new() },
    ];
    let quoted = cells.map(|cell| if cell.contains([';', '"']) { format!("\"{cell}\"") } else { cell });
    quoted.join(";")
}

/// `1.234,50 €`
fn amount(cents: i64) -> String {
    let (whole, cents) = (cents / 100, cents % 100);
    let whole = if whole >= 1000 { format!("{}.{:03}", whole / 1000, whole % 1000) } else { whole.to_string() };
    format!("{whole},{cents:02} €")
}
