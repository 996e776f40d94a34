//! What evaluations need beside their rules.

use pegel_catalog::Catalog;
use pegel_report::render::Templates;
use pegel_store::Store;
use pegel_store::outbox::Channel;

/// All that an evaluation needs beside its rule.
pub struct Surroundings<'a> {
    pub store: &'a Store,
    pub catalog: &'a Catalog,
    pub templates: &'a Templates,
    /// ISO 4217.
    pub currency: &'a str,
    /// Where readers reach the pages; `None` where they cannot.
    pub base_url: Option<&'a str>,
    /// What kind of channel has that name.
    pub kind_of: &'a (dyn Fn(&str) -> Channel + Sync),
    /// The Message-ID of a mail: by the rule, the instant (UTC seconds), its text and its recipient.
    pub message_id: &'a (dyn Fn(&str, i64, &str, &str) -> String + Sync),
}
