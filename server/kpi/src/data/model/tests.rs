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
    let wrong = Model::with(&[(name, text)], "").unwrap_err();
    let place = format!("{}:{}:{}", wrong.file, wrong.line.unwrap(), wrong.column.unwrap());
    let hint = wrong.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{place}: {}{hint}", wrong.message)
}

#[test]
fn no_table_is_called_like_one_of_the_database() {
    for name in ["runs", "spans", "import_undo", "orders_readable", "sqlite_x", "pg_class", "staged_0", "found_1_2"] {
        let wrong = Model::with(&[(name, INVOICES)], "").unwrap_err().to_string();
        assert!(wrong.contains(&format!("no table can be called “{name}”")), "{wrong}");
    }
    for name in ["found", "known_faults", "staged_deals", "order_imports"] {
        assert!(Model::with(&[(name, INVOICES)], "").is_ok(), "{name}");
    }
}

#[test]
fn a_facts_region_is_its_own_else_its_partners_else_its_reps_else_its_customers() {
    let leads = the("leads");
    let expected = ["region", "partner.region", "rep.region", "customer.region"];
    assert_eq!(texts(leads.located(&Dimension::REGION)), expected);
    // A change of an opportunity is seen by those who see the opportunity.
    let of_the_opportunity = expected.map(|path| format!("opportunity.{path}"));
    assert_eq!(texts(the("opportunity_changes").located(&Dimension::REGION)), of_the_opportunity);
}

#[test]
fn groups_that_are_rows_are_told_apart_by_their_id_and_shown_by_their_name() {
    let of = |table| row(the(table).located(&Dimension::PARTNER));
    assert_eq!(of("partners"), ("id".to_owned(), "name".to_owned()));
    assert_eq!(of("leads"), ("partner_id".to_owned(), "partner.name".to_owned()));
    let through = ("opportunity.partner_id".to_owned(), "opportunity.partner.name".to_owned());
    assert_eq!(of("opportunity_changes"), through);
}

#[test]
fn a_table_without_the_dimension_says_so_and_every_table_has_months() {
    assert_eq!(the("costs").located(&Dimension::PARTNER), None);
    assert_eq!(the("costs").located(&Dimension::MONTH), Some(&Located::Dated));
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
    let model = Model::with(&[("payments", payments), ("invoices", INVOICES)], "").unwrap();
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
    let many: Vec<String> = (0..250).map(|at| format!("{{ name = \"c{at}\", kind = \"text\" }}, ")).collect();
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
        said("imports", INVOICES),
        wrong("\"sent_on\"", "\"ctid\""),
        wrong("columns = [", &format!("columns = [{}", many.concat())),
        wrong("kind = \"money\"", "kind = \"money\", words = [\"paid\"]"),
        wrong("kind = \"money\"", "kind = \"money\", range = [0, 1]"),
        wrong("kind = \"money\"", "kind = \"number\", range = [1, 0]"),
        wrong("kind = \"money\"", "kind = \"money\", after = \"sent_on\""),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    config/tables/invoices.toml:5:32: “mony” is not a kind of column; did you mean “money”?
    config/tables/invoices.toml:5:24: unknown field `knd`, expected one of `name`, `kind`, `refers_to`, `called`, `holds`, `spans`, `known_since`, `per_system`, `words`, `range`, `after`, `every_row`
    config/tables/invoices.toml:5:15: nothing says what “amount” holds; write kind = "text", or refers_to = "partners"
    config/tables/invoices.toml:5:32: “amount” has a kind and refers to a table; leave out kind: what refers to a row holds its id
    config/tables/invoices.toml:3:42: there is no table “customer”; did you mean “customers”?
    config/tables/invoices.toml:4:15: invoices has two of “customer”; choose another name
    config/tables/invoices.toml:4:15: every table has “key”; leave it out
    config/tables/invoices.toml:4:15: nothing can be called “Sent on”; a name has small letters, digits and _, begins with a letter, and is no longer than 30
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
    config/tables/leads.toml:2:1: unknown field `columns`, expected `attributes`; leads comes with Pegel: a home adds [[attributes]] to it, nothing else
    config/tables/period.toml:1:1: no table can be called “period”; a name has small letters, digits and _, begins with a letter, is short, and none of “title”, “period”, “name”, “kpi”, “by”, “expect”, “beside”, “tolerance”, “parameters”
    config/tables/imports.toml:1:1: no table can be called “imports”; the database has or makes one of that name: call it otherwise
    config/tables/invoices.toml:4:15: no column can be called “ctid”; the database calls one so: choose another name
    config/tables/invoices.toml:3:15: invoices has more than 250 columns; what no figure calculates with can be an attribute
    config/tables/invoices.toml:5:48: “amount” holds no texts that could be listed; list the texts of a column of texts
    config/tables/invoices.toml:5:48: “amount” cannot lie in such a range; give one to a number or an integer
    config/tables/invoices.toml:5:49: “amount” cannot lie in such a range; write the smaller number first
    config/tables/invoices.toml:5:49: “amount” and “sent_on” cannot be compared; compare two dates, with or without times
    "#);
}

#[test]
fn tables_in_a_circle_are_refused() {
    let to = |other: &str| format!("row = \"\"\ncolumns = [{{ name = \"{other}_id\", refers_to = \"{other}\" }}]\n");
    let wrong = Model::with(&[("eggs", &to("hens")), ("hens", &to("eggs"))], "").unwrap_err();
    assert_eq!((wrong.file.as_str(), wrong.line), ("config/tables/eggs.toml", Some(2)));
    assert!(wrong.message.contains("in a circle"), "{wrong}");
}

#[test]
fn dimensions_are_found_where_there_is_something() {
    let said = |dimensions: &str| {
        let wrong = Model::with(&[("invoices", INVOICES)], dimensions).unwrap_err();
        let hint = wrong.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("{}:{}:{}: {}{hint}", wrong.file, wrong.line.unwrap(), wrong.column.unwrap(), wrong.message)
    };
    let all = [
        said("region = [\n\"partner.regoin\"]"),
        said("quality = []"),
        said("[quality]\nleads = [\"qualty\"]"),
        said("[worth]\nleads = [\"amount\"]"),
        said("[quality]\nleads = []"),
        said("[quality]\nlead = [\"quality\"]"),
        said("[quality]\ntitle = { de = \"Güte\" }\nleads = [\"quality\"]"),
        said("campaign_code = [\"attributes.campaign_code\"]"),
        said("month = [\"created_at\"]"),
        said("[quality]\ntitle = { en = \"Quality\" }"),
        said("Quality = [\"quality\"]"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    config/dimensions.toml:2:2: “partner.regoin” leads nowhere, from whichever table; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:1:11: nothing says where quality is found, from whichever table; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:2:11: “qualty” leads nowhere, from leads; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:2:11: “amount” leads nowhere, from leads; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:1:1: nothing says where quality is found, from leads; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:2:1: there is no table “lead”; did you mean “leads”?
    config/dimensions.toml:1:1: expected a list such as ["partner.region"], or for each table such a list, and a title, in English at least
    config/dimensions.toml:1:19: “attributes.campaign_code” leads nowhere, from whichever table; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:1:1: nothing needs to say where the month is found; leave it out: the month follows from the date of the row
    config/dimensions.toml:1:1: nothing says where quality is found, from whichever table; write a column of texts, an attribute that is a text, a number, or yes or no, or references that lead to one: partner.region
    config/dimensions.toml:1:1: nothing can be called “Quality”; a name has small letters, digits and _, begins with a letter, and is no longer than 30
    "#);
}

/// A home that says more about leads than Pegel does.
fn more_about_leads() -> Model {
    let leads = r#"
[[attributes]]
name = "delivered_at"
kind = "instant"
holds = "when it came"

[[attributes]]
name = "discount"
kind = "money"
known_since = "delivered_at"

[[attributes]]
name = "campaign_code"
kind = "text"
"#;
    let dimensions = r#"
campaign_code = ["attributes.campaign_code", "lead.attributes.campaign_code"]

[quality]
title = { en = "Quality", de = "Güte" }
leads = ["quality"]
opportunities = ["lead.quality"]

[fair]
leads = ["attributes.fair"]

[region]
orders = ["channel"]
"#;
    Model::with(&[("leads", leads)], dimensions).unwrap()
}

#[test]
fn an_attribute_that_is_declared_has_a_kind_and_is_known_like_a_column() {
    let leads = more_about_leads().table("leads").unwrap();
    let known = |name: &str| leads.known_since(&leads.attribute(name)).map(|milestone| milestone.at.name.to_string());
    assert_eq!(leads.attribute("delivered_at").kind, Kind::Instant);
    assert_eq!(known("delivered_at").as_deref(), Some("delivered_at"));
    assert_eq!((leads.attribute("discount").kind, known("discount").as_deref()), (Kind::Money, Some("delivered_at")));
    // What nobody declares is a text, known since the row exists.
    assert_eq!((leads.attribute("fair").kind, known("fair")), (Kind::Text, None));
    assert!(!leads.own && leads.column("delivered_at").is_none());
}

#[test]
fn a_home_adds_attributes_to_a_built_in_table_and_nothing_else() {
    let with = |more: &str| said("leads", &format!("[[attributes]]\nname = \"code\"\n{more}"));
    let all = [
        with("kind = \"text\"\n[[columns]]\nname = \"a\""),
        with("kind = \"txt\""),
        with("holds = \"a code\""),
        with("kind = \"text\"\nspans = true"),
        with("kind = \"text\"\nknown_since = \"sent_at\""),
        with("kind = \"text\"\n[[attributes]]\nname = \"code\"\nkind = \"text\""),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    config/tables/leads.toml:4:3: unknown field `columns`, expected `attributes`; leads comes with Pegel: a home adds [[attributes]] to it, nothing else
    config/tables/leads.toml:3:9: “txt” is not a kind of column; did you mean “text”?
    config/tables/leads.toml:2:9: nothing says what “code” holds; write kind = "text", or "number", "money", "date", "instant"
    config/tables/leads.toml:4:9: only a column can be that, and “code” is an attribute; leave it out: an attribute has name, kind, holds and known_since
    config/tables/leads.toml:4:16: leads has no date “sent_at”; there are created_at, qualified_at, offered_at, accepted_at, contacted_at, first_meeting_at, second_meeting_at, quoted_at, contract_sent_at, feedback_at, closed_at
    config/tables/leads.toml:5:9: leads has two attributes “code”; declare it once
    "#);
}

#[test]
fn a_home_adds_dimensions_and_says_where_a_table_carries_one() {
    let model = more_about_leads();
    let of = |table: &str, name: &str| {
        let table = model.table(table).unwrap();
        table.located(&Dimension::named(name.to_owned())).map(|located| texts(Some(located)))
    };
    assert_eq!(of("leads", "quality").unwrap(), ["quality"]);
    assert_eq!(of("opportunities", "quality").unwrap(), ["lead.quality"]);
    assert_eq!(of("orders", "quality"), None);
    // Everywhere where it is found, as far as the attribute is declared; and where a table is named, it need not be.
    assert_eq!(of("leads", "campaign_code").unwrap(), ["attr(\"campaign_code\")"]);
    assert_eq!(of("activities", "campaign_code").unwrap(), ["lead.attr(\"campaign_code\")"]);
    assert_eq!(of("orders", "campaign_code"), None);
    assert_eq!(of("leads", "fair").unwrap(), ["attr(\"fair\")"]);
    // A built-in one is found elsewhere in that table alone.
    assert_eq!(of("orders", "region").unwrap(), ["channel"]);
    assert_eq!(of("leads", "region").unwrap().len(), 4);
    let names: Vec<&str> = model.dimensions().map(Dimension::name).skip(12).collect();
    assert_eq!(names, ["kind", "campaign_code", "quality", "fair", "month"]);
    assert_eq!(model.titles()["dimension_quality"].in_english(), "Quality");
    assert_eq!(model.dimension("qualty").unwrap_err().hint, "did you mean “quality”?");
}
