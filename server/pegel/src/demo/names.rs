//! Invented names, so that nobody takes the demo for real.

use super::dice::Dice;

/// In each region, one partner has each of these names.
pub const STEMS: [&str; 15] = [
    "Muster",
    "Beispiel",
    "Probier",
    "Irgendwie",
    "Sowieso",
    "Dingsda",
    "Nirgendwo",
    "Wolkenkuckuck",
    "Papperlapapp",
    "Larifari",
    "Hokuspokus",
    "Schnickschnack",
    "Kuddelmuddel",
    "Tohuwabohu",
    "Krimskrams",
];

const TRADES: [&str; 8] = [
    "Haustechnik",
    "Solarbau",
    "Wärmetechnik",
    "Energiehaus",
    "Elektro",
    "Dachwerk",
    "Speichertechnik",
    "Bad & Heizung",
];

const FORMS: [&str; 5] = ["GmbH", "GmbH & Co. KG", "KG", "OHG", "e. K."];
const FORMS_ABROAD: [&str; 3] = ["GmbH", "KG", "AG"];

const FIRST_NAMES: [&str; 28] = [
    "Ada", "Bela", "Carla", "Dario", "Edda", "Falk", "Greta", "Hauke", "Ida", "Jona", "Kaya", "Levi", "Mila", "Nils",
    "Olga", "Pepe", "Quirin", "Runa", "Sami", "Thea", "Udo", "Vera", "Wim", "Xenia", "Yara", "Zeno", "Alma", "Bent",
];

const LAST_NAMES: [&str; 24] = [
    "Musterfrau",
    "Mustermann",
    "Beispielsen",
    "Probefeld",
    "Platzhalter",
    "Irgendwer",
    "Nirgendsen",
    "Sowiesoski",
    "Erfindmann",
    "Wolkenbaum",
    "Pappdeckel",
    "Luftschloss",
    "Kunterbunt",
    "Fabelhaft",
    "Märchenbach",
    "Übungsmeier",
    "Testmüller",
    "Vorführer",
    "Denkbar",
    "Niemandt",
    "Ungefähr",
    "Wunderlicht",
    "Zufallke",
    "Namenlos",
];

const COMPANIES: [&str; 8] =
    ["Bäckerei", "Autohaus", "Kanzlei", "Gärtnerei", "Tischlerei", "Praxis", "Pension", "Spedition"];

/// The name of a region's partner. All differ: in each region, a stem goes with another trade.
pub fn partner(region: usize, stem: usize, abroad: bool, dice: &mut Dice) -> String {
    let trade = TRADES[(region + stem) % TRADES.len()];
    let form = if abroad { dice.pick(&FORMS_ABROAD) } else { dice.pick(&FORMS) };
    format!("{} {trade} {form}", STEMS[stem])
}

/// A rep's name; `number` varies the first name.
pub fn rep(number: usize, dice: &mut Dice) -> String {
    format!("{} {}", FIRST_NAMES[number % FIRST_NAMES.len()], dice.pick(&LAST_NAMES))
}

/// An address for a name, in a domain that is reserved for examples.
pub fn email(name: &str) -> String {
    let plain = name.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{}@example.com", words.join("."))
}

/// A person, a company or a town.
pub fn customer(segment: &str, dice: &mut Dice) -> String {
    let last = dice.pick(&LAST_NAMES);
    match segment {
        "Privat" => format!("{} {last}", dice.pick(&FIRST_NAMES)),
        "Gewerbe" => format!("{} {last}", dice.pick(&COMPANIES)),
        _ => format!("Gemeinde {last}hausen"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Part;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_partner_has_a_name_of_its_own() {
        let mut dice = Dice::of(1, Part::Cast);
        let places = (0..8).flat_map(|region| (0..STEMS.len()).map(move |stem| (region, stem)));
        let names: HashSet<String> = places.map(|(region, stem)| partner(region, stem, false, &mut dice)).collect();
        assert_eq!(names.len(), 120);
    }

    #[test]
    fn addresses_are_plain() {
        assert_eq!(email("Thea Übungsmeier"), "thea.uebungsmeier@example.com");
    }
}
