use super::*;
use crate::samples;

fn report(recipients: &str, scope: &str) -> ReportDefinition {
    let text = format!(
        "title = {{ en = \"Weekly\" }}\nlocale = \"en-GB\"\nzone = \"Europe/Berlin\"\nrecipients = [{recipients}]\n\
         [scope]\n{scope}\n[[sections]]\ntitle = {{ en = \"All\" }}\n[[sections.kpis]]\nid = \"leads\"\n"
    );
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("config/reports")).unwrap();
    std::fs::write(home.path().join("config/reports/mine.toml"), text).unwrap();
    crate::definition::find(home.path(), "mine").unwrap()
}

fn partner(key: &str, language: Option<&str>) -> Partner {
    Partner { key: key.to_owned(), address: format!("{key}@example.com"), language: language.map(str::to_owned) }
}

/// `ada@example.com: {"regions":["North"]} de-DE Europe/Berlin`
fn told(definition: &ReportDefinition, partners: &[Partner]) -> String {
    let line = |Addressee { to, readers, .. }: &Addressee| {
        let Readers { scope, locale, zone } = readers;
        format!("{}: {} {locale} {zone}", to.text(), serde_json::to_string(scope).unwrap())
    };
    addressees(definition, partners).iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn everybody_gets_what_they_may_see_in_their_language_and_zone() {
    let definition = report(
        r#""ada@example.com", { to = "Bo <bo@example.com>", regions = ["North", "South"], locale = "de-AT" },
           { to = "cy@example.com", zone = "America/New_York" }, { each = "partner" }"#,
        "",
    );
    let partners = [partner("p1", Some("fr")), partner("p2", None), partner("p3", Some("tlh"))];
    insta::assert_snapshot!(told(&definition, &partners));
}

#[test]
fn partners_who_share_an_address_get_one_mail_about_all_of_them() {
    let definition = report(r#""Ada <Ada@example.com>", { each = "partner", forms = ["csv"] }"#, "");
    let at = |key, address: &str, language| Partner { address: address.to_owned(), ..partner(key, language) };
    let partners = [
        at("p1", "Office <office@example.com>", None),
        at("p2", "solo@example.com", None),
        at("p3", "OFFICE@Example.com", Some("fr")),
        // Who is listed gets what is listed, and no second mail.
        at("p4", "ada@EXAMPLE.com", None),
    ];
    insta::assert_snapshot!(told(&definition, &partners));
    // Whatever stands first.
    let definition = report(r#"{ each = "partner" }, { to = "solo@example.com", regions = ["North"] }"#, "");
    let to: Vec<String> = addressees(&definition, &partners).into_iter().map(|one| one.to.text().to_owned()).collect();
    assert_eq!(to, ["Office <office@example.com>", "ada@EXAMPLE.com", "solo@example.com"]);
}

#[test]
fn nobody_gets_more_than_the_report_shows() {
    let definition = report(
        r#""ada@example.com", { to = "bo@example.com", regions = ["North", "South"] }, { to = "cy@example.com", teams = ["A"] }"#,
        "regions = [\"South\"]",
    );
    insta::assert_snapshot!(told(&definition, &[]));
}

#[test]
fn an_edition_is_rendered_once_for_all_who_read_it_alike_and_for_the_report_itself_first() {
    let definition = report(
        r#"{ to = "bo@example.com", regions = ["North"] }, "ada@example.com",
           { to = "cy@example.com", regions = ["North"] }, { to = "di@example.com", locale = "en-GB" }"#,
        "",
    );
    let readers = all_readers(&definition, &addressees(&definition, &[]));
    let scopes: Vec<String> = readers.iter().map(|readers| serde_json::to_string(&readers.scope).unwrap()).collect();
    assert_eq!(scopes, ["{}", r#"{"regions":["North"]}"#]);
    assert_eq!(readers[0].audience(), Readers::of_report(&definition).audience());
}

#[test]
fn recipients_that_are_none_are_refused_with_what_to_write() {
    let problem = |recipient: &str| {
        let text = samples_report().replace("recipients = []", &format!("recipients = [{recipient}]"));
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("config/reports")).unwrap();
        std::fs::write(home.path().join("config/reports/weekly.toml"), text).unwrap();
        let error = crate::definition::find(home.path(), "weekly").unwrap_err();
        error.to_string().replace(home.path().to_str().unwrap(), "HOME")
    };
    let problems = [
        "7",
        "{}",
        r#"{ to = "nobody" }"#,
        r#"{ to = "a@example.com", each = "partner" }"#,
        r#"{ each = "customer" }"#,
        r#"{ each = "partner", partners = ["p1"] }"#,
        r#"{ to = "a@example.com", region = ["North"] }"#,
        r#"{ to = "a@example.com", locale = "tlh" }"#,
        r#""a@example.com", { to = "a@example.com", regions = ["North"] }"#,
        r#""a@example.com", "Ada <A@Example.com>""#,
        r#"{ each = "partner" }, { each = "partner" }"#,
    ];
    insta::assert_snapshot!(problems.map(problem).join("\n\n"));
}

/// The text of the shipped report.
fn samples_report() -> String {
    assert_eq!(samples::definition().name, "weekly");
    include_str!("../../../../config/reports/weekly.toml").to_owned()
}

#[test]
fn a_form_is_made_once_for_all_who_read_alike_and_for_nobody_who_did_not_wish_it() {
    let definition = report(
        r#""ada@example.com", { to = "bo@example.com", forms = ["json"] }, { to = "cy@example.com", forms = ["xlsx", "json"] },
           { to = "di@example.com", locale = "de-DE", forms = ["csv"] }, { each = "partner", forms = ["csv"] }"#,
        "",
    );
    let addressees = addressees(&definition, &[partner("p1", None)]);
    let readers = all_readers(&definition, &addressees);
    assert_eq!(readers.len(), 3, "what they wish beside the mail makes no other readers");
    let wished = readers.iter().map(|readers| wished(readers, &addressees)).collect::<Vec<_>>();
    assert_eq!(wished, [vec![Form::Xlsx, Form::Json], vec![Form::Csv], vec![Form::Csv]]);
    let of = |to: &str| addressees.iter().find(|one| one.to.text() == to).unwrap().forms.clone();
    assert_eq!((of("ada@example.com"), of("cy@example.com")), (Vec::new(), vec![Form::Xlsx, Form::Json]));
}
