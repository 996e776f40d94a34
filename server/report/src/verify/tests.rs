use super::*;
use crate::archive::{self, artefact};
use crate::labels::{Seed, labels};
use crate::manifest::seal;
use crate::render::Rendered;
use crate::samples;
use pegel_kpi::data::scope::Scope;
use pegel_store::edition::{EditionHead, HTML, Label, NUMBERS, NewEdition, SUBJECT, SourceHash, TEXT};
use pegel_store::packed::Packed;
use pegel_store::publish::Seal;

const BEFORE: &str = "the checksum of the edition before";

fn source(kind: &str, name: &str) -> SourceHash {
    SourceHash { kind: kind.to_owned(), name: name.to_owned(), sha256: sha256(name), version: None }
}

fn audience_in(locale: &str) -> Audience {
    Audience::new(&Scope::everything(), locale, "Europe/Berlin")
}

/// An edition for two audiences.
fn stored() -> Edition {
    let rendered =
        Rendered { subject: "Subject".to_owned(), html: "<p>Mail</p>".to_owned(), text: "Mail\n".to_owned() };
    let numbers = samples::numbers();
    let program = SourceHash { version: Some("0.1.0".to_owned()), ..source("program", "pegel") };
    let sources = vec![source("kpi", "partner/feedback_rate.rhai"), program, source("report", "weekly")];
    let rendition = |locale| archive::rendition(audience_in(locale), &numbers, &rendered, true);
    let labels = labels(&numbers, &Seed([7; 32]));
    let mut new = archive::edition(&numbers, &samples::week_46(), vec![rendition("de-DE")], labels, sources);
    new.renditions.push(rendition("fr-FR"));
    let Seal { manifest, checksum, signature } = seal(&new, Some(BEFORE));
    let NewEdition { report, title, period, revision, starts_at, ends_at, created_at, status, reason, .. } = new;
    let head = EditionHead {
        id: 7,
        report,
        title,
        period,
        revision,
        starts_at,
        ends_at,
        created_at,
        status,
        reason,
        checksum,
    };
    Edition { head, manifest, signature, renditions: new.renditions, labels: new.labels, sources: new.sources }
}

fn said(edition: &Edition) -> Vec<String> {
    let Findings { damages, erased } = verify(edition, Some(BEFORE));
    damages.iter().map(Damage::to_string).chain(erased.iter().map(Erasure::to_string)).collect()
}

/// The findings after a change.
fn found(change: impl FnOnce(&mut Edition)) -> Vec<String> {
    let mut edition = stored();
    change(&mut edition);
    said(&edition)
}

/// The expected finding, and the change.
type Tampering<T> = (&'static str, fn(&mut T));

/// An artefact of the first rendition.
fn artefact_of<'a>(edition: &'a mut Edition, name: &str) -> &'a mut Artefact {
    edition.renditions[0].artefacts.iter_mut().find(|artefact| artefact.name == name).unwrap()
}

fn adler(edition: &mut Edition) -> &mut Label {
    edition.labels.iter_mut().find(|label| label.group == 1).unwrap()
}

#[test]
fn an_edition_as_it_was_stored_is_in_order() {
    let mut edition = stored();
    assert!(said(&edition).is_empty());
    assert_eq!(edition.head.status, "critical");
    assert_eq!(edition.head.period, "2026-W46");
    // A database may return them in any order.
    edition.renditions[0].artefacts.reverse();
    edition.renditions.reverse();
    edition.labels.reverse();
    edition.sources.reverse();
    assert!(said(&edition).is_empty());
}

#[test]
fn one_byte_in_any_artefact_is_found_and_named() {
    for name in [NUMBERS, HTML, TEXT, SUBJECT] {
        for at_end in [false, true] {
            let damages = found(|edition| {
                let artefact = artefact_of(edition, name);
                let mut bytes = artefact.bytes().unwrap().into_owned();
                let at = if at_end { bytes.len() - 1 } else { 0 };
                bytes[at] = 0xff;
                artefact.content = Erasable::Kept(Packed::of(bytes));
            });
            let expected = format!("the artefact {name} for de-DE, Europe/Berlin, {{}} has been altered");
            assert_eq!(damages, [expected]);
        }
    }
    for at in [0, stored().manifest.len() - 1] {
        let damages = found(|edition| edition.manifest.replace_range(at..=at, "#"));
        assert_eq!(damages, ["the manifest does not match its checksum"]);
    }
}

#[test]
fn an_artefact_whose_hash_was_changed_along_is_found() {
    let damages = found(|edition| *artefact_of(edition, TEXT) = artefact(TEXT, "text/plain; charset=utf-8", "PS"));
    assert_eq!(damages, ["the artefact mail.txt for de-DE, Europe/Berlin, {} has been altered"]);
}

#[test]
fn every_field_is_covered() {
    let changes: [Tampering<EditionHead>; 9] = [
        ("field report", |head| head.report.push('x')),
        ("field title", |head| head.title.push('x')),
        ("field period", |head| head.period = "2026-W47".to_owned()),
        ("field revision", |head| head.revision += 1),
        ("field starts_at", |head| head.starts_at += 1),
        ("field ends_at", |head| head.ends_at += 1),
        ("field created_at", |head| head.created_at += 1),
        ("field status", |head| head.status = "ok".to_owned()),
        ("checksum", |head| head.checksum = sha256("")),
    ];
    for (name, change) in changes {
        let damages = found(|edition| change(&mut edition.head));
        assert!(damages.len() == 1 && damages[0].contains(name), "{name}: {damages:?}");
    }
}

/// A forbidden change to an edition.
type Damaging = fn(&mut Edition);

#[test]
fn nothing_that_belongs_to_an_edition_can_come_go_or_change() {
    let mail = "the artefact mail.html for de-DE, Europe/Berlin, {}";
    let changes: [(String, Damaging); 14] = [
        (format!("the stored hash of {mail} has been altered"), |edition| artefact_of(edition, HTML).sha256.clear()),
        (format!("the media type of {mail} has been altered"), |edition| {
            artefact_of(edition, HTML).media_type.clear();
        }),
        (format!("{mail} is missing"), |edition| {
            edition.renditions[0].artefacts.retain(|artefact| artefact.name != HTML);
        }),
        ("the artefact more.txt for de-DE, Europe/Berlin, {} is not in the manifest".to_owned(), |edition| {
            edition.renditions[0].artefacts.push(artefact("more.txt", "text/plain", "more"));
        }),
        ("the rendition for en-GB, Europe/Berlin, {} is not in the manifest".to_owned(), |edition| {
            edition.renditions.push(Rendition { audience: audience_in("en-GB"), artefacts: Vec::new() });
        }),
        ("the label of the partner 1 has been altered".to_owned(), |edition| {
            let Erasable::Kept(text) = &mut adler(edition).text else { panic!() };
            text.label.push('x');
        }),
        ("the stored hash of the label of the partner 1 has been altered".to_owned(), |edition| {
            adler(edition).sha256.clear();
        }),
        ("the label of the partner 1 is missing".to_owned(), |edition| edition.labels.retain(|label| label.group != 1)),
        ("the label of the rep 1 is not in the manifest".to_owned(), |edition| {
            let other = Label { kind: "rep".to_owned(), ..adler(edition).clone() };
            edition.labels.push(other);
        }),
        ("the hash of the report weekly that it was made from has been altered".to_owned(), |edition| {
            edition.sources[2].sha256.clear();
        }),
        ("the version of the program pegel that it was made from has been altered".to_owned(), |edition| {
            edition.sources[1].version = None;
        }),
        ("the report weekly that it was made from is missing".to_owned(), |edition| edition.sources.truncate(2)),
        ("the helper lib/rates.rhai that it was made from is not in the manifest".to_owned(), |edition| {
            edition.sources.push(source("helper", "lib/rates.rhai"));
        }),
        ("the manifest is missing".to_owned(), |edition| edition.manifest.clear()),
    ];
    for (message, change) in changes {
        assert_eq!(found(change), [message]);
    }
    let gone = found(|edition| edition.renditions.truncate(1));
    assert_eq!(gone[0], "the rendition for fr-FR, Europe/Berlin, {} is missing");
    assert_eq!(gone.len(), 5, "with its artefacts");
}

#[test]
fn what_was_erased_is_told_from_what_was_altered() {
    // 21 November 2026, noon.
    let at = 1_795_262_400;
    let erased = found(|edition| {
        artefact_of(edition, HTML).content = Erasable::Erased { at };
        adler(edition).text = Erasable::Erased { at };
    });
    assert_eq!(
        erased,
        [
            "the artefact mail.html for de-DE, Europe/Berlin, {} was erased on 2026-11-21",
            "the label of the partner 1 was erased on 2026-11-21",
        ]
    );
    // Erasing something does not allow for changing its hash.
    let altered = found(|edition| {
        let label = adler(edition);
        (label.text, label.sha256) = (Erasable::Erased { at }, sha256("another"));
    });
    assert_eq!(altered[0], "the stored hash of the label of the partner 1 has been altered");
}

#[test]
fn without_its_manifest_an_edition_still_has_the_hashes_kept_with_what_is_there() {
    let damages = found(|edition| {
        edition.manifest = "{}".to_owned();
        artefact_of(edition, TEXT).content = Erasable::Kept(Packed::of(b"another".to_vec()));
    });
    assert_eq!(
        damages,
        [
            "the manifest does not match its checksum",
            "the artefact mail.txt for de-DE, Europe/Berlin, {} has been altered",
        ]
    );
}

#[test]
fn an_edition_stands_where_it_was_published() {
    let edition = stored();
    let damages = |before| verify(&edition, before).damages;
    assert_eq!(damages(Some(BEFORE)), []);
    for before in [None, Some("another checksum")] {
        assert_eq!(damages(before), [Damage::Gap(BEFORE.to_owned())]);
    }
    let mut first = stored();
    first.manifest = first.manifest.replace(&format!("\"{BEFORE}\""), "null");
    first.head.checksum = sha256(&first.manifest);
    assert_eq!(verify(&first, None).damages, []);
    assert_eq!(verify(&first, Some(BEFORE)).damages, [Damage::NotFirst]);
}
