//! Delivery: what is due, who runs it, and how its mails get out. The only crate that opens connections outward.
//!
//! | module | what it is |
//! |---|---|
//! | [`clock`] | the time, handed in |
//! | [`schedule`] | what is due at an instant, a pure function |
//! | [`compose`] | what this crate needs from whatever makes reports |
//! | [`worker`] | all that delivery works with, handed in |
//! | [`run`] | a run: claim, compose, publish |
//! | [`letterhead`] | what stands on every mail: sender, where answers go, how one gets no more |
//! | [`mail`] | one mail to one recipient, as a message |
//! | [`channel`] | where what is said goes beside mail: webhooks, chats, folders |
//! | [`mailer`] | where mails go: an SMTP server, a folder, or memory |
//! | [`settings`] | what the configuration says of a mail server, beside its URL |
//! | `server` | a mail server, as a URL names it |
//! | [`smtp`] | the conversation with a server |
//! | `login`, [`secret`] | how a user logs in to it, and by what |
//! | `dkim` | signatures of mails |
//! | `problem` | why a step of the conversation failed |
//! | [`trial`] | the conversation told step by step, with what to change |
//! | [`pace`] | how many mails a server is handed within a minute |
//! | [`refusal`] | why a mail was not taken |
//! | `whole` | files that are there as a whole or not at all |
//! | [`process`] | which process holds a claim |
//! | [`outbox`] | the worker that empties the outbox |
//! | [`tick`] | one look at the clock: run what is due, send what waits |
//! | [`ticker`] | looks at the clock every half minute |
//!
//! # What is promised
//!
//! A report has one due run per nominal period. Two ticks, two servers, a kill at any point and a restart still make
//! one edition, with one outbox row per recipient, written in the same transaction. Somebody may also make editions of
//! the same period by hand, before or after; these are mailed only on request, and the due run is made all the same. If
//! its figures are those of the latest edition made by hand, that edition goes out, otherwise a new revision. No
//! transaction is open while a report is composed or a mail handed over.
//!
//! A claim ends when its time is up, or when its process is known to be gone ([`process`]). The wall clock decides what
//! is due; what was written while it was ahead is corrected when it is set back.
//!
//! **A mail is handed over at least once.** The outbox worker claims a row and commits, hands the mail over, and
//! records the answer. If the process dies after the server has said 250 and before the answer is committed, the row's
//! lease expires and the mail is handed over again: nobody can know that it arrived. This window lasts for one QUIT and
//! one short transaction. If the database fails meanwhile, the worker retries as long as the claim lasts and remembers
//! the answer after that; it hands over no other mail until the answer is recorded. A mail is also repeated if the
//! connection breaks between the data and the 250, or if handing over takes longer than the lease (each step of the
//! conversation has a time-out, so a server would have to be slow at every one). The repeated mail is identical to the
//! byte, Message-ID included, so that servers and mail programs can drop it; in a folder it replaces the file. In every
//! other case a mail is handed over exactly once.

pub mod channel;
pub mod clock;
pub mod compose;
mod dkim;
mod error;
mod job;
pub mod letterhead;
mod login;
pub mod mail;
pub mod mailer;
pub mod outbox;
pub mod pace;
mod problem;
pub mod process;
pub mod refusal;
pub mod run;
pub mod schedule;
pub mod secret;
mod server;
pub mod settings;
pub mod smtp;
pub mod tick;
pub mod ticker;
pub mod trial;
mod whole;
pub mod worker;

pub use channel::Channels;
pub use clock::Clock;
pub use compose::{Compose, ComposeError, Recipient, Watch};
pub use error::DeliveryError;
pub use job::{Occasion, RunReport};
pub use letterhead::Letterhead;
pub use mailer::Mailer;
pub use pace::Pace;
pub use run::Made;
pub use schedule::{Due, Scheduled};
pub use secret::Secret;
pub use settings::{Auth, DkimSettings, Settings};
pub use smtp::Smtp;
pub use tick::Ticked;
pub use ticker::Ticker;
pub use worker::{Step, Worker};
