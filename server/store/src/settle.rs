//! Which of the staged rows has the last word on its key. Of several the last has; where they say from when on they
//! hold, the one that holds from the latest instant on, and what is not said to hold from some instant on holds from now.

use crate::StoreError;
use crate::connection::{Conn, Purpose, Transaction};
use crate::sql::{quoted, texts};
use crate::staging::{STAGING, Section, Staging, number, run};

/// How many keys of rows that gave way are told.
const KEYS: usize = 3;

/// Rows of one section that gave way to later ones with the same keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Superseded {
    pub rows: u64,
    /// The keys of the first of them.
    pub keys: Vec<String>,
}

/// Later than any instant.
const LATER: i64 = i64::MAX;

impl Staging {
    /// Leaves one row of each key, now that all are there; `now` in UTC seconds. Of each section, how many rows gave way
    /// to one that says something else of the same time. No more rows can be staged.
    ///
    /// # Errors
    /// If the database fails.
    pub fn settle(&mut self, now: i64) -> Result<Vec<Superseded>, StoreError> {
        let mut superseded = Vec::new();
        let mut transaction = Transaction::begin(self.connections(), Purpose::Stage)?;
        for section in self.sections() {
            superseded.push(settle(transaction.conn(), &section, now)?);
        }
        transaction.commit()?;
        Ok(superseded)
    }
}

fn settle(conn: &mut Conn, section: &Section, now: i64) -> Result<Superseded, StoreError> {
    run(conn, &section.index())?;
    run(conn, &format!("CREATE INDEX {0}_key ON {0} (key)", section.not_taken()))?;
    if let Conn::Postgres(_) = conn {
        run(conn, &format!("ANALYZE {}", section.staged()))?;
    }
    let (staged, held) = (section.staged(), section.held());
    let several = format!("SELECT key FROM {staged} GROUP BY key HAVING count(*) > 1");
    if number(conn, &format!("SELECT count(*) FROM ({several} LIMIT 1) k"))? == 0 {
        return Ok(Superseded::default());
    }
    // Of each row of such a key: the last before it that speaks of the same time, the latest time that any before it
    // speaks of, whether one comes after it, from when on the last one holds, and whether any says so.
    run(
        conn,
        &format!(
            "CREATE TEMP TABLE rivals_ AS SELECT row_, from_,
                lag(row_) OVER (PARTITION BY key, from_ ORDER BY row_) AS same_,
                max(coalesce(from_, {LATER})) OVER
                    (PARTITION BY key ORDER BY row_ ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest_,
                lead(row_) OVER (PARTITION BY key ORDER BY coalesce(from_, {LATER}), row_) AS next_,
                first_value(from_) OVER (PARTITION BY key ORDER BY coalesce(from_, {LATER}) DESC, row_ DESC) AS last_,
                max(from_) OVER (PARTITION BY key) AS dated_
             FROM {staged} WHERE key IN ({several})"
        ),
    )?;
    let contradicted = format!(
        "FROM rivals_ r JOIN {staged} a ON a.row_ = r.row_ JOIN {staged} b ON b.row_ = r.same_
         WHERE r.latest_ = coalesce(r.from_, {LATER}) AND ({})",
        differ(section, "a", "b")
    );
    let rows = number(conn, &format!("SELECT count(*) {contradicted}"))?;
    let keys = format!("SELECT a.key {contradicted} GROUP BY a.key ORDER BY min(a.row_) LIMIT {KEYS}");
    let keys = if rows > 0 { texts(conn, STAGING, &keys)? } else { Vec::new() };
    run(
        conn,
        &format!(
            "INSERT INTO {held} SELECT * FROM {staged} WHERE row_ IN (SELECT row_ FROM rivals_
             WHERE next_ IS NOT NULL AND from_ IS NOT NULL AND from_ IS DISTINCT FROM last_)"
        ),
    )?;
    run(
        conn,
        &format!(
            "UPDATE {staged} SET from_ = {now} WHERE row_ IN
             (SELECT row_ FROM rivals_ WHERE next_ IS NULL AND from_ IS NULL AND dated_ IS NOT NULL)"
        ),
    )?;
    run(conn, &format!("DELETE FROM {staged} WHERE row_ IN (SELECT row_ FROM rivals_ WHERE next_ IS NOT NULL)"))?;
    run(conn, "DROP TABLE rivals_")?;
    Ok(Superseded { rows, keys })
}

/// Whether two staged rows say different things.
fn differ(section: &Section, a: &str, b: &str) -> String {
    let before = section.before().into_iter().skip(3).map(|(name, _)| quoted(name));
    let differ = before.chain(section.names()).map(|name| format!("{a}.{name} IS DISTINCT FROM {b}.{name}"));
    any(&differ.collect::<Vec<_>>())
}

/// Whether any of these conditions holds.
pub(crate) fn any(conditions: &[String]) -> String {
    if conditions.is_empty() { "1 = 0".to_owned() } else { conditions.join(" OR ") }
}
