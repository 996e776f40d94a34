//! Which shared helpers a script uses: those that it imports, and those whose functions it calls.

use rhai::{AST, ASTNode, Expr, FnCallExpr, Ident, Stmt};
use std::collections::BTreeSet;

/// The names under which a script, or a helper, asks for something that lies elsewhere; not all of them are helpers.
pub fn asked_for(ast: &AST) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        names.extend(path.last().and_then(asks_for).map(str::to_owned));
        true
    });
    names
}

fn asks_for<'a>(node: &ASTNode<'a>) -> Option<&'a str> {
    match *node {
        ASTNode::Stmt(Stmt::Import(import, _)) => match &import.0 {
            Expr::StringConstant(name, _) => Some(name.as_str()),
            _ => None,
        },
        ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)) => called(call),
        _ => None,
    }
}

/// A function may call a helper that no statement imports.
fn called(call: &FnCallExpr) -> Option<&str> {
    call.namespace.path.first().map(Ident::as_str)
}
