//! Loading a script: compile, describe, check.

use super::compiled::Script;
use super::datasets::Dataset;
use super::entry::Entry;
use super::errors::{self, Complaint};
use super::figure::Figure;
use super::kpi::Kpi;
use super::language::Language;
use super::limits::MOST_MEASURES;
use super::setting::{Configured, Declared, Setting, answers};
use super::symbols::Data;
use super::units::Amount;
use crate::definition::declaration::{Declaration, Parameter, Unit, is_id};
use crate::definition::range::OutOfRange;
use crate::diagnostic::{Diagnostic, nearest};
use crate::measure::made_of::MadeOf;
use crate::measure::{Measure, Quantity};
use rhai::{Dynamic, Map, Position};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The findings of a trial call of a script's `value`.
struct Tried {
    made_of: MadeOf,
    /// Whether the denominator of a ratio counts the rows that the figure rests on.
    rests_on_denominator: bool,
    /// Whether the figures of the parts of a period add up to that of the whole.
    adds_up: bool,
}

/// What a script says about one of its KPIs.
struct Described {
    declared: Declared,
    measures: Vec<(String, Measure)>,
    bad_rows: Option<Measure>,
    /// How many KPIs the script declares.
    kpis: usize,
}

impl Script {
    /// A function with the name of a built-in one would silently replace it, and one with the wrong number of
    /// parameters would silently never be called.
    fn check_functions(&self) -> Result<(), Diagnostic> {
        for function in self.ast.iter_functions() {
            let at = |diagnostic: Diagnostic| diagnostic.at(self.position_of(function.name), Some(4));
            let wanted: Option<&[usize]> = match function.name {
                "measures" => Some(&[1]),
                "value" => Some(&[1, 2]),
                "rows" => Some(&[1]),
                "tests" => Some(&[0]),
                _ => None,
            };
            if wanted.is_some_and(|wanted| !wanted.contains(&function.params.len())) {
                let message = format!("“{}” has {} parameters", function.name, function.params.len());
                let hint = "it is measures(data), value(m) or value(m, previous), rows(data), and tests()";
                return Err(at(self.complain(message, Some(hint))));
            }
            let meant = nearest(function.name, ["measures", "value", "tests"]);
            if wanted.is_none() && meant.is_some_and(|meant| meant != function.name) {
                let message = format!("nothing calls “{}”", function.name);
                let hint = meant.map(|meant| format!("did you mean “{meant}”? Otherwise choose another name"));
                return Err(at(self.complain(message, hint.as_deref())));
            }
            if wanted.is_none() && self.language.names.has(function.name) {
                let message = format!("“{}” is the name of a built-in function", function.name);
                return Err(at(self.complain(message, Some("choose another name"))));
            }
        }
        for (name, shape) in [("measures", "fn measures(data) { #{ … } }"), ("value", "fn value(m) { … }")] {
            if !self.has(name) {
                return Err(self.complain(format!("the script has no function “{name}”"), Some(shape)));
            }
        }
        Ok(())
    }

    /// What the script says about the KPI with that index.
    fn describe(&self, index: usize, configured: &Arc<Configured>) -> Result<Described, Diagnostic> {
        let setting = Setting::describing(index, configured.clone(), self.reached.clone());
        let answer = self.attempt("measures", (Data(self.language.model.clone()),), true, setting.clone());
        let answer = answer.map_err(|error| self.diagnose("measures", &error))?;
        let declared = setting.declared();
        let kpis = declared.len();
        let Some(declared) = declared.into_iter().nth(index) else {
            return Err(self.complain("the script declares no KPI", Some("begin with kpi(#{ id: \"…\", … });")));
        };
        let at = |diagnostic: Diagnostic| diagnostic.at(self.position_of("measures"), Some(4));
        let map = answer.try_cast::<Map>().ok_or_else(|| {
            at(self.complain("`measures` returns no map", Some("end it with #{ name: data.….count() }")))
        })?;
        if map.is_empty() {
            return Err(at(self.complain("`measures` returns an empty map", Some("name at least one measure"))));
        }
        if map.len() > MOST_MEASURES {
            let message = format!("`measures` returns {} measures", map.len());
            return Err(at(self.complain(message, Some("a KPI needs a handful; make several KPIs of it"))));
        }
        let measure = |(name, value): (rhai::Identifier, Dynamic)| {
            let kind = errors::kind_name(value.type_name());
            let measure = value.try_cast::<Measure>().ok_or_else(|| {
                at(self.complain(
                    format!("“{name}” is a {kind}, not a measure"),
                    Some("end it with .count(), .sum(…), .mean(…) …"),
                ))
            })?;
            Ok((name.to_string(), measure))
        };
        let measures = map.into_iter().map(measure).collect::<Result<_, _>>()?;
        let bad_rows = self.bad_rows(index, configured)?;
        Ok(Described { declared, measures, bad_rows, kpis })
    }

    /// What `rows` returns for the KPI with that index, if the script has it.
    fn bad_rows(&self, index: usize, configured: &Arc<Configured>) -> Result<Option<Measure>, Diagnostic> {
        if !self.has("rows") {
            return Ok(None);
        }
        let wrong = |error: Box<rhai::EvalAltResult>| self.diagnose("rows", &error);
        let setting = Setting::describing(index, configured.clone(), self.reached.clone());
        let answer = self.attempt("rows", (Data(self.language.model.clone()),), true, setting).map_err(wrong)?;
        let kind = errors::kind_name(answer.type_name());
        let rows = answer.try_cast::<Dataset>().ok_or_else(|| {
            let hint = "end it with the rows themselves: data.leads.dated(|l| l.accepted_at).filter(|l| …)";
            self.complain(format!("`rows` returns a {kind}, not a dataset"), Some(hint))
                .at(self.position_of("rows"), Some(4))
        })?;
        rows.counted().map(Some).map_err(wrong)
    }

    /// Calls `value` with 1 for every measure, so that a mistyped name is found now, not when the report is due. Then
    /// calls it with amounts, which know their units.
    fn try_value(
        &self,
        declaration: &Declaration,
        measures: &[(String, Measure)],
        parameters: &Arc<Map>,
    ) -> Result<Tried, Diagnostic> {
        let sums = measures.iter().all(|(_, measure)| measure.adds_up());
        let all = |one: &dyn Fn(usize, &Measure) -> Dynamic| -> Map {
            let named =
                |(index, (name, measure)): (usize, &(String, Measure))| (name.as_str().into(), one(index, measure));
            measures.iter().enumerate().map(named).collect()
        };
        let with = |now: Map, before: &dyn Fn(usize, &Measure) -> Dynamic| {
            let before = self.looks_back.then(|| all(before));
            self.attempt_value(now, before, Setting::running(parameters, None))
        };
        let one = |_: usize, _: &Measure| Dynamic::from(1.0);
        with(all(&one), &one).map_err(|error| self.diagnose("value", &error))?;
        let mut figures = Vec::new();
        // A script may treat few rows differently from many.
        for probe in [0.0, 1000.0, 1.0] {
            let now = all(&|index, measure| Dynamic::from(Amount::of(probe, measure.quantity, index)));
            match with(now, &|_, measure| Dynamic::from(Amount::before(probe, measure.quantity))) {
                Ok(figure) => {
                    self.check_amount(declaration, figure.amount)?;
                    figures.push(figure);
                }
                Err(error) if errors::is_about_units(&error) => return Err(self.diagnose("value", &error)),
                // Amounts cannot follow everything that a script does with its numbers.
                Err(_) => {}
            }
        }
        let made_of =
            figures.iter().filter_map(|figure| figure.made_of(measures)).reduce(|made_of, other| made_of.or(&other));
        let counted = |figure: &Figure| figure.ratio.is_none_or(|(_, denominator)| denominator.counts);
        Ok(Tried {
            made_of: made_of.unwrap_or_default(),
            rests_on_denominator: figures.iter().all(counted) && figures.iter().any(|figure| figure.ratio.is_some()),
            adds_up: sums && figures.last().is_some_and(|figure| figure.parts.is_none()),
        })
    }

    /// The unit of the figure must fit the declared one.
    fn check_amount(&self, declaration: &Declaration, amount: Option<Amount>) -> Result<(), Diagnostic> {
        let Some(amount) = amount.filter(|amount| !amount.fits(declaration.unit)) else { return Ok(()) };
        let (unit, hint) = match declaration.unit {
            Unit::Money => ("money", "divide amounts of money by numbers only, or choose another unit"),
            Unit::Duration => ("duration", "a figure in seconds is needed, or choose another unit"),
            Unit::Percent => ("percent", "divide like by like, or choose another unit"),
            Unit::Count => ("count", "choose the unit money or duration, or count rows"),
            Unit::Number => ("number", "choose the unit money or duration, or divide like by like"),
        };
        let message = format!("the unit of “{}” is {unit}, but its value is {}", declaration.id, amount.described());
        Err(self.complain(message, Some(hint)).at(self.position_of("value"), Some(4)))
    }

    /// A mark that no figure can reach, at its place in the declaration.
    fn misplaced(&self, OutOfRange { mark, wrong }: OutOfRange, call: Position) -> Diagnostic {
        let entry = Entry { path: vec!["threshold".to_owned(), mark.to_owned()], value: true };
        self.diagnose("value", &Complaint::from(wrong).about(entry).at(call))
    }

    /// A sum of money is not a duration, and neither is a count: where the unit is known, it must fit.
    fn check_unit(&self, declaration: &Declaration, measures: &[(String, Measure)]) -> Result<(), Diagnostic> {
        let money = measures.iter().any(|(_, measure)| measure.quantity == Quantity::Money);
        if declaration.unit == Unit::Money && !money {
            let hint = "sum or average an amount, or choose another unit";
            return Err(self.complain("the unit is money, but no measure is an amount of money", Some(hint)));
        }
        if !is_id(&declaration.id) {
            let message = format!("“{}” is not an id", declaration.id);
            return Err(self.complain(message, Some("use small letters, digits and _, beginning with a letter")));
        }
        Ok(())
    }
}

impl Language {
    /// Loads a script and every KPI that it declares: compiles it, runs `measures`, checks it, tries `value`. Its tests
    /// are not run.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn load(self: &Arc<Language>, file: &str, source: &str) -> Result<Vec<Kpi>, Diagnostic> {
        let script = Script::compile(self, file, source)?;
        script.check_functions()?;
        Kpi::all_of(&Arc::new(script), &self.parameters)
    }
}

/// The script that computes targets.
const TARGET: &str = include_str!("../target.rhai");

impl Kpi {
    /// A KPI whose value is the target of this one; `None` if it has none that can be computed.
    pub fn target(&self) -> Option<Kpi> {
        let adds_up = self.adds_up;
        let metric = Parameter::Text(self.id().to_owned());
        let parameters =
            BTreeMap::from([("metric".to_owned(), metric), ("adds_up".to_owned(), Parameter::YesNo(adds_up))]);
        let configured = Arc::new(HashMap::from([("target".to_owned(), parameters)]));
        let script = Script::compile(&self.script.language, "target.rhai", TARGET).ok()?;
        Kpi::all_of(&Arc::new(script), &configured).ok()?.pop()
    }

    /// Every KPI that a script declares, with its parameters set as configured.
    ///
    /// # Errors
    /// What is wrong with one of them, and where.
    pub(crate) fn all_of(script: &Arc<Script>, configured: &Arc<Configured>) -> Result<Vec<Kpi>, Diagnostic> {
        let mut kpis: Vec<Kpi> = Vec::new();
        loop {
            let Described { declared, measures, bad_rows, kpis: count } = script.describe(kpis.len(), configured)?;
            let Declared { declaration, call } = declared;
            script.check_unit(&declaration, &measures)?;
            if kpis.iter().any(|kpi| kpi.id() == declaration.id) {
                let message = format!("the script declares “{}” twice", declaration.id);
                return Err(script.complain(message, Some("give each KPI its own id")));
            }
            let parameters = Arc::new(answers(&declaration.parameters));
            let Tried { made_of, rests_on_denominator, adds_up } =
                script.try_value(&declaration, &measures, &parameters)?;
            let (file, sha256) = (script.file.clone(), pegel_text::digest::sha256(&script.source));
            let (siblings, script) = (Arc::default(), script.clone());
            let kpi = Kpi {
                declaration,
                file,
                sha256,
                measures,
                bad_rows,
                script,
                parameters,
                made_of,
                rests_on_denominator,
                adds_up,
                siblings,
            };
            kpi.check_marks().map_err(|wrong| kpi.script.misplaced(wrong, call))?;
            kpis.push(kpi);
            if kpis.len() == count {
                let siblings: Arc<[String]> = kpis.iter().map(|kpi| kpi.id().to_owned()).collect();
                for kpi in &mut kpis {
                    kpi.siblings = siblings.clone();
                }
                return Ok(kpis);
            }
        }
    }
}
