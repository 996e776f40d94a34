//! What the page of operations says when all is in order: what is due, what was sent, what stands, how fresh the data is.

use crate::State;
use crate::running::{ReportNow, Running};
use pegel_kpi::time::period::Period;
use pegel_report::definition::Schedule;
use pegel_report::format::Format;
use pegel_report::link;
use pegel_store::alerts::Alert;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the work goes, as a reader sees it.
#[derive(Serialize)]
pub(super) struct Now {
    reports: Vec<ReportLine>,
    alerts: Vec<AlertLine>,
    data: Vec<DataLine>,
    /// Deliveries by state: `3 waiting`.
    outbox: Vec<OutboxLine>,
}

#[derive(Serialize)]
struct ReportLine {
    name: String,
    title: String,
    /// `every monday at 07:00, Europe/Berlin`; empty if it is made on request.
    schedule: String,
    next: String,
    /// The latest edition and its page; empty if there is none.
    last: String,
    page: String,
    /// `7 of 7`
    mails: String,
    /// Whether not all of its mails were handed over.
    lacks_mails: bool,
}

#[derive(Serialize)]
struct AlertLine {
    id: i64,
    /// For a style sheet: `critical`, `warning` or `unjudged`.
    class: &'static str,
    state: String,
    title: String,
    group: String,
    figure: String,
    since: String,
    rule: String,
    /// Who knows of it; empty if nobody does.
    acknowledged: String,
}

#[derive(Serialize)]
struct DataLine {
    until: String,
    /// The tables that are complete up to then.
    tables: String,
}

#[derive(Serialize)]
struct OutboxLine {
    state: String,
    count: i64,
}

impl Now {
    pub(super) fn of(running: &Running, state: &State, format: &Format) -> Now {
        Now {
            reports: running.reports.iter().map(|report| ReportLine::of(report, format)).collect(),
            alerts: running.standing().into_iter().map(|alert| AlertLine::of(alert, state, format)).collect(),
            data: data(running, format),
            outbox: outbox(running, format),
        }
    }
}

/// Up to when which tables are complete, the oldest first.
fn data(running: &Running, format: &Format) -> Vec<DataLine> {
    let mut tables: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (table, until) in &running.data {
        tables.entry(*until).or_default().push(format.table(table));
    }
    let line =
        |(until, tables): (i64, Vec<String>)| DataLine { until: format.instant(until), tables: format.all(&tables) };
    tables.into_iter().map(line).collect()
}

/// How many deliveries are in each state, whatever their channel.
fn outbox(running: &Running, format: &Format) -> Vec<OutboxLine> {
    let mut lines: Vec<OutboxLine> = Vec::new();
    for (_, state, count) in &running.tallies.deliveries {
        let state = format.words().say(&format!("delivery_{state}"), []);
        match lines.iter_mut().find(|line| line.state == state) {
            Some(line) => line.count += count,
            None => lines.push(OutboxLine { state, count: *count }),
        }
    }
    lines
}

impl ReportLine {
    fn of(report: &ReportNow, format: &Format) -> ReportLine {
        let ReportNow { definition, last, next, .. } = report;
        let words = format.words();
        let mails = last.as_ref().map(|(_, mails, delivered)| {
            words.say("report_mails", [("delivered", (*delivered).into()), ("mails", (*mails).into())])
        });
        ReportLine {
            name: definition.name.clone(),
            title: format.title(&definition.title),
            schedule: definition.schedule.as_ref().map_or_else(String::new, Schedule::text),
            next: next.map_or_else(String::new, |next| format.instant(next.as_second())),
            last: last.as_ref().map_or_else(String::new, |(head, ..)| {
                let period = format.period_name(&head.period);
                let instant = format.instant(head.created_at);
                words.say("report_made", [("period", period.into()), ("instant", instant.into())])
            }),
            page: last
                .as_ref()
                .map_or_else(String::new, |(head, ..)| link::edition(&head.report, &head.period, head.revision)),
            mails: mails.filter(|_| last.as_ref().is_some_and(|(_, mails, _)| *mails > 0)).unwrap_or_default(),
            lacks_mails: last.as_ref().is_some_and(|(_, mails, delivered)| delivered < mails),
        }
    }
}

impl AlertLine {
    fn of(alert: &Alert, state: &State, format: &Format) -> AlertLine {
        let catalog = state.live.current();
        let kpi = catalog.kpi(&alert.key.kpi).ok();
        let word = alert.state.word();
        let title = kpi.map_or_else(|| alert.key.kpi.clone(), |kpi| format.title(&kpi.declaration.title));
        let figure = alert.value.zip(kpi).map(|(value, kpi)| format.value(value, kpi.declaration.unit));
        let period = Period::parse(&alert.period, (state.clock)(), &state.zone).ok();
        let period = period.map_or_else(String::new, |period| format.period_name(&period.to_string()));
        AlertLine {
            id: alert.id,
            class: if matches!(word, "critical" | "warning") { word } else { "unjudged" },
            state: format.words().say(&format!("alert_state_{word}"), []),
            title,
            group: alert.label.clone().unwrap_or_default(),
            figure: [figure.unwrap_or_default(), period]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            since: format.instant(alert.since),
            rule: alert.key.rule.clone(),
            acknowledged: alert.acknowledged.as_ref().map_or_else(String::new, |known| known.by.clone()),
        }
    }
}
