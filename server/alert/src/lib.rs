//! Alerts: figures and rows are looked at every hour, and people are told when something goes wrong, gets worse, or is
//! over. From the file to the mail:
//!
//! - [`definition`]: what a rule watches and whom it tells, from `config/alerts/NAME.toml`
//! - [`life`]: the life of an alert, from one evaluation to the next: pure
//! - `watch`: which figures a rule sees, and how each stands
//! - [`escalate`]: which rows have waited too long, and whose turn it is to be told: pure; [`patience`]: how long that is
//! - `waiting`: how these rows are found, and who belongs to each
//! - `tell`: what is told, as mails
//! - [`evaluate`]: an evaluation of a rule, from the data to what is stored; [`surroundings`]: what that needs
//! - [`replay`]: what a rule would have told in the past
//!
//! Knows neither SMTP nor pages. Who evaluates rules when, and hands over the mails, is `delivery`.

pub mod definition;
pub mod error;
pub mod escalate;
pub mod evaluate;
pub mod life;
pub mod patience;
pub mod replay;
pub mod surroundings;
mod tell;
mod waiting;
mod watch;

pub use definition::AlertDefinition;
pub use error::AlertError;
pub use surroundings::Surroundings;
