//! What most KPIs make of their measures: one of them as it is (`m.x`), or the ratio of two (`ratio(m.a, m.b)`). It is
//! told by looking at the script; nothing needs to be run for it, and it gives what running it gives.

use super::figure::Figure;
use rhai::{AST, ASTNode, Expr, FnCallExpr, Stmt};

/// What `value` makes of the measures with these names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Direct {
    Measure(String),
    Ratio(String, String),
}

impl Direct {
    /// `None` where the script does anything else.
    pub fn of(ast: &AST) -> Option<Direct> {
        let parameters = ast.iter_functions().find(|function| function.name == "value")?.params;
        let [parameter] = parameters[..] else { return None };
        let measure = |expr: &Expr| measure(expr, parameter);
        match &body_of_value(ast)[..] {
            [Stmt::Expr(expr)] => match &**expr {
                Expr::FnCall(call, _) => ratio(ast, call, measure),
                expr => measure(expr).map(Direct::Measure),
            },
            [Stmt::FnCall(call, _)] => ratio(ast, call, measure),
            _ => None,
        }
    }

    /// The figure of measures, each the number that `of` gives for its name; `None` if the script must say what is wrong
    /// with them.
    pub fn figure(&self, of: impl Fn(&str) -> Option<Option<f64>>) -> Option<Figure> {
        let measure = |name: &str| of(name).filter(|value| value.is_none_or(f64::is_finite));
        Some(match self {
            Direct::Measure(name) => Figure { value: measure(name)?, ..Figure::default() },
            Direct::Ratio(above, below) => match (measure(above)?, measure(below)?) {
                (Some(above), Some(below)) => Figure::ratio(above, below),
                _ => Figure::default(),
            },
        })
    }
}

fn body_of_value(ast: &AST) -> Vec<Stmt> {
    let mut value = ast.clone_functions_only();
    value.retain_functions(|_, _, name, _| name == "value");
    let mut body = Vec::new();
    value.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(statement)] = path {
            body.push((*statement).clone());
        }
        true
    });
    body
}

/// `m.x`, where `m` is the parameter.
fn measure(expr: &Expr, parameter: &str) -> Option<String> {
    let Expr::Dot(pair, flags, _) = expr else { return None };
    match (&pair.lhs, &pair.rhs) {
        (Expr::Variable(of, ..), Expr::Property(name, _)) if of.1 == parameter && flags.is_empty() => {
            Some(name.2.to_string())
        }
        _ => None,
    }
}

fn ratio(ast: &AST, call: &FnCallExpr, measure: impl Fn(&Expr) -> Option<String>) -> Option<Direct> {
    let is_ours = !ast.iter_functions().any(|own| own.name == "ratio") && call.namespace.is_empty();
    match &call.args[..] {
        [above, below] if call.name == "ratio" && is_ours => Some(Direct::Ratio(measure(above)?, measure(below)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Language;
    use crate::script::compiled::Script;
    use std::sync::Arc;

    fn direct(value: &str) -> Option<Direct> {
        Script::compile(&Arc::new(Language::new()), "k.rhai", value).unwrap().direct
    }

    #[test]
    fn a_measure_and_a_ratio_of_two_are_told_from_all_else() {
        assert_eq!(direct("fn value(m) { m.mean }"), Some(Direct::Measure("mean".to_owned())));
        let ratio = Some(Direct::Ratio("won".to_owned(), "closed".to_owned()));
        assert_eq!(direct("fn value(m) { ratio(m.won, m.closed) }"), ratio);
        let among_others = "fn measures(data) { #{ mean: data.leads.dated(|l| l.created_at).count() } }";
        assert_eq!(
            direct(&format!("{among_others} fn value(m) {{ m.mean }}")),
            Some(Direct::Measure("mean".to_owned()))
        );
        assert_eq!(direct("fn value(m) { return ratio(m.won, m.closed); }"), None);
        for other in [
            "fn value(m) { ratio(m.won - m.lost, m.closed) }",
            "fn value(m) { ratio(m.won.abs(), m.closed) }",
            "fn value(m) { m.won.abs() }",
            "fn value(m) { m?.won }",
            "fn value(m) { m }",
            "fn value(m) { let n = m.won; n }",
            "fn value(m, previous) { m.won }",
            "fn value(m) { ratio(m.won, m.closed) } fn ratio(a, b) { a }",
        ] {
            assert_eq!(direct(other), None, "{other}");
        }
    }
}
