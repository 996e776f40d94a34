//! `pegel migrate`

use crate::cli::Global;
use crate::ending::{Done, Ending, answer, broke, note, usage};
use crate::home::database_failure;
use pegel_catalog::load::model_of_home;
use pegel_store::Store;

/// Brings the schema up to date, and names the migrations that ran and the tables and columns that were made.
pub fn run(global: &Global) -> Ending {
    let home = global.open(&global.home())?;
    let model = model_of_home(&home.path).map_err(usage)?;
    let ran = Store::open_existing(&home.database_url()).map_err(database_failure)?.migrate(&model).map_err(broke)?;
    if ran.is_empty() {
        note("the schema is up to date");
    }
    ran.iter().for_each(answer);
    Ok(Done::InOrder)
}
