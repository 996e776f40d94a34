use super::*;

const SMALL: &str = r#"title = { en = "Feedback" }
locale = "de-DE"
zone = "Europe/Berlin"
recipients = ["ada@example.com"]
[[kpis]]
id = "feedback_rate"
breakdowns = ["region"]
"#;

fn parse(text: &str) -> Result<AlertDefinition, AlertError> {
    let origin = Origin::Home("feedback.toml".into());
    AlertDefinition::parse(&Entry { name: "feedback.toml".to_owned(), text: text.to_owned(), origin })
}

#[test]
fn what_ships_is_in_order_and_tells_nobody_unasked() {
    let home = tempfile::tempdir().unwrap();
    let all = all(home.path()).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["feedback"]);
    let feedback = find(home.path(), "feedback").unwrap();
    assert!(feedback.recipients.is_empty() && feedback.rows.is_none());
    assert_eq!((feedback.file.as_str(), feedback.period.as_str()), ("config/alerts/feedback.toml", "last-7-days"));
}

#[test]
fn the_examples_are_in_order() {
    let examples = BUILT_IN.get_dir("examples").unwrap();
    let steps = examples.files().map(|file| {
        let rule = parse(file.contents_utf8().unwrap()).unwrap();
        rule.rows.unwrap().steps.iter().map(|step| step.to).collect::<Vec<_>>()
    });
    assert_eq!(steps.collect::<Vec<_>>(), vec![[Whom::Partner, Whom::Rep, Whom::Manager]; 3]);
}

#[test]
fn what_is_left_out_has_a_default() {
    let rule = parse(SMALL).unwrap();
    assert_eq!((rule.check, rule.pending, rule.absent), (None, 1, Absent::Keep));
    assert_eq!((rule.judge, rule.min_sample, rule.remind_after, rule.owner), (None, None, None, None));
}

#[test]
fn mistakes_are_named_with_file_line_and_hint() {
    let rows = "[rows]\ntable = \"leads\"\nsince = [\"offered_at\"]\nuntil = [\"accepted_at\"]\n";
    let step = "[[rows.steps]]\nafter = \"8 working hours\"\nto = \"partner\"\n";
    let head = SMALL.split_once("[[kpis]]").unwrap().0;
    let mistakes = [
        head.to_owned(),
        format!("{SMALL}{rows}{step}"),
        format!("{head}{rows}steps = []\n"),
        format!("{head}{rows}{}", step.replace("8 working hours", "soon")),
        format!("{head}{rows}{}", step.replace("partner", "boss")),
        format!(
            "{}{rows}{step}",
            head.replace("\"ada@example.com\"", "{ to = \"ada@example.com\", regions = [\"North\"] }")
        ),
        format!("period = \"2026-W46\"\n{SMALL}"),
        format!("check = \"hourly\"\n{SMALL}"),
        format!("pending = 0\n{SMALL}"),
        format!("mend_by = 2.0\n{SMALL}"),
        format!("absent = \"tell\"\n{SMALL}"),
        format!("owners = \"Ada\"\n{SMALL}"),
        SMALL.replace("ada@example.com", "Ada"),
    ];
    let messages = mistakes.map(|text| parse(&text).unwrap_err().to_string());
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let home = tempfile::tempdir().unwrap();
    let said = find(home.path(), "fedback").unwrap_err().to_string();
    assert_eq!(said, "no alert is called “fedback”: did you mean “feedback”?");
}
