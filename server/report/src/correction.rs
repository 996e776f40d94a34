//! What a corrected edition says differently from the one that it corrects, so that it cannot be taken for that one.

use crate::archive;
use crate::diff::{Compared, Diff, Written, diff};
use crate::format::Format;
use crate::numbers::{Changed, Correction, Numbers, PeriodHead};
use pegel_store::edition::{Audience, Edition, SourceHash};

/// So many numbers that are other ones are told; a page tells all.
const TOLD: usize = 3;

impl Correction {
    /// What these numbers say differently from those that the same readers had in the edition before, made from those
    /// sources. `None` where they had none, or where those are not to be read any more.
    pub fn of(numbers: &Numbers, sources: &[SourceHash], before: &Edition, readers: &Audience) -> Option<Correction> {
        // What the report itself says is compared, whatever its readers see now.
        let own = || before.renditions.first().filter(|_| numbers.audience.is_none());
        let former = before.rendition_like(readers).or_else(own)?;
        let former = archive::numbers(former, &before.labels).ok()?;
        let old = Compared { numbers: &former, sources: &before.sources };
        let Diff { mut changes, lists, .. } = diff(old, Compared { numbers, sources });
        keep_once(&mut changes);
        let more = changes.len().saturating_sub(TOLD);
        changes.truncate(TOLD);
        Some(Correction { changes, more, lists })
    }

    /// `Feedback rate, Küste: 69.4% instead of 68.8% (late data)`, or `Feedback rate, total: 86.8%, warning instead of ok`
    /// where the figure is the same: a line for each, and one for the others.
    pub fn lines(&self, like: &PeriodHead, format: &Format) -> Vec<String> {
        let words = format.words();
        let told = |changed: &Changed| {
            let Written { title, group, mut old, mut new, why } = changed.written(like, format);
            if let Some([before, now]) = changed.states(like, format) {
                let is_same_figure = old == new;
                new = format!("{new}, {now}");
                old = if is_same_figure { before } else { format!("{old}, {before}") };
            }
            let of = [
                ("title", title.into()),
                ("group", group.into()),
                ("old", old.into()),
                ("new", new.into()),
                ("why", why.join(", ").into()),
            ];
            words.say("corrected_number", of)
        };
        let is_nothing = self.changes.is_empty() && !self.lists;
        let nothing = is_nothing.then(|| words.say("corrected_nothing", []));
        let more = (self.more > 0).then(|| format.more(self.more));
        let lists = self.lists.then(|| words.say("corrected_lists", []));
        self.changes.iter().map(told).chain(nothing).chain(more).chain(lists).collect()
    }
}

/// A group that is all there is says what the total says.
fn keep_once(changes: &mut Vec<Changed>) {
    let says_the_same =
        |one: &Changed, other: &Changed| (&one.kpi, &one.old, &one.new) == (&other.kpi, &other.old, &other.new);
    let is_total = |changed: &Changed| changed.group.is_none();
    let repeats = |group: &Changed| changes.iter().any(|total| is_total(total) && says_the_same(total, group));
    let mut kept = changes.iter().map(|changed| is_total(changed) || !repeats(changed)).collect::<Vec<_>>().into_iter();
    changes.retain(|_| kept.next().unwrap_or(true));
}
