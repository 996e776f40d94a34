//! The engine that all scripts share, and what it is set to while one of them runs.

use super::errors::{self, Complaint, Names, Refused};
use super::{closures, datasets, declare, figure, functions, limits, operators, symbols, texts, units};
use crate::calendar::Calendar;
use crate::declaration::{Declaration, Parameter};
use crate::diagnostic::Diagnostic;
use rhai::module_resolvers::StaticModuleResolver;
use rhai::packages::{BasicArrayPackage, BasicMapPackage, BasicMathPackage, CorePackage, LogicPackage, Package as _};
use rhai::{Engine, Map, Module, NativeCallContext, OptimizationLevel, Scope, Shared};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The language of KPI scripts. Build it once and share it.
pub struct Language {
    pub(super) engine: Engine,
    pub(super) names: Names,
    pub(super) parameters: Arc<Configured>,
    /// The texts of the shared helpers, by file, to show where something is wrong.
    pub(super) libraries: HashMap<String, String>,
}

/// By the id of a KPI, what configuration sets its parameters to.
pub type Configured = HashMap<String, BTreeMap<String, Parameter>>;

/// What surrounds the scripts of a home.
#[derive(Debug)]
pub struct Environment {
    /// Shared helpers: the name under which they are imported, and the text.
    pub libraries: Vec<(String, String)>,
    pub parameters: Configured,
    /// When is worked.
    pub calendar: Arc<Calendar>,
}

impl Default for Environment {
    /// No helpers, nothing configured, nine to five in UTC.
    fn default() -> Self {
        let calendar = Arc::new(Calendar::nine_to_five(jiff::tz::TimeZone::UTC));
        Environment { libraries: Vec::new(), parameters: HashMap::new(), calendar }
    }
}

/// What a call of a script is set to; travels with the call.
#[derive(Debug, Clone)]
pub struct Setting(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// What `kpi(#{…})` has declared; `None` where it is not heard.
    declared: Option<Mutex<Vec<Declaration>>>,
    /// The KPI that is described, of several that a script declares.
    index: usize,
    configured: Arc<Configured>,
    /// What `param` answers, unless a declaration says.
    parameters: Arc<Map>,
    /// The blocks of an instrumented script that were run.
    reached: Option<Reached>,
}

/// What of an instrumented script was reached.
#[derive(Debug, Clone, Default)]
pub struct Reached(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    /// For each block, whether it was run.
    blocks: Vec<bool>,
    /// The KPI and the name of each measure that counted a row.
    measures: BTreeSet<(String, String)>,
}

impl Reached {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self, block: usize) {
        let blocks = &mut self.inside().blocks;
        // An instrumented script has no more blocks than characters; another one cannot reach this function.
        if block < 100_000 {
            let length = blocks.len().max(block + 1);
            blocks.resize(length, false);
            blocks[block] = true;
        }
    }

    /// Notes that a measure counted a row.
    pub fn measured(&self, kpi: &str, measure: &str) {
        self.inside().measures.insert((kpi.to_owned(), measure.to_owned()));
    }

    /// Whether that block was run.
    pub fn has(&self, block: usize) -> bool {
        self.inside().blocks.get(block).copied().unwrap_or(false)
    }

    /// Whether that measure counted a row.
    pub fn has_measured(&self, kpi: &str, measure: &str) -> bool {
        self.inside().measures.contains(&(kpi.to_owned(), measure.to_owned()))
    }
}

impl Setting {
    /// While the KPI of that index is described.
    pub fn describing(index: usize, configured: Arc<Configured>, reached: Option<Reached>) -> Setting {
        let (declared, parameters) = (Some(Mutex::default()), Arc::default());
        Setting(Arc::new(Inner { declared, index, configured, parameters, reached }))
    }

    /// While a KPI with these parameters is evaluated.
    pub fn running(parameters: &Arc<Map>, reached: Option<Reached>) -> Setting {
        let (configured, parameters) = (Arc::default(), parameters.clone());
        Setting(Arc::new(Inner { declared: None, index: 0, configured, parameters, reached }))
    }

    /// What the call is set to that a function was called from.
    pub fn of(context: &NativeCallContext) -> Option<Setting> {
        context.tag().and_then(|tag| tag.clone().try_cast::<Setting>())
    }

    /// Everything declared so far.
    pub fn declared(&self) -> Vec<Declaration> {
        self.heard().map(|all| all.clone()).unwrap_or_default()
    }

    /// Where `kpi(#{…})` is heard: what it has declared so far.
    pub fn heard(&self) -> Option<MutexGuard<'_, Vec<Declaration>>> {
        self.0.declared.as_ref().map(|all| all.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What configuration sets.
    pub fn configured(&self) -> &Configured {
        &self.0.configured
    }

    /// What `param` answers.
    pub fn parameters(&self) -> Arc<Map> {
        match self.declared().get(self.0.index) {
            Some(declaration) => Arc::new(answers(&declaration.parameters)),
            None => self.0.parameters.clone(),
        }
    }
}

/// Parameters as scripts see them.
pub fn answers(parameters: &BTreeMap<String, Parameter>) -> Map {
    parameters.iter().map(|(name, value)| (name.as_str().into(), functions::answer(value))).collect()
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
    /// The language with all its functions and limits, without helpers and configuration.
    pub fn new() -> Language {
        Language::plain(&Environment::default())
    }

    /// The language in a home's surroundings.
    ///
    /// # Errors
    /// All that is wrong in the helpers.
    pub fn within(environment: Environment) -> Result<Language, Vec<Diagnostic>> {
        let mut language = Language::plain(&environment);
        let mut resolver = StaticModuleResolver::new();
        let mut wrong = Vec::new();
        for (name, text) in &environment.libraries {
            let file = format!("lib/{name}.rhai");
            match language.library(&file, text) {
                Ok(module) => {
                    let module: Shared<Module> = module.into();
                    // An import holds for the statements of a script, this for its functions.
                    language.engine.register_static_module(name, module.clone());
                    resolver.insert(name.as_str(), Module::clone(&module));
                }
                Err(diagnostic) => wrong.push(diagnostic),
            }
            language.libraries.insert(file, text.clone());
        }
        language.engine.set_module_resolver(resolver);
        language.parameters = Arc::new(environment.parameters);
        if wrong.is_empty() { Ok(language) } else { Err(wrong) }
    }

    fn plain(environment: &Environment) -> Language {
        // Of Rhai's own functions only what a KPI may need: nothing about texts, whose sizes would be checked too late,
        // nothing about bytes, bits and clocks.
        let mut engine = Engine::new_raw();
        engine
            .register_global_module(CorePackage::new().as_shared_module())
            .register_global_module(LogicPackage::new().as_shared_module())
            .register_global_module(BasicMathPackage::new().as_shared_module())
            .register_global_module(BasicArrayPackage::new().as_shared_module())
            .register_global_module(BasicMapPackage::new().as_shared_module())
            // It would fold `true && x` to `x`, and so hide that && does not work on conditions.
            .set_optimization_level(OptimizationLevel::None)
            // Rhai's own shortcuts would divide whole numbers to whole ones, and compare anything with anything.
            .set_fast_operators(false)
            .set_strict_variables(true)
            .set_fail_on_invalid_map_property(true)
            .set_module_resolver(StaticModuleResolver::new())
            .disable_symbol("eval")
            .disable_symbol("switch")
            .disable_symbol("??")
            .disable_symbol("??=")
            .disable_symbol("curry")
            .disable_symbol("export")
            .on_print(|_| {})
            .on_debug(|_, _, _| {});
        limits::set(&mut engine);
        closures::bind_by_value(&mut engine);
        symbols::register(&mut engine);
        operators::register(&mut engine);
        functions::register(&mut engine, &environment.calendar);
        datasets::register(&mut engine);
        figure::register(&mut engine);
        units::register(&mut engine);
        texts::register(&mut engine);
        super::testing::register(&mut engine);
        declare::register(&mut engine);
        // Disabling these words would do nothing: they are functions.
        // The standard ones take these very types, and would be preferred to one for any type.
        engine.register_fn("sleep", |_: i64| -> Refused<()> { refuse("sleep") });
        engine.register_fn("sleep", |_: f64| -> Refused<()> { refuse("sleep") });
        engine.register_fn("timestamp", || -> Refused<()> { refuse("timestamp") });
        let mut functions: Vec<String> = engine.collect_fn_metadata(None, |f| Some(f.metadata.name.to_string()), true);
        functions.sort_unstable();
        functions.dedup();
        functions.retain(|name| name.starts_with(|first: char| first.is_alphabetic()));
        // Not part of the language: only instrumented scripts call it.
        engine.register_fn("reached", |context: NativeCallContext, block: i64| {
            let setting = Setting::of(&context);
            if let (Some(reached), Ok(block)) =
                (setting.as_ref().and_then(|setting| setting.0.reached.as_ref()), usize::try_from(block))
            {
                reached.mark(block);
            }
        });
        let (parameters, libraries) = (Arc::default(), HashMap::new());
        Language { engine, names: Names { functions }, parameters, libraries }
    }

    /// Compiles a shared helper.
    fn library(&self, file: &str, text: &str) -> Result<Module, Diagnostic> {
        let mut ast = self.engine.compile(text).map_err(|error| errors::of_parsing(&error, file, text))?;
        ast.set_source(file);
        if let Some(taken) = ast.iter_functions().find(|function| self.names.has(function.name)) {
            let message = format!("“{}” is the name of a built-in function", taken.name);
            return Err(Diagnostic::of_file(file, text, message, Some("choose another name".to_owned())));
        }
        closures::check(&ast)
            .and_then(|()| limits::within_time(|| Module::eval_ast_as_new(Scope::new(), &ast, &self.engine)))
            .map_err(|error| errors::of_running(&error, file, text, self))
    }
}

fn refuse(name: &str) -> Refused<()> {
    Err(Complaint::new(format!("“{name}” does not exist in KPI scripts"))
        .hint("a KPI depends on its data alone")
        .into())
}
