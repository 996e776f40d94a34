use super::*;
use crate::numbers::{BreakdownRow, BreakdownTable, CrossTable, Group, KpiBlock, judged_value};
use crate::samples;
use calamine::{Data, Reader, Xlsx};
use pegel_kpi::data::cell::{Cell, Outcome};
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::judgement::judged::Assessment;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

fn made(form: Form, numbers: &Numbers) -> Vec<u8> {
    let typesetter = Typesetter::follow(samples::nowhere()).unwrap();
    form.make(numbers, Maker { program: "Pegel 1.2.3", locale: "de-DE", typesetter: &typesetter }).unwrap()
}

/// The files of an archive, by name.
fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &String| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    names.iter().map(|name| (name.clone(), read(name))).collect()
}

/// The sheets of a workbook.
fn sheets_of(workbook: &[u8]) -> Vec<(String, calamine::Range<Data>)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook.to_vec())).unwrap();
    workbook.worksheets()
}

/// The sample with other figures: some missing, some tiny, some huge, some below zero; and with texts that mean harm.
pub(super) fn random(seed: u64) -> Numbers {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut numbers = samples::young_numbers();
    let mut cell = |cell: &mut Cell| {
        let value = match rng.random_range(0..6) {
            0 => 0.0,
            1 => rng.random_range(0.0..1.0),
            2 => rng.random_range(-1e9..1e9),
            3 => f64::from(rng.random_range(-1_000_000..1_000_000)),
            4 => rng.random_range(0.0..1e-6),
            _ => {
                cell.outcome = Outcome::NoRows;
                return;
            }
        };
        cell.outcome = Outcome::Value { value };
        cell.sample = Some(rng.random_range(0..1_000_000));
    };
    for block in numbers.sections.iter_mut().flat_map(|section| &mut section.kpis) {
        block.trend.iter_mut().for_each(|point| cell(&mut point.cell));
        [&mut block.cell, &mut block.previous].into_iter().for_each(&mut cell);
        for row in block.breakdowns.iter_mut().flat_map(|table| &mut table.rows) {
            [&mut row.cell, &mut row.previous].into_iter().for_each(&mut cell);
            if let Group::Text { label } = &mut row.group {
                label.insert_str(
                    0,
                    ["=", "+1", "-", "@", "\t", "", "\"", "[a]:*?/\\", "ä\r\n"][cell_index(seed, label)],
                );
            }
        }
    }
    let block = &mut numbers.sections[0].kpis[0];
    let groups = |table: &BreakdownTable| table.rows.iter().map(|row| row.group.clone()).collect::<Vec<_>>();
    let (regions, partners) = (groups(&block.breakdowns[0]), groups(&block.breakdowns[1]));
    let pairs = partners.iter().flat_map(|line| regions.iter().map(|column| [line.clone(), column.clone()]));
    let pairs: Vec<([Group; 2], Cell)> = pairs
        .map(|pair| {
            let mut random = samples::absent(Outcome::NoRows);
            cell(&mut random);
            (pair, random)
        })
        .collect();
    block.crossed = vec![CrossTable::of("partner", "region", pairs)];
    numbers
}

fn cell_index(seed: u64, label: &str) -> usize {
    usize::try_from(seed).unwrap().wrapping_add(label.len()) % 9
}

fn blocks(numbers: &Numbers) -> impl Iterator<Item = &KpiBlock> {
    numbers.kpis()
}

/// All figures of an edition that its tables hold, with the units they have.
fn figures(numbers: &Numbers) -> Vec<(f64, Unit)> {
    let of_rows = |row: &BreakdownRow| [row.cell.clone(), row.previous.clone()];
    let of_block = |block: &KpiBlock| {
        let cells = [block.cell.clone(), block.previous.clone()].into_iter();
        let cells = cells.chain(block.trend.iter().map(|point| point.cell.clone()));
        let crossed = block
            .crossed
            .iter()
            .flat_map(|table| table.lines.iter().flat_map(|line| line.cells.iter().flatten().cloned()));
        let cells =
            cells.chain(crossed).chain(block.breakdowns.iter().flat_map(|table| table.rows.iter().flat_map(of_rows)));
        let values = cells.filter_map(|cell| cell.outcome.value());
        let of_groups = block.breakdowns.iter().flat_map(|table| &table.rows);
        let of_groups = of_groups.filter_map(|row| judged(&row.cell, row.assessment.as_ref()));
        let judged = judged(&block.cell, block.assessment.as_ref()).into_iter().chain(of_groups);
        values.chain(judged).map(|value| (value, block.unit)).collect::<Vec<_>>()
    };
    blocks(numbers).flat_map(of_block).collect()
}

/// The figure that was judged, whether or not it is the one as it stands.
fn judged(cell: &Cell, assessment: Option<&Assessment>) -> Option<f64> {
    judged_value(cell, Some(&assessment?.judged))
}

#[test]
fn every_figure_is_in_every_form() {
    for seed in 0..24 {
        let numbers = random(seed);
        let figures = figures(&numbers);
        assert!(figures.len() > 200, "{}", figures.len());
        let files = files(&made(Form::Csv, &numbers));
        let fields: Vec<f64> = files
            .values()
            .flat_map(|file| csv_records(file).into_iter().flatten())
            .filter_map(|field| field.parse().ok())
            .collect();
        let sheets = sheets_of(&made(Form::Xlsx, &numbers));
        let numbers_held: Vec<f64> =
            sheets.iter().flat_map(|(_, range)| range.cells().filter_map(|(_, _, data)| number(data))).collect();
        let json = String::from_utf8(made(Form::Json, &numbers)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut in_json = Vec::new();
        collect(&json, &mut in_json);
        for (value, unit) in figures {
            assert!(fields.iter().any(|field| same(*field, value)), "seed {seed}: {value} is not in the CSV");
            let held = xlsx::held(value, unit);
            assert!(
                numbers_held.iter().any(|number| same(*number, held)),
                "seed {seed}: {held} is not in the workbook"
            );
            assert!(in_json.iter().any(|number| same(*number, value)), "seed {seed}: {value} is not in the JSON");
        }
    }
}

#[test]
fn a_state_that_is_of_another_figure_says_of_which() {
    let numbers = samples::young_numbers();
    let json: serde_json::Value = serde_json::from_slice(&made(Form::Json, &numbers)).unwrap();
    let (rate, partners) = (&json["kpis"][0], &json["kpis"][0]["breakdowns"][1]["rows"]);
    assert_eq!(rate["judged"], serde_json::json!({ "value": 0.9, "of": "expected" }));
    assert_eq!(partners[0]["judged"], serde_json::json!({ "value": partners[0]["value"], "of": "value" }));
    assert_eq!(partners[3]["judged"], serde_json::json!({ "value": 0.8, "of": "settled", "period": "2026-W45" }));
    let look_back = serde_json::json!(
        { "value": 0.577, "of": "look_back", "periods": 26, "numerator": 41.0, "denominator": 71.0 }
    );
    assert_eq!(partners[8]["judged"], look_back);
    assert_eq!(partners[12].get("judged"), None, "its rows were too few to be judged");

    let files = files(&made(Form::Csv, &numbers));
    let judged = |file: &str, line: usize| {
        let at = files[file].lines().next().unwrap().split(',').position(|head| head == "Bewerteter Wert").unwrap();
        csv_records(&files[file])[line][at..at + 2].to_vec()
    };
    assert_eq!(judged("kpis.csv", 0), ["0.9", "voraussichtlich"]);
    assert_eq!(judged("kpis.csv", 1), ["", ""]);
    let groups = [0, 3, 8].map(|line| judged("feedback_rate-by-partner.csv", line));
    assert_eq!(groups, [["", ""], ["0.8", "in KW\u{a0}45"], ["0.577", "in 26 Wochen"]]);
}

#[test]
fn where_changes_are_measured_against_the_year_before_no_column_stands_empty_for_it() {
    let heads = |with_year_before| {
        let numbers = Numbers { with_year_before, ..samples::numbers() };
        let files = files(&made(Form::Csv, &numbers));
        ["kpis.csv", "feedback_rate-by-region.csv"].map(|file| files[file].lines().next().unwrap().contains("Vorjahr"))
    };
    assert_eq!((heads(false), heads(true)), ([true; 2], [false; 2]));
}

fn csv_records(file: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new().from_reader(file.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A workbook keeps fifteen digits or more.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= other.abs() * 1e-14
}

fn number(data: &Data) -> Option<f64> {
    match data {
        Data::Float(number) => Some(*number),
        #[expect(clippy::cast_precision_loss, reason = "the figures are small")]
        Data::Int(number) => Some(*number as f64),
        Data::DateTime(duration) => Some(duration.as_f64()),
        _ => None,
    }
}

fn collect(value: &serde_json::Value, into: &mut Vec<f64>) {
    match value {
        serde_json::Value::Number(number) => into.extend(number.as_f64()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, into)),
        _ => {}
    }
}

#[test]
fn an_html_file_holds_all_rows_and_needs_nothing_else() {
    let mut numbers = samples::numbers();
    numbers.readers_zone = Some("Asia/Tokyo".to_owned());
    let table = &mut numbers.sections[0].kpis[0].breakdowns[1];
    table.worst = Some(2);
    table.rows[0].group = Group::Text { label: "<script>alert(1)</script>".to_owned() };
    // In one of them nothing happened, neither now nor before.
    let silent = |row: &&BreakdownRow| row.cell.outcome == Outcome::NoRows && row.previous.outcome == Outcome::NoRows;
    let rows = table.rows.len() - table.rows.iter().filter(silent).count();
    let html = String::from_utf8(made(Form::Html, &numbers)).unwrap();
    let (_, partners) = html.split_once("</span>Partner").unwrap();
    let (partners, _) = partners.split_once("</table>").unwrap();
    assert_eq!((partners.matches("<tr><th scope=\"row\">").count(), rows), (14, 14));
    assert!(!partners.contains("<tfoot>") && partners.contains("&lt;script&gt;alert"), "{partners}");
    for part in ["lang=\"de\"", "Feedbackquote", "(Asia/Tokyo)", "Von Pegel 1.2.3 aus den gespeicherten Zahlen"] {
        assert!(html.contains(part), "{part}");
    }
    // Nothing is loaded, nothing runs, and no address of a page leads anywhere.
    for part in ["<script", "<link", "src=", "url(", "@import", "href=\"/", "http://", "https://", " style=\""] {
        assert!(!html.contains(part), "{part}");
    }
}

#[test]
fn every_form_is_the_same_whenever_it_is_made() {
    let numbers = samples::numbers();
    for form in Form::ALL {
        assert!(made(*form, &numbers) == made(*form, &numbers), "{form:?}");
    }
}

#[test]
fn a_spreadsheet_runs_nothing_that_somebody_wrote_into_a_name() {
    for seed in 0..9 {
        let numbers = random(seed);
        for (name, file) in files(&made(Form::Csv, &numbers)) {
            for field in csv_records(&file).into_iter().flatten() {
                let is_number = field.parse::<f64>().is_ok();
                assert!(is_number || !field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {field}");
            }
        }
        for (name, range) in sheets_of(&made(Form::Xlsx, &numbers)) {
            assert!(range.cells().all(|(_, _, data)| !matches!(data, Data::Error(_))), "{name}");
        }
    }
}

#[test]
fn a_workbook_has_a_sheet_for_each_table_with_names_that_workbooks_take() {
    let sheets = sheets_of(&made(Form::Xlsx, &samples::numbers()));
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    insta::assert_snapshot!(names.join("\n"));
    assert!(names.iter().all(|name| name.chars().count() <= 31));
}

#[test]
fn the_tables_of_an_edition_as_files() {
    let files = files(&made(Form::Csv, &samples::numbers()));
    let first: Vec<String> = files
        .iter()
        .map(|(name, file)| format!("{name}\n{}", file.lines().take(6).collect::<Vec<_>>().join("\n")))
        .collect();
    insta::assert_snapshot!(first.join("\n\n"));
}

#[test]
fn an_edition_for_programs_names_its_shape_and_who_made_it() {
    let json = String::from_utf8(made(Form::Json, &samples::numbers())).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["schema"].as_str(), json["made_by"].as_str()), (Some(SCHEMA), Some("Pegel 1.2.3")));
    let fields = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let kpi = &json["kpis"][0];
    let shape = [&json, &json["statements"][0], kpi, &kpi["course"][0], &kpi["breakdowns"][0]["rows"][0]].map(fields);
    insta::assert_snapshot!(shape.join("\n"));
}

#[test]
fn forms_are_called_by_report_period_and_revision() {
    let mut numbers = samples::numbers();
    assert_eq!(Form::Pdf.file_name(&numbers), "weekly-2026-W46.pdf");
    assert_eq!(Form::Xlsx.file_name(&numbers), "weekly-2026-W46.xlsx");
    numbers.revision = 2;
    assert_eq!(Form::Csv.file_name(&numbers), "weekly-2026-W46-2-csv.zip");
}
