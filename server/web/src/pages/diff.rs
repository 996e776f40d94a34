//! `/editions/{id}/since/{other}`: what an edition says differently from another one, and why.

use super::edition::{locale, numbers_of, stored};
use super::{Place, blocking};
use crate::State;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_report::diff::{Changed, Compared, Diff, Said, Written, diff};
use pegel_report::format::Format;
use pegel_report::numbers::Numbers;
use serde::Serialize;

const PLACE: Place = Place { template: "diff.html", here: "editions" };

/// What the page says.
#[derive(Serialize)]
struct Page {
    title: String,
    /// The page of the newer edition.
    path: String,
    /// The two editions, in words.
    old: String,
    new: String,
    /// `3 of 240 numbers differ`
    verdict: String,
    changes: Vec<ChangedView>,
}

/// A number that is another one.
#[derive(Serialize)]
struct ChangedView {
    #[serde(flatten)]
    written: Written,
    /// For a style sheet; empty where it is the same in both, or an edition does not have the number.
    old_status: &'static str,
    new_status: &'static str,
}

/// The page.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Unanswered> {
    let (reader, (new, old)) = (Reader::of(&request), path.into_inner());
    let (new, old) = blocking(&state, move |state| Ok((stored(state, &new)?, stored(state, &old)?))).await?;
    let ((_, now), (_, before)) = (numbers_of(&new, None)?, numbers_of(&old, None)?);
    let found =
        diff(Compared { numbers: &before, sources: &old.sources }, Compared { numbers: &now, sources: &new.sources });
    let format = Format::new(&locale(&now, &reader), &now.currency, now.shown_in()).calling(&now.titles);
    let path = reader.kept_in(format!("/editions/{}", new.head.id));
    let page = Page::of(path, [&before, &now], &found, &format);
    PLACE.show(&page, &state, &request)
}

impl Page {
    fn of(path: String, [old, new]: [&Numbers; 2], found: &Diff, format: &Format) -> Page {
        let words = format.words();
        let name = |numbers: &Numbers| {
            let of =
                [("period", format.period_name(&numbers.period.name).into()), ("revision", numbers.revision.into())];
            words.say("edition_of", of)
        };
        let (changed, all) = (found.changes.len(), found.changes.len() + found.same);
        Page {
            title: format.title(&new.title),
            path,
            old: name(old),
            new: name(new),
            verdict: words.say("numbers_differ", [("count", changed.into()), ("all", all.into())]),
            changes: found.changes.iter().map(|changed| ChangedView::of(changed, format)).collect(),
        }
    }
}

impl ChangedView {
    fn of(changed: &Changed, format: &Format) -> ChangedView {
        let status = |said: &Option<Said>| said.as_ref().map(|said| said.status);
        let differs = status(&changed.old) != status(&changed.new);
        let name = |said| status(said).filter(|_| differs).map_or("", |status| status.name());
        ChangedView { written: changed.written(format), old_status: name(&changed.old), new_status: name(&changed.new) }
    }
}
