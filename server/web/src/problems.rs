//! What is not in order, as one list: for the page of operations and for monitoring.

use crate::State;
use crate::problem::{About, Problem};
use jiff::Timestamp;
use pegel_catalog::files::in_home;
use pegel_catalog::{calendar, thresholds};
use pegel_store::StoreError;
use pegel_store::outbox::Held;

/// All that is not in order now.
pub(crate) fn all(state: &State) -> Vec<Problem> {
    let mut all = (state.other_problems)();
    let templates = state.templates.problems().into_iter().chain(state.typesetter.problems());
    all.extend(templates.map(|problem| Problem::of_file(About::Template, problem)));
    all.extend(state.live.problems().into_iter().map(of_a_kpi));
    all
}

/// Runs and mails that are stuck.
pub(crate) struct Standing {
    /// Mails that wait for an operator.
    pub held: Option<Held>,
    /// No mail is handed over, since there is no room to record it.
    pub no_room: Option<String>,
    /// Due runs that failed: report, period, and what went wrong.
    pub failed_runs: Vec<(String, String, String)>,
    pub given_up: i64,
}

impl Standing {
    pub(crate) fn now(state: &State) -> Result<Standing, StoreError> {
        Ok(Standing {
            held: state.store.held_mails()?,
            no_room: state.store.lacks_room().then(|| "there is no room on the disk of the database".to_owned()),
            failed_runs: state.store.failed_runs()?,
            given_up: state.store.given_up_mails()?,
        })
    }

    /// What an operator can mend. Mails that were given up do not count.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let problem = |about, name: &str, message| Problem { about, name: name.to_owned(), message };
        let held = self.held.iter().map(|Held { mails, since, answer }| {
            let since = Timestamp::from_second(*since).unwrap_or_default();
            problem(About::Mails, "outbox", format!("{mails} waiting since {since}: {answer}"))
        });
        let no_room = self.no_room.iter().map(|error| problem(About::Mails, "outbox", error.clone()));
        let failed = self
            .failed_runs
            .iter()
            .map(|(report, period, error)| problem(About::Run, &format!("{report} {period}"), error.clone()));
        held.chain(no_room).chain(failed).collect()
    }
}

fn of_a_kpi(pegel_home::Problem { file, message }: pegel_home::Problem) -> Problem {
    let about = match file.as_str() {
        thresholds::FILE => About::Thresholds,
        calendar::FILE => About::Calendar,
        _ => About::Kpi,
    };
    Problem { about, name: in_home(&file), message }
}
