//! The figures of a run: printed as they come, each beside its goal and beside what it was in an earlier run.

use crate::rows;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The figures of a benchmark. Those of the last run are read from its file, and those of this one are put in their
/// place; with `PEGEL_BENCH_BESIDE`, they are compared with those in that file.
///
/// The file has one line a figure, in the order of their names, with tabs between: what it was taken on, what it is, its
/// value, its unit, its goal (empty where it has none).
pub struct Sheet {
    file: PathBuf,
    /// By what it was taken on, and what it is.
    figures: BTreeMap<(String, String), Figure>,
    earlier: BTreeMap<(String, String), Figure>,
    /// What figures are taken on.
    on: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Figure {
    value: f64,
    unit: String,
    goal: Option<f64>,
}

/// In what a figure is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// So many times something else.
    Times,
    Milliseconds,
    Microseconds,
    /// Of 1,000,000 bytes.
    Megabytes,
    RowsPerSecond,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Times => "×",
            Unit::Milliseconds => "ms",
            Unit::Microseconds => "µs",
            Unit::Megabytes => "MB",
            Unit::RowsPerSecond => "rows/s",
        }
    }

    /// Digits after the point.
    fn digits(self) -> usize {
        match self {
            Unit::Times | Unit::Microseconds => 2,
            Unit::Milliseconds | Unit::Megabytes => 1,
            Unit::RowsPerSecond => 0,
        }
    }

    fn shown(self, value: f64) -> String {
        format!("{value:.*} {}", self.digits(), self.name())
    }
}

impl Sheet {
    /// The sheet of the benchmark with that name, in a folder that lasts from one run to the next.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn open(folder: &Path, name: &str) -> Sheet {
        // Figures over other rows are not to be compared.
        let file = folder.join(format!("{name}.{}.tsv", rows()));
        let figures = read(&file).unwrap_or_default();
        let beside = std::env::var_os("PEGEL_BENCH_BESIDE").map(PathBuf::from);
        let earlier = beside.map_or_else(
            || figures.clone(),
            |beside| read(&beside).unwrap_or_else(|| panic!("there are no figures in {}", beside.display())),
        );
        println!("The figures go to {}", file.display());
        Sheet { file, figures, earlier, on: String::new() }
    }

    /// Begins figures that are taken on something: `SQLite`. `heading` says of what they are.
    pub fn begin(&mut self, on: &str, heading: &str) {
        on.clone_into(&mut self.on);
        println!("\n{on}, {heading}");
    }

    /// How long something took, without anything beside it.
    pub fn time(&mut self, what: &str, time: Duration, goal: Option<Duration>) {
        self.figure(what, time.as_secs_f64() * 1e3, Unit::Milliseconds, goal.map(|goal| goal.as_secs_f64() * 1e3));
    }

    /// How much memory something took.
    #[expect(clippy::cast_precision_loss, reason = "fewer bytes than 2^53")]
    pub fn megabytes(&mut self, what: &str, bytes: usize, goal: Option<f64>) {
        self.figure(what, bytes as f64 / 1e6, Unit::Megabytes, goal);
    }

    /// A figure; a goal is the most that it may be.
    pub fn figure(&mut self, what: &str, value: f64, unit: Unit, goal: Option<f64>) {
        println!("    {what:<28}{:>12}{}", unit.shown(value), self.note(what, value, unit, goal));
    }

    /// A time beside another one, and the ratio of the two with its goal.
    pub fn ratio(&mut self, what: &str, ours: Duration, beside: &str, theirs: Duration, goal: Option<f64>) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        let [ours, theirs] = [ours, theirs].map(|time| Unit::Milliseconds.shown(time.as_secs_f64() * 1e3));
        let noted = self.note(&format!("{what} / {}", beside.trim()), ratio, Unit::Times, goal);
        println!("    {what:<28}{ours:>12}   {beside:<24}{theirs:>12}   {ratio:.2} ×{noted}");
    }

    /// Notes a figure in the file; what is said of it in brackets.
    fn note(&mut self, what: &str, value: f64, unit: Unit, goal: Option<f64>) -> String {
        let key = (self.on.clone(), what.trim().to_owned());
        let before = self.earlier.get(&key).filter(|before| before.unit == unit.name()).map(|before| before.value);
        self.figures.insert(key, Figure { value, unit: unit.name().to_owned(), goal });
        // At once: whoever interrupts a run has what there is.
        std::fs::write(&self.file, written(&self.figures)).expect("the folder of the figures can be written to");
        said(value, unit, goal, before)
    }
}

/// `  (goal 0.15: missed; before 0.19)`
fn said(value: f64, unit: Unit, goal: Option<f64>, before: Option<f64>) -> String {
    let digits = unit.digits();
    let goal = goal.map(|goal| format!("goal {goal}{}", if value <= goal { "" } else { ": missed" }));
    let before = before.map(|before| format!("before {before:.digits$}"));
    let said: Vec<String> = goal.into_iter().chain(before).collect();
    if said.is_empty() { String::new() } else { format!("  ({})", said.join("; ")) }
}

fn written(figures: &BTreeMap<(String, String), Figure>) -> String {
    let mut lines = String::new();
    for ((on, what), Figure { value, unit, goal }) in figures {
        let goal = goal.map(|goal| goal.to_string()).unwrap_or_default();
        writeln!(lines, "{on}\t{what}\t{value:.4}\t{unit}\t{goal}").expect("a text takes all that is written");
    }
    lines
}

/// The figures in a file; `None` if there is no such file. Lines that are none are left out.
fn read(file: &Path) -> Option<BTreeMap<(String, String), Figure>> {
    let figure = |line: &str| {
        let [on, what, value, unit, goal] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        let figure = Figure { value: value.parse().ok()?, unit: unit.to_owned(), goal: goal.parse().ok() };
        Some(((on.to_owned(), what.to_owned()), figure))
    };
    Some(std::fs::read_to_string(file).ok()?.lines().filter_map(figure).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_is_read() {
        let mut figures = BTreeMap::new();
        let of = |what: &str| ("SQLite".to_owned(), what.to_owned());
        figures.insert(of("ours / theirs"), Figure { value: 0.1875, unit: "×".to_owned(), goal: Some(0.15) });
        figures.insert(of("memory"), Figure { value: 9.5, unit: "MB".to_owned(), goal: None });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("engine.tsv");
        std::fs::write(&file, written(&figures)).unwrap();
        assert_eq!(read(&file).unwrap(), figures);
        assert_eq!(read(&folder.path().join("other.tsv")), None);
    }

    #[test]
    fn a_goal_is_the_most_that_a_figure_may_be() {
        assert_eq!(said(0.1875, Unit::Times, Some(0.15), Some(0.25)), "  (goal 0.15: missed; before 0.25)");
        assert_eq!(said(9.5, Unit::Megabytes, Some(20.0), None), "  (goal 20)");
        assert_eq!(said(9.5, Unit::Megabytes, None, None), "");
    }
}
