//! What a survey asked for, where no column says so.

use super::headings::plain;
use super::making::Making;

impl Making<'_> {
    /// The kind of an answer, by what its score is called.
    pub fn kind_of_survey(&mut self) {
        let Some(score) = self.held("score").map(|held| held.at) else { return };
        if self.kind_of("kind").is_none() || self.is_planned("kind") {
            return;
        }
        let heading = plain(&self.column(score).heading);
        let is_of =
            |words: &[String]| words.iter().any(|word| format!(" {heading} ").contains(&format!(" {} ", plain(word))));
        let surveys = &self.seen.headings.surveys;
        let Some((kind, _)) = surveys.iter().find(|(_, words)| is_of(words)) else {
            self.plan
                .lacks
                .push("no column says what was asked for: kind = { constant = \"nps\" }, csat or care".to_owned());
            return;
        };
        let why = format!("“{}” is called like it; its scale must be that of {kind}", self.column(score).heading);
        self.push("kind", format!("{{ constant = \"{kind}\" }}"), Vec::new(), Some(why), false);
    }
}
