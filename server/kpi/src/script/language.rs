//! The engine that all scripts share.

use super::errors::{Complaint, Names, Refused};
use super::{datasets, figure, limits, operators, symbols};
use crate::declaration::Declaration;
use rhai::module_resolvers::DummyModuleResolver;
use rhai::{Dynamic, Engine, Map, NativeCallContext, OptimizationLevel};
use std::sync::{Arc, Mutex, PoisonError};

/// The language of KPI scripts. Build it once and share it.
pub struct Language {
    pub(super) engine: Engine,
    pub(super) names: Names,
}

/// What a script declared through `kpi(#{…})` while it was loaded.
#[derive(Debug, Clone, Default)]
pub struct Declared(Arc<Mutex<Vec<Declaration>>>);

impl Declared {
    /// Everything declared so far.
    pub fn take(&self) -> Vec<Declaration> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, declaration: Declaration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(declaration);
    }
}

impl Default for Language {
    fn default() -> Self {
        Language::new()
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language").finish_non_exhaustive()
    }
}

impl Language {
    /// The language with all its functions and limits.
    pub fn new() -> Language {
        let mut engine = Engine::new();
        engine
            // It would fold `true && x` to `x`, and so hide that && does not work on conditions.
            .set_optimization_level(OptimizationLevel::None)
            .set_strict_variables(true)
            .set_fail_on_invalid_map_property(true)
            .set_module_resolver(DummyModuleResolver::new())
            .disable_symbol("eval")
            .disable_symbol("switch")
            .disable_symbol("??")
            .disable_symbol("??=")
            .on_print(|_| {})
            .on_debug(|_, _, _| {});
        limits::set(&mut engine);
        symbols::register(&mut engine);
        operators::register(&mut engine);
        datasets::register(&mut engine);
        figure::register(&mut engine);
        super::testing::register(&mut engine);
        engine.register_fn("kpi", declare);
        // Disabling these words would do nothing: they are functions.
        // The standard ones take these very types, and would be preferred to one for any type.
        engine.register_fn("sleep", |_: i64| -> Refused<()> { refuse("sleep") });
        engine.register_fn("sleep", |_: f64| -> Refused<()> { refuse("sleep") });
        engine.register_fn("timestamp", || -> Refused<()> { refuse("timestamp") });
        let mut functions: Vec<String> = engine.collect_fn_metadata(None, |f| Some(f.metadata.name.to_string()), true);
        functions.sort_unstable();
        functions.dedup();
        functions.retain(|name| name.starts_with(|first: char| first.is_alphabetic()));
        Language { engine, names: Names { functions } }
    }
}

fn refuse(name: &str) -> Refused<()> {
    Err(Complaint::new(format!("“{name}” does not exist in KPI scripts"))
        .hint("a KPI depends on its data alone")
        .into())
}

#[expect(clippy::needless_pass_by_value, reason = "Rhai hands it over by value")]
fn declare(context: NativeCallContext, map: Map) -> Refused<()> {
    let declared = context.tag().and_then(|tag| tag.clone().try_cast::<Declared>());
    let Some(declared) = declared else {
        return Err(Complaint::new("kpi(#{…}) stands at the top of a script").hint("not inside a function").into());
    };
    // Through JSON, where 3600 is as good a number as 3600.0.
    let json = serde_json::to_value(Dynamic::from(map)).and_then(serde_json::from_value::<Declaration>);
    let declaration = json.map_err(|text| {
        Complaint::new(format!("the declaration is not in order: {text}")).hint(
            "it has id, title, description (both #{ en, de }), unit (percent, money, duration, count, number), \
             better (higher, lower, neutral), and may have threshold #{ warning, critical } and min_sample",
        )
    })?;
    declared.add(declaration);
    Ok(())
}
