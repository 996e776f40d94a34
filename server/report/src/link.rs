//! Where readers find things: addresses of pages, as paths of URLs.

use crate::numbers::{Group, Numbers};
use jiff::Timestamp;
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::engine::behind::listing::Side;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// The page of an edition, whatever its id.
pub fn edition(report: &str, period: &str, revision: i32) -> String {
    format!("/reports/{report}/{period}/{revision}")
}

/// The same, as the readers of that number get it; as those of the report itself, if it is missing.
pub fn edition_for(report: &str, period: &str, revision: i32, audience: Option<usize>) -> String {
    let page = edition(report, period, revision);
    audience.map_or_else(|| page.clone(), |audience| format!("{page}?audience={audience}"))
}

/// What writes a mail to an address.
pub fn mail_to(address: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'@').remove(b'+');
    format!("mailto:{}", utf8_percent_encode(address, PLAIN))
}

/// The page of a KPI.
pub fn kpi(kpi: &str, of: &KpiOf) -> String {
    format!("/kpis/{kpi}?{}", query(of))
}

/// The page of the rows behind a figure of an edition, whatever its id.
pub fn rows_of_edition(edition: &str, kpi: &str, of: &RowsOf) -> String {
    format!("{edition}/rows/{kpi}?{}", of.query())
}

/// The page of rows behind a figure of a KPI: in its edition, or the KPI's own where it is of none.
pub fn rows_of(numbers: &Numbers, kpi: &str, of: &RowsOf) -> String {
    let Numbers { report, period, revision, .. } = numbers;
    match report.as_str() {
        "" => rows(kpi, of),
        report => rows_of_edition(&edition(report, &period.name, *revision), kpi, of),
    }
}

/// The figures of a KPI in an edition.
#[derive(Debug, Clone, Copy)]
pub struct FiguresOf<'a> {
    pub numbers: &'a Numbers,
    /// The section in which it stands, from 0 on.
    pub section: usize,
    pub kpi: &'a str,
}

impl FiguresOf<'_> {
    /// The page of the rows behind one of them: behind the total, or that of one or two groups, each with its dimension.
    /// `None` where there are no rows, or a group has no name any more.
    pub fn rows(&self, cell: &Cell, groups: &[(&str, &Group)]) -> Option<String> {
        let of = RowsOf::of_figure(self, groups).filter(|_| rests_on_rows(cell))?;
        Some(self.page(&of))
    }

    /// The page of some of their rows.
    pub fn page(&self, of: &RowsOf) -> String {
        rows_of(self.numbers, self.kpi, of)
    }
}

/// Whether there are rows to show: a figure of none is no way to anything, and too few can be looked at.
fn rests_on_rows(cell: &Cell) -> bool {
    matches!(cell.outcome, Outcome::Value { .. } | Outcome::TooFew) && cell.sample != Some(0)
}

/// What a group is called in an address; `None` where its name was erased.
fn name_of(group: &Group) -> Option<String> {
    match group {
        Group::Missing { .. } => Some(String::new()),
        // Empty are those that lack the dimension.
        named => named.label().filter(|label| !label.is_empty()).map(str::to_owned),
    }
}

/// The page of the rows behind a figure of a KPI.
pub fn rows(kpi: &str, of: &RowsOf) -> String {
    format!("/kpis/{kpi}/rows?{}", of.query())
}

/// The file with these rows, of that kind: `csv` or `xlsx`.
pub fn rows_file(kpi: &str, kind: &str, of: &RowsOf) -> String {
    format!("/kpis/{kpi}/rows.{kind}?{}", of.query())
}

/// A page to go to, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// As a path of a URL.
    pub path: String,
    /// `Show 20 leads`
    pub text: String,
}

/// What the page of a KPI shows: the query of its address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KpiOf {
    /// As commands take it, such as `2026-W46`; the last week, if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The dimension by which it is broken down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub and: Option<String>,
}

/// Which rows behind a figure of a KPI are asked for: the query of the address of their page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowsOf {
    /// As commands take it, such as `2026-W46`; the last week, if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The dimension of the group, such as `region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Its display name, empty for the rows that lack the dimension; of the total there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The same of a second dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub and: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub and_group: Option<String>,
    /// Words that are all in one of them, in whatever column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// All of them, if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// The number of the edition whose figure it is: rows are seen as they were then, in its scope and its zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<i64>,
    /// For which of its audiences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<usize>,
    /// Which of its sections the figure stands in, from 1 on: the first that shows the KPI, if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<usize>,
    /// The instant at which they are seen, in UTC; now, if it is missing.
    #[serde(default, deserialize_with = "instant", skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Dimensions::are_then")]
    pub dimensions: Dimensions,
}

impl RowsOf {
    /// Those behind a figure of an edition, in its period: of the total, or of one or two groups, each with its dimension.
    /// `None` where a group has no name any more.
    pub fn of_figure(figures: &FiguresOf, groups: &[(&str, &Group)]) -> Option<RowsOf> {
        let FiguresOf { numbers, section, kpi } = *figures;
        let named = groups.iter().map(|(dimension, group)| Some(((*dimension).to_owned(), name_of(group)?)));
        let mut named = named.collect::<Option<Vec<_>>>()?.into_iter();
        let ((by, group), (and, and_group)) = (named.next().unzip(), named.next().unzip());
        Some(RowsOf {
            period: Some(numbers.period.name.clone()),
            by,
            group,
            and,
            and_group,
            audience: numbers.audience,
            section: numbers.section_to_name(section, kpi),
            ..RowsOf::default()
        })
    }

    /// The query of an address.
    pub fn query(&self) -> String {
        query(self)
    }
}

fn query(of: &impl Serialize) -> String {
    serde_urlencoded::to_string(of).expect("texts can stand in a query")
}

fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = |_| D::Error::custom(format!("“{text}” is not an instant: write one such as 2026-11-16T06:00:00Z"));
    text.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_rows_are_meant_and_is_read_back() {
        let of = RowsOf {
            period: Some("2026-W46".into()),
            by: Some("region".into()),
            group: Some("Küste & Alpen".into()),
            and: Some("source".into()),
            and_group: Some(String::new()),
            words: Some("Müller".into()),
            side: Some(Side::Bad),
            edition: Some(7),
            audience: Some(2),
            section: Some(3),
            as_of: Some("2026-11-16T06:00:00Z".parse().unwrap()),
            dimensions: Dimensions::Today,
        };
        let address = rows("feedback_rate", &of);
        insta::assert_snapshot!(address, @"/kpis/feedback_rate/rows?period=2026-W46&by=region&group=K%C3%BCste+%26+Alpen&and=source&and_group=&words=M%C3%BCller&side=bad&edition=7&audience=2&section=3&as_of=2026-11-16T06%3A00%3A00Z&dimensions=today");
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(serde_urlencoded::from_str::<RowsOf>(query).unwrap(), of);
        assert_eq!(serde_urlencoded::from_str::<RowsOf>("").unwrap(), RowsOf::default());
    }
}
