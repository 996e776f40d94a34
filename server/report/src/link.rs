//! Where readers find things: addresses of pages, as paths of URLs.

use jiff::Timestamp;
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
    /// The instant at which they are seen, in UTC; now, if it is missing.
    #[serde(default, deserialize_with = "instant", skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Dimensions::are_then")]
    pub dimensions: Dimensions,
}

impl RowsOf {
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
            as_of: Some("2026-11-16T06:00:00Z".parse().unwrap()),
            dimensions: Dimensions::Today,
        };
        let address = rows("feedback_rate", &of);
        insta::assert_snapshot!(address, @"/kpis/feedback_rate/rows?period=2026-W46&by=region&group=K%C3%BCste+%26+Alpen&and=source&and_group=&words=M%C3%BCller&side=bad&edition=7&audience=2&as_of=2026-11-16T06%3A00%3A00Z&dimensions=today");
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(serde_urlencoded::from_str::<RowsOf>(query).unwrap(), of);
        assert_eq!(serde_urlencoded::from_str::<RowsOf>("").unwrap(), RowsOf::default());
    }
}
