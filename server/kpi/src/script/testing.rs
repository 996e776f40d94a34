//! The tests that travel with a script: `fn tests()` lists rows, a period, and what must come out.

use super::errors::Complaint;
use super::memory::{Tables, Times};
use crate::cell::{Breakdown, Cell};
use crate::diagnostic::Diagnostic;
use crate::dimension::Dimension;
use crate::figures::{Figures, Request, compute};
use crate::kpi::Kpi;
use crate::model;
use crate::period::Period;
use crate::scope::Scope;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rhai::{Dynamic, Engine, Map};

/// One test of a script, run.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    pub name: String,
    /// What differed, or what was wrong with the test itself.
    pub outcome: Result<(), String>,
}

/// A test as a script writes it.
struct Test {
    period: Period,
    by: Breakdown,
    expect: Dynamic,
    tolerance: f64,
    tables: Tables,
}

/// Figures that agree to this share of the expected one are the same.
const TOLERANCE: f64 = 1e-9;

/// Registers what only tests need.
pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Times>("repeated row")
        .register_fn("times", |count: i64, row: Map| Times { count, row });
}

impl Kpi {
    /// Runs the script's tests. None if it has none.
    ///
    /// # Errors
    /// If `tests` itself fails or returns no list.
    pub fn run_tests(&self) -> Result<Vec<TestResult>, Diagnostic> {
        if !self.script.has("tests") {
            return Ok(Vec::new());
        }
        let at = |diagnostic: Diagnostic| diagnostic.at(self.script.position_of("tests"), Some(4));
        let listed = self.script.call("tests", (), None)?.into_typed_array::<Map>().map_err(|_| {
            at(self
                .script
                .complain("`tests` returns no list of maps", Some("write [ #{ name: …, period: …, expect: … } ]")))
        })?;
        Ok(listed.into_iter().enumerate().map(|(index, test)| self.run_test(index, test)).collect())
    }

    fn run_test(&self, index: usize, test: Map) -> TestResult {
        let name = test.get("name").map_or_else(|| format!("test {}", index + 1), Dynamic::to_string);
        let outcome = Test::read(test).map_err(|error| complaint(&error)).and_then(|test| self.check(test));
        TestResult { name, outcome }
    }

    fn check(&self, mut test: Test) -> Result<(), String> {
        self.check_breakdown(&test.by).map_err(|error| error.to_string())?;
        // A test without rows for one table tests an empty table; nothing it leaves out is an error.
        let request = Request { kpi: self, breakdowns: vec![test.by.clone()] };
        let Ok(figures) =
            compute(&[request], std::slice::from_ref(&test.period), &Scope::everything(), &mut test.tables);
        compare(&figures[0], &test)
    }
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
    fn read(mut test: Map) -> super::errors::Refused<Test> {
        test.remove("name");
        let period = test
            .remove("period")
            .unwrap_or_default()
            .into_immutable_string()
            .map_err(|_| Complaint::new("the test names no period").hint("write period: \"2026-W45\""))?;
        // Tests are the same tomorrow: there is no today to be relative to.
        let period = Period::parse(&period, Timestamp::UNIX_EPOCH, &TimeZone::UTC)
            .map_err(|error| Complaint::new(error.to_string()))?;
        let expect = test.remove("expect").ok_or_else(|| {
            Complaint::new("the test expects nothing").hint("write expect: 0.75, or expect: \"no_rows\"")
        })?;
        let tolerance = test.remove("tolerance").map_or(Ok(TOLERANCE), |tolerance| {
            number(&tolerance).ok_or_else(|| Complaint::new(format!("the tolerance is {tolerance}, not a number")))
        })?;
        let by = match test.remove("by") {
            Some(by) => vec![
                Dimension::named(&by.to_string()).ok_or_else(|| Complaint::new(format!("“{by}” is no dimension")))?,
            ],
            None => Vec::new(),
        };
        let mut tables = Tables::default();
        for (name, rows) in &test {
            let table = model::table(name).ok_or_else(|| {
                Complaint::new(format!("there is no table “{name}”"))
                    .hint("a test has name, period, by, expect, tolerance, and rows by table")
            })?;
            tables.add(table, rows)?;
        }
        Ok(Test { period, by, expect, tolerance, tables })
    }
}

fn compare(figures: &Figures, test: &Test) -> Result<(), String> {
    let rows = &figures.breakdowns[0].rows;
    if test.by.is_empty() {
        return compare_cell(rows.first().map(|row| &row.cells[0]), &test.expect, test.tolerance);
    }
    let expected = test.expect.clone().try_cast::<Map>().ok_or("with `by`, expect is a map from group to figure")?;
    let mut differences = Vec::new();
    for (group, expect) in &expected {
        let found = rows.iter().find(|row| row.groups[0].label() == Some(group.as_str()));
        if let Err(difference) = compare_cell(found.map(|row| &row.cells[0]), expect, test.tolerance) {
            differences.push(format!("{group}: {difference}"));
        }
    }
    let labels = rows.iter().map(|row| row.groups[0].label().unwrap_or("rows without the dimension"));
    let unexpected = labels.filter(|label| !expected.contains_key(*label));
    differences.extend(unexpected.map(|label| format!("{label}: not expected at all")));
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn compare_cell(found: Option<&Cell>, expect: &Dynamic, tolerance: f64) -> Result<(), String> {
    let found = found.map_or_else(|| "no_rows".to_owned(), shown);
    let agrees = match number(expect) {
        Some(expected) => {
            found.parse::<f64>().is_ok_and(|found| (found - expected).abs() <= tolerance * expected.abs().max(1.0))
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
        crate::cell::Outcome::Value { value } => value.to_string(),
        crate::cell::Outcome::ScriptError { message } => message.clone(),
        absent => absent.state().to_owned(),
    }
}
