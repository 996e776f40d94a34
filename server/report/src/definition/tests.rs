use super::*;
use pegel_kpi::data::model::{Column, Model, Table};
use pegel_kpi::time::period::Span;
use std::collections::BTreeSet;

const SMALL: &str = r#"title = { en = "Weekly", de = "Woche" }
locale = "de-DE"
zone = "Europe/Berlin"
[schedule]
weekday = "monday"
at = "07:00"
[[sections]]
title = { en = "Partners", de = "Partner" }
[[sections.kpis]]
id = "feedback_rate"
breakdowns = ["region"]
"#;

/// A definition in a file of its own.
fn parse(text: &str) -> Result<ReportDefinition, ReportError> {
    let origin = Origin::Home("weekly.toml".into());
    ReportDefinition::parse(&Entry { name: "weekly.toml".to_owned(), text: text.to_owned(), origin })
}

/// The message for the small definition with one line written differently.
fn message(line: &str, instead: &str) -> String {
    assert!(SMALL.contains(line));
    match parse(&SMALL.replace(line, instead)) {
        Err(error) => error.to_string(),
        Ok(definition) => panic!("{definition:?}"),
    }
}

#[test]
fn the_targets_of_totals_are_those_of_the_company_unless_they_are_to_be_added_up() {
    assert_eq!(parse(SMALL).unwrap().targets, Targets::Company);
    let with = |targets: &str| SMALL.replace("[schedule]", &format!("targets = \"{targets}\"\n[schedule]"));
    assert_eq!(parse(&with("sum")).unwrap().targets, Targets::Sum);
    assert!(parse(&with("sums")).unwrap_err().to_string().contains("did you mean “sum”?"));
}

#[test]
fn breakdowns_use_the_dimensions_of_their_time_unless_they_are_to_use_those_of_today() {
    assert_eq!(parse(SMALL).unwrap().dimensions, Dimensions::Then);
    let with = |dimensions: &str| SMALL.replace("[schedule]", &format!("dimensions = \"{dimensions}\"\n[schedule]"));
    assert_eq!(parse(&with("today")).unwrap().dimensions, Dimensions::Today);
    assert!(parse(&with("todays")).unwrap_err().to_string().contains("did you mean “today”?"));
}

#[test]
fn the_shipped_report_is_in_order() {
    let home = tempfile::tempdir().unwrap();
    assert!(all(home.path()).unwrap()["weekly"].is_ok());
    let weekly = find(home.path(), "weekly").unwrap();
    assert_eq!(weekly.requests().count(), 10);
    assert_eq!(weekly.trend, 13);
    assert_eq!(weekly.schedule.unwrap().text(), "every monday at 07:00, Europe/Berlin");
    assert_eq!(weekly.every.span(), Span::Week);
    assert_eq!(weekly.file, "config/reports/weekly.toml");
    assert_eq!(weekly.sha256.len(), 64);
}

#[test]
fn a_schedule_is_written_in_plain_words_or_as_cron_has_it() {
    let text = |schedule: &str| {
        let schedule = SMALL.replace("weekday = \"monday\"\nat = \"07:00\"", schedule);
        parse(&schedule).map_or_else(|error| error.to_string(), |report| report.schedule.unwrap().text())
    };
    insta::assert_snapshot!(
        [
            "when = \"every monday at 07:00\"",
            "when = \"first working day of the month at 06:30\"\nzone = \"Asia/Tokyo\"\non_holidays = \"next working day\"",
            "cron = \"0 7 * * MON\"\nfrom = \"2027-01-01\"\nuntil = \"2027-06-30\"\nat_most = 1",
            "weekday = \"monday\"\nat = \"07:00\"",
            "when = \"every monday\"",
            "when = \"every monday at 07:00\"\ncron = \"0 7 * * MON\"",
            "weekday = \"monday\"",
            "cron = \"0 7 * *\"",
            "day = 31\nat = \"07:00\"",
            "when = \"every monday at 07:00\"\nzone = \"Berlin\"",
            "when = \"every monday at 07:00\"\nfrom = \"1.1.2027\"",
            "when = \"every monday at 07:00\"\nfrom = \"2027-01-01\"\nuntil = \"2026-01-01\"",
            "when = \"every monday at 07:00\"\nat_most = 0",
            "when = \"every monday at 07:00\"\non_holidays = \"skip\"",
        ]
        .map(text)
        .join("\n")
    );
    let monthly = SMALL.replace("[schedule]", "every = \"month\"\n[schedule]");
    let third = parse(&monthly.replace("weekday = \"monday\"", "day = 3")).unwrap().schedule.unwrap();
    assert_eq!(third.rule.text(), "day 3 of the month at 07:00");
}

#[test]
fn a_file_in_the_home_replaces_the_built_in_one_and_adds_others() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(FOLDER.path);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("weekly.toml"), SMALL).unwrap();
    std::fs::write(folder.join("north.toml"), SMALL).unwrap();
    std::fs::write(folder.join("notes.txt"), "none").unwrap();
    assert_eq!(all(home.path()).unwrap().into_keys().collect::<Vec<_>>(), ["monthly", "north", "quarterly", "weekly"]);
    let weekly = find(home.path(), "weekly").unwrap();
    assert_eq!(weekly.requests().count(), 1);
    assert_eq!(weekly.title.texts().collect::<Vec<_>>(), [("en", "Weekly"), ("de", "Woche")]);
    assert_eq!(find(home.path(), "north").unwrap().name, "north");
}

#[test]
fn a_report_that_is_not_in_order_takes_down_itself_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(FOLDER.path);
    std::fs::create_dir_all(folder.join("folder.toml")).unwrap();
    std::fs::write(folder.join("north.toml"), format!("\u{feff}{SMALL}")).unwrap();
    std::fs::write(folder.join("south.toml"), b"# S\xfcden\n").unwrap();
    std::fs::write(folder.join("weekly.toml"), "title = 1").unwrap();
    std::fs::write(folder.join("._north.toml"), b"\0\x05\x16\x07").unwrap();
    std::os::unix::fs::symlink("ada@host.4711", folder.join(".#weekly.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("west.toml")).unwrap();
    let reports = all(home.path()).unwrap();
    assert_eq!(reports.keys().collect::<Vec<_>>(), ["monthly", "north", "quarterly", "south", "weekly"]);
    assert!(reports["north"].is_ok());
    let message = |name: &str| find(home.path(), name).unwrap_err().to_string();
    assert!(message("south").ends_with("south.toml cannot be read: line 1 is not UTF-8: save it as UTF-8"));
    assert!(message("weekly").contains("weekly.toml:1:"), "{}", message("weekly"));
}

#[test]
fn what_is_left_out_has_a_default() {
    let weekly = parse(SMALL).unwrap();
    assert_eq!((weekly.trend, weekly.recipients.len()), (13, 0));
    assert_eq!(weekly.scope, Scope::everything());
    // Texts and figures follow the same locale, however it is spelled.
    let shouted = parse(&SMALL.replace("de-DE", "DE-de")).unwrap();
    assert_eq!(shouted.locale, "de-DE");
    let schedule = weekly.schedule.unwrap();
    assert_eq!((schedule.missed, schedule.at_most, schedule.from), (Missed::Once, 13, None));
}

#[test]
fn an_unknown_report_is_answered_with_the_nearest() {
    let home = tempfile::tempdir().unwrap();
    let message = find(home.path(), "wekly").unwrap_err().to_string();
    assert_eq!(message, "no report is called “wekly”: did you mean “weekly”?");
    let message = find(home.path(), "north").unwrap_err().to_string();
    assert_eq!(
        message,
        "no report is called “north”: add config/reports/north.toml, or use one of monthly, quarterly, weekly"
    );
}

#[test]
fn mistakes_are_named_with_file_line_and_hint() {
    let mistakes = [
        ("zone =", "zome ="),
        ("Europe/Berlin", "Berlin"),
        ("de-DE", "nl-NL"),
        ("de-DE", "de-u-nu-deva"),
        ("de-DE", "en-u-nu-arab"),
        ("de-DE", "ar-EG"),
        ("en = \"Weekly\"", "en = \" \""),
        ("de = \"Partner\"", "de = \"\\u0007\""),
        ("en = \"Weekly\", ", ""),
        ("de = \"Woche\"", "nl = \"Week\""),
        ("{ en = \"Weekly\", de = \"Woche\" }", "\"Weekly\""),
        ("monday", "Mo"),
        ("07:00", "7 Uhr"),
        ("at =", "missed = \"skipp\"\nat ="),
        ("\"region\"", "\"region\", \"region\""),
        ("breakdowns", "worst = 0\nbreakdowns"),
        ("locale", "trend = 1\nlocale"),
        ("weekday = \"monday\"", "when = \"every monday\""),
        ("locale", "recipients = [\"Ada\"]\nlocale"),
        ("locale", "recipients = [\"a@b.c\", \"a@b.c\"]\nlocale"),
        ("id = \"feedback_rate\"", "id = \"x\"\n[[sections.kpis]]\nid = \"x\""),
        ("[[sections.kpis]]", "kpis = []\n[[other]]"),
        ("weekday = \"monday\"", "weekday = \"monday"),
        ("locale", "reply_to = \"Ada\"\nlocale"),
        ("locale", "contact = \"Ada <ada@>\"\nlocale"),
        ("locale", "contact = { en = \"\" }\nlocale"),
        ("locale", "contact = 7\nlocale"),
        ("locale", "recipients = [\n  { to = \"a@b.c\", forms = [\"xslx\"] },\n]\nlocale"),
        ("locale", "recipients = [{ to = \"a@b.c\", forms = [\"csv\", \"csv\"] }]\nlocale"),
        ("locale", "recipients = [{ channel = \"ops\", forms = [\"csv\"] }]\nlocale"),
        ("locale", "recipients = [{ channel = \"../ops\" }]\nlocale"),
        ("locale", "recipients = [{ channel = \"ops\", to = \"a@b.c\" }]\nlocale"),
        ("locale", "recipients = [{ channel = \"ops\" }, { channel = \"ops\", regions = [\"North\"] }]\nlocale"),
    ];
    let messages: Vec<String> = mistakes.map(|(line, instead)| message(line, instead)).into();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn what_the_kpis_do_not_offer_is_named_with_its_line() {
    let message = |line: &str, instead: &str| {
        let weekly = parse(&SMALL.replace(line, instead)).unwrap();
        weekly.kpis(&crate::samples::catalog()).unwrap_err().to_string()
    };
    assert_eq!(
        message("feedback_rate", "feedbak_rate"),
        "weekly.toml:10: no KPI is called “feedbak_rate”; did you mean “feedback_rate”?"
    );
    assert_eq!(
        message("region", "product_line\", \"segment\", \"kind"),
        "weekly.toml:10: feedback_rate cannot be broken down by kind: leads has no kind"
    );
    assert_eq!(message("region", "regoin"), "weekly.toml:10: “regoin” is not a dimension; did you mean “region”?");
}

#[test]
fn a_scope_says_what_it_can_restrict_and_where_other_dimensions_are() {
    let said = |line: &str| parse(&format!("{SMALL}[scope]\n{line}\n")).unwrap_err().to_string();
    insta::assert_snapshot!(
        ["region = [\"North\"]", "country = [\"DE\"]", "others = { country = [\"DE\"] }"].map(said).join("\n"),
        @r#"
    weekly.toml:13: unknown field `region`, expected one of `regions`, `teams`, `partners`: did you mean “regions”?
    weekly.toml:13: unknown field `country`, expected one of `regions`, `teams`, `partners`: the filter of the report does so by any other dimension: filter = { source = ["Web"] }
    weekly.toml:13: unknown field `others`, expected one of `regions`, `teams`, `partners`: the filter of the report does so by any other dimension: filter = { source = ["Web"] }
    "#
    );
    let of_recipient = SMALL.replace("locale", "recipients = [{ to = \"a@b.c\", country = [\"DE\"] }]\nlocale");
    let said = parse(&of_recipient).unwrap_err().to_string();
    assert!(said.contains("expected one of `to`, `each`, `channel`, `regions`, `teams`, `partners`,"), "{said}");
}

/// What is said of a scope where partners are in North and South, teams are only planned for, and nothing else is there.
fn said_of_scope(scope: &str) -> Option<String> {
    let weekly = parse(&format!("{SMALL}[scope]\n{scope}\n")).unwrap();
    let known = |table: &Table, column: &Column| {
        Ok::<_, std::io::Error>(match (&*table.name, &*column.name) {
            ("partners", "region") => ["North", "South"].map(str::to_owned).into(),
            ("partners", "key") => ["P1"].map(str::to_owned).into(),
            ("targets", "team") => ["Blue"].map(str::to_owned).into(),
            _ => BTreeSet::new(),
        })
    };
    weekly.check_scope(&Model::built_in(), known).err().map(|error| error.to_string())
}

#[test]
fn a_scope_that_names_a_group_of_which_there_is_nothing_is_refused_with_the_one_that_was_meant() {
    assert_eq!(said_of_scope("regions = [\"South\", \"North\"]\npartners = [\"P1\"]"), None);
    insta::assert_snapshot!(
        [
            said_of_scope("regions = [\"North\", \"south\"]"),
            said_of_scope("regions = [\"Elsewhere\"]"),
            said_of_scope("partners = [\"P7\"]"),
        ]
        .map(Option::unwrap)
        .join("\n"),
        @r#"
    weekly.toml:13: the scope names the region “south”, which no row of the data has: did you mean “South”?
    weekly.toml:13: the scope names the region “Elsewhere”, which no row of the data has: there are North, South
    weekly.toml:13: the scope names the partner key “P7”, which no row of the data has: did you mean “P1”?
    "#
    );
    // As long as nobody is in a team, nothing says that there will be none.
    assert_eq!(said_of_scope("teams = [\"Red\"]"), None);
}
