//! `/kpis/{id}/rows`: the rows behind a figure of a KPI, and `/kpis/{id}/rows.csv`, the same as a file.

use super::edition::{numbers_of, stored};
use super::kpi::position;
use super::{Place, blocking, computing, format};
use crate::State;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pegel_catalog::in_force::InForce;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::data::dimensions::{Dimensions, Grouped};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::declaration::Declaration;
use pegel_kpi::engine::behind::Question;
use pegel_kpi::engine::behind::listing::{List, Listing, Side, When};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::format::Format;
use pegel_report::link::{self, RowsOf};
use pegel_report::rows::{Table, write_csv};
use serde::Serialize;
use std::sync::Arc;

const PLACE: Place = Place { template: "rows.html", here: "kpis" };

/// The period of a page that names none.
const LAST_WEEK: &str = "last-week";
/// The oldest so many are on the page; the file has all.
const ON_A_PAGE: usize = 500;

/// What the page says.
#[derive(Serialize)]
struct Page {
    id: String,
    title: String,
    /// In words.
    period: String,
    /// `Region Küste`; empty for the total.
    group: String,
    /// The instant at which the rows are seen, in words, where the address names one.
    as_of: Option<String>,
    /// Whether only those are listed that make the figure bad.
    bad: bool,
    /// The page with all rows, or with those alone that make the figure bad; `None` where there is no telling.
    other_side: Option<String>,
    /// The file.
    csv: String,
    lists: Vec<ListView>,
}

/// A list of rows.
#[derive(Serialize)]
struct ListView {
    /// `20 leads`
    count: String,
    /// Whose rows they are, where there are several lists.
    measures: String,
    #[serde(flatten)]
    table: Table,
    /// `12 more`; empty if all are on the page.
    more: String,
}

/// The page.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let of = asked(&request)?;
    let gather = move |state: &State, reader: &Reader| {
        let behind = Behind::of(state, &id, of)?;
        let listing = behind.listing(state, ON_A_PAGE)?;
        Ok(behind.page(&listing, state, reader))
    };
    PLACE.computed(&state, &request, gather).await
}

/// The file, with all rows and all their dates.
pub(crate) async fn csv(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let of = asked(&request)?;
    let (name, bytes) = computing(&state, move |state| {
        let behind = Behind::of(state, &id, of)?;
        let mut bytes = Vec::new();
        write_csv(&behind.listing(state, usize::MAX)?, &mut bytes)?;
        Ok((format!("{id}-{}.csv", behind.period), bytes))
    })
    .await?;
    let attached = ContentDisposition::attachment(name);
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").insert_header(attached).body(bytes))
}

/// Where editions link to: to the page of the rows behind one of their figures. Their ids are not known yet when a mail
/// is written.
pub(crate) async fn of_edition(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String, i32, String)>,
) -> Result<HttpResponse, Unanswered> {
    let (report, period, revision, kpi) = path.into_inner();
    let id = blocking(&state, move |state| Ok(state.store.edition_id(&report, &period, revision)?)).await?;
    let of = RowsOf { edition: Some(id.ok_or(Unanswered::NoPage)?), ..asked(&request)? };
    let page = Reader::of(&request).kept_in(link::rows(&kpi, &of));
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish())
}

fn asked(request: &HttpRequest) -> Result<RowsOf, Unanswered> {
    serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)
}

/// Which rows are asked for.
struct Behind {
    in_force: Arc<InForce>,
    /// The index of the KPI.
    kpi: usize,
    of: RowsOf,
    seen: Seen,
    period: Period,
    only: Option<(Dimension, String)>,
}

/// How the rows are seen.
struct Seen {
    /// The instant at which, where the address names one.
    as_of: Option<Timestamp>,
    /// The zone in which the period begins and ends.
    zone: TimeZone,
    dimensions: Dimensions,
    scope: Scope,
}

impl Seen {
    fn of(state: &State, kpi: &Kpi, of: &RowsOf) -> Result<Seen, Unanswered> {
        let Some(id) = of.edition else {
            let RowsOf { as_of, dimensions, .. } = *of;
            return Ok(Seen { as_of, zone: state.zone.clone(), dimensions, scope: Scope::everything() });
        };
        let edition = stored(state, &id.to_string())?;
        let (rendition, numbers) = numbers_of(&edition, of.audience)?;
        let unreadable = |error: String| Unanswered::Numbers { edition: id, error };
        let scope = serde_json::from_str(&rendition.audience.scope).map_err(|error| unreadable(error.to_string()))?;
        // As the figure, by whichever of the tables that it reads was brought the longest ago.
        let tables = kpi.tables().filter(|table| table.tells_what_happened()).map(|table| &*table.name);
        let as_of = Timestamp::from_second(numbers.known_until(tables)).ok();
        let zone = zone(&numbers.zone)?;
        Ok(Seen { as_of: of.as_of.or(as_of), zone, dimensions: numbers.dimensions, scope })
    }
}

impl Behind {
    fn of(state: &State, id: &str, of: RowsOf) -> Result<Behind, Unanswered> {
        let in_force = state.live.in_force();
        let kpi = position(id, &in_force.catalog.kpis)?;
        let seen = Seen::of(state, &in_force.catalog.kpis[kpi], &of)?;
        let period = of.period.as_deref().unwrap_or(LAST_WEEK);
        let period = Period::parse(period, (state.clock)(), &seen.zone).map_err(Unanswered::address)?;
        let only = match (&of.by, &of.group) {
            (None, None) => None,
            (Some(by), Some(group)) => {
                Some((in_force.catalog.model.dimension(by).map_err(Unanswered::address)?, group.clone()))
            }
            _ => return Err(Unanswered::address("“by” and “group” name a group together: give both, or neither")),
        };
        Ok(Behind { in_force, kpi, of, seen, period, only })
    }

    fn kpi(&self) -> &Kpi {
        &self.in_force.catalog.kpis[self.kpi]
    }

    /// The rows, at most so many of each list.
    fn listing(&self, state: &State, limit: usize) -> Result<Listing, Unanswered> {
        let Behind { of, seen, period, only, .. } = self;
        let side = of.side.unwrap_or(Side::All);
        let question = Question { kpi: self.kpi(), period, only: only.clone(), side, limit };
        question.check().map_err(Unanswered::address)?;
        let source = &mut Grouped { source: &mut state.store.reader()?, dimensions: seen.dimensions };
        Ok(question.answer(&seen.scope, seen.as_of.unwrap_or_else(|| (state.clock)()), source)?)
    }

    fn page(&self, listing: &Listing, state: &State, reader: &Reader) -> Page {
        let format = format(state, reader);
        let Declaration { id, title, .. } = &self.kpi().declaration;
        let group = self.only.as_ref();
        let group = group.map(|(dimension, group)| format!("{}\u{a0}{group}", format.dimension(dimension.name())));
        // A script may not say what is good or bad; then all are listed.
        let other = match (self.of.side, listing.side) {
            (Some(Side::Bad), Side::All) => None,
            (_, Side::Bad) => Some(Side::All),
            (_, Side::All) => Some(Side::Bad),
        };
        let other_side = other.map(|side| link::rows(id, &RowsOf { side: Some(side), ..self.of.clone() }));
        Page {
            title: format.title(title),
            period: format.period(&(&self.period).into()),
            group: group.unwrap_or_default(),
            as_of: self.seen.as_of.map(|as_of| format.instant(as_of.as_second())),
            bad: listing.side == Side::Bad,
            other_side: other_side.map(|path| reader.kept_in(path)),
            csv: link::rows_file(id, &self.of),
            lists: listing.lists.iter().map(|list| ListView::of(list, listing.lists.len() > 1, &format)).collect(),
            id: id.clone(),
        }
    }
}

impl ListView {
    fn of(list: &List, is_one_of_several: bool, format: &Format) -> ListView {
        let date = |date| match date {
            When::Instant(instant) => format.day(Timestamp::as_second(instant)),
            When::Day(day) => format.date(day),
        };
        let count = list.rows.len() as u64 + list.more;
        let of = [("count", count.into()), ("table", format.table(&list.table).into())];
        ListView {
            count: format.words().say("rows_of_table", of),
            measures: if is_one_of_several { list.measures.join(", ") } else { String::new() },
            table: Table::of(list, format, date),
            more: if list.more > 0 {
                format.more(usize::try_from(list.more).unwrap_or(usize::MAX))
            } else {
                String::new()
            },
        }
    }
}
