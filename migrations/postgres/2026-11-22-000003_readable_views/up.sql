-- The readable views are made from config/tables whenever migrations run: see server/store/src/views.rs.
SELECT 1;
