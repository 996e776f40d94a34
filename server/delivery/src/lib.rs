//! Delivery: what is due, who runs it, and how its mails get out. The only crate that opens connections outward.
//!
//! | module | what it is |
//! |---|---|
//! | [`clock`] | the time, handed in |
//! | [`schedule`] | what is due at an instant, a pure function |
//! | [`compose`] | what this crate needs from whatever makes reports |
//! | [`worker`] | all that delivery works with, handed in |
//! | [`run`] | a run: claim, compose, publish |
//! | [`mail`] | one mail to one recipient, as a message |
//! | [`mailer`] | where mails go: an SMTP server, a folder, or memory |
//! | [`smtp`] | the conversation with a server |
//! | [`refusal`] | why a mail was not taken |
//! | [`process`] | which process holds a claim |
//! | [`outbox`] | the worker that empties the outbox |
//! | [`tick`] | one look at the clock: run what is due, send what waits |
//! | [`ticker`] | looks at the clock every half minute |
//!
//! # What is promised
//!
//! A report has one due run per nominal period: two ticks, two servers, a kill at any place and a restart make one
//! edition, with one outbox row per recipient, written in the same transaction. A person may make editions of the same
//! period by hand, before or after; nobody is mailed unless they want it, and the due run is made all the same. Where the
//! figures are those of the latest edition by hand, that one goes out, else a new revision. No transaction is open while a
//! report is composed or a mail handed over.
//!
//! A claim ends with its time, or with its process where that can be seen ([`process`]). What is due is asked of the wall
//! clock, and what was written while that was ahead is put right when it is put back.
//!
//! **A mail is handed over at least once.** The outbox worker claims a row and commits, hands the mail over, and records
//! the answer. If the process dies after the server has said 250 and before the answer is committed, the row's lease
//! runs out and the mail is handed over again: nobody can know that it arrived. This window is the time of one QUIT and
//! one short transaction. If the database does not take the record, it is tried as long as the claim lasts, and
//! remembered after that; no other mail is handed over meanwhile. The same holds where a connection breaks between the
//! data and the 250, where handing over takes longer than the lease (each step of the conversation has a time-out, so a
//! server would have to be slow at every one). The repeated mail is the same to the byte, Message-ID included, so that mail
//! servers and programs that drop repeated mails can; in a folder it replaces the file, so that there is still one. In
//! every other case a mail is handed over exactly once.

pub mod clock;
pub mod compose;
mod error;
mod job;
pub mod mail;
pub mod mailer;
pub mod outbox;
pub mod process;
pub mod refusal;
pub mod run;
pub mod schedule;
pub mod smtp;
pub mod tick;
pub mod ticker;
pub mod worker;

pub use clock::Clock;
pub use compose::{Compose, ComposeError};
pub use error::DeliveryError;
pub use job::{Occasion, RunReport};
pub use mailer::Mailer;
pub use run::Made;
pub use schedule::{Due, Scheduled};
pub use tick::Ticked;
pub use ticker::Ticker;
pub use worker::{Place, Worker};
