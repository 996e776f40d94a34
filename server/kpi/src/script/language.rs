//! The engine that all scripts share.

use super::errors::{self, Complaint, Names, Refused};
use super::setting::{Configured, Setting};
use super::{
    access, closures, datasets, declare, figure, functions, helpers, limits, marks, operators, symbols, texts, times,
    units,
};
use crate::data::model::Model;
use crate::diagnostic::Diagnostic;
use crate::time::calendar::Calendar;
use rhai::module_resolvers::StaticModuleResolver;
use rhai::packages::{BasicArrayPackage, BasicMapPackage, BasicMathPackage, CorePackage, LogicPackage, Package as _};
use rhai::{AST, Engine, Module, NativeCallContext, OptimizationLevel, Scope, Shared};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The language of KPI scripts. Build it once and share it.
pub struct Language {
    pub(crate) engine: Engine,
    pub(super) names: Names,
    pub(crate) parameters: Arc<Configured>,
    /// By the name of a helper its file, and those of the helpers that it uses.
    helpers: HashMap<String, BTreeSet<String>>,
    /// The tables that scripts are about.
    pub(crate) model: Model,
}

/// The surroundings of a home's scripts.
#[derive(Debug)]
pub struct Environment {
    /// The tables of the data model.
    pub model: Model,
    /// Shared helpers: the name under which they are imported, and the text.
    pub libraries: Vec<(String, String)>,
    pub parameters: Configured,
    /// Working hours.
    pub calendar: Arc<Calendar>,
}

impl Default for Environment {
    /// The built-in tables, no helpers, nothing configured, nine to five in UTC.
    fn default() -> Self {
        let calendar = Arc::new(Calendar::nine_to_five(jiff::tz::TimeZone::UTC));
        Environment { model: Model::built_in(), libraries: Vec::new(), parameters: HashMap::new(), calendar }
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
    /// The language with all its functions and limits, of the built-in tables, without helpers and configuration.
    pub fn new() -> Language {
        Language::plain(&Environment::default())
    }

    /// The same of other tables.
    pub fn about(model: Model) -> Language {
        Language::plain(&Environment { model, ..Environment::default() })
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
                Ok((module, mut files)) => {
                    let module: Shared<Module> = module.into();
                    // An import is visible to a script's statements; this makes it visible to its functions.
                    language.engine.register_static_module(name, module.clone());
                    resolver.insert(name.as_str(), Module::clone(&module));
                    files.insert(file.clone());
                    language.helpers.insert(name.clone(), files);
                }
                Err(diagnostic) => wrong.push(diagnostic),
            }
            language.names.libraries.insert(file, text.clone());
        }
        language.engine.set_module_resolver(resolver);
        language.parameters = Arc::new(environment.parameters);
        if wrong.is_empty() { Ok(language) } else { Err(wrong) }
    }

    /// The tables that scripts are about.
    pub fn model(&self) -> &Model {
        &self.model
    }

    fn plain(environment: &Environment) -> Language {
        // Only those of Rhai's own functions that a KPI may need: none for texts, whose size would be checked too late,
        // and none for bytes, bits and clocks.
        let mut engine = Engine::new_raw();
        engine
            .register_global_module(CorePackage::new().as_shared_module())
            .register_global_module(LogicPackage::new().as_shared_module())
            .register_global_module(BasicMathPackage::new().as_shared_module())
            .register_global_module(BasicArrayPackage::new().as_shared_module())
            .register_global_module(BasicMapPackage::new().as_shared_module())
            // It would fold `true && x` to `x`, and so hide that && does not work on conditions.
            .set_optimization_level(OptimizationLevel::None)
            // Rhai's fast operators would do integer division and compare anything with anything.
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
        access::register(&mut engine);
        operators::register(&mut engine);
        functions::register(&mut engine, &environment.calendar);
        datasets::register(&mut engine);
        figure::register(&mut engine);
        units::register(&mut engine);
        texts::register(&mut engine);
        times::register(&mut engine);
        declare::register(&mut engine);
        marks::register(&mut engine);
        // Disabling these symbols would have no effect: they are functions. The standard ones take these very types,
        // and would be preferred to one for any type.
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
            if let (Some(reached), Ok(block)) = (setting.as_ref().and_then(Setting::reached), usize::try_from(block)) {
                reached.mark(block);
            }
        });
        let names = Names { functions, libraries: HashMap::new() };
        let (parameters, helpers) = (Arc::default(), HashMap::new());
        Language { engine, names, parameters, helpers, model: environment.model.clone() }
    }

    /// The files of the shared helpers that a script, or another helper, uses, and of those that these use.
    pub(super) fn helpers_of(&self, ast: &AST) -> BTreeSet<String> {
        let asked_for = helpers::asked_for(ast);
        asked_for.iter().filter_map(|name| self.helpers.get(name)).flatten().cloned().collect()
    }

    /// Compiles a shared helper; tells which others it uses.
    fn library(&self, file: &str, text: &str) -> Result<(Module, BTreeSet<String>), Diagnostic> {
        let mut ast = self.engine.compile(text).map_err(|error| errors::of_parsing(&error, file, text))?;
        ast.set_source(file);
        if let Some(taken) = ast.iter_functions().find(|function| self.names.has(function.name)) {
            let message = format!("“{}” is the name of a built-in function", taken.name);
            return Err(Diagnostic::of_file(file, text, message, Some("choose another name".to_owned())));
        }
        closures::check(&ast)
            .and_then(|()| limits::within_time(|| Module::eval_ast_as_new(Scope::new(), &ast, &self.engine)))
            .map_err(|error| errors::of_running(&error, file, text, &self.names))
            .map(|module| (module, self.helpers_of(&ast)))
    }
}

fn refuse(name: &str) -> Refused<()> {
    Err(Complaint::new(format!("“{name}” does not exist in KPI scripts"))
        .hint("a KPI depends on its data alone")
        .into())
}
