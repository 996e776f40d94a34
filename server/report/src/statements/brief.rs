//! What an edition has to say, for a reader: subject, preview, headline and list. All of them are the same statements,
//! so that nobody reads one thing in the inbox and another in the mail.

use super::evidence::Evidence;
use super::rank;
use super::say::{Said, say};
use super::statement::{Kind, Statement};
use super::verdict::Verdict;
use crate::format::Format;
use crate::known::reason;
use crate::numbers::Numbers;
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::definition::threshold::Status;
use pegel_text::words::capitalised;
use std::collections::BTreeMap;

/// As many characters of a subject as telephones show.
const SUBJECT: usize = 78;
/// So many statements at least stand beside the subject, where there are as many.
const PREVIEWED: usize = 3;

/// What an edition has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// `KW 47: Küste 68,8 % Feedbackquote (Grenze 75 %), Umsatz 21 % unter Ziel`: whole statements, as many as fit;
    /// the verdict where there are none.
    pub subject: String,
    /// For the line that mail programs show beside the subject: the headline, and the statements after it.
    pub preview: String,
    /// The statements of the subject as a headline.
    pub headline: String,
    /// How many thresholds are kept, how many broken, how many figures were not judged, and why.
    pub verdict: String,
    /// All of them, with what they rest on.
    pub statements: Vec<Line>,
    /// The breaches that may be chance, in one line; empty if there are none.
    pub chance: String,
    /// Up to when the data is complete; empty where nobody knows.
    pub data_up_to: String,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    /// Of the worst figure it is about.
    pub status: Status,
    /// Whose figures it is about.
    pub kpi: String,
    pub sentence: String,
    /// A line for each figure it names.
    pub evidence: Vec<Evidence>,
}

/// The brief of an edition.
pub fn brief(numbers: &Numbers, format: &Format) -> Brief {
    brief_of(&rank::statements(numbers), numbers, format)
}

/// The same, of its [statements](rank::statements).
pub(crate) fn brief_of(statements: &[Statement], numbers: &Numbers, format: &Format) -> Brief {
    let words = format.words();
    let verdict = verdict(numbers, format);
    let ranked = said(statements, numbers, format);
    let period = capitalised(&format.short_period(&numbers.period.name));
    // So that it cannot be taken for the first one.
    let corrected = |subject: String| match numbers.revision {
        0 => subject,
        _ => words.say("subject_corrected", [("subject", subject.into())]),
    };
    let subject_of = |statements: &[String]| {
        let statements = statements.join(&words.say("between_statements", []));
        corrected(words.say("subject", [("period", period.as_str().into()), ("statements", statements.into())]))
    };
    let short: Vec<String> = ranked.iter().map(|(_, said)| said.short.clone()).collect();
    let fits = |count: &usize| subject_of(&short[..*count]).chars().count() <= SUBJECT;
    let count = (1..=short.len()).take_while(fits).last().unwrap_or(1).min(short.len());
    let calm = || {
        let title = format.title(&numbers.title);
        let of = [
            ("title", title.into()),
            ("period", format.period_name(&numbers.period.name).into()),
            ("verdict", verdict.as_str().into()),
        ];
        words.say("subject_calm", of)
    };
    let first = |count: usize| match short.as_slice() {
        [] => sentences([&capitalised(&verdict)]),
        short => sentences(short.iter().take(count)),
    };
    Brief {
        subject: if short.is_empty() { corrected(calm()) } else { subject_of(&short[..count]) },
        preview: first(count.max(PREVIEWED)),
        headline: first(count),
        statements: ranked.into_iter().map(line).collect(),
        chance: chance(numbers, format),
        data_up_to: data_up_to(numbers, format),
        verdict,
    }
}

/// Statements with their words.
fn said<'a>(statements: &'a [Statement], numbers: &Numbers, format: &Format) -> Vec<(&'a Statement, Said)> {
    statements.iter().filter_map(|statement| Some((statement, say(statement, numbers, format)?))).collect()
}

fn line((statement, said): (&Statement, Said)) -> Line {
    let worst = statement.about.first();
    Line {
        kind: statement.kind,
        status: worst.map_or(Status::Unjudged, |finding| finding.status),
        kpi: worst.map(|finding| finding.kpi.clone()).unwrap_or_default(),
        sentence: said.sentence,
        evidence: said.evidence,
    }
}

/// Texts as sentences, one after the other.
fn sentences<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let sentence = |text: &String| format!("{}.", text.trim_end_matches('.'));
    texts.into_iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// `1 threshold broken, 9 may be chance, 52 kept, 3 not judged (too few rows: 3)`
fn verdict(numbers: &Numbers, format: &Format) -> String {
    let (verdict, words) = (Verdict::of(numbers), format.words());
    if verdict.all_kept() {
        return words.say("verdict_kept", []);
    }
    let ends = numbers.data_ends();
    let reasons = verdict.not_judged.iter().map(|(why, count)| {
        let why = reason(*why, ends, format);
        let of = [("label", why.as_str().into()), ("value", count.to_string().into())];
        // The only reason needs no count of its own.
        if verdict.not_judged.len() > 1 { words.say("labelled", of) } else { why }
    });
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    if verdict.none_judged() {
        let of = [("reasons", reasons.as_str().into())];
        return words.say(if reasons.is_empty() { "verdict_unjudged" } else { "verdict_none_judged" }, of);
    }
    let counted = |message: &str, count: usize| (count > 0).then(|| words.say(message, [("count", count.into())]));
    let not_judged: usize = verdict.not_judged.iter().map(|(_, count)| count).sum();
    let unjudged = || words.say("verdict_not_judged", [("count", not_judged.into()), ("reasons", reasons.into())]);
    let broken = if verdict.broken > 0 { "verdict_broken" } else { "verdict_none_broken" };
    let clauses = [
        Some(words.say(broken, [("count", verdict.broken.into())])),
        counted("verdict_chance", verdict.may_be_chance),
        counted("verdict_kept_of", verdict.kept),
        (not_judged > 0).then(unjudged),
    ];
    clauses.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn chance(numbers: &Numbers, format: &Format) -> String {
    let by_chance = rank::chance(numbers);
    if by_chance.is_empty() {
        return String::new();
    }
    let said: Vec<String> = said(&by_chance, numbers, format).into_iter().map(|(_, said)| said.sentence).collect();
    format.words().say("may_be_chance", [("statements", said.join(" · ").into())])
}

/// Up to when the data reaches, by table where they do not agree, and in which of them nothing happens any more; and
/// that groups are those of today, where they are.
fn data_up_to(numbers: &Numbers, format: &Format) -> String {
    let words = format.words();
    let mut by_instant: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (table, until) in numbers.data_up_to.iter().filter_map(|table| Some((table, table.complete_until?))) {
        by_instant.entry(until).or_default().push(format.table(&table.table));
    }
    let instants = || by_instant.iter().map(|(until, tables)| (format.instant(*until), tables.join(", ")));
    let of = |(instant, tables): (String, String)| {
        words.say("table_up_to", [("instant", instant.into()), ("tables", tables.into())])
    };
    let until = match by_instant.len() {
        0 => None,
        1 => instants().next().map(|(instant, _)| words.say("data_up_to", [("instant", instant.into())])),
        _ => {
            let tables = instants().map(of).collect::<Vec<_>>().join(&words.say("between_tables", []));
            Some(words.say("data_up_to_by_table", [("tables", tables.into())]))
        }
    };
    let quiet = numbers.data_up_to.iter().filter(|table| table.gap).filter_map(|table| {
        let of =
            [("table", format.table(&table.table).into()), ("instant", format.instant(table.newest_milestone?).into())];
        Some(words.say("quiet_table", of))
    });
    let empty: Vec<String> =
        numbers.data_up_to.iter().filter(|table| table.empty).map(|table| format.table(&table.table)).collect();
    let empty = (!empty.is_empty()).then(|| words.say("no_data_yet", [("tables", empty.join(", ").into())]));
    let today = (numbers.dimensions == Dimensions::Today).then(|| words.say("groups_as_today", []));
    until.into_iter().chain(quiet).chain(empty).chain(today).collect::<Vec<_>>().join(" · ")
}
