//! One file per command.

pub mod alert;
pub mod channel;
pub mod deliveries;
pub mod demo;
pub mod docs;
pub mod doctor;
pub mod import;
pub mod init;
pub mod kpi;
pub mod mail;
pub mod migrate;
pub mod report;
pub mod schedule;
pub mod serve;
pub mod threshold;
