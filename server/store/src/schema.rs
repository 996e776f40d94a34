//! The tables that Pegel keeps about its own work and that typed queries use. The fact tables are not here: their SQL
//! is made from [`pegel_kpi::data::model`].

diesel::table! {
    own_columns (table_name, column_name) {
        table_name -> Text,
        column_name -> Text,
        holds -> Text,
    }
}

diesel::table! {
    runs (id) {
        id -> BigInt,
        report -> Text,
        period -> Text,
        revision -> Integer,
        state -> Text,
        attempts -> Integer,
        claimed_at -> BigInt,
        lease_until -> BigInt,
        ended_at -> Nullable<BigInt>,
        error -> Nullable<Text>,
        origin -> Text,
        holder -> Nullable<Text>,
    }
}

diesel::table! {
    editions (id) {
        id -> BigInt,
        run_id -> BigInt,
        report -> Text,
        title -> Text,
        period -> Text,
        revision -> Integer,
        starts_at -> BigInt,
        ends_at -> BigInt,
        created_at -> BigInt,
        status -> Text,
        checksum -> Text,
        manifest -> Text,
        reason -> Nullable<Text>,
        signature -> Nullable<Text>,
        signed_by -> Nullable<Text>,
    }
}

diesel::table! {
    renditions (id) {
        id -> BigInt,
        edition_id -> BigInt,
        scope -> Text,
        locale -> Text,
        zone -> Text,
    }
}

diesel::table! {
    artefacts (id) {
        id -> BigInt,
        rendition_id -> BigInt,
        name -> Text,
        media_type -> Text,
        sha256 -> Text,
        bytes -> Nullable<Binary>,
        erased_at -> Nullable<BigInt>,
        deflated -> Bool,
    }
}

diesel::table! {
    labels (id) {
        id -> BigInt,
        edition_id -> BigInt,
        kind -> Text,
        group_id -> BigInt,
        sha256 -> Text,
        salt -> Nullable<Text>,
        label -> Nullable<Text>,
        erased_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    edition_sources (id) {
        id -> BigInt,
        edition_id -> BigInt,
        kind -> Text,
        name -> Text,
        sha256 -> Text,
        version -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        rendition_id -> Nullable<BigInt>,
        recipient -> Text,
        channel -> Text,
        message_id -> Text,
        state -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        lease_until -> Nullable<BigInt>,
        attempted_at -> Nullable<BigInt>,
        delivered_at -> Nullable<BigInt>,
        answer -> Nullable<Text>,
        holder -> Nullable<Text>,
        queued_at -> BigInt,
        fault -> Nullable<Text>,
        reply_to -> Nullable<Text>,
        forms -> Text,
        notice_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    notices (id) {
        id -> BigInt,
        rule -> Text,
        created_at -> BigInt,
        scope -> Text,
        locale -> Text,
        zone -> Text,
        subject -> Text,
        text -> Text,
        html -> Text,
        statements -> Nullable<Text>,
    }
}

diesel::table! {
    alerts (id) {
        id -> BigInt,
        rule -> Text,
        scope -> Text,
        kpi -> Text,
        item -> Text,
        label -> Nullable<Text>,
        state -> Text,
        since -> BigInt,
        broken -> Integer,
        period -> Text,
        value -> Nullable<Double>,
        told -> Nullable<Text>,
        told_at -> Nullable<BigInt>,
        acknowledged_at -> Nullable<BigInt>,
        acknowledged_by -> Nullable<Text>,
        note -> Nullable<Text>,
        muted_until -> Nullable<BigInt>,
        version -> Integer,
    }
}

diesel::table! {
    alert_events (id) {
        id -> BigInt,
        alert_id -> BigInt,
        at -> BigInt,
        what -> Text,
        period -> Text,
        value -> Nullable<Double>,
        who -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    alert_checks (rule) {
        rule -> Text,
        at -> BigInt,
        import_id -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    alert_rows (rule, step, row_key) {
        rule -> Text,
        step -> BigInt,
        row_key -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    delivery_attempts (delivery_id, at, attempt) {
        delivery_id -> BigInt,
        at -> BigInt,
        attempt -> BigInt,
        outcome -> Text,
        answer -> Text,
    }
}

diesel::table! {
    unsubscribed (report, address) {
        report -> Text,
        address -> Text,
        since -> BigInt,
    }
}

diesel::table! {
    link_key (id) {
        id -> BigInt,
        secret -> Binary,
    }
}

diesel::table! {
    import_tables (import_id, table_name) {
        import_id -> BigInt,
        table_name -> Text,
        system -> Text,
        new_rows -> BigInt,
        changed_rows -> BigInt,
        unchanged_rows -> BigInt,
        back_rows -> BigInt,
        gone_rows -> BigInt,
        complete_until -> Nullable<BigInt>,
        brought -> Text,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        file -> Text,
        mapping -> Text,
        imported_at -> BigInt,
        new_rows -> BigInt,
        changed_rows -> BigInt,
        unchanged_rows -> BigInt,
        rejected_rows -> BigInt,
        system -> Text,
        undone_at -> Nullable<BigInt>,
        undoable -> Bool,
    }
}

diesel::table! {
    spans (table_name, column_name, row_id, held_from) {
        table_name -> Text,
        column_name -> Text,
        row_id -> BigInt,
        held_from -> BigInt,
        value -> Nullable<Text>,
    }
}

diesel::table! {
    fact_generation (id) {
        id -> BigInt,
        number -> BigInt,
        noted_since -> BigInt,
    }
}

diesel::table! {
    touched (table_name, by_date, day, what) {
        table_name -> Text,
        by_date -> Text,
        day -> BigInt,
        what -> Text,
        generation -> BigInt,
    }
}

diesel::table! {
    kpi_versions (id) {
        id -> BigInt,
        file -> Text,
        sha256 -> Text,
        text -> Text,
        origin -> Text,
        author -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    activations (id) {
        id -> BigInt,
        activated_at -> BigInt,
        author -> Nullable<Text>,
        origin -> Text,
        forced_past -> Integer,
        files_sha256 -> Text,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    activation_versions (activation_id, version_id) {
        activation_id -> BigInt,
        version_id -> BigInt,
    }
}

diesel::table! {
    kpi_health (kpi) {
        kpi -> Text,
        evaluated_at -> BigInt,
        micros -> Nullable<BigInt>,
        rows_read -> Nullable<BigInt>,
        error -> Nullable<Text>,
        error_at -> Nullable<BigInt>,
        slices_computed -> Nullable<BigInt>,
        slices_kept -> Nullable<BigInt>,
    }
}

diesel::table! {
    kept_states (id) {
        id -> BigInt,
        mark -> Text,
        slice_from -> BigInt,
        slice_until -> BigInt,
        seen_from -> BigInt,
        seen_until -> BigInt,
        generation -> BigInt,
        size -> BigInt,
        states -> Binary,
    }
}

diesel::table! {
    currency (id) {
        id -> BigInt,
        code -> Nullable<Text>,
        digits -> Integer,
    }
}

diesel::joinable!(editions -> runs (run_id));
diesel::joinable!(renditions -> editions (edition_id));
diesel::joinable!(deliveries -> renditions (rendition_id));
diesel::joinable!(deliveries -> notices (notice_id));
diesel::joinable!(alert_events -> alerts (alert_id));
diesel::joinable!(activation_versions -> kpi_versions (version_id));
diesel::joinable!(import_tables -> imports (import_id));
diesel::allow_tables_to_appear_in_same_query!(import_tables, imports);
diesel::allow_tables_to_appear_in_same_query!(runs, editions, renditions, artefacts, deliveries, notices);
diesel::allow_tables_to_appear_in_same_query!(alerts, alert_events);
diesel::allow_tables_to_appear_in_same_query!(kpi_versions, activations, activation_versions);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::on_both;
    use diesel::expression::{Expression, QueryMetadata};
    use diesel::query_builder::QueryFragment;
    use diesel::sqlite::{Sqlite, SqliteType};

    /// The columns of a table as declared above: `id BIGINT`.
    fn declared<T>() -> Vec<String>
    where
        T: diesel::Table + QueryFragment<Sqlite>,
        T::AllColumns: QueryFragment<Sqlite>,
        Sqlite: QueryMetadata<<T::AllColumns as Expression>::SqlType>,
    {
        let mut types = Vec::new();
        <Sqlite as QueryMetadata<<T::AllColumns as Expression>::SqlType>>::row_metadata(&mut (), &mut types);
        let names = diesel::debug_query::<Sqlite, _>(&T::all_columns()).to_string();
        let names =
            names.split(" -- ").next().unwrap().split(", ").map(|name| name.rsplit('`').nth(1).unwrap().to_owned());
        let types = types.into_iter().map(|kind| match kind {
            Some(SqliteType::Long) => "BIGINT",
            Some(SqliteType::Integer) => "INTEGER",
            Some(SqliteType::Text) => "TEXT",
            Some(SqliteType::Binary) => "BLOB",
            Some(SqliteType::Double) => "DOUBLE PRECISION",
            other => panic!("no column is of type {other:?}"),
        });
        names.zip(types).map(|(name, kind)| format!("{name} {kind}")).collect()
    }

    #[test]
    fn the_tables_are_declared_as_they_are() {
        let tables = [
            ("runs", declared::<runs::table>()),
            ("editions", declared::<editions::table>()),
            ("renditions", declared::<renditions::table>()),
            ("artefacts", declared::<artefacts::table>()),
            ("labels", declared::<labels::table>()),
            ("edition_sources", declared::<edition_sources::table>()),
            ("deliveries", declared::<deliveries::table>()),
            ("notices", declared::<notices::table>()),
            ("alerts", declared::<alerts::table>()),
            ("alert_events", declared::<alert_events::table>()),
            ("alert_checks", declared::<alert_checks::table>()),
            ("alert_rows", declared::<alert_rows::table>()),
            ("delivery_attempts", declared::<delivery_attempts::table>()),
            ("unsubscribed", declared::<unsubscribed::table>()),
            ("link_key", declared::<link_key::table>()),
            ("imports", declared::<imports::table>()),
            ("import_tables", declared::<import_tables::table>()),
            ("spans", declared::<spans::table>()),
            ("fact_generation", declared::<fact_generation::table>()),
            ("touched", declared::<touched::table>()),
            ("kpi_versions", declared::<kpi_versions::table>()),
            ("activations", declared::<activations::table>()),
            ("activation_versions", declared::<activation_versions::table>()),
            ("kpi_health", declared::<kpi_health::table>()),
            ("kept_states", declared::<kept_states::table>()),
            ("currency", declared::<currency::table>()),
        ];
        on_both(|store| {
            for (table, declared) in &tables {
                let columns = store.columns(table).unwrap();
                // SQLite has no type of its own for yes and no.
                let typed =
                    columns.iter().map(|column| column.trim_end_matches(" NOT NULL").replace("BOOLEAN", "INTEGER"));
                assert_eq!(&typed.collect::<Vec<_>>(), declared, "{table}");
            }
        });
    }
}
