//! How long reports take to be made and mailed, beside the same by plain string formatting. Run it on both databases with
//! `tests/postgres cargo bench --bench report`.

#[path = "../../tests/common/mod.rs"]
mod common;
#[allow(dead_code, clippy::unwrap_used, reason = "tests use more of it")]
#[path = "../../../delivery/tests/common/smtp.rs"]
mod smtp;

use common::{Said, TestHome};
use pegel_bench::leads::{History, fill};
use pegel_bench::{Sheet, memory_of, on_each_database, once, timed};
use pegel_report::render::{Imprint, Templates};
use pegel_report::view::{View, view};
use smtp::SmtpServer;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// When the last week is over in Berlin, in UTC seconds, and a while after that.
const END: i64 = 1_794_783_600;
const MONDAY: &str = "2026-11-16T07:00:00Z";

/// How often rendering is repeated; the median counts.
const RUNS: usize = 7;
const LEADS: u64 = 100_000;
/// Each gets a mail of its own.
const PARTNERS: u64 = 1_000;

/// Each by eight dimensions; with the totals more than 125 blocks.
const KPIS: [&str; 16] = [
    "feedback_rate",
    "acceptance_time",
    "contact_time",
    "processing_time",
    "conversion_rate",
    "silent_leads",
    "unaccepted_leads",
    "leads",
    "response_time",
    "lead_to_deal_rate",
    "lead_conversion_rate",
    "close_rate",
    "lead_quality",
    "stage_duration_to_accepted",
    "stage_duration_to_contacted",
    "stage_duration_to_closed",
];
const BY: [&str; 8] = ["region", "partner", "product", "product_line", "source", "rep", "team", "segment"];
const BLOCKS: usize = 125;

/// What a partner is shown of their own.
const OF_PARTNERS: [&str; 4] = ["feedback_rate", "acceptance_time", "contact_time", "conversion_rate"];
const BY_PARTNERS: [&str; 4] = ["region", "product", "rep", "team"];

fn main() {
    let mut sheet = Sheet::open(Path::new(env!("CARGO_TARGET_TMPDIR")), "report");
    on_each_database(|name, database| {
        let home = TestHome::with(database());
        home.run(&["init"]).succeeded();
        fill(&home.store(), History { partners: PARTNERS, ..History::of(LEADS, END) });
        addresses(&home);
        sheet.begin(name, &format!("{LEADS} leads of {PARTNERS} partners"));
        long_mail(&mut sheet, &home);
        forms(&mut sheet, &home);
        audiences(&mut sheet, &home);
    });
}

/// Partners can be written to.
fn addresses(home: &TestHome) {
    let set = "UPDATE partners SET contact_email = 'p' || id || '@example.com', language = 'de'";
    home.store().execute(set).expect("the database is ours");
}

fn report(name: &str, recipients: &str, kpis: &[&str], by: &[&str]) -> String {
    let head = format!("title = {{ en = \"{name}\" }}\nlocale = \"en-GB\"\nzone = \"Europe/Berlin\"\n");
    let kpis: Vec<String> =
        kpis.iter().map(|id| format!("[[sections.kpis]]\nid = \"{id}\"\nbreakdowns = {by:?}\n")).collect();
    format!("{head}recipients = [{recipients}]\n[[sections]]\ntitle = {{ en = \"All\" }}\n{}", kpis.concat())
}

/// Rendering alone, of an edition that was computed before.
fn long_mail(sheet: &mut Sheet, home: &TestHome) {
    home.write("config/reports/long.toml", &report("long", "", &KPIS, &BY));
    home.run_at(MONDAY, &["report", "run", "long"]);
    let store = home.store();
    let edition = store.edition(1).expect("it can be read").expect("it was made");
    let numbers = pegel_report::archive::numbers(&edition.renditions[0], &edition.labels).expect("they were stored");
    let templates = Templates::load(home.path()).expect("what ships is in order");
    let imprint = Imprint { link: None, base: None, unsubscribe: None, not_attached: Vec::new() };
    let shown = view(&numbers, "en-GB");
    let blocks: usize = shown.sections.iter().flat_map(|section| &section.kpis).map(|kpi| 1 + kpi.tables.len()).sum();
    assert!(blocks >= BLOCKS, "{blocks} blocks");
    let before = memory_of("self", "VmHWM").unwrap_or(0);
    let times = timed(
        RUNS,
        &mut [
            &mut || _ = templates.render("weekly", &view(&numbers, "en-GB"), &imprint).expect("it is rendered"),
            &mut || _ = std::hint::black_box(plain(&view(&numbers, "en-GB"))),
        ],
    );
    let [ours, plain] = [0, 1].map(|at| pegel_bench::median(&times[at]));
    sheet.time(&format!("a mail of {blocks} blocks, rendered"), ours, Some(Duration::from_millis(300)));
    sheet.ratio("  the same", ours, "by string formatting", plain, None);
    let most = memory_of("self", "VmHWM").unwrap_or(0).saturating_sub(before);
    sheet.megabytes("  memory above what there was", most, Some(50.0));
}

/// The same figures in a table, put together by hand.
fn plain(view: &View) -> String {
    let mut html = format!("<h1>{}</h1><p>{}</p><p>{}</p>", view.title, view.period, view.headline);
    for statement in &view.statements {
        write!(html, "<p><b>{}</b></p>", statement.sentence).expect("texts take texts");
    }
    for kpi in view.sections.iter().flat_map(|section| &section.kpis) {
        let brief = &kpi.brief;
        let cells = [&kpi.title, &brief.figure, &brief.before, &brief.year_before, &brief.goal];
        let cells: Vec<String> = cells.map(|cell| format!("<td style=\"padding:4px\">{cell}</td>")).into();
        write!(html, "<tr>{}</tr>", cells.concat()).expect("texts take texts");
        for row in kpi.tables.iter().flat_map(|table| &table.rows) {
            write!(html, "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", row.label, row.figure, row.change.text)
                .expect("texts take texts");
        }
    }
    html
}

fn forms(sheet: &mut Sheet, home: &TestHome) {
    home.run_at(MONDAY, &["report", "run", "weekly"]);
    let out = home.path().join("form").to_string_lossy().into_owned();
    for form in ["pdf", "xlsx", "html"] {
        let arguments = ["report", "render", "2", "--form", form, "--out", &out];
        let (took, most) = spent(home.command_at(MONDAY, &arguments));
        sheet.time(&format!("{form} of the weekly report, the whole command"), took, Some(Duration::from_secs(1)));
        sheet.megabytes("  its memory, at most", most, None);
    }
}

/// Each partner gets a mail of its own, handed over to a mail server on this machine.
fn audiences(sheet: &mut Sheet, home: &TestHome) {
    let partners = report("partners", "{ each = \"partner\" }", &OF_PARTNERS, &BY_PARTNERS);
    home.write("config/reports/partners.toml", &partners);
    let server = SmtpServer::start(|_| None);
    let arguments = ["report", "run", "partners", "--send", "--mail-url", &server.url()];
    let (took, most) = spent(home.command_at(MONDAY, &arguments));
    assert_eq!(server.mails().len() as u64, PARTNERS, "each gets one");
    sheet.time(&format!("{PARTNERS} audiences, computed, rendered and mailed"), took, Some(Duration::from_secs(10)));
    sheet.megabytes("  memory, at most", most, Some(150.0));
}

/// How long a command takes, and how much memory at most.
fn spent(mut command: Command) -> (Duration, usize) {
    let (most, took) = once(|| {
        let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
        let (process, mut most) = (child.id().to_string(), 0);
        while child.try_wait().expect("it is ours").is_none() {
            most = most.max(memory_of(&process, "VmHWM").unwrap_or(0));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(child.wait().expect("it has ended").success());
        most
    });
    (took, most)
}

impl TestHome {
    fn run_at(&self, now: &str, arguments: &[&str]) {
        Said::of(&self.command_at(now, arguments).output().expect("the program starts")).succeeded();
    }
}
