//! Whole scripts to start from.

/// A whole script, and what it shows.
pub struct Recipe {
    pub id: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    pub script: &'static str,
}

/// The script of the first chapter.
pub const FIRST: &str = include_str!("scripts/first.rhai");

/// All recipes.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        id: "a-rate",
        title: "A rate",
        text: "A share of rows: count all, count some of them, and answer `ratio`. With `min_sample`, a figure that rests \
               on fewer rows is shown as “too few”. `settles_after` says that quotes still come for a month, so younger \
               figures are marked as provisional.",
        script: include_str!("scripts/rate.rhai"),
    },
    Recipe {
        id: "a-mean",
        title: "A mean with the median beside",
        text: "The difference of two instants is a duration. A few long ones pull a mean up, so the median is shown beside \
               it.",
        script: include_str!("scripts/mean.rhai"),
    },
    Recipe {
        id: "a-stock",
        title: "A stock at the end",
        text: "What exists at an instant: rows have a beginning and an end. Those without an end are still there.",
        script: include_str!("scripts/stock.rhai"),
    },
    Recipe {
        id: "trailing",
        title: "The past 12 months",
        text: "A window that is longer than the period and ends with it. Outside of closures the period is `data.period`.",
        script: include_str!("scripts/trailing.rhai"),
    },
    Recipe {
        id: "related-rows",
        title: "Related rows",
        text: "Conditions on what belongs to a row: here on the orders of each customer. The second parameter of a closure \
               is the period.",
        script: include_str!("scripts/related.rhai"),
    },
    Recipe {
        id: "two-tables",
        title: "Two tables",
        text: "Each measure has its own table and its own date. A breakdown works by what both tables carry, here by \
               `region` and `channel`, but not by `partner`.",
        script: include_str!("scripts/two_facts.rhai"),
    },
    Recipe {
        id: "working-time",
        title: "Working time",
        text: "`working` counts hours of work between two instants; for whole days there is `working_days`, which gives a \
               plain number. A comparison with a missing instant does not hold, so what was never accepted is not in time.",
        script: include_str!("scripts/working_time.rhai"),
    },
    Recipe {
        id: "a-family",
        title: "A family",
        text: "Several KPIs that differ in little: a loop declares them, and `param` tells `measures` which one it is about. \
               `l[name]` is the column of that name. Each test says of which KPI it is.",
        script: include_str!("scripts/family.rhai"),
    },
    Recipe {
        id: "parameters",
        title: "A parameter",
        text: "What others may want to set differently. In `config/thresholds.toml` they write `[large_orders.parameters]` \
               and below it `from_amount = 5000`.",
        script: include_str!("scripts/parameters.rhai"),
    },
    Recipe {
        id: "as-it-was",
        title: "As it was at an instant",
        text: "Opportunities change. `as_of` reads them as they were, so a figure of November is the same in March.",
        script: include_str!("scripts/as_of.rhai"),
    },
    Recipe {
        id: "growth",
        title: "Compared with the period before",
        text: "With a second parameter, `value` gets the measures of the period before as well.",
        script: include_str!("scripts/growth.rhai"),
    },
];
