//! The scripts that a command works on, wherever they lie.

use crate::cli::Global;
use crate::ending::{Failure, usage};
use crate::home::say_problems;
use anyhow::anyhow;
use pegel_catalog::CatalogError;
use pegel_catalog::files::Found;
use pegel_catalog::load::language;
use pegel_catalog::scripts::{self, ScriptFile};
use pegel_catalog::settle::settle;
use pegel_home::Problem;
use pegel_kpi::script::Language;
use std::path::Path;
use std::sync::Arc;

/// The scripts at a path, or all of the home, and the language with the helpers, thresholds and calendar around them.
pub struct Sources {
    pub scripts: Vec<ScriptFile>,
    pub language: Arc<Language>,
    /// What is wrong with files of this set, or with files that they share.
    pub problems: Vec<Problem>,
}

impl Sources {
    /// Reads them.
    ///
    /// # Errors
    /// If there are none, or the language cannot be set up.
    pub fn at(path: Option<&Path>, global: &Global) -> Result<Sources, Failure> {
        let found = Found::of_home(&global.home());
        let Some(path) = path else {
            let (language, problems) = surroundings(&found)?;
            return Ok(Sources { scripts: found.files.scripts(), language, problems });
        };
        let (scripts, wrong) = scripts::at(path);
        if scripts.is_empty() && wrong.is_empty() {
            return Err(usage(anyhow!("there is no script below {}", path.display())));
        }
        let found = Found { files: found.files.with_scripts(&scripts), unreadable: Vec::new() };
        let (language, shared) = surroundings(&found)?;
        let asked = |problem: &Problem| scripts.iter().any(|script| script.name == problem.file);
        let (mut problems, others): (Vec<_>, Vec<_>) = shared.into_iter().partition(asked);
        say_problems(&others);
        problems.extend(wrong.iter().flat_map(CatalogError::problems));
        Ok(Sources { scripts, language, problems })
    }
}

/// The language with the helpers, thresholds and calendar that are in order, and what is wrong with the others.
fn surroundings(found: &Found) -> Result<(Arc<Language>, Vec<Problem>), Failure> {
    let settled = settle(found, None, |files| language(&files)).map_err(usage)?;
    let language = settled.made.ok_or_else(|| usage(CatalogError::Files(settled.problems.clone())))?;
    Ok((language, settled.problems))
}
