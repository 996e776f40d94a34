//! The position of a declaration's entry in the script.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// An entry of a declaration: the keys that lead to it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub path: Vec<String>,
    /// Whether this is about the value, not the key.
    pub value: bool,
}

impl Entry {
    /// Its position in the declaration passed at `call`: line and column, from 1.
    pub fn position(&self, ast: &AST, call: Position) -> Option<(usize, usize)> {
        let mut found = None;
        let mut elsewhere = Vec::new();
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::FnCall(kpi, at)) | ASTNode::Expr(Expr::FnCall(kpi, at))) if *at == call => {
                    found = kpi.args.first().and_then(|map| self.inside(map));
                }
                Some(ASTNode::Expr(map)) => elsewhere.extend(self.inside(map)),
                _ => {}
            }
            found.is_none()
        });
        // The map may have been built before the call; if several candidates remain, take none.
        found.or_else(|| elsewhere.pop().filter(|_| elsewhere.is_empty()))
    }

    /// Its position in a map literal; if it is not written there, that of the innermost enclosing map.
    fn inside(&self, map: &Expr) -> Option<(usize, usize)> {
        let (mut map, mut found) = (map, None);
        for (depth, key) in self.path.iter().enumerate() {
            let Expr::Map(entries, _) = map else { break };
            let Some((name, value)) = entries.0.iter().find(|(name, _)| name.name == *key) else { break };
            let last = depth + 1 == self.path.len();
            found = match value {
                _ if !(last && self.value) => place(name.pos, 0),
                // The text between the quotes.
                Expr::StringConstant(text, at) if !text.trim().is_empty() => place(*at, 1),
                _ => place(value.start_position(), 0),
            };
            map = value;
        }
        found
    }
}

fn place(at: Position, further: usize) -> Option<(usize, usize)> {
    Some((at.line()?, at.position()? + further))
}
