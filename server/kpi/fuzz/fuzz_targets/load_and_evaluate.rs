//! Loads whatever comes as a script, runs its tests and asks for its value. Nothing may panic, hang or fill the memory.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use pegel_kpi::script::Language;
use pegel_kpi::testing::exercise;
use std::sync::{Arc, LazyLock};

/// Built once: registering all functions takes longer than an ordinary script.
static LANGUAGE: LazyLock<Arc<Language>> = LazyLock::new(|| Arc::new(Language::new()));

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    exercise(&LANGUAGE, text);
    Corpus::Keep
});
