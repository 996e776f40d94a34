//! The statements of an edition, the most important first.

use super::seen::{self, Seen};
use super::statement::{Finding, Kind, Statement};
use crate::numbers::Numbers;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::{By, Unjudged};
use std::cmp::Reverse;
use std::mem::{Discriminant, discriminant};

/// What an edition has to say: first by kind; then totals, the worse status, breakdowns of few groups, the greater
/// relative distance, the order of the report. Breaches that may be chance are not among them.
pub fn statements(numbers: &Numbers) -> Vec<Statement> {
    ranked(numbers, |kind| kind != Kind::Chance)
}

/// All figures of an edition, in the order of the report, each as a statement about its breach would say it.
pub fn findings(numbers: &Numbers) -> Vec<Finding> {
    seen::all(numbers).map(|seen| seen.finding(Kind::Breach, numbers)).collect()
}

/// Whether there is more to say than that something went well: what cannot be judged needs attention too.
pub fn needs_attention(numbers: &Numbers) -> bool {
    statements(numbers).iter().any(|statement| !statement.kind.is_good())
}

/// The breaches that may be chance, one statement for each KPI.
pub fn chance(numbers: &Numbers) -> Vec<Statement> {
    ranked(numbers, |kind| kind == Kind::Chance)
}

/// What is said in one statement: groups of one KPI that stand alike, or KPIs that lack a judgement for one reason.
#[derive(PartialEq)]
enum Topic<'a> {
    Total(&'a str, Kind),
    /// With the mark that is broken, or was, and what was judged: the settled figure of one period is not that of another.
    Groups(&'a str, Kind, Option<Status>, Option<Discriminant<By>>, Option<&'a str>),
    NotJudged(Option<Unjudged>, Option<i64>),
}

fn ranked(numbers: &Numbers, wanted: impl Fn(Kind) -> bool) -> Vec<Statement> {
    let mut topics: Vec<(Topic, Kind, Vec<Seen>)> = Vec::new();
    for seen in seen::all(numbers) {
        let Some(kind) = seen.kind().filter(|kind| wanted(*kind)) else { continue };
        let topic = topic(&seen, kind);
        match topics.iter_mut().find(|(known, ..)| *known == topic) {
            Some((_, _, alike)) => alike.push(seen),
            None => topics.push((topic, kind, vec![seen])),
        }
    }
    for (_, kind, alike) in &mut topics {
        alike.sort_by(|one, other| {
            one.parts.cmp(&other.parts).then(other.distance(*kind).total_cmp(&one.distance(*kind)))
        });
    }
    // Both sorts are stable: what is equal stays in the order of the report.
    topics.sort_by(|(_, kind, one), (_, other_kind, other)| {
        // A region matters more than one of its partners.
        // A total that breaks its mark perhaps by chance comes after all that surely do.
        let place = |kind: Kind, seen: &Seen| if seen.is_unsure(kind) { (Kind::Breach, true) } else { (kind, false) };
        let by = |kind: Kind, seen: &Seen| {
            (place(kind, seen), seen.parts > 1, Reverse(seen.status.max(Status::Ok)), seen.parts)
        };
        let distances = other[0].distance(*other_kind).total_cmp(&one[0].distance(*kind));
        // As in one statement: a region matters more than one of many partners.
        let parts = one[0].parts.cmp(&other[0].parts);
        by(*kind, &one[0]).cmp(&by(*other_kind, &other[0])).then(parts).then(distances)
    });
    let statement = |(_, kind, alike): (Topic, Kind, Vec<Seen>)| Statement {
        kind,
        about: alike.iter().map(|seen| seen.finding(kind, numbers)).collect(),
    };
    topics.into_iter().map(statement).collect()
}

fn topic<'a>(seen: &Seen<'a>, kind: Kind) -> Topic<'a> {
    let kpi = seen.block.id.as_str();
    if kind == Kind::NotJudged {
        return Topic::NotJudged(seen.reason(), seen.block.data_ends);
    }
    if seen.group.is_none() {
        return Topic::Total(kpi, kind);
    }
    let by = seen.by(kind);
    let settled = match by {
        Some(By::Settled { period, .. }) => Some(period.as_str()),
        _ => None,
    };
    // A signal that makes a breach sure leaves it a breach like others.
    let by = by.filter(|by| **by != By::Signal && **by != By::Value).map(discriminant);
    Topic::Groups(kpi, kind, seen.broken(kind), by, settled)
}
