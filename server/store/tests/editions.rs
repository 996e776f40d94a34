//! The archive: whole editions, in a chain, for several audiences; unchanged but for what is erased.
#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod common;

use common::NOW;
use common::edition::{audience, edition, long_edition, north, publish, run, to};
use pegel_store::edition::{Artefact, Audience, Edition, Erasable, ListedPeriod, NewEdition, Rendition, SUBJECT};
use pegel_store::outbox::{Channel, Content, Delivery, NewDelivery};
use pegel_store::packed::Packed;
use pegel_store::testing::on_both;
use pegel_store::{Store, StoreError};

fn published(store: &Store, edition: &NewEdition, mails: &[NewDelivery]) -> Edition {
    let id = publish(store, run(store, edition), edition, mails).unwrap();
    store.edition(id).unwrap().unwrap()
}

#[test]
fn an_edition_keeps_its_signature_and_nobody_changes_it() {
    on_both(|store| {
        let signature = published(&store, &edition(0), &[]).signature.unwrap();
        assert_eq!((signature.signature.as_str(), signature.signed_by.as_str()), ("signature of an edition", "key"));
        for change in ["signature = 'another'", "signed_by = NULL"] {
            let error = store.execute(&format!("UPDATE editions SET {change}")).unwrap_err();
            assert!(error.to_string().contains("immutable"), "{error}");
        }
    });
}

#[test]
fn an_edition_is_stored_whole_or_not_at_all() {
    on_both(|store| {
        let edition = edition(0);
        let run = run(&store, &edition);
        // The second row for the same recipient is refused, after everything else has been written.
        let [ada, mut twice] = [0, 1].map(|_| to(&["ada"]).remove(0));
        twice.message_id = "<another@pegel>".to_owned();
        assert!(publish(&store, run, &edition, &[ada, twice]).is_err());
        for table in ["editions", "renditions", "artefacts", "labels", "edition_sources", "deliveries"] {
            let count = format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table}");
            assert_eq!(store.texts(&count).unwrap(), ["0"], "{table}");
        }
        let bare = NewEdition { renditions: Vec::new(), labels: Vec::new(), sources: Vec::new(), ..edition };
        let stranger = publish(&store, run, &bare, &to(&["ada"])).unwrap_err();
        assert!(matches!(stranger, StoreError::NoRendition { .. }), "{stranger}");
        publish(&store, run, &bare, &[]).unwrap();
    });
}

#[test]
fn an_edition_is_read_as_it_was_stored() {
    on_both(|store| {
        let new = long_edition(0);
        let stored = published(&store, &new, &[]);
        assert_eq!((&stored.renditions, &stored.labels, &stored.sources), (&new.renditions, &new.labels, &new.sources));
        let head = &stored.head;
        let instants = (head.starts_at, head.ends_at, head.created_at);
        assert_eq!((head.revision, instants), (0, (100, 200, NOW)));
        assert_eq!((&head.title, &head.status), (&new.title, &new.status));
        assert_eq!(store.edition(head.id + 1).unwrap(), None);
        let second = published(&store, &edition(1), &[]).head.id;
        assert_eq!(store.edition_id("weekly", "2026-W46", 1).unwrap(), Some(second));
        assert_eq!(store.edition_id("weekly", "2026-W45", 0).unwrap(), None);
        let ids = |limit, offset| store.editions(limit, offset).unwrap().iter().map(|head| head.id).collect::<Vec<_>>();
        assert_eq!((ids(10, 0), ids(1, 1)), (vec![second, head.id], vec![head.id]));
        assert_eq!(store.edition_ids().unwrap(), [head.id, second]);
    });
}

#[test]
fn each_edition_follows_the_one_of_its_report_that_was_published_before() {
    on_both(|store| {
        let other = |edition: NewEdition| NewEdition { report: "monthly".to_owned(), ..edition };
        let of = |period: &str| NewEdition { period: period.to_owned(), ..edition(0) };
        // In the order of publication, whatever is reported.
        let editions = [of("2026-W46"), other(of("2026-W46")), of("2026-W45"), edition(1)];
        let stored = editions.map(|edition| published(&store, &edition, &[]));
        assert_eq!(
            stored.each_ref().map(|edition| edition.manifest.as_str()),
            [
                "2026-W46 0, after none",
                "2026-W46 0, after none",
                "2026-W45 0, after checksum of 2026-W46 0",
                "2026-W46 1, after checksum of 2026-W45 0",
            ]
        );
        let last = &stored[3].head;
        assert_eq!(store.checksum_before("weekly", last.id).unwrap().as_deref(), Some("checksum of 2026-W45 0"));
        assert_eq!(store.checksum_before("weekly", stored[0].head.id).unwrap(), None);
    });
}

#[test]
fn of_many_that_publish_at_once_each_follows_another() {
    on_both(|store| {
        let weeks: Vec<NewEdition> =
            (1..=8).map(|week| NewEdition { period: format!("2026-W0{week}"), ..edition(0) }).collect();
        let runs: Vec<(i64, &NewEdition)> = weeks.iter().map(|edition| (run(&store, edition), edition)).collect();
        std::thread::scope(|scope| {
            for (run, edition) in &runs {
                scope.spawn(|| publish(&store, *run, edition, &[]).unwrap());
            }
        });
        let editions = store.edition_ids().unwrap().into_iter().map(|id| store.edition(id).unwrap().unwrap());
        let editions: Vec<Edition> = editions.collect();
        assert_eq!(editions.len(), 8);
        for pair in editions.windows(2) {
            assert!(pair[1].manifest.ends_with(&format!("after {}", pair[0].head.checksum)), "{}", pair[1].manifest);
        }
    });
}

#[test]
fn an_edition_that_is_gone_is_missed() {
    on_both(|store| {
        let [first, _] = [0, 1].map(|revision| published(&store, &edition(revision), &[]));
        assert!(store.lost_editions().unwrap().is_empty());
        store.allow_tampering().unwrap();
        let id = first.head.id;
        let of_it = format!("IN (SELECT id FROM renditions WHERE edition_id = {id})");
        store.execute(&format!("DELETE FROM artefacts WHERE rendition_id {of_it}")).unwrap();
        for table in ["renditions", "labels", "edition_sources"] {
            store.execute(&format!("DELETE FROM {table} WHERE edition_id = {id}")).unwrap();
        }
        store.execute(&format!("DELETE FROM editions WHERE id = {id}")).unwrap();
        assert_eq!(store.lost_editions().unwrap(), [("weekly".to_owned(), "2026-W46".to_owned(), 0)]);
    });
}

#[test]
fn who_belongs_to_an_audience_gets_its_rendition() {
    on_both(|store| {
        let mut to_north = to(&["bob"]).remove(0);
        to_north.audience = north();
        let id = published(&store, &edition(0), &[to(&["ada"]).remove(0), to_north.clone()]).head.id;
        let mut deliveries = store.deliveries(Some(id)).unwrap();
        deliveries.sort_by_key(|delivery| delivery.id);
        let of = |delivery: &Delivery| (delivery.recipient.clone(), delivery.content.clone(), delivery.channel);
        let rendition = |audience| Content::Rendition { edition: id, audience };
        assert_eq!(
            deliveries.iter().map(of).collect::<Vec<_>>(),
            [
                ("ada@example.com".to_owned(), rendition(audience()), Channel::Mail),
                ("bob@example.com".to_owned(), rendition(north()), Channel::Mail),
            ]
        );
        let stored = store.edition(id).unwrap().unwrap();
        for audience in [audience(), north()] {
            let (head, rendition) = store.rendition(id, &audience).unwrap().unwrap();
            assert_eq!((&head, Some(&rendition)), (&stored.head, stored.rendition(&audience)));
        }
        let others = Audience { locale: "fr-FR".to_owned(), ..audience() };
        assert_eq!(store.rendition(id, &others).unwrap(), None, "it was not made for them");
        // Whoever belongs to two gets one mail.
        to_north.audience = audience();
        assert_eq!(store.queue(id, NOW, &[to_north]).unwrap(), 0);
    });
}

#[test]
fn what_is_stored_of_an_edition_can_be_neither_changed_nor_deleted() {
    on_both(|store| {
        published(&store, &edition(0), &[]);
        let changes = [
            ("editions", "checksum = 'x'"),
            ("editions", "manifest = 'x'"),
            ("renditions", "scope = '{}'"),
            ("artefacts", "sha256 = 'x'"),
            ("artefacts", "bytes = NULL, erased_at = 1, sha256 = 'x'"),
            ("artefacts", "erased_at = 1"),
            ("artefacts", "bytes = NULL, erased_at = 1, deflated = NOT deflated"),
            ("labels", "label = 'x'"),
            ("labels", "label = NULL, salt = NULL, erased_at = 1, group_id = 7"),
            ("edition_sources", "sha256 = 'x'"),
        ];
        for (table, change) in changes {
            let refused = store.execute(&format!("UPDATE {table} SET {change}")).unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{table} {change}: {refused}");
        }
        for table in ["editions", "renditions", "artefacts", "labels", "edition_sources"] {
            let refused = store.execute(&format!("DELETE FROM {table}")).unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{refused}");
        }
        store.allow_tampering().unwrap();
        store.execute("UPDATE labels SET label = 'x'").unwrap();
    });
}

#[test]
fn an_artefact_and_a_label_can_be_erased_once_and_their_hashes_stay() {
    on_both(|store| {
        let before = published(&store, &edition(0), &[]);
        let id = before.head.id;
        assert!(store.erase_artefact(id, &north(), "sheet.xlsx", NOW + 1).unwrap());
        assert!(store.erase_label(id, "partner", 1, NOW + 2).unwrap());
        let after = store.edition(id).unwrap().unwrap();
        let mut expected = before;
        expected.renditions[1].artefacts[0].content = Erasable::Erased { at: NOW + 1 };
        expected.labels[0].text = Erasable::Erased { at: NOW + 2 };
        assert_eq!(after, expected);

        assert!(!store.erase_artefact(id, &north(), "sheet.xlsx", NOW + 9).unwrap(), "it was before");
        assert!(!store.erase_artefact(id, &audience(), "sheet.xlsx", NOW + 9).unwrap(), "they never had it");
        assert!(!store.erase_label(id, "partner", 1, NOW + 9).unwrap());
        assert!(!store.erase_label(id, "team", 2, NOW + 9).unwrap());
        assert!(store.execute("UPDATE artefacts SET erased_at = 3 WHERE bytes IS NULL").is_err(), "nor when");
        assert!(store.execute("UPDATE labels SET label = 'x', salt = 'y', erased_at = NULL").is_err(), "nor back");
        assert_eq!(store.edition(id).unwrap().unwrap(), expected);
    });
}

#[test]
fn editions_are_listed_by_period_with_earlier_revisions_behind_the_latest() {
    on_both(|store| {
        let of = |week: i64, revision: i32| NewEdition {
            period: format!("2026-W{week}"),
            starts_at: week * 10,
            ends_at: week * 10 + 10,
            ..edition(revision)
        };
        let ids: Vec<i64> = [of(46, 0), of(44, 0), of(45, 0), of(45, 1)]
            .iter()
            .map(|edition| published(&store, edition, &[]).head.id)
            .collect();
        let neighbours = |id: i64| store.neighbours(&store.edition(id).unwrap().unwrap().head).unwrap();
        assert_eq!(neighbours(ids[3]), (Some(ids[1]), Some(ids[0])));
        assert_eq!((neighbours(ids[0]), neighbours(ids[1])), ((Some(ids[3]), None), (None, Some(ids[3]))));

        published(&store, &NewEdition { report: "monthly".to_owned(), ends_at: 455, ..of(45, 0) }, &[]);
        // The zone of the report was changed between two editions of week 45.
        published(&store, &NewEdition { ends_at: 454, ..of(45, 2) }, &[]);
        let listed = store.listed_editions().unwrap();
        let said = listed.iter().map(|period| {
            let head = &period.latest.head;
            let revisions: Vec<i32> = period.editions().map(|edition| edition.head.revision).collect();
            (head.report.as_str(), head.period.as_str(), revisions)
        });
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                ("weekly", "2026-W46", vec![0]),
                ("monthly", "2026-W45", vec![0]),
                ("weekly", "2026-W45", vec![2, 1, 0]),
                ("weekly", "2026-W44", vec![0]),
            ]
        );
        let mut all = listed.iter().flat_map(ListedPeriod::editions);
        assert!(all.all(|edition| edition.subject.is_none()), "none of these has a mail");
    });
}

#[test]
fn an_edition_is_listed_once_with_the_subject_of_the_report_itself_however_many_get_it() {
    on_both(|store| {
        let subject = |text: &str| Artefact {
            name: SUBJECT.to_owned(),
            media_type: "text/plain".to_owned(),
            sha256: format!("hash of {text}"),
            content: Erasable::Kept(Packed::of(text.as_bytes().to_vec())),
        };
        let said_first = || -> Vec<Option<String>> {
            let listed = store.listed_editions().unwrap();
            listed.iter().flat_map(ListedPeriod::editions).map(|edition| edition.subject.clone()).collect()
        };
        for revision in 0..2 {
            let mut edition = edition(revision);
            edition.renditions[0].artefacts.push(subject(&format!("All {revision}")));
            edition.renditions[1].artefacts.push(subject(&format!("North {revision}")));
            edition.renditions.extend((0..20).map(|nth| Rendition {
                audience: Audience { zone: format!("zone {nth}"), ..north() },
                artefacts: vec![subject(&format!("{nth} {revision}"))],
            }));
            published(&store, &edition, &[]);
        }
        assert_eq!(said_first(), [Some("All 1".to_owned()), Some("All 0".to_owned())]);

        // What the North gets says nothing of the report itself.
        let latest = store.latest_edition("weekly", "2026-W46").unwrap().unwrap();
        assert!(store.erase_artefact(latest, &audience(), SUBJECT, NOW + 1).unwrap());
        let bare = Rendition { audience: audience(), artefacts: Vec::new() };
        let mut third = edition(2);
        third.renditions = vec![bare, Rendition { audience: north(), artefacts: vec![subject("North 2")] }];
        published(&store, &third, &[]);
        assert_eq!(said_first(), [None, None, Some("All 0".to_owned())]);
    });
}
