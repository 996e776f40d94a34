//! What a corrected edition says differently from the one that it corrects, so that it cannot be taken for that one.

use crate::archive;
use crate::diff::{Compared, Diff, diff};
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
            let (written, told) = (changed.written(like, format), changed.told(like, format));
            let old = match changed.states(like, format) {
                Some([before, _]) if written.old == written.new => before,
                _ => told.old,
            };
            let of = [
                ("title", told.title.into()),
                ("group", told.group.into()),
                ("old", old.into()),
                ("new", told.new.into()),
                ("why", told.why.join(", ").into()),
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
    let totals: Vec<Changed> = changes.iter().filter(|changed| changed.group.is_none()).cloned().collect();
    let is_total = |changed: &Changed| {
        totals.iter().any(|total| (&total.kpi, &total.old, &total.new) == (&changed.kpi, &changed.old, &changed.new))
    };
    changes.retain(|changed| changed.group.is_none() || !is_total(changed));
}
