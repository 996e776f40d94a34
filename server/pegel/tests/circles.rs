//! No imports in circles, direct or indirect: neither between files nor between rooms (folders of modules).
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod house;

use house::{Arrow, House};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn workspace() -> House {
    House::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}

#[test]
fn no_file_imports_a_file_that_imports_it() {
    let house = workspace();
    assert!(house.arrows.len() > 500, "only {} imports were found", house.arrows.len());
    let circles = circles(&house.arrows);
    assert!(circles.is_empty(), "{}", told(&house, &circles));
}

#[test]
fn no_room_imports_a_room_that_imports_it() {
    let house = workspace();
    let room = |file: &str| -> Option<String> {
        let (folder, _) = file.rsplit_once('/')?;
        let inside = folder.split_once("/src/")?.1;
        Some(format!("{}/{}", folder.split('/').next()?, inside.split('/').next()?))
    };
    let arrows: BTreeSet<Arrow> = house
        .arrows
        .iter()
        .filter_map(|(from, to)| Some((room(from)?, room(to)?)))
        .filter(|(from, to)| from != to)
        .collect();
    assert!(arrows.iter().any(|(from, to)| from == "kpi/engine" && to == "kpi/data"), "{arrows:?}");
    assert_eq!(circles(&arrows), Vec::<Vec<String>>::new());
}

#[test]
fn a_circle_around_a_corner_is_found() {
    let arrows = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "d2")];
    let arrows = arrows.map(|(from, to)| (from.to_owned(), to.to_owned())).into_iter().collect();
    assert_eq!(circles(&arrows), [["a", "b", "c"]]);
}

#[test]
fn imports_are_read_in_every_form() {
    let files = [
        ("lib.rs", "mod a; mod b; pub mod room; pub use room::thing::Thing;"),
        ("a.rs", "use crate::{b::f, room::{self, thing::Other}}; fn g() { super::b::h(); }"),
        ("b.rs", "fn f() -> crate::Thing { vec![crate::a::G] } #[cfg(test)] mod tests { use crate::room; }"),
        ("room/mod.rs", "pub mod thing; pub fn r() {}"),
        ("room/thing.rs", "pub struct Thing; pub struct Other; impl Thing { fn new() { super::r() } }"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("crate/src").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let found = House::of(folder.path()).arrows;
    let expected = [
        ("a.rs", "b.rs"),
        ("a.rs", "room/mod.rs"),
        ("a.rs", "room/thing.rs"),
        ("b.rs", "a.rs"),
        ("b.rs", "room/thing.rs"),
        ("room/thing.rs", "room/mod.rs"),
    ];
    let expected = expected.map(|(from, to)| (format!("crate/src/{from}"), format!("crate/src/{to}")));
    assert_eq!(found, expected.into_iter().collect());
}

/// Groups of files in which each reaches every other one.
fn circles(arrows: &BTreeSet<Arrow>) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().push(to);
    }
    let reached = |start: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(at) = open.pop() {
            for to in next.get(at).into_iter().flatten() {
                if seen.insert(*to) {
                    open.push(to);
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|from| (*from, reached(from))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (from, to) in &reach {
        let circle: Vec<String> = to
            .iter()
            .filter(|other| reach.get(*other).is_some_and(|back| back.contains(from)))
            .map(|other| (*other).to_owned())
            .collect();
        if circle.iter().any(|member| member == from) && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn told(house: &House, circles: &[Vec<String>]) -> String {
    let within = |circle: &[String]| {
        let lies_in = |(from, to): &&Arrow| circle.contains(from) && circle.contains(to);
        let lines = house.arrows.iter().filter(lies_in).map(|(from, to)| format!("  {from} -> {to}\n"));
        format!("a circle of {} files:\n{}", circle.len(), lines.collect::<String>())
    };
    circles.iter().map(|circle| within(circle)).collect()
}
