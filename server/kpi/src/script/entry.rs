//! Where an entry of a declaration stands in the script.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// An entry of a declaration: the keys that lead to it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub path: Vec<String>,
    /// Whether the value is meant, and not the key.
    pub value: bool,
}

impl Entry {
    /// Where it stands, of a declaration that is handed over at `call`: line and column, from 1.
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
        // The map may have been made before the call; if several could be meant, none is.
        found.or_else(|| elsewhere.pop().filter(|_| elsewhere.is_empty()))
    }

    /// Where it stands in a map that is written out, or the map that it lies in, if that is not.
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
