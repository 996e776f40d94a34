//! Scripts that are nearly right: the shipped and the hostile ones with words taken out, doubled, swapped, with other
//! numbers, or with two scripts grown together. Each must end, with an error or without, soon and without a panic. This
//! is a smoke test that needs no nightly compiler; `fuzz` beside it goes further.
//!
//! The script of each thread lies in `mutations` in cargo's folder for temporary files while it runs: if one takes the
//! process with it, it is found there. The changes are the same in every run. `PEGEL_MUTATIONS=5000` tries more of
//! them, `PEGEL_SEED=7` others.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use pegel_kpi::testing::exercise;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

const MUTATIONS: u64 = 300;
const SEED: u64 = 0x7065_6765_6c21;
/// Within which each must end.
const TIME: Duration = Duration::from_secs(2);
/// When one is given up that does not end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Changes to one script, at most.
const CHANGES: usize = 3;
/// Numbers at which something turns.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "0.0",
    "1e308",
    "1e-308",
    "9223372036854775807",
    "-9223372036854775808",
    "2147483648",
    "4503599627370497",
    "65537",
    "1000000",
    "0x7fffffffffffffff",
];

/// A xorshift generator: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Chance {
        // Zero would stay zero for ever; neighbouring seeds would begin alike.
        Chance(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, or 0 if that is 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from((self.next() >> 11) % end).unwrap()
    }
}

/// What a token is. Changes that put like in the place of like get past the compiler, and so further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Word,
    Number,
    /// With its quotes.
    Text,
    /// Spaces and comments.
    Gap,
    Sign,
}

fn sort(token: &str) -> Sort {
    match token.chars().next() {
        Some('"' | '`') => Sort::Text,
        Some(first) if first.is_ascii_digit() => Sort::Number,
        Some(first) if first.is_alphanumeric() || first == '_' => Sort::Word,
        Some(first) if first.is_whitespace() || token.starts_with("//") => Sort::Gap,
        _ => Sort::Sign,
    }
}

/// Cuts a script into tokens, which together are the script.
fn tokens(text: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(length(rest, first));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// How long the token is that begins here.
fn length(rest: &str, first: char) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let end = match first {
        '"' | '`' => rest[1..].find(first).map(|at| at + 2),
        _ if rest.starts_with("//") => rest.find('\n'),
        _ if is_word(first) => rest.find(|character| !is_word(character)),
        _ if first.is_whitespace() => rest.find(|character: char| !character.is_whitespace()),
        _ => Some(first.len_utf8()),
    };
    end.unwrap_or(rest.len())
}

/// One of the places at which something is so.
fn place(tokens: &[&str], chance: &mut Chance, so: impl Fn(&str) -> bool) -> Option<usize> {
    // The declaration at the head is checked first of all: a slip there hides all others.
    let body = tokens.iter().position(|token| *token == "fn").unwrap_or(0);
    let begin = if chance.below(8) == 0 { 0 } else { body };
    let places: Vec<usize> = (begin..tokens.len()).filter(|place| so(tokens[*place])).collect();
    places.get(chance.below(places.len())).copied()
}

fn change<'a>(tokens: &mut Vec<&'a str>, other: &[&'a str], chance: &mut Chance) {
    let Some(at) = place(tokens, chance, |token| sort(token) != Sort::Gap) else { return };
    let alike = |token: &str| sort(token) == sort(tokens[at]) && (sort(token) != Sort::Sign || token == tokens[at]);
    match chance.below(10) {
        0 => _ = tokens.remove(at),
        1 => tokens.insert(at, tokens[at]),
        2 | 3 => {
            if let Some(with) = place(tokens, chance, alike) {
                tokens.swap(at, with);
            }
        }
        4 | 5 => {
            if let Some(from) = place(other, chance, alike) {
                tokens[at] = other[from];
            }
        }
        6 | 7 => renumber(tokens, chance),
        8 => repeat(tokens, at, chance),
        _ => splice(tokens, other, chance),
    }
}

/// Puts another number in the place of one.
fn renumber(tokens: &mut [&str], chance: &mut Chance) {
    if let Some(at) = place(tokens, chance, |token| sort(token) == Sort::Number) {
        tokens[at] = NUMBERS[chance.below(NUMBERS.len())];
    }
}

/// Writes a few tokens again and again.
fn repeat(tokens: &mut Vec<&str>, at: usize, chance: &mut Chance) {
    let end = (at + 1 + chance.below(8)).min(tokens.len());
    let part = tokens[at..end].repeat(1 + chance.below(40));
    tokens.splice(at..at, part);
}

/// Puts a few lines of another script in the place of a few lines of this one.
fn splice<'a>(tokens: &mut Vec<&'a str>, other: &[&'a str], chance: &mut Chance) {
    let is_break = |token: &str| sort(token) == Sort::Gap && token.contains('\n');
    let mut lines = |tokens: &[&str]| {
        let begin = place(tokens, chance, is_break)?;
        let ends = (begin + 1..tokens.len()).filter(|end| is_break(tokens[*end]));
        Some(begin..ends.take(1 + chance.below(4)).last()?)
    };
    if let (Some(from), Some(to)) = (lines(other), lines(tokens)) {
        tokens.splice(to, other[from].to_vec());
    }
}

/// The script of that number: always the same one.
fn mutated(scripts: &[String], seed: u64) -> String {
    let mut chance = Chance::new(seed);
    let (script, other) = (&scripts[chance.below(scripts.len())], &scripts[chance.below(scripts.len())]);
    let (mut script, other) = (tokens(script), tokens(other));
    for _ in 0..=chance.below(CHANGES) {
        change(&mut script, &other, &mut chance);
    }
    script.concat()
}

/// Every script below a folder.
fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rhai") {
            into.push(path);
        }
    }
}

/// In an order that does not depend on the file system, or every machine would make other scripts.
fn scripts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["kpis", "tests/hostile"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |number| number.parse().unwrap())
}

/// Runs one on a thread of its own, which is left behind if it does not end.
fn ends(language: &Arc<Language>, text: &str) -> Result<(), String> {
    let (tell, told) = channel();
    let (language, text) = (language.clone(), text.to_owned());
    let begin = Instant::now();
    thread::spawn(move || {
        let end = catch_unwind(AssertUnwindSafe(|| exercise(&language, &text)));
        // Nobody listens any more if it took too long.
        let _ = tell.send(end.is_ok());
    });
    match told.recv_timeout(PATIENCE) {
        Ok(true) if begin.elapsed() <= TIME => Ok(()),
        Ok(true) => Err(format!("took {} ms", begin.elapsed().as_millis())),
        Ok(false) | Err(RecvTimeoutError::Disconnected) => Err("panicked".to_owned()),
        Err(RecvTimeoutError::Timeout) => Err(format!("did not end within {} s", PATIENCE.as_secs())),
    }
}

#[test]
fn nearly_right_scripts_end_too() {
    let (scripts, language) = (scripts(), Arc::new(Language::new()));
    assert!(scripts.len() >= 50, "only {} scripts", scripts.len());
    let (count, seed) = (setting("PEGEL_MUTATIONS", MUTATIONS), setting("PEGEL_SEED", SEED));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    std::fs::create_dir_all(&folder).unwrap();
    let next = AtomicUsize::new(0);
    let run = &|thread: usize| {
        let mut wrong = Vec::new();
        loop {
            let number = u64::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap();
            if number >= count {
                return wrong;
            }
            let text = mutated(&scripts, seed.wrapping_add(number));
            std::fs::write(folder.join(format!("{thread}.rhai")), &text).unwrap();
            if let Err(what) = ends(&language, &text) {
                let seed = seed.wrapping_add(number);
                wrong.push(format!("PEGEL_SEED={seed} PEGEL_MUTATIONS=1 {what}:\n{text}"));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let wrong: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {count} scripts:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_same_seed_makes_the_same_script() {
    let scripts = ["fn a() { 1 }".to_owned(), "let b = [2, 3];".to_owned()];
    assert_eq!(mutated(&scripts, 3), mutated(&scripts, 3));
    assert_eq!(tokens(&scripts[0]).concat(), scripts[0]);
    let different = (0..20).map(|seed| mutated(&scripts, seed)).collect::<std::collections::HashSet<_>>();
    assert!(different.len() > 10, "{different:?}");
}
