//! Random rows of every kind that figures are made of.

use super::{NOW, facts_about, facts_of, put, the};
use pegel_kpi::data::model::Table;
use pegel_store::Store;
use pegel_store::facts::{Facts, Value};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

pub const DAY: i64 = 86_400;

/// What chooses them.
pub struct Dice(pub ChaCha8Rng);

impl Dice {
    pub fn below(&mut self, most: i64) -> i64 {
        self.0.random_range(0..most)
    }

    /// One of two times out of three, else missing.
    pub fn maybe(&mut self, value: Value) -> Value {
        if self.below(3) == 0 { Value::Missing } else { value }
    }

    pub fn one_of(&mut self, texts: &[&str]) -> Value {
        let at = usize::try_from(self.below(i64::try_from(texts.len()).unwrap())).unwrap();
        if texts[at].is_empty() { Value::Missing } else { Value::Text(texts[at].to_owned()) }
    }

    /// The id of one of the first rows of a table, or none.
    pub fn one(&mut self, of: i64) -> Value {
        let id = 1 + self.below(of);
        self.maybe(Value::Integer(id))
    }

    /// An instant of the last 60 days, or of the next two.
    pub fn instant(&mut self) -> i64 {
        NOW - 60 * DAY + self.below(62 * DAY)
    }

    /// Rows with these columns, in the order in which the database will number them.
    pub fn table(&mut self, name: &str, rows: usize, columns: &[&str], row: impl Fn(&mut Dice) -> Vec<Value>) -> Facts {
        self.table_of(the(name), rows, columns, row)
    }

    /// The same of a table of any model.
    pub fn table_of(
        &mut self,
        table: Table,
        rows: usize,
        columns: &[&str],
        row: impl Fn(&mut Dice) -> Vec<Value>,
    ) -> Facts {
        let keys: Vec<String> = (1..=rows).map(|number| format!("{}-{number:04}", table.name)).collect();
        let rows: Vec<Vec<Value>> = keys.iter().map(|_| row(self)).collect();
        facts_about(table, columns, keys.iter().map(String::as_str).zip(rows).collect())
    }
}

/// Names of regions, or none.
pub const REGIONS: [&str; 5] = ["North", "East", "South", "West", ""];

/// Random rows in an empty database.
pub fn fill(store: &Store, dice: &mut Dice) {
    let names = ["Ada", "Bob", "Eve", "Kim"].map(|name| vec![Value::Text(name.to_owned())]);
    let keys = ["P1", "P2", "P3", "P4"];
    put(store, &facts_of("partners", &["name"], keys.into_iter().zip(names).collect()));
    // Where they were, and where they are.
    for days in [300, 20] {
        let regions = keys.iter().map(|key| (*key, vec![dice.one_of(&REGIONS)]));
        let mut moved = facts_of("partners", &["region"], regions.collect());
        moved.rows.iter_mut().for_each(|row| row.valid_from = Some(NOW - days * DAY));
        put(store, &moved);
    }
    let reps = dice.table("reps", 5, &["name", "team", "region"], |dice| {
        let name = Value::Text(format!("Rep {}", dice.below(1 << 40)));
        vec![name, dice.one_of(&["Blue", "Red", ""]), dice.one_of(&REGIONS)]
    });
    put(store, &reps);
    let columns =
        ["partner_id", "rep_id", "region", "created_at", "accepted_at", "feedback_at", "closed_at", "outcome"];
    let leads = dice.table("leads", 300, &columns, |dice| {
        let created = dice.instant();
        let mut later = |days: i64| {
            let at = created + dice.below(days * DAY);
            dice.maybe(Value::Integer(at))
        };
        let [accepted, feedback, closed] = [later(3), later(20), later(30)];
        let (partner, rep, region) = (dice.one(4), dice.one(5), dice.one_of(&REGIONS));
        let outcome = dice.one_of(&["won", "lost", ""]);
        vec![partner, rep, region, Value::Integer(created), accepted, feedback, closed, outcome]
    });
    put(store, &leads);
    let opportunities = dice.table("opportunities", 150, &["lead_id", "partner_id", "amount"], |dice| {
        vec![dice.one(300), dice.one(4), Value::Integer(dice.below(100_000))]
    });
    put(store, &opportunities);
    let columns = ["number", "partner_id", "rep_id", "region", "amount", "ordered_at", "cancelled_at"];
    let orders = dice.table("orders", 250, &columns, |dice| {
        let (number, ordered) = (Value::Text(format!("O{}", dice.below(90))), dice.instant());
        let (number, amount) = (dice.maybe(number), Value::Integer(dice.below(1_000)));
        let cancelled = if dice.below(4) == 0 { Value::Integer(ordered + DAY) } else { Value::Missing };
        let (partner, rep, region) = (dice.one(4), dice.one(5), dice.one_of(&REGIONS));
        vec![number, partner, rep, region, dice.maybe(amount), Value::Integer(ordered), cancelled]
    });
    put(store, &orders);
    let observations = dice.table("observations", 200, &["metric", "observed_on", "value", "region"], |dice| {
        let metric = dice.one_of(&["followers", "visits", "none"]);
        let (day, value) = (dice.instant() / DAY, Value::Number(f64::from(u32::try_from(dice.below(500)).unwrap())));
        vec![metric, Value::Integer(day), dice.maybe(value), dice.one_of(&REGIONS)]
    });
    put(store, &observations);
    let columns = ["rep_id", "partner_id", "team", "region", "starts_on", "ends_on", "amount"];
    let targets = dice.table("targets", 80, &columns, |dice| {
        let starts = dice.instant() / DAY;
        let ends = starts + dice.below(40);
        let (rep, partner, team, region) =
            (dice.one(5), dice.one(4), dice.one_of(&["Blue", ""]), dice.one_of(&REGIONS));
        let whose = [rep, partner, team, region].map(|one| if dice.below(2) == 0 { one } else { Value::Missing });
        let what = [starts, ends, dice.below(50_000)].map(Value::Integer);
        whose.into_iter().chain(what).collect()
    });
    put(store, &targets);
}
