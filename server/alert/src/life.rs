//! The life of an alert, from one evaluation to the next: pure.
//!
//! ```text
//!            broken            broken so often
//!   ok  ───────────▶ pending ──────────────────▶ warning ◀──▶ critical
//!    ▲                  │ kept                      │ kept by a margin │
//!    └──────────────────┴───────────────────────────┴──────────────────┘
//! ```
//!
//! - What begins an alert is a breach that counts: one that is more than chance, or any, as the rule says. A breach that
//!   may be chance begins none, and ends none.
//! - It is over, or no longer critical, once the figure is on the good side of the mark by the margin of the rule.
//! - Without a figure nothing is broken: the rule says whether an alert then ends, stays, or is told.
//! - The state is that of the figure, whatever script computes it and whatever its marks are: after an activation or
//!   other marks, the next evaluation judges by them, and the alert goes on, ends or begins by the same rules. A rule that
//!   watches other figures begins with these at `ok`; those that it no longer watches stay as they were and are told no
//!   more.
//!
//! What was told is kept apart from the state: what stands and was not told is told at the first evaluation at which
//! nobody has muted it.

use crate::definition::Absent;
use pegel_store::alerts::{Alert, AlertState, Event};

/// By which rules an alert lives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// In how many evaluations in a row a threshold must be broken.
    pub pending: i32,
    pub absent: Absent,
    /// After how many seconds an alert that stands is told again.
    pub remind_after: Option<i64>,
}

/// How a figure stands in an evaluation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// There is nothing to judge.
    Nothing,
    Figure {
        value: Option<f64>,
        /// What is broken by a breach that counts: `Warning`, `Critical` or nothing.
        broken: Option<AlertState>,
        /// What is not yet kept by the margin, by whatever breach.
        not_mended: Option<AlertState>,
    },
}

/// What people are told of an alert. Ordered: what matters most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Telling {
    /// It stands, and nobody knows, or it has become critical.
    Begun,
    /// It still stands.
    Reminder,
    /// There is no figure any more.
    Absent,
    /// It is over.
    Over,
}

/// An alert after an evaluation at `now` (UTC seconds), and what happened to it.
pub fn evaluated(alert: &Alert, seen: Seen, period: &str, terms: &Terms, now: i64) -> (Alert, Vec<Event>) {
    let state = next(alert, seen, terms);
    let broken = match seen {
        Seen::Figure { broken: Some(_), .. } => alert.broken.saturating_add(1),
        Seen::Figure { broken: None, .. } => 0,
        Seen::Nothing => alert.broken,
    };
    let value = match seen {
        Seen::Figure { value, .. } => value,
        Seen::Nothing => None,
    };
    let changed = state != alert.state;
    let worse = state > alert.state;
    let ends_untold = seen == Seen::Nothing && terms.absent == Absent::Ignore;
    let after = Alert {
        state,
        // What is only a warning now is told again once it is critical.
        told: alert
            .told
            .filter(|_| !ends_untold)
            .map(|told| if state == AlertState::Warning { told.min(state) } else { told }),
        since: if changed { now } else { alert.since },
        broken,
        period: period.to_owned(),
        value,
        // Who knew of it did not know of this.
        acknowledged: alert.acknowledged.clone().filter(|_| !worse && state.stands()),
        ..alert.clone()
    };
    let event = changed.then(|| happened(&after, state.word(), now));
    (after, event.into_iter().collect())
}

fn next(alert: &Alert, seen: Seen, terms: &Terms) -> AlertState {
    let state = alert.state;
    let (broken, not_mended) = match seen {
        Seen::Figure { broken, not_mended, .. } => (broken, not_mended),
        Seen::Nothing => {
            return match terms.absent {
                Absent::Ignore => AlertState::Ok,
                Absent::Keep => state,
                Absent::Alert => AlertState::Absent,
            };
        }
    };
    match state {
        AlertState::Warning | AlertState::Critical => {
            // At most as bad as it was: a breach that may be chance makes nothing worse.
            let lingers = not_mended.map(|level| level.min(state));
            broken.max(lingers).unwrap_or(AlertState::Ok)
        }
        AlertState::Ok | AlertState::Pending | AlertState::Absent => match broken {
            Some(level) if alert.broken.saturating_add(1) >= terms.pending => level,
            Some(_) => AlertState::Pending,
            None => AlertState::Ok,
        },
    }
}

/// What is to be told of an alert now, if anything.
pub fn to_tell(alert: &Alert, terms: &Terms, now: i64) -> Option<Telling> {
    if alert.muted_until.is_some_and(|until| now < until) {
        return None;
    }
    let is_worse = alert.told.is_none_or(|told| alert.state > told);
    match alert.state {
        AlertState::Warning | AlertState::Critical if is_worse => Some(Telling::Begun),
        AlertState::Absent if alert.told != Some(AlertState::Absent) => Some(Telling::Absent),
        state if state.stands() => {
            let is_due = |after: i64| alert.told_at.is_some_and(|told| told.saturating_add(after) <= now);
            let reminds = terms.remind_after.is_some_and(is_due) && alert.acknowledged.is_none();
            reminds.then_some(Telling::Reminder)
        }
        AlertState::Ok if alert.told.is_some() => Some(Telling::Over),
        _ => None,
    }
}

/// The alert once that was told, and that it was.
pub fn told(alert: &Alert, telling: Telling, now: i64) -> (Alert, Event) {
    let told = (telling != Telling::Over).then_some(alert.state);
    let after = Alert { told, told_at: Some(now), ..alert.clone() };
    let what = if telling == Telling::Reminder { "reminded" } else { "told" };
    let event = happened(&after, what, now);
    (after, event)
}

/// Something that an evaluation did.
fn happened(alert: &Alert, what: &str, at: i64) -> Event {
    Event { at, what: what.to_owned(), period: alert.period.clone(), value: alert.value, who: None, note: None }
}

#[cfg(test)]
mod tests;
