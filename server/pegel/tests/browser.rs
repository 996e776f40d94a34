//! Pages and mail in a real browser: nothing is blocked or missing, and nothing is wider than a phone.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::TestHome;
use common::browser::browse;
use common::server::Served;
use std::path::Path;

/// The width of a small phone, in CSS pixels.
const PHONE: u32 = 360;

/// The width of a document on a phone.
fn width_on_a_phone(html: &str, folder: &Path) -> u32 {
    let quoted = html.replace('&', "&amp;").replace('"', "&quot;");
    let frame = format!(
        r#"<!doctype html><title>waiting</title><iframe width="{PHONE}" height="2000" srcdoc="{quoted}"></iframe>
        <script>
            const frame = document.querySelector("iframe");
            frame.onload = () => document.title = "width " + frame.contentDocument.documentElement.scrollWidth;
        </script>"#
    );
    let file = folder.join("frame.html");
    std::fs::write(&file, frame).unwrap();
    let output = browse(&format!("file://{}", file.display()), folder);
    let dom = String::from_utf8(output.stdout).unwrap();
    let width = dom.split_once("<title>width ").and_then(|(_, rest)| rest.split_once('<')).map(|(width, _)| width);
    width.unwrap_or_else(|| panic!("the frame was not loaded:\n{dom}")).parse().unwrap()
}

#[test]
fn pages_and_mail_show_in_a_browser_and_fit_a_phone() {
    let home = TestHome::empty();
    let edition = home.run(&["demo", "--once"]).succeeded().out;
    let mail = edition.lines().next().unwrap().strip_prefix("edition ").unwrap().to_owned();
    assert!(width_on_a_phone(&std::fs::read_to_string(mail).unwrap(), home.path()) <= PHONE);

    home.write("kpis/own/draft.rhai", &format!("kpi(#{{ id: \"draft\", {}", "title: \"a long line\", ".repeat(20)));
    let file = home.run(&["report", "render", "1", "--form", "html"]).succeeded().out;
    assert!(width_on_a_phone(&file, home.path()) <= PHONE);
    let reason = "The North sent its feedback late.";
    home.run(&["report", "run", "weekly", "--period", "2026-W46", "--again", "--reason", reason]).succeeded();
    let served = Served::start(&home);
    for (page, shows) in [
        ("/editions?", "Weekly"),
        ("/editions?period=2026-W46&status=critical&report=weekly&words=W46&", "1 earlier edition"),
        ("/editions/1?", "Küste"),
        ("/kpis?", "Feedback"),
        ("/kpis?pack=team&words=quota&", "Quota attainment"),
        ("/kpis/revenue?", "Revenue"),
        ("/kpis/feedback_rate?period=2026-Q3&by=partner&", "Past 12 quarters"),
        ("/kpis/feedback_rate?period=2026-10&by=region&and=source&", "Region × Source"),
        ("/kpis/feedback_rate/rows?period=2026-W46&by=region&group=K%C3%BCste&", "In the group"),
        ("/operations?", "own/draft.rhai"),
    ] {
        let output = browse(&format!("http://{}{page}lang=en", served.address), home.path());
        let dom = String::from_utf8(output.stdout).unwrap();
        assert!(dom.contains(shows), "{page}:\n{dom}");
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(!complaints.contains(":CONSOLE"), "{page}: {complaints}");

        let style = served.body(&served.style_sheet());
        for language in pegel_text::languages::codes() {
            let html = served.body(&format!("{page}lang={language}"));
            let styled = html.replace("</head>", &format!("<style>{style}</style></head>"));
            let width = width_on_a_phone(&styled, home.path());
            assert!(width <= PHONE, "{page} is {width} wide in {language}");
        }
    }
}
