//! The context of a running script.

use crate::definition::declaration::{Declaration, Parameter};
use rhai::{Dynamic, Map, NativeCallContext, Position};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The configured parameters of each KPI, by its id.
pub type Configured = HashMap<String, BTreeMap<String, Parameter>>;

/// The context of a call, passed along with it.
#[derive(Debug, Clone)]
pub struct Setting(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// What `kpi(#{…})` has declared so far; `None` if this call collects no declarations.
    declared: Option<Mutex<Vec<Declared>>>,
    /// Which of the KPIs that the script declares is described.
    index: usize,
    configured: Arc<Configured>,
    /// What `param` returns, unless a declaration sets it.
    parameters: Arc<Map>,
    /// The blocks of an instrumented script that were run.
    reached: Option<Reached>,
}

/// What a call of `kpi(#{…})` declared, and where it stands.
#[derive(Debug, Clone)]
pub struct Declared {
    pub declaration: Declaration,
    pub call: Position,
}

/// Which parts of an instrumented script were reached.
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

    /// Notes that a block was run.
    pub fn mark(&self, block: usize) {
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
    /// The setting while the KPI with that index is described.
    pub fn describing(index: usize, configured: Arc<Configured>, reached: Option<Reached>) -> Setting {
        let (declared, parameters) = (Some(Mutex::default()), Arc::default());
        Setting(Arc::new(Inner { declared, index, configured, parameters, reached }))
    }

    /// The setting while a KPI with these parameters is evaluated.
    pub fn running(parameters: &Arc<Map>, reached: Option<Reached>) -> Setting {
        let (configured, parameters) = (Arc::default(), parameters.clone());
        Setting(Arc::new(Inner { declared: None, index: 0, configured, parameters, reached }))
    }

    /// The setting of the call that a function was called from.
    pub fn of(context: &NativeCallContext) -> Option<Setting> {
        context.tag().and_then(|tag| tag.clone().try_cast::<Setting>())
    }

    /// Everything declared so far.
    pub fn declared(&self) -> Vec<Declared> {
        self.heard().map(|all| all.clone()).unwrap_or_default()
    }

    /// What `kpi(#{…})` has declared so far, in a call that collects declarations.
    pub fn heard(&self) -> Option<MutexGuard<'_, Vec<Declared>>> {
        self.0.declared.as_ref().map(|all| all.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Which parts of an instrumented script were reached.
    pub fn reached(&self) -> Option<&Reached> {
        self.0.reached.as_ref()
    }

    /// The configured parameters.
    pub fn configured(&self) -> &Configured {
        &self.0.configured
    }

    /// What `param` returns.
    pub fn parameters(&self) -> Arc<Map> {
        match self.declared().get(self.0.index) {
            Some(declared) => Arc::new(answers(&declared.declaration.parameters)),
            None => self.0.parameters.clone(),
        }
    }
}

/// Parameters as scripts see them.
pub fn answers(parameters: &BTreeMap<String, Parameter>) -> Map {
    parameters.iter().map(|(name, value)| (name.as_str().into(), answer(value))).collect()
}

/// A parameter as scripts see it.
fn answer(parameter: &Parameter) -> Dynamic {
    match parameter {
        Parameter::Number(number) => Dynamic::from(*number),
        Parameter::Text(text) => Dynamic::from(text.clone()),
        Parameter::YesNo(yes) => Dynamic::from(*yes),
    }
}
