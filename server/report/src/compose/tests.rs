use super::*;

#[test]
fn the_address_of_an_edition_is_known_before_it_is_stored() {
    let numbers = crate::samples::numbers();
    let link = |base| imprint(&numbers, base).link;
    assert_eq!(
        link(Some("https://pegel.example.com/")).as_deref(),
        Some("https://pegel.example.com/reports/weekly/2026-W46/0")
    );
    assert_eq!(link(None), None);
}
