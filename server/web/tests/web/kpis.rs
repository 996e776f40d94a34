//! What the pages of KPIs say beyond what mails say.

use crate::support::{NOW, Site, add_leads, catalog_of, state};
use jiff::Timestamp;
use pegel_home::{Entry, Origin};
use pegel_kpi::data::scope::Scope;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::time::period::Period;
use pegel_report::build::{Heading, build};
use pegel_report::definition::ReportDefinition;
use pegel_report::format::Format;
use pegel_store::Store;
use pegel_store::testing::on_both;
use pegel_text::locale::Locale;

/// A KPI that counts leads, with extra lines in its declaration and a body of `value`.
fn leads(declared: &str, value: &str) -> String {
    format!(
        r#"kpi(#{{
    id: "leads", title: #{{ en: "Leads", de: "Leads" }}, description: #{{ en: "Leads.", de: "Leads." }},
    unit: "count", better: "higher", {declared}
}});
fn measures(data) {{ #{{ n: data.leads.dated(|l| l.accepted_at).count() }} }}
fn value(m) {{ {value} }}
"#
    )
}

const WEEKLY: &str = r#"
title = { en = "Weekly", de = "Woche" }
every = "week"
locale = "en-GB"
zone = "Europe/Berlin"
recipients = []
[schedule]
weekday = "monday"
at = "07:00"
[[sections]]
title = { en = "All", de = "Alle" }
[[sections.kpis]]
id = "leads"
"#;

/// From one lead to 44, one more each week; then a single one in the last week.
fn rising(store: &Store) {
    let mut day: jiff::civil::Date = "2026-11-10".parse().unwrap();
    add_leads(store, &day.to_string(), 1, 0);
    for count in (1..45).rev() {
        day = day.saturating_sub(jiff::Span::new().weeks(1));
        add_leads(store, &day.to_string(), count, 0);
    }
}

#[test]
fn pages_judge_by_the_marks_of_the_mail_however_far_these_look_back() {
    on_both(|store| {
        rising(&store);
        for periods in [1, 12, 13, 20, 40] {
            let script = leads(&format!("threshold: #{{ warning: below_mean_of({periods}) }},"), "m.n");
            let catalog = catalog_of(&[("leads.rhai", &script)]);
            let weekly = Entry { name: "weekly.toml".to_owned(), text: WEEKLY.to_owned(), origin: Origin::BuiltIn };
            let definition = ReportDefinition::parse(&weekly).unwrap();
            let now: Timestamp = NOW.parse().unwrap();
            let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
            let period = Period::parse("last-week", now, &zone).unwrap();
            let heading = Heading {
                definition: &definition,
                period: &period,
                revision: 0,
                reason: None,
                created_at: now.as_second(),
                currency: "EUR",
                controlling: &[],
            };
            let scopes = [Scope::everything()];
            let (numbers, _) = build(&heading, &scopes, &catalog, &mut store.reader().unwrap()).unwrap();
            let numbers = &numbers[0];
            let mailed = &numbers.sections[0].kpis[0];
            assert!(mailed.threshold.warning.is_some() && mailed.status == Status::Warning, "{mailed:?}");
            let format = Format::new(&Locale::english(), "EUR", "Europe/Berlin");
            let mark = format.threshold(&mailed.threshold, mailed.unit, mailed.better);

            let site = Site::of(state(store.clone(), catalog));
            let (page, list) = (site.get("/kpis/leads"), site.get("/kpis"));
            assert!(page.words().contains(&mark), "mean of {periods}: {mark}\n{}", page.words());
            assert!(page.html().contains("class=\"now card at-warning\""), "mean of {periods}\n{}", page.html());
            assert!(list.html().contains("at-warning"), "mean of {periods}\n{}", list.html());
        }
    });
}

#[test]
fn a_kpi_whose_script_fails_shows_with_what() {
    on_both(|store| {
        add_leads(&store, "2026-11-10", 3, 0);
        let catalog =
            catalog_of(&[("leads.rhai", &leads("", "if m.n > 2 { throw \"no <b>more</b> than two\"; } m.n"))]);
        let site = Site::of(state(store, catalog));
        let page = site.get("/kpis/leads");
        let words = page.words();
        assert!(words.contains("the script gave up: no <b>more</b> than two"), "{words}");
        assert!(words.contains("leads.rhai:6:"), "{words}");
        assert!(!page.html().contains("<b>more"), "{}", page.html());
    });
}
