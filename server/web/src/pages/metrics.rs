//! `/metrics`: how the work goes, for Prometheus.

use super::computing;
use crate::State;
use crate::courses::{courses, weeks};
use crate::running::Running;
use crate::unanswered::Unanswered;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use pegel_kpi::engine::comparison::Comparison;
use pegel_store::alerts::AlertState;
use prometheus::{Gauge, GaugeVec, Opts, Registry, TextEncoder};
use std::collections::BTreeMap;

/// The gauges as they are now: counts of the database are no counters of this process, which may begin anew.
pub(crate) async fn show(state: web::Data<State>) -> Result<HttpResponse, Unanswered> {
    let text = computing(&state, |state| {
        let running = Running::now(state)?;
        let values = values(state)?;
        Ok(written(&running, &values, (state.clock)())?)
    });
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body(text.await?))
}

/// The totals of all KPIs in the last complete week, as far as there are any.
fn values(state: &State) -> Result<BTreeMap<String, f64>, Unanswered> {
    let catalog = state.live.current();
    let weeks = weeks(state, 1)?;
    let mut reader = state.store.reader()?;
    let courses = courses((state, &mut reader), &catalog.kpis, &weeks, Comparison::NONE, &[])?;
    let value = |cell: &pegel_kpi::data::cell::Cell| cell.outcome.value();
    Ok(courses.iter().filter_map(|of| Some((of.kpi.id().to_owned(), of.cells.last().and_then(value)?))).collect())
}

fn written(running: &Running, values: &BTreeMap<String, f64>, now: Timestamp) -> Result<String, prometheus::Error> {
    let gauges = Gauges(Registry::new());
    let runs = gauges.by("pegel_runs", "Runs of reports.", &["report", "state"])?;
    for (report, state, count) in &running.tallies.runs {
        runs.with_label_values(&[report, state]).set(exact(*count));
    }
    let late = gauges.by("pegel_run_lateness_seconds", "How late the latest edition was made.", &["report"])?;
    let made = gauges.by("pegel_edition_timestamp_seconds", "When the latest edition was made.", &["report"])?;
    let next = gauges.by("pegel_next_run_timestamp_seconds", "When a report is due next.", &["report"])?;
    for report in &running.reports {
        let name = [report.definition.name.as_str()];
        report.late.into_iter().for_each(|seconds| late.with_label_values(&name).set(exact(seconds)));
        report.last.iter().for_each(|(head, ..)| made.with_label_values(&name).set(exact(head.created_at)));
        report.next.into_iter().for_each(|at| next.with_label_values(&name).set(exact(at.as_second())));
    }
    let deliveries = gauges.by("pegel_deliveries", "Deliveries in the outbox.", &["channel", "state"])?;
    for (channel, state, count) in &running.tallies.deliveries {
        deliveries.with_label_values(&[channel, state]).set(exact(*count));
    }
    let attempts = gauges.by("pegel_delivery_attempts", "Attempts to hand something over.", &["outcome"])?;
    for (outcome, count) in &running.tallies.attempts {
        attempts.with_label_values(&[outcome]).set(exact(*count));
    }
    let waiting = gauges.one("pegel_queue_age_seconds", "How long the oldest delivery in the queue has waited.")?;
    let since = running.tallies.waiting_since.map_or(0, |since| now.as_second() - since);
    waiting.set(exact(since.max(0)));
    let alerts = gauges.by("pegel_alerts", "Figures that are watched.", &["rule", "state"])?;
    for alert in &running.alerts {
        for state in AlertState::ALL {
            // Also those of which there are none, so that a graph falls to zero.
            let count = alerts.with_label_values(&[alert.key.rule.as_str(), state.word()]);
            count.add(if alert.state == state { 1.0 } else { 0.0 });
        }
    }
    let data = gauges.by("pegel_data_complete_until_timestamp_seconds", "Up to when data is complete.", &["table"])?;
    running.data.iter().for_each(|(table, until)| data.with_label_values(&[table]).set(exact(*until)));
    let kpis = gauges.by("pegel_kpi_value", "The figure of the last complete week, of everything.", &["kpi"])?;
    for (kpi, value) in values {
        kpis.with_label_values(&[kpi]).set(*value);
    }
    TextEncoder::new().encode_to_string(&gauges.0.gather())
}

/// What is told to who asks.
struct Gauges(Registry);

impl Gauges {
    fn by(&self, name: &str, help: &str, labels: &[&str]) -> Result<GaugeVec, prometheus::Error> {
        let gauge = GaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    fn one(&self, name: &str, help: &str) -> Result<Gauge, prometheus::Error> {
        let gauge = Gauge::new(name, help)?;
        self.0.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and instants")]
fn exact(number: i64) -> f64 {
    number as f64
}
