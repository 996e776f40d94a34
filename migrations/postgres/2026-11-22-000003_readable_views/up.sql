-- The same facts with timestamps that people and BI tools read, in UTC. Pegel itself does not use them.

CREATE VIEW partners_readable AS
SELECT
    id,
    key,
    name,
    region,
    country,
    tier,
    DATE '1970-01-01' + certified_on AS certified_on,
    active,
    attributes
FROM partners;

CREATE VIEW reps_readable AS
SELECT
    id,
    key,
    name,
    email,
    team,
    region,
    partner_id,
    DATE '1970-01-01' + hired_on AS hired_on,
    DATE '1970-01-01' + ramped_on AS ramped_on,
    DATE '1970-01-01' + left_on AS left_on,
    attributes
FROM reps;

CREATE VIEW customers_readable AS
SELECT
    id,
    key,
    name,
    segment,
    region,
    country,
    channel,
    to_timestamp(acquired_at) AT TIME ZONE 'UTC' AS acquired_at,
    to_timestamp(churned_at) AT TIME ZONE 'UTC' AS churned_at,
    referred_by,
    attributes
FROM customers;

CREATE VIEW leads_readable AS
SELECT
    id,
    key,
    source,
    campaign,
    region,
    product_id,
    customer_id,
    partner_id,
    rep_id,
    quality,
    to_timestamp(created_at) AT TIME ZONE 'UTC' AS created_at,
    to_timestamp(qualified_at) AT TIME ZONE 'UTC' AS qualified_at,
    to_timestamp(offered_at) AT TIME ZONE 'UTC' AS offered_at,
    to_timestamp(accepted_at) AT TIME ZONE 'UTC' AS accepted_at,
    to_timestamp(contacted_at) AT TIME ZONE 'UTC' AS contacted_at,
    to_timestamp(first_meeting_at) AT TIME ZONE 'UTC' AS first_meeting_at,
    to_timestamp(second_meeting_at) AT TIME ZONE 'UTC' AS second_meeting_at,
    to_timestamp(quoted_at) AT TIME ZONE 'UTC' AS quoted_at,
    to_timestamp(contract_sent_at) AT TIME ZONE 'UTC' AS contract_sent_at,
    to_timestamp(feedback_at) AT TIME ZONE 'UTC' AS feedback_at,
    to_timestamp(closed_at) AT TIME ZONE 'UTC' AS closed_at,
    outcome,
    amount,
    attributes
FROM leads;

CREATE VIEW lead_offers_readable AS
SELECT
    id,
    key,
    lead_id,
    partner_id,
    to_timestamp(offered_at) AT TIME ZONE 'UTC' AS offered_at,
    to_timestamp(answered_at) AT TIME ZONE 'UTC' AS answered_at,
    answer,
    level,
    attributes
FROM lead_offers;

CREATE VIEW opportunities_readable AS
SELECT
    id,
    key,
    lead_id,
    customer_id,
    partner_id,
    rep_id,
    product_id,
    region,
    stage,
    amount,
    probability,
    contract_months,
    to_timestamp(created_at) AT TIME ZONE 'UTC' AS created_at,
    DATE '1970-01-01' + expected_close_on AS expected_close_on,
    to_timestamp(closed_at) AT TIME ZONE 'UTC' AS closed_at,
    outcome,
    attributes
FROM opportunities;

CREATE VIEW opportunity_changes_readable AS
SELECT
    id,
    key,
    opportunity_id,
    to_timestamp(changed_at) AT TIME ZONE 'UTC' AS changed_at,
    stage,
    amount,
    probability,
    DATE '1970-01-01' + expected_close_on AS expected_close_on,
    attributes
FROM opportunity_changes;

CREATE VIEW orders_readable AS
SELECT
    id,
    key,
    number,
    customer_id,
    partner_id,
    rep_id,
    product_id,
    region,
    channel,
    quantity,
    amount,
    cost,
    to_timestamp(ordered_at) AT TIME ZONE 'UTC' AS ordered_at,
    to_timestamp(cancelled_at) AT TIME ZONE 'UTC' AS cancelled_at,
    to_timestamp(complained_at) AT TIME ZONE 'UTC' AS complained_at,
    attributes
FROM orders;

CREATE VIEW activities_readable AS
SELECT
    id,
    key,
    rep_id,
    customer_id,
    lead_id,
    kind,
    to_timestamp(occurred_at) AT TIME ZONE 'UTC' AS occurred_at,
    minutes,
    attributes
FROM activities;

CREATE VIEW targets_readable AS
SELECT
    id,
    key,
    metric,
    rep_id,
    partner_id,
    team,
    region,
    DATE '1970-01-01' + starts_on AS starts_on,
    DATE '1970-01-01' + ends_on AS ends_on,
    amount,
    attributes
FROM targets;

CREATE VIEW forecasts_readable AS
SELECT
    id,
    key,
    metric,
    partner_id,
    rep_id,
    region,
    DATE '1970-01-01' + given_on AS given_on,
    DATE '1970-01-01' + starts_on AS starts_on,
    DATE '1970-01-01' + ends_on AS ends_on,
    amount,
    attributes
FROM forecasts;

CREATE VIEW costs_readable AS
SELECT
    id,
    key,
    category,
    channel,
    region,
    DATE '1970-01-01' + incurred_on AS incurred_on,
    amount,
    attributes
FROM costs;

CREATE VIEW surveys_readable AS
SELECT
    id,
    key,
    customer_id,
    partner_id,
    rep_id,
    kind,
    score,
    to_timestamp(answered_at) AT TIME ZONE 'UTC' AS answered_at,
    attributes
FROM surveys;

CREATE VIEW observations_readable AS
SELECT
    id,
    key,
    metric,
    DATE '1970-01-01' + observed_on AS observed_on,
    value,
    product_id,
    region,
    channel,
    attributes
FROM observations;
