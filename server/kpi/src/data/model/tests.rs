use super::*;

const INVOICES: &str = r#"row = "A bill."
columns = [
    { name = "customer_id", refers_to = "customers" },
    { name = "sent_on", kind = "date", holds = "first day" },
    { name = "amount", kind = "money" },
]
"#;

fn the(name: &str) -> Table {
    Model::built_in().table(name).unwrap()
}

fn texts(located: Option<&Located>) -> Vec<String> {
    let Some(Located::Text(paths)) = located else { panic!("{located:?}") };
    paths.iter().map(Path::to_string).collect()
}

fn row(located: Option<&Located>) -> (String, String) {
    let Some(Located::Row { key, label }) = located else { panic!("{located:?}") };
    (key.to_string(), label.to_string())
}

/// What is said about a text that describes a table, on one line.
fn said(name: &str, text: &str) -> String {
    let wrong = Model::with(&[(name, text)]).unwrap_err();
    let place = format!("{}:{}:{}", wrong.file, wrong.line.unwrap(), wrong.column.unwrap());
    let hint = wrong.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{place}: {}{hint}", wrong.message)
}

#[test]
fn a_facts_region_is_its_own_else_its_partners_else_its_reps_else_its_customers() {
    let leads = the("leads");
    let expected = ["region", "partner.region", "rep.region", "customer.region"];
    assert_eq!(texts(leads.located(Dimension::Region)), expected);
    // A change of an opportunity is seen by those who see the opportunity.
    let of_the_opportunity = expected.map(|path| format!("opportunity.{path}"));
    assert_eq!(texts(the("opportunity_changes").located(Dimension::Region)), of_the_opportunity);
}

#[test]
fn groups_that_are_rows_are_told_apart_by_their_id_and_shown_by_their_name() {
    let of = |table| row(the(table).located(Dimension::Partner));
    assert_eq!(of("partners"), ("id".to_owned(), "name".to_owned()));
    assert_eq!(of("leads"), ("partner_id".to_owned(), "partner.name".to_owned()));
    let through = ("opportunity.partner_id".to_owned(), "opportunity.partner.name".to_owned());
    assert_eq!(of("opportunity_changes"), through);
}

#[test]
fn a_table_without_the_dimension_says_so_and_every_table_has_months() {
    assert_eq!(the("costs").located(Dimension::Partner), None);
    assert_eq!(the("costs").located(Dimension::Month), Some(&Located::Dated));
}

#[test]
fn plans_are_made_at_levels_by_columns_of_their_own() {
    let levels = |table| -> Option<Vec<String>> {
        let column = |level: &Level| level.column.as_ref().map_or("-".to_owned(), |column| column.name.to_string());
        the(table).levels.as_ref().map(|levels| levels.iter().map(column).collect())
    };
    assert_eq!(levels("targets").unwrap(), ["rep_id", "partner_id", "team", "region"]);
    // A forecast names no team.
    assert_eq!(levels("forecasts").unwrap(), ["rep_id", "partner_id", "-", "region"]);
    assert_eq!(levels("orders"), None);
}

#[test]
fn a_history_keeps_what_both_tables_have() {
    let (changes, history) = the("opportunities").history().unwrap();
    assert_eq!(
        (&*changes.name, &*history.of.name, &*history.until.name),
        ("opportunity_changes", "opportunity", "changed_at")
    );
    let kept: Vec<&str> = history.kept.iter().map(|column| &*column.name).collect();
    assert_eq!(kept, ["stage", "amount", "probability", "expected_close_on"]);
    assert_eq!(changes.history_of().map(|of| &*of.table), Some("opportunities"));
    assert!(the("leads").history().is_none());
}

#[test]
fn children_are_found_by_the_one_key_that_points_back() {
    let leads = the("leads");
    let (child, reference) = leads.children("opportunities").unwrap();
    assert_eq!((&*child.name, &*reference.column.name), ("opportunities", "lead_id"));
    assert!(leads.children("partners").is_none());
    // Who referred a customer is no part of that customer.
    assert!(the("customers").children("customers").is_none());
    let all: Vec<String> = leads.all_children().map(str::to_owned).collect();
    assert_eq!(all, ["lead_offers", "opportunities", "activities"]);
}

#[test]
fn a_path_leads_through_references_to_a_column() {
    let path = |names: &[&str]| the("opportunities").path(names).map(|path| path.to_string());
    assert_eq!(path(&["lead", "partner", "region"]), Some("lead.partner.region".to_owned()));
    assert_eq!(path(&["amount"]), Some("amount".to_owned()));
    assert_eq!(path(&["lead", "nowhere"]), None);
    assert_eq!(path(&["region", "name"]), None);
    assert_eq!(path(&[]), None);
}

#[test]
fn tables_that_are_described_alike_are_the_same() {
    assert_eq!(the("leads"), the("leads"));
    assert_ne!(the("leads"), the("orders"));
}

#[test]
fn a_table_stands_behind_those_that_it_refers_to() {
    let payments = "row = \"\"\ncolumns = [{ name = \"invoice_id\", refers_to = \"invoices\" }]\n";
    let model = Model::with(&[("payments", payments), ("invoices", INVOICES)]).unwrap();
    assert_eq!(model.names().skip(15).collect::<Vec<_>>(), ["invoices", "payments"]);
    // What is built in knows nothing of it, but where it is part of the same model.
    assert!(model.table("customers").unwrap().children("invoices").is_some());
    assert!(the("customers").children("invoices").is_none());
}

#[test]
fn a_column_is_known_since_its_milestone_or_since_its_row_exists() {
    let known = |table: &str, column: &str| {
        let table = the(table);
        let milestone = table.known_since(table.column(column).unwrap())?;
        let only = milestone.only.map(|(column, text)| format!(" where {} is {text}", column.name));
        Some(format!("{}{}", milestone.at.name, only.unwrap_or_default()))
    };
    let exists = |table: &str| the(table).exists_since().map(|column| column.name.to_string());
    assert_eq!(exists("leads").as_deref(), Some("created_at"));
    assert_eq!(exists("observations").as_deref(), Some("observed_on"));
    for always in ["partners", "reps", "products", "targets", "forecasts", "costs"] {
        assert_eq!(exists(always), None, "{always}");
    }
    // An instant is known since itself; that since which the row exists, as long as the row.
    assert_eq!(known("leads", "accepted_at").as_deref(), Some("accepted_at"));
    assert_eq!(known("leads", "created_at"), None);
    assert_eq!(known("leads", "outcome").as_deref(), Some("closed_at"));
    assert_eq!(known("leads", "quality").as_deref(), Some("qualified_at"));
    assert_eq!(known("leads", "amount").as_deref(), Some("closed_at where outcome is won"));
    assert_eq!(known("lead_offers", "answer").as_deref(), Some("answered_at"));
    // A planned date is known since the row exists, as everything else is.
    assert_eq!(known("opportunities", "expected_close_on"), None);
    assert_eq!(known("leads", "source"), None);
}

#[test]
fn what_is_described_wrongly_is_said_with_its_place() {
    let wrong = |old: &str, new: &str| said("invoices", &INVOICES.replace(old, new));
    let kept =
        "history = { of = \"customer\", until = \"sent_at\" }\ncolumns = [{ name = \"sent_at\", kind = \"instant\" },";
    let all = [
        wrong("kind = \"money\"", "kind = \"mony\""),
        wrong("kind = \"money\"", "knd = \"money\""),
        wrong(", kind = \"money\"", ""),
        wrong("kind = \"money\"", "kind = \"integer\", refers_to = \"leads\""),
        wrong("\"customers\"", "\"customer\""),
        wrong("\"sent_on\"", "\"customer\""),
        wrong("\"sent_on\"", "\"key\""),
        wrong("\"sent_on\"", "\"Sent on\""),
        wrong("customer_id", "bought_by"),
        wrong("kind = \"money\"", "kind = \"money\", called = \"sum\""),
        wrong("kind = \"money\"", "kind = \"money\", spans = true"),
        wrong("columns", "exists_since = \"sent_at\"\ncolumns"),
        wrong("kind = \"money\"", "kind = \"money\", known_since = \"paid_on\""),
        wrong(
            "kind = \"money\"",
            "kind = \"money\", known_since = { milestone = \"sent_on\", where = \"state\", is = \"paid\" }",
        ),
        wrong("columns", "levels = [\"reps\"]\ncolumns"),
        wrong("columns", "groups = { dimension = \"rep\", label = \"amount\" }\ncolumns"),
        wrong("columns", "groups = { dimension = \"team\", label = \"amount\" }\ncolumns"),
        wrong("columns", "history = { of = \"customers\", until = \"sent_on\" }\ncolumns"),
        wrong("columns", "history = { of = \"customer\", until = \"sent_on\" }\ncolumns"),
        wrong("columns = [", kept),
        said("leads", INVOICES),
        said("period", INVOICES),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    config/tables/invoices.toml:5:32: “mony” is not a kind of column; did you mean “money”?
    config/tables/invoices.toml:5:24: unknown field `knd`, expected one of `name`, `kind`, `refers_to`, `called`, `holds`, `spans`, `known_since`, `per_system`
    config/tables/invoices.toml:5:15: nothing says what “amount” holds; write kind = "text", or refers_to = "partners"
    config/tables/invoices.toml:5:32: “amount” has a kind and refers to a table; leave out kind: what refers to a row holds its id
    config/tables/invoices.toml:3:42: there is no table “customer”; did you mean “customers”?
    config/tables/invoices.toml:4:15: invoices has two of “customer”; choose another name
    config/tables/invoices.toml:4:15: every table has “key”; leave it out
    config/tables/invoices.toml:4:15: nothing can be called “Sent on”; a name has small letters, digits and _, and begins with a letter
    config/tables/invoices.toml:3:15: nothing says how the row is called that “bought_by” refers to; write called = "…", as scripts will call that row
    config/tables/invoices.toml:5:50: “amount” refers to no table: leave out `called`
    config/tables/invoices.toml:5:48: “amount” holds no texts, as it must for that; leave this out
    config/tables/invoices.toml:2:17: invoices has no date “sent_at”; did you mean “sent_on”?
    config/tables/invoices.toml:5:55: invoices has no date “paid_on”; there are sent_on
    config/tables/invoices.toml:5:54: invoices has no column “state” with texts
    config/tables/invoices.toml:2:12: “reps” is not a dimension; did you mean “rep”?
    config/tables/invoices.toml:2:25: the groups of rep are rows of reps already; leave out `groups`
    config/tables/invoices.toml:2:41: invoices has no column “amount” with texts
    config/tables/invoices.toml:2:19: invoices refers to no row as “customers”; did you mean “customer”?
    config/tables/invoices.toml:2:39: invoices has no instant “sent_on”
    config/tables/invoices.toml:5:15: customers has no “sent_on” of this kind that could be kept; keep columns that it has, by their names
    config/tables/leads.toml:1:1: there are two tables “leads”; give one of them another name
    config/tables/period.toml:1:1: no table can be called “period”; a name has small letters, digits and _, begins with a letter, and is not “period”
    "#);
}

#[test]
fn tables_in_a_circle_are_refused() {
    let to = |other: &str| format!("row = \"\"\ncolumns = [{{ name = \"{other}_id\", refers_to = \"{other}\" }}]\n");
    let wrong = Model::with(&[("eggs", &to("hens")), ("hens", &to("eggs"))]).unwrap_err();
    assert_eq!((wrong.file.as_str(), wrong.line), ("config/tables/eggs.toml", Some(2)));
    assert!(wrong.message.contains("in a circle"), "{wrong}");
}

#[test]
fn dimensions_are_found_where_there_is_something() {
    let said = |dimensions: &str| Model::parse(&[("invoices", "row = \"\"\ncolumns = []")], dimensions).unwrap_err();
    let (lost, unknown) = (said("region = [\n\"partner.regoin\"]"), said("reigon = []"));
    assert_eq!((lost.file.as_str(), lost.line), ("config/dimensions.toml", Some(2)));
    assert_eq!(lost.message, "“partner.regoin” leads nowhere, from whichever table");
    assert_eq!((unknown.line, unknown.hint.as_deref()), (Some(1), Some("did you mean “region”?")));
    assert_eq!(said("").message, "nothing says where partner is found");
}
