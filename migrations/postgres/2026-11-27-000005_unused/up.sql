-- Nothing ever wrote or read these. Each comes back with what needs it.
DROP TABLE audit_log;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE alerts;
DROP TABLE schedules;
DROP TABLE thresholds;
