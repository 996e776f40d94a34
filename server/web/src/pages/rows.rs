//! `/kpis/{id}/rows`: the rows behind a figure of a KPI, and `/kpis/{id}/rows.csv` and `rows.xlsx`, the same as files.

use super::edition::{locale, numbers_of, stored};
use super::kpi::position;
use super::{Choice, Place, blocking, computing, format};
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
use pegel_kpi::engine::behind::listing::{List, Listing, Row, Side};
use pegel_kpi::engine::behind::{Member, Question};
use pegel_kpi::script::kpi::Kpi;
use pegel_kpi::time::period::{Period, zone};
use pegel_report::format::Format;
use pegel_report::forms::Form;
use pegel_report::link::{self, KpiOf, RowsOf};
use pegel_report::numbers::{Group, Numbers, RestsOn};
use pegel_report::rows::{Book, Table, keep_matching, workbook, write_csv};
use pegel_store::imports::Import;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

const PLACE: Place = Place { template: "rows.html", here: "kpis" };

/// The period of a page that names none.
const LAST_WEEK: &str = "last-week";
/// The oldest so many are on the page; the file has all.
const ON_A_PAGE: usize = 500;
/// More rows of a list do not fit into a workbook, beside its head.
const IN_A_WORKBOOK: usize = 1_048_575;

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
    /// What may make them other rows than those that the edition counted, as the words for it.
    changed: Vec<&'static str>,
    /// Whether only those are listed that make the figure bad.
    bad: bool,
    /// The page with all rows, or with those alone that make the figure bad; `None` where there is no telling.
    other_side: Option<String>,
    /// The page of the KPI.
    kpi: String,
    /// The files.
    csv: String,
    xlsx: String,
    filter: Filter,
    lists: Vec<ListView>,
}

/// The form that leaves some of the rows.
#[derive(Serialize)]
struct Filter {
    words: String,
    /// What the address asks for besides, to be kept.
    kept: Vec<(String, String)>,
    /// The groups that the rows on the page are in, by dimension.
    groups: Vec<GroupsView>,
    /// The page without words and groups, if there are any.
    all: Option<String>,
}

/// The groups of a dimension.
#[derive(Serialize)]
struct GroupsView {
    title: String,
    groups: Vec<Choice>,
}

/// What the form says besides the address that it keeps.
#[derive(Deserialize)]
struct Chosen {
    /// `region=North`; empty for all.
    only: Option<String>,
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

/// The page. What its form says is written as an address that can be kept.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let of = asked(&request)?;
    let chosen: Chosen = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    if let Some(only) = chosen.only {
        let page = Reader::of(&request).kept_in(link::rows(&id, &narrowed(of, &only)));
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish());
    }
    let gather = move |state: &State, reader: &Reader| {
        let behind = Behind::of(state, &id, of)?;
        let listing = behind.listing(state, ON_A_PAGE)?;
        let changed = behind.changed_since(state)?;
        Ok(Page { changed, ..behind.page(&listing, state, reader) })
    };
    PLACE.computed(&state, &request, gather).await
}

/// The file, with all rows and all their dates.
pub(crate) async fn csv(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let written = |_: &Behind, listing: &Listing, _: &State, _: &Reader| {
        let mut bytes = Vec::new();
        write_csv(listing, &mut bytes)?;
        Ok(bytes)
    };
    file(request, state, id, ("csv", "text/csv; charset=utf-8"), written).await
}

/// The same as a workbook, in the reader's words.
pub(crate) async fn xlsx(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse, Unanswered> {
    let written = |behind: &Behind, listing: &Listing, state: &State, reader: &Reader| {
        if listing.lists.iter().any(|list| list.rows.len() > IN_A_WORKBOOK) {
            let most = format!("a workbook holds {IN_A_WORKBOOK} rows, and these are more: take the CSV file");
            return Err(Unanswered::Address(most));
        }
        let (format, seen) = (behind.format(state, reader), &behind.seen);
        let title = format!("{} · {}", format.title(&behind.kpi().declaration.title), behind.period);
        let zone = zone(seen.shown_in(state))?;
        let made_at = (state.clock)().as_second();
        Ok(workbook(listing, Book { title, made_at, currency: seen.currency(state), zone }, &format)?)
    };
    file(request, state, id, ("xlsx", Form::Xlsx.media_type()), written).await
}

/// How the rows are written into a file.
type Written = fn(&Behind, &Listing, &State, &Reader) -> Result<Vec<u8>, Unanswered>;

/// A file of a kind, with all rows and all their dates.
async fn file(
    request: HttpRequest,
    state: web::Data<State>,
    id: web::Path<String>,
    (kind, media_type): (&'static str, &'static str),
    written: Written,
) -> Result<HttpResponse, Unanswered> {
    let (of, reader) = (asked(&request)?, Reader::of(&request));
    let (name, bytes) = computing(&state, move |state| {
        let behind = Behind::of(state, &id, of)?;
        let bytes = written(&behind, &behind.listing(state, usize::MAX)?, state, &reader)?;
        Ok((format!("{id}-{}.{kind}", behind.period), bytes))
    })
    .await?;
    let attached = ContentDisposition::attachment(name);
    Ok(HttpResponse::Ok().content_type(media_type).insert_header(attached).body(bytes))
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
    let of: RowsOf = serde_urlencoded::from_str(request.query_string()).map_err(Unanswered::address)?;
    Ok(RowsOf { words: of.words.filter(|words| !words.trim().is_empty()), ..of })
}

/// The rows that are in a group as well, as the form names it: it takes the place of another one of its dimension.
fn narrowed(of: RowsOf, only: &str) -> RowsOf {
    let Some((dimension, group)) = only.split_once('=') else { return of };
    let (dimension, group) = (Some(dimension.to_owned()), Some(group.to_owned()));
    if of.by.is_none() || of.by == dimension {
        RowsOf { by: dimension, group, ..of }
    } else {
        RowsOf { and: dimension, and_group: group, ..of }
    }
}

/// Which rows are asked for.
struct Behind {
    in_force: Arc<InForce>,
    /// The index of the KPI.
    kpi: usize,
    of: RowsOf,
    seen: Seen,
    period: Period,
    only: Vec<(Dimension, Option<String>)>,
}

/// How the rows are seen.
struct Seen {
    /// The instant at which, where the address names one.
    as_of: Option<Timestamp>,
    /// The zone in which the period begins and ends.
    zone: TimeZone,
    dimensions: Dimensions,
    scope: Scope,
    /// The edition that is looked at, if it is one.
    numbers: Option<Numbers>,
}

impl Seen {
    fn of(state: &State, kpi: &Kpi, of: &RowsOf) -> Result<Seen, Unanswered> {
        let Some(id) = of.edition else {
            let RowsOf { as_of, dimensions, .. } = *of;
            let (zone, scope) = (state.zone.clone(), Scope::everything());
            return Ok(Seen { as_of, zone, dimensions, scope, numbers: None });
        };
        let edition = stored(state, &id.to_string())?;
        let (rendition, numbers) = numbers_of(&edition, of.audience)?;
        let unreadable = |error: String| Unanswered::Numbers { edition: id, error };
        let scope: Scope =
            serde_json::from_str(&rendition.audience.scope).map_err(|error| unreadable(error.to_string()))?;
        let filter = match (numbers.filter_of(kpi.id(), of.section), of.section) {
            (Some(filter), _) => filter.clone(),
            (None, None) => Scope::everything(),
            (None, Some(section)) => {
                let what = format!("section {section} of the edition shows nothing of {}", kpi.id());
                return Err(Unanswered::Address(what));
            }
        };
        let scope = filter.within(&scope);
        // As the figure, by whichever of the tables that it reads was brought the longest ago.
        let tables = kpi.tables().filter(|table| table.tells_what_happened()).map(|table| &*table.name);
        let as_of = Timestamp::from_second(numbers.known_until(tables)).ok();
        let zone = zone(&numbers.zone)?;
        let (as_of, dimensions) = (of.as_of.or(as_of), numbers.dimensions);
        Ok(Seen { as_of, zone, dimensions, scope, numbers: Some(numbers) })
    }

    /// The group of that name: where an edition calls a row so, that row, which may be called otherwise now.
    fn member(&self, dimension: &Dimension, name: Option<String>) -> Member {
        let is_called = |group: &Group| name.is_some() && group.label() == name.as_deref();
        let mut called = self.numbers.iter().flat_map(Numbers::groups);
        let called = called.find(|(of, group)| *of == dimension.name() && is_called(group));
        match called {
            Some((_, Group::Row { id, .. })) => Member::Row(*id),
            _ => Member::named(name),
        }
    }

    /// The zone in which instants are written, IANA: the one in which the edition's readers are told of them.
    fn shown_in<'a>(&'a self, state: &'a State) -> &'a str {
        self.numbers.as_ref().map_or_else(|| state.zone_name(), Numbers::shown_in)
    }

    /// ISO 4217.
    fn currency<'a>(&'a self, state: &'a State) -> &'a str {
        self.numbers.as_ref().map_or(&state.currency, |numbers| &numbers.currency)
    }
}

impl Behind {
    fn of(state: &State, id: &str, of: RowsOf) -> Result<Behind, Unanswered> {
        let in_force = state.live.in_force();
        let kpi = position(id, &in_force.catalog.kpis)?;
        let seen = Seen::of(state, &in_force.catalog.kpis[kpi], &of)?;
        let period = of.period.as_deref().unwrap_or(LAST_WEEK);
        let period = Period::parse(period, (state.clock)(), &seen.zone).map_err(Unanswered::address)?;
        let mut only = Vec::new();
        for (named, by, group) in
            [("“by” and “group”", &of.by, &of.group), ("“and” and “and_group”", &of.and, &of.and_group)]
        {
            match (by, group) {
                (None, None) => {}
                (Some(by), Some(group)) => {
                    let dimension = in_force.catalog.model.dimension(by).map_err(Unanswered::address)?;
                    only.push((dimension, Some(group.clone()).filter(|group| !group.is_empty())));
                }
                _ => {
                    let what = format!("{named} name a group together: give both, or neither");
                    return Err(Unanswered::Address(what));
                }
            }
        }
        Ok(Behind { in_force, kpi, of, seen, period, only })
    }

    fn kpi(&self) -> &Kpi {
        &self.in_force.catalog.kpis[self.kpi]
    }

    fn question(&self, only: Vec<(Dimension, Option<String>)>, limit: usize) -> Question<'_> {
        let side = self.of.side.filter(|_| self.has_bad_side()).unwrap_or(Side::All);
        self.question_about(side, only, limit)
    }

    fn question_about(&self, side: Side, only: Vec<(Dimension, Option<String>)>, limit: usize) -> Question<'_> {
        let member = |(dimension, name): (Dimension, Option<String>)| {
            let member = self.seen.member(&dimension, name);
            (dimension, member)
        };
        let only = only.into_iter().map(member).collect();
        Question { kpi: self.kpi(), period: &self.period, only, side, limit }
    }

    /// Whether the rows that make the figure bad can be told from the others: those that a script names may lack the
    /// dimension of a group.
    fn has_bad_side(&self) -> bool {
        let question = self.question_about(Side::Bad, self.only.clone(), 0);
        question.has_bad_side() && question.check().is_ok()
    }

    /// The rows, at most so many of each list.
    fn listing(&self, state: &State, limit: usize) -> Result<Listing, Unanswered> {
        let Behind { of, seen, only, .. } = self;
        // Which rows hold the words is known only when all have been read.
        let question = self.question(only.clone(), if of.words.is_some() { usize::MAX } else { limit });
        question.check().map_err(Unanswered::address)?;
        let source = &mut Grouped { source: &mut state.store.reader()?, dimensions: seen.dimensions };
        let mut listing = question.answer(&seen.scope, seen.as_of.unwrap_or_else(|| (state.clock)()), source)?;
        if let Some(words) = &of.words {
            keep_matching(&mut listing, words, limit);
        }
        Ok(listing)
    }

    /// Writes as the edition does, if it is one.
    fn format(&self, state: &State, reader: &Reader) -> Format {
        let Some(numbers) = &self.seen.numbers else { return format(state, reader) };
        Format::new(&locale(numbers, reader), &numbers.currency, numbers.shown_in()).calling(&numbers.titles)
    }

    /// What changed since the edition was made: rows are those of today's data, by today's script.
    fn changed_since(&self, state: &State) -> Result<Vec<&'static str>, Unanswered> {
        let Some(numbers) = &self.seen.numbers else { return Ok(Vec::new()) };
        let mut blocks = numbers.sections.iter().flat_map(|section| &section.kpis);
        let own = blocks.find(|block| block.id == self.kpi().id());
        let rests_on = RestsOn::from(self.kpi());
        let is_defined_otherwise = own.is_some_and(|block| {
            block.version != self.kpi().sha256 || block.rests_on.as_ref().is_some_and(|former| *former != rests_on)
        });
        let is_later =
            |import: &Import| import.record.imported_at.max(import.undone_at.unwrap_or(0)) > numbers.created_at;
        let has_later_data = state.store.imports()?.iter().any(is_later);
        let words = [(is_defined_otherwise, "rows_defined_since"), (has_later_data, "rows_imported_since")];
        Ok(words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect())
    }

    fn page(&self, listing: &Listing, state: &State, reader: &Reader) -> Page {
        let format = self.format(state, reader);
        let Declaration { id, title, .. } = &self.kpi().declaration;
        let called = |dimension: &Dimension, group: &Option<String>| match group {
            None => format.words().say("missing_group", []),
            Some(month) if *dimension == Dimension::MONTH => format.period_name(month),
            Some(group) => group.clone(),
        };
        let group = |(dimension, group): &(Dimension, Option<String>)| {
            format!("{}\u{a0}{}", format.dimension(dimension.name()), called(dimension, group))
        };
        let groups: Vec<String> = self.only.iter().map(group).collect();
        let other = match listing.side {
            Side::Bad => Some(Side::All),
            Side::All => self.has_bad_side().then_some(Side::Bad),
        };
        let other_side = other.map(|side| link::rows(id, &RowsOf { side: Some(side), ..self.of.clone() }));
        Page {
            title: format.title(title),
            period: format.period(&(&self.period).into()),
            group: groups.join(" · "),
            as_of: self.seen.as_of.map(|as_of| format.instant(as_of.as_second())),
            changed: Vec::new(),
            bad: listing.side == Side::Bad,
            other_side: other_side.map(|path| reader.kept_in(path)),
            kpi: reader.kept_in(link::kpi(id, &KpiOf { period: self.of.period.clone(), ..KpiOf::default() })),
            csv: link::rows_file(id, "csv", &self.of),
            xlsx: reader.kept_in(link::rows_file(id, "xlsx", &self.of)),
            filter: self.filter(listing, &format, reader),
            lists: listing.lists.iter().map(|list| ListView::of(list, listing.lists.len() > 1, &format)).collect(),
            id: id.clone(),
        }
    }
}

impl Behind {
    /// The form, with the groups of the rows on the page.
    fn filter(&self, listing: &Listing, format: &Format, reader: &Reader) -> Filter {
        let RowsOf { words, .. } = &self.of;
        let kept = RowsOf { words: None, ..self.of.clone() };
        let kept = serde_urlencoded::from_str(&kept.query()).unwrap_or_default();
        let lang = reader.asked_for().map(|lang| ("lang".to_owned(), lang));
        let whole = RowsOf { by: None, group: None, and: None, and_group: None, words: None, ..self.of.clone() };
        let rows = || listing.lists.iter().flat_map(|list| &list.rows);
        let of = |dimension: Dimension, group: fn(&Row) -> &Option<String>| {
            let names: BTreeSet<&String> = rows().filter_map(|row| group(row).as_ref()).collect();
            self.groups(&dimension, names, format)
        };
        let groups = [
            of(Dimension::REGION, |row| &row.region),
            of(Dimension::PARTNER, |row| &row.partner),
            of(Dimension::REP, |row| &row.rep),
            of(Dimension::PRODUCT, |row| &row.product),
        ];
        Filter {
            words: words.clone().unwrap_or_default(),
            all: (whole != self.of).then(|| reader.kept_in(link::rows(self.kpi().id(), &whole))),
            kept: lang.into_iter().chain::<Vec<(String, String)>>(kept).collect(),
            groups: groups.into_iter().flatten().collect(),
        }
    }

    /// `None` where there is nothing to choose, or the rows behind the figure cannot be told apart by the dimension.
    fn groups(&self, dimension: &Dimension, names: BTreeSet<&String>, format: &Format) -> Option<GroupsView> {
        let is_asked_for = self.only.iter().any(|(by, _)| by == dimension);
        let can_be = self.question(vec![(dimension.clone(), None)], 0).check().is_ok();
        // None is chosen: what is asked for is not offered again.
        let choice = |name: &String| Choice::new(&format!("{}={name}", dimension.name()), name.clone(), "");
        let groups: Vec<Choice> = names.into_iter().map(choice).collect();
        let title = format.dimension(dimension.name());
        (groups.len() > 1 && can_be && !is_asked_for).then_some(GroupsView { title, groups })
    }
}

impl ListView {
    fn of(list: &List, is_one_of_several: bool, format: &Format) -> ListView {
        let count = list.rows.len() as u64 + list.more;
        let of = [("count", count.into()), ("table", format.table(&list.table).into())];
        ListView {
            count: format.words().say("rows_of_table", of),
            measures: if is_one_of_several { list.measures.join(", ") } else { String::new() },
            table: Table::of(list, format, |date| format.when(date)),
            more: if list.more > 0 {
                format.more(usize::try_from(list.more).unwrap_or(usize::MAX))
            } else {
                String::new()
            },
        }
    }
}
