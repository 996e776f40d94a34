//! Documents, set by templates of a few lines.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use pegel_pdf::{Made, PdfError, Templates};
use serde_json::{Value, json};

const MADE: Made = Made { at: 1_794_808_800, by: "Pegel 1.2.3" };

/// What every document needs to be read by everybody.
const HEAD: &str = r#"#set document(title: "A title")
#set text(lang: "en", font: "Inter")
#let content = json("/content.json")
"#;

fn set(template: &str, content: &Value) -> Result<Vec<u8>, PdfError> {
    let text = format!("{HEAD}{template}");
    Templates::parse([("main.typ", text.as_str())].into_iter())?.set("main.typ", content, MADE)
}

/// Why a template is refused, without the place.
fn refused(template: &str) -> String {
    let error = set(template, &json!({})).map(|_| "a PDF").unwrap_err();
    assert_eq!(error.template(), Some("main.typ"), "{error}");
    error.to_string()
}

#[track_caller]
fn says(message: &str, part: &str) {
    assert!(message.contains(part), "{message}");
}

#[test]
fn the_same_values_are_the_same_bytes() {
    let content = json!({ "name": "Müller & Söhne" });
    let pdf = || set("#content.name", &content).unwrap();
    assert!(pdf().starts_with(b"%PDF-1.7"));
    assert!(pdf() == pdf());
}

#[test]
fn what_no_font_can_show_does_not_keep_the_rest_from_being_read() {
    for name in ["東京", "🚀 Solar", "\u{e000}\u{202e}\u{0}", "e\u{301}\u{338}", "שלום", "ไทย", "𝕏", "\u{fdd0}"]
    {
        let pdf = set("#content.name", &json!({ "name": name }));
        assert!(pdf.is_ok(), "{name:?}: {:?}", pdf.err());
    }
}

#[test]
fn a_template_reaches_nothing_but_the_templates_and_the_values() {
    says(&refused("#read(\"/etc/passwd\")"), "file not found");
    says(&refused("#read(\"../../etc/passwd\")"), "would escape the project root");
    says(&refused("#import \"@preview/example:0.1.0\": *"), "not found");
    says(&refused("#datetime.today()"), "date");
    let error = refused("#include \"other.typ\"");
    assert_eq!(error.lines().next(), Some("main.typ:4:10: file not found (searched at other.typ)"));
}

#[test]
fn what_is_wrong_is_shown_where_it_is() {
    assert_eq!(refused("#let x = (1,"), "main.typ:4:10: unclosed delimiter\n  #let x = (1,\n           ^");
    says(&refused("#nothing"), "main.typ:4:2: unknown variable: nothing\n  #nothing\n   ^");
    let missing = Templates::default().set("main.typ", &json!({}), MADE).map(|_| "a PDF").unwrap_err();
    assert_eq!(missing.to_string(), "there is no template main.typ");
}

#[test]
fn a_picture_that_not_everybody_can_see_needs_words() {
    let picture = "image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\")";
    says(&refused(&format!("#{picture})")), "alt");
    set(&format!("#{picture}, alt: \"nothing\")"), &json!({})).unwrap();
}

#[test]
fn loops_and_calls_within_themselves_are_stopped() {
    says(&refused("#let n = 1\n#while n > 0 { n += 1 }"), "infinite");
    says(&refused("#let f() = f()\n#f()"), "depth");
}

#[test]
fn a_template_may_import_others() {
    let files = [
        ("main.typ", "#import \"parts.typ\": name\n#set document(title: \"A\")\n#name"),
        ("parts.typ", "#let name = [Part]"),
    ];
    Templates::parse(files.into_iter()).unwrap().set("main.typ", &json!({}), MADE).unwrap();
}
