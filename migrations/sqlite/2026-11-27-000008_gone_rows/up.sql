-- Since when (UTC seconds) a row is gone: a complete file no longer had it. It counts in no figure, and comes back when it
-- comes back.
ALTER TABLE partners ADD COLUMN gone_at BIGINT;
ALTER TABLE reps ADD COLUMN gone_at BIGINT;
ALTER TABLE products ADD COLUMN gone_at BIGINT;
ALTER TABLE customers ADD COLUMN gone_at BIGINT;
ALTER TABLE leads ADD COLUMN gone_at BIGINT;
ALTER TABLE lead_offers ADD COLUMN gone_at BIGINT;
ALTER TABLE opportunities ADD COLUMN gone_at BIGINT;
ALTER TABLE opportunity_changes ADD COLUMN gone_at BIGINT;
ALTER TABLE orders ADD COLUMN gone_at BIGINT;
ALTER TABLE activities ADD COLUMN gone_at BIGINT;
ALTER TABLE targets ADD COLUMN gone_at BIGINT;
ALTER TABLE forecasts ADD COLUMN gone_at BIGINT;
ALTER TABLE costs ADD COLUMN gone_at BIGINT;
ALTER TABLE surveys ADD COLUMN gone_at BIGINT;
ALTER TABLE observations ADD COLUMN gone_at BIGINT;
