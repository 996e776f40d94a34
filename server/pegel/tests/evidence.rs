//! Editions as evidence: signed by their home, exported as one file, verified by others; and the shape of those for
//! programs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::server::Served;
use common::{Said, TestHome};
use pegel_store::Store;
use serde_json::{Value as Json, json};
use std::io::{Cursor, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// 21 November 2026, noon.
const LATER: i64 = 1_795_262_400;

/// The files of an exported edition, by name.
type Files = Vec<(String, Vec<u8>)>;

/// Homes on both databases.
fn homes() -> [TestHome; 2] {
    [TestHome::new(), TestHome::on_postgres()]
}

/// A home with made-up data and an edition of it, signed.
fn home_with_key() -> (TestHome, String) {
    let home = TestHome::new();
    let key = key(&home);
    home.run(&["demo", "--once"]).succeeded();
    (home, key)
}

/// The public key of a home.
fn key(home: &TestHome) -> String {
    home.run(&["report", "key"]).succeeded().out.trim_end().to_owned()
}

/// The edition 1 as a file.
fn exported(home: &TestHome) -> PathBuf {
    let file = home.path().join("edition.zip");
    let said = home.run(&["report", "export", "1", "--out", file.to_str().unwrap()]).succeeded();
    assert_eq!(said.out, format!("{}\n", file.display()));
    file
}

fn unpacked(file: &Path) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    let count = zip.len();
    let read = |at: usize| {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (name, content)
    };
    (0..count).map(read).collect()
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn file<'a>(files: &'a mut [(String, Vec<u8>)], name: &str) -> &'a mut Vec<u8> {
    files.iter_mut().find(|(known, _)| known == name).map(|(_, content)| content).unwrap()
}

/// Changes what the export says beside the manifest.
fn record(files: &mut [(String, Vec<u8>)], change: impl FnOnce(&mut Json)) {
    let text = file(files, "edition.json");
    let mut json: Json = serde_json::from_slice(text).unwrap();
    change(&mut json);
    *text = serde_json::to_vec(&json).unwrap();
}

/// Verifies a file where there is no home and no database.
fn verified(file: &str, more: &[&str]) -> Said {
    TestHome::empty().run(&[&["report", "verify", file], more].concat())
}

/// What verifying says, line by line, without the name of the file.
fn lines(said: &Said, file: &str) -> Vec<String> {
    said.out.lines().map(|line| line.strip_prefix(&format!("{file}: ")).unwrap_or(line).to_owned()).collect()
}

#[test]
fn a_key_is_made_once_for_its_owner_alone_and_signs_from_then_on() {
    for home in homes() {
        home.run(&["report", "run", "weekly", "--period", "2026-W44"]).succeeded();
        let made = home.run(&["report", "key"]).succeeded();
        assert!(made.err.contains("config/signing.key is made"), "{}", made.err);
        let path = home.path().join("config/signing.key");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = home.run(&["report", "key"]).succeeded();
        assert_eq!((again.out.as_str(), again.err.as_str()), (made.out.as_str(), ""));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

        home.run(&["report", "run", "weekly", "--period", "2026-W45"]).succeeded();
        let key = made.out.trim_end();
        let signature = |edition| home.store().edition(edition).unwrap().unwrap().signature;
        assert_eq!(signature(1), None);
        assert_eq!(signature(2).unwrap().signed_by, key);
        home.run(&["report", "verify"]).succeeded();
        home.run(&["report", "verify", "2", "--key", key]).succeeded();
        let unsigned = home.run(&["report", "verify", "1", "--key", key]);
        assert_eq!((unsigned.status, unsigned.out.as_str()), (1, "edition 1: it is not signed\n"));

        std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\n").unwrap();
        let said = ["config/signing.key: it is no private key for Ed25519"];
        home.run(&["report", "key"]).failed(2, &said);
        home.run(&["report", "run", "weekly", "--period", "2026-W46"]).failed(2, &said);
    }
}

/// Rewrites an edition with its manifest and checksum, as somebody can who may write to the database.
fn forge(store: &Store, edition: i64) {
    store.allow_tampering().unwrap();
    let stored = store.edition(edition).unwrap().unwrap();
    let manifest = stored.manifest.replace("Weekly partner sales", "Weekly partner gains");
    let checksum = pegel_text::digest::sha256(&manifest);
    let manifest = manifest.replace('\'', "''");
    store
        .execute(&format!(
            "UPDATE editions SET title = 'Weekly partner gains', manifest = '{manifest}', checksum = '{checksum}' \
             WHERE id = {edition}"
        ))
        .unwrap();
}

#[test]
fn a_forger_who_may_write_to_the_database_cannot_sign() {
    for home in homes() {
        home.run(&["report", "run", "weekly"]).succeeded();
        forge(&home.store(), 1);
        home.run(&["report", "verify", "1"]).succeeded();
    }
    for home in homes() {
        let key = key(&home);
        home.run(&["report", "run", "weekly"]).succeeded();
        forge(&home.store(), 1);
        let forged = home.run(&["report", "verify", "1"]);
        let expected = "edition 1: the signature does not fit the manifest\n";
        assert_eq!((forged.status, forged.out.as_str()), (1, expected));
        // Without signature it is in order, but not for those who know that there must be one.
        home.store().execute("UPDATE editions SET signature = NULL").unwrap();
        home.run(&["report", "verify", "1"]).succeeded();
        let unsigned = home.run(&["report", "verify", "--key", &key]);
        assert_eq!(unsigned.status, 1);
        assert_eq!(unsigned.out, "edition 1: it is not signed\n1 edition verified, 1 damaged, 0 missing\n");
    }
}

#[test]
fn a_signed_chain_still_names_a_changed_helper_and_an_edition_that_is_gone() {
    for home in homes() {
        let key = key(&home);
        for week in ["2026-W44", "2026-W45", "2026-W46"] {
            home.run(&["report", "run", "weekly", "--period", week]).succeeded();
        }
        let store = home.store();
        store.allow_tampering().unwrap();
        let helper = store.edition(1).unwrap().unwrap().sources.into_iter().find(|source| source.kind == "helper");
        let helper = helper.map(|source| source.name).unwrap();
        let other = pegel_text::digest::sha256("other");
        store
            .execute(&format!(
                "UPDATE edition_sources SET sha256 = '{other}' WHERE edition_id = 1 AND name = '{helper}'"
            ))
            .unwrap();
        let second = store.edition(2).unwrap().unwrap().head.checksum;
        home.lose_edition(2);
        let verified = home.run(&["report", "verify", "--key", &key]);
        let expected = format!(
            "edition 1: the hash of the helper {helper} that it was made from has been altered\n\
             edition 3: the previous edition, with the checksum {second}, is missing or has been altered\n\
             the edition of weekly 2026-W45, revision 0, is missing\n\
             2 editions verified, 2 damaged, 1 missing\n"
        );
        assert_eq!((verified.status, verified.out), (1, expected));
        // The third edition by itself is what its home has signed.
        let file = home.path().join("3.zip").to_str().unwrap().to_owned();
        home.run(&["report", "export", "3", "--out", &file]).succeeded();
        self::verified(&file, &["--key", &key]).succeeded();
    }
}

#[test]
fn others_verify_an_exported_edition_with_neither_home_nor_database() {
    let (home, key) = home_with_key();
    let path = exported(&home);
    let file = path.to_str().unwrap();
    let stored = home.store().edition(1).unwrap().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(std::fs::read(exported(&home)).unwrap(), bytes, "the same edition is the same file");
    let names: Vec<String> = unpacked(&path).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names[..3], ["manifest.json", "edition.json", "audience-1/numbers.json"]);

    let in_order = format!("weekly 2026-W46, revision 0, is as it was published: {}", stored.head.checksum);
    let said = verified(file, &["--key", &key]).succeeded();
    assert_eq!(lines(&said, file), [in_order.as_str(), "it was signed with the key given"]);
    let said = verified(file, &[]).succeeded();
    let brought =
        format!("it was signed with the key {key}, which it brings along: this proves only that whoever holds");
    assert!(lines(&said, file)[1].starts_with(&brought), "{}", said.out);

    let other = self::key(&TestHome::new());
    let said = verified(file, &["--key", &other]);
    assert_eq!((said.status, lines(&said, file)), (1, vec![format!("it was signed with another key, {key}")]));
    verified(file, &["--key", "AAAA"]).failed(2, &["32 bytes in base64"]);
    verified("no such file", &[]).failed(2, &["no such file cannot be read"]);
}

#[test]
fn an_edition_without_signature_says_what_it_does_not_prove() {
    let home = TestHome::new();
    home.run(&["report", "run", "weekly"]).succeeded();
    let path = exported(&home);
    let file = path.to_str().unwrap();
    let said = verified(file, &[]).succeeded();
    assert_eq!(lines(&said, file)[1], "it is not signed: this proves only that its parts belong together");
    let said = verified(file, &["--key", &key(&home)]);
    assert_eq!((said.status, lines(&said, file)), (1, vec!["it is not signed".to_owned()]));
}

#[test]
fn what_somebody_does_to_an_exported_edition_is_named() {
    let (home, key) = home_with_key();
    let path = exported(&home);
    let name = path.to_str().unwrap();
    let original = unpacked(&path);
    let label = |files: &mut Files, change: fn(&mut Json)| {
        record(files, |record| change(record["labels"].as_array_mut().unwrap().first_mut().unwrap()));
    };
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = original.clone();
        change(&mut files);
        std::fs::write(&path, packed(&files)).unwrap();
        let said = verified(name, &["--key", &key]);
        (said.status, lines(&said, name))
    };
    let stored = home.store().edition(1).unwrap().unwrap();
    let first = &stored.labels[0];
    let the_label = format!("the label of the {} {}", first.kind, first.group);

    assert_eq!(changed(&|_| ()).0, 0);
    let found = |change: &dyn Fn(&mut Files)| {
        let (status, lines) = changed(change);
        assert_eq!(status, 1, "{lines:?}");
        lines
    };
    assert_eq!(
        found(&|files| file(files, "audience-1/mail.html")[100] ^= 1),
        ["the artefact mail.html has been altered"]
    );
    assert_eq!(
        found(&|files| files.retain(|(name, _)| name != "audience-1/mail.txt")),
        ["the artefact mail.txt is missing"]
    );
    assert_eq!(
        found(&|files| files.push(("audience-1/note.txt".to_owned(), b"PS".to_vec()))),
        ["the file audience-1/note.txt is not in the manifest"]
    );
    assert_eq!(
        found(&|files| label(files, |label| label["label"] = json!("Another"))),
        [format!("{the_label} has been altered")]
    );
    assert_eq!(
        found(&|files| record(files, |record| drop(record["labels"].as_array_mut().unwrap().remove(0)))),
        [format!("{the_label} is missing")]
    );
    assert_eq!(
        found(&|files| record(files, |record| drop(record.as_object_mut().unwrap().remove("signature")))),
        ["it is not signed"]
    );
    let renamed = |files: &mut Files| {
        let manifest = file(files, "manifest.json");
        *manifest = String::from_utf8(manifest.clone()).unwrap().replace("2026-W46", "2026-W47").into_bytes();
    };
    assert_eq!(
        found(&renamed),
        ["the manifest does not match its checksum", "the signature does not fit the manifest"]
    );
    // Whoever computes the checksum anew still has no key.
    let resealed = |files: &mut Files| {
        renamed(files);
        let checksum = pegel_text::digest::sha256(file(files, "manifest.json").as_slice());
        record(files, |record| record["checksum"] = json!(checksum));
    };
    assert_eq!(found(&resealed), ["the signature does not fit the manifest"]);
    let no_edition = format!("{name} is no exported edition, or is damaged: ");
    for (missing, said) in
        [("manifest.json", "manifest.json is missing in it"), ("edition.json", "edition.json is missing in it")]
    {
        assert_eq!(found(&|files| files.retain(|(name, _)| name != missing)), [format!("{no_edition}{said}")]);
    }
    let twice = |files: &mut Files| {
        record(files, |record| {
            let labels = record["labels"].as_array_mut().unwrap();
            let mut other = labels[0].clone();
            other["label"] = json!("Another");
            labels.insert(0, other);
        });
    };
    assert_eq!(found(&twice), [format!("{no_edition}it calls a group by two names")]);
    let newer = |files: &mut Files| record(files, |record| record["form"] = json!("pegel.evidence.2"));
    let unknown = "it is of the form pegel.evidence.2, which this version of Pegel does not know";
    assert_eq!(found(&newer), [format!("{no_edition}{unknown}")]);
    assert_eq!(
        found(&|files| file(files, "manifest.json")[0] = b'#'),
        [format!("{no_edition}manifest.json in it cannot be read")]
    );
}

#[test]
fn a_byte_of_the_file_itself_may_flip_anywhere() {
    let (home, key) = home_with_key();
    let path = exported(&home);
    let bytes = std::fs::read(&path).unwrap();
    let mut found = 0;
    let step = bytes.len() / 60;
    for at in (0..bytes.len()).step_by(step) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        std::fs::write(&path, &flipped).unwrap();
        let said = verified(path.to_str().unwrap(), &["--key", &key]);
        assert!([0, 1].contains(&said.status), "at {at}: {}{}", said.out, said.err);
        found += said.status;
    }
    // Not in what an archive says of the time and the system of its files.
    assert!(found >= 55, "only {found} were found");
    // Two files of one name, of which programs would show either.
    let mut files = unpacked(&exported(&home));
    files.push(("audience-1/mail.htmX".to_owned(), b"another mail".to_vec()));
    let mut doubled = packed(&files);
    let name = b"audience-1/mail.htmX";
    for at in 0..doubled.len() - name.len() {
        if doubled[at..].starts_with(name) {
            doubled[at + name.len() - 1] = b'l';
        }
    }
    std::fs::write(&path, doubled).unwrap();
    let said = verified(path.to_str().unwrap(), &["--key", &key]);
    assert_eq!(said.status, 1, "{}", said.out);
    assert!(said.out.contains("is no exported edition, or is damaged: "), "{}", said.out);
}

#[test]
fn what_was_erased_before_the_export_is_told_from_what_was_removed_after_it() {
    let (home, key) = home_with_key();
    let store = home.store();
    let stored = store.edition(1).unwrap().unwrap();
    let label = &stored.labels[0];
    assert!(store.erase_label(1, &label.kind, label.group, LATER).unwrap());
    assert!(store.erase_artefact(1, &stored.renditions[0].audience, "mail.html", LATER).unwrap());
    let path = exported(&home);
    let file = path.to_str().unwrap();
    let files = unpacked(&path);
    assert!(files.iter().all(|(name, _)| name != "audience-1/mail.html"));
    let said = verified(file, &["--key", &key]).succeeded();
    let checksum = &stored.head.checksum;
    assert_eq!(
        lines(&said, file),
        [
            "the artefact mail.html was erased on 2026-11-21".to_owned(),
            format!("the label of the {} {} was erased on 2026-11-21", label.kind, label.group),
            format!("weekly 2026-W46, revision 0, is as it was published, but for what was erased: {checksum}"),
            "it was signed with the key given".to_owned(),
        ]
    );
}

/// The schema in which nothing is allowed that it does not name, so that it is seen to name all.
fn strict(schema: &mut Json, mixed_in: bool) {
    match schema {
        Json::Object(map) => {
            let is_object = ["properties", "allOf", "$ref"].iter().any(|key| map.contains_key(*key));
            if is_object && !mixed_in {
                map.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            for (key, inner) in map.iter_mut() {
                match (key.as_str(), inner) {
                    ("$defs", Json::Object(all)) => {
                        all.iter_mut()
                            .for_each(|(name, inner)| strict(inner, ["cell", "figure"].contains(&name.as_str())));
                    }
                    ("properties", Json::Object(all)) => all.values_mut().for_each(|inner| strict(inner, false)),
                    ("allOf" | "if" | "then" | "else", _) => {}
                    (_, inner) => strict(inner, false),
                }
            }
        }
        Json::Array(all) => all.iter_mut().for_each(|inner| strict(inner, false)),
        _ => {}
    }
}

#[test]
fn the_json_of_editions_is_what_its_published_schema_says() {
    let home = TestHome::empty();
    home.run(&["demo", "--once"]).succeeded();
    let all = "title = { en = \"All\" }\nlocale = \"de-DE\"\nzone = \"Europe/Berlin\"\ntrend = 13\n\
               [[sections]]\ntitle = { en = \"Figures\" }\ncontrolling = true\n\
               [[sections.kpis]]\nid = \"feedback_rate\"\nbreakdowns = [\"region\", \"source\"]\n\
               crossed = [[\"source\", \"region\"]]\n\
               [[sections.kpis]]\nid = \"revenue\"\nbreakdowns = [\"region\", \"partner\"]\n\
               [[sections.kpis]]\nid = \"acceptance_time\"\n\
               [[sections.lists]]\nkpi = \"silent_leads\"\n";
    home.write("config/reports/all.toml", all);
    home.run(&["report", "run", "all"]).succeeded();
    home.run(&["report", "run", "weekly", "--again", "--reason", "The North came late."]).succeeded();
    // Before there was any data.
    home.run(&["report", "run", "all", "--period", "2024-W10"]).succeeded();

    let printed = home.run(&["docs", "edition-json"]).succeeded().out;
    let served = Served::start(&home);
    assert!(served.get("/schemas/pegel.edition.1.json").contains("content-type: application/schema+json"));
    assert_eq!(served.body("/schemas/pegel.edition.1.json"), printed);

    let published: Json = serde_json::from_str(&printed).unwrap();
    assert!(jsonschema::meta::is_valid(&published));
    let mut closed = published.clone();
    strict(&mut closed, false);
    let validators = [&published, &closed].map(|schema| jsonschema::validator_for(schema).unwrap());
    let editions: Vec<Json> = (1..=4)
        .map(|edition| {
            let said = home.run(&["report", "render", &edition.to_string(), "--form", "json"]).succeeded();
            serde_json::from_str(&said.out).unwrap()
        })
        .collect();
    for edition in &editions {
        for validator in &validators {
            let errors: Vec<String> =
                validator.iter_errors(edition).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{}", errors.join("\n"));
        }
    }
    for part in ["lists", "reports", "reason"] {
        assert!(editions.iter().any(|edition| edition.get(part).is_some()), "no edition has {part}");
    }
    assert_eq!(editions[3]["kpis"][0]["state"], "no_data");
    assert!(editions[1]["kpis"][0]["crossed"][0]["lines"].as_array().is_some_and(|lines| !lines.is_empty()));

    // What is not an edition is not called one.
    let wrong: [fn(&mut Json); 5] = [
        |edition| drop(edition.as_object_mut().unwrap().remove("kpis")),
        |edition| edition["status"] = json!("fine"),
        |edition| edition["kpis"][0]["state"] = json!("no_rows"),
        |edition| edition["kpis"][0]["version"] = json!("1.0"),
        |edition| edition["kpis"][0]["breakdowns"][0]["rows"][0]["group"] = json!(7),
    ];
    for (nth, change) in wrong.iter().enumerate() {
        let mut edition = editions[0].clone();
        assert!(edition["kpis"][0]["state"] == "value");
        change(&mut edition);
        assert!(!validators[0].is_valid(&edition), "change {nth} is valid");
    }
    // Fields may be added.
    let mut newer = editions[0].clone();
    newer["kpis"][0]["colour"] = json!("blue");
    assert!(validators[0].is_valid(&newer) && !validators[1].is_valid(&newer));
}
