//! A weekly report, as KPI scripts and as what an expert writes by hand.

use jiff::Timestamp;
use pegel_kpi::data::batch::Batch;
use pegel_kpi::data::cell::Group;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::kept::{Kept, Wanted};
use pegel_kpi::data::model::{self, Column};
use pegel_kpi::data::scan::{Begins, Scan, Source};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::data::spans::Spans;
use pegel_kpi::engine::comparison::Comparison;
use pegel_kpi::engine::figures::{Figures, compute};
use pegel_kpi::engine::request::Request;
use pegel_kpi::script::Language;
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One figure of the report, as script and as SQL.
struct Figure {
    unit: &'static str,
    /// What a KPI's script asks of the leads.
    script: &'static str,
    /// The rows that it counts, and the aggregate over them.
    filter: &'static str,
    aggregate: &'static str,
}

/// The figure for which SQLite has no aggregate.
const MEDIAN: usize = 4;

/// The figures of milestones that come later: they can still change when they are judged.
const LATER: [usize; 2] = [1, 2];

/// How long after the last week it is judged, in seconds.
const AGE: i64 = 7 * 3600;

/// What both sides are asked for.
const FIGURES: [Figure; 6] = [
    Figure {
        unit: "count",
        script: "filter(|l| l.accepted_at.is_set()).count()",
        filter: "accepted_at IS NOT NULL",
        aggregate: "count(*)",
    },
    Figure {
        unit: "count",
        script: "filter(|l| l.feedback_at.is_set()).count()",
        filter: "feedback_at IS NOT NULL",
        aggregate: "count(*)",
    },
    Figure {
        unit: "count",
        script: "filter(|l| l.outcome == \"won\").count()",
        filter: "outcome = 'won'",
        aggregate: "count(*)",
    },
    Figure {
        unit: "duration",
        script: "mean(|l| l.accepted_at - l.offered_at)",
        filter: "accepted_at IS NOT NULL",
        aggregate: "avg(accepted_at - offered_at)",
    },
    Figure {
        unit: "duration",
        script: "median(|l| l.accepted_at - l.offered_at)",
        filter: "accepted_at IS NOT NULL",
        aggregate: "percentile_cont(0.5) WITHIN GROUP (ORDER BY accepted_at - offered_at)",
    },
    Figure {
        unit: "duration",
        script: "mean(|l| l.contacted_at - l.accepted_at)",
        filter: "contacted_at IS NOT NULL",
        aggregate: "avg(contacted_at - accepted_at)",
    },
];

/// A breakdown: what tells its groups apart, the joins that takes, and where their names are looked up afterwards.
struct By {
    breakdown: &'static [Dimension],
    key: &'static str,
    joins: &'static str,
    name: &'static str,
    names: &'static str,
}

const BREAKDOWNS: [By; 4] = [
    By { breakdown: &[], key: "''", joins: "", name: "k", names: "" },
    By {
        breakdown: &[Dimension::REGION],
        key: "coalesce(l.region, p.region, r.region, c.region)",
        joins: "LEFT JOIN partners p ON p.id = l.partner_id LEFT JOIN reps r ON r.id = l.rep_id
                LEFT JOIN customers c ON c.id = l.customer_id",
        name: "k",
        names: "",
    },
    By {
        breakdown: &[Dimension::PARTNER],
        key: "l.partner_id",
        joins: "",
        name: "name",
        names: "LEFT JOIN partners ON partners.id = k",
    },
    By {
        breakdown: &[Dimension::PRODUCT],
        key: "l.product_id",
        joins: "",
        name: "name",
        names: "LEFT JOIN products ON products.id = k",
    },
];

/// The figures of one breakdown, by the name of the group and the number of the period.
pub type Table = BTreeMap<(String, usize), Vec<Option<f64>>>;

/// Thirteen weeks of a report.
pub struct Report {
    kpis: Vec<Kpi>,
    /// The same with marks; those of later milestones settle.
    judged: Vec<Kpi>,
    /// The same, each over the year that ends with its week.
    trailing: Vec<Kpi>,
    periods: Vec<Period>,
}

/// The leads of a period.
const OF_THE_PERIOD: &str = "data.leads.dated(|l| l.created_at)";

/// The KPIs over those `leads`; `declared` says what else is declared of each.
fn kpis(leads: &str, declared: impl Fn(usize) -> &'static str) -> Vec<Kpi> {
    let language = Arc::new(Language::new());
    let kpi = |(number, figure): (usize, &Figure)| {
        let source = format!(
            "kpi(#{{ id: \"figure_{number}\", title: #{{ en: \"{number}\", de: \"{number}\" }},
                 description: #{{ en: \"-\", de: \"-\" }}, unit: \"{}\", better: \"higher\", {} }});
             fn measures(data) {{ #{{ x: {leads}.{} }} }}
             fn value(m) {{ m.x }}",
            figure.unit,
            declared(number),
            figure.script
        );
        language.load(&format!("figure_{number}.rhai"), &source).expect("the script is in order").remove(0)
    };
    FIGURES.iter().enumerate().map(kpi).collect()
}

impl Report {
    pub fn new() -> Report {
        // With a clock change in it.
        let zone = zone("Europe/Berlin").expect("a zone");
        let last = Period::parse("2026-W45", Timestamp::UNIX_EPOCH, &zone).expect("a week");
        let periods = last.trail(13).expect("weeks before it");
        let judged = kpis(OF_THE_PERIOD, |number| {
            if LATER.contains(&number) {
                "threshold: #{ warning: 30 }, settles_after: \"14d\""
            } else {
                "threshold: #{ warning: 30 }"
            }
        });
        let trailing = kpis("data.leads.dated(|l| l.created_at, data.period.trailing(\"1 year\"))", |_| "");
        Report { kpis: kpis(OF_THE_PERIOD, |_| ""), judged, trailing, periods }
    }

    /// Before this instant its last week ends, in UTC seconds.
    pub fn end(&self) -> i64 {
        self.periods.last().map_or(0, |period| period.instants().end)
    }

    /// Computes it in the first `breakdowns` breakdowns.
    pub fn compute(&self, store: &Store, breakdowns: usize) -> Computed {
        compute_in(&BREAKDOWNS[..breakdowns], &self.kpis, &self.periods, Timestamp::MAX, store, false)
    }

    /// Computes its figures over the years that end with its last so many weeks, in total and by region.
    pub fn trailing(&self, store: &Store, weeks: usize) -> Computed {
        compute_in(&BREAKDOWNS[..2], &self.trailing, &self.weeks(weeks), Timestamp::MAX, store, false)
    }

    /// Computes it in all breakdowns over that many weeks, the last judged by those before it, all at the same age.
    pub fn judge(&self, store: &Store, weeks: usize) -> Computed {
        self.judge_of(store, weeks, 0, false)
    }

    /// The same as it was made so many weeks before, with what is kept.
    pub fn judge_at(&self, store: &Store, weeks: usize, before: usize) -> Computed {
        self.judge_of(store, weeks, before, true)
    }

    fn judge_of(&self, store: &Store, weeks: usize, before: usize, kept: bool) -> Computed {
        let last = &self.periods[self.periods.len() - 1 - before];
        let weeks = last.trail(weeks).expect("weeks before it");
        let now = Timestamp::from_second(last.instants().end + AGE).expect("an instant of this century");
        compute_in(&BREAKDOWNS, &self.judged, &weeks, now, store, kept)
    }

    /// The last of its weeks.
    pub fn last_week(&self) -> Period {
        self.periods[self.periods.len() - 1].clone()
    }

    /// A KPI that is none of its own, nor one that ships.
    pub fn another(&self) -> Kpi {
        self.judged[0].clone()
    }

    /// The statements by hand over the last so many weeks, one for each breakdown.
    pub fn by_hand(&self, sqlite: bool, median: bool, weeks: usize) -> Vec<Statement> {
        let figures: Vec<usize> = (0..FIGURES.len()).filter(|figure| median || *figure != MEDIAN).collect();
        let weeks = self.weeks(weeks);
        BREAKDOWNS.iter().map(|by| statement(by, sqlite, &figures, "", &weeks)).collect()
    }

    fn weeks(&self, count: usize) -> Vec<Period> {
        self.periods.last().and_then(|last| last.trail(count).ok()).expect("weeks before it")
    }

    /// One statement for each figure and breakdown, which reads the rows of that figure alone.
    pub fn one_by_one(&self, sqlite: bool) -> Vec<Statement> {
        let statement = |by| {
            let one = move |figure: usize| {
                let filter = format!("WHERE {}", FIGURES[figure].filter);
                statement(by, sqlite, &[figure], &filter, &self.periods)
            };
            (0..FIGURES.len()).map(one)
        };
        BREAKDOWNS.iter().flat_map(statement).collect()
    }
}

fn statement(by: &By, sqlite: bool, figures: &[usize], filter: &str, weeks: &[Period]) -> Statement {
    let By { key, joins, name, names, .. } = by;
    let weeks = weeks.iter().enumerate().map(|(number, period)| {
        let instants = period.instants();
        format!("({number}, {}, {})", instants.start, instants.end)
    });
    let weeks = weeks.collect::<Vec<_>>().join(", ");
    let rows = format!("weeks JOIN leads l ON created_at >= since AND created_at < until {joins} {filter}");
    // SQLite has no median: where one is wanted, rows are numbered by the value within their group.
    let numbered = sqlite && figures.contains(&MEDIAN);
    let (rows, k) = if numbered {
        let group = format!("PARTITION BY week, {key}");
        let numbered = format!(
            "SELECT week, {key} AS k, offered_at, accepted_at, contacted_at, feedback_at, outcome,
                 row_number() OVER ({group} ORDER BY accepted_at - offered_at NULLS LAST) AS number,
                 count(accepted_at - offered_at) OVER ({group}) AS known
             FROM {rows}"
        );
        (format!("({numbered}) AS numbered"), "k")
    } else {
        (rows, *key)
    };
    let column = |figure: &usize| {
        let aggregate = match FIGURES[*figure] {
            _ if *figure == MEDIAN && sqlite => {
                "avg(accepted_at - offered_at) FILTER (WHERE number IN ((known + 1) / 2, (known + 2) / 2))".to_owned()
            }
            Figure { filter: condition, aggregate: "count(*)", .. } if filter.is_empty() => {
                format!("count(*) FILTER (WHERE {condition})")
            }
            Figure { aggregate, .. } => aggregate.to_owned(),
        };
        format!("{aggregate} AS f{figure}")
    };
    let columns = figures.iter().map(column).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "WITH weeks (week, since, until) AS (VALUES {weeks}),
         grouped AS (SELECT week, {k} AS k, {columns} FROM {rows} GROUP BY 1, 2)
         SELECT grouped.*, {name} AS name FROM grouped {names}"
    );
    Statement { sql, figures: figures.to_vec() }
}

/// `kept`: whether what is kept is used, and what is computed kept.
fn compute_in(by: &[By], kpis: &[Kpi], periods: &[Period], now: Timestamp, store: &Store, kept: bool) -> Computed {
    let breakdowns: Vec<Vec<Dimension>> = by.iter().map(|by| by.breakdown.to_vec()).collect();
    let assess = now < Timestamp::MAX;
    let request = |kpi| Request { kpi, breakdowns: breakdowns.clone(), comparison: Comparison::NONE, assess };
    let requests: Vec<Request> = kpis.iter().map(request).collect();
    let reader = store.reader().expect("a connection");
    let reader = if kept { reader } else { reader.anew() };
    let mut source = Timed { source: reader, spent: Duration::ZERO, rows: 0 };
    let figures = compute(&requests, periods, &Scope::everything(), now, &mut source);
    Computed { figures: figures.expect("the database answers"), rows: source.rows, folding: source.spent }
}

/// A statement by hand.
pub struct Statement {
    pub sql: String,
    /// Which of the figures it asks for.
    pub figures: Vec<usize>,
}

impl Statement {
    /// What it answers, with the other figures missing.
    pub fn table(&self, store: &Store) -> Table {
        let field = |figure: &usize| format!(" || '|' || coalesce(CAST(f{figure} AS TEXT), '')");
        let fields = self.figures.iter().map(field).collect::<Vec<_>>().concat();
        let sql = format!("SELECT coalesce(name, '') || '|' || week{fields} AS value FROM ({}) AS answer", self.sql);
        let lines = store.texts(&sql).expect("the database answers");
        let row = |line: &String| {
            let mut parts = line.split('|');
            let name = parts.next().unwrap_or_default().to_owned();
            let week = parts.next().and_then(|week| week.parse().ok()).expect("the number of a week");
            let mut values = vec![None; FIGURES.len()];
            self.figures.iter().zip(parts).for_each(|(figure, value)| values[*figure] = value.parse().ok());
            ((name, week), values)
        };
        lines.iter().map(row).collect()
    }
}

/// A report that was computed.
pub struct Computed {
    figures: Vec<Figures>,
    /// How many rows were read.
    pub rows: usize,
    /// How long was spent in reading and folding them. The rest went into the cells.
    pub folding: Duration,
}

impl Computed {
    pub fn cells(&self) -> usize {
        let broken = self.figures.iter().flat_map(|figures| &figures.breakdowns);
        broken.flat_map(|broken| &broken.rows).map(|row| row.cells.len()).sum()
    }

    /// The figures, by breakdown.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = vec![Table::new(); self.figures.first().map_or(0, |figures| figures.breakdowns.len())];
        for (figure, figures) in self.figures.iter().enumerate() {
            for (table, broken) in tables.iter_mut().zip(&figures.breakdowns) {
                for row in &broken.rows {
                    let name = row.groups.first().and_then(Group::label).unwrap_or_default();
                    for (week, cell) in row.cells.iter().enumerate() {
                        let values = table.entry((name.to_owned(), week)).or_insert_with(|| vec![None; FIGURES.len()]);
                        values[figure] = cell.outcome.value();
                    }
                }
            }
        }
        tables
    }
}

/// A source with a clock.
struct Timed<S> {
    source: S,
    spent: Duration,
    rows: usize,
}

impl<S: Source> Source for Timed<S> {
    type Error = S::Error;

    fn scan(&mut self, scan: &Scan, each: &mut dyn FnMut(&Batch)) -> Result<(), S::Error> {
        let began = Instant::now();
        let Timed { source, spent, rows } = self;
        source.scan(scan, &mut |batch| {
            *rows += batch.len();
            each(batch);
        })?;
        *spent += began.elapsed();
        Ok(())
    }

    fn spans(&mut self, table: &model::Table, column: &Column) -> Result<Option<Arc<Spans>>, S::Error> {
        self.source.spans(table, column)
    }

    fn money_digits(&mut self) -> Result<u8, S::Error> {
        self.source.money_digits()
    }

    fn begins(&mut self, table: &model::Table) -> Result<Begins, S::Error> {
        self.source.begins(table)
    }

    fn holds(&mut self, table: &model::Table, column: &str) -> Result<bool, S::Error> {
        self.source.holds(table, column)
    }

    fn keeps(&self) -> bool {
        self.source.keeps()
    }

    fn kept(&mut self, wanted: &[Wanted]) -> Result<Vec<Kept>, S::Error> {
        self.source.kept(wanted)
    }

    fn keep(&mut self, computed: Vec<Kept>) -> Result<(), S::Error> {
        self.source.keep(computed)
    }

    fn refreshed_at(&mut self, table: &model::Table) -> Result<Option<i64>, S::Error> {
        self.source.refreshed_at(table)
    }
}
