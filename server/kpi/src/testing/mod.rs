//! The tests that travel with a script: `fn tests()` lists rows, a period, and what must come out.
//!
//! `memory` holds the rows that they list, [`coverage`] says which branches of a script they leave out.

pub mod coverage;
mod memory;

use crate::data::cell::{Breakdown, Cell};
use crate::data::dimension::NoSuchDimension;
use crate::data::model::Model;
use crate::data::scope::Scope;
use crate::diagnostic::{Diagnostic, nearest};
use crate::engine::comparison::Comparison;
use crate::engine::figures::{Figures, Row, compute};
use crate::engine::request::Request;
use crate::script::Language;
use crate::script::compiled::Script;
use crate::script::errors::{Complaint, Refused};
use crate::script::kpi::Kpi;
use crate::script::setting::Reached;
use crate::time::period::Period;
use coverage::{Block, instrumented};
use jiff::Timestamp;
use jiff::tz::TimeZone;
pub(crate) use memory::{MOST_ROWS, Tables};
use rhai::{Dynamic, Map};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One test of a script, run.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// The id of the KPI it is about.
    pub kpi: String,
    pub name: String,
    /// What differed, or what was wrong with the test itself.
    pub outcome: Result<(), String>,
    pub time: Duration,
}

/// A script with its tests run, and what they reached.
#[derive(Debug)]
pub struct Tested {
    pub results: Vec<TestResult>,
    /// Each block of the script but for those that make its tests, and whether a test ran it.
    pub blocks: Vec<(Block, bool)>,
    /// The KPI and the name of each measure, and whether it counted a row in a test.
    pub measures: Vec<(String, String, bool)>,
}

/// A test as a script writes it.
struct Test {
    period: Period,
    by: Breakdown,
    expect: Dynamic,
    /// What must stand beside the figure of the total, by name.
    beside: Map,
    tolerance: f64,
    tables: Tables,
}

/// Figures that agree to this share of the expected one are the same.
const TOLERANCE: f64 = 1e-9;

impl Kpi {
    /// Runs the script's tests of this KPI. None if it has none.
    ///
    /// # Errors
    /// If `tests` itself fails or returns no list.
    pub fn run_tests(&self) -> Result<Vec<TestResult>, Diagnostic> {
        self.run_tests_of(&|_| true)
    }

    /// Runs those whose name is wanted.
    fn run_tests_of(&self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<TestResult>, Diagnostic> {
        if self.script.language.parameters.contains_key(self.id()) {
            // The tests of a script are about the script, not about what a home sets its parameters to.
            let plain = Kpi::all_of(&self.script, &Arc::default())?;
            return plain.iter().find(|kpi| kpi.id() == self.id()).map_or(Ok(Vec::new()), |kpi| kpi.list_tests(wanted));
        }
        self.list_tests(wanted)
    }

    fn list_tests(&self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<TestResult>, Diagnostic> {
        if !self.script.has("tests") {
            return Ok(Vec::new());
        }
        let complain = |message: String, hint: &str| {
            self.script.complain(message, Some(hint)).at(self.script.position_of("tests"), Some(4))
        };
        let listed = self.script.tests(&self.parameters)?.into_typed_array::<Map>().map_err(|_| {
            complain("`tests` returns no list of maps".to_owned(), "write [ #{ name: …, period: …, expect: … } ]")
        })?;
        let mut budget = MOST_ROWS;
        let mut results = Vec::new();
        for (index, mut test) in listed.into_iter().enumerate() {
            let of = test.remove("kpi").map(|id| id.to_string());
            match of {
                None if self.siblings.len() > 1 => {
                    let message = format!("test {} does not say of which KPI it is", index + 1);
                    return Err(complain(message, "the script declares several: write kpi: \"…\" in each test"));
                }
                Some(id) if !self.siblings.contains(&id) => {
                    let message = format!("test {} is about “{id}”, which the script does not declare", index + 1);
                    let near = nearest(&id, self.siblings.iter().map(String::as_str));
                    let hint = near.map_or_else(
                        || "name one that it declares".to_owned(),
                        |near| format!("did you mean “{near}”?"),
                    );
                    return Err(complain(message, &hint));
                }
                Some(id) if id != self.id() => {}
                _ => {
                    let name =
                        test.remove("name").map_or_else(|| format!("test {}", index + 1), |name| name.to_string());
                    if wanted(&name) {
                        results.push(self.run_test(name, test, &mut budget));
                    }
                }
            }
        }
        Ok(results)
    }

    fn run_test(&self, name: String, mut test: Map, budget: &mut u64) -> TestResult {
        if let Some(set) = test.remove("parameters") {
            return match self.set_to(&set) {
                Ok(kpi) => kpi.run_test(name, test, budget),
                Err(difference) => {
                    TestResult { kpi: self.id().to_owned(), name, outcome: Err(difference), time: Duration::ZERO }
                }
            };
        }
        let began = Instant::now();
        let outcome =
            Test::read(test, &self.script.language.model).map_err(|error| complaint(&error)).and_then(|test| {
                *budget = budget.checked_sub(test.tables.rows()).ok_or_else(|| {
                    format!("the tests of the script have more than {MOST_ROWS} rows together: make them smaller")
                })?;
                self.check(test)
            });
        let outcome = outcome.map_err(|difference| shortened(&difference));
        TestResult { kpi: self.id().to_owned(), name, outcome, time: began.elapsed() }
    }

    /// The same KPI with its parameters set as a test says.
    fn set_to(&self, parameters: &Dynamic) -> Result<Kpi, String> {
        let parameters = serde_json::to_value(parameters).and_then(serde_json::from_value);
        let parameters = parameters.map_err(|error| format!("the test's parameters are not in order: {error}"))?;
        let configured = Arc::new(HashMap::from([(self.id().to_owned(), parameters)]));
        let kpis = Kpi::all_of(&self.script, &configured).map_err(|diagnostic| diagnostic.to_string())?;
        kpis.into_iter().find(|kpi| kpi.id() == self.id()).ok_or_else(|| "the KPI is gone".to_owned())
    }

    fn check(&self, mut test: Test) -> Result<(), String> {
        self.check_breakdown(&test.by).map_err(|error| error.to_string())?;
        // A test without rows for one table tests an empty table; nothing it leaves out is an error.
        let request =
            Request { kpi: self, breakdowns: vec![test.by.clone()], comparison: Comparison::NONE, assess: false };
        let Ok(figures) = compute(
            &[request],
            std::slice::from_ref(&test.period),
            &Scope::everything(),
            Timestamp::MAX,
            &mut test.tables,
        );
        compare(&figures[0], &test)
    }
}

impl Language {
    /// Loads a script and runs those of its tests whose names are wanted, all of its KPIs, and says what they reached.
    ///
    /// # Errors
    /// What is wrong with the script, and where.
    pub fn test(
        self: &Arc<Language>,
        file: &str,
        source: &str,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Tested, Diagnostic> {
        // As it is written first: errors point at the text that people see.
        self.load(file, source)?;
        let (text, blocks) = instrumented(source);
        let (reached, listing) = (Reached::default(), Reached::default());
        let script = Script::compile(self, file, &text)?.noting(source, &reached, &listing);
        let kpis = Kpi::all_of(&Arc::new(script), &Arc::default())?;
        let mut results = Vec::new();
        for kpi in &kpis {
            results.extend(kpi.run_tests_of(wanted)?);
        }
        // What only helps to list the tests is not to be tested.
        let blocks = blocks.into_iter().enumerate().filter(|(index, _)| reached.has(*index) || !listing.has(*index));
        let blocks = blocks.map(|(index, block)| (block, reached.has(index))).collect();
        let measures = kpis.iter().flat_map(|kpi| kpi.measures.iter().map(move |(name, _)| (kpi.id(), name)));
        let measures = measures.map(|(id, name)| (id.to_owned(), name.clone(), reached.has_measured(id, name)));
        Ok(Tested { results, blocks, measures: measures.collect() })
    }
}

/// Loads a text as a script, runs its tests and asks for the value of no rows: all that a script can make the engine
/// do. For fuzzing.
pub fn exercise(language: &Arc<Language>, text: &str) {
    for kpi in language.load("fuzz.rhai", text).unwrap_or_default() {
        drop(kpi.run_tests());
        kpi.cell_of_nothing();
    }
}

/// A list of differences may be long.
fn shortened(text: &str) -> String {
    const LINES: usize = 20;
    let mut lines: Vec<&str> = text.lines().take(LINES).collect();
    if text.lines().count() > LINES {
        lines.push("…");
    }
    lines.join("\n")
}

fn complaint(error: &rhai::EvalAltResult) -> String {
    if let rhai::EvalAltResult::ErrorRuntime(thrown, _) = error
        && let Some(complaint) = thrown.clone().try_cast::<Complaint>()
    {
        return complaint.to_string();
    }
    error.to_string()
}

impl Test {
    fn read(mut test: Map, model: &Model) -> Refused<Test> {
        check_keys(&test, model)?;
        let period = test
            .remove("period")
            .unwrap_or_default()
            .into_immutable_string()
            .map_err(|_| Complaint::new("the test names no period").hint("write period: \"2026-W45\""))?;
        if ["this-", "last-", "today", "yesterday"].iter().any(|relative| period.starts_with(relative)) {
            return Err(Complaint::new(format!("“{period}” changes from day to day"))
                .hint("write period: \"2026-W45\"")
                .into());
        }
        // Tests are the same tomorrow: there is no today to be relative to.
        let period = Period::parse(&period, Timestamp::UNIX_EPOCH, &TimeZone::UTC)
            .map_err(|error| Complaint::new(error.to_string()))?;
        let expect = test.remove("expect").ok_or_else(|| {
            Complaint::new("the test expects nothing").hint("write expect: 0.75, or expect: \"no_rows\"")
        })?;
        let tolerance = test.remove("tolerance").map_or(Ok(TOLERANCE), |tolerance| {
            number(&tolerance).ok_or_else(|| Complaint::new(format!("the tolerance is {tolerance}, not a number")))
        })?;
        let beside = test.remove("beside").unwrap_or_else(|| Dynamic::from(Map::new()));
        let beside = beside
            .try_cast::<Map>()
            .ok_or_else(|| Complaint::new("beside is a map").hint("write beside: #{ median: 1200 }"))?;
        if !beside.is_empty() && test.contains_key("by") {
            return Err(Complaint::new("beside is checked for the total only").hint("leave out by, or beside").into());
        }
        let by = test.remove("by").map_or(Ok(Vec::new()), |by| breakdown(&by, model))?;
        let mut tables = Tables::default();
        // Parents first: a row may be named by its name alone.
        for table in model.tables() {
            if let Some(rows) = test.get(&*table.name) {
                tables.add(&table, rows)?;
            }
        }
        Ok(Test { period, by, expect, beside, tolerance, tables })
    }
}

/// The keys of a test other than its rows. `name`, `kpi` and `parameters` have been read before.
const KEYS: [&str; 8] = ["name", "kpi", "period", "by", "expect", "beside", "tolerance", "parameters"];

fn check_keys(test: &Map, model: &Model) -> Refused<()> {
    for name in test.keys() {
        if KEYS.contains(&name.as_str()) || model.table(name).is_some() {
            continue;
        }
        let hint = match nearest(name, KEYS.into_iter().chain(model.names())) {
            Some(near) => format!("did you mean “{near}”?"),
            None => format!("a test has {}, and rows by table", KEYS.join(", ")),
        };
        return Err(Complaint::new(format!("a test has no “{name}”")).hint(hint).into());
    }
    Ok(())
}

/// One dimension, or a list of them.
fn breakdown(written: &Dynamic, model: &Model) -> Refused<Breakdown> {
    let named = |name: &Dynamic| {
        let found = model.dimension(&name.to_string());
        found.map_err(|NoSuchDimension { name, hint }| {
            Complaint::new(format!("“{name}” is not a dimension")).hint(hint).into()
        })
    };
    match written.clone().into_typed_array::<Dynamic>() {
        Ok(several) => several.iter().map(named).collect(),
        Err(_) => named(written).map(|dimension| vec![dimension]),
    }
}

/// `North / GTX`: the groups of a row, as tests name them.
fn label(row: &Row) -> String {
    let labels = row.groups.iter().map(|group| group.label().unwrap_or("(none)"));
    labels.collect::<Vec<_>>().join(" / ")
}

fn compare(figures: &Figures, test: &Test) -> Result<(), String> {
    let rows = &figures.breakdowns[0].rows;
    if test.by.is_empty() {
        let cell = rows.first().map(|row| &row.cells[0]);
        compare_cell(cell, &test.expect, test.tolerance)?;
        return compare_beside(cell, test);
    }
    let expected = test.expect.clone().try_cast::<Map>().ok_or("with `by`, expect is a map from group to figure")?;
    let mut differences = Vec::new();
    for (group, expect) in &expected {
        let found = rows.iter().find(|row| label(row) == group.as_str());
        if let Err(difference) = compare_cell(found.map(|row| &row.cells[0]), expect, test.tolerance) {
            differences.push(format!("{group}: {difference}"));
        }
    }
    let unexpected = rows.iter().map(label).filter(|label| !expected.contains_key(label.as_str()));
    differences.extend(unexpected.map(|label| format!("{label}: not expected at all")));
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn compare_beside(cell: Option<&Cell>, test: &Test) -> Result<(), String> {
    for (name, expect) in &test.beside {
        let found = cell.and_then(|cell| cell.beside.iter().find(|beside| beside.name == name.as_str()));
        let agrees = number(expect).zip(found).is_some_and(|(expected, found)| {
            (found.value - expected).abs() <= test.tolerance * expected.abs().max(1e-3)
        });
        if !agrees {
            let found = found.map_or_else(|| "nothing".to_owned(), |found| found.value.to_string());
            return Err(format!("beside it, as {name}: expected {expect}, found {found}"));
        }
    }
    Ok(())
}

fn compare_cell(found: Option<&Cell>, expect: &Dynamic, tolerance: f64) -> Result<(), String> {
    let found = found.map_or_else(|| "no_rows".to_owned(), shown);
    let agrees = match number(expect) {
        Some(expected) => {
            found.parse::<f64>().is_ok_and(|found| (found - expected).abs() <= tolerance * expected.abs().max(1e-3))
        }
        None => found == expect.to_string(),
    };
    if agrees { Ok(()) } else { Err(format!("expected {expect}, found {found}")) }
}

/// A number as scripts write it, whole or not.
fn number(written: &Dynamic) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers that people write are below 2^53")]
    written.as_float().ok().or_else(|| written.as_int().ok().map(|whole| whole as f64))
}

fn shown(cell: &Cell) -> String {
    match &cell.outcome {
        crate::data::cell::Outcome::Value { value } => value.to_string(),
        crate::data::cell::Outcome::ScriptError { message } => message.clone(),
        absent => absent.state().to_owned(),
    }
}
