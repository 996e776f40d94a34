//! Alerts: the figures that rules watch, where each stands, what of that was told, and all that ever happened to it.

use crate::connection::{Conn, on_backend};
use crate::notices::{self, NewNotice};
use crate::schema::{alert_checks, alert_events, alert_rows, alerts};
use crate::{Store, StoreError};
use diesel::prelude::*;
use std::collections::HashMap;

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    Ok,
    /// A threshold is broken, for fewer evaluations than count.
    Pending,
    /// There is no figure any more, and the rule wants that to be told.
    Absent,
    Warning,
    Critical,
}

impl AlertState {
    /// All of them.
    pub const ALL: [AlertState; 5] =
        [AlertState::Ok, AlertState::Pending, AlertState::Absent, AlertState::Warning, AlertState::Critical];

    /// The word for it in the database, and behind `alert_` in the languages.
    pub fn word(self) -> &'static str {
        match self {
            AlertState::Ok => "ok",
            AlertState::Pending => "pending",
            AlertState::Absent => "absent",
            AlertState::Warning => "warning",
            AlertState::Critical => "critical",
        }
    }

    /// Whether people are to know of it.
    pub fn stands(self) -> bool {
        self >= AlertState::Absent
    }

    fn named(word: &str) -> Result<AlertState, StoreError> {
        let known = AlertState::ALL.into_iter().find(|state| state.word() == word);
        known.ok_or_else(|| StoreError::Unreadable {
            what: "the state of an alert".to_owned(),
            reason: format!("“{word}” is none"),
        })
    }
}

/// Which figure is watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AlertKey {
    /// The name of the rule.
    pub rule: String,
    /// What those see who are told, as [`Audience`](crate::edition::Audience) has it.
    pub scope: String,
    pub kpi: String,
    /// The group, as JSON; empty for the total.
    pub item: String,
}

/// That somebody knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// UTC seconds.
    pub at: i64,
    pub by: String,
    pub note: String,
}

/// Where a figure that is watched stands. Instants in UTC seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// 0 as long as it is not stored.
    pub id: i64,
    pub key: AlertKey,
    /// What the group is called; `None` for the total and for rows without a group.
    pub label: Option<String>,
    pub state: AlertState,
    /// Since when it is in that state.
    pub since: i64,
    /// In how many evaluations in a row a threshold was broken.
    pub broken: i32,
    /// What was looked at last: a period, and the figure that was judged.
    pub period: String,
    pub value: Option<f64>,
    /// Which state was told last, if it goes on; and when.
    pub told: Option<AlertState>,
    pub told_at: Option<i64>,
    pub acknowledged: Option<Acknowledged>,
    /// Nothing is told before.
    pub muted_until: Option<i64>,
    /// Counts what was stored of it: whoever changes an older one has missed something.
    pub version: i32,
}

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// UTC seconds.
    pub at: i64,
    /// The state it came to, by its word; or `acknowledged`, `muted`, `told`, `reminded`.
    pub what: String,
    pub period: String,
    pub value: Option<f64>,
    /// The person who did it; `None`: an evaluation.
    pub who: Option<String>,
    pub note: Option<String>,
}

/// An alert as it is from now on, and what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    pub alert: Alert,
    pub events: Vec<Event>,
}

/// When a rule was evaluated last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// UTC seconds.
    pub at: i64,
    /// Up to which import.
    pub import: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A row that a step of a rule told of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ToldRow {
    /// From 0 on.
    pub step: i64,
    /// Its key.
    pub row: String,
}

/// All that an evaluation of a rule comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    pub rule: String,
    /// The check before this one, as it was read.
    pub before: Option<Check>,
    pub check: Check,
    pub alerts: Vec<Changed>,
    pub rows: Vec<ToldRow>,
    pub notices: Vec<NewNotice>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alerts)]
struct Row {
    id: i64,
    rule: String,
    scope: String,
    kpi: String,
    item: String,
    label: Option<String>,
    state: String,
    since: i64,
    broken: i32,
    period: String,
    value: Option<f64>,
    told: Option<String>,
    told_at: Option<i64>,
    acknowledged_at: Option<i64>,
    acknowledged_by: Option<String>,
    note: Option<String>,
    muted_until: Option<i64>,
    version: i32,
}

fn alert(row: Row) -> Result<Alert, StoreError> {
    let acknowledged = row.acknowledged_at.map(|at| Acknowledged {
        at,
        by: row.acknowledged_by.unwrap_or_default(),
        note: row.note.unwrap_or_default(),
    });
    Ok(Alert {
        id: row.id,
        key: AlertKey { rule: row.rule, scope: row.scope, kpi: row.kpi, item: row.item },
        label: row.label,
        state: AlertState::named(&row.state)?,
        since: row.since,
        broken: row.broken,
        period: row.period,
        value: row.value,
        told: row.told.as_deref().map(AlertState::named).transpose()?,
        told_at: row.told_at,
        acknowledged,
        muted_until: row.muted_until,
        version: row.version,
    })
}

impl Store {
    /// The alerts of a rule, or of all, in the order in which they came to be.
    ///
    /// # Errors
    /// If the database fails.
    pub fn alerts(&self, rule: Option<&str>) -> Result<Vec<Alert>, StoreError> {
        let rows: Vec<Row> = self.read("reading alerts", |conn| {
            let mut query = alerts::table.order(alerts::id).select(Row::as_select()).into_boxed();
            if let Some(rule) = rule {
                query = query.filter(alerts::rule.eq(rule));
            }
            query.load(conn)
        })?;
        rows.into_iter().map(alert).collect()
    }

    /// All that happened to an alert, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn alert_events(&self, alert: i64) -> Result<Vec<Event>, StoreError> {
        type Row = (i64, String, String, Option<f64>, Option<String>, Option<String>);
        let rows: Vec<Row> = self.read("reading what happened to an alert", |conn| {
            alert_events::table
                .filter(alert_events::alert_id.eq(alert))
                .order(alert_events::id)
                .select((
                    alert_events::at,
                    alert_events::what,
                    alert_events::period,
                    alert_events::value,
                    alert_events::who,
                    alert_events::note,
                ))
                .load(conn)
        })?;
        let event = |(at, what, period, value, who, note)| Event { at, what, period, value, who, note };
        Ok(rows.into_iter().map(event).collect())
    }

    /// When a rule was evaluated last; `None` if it never was.
    ///
    /// # Errors
    /// If the database fails.
    pub fn alert_check(&self, rule: &str) -> Result<Option<Check>, StoreError> {
        self.read("reading when a rule was evaluated", |conn| check_of(conn, rule))
    }

    /// The rows that steps of a rule told of, and when (UTC seconds).
    ///
    /// # Errors
    /// If the database fails.
    pub fn told_rows(&self, rule: &str) -> Result<HashMap<ToldRow, i64>, StoreError> {
        let rows: Vec<(i64, String, i64)> = self.read("reading the rows that were told of", |conn| {
            alert_rows::table
                .filter(alert_rows::rule.eq(rule))
                .select((alert_rows::step, alert_rows::row_key, alert_rows::at))
                .load(conn)
        })?;
        Ok(rows.into_iter().map(|(step, row, at)| (ToldRow { step, row }, at)).collect())
    }

    /// Stores an evaluation with the notices it gives rise to and their outbox rows, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] if the rule was evaluated meanwhile, or somebody changed one of its alerts: nothing is
    /// stored then. Otherwise if the database fails.
    pub fn record_evaluation(&self, evaluated: &Evaluated) -> Result<(), StoreError> {
        self.transaction(|conn| match record(conn, evaluated) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::Overtaken { rule: evaluated.rule.clone() }),
            Err(error) => Err(StoreError::while_("recording an evaluation")(error)),
        })
    }

    /// Stores what a person did to an alert: whether it was still as they saw it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn change_alert(&self, changed: &Changed) -> Result<bool, StoreError> {
        self.transaction(|conn| change(conn, changed).map_err(StoreError::while_("changing an alert")))
    }
}

fn check_of(conn: &mut Conn, rule: &str) -> QueryResult<Option<Check>> {
    let row: Option<(i64, Option<i64>, Option<String>)> = alert_checks::table
        .find(rule)
        .select((alert_checks::at, alert_checks::import_id, alert_checks::error))
        .first(conn)
        .optional()?;
    Ok(row.map(|(at, import, error)| Check { at, import, error }))
}

fn record(conn: &mut Conn, evaluated: &Evaluated) -> QueryResult<bool> {
    if !move_on(conn, evaluated)? {
        return Ok(false);
    }
    for changed in &evaluated.alerts {
        if !change(conn, changed)? {
            return Ok(false);
        }
    }
    for ToldRow { step, row } in &evaluated.rows {
        diesel::insert_into(alert_rows::table)
            .values((
                alert_rows::rule.eq(&evaluated.rule),
                alert_rows::step.eq(step),
                alert_rows::row_key.eq(row),
                alert_rows::at.eq(evaluated.check.at),
            ))
            .execute(conn)?;
    }
    evaluated.notices.iter().try_for_each(|notice| notices::insert(conn, notice))?;
    Ok(true)
}

/// Puts the check in the place of the one before, unless another has come there first. The row is locked from then on.
fn move_on(conn: &mut Conn, Evaluated { rule, before, check, .. }: &Evaluated) -> QueryResult<bool> {
    let values =
        (alert_checks::at.eq(check.at), alert_checks::import_id.eq(check.import), alert_checks::error.eq(&check.error));
    let touched = match before {
        Some(before) => diesel::update(alert_checks::table.find(rule).filter(alert_checks::at.eq(before.at)))
            .set(values)
            .execute(conn)?,
        None => on_backend!(conn, conn => diesel::insert_into(alert_checks::table)
            .values((alert_checks::rule.eq(rule), values.0, values.1, values.2))
            .on_conflict_do_nothing()
            .execute(conn))?,
    };
    Ok(touched == 1)
}

/// Stores an alert and what happened to it, if it is still of the version that was read.
fn change(conn: &mut Conn, Changed { alert, events }: &Changed) -> QueryResult<bool> {
    let AlertKey { rule, scope, kpi, item } = &alert.key;
    let acknowledged = alert.acknowledged.as_ref();
    let values = (
        alerts::label.eq(&alert.label),
        alerts::state.eq(alert.state.word()),
        alerts::since.eq(alert.since),
        alerts::broken.eq(alert.broken),
        alerts::period.eq(&alert.period),
        alerts::value.eq(alert.value),
        alerts::told.eq(alert.told.map(AlertState::word)),
        alerts::told_at.eq(alert.told_at),
        alerts::acknowledged_at.eq(acknowledged.map(|known| known.at)),
        alerts::acknowledged_by.eq(acknowledged.map(|known| &known.by)),
        alerts::note.eq(acknowledged.map(|known| &known.note)),
        alerts::muted_until.eq(alert.muted_until),
        alerts::version.eq(alert.version + 1),
    );
    let key = (alerts::rule.eq(rule), alerts::scope.eq(scope), alerts::kpi.eq(kpi), alerts::item.eq(item));
    let id: Option<i64> = if alert.id == 0 {
        on_backend!(conn, conn => diesel::insert_into(alerts::table)
            .values((key, values))
            .on_conflict_do_nothing()
            .returning(alerts::id)
            .get_result(conn)
            .optional())?
    } else {
        let same = alerts::table.find(alert.id).filter(alerts::version.eq(alert.version));
        (diesel::update(same).set(values).execute(conn)? == 1).then_some(alert.id)
    };
    let Some(id) = id else { return Ok(false) };
    for event in events {
        diesel::insert_into(alert_events::table)
            .values((
                alert_events::alert_id.eq(id),
                alert_events::at.eq(event.at),
                alert_events::what.eq(&event.what),
                alert_events::period.eq(&event.period),
                alert_events::value.eq(event.value),
                alert_events::who.eq(&event.who),
                alert_events::note.eq(&event.note),
            ))
            .execute(conn)?;
    }
    Ok(true)
}
