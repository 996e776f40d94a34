UPDATE deliveries SET state = 'failed', answer = 'unsubscribed' WHERE state = 'unsubscribed';
ALTER TABLE deliveries DROP COLUMN reply_to;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('pending', 'sending', 'delivered', 'failed'));
DROP TABLE link_key;
DROP TABLE unsubscribed;
