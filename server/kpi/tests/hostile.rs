//! Scripts that want to do harm: each file of `tests/hostile` must end with an error, soon, without taking much memory,
//! and leave the language as it was; those of `tests/hostile/harmless` only look suspicious and must pass. The first
//! line of a hostile script tells readers how it should end: the faster the machine, the sooner it meets a limit of
//! steps or size, and not of time. Scripts that would be huge files are made here.
//!
//! Each script runs in a process of its own. Otherwise a stack overflow or an endless native call would take down the
//! whole run, without even the name of the script.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(unsafe_code, reason = "an allocator that counts cannot be written without it")]

use pegel_kpi::data::cell::Outcome;
use pegel_kpi::script::Language;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Loading, tests and the value together.
const TIME: Duration = Duration::from_secs(2);
/// Above what was in use before.
const MEMORY: usize = 64 << 20;
/// What is said of a script ends up in logs and mails.
const MESSAGE: usize = 16 << 10;
/// When a process is ended that did not end by itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the allocator gives up, so that a script which breaks out does not take the machine with it.
const MEMORY_OF_THE_PROCESS: usize = 1 << 30;
/// Tells the process of a script which one it is.
const NAME: &str = "PEGEL_HOSTILE_SCRIPT";
/// What a line of that process begins with that is meant for us.
const VERDICT: &str = "verdict: ";
const KINDS: [&str; 6] = ["steps", "time", "depth", "size", "refused", "wrong"];

/// Counts what is allocated, and the most there was at once.
struct Counting;

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Counts a request; false if it is too much.
fn taken(size: usize) -> bool {
    let used = USED.fetch_add(size, Ordering::Relaxed) + size;
    if used > MEMORY_OF_THE_PROCESS {
        USED.fetch_sub(size, Ordering::Relaxed);
        return false;
    }
    PEAK.fetch_max(used, Ordering::Relaxed);
    true
}

// SAFETY: everything is handed on to the system's allocator, with the layouts as they came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !taken(layout.size()) {
            return std::ptr::null_mut();
        }
        let pointer = unsafe { System.alloc(layout) };
        if pointer.is_null() {
            USED.fetch_sub(layout.size(), Ordering::Relaxed);
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) };
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While it moves, both the old and the new place are in use.
        if !taken(size) {
            return std::ptr::null_mut();
        }
        let moved = unsafe { System.realloc(pointer, layout, size) };
        USED.fetch_sub(if moved.is_null() { size } else { layout.size() }, Ordering::Relaxed);
        moved
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs a script to its end: loads it, runs the tests of all its KPIs, and asks for a value.
fn end_of(language: &Arc<Language>, name: &str, text: &str) -> Result<(), String> {
    let kpis = language.load(name, text).map_err(|diagnostic| diagnostic.to_string())?;
    for kpi in &kpis {
        let results = kpi.run_tests().map_err(|diagnostic| diagnostic.to_string())?;
        for result in results {
            result.outcome.map_err(|difference| format!("{}: {difference}", result.name))?;
        }
        if let Outcome::ScriptError { message } = kpi.cell_of_nothing().outcome {
            return Err(message);
        }
    }
    Ok(())
}

const PLAIN: &str = r#"
kpi(#{
    id: "example",
    title: #{ en: "Example", de: "Beispiel" },
    description: #{ en: "An example.", de: "Ein Beispiel." },
    unit: "count",
    better: "higher",
});
"#;

/// A script that must still work when a hostile one is through.
fn plain() -> String {
    let tests = "fn tests() {\n    let lead = #{ created_at: \"2026-11-02T08:00\" };\n    \
                 [#{ name: \"three\", period: \"2026-W45\", leads: [times(3, lead)], expect: 3 }]\n}\n";
    format!("{}{tests}", with_value("m.n"))
}

fn script(measures: &str, value: &str) -> String {
    format!("{PLAIN}\nfn measures(data) {{\n    {measures}\n}}\n\nfn value(m) {{\n    {value}\n}}\n")
}

fn with_value(value: &str) -> String {
    script("#{ n: data.leads.dated(|l| l.created_at).count() }", value)
}

fn with_filter(condition: &str) -> String {
    script(&format!("#{{ n: data.leads.dated(|l| l.created_at).filter(|l| {condition}).count() }}"), "m.n")
}

/// `inner` between many brackets.
fn nested(times: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

/// A line for each number.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    AnError,
    ToPass,
}

struct Script {
    name: String,
    text: String,
    wanted: Wanted,
}

/// Hostile scripts that would be huge files.
fn made() -> Vec<Script> {
    let long = "x".repeat(100_000);
    let closures = numbered(5_000, |number| format!("    let f{number} = |x| x + {number};"));
    let functions = numbered(5_000, |number| format!("fn f{number}(x) {{ x }}"));
    let variables = numbered(5_000, |number| format!("    let v{number} = {number};"));
    let keys = numbered(5_000, |number| format!("k{number}: {number},"));
    let branches = numbered(10_000, |number| format!("else if m.n == {number} {{ {number} }}"));
    let hostile = [
        ("long_text_literal", with_value(&format!("\"{long}\".len()"))),
        ("long_number_literal", with_value(&"9".repeat(10_000))),
        ("long_fraction_literal", with_value(&format!("1{}.0", "0".repeat(10_000)))),
        ("long_array_literal", with_value(&format!("[{}].len()", "1, ".repeat(30_000)))),
        ("long_map_literal", with_value(&format!("#{{ {keys} }}.len()"))),
        ("long_name", with_value(&long)),
        ("long_name_of_a_column", with_filter(&format!("l.{long} > 1"))),
        ("thousands_of_functions", format!("{}\n{functions}", with_value("m.n"))),
        ("thousands_of_variables", with_value(&format!("{variables}    m.n"))),
        ("thousands_of_closures", with_value(&format!("{closures}    m.n"))),
        ("deep_brackets", with_value(&nested(10_000, "(", "m.n", ")"))),
        ("deep_arrays", with_value(&format!("{}.len()", nested(10_000, "[", "1", "]")))),
        ("deep_maps", with_value(&format!("{}.len()", nested(10_000, "#{ a: ", "1", "}")))),
        ("deep_blocks", with_value(&nested(10_000, "if true { ", "return m.n;", " }"))),
        ("deep_bare_blocks", with_value(&nested(10_000, "{ ", "m.n", " }"))),
        ("deep_calls", with_value(&nested(10_000, "ratio(1, ", "m.n", ")"))),
        ("deep_closures", with_value(&format!("{} x; m.n", "let f = |x| ".repeat(5_000)))),
        ("deep_negations", with_value(&format!("{}m.n", "- ".repeat(10_000)))),
        ("deep_complements", with_filter(&format!("{}(l.amount > 1)", "!".repeat(10_000)))),
        ("deep_interpolation", with_value(&format!("{}.len()", nested(5_000, "`${", "1", "}`")))),
        ("deep_index", with_value(&format!("let a = [1]; a{}", "[0]".repeat(10_000)))),
        ("deep_index_in_index", with_value(&format!("let a = [0]; {}", nested(10_000, "a[", "0", "]")))),
        ("deep_functions", format!("{}\n{}", with_value("m.n"), nested(5_000, "fn f() { ", "1", " }"))),
        ("deep_tries", with_value(&nested(10_000, "try { ", "throw 1;", " } catch { }"))),
        ("deep_powers", with_value(&format!("2{}", " ** 2".repeat(10_000)))),
        ("long_sum", with_value(&format!("m.n{}", " + 1.0".repeat(20_000)))),
        ("long_sum_of_columns", with_filter(&format!("l.amount{} > 1", " + l.amount".repeat(5_000)))),
        ("long_condition", with_filter(&format!("l.amount > 1{}", " and l.amount > 1".repeat(5_000)))),
        ("long_alternative", with_filter(&format!("l.amount > 1{}", " or l.amount > 1".repeat(5_000)))),
        ("long_chain_of_methods", with_value(&format!("m.n{}", ".abs()".repeat(20_000)))),
        ("long_chain_of_references", with_filter(&format!("l{}.region == \"x\"", ".partner".repeat(10_000)))),
        ("long_chain_of_referrers", with_filter(&format!("l.customer{}.name == \"x\"", ".referrer".repeat(5_000)))),
        ("long_chain_of_branches", with_value(&format!("if m.n < 0 {{ 0 }} {branches}"))),
        ("open_comments", format!("{}{}", "/* ".repeat(10_000), with_value("m.n"))),
        ("open_brackets", format!("{}{}", with_value("m.n"), "(".repeat(100_000))),
        ("megabytes_of_nonsense", "kpi( } fn ` ${ \" [".repeat(100_000)),
        ("megabytes_of_spaces", " \n".repeat(1_000_000)),
    ];
    let harmless = [
        ("deep_comments", format!("{}\n{}", nested(5_000, "/* ", "", " */"), plain())),
        ("sixty_kilobytes_of_comments", format!("{}{}", "// a line of a comment\n".repeat(2_800), plain())),
        ("plain", plain()),
    ];
    let all = |wanted| move |(name, text): (&str, String)| Script { name: format!("made/{name}"), text, wanted };
    hostile.into_iter().map(all(Wanted::AnError)).chain(harmless.into_iter().map(all(Wanted::ToPass))).collect()
}

/// The scripts that lie in a folder.
fn read(folder: &Path, wanted: Wanted) -> Vec<Script> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let scripts = entries.filter(|path| path.extension().is_some_and(|extension| extension == "rhai"));
    let script = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let name = if wanted == Wanted::ToPass { format!("harmless/{name}") } else { name };
        Script { name, text: std::fs::read_to_string(&path).unwrap(), wanted }
    };
    scripts.map(script).collect()
}

fn scripts() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile");
    let mut all = read(&folder, Wanted::AnError);
    all.extend(read(&folder.join("harmless"), Wanted::ToPass));
    all.extend(made());
    all.sort_by(|left, right| left.name.cmp(&right.name));
    all
}

/// What there is to say against a script's end.
fn judged(script: &Script) -> Vec<String> {
    let language = Arc::new(Language::new());
    let before = USED.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let begin = Instant::now();
    let end = end_of(&language, &script.name, &script.text);
    let (took, most) = (begin.elapsed(), PEAK.load(Ordering::Relaxed).saturating_sub(before));

    let mut wrong = Vec::new();
    match (&end, script.wanted) {
        (Ok(()), Wanted::AnError) => wrong.push("it passes".to_owned()),
        (Err(said), Wanted::ToPass) => wrong.push(format!("it fails: {}", beginning(said))),
        (Err(said), _) if said.len() > MESSAGE => wrong.push(format!("its message is {} bytes long", said.len())),
        _ => {}
    }
    if took > TIME {
        wrong.push(format!("it takes {} ms", took.as_millis()));
    }
    if most > MEMORY {
        wrong.push(format!("it takes {} MiB", most >> 20));
    }
    if let Err(said) = end_of(&language, "plain.rhai", &plain()) {
        wrong.push(format!("after it, a plain script fails: {}", beginning(&said)));
    }
    wrong
}

/// The first line, and not too much of it.
fn beginning(said: &str) -> String {
    said.lines().next().unwrap_or_default().chars().take(200).collect()
}

/// Not a test by itself: what runs in the process of one script.
#[test]
#[ignore = "every_script_comes_to_its_end runs it, once for each script"]
fn one_script() {
    let Ok(name) = std::env::var(NAME) else { return };
    let all = scripts();
    let script = all.iter().find(|script| script.name == name).unwrap();
    for wrong in judged(script) {
        println!("\n{VERDICT}{wrong}");
    }
    println!("\n{VERDICT}done");
}

/// Runs a script in its process. Nothing is wrong with it if that says so and ends in order.
fn verdicts(name: &str) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "one_script", "--ignored", "--nocapture"])
        .env(NAME, name)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // A panic of the engine is caught, but may print megabytes.
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let Some(status) = ended(&mut process) else {
        return vec![format!("it did not end within {} s", PATIENCE.as_secs())];
    };
    let said = std::io::read_to_string(process.stdout.take().unwrap()).unwrap();
    let mut verdicts: Vec<String> =
        said.lines().filter_map(|line| line.strip_prefix(VERDICT)).map(str::to_owned).collect();
    if verdicts.pop().as_deref() != Some("done") || !status.success() {
        verdicts.push(format!("it broke the process: {status}"));
    }
    verdicts
}

/// Waits, but not for ever.
fn ended(process: &mut std::process::Child) -> Option<ExitStatus> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(status) = process.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    None
}

#[test]
fn every_script_comes_to_its_end() {
    let names: Vec<String> = scripts().into_iter().map(|script| script.name).collect();
    assert!(names.len() >= 40, "only {} scripts", names.len());
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdicts = verdicts(name).into_iter().map(|verdict| format!("{name}: {verdict}"));
                    wrong.lock().unwrap().extend(verdicts);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} scripts:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}

#[test]
fn every_hostile_script_says_how_it_should_end() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile");
    let silent: Vec<String> = read(&folder, Wanted::AnError)
        .into_iter()
        .filter(|script| {
            let first = script.text.lines().next().unwrap_or_default();
            !first
                .strip_prefix("// expect: ")
                .is_some_and(|kinds| kinds.split(" or ").all(|kind| KINDS.contains(&kind)))
        })
        .map(|script| script.name)
        .collect();
    assert!(silent.is_empty(), "no known kind of end: {}", silent.join(", "));
}
