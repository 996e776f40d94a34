//! `pegel kpi new`: a commented script to begin with.

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke, usage};
use anyhow::{Context, anyhow};
use pegel_kpi::definition::declaration::is_id;
use std::fs::{self, OpenOptions};
use std::io::Write;

const TEMPLATE: &str = include_str!("new.rhai.txt");

/// Writes the script into the home; what is there already stays.
pub fn run(id: &str, pack: &str, global: &Global) -> Ending {
    for (what, name) in [("an id", id), ("a pack", pack)] {
        if !is_id(name) {
            return Err(usage(anyhow!(
                "“{name}” is not {what}: use small letters, digits and _, beginning with a letter"
            )));
        }
    }
    if pack == "lib" {
        return Err(usage(anyhow!("kpis/lib/ holds helpers that scripts share, and no KPIs; choose another pack")));
    }
    if global.open(&global.home())?.catalog()?.kpis.iter().any(|kpi| kpi.id() == id) {
        return Err(usage(anyhow!("there is a KPI “{id}” already; `pegel kpi show {id}` prints it")));
    }
    let folder = global.home().join("kpis").join(pack);
    let path = folder.join(format!("{id}.rhai"));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string()).map_err(broke)?;
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = file.with_context(|| path.display().to_string()).map_err(usage)?;
    file.write_all(script(id).as_bytes()).map_err(broke)?;
    answer(path.display());
    Ok(Done::InOrder)
}

/// A script to begin with, with comments.
pub fn script(id: &str) -> String {
    TEMPLATE.replace("{{id}}", id)
}
