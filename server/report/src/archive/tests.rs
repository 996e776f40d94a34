use super::*;
use crate::samples;
use pegel_store::archive::EditionHead;

fn source(kind: &str, name: &str) -> SourceHash {
    SourceHash { kind: kind.to_owned(), name: name.to_owned(), sha256: sha256(name) }
}

fn stored() -> Edition {
    let rendered =
        Rendered { subject: "Subject".to_owned(), html: "<p>Mail</p>".to_owned(), text: "Mail\n".to_owned() };
    let sources = vec![source("report", "weekly"), source("kpi", "partner/feedback_rate.rhai")];
    let new = edition(&samples::numbers(), &samples::week_46(), &rendered, sources);
    let head = EditionHead {
        id: 7,
        report: new.report,
        title: new.title,
        period: new.period,
        revision: new.revision,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        created_at: new.created_at,
        status: new.status,
        checksum: new.checksum,
    };
    Edition { head, parts: new.parts, sources: new.sources }
}

/// What is found after a change.
fn found(change: impl FnOnce(&mut Edition)) -> Vec<String> {
    let mut edition = stored();
    change(&mut edition);
    let damages = verify(&edition).expect_err("the change is found");
    damages.iter().map(Damage::to_string).collect()
}

/// What is told of a change, and the change.
type Tampering<T> = (&'static str, fn(&mut T));

fn part_of<'a>(edition: &'a mut Edition, name: &str) -> &'a mut Part {
    edition.parts.iter_mut().find(|part| part.name == name).unwrap()
}

#[test]
fn an_edition_as_it_was_stored_is_in_order() {
    let mut edition = stored();
    assert_eq!(verify(&edition), Ok(()));
    assert_eq!(edition.head.status, "critical");
    assert_eq!(edition.head.period, "2026-W46");
    // A database may give them back in any order.
    edition.parts.reverse();
    edition.sources.reverse();
    assert_eq!(verify(&edition), Ok(()));
}

#[test]
fn one_byte_in_any_part_is_found_and_named() {
    let names: Vec<String> = stored().parts.into_iter().map(|part| part.name).collect();
    assert_eq!(names, [NUMBERS, HTML, TEXT, SUBJECT, MANIFEST]);
    for name in names {
        for at_end in [false, true] {
            let damages = found(|edition| {
                let part = part_of(edition, &name);
                let at = if at_end { part.content.len() - 1 } else { 0 };
                part.content.replace_range(at..=at, "#");
            });
            assert_eq!(damages, [format!("the part {name} is not what was stored")]);
        }
    }
}

#[test]
fn a_part_whose_hash_was_changed_along_is_found() {
    let damages = found(|edition| {
        let part = part_of(edition, TEXT);
        part.content.push_str("PS");
        part.sha256 = sha256(&part.content);
    });
    assert_eq!(damages, ["the part mail.txt is not what was stored"]);
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

#[test]
fn parts_and_sources_cannot_come_go_or_change() {
    let changes: [Tampering<Edition>; 9] = [
        ("the hash kept with the part mail.html is not its hash", |edition| part_of(edition, HTML).sha256.clear()),
        ("the hash kept with the part manifest.json is not its hash", |edition| {
            part_of(edition, MANIFEST).sha256.clear();
        }),
        ("the media type of the part mail.html is not what was stored", |edition| {
            part_of(edition, HTML).media_type.clear();
        }),
        ("the part mail.html is missing", |edition| edition.parts.retain(|part| part.name != HTML)),
        ("the part manifest.json is missing", |edition| edition.parts.retain(|part| part.name != MANIFEST)),
        ("the part more.txt does not belong to it", |edition| {
            edition.parts.push(part("more.txt", "text/plain", "more".to_owned()));
        }),
        ("the hash of the report weekly is not what was stored", |edition| edition.sources[0].sha256.clear()),
        ("the kpi partner/feedback_rate.rhai is missing among what it was made from", |edition| {
            edition.sources.truncate(1);
        }),
        ("the lib rates.rhai does not belong to what it was made from", |edition| {
            edition.sources.push(source("lib", "rates.rhai"));
        }),
    ];
    for (message, change) in changes {
        assert_eq!(found(change), [message]);
    }
}
