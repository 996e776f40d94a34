//! What a mail leaves out so that it stays small: mail programs cut long ones off, and nobody reads them on a telephone.
//! All of it is in the archive.

use super::{KpiView, SectionView, View};
use pegel_text::words::Words;

/// So many figures that need attention are told in a mail, of all KPIs together, and of each at least one.
const TOLD: usize = 20;
/// So many breakdowns are.
const BREAKDOWNS: usize = 15;
/// Of each KPI so many figures that need attention stay.
const FIGURES: usize = 2;
/// So many KPIs that need attention stay.
const ATTENTION: usize = 10;
/// So many KPIs stay in the table of all.
const KPIS: usize = 40;
/// A crossed table has so many lines in a mail, and columns.
const CROSSED: (usize, usize) = (6, 4);
/// So many groups of a scorecard are told: the first ones.
const PLACES: usize = 5;
/// A scorecard has so many columns in a mail.
const COLUMNS: usize = 4;
/// So many rows stand one by one.
const ROWS: usize = 5;

/// Something that is left out: its word, and how.
type Step = (&'static str, fn(&mut View));

/// What is left out, one thing after the other.
const STEPS: [Step; 13] = [
    ("cut_courses", |view| kpis(view).for_each(|kpi| kpi.trend.bars.clear())),
    ("cut_calm_breakdowns", |view| {
        let is_broken = |class: &str| matches!(class, "critical" | "warning");
        kpis(view).for_each(|kpi| {
            kpi.tables.retain(|table| table.ends.worst.iter().any(|row| is_broken(row.status.class)));
        });
    }),
    ("cut_further_breakdowns", |view| _ = break_down(view, BREAKDOWNS / 2)),
    ("cut_crossed", |view| {
        let half = view.sections.len() / 2;
        view.sections.iter_mut().skip(half).for_each(|section| section.crossed.clear());
    }),
    ("cut_crossed", |view| view.sections.iter_mut().for_each(|section| section.crossed.clear())),
    ("cut_scorecards", |view| view.sections.iter_mut().for_each(|section| section.scorecard = None)),
    ("cut_further_breakdowns", |view| _ = break_down(view, BREAKDOWNS / 4)),
    ("cut_breakdowns", |view| kpis(view).for_each(|kpi| kpi.tables.clear())),
    ("cut_lists", |view| view.sections.iter_mut().for_each(|section| section.lists.clear())),
    ("cut_figures", |view| {
        tell(view, FIGURES);
    }),
    ("cut_calm_kpis", |view| keep(view, |_, kpi| matches!(kpi.status.class, "critical" | "warning"))),
    ("cut_attention", |view| view.attention.truncate(ATTENTION)),
    ("cut_kpis", |view| keep(view, |nth, _| nth < KPIS)),
];

/// What a mail tells of an edition: not of hundreds of figures in which something is wrong.
pub(crate) fn in_short(mut view: View) -> View {
    let figures: usize = view.attention.iter().map(|kpi| kpi.figures.len()).sum();
    if figures > TOLD {
        let each = TOLD / view.attention.len();
        tell(&mut view, each.max(1));
    }
    // One group alone says what the total says.
    kpis(&mut view).for_each(|kpi| kpi.tables.retain(|table| table.rows.len() > 1 || !table.more.is_empty()));
    if break_down(&mut view, BREAKDOWNS) {
        view.left_out.push(view.words.say("cut_further_breakdowns", []));
    }
    let words = view.words.clone();
    view.sections.iter_mut().for_each(|section| narrow(section, &words));
    view
}

/// Leaves so many breakdowns, the first ones; whether there were more.
fn break_down(view: &mut View, most: usize) -> bool {
    let mut left = most;
    let mut were_more = false;
    kpis(view).for_each(|kpi| {
        were_more |= kpi.tables.len() > left;
        kpi.tables.truncate(left);
        left -= kpi.tables.len();
    });
    were_more
}

/// What stands beside KPIs, as far as it has room on a telephone.
fn narrow(section: &mut SectionView, words: &Words) {
    // A scorecard says more of its dimension than the worst and the best.
    if let Some(card) = &section.scorecard {
        section.kpis.iter_mut().for_each(|kpi| kpi.tables.retain(|table| table.dimension != card.dimension));
    }
    let (lines, columns) = CROSSED;
    for table in section.crossed.iter_mut().filter(|table| table.lines.len() > lines || table.columns.len() > columns) {
        table.lines.truncate(lines);
        // Of months the last ones.
        let first = if table.by_month { table.columns.len().saturating_sub(columns) } else { 0 };
        keep_columns(&mut table.columns, first, columns);
        table.lines.iter_mut().for_each(|line| keep_columns(&mut line.cells, first, columns));
        table.more = words.say("crossed_in_archive", []);
    }
    if let Some(card) =
        section.scorecard.as_mut().filter(|card| card.lines.len() > PLACES || card.columns.len() > COLUMNS)
    {
        card.lines.truncate(PLACES);
        card.columns.truncate(COLUMNS);
        card.medians.truncate(COLUMNS);
        card.lines.iter_mut().for_each(|line| line.cells.truncate(COLUMNS));
        card.more = words.say("crossed_in_archive", []);
    }
    for list in section.lists.iter_mut().filter(|list| list.brief.len() > ROWS) {
        list.others += list.brief.len() - ROWS;
        list.brief.truncate(ROWS);
        list.more = words.say("more", [("count", list.others.into())]);
    }
}

fn keep_columns<T>(of: &mut Vec<T>, first: usize, count: usize) {
    of.drain(..first);
    of.truncate(count);
}

/// Leaves so many figures of each KPI that need attention; the others are counted.
fn tell(view: &mut View, figures: usize) {
    let words = view.words.clone();
    for kpi in view.attention.iter_mut().filter(|kpi| kpi.figures.len() > figures) {
        kpi.others += kpi.figures.len() - figures;
        kpi.figures.truncate(figures);
        kpi.more = words.say("more", [("count", kpi.others.into())]);
    }
}

/// Leaves out one thing more than before; `false` if there is nothing left that could be.
pub(crate) fn cut(view: &mut View, step: usize) -> bool {
    let Some((word, leave_out)) = STEPS.get(step) else { return false };
    let whole = view.clone();
    leave_out(view);
    // What is not there is not left out.
    if *view == whole {
        return true;
    }
    let left_out = view.words.say(word, []);
    if !view.left_out.contains(&left_out) {
        view.left_out.push(left_out);
    }
    // What is not left out in part, but altogether.
    if *word == "cut_breakdowns" {
        let parts = ["cut_calm_breakdowns", "cut_further_breakdowns"].map(|word| view.words.say(word, []));
        view.left_out.retain(|left_out| !parts.contains(left_out));
    }
    true
}

fn kpis(view: &mut View) -> impl Iterator<Item = &mut KpiView> {
    view.sections.iter_mut().flat_map(|section| &mut section.kpis)
}

/// Keeps some of the KPIs, by their place and what they are.
fn keep(view: &mut View, wanted: impl Fn(usize, &KpiView) -> bool) {
    let mut nth = 0;
    for SectionView { kpis, .. } in &mut view.sections {
        kpis.retain(|kpi| {
            nth += 1;
            wanted(nth - 1, kpi)
        });
    }
    view.sections.retain(|section| !section.is_empty());
}
