//! Which KPIs a file feeds, and which columns would feed more.

use std::collections::{BTreeMap, BTreeSet};

/// What a KPI reads; what it can do without is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub kpi: String,
    /// Tables with columns, of which one of each must be there.
    pub reads: BTreeSet<BTreeSet<(String, String)>>,
}

/// Which KPIs get figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feeds {
    /// Those of which the file has all that they read.
    pub fed: Vec<String>,
    /// Columns of the file's tables that it lacks, with the KPIs that lack nothing else; those that feed most first.
    pub more: Vec<(Vec<String>, Vec<String>)>,
}

/// More columns at once are no hint any more.
const AT_ONCE: usize = 2;

impl Feeds {
    /// `there`: tables with columns in which something is.
    pub(super) fn of(needs: &[Need], there: &BTreeSet<(String, String)>) -> Feeds {
        let tables: BTreeSet<&String> = there.iter().map(|(table, _)| table).collect();
        let mut fed = Vec::new();
        let mut more: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
        for Need { kpi, reads } in needs {
            let lacking = reads.iter().filter(|one_of| one_of.is_disjoint(there));
            // Of several, the first that the file could have.
            let column = |one_of: &BTreeSet<(String, String)>| {
                let (table, column) = one_of.iter().find(|(table, _)| tables.contains(table))?;
                Some(format!("{table}.{column}"))
            };
            let lacking: Vec<Option<String>> = lacking.map(column).collect();
            if lacking.is_empty() {
                fed.push(kpi.clone());
            } else if let Some(columns) = lacking.into_iter().collect::<Option<Vec<_>>>()
                && columns.len() <= AT_ONCE
            {
                more.entry(columns).or_default().push(kpi.clone());
            }
        }
        let mut more: Vec<_> = more.into_iter().collect();
        more.sort_by_key(|(columns, kpis)| (std::cmp::Reverse(kpis.len()), columns.len()));
        Feeds { fed, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kpi_is_fed_by_all_that_it_reads_and_the_nearest_others_say_what_they_lack() {
        let column = |text: &str| text.split_once('.').map(|(table, of)| (table.to_owned(), of.to_owned())).unwrap();
        let need = |kpi: &str, reads: &[&str]| Need {
            kpi: kpi.to_owned(),
            reads: reads.iter().map(|one_of| one_of.split(" or ").map(column).collect()).collect(),
        };
        let there = ["leads.created_at", "leads.accepted_at", "partners.name"].map(column).into();
        let needs = [
            need("leads", &["leads.created_at"]),
            need("contact_time", &["leads.accepted_at", "leads.contacted_at"]),
            need("response_time", &["leads.created_at", "leads.contacted_at"]),
            need("time_to_end", &["leads.closed_at or leads.accepted_at"]),
            need("revenue", &["orders.ordered_at"]),
        ];
        let feeds = Feeds::of(&needs, &there);
        assert_eq!(feeds.fed, ["leads", "time_to_end"]);
        let kpis = ["contact_time", "response_time"].map(str::to_owned).to_vec();
        assert_eq!(feeds.more, [(vec!["leads.contacted_at".to_owned()], kpis)]);
    }
}
