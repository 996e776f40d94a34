//! A file as somebody has it → a mapping for it, with what speaks for each of its lines. From the top:
//! - `sample`: the first rows of the file, read as it seems to be `written`, without `footers` and other lines that are
//!   no data
//! - `headings`: what columns are called, by language and product, from `headings.toml`; `contents`: what is in
//!   them; `currency`: what amounts are in
//! - `assign`: which table the file is about, and which of its columns holds what
//! - `plan`: what a mapping says of that, while it is `making`: how rows ended (`ends`), what lines cost (`amounts`), what
//!   they refer to (`references`), `names` of people, `ids`, `times`, `plans`, `units`, `surveys`, rows that are `gone`,
//!   and `rivals` of what was taken; with `words` for closed lists, `key` for what tells rows apart
//! - `evidence`: how dates (`days`) and `numbers` are written, decided over all that are read
//! - `top`: how the file is written, and whose it is; `sections`: what it brings
//! - `refusal`: why a file is about no table
//! - `trial`: the mapping, compiled and tried; `feeds`: which KPIs get figures by it
//! - [`suggestion`]: all of that; `toml`: as a text
//!
//! Pure: a file, the model and what KPIs need in, a [`Suggestion`] out.

mod amounts;
mod asked;
mod assign;
mod contents;
mod currency;
mod days;
mod ends;
mod evidence;
mod feeds;
mod footers;
mod gone;
mod headings;
mod ids;
mod key;
mod making;
mod names;
mod numbers;
mod plan;
mod plans;
mod references;
mod refusal;
mod rivals;
mod sample;
mod sections;
mod suggestion;
mod surveys;
mod times;
mod toml;
mod top;
mod trial;
mod units;
mod words;
mod written;

pub use asked::Asked;
pub use feeds::{Feeds, Need};
pub use suggestion::Suggestion;
pub use trial::Trial;

use self::assign::{Assigned, Seen, assigned};
use self::contents::Contents;
use self::evidence::Evidence;
use self::headings::Headings;
use self::numbers::Mark;
use self::plan::plan;
use self::sample::Sample;
use crate::error::ImportError;
use crate::mapping::Mapping;
use pegel_kpi::data::model::{Kind, Table};
use std::io::{Read, Seek};

/// A file in which less is known is about nothing that there is a table for.
const ENOUGH: u32 = 250;

/// Suggests a mapping for a file; `file` is its name.
///
/// # Errors
/// If it cannot be read, or its columns fit no table.
pub fn suggest(mut raw: impl Read + Seek, file: &str, asked: &Asked) -> Result<Suggestion, ImportError> {
    let headings = Headings::known();
    let sample = Sample::of(&mut raw, file, &headings)?;
    let names: Vec<String> = sample.columns.iter().map(|column| column.heading.clone()).collect();
    if sample.rows == 0 {
        return Err(ImportError::unusable(file, "it has a header and no rows: nothing can be told of its columns"));
    }
    let product = headings.product(&names);
    let contents: Vec<Contents> = sample.columns.iter().map(Contents::of).collect();
    let product = product.map(|(product, _)| product);
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_continental = headings.are_continental(&all);
    let mark = mark(&sample, &contents, is_continental);
    let seen = Seen {
        file,
        sample: &sample,
        contents: &contents,
        headings: &headings,
        product,
        is_continental,
        mark: &mark,
        currency: &asked.currency.code,
        zone: &asked.zone,
    };
    let tables: Vec<Table> = asked.model.tables().filter(|table| table.history_of().is_none()).collect();
    let mut fitting: Vec<Assigned> = tables.iter().map(|table| assigned(table, seen)).filter(is_enough).collect();
    fitting.sort_by_key(|assigned| std::cmp::Reverse(assigned.score));
    let best = fitting.first().ok_or_else(|| refusal::nothing_fits(&tables, seen))?;
    let mut plan = plan(best, seen);
    plan.lacks.extend(best.doubt(fitting.get(1)));
    plan.lacks.extend(sections::months(&plan, seen));
    let planned: Vec<_> = plan.columns.iter().chain(plan.related.iter().flat_map(|one| &one.columns)).collect();
    let evidence = Evidence::of(seen, &planned);
    let sections = sections::sections(best, &plan, &evidence, seen);
    let mut suggestion = Suggestion {
        name: asked.name.to_owned(),
        file: file.to_owned(),
        rows: sample.rows,
        whole: sample.whole,
        product: product.map(|product| product.name.clone()),
        top: top::top(seen),
        source: top::source(seen, &evidence, asked),
        unused: sections::unused(&sections, seen),
        sections,
        trial: Trial::default(),
        feeds: Feeds::default(),
    };
    let mapping = Mapping::parse(&suggestion.to_toml(), asked.name, asked.model)?;
    let (trial, there) = trial::trial(&mut raw, file, &mapping, (&asked.zone, &asked.currency, asked.now))?;
    (suggestion.trial, suggestion.feeds) = (trial, Feeds::of(asked.needs, &there));
    Ok(suggestion)
}

/// With which decimal mark all columns of numbers are written.
fn mark(sample: &Sample, contents: &[Contents], is_continental: bool) -> Mark {
    let are_numbers = |contents: &Contents| contents.fit(Kind::Number) && !contents.are_dates();
    let columns = sample.columns.iter().zip(contents).filter(|(_, contents)| are_numbers(contents));
    let cells: Vec<&str> = columns.flat_map(|(column, _)| column.filled()).collect();
    numbers::mark(cells.into_iter(), is_continental)
}

/// Whether it is more than a chance that headings fit.
fn is_enough(assigned: &Assigned) -> bool {
    let columns = assigned.held.iter().filter(|held| held.column != "key").count();
    columns >= 2 && assigned.score >= ENOUGH
}
