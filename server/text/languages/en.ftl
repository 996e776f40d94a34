# The words of mails, plain texts, pages and command lines, in the language of Project Fluent
# (https://projectfluent.org). A language is one file, named after its code; what it leaves out is said in English. What
# stands in { $… } is handed in: counts are numbers and may choose between forms.

# What the language calls itself, and the region that is meant where a reader names none.
language = English
region = GB

## How things are put together

labelled = { $label }: { $value }
before = before: { $previous }

## Periods

span_day = Day
span_week = Week
span_month = Month
span_quarter = Quarter
span_year = Year
week_name = week { $number }
week_short = W{ $number }
quarter_name = Q{ $quarter } { $year }
weeks =
    { $count ->
        [one] { $count } week
       *[other] { $count } weeks
    }
months =
    { $count ->
        [one] { $count } month
       *[other] { $count } months
    }
quarters =
    { $count ->
        [one] { $count } quarter
       *[other] { $count } quarters
    }
years =
    { $count ->
        [one] { $count } year
       *[other] { $count } years
    }
periods =
    { $count ->
        [one] { $count } period
       *[other] { $count } periods
    }
within_weeks = { weeks }
within_months = { months }
within_quarters = { quarters }
within_years = { years }
within_periods = { periods }
past_periods =
    { $span ->
        [day] Past { $count } days
        [week] Past { $count } weeks
        [month] Past { $count } months
        [quarter] Past { $count } quarters
        [year] Past { $count } years
       *[period] Past { $count } periods
    }
last_period =
    { $span ->
        [day] Last complete day
        [week] Last complete week
        [month] Last complete month
        [quarter] Last complete quarter
        [year] Last complete year
       *[period] Last complete period
    }
period_before =
    { $span ->
        [day] The day before
        [week] The week before
        [month] The month before
        [quarter] The quarter before
        [year] The year before
       *[period] The period before
    }
at_the_same_age = At the same age
same_age_and_now = { $figure } at the same age, { $now } by now
expected = Expected
usually = Usually
course_at_the_same_age = These figures still change after their period, so each is shown at the age that the last one has now. The table has what is known today, too.
period_year_before =
    { $span ->
        [day] The same day a year before
        [week] The same week a year before
        [month] The same month a year before
        [quarter] The same quarter a year before
        [year] A year before
       *[period] The same a year before
    }

## How a figure stands

status_critical = critical
status_warning = warning
status_ok = ok
status_unjudged = not judged
verdict_kept = all thresholds kept
verdict_unjudged = no thresholds are set
verdict_none_judged = nothing was judged ({ $reasons })
verdict_broken =
    { $count ->
        [one] { $count } threshold broken
       *[other] { $count } thresholds broken
    }
verdict_none_broken = no threshold broken
verdict_chance = { $count } may be chance
verdict_kept_of = { $count } kept
verdict_not_judged = { $count } not judged ({ $reasons })

threshold_critical = critical { $beyond }
threshold_warning = warning { $beyond }
below = below { $mark }
above = above { $mark }
no_threshold = no threshold
threshold_of_past = usual variation is the threshold, and the past does not tell it
threshold_of_usual = the threshold follows from usual variation
plans_below =
    { $count ->
        [one] { $count } target is planned by { $level } only, none for the whole
       *[other] { $count } targets are planned by { $level } only, none for the whole
    }

## Why there is no figure

no_rows = no data
zero_denominator = no base
too_few = too few
too_few_of = too few ({ $count })
no_data = no data yet
stale = out of date
script_error = script error

## Figures

unchanged = unchanged
# Beside a number of thousands or millions of money.
sign_of_thousands = k
sign_of_millions = m
points = { $points } pp
sample_size = n = { $count }
left_out = { $count } left out
# Rows that say something, and no date says since when.
undated = { $count } undated
beside = { $name } { $figure }
beside_median = median
extremes = low { $lowest }, high { $highest }
total = total
more = { $count } more
more_broken = { more }, { $broken } of them broken
missing_group = (not given)
erased_group = (erased)
improved = for the better
worsened = for the worse
provisional = Provisional: it can still change
settled = Settled
note_provisional = can still change
note_same_age_too = can still change; compared at the same age
interval = 95 % sure to lie within

unit_percent = per cent
unit_money = money
unit_duration = duration
unit_count = count
unit_number = number
better_higher = higher
better_lower = lower
better_neutral = neither

dimension_partner = Partner
dimension_region = Region
dimension_product = Product
dimension_product_line = Product line
dimension_source = Source
dimension_campaign = Campaign
dimension_rep = Sales rep
dimension_team = Team
dimension_tier = Tier
dimension_channel = Channel
dimension_segment = Segment
dimension_country = Country
dimension_kind = Kind
dimension_month = Month

## What things are called, as headings

report = Report
period = Period
kpi = KPI
value = Value
change = Change
status = Status
threshold = Threshold
target = Target
sample = Rows
needs_attention = Needs attention
mended = Mended
breakdowns = Breakdowns
revision = Revision
made = Made
made_at = Made: { $instant }
made_by = Made by
made_of_stored = Made by { $program } from the stored numbers of this edition.
what = No.
statement = In words
section = Section
judged_figure = Judged figure
judged_basis = What was judged
numerator = numerator
denominator = of
lower_bound = 95 % from
upper_bound = to
note = Note
courses = Courses
compared_with = Compared with
recipient = Recipient
attempts = Attempts
answer = Answer
unit = Unit
better = Better
min_sample = Fewest rows
dated_groups = Breakdowns
dated_groups_by = by { $dimensions }, each as it was at the row’s own date
definition = Definition
file = File
version = Version
source = Name
kind = Kind
source_kpi = KPI
source_template = template
source_report = report
source_thresholds = thresholds
source_helper = helper
source_calendar = calendar
source_activation = activation
source_import = import
source_program = program

## Statements: what an edition has to say

statements = What matters
between_statements = { ", " }
between_tables = { "; " }
named_figure = { $group } { $figure }
course =
    { $course ->
        [new] , new
        [since] , { $span ->
            [day] { $since } days in a row
            [week] { $since } weeks in a row
            [month] { $since } months in a row
            [quarter] { $since } quarters in a row
            [year] { $since } years in a row
           *[period] { $since } periods in a row
        }
        [longer] , { $span ->
            [day] for { $since } days or longer
            [week] for { $since } weeks or longer
            [month] for { $since } months or longer
            [quarter] for { $since } quarters or longer
            [year] for { $since } years or longer
           *[period] for { $since } periods or longer
        }
        [since_any] , { $span ->
            [day] a threshold broken { $since } days in a row
            [week] a threshold broken { $since } weeks in a row
            [month] a threshold broken { $since } months in a row
            [quarter] a threshold broken { $since } quarters in a row
            [year] a threshold broken { $since } years in a row
           *[period] a threshold broken { $since } periods in a row
        }
        [longer_any] , { $span ->
            [day] a threshold broken for { $since } days or longer
            [week] a threshold broken for { $since } weeks or longer
            [month] a threshold broken for { $since } months or longer
            [quarter] a threshold broken for { $since } quarters or longer
            [year] a threshold broken for { $since } years or longer
           *[period] a threshold broken for { $since } periods or longer
        }
       *[none] { "" }
    }
whose =
    { $about ->
        [group] { $title } for { $group }
       *[total] { $title }
    }

short_breach =
    { $by ->
        [expected] { whose } expected at { $figure } (limit { $mark })
        [settled] { whose } { $figure } in { $period } (limit { $mark })
        [look_back] { whose } { $figure } in { $periods } (limit { $mark })
       *[value] { whose } { $figure } (limit { $mark })
    }
short_breach_groups =
    { $by ->
        [expected] { $title } for { $groups } expected { $beyond }
        [settled] { $title } for { $groups } { $beyond } in { $period }
        [look_back] { $title } for { $groups } { $beyond } in { $periods }
       *[value] { $title } for { $groups } { $beyond }
    }
said_breach =
    { $by ->
        [expected] { $title }: { $figures } expected (limit { $mark }){ course }
        [settled] { $title } in { $period }: { $figures } (limit { $mark }){ course }
        [look_back] { $title } in { $periods }: { $figures } (limit { $mark }){ course }
       *[value] { $title }: { $figures } (limit { $mark }){ course }
    }

target_side =
    { $side ->
        [below] below
       *[above] above
    }
short_target =
    { $about ->
        [group] { $count ->
            [one] { $by ->
                [expected] { whose } expected { $distance } { target_side } target
               *[value] { whose } { $distance } { target_side } target
            }
           *[other] { $by ->
                [expected] { $title } for { $groups } expected { target_side } target
               *[value] { $title } for { $groups } { target_side } target
            }
        }
       *[total] { $by ->
            [expected] { $title } expected { $distance } { target_side } target
           *[value] { $title } { $distance } { target_side } target
        }
    }
said_target =
    { $about ->
        [group] { $count ->
            [one] { $title }: { $predicted }, { $distance } { target_side } the target of { $target }
           *[other] { $title }: { $predicted }, each { target_side } target
        }
       *[total] { $by ->
            [expected] { $title }: { $figure } expected, { $distance } { target_side } the target of { $target }
           *[value] { $title }: { $figure }, { $distance } { target_side } the target of { $target }
        }
    }
predicted = { $figures } expected
state_off_target = { $distance } { target_side } target
fact_off_target = { $distance } { target_side } the target of { $target }

short_worse =
    { $count ->
        [one] { whose } worse than usual ({ $figure })
       *[other] { $title } for { $groups } worse than usual
    }
said_worse =
    { $signal ->
        [several] { $title }: { $figures }, worse than usual
        [run] { $title }: { $figures }, worse than the mean of { $centre } for { $streak }
        [trend] { $title }: { $figures }, worse and worse over { $streak }
        [two_of_three] { $title }: { $figures }, far worse than the mean of { $centre } twice in { $recent }
       *[beyond_limit] { $title }: { $figures }, worse than usual ({ $usual })
    }
short_better =
    { $count ->
        [one] { whose } better than usual ({ $figure })
       *[other] { $title } for { $groups } better than usual
    }
said_better =
    { $signal ->
        [several] { $title }: { $figures }, better than usual
        [run] { $title }: { $figures }, better than the mean of { $centre } for { $streak }
        [trend] { $title }: { $figures }, better and better over { $streak }
        [two_of_three] { $title }: { $figures }, far better than the mean of { $centre } twice in { $recent }
       *[beyond_limit] { $title }: { $figures }, better than usual ({ $usual })
    }
short_mended =
    { $count ->
        [one] { whose } back at { $figure } (limit { $mark })
       *[other] { $title } for { $groups } back within the limit
    }
said_mended =
    { $by ->
        [expected] { $title }: { $figures } expected, back within the limit of { $mark }
        [settled] { $title } in { $period }: { $figures }, back within the limit of { $mark }
        [look_back] { $title } in { $periods }: { $figures }, back within the limit of { $mark }
       *[value] { $title }: { $figures }, back within the limit of { $mark }
    }
short_not_judged =
    { $count ->
        [one] { $title } not judged ({ $reason })
       *[other] { $count } KPIs not judged ({ $reason })
    }
said_not_judged = Not judged ({ $reason }): { $titles }
data_ends = data only up to { $day }
not_judged_since = not judged: { $reason }
unjudged =
    { $reason ->
        [no_marks] no threshold
        [no_past] the past tells no threshold
        [no_rows] no data
        [zero_denominator] no base
        [too_few] too little data
        [no_data] no data yet
        [stale] data out of date
        [script_error] script error
        [too_young] too young
       *[incomplete] data incomplete
    }

fact_of_group = { $group } – { $facts }
fact_parts =
    { $count ->
        [one] { $part } of { $whole }
       *[other] { $part } of { $whole } in { $periods }
    }
fact_so_far = { $period } so far: { $figure }
fact_provisional = can still change
fact_expected = expected between { $low } and { $high }
fact_expectation = expected: { $figure } ({ $low } to { $high })
fact_expected_figure = expected: { $figure }
fact_settled = last settled: { $figure } in { $period }
fact_is_settled = { $period } is settled
fact_of_period = { $period }: { $figure }
fact_of_period_same_age = { $period } at the same age: { $figure }
assured =
    { $what ->
        [threshold] threshold { $how ->
            [kept] kept
            [missed] missed
           *[now_and_then] kept now and then
        }
       *[target] target { $how ->
            [kept] reached
            [missed] missed
           *[now_and_then] reached now and then
        }
    }
fact_usual = usually { $usual }
usual_range = { $low } to { $high }
fact_year_before = a year before: { $figure } ({ $change })
fact_year_before_same_age = a year before, at the same age: { $figure } ({ $change })
fact_target = target: { $figure }
fact_since =
    { $span ->
        [week] since { $period }
       *[period] since { $period }
    }
fact_since_at_least =
    { $span ->
        [week] since { $period } or earlier
       *[period] since { $period } or earlier
    }
lasts_new = new
lasts = for { $periods }
lasts_longer = for { $periods } or longer
show_so_many =
    { $count ->
        [one] Show the row
       *[other] Show { $count } { $table }
    }
show_those = Show the { $table }
show_rows = Show the rows
fact_cause =
    { $part ->
        [mix] { $extent ->
            [all] the change { fact_since } comes from a shift between groups ({ $name })
            [more] more than the change { fact_since } comes from a shift between groups ({ $name })
           *[most] { $share } of the change { fact_since } from a shift between groups ({ $name })
        }
        [groups] { $name } each explain { $share } of the change { fact_since }
       *[group] { $extent ->
            [all] the whole change { fact_since } from { $name }
            [more] more than the whole change { fact_since } from { $name }
           *[most] { $share } of the change { fact_since } from { $name }
        }
    }

basis =
    { $by ->
        [expected] expected
        [settled] in { $of }
       *[look_back] in { $of }
    }
judged_by =
    { $by ->
        [expected] judged: expected { $figure }
       *[period] judged: { $figure } in { $of }
    }
note_same_age =
    { $year ->
        [known] What can still change is compared with { $period } and with the year before at the same age.
       *[unknown] What can still change is compared with { $period } at the same age.
    }
table_provisional = these figures can still change, and are compared at the same age
may_be_chance = May be chance – { $statements }
critical_by_chance = that it is critical may be chance
status_chance = may be chance
data_up_to = Data up to { $instant }
data_up_to_by_table = Data up to { $tables }
table_up_to = { $instant }: { $tables }
quiet_table = no { $table } since { $instant }
no_data_yet = no data yet: { $tables }
groups_as_today = groups by what holds today
table_activities = activities
table_costs = costs
table_customers = customers
table_forecasts = forecasts
table_lead_offers = offers of leads
table_leads = leads
table_observations = observations
table_opportunities = opportunities
table_opportunity_changes = changes of opportunities
table_orders = orders
table_partners = partners
table_products = products
table_reps = sales reps
table_surveys = surveys
table_targets = targets
column_accepted_at = Accepted
column_acquired_at = Won as a customer
column_active = Active
column_amount = Amount
column_answer = Answer
column_answered_at = Answered
column_campaign = { dimension_campaign }
column_cancelled_at = Cancelled
column_category = Category
column_certified_on = Certified
column_changed_at = Changed
column_channel = { dimension_channel }
column_churned_at = Lost as a customer
column_closed_at = Closed
column_complained_at = Complained
column_contact_email = Address of the contact
column_contacted_at = Contacted
column_contract_months = Months of the contract
column_contract_sent_at = Contract sent
column_cost = Cost
column_country = { dimension_country }
column_created_at = Created
column_customer_id = Customer
column_email = Mail address
column_ends_on = Last day
column_expected_close_on = Expected to close
column_feedback_at = Feedback
column_first_meeting_at = First meeting
column_given_on = Forecast made
column_hired_on = Hired
column_incurred_on = Incurred
column_kind = { dimension_kind }
column_language = Language
column_lead_id = Lead
column_left_on = Left
column_level = Level
column_line = { dimension_product_line }
column_list_price = List price
column_manager_id = Manager
column_metric = Metric
column_minutes = Minutes
column_name = Name
column_number = Number
column_observed_on = Observed
column_occurred_at = Happened
column_offered_at = Offered
column_opportunity_id = Opportunity
column_ordered_at = Ordered
column_outcome = Outcome
column_partner_id = { dimension_partner }
column_probability = Probability
column_product_id = { dimension_product }
column_qualified_at = Qualified
column_quality = Quality
column_quantity = Quantity
column_quoted_at = Quoted
column_ramped_on = Ramped up
column_referred_by = Referred by
column_region = { dimension_region }
column_rep_id = { dimension_rep }
column_score = Score
column_second_meeting_at = Second meeting
column_segment = { dimension_segment }
column_source = { dimension_source }
column_stage = Stage
column_starts_on = First day
column_team = { dimension_team }
column_tier = { dimension_tier }
column_unit_cost = Unit cost
column_value = { value }

## PDF

how_made = How this edition was made

## Mails

subject = { $period }: { $statements }
subject_calm = { $title }, { $period }: { $verdict }
left_out_of_mail = Left out of this mail:
cut_courses = the courses
cut_calm_breakdowns = breakdowns in which all is well
cut_breakdowns = all breakdowns
cut_figures = of each KPI, all but the two worst figures
cut_calm_kpis = KPIs in which all is well
cut_attention = further KPIs that need attention
cut_kpis = further KPIs
cut_further_breakdowns = further breakdowns
without_data = No data yet: { $kpis }.
kpi_lacks = { $title } (of { $table })
all_kpis = All KPIs
worst_and_best = Worst and best
goal = Target
year_before_short = year before
legend_of_shapes = ■ critical  ▲ warning, or far from its target  ● kept  · no threshold; of what can still change, as it stands. ≥ and ≤: what the threshold asks for where there is no target.
legend_of_unjudged = ○ { status_unjudged }
open_in_archive = Open this edition in the archive
open_in_archive_at = { open_in_archive }:
why_this_mail = You get this mail because you are a recipient of this report.
too_large_to_attach = Too large to be attached:
on_the_page = Download from the page of this edition.
ask = Questions? Ask
no_more_of_these = No more of these mails
no_more_of_these_at = { no_more_of_these }:

## Reports: what stands in sections beside KPIs

crossed = { $lines } × { $columns }
crossed_highest = Highest: { $line }, { $column }: { $figure }
crossed_lowest = Lowest: { $line }, { $column }: { $figure }
scorecard_differs = They differ most in { $kpi }: the middle half lies between { $low } and { $high }
scorecard_legend = ▲ in the best quarter, ▼ in the worst; what rests on too few rows is shown and does not count.
place = Place
median = Median
show_all_rows = Show all { $table }
reports = Reports
report_last = Latest
report_made = { $period }, made on { $instant }
report_never_made = not made yet
report_mails = { $delivered } of { $mails }
report_next = Next
report_on_request = on request
crossed_in_archive = More lines and columns are in the archive.
cut_scorecards = comparisons of groups
cut_crossed = tables by two dimensions
cut_lists = rows one by one
all_well_here = Nothing needs attention. All figures are in the archive.

## Pages: what stands around all of them

main = Main pages
languages = Languages
skip = Skip to the content
tagline = Reporting for sales run with partners
editions = Editions
kpis = KPIs
operations = Operations
reference = Reference

## Pages: editions

editions_lead = Every report as it went out, with the numbers it was made of. The latest period first.
no_editions = No edition yet
no_editions_text = The first one appears here as soon as a report has run. To run one by hand: pegel report run weekly
newer = Newer
older = Older
pages = Pages of this list
page = Page { $number }
same_edition_as = The same edition as
mail_html = mail
mail_text = plain text
numbers = numbers (JSON)
audiences = Made for
subject_corrected = Corrected: { $subject }
superseded_edition = A corrected edition has taken the place of this one.
open_corrected_edition = Open the corrected one
readers_see = About
scope_alone = { $scope } (only rows that say so)
corrected_number = { $title }, { $group }: { $new } instead of { $old } ({ $why })
corrected_lists = Other rows are listed one by one.
corrected_nothing = No number is another one.
corrected_edition = This is a corrected edition.
corrected = Corrected
replaced_because = Replaced: { $reason }
earlier_editions =
    { $count ->
        [one] { $count } earlier edition
       *[other] { $count } earlier editions
    }
what_changed = What changed
before_it = Before
after_it = Now
why = Why
edition_of = { $period }, revision { $revision }
numbers_differ =
    { $count ->
        [0] All { $all } numbers are the same.
        [one] { $count } of { $all } numbers differs.
       *[other] { $count } of { $all } numbers differ.
    }
other_reports = These are editions of different reports: { $old } and { $new }.
more_changes = { $count } more: pegel report diff { $old } { $new } lists all of them.
changed_files = Files that changed
why_period = another period
why_scope = other rows are counted (scope or filter)
why_shown = not in both
why_definition = the script changed
why_setting = a setting changed
why_helper = a helper changed
why_calendar = the calendar changed
why_threshold = the threshold changed
why_judged = judged otherwise
why_target = the target changed
why_late_data = it could still change
why_data = the data was corrected
why_imported = data was imported since
all = All
words = Words
search = Search
nothing_found = Nothing was found. Ask for less.
edition_before = Earlier
edition_after = Later
download_as = Download as
form_pdf = PDF
form_html = HTML file
form_xlsx = Excel workbook
form_csv = CSV
form_json = JSON
deliveries = Deliveries
no_deliveries = This edition has no recipients.
delivery_pending = waiting
delivery_sending = being sent
delivery_delivered = delivered
delivery_failed = given up
delivery_unsubscribed = unsubscribed
evidence = Evidence
evidence_lead = An edition never changes. pegel report verify computes its checksum again.
checksum = Checksum
sources = What it was made from

## Pages: KPIs

kpis_lead = What is measured, and how it stands in the last complete week.
no_kpis = No KPI is in force. Put a script into the folder kpis/.
no_pack = Others
pack = Pack
in_reports = In reports
the_others = The others
without_data_yet = Without data yet
lacks_table = needs { $table }
lacks_column = needs “{ $column }” of { $table }
course_lead = Periods without a figure are gaps, not zeros.
as_table = The same as a table
day_in_it = A day in it
broken_down_by = Broken down by
and_by = and by
show = Show
periods_around = Earlier and later
worst_first =
    { $better ->
        [neutral] The highest first. Each figure leads to its rows.
       *[other] What breaks its threshold first, then the worst, by what was judged. Each figure leads to its rows.
    }
no_groups = In this period no row has a group.
the_script = The script
nothing_yet = There is no figure in these periods.
last_evaluated = Last computed
rows_read =
    { $count ->
        [one] { $count } row read
       *[other] { $count } rows read
    }
computed_before = { $count } of { $all } parts computed before
last_error = last error

## Pages: the rows behind a figure

rows_behind = Rows
rows_behind_figure = The rows behind this figure
rows_of_table =
    { $count ->
        [0] No rows
        [one] { $count } row ({ $table })
       *[other] { $count } rows ({ $table })
    }
rows_all = Every row that the figure counts; of a share, those of its denominator. The oldest first.
rows_bad = The rows that make the figure worse. The oldest first.
rows_imported_since = Data was imported or taken back since the edition was made: these may be other rows than those that it counted.
rows_defined_since = The KPI or its settings changed since the edition was made: these are the rows by what holds today.
show_rows_all = Show all rows
show_rows_bad = Show only those that make it worse
rows_file = Download with all dates as
group = In the group
all_groups = all
show_unfiltered = Show all again
as_it_stood = as it stood on { $instant }

## Pages: the language of scripts

reference_lead = The language of KPI scripts: how to write one, what it can say, which data there are.
reference_language = { "" }
contents = Contents

## Pages: what is not in order

operations_lead = What is not in order and what happens meanwhile, and how the work goes.
all_in_order = All is in order
all_in_order_text = Every report, template, KPI and mapping of this home can be read and is in force.
not_in_order = The file is not in order
not_in_order_text = The file of this KPI was changed but is not in order; the version before stays in force until it is mended.
in_force_since = In force since: { $since }.
waits = A change is waiting
waits_text = The file of this KPI was changed; it comes into force as soon as these files are in order as well:
files_not_in_order = Files that are not in order
files_not_in_order_text = They did not come into force; what was in force before stays until they are mended.
files_waiting = In order, but waiting for the above:

section_reports = Reports
section_reports_text = These reports are not made until their files are mended; all others are.
section_templates = Templates
section_templates_text = The last good version stays in use, or the one that comes with Pegel.
section_kpis = KPIs
section_kpis_text = What was in force before stays in force; a new file is left out.
section_mappings = Mappings
section_mappings_text = No file can be imported through these mappings until they are mended.
section_configuration = Configuration
section_configuration_text = The server goes on with what it read when it was started, but would not start again.
section_mails = Mails
section_mails_text = Mails that wait are tried again by themselves; those that were given up are not.
section_runs = Runs
section_runs_text = These are tried again by themselves, every ten minutes.

no_room = No mail goes out
mails_wait =
    { $count ->
        [one] { $count } mail waits since { $since }
       *[other] { $count } mails wait, the first since { $since }
    }
mails_given_up =
    { $count ->
        [one] { $count } mail was given up
       *[other] { $count } mails were given up
    }
send_again = pegel deliveries list --failed shows why, pegel deliveries resend --failed sends again.

## Pages: no more mails

unsubscribe = No more mails of “{ $report }”?
unsubscribe_text = When you press the button, { $address } gets no more mails of this report.
unsubscribed = No more mails of “{ $report }”
unsubscribed_text = Done on { $since }: { $address } gets no more mails of this report.
unsubscribed_back = If you want them again, ask those who run this server, or whoever told you of the report.
unsubscribe_where = Your own link is in your mail
unsubscribe_where_text = This one stands in a copy that many read, and unsubscribes nobody. Follow the link at the end of the mail that you got yourself.
bad_link = This link cannot be used
bad_link_text = It was changed on its way, or comes from another server. Copy the one in your mail as a whole.

## Pages: when there is no answer

no_page = There is no such page
no_page_text = Perhaps the address was cut short on its way.
bad_address = This address cannot be understood
bad_address_text = { $problem }
no_choice =
    { $count ->
        [0] { $field }: there is no “{ $asked }”, nor any other.
       *[other] { $field }: there is no “{ $asked }”. There are: { $choices }
    }
no_page_number = There is no page “{ $asked }”: pages are counted from 1.
no_audience_number = There is no audience “{ $asked }”: audiences are counted from 1.
no_edition = There is no such edition
no_edition_text = No edition has this number. All there are stand in the list.
erased = This was erased
erased_text = It named somebody who asked for it, or whose time of keeping was over. Its hash is still in the archive.
no_kpi = There is no such KPI
no_kpi_text = No KPI in force has this name.
nearest = You may have meant
busy = Too many at once
busy_text = Other pages are being computed at the moment. Try again in a few seconds.
broken = Something went wrong
broken_text = This page could not be shown. The server's log says why; nothing was changed.

## Command lines

counted_editions =
    { $count ->
        [one] { $count } edition
       *[other] { $count } editions
    }
counted_files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
counted_kpis =
    { $count ->
        [one] { $count } KPI
       *[other] { $count } KPIs
    }
counted_recipients =
    { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }
tests_fail =
    { $count ->
        [one] { $count } test fails
       *[other] { $count } tests fail
    }
forced_past =
    { $count ->
        [one] forced past { $count } failed test
       *[other] forced past { $count } failed tests
    }
mails_go_again =
    { $count ->
        [one] { $count } mail goes out again, within half a minute where the server runs
       *[other] { $count } mails go out again, within half a minute where the server runs
    }
row_key = Key
row_name = { column_name }
row_system = System
row_age = Age
rows_more =
    { $count ->
        [one] { $count } more row: --limit shows more, --csv FILE writes all of them, with all dates
       *[other] { $count } more rows: --limit shows more, --csv FILE writes all of them, with all dates
    }

## Alerts

alert_subject =
    { $tone ->
        [begun] Alert: { $statements }
        [reminder] Still: { $statements }
        [absent] No figure: { $statements }
       *[over] Over: { $statements }
    }
alert_since = The first of these alerts has stood since { $instant }.
alert_owner = { $owner } looks after this.
alert_why = You get this mail because you are told of this alert.
alert_open = Open what stands now
alert_rows =
    { $count ->
        [one] { $title }: { $count } has waited too long
       *[other] { $title }: { $count } have waited too long
    }
alert_waits_since = since { $day }

now_alerts = Alerts
now_no_alerts = Nothing stands.
now_state = State
now_figure = Figure
now_since = Since
now_rule = Rule
now_acknowledged = known to { $who }
now_report = Report
now_mails = Mails handed over
now_on_request = on request
now_data = Data is complete up to
now_no_data = Nothing was imported yet.
now_outbox = Mails, all in all
alert_state_absent = no figure
alert_state_warning = warning
alert_state_critical = critical
section_alerts = Alerts
section_alerts_text = These rules are not evaluated until they are mended; what stood stays as it was.
