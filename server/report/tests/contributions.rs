//! What groups contribute to changes, from random rows in a database, on both databases.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use jiff::{Timestamp, tz::TimeZone};
use pegel_catalog::Catalog;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::time::period::Period;
use pegel_report::build::{Heading, build};
use pegel_report::definition::find;
use pegel_report::numbers::{Contribution, KpiBlock, Part};
use pegel_store::facts::{Fact, Facts, Value};
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
/// Monday, 5 January 2026, the first second of the first week.
const BEGIN: i64 = 1_767_571_200;
const WEEKS: i64 = 24;
/// An edition is made that long after its week.
const AGE: i64 = 7 * 3600;

const REPORT: &str = r#"
title = { en = "Why" }
locale = "en-GB"
zone = "UTC"
[[sections]]
title = { en = "All" }
[[sections.kpis]]
id = "feedback_rate"
breakdowns = ["region", "source"]
[[sections.kpis]]
id = "leads"
breakdowns = ["region", "source"]
[[sections.kpis]]
id = "acceptance_time"
breakdowns = ["region"]
"#;

/// Every total breaks its mark.
const THRESHOLDS: &str = r#"
[feedback_rate]
warning = 1.0
judge_provisional = "as_it_stands"
[leads]
warning = 1000000
[acceptance_time]
warning = 0
judge_provisional = "as_it_stands"
"#;

struct Lead {
    region: Option<usize>,
    source: usize,
    created_at: i64,
    feedback_at: Option<i64>,
}

/// Regions come and go, and so do sources.
fn random_leads(random: &mut ChaCha8Rng) -> Vec<Lead> {
    let mut leads = Vec::new();
    for week in 0..WEEKS {
        let weights: Vec<f64> = (0..6).map(|_| if random.random_bool(0.3) { 0.0 } else { random.random() }).collect();
        for _ in 0..random.random_range(30..90) {
            let drawn = random.random_range(0..6);
            let region = (random.random_bool(weights[drawn]) && drawn > 0).then_some(drawn);
            let created_at = BEGIN + week * WEEK + random.random_range(0..WEEK - 600);
            let feedback_at = random.random_bool(0.7).then(|| created_at + random.random_range(0..12 * DAY));
            leads.push(Lead { region, source: random.random_range(0..3), created_at, feedback_at });
        }
    }
    leads
}

fn facts(leads: &[Lead]) -> Facts {
    let table = Model::built_in().table("leads").unwrap();
    let columns = ["region", "source", "created_at", "offered_at", "accepted_at", "feedback_at"];
    let row = |(number, lead): (usize, &Lead)| Fact {
        key: number.to_string(),
        values: vec![
            lead.region.map_or(Value::Missing, |region| Value::Text(format!("R{region}"))),
            Value::Text(format!("S{}", lead.source)),
            Value::Integer(lead.created_at),
            Value::Integer(lead.created_at),
            Value::Integer(lead.created_at + 60),
            lead.feedback_at.map_or(Value::Missing, Value::Integer),
        ],
        attributes: serde_json::Map::new(),
        valid_from: None,
        changed_at: None,
    };
    let rows = leads.iter().enumerate().map(row).collect();
    Facts { columns: columns.map(|name| table.column(name).unwrap().clone()).into(), rows, table }
}

/// For each group and week: leads, and those with feedback when an edition of that week is made.
type Counts = BTreeMap<Option<String>, [(f64, f64); 2]>;

fn counts(leads: &[Lead], week: i64, group: impl Fn(&Lead) -> Option<String>) -> Counts {
    let mut counts = Counts::new();
    for lead in leads {
        let (of, seen_at) = ((lead.created_at - BEGIN) / WEEK, |week| BEGIN + (week + 1) * WEEK + AGE);
        if let Ok(at @ 0..=1) = usize::try_from(of - week + 1) {
            let cell = &mut counts.entry(group(lead)).or_default()[at];
            cell.0 += 1.0;
            cell.1 += f64::from(u8::from(lead.feedback_at.is_some_and(|at| at <= seen_at(of))));
        }
    }
    counts
}

/// Rate effects by group, and the effect of the mix, from the formula.
fn of_shares(counts: &Counts) -> (BTreeMap<Option<String>, f64>, f64) {
    let all = |at: usize| counts.values().fold((0.0, 0.0), |sum, of| (sum.0 + of[at].0, sum.1 + of[at].1));
    let rates = [0, 1].map(|at| all(at).1 / all(at).0);
    let mut mix = 0.0;
    let effect = |(group, of): (&Option<String>, &[(f64, f64); 2])| {
        let w = [0, 1].map(|at| of[at].0 / all(at).0);
        let own = [0, 1].map(|at| (of[at].0 > 0.0).then(|| of[at].1 / of[at].0));
        let (r0, r1) = (own[0].or(own[1]).unwrap(), own[1].or(own[0]).unwrap());
        mix += (f64::midpoint(r1, r0) - f64::midpoint(rates[1], rates[0])) * (w[1] - w[0]);
        (group.clone(), f64::midpoint(w[1], w[0]) * (r1 - r0))
    };
    (counts.iter().map(effect).collect(), mix)
}

fn of_counts(counts: &Counts) -> (BTreeMap<Option<String>, f64>, f64) {
    (counts.iter().map(|(group, of)| (group.clone(), of[1].0 - of[0].0)).collect(), 0.0)
}

/// What an edition says of one breakdown, in the units of the KPI.
fn said(block: &KpiBlock, dimension: &str) -> (BTreeMap<Option<String>, f64>, f64) {
    let change = block.change.unwrap().absolute;
    let (mut groups, mut mix) = (BTreeMap::new(), 0.0);
    for Contribution { part, share, .. } in block.contributions.iter().filter(|of| of.dimension == dimension) {
        match part {
            Part::Group(group) => assert!(groups.insert(group.label().map(str::to_owned), share * change).is_none()),
            Part::Mix => mix = share * change,
        }
    }
    (groups, mix)
}

fn editions(store: &Store, mut each: impl FnMut(i64, &[KpiBlock])) {
    let home = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = home.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("config/reports/why.toml", REPORT);
    write("config/thresholds.toml", THRESHOLDS);
    let (catalog, definition) = (Catalog::load(home.path()).unwrap(), find(home.path(), "why").unwrap());
    for week in 1..WEEKS {
        let created_at = BEGIN + (week + 1) * WEEK + AGE;
        let now = Timestamp::from_second(created_at).unwrap();
        let period = Period::parse("last-week", now, &TimeZone::UTC).unwrap();
        let heading = Heading {
            definition: &definition,
            period: &period,
            revision: 0,
            reason: None,
            created_at,
            currency: "EUR",
            controlling: &[],
        };
        let scopes = [Scope::everything()];
        let (numbers, _) =
            build(&heading, &scopes, &catalog, &mut store.reader().unwrap(), |_, numbers| Ok(numbers)).unwrap();
        let numbers = &numbers[0];
        each(week, &numbers.sections[0].kpis);
    }
}

#[test]
fn the_groups_of_random_rows_add_up_to_the_change_of_the_total() {
    on_both(|store| {
        let leads = random_leads(&mut ChaCha8Rng::seed_from_u64(9));
        store.write::<_, StoreError>(true, |writer| writer.upsert(&facts(&leads), BEGIN)).unwrap();
        let (mut explained, mut came_or_went) = (0, 0);
        editions(&store, |week, blocks| {
            let region = |lead: &Lead| lead.region.map(|region| format!("R{region}"));
            let source = |lead: &Lead| Some(format!("S{}", lead.source));
            let by = [("region", counts(&leads, week, region)), ("source", counts(&leads, week, source))];
            for (dimension, counts) in &by {
                came_or_went += counts.values().filter(|of| of[0].0 == 0.0 || of[1].0 == 0.0).count();
                for (block, wanted) in [(&blocks[0], of_shares(counts)), (&blocks[1], of_counts(counts))] {
                    let change = block.change.unwrap().absolute;
                    if change == 0.0 {
                        assert_eq!(block.contributions, []);
                        continue;
                    }
                    let (groups, mix) = said(block, dimension);
                    let place = format!("{} by {dimension} in week {week}", block.id);
                    assert!((groups.values().sum::<f64>() + mix - change).abs() < 1e-9, "{place}: not {change}");
                    assert!(wanted.0.keys().all(|group| groups.contains_key(group)), "{place}: {groups:?}");
                    for (group, effect) in &groups {
                        // A group that has rows in neither of the weeks contributes nothing.
                        let wanted = wanted.0.get(group).unwrap_or(&0.0);
                        assert!((effect - wanted).abs() < 1e-9, "{place}, {group:?}: {effect}");
                    }
                    assert!((mix - wanted.1).abs() < 1e-9, "{place}: {mix}");
                    explained += 1;
                }
            }
            // A mean of durations is not explained.
            assert!(blocks[2].cell.outcome.value().is_some() && blocks[2].contributions.is_empty());
        });
        assert!(explained > 80 && came_or_went > 10, "{explained} {came_or_went}");
    });
}
