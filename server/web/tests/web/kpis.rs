//! What the pages of KPIs say beyond what mails say.

use crate::support::{NOW, Site, add_leads, add_leads_of, catalog, catalog_of, report_of, state};
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
use pegel_web::State;
use std::sync::Arc;

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
            let (numbers, _) =
                build(&heading, &scopes, &catalog, &mut store.reader().unwrap(), |_, numbers| Ok(numbers)).unwrap();
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

/// Leads of two sources and two campaigns in week 46; some say neither.
fn by_source(store: &Store) {
    let mut leads = Vec::new();
    for (source, campaign, count, answered) in
        [("Fair", "Spring", 8, 2), ("Fair", "Autumn", 4, 4), ("Web", "Spring", 6, 5), ("", "", 3, 3)]
    {
        leads.extend((0..count).map(|nth| (source, campaign, nth < answered)));
    }
    add_leads_of(store, "2026-11-10", &leads);
}

/// The lines of a page between two of them.
fn between(words: &str, first: &str, last: &str) -> String {
    let (_, rest) = words.split_once(first).unwrap_or_else(|| panic!("{first:?} is missing in\n{words}"));
    rest.split_once(last).unwrap_or_else(|| panic!("{last:?} is missing in\n{words}")).0.to_owned()
}

#[test]
fn a_kpi_is_broken_down_the_worst_first_and_each_figure_leads_to_its_rows() {
    on_both(|store| {
        by_source(&store);
        let site = Site::on(store);
        let page = site.get("/kpis/feedback?period=2026-W46&by=source");
        insta::assert_snapshot!("kpi_by_source", between(&page.words(), "Fewest rows", "Past 26 weeks"));
        let link = "/kpis/feedback/rows?period=2026-W46&by=source&group=Fair";
        assert!(page.html().contains(&link.replace('&', "&amp;")), "{}", page.html());
        assert!(site.get(link).words().contains("12 rows (leads)"));
        let of_none = "/kpis/feedback/rows?period=2026-W46&by=source&group=";
        assert!(page.html().contains(&format!("{}\"", of_none.replace('&', "&amp;"))), "{}", page.html());
        let rows = site.get(of_none).words();
        assert!(rows.contains("3 rows (leads)") && rows.contains("Source\u{a0}(not given)"), "{rows}");
    });
}

#[test]
fn a_second_breakdown_stands_in_columns_or_beside_the_first_where_these_are_too_many() {
    on_both(|store| {
        by_source(&store);
        let many: Vec<String> = (0..9).map(|nth| format!("C{nth}")).collect();
        let leads: Vec<(&str, &str, bool)> = many.iter().map(|name| ("Web", name.as_str(), true)).collect();
        add_leads_of(&store, "2026-11-03", &leads);
        let site = Site::on(store);
        let page = site.get("/kpis/feedback?period=2026-W46&by=source&and=campaign");
        insta::assert_snapshot!("kpi_matrix", between(&page.words(), "Source × Campaign", "Past 26 weeks"));
        let link = "/kpis/feedback/rows?period=2026-W46&by=source&group=Fair&and=campaign&and_group=Spring";
        assert!(page.html().contains(&link.replace('&', "&amp;")), "{}", page.html());
        let rows = site.get(link).words();
        assert!(rows.contains("8 rows (leads)") && rows.contains("Source\u{a0}Fair · Campaign\u{a0}Spring"), "{rows}");
        let list = site.get("/kpis/feedback?period=2026-W45&by=source&and=campaign");
        assert!(!list.html().contains("class=\"matrix\""));
        assert!(list.html().contains("<th scope=\"col\" role=\"columnheader\">Campaign</th>"), "{}", list.html());
    });
}

#[test]
fn the_form_of_a_kpi_leads_to_an_address_that_says_it_all() {
    on_both(|store| {
        by_source(&store);
        let site = Site::on(store);
        let leads_to = |query: &str| {
            let answer = site.get(&format!("/kpis/feedback?{query}"));
            assert_eq!(answer.status, 303, "{query}");
            answer.header("location").to_owned()
        };
        for (query, address) in [
            ("every=week&on=2026-11-10&by=&and=", "period=2026-W46"),
            ("every=month&on=2026-11-10&by=source&and=", "period=2026-11&by=source"),
            ("every=quarter&on=2026-11-10&by=source&and=campaign", "period=2026-Q4&by=source&and=campaign"),
            ("every=year&on=", "period=2025"),
            ("every=week&on=2026-11-10&lang=de", "period=2026-W46&lang=de-DE"),
        ] {
            assert_eq!(leads_to(query), format!("/kpis/feedback?{address}"));
        }
        let page = site.get("/kpis/feedback?period=2026-11&by=source");
        assert!(page.html().contains("<option value=\"month\" selected>Month</option>"), "{}", page.html());
        assert!(page.html().contains("value=\"2026-11-30\""));
        assert!(page.html().contains("<option value=\"source\" selected>Source</option>"));
        assert!(page.html().contains("href=\"/kpis/feedback?period=2026-10&amp;by=source\""), "{}", page.html());
        assert!(!page.html().contains("rel=\"next\""), "December has not begun");
        let before = site.get("/kpis/feedback?period=2026-W45").words().replace('\u{a0}', " ");
        assert!(before.contains("week 44") && before.contains("week 46"), "{before}");
    });
}

#[test]
fn a_kpi_is_shown_in_longer_periods_and_in_one_that_is_running() {
    on_both(|store| {
        add_leads(&store, "2026-10-13", 10, 9);
        add_leads(&store, "2026-11-10", 10, 7);
        let site = Site::on(store);
        let of = |period: &str| site.get(&format!("/kpis/feedback?period={period}")).words();
        let october = of("2026-10");
        for said in ["Last complete month", "October 2026", "90.0%", "The month before", "Past 24 months"] {
            assert!(october.contains(said), "{said} is missing in\n{october}");
        }
        let november = of("2026-11");
        assert!(november.contains("70.0%") && november.contains("Provisional"), "{november}");
        assert!(!november.contains("Last complete"), "{november}");
        assert!(of("2026-Q4").contains("Past 12 quarters") && of("2026").contains("Past 6 years"));
        assert!(of("2026-10-12..2026-10-18").contains("90.0%"));
    });
}

#[test]
fn an_address_that_asks_a_kpi_for_something_else_says_what_to_write() {
    on_both(|store| {
        let site = Site::on(store);
        for (query, said) in [
            ("period=2026-W77", "write 2026-W45, 2026-11"),
            ("period=2026-11-08..2026-11-02", "write the earlier day first"),
            ("by=sorce", "did you mean “source”?"),
            ("by=kind", "kind"),
            ("and=source", "write by=region&and=source"),
            ("by=source&and=source", "write by=region&and=source"),
            ("every=fortnight&on=", "expected one of `day`, `week`"),
            ("every=week&on=tomorrow", "write one such as 2026-11-16"),
        ] {
            let answer = site.get(&format!("/kpis/feedback?{query}"));
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.words().contains(said), "{query}: {}", answer.words());
        }
        assert_eq!(site.get("/kpis/fedback?by=source").status, 404);
    });
}

/// A site with three KPIs, of which a report shows two.
fn site_with_report(store: Store) -> Site {
    let orders = r#"kpi(#{
    id: "orders", title: #{ en: "Orders", de: "Aufträge" }, description: #{ en: "Orders.", de: "Aufträge." },
    unit: "count", better: "higher",
});
fn measures(data) { #{ n: data.orders.dated(|o| o.ordered_at).count() } }
fn value(m) { m.n }
"#;
    let leads = leads("", "m.n");
    let feedback = catalog().kpis.into_iter().find(|kpi| kpi.id() == "feedback").unwrap();
    let mut catalog = catalog_of(&[("funnel/leads.rhai", &leads), ("revenue/orders.rhai", orders)]);
    catalog.kpis.push(feedback);
    Site::of(State { reports: Arc::new(|| vec![report_of(&["feedback", "orders"])]), ..state(store, catalog) })
}

#[test]
fn the_list_begins_with_what_needs_attention_and_folds_what_no_report_shows() {
    on_both(|store| {
        for (day, answered) in [("2026-10-27", 20), ("2026-11-03", 10), ("2026-11-10", 8)] {
            add_leads(&store, day, 20, answered);
        }
        let site = site_with_report(store);
        insta::assert_snapshot!("kpis_attention", site.get("/kpis").words());
        insta::assert_snapshot!("kpis_attention_de", site.get_in("de", "/kpis").words());
        let page = site.get("/kpis");
        assert!(page.html().contains("<details class=\"breakdown\">"), "{}", page.html());
    });
}

#[test]
fn kpis_are_found_by_words_pack_and_state() {
    on_both(|store| {
        add_leads(&store, "2026-11-03", 20, 20);
        add_leads(&store, "2026-11-10", 20, 8);
        let site = site_with_report(store);
        let found = |query: &str| {
            let page = site.get(&format!("/kpis?{query}"));
            ["feedback", "leads", "orders"].map(|id| page.html().contains(&format!("href=\"/kpis/{id}\"")))
        };
        assert_eq!(found(""), [true, true, true]);
        assert_eq!(found("words=&pack=&status="), [true, true, true]);
        assert_eq!(found("words=REPORTED+partner"), [true, false, false]);
        assert_eq!(found("pack=funnel"), [false, true, false]);
        assert_eq!(found("status=critical"), [true, false, false]);
        assert_eq!(found("words=orders"), [false, false, true]);
        let nothing = site.get("/kpis?words=nonsense");
        assert!(nothing.words().contains("Nothing was found"), "{}", nothing.words());
        // What is asked for is there at once.
        assert!(site.get("/kpis?pack=funnel").html().contains("<details class=\"breakdown\" open>"));
        let german = site.get("/kpis?lang=de&words=%22%3E%3Cb%3E");
        assert!(german.html().contains("name=\"lang\" value=\"de-DE\"") && !german.html().contains("\"><b>"));
    });
}
