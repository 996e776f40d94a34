use super::*;
use crate::numbers::PeriodHead;
use pegel_kpi::data::cell::Interval;

fn format(locale: &str, currency: &str) -> Format {
    Format::new(&Locale::parse(locale).unwrap(), currency, "Europe/Berlin")
}

fn english() -> Format {
    format("en-GB", "EUR")
}

fn german() -> Format {
    format("de-DE", "EUR")
}

fn french() -> Format {
    format("fr-FR", "EUR")
}

/// Spaces that must not break, made visible.
fn shown(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], "~")
}

fn both(value: f64, unit: Unit) -> (String, String) {
    (shown(&english().value(value, unit)), shown(&german().value(value, unit)))
}

fn cell(outcome: Outcome) -> Cell {
    Cell { sample: Some(3), ..Cell::of(outcome) }
}

fn pair(en: &str, de: &str) -> (String, String) {
    (en.to_owned(), de.to_owned())
}

#[test]
fn per_cents_have_one_decimal() {
    assert_eq!(both(0.75, Unit::Percent), pair("75.0%", "75,0~%"));
    assert_eq!(both(0.7125, Unit::Percent), pair("71.3%", "71,3~%"));
    assert_eq!(both(-12.3456, Unit::Percent), pair("−1,234.6%", "−1.234,6~%"));
}

#[test]
fn large_amounts_of_money_are_whole() {
    assert_eq!(both(1234.5, Unit::Money), pair("€1,234.50", "1.234,50~€"));
    assert_eq!(both(45_210.49, Unit::Money), pair("€45,210", "45.210~€"));
    assert_eq!(both(-1_234_567.89, Unit::Money), pair("−€1,234,568", "−1.234.568~€"));
    assert_eq!(both(0.0, Unit::Money), pair("€0.00", "0,00~€"));
    let yen = format("en", "JPY");
    assert_eq!(yen.value(45_210.0, Unit::Money), "¥45,210");
}

#[test]
fn money_has_the_decimals_of_its_currency() {
    let shown = |code: &str, locale: &str, value| shown(&format(locale, code).value(value, Unit::Money));
    for code in ["KWD", "BHD", "TND", "OMR", "JOD", "LYD"] {
        assert_eq!(shown(code, "en", 1234.5), format!("{code}~1,234.500"));
        assert_eq!(shown(code, "en", 12_345.68), format!("{code}~12,346"));
        assert_eq!(shown(code, "de", -0.001), format!("−0,001~{code}"));
    }
    assert_eq!(shown("CLF", "en", 0.12345), "CLF~0.1235");
    assert_eq!(shown("UYW", "de", 1234.5), "1.234,5000~UYW");
    for code in ["KRW", "CLP", "VND", "XAF"] {
        assert!(shown(code, "en", 1234.4).ends_with("1,234"), "{}", shown(code, "en", 1234.4));
    }
    assert_eq!(shown("JPY", "de", -1_234_567.0), "−1.234.567~¥");
}

#[test]
fn marks_of_money_are_written_as_people_say_them() {
    let mark = |code: &str, value| shown(&format("en", code).mark(value, Unit::Money));
    assert_eq!(mark("KWD", 500.0), "KWD~500");
    assert_eq!(mark("KWD", 500.5), "KWD~500.500");
    assert_eq!(mark("JPY", 500.0), "¥500");
    assert_eq!(mark("EUR", 0.125), "€0.125");
    assert_eq!(mark("EUR", 1000.0 / 3.0), "€333.33");
}

#[test]
fn a_mark_that_was_computed_has_no_more_digits_than_people_read() {
    let mark = |value, unit| shown(&format("en", "EUR").mark(value, unit));
    assert_eq!(mark(805.5875, Unit::Count), "805.6");
    assert_eq!(mark(14_027.0, Unit::Count), "14,027");
    assert_eq!(mark(0.751_234, Unit::Percent), "75.1%");
    assert_eq!(mark(0.7525, Unit::Percent), "75.25%");
    assert_eq!(mark(0.0125, Unit::Percent), "1.25%");
    assert_eq!(mark(2.125, Unit::Number), "2.125");
    assert_eq!(mark(212.0625, Unit::Number), "212.1");
}

#[test]
fn an_amount_is_never_shown_as_the_mark_it_breaks() {
    let floor = Threshold { warning: None, critical: Some(500.0) };
    let shown = |code, value| {
        let cell = cell(Outcome::Value { value });
        shown(&format("en", code).judged(&cell, Unit::Money, &floor))
    };
    assert_eq!(shown("EUR", 499.996), "€499.996");
    assert_eq!(shown("JPY", 499.6), "¥499.6");
    assert_eq!(shown("KWD", 499.9996), "KWD~499.9996");
    assert_eq!(shown("KWD", 500.0), "KWD~500.000");
}

#[test]
fn a_minus_is_no_hyphen_wherever_the_locale_writes_it() {
    for locale in ["en-GB", "en-US", "en-IN", "en-CH", "en-NL", "en-ZA", "de-DE", "de-AT", "de-CH", "de-LI"] {
        let format = format(locale, "EUR");
        for unit in [Unit::Money, Unit::Percent, Unit::Duration, Unit::Count, Unit::Number] {
            let text = format.value(-1234.5, unit);
            assert!(text.contains('−') && !text.contains('-'), "{locale}: {text}");
        }
    }
    let swiss = format("de-CH", "CHF");
    assert_eq!(shown(&swiss.value(-12_345.0, Unit::Money)), "CHF−12'345");
}

#[test]
fn durations_take_the_unit_that_reads_best() {
    assert_eq!(both(42.0, Unit::Duration), pair("42~secs", "42~Sek."));
    assert_eq!(both(59.7, Unit::Duration).1, "1~Min.");
    assert_eq!(both(270.0, Unit::Duration).1, "4,5~Min.");
    assert_eq!(both(42.0 * 60.0, Unit::Duration).1, "42~Min.");
    assert_eq!(both(59.6 * 60.0, Unit::Duration).1, "1~Std.");
    assert_eq!(both(200.0 * 60.0, Unit::Duration), pair("3~hrs~20~mins", "3~Std.~20~Min."));
    assert_eq!(both(51.782 * 86400.0, Unit::Duration), pair("51.8~days", "51,8~Tg."));
    assert_eq!(both(21.0 * 86400.0, Unit::Duration), pair("21.0~days", "21,0~Tg."));
}

#[test]
fn counts_and_plain_numbers() {
    assert_eq!(both(1234.0, Unit::Count), pair("1,234", "1.234"));
    assert_eq!(both(2.345, Unit::Number), pair("2.35", "2,35"));
    assert_eq!(both(-0.0001, Unit::Number), pair("0.00", "0,00"));
}

#[test]
fn a_figure_is_never_shown_as_the_mark_it_breaks() {
    let floor = Threshold { warning: Some(0.80), critical: Some(0.75) };
    let percent = |value| english().judged(&cell(Outcome::Value { value }), Unit::Percent, &floor);
    assert_eq!(percent(0.7497), "74.97%");
    assert_eq!(percent(0.749_996), "74.9996%");
    assert_eq!(percent(0.75), "75.0%");
    assert_eq!(percent(0.712), "71.2%");
    let ceiling = Threshold { warning: Some(3600.0), critical: Some(14400.0) };
    let shown = |value| shown(&english().judged(&cell(Outcome::Value { value }), Unit::Duration, &ceiling));
    assert_eq!(shown(3612.0), "1~hr~0.2~mins");
    assert_eq!(shown(3600.0), "1~hr");
}

#[test]
fn an_absence_is_named() {
    let words = |outcome: Outcome| {
        let cell = cell(outcome);
        (shown(&english().cell(&cell, Unit::Percent)), shown(&german().cell(&cell, Unit::Percent)))
    };
    assert_eq!(words(Outcome::NoRows), pair("no data", "keine Daten"));
    assert_eq!(words(Outcome::ZeroDenominator), pair("no base", "keine Basis"));
    assert_eq!(words(Outcome::TooFew), pair("too few~(3)", "zu wenige~(3)"));
    assert_eq!(words(Outcome::Stale), pair("out of date", "veraltet"));
    let error = Outcome::ScriptError { message: "feedback_rate.rhai:3: …".into() };
    assert_eq!(words(error), pair("script error", "Skriptfehler"));
}

#[test]
fn changes_say_by_how_much() {
    let change = |absolute, relative, unit| {
        let change = Change { absolute, relative, improved: None };
        (shown(&english().change(Some(&change), unit)), shown(&german().change(Some(&change), unit)))
    };
    assert_eq!(change(0.021, Some(0.03), Unit::Percent), pair("+2.1~pp", "+2,1~Pp."));
    assert_eq!(change(-0.051, None, Unit::Percent), pair("−5.1~pp", "−5,1~Pp."));
    assert_eq!(change(-0.0001, Some(-0.0001), Unit::Percent), pair("unchanged", "unverändert"));
    assert_eq!(change(-1200.0, Some(-0.12), Unit::Money), pair("−12%", "−12~%"));
    assert_eq!(change(60.0, Some(0.0349), Unit::Duration), pair("+3.5%", "+3,5~%"));
    assert_eq!(change(0.0, Some(0.0), Unit::Count), pair("unchanged", "unverändert"));
    assert_eq!(change(12.0, None, Unit::Count), pair("+12", "+12"));
    assert_eq!(change(0.0, None, Unit::Count), pair("unchanged", "unverändert"));
    assert_eq!(change(0.001, None, Unit::Money), pair("unchanged", "unverändert"));
    assert_eq!(english().change(None, Unit::Count), "");
}

#[test]
fn thresholds_are_written_as_people_say_them() {
    let floor = Threshold { warning: Some(0.80), critical: Some(0.755) };
    assert_eq!(
        shown(&english().threshold(&floor, Unit::Percent, Better::Higher)),
        "warning below 80%, critical below 75.5%"
    );
    let ceiling = Threshold { warning: Some(3600.0), critical: Some(14400.0) };
    assert_eq!(
        shown(&german().threshold(&ceiling, Unit::Duration, Better::Lower)),
        "Warnung über 1~Std., kritisch über 4~Std."
    );
    let days = Threshold { warning: Some(14.0 * 86400.0), critical: Some(21.5 * 86400.0) };
    assert_eq!(
        shown(&english().threshold(&days, Unit::Duration, Better::Lower)),
        "warning above 14~days, critical above 21.5~days"
    );
    assert_eq!(
        shown(&english().beyond(Status::Warning, &days, Unit::Duration, Better::Lower).unwrap()),
        "above 14~days"
    );
    assert_eq!(english().beyond(Status::Ok, &days, Unit::Duration, Better::Lower), None);
    let money = Threshold { warning: None, critical: Some(100_000.0) };
    assert_eq!(shown(&german().threshold(&money, Unit::Money, Better::Higher)), "kritisch unter 100.000~€");
    let mean = Threshold { warning: Some(1487.0 / 3.0), critical: None };
    assert_eq!(shown(&english().threshold(&mean, Unit::Count, Better::Higher)), "warning below 495.7");
    assert_eq!(english().threshold(&Threshold::default(), Unit::Count, Better::Higher), "");
    assert_eq!(english().threshold(&floor, Unit::Percent, Better::Neutral), "");
}

#[test]
fn a_period_is_named_by_what_it_is() {
    let head = |name: &str| PeriodHead { name: name.into(), first_day: String::new(), last_day: String::new() };
    let shown = |name: &str| shown(&english().period(&head(name)));
    assert_eq!(shown("2026-W46"), "Week~46 · 9–15 November 2026");
    assert_eq!(shown("2026-11"), "November 2026");
    assert_eq!(shown("2026-Q3"), "Q3~2026 · 1 July – 30 September 2026");
    assert_eq!(shown("2026-11-09..2026-12-09"), "9 November – 9 December 2026");
    assert_eq!(shown("2026-11-09"), "9 November 2026");
    assert_eq!(shown("some time ago"), "some time ago");
    assert_eq!(english().period_name("2026-W46"), "week\u{a0}46");
    assert_eq!(french().periods(13, &head("2026-W46")), "13 semaines");
    assert_eq!(english().periods(1, &head("2026-11")), "1 month");
}

#[test]
fn french_figures_have_spaces_that_do_not_break() {
    let shown = |value, unit| french().value(value, unit).replace('\u{202f}', "_").replace('\u{a0}', "~");
    assert_eq!(shown(0.125, Unit::Percent), "12,5~%");
    assert_eq!(shown(1234.5, Unit::Money), "1_234,50~€");
    assert_eq!(shown(-12_345.0, Unit::Count), "−12_345");
    assert_eq!(shown(200.0 * 60.0, Unit::Duration), "3_h~20~min");
    let floor = Threshold { warning: Some(0.80), critical: Some(0.75) };
    let said = french().threshold(&floor, Unit::Percent, Better::Higher);
    assert_eq!(said.replace('\u{a0}', "~"), "alerte sous 80~%, critique sous 75~%");
}

#[test]
fn a_figure_says_how_many_rows_it_leaves_out_and_how_many_have_no_date() {
    let said = |format: Format, left_out, undated| {
        let cell = Cell { left_out, undated, ..cell(Outcome::Value { value: 1.0 }) };
        shown(&format.asides(&cell).join(", "))
    };
    assert_eq!(said(english(), 0, 0), "");
    assert_eq!(said(english(), 3, 0), "3~left out");
    assert_eq!(said(german(), 3, 2), "3~ausgelassen, 2~ohne Zeitpunkt");
    assert_eq!(said(french(), 1, 1), "1~écartée, 1~sans date");
    assert_eq!(said(french(), 3, 0), "3~écartées");
}

#[test]
fn a_range_is_cut_at_what_a_figure_can_be() {
    let range = |low, high, cell: &Cell, unit| english().range(low, high, cell, unit).map(|end| shown(&end));
    let plain = cell(Outcome::Value { value: 0.4 });
    let share = Cell { interval: Interval::of_proportion(4.0, 10.0), ..plain.clone() };
    assert_eq!(range(-0.005, 1.2, &share, Unit::Percent), ["0.0%", "100.0%"]);
    assert_eq!(range(0.21, 0.3, &share, Unit::Percent), ["21.0%", "30.0%"]);
    assert_eq!(range(-2.0, 7.0, &plain, Unit::Count), ["0", "7"]);
    assert_eq!(range(-90.0, 120.0, &plain, Unit::Duration), ["0~secs", "2~mins"]);
    // Growth and what was returned may be below zero, an attainment above one.
    assert_eq!(range(-0.005, 1.2, &plain, Unit::Percent), ["−0.5%", "120.0%"]);
    assert_eq!(range(-2.0, 7.0, &plain, Unit::Money), ["−€2.00", "€7.00"]);
}

#[test]
fn a_homes_own_tables_and_dimensions_are_called_as_it_says() {
    let german_language = pegel_text::languages::find("de").unwrap();
    let titles = BTreeMap::from([
        ("table_quotes".to_owned(), Translated::english("quotes").and(german_language, "Angebote")),
        ("dimension_quality".to_owned(), Translated::english("Quality")),
    ]);
    let called = |format: Format| {
        let format = format.calling(&titles);
        [format.table("quotes"), format.dimension("quality"), format.table("leads"), format.table("visits")]
    };
    assert_eq!(called(english()), ["quotes", "Quality", "leads", "visits"]);
    assert_eq!(called(german()), ["Angebote", "Quality", "Leads", "visits"]);
}
