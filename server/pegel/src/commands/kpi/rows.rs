//! `pegel kpi rows`: the rows behind a figure.

use super::asked::Asked;
use super::condition::check_group;
use crate::cli::{self, Global};
use crate::ending::{Done, Ending, Failure, answer, answer_json, broke, usage};
use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_kpi::data::scope::Scope;
use pegel_kpi::engine::behind::listing::{List, Listing, Side, When};
use pegel_kpi::engine::behind::{Member, Question};
use pegel_report::format::Format;
use pegel_report::rows::{Book, Table, workbook, write_csv};
use pegel_text::clean::plain_spaces;
use pegel_text::stamps::stamp;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// How many rows a terminal shows, unless told otherwise.
const ON_A_TERMINAL: usize = 100;

/// Lists the rows and prints or writes them.
pub fn run(command: &cli::Rows, global: &Global) -> Ending {
    let asked = Asked::open(&command.figure, global)?;
    let kpi = asked.kpi()?;
    let only = asked.only.iter().map(|(dimension, name)| (dimension.clone(), Member::Named(name.clone()))).collect();
    let all = if command.json || command.csv.is_some() || command.xlsx.is_some() { usize::MAX } else { ON_A_TERMINAL };
    let side = if command.bad { Side::Bad } else { Side::All };
    let question = Question { kpi, period: &asked.period, only, side, limit: command.limit.unwrap_or(all) };
    question.check().map_err(usage)?;
    let mut reader = asked.store.reader().map_err(broke)?;
    let mut source = asked.grouped(&mut reader);
    let listing = question.answer(&Scope::everything(), asked.now, &mut source).map_err(broke)?;
    if listing.is_empty() {
        check_group((kpi, &asked.period), asked.only.as_ref(), &mut source)?;
    }
    if let Some(file) = &command.csv {
        write(&listing, file)?;
    } else if let Some(file) = &command.xlsx {
        let book = Book {
            title: format!("{} · {}", kpi.id(), asked.period),
            made_at: asked.now.as_second(),
            currency: &asked.home.config.currency.code,
            zone: asked.home.config.zone(),
        };
        let bytes = workbook(&listing, book, &asked.home.format()).map_err(broke)?;
        std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display())).map_err(usage)?;
    } else if command.json {
        answer_json(&listing);
    } else {
        let shown = Shown { format: &asked.home.format(), zone: &asked.home.config.zone() };
        shown.say(&listing);
    }
    Ok(Done::InOrder)
}

fn write(listing: &Listing, path: &Path) -> Result<(), Failure> {
    let named = || format!("{} cannot be written", path.display());
    let file = File::create(path).with_context(named).map_err(usage)?;
    write_csv(listing, BufWriter::new(file)).with_context(named).map_err(broke)
}

/// Writes rows for people.
struct Shown<'a> {
    format: &'a Format,
    zone: &'a TimeZone,
}

impl Shown<'_> {
    fn say(&self, listing: &Listing) {
        let several = listing.lists.len() > 1;
        for (index, list) in listing.lists.iter().enumerate() {
            if several {
                let space = if index > 0 { "\n" } else { "" };
                answer(format_args!("{space}{} ({})", list.measures.join(", "), list.table));
            }
            if list.rows.is_empty() && list.more == 0 {
                answer("no_rows");
            } else {
                print_table(&self.table(list));
            }
            if list.more > 0 {
                answer(self.format.words().say("rows_more", [("count", list.more.into())]));
            }
        }
    }

    /// The head and a line for each row.
    fn table(&self, list: &List) -> Vec<Vec<String>> {
        let date = |date| match date {
            When::Instant(instant) => stamp(Timestamp::as_second(instant), self.zone),
            When::Day(day) => day.to_string(),
        };
        let Table { columns, lines } = Table::of(list, self.format, date);
        let head = columns.into_iter().map(|column| column.title).collect();
        // Terminals break no lines at spaces.
        let plain = |line: Vec<String>| line.into_iter().map(|text| plain_spaces(&text)).collect();
        std::iter::once(head).chain(lines).map(plain).collect()
    }
}

/// Columns stand below each other.
fn print_table(lines: &[Vec<String>]) {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        answer(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
