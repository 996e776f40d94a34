//! Closures capture the variables around them by value, as they were when the closure was made.
//!
//! By default, Rhai shares such a variable with the closure, so that all closures made in a loop see its last value.
//! Here each closure keeps its own value. One that would change a variable around it is refused: the change would be
//! lost.

use super::errors::{Complaint, Refused};
use rhai::{AST, ASTFlags, ASTNode, Dynamic, Engine, EvalContext, Expr, FnCallExpr, Position, Stmt};

/// Tags a captured value, which its variable takes over when it is first named.
const BOUND: i32 = 0x0c10;

/// Makes closures keep values instead of variables.
pub fn bind_by_value(engine: &mut Engine) {
    #[expect(deprecated, reason = "it may change, and is the only place at which a variable can be looked at")]
    engine.on_var(|name, _, context| Ok(bound(name, context)));
}

/// Called for each variable before it is read or written. When a closure is made, Rhai shares its variables and then
/// reads each once, to bind it: this gives the shared value to the closure, and a copy to the variable. Copies of the
/// closure then cost nothing, however much it holds.
fn bound(name: &str, mut context: EvalContext) -> Option<Dynamic> {
    let variable = context.scope_mut().get_mut(name).filter(|variable| variable.is_shared())?;
    let mut shared = variable.take();
    if shared.tag() == BOUND || shared.is_read_only() {
        *variable = shared.flatten();
        return None;
    }
    *variable = shared.flatten_clone();
    shared.set_tag(BOUND);
    Some(shared)
}

/// Refuses closures that change a variable around them.
///
/// # Errors
/// If one does; names the variable.
pub fn check(ast: &AST) -> Refused<()> {
    let mut changed = None;
    ast.walk(&mut |path: &[ASTNode]| {
        changed = path.last().and_then(change);
        changed.is_none()
    });
    let Some((name, at)) = changed else { return Ok(()) };
    Err(Complaint::new(format!("a closure cannot change “{name}”, which lies outside of it"))
        .hint("a closure sees the values around it as they were when it was made: let it return what it finds")
        .at(at))
}

/// The outer variable that a node changes.
fn change(node: &ASTNode) -> Option<(String, Position)> {
    match node {
        ASTNode::Stmt(Stmt::Assignment(assignment)) => outer(&assignment.1.lhs),
        ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)) if changes(call) => {
            outer(call.args.first()?)
        }
        ASTNode::Expr(chain @ (Expr::Dot(..) | Expr::Index(..))) if first_call(chain).is_some_and(changes) => {
            outer(chain)
        }
        _ => None,
    }
}

/// The variable at the head of an expression, if it lies outside of the closure: these have no index in the parsed
/// code.
fn outer(expr: &Expr) -> Option<(String, Position)> {
    match expr {
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => outer(&pair.lhs),
        Expr::Variable(known, None, at) if known.0.is_none() && known.2.is_empty() => Some((known.1.to_string(), *at)),
        _ => None,
    }
}

/// The first method that is called in a chain such as `a.b[0].push(1)`.
fn first_call(expr: &Expr) -> Option<&FnCallExpr> {
    match expr {
        Expr::MethodCall(call, _) => Some(call),
        Expr::Index(_, flags, _) if flags.contains(ASTFlags::BREAK) => None,
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => match &pair.rhs {
            // In a longer chain, the next link is at the left of the rest.
            Expr::Dot(rest, ..) | Expr::Index(rest, ..) if matches!(rest.lhs, Expr::MethodCall(..)) => {
                first_call(&rest.lhs)
            }
            next => first_call(next),
        },
        _ => None,
    }
}

/// Whether a function changes the list or map that it is called on.
fn changes(call: &FnCallExpr) -> bool {
    const CHANGING: [&str; 21] = [
        "append",
        "chop",
        "clear",
        "dedup",
        "drain",
        "fill_with",
        "insert",
        "mixin",
        "pad",
        "pop",
        "push",
        "remove",
        "retain",
        "reverse",
        "set",
        "shift",
        "sort",
        "sort_desc",
        "splice",
        "take",
        "truncate",
    ];
    CHANGING.contains(&call.name.as_str())
}
