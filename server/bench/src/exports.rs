//! Files of leads as a CRM exports them.

use crate::leads::{HOUR, WEEK};
use pegel_store::Store;

/// Seven hours after a week is over, at six in the morning, its leads are exported.
const EXPORTED: i64 = 7 * HOUR;

/// What becomes of a lead, and when.
const MILESTONES: [&str; 5] = ["offered_at", "accepted_at", "contacted_at", "feedback_at", "closed_at"];
const HEADER: &str = "key;created_at;offered_at;accepted_at;contacted_at;feedback_at;closed_at;outcome;amount";

/// How such a file is read.
pub const MAPPING: &str = r#"
[source]
zone = "UTC"
delimiter = ";"
dates = ["unix"]
[[tables]]
table = "leads"
key = "key"
[tables.columns]
created_at = "created_at"
offered_at = "offered_at"
accepted_at = "accepted_at"
contacted_at = "contacted_at"
feedback_at = "feedback_at"
closed_at = "closed_at"
outcome = "outcome"
amount = { from = "amount", scale = "0.01" }
"#;

/// A file with one lead, created at that instant, of which nothing has become yet.
pub fn one_lead(key: &str, created_at: i64) -> String {
    format!("{HEADER}\n{key};{created_at};;;;;;;100\n")
}

/// What a week brought, as two files.
pub struct Week {
    /// Its leads.
    pub new: String,
    /// The leads that there were before, of which something became in it.
    pub older: String,
}

/// Takes the week that ends at an instant, in UTC seconds, out of the database, so that this is as it was a week before.
///
/// # Panics
/// If the database does not answer.
pub fn take_last_week(store: &Store, end: i64) -> Week {
    let (since, before, now) = (end - WEEK, end - WEEK + EXPORTED, end + EXPORTED);
    let happened = |milestone: &str| format!("CASE WHEN {milestone} <= {now} THEN {milestone} END");
    let text = |value: &str| format!("coalesce(CAST({value} AS TEXT), '')");
    let milestones = MILESTONES.map(|milestone| text(&happened(milestone))).join(" || ';' || ");
    let outcome = text(&format!("CASE WHEN closed_at <= {now} THEN outcome END"));
    let later = MILESTONES.map(|milestone| format!("{milestone} BETWEEN {before} + 1 AND {now}")).join(" OR ");
    let file = |which: &str| {
        let rows = store.texts(&format!(
            "SELECT key || ';' || created_at || ';' || {milestones} || ';' || {outcome} || ';' || amount AS value
             FROM leads WHERE {which} ORDER BY id"
        ));
        format!("{HEADER}\n{}\n", rows.expect("the database answers").join("\n"))
    };
    let new = file(&format!("created_at >= {since}"));
    let older = file(&format!("created_at < {since} AND ({later})"));
    let forgotten = |milestone: &str| format!("{milestone} = CASE WHEN {milestone} <= {before} THEN {milestone} END");
    let forgotten = MILESTONES.map(forgotten).join(", ");
    let at_all = MILESTONES.map(|milestone| format!("{milestone} > {before}")).join(" OR ");
    for statement in [
        format!("DELETE FROM leads WHERE created_at >= {since}"),
        format!(
            "UPDATE leads SET outcome = CASE WHEN closed_at <= {before} THEN outcome END, {forgotten} WHERE {at_all}"
        ),
    ] {
        store.execute(&statement).expect("the database answers");
    }
    Week { new, older }
}
