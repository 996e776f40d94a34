//! How others import the same file into the same tables, with all their indexes: what a user would write by hand.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The `sqlite3` shell: into a table of texts, then into the tables, empty fields as NULL.
pub fn sqlite_shell(database: &Path, file: &Path) -> Option<()> {
    let texts = crate::leads::HEADER.split(',').map(|name| format!("{name} TEXT")).collect::<Vec<_>>().join(", ");
    let instant = |name: &str| format!("unixepoch(nullif({name}, ''))");
    let instants = ["created", "offered", "accepted", "contacted", "quoted", "closed"].map(instant).join(", ");
    let script = format!(
        ".mode csv
CREATE TEMP TABLE incoming ({texts});
.import --skip 1 \"{}\" incoming
BEGIN;
INSERT INTO partners (key, name) SELECT DISTINCT partner, partner FROM incoming;
INSERT INTO leads (key, source, region, partner_id, created_at, offered_at, accepted_at, contacted_at, quoted_at,
    closed_at, outcome, amount)
SELECT incoming.id, nullif(source, ''), nullif(incoming.region, ''), partners.id, {instants}, nullif(outcome, ''),
    round(nullif(amount, '') * 100)
FROM incoming LEFT JOIN partners ON partners.name = partner;
COMMIT;
",
        file.display()
    );
    run(Command::new("sqlite3").arg("-bail").arg(database), &script)
}

/// Python's `executemany`.
pub fn executemany(database: &Path, file: &Path) -> Option<()> {
    const SCRIPT: &str = r#"
import csv, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
partners = {}
def rows():
    for row in csv.reader(file):
        if row[3] not in partners:
            insert = database.execute("INSERT INTO partners (key, name) VALUES (?, ?)", (row[3], row[3]))
            partners[row[3]] = insert.lastrowid
        row[3] = partners[row[3]]
        row[11] = round(float(row[11]) * 100) if row[11] else None
        yield [None if cell == "" else cell for cell in row]
with open(sys.argv[2], newline="") as file:
    next(file)
    database.executemany("""INSERT INTO leads (key, source, region, partner_id, created_at, offered_at, accepted_at,
        contacted_at, quoted_at, closed_at, outcome, amount) VALUES (?, ?, ?, ?, unixepoch(?), unixepoch(?),
        unixepoch(?), unixepoch(?), unixepoch(?), unixepoch(?), ?, ?)""", rows())
database.commit()
"#;
    run(Command::new("python3").arg("-c").arg(SCRIPT).arg(database).arg(file), "")
}

/// `psql`'s `\copy`: into a table of its own, then into the tables. Empty fields are NULL.
pub fn psql(url: &str, file: &Path) -> Option<()> {
    let instants = ["created", "offered", "accepted", "contacted", "quoted", "closed"];
    let columns = instants.map(|name| format!("{name} timestamp")).join(", ");
    let seconds = instants.map(|name| format!("extract(epoch FROM {name})::bigint")).join(", ");
    let script = format!(
        "BEGIN;
CREATE TEMP TABLE incoming (id text, source text, region text, partner text, {columns}, outcome text, amount numeric);
\\copy incoming FROM '{}' (FORMAT csv, HEADER)
INSERT INTO partners (key, name) SELECT DISTINCT partner, partner FROM incoming;
INSERT INTO leads (key, source, region, partner_id, created_at, offered_at, accepted_at, contacted_at, quoted_at,
    closed_at, outcome, amount)
SELECT incoming.id, source, incoming.region, partners.id, {seconds}, outcome, round(incoming.amount * 100)::bigint
FROM incoming LEFT JOIN partners ON partners.name = partner;
COMMIT;
",
        file.display()
    );
    run(Command::new("psql").args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", url]), &script)
}

/// `None` if there is no such program.
fn run(command: &mut Command, script: &str) -> Option<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().ok()?;
    child.stdin.take()?.write_all(script.as_bytes()).ok()?;
    let ended = child.wait().ok()?;
    assert!(ended.success(), "{command:?} failed");
    Some(())
}
