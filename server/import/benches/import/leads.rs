//! The file that is imported: leads in the order in which they came, as an export has them.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub const HEADER: &str = "id,source,region,partner,created,offered,accepted,contacted,quoted,closed,outcome,amount";

/// How its columns become facts.
pub const MAPPING: &str = r#"
[source]
zone = "UTC"
[[tables]]
table = "leads"
key = "id"
[tables.columns]
source = "source"
region = "region"
partner_id = { from = "partner", lookup = "name", policy = "create" }
created_at = "created"
offered_at = "offered"
accepted_at = "accepted"
contacted_at = "contacted"
quoted_at = "quoted"
closed_at = "closed"
outcome = "outcome"
amount = "amount"
"#;

const PARTNERS: u64 = 300;
/// 2023-01-01.
const BEGIN: i64 = 1_672_531_200;
/// Seconds between two leads.
const PAUSE: i64 = 94;
/// Between two steps of a lead, at most.
const STEP: u64 = 100_000;

/// Chance that is the same in every run (Knuth's linear congruential generator, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[usize::try_from(self.below(texts.len() as u64)).expect("few texts")]
    }
}

/// Writes so many leads. Of the later instants a quarter is missing, of the outcomes a third.
pub fn write(path: &Path, rows: i64) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{HEADER}")?;
    let mut chance = Chance(1);
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        let source = chance.one_of(&["website", "trade fair", "recommendation", "campaign"]);
        let region = chance.one_of(&["North", "South", "East", "West"]);
        let mut at = BEGIN + PAUSE * row;
        let partner = chance.below(PARTNERS);
        _ = write!(line, "L{row:08},{source},{region},Partner {partner},{}", shown(at));
        for _ in 0..5 {
            at += i64::try_from(chance.below(STEP)).unwrap_or(0);
            line.push(',');
            if chance.below(4) > 0 {
                line.push_str(&shown(at));
            }
        }
        let outcome = chance.one_of(&["won", "lost", ""]);
        let amount = chance.below(10_000_000);
        _ = write!(line, ",{outcome},{}.{:02}", amount / 100, amount % 100);
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn shown(at: i64) -> String {
    let instant = jiff::Timestamp::from_second(at).expect("an instant of these years");
    instant.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
