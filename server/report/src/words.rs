//! The words around the figures, in English and German, all in one place.

use pegel_kpi::data::cell::Outcome;
use pegel_kpi::definition::threshold::Status;
use serde::Serialize;

/// Every word that a report says beside what its definition and its KPIs bring along. Templates see it as `words`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Wording {
    /// BCP 47, of the language itself: `en` or `de`.
    pub language: &'static str,

    pub week: &'static str,
    /// Before a period's name: `against week 45`.
    pub against: &'static str,
    pub unchanged: &'static str,
    pub percentage_points: &'static str,
    pub below: &'static str,
    pub above: &'static str,
    pub no_threshold: &'static str,
    pub median: &'static str,

    pub no_rows: &'static str,
    pub zero_denominator: &'static str,
    pub too_few: &'static str,
    pub stale: &'static str,
    pub script_error: &'static str,

    pub critical: &'static str,
    pub warning: &'static str,
    pub warnings: &'static str,
    pub ok: &'static str,
    pub unjudged: &'static str,
    pub all_kept: &'static str,
    pub none_judged: &'static str,

    pub broken_thresholds: &'static str,
    pub total: &'static str,
    pub figure: &'static str,
    pub change: &'static str,
    pub state: &'static str,
    pub weeks: &'static str,
    pub periods: &'static str,
    pub lowest: &'static str,
    pub highest: &'static str,
    pub missing_group: &'static str,
    pub more: &'static str,
    /// Of the groups that are not shown, how many break a threshold: `12 more, 3 of them broken`.
    pub of_them_broken: &'static str,

    pub computed: &'static str,
    pub revision: &'static str,
    pub numbers: &'static str,
    pub archived: &'static str,
    pub open_in_archive: &'static str,
    pub why_this_mail: &'static str,

    pub dimensions: Dimensions,
}

/// The names of the dimensions, as headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Dimensions {
    pub partner: &'static str,
    pub region: &'static str,
    pub product: &'static str,
    pub product_line: &'static str,
    pub source: &'static str,
    pub campaign: &'static str,
    pub rep: &'static str,
    pub team: &'static str,
    pub channel: &'static str,
    pub segment: &'static str,
    pub country: &'static str,
    pub kind: &'static str,
    pub month: &'static str,
}

const ENGLISH: Wording = Wording {
    language: "en",
    week: "week",
    against: "against",
    unchanged: "unchanged",
    percentage_points: "pp",
    below: "below",
    above: "above",
    no_threshold: "no threshold",
    median: "median",
    no_rows: "no data",
    zero_denominator: "no base",
    too_few: "too few",
    stale: "out of date",
    script_error: "script error",
    critical: "critical",
    warning: "warning",
    warnings: "warnings",
    ok: "ok",
    unjudged: "not judged",
    all_kept: "all thresholds kept",
    none_judged: "nothing to judge",
    broken_thresholds: "Broken thresholds",
    total: "total",
    figure: "Figure",
    change: "Change",
    state: "State",
    weeks: "weeks",
    periods: "periods",
    lowest: "low",
    highest: "high",
    missing_group: "(not given)",
    more: "more",
    of_them_broken: "of them broken",
    computed: "Computed",
    revision: "revision",
    numbers: "numbers",
    archived: "This edition is kept unchanged in the archive as",
    open_in_archive: "Open this edition in the archive",
    why_this_mail: "You get this mail because you are a recipient of this report.",
    dimensions: Dimensions {
        partner: "Partner",
        region: "Region",
        product: "Product",
        product_line: "Product line",
        source: "Source",
        campaign: "Campaign",
        rep: "Sales rep",
        team: "Team",
        channel: "Channel",
        segment: "Segment",
        country: "Country",
        kind: "Kind",
        month: "Month",
    },
};

const GERMAN: Wording = Wording {
    language: "de",
    week: "KW",
    against: "gegenüber",
    unchanged: "unverändert",
    percentage_points: "Pp.",
    below: "unter",
    above: "über",
    no_threshold: "ohne Schwelle",
    median: "Median",
    no_rows: "keine Daten",
    zero_denominator: "keine Basis",
    too_few: "zu wenige",
    stale: "veraltet",
    script_error: "Skriptfehler",
    critical: "kritisch",
    warning: "Warnung",
    warnings: "Warnungen",
    ok: "ok",
    unjudged: "nicht bewertet",
    all_kept: "alle Schwellen eingehalten",
    none_judged: "nichts zu bewerten",
    broken_thresholds: "Verletzte Schwellen",
    total: "gesamt",
    figure: "Wert",
    change: "Änderung",
    state: "Stand",
    weeks: "Wochen",
    periods: "Zeiträume",
    lowest: "tiefster",
    highest: "höchster",
    missing_group: "(ohne Angabe)",
    more: "weitere",
    of_them_broken: "davon verletzt",
    computed: "Berechnet",
    revision: "Revision",
    numbers: "Zahlen",
    archived: "Diese Ausgabe liegt unverändert im Archiv als",
    open_in_archive: "Diese Ausgabe im Archiv öffnen",
    why_this_mail: "Sie erhalten diese Mail als Empfänger dieses Berichts.",
    dimensions: Dimensions {
        partner: "Partner",
        region: "Region",
        product: "Produkt",
        product_line: "Produktlinie",
        source: "Quelle",
        campaign: "Kampagne",
        rep: "Vertriebsmitarbeiter",
        team: "Team",
        channel: "Kanal",
        segment: "Segment",
        country: "Land",
        kind: "Art",
        month: "Monat",
    },
};

/// The words in the language of a locale such as `de-AT`; English where there are none.
pub fn wording(locale: &str) -> &'static Wording {
    if locale == "de" || locale.starts_with("de-") { &GERMAN } else { &ENGLISH }
}

impl Wording {
    /// Why there is no figure; empty where there is one.
    pub fn absence(&self, outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Value { .. } => "",
            Outcome::NoRows => self.no_rows,
            Outcome::ZeroDenominator => self.zero_denominator,
            Outcome::TooFew => self.too_few,
            Outcome::Stale => self.stale,
            Outcome::ScriptError { .. } => self.script_error,
        }
    }

    /// The word for a status.
    pub fn status(&self, status: Status) -> &'static str {
        match status {
            Status::Unjudged => self.unjudged,
            Status::Ok => self.ok,
            Status::Warning => self.warning,
            Status::Critical => self.critical,
        }
    }

    /// The heading for a dimension; its name where there is none.
    pub fn dimension<'a>(&self, name: &'a str) -> &'a str {
        let names = &self.dimensions;
        match name {
            "partner" => names.partner,
            "region" => names.region,
            "product" => names.product,
            "product_line" => names.product_line,
            "source" => names.source,
            "campaign" => names.campaign,
            "rep" => names.rep,
            "team" => names.team,
            "channel" => names.channel,
            "segment" => names.segment,
            "country" => names.country,
            "kind" => names.kind,
            "month" => names.month,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pegel_kpi::data::dimension::Dimension;

    #[test]
    fn every_dimension_has_a_heading_in_both_languages() {
        for dimension in Dimension::ALL {
            for locale in ["en", "de"] {
                assert_ne!(wording(locale).dimension(dimension.name()), dimension.name(), "{dimension}");
            }
        }
    }

    #[test]
    fn the_language_follows_the_locale() {
        assert_eq!(wording("de-AT").language, "de");
        assert_eq!(wording("en-GB").language, "en");
        assert_eq!(wording("den").language, "en");
    }
}
