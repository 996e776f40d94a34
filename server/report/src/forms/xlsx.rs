//! A workbook with a sheet for each table: real numbers, frozen heads, the courses drawn.

use super::sheets::{Entry, Sheet};
use crate::ReportError;
use crate::numbers::Numbers;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use pegel_kpi::data::currency::{Currency, HUNDREDTHS};
use pegel_kpi::definition::declaration::Unit;
use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::collections::HashSet;

/// As many characters as the name of a sheet may have.
const LONGEST_NAME: usize = 31;
/// In pixels: no column is wider, however long its texts are.
const WIDEST: u32 = 420;
/// About as many letters stand in a line of that width.
const LETTERS: usize = 58;
/// In points: how high a line is.
const LINE: u32 = 15;
/// No row is higher: workbooks know 409 points.
const MOST_LINES: u32 = 27;
/// How many rows a chart is high.
const CHART_ROWS: u32 = 16;
/// The seconds of a day: workbooks hold durations in days.
const DAY: f64 = 86_400.0;

/// What a workbook says of itself, and how its entries are written.
pub(crate) struct Cover<'a> {
    pub title: String,
    /// UTC seconds.
    pub created_at: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// In which instants are written: a workbook knows no zones.
    pub zone: TimeZone,
}

impl<'a> Cover<'a> {
    pub(super) fn of(numbers: &'a Numbers) -> Cover<'a> {
        Cover {
            title: numbers.title.in_english().to_owned(),
            created_at: numbers.created_at,
            currency: &numbers.currency,
            zone: TimeZone::get(numbers.shown_in()).unwrap_or(TimeZone::UTC),
        }
    }
}

/// A workbook with a sheet for each of these.
///
/// # Errors
/// If they are more than one can hold.
pub(crate) fn workbook(sheets: &[Sheet], cover: &Cover) -> Result<Vec<u8>, ReportError> {
    let failed = |error: XlsxError| ReportError::Form { form: "xlsx", message: error.to_string() };
    let mut workbook = Workbook::new();
    // The same bytes whenever it is made.
    let made = ExcelDateTime::from_timestamp(cover.created_at).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_title(&cover.title).set_creation_datetime(&made));
    let look = Look::of(cover);
    let mut names = HashSet::new();
    for sheet in sheets {
        let name = unique(&sheet.title, &mut names);
        let worksheet = workbook.add_worksheet().set_name(&name).map_err(failed)?;
        fill(worksheet, sheet, &look).map_err(failed)?;
        if sheet.is_course {
            draw(worksheet, sheet, &name).map_err(failed)?;
        }
    }
    workbook.save_to_buffer().map_err(failed)
}

/// How entries look.
struct Look {
    head: Format,
    text: Format,
    percent: Format,
    money: Format,
    /// How many letters stand behind its whole units: decimals and currency.
    beside_money: usize,
    duration: Format,
    count: Format,
    number: Format,
    instant: Format,
    day: Format,
    zone: TimeZone,
}

impl Look {
    fn of(cover: &Cover) -> Look {
        let digits = Currency::find(cover.currency).map_or(HUNDREDTHS, |currency| currency.digits);
        let decimals = if digits == 0 { String::new() } else { format!(".{}", "0".repeat(digits.into())) };
        let figure = |format: &str| Format::new().set_num_format(format).set_align(FormatAlign::Top);
        Look {
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            percent: figure("0.0%"),
            money: figure(&format!("#,##0{decimals} \"{}\"", cover.currency.replace('"', ""))),
            beside_money: decimals.len() + 1 + cover.currency.len(),
            duration: figure("[h]:mm:ss"),
            count: figure("#,##0"),
            number: figure("#,##0.00"),
            instant: figure("yyyy-mm-dd hh:mm"),
            day: figure("yyyy-mm-dd"),
            zone: cover.zone.clone(),
        }
    }

    /// About how many letters a figure or a date takes; `None` for a text.
    fn letters(&self, entry: &Entry) -> Option<usize> {
        let whole = |value: f64| {
            let digits = format!("{:.0}", value.abs()).len();
            digits + (digits - 1) / 3 + usize::from(value < 0.0)
        };
        Some(match entry {
            Entry::Nothing | Entry::Text(_) => return None,
            Entry::Figure(value, Unit::Percent) => whole(value * 100.0) + 3,
            Entry::Figure(value, Unit::Money) => whole(*value) + self.beside_money,
            Entry::Figure(value, Unit::Duration) => whole(value / 3600.0) + 6,
            Entry::Figure(value, Unit::Count) => whole(*value),
            Entry::Figure(value, Unit::Number) => whole(*value) + 3,
            Entry::Instant(_) => 16,
            Entry::Day(_) => 10,
        })
    }

    fn of_unit(&self, unit: Unit) -> &Format {
        match unit {
            Unit::Percent => &self.percent,
            Unit::Money => &self.money,
            Unit::Duration => &self.duration,
            Unit::Count => &self.count,
            Unit::Number => &self.number,
        }
    }
}

/// What a workbook holds for a figure.
pub(super) fn held(value: f64, unit: Unit) -> f64 {
    if unit == Unit::Duration { value / DAY } else { value }
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet, look: &Look) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(&sheet.columns) {
        worksheet.write_string_with_format(0, column, title, &look.head)?;
    }
    for (row, entries) in (1..).zip(&sheet.rows) {
        for (column, entry) in (0..).zip(entries) {
            match entry {
                Entry::Nothing => {}
                Entry::Text(text) => _ = worksheet.write_string_with_format(row, column, text, &look.text)?,
                Entry::Figure(value, unit) => {
                    worksheet.write_number_with_format(row, column, held(*value, *unit), look.of_unit(*unit))?;
                }
                Entry::Instant(instant) => {
                    let at = instant.to_zoned(look.zone.clone()).datetime();
                    write_date(worksheet, (row, column), at, &look.instant)?;
                }
                Entry::Day(day) => write_date(worksheet, (row, column), day.to_datetime(Time::midnight()), &look.day)?,
            }
        }
    }
    worksheet.set_freeze_panes(1, 1)?;
    worksheet.set_autofit_max_width(WIDEST);
    worksheet.autofit();
    make_room(worksheet, sheet, look)?;
    // Printed, all columns stand on one page, and the head on each.
    worksheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// Room for what figures look like, which is longer than their digits, and for texts that go on in further lines: programs
/// that do not measure them again would show `###`, and lines on top of each other.
fn make_room(worksheet: &mut Worksheet, sheet: &Sheet, look: &Look) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(&sheet.columns) {
        let entries = sheet.rows.iter().map(|row| &row[usize::from(column)]);
        if let Some(longest) = entries.filter_map(|entry| look.letters(entry)).max() {
            let head = title.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
            worksheet.set_column_width(column, u32::try_from(longest.max(head) + 2).unwrap_or(u32::MAX))?;
        }
    }
    for (row, entries) in (1..).zip(&sheet.rows) {
        let lines = entries.iter().map(|entry| if let Entry::Text(text) = entry { lines(text) } else { 1 }).max();
        if let Some(lines) = lines.filter(|lines| *lines > 1) {
            worksheet.set_row_height(row, LINE * lines)?;
        }
    }
    Ok(())
}

/// How many lines a text takes in the widest column.
fn lines(text: &str) -> u32 {
    let of_line = |line: &str| line.chars().count().div_ceil(LETTERS).max(1);
    u32::try_from(text.lines().map(of_line).sum::<usize>()).unwrap_or(u32::MAX).clamp(1, MOST_LINES)
}

/// A date; as text where it is none of those that workbooks know, which begin in 1900.
fn write_date(
    worksheet: &mut Worksheet,
    (row, column): (u32, u16),
    at: DateTime,
    look: &Format,
) -> Result<(), XlsxError> {
    let part = |part: i8| part.unsigned_abs();
    let date = ExcelDateTime::from_ymd(at.year().unsigned_abs(), part(at.month()), part(at.day()));
    let date = date.and_then(|date| date.and_hms(part(at.hour()).into(), part(at.minute()), part(at.second())));
    match date {
        Ok(date) => worksheet.write_datetime_with_format(row, column, date, look)?,
        Err(_) => worksheet.write_string(row, column, at.to_string())?,
    };
    Ok(())
}

/// A chart for each column, below each other, beside the table.
fn draw(worksheet: &mut Worksheet, sheet: &Sheet, name: &str) -> Result<(), XlsxError> {
    let columns = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX);
    let Some(last) = u32::try_from(sheet.rows.len()).ok().filter(|rows| *rows > 0) else { return Ok(()) };
    for (nth, (column, title)) in (0..).zip((1..columns).zip(&sheet.columns[1..])) {
        let mut chart = Chart::new(ChartType::Line);
        chart.title().set_name(title);
        chart.legend().set_hidden();
        let unit = sheet.rows.iter().find_map(|row| match row[usize::from(column)] {
            Entry::Figure(_, unit) => Some(unit),
            _ => None,
        });
        chart.y_axis().set_num_format(unit.map_or("General", of_axis));
        chart.add_series().set_categories((name, 1, 0, last, 0)).set_values((name, 1, column, last, column));
        let (down, right) = (nth / 2 * CHART_ROWS, columns + 1 + u16::from(nth % 2 == 1) * 8);
        worksheet.insert_chart(down, right, &chart)?;
    }
    Ok(())
}

/// How figures stand beside a chart, where there is little room.
fn of_axis(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "0%",
        Unit::Duration => "[h]:mm",
        Unit::Money | Unit::Count => "#,##0",
        Unit::Number => "#,##0.0",
    }
}

/// The name of a sheet: what workbooks forbid in names is left out, and no two are alike.
fn unique(title: &str, names: &mut HashSet<String>) -> String {
    let allowed = |letter: &char| !matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\') && !letter.is_control();
    let plain: String = title.chars().filter(allowed).collect();
    let plain = plain.trim_matches(['\'', ' ']).to_owned();
    let cut = |most: usize| plain.chars().take(most).collect::<String>().trim_end().to_owned();
    let numbered = |number: usize| {
        let end = format!(" {number}");
        format!("{}{end}", cut(LONGEST_NAME - end.len()))
    };
    let first = std::iter::once(cut(LONGEST_NAME)).filter(|name| !name.is_empty());
    let mut candidates = first.chain((2..).map(numbered));
    candidates.find(|name| names.insert(name.to_lowercase())).expect("numbers do not end")
}
