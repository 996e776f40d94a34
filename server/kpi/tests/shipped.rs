//! The KPIs that come with the project load, and pass their own tests.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_kpi::script::Language;
use std::path::Path;
use std::sync::Arc;

#[test]
fn every_shipped_kpi_passes_its_own_tests() {
    let language = Arc::new(Language::new());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kpis");
    let mut scripts = 0;
    for pack in std::fs::read_dir(&root).unwrap() {
        let pack = pack.unwrap().path();
        for file in std::fs::read_dir(&pack).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            let kpi =
                language.load(name, &std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{error}"));
            let results = kpi.run_tests().unwrap_or_else(|error| panic!("{error}"));
            assert!(!results.is_empty(), "{name} has no tests");
            for result in results {
                assert_eq!(result.outcome, Ok(()), "{name}: {}", result.name);
            }
            scripts += 1;
        }
    }
    assert!(scripts >= 10, "only {scripts} scripts found");
}
