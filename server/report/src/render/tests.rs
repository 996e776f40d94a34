use super::*;
use crate::numbers::{BreakdownRow, BreakdownTable, Change, Group, KpiBlock, Numbers, TableFreshness, TrendPoint};
use crate::samples;
use crate::view::view;
use pegel_kpi::data::cell::Beside;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Status, Threshold};
use pegel_kpi::judgement::judged::{Assessment, By, Judged, Since};
use pegel_text::languages;
use pegel_text::translated::Translated;
use std::collections::HashSet;
use unicode_width::UnicodeWidthStr;

fn imprint() -> Imprint {
    Imprint {
        base: Some("https://pegel.example.com".to_owned()),
        link: Some("https://pegel.example.com/reports/weekly/2026-W46/0".to_owned()),
        unsubscribe: Some("https://pegel.example.com/unsubscribe/weekly?lang=en-GB".to_owned()),
        not_attached: Vec::new(),
    }
}

fn rendered(locale: &str) -> (View, Rendered) {
    let home = tempfile::tempdir().unwrap();
    let view = view(&samples::numbers(), locale);
    let rendered = Templates::load(home.path()).unwrap().render("weekly", &view, &imprint()).unwrap();
    if let Some(folder) = std::env::var_os("PEGEL_PREVIEW") {
        std::fs::write(Path::new(&folder).join(format!("mail.{locale}.html")), &rendered.html).unwrap();
        std::fs::write(Path::new(&folder).join(format!("mail.{locale}.txt")), &rendered.text).unwrap();
    }
    (view, rendered)
}

#[test]
fn the_plain_text_in_english() {
    insta::assert_snapshot!(rendered("en-GB").1.text);
}

#[test]
fn the_plain_text_in_german() {
    insta::assert_snapshot!(rendered("de-DE").1.text);
}

#[test]
fn the_plain_text_in_french() {
    insta::assert_snapshot!(rendered("fr-FR").1.text);
}

/// The last lines of a mail of a report with this contact.
fn footer(contact: &str, locale: &str, imprint: &Imprint) -> (String, String) {
    let contact = serde_json::from_str(contact).unwrap();
    let view = view(&Numbers { contact, ..samples::numbers() }, locale);
    let mail = Templates::load(samples::nowhere()).unwrap().render("weekly", &view, imprint).unwrap();
    let (_, text) = mail.text.split_once(&"-".repeat(72)).unwrap();
    (text.trim().to_owned(), mail.html)
}

#[test]
fn whom_to_ask_stands_below_the_mail_as_the_reader_speaks() {
    let ask = |contact: &str, locale: &str| {
        let (text, html) = footer(contact, locale, &imprint());
        (text.lines().next().unwrap().to_owned(), html)
    };
    let (text, html) = ask(r#""Ada Lovelace <ada@example.com>""#, "en-GB");
    assert_eq!(text, "Questions? Ask Ada Lovelace <ada@example.com>");
    assert!(
        html.contains("Questions? Ask Ada Lovelace, <a") && html.contains("href=\"mailto:ada@example.com\""),
        "{html}"
    );
    assert_eq!(ask(r#""ada@example.com""#, "en-GB").0, "Questions? Ask ada@example.com");
    assert_eq!(ask(r#""Ada in room 12""#, "en-GB").0, "Questions? Ask Ada in room 12");
    let desk = r#"{ "en": "the <sales> desk", "de": "den Vertriebsinnendienst" }"#;
    assert_eq!(ask(desk, "de-AT").0, "Fragen? Wenden Sie sich an den Vertriebsinnendienst");
    assert_eq!(ask(desk, "fr-FR").0, "Des questions\u{202f}? Adressez-vous à the <sales> desk");
    assert!(ask(desk, "en-GB").1.contains("Ask the &lt;sales&gt; desk"));
}

#[test]
fn a_mail_that_can_be_unsubscribed_from_says_so_in_both_parts() {
    let (text, html) = footer(r#""ada@example.com""#, "en-GB", &imprint());
    let page = "https://pegel.example.com/unsubscribe/weekly?lang=en-GB";
    assert!(text.ends_with(&format!("No more of these mails:\n{page}")), "{text}");
    assert!(html.contains(&format!("href=\"{page}\"")), "as it is, so that the recipient's own can take its place");
    let (text, html) = footer(r#""ada@example.com""#, "en-GB", &Imprint { unsubscribe: None, ..imprint() });
    assert!(!text.contains("unsubscribe") && !html.contains("unsubscribe"));
}

#[test]
fn what_is_too_large_to_be_attached_is_named_beside_the_way_to_it() {
    let (text, html) = footer("null", "en-GB", &Imprint { not_attached: vec!["xlsx", "json"], ..imprint() });
    let said = "Too large to be attached: Excel workbook · JSON. Download from the page of this edition.";
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{text}");
    assert!(visible(&html).contains("Too large to be attached: Excel workbook · JSON."), "{html}");
    // Where readers reach no page, none is spoken of.
    let nowhere = Imprint { base: None, link: None, unsubscribe: None, not_attached: vec!["xlsx"] };
    let (text, html) = footer("null", "en-GB", &nowhere);
    assert!(text.contains("Too large to be attached: Excel workbook.\n"), "{text}");
    assert!(!text.contains("Download") && !html.contains("Download"));
}

/// The sample as one that was assessed: the regions surely break their threshold, the partners perhaps, and the revenue
/// is far from its target.
fn assessed() -> Numbers {
    let judged = |status, sure| Judged { status, sure: Some(sure), chance: !sure, by: Some(By::Value), reason: None };
    let assess = |judged: Judged| {
        let since =
            (judged.sure == Some(true)).then(|| Since { period: "2026-W44".to_owned(), periods: 3, at_least: false });
        let before = Some(Judged { sure: Some(true), chance: false, ..judged.clone() });
        Some(Assessment { judged, marks: Threshold::default(), expected: None, signal: None, before, since })
    };
    let mut numbers = samples::numbers();
    let until = numbers.created_at - 1800;
    let leads = TableFreshness {
        table: "leads".to_owned(),
        complete_until: Some(until),
        newest_milestone: None,
        gap: false,
        empty: false,
    };
    numbers.data_up_to = vec![leads];
    for breach in &mut numbers.breaches {
        let sure = breach.group.as_ref().is_none_or(|head| head.dimension == "region");
        breach.judged = Some(judged(breach.status, sure));
    }
    for block in numbers.sections.iter_mut().flat_map(|section| &mut section.kpis) {
        block.assessment = assess(judged(block.status, true));
        for table in &mut block.breakdowns {
            let sure = table.dimension == "region";
            table.rows.iter_mut().for_each(|row| row.assessment = assess(judged(row.status, sure)));
        }
    }
    numbers.sections[1].kpis[0].target = Some(500_000.0);
    numbers
}

#[test]
fn the_plain_text_of_an_assessed_week_says_first_what_is_sure() {
    let mail = mail(&assessed(), "de-DE").unwrap();
    if let Some(folder) = std::env::var_os("PEGEL_PREVIEW") {
        std::fs::write(Path::new(&folder).join("assessed.html"), &mail.html).unwrap();
    }
    let (said, _) = mail.text.split_once("\nPARTNER\n").unwrap();
    insta::assert_snapshot!(format!("{}\n\n{said}", mail.subject));
}

#[test]
fn both_parts_of_the_mail_say_the_same_statements() {
    for locale in ["en-GB", "de-DE", "fr-FR"] {
        let (view, mail) = (view(&assessed(), locale), mail(&assessed(), locale).unwrap());
        let in_a_row = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (html, text) = (in_a_row(&visible(&mail.html)), in_a_row(&mail.text));
        let said = view.statements.iter().take(5).flat_map(|one| {
            let evidence = one
                .evidence
                .iter()
                .flat_map(|line| std::iter::once(&line.facts).chain(line.rows.iter().map(|rows| &rows.text)));
            std::iter::once(&one.sentence).chain(evidence)
        });
        let said = said.chain([&view.headline, &view.chance, &view.data_up_to]);
        for said in said.filter(|said| !said.is_empty()).map(|said| in_a_row(said)) {
            assert!(html.contains(&said), "{said} is missing in the HTML");
            assert!(text.contains(&said), "{said} is missing in the text");
        }
        // Each statement leads to its rows.
        let path =
            "https://pegel.example.com/reports/weekly/2026-W46/0/rows/feedback_rate?period=2026-W46&amp;by=region";
        assert!(mail.html.contains(path) && mail.text.contains(&path.replace("&amp;", "&")), "{}", mail.text);
    }
}

#[test]
fn both_parts_of_the_mail_say_that_a_figure_can_still_change_and_which_one_was_judged() {
    for locale in ["en-GB", "de-DE", "fr-FR"] {
        let (view, mail) = (view(&samples::young_numbers(), locale), mail(&samples::young_numbers(), locale).unwrap());
        let in_a_row = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (html, text) = (in_a_row(&visible(&mail.html)), in_a_row(&mail.text));
        let rate = &view.sections[0].kpis[0];
        let rows = rate.tables.iter().flat_map(|table| &table.ends.worst).map(|row| &row.judged_by);
        let said: Vec<String> =
            rows.chain([&rate.brief.note]).filter(|said| !said.is_empty()).map(|said| in_a_row(said)).collect();
        assert!(said.len() > 1 && rate.brief.note.contains(" · "), "{said:?}");
        for said in said {
            assert!(html.contains(&said), "{said} is missing in the HTML");
            assert!(text.contains(&said), "{said} is missing in the text");
        }
    }
}

#[test]
fn the_plain_text_fits_into_72_columns() {
    for locale in ["en-GB", "de-DE", "fr-FR"] {
        let (_, rendered) = rendered(locale);
        // An address cannot be broken.
        let long: Vec<&str> =
            rendered.text.lines().filter(|line| line.width() > 72 && !line.contains("https://")).collect();
        assert_eq!(long, [""; 0]);
    }
}

#[test]
fn the_subject_says_what_matters_most() {
    assert_eq!(rendered("en-GB").1.subject, "W46: Feedback rate for North and 7 more below 75%");
    assert_eq!(rendered("de-DE").1.subject, "KW 46: North und 7 weitere unter 75 % Feedbackquote");
    assert_eq!(rendered("fr-FR").1.subject, "S46 – Taux de retour pour North et 7 autres sous 75 %");
}

/// The figures that a mail shows.
fn figures(view: &View) -> Vec<String> {
    let kpis = || view.sections.iter().flat_map(|section| &section.kpis);
    let of_kpis = kpis().map(|kpi| &kpi.brief);
    let of_kpis = of_kpis.flat_map(|brief| [&brief.figure, &brief.before, &brief.year_before, &brief.goal]);
    let ends = kpis().flat_map(|kpi| &kpi.tables).map(|table| &table.ends);
    let of_ends = ends.flat_map(|ends| ends.worst.iter().chain(&ends.best).map(|row| &row.figure).chain([&ends.more]));
    let needing = view.attention.iter().flat_map(|kpi| &kpi.figures);
    let needing = needing.flat_map(|needing| [&needing.figure, &needing.of, &needing.since, &needing.change.text]);
    let more = view.attention.iter().flat_map(|kpi| [&kpi.marks, &kpi.more]);
    let all = of_kpis.chain(of_ends).chain(needing).chain(more).cloned();
    all.filter(|figure| !figure.is_empty()).collect()
}

/// The text of a page as a reader sees it.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let entities = [
        ("&#8239;", "\u{202f}"),
        ("&#160;", "\u{a0}"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
    ];
    entities.iter().fold(text, |text, (entity, c)| text.replace(entity, c)).replace("&amp;", "&")
}

#[test]
fn both_parts_of_the_mail_show_the_same_figures() {
    for locale in ["en-GB", "de-DE", "fr-FR"] {
        let (view, rendered) = rendered(locale);
        let expected = figures(&view);
        assert!(expected.len() > 80, "{}", expected.len());
        // Long lines of the text are broken.
        let in_a_row = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (html, text) = (in_a_row(&visible(&rendered.html)), in_a_row(&rendered.text));
        let expected = expected.iter().map(|figure| in_a_row(figure));
        for figure in expected {
            assert!(html.contains(&figure), "{figure} is missing in the HTML");
            assert!(text.contains(&figure), "{figure} is missing in the text");
        }
    }
}

#[test]
fn names_cannot_change_the_mail() {
    let (_, rendered) = rendered("en-GB");
    assert!(rendered.html.contains("Isar &lt;Consult&gt;"));
    assert!(!rendered.html.contains("<Consult>"));
    assert!(rendered.text.contains("Isar <Consult>"));
}

#[test]
fn the_mail_asks_no_server_for_anything_and_is_not_cut_off() {
    let (_, rendered) = rendered("en-GB");
    for asking in ["<img", "<link", "@import", "url(", "<script", "src="] {
        assert!(!rendered.html.contains(asking), "{asking}");
    }
    assert!(rendered.html.contains("color-scheme"));
    // Its parts are named as people read them.
    assert!(rendered.html.contains("aria-label=\"Weekly partner sales, week&#160;46\""));
    assert!(!rendered.html.contains("\\u{"));
    // Gmail cuts mails off at 102 kB.
    assert!(rendered.html.len() < 100_000, "{}", rendered.html.len());
}

#[test]
fn a_file_in_the_home_replaces_a_template() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    std::fs::write(home.path().join(FOLDER.path).join("subject.txt"), "{{ verdict }}\n  of {{ period_name }}\n")
        .unwrap();
    let templates = Templates::load(home.path()).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let own = templates.render("weekly", &view, &imprint()).unwrap();
    assert_eq!(own.subject, format!("{} of week\u{a0}46", view.verdict).replace('\u{a0}', " "));
    let (_, shipped) = rendered("en-GB");
    assert_eq!(own.html, shipped.html);
    let hash =
        |templates: &Templates| templates.hashes().find(|(name, _)| *name == "mail/subject.txt").unwrap().1.to_owned();
    let empty = tempfile::tempdir().unwrap();
    assert_ne!(hash(&templates), hash(&Templates::load(empty.path()).unwrap()));
}

/// The mail of the sample in which every name, title and label holds what XML forbids and terminals obey.
#[test]
fn a_control_character_in_a_name_silences_no_mail() {
    let mut numbers = samples::numbers();
    for (place, c) in "\0\u{1}\u{7}\u{b}\u{c}\u{1b}\u{1f}\u{7f}\u{fffe}\u{ffff}".chars().enumerate() {
        let odd = format!("Odd{c}{place}");
        numbers.title = translated(&odd, &odd);
        numbers.sections[0].title = numbers.title.clone();
        let kpi = &mut numbers.sections[0].kpis[0];
        (kpi.title, kpi.description) = (numbers.title.clone(), numbers.title.clone());
        kpi.cell.beside = vec![Beside { name: odd.clone(), value: 1.0 }];
        let broken = kpi.breakdowns[1].rows.iter_mut().find(|row| row.status == Status::Critical);
        broken.unwrap().group = Group::Text { label: odd };
        let mail = mail(&numbers, "de").unwrap();
        let expected = format!("Odd {place}");
        assert!(mail.subject.contains(&expected), "{:?}", mail.subject);
        assert_eq!(visible(&mail.html).matches(&expected).count(), 10, "{c:?}");
        let found = mail.text.to_uppercase().matches(&expected.to_uppercase()).count();
        assert!(found >= 6, "{}", mail.text);
        for text in [&mail.subject, &mail.html, &mail.text] {
            assert!(pegel_text::clean::is_clean(text), "{c:?}");
        }
        assert!(mail.html.trim_end().ends_with("</html>"));
    }
}

fn mail(numbers: &Numbers, locale: &str) -> Result<Rendered, ReportError> {
    Templates::load(samples::nowhere()).unwrap().render("weekly", &view(numbers, locale), &imprint())
}

fn translated(english: &str, german: &str) -> Translated {
    Translated::english(english).and(languages::find("de").unwrap(), german)
}

/// The sample with long titles, some of them in Japanese, and figures beyond what columns are made for.
fn huge() -> Numbers {
    let mut numbers = samples::numbers();
    let long = "パートナーとの売上高と見込み客への対応についての週次報告".repeat(2);
    let german = "Wochenbericht der Vertriebspartnerschaften ".repeat(3);
    numbers.title = translated(&long, &german);
    numbers.sections[1].title = numbers.title.clone();
    let revenue = &mut numbers.sections[1].kpis[0];
    revenue.title = numbers.title.clone();
    let cell = samples::value(-9_876_543_210_987.0, 1_000_000_000_000);
    (revenue.cell, revenue.previous) = (cell.clone(), samples::value(1_234_567_891_234.0, 3));
    revenue.cell.beside = vec![Beside { name: long.clone(), value: 9_999_999_999_999.0 }; 2];
    revenue.threshold = Threshold { warning: Some(5_000_000_000_000.0), critical: Some(1_000_000_000_000.5) };
    revenue.change = Change::between(&revenue.previous, &cell, Better::Higher);
    let point = |at: usize| TrendPoint { period: format!("2026-W{at}"), cell: cell.clone() };
    revenue.trend = (1..60).map(point).collect();
    for (row, label) in revenue.breakdowns[0].rows.iter_mut().zip(["Nord", &long, &german]) {
        row.group = Group::Text { label: label.to_owned() };
        (row.cell, row.previous, row.change) = (cell.clone(), samples::value(0.0, 1), None);
        row.change = Change::between(&row.previous, &row.cell, Better::Higher);
    }
    let breach = &mut numbers.breaches[0];
    (breach.unit, breach.cell, breach.change) = (Unit::Money, cell, numbers.sections[1].kpis[0].change);
    breach.title = numbers.title.clone();
    breach.threshold.critical = Some(123_456_789_012.0);
    numbers
}

#[test]
fn partners_with_long_names_can_be_told_apart_in_the_plain_text() {
    let mut numbers = samples::numbers();
    let names = ["Nirgendwo Energiehaus und Wärmetechnik AG", "Nirgendwo Energiehaus und Dachwerk GmbH & Co. KG"];
    let blocks = numbers.sections.iter_mut().flat_map(|section| &mut section.kpis);
    for (block, name) in blocks.zip(names) {
        block.breakdowns[0].rows[0].group = Group::Text { label: name.repeat(2) };
        block.breakdowns[0].rows.truncate(4);
    }
    let text = mail(&numbers, "en-GB").unwrap().text.replace('\u{a0}', " ");
    let (_, ends) = text.split_once("WORST AND BEST").unwrap();
    for name in names {
        let whole = ends.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: Vec<&str> = name.split(' ').collect();
        assert!(words.iter().all(|word| whole.contains(word)), "{ends}");
    }
    assert!(ends.lines().all(|line| line.width() <= 72 || line.contains("https://")), "{ends}");
}

#[test]
fn the_plain_text_cuts_nothing() {
    for locale in ["en-GB", "de-DE", "fr-FR"] {
        let numbers = huge();
        let view = view(&numbers, locale);
        let text = mail(&numbers, locale).unwrap().text;
        if let Some(folder) = std::env::var_os("PEGEL_PREVIEW") {
            std::fs::write(Path::new(&folder).join(format!("huge.{locale}.txt")), &text).unwrap();
        }
        let expected = figures(&view);
        // Long lines break at spaces, and figures have none.
        let whole = |text: &str| text.split([' ', '\n']).map(str::to_owned).collect::<HashSet<String>>();
        let words = whole(&text);
        for word in expected.iter().flat_map(|text| whole(text)).filter(|word| word.contains(char::is_numeric)) {
            assert!(words.iter().any(|found| found.contains(&word)), "{word} is missing in\n{text}");
        }
        let long: Vec<&str> = text.lines().filter(|line| line.width() > 72 && !line.contains("https://")).collect();
        assert!(long.is_empty(), "{}", long.join("\n"));
    }
}

#[test]
fn a_bar_of_next_to_nothing_is_seen_and_one_below_zero_hangs_from_it() {
    let mut numbers = samples::numbers();
    let point = |value: f64| TrendPoint { period: "2020-W01".to_owned(), cell: samples::value(value, 1) };
    let heights = |numbers: &Numbers| {
        let html = mail(numbers, "en").unwrap().html;
        let courses = html.split("<table class=\"course\"").skip(1).map(|rest| rest.split_once("</table>").unwrap().0);
        let course = courses.into_iter().find(|course| course.contains("aria-label=\"3 weeks, low")).unwrap();
        let heights = |bar: &str| -> Vec<String> {
            bar.split("style=\"height:").skip(1).map(|rest| rest.split_once("px").unwrap().0.to_owned()).collect()
        };
        course.split("<td ").skip(1).map(heights).collect::<Vec<_>>()
    };
    numbers.sections[1].kpis[0].trend = vec![point(0.0), point(1.0), point(10_000.0)];
    assert_eq!(heights(&numbers), [["1"], ["1"], ["22"]]);
    numbers.sections[1].kpis[0].trend = vec![point(-50.0), point(50.0), point(0.0)];
    assert_eq!(heights(&numbers), [vec!["11"], vec!["11", "11"], vec!["1", "11"]]);
}

/// Twenty KPIs, each by three dimensions of five hundred partners, all of which surely break its threshold.
fn crowded() -> Numbers {
    let mut numbers = samples::numbers();
    let mut block = numbers.sections[0].kpis[0].clone();
    let row = block.breakdowns[1].rows.iter().find(|row| row.status == Status::Critical).unwrap().clone();
    let mut sure = row.assessment.clone().unwrap();
    (sure.judged.sure, sure.judged.chance) = (Some(true), false);
    let named = |dimension: &str, nth: usize| BreakdownRow {
        group: Group::Text { label: format!("{dimension} Vertriebsgesellschaft für Anlagentechnik {nth}") },
        assessment: Some(sure.clone()),
        ..row.clone()
    };
    block.breakdowns = ["partner", "region", "rep"]
        .map(|dimension| BreakdownTable {
            dimension: dimension.to_owned(),
            best: None,
            worst: Some(10),
            rows: (1..=500).map(|nth| named(dimension, nth)).collect(),
        })
        .into();
    let of = |nth: usize| KpiBlock {
        id: format!("rate_{nth}"),
        title: translated(&format!("Rate {nth}"), "Quote"),
        ..block.clone()
    };
    numbers.sections.truncate(1);
    numbers.sections[0].kpis = (1..=20).map(of).collect();
    numbers
}

#[test]
fn a_mail_of_any_length_fits_and_says_what_it_leaves_out() {
    let numbers = crowded();
    let began = std::time::Instant::now();
    let mail = mail(&numbers, "de-DE").unwrap();
    if let Some(folder) = std::env::var_os("PEGEL_PREVIEW") {
        std::fs::write(Path::new(&folder).join("crowded.html"), &mail.html).unwrap();
        std::fs::write(Path::new(&folder).join("crowded.txt"), &mail.text).unwrap();
        println!("{} bytes in {:?}", mail.html.len(), began.elapsed());
    }
    assert!(mail.html.len() <= LONG_MAIL, "{}", mail.html.len());
    let said = "Nicht in dieser Mail: weitere Aufschlüsselungen · die Verläufe";
    assert!(visible(&mail.html).contains(said) && mail.text.contains(said), "it does not say what is missing");
    // All KPIs are there, and the worst of each.
    assert_eq!(mail.html.matches("warning below").count() + mail.html.matches("Warnung unter").count(), 20);
    // A mail that is short says nothing of the kind.
    assert!(!rendered("de-DE").1.text.contains("Nicht in dieser Mail"));
}

#[test]
fn a_mail_that_no_server_would_take_is_refused_with_what_to_do() {
    let mut numbers = samples::numbers();
    numbers.sections[0].kpis[0].title = translated(&"x".repeat(1_000_000), "x");
    let refused = mail(&numbers, "en").map(|mail| mail.html.len()).unwrap_err();
    assert!(matches!(refused, ReportError::TooLarge { .. }) && refused.is_usage(), "{refused}");
}

/// The message for a home with this one template.
fn message(name: &str, text: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    std::fs::write(home.path().join(FOLDER.path).join(name), text).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let error = Templates::load(home.path())
        .and_then(|templates| templates.render("weekly", &view, &imprint()))
        .expect_err("the template is not in order");
    error.to_string().replace(home.path().to_str().unwrap(), "HOME")
}

#[test]
fn mistakes_in_templates_are_named_with_file_line_and_cause() {
    let mistakes = [
        ("subject.txt", "fine\n{{ title "),
        ("subject.txt", "fine\n{{ tilte }}"),
        ("subject.txt", "{{ title | uper }}"),
        ("weekly.mjml", "<mjml>\n<mj-body>\n  <mj-sektion></mj-sektion>\n</mj-body>\n</mjml>"),
        ("weekly.mjml", "<mjml><mj-body></mjml>"),
    ];
    let messages: Vec<String> = mistakes.map(|(name, text)| message(name, text)).into();
    insta::assert_snapshot!(messages.join("\n\n"));
}

#[test]
fn a_template_that_runs_on_is_stopped() {
    let loops = |body: &str| {
        let (open, close) = ("{% for a in range(end=99999) %}", "{% endfor %}");
        format!("{}{body}{}", open.repeat(5), close.repeat(5))
    };
    for (name, template, said) in [
        ("weekly.txt", loops(&"x".repeat(10_000)), "more than 16 MiB"),
        ("weekly.mjml", loops(&"x".repeat(10_000)), "more than 16 MiB"),
        ("weekly.mjml", loops(""), "takes longer than 5 s"),
        ("subject.txt", "{% for a in range(end=1000000000) %}{% endfor %}".to_owned(), "more than 100000 elements"),
    ] {
        let message = message(name, &template);
        assert!(message.contains(said) && message.contains(&format!("HOME/templates/mail/{name}")), "{message}");
    }
}

#[test]
fn a_width_beyond_any_line_is_cut() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    let widths = r#"{{ "a" | left(width=4000000000) }}{{ "b" | right(width=4000000000) }}
{{ "c" | wrap(width=9, indent=4000000000) }}{{ "d" | beside(figures=["1"], widths=[4000000000], width=4000000000) }}"#;
    std::fs::write(home.path().join(FOLDER.path).join("weekly.txt"), widths).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let text = Templates::load(home.path()).unwrap().render("weekly", &view, &imprint()).unwrap().text;
    assert!(text.len() < 10_000, "{}", text.len());
}

#[test]
fn tags_nested_deeper_than_any_mail_are_refused_and_those_below_that_are_not() {
    let nested = |depth: usize| {
        let (open, close) = ("<div>".repeat(depth), "</div>".repeat(depth));
        format!(
            "<mjml><mj-body><mj-section><mj-column><mj-text>\n{open}deep{close}</mj-text></mj-column></mj-section></mj-body></mjml>"
        )
    };
    let said = message("weekly.mjml", &nested(5_000));
    assert!(said.contains("nested more than 200 deep on the line “<div>"), "{said}");
    assert!(said.len() < 1_000, "{said}");
    assert_eq!(too_deep(&nested(200 - 5)), None);
    // What looks like a tag within a comment or an attribute does not count.
    let flat = format!(
        "<mjml><!-- {} --><mj-text title=\"{}\">{}</mj-text></mjml>",
        "<b>".repeat(300),
        "<b>".repeat(300),
        "<br>".repeat(300)
    );
    assert_eq!(too_deep(&flat), None);

    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    std::fs::write(home.path().join(FOLDER.path).join("weekly.mjml"), nested(200 - 5)).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let html = Templates::load(home.path()).unwrap().render("weekly", &view, &imprint()).unwrap().html;
    assert!(html.contains("deep"));
}

#[test]
fn a_text_that_is_no_mjml_is_shown() {
    let said = message("weekly.mjml", "<mjml><mj-body>\n<mj-text title=\"{{ title }}>x</mj-text>\n</mj-body></mjml>");
    assert!(said.contains("Weekly partner sales"), "{said}");
}

#[test]
fn an_unknown_template_is_named() {
    let home = tempfile::tempdir().unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let error = Templates::load(home.path()).unwrap().render("monthly", &view, &imprint()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no template mail/monthly.txt: add it as templates/mail/monthly.txt to the home, or name another one"
    );
}

#[test]
fn an_invalid_template_leaves_the_built_in_one_in_force() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(home.path().join(FOLDER.path).join(name), text).unwrap();
    write("weekly.txt", b"{% if %}");
    write("weekly.mjml", b"M\xfcller");
    write("subject.txt", b"\xef\xbb\xbfmine");
    let templates = Templates::follow(home.path()).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let render = || templates.current().value.render("weekly", &view, &imprint()).unwrap();
    let (_, shipped) = rendered("en-GB");
    assert_eq!(render(), Rendered { subject: "mine".to_owned(), ..shipped });
    let problems = templates.current().problems();
    assert_eq!(
        problems.iter().map(|problem| problem.file.as_str()).collect::<Vec<_>>(),
        ["templates/mail/weekly.mjml", "templates/mail/weekly.txt"]
    );
    assert!(problems[1].message.contains("weekly.txt:1"), "{}", problems[1].message);
    // Later the last good version stays.
    write("subject.txt", b"{{");
    assert_eq!(render().subject, "mine");
}

#[test]
fn a_template_of_the_home_can_be_left_out() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER.path)).unwrap();
    std::fs::write(home.path().join(FOLDER.path).join("subject.txt"), "{{ tilte }}").unwrap();
    std::fs::write(home.path().join(FOLDER.path).join("own.txt"), "{{ tilte }}").unwrap();
    let templates = Templates::load(home.path()).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let error = templates.render("weekly", &view, &imprint()).unwrap_err();
    assert_eq!(error.template(), Some("mail/subject.txt"));
    let without = templates.without("mail/subject.txt").unwrap();
    assert_eq!(without.render("weekly", &view, &imprint()).unwrap(), rendered("en-GB").1);
    assert_ne!(templates.hashes().collect::<Vec<_>>(), without.hashes().collect::<Vec<_>>());
    for name in ["mail/subject.txt", "mail/own.txt", "mail/none.txt"] {
        assert!(without.without(name).is_none(), "{name}");
    }
}
