//! Pages for people, read from what is stored: editions, KPIs and how they move. Nothing here writes.
//!
//! Knows no configuration, no clock and no way out of the process; [`State`] is handed in. From the top:
//! - [`mod@routes`]: which address shows what, and what every answer passes through
//! - [`serve()`], [`address`]: listening, on this machine only
//! - `pages`: one file per page; each builds a model that a template renders
//! - `courses`: figures over the past weeks
//! - `running`: how the work goes, for the page of operations and for monitoring
//! - `bound`: how many pages compute at the same time
//! - [`problem`], `problems`: what is not in order, for the page of operations and for monitoring
//! - `reader`: the language in which a reader is answered; all words are in [`pegel_text`]
//! - `templates`, `unanswered`, `headers`: how an answer, or a failure, becomes a page

pub mod address;
mod bound;
mod courses;
mod error;
mod headers;
mod pages;
pub mod problem;
mod problems;
mod reader;
pub mod routes;
mod running;
mod serve;
mod state;
mod templates;
mod unanswered;

pub use address::check_address;
pub use bound::Bound;
pub use error::WebError;
pub use routes::routes;
pub use serve::{serve, server};
pub use state::State;
pub use templates::Templates;
