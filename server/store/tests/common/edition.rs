//! A made-up edition, and how it gets into the archive.

use super::NOW;
use pegel_kpi::data::scope::Scope;
use pegel_store::edition::{Artefact, Audience, Erasable, Label, NewEdition, Rendition, Salted, Signature, SourceHash};
use pegel_store::lease::Lease;
use pegel_store::outbox::{Channel, NewDelivery};
use pegel_store::packed::Packed;
use pegel_store::publish::Seal;
use pegel_store::runs::{Claim, RunKey, Which};
use pegel_store::{Store, StoreError};

/// Everybody in Berlin.
pub fn audience() -> Audience {
    Audience::new(&Scope::everything(), "de-DE", "Europe/Berlin")
}

/// Who answers for the North, in Łódź.
pub fn north() -> Audience {
    Audience::new(&Scope { regions: Some(vec!["North".to_owned()]), ..Scope::everything() }, "pl-PL", "Europe/Warsaw")
}

fn artefact(name: &str, media_type: &str, bytes: &[u8]) -> Artefact {
    Artefact {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: format!("hash of {name}"),
        content: Erasable::Kept(Packed::of(bytes.to_vec())),
    }
}

fn label(kind: &str, group: i64, label: &str) -> Label {
    let text = Salted { salt: format!("salt of {label}"), label: label.to_owned() };
    Label { kind: kind.to_owned(), group, sha256: format!("hash of {label}"), text: Erasable::Kept(text) }
}

/// Of week 46: a mail for everybody, a sheet for the North.
pub fn edition(revision: i32) -> NewEdition {
    let source = |kind: &str, name: &str, version: Option<&str>| SourceHash {
        kind: kind.to_owned(),
        name: name.to_owned(),
        sha256: "ab".to_owned(),
        version: version.map(str::to_owned),
    };
    NewEdition {
        report: "weekly".to_owned(),
        title: "Partner sales".to_owned(),
        period: "2026-W46".to_owned(),
        revision,
        starts_at: 100,
        ends_at: 200,
        created_at: NOW,
        status: "critical".to_owned(),
        reason: None,
        renditions: vec![
            Rendition {
                audience: audience(),
                artefacts: vec![
                    artefact("numbers.json", "application/json", b"{}"),
                    artefact("mail.html", "text/html", "<p>Łódź 🌊\r\n</p>".as_bytes()),
                    artefact("mail.txt", "text/plain", b""),
                ],
            },
            Rendition {
                audience: north(),
                artefacts: vec![artefact("sheet.xlsx", "application/octet-stream", &[0, 255, 128, 10, 13, 0])],
            },
        ],
        labels: vec![label("partner", 1, "Ada"), label("partner", 12, "Bob's"), label("rep", 2, "Ada")],
        sources: vec![source("kpi", "win_rate", None), source("program", "pegel", Some("0.1.0"))],
    }
}

/// The same with a sheet that is long enough to be deflated.
pub fn long_edition(revision: i32) -> NewEdition {
    let mut edition = edition(revision);
    let sheet = "North;12\r\n".repeat(20);
    edition.renditions[1].artefacts.push(artefact("sheet.csv", "text/csv", sheet.as_bytes()));
    edition
}

/// Closes it in a way that can be read.
fn seal(edition: &NewEdition, previous: Option<&str>) -> Seal {
    let manifest = format!("{} {}, after {}", edition.period, edition.revision, previous.unwrap_or("none"));
    let checksum = format!("checksum of {} {}", edition.period, edition.revision);
    let signature = Signature { signature: "signature of an edition".to_owned(), signed_by: "key".to_owned() };
    Seal { checksum, manifest, signature: Some(signature) }
}

pub fn lease() -> Lease {
    Lease { now: NOW, until: NOW + 600, holder: None }
}

/// A run for an edition.
pub fn run(store: &Store, edition: &NewEdition) -> i64 {
    let (report, period) = (edition.report.clone(), edition.period.clone());
    let key = RunKey { report, period, which: Which::ByHand { again: true } };
    let Claim::Ours { run, .. } = store.claim_run(&key, &lease()).unwrap() else { panic!("the run is taken") };
    run
}

/// Publishes it with these mails; its id.
pub fn publish(store: &Store, run: i64, edition: &NewEdition, mails: &[NewDelivery]) -> Result<i64, StoreError> {
    store.publish(run, edition, |previous| (seal(edition, previous), mails.to_vec()))
}

/// One mail for each name, to everybody's rendition.
pub fn to(recipients: &[&str]) -> Vec<NewDelivery> {
    let delivery = |name: &&str| NewDelivery {
        audience: audience(),
        channel: Channel::Mail,
        recipient: format!("{name}@example.com"),
        message_id: format!("<{name}@pegel>"),
        reply_to: None,
        forms: Vec::new(),
    };
    recipients.iter().map(delivery).collect()
}
