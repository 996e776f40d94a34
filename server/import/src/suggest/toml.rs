//! A suggestion as the text of a mapping.

use super::feeds::Feeds;
use super::suggestion::{Section, Setting, Suggestion};
use super::trial::Trial;
use pegel_text::clean::one_line;
use std::fmt::Write;

/// How long lines of comments are.
const WIDTH: usize = 110;
/// So many headings are named that nothing is made of.
const NAMED: usize = 60;

impl Suggestion {
    /// The mapping, with the reasons as comments.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let rows = if self.whole { format!("all {} rows", self.rows) } else { format!("the first {} rows", self.rows) };
        let product = self.product.as_ref().map(|product| format!(", an export of {product}")).unwrap_or_default();
        let head = format!(
            "Suggested for {}{product}, from {rows}. Lines below “check” are guesses: look at them before you import. All \
             that a mapping can say: `pegel docs mapping`.",
            one_line(&self.file)
        );
        comment(&mut text, "", &head);
        text.push('\n');
        self.top.iter().for_each(|setting| setting_with_reason(&mut text, setting));
        text.push_str("\n[source]\n");
        self.source.iter().for_each(|setting| setting_with_reason(&mut text, setting));
        self.sections.iter().for_each(|section| self::section(&mut text, section));
        attributes(&mut text, &self.unused);
        trial(&mut text, &self.trial);
        feeds(&mut text, &self.feeds);
        text
    }
}

/// A text as TOML has it, fit for a key as well.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if c.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Several of them.
pub(super) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|text| self::quoted(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A rule with one more setting, where it may be the name of a column alone.
pub(super) fn with(rule: &str, setting: &str) -> String {
    match rule.strip_suffix(" }").filter(|rule| rule.starts_with('{')) {
        Some(rule) => format!("{rule}, {setting} }}"),
        None => format!("{{ from = {rule}, {setting} }}"),
    }
}

/// Comment lines of a sentence; `before` stands before each.
fn comment(text: &mut String, before: &str, sentence: &str) {
    let sentence = one_line(sentence);
    let mut line = format!("# {before}");
    let empty = line.chars().count();
    for word in sentence.split(' ') {
        let length = line.chars().count();
        if length > empty && length + 1 + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = format!("# {before}");
        }
        if line.chars().count() > empty {
            line.push(' ');
        }
        line.push_str(word);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn setting_with_reason(text: &mut String, Setting { key, value, why, is_sure }: &Setting) {
    if !is_sure {
        comment(text, "", &format!("check: {why}"));
    } else if let Some(first) = why.chars().next() {
        comment(text, "", &format!("{}{}", first.to_uppercase(), &why[first.len_utf8()..]));
    }
    if !value.is_empty() {
        _ = writeln!(text, "{key} = {value}");
    }
}

fn section(text: &mut String, Section { table, why, key, when, columns, attributes, lacks }: &Section) {
    text.push('\n');
    comment(text, "", why);
    _ = writeln!(text, "[[tables]]\ntable = {}", quoted(table));
    setting_with_reason(text, key);
    if let Some(when) = when {
        setting_with_reason(text, when);
    }
    if !columns.is_empty() {
        text.push_str("\n[tables.columns]\n");
        for setting in columns {
            setting_with_reason(text, setting);
        }
    }
    if !attributes.is_empty() {
        text.push_str("\n[tables.attributes]\n");
        for setting in attributes {
            setting_with_reason(text, setting);
        }
    }
    for lack in lacks {
        comment(text, "", &format!("check: {lack}"));
    }
}

fn attributes(text: &mut String, unused: &[String]) {
    if unused.is_empty() {
        return;
    }
    text.push('\n');
    comment(
        text,
        "",
        "Nothing is made of these columns. What scripts are to read, and what no table has, is an attribute:",
    );
    text.push_str("# [tables.attributes]\n");
    for heading in unused.iter().take(NAMED) {
        let name = super::headings::plain(heading).replace(' ', "_");
        let name = if name.is_ascii() && !name.is_empty() { name } else { quoted(&name) };
        _ = writeln!(text, "# {name} = {}", quoted(heading));
    }
    if let Some(more) = unused.len().checked_sub(NAMED).filter(|more| *more > 0) {
        comment(text, "", &format!("… and {more} more"));
    }
}

fn trial(text: &mut String, trial: &Trial) {
    text.push('\n');
    let Trial { rows, rejected, reasons, first, latest: _ } = trial;
    if *rejected == 0 {
        comment(text, "", &format!("Read by this mapping, none of {rows} rows is rejected. The first of them:"));
    } else {
        comment(text, "", &format!("check: read by this mapping, {rejected} of {rows} rows are rejected:"));
        for reason in reasons {
            comment(text, "  ", reason);
        }
        comment(text, "", "The first of the others:");
    }
    for row in first {
        comment(text, "  ", row);
    }
}

fn feeds(text: &mut String, feeds: &Feeds) {
    text.push('\n');
    if feeds.fed.is_empty() {
        comment(text, "", "No KPI has all that it reads.");
    } else {
        comment(text, "", &format!("KPIs that get figures: {}.", feeds.fed.join(", ")));
    }
    if !feeds.more.is_empty() {
        comment(text, "", "Columns that would feed more:");
        for (columns, kpis) in &feeds.more {
            comment(text, "  ", &format!("{}: {}", columns.join(" and "), kpis.join(", ")));
        }
    }
}
