//! What is not in order, as one list: for the page of operations, and for whoever watches the server.

use crate::State;
use pegel_catalog::files::in_home;
use pegel_catalog::{calendar, thresholds};
use pegel_home::Problem;
use serde::Serialize;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Report,
    Template,
    Kpi,
    Thresholds,
    Calendar,
    Mapping,
    Configuration,
}

/// A file that is not in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileProblem {
    pub about: FileKind,
    /// Relative to the home.
    pub file: String,
    /// What is wrong, and where; may have several lines.
    pub message: String,
}

impl FileProblem {
    /// A problem of a file whose name is relative to the home.
    pub fn of(about: FileKind, Problem { file, message }: Problem) -> FileProblem {
        FileProblem { about, file, message }
    }
}

/// All files that are not in order now.
pub(crate) fn files_not_in_order(state: &State) -> Vec<FileProblem> {
    let mut all = (state.other_files)();
    all.extend(state.templates.problems().into_iter().map(|problem| FileProblem::of(FileKind::Template, problem)));
    all.extend(state.live.problems().into_iter().map(of_a_kpi));
    all
}

fn of_a_kpi(Problem { file, message }: Problem) -> FileProblem {
    let about = match file.as_str() {
        thresholds::FILE => FileKind::Thresholds,
        calendar::FILE => FileKind::Calendar,
        _ => FileKind::Kpi,
    };
    FileProblem { about, file: in_home(&file), message }
}
