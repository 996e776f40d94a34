//! Whom mails about partners go to, and who leads whom.

use crate::common::{import_text, lines};
use pegel_store::testing::on_both;

const PARTNERS: &str = r#"
[[tables]]
table = "partners"
key = "id"
[tables.columns]
name = "name"
contact_email = "mail"
language = { from = "language", case = "lower" }
"#;

/// A manager stands above those who are led.
const REPS: &str = r#"
[[tables]]
table = "reps"
key = "id"
[tables.columns]
name = "name"

[[tables]]
table = "reps"
key = "id"
[tables.columns]
manager_id = { from = "manager", lookup = "key" }
"#;

#[test]
fn partners_have_an_address_and_a_language() {
    on_both(|store| {
        let file = "id,name,mail,language\n1,Nordlicht,info@example.com,FR\n2,Seebär,,\n";
        import_text(&store, PARTNERS, file).unwrap();
        let partners = lines(&store, "partners", &["name", "contact_email", "language"]);
        assert_eq!(partners, ["Nordlicht | info@example.com | fr", "Seebär | – | –"]);
    });
}

#[test]
fn reps_have_a_manager_and_a_stranger_is_none() {
    on_both(|store| {
        let summary = import_text(&store, REPS, "id,name,manager\n3,Chi,\n1,Ada,3\n2,Bo,3\n4,Dan,9\n").unwrap();
        assert_eq!(summary.rejected.len(), 1);
        assert_eq!(summary.rejected[0].faults[0].reason, "reps has no row with the key “9”");
        let reps = lines(&store, "reps", &["name", "manager.name"]);
        assert_eq!(reps, ["Ada | Chi", "Bo | Chi", "Chi | –"]);
    });
}
