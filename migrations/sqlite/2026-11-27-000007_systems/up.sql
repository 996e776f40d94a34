-- Whose rows they are: the system that they came from, as a mapping names it; '' where none was said, the one text that is
-- never missing and may be empty. Keys are unique within a system: two shops may both have an order 1.
--
-- SQLite cannot take away that keys are unique by themselves, so the tables are made anew. The old ones step aside with what
-- refers to them, are copied parents first, and go children first.
ALTER TABLE partners RENAME TO old_partners;
ALTER TABLE reps RENAME TO old_reps;
ALTER TABLE products RENAME TO old_products;
ALTER TABLE customers RENAME TO old_customers;
ALTER TABLE leads RENAME TO old_leads;
ALTER TABLE lead_offers RENAME TO old_lead_offers;
ALTER TABLE opportunities RENAME TO old_opportunities;
ALTER TABLE opportunity_changes RENAME TO old_opportunity_changes;
ALTER TABLE orders RENAME TO old_orders;
ALTER TABLE activities RENAME TO old_activities;
ALTER TABLE targets RENAME TO old_targets;
ALTER TABLE forecasts RENAME TO old_forecasts;
ALTER TABLE costs RENAME TO old_costs;
ALTER TABLE surveys RENAME TO old_surveys;
ALTER TABLE observations RENAME TO old_observations;

CREATE TABLE partners (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    name TEXT,
    region TEXT,
    country TEXT,
    tier TEXT,
    certified_on INTEGER,
    active BOOLEAN,
    attributes TEXT NOT NULL DEFAULT '{}',
    contact_email TEXT,
    language TEXT,
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO partners SELECT *, '' FROM old_partners;

CREATE TABLE reps (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    name TEXT,
    email TEXT,
    team TEXT,
    region TEXT,
    partner_id BIGINT REFERENCES partners,
    hired_on INTEGER,
    ramped_on INTEGER,
    left_on INTEGER,
    attributes TEXT NOT NULL DEFAULT '{}',
    manager_id BIGINT REFERENCES reps,
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO reps SELECT *, '' FROM old_reps;

CREATE TABLE products (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    name TEXT,
    line TEXT,
    list_price BIGINT,
    unit_cost BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO products SELECT *, '' FROM old_products;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    name TEXT,
    segment TEXT,
    region TEXT,
    country TEXT,
    channel TEXT,
    acquired_at BIGINT,
    churned_at BIGINT,
    referred_by BIGINT REFERENCES customers,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO customers SELECT *, '' FROM old_customers;

CREATE TABLE leads (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    source TEXT,
    campaign TEXT,
    region TEXT,
    product_id BIGINT REFERENCES products,
    customer_id BIGINT REFERENCES customers,
    partner_id BIGINT REFERENCES partners,
    rep_id BIGINT REFERENCES reps,
    quality TEXT,
    created_at BIGINT,
    qualified_at BIGINT,
    offered_at BIGINT,
    accepted_at BIGINT,
    contacted_at BIGINT,
    first_meeting_at BIGINT,
    second_meeting_at BIGINT,
    quoted_at BIGINT,
    contract_sent_at BIGINT,
    feedback_at BIGINT,
    closed_at BIGINT,
    outcome TEXT,
    amount BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO leads SELECT *, '' FROM old_leads;

CREATE TABLE lead_offers (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    lead_id BIGINT REFERENCES leads,
    partner_id BIGINT REFERENCES partners,
    offered_at BIGINT,
    answered_at BIGINT,
    answer TEXT,
    level BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO lead_offers SELECT *, '' FROM old_lead_offers;

CREATE TABLE opportunities (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    lead_id BIGINT REFERENCES leads,
    customer_id BIGINT REFERENCES customers,
    partner_id BIGINT REFERENCES partners,
    rep_id BIGINT REFERENCES reps,
    product_id BIGINT REFERENCES products,
    region TEXT,
    stage TEXT,
    amount BIGINT,
    probability DOUBLE PRECISION,
    contract_months DOUBLE PRECISION,
    created_at BIGINT,
    expected_close_on INTEGER,
    closed_at BIGINT,
    outcome TEXT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO opportunities SELECT *, '' FROM old_opportunities;

CREATE TABLE opportunity_changes (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    opportunity_id BIGINT REFERENCES opportunities,
    changed_at BIGINT,
    stage TEXT,
    amount BIGINT,
    probability DOUBLE PRECISION,
    expected_close_on INTEGER,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO opportunity_changes SELECT *, '' FROM old_opportunity_changes;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    number TEXT,
    customer_id BIGINT REFERENCES customers,
    partner_id BIGINT REFERENCES partners,
    rep_id BIGINT REFERENCES reps,
    product_id BIGINT REFERENCES products,
    region TEXT,
    channel TEXT,
    quantity DOUBLE PRECISION,
    amount BIGINT,
    cost BIGINT,
    ordered_at BIGINT,
    cancelled_at BIGINT,
    complained_at BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO orders SELECT *, '' FROM old_orders;

CREATE TABLE activities (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    rep_id BIGINT REFERENCES reps,
    customer_id BIGINT REFERENCES customers,
    lead_id BIGINT REFERENCES leads,
    kind TEXT,
    occurred_at BIGINT,
    minutes DOUBLE PRECISION,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO activities SELECT *, '' FROM old_activities;

CREATE TABLE targets (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    metric TEXT,
    rep_id BIGINT REFERENCES reps,
    partner_id BIGINT REFERENCES partners,
    team TEXT,
    region TEXT,
    starts_on INTEGER,
    ends_on INTEGER,
    amount BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO targets SELECT *, '' FROM old_targets;

CREATE TABLE forecasts (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    metric TEXT,
    partner_id BIGINT REFERENCES partners,
    rep_id BIGINT REFERENCES reps,
    region TEXT,
    given_on INTEGER,
    starts_on INTEGER,
    ends_on INTEGER,
    amount BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO forecasts SELECT *, '' FROM old_forecasts;

CREATE TABLE costs (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    category TEXT,
    channel TEXT,
    region TEXT,
    incurred_on INTEGER,
    amount BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO costs SELECT *, '' FROM old_costs;

CREATE TABLE surveys (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    customer_id BIGINT REFERENCES customers,
    partner_id BIGINT REFERENCES partners,
    rep_id BIGINT REFERENCES reps,
    kind TEXT,
    score DOUBLE PRECISION,
    answered_at BIGINT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO surveys SELECT *, '' FROM old_surveys;

CREATE TABLE observations (
    id INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    metric TEXT,
    observed_on INTEGER,
    value DOUBLE PRECISION,
    product_id BIGINT REFERENCES products,
    region TEXT,
    channel TEXT,
    attributes TEXT NOT NULL DEFAULT '{}',
    system TEXT NOT NULL DEFAULT ''
);
INSERT INTO observations SELECT *, '' FROM old_observations;

DROP TABLE old_observations;
DROP TABLE old_surveys;
DROP TABLE old_costs;
DROP TABLE old_forecasts;
DROP TABLE old_targets;
DROP TABLE old_activities;
DROP TABLE old_orders;
DROP TABLE old_opportunity_changes;
DROP TABLE old_opportunities;
DROP TABLE old_lead_offers;
DROP TABLE old_leads;
DROP TABLE old_customers;
DROP TABLE old_products;
DROP TABLE old_reps;
DROP TABLE old_partners;

CREATE UNIQUE INDEX partners_key ON partners (key, system);
CREATE INDEX partners_certified_on ON partners (certified_on) WHERE certified_on IS NOT NULL;
CREATE UNIQUE INDEX reps_key ON reps (key, system);
CREATE INDEX reps_partner_id ON reps (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX reps_hired_on ON reps (hired_on) WHERE hired_on IS NOT NULL;
CREATE INDEX reps_ramped_on ON reps (ramped_on) WHERE ramped_on IS NOT NULL;
CREATE INDEX reps_left_on ON reps (left_on) WHERE left_on IS NOT NULL;
CREATE INDEX reps_manager_id ON reps (manager_id) WHERE manager_id IS NOT NULL;
CREATE UNIQUE INDEX products_key ON products (key, system);
CREATE UNIQUE INDEX customers_key ON customers (key, system);
CREATE INDEX customers_acquired_at ON customers (acquired_at) WHERE acquired_at IS NOT NULL;
CREATE INDEX customers_churned_at ON customers (churned_at) WHERE churned_at IS NOT NULL;
CREATE INDEX customers_referred_by ON customers (referred_by) WHERE referred_by IS NOT NULL;
CREATE UNIQUE INDEX leads_key ON leads (key, system);
CREATE INDEX leads_product_id ON leads (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX leads_customer_id ON leads (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX leads_partner_id ON leads (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX leads_rep_id ON leads (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX leads_created_at ON leads (created_at) WHERE created_at IS NOT NULL;
CREATE INDEX leads_qualified_at ON leads (qualified_at) WHERE qualified_at IS NOT NULL;
CREATE INDEX leads_offered_at ON leads (offered_at) WHERE offered_at IS NOT NULL;
CREATE INDEX leads_accepted_at ON leads (accepted_at) WHERE accepted_at IS NOT NULL;
CREATE INDEX leads_contacted_at ON leads (contacted_at) WHERE contacted_at IS NOT NULL;
CREATE INDEX leads_first_meeting_at ON leads (first_meeting_at) WHERE first_meeting_at IS NOT NULL;
CREATE INDEX leads_second_meeting_at ON leads (second_meeting_at) WHERE second_meeting_at IS NOT NULL;
CREATE INDEX leads_quoted_at ON leads (quoted_at) WHERE quoted_at IS NOT NULL;
CREATE INDEX leads_contract_sent_at ON leads (contract_sent_at) WHERE contract_sent_at IS NOT NULL;
CREATE INDEX leads_feedback_at ON leads (feedback_at) WHERE feedback_at IS NOT NULL;
CREATE INDEX leads_closed_at ON leads (closed_at) WHERE closed_at IS NOT NULL;
CREATE UNIQUE INDEX lead_offers_key ON lead_offers (key, system);
CREATE INDEX lead_offers_lead_id ON lead_offers (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX lead_offers_partner_id ON lead_offers (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX lead_offers_offered_at ON lead_offers (offered_at) WHERE offered_at IS NOT NULL;
CREATE INDEX lead_offers_answered_at ON lead_offers (answered_at) WHERE answered_at IS NOT NULL;
CREATE UNIQUE INDEX opportunities_key ON opportunities (key, system);
CREATE INDEX opportunities_lead_id ON opportunities (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX opportunities_customer_id ON opportunities (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX opportunities_partner_id ON opportunities (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX opportunities_rep_id ON opportunities (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX opportunities_product_id ON opportunities (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX opportunities_created_at ON opportunities (created_at) WHERE created_at IS NOT NULL;
CREATE INDEX opportunities_expected_close_on ON opportunities (expected_close_on) WHERE expected_close_on IS NOT NULL;
CREATE INDEX opportunities_closed_at ON opportunities (closed_at) WHERE closed_at IS NOT NULL;
CREATE UNIQUE INDEX opportunity_changes_key ON opportunity_changes (key, system);
CREATE INDEX opportunity_changes_opportunity_id ON opportunity_changes (opportunity_id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX opportunity_changes_changed_at ON opportunity_changes (changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX opportunity_changes_expected_close_on ON opportunity_changes (expected_close_on) WHERE expected_close_on IS NOT NULL;
CREATE UNIQUE INDEX orders_key ON orders (key, system);
CREATE INDEX orders_customer_id ON orders (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_partner_id ON orders (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX orders_rep_id ON orders (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX orders_product_id ON orders (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX orders_ordered_at ON orders (ordered_at) WHERE ordered_at IS NOT NULL;
CREATE INDEX orders_cancelled_at ON orders (cancelled_at) WHERE cancelled_at IS NOT NULL;
CREATE INDEX orders_complained_at ON orders (complained_at) WHERE complained_at IS NOT NULL;
CREATE UNIQUE INDEX activities_key ON activities (key, system);
CREATE INDEX activities_rep_id ON activities (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX activities_customer_id ON activities (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX activities_lead_id ON activities (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX activities_occurred_at ON activities (occurred_at) WHERE occurred_at IS NOT NULL;
CREATE UNIQUE INDEX targets_key ON targets (key, system);
CREATE INDEX targets_rep_id ON targets (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX targets_partner_id ON targets (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX targets_starts_on ON targets (starts_on) WHERE starts_on IS NOT NULL;
CREATE INDEX targets_ends_on ON targets (ends_on) WHERE ends_on IS NOT NULL;
CREATE UNIQUE INDEX forecasts_key ON forecasts (key, system);
CREATE INDEX forecasts_partner_id ON forecasts (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX forecasts_rep_id ON forecasts (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX forecasts_given_on ON forecasts (given_on) WHERE given_on IS NOT NULL;
CREATE INDEX forecasts_starts_on ON forecasts (starts_on) WHERE starts_on IS NOT NULL;
CREATE INDEX forecasts_ends_on ON forecasts (ends_on) WHERE ends_on IS NOT NULL;
CREATE UNIQUE INDEX costs_key ON costs (key, system);
CREATE INDEX costs_incurred_on ON costs (incurred_on) WHERE incurred_on IS NOT NULL;
CREATE UNIQUE INDEX surveys_key ON surveys (key, system);
CREATE INDEX surveys_customer_id ON surveys (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX surveys_partner_id ON surveys (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX surveys_rep_id ON surveys (rep_id) WHERE rep_id IS NOT NULL;
CREATE INDEX surveys_answered_at ON surveys (answered_at) WHERE answered_at IS NOT NULL;
CREATE UNIQUE INDEX observations_key ON observations (key, system);
CREATE INDEX observations_observed_on ON observations (observed_on) WHERE observed_on IS NOT NULL;
CREATE INDEX observations_product_id ON observations (product_id) WHERE product_id IS NOT NULL;
