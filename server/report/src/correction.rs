//! What a corrected edition says differently from the one that it corrects, so that it cannot be taken for that one.

use crate::archive;
use crate::diff::{Compared, Diff, diff};
use crate::format::Format;
use crate::numbers::{Changed, Correction, Numbers};
use pegel_store::edition::{Audience, Edition, SourceHash};

/// So many numbers that are other ones are told; a page tells all.
const TOLD: usize = 3;

impl Correction {
    /// What these numbers say differently from those that the same readers had in the edition before, made from those
    /// sources. `None` where they had none, or where those are not to be read any more.
    pub fn of(numbers: &Numbers, sources: &[SourceHash], before: &Edition, readers: &Audience) -> Option<Correction> {
        let former = archive::numbers(before.rendition_like(readers)?, &before.labels).ok()?;
        let old = Compared { numbers: &former, sources: &before.sources };
        let Diff { mut changes, .. } = diff(old, Compared { numbers, sources });
        let more = changes.len().saturating_sub(TOLD);
        changes.truncate(TOLD);
        Some(Correction { changes, more })
    }

    /// `Feedback rate, Küste: 69.4% instead of 68.8% (late data)`, or `Feedback rate, total: 86.8%, warning instead of ok`
    /// where the figure is the same: a line for each, and one for the others.
    pub fn lines(&self, format: &Format) -> Vec<String> {
        let words = format.words();
        let line = |changed: &Changed| {
            let (written, told) = (changed.written(format), changed.told(format));
            let old = match changed.statuses() {
                Some([before, _]) if written.old == written.new => format.status(before),
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
        let nothing = self.changes.is_empty().then(|| words.say("corrected_nothing", []));
        let more = (self.more > 0).then(|| format.more(self.more));
        self.changes.iter().map(line).chain(nothing).chain(more).collect()
    }
}
