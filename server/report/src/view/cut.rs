//! What a mail leaves out so that it stays small: mail programs cut long ones off, and nobody reads them on a telephone.
//! All of it is in the archive.

use super::{KpiView, SectionView, View};

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

/// Something that is left out: its word, and how.
type Step = (&'static str, fn(&mut View));

/// What is left out, one thing after the other.
const STEPS: [Step; 7] = [
    ("cut_courses", |view| kpis(view).for_each(|kpi| kpi.trend.bars.clear())),
    ("cut_calm_breakdowns", |view| {
        let is_broken = |class: &str| matches!(class, "critical" | "warning");
        kpis(view).for_each(|kpi| {
            kpi.tables.retain(|table| table.ends.worst.iter().any(|row| is_broken(row.status.class)));
        });
    }),
    ("cut_breakdowns", |view| kpis(view).for_each(|kpi| kpi.tables.clear())),
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
    let breakdowns: usize = kpis(&mut view).map(|kpi| kpi.tables.len()).sum();
    if breakdowns > BREAKDOWNS {
        let mut left = BREAKDOWNS;
        kpis(&mut view).for_each(|kpi| {
            kpi.tables.truncate(left);
            left -= kpi.tables.len();
        });
        view.left_out.push(view.words.say("cut_further_breakdowns", []));
    }
    view
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
    leave_out(view);
    view.left_out.push(view.words.say(word, []));
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
    view.sections.retain(|section| !section.kpis.is_empty());
}
