//! Something that is not in order.

use serde::Serialize;

/// What a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Report,
    Alert,
    Template,
    Kpi,
    Thresholds,
    Calendar,
    Mapping,
    Configuration,
    Database,
    Mails,
    Run,
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
