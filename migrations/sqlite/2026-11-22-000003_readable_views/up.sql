-- The same facts with timestamps that people and BI tools read, in UTC. Pegel itself does not use them.

CREATE VIEW partners_readable AS
SELECT
    id,
    key,
    name,
    region,
    country,
    tier,
    date(certified_on * 86400, 'unixepoch') AS certified_on,
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
    date(hired_on * 86400, 'unixepoch') AS hired_on,
    date(ramped_on * 86400, 'unixepoch') AS ramped_on,
    date(left_on * 86400, 'unixepoch') AS left_on,
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
    datetime(acquired_at, 'unixepoch') AS acquired_at,
    datetime(churned_at, 'unixepoch') AS churned_at,
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
    datetime(created_at, 'unixepoch') AS created_at,
    datetime(qualified_at, 'unixepoch') AS qualified_at,
    datetime(offered_at, 'unixepoch') AS offered_at,
    datetime(accepted_at, 'unixepoch') AS accepted_at,
    datetime(contacted_at, 'unixepoch') AS contacted_at,
    datetime(first_meeting_at, 'unixepoch') AS first_meeting_at,
    datetime(second_meeting_at, 'unixepoch') AS second_meeting_at,
    datetime(quoted_at, 'unixepoch') AS quoted_at,
    datetime(contract_sent_at, 'unixepoch') AS contract_sent_at,
    datetime(feedback_at, 'unixepoch') AS feedback_at,
    datetime(closed_at, 'unixepoch') AS closed_at,
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
    datetime(offered_at, 'unixepoch') AS offered_at,
    datetime(answered_at, 'unixepoch') AS answered_at,
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
    datetime(created_at, 'unixepoch') AS created_at,
    date(expected_close_on * 86400, 'unixepoch') AS expected_close_on,
    datetime(closed_at, 'unixepoch') AS closed_at,
    outcome,
    attributes
FROM opportunities;

CREATE VIEW opportunity_changes_readable AS
SELECT
    id,
    key,
    opportunity_id,
    datetime(changed_at, 'unixepoch') AS changed_at,
    stage,
    amount,
    probability,
    date(expected_close_on * 86400, 'unixepoch') AS expected_close_on,
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
    datetime(ordered_at, 'unixepoch') AS ordered_at,
    datetime(cancelled_at, 'unixepoch') AS cancelled_at,
    datetime(complained_at, 'unixepoch') AS complained_at,
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
    datetime(occurred_at, 'unixepoch') AS occurred_at,
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
    date(starts_on * 86400, 'unixepoch') AS starts_on,
    date(ends_on * 86400, 'unixepoch') AS ends_on,
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
    date(given_on * 86400, 'unixepoch') AS given_on,
    date(starts_on * 86400, 'unixepoch') AS starts_on,
    date(ends_on * 86400, 'unixepoch') AS ends_on,
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
    date(incurred_on * 86400, 'unixepoch') AS incurred_on,
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
    datetime(answered_at, 'unixepoch') AS answered_at,
    attributes
FROM surveys;

CREATE VIEW observations_readable AS
SELECT
    id,
    key,
    metric,
    date(observed_on * 86400, 'unixepoch') AS observed_on,
    value,
    product_id,
    region,
    channel,
    attributes
FROM observations;
