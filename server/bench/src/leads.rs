//! Generated leads, the same in both databases: as many each week, in about the order in which they were created, as
//! exports hold them.

use pegel_store::Store;
use std::fmt::Write as _;

/// How many partners and regions most measurements have.
const PARTNERS: u64 = 120;
const REGIONS: u64 = 8;
/// Over so many weeks their leads are spread: the window of 13 weeks holds a ninth of all.
pub const WEEKS: i64 = 118;
const PRODUCTS: u64 = 40;
const REPS: u64 = 240;
const CUSTOMERS: u64 = 20_000;

pub(crate) const HOUR: i64 = 3600;
pub(crate) const WEEK: i64 = 7 * 24 * HOUR;

/// How many rows one statement writes.
const AT_ONCE: u64 = 5_000;

/// How many leads, and over how long a time they are spread.
#[derive(Clone, Copy)]
pub struct History {
    pub rows: u64,
    pub weeks: i64,
    /// The end of that time, in UTC seconds; the last lead is created before it.
    pub end: i64,
    pub partners: u64,
    pub regions: u64,
}

impl History {
    /// So many leads, as most measurements have them.
    pub fn of(rows: u64, end: i64) -> History {
        History { rows, weeks: WEEKS, end, partners: PARTNERS, regions: REGIONS }
    }
}

/// Pseudorandom numbers, the same in every run (Steele, Lea and Flood 2014, “Fast splittable pseudorandom number
/// generators”).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A span of up to that many hours, in seconds; short ones are more likely.
    fn hours(&mut self, most: u64) -> i64 {
        let most = most * HOUR.unsigned_abs();
        let seconds = self.below(most) * self.below(most) / most;
        i64::try_from(seconds).expect("some hours are few seconds")
    }
}

/// Fills an empty database.
///
/// # Panics
/// If it does not take the leads.
pub fn fill(store: &Store, history: History) {
    let sqlite = store.is_sqlite().expect("the database answers");
    let execute = |sql: &str| store.execute(sql).expect("the database takes what is generated");
    // Bulk loads are not what is measured here: no indexes, no checks of foreign keys.
    let indexes = store.texts(if sqlite {
        "SELECT sql AS value FROM sqlite_master WHERE tbl_name = 'leads' AND sql LIKE 'CREATE INDEX %'"
    } else {
        "SELECT indexdef AS value FROM pg_indexes WHERE tablename = 'leads' AND indexdef LIKE '% WHERE %'"
    });
    let indexes = indexes.expect("the schema can be read");
    let begin = if sqlite { "BEGIN" } else { "BEGIN; SET LOCAL session_replication_role = replica" };
    for index in &indexes {
        execute(&format!("DROP INDEX {}", index.split(' ').nth(2).expect("CREATE INDEX name")));
    }
    around(history, &execute);
    let mut first = 0;
    while first < history.rows {
        let last = history.rows.min(first + AT_ONCE);
        execute(&format!("{begin}; {}; COMMIT", leads(history, first..last)));
        first = last;
    }
    for index in &indexes {
        execute(index);
    }
    if sqlite {
        execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } else {
        execute("VACUUM ANALYZE");
        execute("CHECKPOINT");
    }
}

/// What leads refer to.
fn around(history: History, execute: &dyn Fn(&str)) {
    let mut chance = Chance(1);
    let mut rows = |table: &str, columns: &str, count, row: &dyn Fn(u64, &mut Chance) -> String| {
        let rows: Vec<String> = (1..=count).map(|number| row(number, &mut chance)).collect();
        execute(&format!("INSERT INTO {table} (key, name, {columns}) VALUES {}", rows.join(", ")));
    };
    let region = |chance: &mut Chance| chance.below(history.regions);
    rows("partners", "region", history.partners, &|number, chance| {
        format!("('P{number}', 'Partner no. {number}', 'Region {}')", region(chance))
    });
    rows("products", "line", PRODUCTS, &|number, chance| {
        format!("('A{number}', 'Product no. {number}', 'Line {}')", chance.below(5))
    });
    rows("reps", "region, team", REPS, &|number, chance| {
        format!("('R{number}', 'Rep no. {number}', 'Region {}', 'Team {}')", region(chance), chance.below(12))
    });
    rows("customers", "region, segment", CUSTOMERS, &|number, chance| {
        format!("('C{number}', 'Customer no. {number}', 'Region {}', 'Segment {}')", region(chance), chance.below(4))
    });
}

/// The statement that writes the leads of these numbers.
fn leads(history: History, numbers: std::ops::Range<u64>) -> String {
    let mut sql = "INSERT INTO leads (key, source, region, product_id, customer_id, partner_id, rep_id, quality, \
                   created_at, offered_at, accepted_at, contacted_at, feedback_at, closed_at, outcome, amount) VALUES "
        .to_owned();
    for number in numbers.clone() {
        if number > numbers.start {
            sql.push(',');
        }
        lead(history, number, &mut sql);
    }
    sql
}

fn lead(history: History, number: u64, sql: &mut String) {
    // By age, so that the latest are the same in a longer history.
    let age = history.rows - number;
    let chance = &mut Chance(age.wrapping_mul(0x1234_5678_9abc_def1));
    let seconds = u64::try_from(history.weeks * WEEK).expect("weeks are not negative");
    let spread = i64::try_from(u128::from(age) * u128::from(seconds) / u128::from(history.rows));
    let created = history.end - spread.expect("shorter than the history") + chance.hours(48) - 48 * HOUR;
    let after = |share, hours, before: Option<i64>, chance: &mut Chance| {
        let span = chance.hours(hours);
        before.filter(|_| chance.percent(share)).map(|before| before + span)
    };
    let offered = after(95, 48, Some(created), chance);
    let accepted = after(85, 120, offered, chance);
    let contacted = after(80, 240, accepted, chance);
    let feedback = after(75, 480, accepted, chance);
    let closed = after(60, 2000, contacted, chance);
    let outcome = closed.map(|_| if chance.percent(40) { "'won'" } else { "'lost'" });
    let region = chance.percent(60).then(|| chance.below(history.regions));
    let mut id = |share, bound| chance.percent(share).then(|| chance.below(bound) + 1);
    let ids = [id(95, PRODUCTS), id(30, CUSTOMERS), id(95, history.partners), id(70, REPS)];
    let region = region.map_or_else(|| "NULL".to_owned(), |region| format!("'Region {region}'"));
    let _ = write!(sql, "('L{number}','Source {}',{region}", chance.below(6));
    let number = |number: Option<i64>, sql: &mut String| match number {
        Some(number) => _ = write!(sql, ",{number}"),
        None => sql.push_str(",NULL"),
    };
    for id in ids {
        number(id.map(u64::cast_signed), sql);
    }
    let _ = write!(sql, ",'Quality {}'", chance.below(3));
    for at in [Some(created), offered, accepted, contacted, feedback, closed] {
        number(at, sql);
    }
    let _ = write!(sql, ",{},{})", outcome.unwrap_or("NULL"), 10_000 + chance.below(5_000_000));
}
