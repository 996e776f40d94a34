//! How the work goes: schedules and what became of their last runs, alerts that stand, how far the data reaches. For the
//! page of operations and for monitoring.

use crate::State;
use crate::unanswered::Unanswered;
use jiff::Timestamp;
use pegel_report::definition::ReportDefinition;
use pegel_schedule::Timetable;
use pegel_store::edition::EditionHead;
use pegel_store::tallies::Tallies;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the work goes now.
pub(crate) struct Running {
    pub reports: Vec<ReportNow>,
    pub alerts: Vec<pegel_store::alerts::Alert>,
    /// For each table that was imported, up to when it is complete, in UTC seconds.
    pub data: BTreeMap<String, i64>,
    pub tallies: Tallies,
}

/// A report as it stands.
pub(crate) struct ReportNow {
    pub definition: ReportDefinition,
    /// The latest edition, and how many mails it had and how many of them were handed over.
    pub last: Option<(EditionHead, usize, usize)>,
    /// How many seconds after it was due that edition was made; `None` where it was due at no time.
    pub late: Option<i64>,
    /// When it is due next; `None` if it is made on request.
    pub next: Option<Timestamp>,
}

impl Running {
    /// Reads it. Blocks.
    pub(crate) fn now(state: &State) -> Result<Running, Unanswered> {
        let reports = (state.reports)().into_iter().map(|definition| ReportNow::of(definition, state));
        let reports = reports.collect::<Result<_, _>>()?;
        let mut reader = state.store.reader()?;
        let newest = reader.newest_imports()?;
        let data = newest.iter().map(|(table, import)| (table.clone(), import.complete_until)).collect();
        drop(reader);
        Ok(Running { reports, alerts: state.store.alerts(None)?, data, tallies: state.store.tallies()? })
    }

    /// The alerts that stand, the worst first, then the oldest.
    pub(crate) fn standing(&self) -> Vec<&pegel_store::alerts::Alert> {
        let mut standing: Vec<_> = self.alerts.iter().filter(|alert| alert.state.stands()).collect();
        standing.sort_by_key(|alert| (std::cmp::Reverse(alert.state), alert.since, alert.id));
        standing
    }
}

impl ReportNow {
    fn of(definition: ReportDefinition, state: &State) -> Result<ReportNow, Unanswered> {
        let calendar = Arc::clone(&state.live.current().calendar);
        let timetable = definition.schedule.as_ref().map(|schedule| schedule.timetable(calendar));
        let last = match state.store.last_edition(&definition.name)? {
            Some(head) => {
                let mails = state.store.deliveries(Some(head.id))?;
                let delivered = mails.iter().filter(|mail| mail.delivered_at.is_some()).count();
                Some((head, mails.len(), delivered))
            }
            None => None,
        };
        let due = |timetable: &Timetable| {
            let (head, ..) = last.as_ref()?;
            let over = Timestamp::from_second(head.ends_at - 1).ok()?;
            Some((head.created_at - timetable.after(over).next()?.at.as_second()).max(0))
        };
        let late = timetable.as_ref().and_then(due);
        let next = timetable.as_ref().and_then(|timetable| timetable.after((state.clock)()).next());
        Ok(ReportNow { definition, last, late, next: next.map(|next| next.at) })
    }
}
