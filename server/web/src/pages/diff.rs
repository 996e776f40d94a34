//! `/editions/{id}/since/{other}`: what an edition says differently from another one, and why.

use super::edition::{audience_of, locale, number_of, numbers_of, query_of, stored};
use super::{Place, blocking, edition_name};
use crate::State;
use crate::reader::Reader;
use crate::unanswered::Unanswered;
use actix_web::{HttpRequest, HttpResponse, web};
use pegel_report::diff::{ChangedFile, Compared, Diff, Written, diff};
use pegel_report::format::Format;
use pegel_report::numbers::{Changed, Numbers, PeriodHead, Said};
use pegel_store::edition::{Audience, Edition};
use serde::Serialize;

const PLACE: Place = Place { template: "diff.html", here: "editions" };

/// So many numbers are shown at most: nobody reads more, and a page of more is slow. Commands list all of them.
const MOST_CHANGES: usize = 250;

/// What the page says.
#[derive(Serialize)]
struct Page {
    title: String,
    /// The page of the newer edition.
    path: String,
    /// The two editions, in words.
    old: String,
    new: String,
    /// Where they are of different reports, of which.
    notice: Option<String>,
    /// `3 of 240 numbers differ`
    verdict: String,
    changes: Vec<ChangedView>,
    /// How many more there are, and what lists them; `None` if all are shown.
    more: Option<String>,
    /// The files that explain changes, if their texts are kept.
    files: Vec<FileView>,
}

/// A number that is another one.
#[derive(Serialize)]
struct ChangedView {
    #[serde(flatten)]
    written: Written,
    /// How they are judged; `None` where that is the same in both, or an edition does not have the number.
    old_state: Option<StateView>,
    new_state: Option<StateView>,
}

/// How a figure is judged.
#[derive(Serialize)]
struct StateView {
    /// For a style sheet.
    class: &'static str,
    word: String,
}

/// A file that is another one.
#[derive(Serialize)]
struct FileView {
    name: String,
    lines: Vec<LineView>,
}

/// A line of it, or where the lines below it stand.
#[derive(Serialize)]
struct LineView {
    text: String,
    is_old: bool,
    is_new: bool,
}

/// The page.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Unanswered> {
    let (reader, audience, (new, old)) = (Reader::of(&request), audience_of(&request)?, path.into_inner());
    let page = blocking(&state, move |state| {
        let (new, old) = (stored(state, &new)?, stored(state, &old)?);
        Page::of([&old, &new], audience, state, &reader)
    })
    .await?;
    PLACE.show(&page, &state, &request)
}

impl Page {
    fn of(
        [old, new]: [&Edition; 2],
        audience: Option<usize>,
        state: &State,
        reader: &Reader,
    ) -> Result<Page, Unanswered> {
        let (rendition, now) = numbers_of(new, audience)?;
        let among: Vec<Audience> = old.renditions.iter().map(|rendition| rendition.audience.clone()).collect();
        let number = || number_of(&rendition.audience, &among).ok_or(Unanswered::NoPage);
        let (_, before) = numbers_of(old, audience.map(|_| number()).transpose()?)?;
        let of = query_of(audience);
        let compared = Compared { numbers: &before, sources: &old.sources };
        let found = diff(compared, Compared { numbers: &now, sources: &new.sources });
        let Diff { changes, same, lists, files } = found.with_lines(|sha256| state.store.version_text(sha256))?;
        let format = Format::new(&locale(&now, reader), &now.currency, now.shown_in()).calling(&now.titles);
        let words = format.words();
        let name = |numbers: &Numbers| edition_name(&numbers.period.name, numbers.revision, &format);
        let of_reports = || {
            let [old, new] = [&before, &now].map(|numbers| format.title(&numbers.title));
            words.say("other_reports", [("old", old.into()), ("new", new.into())])
        };
        let left_out = |count: usize| {
            let [old, new] = [old, new].map(|edition| edition.head.id.to_string());
            words.say("more_changes", [("count", count.into()), ("old", old.into()), ("new", new.into())])
        };
        let all = changes.len() + same;
        let differ = words.say("numbers_differ", [("count", changes.len().into()), ("all", all.into())]);
        Ok(Page {
            title: format.title(&now.title),
            path: reader.kept_in(format!("/editions/{}{of}", new.head.id)),
            old: name(&before),
            new: name(&now),
            notice: (before.report != now.report).then(of_reports),
            verdict: [Some(differ), lists.then(|| words.say("corrected_lists", []))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            changes: changes
                .iter()
                .take(MOST_CHANGES)
                .map(|changed| ChangedView::of(changed, &now.period, &format))
                .collect(),
            more: changes.len().checked_sub(MOST_CHANGES).filter(|more| *more > 0).map(left_out),
            files: files.iter().filter(|file| !file.lines.is_empty()).map(FileView::of).collect(),
        })
    }
}

impl ChangedView {
    fn of(changed: &Changed, like: &PeriodHead, format: &Format) -> ChangedView {
        let class = |said: &Option<Said>| said.as_ref().map_or("", Said::class);
        let states = changed.states(like, format).map(|[old, new]| {
            [StateView { class: class(&changed.old), word: old }, StateView { class: class(&changed.new), word: new }]
        });
        let [old_state, new_state] = states.map_or([None, None], |states| states.map(Some));
        ChangedView { written: changed.written(like, format), old_state, new_state }
    }
}

impl FileView {
    fn of(file: &ChangedFile) -> FileView {
        let line = |text: &str| LineView {
            text: text.to_owned(),
            is_old: text.starts_with('-'),
            is_new: text.starts_with('+'),
        };
        FileView { name: file.name.clone(), lines: file.lines.lines().map(line).collect() }
    }
}
