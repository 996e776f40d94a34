use super::*;
use crate::samples;
use crate::view::view;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

fn imprint() -> Imprint {
    Imprint {
        fingerprint: "3f9a1c2b0d4e".to_owned(),
        link: Some("https://pegel.example.com/reports/weekly/2026-W46/0".to_owned()),
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
fn the_plain_text_fits_into_72_columns() {
    for locale in ["en-GB", "de-DE"] {
        let long: Vec<String> =
            rendered(locale).1.text.lines().filter(|line| line.width() > 72).map(str::to_owned).collect();
        assert_eq!(long, [""; 0]);
    }
}

#[test]
fn the_subject_says_how_it_stands() {
    assert_eq!(rendered("en-GB").1.subject, "Weekly partner sales, week 46: 8 critical, 2 warnings");
    assert_eq!(rendered("de-DE").1.subject, "Partnervertrieb der Woche, KW 46: 8 kritisch, 2 Warnungen");
}

/// All texts of the view under keys that hold what was measured, whatever they belong to.
fn figures(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let measured = ["figure", "previous", "threshold", "mark", "lowest", "highest", "sample", "more"];
                match value {
                    Value::String(text) if measured.contains(&key.as_str()) => into.push(text.clone()),
                    Value::Object(change) if key == "change" => into.push(change["text"].as_str().unwrap().to_owned()),
                    Value::Array(texts) if key == "beside" => {
                        into.extend(texts.iter().map(|text| text.as_str().unwrap().to_owned()));
                    }
                    _ if key == "words" => {}
                    other => figures(other, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| figures(value, into)),
        _ => {}
    }
}

/// The text of a page as a reader sees it.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&nbsp;", "\u{a0}")];
    entities.iter().fold(text, |text, (entity, c)| text.replace(entity, c)).replace("&amp;", "&")
}

#[test]
fn the_same_figures_stand_in_both_parts_of_the_mail() {
    for locale in ["en-GB", "de-DE"] {
        let (view, rendered) = rendered(locale);
        let mut expected = Vec::new();
        figures(&serde_json::to_value(&view).unwrap(), &mut expected);
        expected.retain(|text| !text.is_empty());
        assert!(expected.len() > 150, "{}", expected.len());
        let (html, text) = (visible(&rendered.html), &rendered.text);
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
    assert!(visible(&rendered.html).contains("Nebel O'Hara"));
    assert!(rendered.text.contains("Isar <Consult>"));
}

#[test]
fn the_mail_asks_no_server_for_anything_and_is_not_cut_off() {
    let (_, rendered) = rendered("en-GB");
    for asking in ["<img", "<link", "@import", "url(", "<script", "src="] {
        assert!(!rendered.html.contains(asking), "{asking}");
    }
    assert!(rendered.html.contains("color-scheme"));
    // Gmail cuts mails off at 102 kB.
    assert!(rendered.html.len() < 100_000, "{}", rendered.html.len());
}

#[test]
fn a_file_in_the_home_replaces_a_template() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
    std::fs::write(home.path().join(FOLDER).join("subject.txt"), "{{ verdict }}\n  of {{ period_name }}\n").unwrap();
    let templates = Templates::load(home.path()).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let own = templates.render("weekly", &view, &imprint()).unwrap();
    assert_eq!(own.subject, format!("{} of week\u{a0}46", view.verdict).replace('\u{a0}', " "));
    let (_, shipped) = rendered("en-GB");
    assert_eq!(own.html, shipped.html);
    let hash =
        |templates: &Templates| templates.sources().find(|source| source.name == "mail/subject.txt").unwrap().sha256;
    let empty = tempfile::tempdir().unwrap();
    assert_ne!(hash(&templates), hash(&Templates::load(empty.path()).unwrap()));
}

/// The message for a home with this one template.
fn message(name: &str, text: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
    std::fs::write(home.path().join(FOLDER).join(name), text).unwrap();
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
fn a_template_that_is_no_template_leaves_the_built_in_one_in_force() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(home.path().join(FOLDER).join(name), text).unwrap();
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
    std::fs::create_dir_all(home.path().join(FOLDER)).unwrap();
    std::fs::write(home.path().join(FOLDER).join("subject.txt"), "{{ tilte }}").unwrap();
    std::fs::write(home.path().join(FOLDER).join("own.txt"), "{{ tilte }}").unwrap();
    let templates = Templates::load(home.path()).unwrap();
    let view = view(&samples::numbers(), "en-GB");
    let error = templates.render("weekly", &view, &imprint()).unwrap_err();
    assert_eq!(error.template(), Some("mail/subject.txt"));
    let without = templates.without("mail/subject.txt").unwrap();
    assert_eq!(without.render("weekly", &view, &imprint()).unwrap(), rendered("en-GB").1);
    assert_ne!(templates.sources().collect::<Vec<_>>(), without.sources().collect::<Vec<_>>());
    for name in ["mail/subject.txt", "mail/own.txt", "mail/none.txt"] {
        assert!(without.without(name).is_none(), "{name}");
    }
}
