//! Quotes that are left open, and those that are not: no row is swallowed, no row is refused that can be read.

use crate::common::{import_bytes, import_text, lines, told};
use pegel_import::{Mapping, Summary};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use std::fmt::Write as _;
use std::io::Write as _;

const PARTNERS: &str = r#"
[[tables]]
table = "partners"
key = "id"
[tables.columns]
name = "name"
region = "region"
"#;

/// A thousand partners, of whom some have another row than the usual `7,P7,North`.
fn thousand(instead: &[(usize, &str)]) -> String {
    let mut text = "id,name,region\n".to_owned();
    for row in 1..=1000 {
        match instead.iter().find(|(other, _)| *other == row) {
            Some((_, line)) => writeln!(text, "{line}").unwrap(),
            None => writeln!(text, "{row},P{row},North").unwrap(),
        }
    }
    text
}

fn rejected(summary: &Summary) -> Vec<String> {
    summary.rejected.iter().map(ToString::to_string).collect()
}

fn names(store: &Store) -> Vec<String> {
    lines(store, "partners", &["key", "name", "region"])
}

#[test]
fn two_stray_quotes_reject_two_rows_and_swallow_none() {
    on_both(|store| {
        let text = thousand(&[(100, "100,\"Zum Hirschen,North"), (900, "900,\"Adler,North")]);
        let summary = import_text(&store, PARTNERS, &text).unwrap();
        assert_eq!(summary.to_string(), "998 new, 0 changed, 0 unchanged, 2 rejected");
        assert_eq!(
            rejected(&summary),
            [
                "line 101: text after a closing quote in line 901: close the quote that is opened here, or double it if \
                 it belongs to the text",
                "line 901: a quote is opened here and never closed: close it, or double it if it belongs to the text",
            ]
        );
        assert_eq!(names(&store).len(), 998);
        // The rejected rows come out as they stand in the file.
        let mut file = Vec::new();
        summary.write_rejected(&mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        assert!(file.contains("\n100,\"\"\"Zum Hirschen\",North,101,,"), "{file}");
    });
}

#[test]
fn any_number_of_stray_quotes_rejects_their_rows_alone() {
    on_both(|store| {
        let rows =
            [(100, "100,\"A,North"), (400, "400,\"B,North"), (401, "401,\"C\" D,North"), (1000, "1000,\"E,North")];
        for count in 1..=rows.len() {
            let summary = import_text(&store, PARTNERS, &thousand(&rows[..count])).unwrap();
            assert_eq!(summary.rejected.len(), count, "{:?}", rejected(&summary));
            assert_eq!(summary.new + summary.unchanged, 1000 - count as u64);
        }
    });
}

#[test]
fn a_quote_opened_in_one_row_and_closed_far_below_swallows_no_rows() {
    on_both(|store| {
        // Good CSV as such: a name of 801 lines. But each of them is a row.
        let text = thousand(&[(100, "100,\"Zum Hirschen,North"), (900, "900,Adler\",North")]);
        let summary = import_text(&store, PARTNERS, &text).unwrap();
        assert_eq!(summary.to_string(), "999 new, 0 changed, 0 unchanged, 1 rejected");
        assert_eq!(
            rejected(&summary),
            ["line 101: a quote is opened here and closed in line 901, though each of these lines could be a row: \
                 close the quote, or double it if it belongs to the text"]
        );
    });
    on_both(|store| {
        let text = thousand(&[(100, "100,\"Zum Hirschen,North"), (900, "900,P900,North\"")]);
        let summary = import_text(&store, PARTNERS, &text).unwrap();
        assert_eq!(summary.to_string(), "999 new, 0 changed, 0 unchanged, 1 rejected");
    });
}

#[test]
fn stray_quotes_with_every_delimiter_and_line_end() {
    on_both(|store| {
        for (number, (name, delimiter)) in
            [(",", ','), (";", ';'), ("tab", '\t'), ("|", '|'), (" ", ' ')].iter().enumerate()
        {
            for (end, line_end) in ["\n", "\r\n", "\r"].iter().enumerate() {
                let id = |row: usize| format!("{number}{end}{row}");
                let rows = [
                    "id,name,region".to_owned(),
                    format!("{},\"A,N", id(1)),
                    format!("{},\"B,2\nC\",N", id(2)),
                    String::new(),
                    format!("{},\"D \"\"E\"\"\",N", id(3)),
                    format!("{},\"F\"G,N", id(4)),
                    format!("{},H,N", id(5)),
                ];
                let text = rows.join("\n").replace(',', &delimiter.to_string()).replace('\n', line_end);
                let mapping = format!("[source]\ndelimiter = \"{name}\"\n{PARTNERS}");
                let summary = import_text(&store, &mapping, &text).unwrap();
                let rejected: Vec<u64> = summary.rejected.iter().map(|row| row.at.line).collect();
                assert_eq!((summary.new, rejected), (3, vec![2, 7]), "{name:?} {line_end:?}");
            }
        }
    });
}

#[test]
fn quoted_cells_are_taken_as_they_are_meant() {
    on_both(|store| {
        let text = "id,name,region\n\
                    1,\"Hirsch, \"\"Zum\n\nHirsch\"\" GmbH\",\"North\"\n\
                    2,5\" pipe,6\"\n\
                    3,\"blank behind\" ,\"South\"\t\n\
                    4,\"\",\"\"\"\"\n\
                    \"5\",\"last\",\"row\"";
        let summary = import_text(&store, PARTNERS, text).unwrap();
        assert_eq!(summary.to_string(), "5 new, 0 changed, 0 unchanged, 0 rejected", "{:?}", rejected(&summary));
        assert_eq!(
            names(&store),
            [
                "1 | Hirsch, \"Zum Hirsch\" GmbH | North",
                "2 | 5\" pipe | 6\"",
                "3 | blank behind | South",
                "4 | – | \"",
                "5 | last | row",
            ]
        );
    });
}

#[test]
fn a_text_of_many_lines_with_delimiters_is_no_row() {
    on_both(|store| {
        let text =
            "id,name,region\n1,\"Hauptstr. 5, Hinterhaus\n10115 Berlin, Mitte\",North\n2,\"a\nb, c\nd\ne\",North\n";
        let summary = import_text(&store, PARTNERS, text).unwrap();
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected", "{:?}", rejected(&summary));
    });
}

#[test]
fn quotes_escaped_by_backslashes_reject_their_rows_with_a_hint() {
    on_both(|store| {
        let text = "\"id\",\"name\",\"region\"\n\"1\",\"Gasthof \\\"Zum Hirsch\\\" GmbH\",\"South\"\n\"2\",\"C:\\Data\\\",\"South\"\n";
        let summary = import_text(&store, PARTNERS, text).unwrap();
        assert_eq!(
            rejected(&summary),
            [
                "line 2: text after a closing quote: double the quotes that belong to the text, or write escape = \"\\\\\" \
              in [source] if the file puts a backslash before them"
            ]
        );
        assert_eq!(names(&store), ["2 | C:\\Data\\ | South"]);
    });
}

#[test]
fn a_mapping_may_say_that_quotes_are_escaped_by_backslashes() {
    let mapping = format!("[source]\nescape = '\\'\nmissing = ['\\N']\n{PARTNERS}");
    on_both(|store| {
        let text = "id,name,region\n1,\"Gasthof \\\"Zum Hirsch\\\" GmbH\",South\n2,\"Möbel \\\"Müller, Söhne\\\"\",South\n\
                    3,\"C:\\\\Data\\\\\",North\n4,\\N,North\n5,\"a \"\"b\"\" \\c\",North\n";
        let summary = import_text(&store, &mapping, text).unwrap();
        assert!(summary.rejected.is_empty(), "{:?}", rejected(&summary));
        assert_eq!(
            names(&store),
            [
                "1 | Gasthof \"Zum Hirsch\" GmbH | South",
                "2 | Möbel \"Müller, Söhne\" | South",
                "3 | C:\\Data\\ | North",
                "4 | – | North",
                "5 | a \"b\" \\c | North",
            ]
        );
    });
    let wrong = mapping.replace("escape = '\\'", "escape = '/'");
    let error = Mapping::parse(&wrong, "test", &Model::built_in()).unwrap_err().to_string();
    assert!(error.starts_with("test.toml:2: “/” does not stand before quotes"), "{error}");
}

#[test]
fn a_header_with_text_after_a_closing_quote_is_no_header() {
    on_both(|store| {
        for (text, expected) in [
            (
                "id,\"na\"me,region\n1,A,North\n",
                "data.csv:1: the header cannot be read: text after a closing quote: double",
            ),
            (
                "\nid,\"name,region\n1,A,North\n",
                "data.csv:2: the header cannot be read: a quote is opened here and never",
            ),
        ] {
            let error = import_text(&store, PARTNERS, text).unwrap_err();
            assert!(error.to_string().starts_with(expected) && error.is_usage(), "{error}");
        }
        assert!(names(&store).is_empty());
    });
}

#[test]
fn stray_quotes_in_a_packed_file_of_another_encoding() {
    on_both(|store| {
        let mapping =
            Mapping::parse(&format!("[source]\nencoding = \"windows-1252\"\n{PARTNERS}"), "test", &Model::built_in())
                .unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(
            b"id,name,region\r\n1,\"L\xf6wen,North\r\n2,B\xe4r,North\r\n3,\"Adler,North\r\n4,Ochs,North\r\n",
        )
        .unwrap();
        let summary = import_bytes(&store, &mapping, &gzip.finish().unwrap()).unwrap();
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 2 rejected");
        assert_eq!(names(&store), ["2 | Bär | North", "4 | Ochs | North"]);
    });
}

#[test]
fn a_row_of_two_lines_that_could_be_two_is_noted() {
    on_both(|store| {
        let text = "id,name,region\n1,A,North\n2,\"P2,North\n3,P3\",South\n";
        let note =
            "1 row takes two lines, each of which could be a row: is a quote left open in the first?; first in line 3";
        assert!(told(&import_text(&store, PARTNERS, text).unwrap()).contains(&note.to_owned()));
        let address = "id,name,region\n1,A,North\n2,\"P2\nMain Street\",South\n";
        assert!(!told(&import_text(&store, PARTNERS, address).unwrap()).iter().any(|note| note.contains("two lines")));
    });
}

#[test]
fn a_row_of_nothing_but_quotes_is_no_empty_line() {
    on_both(|store| {
        let summary = import_text(&store, PARTNERS, "id,name,region\n\"\"\"\"\n\"\",\"\",\n\"\"\"\",A,N\n").unwrap();
        assert_eq!(rejected(&summary), ["line 2: the row has 1 cells where the header has 3"]);
        assert_eq!(names(&store), ["\" | A | N"]);
    });
}

#[test]
fn a_footer_in_quotes_is_still_known() {
    on_both(|store| {
        let mapping = format!("[source]\nstop_at = [\"Confidential*\"]\n{PARTNERS}");
        let text = "id,name,region\n1,A,North\n\"Confidential\" as of today\n\"2,B,North\n";
        let summary = import_text(&store, &mapping, text).unwrap();
        assert_eq!(summary.to_string(), "1 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(summary.skipped.len(), 2);
    });
}
