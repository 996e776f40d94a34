-- Why a run is made: the schedule owes it, or a person asked for it. Who is at it, so that a claim ends with its process.
ALTER TABLE runs ADD COLUMN origin TEXT NOT NULL DEFAULT 'due' CHECK (origin IN ('due', 'hand'));
ALTER TABLE runs ADD COLUMN holder TEXT;
UPDATE runs SET origin = 'hand' WHERE revision > 0;
-- However many revisions a period has, it is due once.
CREATE UNIQUE INDEX runs_due ON runs (report, period) WHERE origin = 'due';

-- Since when a mail waits, which says when it is given up; whose fault its last attempt met.
ALTER TABLE deliveries ADD COLUMN holder TEXT;
ALTER TABLE deliveries ADD COLUMN queued_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN fault TEXT CHECK (fault IN ('operator', 'recipient'));
UPDATE deliveries SET queued_at = (SELECT created_at FROM editions WHERE editions.id = deliveries.edition_id);
