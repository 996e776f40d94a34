//! Whom an edition is made for: those who may see the same, in one language and zone, share what is rendered.

use crate::ReportError;
use crate::address::bare;
use crate::definition::ReportDefinition;
use crate::definition::recipient::{Recipient, Whom};
use crate::few::{each_of, number, text};
use crate::forms::Form;
use crate::place::place;
use crate::to::To;
use pegel_kpi::data::batch::Batch;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::model::Model;
use pegel_kpi::data::path::{Path, Projection};
use pegel_kpi::data::scan::{Scan, Source};
use pegel_kpi::data::scope::Scope;
use pegel_store::edition::Audience;
use pegel_text::locale::Locale;
use serde::Serialize;
use std::collections::HashSet;

/// Readers who share a rendition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readers {
    pub scope: Scope,
    /// BCP 47.
    pub locale: String,
    /// IANA: in which instants are written.
    pub zone: String,
}

/// One who gets a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Addressee {
    #[serde(flatten)]
    pub to: To,
    #[serde(flatten)]
    pub readers: Readers,
    /// What is attached to their mail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Form>,
}

/// A partner who is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    pub key: String,
    /// Where mail for them goes.
    pub address: String,
    /// As stored: `de`, `de-AT`.
    pub language: Option<String>,
}

impl Readers {
    /// Those for whom the report itself is.
    pub fn of_report(definition: &ReportDefinition) -> Readers {
        let ReportDefinition { scope, locale, zone, .. } = definition;
        Readers { scope: scope.clone(), locale: locale.clone(), zone: zone.clone() }
    }

    /// As the archive knows them.
    pub fn audience(&self) -> Audience {
        Audience::new(&self.scope, &self.locale, &self.zone)
    }
}

/// Everybody who gets a report, each address once however it is written; `partners` are those who can be written to.
/// Partners with the same address get one mail about all of them; an address that is listed gets what is listed for it.
pub fn addressees(definition: &ReportDefinition, partners: &[Partner]) -> Vec<Addressee> {
    let own = Readers::of_report(definition);
    let listed: HashSet<String> = definition.recipients.iter().filter_map(Recipient::address).map(bare).collect();
    let mut all: Vec<Addressee> = Vec::new();
    for recipient in &definition.recipients {
        let readers = readers(recipient, &own);
        match &recipient.whom {
            Whom::One(to) => all.push(Addressee { to: to.clone(), readers, forms: recipient.forms.clone() }),
            Whom::EachPartner => {
                let unlisted = partners.iter().filter(|partner| !listed.contains(&bare(&partner.address)));
                all.extend(by_address(unlisted).iter().map(|(_, those)| of_partners(those, recipient, &readers)));
            }
        }
    }
    all
}

/// Those with the same address together, in the order in which the first of them come; none is empty.
fn by_address<'a>(partners: impl Iterator<Item = &'a Partner>) -> Vec<(String, Vec<&'a Partner>)> {
    let mut all: Vec<(String, Vec<&Partner>)> = Vec::new();
    for partner in partners {
        let address = bare(&partner.address);
        let at = place(&mut all, |(known, _)| *known == address, || (address.clone(), Vec::new()));
        all[at].1.push(partner);
    }
    all
}

/// Whom an edition is rendered for: those of the report itself first, then all others who get it, each once.
pub fn all_readers(definition: &ReportDefinition, addressees: &[Addressee]) -> Vec<Readers> {
    let mut all = vec![Readers::of_report(definition)];
    for Addressee { readers, .. } in addressees {
        if !all.contains(readers) {
            all.push(readers.clone());
        }
    }
    all
}

/// The forms that any of these readers wish to have.
pub fn wished(readers: &Readers, addressees: &[Addressee]) -> Vec<Form> {
    let wishes = |form: &Form| addressees.iter().any(|one| one.forms.contains(form) && one.readers == *readers);
    Form::ALL.iter().copied().filter(wishes).collect()
}

/// Whether any of these readers are told by a channel beside mail.
pub fn has_channel(readers: &Readers, addressees: &[Addressee]) -> bool {
    addressees.iter().any(|one| one.to.channel().is_some() && one.readers == *readers)
}

fn readers(recipient: &Recipient, report: &Readers) -> Readers {
    Readers {
        scope: recipient.scope.within(&report.scope),
        locale: recipient.locale.clone().unwrap_or_else(|| report.locale.clone()),
        zone: recipient.zone.clone().unwrap_or_else(|| report.zone.clone()),
    }
}

/// The one addressee of partners with the same address, written to as the first of them is, in the first language that
/// one of them speaks.
fn of_partners(partners: &[&Partner], recipient: &Recipient, readers: &Readers) -> Addressee {
    let own = Scope::of(&Dimension::PARTNER, partners.iter().map(|partner| partner.key.clone()).collect()).in_order();
    let language = |partner: &&Partner| Some(Locale::parse(partner.language.as_deref()?)?.with_region().tag());
    let spoken = || partners.iter().find_map(language);
    let locale = recipient.locale.clone().or_else(spoken).unwrap_or_else(|| readers.locale.clone());
    let readers = Readers { scope: own.within(&readers.scope), locale, ..readers.clone() };
    let to = partners.first().map(|partner| partner.address.clone()).unwrap_or_default();
    Addressee { to: To::Address(to), readers, forms: recipient.forms.clone() }
}

/// The partners who can be written to: active, with an address and a key. Empty unless the report writes to each.
///
/// # Errors
/// If the data cannot be read.
pub fn partners<S>(definition: &ReportDefinition, model: &Model, source: &mut S) -> Result<Vec<Partner>, ReportError>
where
    S: Source<Error: std::error::Error + Send + Sync + 'static>,
{
    let wanted = definition.recipients.iter().any(|recipient| recipient.whom == Whom::EachPartner);
    let Some(table) = model.table("partners").filter(|_| wanted) else { return Ok(Vec::new()) };
    let own = |name: &str| table.column(name).map(Path::own);
    let paths = [Some(Path::own(table.key())), own("contact_email"), own("language"), own("active")];
    let Some(paths) = paths.into_iter().collect::<Option<Vec<Path>>>() else { return Ok(Vec::new()) };
    let columns = paths.into_iter().map(Projection::of).collect();
    let scan = Scan { table, columns, window: None, scope: definition.scope.clone() };
    let mut partners = each_of(&scan, source, partner)?;
    partners.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(partners)
}

/// The partner in a row, if it is active and has an address; one that is none shows in the outbox, as any other. Who is
/// not said to be active is.
fn partner(batch: &Batch, row: usize) -> Option<Partner> {
    let text = |column: usize| text(batch, row, column);
    let inactive = number(batch, row, 3) == Some(0.0);
    let address = text(1).filter(|_| !inactive)?;
    Some(Partner { key: text(0)?, address, language: text(2) })
}

#[cfg(test)]
mod tests;
