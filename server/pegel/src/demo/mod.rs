//! The data of `pegel demo`: 18 months of plainly made-up sales with partners, the same for the same seed and day.
//!
//! [`demo_data`] is pure; [`load()`] writes what it returns. The parts, in the order in which they are made:
//!
//! | file | what it makes |
//! |---|---|
//! | `dice`, `calendar`, `names`, `table` | random numbers, seasons and working hours, names, rows |
//! | `cast` | regions, partners (five clearly bad ones among them), reps, products |
//! | `leads` | enquiries, their qualification, the offers to partners |
//! | `feedback` | which leads partners report back on: the story of the region that slips |
//! | `course` | what becomes of accepted leads |
//! | `customers`, `opportunities`, `orders` | what follows from leads |
//! | `diary`, `plans`, `marketing` | activities and surveys, targets and forecasts, costs and observations |
//!
//! Nothing happens after the end of the last day: later milestones are missing, so that there are open leads,
//! unanswered offers and customers who have not left.

mod calendar;
mod cast;
mod course;
mod customers;
mod diary;
mod dice;
mod feedback;
mod leads;
mod load;
mod marketing;
mod names;
mod opportunities;
mod orders;
mod plans;
mod table;

pub use load::load;

use calendar::Calendar;
use cast::Cast;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use table::DemoTable;

/// All rows of the demo, table by table, in an order in which they can be written. They end with `last_day` in the
/// zone.
pub fn demo_data(seed: u64, last_day: Date, zone: &TimeZone) -> Vec<DemoTable> {
    let calendar = Calendar::new(last_day, zone);
    let cast = Cast::new(seed, &calendar);
    let mut leads = leads::arrive(seed, &cast, &calendar);
    feedback::decide(seed, &cast, &calendar, &mut leads);
    course::follow(seed, &cast, &calendar, &mut leads);
    let customers = customers::gather(seed, &cast, &calendar, &mut leads);
    let orders = orders::place(seed, &cast, &calendar, &leads, &customers);

    let mut tables = cast.tables();
    tables.extend(customers::tables(&customers));
    tables.extend(leads::tables(&leads));
    tables.extend(opportunities::tables(seed, &calendar, &leads));
    tables.push(orders::table(&orders));
    tables.push(diary::activities(seed, &cast, &calendar, &leads));
    tables.push(plans::targets(seed, &cast, &calendar, &orders));
    tables.push(plans::forecasts(seed, &calendar, &orders));
    tables.push(marketing::costs(seed, &calendar));
    tables.push(diary::surveys(seed, &cast, &calendar, &orders));
    tables.push(marketing::observations(seed, &calendar));
    tables
}

#[cfg(test)]
mod tests;
