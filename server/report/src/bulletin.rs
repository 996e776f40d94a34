//! What channels beside mail say: the statements of a mail, one by one, without its looks.

use crate::link::Link;
use crate::notice::{NoticeRows, NoticeView};
use crate::statements::evidence::Evidence;
use crate::view::{StatementView, View};
use pegel_text::clean::one_line;
use serde::{Deserialize, Serialize};

/// What an edition or a notice says to one audience. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    /// The language of the texts, such as `de`.
    pub language: String,
    /// Of the report or the rule.
    pub title: String,
    /// `Week 46 · 9–15 November 2026`; empty if it is about no period.
    pub period: String,
    /// What its readers see: `Region: North, South`; empty if that is everything.
    pub scope: String,
    /// That of the mail: one line.
    pub subject: String,
    pub headline: String,
    /// The most important first.
    pub statements: Vec<Said>,
    /// The rows it is about, one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<NoticeRows>,
    /// What else there is to know: since when, who looks after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Up to when the data is complete; empty where nobody knows.
    pub data_up_to: String,
    /// Where more is shown; `None` where readers cannot reach it.
    pub link: Option<Place>,
}

/// One thing that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub kpi: String,
    /// `critical`, `warning`, `better`, or `plain`.
    pub class: String,
    pub sentence: String,
    /// What it rests on, for each figure that it names.
    pub evidence: Vec<Ground>,
}

/// What one figure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// What is known beside it; empty if there is nothing.
    pub facts: String,
    /// The rows that make it as bad as it is; `None` where readers cannot reach them.
    pub rows: Option<Place>,
}

/// Where something is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// `Show 20 leads`
    pub text: String,
    pub url: String,
}

impl Bulletin {
    /// What an edition says, under the subject of its mail; `base` is where pages are, without a slash at the end.
    pub fn of_edition(view: &View, subject: &str, base: Option<&str>, link: Option<&str>) -> Bulletin {
        Bulletin {
            language: view.language.to_owned(),
            title: view.title.clone(),
            period: view.period.clone(),
            scope: view.scope.clone(),
            subject: on_one_line(subject),
            headline: view.headline.clone(),
            statements: view.statements.iter().map(|statement| said(statement, base)).collect(),
            rows: None,
            notes: Vec::new(),
            data_up_to: view.data_up_to.clone(),
            link: link.map(|url| Place { text: view.words.say("open_in_archive", []), url: url.to_owned() }),
        }
    }

    /// What a notice says.
    pub fn of_notice(view: &NoticeView) -> Bulletin {
        let base = view.base.as_deref();
        Bulletin {
            language: view.language.to_owned(),
            title: view.title.clone(),
            period: view.period.clone(),
            scope: view.scope.clone(),
            subject: on_one_line(&view.subject),
            headline: view.headline.clone(),
            statements: view.statements.iter().map(|statement| said(statement, base)).collect(),
            rows: view.rows.clone(),
            notes: view.notes.clone(),
            data_up_to: view.data_up_to.clone(),
            link: view.link.clone().map(|url| Place { text: view.words.say("alert_open", []), url }),
        }
    }

    /// As it is stored.
    ///
    /// # Panics
    /// Never: all its keys are texts.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a bulletin has texts for keys")
    }

    /// As it was stored; `None` if it is none.
    pub fn from_json(json: &str) -> Option<Bulletin> {
        serde_json::from_str(json).ok()
    }
}

/// A template ends with a line break; a subject is one line.
fn on_one_line(subject: &str) -> String {
    one_line(subject).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(StatementView { kpi, class, sentence, evidence }: &StatementView, base: Option<&str>) -> Said {
    let place = |Link { path, text }: &Link| Some(Place { text: text.clone(), url: format!("{}{path}", base?) });
    let ground =
        |Evidence { facts, rows }: &Evidence| Ground { facts: facts.clone(), rows: rows.as_ref().and_then(place) };
    Said {
        kpi: kpi.clone(),
        class: (*class).to_owned(),
        sentence: sentence.clone(),
        evidence: evidence.iter().map(ground).collect(),
    }
}
