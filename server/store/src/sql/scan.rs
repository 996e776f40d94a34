//! A [`Scan`] as one SELECT: the columns, the joins they need, the window and the scope.

use super::{Takes, separated, statement};
use crate::facts::Value;
use diesel::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment};
use pegel_kpi::data::model::{ATTRIBUTES, GONE_AT, Kind, Reference, SYSTEM};
use pegel_kpi::data::path::Path;
use pegel_kpi::data::scan::Scan;
use pegel_kpi::data::scope::texts_of;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The statement for a scan.
pub(crate) struct ScanStatement<'a> {
    scan: &'a Scan,
    /// In an order in which each stands after the one it hangs on.
    joins: Vec<Join>,
    window: Option<Vec<(Value, Value)>>,
    /// The date until which rows must last.
    lasting_until: Option<Value>,
    scope: Vec<Restriction>,
    /// The names of what must not be gone.
    there: Vec<String>,
    bounds: Bounds,
}

/// Which rows a scan is about.
#[derive(Debug, Clone)]
pub(crate) enum Which {
    /// All that are there.
    There,
    /// The same, all of which are known to lie between these ids: they are read in their order.
    ThereBetween(RangeInclusive<i64>),
    /// All rows, those that are gone included since others refer to them; but none at all if the table has more than so
    /// many.
    WholeIfSmall(i64),
}

enum Bounds {
    None,
    Ids(Value, Value),
    /// A number of rows, and one more, which is where counting stops.
    Most {
        rows: Value,
        stop: Value,
    },
}

/// A table joined because a path leads through it; the same path is joined once.
#[derive(PartialEq)]
struct Join {
    alias: String,
    /// The alias or table that holds the foreign key.
    from: String,
    reference: Arc<Reference>,
}

/// The first of the paths that is not missing must be one of the texts.
struct Restriction {
    /// None where the table lacks the dimension.
    paths: Vec<Path>,
    texts: Vec<Value>,
}

impl<'a> ScanStatement<'a> {
    pub(crate) fn new(scan: &'a Scan, which: Which) -> ScanStatement<'a> {
        let scope: Vec<Restriction> = scan
            .scope
            .restrictions()
            .map(|(dimension, texts)| Restriction {
                paths: texts_of(&scan.table, &dimension),
                texts: texts.iter().cloned().map(Value::Text).collect(),
            })
            .collect();
        let window = scan.window.as_ref().map(|window| {
            let bounds = window.ranges.iter().map(|range| (Value::Integer(range.start), Value::Integer(range.end)));
            bounds.collect()
        });
        let mut joins = Vec::new();
        let columns = scan.columns.iter().flat_map(|projection| &projection.0);
        let lasting = scan.window.as_ref().and_then(|window| window.lasting.as_ref());
        let lasting_until = lasting.map(|lasting| Value::Integer(lasting.at));
        let ends = lasting.into_iter().flat_map(|lasting| &lasting.until);
        let dated = scan.window.iter().map(|window| &window.path).chain(ends);
        let restricted = scope.iter().flat_map(|restriction| &restriction.paths);
        for path in columns.chain(dated).chain(restricted) {
            join(&mut joins, &scan.table.name, &path.references);
        }
        let mut there = Vec::new();
        if !matches!(which, Which::WholeIfSmall(_)) {
            there.push(scan.table.name.to_string());
            // What a row was goes with the row.
            if let Some(of) = scan.table.history_of() {
                join(&mut joins, &scan.table.name, std::slice::from_ref(of));
                there.push(alias(&scan.table.name, std::slice::from_ref(of)));
            }
        }
        let bounds = match which {
            Which::There => Bounds::None,
            Which::ThereBetween(ids) => Bounds::Ids(Value::Integer(*ids.start()), Value::Integer(*ids.end())),
            Which::WholeIfSmall(rows) => Bounds::Most { rows: Value::Integer(rows), stop: Value::Integer(rows + 1) },
        };
        ScanStatement { scan, joins, window, lasting_until, scope, there, bounds }
    }

    fn column<'b, DB: Takes>(&self, out: &mut AstPass<'_, 'b, DB>, path: &'b Path) -> QueryResult<()> {
        let table = alias(&self.scan.table.name, &path.references);
        let column = &path.column;
        if column.attribute {
            return DB::attribute(out, &|out| push_column(out, &table, ATTRIBUTES), &column.name, column.kind);
        }
        if path.with_system {
            out.push_sql("(");
            push_column(out, &table, SYSTEM)?;
            out.push_sql(" || ' ' || ");
            push_column(out, &table, &column.name)?;
            out.push_sql(")");
            return Ok(());
        }
        push_column(out, &table, &column.name)
    }

    /// The first of the paths that is not missing.
    fn first<'b, DB: Takes>(&self, out: &mut AstPass<'_, 'b, DB>, paths: &'b [Path]) -> QueryResult<()> {
        if let [path] = paths {
            return self.column(out, path);
        }
        out.push_sql("coalesce(");
        separated(out, ", ", paths, |out, path| self.column(out, path))?;
        out.push_sql(")");
        Ok(())
    }

    /// Any of the ranges, as a balanced tree: `SQLite` refuses expressions that are a thousand levels deep.
    fn within<'b, DB: Takes>(
        &self,
        out: &mut AstPass<'_, 'b, DB>,
        path: &'b Path,
        ranges: &'b [(Value, Value)],
    ) -> QueryResult<()> {
        match ranges {
            [] => out.push_sql("1 = 0"),
            [(start, end)] => {
                // Rows that came at any time before: there is no lower bound.
                if *start != Value::Integer(i64::MIN) {
                    self.column(out, path)?;
                    out.push_sql(" >= ");
                    DB::bind(out, start, Kind::Integer)?;
                    out.push_sql(" AND ");
                }
                self.column(out, path)?;
                out.push_sql(" < ");
                DB::bind(out, end, Kind::Integer)?;
            }
            ranges => {
                let (earlier, later) = ranges.split_at(ranges.len() / 2);
                out.push_sql("(");
                self.within(out, path, earlier)?;
                out.push_sql(") OR (");
                self.within(out, path, later)?;
                out.push_sql(")");
            }
        }
        Ok(())
    }

    /// None of the dates lies before an instant; a missing one does not.
    fn lasting<'b, DB: Takes>(
        &self,
        out: &mut AstPass<'_, 'b, DB>,
        until: &'b [Path],
        at: &'b Value,
    ) -> QueryResult<()> {
        separated(out, " AND ", until, |out, path| {
            out.push_sql("(");
            self.column(out, path)?;
            out.push_sql(" IS NULL OR ");
            self.column(out, path)?;
            out.push_sql(" >= ");
            DB::bind(out, at, Kind::Integer)?;
            out.push_sql(")");
            Ok(())
        })
    }

    fn restriction<'b, DB: Takes>(
        &self,
        out: &mut AstPass<'_, 'b, DB>,
        restriction: &'b Restriction,
    ) -> QueryResult<()> {
        if restriction.paths.is_empty() || restriction.texts.is_empty() {
            out.push_sql("1 = 0");
            return Ok(());
        }
        self.first(out, &restriction.paths)?;
        out.push_sql(" IN (");
        separated(out, ", ", &restriction.texts, |out, text| DB::bind(out, text, Kind::Text))?;
        out.push_sql(")");
        Ok(())
    }
}

/// The name under which the row is known that these foreign keys lead to. A name of the model has no point in it, so
/// that each way has a name of its own.
fn alias(table: &str, references: &[Arc<Reference>]) -> String {
    if references.is_empty() {
        return table.to_owned();
    }
    references.iter().map(|reference| &*reference.name).collect::<Vec<_>>().join(".")
}

fn join(joins: &mut Vec<Join>, table: &str, references: &[Arc<Reference>]) {
    for (index, reference) in references.iter().enumerate() {
        let alias_ = alias(table, &references[..=index]);
        if !joins.iter().any(|join| join.alias == alias_) {
            joins.push(Join { alias: alias_, from: alias(table, &references[..index]), reference: reference.clone() });
        }
    }
}

fn push_column<DB: Takes>(out: &mut AstPass<'_, '_, DB>, table: &str, column: &str) -> QueryResult<()> {
    out.push_identifier(table)?;
    out.push_sql(".");
    out.push_identifier(column)
}

impl<DB: Takes> QueryFragment<DB> for ScanStatement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Each report asks differently: kept statements would only crowd the cache.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT ");
        separated(&mut out, ", ", &self.scan.columns, |out, projection| self.first(out, &projection.0))?;
        out.push_sql(" FROM ");
        if let Bounds::Most { stop, .. } = &self.bounds {
            // It is counted before any row is read; by a condition alone SQLite would go through all rows for nothing.
            out.push_sql("(SELECT count(*) AS number FROM (SELECT 1 FROM ");
            out.push_identifier(&self.scan.table.name)?;
            out.push_sql(" LIMIT ");
            DB::bind(&mut out, stop, Kind::Integer)?;
            out.push_sql(") AS first_) AS rows_ CROSS JOIN ");
        }
        out.push_identifier(&self.scan.table.name)?;
        if let Bounds::Ids(..) = self.bounds {
            // By an index of a date, rows would be searched one by one after all.
            out.push_sql(" NOT INDEXED");
        }
        for join in &self.joins {
            out.push_sql(" LEFT JOIN ");
            out.push_identifier(&join.reference.table)?;
            out.push_sql(" AS ");
            out.push_identifier(&join.alias)?;
            out.push_sql(" ON ");
            push_column(&mut out, &join.alias, "id")?;
            out.push_sql(" = ");
            push_column(&mut out, &join.from, &join.reference.column.name)?;
        }
        let mut keyword = " WHERE ";
        if let (Some(window), Some(ranges)) = (&self.scan.window, &self.window) {
            out.push_sql(keyword);
            out.push_sql("(");
            self.within(&mut out, &window.path, ranges)?;
            out.push_sql(")");
            keyword = " AND ";
            if let (Some(lasting), Some(at)) = (&window.lasting, &self.lasting_until) {
                out.push_sql(keyword);
                self.lasting(&mut out, &lasting.until, at)?;
            }
        }
        for restriction in &self.scope {
            out.push_sql(keyword);
            self.restriction(&mut out, restriction)?;
            keyword = " AND ";
        }
        for table in &self.there {
            out.push_sql(keyword);
            push_column(&mut out, table, GONE_AT)?;
            out.push_sql(" IS NULL");
            keyword = " AND ";
        }
        match &self.bounds {
            Bounds::None => {}
            Bounds::Ids(first, last) => {
                out.push_sql(keyword);
                push_column(&mut out, &self.scan.table.name, "id")?;
                out.push_sql(" BETWEEN ");
                DB::bind(&mut out, first, Kind::Integer)?;
                out.push_sql(" AND ");
                DB::bind(&mut out, last, Kind::Integer)?;
            }
            Bounds::Most { rows, .. } => {
                out.push_sql(keyword);
                out.push_sql("rows_.number <= ");
                DB::bind(&mut out, rows, Kind::Integer)?;
            }
        }
        Ok(())
    }
}

statement!(ScanStatement);

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::debug_query;
    use diesel::pg::Pg;
    use diesel::sqlite::Sqlite;
    use pegel_kpi::data::dimension::Located;
    use pegel_kpi::data::model::Model;
    use pegel_kpi::data::path::Projection;
    use pegel_kpi::data::scan::Window;
    use pegel_kpi::data::scope::Scope;
    use std::ops::Range;

    /// A scan of columns written as `lead.region`, or `region|partner.region` for the first that is not missing.
    fn scan(table: &str, columns: &[&str]) -> Scan {
        let table = Model::built_in().table(table).unwrap();
        let path = |path: &str| table.path(&path.split('.').collect::<Vec<_>>()).unwrap();
        let columns = columns.iter().map(|column| Projection(column.split('|').map(path).collect())).collect();
        Scan { table, columns, window: None, scope: Scope::everything() }
    }

    fn within(scan: Scan, path: &[&str], ranges: &[Range<i64>]) -> Scan {
        let path = scan.table.path(path).unwrap();
        Scan { window: Some(Window { path, ranges: ranges.to_vec(), lasting: None }), ..scan }
    }

    /// The statement for both databases, a line for each clause.
    fn both(scan: &Scan) -> String {
        let statement = ScanStatement::new(scan, Which::There);
        let both = format!("{}\n{}", debug_query::<Sqlite, _>(&statement), debug_query::<Pg, _>(&statement));
        ["FROM", "LEFT JOIN", "WHERE", "AND coalesce", "-- binds"]
            .iter()
            .fold(both, |text, clause| text.replace(&format!(" {clause}"), &format!("\n  {clause}")))
    }

    #[test]
    fn columns_alone() {
        insta::assert_snapshot!(both(&scan("leads", &["id", "outcome"])), @r#"
        SELECT `leads`.`id`, `leads`.`outcome`
          FROM `leads`
          WHERE `leads`.`gone_at` IS NULL
          -- binds: []
        SELECT "leads"."id", "leads"."outcome"
          FROM "leads"
          WHERE "leads"."gone_at" IS NULL
          -- binds: []
        "#);
    }

    #[test]
    fn a_table_that_is_not_small_is_not_read_whole() {
        let scan = scan("partners", &["id", "name"]);
        let statement = ScanStatement::new(&scan, Which::WholeIfSmall(10));
        insta::assert_snapshot!(debug_query::<Pg, _>(&statement), @r#"SELECT "partners"."id", "partners"."name" FROM (SELECT count(*) AS number FROM (SELECT 1 FROM "partners" LIMIT $1) AS first_) AS rows_ CROSS JOIN "partners" WHERE rows_.number <= $2 -- binds: [11, 10]"#);
    }

    #[test]
    fn rows_that_lie_together_are_read_in_the_order_of_their_ids() {
        let scan = within(scan("leads", &["outcome"]), &["created_at"], std::slice::from_ref(&(0..100)));
        let statement = ScanStatement::new(&scan, Which::ThereBetween(7..=9));
        insta::assert_snapshot!(debug_query::<Sqlite, _>(&statement), @"SELECT `leads`.`outcome` FROM `leads` NOT INDEXED WHERE (`leads`.`created_at` >= ? AND `leads`.`created_at` < ?) AND `leads`.`gone_at` IS NULL AND `leads`.`id` BETWEEN ? AND ? -- binds: [0, 100, 7, 9]");
    }

    #[test]
    fn a_reference_is_joined_once() {
        let columns = ["lead.partner.region", "lead.region", "partner.name", "lead.partner.name"];
        insta::assert_snapshot!(both(&scan("opportunities", &columns)), @r#"
        SELECT `lead.partner`.`region`, `lead`.`region`, `partner`.`name`, `lead.partner`.`name`
          FROM `opportunities`
          LEFT JOIN `leads` AS `lead` ON `lead`.`id` = `opportunities`.`lead_id`
          LEFT JOIN `partners` AS `lead.partner` ON `lead.partner`.`id` = `lead`.`partner_id`
          LEFT JOIN `partners` AS `partner` ON `partner`.`id` = `opportunities`.`partner_id`
          WHERE `opportunities`.`gone_at` IS NULL
          -- binds: []
        SELECT "lead.partner"."region", "lead"."region", "partner"."name", "lead.partner"."name"
          FROM "opportunities"
          LEFT JOIN "leads" AS "lead" ON "lead"."id" = "opportunities"."lead_id"
          LEFT JOIN "partners" AS "lead.partner" ON "lead.partner"."id" = "lead"."partner_id"
          LEFT JOIN "partners" AS "partner" ON "partner"."id" = "opportunities"."partner_id"
          WHERE "opportunities"."gone_at" IS NULL
          -- binds: []
        "#);
    }

    #[test]
    fn the_first_that_is_not_missing_in_a_window_of_two_ranges() {
        let scan = scan("leads", &["region|partner.region|rep.region|customer.region"]);
        insta::assert_snapshot!(both(&within(scan, &["created_at"], &[10..20, 30..40])), @r#"
        SELECT coalesce(`leads`.`region`, `partner`.`region`, `rep`.`region`, `customer`.`region`)
          FROM `leads`
          LEFT JOIN `partners` AS `partner` ON `partner`.`id` = `leads`.`partner_id`
          LEFT JOIN `reps` AS `rep` ON `rep`.`id` = `leads`.`rep_id`
          LEFT JOIN `customers` AS `customer` ON `customer`.`id` = `leads`.`customer_id`
          WHERE ((`leads`.`created_at` >= ? AND `leads`.`created_at` < ?) OR (`leads`.`created_at` >= ? AND `leads`.`created_at` < ?)) AND `leads`.`gone_at` IS NULL
          -- binds: [10, 20, 30, 40]
        SELECT coalesce("leads"."region", "partner"."region", "rep"."region", "customer"."region")
          FROM "leads"
          LEFT JOIN "partners" AS "partner" ON "partner"."id" = "leads"."partner_id"
          LEFT JOIN "reps" AS "rep" ON "rep"."id" = "leads"."rep_id"
          LEFT JOIN "customers" AS "customer" ON "customer"."id" = "leads"."customer_id"
          WHERE (("leads"."created_at" >= $1 AND "leads"."created_at" < $2) OR ("leads"."created_at" >= $3 AND "leads"."created_at" < $4)) AND "leads"."gone_at" IS NULL
          -- binds: [10, 20, 30, 40]
        "#);
    }

    #[test]
    fn a_window_over_a_related_row() {
        let scan = scan("opportunities", &["lead_id"]);
        insta::assert_snapshot!(both(&within(scan, &["lead", "created_at"], std::slice::from_ref(&(10..20)))), @r#"
        SELECT `opportunities`.`lead_id`
          FROM `opportunities`
          LEFT JOIN `leads` AS `lead` ON `lead`.`id` = `opportunities`.`lead_id`
          WHERE (`lead`.`created_at` >= ? AND `lead`.`created_at` < ?) AND `opportunities`.`gone_at` IS NULL
          -- binds: [10, 20]
        SELECT "opportunities"."lead_id"
          FROM "opportunities"
          LEFT JOIN "leads" AS "lead" ON "lead"."id" = "opportunities"."lead_id"
          WHERE ("lead"."created_at" >= $1 AND "lead"."created_at" < $2) AND "opportunities"."gone_at" IS NULL
          -- binds: [10, 20]
        "#);
    }

    #[test]
    fn a_window_without_a_range_lets_nothing_through() {
        insta::assert_snapshot!(both(&within(scan("leads", &["id"]), &["created_at"], &[])), @r#"
        SELECT `leads`.`id`
          FROM `leads`
          WHERE (1 = 0) AND `leads`.`gone_at` IS NULL
          -- binds: []
        SELECT "leads"."id"
          FROM "leads"
          WHERE (1 = 0) AND "leads"."gone_at" IS NULL
          -- binds: []
        "#);
    }

    #[test]
    fn a_scope_is_binds() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        let scope = Scope { regions: texts(&["North", "'; --"]), partners: texts(&["P1"]), ..Scope::everything() };
        let scan = Scan { scope, ..scan("surveys", &["score"]) };
        insta::assert_snapshot!(both(&scan), @r#"
        SELECT `surveys`.`score`
          FROM `surveys`
          LEFT JOIN `partners` AS `partner` ON `partner`.`id` = `surveys`.`partner_id`
          LEFT JOIN `reps` AS `rep` ON `rep`.`id` = `surveys`.`rep_id`
          LEFT JOIN `customers` AS `customer` ON `customer`.`id` = `surveys`.`customer_id`
          WHERE coalesce(`partner`.`region`, `rep`.`region`, `customer`.`region`) IN (?, ?) AND `partner`.`key` IN (?) AND `surveys`.`gone_at` IS NULL
          -- binds: ["North", "'; --", "P1"]
        SELECT "surveys"."score"
          FROM "surveys"
          LEFT JOIN "partners" AS "partner" ON "partner"."id" = "surveys"."partner_id"
          LEFT JOIN "reps" AS "rep" ON "rep"."id" = "surveys"."rep_id"
          LEFT JOIN "customers" AS "customer" ON "customer"."id" = "surveys"."customer_id"
          WHERE coalesce("partner"."region", "rep"."region", "customer"."region") IN ($1, $2) AND "partner"."key" IN ($3) AND "surveys"."gone_at" IS NULL
          -- binds: ["North", "'; --", "P1"]
        "#);
    }

    #[test]
    fn a_scope_by_what_a_table_lacks_or_by_nothing_lets_nothing_through() {
        let scope = Scope { regions: Some(Vec::new()), partners: Some(vec!["P1".to_owned()]), ..Scope::everything() };
        insta::assert_snapshot!(both(&Scan { scope, ..scan("costs", &["amount"]) }), @r#"
        SELECT `costs`.`amount`
          FROM `costs`
          WHERE 1 = 0 AND 1 = 0 AND `costs`.`gone_at` IS NULL
          -- binds: []
        SELECT "costs"."amount"
          FROM "costs"
          WHERE 1 = 0 AND 1 = 0 AND "costs"."gone_at" IS NULL
          -- binds: []
        "#);
    }

    #[test]
    fn partners_in_scope_are_known_by_their_own_key() {
        let scope = Scope { partners: Some(vec!["P1".to_owned()]), ..Scope::everything() };
        insta::assert_snapshot!(both(&Scan { scope, ..scan("partners", &["name"]) }), @r#"
        SELECT `partners`.`name`
          FROM `partners`
          WHERE `partners`.`key` IN (?) AND `partners`.`gone_at` IS NULL
          -- binds: ["P1"]
        SELECT "partners"."name"
          FROM "partners"
          WHERE "partners"."key" IN ($1) AND "partners"."gone_at" IS NULL
          -- binds: ["P1"]
        "#);
    }

    #[test]
    fn every_dimension_of_every_table_can_be_read() {
        for table in Model::built_in().tables() {
            for dimension in table.dimensions() {
                let columns = match table.located(dimension).cloned() {
                    Some(Located::Row { key, label }) => vec![Projection::of(key), Projection::of(label)],
                    Some(Located::Text(paths)) => vec![Projection(paths)],
                    Some(Located::Dated) | None => continue,
                };
                let scan = Scan { table: table.clone(), columns, window: None, scope: Scope::everything() };
                assert!(both(&scan).starts_with("SELECT "), "{dimension} of {}", table.name);
            }
        }
    }
}
