//! What is not in order, as one list: for the page of operations, and for whoever watches the server.

use crate::State;
use jiff::Timestamp;
use pegel_catalog::files::in_home;
use pegel_catalog::{calendar, thresholds};
use pegel_store::StoreError;
use pegel_store::outbox::Held;
use serde::Serialize;

/// What a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Report,
    Template,
    Kpi,
    Thresholds,
    Calendar,
    Mapping,
    Configuration,
    Database,
    Mails,
}

/// Something that is not in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub about: About,
    /// Of a file, its name relative to the home.
    pub name: String,
    /// What is wrong, and where; may have several lines.
    pub message: String,
}

impl Problem {
    /// That of a file whose name is relative to the home.
    pub fn of_file(about: About, pegel_home::Problem { file, message }: pegel_home::Problem) -> Problem {
        Problem { about, name: file, message }
    }
}

/// All that is not in order now.
pub(crate) fn all(state: &State) -> Vec<Problem> {
    let mut all = (state.other_problems)();
    all.extend(state.templates.problems().into_iter().map(|problem| Problem::of_file(About::Template, problem)));
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

    /// What an operator can mend; a mail that was given up is no longer one's own affair.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let Held { mails, since, answer } = self.held.as_ref()?;
        let since = Timestamp::from_second(*since).unwrap_or_default();
        let message = format!("{mails} waiting since {since}: {answer}");
        Some(Problem { about: About::Mails, name: "outbox".to_owned(), message })
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
