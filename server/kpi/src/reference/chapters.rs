//! The chapters, in the order in which they are read.

use super::blocks::{Block, Chapter, Function, Text};
use super::entries::{ENTRIES, OF_RHAI, Topic};
use super::recipes::{FIRST, RECIPES};
use super::signatures::Signature;
use super::{data, examples};
use crate::data::cell::Outcome;
use crate::data::model::Model;
use crate::definition::declaration::Unit;
use crate::script::{compiled, declare, limits};
use crate::testing::MOST_ROWS;
use serde::Serialize;

/// All chapters.
pub fn all(signatures: &[Signature], model: &Model) -> Vec<Chapter> {
    let functions = |topic| functions(topic, signatures);
    vec![
        first(),
        recipes(),
        chapter("surprises", "What is different from other languages", [list(SURPRISES)]),
        declaration(functions(Topic::Declaration)),
        chapter("rows", "Which rows belong to a period", texts(ROWS).chain(functions(Topic::Rows))),
        chapter("aggregates", "From rows to a number", texts(AGGREGATES).chain(functions(Topic::Aggregates))),
        columns(functions(Topic::Columns)),
        operators(),
        chapter("times", "Dates, instants and working time", texts(TIMES).chain(functions(Topic::Times))),
        chapter("texts", "Texts and lists", functions(Topic::Texts)),
        chapter("related", "Related rows", texts(RELATED).chain(functions(Topic::Related))),
        period(functions(Topic::Spans)),
        chapter("constants", "Constants and parameters", functions(Topic::Constants)),
        figures(functions(Topic::Figures)),
        tests(functions(Topic::Tests)),
        chapter("data", "The data", texts(DATA).chain([commands(SEE_TEXTS)]).chain(data::blocks(model))),
        chapter("dimensions", "Breaking down", texts(DIMENSIONS).chain([data::dimensions(model)])),
        chapter("helpers", "Helpers that scripts share", texts(HELPERS).chain([code(HELPER)])),
        rhai(),
        limits(),
    ]
}

fn chapter(id: &'static str, title: &'static str, blocks: impl IntoIterator<Item = Block>) -> Chapter {
    Chapter { id, title, blocks: blocks.into_iter().collect() }
}

fn text(text: &str) -> Block {
    Block::Text { text: text.into() }
}

fn texts(all: &[&str]) -> impl Iterator<Item = Block> {
    all.iter().map(|one| text(one))
}

fn list(items: &[&str]) -> Block {
    Block::List { items: items.iter().map(|item| Text::from(*item)).collect() }
}

fn code(text: &str) -> Block {
    Block::Code { language: "rhai", text: text.trim_end().to_owned() }
}

fn commands(text: &str) -> Block {
    Block::Code { language: "sh", text: text.to_owned() }
}

fn heading(id: &str, title: &str) -> Block {
    Block::Heading { id: id.to_owned(), title: title.to_owned() }
}

/// A table of texts; the first column is code.
fn table<const N: usize>(head: [&'static str; N], rows: &[[&str; N]]) -> Block {
    let row = |cells: &[&str; N]| {
        let texts = cells.iter().enumerate();
        texts
            .map(|(index, cell)| if index == 0 { format!("`{cell}`").as_str().into() } else { Text::from(*cell) })
            .collect()
    };
    Block::Table { head: head.to_vec(), rows: rows.iter().map(row).collect() }
}

/// The functions that are described in a chapter.
fn functions(topic: Topic, signatures: &[Signature]) -> Vec<Block> {
    let entries = ENTRIES.iter().filter(|entry| entry.topic == topic);
    let function = entries.map(|entry| {
        let ours = signatures.iter().filter(|signature| entry.describes(signature));
        Block::Function(Function {
            id: format!("fn {} {}", entry.of, entry.name).split_whitespace().collect::<Vec<_>>().join("-"),
            name: entry.name,
            signatures: ours.map(Signature::shown).collect(),
            text: entry.text.into(),
            example: entry.example.text(),
        })
    });
    function.collect()
}

/// The word for a value in scripts and JSON.
pub fn name_of(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

fn first() -> Chapter {
    let blocks = texts(&FIRST_TEXTS[..1])
        .chain([code(FIRST)])
        .chain(texts(&FIRST_TEXTS[1..]))
        .chain([
            heading("commands", "From the first line to the first figure"),
            text(COMMANDS_TEXT),
            commands(COMMANDS),
        ])
        .chain(texts(AFTER_COMMANDS));
    chapter("first", "A first KPI", blocks)
}

fn recipes() -> Chapter {
    let recipe =
        RECIPES.iter().flat_map(|recipe| [heading(recipe.id, recipe.title), text(recipe.text), code(recipe.script)]);
    chapter("recipes", "Recipes", texts(&["Whole scripts that you can copy and change."]).chain(recipe))
}

fn declaration(functions: Vec<Block>) -> Chapter {
    let units = Block::Table {
        head: vec!["Unit", "What `value` returns"],
        rows: UNITS
            .iter()
            .map(|(unit, what)| vec![format!("`{}`", name_of(unit)).as_str().into(), (*what).into()])
            .collect(),
    };
    let blocks = texts(&["What a script says about its KPI, in the map that it hands to `kpi(#{ … })`."])
        .chain([table(["Field", "", "Example"], &FIELDS)])
        .chain([heading("units", "Units"), units])
        .chain(functions);
    chapter("declaration", "The declaration", blocks)
}

fn columns(functions: Vec<Block>) -> Chapter {
    chapter("columns", "Closures, rows and columns", texts(COLUMNS).chain([code(LONG_CLOSURE)]).chain(functions))
}

fn operators() -> Chapter {
    let row = |[example, what, gives]: &[&str; 3]| {
        vec![format!("`{example}`").as_str().into(), Text::from(*what), format!("→ {gives}").as_str().into()]
    };
    let rows = OPERATIONS.iter().map(row).collect();
    chapter("operators", "Operators", [text(OPERATORS), Block::Table { head: vec!["Example", "What", "Gives"], rows }])
}

fn period(functions: Vec<Block>) -> Chapter {
    let blocks = texts(PERIOD)
        .chain([table(["Part", "Kind", ""], &PARTS), text(SPANS)])
        .chain(functions)
        .chain([heading("periods", "How periods are written"), table(["Period", ""], &PERIODS)]);
    chapter("period", "The period and spans around it", blocks)
}

fn figures(functions: Vec<Block>) -> Chapter {
    let absences =
        ABSENCES.iter().map(|(outcome, what)| vec![format!("`{}`", outcome.state()).as_str().into(), (*what).into()]);
    let blocks = texts(FIGURES)
        .chain([code(examples::MEASURES)])
        .chain(functions)
        .chain([heading("absences", "Where there is no figure"), text(ABSENT)])
        .chain([Block::Table { head: vec!["State", "When"], rows: absences.collect() }])
        .chain([heading("behind", "The rows behind it")])
        .chain(texts(&BEHIND[..1]))
        .chain([commands(SEE_ROWS)])
        .chain(texts(&BEHIND[1..]))
        .chain([code(examples::ROWS)]);
    chapter("figures", "From numbers to the figure", blocks)
}

fn tests(functions: Vec<Block>) -> Chapter {
    let blocks = texts(TESTS)
        .chain([table(["Key", "", "Example"], &TEST_KEYS)])
        .chain([heading("test-rows", "How rows are written"), text(TEST_ROWS), table(["Example", "What"], &ROW_VALUES)])
        .chain([text(&format!("The following example, as all tests here, is about `{}`.", examples::RATE))])
        .chain(functions);
    chapter("tests", "Tests", blocks)
}

fn rhai() -> Chapter {
    let functions: Vec<&str> = OF_RHAI.iter().map(|(_, what)| *what).collect();
    chapter("rhai", "What comes with Rhai", texts(RHAI).chain([list(&functions)]))
}

fn limits() -> Chapter {
    let limits = [
        format!(
            "A script: {} kB, {} KPIs, {} functions.",
            compiled::LONGEST / 1024,
            declare::MOST_KPIS,
            limits::FUNCTIONS
        ),
        format!("A KPI: {} measures.", limits::MOST_MEASURES),
        format!(
            "One call of `measures`, `value`, `rows` or `tests`: {} steps, {} s, calls nested {} deep, {} variables at a time.",
            limits::OPERATIONS,
            limits::TIME.as_secs(),
            limits::CALL_LEVELS,
            limits::VARIABLES
        ),
        format!("A text: {} kB. A list or a map: {} elements.", limits::TEXT_SIZE / 1024, limits::ELEMENTS),
        format!("All tests of a script: {MOST_ROWS} rows, those of `times` among them."),
    ];
    let limits: Vec<&str> = limits.iter().map(String::as_str).collect();
    chapter("limits", "Limits", [text("A script that needs more is stopped, and the report says so."), list(&limits)])
}

const FIRST_TEXTS: &[&str] = &[
    "A KPI is a text file. This one says which share of the leads that partners accepted was contacted within 24 hours. \
     It is complete: put it into the folder `kpis/`, and it is computed, by week, by region, by partner.",
    "`kpi(#{ … })` is the declaration: the name for commands and configuration (`id`), what people read in English and \
     German, the unit, and whether a higher or a lower figure is good news. `#{ name: value, … }` is a map; what stands \
     behind `//` is a comment.",
    "`fn measures(data)` says what to count. `data.leads` are all leads. `dated` says which date puts a lead into a \
     period; `|l| l.accepted_at` reads “of each lead l, its accepted_at”. `filter` keeps some of the rows, `count` counts \
     them. The function runs once and never sees a row: it describes, and the server does the counting for each period and \
     each group. What it returns, the map in its last lines, are the measures.",
    "A lead that was never contacted has no `contacted_at`. A comparison with a missing value does not hold, so such a \
     lead is not among the quick ones, but it is among the accepted ones.",
    "`fn value(m)` turns the measures into the figure: plain numbers now, under the names from above. `ratio(a, b)` is `a / b` \
     that knows what to do when there is nothing to divide by. A share is a fraction, shown as per cent because of the \
     declared unit.",
    "`fn tests()` lists examples that can be checked by hand: rows, a period, and what must come out. They run without a \
     database. With `by`, the expected figure is a map with one for each group. `let` gives a name to rows that are \
     needed more than once, and `times(3, row)` is the same row three times. A KPI comes into force only if its tests \
     pass.",
];

const COMMANDS_TEXT: &str = "Begin with the script that `pegel kpi new` writes for you, and change it, or copy a recipe. The \
     name of a KPI is made of small letters, digits and `_`; it must be the `id` in the file.";

const COMMANDS: &str = "pegel kpi new quick_contact                # writes kpis/own/quick_contact.rhai
pegel kpi check kpis/own/quick_contact.rhai    # is it in order? If not: where, why, what to do
pegel kpi test kpis/own/quick_contact.rhai     # do its tests pass, and what do they leave out?
pegel kpi value quick_contact --period last-month --by region";

const AFTER_COMMANDS: &[&str] = &[
    "`--period` takes what is listed under “How periods are written”, `--by` up to two dimensions with a comma between \
     them: see “Breaking down”. Nothing has to be written into a script for a breakdown.",
    "A running server picks up a changed file by itself; the page of the KPI says if it is not in order.",
    "Editors that know Rhai complete and explain functions with the file that `pegel kpi reference --definitions` prints: \
     save it as `pegel.d.rhai` beside the folder `kpis/`, not in it.",
];

/// Pitfalls for people who know other languages.
pub const SURPRISES: &[&str] = &[
    "In `measures`, columns have no values yet. So `if`, `switch`, `&&`, `||` do not work on them: write `and`, `or`, `!` \
     for conditions, and `when(condition, a, b)` for a choice.",
    "A missing value makes every comparison false, except `!=` and `!`, which are exact opposites of `==` and of the \
     condition: `l.outcome != \"won\"` also holds where the outcome is missing. Ask with `is_set()` and `is_missing()`.",
    "Comparisons do not chain: `1 < l.level and l.level < 3`. Put brackets around what belongs together.",
    "Durations are not numbers: compare with `minutes(30)`, `hours(4)`, `days(14)`. `working_days(a, b)` is a number.",
    "Days are those of the calendar wherever instants are compared: `p.end - l.created_at > days(14)` is the same as \
     `l.created_at + days(14) < p.end`, and fourteen days later it is the same time of the day, though the clocks may have \
     changed. A difference that is measured, `.mean(|l| l.closed_at - l.created_at)`, is seconds that have passed.",
    "Texts are compared letter by letter: `\"Website\"` is not `\"website\"`. They stand in double quotes.",
    "Functions see nothing but their parameters; what two functions need is written in both, or is a function itself: \
     `fn limit() { 5 }`. A closure sees the values around it, as they were when it was made, and cannot change them.",
    "The last expression of a function is its result and has no semicolon; all statements before it end with one.",
    "Whole numbers divide to whole numbers: in a test write `1.0 / 3`, not `1 / 3`, which is 0.",
    "Some words are taken and cannot be names, among them `new`, `in`, `is`, `var`, `case`, `default`, `match`, `this`, \
     `with`, `go`, `nil`, `null`.",
    "Not in the language: `&&`, `||`, `switch`, `??`, `eval`, `sleep`, `timestamp`, JSON, and anything about files, the network \
     or the current time.",
];

/// Every field of the declaration.
pub const FIELDS: [[&str; 3]; 14] = [
    ["id", "how commands and configuration call it: small letters, digits and `_`", "`id: \"quick_contact\"`"],
    [
        "title",
        "what people read: in English, and in any other language of the pages",
        "`title: #{ en: \"Quote rate\", de: \"Angebotsquote\", fr: \"Taux de devis\" }`",
    ],
    [
        "description",
        "one sentence, in the same languages",
        "`description: #{ en: \"Share of …\", de: \"Anteil der …\" }`",
    ],
    ["unit", "`percent`, `money`, `duration`, `count` or `number`; see below", "`unit: \"percent\"`"],
    ["better", "which figures are good news: `higher`, `lower`, or `neutral`", "`better: \"higher\"`"],
    [
        "threshold",
        "optional: the marks beyond which a figure is a warning, or critical; in the unit of the figure, or as \
         `\"80 %\"`. A mark may also follow from the KPI's own past: `below_mean_of`, `above_mean_of`, `beyond_usual`",
        "`threshold: #{ warning: 0.8, critical: 0.6 }`",
    ],
    ["min_sample", "optional: figures that rest on fewer rows are shown as “too few”", "`min_sample: 5`"],
    [
        "judge",
        "optional: which breaches count: `sure`, those that are more than chance, or `any`; for total and groups alike, \
         or for each. The total of a reader who sees only a part is a group. Without it: `any` of the total, `sure` of \
         groups",
        "`judge: #{ total: \"any\", groups: \"sure\" }`",
    ],
    [
        "judge_provisional",
        "optional: by what a figure is judged that can still change: by what is `expected` of it, as without this \
         field, or `as_it_stands`",
        "`judge_provisional: \"as_it_stands\"`",
    ],
    [
        "look_back",
        "optional: over how many periods together a group is judged again whose breach is not sure in one: 13 without \
         it, at most 60; 0 for none",
        "`look_back: 26`",
    ],
    [
        "target_tolerance",
        "optional: the share by which a figure may miss its target without being far from it: 5 % without it",
        "`target_tolerance: \"10 %\"`",
    ],
    [
        "settles_after",
        "optional: how long after a period its figures may still change; hours, days or weeks: `12h`, `14d`, `2w`",
        "`settles_after: \"14d\"`",
    ],
    ["stale_after", "optional: how long without an import until its figures are stale", "`stale_after: \"2d\"`"],
    [
        "parameters",
        "optional: what configuration may set, with defaults; numbers, texts, `true` or `false`",
        "`parameters: #{ horizon_days: 90 }`",
    ],
];

const UNITS: [(Unit, &str); 5] = [
    (Unit::Percent, "a fraction: 0.25 is shown as 25 %"),
    (Unit::Money, "an amount in whole units of the currency, such as euros: 12.5"),
    (Unit::Duration, "a duration in seconds, such as a mean of differences of instants gives it"),
    (Unit::Count, "a whole number of something"),
    (Unit::Number, "any other number"),
];

const ROWS: &[&str] = &[
    "A measure begins with a table, `data.leads`, and says once which of its rows belong to the period: with `dated`, \
     `existing`, `latest` or `all`. Then come `filter` and, last, what to make of the rows: see “From rows to a number”.",
    "In the signatures, a “dataset” is a table whose rows are being chosen, “related” are the rows that belong to another \
     row, and a “closure” is written `|l| …` or, with the period as second parameter, `|l, p| …`.",
];

const AGGREGATES: &[&str] = &[
    "These end a measure. `count` takes no closure: filter first. For related rows, all of them but `top_share` work in \
     the same way and give a column: a value of each row.",
];

const COLUMNS: &[&str] = &[
    "A closure names a row, and says something about it: `|l| l.amount`. What stands behind the dot is a column of the row, \
     the row that it refers to (`l.partner.region`), or its related rows (`l.opportunities`). `l[\"amount\"]` is the same as \
     `l.amount`, for names that are only known when the script runs.",
    "A closure may be longer, in braces; its last expression is its result:",
];

const LONG_CLOSURE: &str = "data.leads.dated(|l| l.created_at).filter(|l, p| {
    let waited = coalesce(l.contacted_at, p.end) - l.created_at;
    waited > days(2) and l.quality == \"hot\"
}).count()";

const OPERATORS: &str = "What can be combined, and the result. Everything else is an error that says so. Two columns, or a \
     column and a plain value, may stand on either side. A plain number beside money is money.";

/// An example over an opportunity `o` and the period `p`, a description, and the kind of the result.
pub const OPERATIONS: &[[&str; 3]] = &[
    ["o.closed_at - o.created_at", "instant - instant", "duration"],
    ["o.expected_close_on - p.last_day", "date - date", "duration"],
    ["o.created_at + days(30)", "instant + duration, instant - duration", "instant"],
    ["p.last_day + days(90)", "date + duration, date - duration", "date"],
    ["o.probability * 100", "number + - * / number", "number"],
    ["o.amount - o.product.list_price", "money + - money", "money"],
    ["o.amount * o.probability", "money * / number", "money"],
    ["o.amount / o.product.list_price", "money / money", "number"],
    ["o.closed_at - o.created_at + days(1)", "duration + - duration", "duration"],
    ["(o.closed_at - o.created_at) / 2", "duration * / number", "duration"],
    ["(o.closed_at - o.created_at) / days(7)", "duration / duration", "number"],
    ["-o.amount", "minus a number, an amount, a duration", "the same"],
    ["o.amount >= 1000", "`==` `!=` `<` `<=` `>` `>=` between two of a kind", "condition"],
    ["o.stage != \"proposal\"", "`==` `!=` between texts", "condition"],
    ["o.partner.active", "a yes/no column", "condition"],
    ["o.stage in [\"qualified\", \"proposal\"]", "one of a list", "condition"],
    ["o.amount > 1000 and (o.probability > 0.5 or o.closed_at.is_set())", "all of them; one of them", "condition"],
    ["!(o.outcome == \"lost\")", "not", "condition"],
];

const TIMES: &[&str] = &[
    "An instant is a point in time, a date is a day. Columns whose names end in `_at` are instants, those in `_on` are \
     dates. Instants are compared with instants, dates with dates; `day` and `start_of_day` convert between them.",
];

const RELATED: &[&str] = &[
    "`c.orders` are the orders of a customer c: the rows of another table that refer to this row. “The data” lists for \
     each table which there are. They know `dated`, `filter`, `count`, `distinct`, `sum`, `mean`, `median`, `percentile`, \
     `min`, `max`, and what is listed here. Without `dated` they are all that there are, of whatever time.",
    "What comes out is a column of the outer row, so it can be compared, added up, and averaged. A closure inside may use \
     values of the outer row: `c.orders.filter(|o| o.ordered_at > c.acquired_at)`. Related rows of related rows cannot be \
     counted; begin from the table between them.",
];

const PERIOD: &[&str] =
    &["`p`, the second parameter of a closure, is the period that rows are counted for; outside of closures it is \
     `data.period`."];

/// Every part of a period.
pub const PARTS: [[&str; 3]; 5] = [
    ["p.start", "instant", "when it begins"],
    ["p.end", "instant", "the first instant after it"],
    ["p.first_day", "date", "its first day"],
    ["p.last_day", "date", "its last day"],
    ["p.days", "number", "how many days it has"],
];

const SPANS: &str = "The following spans stand as second argument of `dated`; `p` itself may stand there, too.";

/// Every way to write a period.
pub const PERIODS: [[&str; 2]; 7] = [
    ["2026-W45", "a week, Monday to Sunday, as ISO 8601 counts them"],
    ["2026-11", "a month"],
    ["2026-Q4", "a quarter"],
    ["2026", "a year"],
    ["2026-11-02..2026-11-08", "from one day to another, both included"],
    [
        "last-week",
        "the one before the running one; also `last-month`, `last-quarter`, `last-year`, `last-7-days`; not in tests",
    ],
    ["this-month", "the running one; also `this-week`, `this-quarter`, `this-year`; not in tests"],
];

const FIGURES: &[&str] = &[
    "`fn value(m)` runs once for each cell, on plain numbers: `m.won` is what the measure `won` came to. Here `if`, `&&` and \
     all of Rhai work. It returns a number, a figure (`ratio(…)`, `number(…)`), or `()` for no figure.",
    "`fn value(m, previous)` also gets the measures of the period before.",
    "Counts and sums over no rows are 0. Means, medians, smallest and largest values over no rows are absent, `()`; \
     calculating with them fails, so ask first: `if m.time == () { return (); }`. `ratio` and `number` do that for you.",
    "A sum over rows none of which has a value is absent, too: what five orders without an amount brought is unknown, not 0. \
     There is no figure where `value` calculates with it. An average divides by the rows that have the value: \
     `ratio(m.revenue, m.priced)`, where `priced` counts the orders with `o.amount.is_set()`, or simply `.mean(|o| o.amount)`.",
    "A duration below zero is a slip of whoever wrote down its ends: a deal closed before it was created. It counts as \
     missing in sums, means, medians, smallest and largest values, and the report says how many rows were left out. What is \
     early or late is no duration but a number of days: `.mean(|o| (o.closed_at - o.created_at) / days(1))`.",
    "Money is in whole units, durations are seconds. Units are checked: money plus a duration is an error, and so is a \
     figure that is not of the declared unit. `ratio(money, money)` and `ratio(count, count)` are plain numbers, for \
     `percent` or `number`; `ratio(money, count)` is money, `ratio(duration, count)` a duration.",
    "The examples use these measures:",
];

const ABSENT: &str = "Nothing is not zero: where there is no figure, the report says why, and no threshold is broken. Tests \
     expect these words.";

const ABSENCES: [(Outcome, &str); 3] = [
    (Outcome::NoRows, "No measure saw a row, or `value` returned `()`. A KPI that only counts is 0 instead."),
    (Outcome::ZeroDenominator, "There were rows, but the second number of `ratio` is 0."),
    (Outcome::TooFew, "The figure rests on fewer rows than `min_sample`."),
];

const BEHIND: &[&str] = &[
    "Every figure can be opened: its rows are those that its measures count, in the same period, group and scope. Of a \
     share they are those of the denominator. A KPI whose measures read different tables, or find their rows by different \
     dates, has a list for each measure.",
    "With `--bad` only those are listed that make the figure bad: of a share the rows of the denominator that are not in the \
     numerator, where higher is better, and those in the numerator, where lower is. Of all other figures these are all \
     rows. A script knows better which ones somebody should look at: `fn rows(data)` returns them, chosen like those of a \
     measure and not counted.",
];

const SEE_ROWS: &str = "pegel kpi rows quick_contact --period last-week --where region=North --bad";

const TESTS: &[&str] = &[
    "`fn tests()` returns a list of maps, `[ #{ … }, #{ … } ]`. Each is one test: some rows, a period, and the figure that \
     must come out. What it does not list does not exist. Tests never see your data, and periods begin at midnight UTC. \
     `pegel kpi test` also says which measures and branches no test has reached.",
];

/// Every key of a test; the last stands for the names of tables.
pub const TEST_KEYS: [[&str; 3]; 9] = [
    ["name", "what it shows, in words", "`name: \"one of four\"`"],
    ["period", "for which period; see “How periods are written”", "`period: \"2026-11\"`"],
    [
        "expect",
        "the figure, or why there is none; with `by`, a map with one for each group that must come out",
        "`expect: 0.25`, `expect: \"no_rows\"`, `expect: #{ North: 0.5, \"South West\": 0 }`",
    ],
    [
        "by",
        "optional: a dimension, or a list of two; groups are then called `North / Basic`, and `(none)` where it is missing",
        "`by: \"region\"`, `by: [\"region\", \"product\"]`",
    ],
    ["beside", "optional: what must stand beside the figure, by name", "`beside: #{ median: 3600 }`"],
    [
        "tolerance",
        "optional: how far off the figure may be, as a share of it; else it must be the same",
        "`tolerance: 0.001`",
    ],
    ["kpi", "of which KPI it is, where the script declares several", "`kpi: \"lead_to_meeting\"`"],
    ["parameters", "optional: parameters set otherwise for this test", "`parameters: #{ horizon_days: 30 }`"],
    ["leads", "the rows of a table, under its name; any tables", "`leads: [#{ … }, times(3, #{ … })]`"],
];

const TEST_ROWS: &str = "A row is a map. Only the columns that matter have to be written; the others are missing. A row may also \
     be given a name with `let` before the list, and be changed: `lead + #{ region: \"North\" }`.";

/// How values are written in the rows of a test: fields of a lead.
pub const ROW_VALUES: [[&str; 2]; 9] = [
    ["created_at: \"2026-11-02T08:00\"", "an instant, in UTC; `\"2026-11-02\"` alone is midnight"],
    ["opportunities: [#{ expected_close_on: \"2026-11-30\" }]", "a date; and related rows, a list inside the row"],
    ["amount: 1250.50", "money, in whole units"],
    ["source: \"Website\"", "a text"],
    ["region: \"North\"", "the region of the row itself, for `by: \"region\"`"],
    ["partner: \"Nord GmbH\"", "a reference, by the name of the row"],
    [
        "partner: #{ name: \"Nord GmbH\", region: \"North\", active: true }",
        "a reference with more about that row; the same map twice is one row. Yes/no is `true` or `false`",
    ],
    ["attributes: #{ fair_stand: \"Halle 3\" }", "attributes of your company"],
    ["closed_at: ()", "missing, as if it were not written"],
];

const DATA: &[&str] = &[
    "These are all tables, with the names that stand behind the dot in a script. A reference leads to a row of another \
     table: `l.partner.region`. Every column may be missing. Every row also has `key`, its id in the system that it \
     came from, and attributes, which your company adds: see `attr`.",
    "Which texts stand in a column is up to your data: a trade fair may be called `Messe`, `Trade fair` or `Fair 2026`. For a \
     column that is a dimension, break a KPI down by it and look, here for the sources of leads. In a script write \
     the text exactly so.",
];

const SEE_TEXTS: &str = "pegel kpi value leads --period this-year --by source";

const DIMENSIONS: &[&str] = &[
    "Every KPI can be broken down by one or two dimensions that all its tables carry. A row carries a dimension itself or \
     through what it refers to: its region is its own, else its partner's, its rep's, or its customer's. Rows without it \
     are a group of their own, `(none)` in tests.",
    "Targets and forecasts are plans: a total is read from the rows that name no rep, partner, team or region; a breakdown by \
     one of these from the rows that name it. They are never added up from below.",
];

const HELPERS: &[&str] = &[
    "What several scripts must agree on lies in `kpis/lib/NAME.rhai`, functions only. A script imports it at its head and \
     calls its functions under its name. To see what there is, look into `kpis/lib/sales.rhai`.",
];

const HELPER: &str = "import \"sales\" as sales;

// … and in `measures`:
sales::won_opportunities(data).count()";

const RHAI: &[&str] = &[
    "Scripts are written in Rhai, whose book describes numbers, texts, lists `[1, 2]`, maps `#{ a: 1 }`, `let`, `if`, `for`, \
     `fn` and closures. Of its own functions these are of use here, in `value`, in tests, and where lists are prepared:",
];
