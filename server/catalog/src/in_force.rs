//! One set that is in force, and what is wrong with the files that would replace it.

use crate::candidate::Candidate;
use crate::files::Files;
use crate::{Catalog, CatalogError};
use pegel_home::Problem;
use pegel_store::versions::{Activation, ActiveSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is in force at one instant, and what is wrong with the files that would replace it.
#[derive(Debug, Clone)]
pub struct InForce {
    pub catalog: Arc<Catalog>,
    /// What the catalogue is made from.
    pub files: Files,
    /// `None` where nothing is recorded.
    pub activation: Option<Activation>,
    /// Why files as they are now did not come into force, by file; empty if all did.
    pub problems: Vec<Problem>,
    /// The files that were changed and have no problem, and wait until those that have are mended.
    pub waiting: Vec<String>,
    /// When the version of each file was activated first, UTC seconds.
    since: BTreeMap<String, i64>,
}

impl InForce {
    /// A catalogue that comes from nowhere.
    pub(crate) fn unrecorded(catalog: Catalog) -> InForce {
        InForce {
            catalog: Arc::new(catalog),
            files: Files::default(),
            activation: None,
            problems: Vec::new(),
            waiting: Vec::new(),
            since: BTreeMap::new(),
        }
    }

    /// A candidate that was recorded as this set.
    pub(crate) fn recorded(candidate: Candidate, set: Option<ActiveSet>) -> InForce {
        let versions = set.iter().flat_map(|set| &set.versions);
        InForce {
            since: versions.map(|version| (version.file.clone(), version.created_at)).collect(),
            files: candidate.files,
            activation: set.map(|set| set.activation),
            ..InForce::unrecorded(candidate.catalog)
        }
    }

    /// What an activation says.
    pub(crate) fn by(set: ActiveSet) -> Result<InForce, CatalogError> {
        let since = set.versions.iter().map(|version| (version.file.clone(), version.created_at)).collect();
        let files = Files::of_versions(set.versions);
        let catalog = Catalog::of(&files)?;
        Ok(InForce { files, since, activation: Some(set.activation), ..InForce::unrecorded(catalog) })
    }

    /// The same, with files that are not in order and those that wait for them.
    pub(crate) fn beside(&self, problems: Vec<Problem>, waiting: Vec<String>) -> InForce {
        InForce { problems, waiting, ..self.clone() }
    }

    /// The same, with the refused files of another set.
    pub(crate) fn beside_those_of(self, before: &InForce) -> InForce {
        InForce { problems: before.problems.clone(), waiting: before.waiting.clone(), ..self }
    }

    /// The same, with all files in order.
    pub(crate) fn in_order(&self) -> InForce {
        self.beside(Vec::new(), Vec::new())
    }

    /// What is wrong with a file as it is now.
    pub fn problem_of(&self, file: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.file == file)
    }

    /// What is wrong with files that have no KPI in force.
    pub fn other_problems(&self) -> impl Iterator<Item = &Problem> {
        let of_a_kpi = |problem: &&Problem| self.catalog.kpis.iter().any(|kpi| kpi.file == problem.file);
        self.problems.iter().filter(move |problem| !of_a_kpi(problem))
    }

    /// When the version of a file that is in force was activated first, UTC seconds.
    pub fn since(&self, file: &str) -> Option<i64> {
        self.since.get(file).copied()
    }

    /// The id of the activation, and the digest of the files that it decided about.
    pub(crate) fn decision(&self) -> Option<(i64, String)> {
        self.activation.as_ref().map(|activation| (activation.id, activation.files_sha256.clone()))
    }
}
