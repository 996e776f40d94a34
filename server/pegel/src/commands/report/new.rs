//! `pegel report new`: a commented report to begin with.

use crate::ending::{Done, Ending, answer, broke, usage};
use crate::home::Home;
use anyhow::{Context, anyhow};
use pegel_kpi::definition::declaration::is_id;
use pegel_report::definition::{self, Every, file_of};
use std::fs::{self, OpenOptions};
use std::io::Write;

const TEMPLATE: &str = include_str!("new.toml.txt");

/// Writes the report into the home; what is there already stays.
pub fn run(name: &str, every: &str, home: &Home) -> Ending {
    if !is_id(name) {
        return Err(usage(anyhow!(
            "“{name}” is no name of a report: use small letters, digits and _, beginning with a letter"
        )));
    }
    if definition::all(&home.path).map_err(usage)?.contains_key(name) {
        return Err(usage(anyhow!("there is a report “{name}” already; `pegel report show {name}` says what it is")));
    }
    let path = home.path.join(file_of(name));
    let folder = path.parent().unwrap_or(&home.path);
    fs::create_dir_all(folder).with_context(|| folder.display().to_string()).map_err(broke)?;
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = file.with_context(|| path.display().to_string()).map_err(usage)?;
    file.write_all(text(name, every).as_bytes()).map_err(broke)?;
    answer(path.display());
    Ok(Done::InOrder)
}

/// A report to begin with, with comments.
fn text(name: &str, every: &str) -> String {
    let schedule = if every == Every::Week.name() {
        "every monday at 07:00".to_owned()
    } else if every == Every::Day.name() {
        "every day at 07:00".to_owned()
    } else {
        format!("third working day of the {every} at 07:00")
    };
    let title = name.replace('_', " ");
    TEMPLATE.replace("{{title}}", &title).replace("{{every}}", every).replace("{{schedule}}", &schedule)
}
