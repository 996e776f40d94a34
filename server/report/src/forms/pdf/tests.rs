//! What a document says, as programs for the blind and for searching read it: its text by `pdftotext`.

use super::*;
use crate::forms::tests::random;
use crate::forms::{Form, Maker};
use crate::numbers::{BreakdownTable, Group};
use crate::samples;
use crate::view::RowView;
use std::process::Command;

fn made(numbers: &Numbers, locale: &str) -> Vec<u8> {
    made_in(samples::nowhere(), numbers, locale).0
}

/// With the templates of a home, and which of these are not in order.
fn made_in(home: &Path, numbers: &Numbers, locale: &str) -> (Vec<u8>, Vec<Problem>) {
    let typesetter = Typesetter::follow(home).unwrap();
    let maker = Maker { program: "Pegel 1.2.3", locale, typesetter: &typesetter };
    (Form::Pdf.make(numbers, maker).unwrap(), typesetter.problems())
}

/// The text of each page, in the order in which it is read.
fn pages(pdf: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("edition.pdf");
    std::fs::write(&file, pdf).unwrap();
    let read = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    let read = read.expect("pdftotext, which tests/install installs");
    let text = String::from_utf8(read.stdout).unwrap();
    text.split('\u{c}').filter(|page| !page.is_empty()).map(str::to_owned).collect()
}

/// A text without what depends on where lines end.
fn unbroken(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !"-\u{ad}\u{2010}\u{200b}".contains(*letter)).collect()
}

fn text(numbers: &Numbers, locale: &str) -> String {
    unbroken(&pages(&made(numbers, locale)).concat())
}

fn holds(pdf: &[u8], part: &str) -> bool {
    pdf.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn every_figure_of_the_view_is_in_the_document() {
    for seed in 0..4 {
        let numbers = random(seed);
        let (text, view) = (text(&numbers, "de-DE"), view(&numbers, "de-DE"));
        let kpis = view.sections.iter().flat_map(|section| &section.kpis);
        let mut expected: Vec<String> = view.statements.iter().map(|statement| statement.sentence.clone()).collect();
        for kpi in kpis {
            let brief = &kpi.brief;
            let year_before = if view.has_year_before { &brief.year_before } else { "" };
            expected.push([&brief.figure, &brief.before, year_before, &brief.goal].concat());
            expected.extend([kpi.figure.clone(), kpi.change.text.clone(), kpi.sample.clone()]);
            expected.extend(kpi.facts.iter().chain(&kpi.beside).cloned());
            let rows = kpi.tables.iter().flat_map(|table| &table.rows);
            let row = |row: &RowView| [&row.label, &row.figure, row.change.arrow, &row.change.text].concat();
            expected.extend(rows.map(row));
        }
        let crossed = view.sections.iter().flat_map(|section| &section.crossed).flat_map(|table| &table.lines);
        expected.extend(crossed.flat_map(|line| line.cells.iter().map(|cell| cell.figure.clone())));
        assert!(expected.len() > 100, "{}", expected.len());
        for part in expected {
            assert!(text.contains(&unbroken(&part)), "seed {seed}: “{part}” is not in it");
        }
    }
}

#[test]
fn names_are_texts_whatever_they_say_to_typst() {
    let names = [
        "#read(\"/etc/passwd\")",
        "*x* _y_ `z`",
        "#panic(1)",
        "$x^2$",
        "= Heading",
        "<label> @ref",
        "\\ #[x]",
        "// x",
        "https://example.com",
        "#{",
    ];
    let mut numbers = samples::numbers();
    numbers.sections[0].kpis[0].breakdowns[0].rows.iter_mut().zip(names).for_each(|(row, name)| {
        row.group = Group::Text { label: name.to_owned() };
    });
    let text = text(&numbers, "en-GB");
    let table = &view(&numbers, "en-GB").sections[0].kpis[0].tables[0];
    assert!(table.rows.len() > 5);
    for row in &table.rows {
        assert!(text.contains(&unbroken(&format!("{}{}", row.label, row.figure))), "{}", row.label);
    }
}

#[test]
fn a_long_table_has_its_head_on_each_page_and_a_name_its_line() {
    let mut numbers = samples::numbers();
    let BreakdownTable { rows, worst, .. } = &mut numbers.sections[0].kpis[0].breakdowns[1];
    *worst = None;
    let row = rows[0].clone();
    *rows = (1..=500)
        .map(|number| {
            let long = if number % 100 == 0 { "Donaudampfschifffahrtsgesellschaft".repeat(4) } else { String::new() };
            let label = Some(format!("Partner No{number:03}{long}"));
            crate::numbers::BreakdownRow { group: Group::Row { id: number, label }, ..row.clone() }
        })
        .collect();
    let pages = pages(&made(&numbers, "de-DE"));
    let of_partners: Vec<&String> = pages.iter().filter(|page| page.matches("Partner No").count() > 3).collect();
    assert!(of_partners.len() > 8, "{} of {}", of_partners.len(), pages.len());
    for page in &of_partners {
        assert!(page.contains("Partner Wert Änderung Status"), "{page}");
    }
    let text = pages.concat();
    assert!((1..=500).all(|number| text.contains(&format!("Partner No{number:03}"))));
    assert!(unbroken(&text).contains(&"Donaudampfschifffahrtsgesellschaft".repeat(4)));
}

#[test]
fn it_says_in_which_language_it_is_and_is_on_the_readers_paper() {
    let numbers = samples::numbers();
    for (locale, language, paper) in
        [("de-DE", "de-DE", "595.2756 841.8898"), ("en-US", "en-US", "612 792"), ("fr-CA", "fr-CA", "612 792")]
    {
        let pdf = made(&numbers, locale);
        assert!(holds(&pdf, &format!("/Lang({language})")), "{locale}");
        assert!(holds(&pdf, &format!("/MediaBox[0 0 {paper}]")), "{locale}");
    }
}

#[test]
fn its_charts_are_told_in_words_with_all_figures() {
    let numbers = samples::numbers();
    let pdf = made(&numbers, "en-GB");
    // As PDF writes texts: UTF-16 in hex.
    let hex = |text: &str| text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<Vec<_>>().concat();
    let chart = Picture::of(&view(&numbers, "en-GB").sections[0].kpis[0], &numbers.sections[0].kpis[0], &english());
    let alt = chart.unwrap().alt;
    assert!(alt.starts_with("Feedback rate, 13 weeks: ") && alt.contains(": 90.1%; "), "{alt}");
    assert!(holds(&pdf, &hex(&alt)) || holds(&pdf, &hex(&alt).to_lowercase()));
}

fn english() -> Format {
    Format::new(&pegel_text::locale::Locale::english(), "EUR", "Europe/Berlin")
}

#[test]
fn it_says_what_it_was_made_of_and_by_which_program() {
    let text = text(&samples::numbers(), "en-GB");
    let said = "Made by Pegel 1.2.3 from the stored numbers of this edition";
    assert!(text.contains(&unbroken(said)), "{text}");
}

#[test]
fn a_home_has_templates_of_its_own_and_goes_without_those_that_fail() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("templates/pdf");
    std::fs::create_dir_all(&folder).unwrap();
    let made = |template: &str| {
        std::fs::write(folder.join("edition.typ"), template).unwrap();
        let (pdf, problems) = made_in(home.path(), &samples::numbers(), "en-GB");
        (pages(&pdf).concat(), problems)
    };
    let own = "#set document(title: \"Own\")\n#json(\"/content.json\").edition.title, in short";
    assert_eq!(made(own), ("Weekly partner sales, in short\n".to_owned(), Vec::new()));
    for (wrong, said) in
        [("#let x = (", "edition.typ:1:10: unclosed delimiter"), ("#nothing", "edition.typ:1:2: unknown")]
    {
        let (text, problems) = made(wrong);
        assert!(text.contains("How this edition was made"));
        let [Problem { file, message }] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(file, "templates/pdf/edition.typ");
        assert!(message.contains(said), "{message}");
    }
}
