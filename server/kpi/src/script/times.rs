//! `times(n, #{…})`: equal rows of a test.

use rhai::{Engine, Map};

/// `times(n, row)`: the same row that many times.
#[derive(Debug, Clone)]
pub struct Times {
    pub count: i64,
    pub row: Map,
}

/// Registers it.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Times>("repeated row")
        .register_fn("times", |count: i64, row: Map| Times { count, row });
}
