//! The results of tests as `JUnit` XML, which every CI server can show.
//!
//! There is no standard for it; this is the part that all tools agree on: suites, cases, failures, times in seconds.

use std::fmt::{self, Display, Write as _};
use std::time::Duration;

/// Everything that was run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub suites: Vec<Suite>,
}

/// The tests of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// The file, relative to `kpis/`.
    pub name: String,
    pub cases: Vec<Case>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    /// What servers group by: the KPI's id.
    pub class: String,
    pub took: Duration,
    /// What differed; may have several lines.
    pub failure: Option<String>,
}

impl Suite {
    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.failure.is_some()).count()
    }

    fn took(&self) -> Duration {
        self.cases.iter().map(|case| case.took).sum()
    }
}

impl Display for Report {
    /// Writes the whole document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tests: usize = self.suites.iter().map(|suite| suite.cases.len()).sum();
        let failures: usize = self.suites.iter().map(Suite::failures).sum();
        let took: Duration = self.suites.iter().map(Suite::took).sum();
        writeln!(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(
            f,
            "<testsuites name=\"pegel kpi test\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{}\">",
            Seconds(took)
        )?;
        self.suites.iter().try_for_each(|suite| write_suite(f, suite))?;
        writeln!(f, "</testsuites>")
    }
}

fn write_suite(f: &mut fmt::Formatter<'_>, suite: &Suite) -> fmt::Result {
    writeln!(
        f,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{}\">",
        Escaped(&suite.name),
        suite.cases.len(),
        suite.failures(),
        Seconds(suite.took())
    )?;
    suite.cases.iter().try_for_each(|case| write_case(f, case))?;
    writeln!(f, "  </testsuite>")
}

fn write_case(f: &mut fmt::Formatter<'_>, case: &Case) -> fmt::Result {
    let (name, class, took) = (Escaped(&case.name), Escaped(&case.class), Seconds(case.took));
    write!(f, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{took}\"")?;
    let Some(failure) = &case.failure else { return writeln!(f, "/>") };
    // Lists of tests show the message, so it is one line; a click on it opens the text.
    let first = failure.lines().next().unwrap_or_default();
    writeln!(f, ">")?;
    writeln!(f, "      <failure message=\"{}\" type=\"failure\">{}</failure>", Escaped(first), Escaped(failure))?;
    writeln!(f, "    </testcase>")
}

/// Seconds with milliseconds, whatever the locale.
struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0.as_secs(), self.0.subsec_millis())
    }
}

/// Text escaped for an attribute or for between tags.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&apos;"),
            // In attributes, parsers turn them into spaces; and everywhere they drop the first of \r\n.
            '\n' | '\r' | '\t' => write!(f, "&#{};", u32::from(character)),
            character if is_allowed(character) => f.write_char(character),
            // XML 1.0 does not allow these, not even as character references.
            _ => f.write_char(char::REPLACEMENT_CHARACTER),
        })
    }
}

/// Whether XML 1.0 allows the character; a document with any other is rejected as a whole.
fn is_allowed(character: char) -> bool {
    matches!(character, ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, milliseconds: u64, failure: Option<&str>) -> Case {
        Case {
            name: name.to_owned(),
            class: "feedback_rate".to_owned(),
            took: Duration::from_millis(milliseconds),
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn a_report_with_a_failure() {
        let cases = vec![
            case("15 of 20 answered", 4, None),
            case("by region, “R&D” < 'all'", 1_250, Some("Nord: expected 1, found 0.5\nOst: not expected at all")),
        ];
        let suite = Suite { name: "partner/feedback_rate.rhai".to_owned(), cases };
        let empty = Suite { name: "partner/a&b.rhai".to_owned(), cases: Vec::new() };
        let wanted = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pegel kpi test" tests="2" failures="1" errors="0" time="1.254">
  <testsuite name="partner/feedback_rate.rhai" tests="2" failures="1" errors="0" skipped="0" time="1.254">
    <testcase name="15 of 20 answered" classname="feedback_rate" time="0.004"/>
    <testcase name="by region, “R&amp;D” &lt; &apos;all&apos;" classname="feedback_rate" time="1.250">
      <failure message="Nord: expected 1, found 0.5" type="failure">Nord: expected 1, found 0.5&#10;Ost: not expected at all</failure>
    </testcase>
  </testsuite>
  <testsuite name="partner/a&amp;b.rhai" tests="0" failures="0" errors="0" skipped="0" time="0.000">
  </testsuite>
</testsuites>
"#;
        assert_eq!(Report { suites: vec![suite, empty] }.to_string(), wanted);
    }

    #[test]
    fn nothing_is_a_document_too() {
        let wanted = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pegel kpi test\" tests=\"0\" \
                      failures=\"0\" errors=\"0\" time=\"0.000\">\n</testsuites>\n";
        assert_eq!(Report::default().to_string(), wanted);
    }

    #[test]
    fn what_xml_cannot_say_is_replaced() {
        assert_eq!(Escaped("a\u{0}b\u{1b}[1m\u{FFFF}ä🦀").to_string(), "a\u{FFFD}b\u{FFFD}[1m\u{FFFD}ä🦀");
        assert_eq!(Escaped("]]>\r\n\t").to_string(), "]]&gt;&#13;&#10;&#9;");
    }
}
