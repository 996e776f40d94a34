//! How sections are written, and what stands in them beside KPIs: scorecards, crossed tables, rows, reports.

use super::write::{NOTHING, Writer, has_data};
use super::{
    CrossLineView, CrossView, HeatView, ListView, PlacedView, ReportStateView, ScorecardView, SectionView, StandingView,
};
use crate::filled::keep_filled;
use crate::link::{FiguresOf, Link, RowsOf};
use crate::markdown;
use crate::numbers::{
    BreakdownRow, CrossLine, CrossTable, Group, KpiBlock, LastEdition, ListedRow, Numbers, ReportState, RowList,
    Section,
};
use crate::scorecard::{self, Scorecard, Standing};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::data::dimension::Dimension;
use pegel_kpi::definition::declaration::Unit;
use pegel_kpi::definition::threshold::{Better, Threshold};
use pegel_kpi::engine::behind::listing::Side;
use pegel_text::words::capitalised;

/// How many shades tell figures of a table apart.
const SHADES: usize = 5;

/// What is said of a row besides its key and its date, in this order.
const GROUPS: [Dimension; 4] = [Dimension::PARTNER, Dimension::REP, Dimension::REGION, Dimension::PRODUCT];

impl Writer<'_> {
    /// Sections with what there is anything of.
    pub(super) fn sections(&self, numbers: &Numbers) -> Vec<SectionView> {
        let sections = numbers.sections.iter().enumerate();
        sections.filter_map(|(at, section)| self.section(section, at, numbers)).collect()
    }

    /// `at` is where it stands among those of the report.
    fn section(&self, section: &Section, at: usize, numbers: &Numbers) -> Option<SectionView> {
        let figures = |kpi| FiguresOf { numbers, section: at, kpi };
        let text = section.text.as_ref().map(|text| text.in_language(self.words.language())).unwrap_or_default();
        let kpis = section.kpis.iter().filter(|block| has_data(block)).map(|block| self.kpi(block, at, numbers));
        let view = SectionView {
            title: self.format.title(&section.title),
            filter: self.format.scope(&section.filter, &numbers.members),
            text: markdown::to_html(text),
            plain_text: markdown::to_text(text).lines().map(str::to_owned).collect(),
            crossed: section.kpis.iter().flat_map(|block| self.crossed(block, figures(&block.id))).collect(),
            kpis: kpis.collect(),
            scorecard: scorecard::scorecard(section)
                .filter(|card| card.lines.len() > 1)
                .map(|card| self.scorecard(&card, figures)),
            lists: section.lists.iter().map(|list| self.list(list, figures(&list.kpi))).collect(),
            controlling: section.controlling.iter().map(|state| self.report_state(state)).collect(),
        };
        Some(view).filter(|view| !view.is_empty())
    }

    fn crossed(&self, block: &KpiBlock, figures: FiguresOf) -> impl Iterator<Item = CrossView> {
        block.crossed.iter().filter_map(move |table| self.cross(table, block, figures))
    }

    /// `None` where there is no figure to show.
    fn cross(&self, table: &CrossTable, block: &KpiBlock, figures: FiguresOf) -> Option<CrossView> {
        let value = |cell: &Option<Cell>| cell.as_ref().and_then(|cell| cell.outcome.value());
        let mut values: Vec<f64> = table.lines.iter().flat_map(|line| line.cells.iter().filter_map(value)).collect();
        values.sort_by(f64::total_cmp);
        let is_low_bad = block.better == Better::Higher && block.threshold != Threshold::default();
        let first_of = |cells: &mut dyn Iterator<Item = &Option<Cell>>| {
            let ranks = cells.filter_map(value).map(|value| if is_low_bad { -value } else { value });
            ranks.reduce(f64::max).unwrap_or(f64::NEG_INFINITY)
        };
        let columns = in_order(&table.columns_by, table.columns.len(), |at| {
            (first_of(&mut table.lines.iter().map(|line| &line.cells[at])), &table.columns[at])
        });
        let lines = in_order(&table.lines_by, table.lines.len(), |at| {
            (first_of(&mut table.lines[at].cells.iter()), &table.lines[at].group)
        });
        let heat = |line: &CrossLine, column: usize| {
            let cell = line.cells[column].as_ref();
            let groups: [(&str, &Group); 2] =
                [(&table.lines_by, &line.group), (&table.columns_by, &table.columns[column])];
            let rows = cell.and_then(|cell| figures.rows(cell, &groups));
            let (figure, heat) = match (cell, value(&line.cells[column])) {
                (_, Some(value)) => (self.format.short(value, block.unit), shade(value, &values)),
                (Some(cell), None) => (self.format.cell(cell, block.unit), 0),
                (None, None) => (String::new(), 0),
            };
            HeatView { figure, heat, rows }
        };
        let line = |at: usize| CrossLineView {
            label: self.called(&table.lines_by, &table.lines[at].group),
            cells: columns.iter().map(|column| heat(&table.lines[at], *column)).collect(),
        };
        let [by, across] = [&table.lines_by, &table.columns_by].map(|name| capitalised(&self.format.dimension(name)));
        let of = [("lines", by.clone().into()), ("columns", across.into())];
        let of = [("label", self.format.title(&block.title).into()), ("value", self.words.say("crossed", of).into())];
        let (extreme, word) =
            if is_low_bad { (values.first(), "crossed_lowest") } else { (values.last(), "crossed_highest") };
        let extreme = extreme.and_then(|extreme| self.extreme(word, *extreme, table, block.unit));
        (!values.is_empty()).then(|| CrossView {
            title: self.words.say("labelled", of),
            dimension: by,
            columns: columns.iter().map(|at| self.called(&table.columns_by, &table.columns[*at])).collect(),
            lines: lines.into_iter().map(line).collect(),
            by_month: table.columns_by == Dimension::MONTH.name(),
            extreme: extreme.unwrap_or_default(),
            more: String::new(),
        })
    }

    /// `Highest: Solar, North: €12k`
    fn extreme(&self, word: &str, extreme: f64, table: &CrossTable, unit: Unit) -> Option<String> {
        let pairs = table.lines.iter().flat_map(|line| line.cells.iter().zip(&table.columns).map(move |at| (line, at)));
        let is_it = |cell: &Option<Cell>| cell.as_ref().is_some_and(|cell| cell.outcome.value() == Some(extreme));
        let (line, (_, column)) = pairs.into_iter().find(|(_, (cell, _))| is_it(cell))?;
        let of = [
            ("line", self.called(&table.lines_by, &line.group).into()),
            ("column", self.called(&table.columns_by, column).into()),
            ("figure", self.format.short(extreme, unit).into()),
        ];
        Some(self.words.say(word, of))
    }

    /// What a group is called; months by their names.
    fn called(&self, dimension: &str, group: &Group) -> String {
        match group.label() {
            Some(month) if dimension == Dimension::MONTH.name() => self.format.period_name(month),
            _ => self.format.group(group),
        }
    }

    /// `figures` are those of a KPI in the section.
    fn scorecard<'n>(&self, card: &Scorecard<'n>, figures: impl Fn(&'n str) -> FiguresOf<'n>) -> ScorecardView {
        let nothing = || NOTHING.to_owned();
        let line = |line: &scorecard::Line| PlacedView {
            place: line.place.map_or_else(nothing, |place| self.format.count(place as u64)),
            label: self.format.group(line.group),
            cells: line
                .cells
                .iter()
                .zip(&card.kpis)
                .map(|((row, standing), kpi)| {
                    let value = row.and_then(|row| row.cell.outcome.value());
                    let figure = value.map_or_else(nothing, |value| self.format.short(value, kpi.block.unit));
                    let (class, shape) = match standing {
                        Standing::Better => ("better", "▲"),
                        Standing::Worse => ("worse", "▼"),
                        Standing::Even => ("even", ""),
                        Standing::Unknown => ("few", ""),
                    };
                    let shown = row.filter(|_| value.is_some());
                    let behind =
                        |row: &BreakdownRow| figures(&kpi.block.id).rows(&row.cell, &[(card.dimension, &row.group)]);
                    StandingView { figure, class, shape, rows: shown.and_then(behind) }
                })
                .collect(),
        };
        let median = |kpi: &scorecard::ColumnOf| {
            kpi.quartiles.map_or_else(nothing, |of| self.format.short(of.median, kpi.block.unit))
        };
        let differs = card.differs.and_then(|at| {
            let kpi = &card.kpis[at];
            let quartiles = kpi.quartiles?;
            let short = |value| self.format.short(value, kpi.block.unit);
            let of = [
                ("kpi", self.format.title(&kpi.block.title).into()),
                ("low", short(quartiles.lower).into()),
                ("high", short(quartiles.upper).into()),
            ];
            Some(self.words.say("scorecard_differs", of))
        });
        ScorecardView {
            dimension: capitalised(&self.format.dimension(card.dimension)),
            columns: card.kpis.iter().map(|kpi| self.format.title(&kpi.block.title)).collect(),
            lines: card.lines.iter().map(line).collect(),
            medians: card.kpis.iter().map(median).collect(),
            differs: differs.unwrap_or_default(),
            more: String::new(),
        }
    }

    fn list(&self, list: &RowList, figures: FiguresOf) -> ListView {
        let groups = GROUPS.map(|dimension| capitalised(&self.format.dimension(dimension.name())));
        let found_by = list.found_by.as_deref().map_or_else(String::new, |path| self.format.column(path));
        let mut columns = vec![self.words.say("row_key", [])];
        columns.extend(groups);
        columns.extend([found_by, self.words.say("row_age", [])]);
        let mut rows: Vec<Vec<String>> = list.rows.iter().map(|row| self.listed(row)).collect();
        let filled: Vec<bool> = (0..columns.len()).map(|at| rows.iter().any(|row| !row[at].is_empty())).collect();
        let brief = rows.iter().map(|row| {
            let whom: Vec<&str> = row[1..3].iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
            [row[0].clone(), whom.join(" · "), row[row.len() - 1].clone()]
        });
        let brief = brief.collect();
        rows.iter_mut().chain([&mut columns]).for_each(|of_columns| keep_filled(of_columns, &filled));
        let count = list.rows.len() as u64 + list.more;
        let counted = [("count", count.into()), ("table", self.format.table(&list.table).into())];
        let more = usize::try_from(list.more).unwrap_or(usize::MAX);
        let side = if list.bad { Side::Bad } else { Side::All };
        let of = RowsOf { side: Some(side), ..RowsOf::of_figure(&figures, &[]).unwrap_or_default() };
        ListView {
            title: self.format.title(&list.title),
            count: self.words.say("rows_of_table", counted),
            columns,
            rows,
            brief,
            others: more,
            more: if more > 0 { self.format.more(more) } else { String::new() },
            all: Link {
                path: figures.page(&of),
                text: self.words.say("show_all_rows", [("table", self.format.table(&list.table).into())]),
            },
        }
    }

    /// A text for each column, some of them empty.
    fn listed(&self, row: &ListedRow) -> Vec<String> {
        let group = |dimension: Dimension| {
            row.groups.get(dimension.name()).map_or_else(String::new, |of| self.format.group(of))
        };
        let mut texts = vec![row.key.clone()];
        texts.extend(GROUPS.map(group));
        texts.push(row.date.map_or_else(String::new, |date| self.format.when(date)));
        #[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53")]
        texts.push(row.age.map_or_else(String::new, |age| self.format.value(age as f64, Unit::Duration)));
        texts
    }

    fn report_state(&self, state: &ReportState) -> ReportStateView {
        let last = state.last.as_ref();
        let made = |last: &LastEdition| {
            let of = [
                ("period", self.format.period_name(&last.period).into()),
                ("instant", self.format.instant(last.created_at).into()),
            ];
            self.words.say("report_made", of)
        };
        let mails = |last: &LastEdition| {
            let of = [
                ("delivered", self.format.count(last.delivered as u64).into()),
                ("mails", self.format.count(last.mails as u64).into()),
            ];
            self.words.say("report_mails", of)
        };
        ReportStateView {
            title: self.format.title(&state.title),
            last: last.map_or_else(|| self.words.say("report_never_made", []), made),
            mails: last.filter(|last| last.mails > 0).map(mails).unwrap_or_default(),
            is_incomplete: last.is_some_and(|last| last.delivered < last.mails),
            next: state.next.map_or_else(|| self.words.say("report_on_request", []), |at| self.format.instant(at)),
        }
    }
}

/// The places of groups: months in their order, others with the highest rank first; those without a name last.
fn in_order<'a>(dimension: &str, count: usize, of: impl Fn(usize) -> (f64, &'a Group)) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| {
        let ((high, group), (other_high, other_group)) = (of(*one), of(*other));
        let by_label = group.label().cmp(&other_group.label());
        let nameless = group.label().is_none().cmp(&other_group.label().is_none());
        nameless.then(if dimension == Dimension::MONTH.name() {
            by_label
        } else {
            other_high.total_cmp(&high).then(by_label)
        })
    });
    places
}

/// In which fifth of all values one lies; those that are equal lie in one.
fn shade(value: f64, values: &[f64]) -> u8 {
    let below = values.partition_point(|other| *other < value);
    let most = values.len().max(2) - 1;
    u8::try_from((below * SHADES / most).min(SHADES - 1)).unwrap_or_default()
}
