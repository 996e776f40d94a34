//! What is not in order, as one list: for the page of operations, and for whoever watches the server.

use crate::State;
use pegel_catalog::files::in_home;
use pegel_catalog::{calendar, thresholds};
use pegel_home::Problem;
use pegel_store::StoreError;
use pegel_store::outbox::Held;
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

/// Mails that are not on their way.
pub(crate) struct MailTrouble {
    /// Those that wait for an operator.
    pub held: Option<Held>,
    pub given_up: i64,
}

impl MailTrouble {
    pub(crate) fn now(state: &State) -> Result<MailTrouble, StoreError> {
        Ok(MailTrouble { held: state.store.held_mails()?, given_up: state.store.given_up_mails()? })
    }
}

fn of_a_kpi(Problem { file, message }: Problem) -> FileProblem {
    let about = match file.as_str() {
        thresholds::FILE => FileKind::Thresholds,
        calendar::FILE => FileKind::Calendar,
        _ => FileKind::Kpi,
    };
    FileProblem { about, file: in_home(&file), message }
}
