//! What the reference says about each of our functions: its chapter, a sentence or two, an example. Signatures are not
//! here; they come from the engine.

use super::examples::Example::{self, Declaration, Head, Measure, Test, Value};
use crate::definition::declaration::Unit;

/// The chapter that describes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Declaration,
    Rows,
    Aggregates,
    Related,
    Spans,
    Columns,
    Times,
    Texts,
    Constants,
    Figures,
    Tests,
}

/// One function, or those of its overloads that belong together.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    /// Only the overloads whose first parameter is of this type; empty: all.
    pub of: &'static str,
    pub topic: Topic,
    pub text: &'static str,
    pub example: Example,
}

const fn entry(name: &'static str, topic: Topic, text: &'static str, example: Example) -> Entry {
    Entry { name, of: "", topic, text, example }
}

/// All of our functions.
pub static ENTRIES: &[Entry] = &[
    // Declaration
    entry(
        "kpi",
        Topic::Declaration,
        "Declares a KPI. It stands at the top of the script, outside of all functions. A script may call it several \
         times: see the recipe “A family”.",
        Head(
            r#"kpi(#{
    id: "win_rate_of_leads",
    title: #{ en: "Win rate", de: "Gewinnquote" },
    description: #{
        en: "Share of the accepted leads that were won.",
        de: "Anteil der angenommenen Leads, die gewonnen wurden.",
    },
    unit: "percent",
    better: "higher",
});"#,
        ),
    ),
    entry(
        "below_mean_of",
        Topic::Declaration,
        "A mark for `threshold`: the mean of the KPI's own figures in that many periods before. The name says that the \
         bad side lies below, for KPIs where higher is better.",
        Declaration("threshold: #{ warning: below_mean_of(4) },"),
    ),
    entry(
        "above_mean_of",
        Topic::Declaration,
        "The same mark; the name says that the bad side lies above, for KPIs where lower is better.",
        Declaration("threshold: #{ warning: above_mean_of(4) },"),
    ),
    entry(
        "beyond_usual",
        Topic::Declaration,
        "A mark for `threshold`: the limit, on the bad side, of how the KPI's figures usually vary. It follows from the \
         last 26 figures, the judged one among them: their mean, less or more 2.66 times the mean change from one to \
         the next. With fewer than 12 figures there is no mark. Breakdowns are not judged by it.",
        Declaration("threshold: #{ warning: beyond_usual() },"),
    ),
    // Rows
    entry(
        "dated",
        Topic::Rows,
        "Keeps the rows whose date lies in the period. The closure names the date: a column with an instant or a date. \
         With a span as second argument, the rows whose date lies in that span. Rows without that date are left out.",
        Measure("data.orders.dated(|o| o.ordered_at, data.period.trailing(\"12 months\")).count()"),
    ),
    entry(
        "existing",
        Topic::Rows,
        "For rows that come and go, such as customers: the first closure says since when a row exists, the second until \
         when. Where the end is missing, the row is still there; without a second closure rows never end. Go on with \
         `at_start`, `at_end` or `during`.",
        Measure("data.customers.existing(|c| c.acquired_at, |c| c.churned_at).at_end().count()"),
    ),
    entry(
        "at_start",
        Topic::Rows,
        "Of rows that come and go, those that exist when the period begins. What begins or ends exactly then: see \
         `at_end`.",
        Measure("data.reps.existing(|r| r.hired_on, |r| r.left_on).at_start().count()"),
    ),
    entry(
        "at_end",
        Topic::Rows,
        "Of rows that come and go, those that exist when the period ends: they began before that instant and did not end \
         before it. So the stock at the end of a period is the stock at the start of the next.",
        Measure("data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_end().sum(|o| o.amount)"),
    ),
    entry(
        "during",
        Topic::Rows,
        "Of rows that come and go, those that exist at some time in the period.",
        Measure(
            "data.targets.existing(|t| t.starts_on, |t| t.ends_on).during()\n    .sum(|t, p| t.amount * overlap(t.starts_on, t.ends_on, p))",
        ),
    ),
    entry("all", Topic::Rows, "Every row, whatever the period.", Measure("data.products.all().count()")),
    Entry {
        name: "latest",
        of: "dataset",
        topic: Topic::Rows,
        text: "Of each series only the latest row that is dated up to there: for observations and forecasts, where a newer row \
               replaces an older one. A series are the rows that agree in everything but that date, their key, amounts and \
               numbers. The second argument is `data.period.last_day` or `first_day` for a date, `end` or `start` for an instant.",
        example: Measure(
            "data.observations.latest(|o| o.observed_on, data.period.last_day)\n    .filter(|o| o.metric == \"followers\").sum(|o| o.value)",
        ),
    },
    entry(
        "filter",
        Topic::Rows,
        "Keeps the rows for which the closure's condition holds. It may be used any number of times; all conditions must \
         hold. A comparison with a missing value does not hold.",
        Measure(
            "data.leads.dated(|l| l.created_at)\n    .filter(|l| l.source == \"Website\" and l.amount >= 1000).count()",
        ),
    ),
    entry(
        "month_of",
        Topic::Rows,
        "Which date gives the month when the figure is broken down by `month`. Without it, that is the date of `dated`.",
        Measure(
            "data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_end()\n    .month_of(|o| o.expected_close_on).sum(|o| o.amount)",
        ),
    ),
    // Aggregates
    entry(
        "count",
        Topic::Aggregates,
        "The number of rows; 0 where there are none.",
        Measure("data.leads.dated(|l| l.created_at).count()"),
    ),
    entry(
        "distinct",
        Topic::Aggregates,
        "The number of different values; missing ones are not counted, and 0 where there are none. An order with several \
         lines has one number: this counts it once.",
        Measure("data.orders.dated(|o| o.ordered_at).distinct(|o| o.number)"),
    ),
    entry(
        "sum",
        Topic::Aggregates,
        "The sum of an amount, a number or a duration; rows where it is missing add nothing. 0 where there are no rows; \
         absent, that is `()`, where there are rows and it is missing in all of them. \
         Durations below zero are left out, see “From numbers to the figure”.",
        Measure("data.orders.dated(|o| o.ordered_at).sum(|o| o.amount - o.cost)"),
    ),
    entry(
        "mean",
        Topic::Aggregates,
        "The mean over the rows where the value is not missing; absent, that is `()`, where there is no such row. Durations \
         below zero are left out, see “From numbers to the figure”.",
        Measure("data.leads.dated(|l| l.closed_at).mean(|l| l.closed_at - l.created_at)"),
    ),
    entry(
        "median",
        Topic::Aggregates,
        "The value in the middle: half of the rows lie below, half above. Absent where there is none.",
        Measure("data.leads.dated(|l| l.closed_at).median(|l| l.closed_at - l.created_at)"),
    ),
    entry(
        "percentile",
        Topic::Aggregates,
        "The value below which a share of the rows lies, from 0 to 1; written with a point, such as `0.9`. Absent where \
         there is none.",
        Measure("data.leads.dated(|l| l.accepted_at).percentile(0.9, |l| l.accepted_at - l.offered_at)"),
    ),
    Entry {
        name: "min",
        of: "dataset",
        topic: Topic::Aggregates,
        text: "The smallest value; absent where there is none.",
        example: Measure("data.orders.dated(|o| o.ordered_at).min(|o| o.amount)"),
    },
    Entry {
        name: "max",
        of: "dataset",
        topic: Topic::Aggregates,
        text: "The largest value; absent where there is none.",
        example: Measure("data.orders.dated(|o| o.ordered_at).max(|o| o.amount)"),
    },
    entry(
        "top_share",
        Topic::Aggregates,
        "The share of a sum that falls to the rows with most of it: with `0.2` to the best fifth of the rows, rounded up \
         to whole rows.",
        Measure("data.orders.dated(|o| o.ordered_at).top_share(0.2, |o| o.amount)"),
    ),
    // Related rows
    entry(
        "exists",
        Topic::Related,
        "A condition: whether there is at least one such related row.",
        Measure("data.leads.dated(|l| l.created_at).filter(|l| l.opportunities.exists()).count()"),
    ),
    entry(
        "first",
        Topic::Related,
        "A value of the related row that comes first. The first closure says by what they are ordered, the second which \
         value is wanted. Missing where there is no such row.",
        Measure(
            "data.customers.dated(|c| c.acquired_at)\n    .mean(|c| c.orders.first(|o| o.ordered_at, |o| o.amount))",
        ),
    ),
    entry(
        "last",
        Topic::Related,
        "A value of the related row that comes last.",
        Measure(
            "data.customers.dated(|c| c.acquired_at)\n    .mean(|c| c.orders.last(|o| o.ordered_at, |o| o.ordered_at) - c.acquired_at)",
        ),
    ),
    Entry {
        name: "min",
        of: "related rows",
        topic: Topic::Related,
        text: "The smallest value among the related rows, also of a date or an instant; missing where there is none. `count`, \
               `distinct`, `sum`, `mean`, `median` and `percentile` work in the same way.",
        example: Measure(
            "data.customers.dated(|c| c.acquired_at)\n    .mean(|c| c.orders.min(|o| o.ordered_at) - c.acquired_at)",
        ),
    },
    Entry {
        name: "max",
        of: "related rows",
        topic: Topic::Related,
        text: "The largest value among the related rows; missing where there is none.",
        example: Measure("data.leads.dated(|l| l.created_at).filter(|l| l.lead_offers.max(|o| o.level) >= 2).count()"),
    },
    // Spans
    entry(
        "trailing",
        Topic::Spans,
        "The span of that length up to the end of the period: `\"90 days\"`, `\"4 weeks\"`, `\"12 months\"`, `\"1 year\"`.",
        Measure(
            "data.customers.all()\n    .filter(|c, p| c.orders.dated(|o| o.ordered_at, p.trailing(\"1 year\")).count() >= 2).count()",
        ),
    ),
    entry(
        "ahead",
        Topic::Spans,
        "The span of that length right after the end of the period.",
        Measure("data.opportunities.dated(|o| o.expected_close_on, data.period.ahead(\"90 days\")).sum(|o| o.amount)"),
    ),
    entry(
        "so_far",
        Topic::Spans,
        "Everything up to the end of the period.",
        Measure("data.orders.dated(|o| o.ordered_at, data.period.so_far()).sum(|o| o.amount)"),
    ),
    entry(
        "earlier",
        Topic::Spans,
        "Everything before the period begins.",
        Measure("data.orders.dated(|o| o.ordered_at, data.period.earlier()).distinct(|o| o.customer_id)"),
    ),
    // Columns
    entry(
        "is_set",
        Topic::Columns,
        "A condition: whether there is a value. Of a reference: whether the row refers to one.",
        Measure("data.leads.dated(|l| l.accepted_at).filter(|l| l.feedback_at.is_set() and l.rep.is_set()).count()"),
    ),
    entry(
        "is_missing",
        Topic::Columns,
        "The opposite of `is_set`.",
        Measure("data.orders.dated(|o| o.ordered_at).filter(|o| o.cancelled_at.is_missing()).sum(|o| o.amount)"),
    ),
    entry(
        "attr",
        Topic::Columns,
        "An attribute that your company has added to the rows: a text, unless `config/tables` gives it a kind; or missing.",
        Measure("data.leads.dated(|l| l.created_at).filter(|l| l.attr(\"fair_stand\") == \"Halle 3\").count()"),
    ),
    entry(
        "as_of",
        Topic::Columns,
        "An opportunity as it was at an instant: its `amount`, `probability` and `expected_close_on` are those of then, \
         all other columns those of today. Works for the rows of `data.opportunities`.",
        Measure(
            "data.opportunities.existing(|o| o.created_at, |o| o.closed_at).at_end()\n    .sum(|o, p| o.as_of(p.end).amount)",
        ),
    ),
    entry(
        "coalesce",
        Topic::Columns,
        "The first value or, where that is missing, the second.",
        Measure("data.leads.dated(|l| l.closed_at).sum(|l| coalesce(l.amount, 500))"),
    ),
    entry(
        "earliest",
        Topic::Columns,
        "The smaller of two values of a kind; one that is missing is ignored.",
        Measure(
            "data.leads.dated(|l| l.created_at).mean(|l| earliest(l.contacted_at, l.first_meeting_at) - l.created_at)",
        ),
    ),
    Entry {
        name: "latest",
        of: "column",
        topic: Topic::Columns,
        text: "The larger of two values of a kind; one that is missing is ignored. Not to be confused with `rows.latest(…)`.",
        example: Measure(
            "data.leads.dated(|l| l.closed_at).mean(|l| l.closed_at - latest(l.created_at, l.offered_at))",
        ),
    },
    entry(
        "when",
        Topic::Columns,
        "The second argument where the condition holds, else the third. Use it where you would write `if`: that does not \
         work on columns.",
        Measure("data.orders.dated(|o| o.ordered_at).sum(|o| when(o.channel == \"online\", o.amount, 0))"),
    ),
    // Times
    entry(
        "overlap",
        Topic::Times,
        "The share of a span's days that lie in the period, from 0 to 1; both days are part of the span. A target for a \
         year counts in a month by that share.",
        Measure(
            "data.targets.existing(|t| t.starts_on, |t| t.ends_on).during()\n    .sum(|t, p| t.amount * overlap(t.starts_on, t.ends_on, p))",
        ),
    ),
    entry(
        "start_of_day",
        Topic::Times,
        "The instant at which a day begins, in the zone of the report: makes an instant of a date.",
        Measure(
            "data.opportunities.dated(|o| o.closed_at).filter(|o| o.closed_at < o.expected_close_on.start_of_day()).count()",
        ),
    ),
    entry(
        "day",
        Topic::Times,
        "The day of an instant, in the zone of the report: makes a date of an instant.",
        Measure("data.leads.dated(|l| l.accepted_at).filter(|l| l.accepted_at.day() == l.offered_at.day()).count()"),
    ),
    entry(
        "working",
        Topic::Times,
        "The working time between two instants, a duration: by the hours and holidays in `config/calendar.toml`.",
        Measure(
            "data.leads.dated(|l| l.accepted_at).filter(|l| working(l.accepted_at, l.contacted_at) <= hours(4)).count()",
        ),
    ),
    entry(
        "working_days",
        Topic::Times,
        "The number of working days from the day of the first instant, which is not counted, to the day of the second: \
         from Friday to the next Monday it is 1. Missing where one of them is. A plain number: compare with `5`, not \
         with `days(5)`.",
        Measure(
            "data.leads.dated(|l| l.created_at).filter(|l| working_days(l.created_at, l.accepted_at) <= 3).count()",
        ),
    ),
    // Texts
    Entry {
        name: "contains",
        of: "column",
        topic: Topic::Texts,
        text: "A condition: whether a part occurs in the text. Capital and small letters are different.",
        example: Measure("data.leads.dated(|l| l.created_at).filter(|l| l.campaign.contains(\"Herbst\")).count()"),
    },
    entry(
        "starts_with",
        Topic::Texts,
        "A condition: whether the text begins with a part.",
        Measure("data.orders.dated(|o| o.ordered_at).filter(|o| o.number.starts_with(\"R-\")).count()"),
    ),
    entry(
        "ends_with",
        Topic::Texts,
        "A condition: whether the text ends with a part.",
        Measure(
            "data.reps.existing(|r| r.hired_on, |r| r.left_on).at_end().filter(|r| r.email.ends_with(\"@example.com\")).count()",
        ),
    ),
    entry(
        "as_number",
        Topic::Texts,
        "The number in a text, such as an attribute; missing if the text is not a number.",
        Measure("data.leads.dated(|l| l.created_at).mean(|l| l.attr(\"roof_area\").as_number())"),
    ),
    entry(
        "parse_float",
        Topic::Texts,
        "The number in a plain text. A text made of a measure has none: its unit would be lost.",
        Value(Unit::Number, "m.won * parse_float(\"1.5\")"),
    ),
    entry(
        "parse_int",
        Topic::Texts,
        "The same for whole numbers; the second argument is the base in which they are written, 10 by default.",
        Value(Unit::Number, "m.won * parse_int(\"12\")"),
    ),
    Entry {
        name: "contains",
        of: "list",
        topic: Topic::Texts,
        text: "A condition: whether the value is one of a list. People write it as `in`.",
        example: Measure(
            "data.activities.dated(|a| a.occurred_at).filter(|a| a.kind in [\"call\", \"visit\"]).count()",
        ),
    },
    // Constants
    entry(
        "minutes",
        Topic::Constants,
        "A duration.",
        Measure("data.leads.dated(|l| l.accepted_at).filter(|l| l.accepted_at - l.offered_at < minutes(30)).count()"),
    ),
    entry(
        "seconds",
        Topic::Constants,
        "A duration.",
        Measure("data.leads.dated(|l| l.accepted_at).filter(|l| l.accepted_at - l.offered_at < seconds(90)).count()"),
    ),
    entry(
        "hours",
        Topic::Constants,
        "A duration.",
        Measure("data.leads.dated(|l| l.accepted_at).filter(|l| l.accepted_at - l.offered_at < hours(1.5)).count()"),
    ),
    entry(
        "days",
        Topic::Constants,
        "That many days. An instant shifted by them, or compared with another one, keeps its time of the day over a clock \
         change; `hours(24)` are always 24 hours. For working days see `working_days`.",
        Measure("data.leads.dated(|l| l.created_at).filter(|l| l.quoted_at <= l.created_at + days(14)).count()"),
    ),
    entry(
        "money",
        Topic::Constants,
        "An amount of money. Rarely needed: a plain number beside an amount is money already, as in `o.amount > 1000`.",
        Measure("data.orders.dated(|o| o.ordered_at).sum(|o| money(2.5) * o.quantity)"),
    ),
    entry(
        "date",
        Topic::Constants,
        "A certain day.",
        Measure("data.reps.all().filter(|r| r.hired_on >= date(\"2026-01-01\")).count()"),
    ),
    entry(
        "instant",
        Topic::Constants,
        "A certain instant; `Z` says that it is UTC.",
        Measure(
            "data.leads.dated(|l| l.created_at).filter(|l| l.created_at >= instant(\"2026-11-02T08:00Z\")).count()",
        ),
    ),
    entry(
        "param",
        Topic::Constants,
        "The value of the parameter of that name, which must be declared with a default. Works in `measures` and in \
         `value`.",
        Measure("data.leads.dated(|l| l.created_at).filter(|l| l.source == param(\"source\")).count()"),
    ),
    // Figures
    entry(
        "ratio",
        Topic::Figures,
        "One number divided by another. If the second is 0, it gives “zero denominator” instead of a figure, so prefer it \
         to `/`. If one of them is absent, there is no figure either. The second also becomes the number of rows that \
         `min_sample` is compared with, if it is one.",
        Value(Unit::Percent, "ratio(m.won, m.accepted)"),
    ),
    entry(
        "number",
        Topic::Figures,
        "A plain number as a figure, so that `of` or `beside` can be added. An absent number gives no figure.",
        Value(Unit::Duration, "number(m.time).beside(\"median\", m.median)"),
    ),
    entry(
        "of",
        Topic::Figures,
        "Says how many rows the figure rests on, for `min_sample` and for readers, if that does not follow by itself.",
        Value(Unit::Money, "number(m.amount).of(m.won)"),
    ),
    entry(
        "beside",
        Topic::Figures,
        "A second figure shown beside the first, of the same unit, under a name. Comparisons leave it out.",
        Value(Unit::Duration, "number(m.time).beside(\"median\", m.median)"),
    ),
    entry(
        "in_days",
        Topic::Figures,
        "Turns a duration into a plain number of days, and `()` into `()`.",
        Value(Unit::Number, "in_days(m.time)"),
    ),
    entry("in_hours", Topic::Figures, "The same in hours.", Value(Unit::Number, "in_hours(m.time)")),
    entry(
        "in_years",
        Topic::Figures,
        "The same in years of 365.25 days.",
        Value(Unit::Number, "if m.time == () { return (); }\n1 / in_years(m.time)"),
    ),
    // Tests
    entry(
        "times",
        Topic::Tests,
        "The same row that many times, in a list of rows.",
        Test(
            "name: \"one of four\",\nperiod: \"2026-11\",\nleads: [\n    times(3, #{ accepted_at: \"2026-11-02\" }),\n    #{ accepted_at: \"2026-11-02\", outcome: \"won\" },\n],\nexpect: 0.25,",
        ),
    ),
];

/// Rhai's own functions that are useful in a KPI: in `value`, in tests, and for preparing lists.
pub static OF_RHAI: &[(&str, &str)] = &[
    ("abs", "`abs(x)`: a number without its sign."),
    ("round", "`round(x)`: to the nearest whole number."),
    ("floor", "`floor(x)`: to the whole number below."),
    ("ceiling", "`ceiling(x)`: to the whole number above."),
    ("min", "`min(a, b)`: the smaller of two numbers."),
    ("max", "`max(a, b)`: the larger of two numbers."),
    ("sqrt", "`sqrt(x)`: the square root."),
    ("ln", "`ln(x)`: the natural logarithm."),
    ("exp", "`exp(x)`: the exponential function."),
    ("to_float", "`to_float(n)`: a whole number as one with decimals: `1 / 2` is 0, `1.0 / 2` is 0.5."),
    ("to_int", "`to_int(x)`: cuts the decimals off."),
    ("len", "`list.len()`: how many elements a list or map has."),
    ("push", "`list.push(x)`: adds an element to a list."),
    ("map", "`list.map(|x| …)`: a list of what the closure makes of each element."),
    ("reduce", "`list.reduce(|sum, x| …, 0)`: one value from all elements."),
    ("keys", "`map.keys()`: the names in a map."),
    ("values", "`map.values()`: the values in a map."),
    ("range", "`range(0, 5)`: the numbers 0 to 4, for a `for` loop."),
];

impl Entry {
    /// Whether it is about that overload.
    pub fn describes(&self, signature: &super::signatures::Signature) -> bool {
        self.name == signature.name && (self.of.is_empty() || self.of == signature.of())
    }
}
