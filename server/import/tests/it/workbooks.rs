//! Workbooks: sheets found, cells read by their type, rows named by their number.

use crate::binary_workbook::binary_workbook;
use crate::common::{fixture, import_bytes, import_text, lines};
use pegel_import::{ImportError, Mapping, Summary};
use pegel_kpi::data::model::Model;
use pegel_store::Store;
use pegel_store::testing::on_both;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const LEADS: &str = r#"
[source]
zone = "UTC"
decimal = "comma"
dates = ["%d.%m.%Y"]

[[tables]]
table = "leads"
key = "Lead"
[tables.columns]
source = "Source"
created_at = "Created"
amount = "Amount"
"#;

fn read(store: &Store, mapping: &str, workbook: &[u8]) -> Result<Summary, ImportError> {
    import_bytes(store, &Mapping::parse(mapping, "test", &Model::built_in()).unwrap(), workbook)
}

fn saved(sheets: Vec<Worksheet>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer().unwrap()
}

/// A sheet with a header in this row, counted from 0.
fn sheet(name: &str, header: u32) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.set_name(name).unwrap();
    for (column, title) in (0..).zip(["Lead", "Source", "Created", "Amount"]) {
        sheet.write(header, column, title).unwrap();
    }
    sheet
}

fn filled(mut sheet: Worksheet, row: u32, key: &str) -> Worksheet {
    sheet.write(row, 0, key).unwrap();
    sheet
}

#[test]
fn cells_are_read_by_their_type() {
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let time = Format::new().set_num_format("dd.mm.yyyy hh:mm");
    let mut sheet = sheet("Leads", 0);
    sheet.write(1, 0, "L1").unwrap();
    sheet.write(1, 1, true).unwrap();
    sheet.write_with_format(1, 2, ExcelDateTime::from_ymd(2026, 3, 5).unwrap(), &day).unwrap();
    sheet.write(1, 3, 1234.5).unwrap();
    sheet.write(2, 0, 4711).unwrap();
    sheet.write(2, 1, "Fair, \"north\"\nhall").unwrap();
    let instant = ExcelDateTime::from_ymd(2026, 3, 5).unwrap().and_hms(14, 15, 33).unwrap();
    sheet.write_with_format(2, 2, &instant, &time).unwrap();
    sheet.write(2, 3, 0.1 + 0.2).unwrap();
    // As texts, they are written as the mapping says.
    sheet.write(4, 0, "L3").unwrap();
    sheet.write(4, 2, "06.03.2026").unwrap();
    sheet.write(4, 3, "1.234,50 €").unwrap();
    let workbook = saved(vec![sheet]);
    on_both(|store| {
        let summary = read(&store, LEADS, &workbook).unwrap();
        assert_eq!(summary.to_string(), "3 new, 0 changed, 0 unchanged, 0 rejected");
        assert_eq!(
            lines(&store, "leads", &["key", "source", "created_at", "amount"]),
            [
                "4711 | Fair, \"north\" hall | 2026-03-05T14:15:33Z | 30",
                "L1 | TRUE | 2026-03-05T00:00:00Z | 123450",
                "L3 | – | 2026-03-06T00:00:00Z | 123450",
            ]
        );
    });
}

#[test]
fn a_formula_without_a_result_is_said_where_it_is_needed() {
    let mut sheet = sheet("Leads", 0);
    for (row, (key, result)) in (1..).zip([("L1", "#N/A"), ("L2", "#DIV/0!"), ("L3", "5")]) {
        sheet.write(row, 0, key).unwrap();
        sheet.write_formula(row, 3, Formula::new("=A1/0").set_result(result)).unwrap();
        sheet.write_formula(row, 4, Formula::new("=A1/0").set_result("#REF!")).unwrap();
    }
    sheet.write(0, 4, "Not used").unwrap();
    let workbook = saved(vec![sheet]);
    on_both(|store| {
        let summary = read(&store, LEADS, &workbook).unwrap();
        assert_eq!(
            summary.rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["line 3: the formula of “Amount” has no result but the error #DIV/0!: mend it in the sheet"]
        );
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L1 | –", "L3 | 500"]);
        // A mapping may know what it means.
        let missing = LEADS.replace("zone =", "missing = [\"#DIV/0!\"]\nzone =");
        assert!(read(&store, &missing, &workbook).unwrap().rejected.is_empty());
    });
}

/// Programs that write workbooks calculate nothing.
#[test]
fn a_formula_that_was_never_calculated_is_said_where_it_is_needed() {
    let mut sheet = sheet("Leads", 0);
    for (row, key) in (1..).zip(["L1", "L2", "L3"]) {
        sheet.write(row, 0, key).unwrap();
        sheet.write_formula(row, 3, Formula::new("=2*50").set_result(if key == "L2" { "8" } else { "77" })).unwrap();
        sheet.write_formula(row, 4, Formula::new("=2*50").set_result("77")).unwrap();
    }
    sheet.write(0, 4, "Not used").unwrap();
    let workbook = saved(vec![sheet]);
    let without =
        |empty: &str| with_file(&workbook, "xl/worksheets/sheet1.xml", |text| text.replace("<v>77</v>", empty));
    let formula = "<table:table-cell table:formula=\"of:=2*50\"/>";
    let valued = formula.replace("/>", " office:value-type=\"float\" office:value=\"8\"/>");
    let lead =
        |key, amount: &str| row(&[&texts(&[key]), "<table:table-cell/>", "<table:table-cell/>", amount].concat());
    let header = row(&texts(&["Lead", "Source", "Created", "Amount"]));
    let open = [header, lead("L1", formula), lead("L2", &valued), lead("L3", formula)].concat();
    let old = std::fs::read(fixture("never_calculated.xls")).unwrap();
    let of_old = LEADS.replace("source = \"Source\"\n", "");
    on_both(|store| {
        let refused = |mapping: &str, workbook: &[u8]| {
            let rejected = read(&store, mapping, workbook).unwrap().rejected;
            rejected.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let reason = |line: u64| {
            let advice = "open the workbook in a spreadsheet program and save it";
            format!("line {line}: “Amount” is a formula without a value: {advice}")
        };
        for workbook in [without(""), without("<v></v>"), without("<v/>"), open_document(&open)] {
            assert_eq!(refused(LEADS, &workbook), [reason(2), reason(4)]);
        }
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L2 | 800"]);
        assert_eq!(refused(&of_old, &old), [reason(2)]);
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L2 | 700"]);
    });
}

#[test]
fn the_sheet_whose_header_fits_is_found_with_lines_above_it() {
    let mut notes = Worksheet::new();
    notes.set_name("Notes").unwrap().write(0, 0, "Exported on Monday").unwrap();
    let mut leads = sheet("Leads", 3);
    leads.write(0, 0, "Leads of March").unwrap();
    let workbook = saved(vec![notes, filled(filled(leads, 4, "L1"), 6, "L2")]);
    on_both(|store| {
        let summary = read(&store, LEADS, &workbook).unwrap();
        assert_eq!(
            summary.notes(),
            [
                "leads: 2 rows have no created_at: what counts by it leaves them out; first in line 5, line 7",
                "1 line is no data and skipped: line 1 (“Leads of March”)",
            ]
        );
        assert_eq!(lines(&store, "leads", &["key"]), ["L1", "L2"]);
        // Rows are named by their numbers, empty ones counted.
        let key_alone = LEADS.replace("key = \"Lead\"", "key = \"Source\"");
        let rejected = read(&store, &key_alone, &workbook).unwrap().rejected;
        assert_eq!(rejected.iter().map(|row| row.at.line).collect::<Vec<_>>(), [5, 7]);
    });
}

#[test]
fn a_sheet_is_named_where_several_would_do() {
    let workbook = saved(vec![filled(sheet("March", 0), 1, "L1"), filled(sheet("April", 0), 1, "L2")]);
    let of = |name: &str| LEADS.replace("[source]", &format!("[source]\nsheet = \"{name}\""));
    on_both(|store| {
        assert_eq!(
            read(&store, LEADS, &workbook).unwrap_err().to_string(),
            "data.csv has the columns in several sheets: “March”, “April”; name one in the mapping, such as sheet = \
             \"March\""
        );
        assert_eq!(
            read(&store, &of("Aprl"), &workbook).unwrap_err().to_string(),
            "data.csv has no sheet “Aprl” (did you mean “April”?); its sheets are “March”, “April”"
        );
        read(&store, &of("April"), &workbook).unwrap();
        assert_eq!(lines(&store, "leads", &["key"]), ["L2"]);
        let error = read(&store, &of("April").replace("\"Created\"", "\"Created on\""), &workbook).unwrap_err();
        let expected = "data.csv has no column “Created on” (did you mean “Created”?); its columns are “Lead”";
        assert!(error.to_string().starts_with(expected), "{error}");
    });
}

#[test]
fn days_count_from_the_epoch_of_the_workbook() {
    let mut sheet = sheet("Leads", 0);
    sheet.write(1, 0, "L1").unwrap();
    // On a Mac, days were counted from 1904: 44,624 of them later it is the same day.
    sheet.write_with_format(1, 2, 44_624, &Format::new().set_num_format("dd.mm.yyyy")).unwrap();
    let workbook = saved(vec![sheet]);
    let on_a_mac =
        with_file(&workbook, "xl/workbook.xml", |text| text.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    on_both(|store| {
        read(&store, LEADS, &workbook).unwrap();
        assert_eq!(lines(&store, "leads", &["created_at"]), ["2022-03-04T00:00:00Z"]);
        read(&store, LEADS, &on_a_mac).unwrap();
        assert_eq!(lines(&store, "leads", &["created_at"]), ["2026-03-05T00:00:00Z"]);
    });
}

/// The archive with one of its files changed.
fn with_file(archive: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let text = std::io::read_to_string(&mut entry).unwrap();
        changed.start_file(entry.name().unwrap(), SimpleFileOptions::default()).unwrap();
        let text = if entry.name().unwrap() == name { change(&text) } else { text };
        changed.write_all(text.as_bytes()).unwrap();
    }
    changed.finish().unwrap().into_inner()
}

#[test]
fn an_old_workbook() {
    let workbook = std::fs::read(fixture("workbook.xls")).unwrap();
    let mapping = LEADS.replace("source = \"Source\"\n", "");
    on_both(|store| {
        let summary = read(&store, &mapping, &workbook).unwrap();
        assert_eq!(summary.notes(), ["1 line is no data and skipped: line 1 (“Leads of March”)",]);
        assert_eq!(
            lines(&store, "leads", &["key", "created_at", "amount"]),
            ["4711 | 2026-03-03T00:00:00Z | 30", "L1 | 2026-03-02T08:15:00Z | 123450"]
        );
    });
}

/// A spreadsheet in the format of free office suites, made of rows of cells.
fn open_document(rows: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    file("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    file(
        "META-INF/manifest.xml",
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
    );
    file(
        "content.xml",
        &format!(
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
             <table:table table:name=\"Leads\">{rows}</table:table></office:spreadsheet></office:body>\
             </office:document-content>"
        ),
    );
    archive.finish().unwrap().into_inner()
}

/// Cells of such a spreadsheet.
fn texts(texts: &[&str]) -> String {
    let cell =
        |text| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    texts.iter().map(cell).collect()
}

fn row(cells: &str) -> String {
    format!("<table:table-row>{cells}</table:table-row>")
}

#[test]
fn an_open_document_spreadsheet() {
    let header = row(&texts(&["Lead", "Source", "Created", "Amount"]));
    let typed = [
        &texts(&["L1"]),
        "<table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>",
        "<table:table-cell office:value-type=\"date\" office:date-value=\"2026-03-05T14:15:33\"/>",
        "<table:table-cell office:value-type=\"currency\" office:value=\"1234.5\"/>",
    ];
    let typed = row(&typed.concat());
    let workbook = open_document(&format!("{header}{typed}"));
    on_both(|store| {
        read(&store, LEADS, &workbook).unwrap();
        assert_eq!(
            lines(&store, "leads", &["key", "source", "created_at", "amount"]),
            ["L1 | TRUE | 2026-03-05T14:15:33Z | 123450"]
        );
    });
}

#[test]
fn an_amount_of_an_open_document_spreadsheet_is_in_the_currency_of_its_cell() {
    let amount = |lead: &str, currency: &str| {
        let cell = format!(
            "<table:table-cell office:value-type=\"currency\" office:currency=\"{currency}\" office:value=\"1234.5\"/>"
        );
        [&*texts(&[lead, "Fair", "2026-03-05"]), &cell].concat()
    };
    let repeated =
        format!("<table:table-row table:number-rows-repeated=\"2\">{}</table:table-row>", amount("L2", "USD"));
    let header = row(&texts(&["Lead", "Source", "Created", "Amount"]));
    let workbook = open_document(&[header, row(&amount("L1", "EUR")), repeated, row(&amount("L3", "EUR"))].concat());
    on_both(|store| {
        let summary = read(&store, LEADS, &workbook).unwrap();
        let rejected: Vec<u64> = summary.rejected.iter().map(|row| row.at.line).collect();
        assert_eq!(rejected, [3, 4]);
        assert!(summary.rejected[0].to_string().contains("“1234,5 USD” is in USD"), "{}", summary.rejected[0]);
        assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L1 | 123450", "L3 | 123450"]);
    });
}

#[test]
fn an_open_document_spreadsheet_that_repeats_more_than_there_is_room_for_is_an_error() {
    let cell = |repeated: u32, text: &str| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{repeated}\" office:value-type=\"string\">\
             <text:p>{text}</text:p></table:table-cell>"
        )
    };
    let rows = |repeated: u32, cells: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{repeated}\">{cells}</table:table-row>")
    };
    let (header, lead) =
        (row(&texts(&["Lead", "Source", "Created", "Amount"])), texts(&["L1", "Fair", "2026-03-05", "5"]));
    let blanks = cell(1, "<text:s text:c=\"1000000000\"/>");
    let empty = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    let long = cell(1000, &"x".repeat(1000));
    on_both(|store| {
        for (more, expected) in [
            (rows(1_000_000_000, &lead), "its sheets hold 4000000004 cells, more than 4194304 that are read"),
            (rows(3000, &cell(16384, "x")), "its sheets hold 49168384 cells"),
            (rows(1, &cell(16384, "x")).repeat(1500), "its sheets hold 24592384 cells"),
            (rows(500, &long), "bytes of text, more than 268435456 that are read"),
            (rows(1, &blanks), "bytes of text"),
        ] {
            let error = read(&store, LEADS, &open_document(&[header.as_str(), &more].concat())).unwrap_err();
            assert!(error.to_string().contains(expected) && error.is_usage(), "{error}");
        }
        // What is empty to the end of the sheet takes no room.
        let sheet = [header.clone(), rows(3, &[&lead, empty].concat()), rows(1_048_572, empty)].concat();
        assert_eq!(
            read(&store, LEADS, &open_document(&sheet)).unwrap().to_string(),
            "1 new, 0 changed, 2 unchanged, 0 rejected"
        );
    });
}

#[test]
fn rejected_rows_of_a_workbook_come_back_as_csv() {
    let mut sheet = filled(sheet("Leads", 2), 3, "L1");
    let day = Format::new().set_num_format("dd.mm.yyyy");
    sheet.write_with_format(3, 2, ExcelDateTime::from_ymd(2026, 3, 5).unwrap(), &day).unwrap();
    sheet.write(3, 3, "much").unwrap();
    let workbook = saved(vec![sheet]);
    let mapping = LEADS.replace("[source]", "[source]\nskip_lines = 2");
    on_both(|store| {
        let summary = read(&store, &mapping, &workbook).unwrap();
        let mut rejected = Vec::new();
        summary.write_rejected(&mut rejected).unwrap();
        let corrected = String::from_utf8(rejected).unwrap().replace(",much,", ",\"5,00\",");
        assert_eq!(import_text(&store, &mapping, &corrected).unwrap().new, 1, "{corrected}");
        assert_eq!(lines(&store, "leads", &["key", "created_at", "amount"]), ["L1 | 2026-03-05T00:00:00Z | 500"]);
    });
}

#[test]
fn a_damaged_workbook_is_an_error() {
    let workbook = saved(vec![sheet("Leads", 0)]);
    // An old workbook whose last number lies in the last row and column there are.
    let mut far_cell = std::fs::read(fixture("workbook.xls")).unwrap();
    let numbers = far_cell.windows(4).enumerate().filter(|(_, record)| matches!(record, [0x03, 0x02, 14, 0]));
    let last = numbers.map(|(at, _)| at).next_back().unwrap();
    far_cell[last + 4..last + 8].copy_from_slice(&[0xff, 0xff, 0xff, 0]);
    let without_cells = with_file(&workbook, "xl/worksheets/sheet1.xml", |text| text[..text.len() / 2].to_owned());
    on_both(|store| {
        for (bytes, expected) in [
            (&workbook[..workbook.len() / 2], "data.csv cannot be imported: the ZIP archive or workbook is damaged: "),
            (&without_cells[..], "data.csv cannot be imported: the workbook cannot be read ("),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "data.csv cannot be imported: the old workbook is damaged: "),
            (&far_cell[..], "data.csv cannot be imported: its sheets span 16777"),
        ] {
            let error = read(&store, LEADS, bytes).unwrap_err();
            assert!(error.to_string().starts_with(expected) && error.is_usage(), "{error}");
        }
    });
}

#[test]
fn a_binary_workbook_is_read_like_any_other() {
    on_both(|store| {
        let summary = read(&store, LEADS, &binary_workbook()).unwrap();
        assert_eq!(summary.to_string(), "2 new, 0 changed, 0 unchanged, 0 rejected");
        let leads = lines(&store, "leads", &["key", "source", "created_at", "amount"]);
        assert_eq!(leads, ["4711 | TRUE | – | 123450", "L1 | Fair | 2026-03-05T00:00:00Z | –"]);
    });
}

#[test]
fn a_number_with_more_digits_than_a_workbook_keeps_is_no_key() {
    on_both(|store| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, ["id"]).unwrap();
        sheet.write(1, 0, 123_456_789_012_345_678.0).unwrap();
        sheet.write(2, 0, 123_456_789_012_345.0).unwrap();
        sheet.write(3, 0, "123456789012345678").unwrap();
        let mapping = "[[tables]]\ntable = \"leads\"\nkey = \"id\"\n";
        let summary = read(&store, mapping, &workbook.save_to_buffer().unwrap()).unwrap();
        assert_eq!(lines(&store, "leads", &["key"]), ["123456789012345", "123456789012345678"]);
        assert_eq!(
            summary.rejected[0].to_string(),
            "line 2, column id: “1.23456789012346E+17” is what a spreadsheet made of a longer number: export the column as \
             text"
        );
    });
}

#[test]
fn an_amount_is_in_the_currency_with_which_its_cell_is_shown() {
    let mut sheet = sheet("Leads", 0);
    let formats = ["0.00", "#,##0.00 \"€\"", "[$$-409]#,##0.00", "#,##0.00\\ [$USD]", "[$¥-411]#,##0", "#,##0,\"k\""];
    for (row, code) in (1..).zip(formats) {
        sheet.write(row, 0, format!("L{row}")).unwrap();
        sheet.write_with_format(row, 3, 1500.0, &Format::new().set_num_format(code)).unwrap();
    }
    let old = std::fs::read(fixture("currencies.xls")).unwrap();
    for workbook in [saved(vec![sheet]), old] {
        on_both(|store| {
            let summary = read(&store, LEADS, &workbook).unwrap();
            assert_eq!(lines(&store, "leads", &["key", "amount"]), ["L1 | 150000", "L2 | 150000", "L6 | 150000"]);
            let reason = summary.rejected[1].to_string();
            assert!(
                reason.starts_with("line 5, column Amount: “1500 USD” is in USD, and the amounts here are in EUR"),
                "{reason}"
            );
            assert_eq!(summary.rejected.len(), 3);
            let dollars = LEADS.replace("[source]\n", "[source]\ncurrency = \"USD\"\n");
            let summary = read(&store, &dollars, &workbook).unwrap();
            assert_eq!(summary.rejected.iter().map(|row| row.at.line).collect::<Vec<_>>(), [3, 6]);
        });
    }
}

#[test]
fn texts_among_the_numbers_of_a_workbook_may_group_thousands() {
    let mut sheet = sheet("Leads", 0);
    for (row, key) in (1..).zip(["L1", "L2"]) {
        sheet.write(row, 0, key).unwrap();
    }
    sheet.write(1, 3, "3.000").unwrap();
    sheet.write(2, 3, 950.0).unwrap();
    let workbook = saved(vec![sheet]);
    let mapping = LEADS.replace("decimal = \"comma\"\n", "");
    on_both(|store| {
        let notes = read(&store, &mapping, &workbook).unwrap().notes().join("\n");
        assert!(notes.contains("every “.” in “Amount” has three digits behind it, in 1 row"), "{notes}");
    });
}

#[test]
fn a_hidden_sheet_is_read_only_where_it_is_named() {
    let mut hidden = filled(sheet("Old leads", 0), 1, "OLD");
    hidden.set_hidden(true);
    let workbook = saved(vec![filled(sheet("Leads", 0), 1, "NEW"), hidden]);
    on_both(|store| {
        read(&store, LEADS, &workbook).unwrap();
        assert_eq!(lines(&store, "leads", &["key"]), ["NEW"]);
        read(&store, &LEADS.replace("[source]\n", "[source]\nsheet = \"Old leads\"\n"), &workbook).unwrap();
        assert_eq!(lines(&store, "leads", &["key"]), ["NEW", "OLD"]);
    });
}
