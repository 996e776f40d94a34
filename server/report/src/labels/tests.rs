use super::*;
use crate::samples;
use crate::view::view;

fn stored() -> (Numbers, Vec<Label>) {
    let numbers = samples::numbers();
    (Numbers::from_json(&numbers.to_json()).unwrap(), labels(&numbers, &Seed([7; 32])))
}

#[test]
fn stored_numbers_name_no_partner_and_get_their_labels_back() {
    let numbers = samples::numbers();
    assert!(!numbers.to_json().contains("Adler Solar") && numbers.to_json().contains("North"));
    let (mut read, labels) = stored();
    assert_eq!(labels.len(), 14, "each partner once");
    join(&mut read, &labels);
    assert_eq!(read, numbers);
}

#[test]
fn an_erased_partner_is_called_so_in_the_readers_language() {
    let (mut read, mut labels) = stored();
    labels[0].text = Erasable::Erased { at: samples::NOW };
    join(&mut read, &labels);
    let names = |locale| {
        let tables = view(&read, locale).sections.swap_remove(0).kpis.swap_remove(0).tables;
        tables.into_iter().flat_map(|table| table.rows).map(|row| row.label).collect::<Vec<_>>()
    };
    for (locale, erased) in [("en-GB", "(erased)"), ("de-DE", "(gelöscht)")] {
        assert_eq!(names(locale).iter().filter(|name| *name == erased).count(), 1, "{:?}", names(locale));
        assert!(!names(locale).contains(&"Adler Solar".to_owned()));
    }
}

#[test]
fn every_label_has_a_salt_of_its_own_and_no_other_edition_has_the_same() {
    let (numbers, all) = (samples::numbers(), stored().1);
    let hashes = |labels: Vec<Label>| labels.into_iter().map(|label| label.sha256).collect::<Vec<_>>();
    let mut salts: Vec<&str> = all.iter().map(|label| label.text.kept().unwrap().salt.as_str()).collect();
    salts.sort_unstable();
    salts.dedup();
    assert_eq!(salts.len(), 14);
    let (same, other) = (labels(&numbers, &Seed([7; 32])), labels(&numbers, &Seed([8; 32])));
    assert_eq!(hashes(same), hashes(all.clone()));
    assert!(hashes(other).iter().all(|hash| !hashes(all.clone()).contains(hash)));
    // As one would make it by hand: printf '%s%s' SALT LABEL | sha256sum
    let Salted { salt, label } = all[0].text.kept().unwrap();
    assert_eq!(all[0].sha256, sha256([salt.as_bytes(), label.as_bytes()].concat()));
}

#[test]
fn groups_of_older_editions_are_read_as_the_texts_they_were() {
    let row = |json: &str| serde_json::from_str::<Group>(json).unwrap();
    assert_eq!(row(r#"{"label":"Adler Solar"}"#).label(), Some("Adler Solar"));
    assert_eq!(row(r#"{"label":null}"#), Group::Missing { label: () });
    assert_eq!(row(r#"{"id":7}"#), Group::Row { id: 7, label: None });
}
