# Deutsch. Was hier steht und wie, sagt en.ftl.

language = Deutsch
region = DE

## Wie etwas zusammengesetzt wird

labelled = { $label }: { $value }
before = zuvor: { $previous }

## Zeiträume

span_day = Tag
span_week = Woche
span_month = Monat
span_quarter = Quartal
span_year = Jahr
week_name = KW { $number }
week_short = KW { $number }
quarter_name = Q{ $quarter } { $year }
weeks =
    { $count ->
        [one] { $count } Woche
       *[other] { $count } Wochen
    }
months =
    { $count ->
        [one] { $count } Monat
       *[other] { $count } Monate
    }
quarters =
    { $count ->
        [one] { $count } Quartal
       *[other] { $count } Quartale
    }
years =
    { $count ->
        [one] { $count } Jahr
       *[other] { $count } Jahre
    }
periods =
    { $count ->
        [one] { $count } Zeitraum
       *[other] { $count } Zeiträume
    }
within_weeks = { weeks }
within_months =
    { $count ->
        [one] { $count } Monat
       *[other] { $count } Monaten
    }
within_quarters =
    { $count ->
        [one] { $count } Quartal
       *[other] { $count } Quartalen
    }
within_years =
    { $count ->
        [one] { $count } Jahr
       *[other] { $count } Jahren
    }
within_periods =
    { $count ->
        [one] { $count } Zeitraum
       *[other] { $count } Zeiträumen
    }
past_periods =
    { $span ->
        [day] Letzte { $count } Tage
        [week] Letzte { $count } Wochen
        [month] Letzte { $count } Monate
        [quarter] Letzte { $count } Quartale
        [year] Letzte { $count } Jahre
       *[period] Letzte { $count } Zeiträume
    }
last_period =
    { $span ->
        [day] Letzter voller Tag
        [week] Letzte volle Woche
        [month] Letzter voller Monat
        [quarter] Letztes volles Quartal
        [year] Letztes volles Jahr
       *[period] Letzter voller Zeitraum
    }
period_before =
    { $span ->
        [day] Am Tag davor
        [week] In der Woche davor
        [month] Im Monat davor
        [quarter] Im Quartal davor
        [year] Im Jahr davor
       *[period] Im Zeitraum davor
    }
at_the_same_age = Gleich alt
same_age_and_now = { $figure } im selben Alter, inzwischen { $now }
expected = Erwartet
usually = Üblich
course_at_the_same_age = Diese Zahlen ändern sich nach ihrem Zeitraum noch. Darum ist jede in dem Alter gezeigt, das die letzte jetzt hat; die Tabelle nennt auch den heutigen Stand.
period_year_before =
    { $span ->
        [day] Am selben Tag des Vorjahrs
        [week] In derselben Woche des Vorjahrs
        [month] Im selben Monat des Vorjahrs
        [quarter] Im selben Quartal des Vorjahrs
        [year] Im Vorjahr
       *[period] Im selben Zeitraum des Vorjahrs
    }

## Wie ein Wert steht

status_critical = kritisch
status_warning = Warnung
status_ok = ok
status_unjudged = nicht bewertet
verdict_kept = alle Schwellen eingehalten
verdict_unjudged = keine Schwellen gesetzt
verdict_none_judged = nichts bewertet ({ $reasons })
verdict_broken =
    { $count ->
        [one] { $count } Schwelle verletzt
       *[other] { $count } Schwellen verletzt
    }
verdict_none_broken = keine Schwelle verletzt
verdict_chance =
    { $count ->
        [one] { $count } kann Zufall sein
       *[other] { $count } können Zufall sein
    }
verdict_kept_of = { $count } eingehalten
verdict_not_judged = { $count } nicht bewertet ({ $reasons })

threshold_critical = kritisch { $beyond }
threshold_warning = Warnung { $beyond }
below = unter { $mark }
above = über { $mark }
no_threshold = ohne Schwelle
threshold_of_past = Schwelle ist das Übliche, und das gibt die Vergangenheit nicht her
threshold_of_usual = die Schwelle folgt aus dem Üblichen
plans_below =
    { $count ->
        [one] { $count } Ziel nur nach { $level }, keines für das Ganze
       *[other] { $count } Ziele nur nach { $level }, keines für das Ganze
    }

## Warum es keinen Wert gibt

no_rows = keine Daten
zero_denominator = keine Basis
too_few = zu wenige
too_few_of = zu wenige ({ $count })
no_data = noch keine Daten
stale = veraltet
script_error = Skriptfehler

## Werte

unchanged = unverändert
# Beside a number of thousands or millions of money.
sign_of_thousands = T
sign_of_millions = { "Mio. " }
points = { $points } Pp.
sample_size = n = { $count }
left_out = { $count } ausgelassen
undated = { $count } ohne Zeitpunkt
beside = { $name } { $figure }
beside_median = Median
extremes = tiefster { $lowest }, höchster { $highest }
total = gesamt
more = { $count } weitere
more_broken = { more }, { $broken } davon verletzt
missing_group = (ohne Angabe)
erased_group = (gelöscht)
improved = zum Besseren
worsened = zum Schlechteren
provisional = Vorläufig: kann sich noch ändern
settled = Endgültig
note_provisional = kann sich noch ändern
note_same_age_too = kann sich noch ändern; verglichen im selben Alter
interval = Zu 95 % sicher zwischen

unit_percent = Prozent
unit_money = Geld
unit_duration = Dauer
unit_count = Anzahl
unit_number = Zahl
better_higher = höher
better_lower = niedriger
better_neutral = keines von beiden

dimension_partner = Partner
dimension_region = Region
dimension_product = Produkt
dimension_product_line = Produktlinie
dimension_source = Quelle
dimension_campaign = Kampagne
dimension_rep = Vertriebsmitarbeiter
dimension_team = Team
dimension_tier = Stufe
dimension_channel = Kanal
dimension_segment = Segment
dimension_country = Land
dimension_kind = Art
dimension_month = Monat

## Wie etwas heißt, als Überschrift

report = Bericht
period = Zeitraum
kpi = Kennzahl
value = Wert
change = Änderung
status = Status
threshold = Schwelle
target = Ziel
sample = Zeilen
needs_attention = Braucht Aufmerksamkeit
mended = Wieder im Lot
breakdowns = Aufschlüsselungen
revision = Revision
made = Erstellt
made_at = Erstellt: { $instant }
made_by = Erstellt von
made_of_stored = Von { $program } aus den gespeicherten Zahlen dieser Ausgabe gemacht.
what = Nr.
statement = In Worten
section = Abschnitt
judged_figure = Bewerteter Wert
judged_basis = Was bewertet wurde
numerator = Zähler
denominator = von
lower_bound = 95 % von
upper_bound = bis
note = Anmerkung
courses = Verläufe
compared_with = Verglichen mit
recipient = Empfänger
attempts = Versuche
answer = Antwort
unit = Einheit
better = Besser ist
min_sample = Mindestens Zeilen
dated_groups = Aufteilungen
dated_groups_by = nach { $dimensions }, jeweils wie zum Zeitpunkt der Zeile
definition = Definition
file = Datei
version = Version
source = Name
kind = Art
source_kpi = Kennzahl
source_template = Vorlage
source_report = Bericht
source_thresholds = Schwellen
source_helper = Hilfsfunktionen
source_calendar = Kalender
source_activation = Aktivierung
source_import = Import
source_program = Programm

## Aussagen: was eine Ausgabe zu sagen hat

statements = Das Wichtigste
between_statements = { ", " }
between_tables = { "; " }
named_figure = { $group } { $figure }
course =
    { $course ->
        [new] , neu
        [since] , { $span ->
            [day] { $since }. Tag in Folge
            [week] { $since }. Woche in Folge
            [month] { $since }. Monat in Folge
            [quarter] { $since }. Quartal in Folge
            [year] { $since }. Jahr in Folge
           *[period] { $since }. Zeitraum in Folge
        }
        [longer] , { $span ->
            [day] seit mindestens { $since } Tagen
            [week] seit mindestens { $since } Wochen
            [month] seit mindestens { $since } Monaten
            [quarter] seit mindestens { $since } Quartalen
            [year] seit mindestens { $since } Jahren
           *[period] seit mindestens { $since } Zeiträumen
        }
        [since_any] , { $span ->
            [day] { $since }. Tag in Folge mit verletzter Schwelle
            [week] { $since }. Woche in Folge mit verletzter Schwelle
            [month] { $since }. Monat in Folge mit verletzter Schwelle
            [quarter] { $since }. Quartal in Folge mit verletzter Schwelle
            [year] { $since }. Jahr in Folge mit verletzter Schwelle
           *[period] { $since }. Zeitraum in Folge mit verletzter Schwelle
        }
        [longer_any] , { $span ->
            [day] Schwelle seit mindestens { $since } Tagen verletzt
            [week] Schwelle seit mindestens { $since } Wochen verletzt
            [month] Schwelle seit mindestens { $since } Monaten verletzt
            [quarter] Schwelle seit mindestens { $since } Quartalen verletzt
            [year] Schwelle seit mindestens { $since } Jahren verletzt
           *[period] Schwelle seit mindestens { $since } Zeiträumen verletzt
        }
       *[none] { "" }
    }
whose =
    { $about ->
        [group] { $title } { $group }
       *[total] { $title }
    }

short_breach =
    { $about ->
        [group] { $by ->
            [expected] { $group } voraussichtlich { $figure } { $title } (Grenze { $mark })
            [settled] { $group } { $figure } { $title } in { $period } (Grenze { $mark })
            [look_back] { $group } { $figure } { $title } in { $periods } (Grenze { $mark })
           *[value] { $group } { $figure } { $title } (Grenze { $mark })
        }
       *[total] { $by ->
            [expected] { $title } voraussichtlich { $figure } (Grenze { $mark })
            [settled] { $title } { $figure } in { $period } (Grenze { $mark })
            [look_back] { $title } { $figure } in { $periods } (Grenze { $mark })
           *[value] { $title } { $figure } (Grenze { $mark })
        }
    }
short_breach_groups =
    { $by ->
        [expected] { $groups } voraussichtlich { $beyond } { $title }
        [settled] { $groups } in { $period } { $beyond } { $title }
        [look_back] { $groups } in { $periods } { $beyond } { $title }
       *[value] { $groups } { $beyond } { $title }
    }
said_breach =
    { $by ->
        [expected] { $title }: voraussichtlich { $figures } (Grenze { $mark }){ course }
        [settled] { $title } in { $period }: { $figures } (Grenze { $mark }){ course }
        [look_back] { $title } in { $periods }: { $figures } (Grenze { $mark }){ course }
       *[value] { $title }: { $figures } (Grenze { $mark }){ course }
    }

target_side =
    { $side ->
        [below] unter
       *[above] über
    }
short_target =
    { $about ->
        [group] { $count ->
            [one] { $by ->
                [expected] { whose } voraussichtlich { $distance } { target_side } Ziel
               *[value] { whose } { $distance } { target_side } Ziel
            }
           *[other] { $by ->
                [expected] { $groups } voraussichtlich { target_side } Ziel ({ $title })
               *[value] { $groups } { target_side } Ziel ({ $title })
            }
        }
       *[total] { $by ->
            [expected] { $title } voraussichtlich { $distance } { target_side } Ziel
           *[value] { $title } { $distance } { target_side } Ziel
        }
    }
said_target =
    { $about ->
        [group] { $count ->
            [one] { $title }: { $predicted }, { $distance } { target_side } dem Ziel von { $target }
           *[other] { $title }: { $predicted }, jeweils { target_side } dem Ziel
        }
       *[total] { $by ->
            [expected] { $title }: voraussichtlich { $figure }, { $distance } { target_side } dem Ziel von { $target }
           *[value] { $title }: { $figure }, { $distance } { target_side } dem Ziel von { $target }
        }
    }
predicted = voraussichtlich { $figures }
state_off_target = { $distance } { target_side } Ziel
fact_off_target = { $distance } { target_side } dem Ziel von { $target }

short_worse =
    { $count ->
        [one] { whose } schlechter als üblich ({ $figure })
       *[other] { $groups } schlechter als üblich ({ $title })
    }
said_worse =
    { $signal ->
        [several] { $title }: { $figures }, schlechter als üblich
        [run] { $title }: { $figures }, seit { $streak } schlechter als das Mittel von { $centre }
        [trend] { $title }: { $figures }, seit { $streak } immer schlechter
        [two_of_three] { $title }: { $figures }, zweimal in { $recent } weit schlechter als das Mittel von { $centre }
       *[beyond_limit] { $title }: { $figures }, schlechter als üblich ({ $usual })
    }
short_better =
    { $count ->
        [one] { whose } besser als üblich ({ $figure })
       *[other] { $groups } besser als üblich ({ $title })
    }
said_better =
    { $signal ->
        [several] { $title }: { $figures }, besser als üblich
        [run] { $title }: { $figures }, seit { $streak } besser als das Mittel von { $centre }
        [trend] { $title }: { $figures }, seit { $streak } immer besser
        [two_of_three] { $title }: { $figures }, zweimal in { $recent } weit besser als das Mittel von { $centre }
       *[beyond_limit] { $title }: { $figures }, besser als üblich ({ $usual })
    }
short_mended =
    { $count ->
        [one] { $about ->
            [group] { $group } wieder bei { $figure } { $title } (Grenze { $mark })
           *[total] { $title } wieder bei { $figure } (Grenze { $mark })
        }
       *[other] { $title } { $groups } wieder im grünen Bereich
    }
said_mended =
    { $by ->
        [expected] { $title }: voraussichtlich { $figures }, die Grenze von { $mark } ist wieder eingehalten
        [settled] { $title } in { $period }: { $figures }, die Grenze von { $mark } ist wieder eingehalten
        [look_back] { $title } in { $periods }: { $figures }, die Grenze von { $mark } ist wieder eingehalten
       *[value] { $title }: { $figures }, die Grenze von { $mark } ist wieder eingehalten
    }
short_not_judged =
    { $count ->
        [one] { $title } nicht bewertet ({ $reason })
       *[other] { $count } Kennzahlen nicht bewertet ({ $reason })
    }
said_not_judged = Nicht bewertet ({ $reason }): { $titles }
data_ends = Daten nur bis { $day }
not_judged_since = nicht bewertet: { $reason }
unjudged =
    { $reason ->
        [no_marks] keine Schwelle
        [no_past] aus der Vergangenheit folgt keine Schwelle
        [no_rows] keine Daten
        [zero_denominator] keine Basis
        [too_few] zu wenige Daten
        [no_data] noch keine Daten
        [stale] Daten veraltet
        [script_error] Skriptfehler
        [too_young] noch zu früh
       *[incomplete] Daten unvollständig
    }

fact_of_group = { $group } – { $facts }
fact_parts =
    { $count ->
        [one] { $part } von { $whole }
       *[other] { $part } von { $whole } in { $periods }
    }
fact_so_far = { $period } bisher: { $figure }
fact_provisional = kann sich noch ändern
fact_expected = erwartet zwischen { $low } und { $high }
fact_expectation = erwartet: { $figure } ({ $low } bis { $high })
fact_expected_figure = erwartet: { $figure }
fact_settled = zuletzt endgültig: { $figure } in { $period }
fact_is_settled = { $period } ist endgültig
fact_of_period = { $period }: { $figure }
fact_of_period_same_age = { $period } nach derselben Zeit: { $figure }
assured =
    { $what ->
        [threshold] Schwelle { $how ->
            [kept] gehalten
            [missed] verletzt
           *[now_and_then] mal gehalten, mal verletzt
        }
       *[target] Ziel { $how ->
            [kept] erreicht
            [missed] verfehlt
           *[now_and_then] mal erreicht, mal verfehlt
        }
    }
fact_usual = üblich { $usual }
usual_range = { $low } bis { $high }
fact_year_before = Vorjahr: { $figure } ({ $change })
fact_year_before_same_age = Vorjahr nach derselben Zeit: { $figure } ({ $change })
fact_target = Ziel: { $figure }
fact_since =
    { $span ->
        [week] seit { $period }
       *[period] seit { $period }
    }
fact_since_at_least =
    { $span ->
        [week] seit { $period } oder früher
       *[period] seit { $period } oder früher
    }
lasts_new = neu
lasts = seit { $periods }
lasts_longer = seit { $periods } oder länger
show_so_many =
    { $count ->
        [one] Die Zeile ansehen
       *[other] { $count } { $table } ansehen
    }
show_those = { $table } ansehen
show_rows = Die Zeilen ansehen
fact_cause =
    { $part ->
        [mix] { $extent ->
            [all] die Änderung { fact_since } kommt aus einer Verschiebung zwischen den Gruppen ({ $name })
            [more] mehr als die Änderung { fact_since } kommt aus einer Verschiebung zwischen den Gruppen ({ $name })
           *[most] { $share } der Änderung { fact_since } aus einer Verschiebung zwischen den Gruppen ({ $name })
        }
        [groups] { $name } erklären je { $share } der Änderung { fact_since }
       *[group] { $extent ->
            [all] die ganze Änderung { fact_since } kommt aus { $name }
            [more] mehr als die ganze Änderung { fact_since } kommt aus { $name }
           *[most] { $share } der Änderung { fact_since } aus { $name }
        }
    }

basis =
    { $by ->
        [expected] voraussichtlich
        [settled] in { $of }
       *[look_back] in { $of }
    }
judged_by =
    { $by ->
        [expected] bewertet: voraussichtlich { $figure }
       *[period] bewertet: { $figure } in { $of }
    }
note_same_age =
    { $year ->
        [known] Was sich noch ändern kann, ist im selben Alter verglichen ({ $period } und Vorjahr).
       *[unknown] Was sich noch ändern kann, ist im selben Alter verglichen ({ $period }).
    }
table_provisional = diese Werte können sich noch ändern; verglichen wird im selben Alter
may_be_chance = Kann Zufall sein – { $statements }
critical_by_chance = dass es kritisch ist, kann Zufall sein
status_chance = kann Zufall sein
data_up_to = Daten bis { $instant }
data_up_to_by_table = Daten bis { $tables }
table_up_to = { $instant }: { $tables }
quiet_table = keine { $table } seit { $instant }
no_data_yet = noch keine Daten: { $tables }
groups_as_today = Gruppen nach heutigem Stand
table_activities = Aktivitäten
table_costs = Kosten
table_customers = Kunden
table_forecasts = Prognosen
table_lead_offers = Leadangebote
table_leads = Leads
table_observations = Beobachtungen
table_opportunities = Chancen
table_opportunity_changes = Änderungen von Chancen
table_orders = Aufträge
table_partners = Partner
table_products = Produkte
table_reps = Vertriebsmitarbeiter
table_surveys = Umfragen
table_targets = Ziele
column_accepted_at = Angenommen
column_acquired_at = Als Kunde gewonnen
column_active = Aktiv
column_amount = Betrag
column_answer = Antwort
column_answered_at = Beantwortet
column_campaign = { dimension_campaign }
column_cancelled_at = Storniert
column_category = Kategorie
column_certified_on = Zertifiziert
column_changed_at = Geändert
column_channel = { dimension_channel }
column_churned_at = Als Kunde verloren
column_closed_at = Abgeschlossen
column_complained_at = Reklamiert
column_contact_email = Adresse des Kontakts
column_contacted_at = Kontaktiert
column_contract_months = Vertragsmonate
column_contract_sent_at = Vertrag verschickt
column_cost = Kosten
column_country = { dimension_country }
column_created_at = Angelegt
column_customer_id = Kunde
column_email = Mailadresse
column_ends_on = Letzter Tag
column_expected_close_on = Erwarteter Abschluss
column_feedback_at = Rückmeldung
column_first_meeting_at = Erster Termin
column_given_on = Prognose erstellt
column_hired_on = Eingestellt
column_incurred_on = Angefallen
column_kind = { dimension_kind }
column_language = Sprache
column_lead_id = Lead
column_left_on = Ausgeschieden
column_level = Stufe
column_line = { dimension_product_line }
column_list_price = Listenpreis
column_manager_id = Führungskraft
column_metric = Größe
column_minutes = Minuten
column_name = Name
column_number = Nummer
column_observed_on = Beobachtet
column_occurred_at = Stattgefunden
column_offered_at = Angeboten
column_opportunity_id = Chance
column_ordered_at = Bestellt
column_outcome = Ergebnis
column_partner_id = { dimension_partner }
column_probability = Wahrscheinlichkeit
column_product_id = { dimension_product }
column_qualified_at = Qualifiziert
column_quality = Güte
column_quantity = Menge
column_quoted_at = Angebot
column_ramped_on = Eingearbeitet
column_referred_by = Empfohlen von
column_region = { dimension_region }
column_rep_id = { dimension_rep }
column_score = Bewertung
column_second_meeting_at = Zweiter Termin
column_segment = { dimension_segment }
column_source = { dimension_source }
column_stage = Phase
column_starts_on = Erster Tag
column_team = { dimension_team }
column_tier = { dimension_tier }
column_unit_cost = Stückkosten
column_value = { value }

## PDF

how_made = Wie diese Ausgabe entstand

## Mails

subject = { $period }: { $statements }
subject_calm = { $title }, { $period }: { $verdict }
left_out_of_mail = Nicht in dieser Mail:
cut_courses = die Verläufe
cut_calm_breakdowns = Aufschlüsselungen, in denen alles im Lot ist
cut_breakdowns = alle Aufschlüsselungen
cut_figures = von jeder Kennzahl alles außer den zwei schlechtesten Werten
cut_calm_kpis = Kennzahlen, bei denen alles im Lot ist
cut_attention = weitere Kennzahlen, die Aufmerksamkeit brauchen
cut_kpis = weitere Kennzahlen
cut_further_breakdowns = weitere Aufschlüsselungen
without_data = Noch ohne Daten: { $kpis }.
kpi_lacks = { $title } (aus { $table })
all_kpis = Alle Kennzahlen
worst_and_best = Die schlechtesten und die besten
goal = Ziel
year_before_short = Vorjahr
legend_of_shapes = ■ kritisch  ▲ Warnung, oder weit vom Ziel  ● eingehalten  · ohne Schwelle; was sich noch ändern kann, nach heutigem Stand. ≥ und ≤: was die Schwelle verlangt, wo es kein Ziel gibt.
legend_of_unjudged = ○ { status_unjudged }
open_in_archive = Diese Ausgabe im Archiv öffnen
open_in_archive_at = { open_in_archive }:
why_this_mail = Sie erhalten diese Mail als Empfänger dieses Berichts.
too_large_to_attach = Zu groß für den Anhang:
on_the_page = Auf der Seite dieser Ausgabe herunterzuladen.
ask = Fragen? Wenden Sie sich an
no_more_of_these = Diese Mails nicht mehr erhalten
no_more_of_these_at = { no_more_of_these }:

## Berichte: was neben Kennzahlen in Abschnitten steht

crossed = { $lines } × { $columns }
crossed_highest = Am höchsten: { $line }, { $column }: { $figure }
crossed_lowest = Am niedrigsten: { $line }, { $column }: { $figure }
scorecard_differs = Am stärksten unterscheiden sie sich in { $kpi }: Die mittlere Hälfte liegt zwischen { $low } und { $high }
scorecard_legend = ▲ im besten Viertel, ▼ im schlechtesten; was auf zu wenigen Zeilen beruht, wird gezeigt und zählt nicht.
place = Platz
median = Median
show_all_rows = Alle { $table } ansehen
reports = Berichte
report_last = Zuletzt
report_made = { $period }, erstellt am { $instant }
report_never_made = noch nicht erstellt
report_mails = { $delivered } von { $mails }
report_next = Nächster
report_on_request = auf Wunsch
crossed_in_archive = Weitere Zeilen und Spalten stehen im Archiv.
cut_scorecards = Vergleiche von Gruppen
cut_crossed = Tabellen nach zwei Dimensionen
cut_lists = einzelne Zeilen
all_well_here = Nichts braucht Aufmerksamkeit. Alle Werte stehen im Archiv.

## Seiten: was um alle herum steht

main = Hauptseiten
languages = Sprachen
skip = Zum Inhalt springen
tagline = Berichte für den Vertrieb mit Partnern
editions = Ausgaben
kpis = Kennzahlen
operations = Betrieb
reference = Sprachreferenz

## Seiten: Ausgaben

editions_lead = Jeder Bericht, wie er verschickt wurde, mit den Zahlen dahinter. Der neueste Zeitraum zuerst.
no_editions = Noch keine Ausgabe
no_editions_text = Die erste steht hier, sobald ein Bericht gelaufen ist. Von Hand geht es mit: pegel report run weekly
newer = Neuere
older = Ältere
pages = Seiten dieser Liste
page = Seite { $number }
same_edition_as = Dieselbe Ausgabe als
mail_html = Mail
mail_text = reiner Text
numbers = Zahlen (JSON)
audiences = Erstellt für
subject_corrected = Korrigiert: { $subject }
superseded_edition = An die Stelle dieser Ausgabe ist eine korrigierte getreten.
open_corrected_edition = Die korrigierte öffnen
readers_see = Umfang
scope_alone = { $scope } (nur Zeilen, in denen das steht)
corrected_number = { $title }, { $group }: { $new } statt { $old } ({ $why })
corrected_lists = Einzeln aufgeführt sind andere Zeilen.
corrected_nothing = Keine Zahl ist eine andere.
corrected_edition = Diese Ausgabe ist korrigiert.
corrected = Korrigiert
replaced_because = Ersetzt: { $reason }
earlier_editions =
    { $count ->
        [one] { $count } frühere Ausgabe
       *[other] { $count } frühere Ausgaben
    }
what_changed = Was sich geändert hat
before_it = Zuvor
after_it = Jetzt
why = Warum
edition_of = { $period }, Revision { $revision }
numbers_differ =
    { $count ->
        [0] Alle { $all } Zahlen sind gleich.
        [one] { $count } von { $all } Zahlen ist eine andere.
       *[other] { $count } von { $all } Zahlen sind andere.
    }
other_reports = Das sind Ausgaben verschiedener Berichte: { $old } und { $new }.
more_changes = { $count } weitere: pegel report diff { $old } { $new } zählt alle auf.
changed_files = Geänderte Dateien
why_period = ein anderer Zeitraum
why_scope = andere Zeilen (Ausschnitt oder Filter)
why_shown = nicht in beiden
why_definition = das Skript hat sich geändert
why_setting = eine Einstellung hat sich geändert
why_helper = ein Hilfsskript hat sich geändert
why_calendar = der Kalender hat sich geändert
why_threshold = die Schwelle hat sich geändert
why_judged = anders beurteilt
why_target = das Ziel hat sich geändert
why_late_data = sie konnte sich noch ändern
why_data = die Daten wurden berichtigt
why_imported = seither wurden Daten eingelesen
all = Alle
words = Wörter
search = Suchen
nothing_found = Nichts gefunden. Mit weniger Vorgaben versuchen.
edition_before = Davor
edition_after = Danach
download_as = Laden als
form_pdf = { "PDF" }
form_html = HTML-Datei
form_xlsx = Excel-Arbeitsmappe
form_csv = { "CSV" }
form_json = { "JSON" }
deliveries = Zustellungen
no_deliveries = Diese Ausgabe hat keine Empfänger.
delivery_pending = wartet
delivery_sending = wird gesendet
delivery_delivered = zugestellt
delivery_failed = aufgegeben
delivery_unsubscribed = abbestellt
evidence = Nachweis
evidence_lead = Eine Ausgabe ändert sich nie. pegel report verify rechnet ihre Prüfsumme nach.
checksum = Prüfsumme
sources = Woraus sie entstand

## Seiten: Kennzahlen

kpis_lead = Was gemessen wird, und wie es in der letzten vollen Woche steht.
no_kpis = Keine Kennzahl ist in Kraft. Skripte gehören in den Ordner kpis/.
no_pack = Weitere
pack = Paket
in_reports = In Berichten
the_others = Die übrigen
without_data_yet = Noch ohne Daten
lacks_table = braucht { $table }
lacks_column = braucht „{ $column }“ ({ $table })
course_lead = Zeiträume ohne Wert sind Lücken, keine Nullen.
as_table = Dasselbe als Tabelle
day_in_it = Ein Tag darin
broken_down_by = Aufgeschlüsselt nach
and_by = und nach
show = Anzeigen
periods_around = Früher und später
worst_first =
    { $better ->
        [neutral] Die höchsten zuerst. Jede Zahl führt zu ihren Zeilen.
       *[other] Verletzte Schwellen zuerst, dann die schlechtesten, nach dem bewerteten Wert. Jede Zahl führt zu ihren Zeilen.
    }
no_groups = In diesem Zeitraum hat keine Zeile eine Gruppe.
the_script = Das Skript
nothing_yet = In diesen Zeiträumen gibt es keinen Wert.
last_evaluated = Zuletzt berechnet
rows_read =
    { $count ->
        [one] { $count } Zeile gelesen
       *[other] { $count } Zeilen gelesen
    }
computed_before = { $count } von { $all } Teilen vorher berechnet
last_error = letzter Fehler

## Seiten: die Zeilen hinter einer Zahl

rows_behind = Zeilen
rows_behind_figure = Die Zeilen hinter dieser Zahl
rows_of_table =
    { $count ->
        [0] Keine Zeilen
        [one] { $count } Zeile ({ $table })
       *[other] { $count } Zeilen ({ $table })
    }
rows_all = Alle Zeilen, die die Zahl zählt; bei einem Anteil die der Grundgesamtheit. Die ältesten zuerst.
rows_bad = Die Zeilen, die die Zahl verschlechtern. Die ältesten zuerst.
rows_imported_since = Seit die Ausgabe gemacht wurde, kamen Daten hinzu oder wurden zurückgenommen: Das können andere Zeilen sein, als sie gezählt hat.
rows_defined_since = Die Kennzahl oder ihre Einstellungen sind andere als bei dieser Ausgabe: Das sind die Zeilen nach dem, was heute gilt.
show_rows_all = Alle Zeilen zeigen
show_rows_bad = Nur die zeigen, die sie verschlechtern
rows_file = Mit allen Daten laden als
group = In der Gruppe
all_groups = alle
show_unfiltered = Wieder alle zeigen
as_it_stood = Stand { $instant }

## Seiten: die Sprache der Skripte

reference_lead = Die Sprache der Kennzahl-Skripte: wie man eines schreibt, was es sagen kann, welche Daten es gibt.
reference_language = Die Referenz selbst gibt es nur auf Englisch.
contents = Inhalt

## Seiten: was nicht in Ordnung ist

operations_lead = Was nicht in Ordnung ist und was bis dahin geschieht, und wie die Arbeit läuft.
all_in_order = Alles in Ordnung
all_in_order_text = Alle Berichte, Vorlagen, Kennzahlen und Zuordnungen sind lesbar und in Kraft.
not_in_order = Die Datei ist nicht in Ordnung
not_in_order_text = Die Datei dieser Kennzahl wurde geändert, ist aber nicht in Ordnung; bis sie es ist, bleibt die vorige Version in Kraft.
in_force_since = In Kraft seit: { $since }.
waits = Eine Änderung wartet
waits_text = Die Datei dieser Kennzahl wurde geändert; sie tritt in Kraft, sobald auch diese Dateien in Ordnung sind:
files_not_in_order = Dateien, die nicht in Ordnung sind
files_not_in_order_text = Sie sind nicht in Kraft getreten; was vorher galt, gilt weiter, bis sie in Ordnung sind.
files_waiting = In Ordnung, wartet aber auf die obigen:

section_reports = Berichte
section_reports_text = Diese Berichte werden erst wieder erstellt, wenn ihre Dateien in Ordnung sind; die anderen laufen weiter.
section_templates = Vorlagen
section_templates_text = Bis dahin gilt die letzte gute Version, oder die mitgelieferte.
section_kpis = Kennzahlen
section_kpis_text = Bis dahin gilt, was vorher galt; eine neue Datei bleibt außen vor.
section_mappings = Zuordnungen
section_mappings_text = Mit diesen Zuordnungen lässt sich nichts einlesen, bis sie in Ordnung sind.
section_configuration = Konfiguration
section_configuration_text = Der Server läuft mit dem weiter, was er beim Start gelesen hat, würde aber nicht noch einmal starten.
section_mails = Mails
section_mails_text = Wartende Mails werden von selbst erneut versucht; aufgegebene nicht.
section_runs = Läufe
section_runs_text = Sie werden von selbst alle zehn Minuten erneut versucht.

no_room = Es geht keine Mail hinaus
mails_wait =
    { $count ->
        [one] { $count } Mail wartet seit { $since }
       *[other] { $count } Mails warten, die erste seit { $since }
    }
mails_given_up =
    { $count ->
        [one] { $count } Mail wurde aufgegeben
       *[other] { $count } Mails wurden aufgegeben
    }
send_again = pegel deliveries list --failed zeigt, warum; pegel deliveries resend --failed sendet erneut.

## Seiten: keine Mails mehr

unsubscribe = „{ $report }“ nicht mehr per Mail erhalten?
unsubscribe_text = Wenn Sie auf den Knopf drücken, erhält { $address } keine Mails dieses Berichts mehr.
unsubscribed = „{ $report }“ ist abbestellt
unsubscribed_text = Das ist wirksam: { $address } erhält seit { $since } keine Mails dieses Berichts mehr.
unsubscribed_back = Möchten Sie sie wieder erhalten, wenden Sie sich an die Verwaltung dieses Servers oder an Ihre Ansprechperson für den Bericht.
unsubscribe_where = Ihr eigener Link steht in Ihrer Mail
unsubscribe_where_text = Dieser hier steht in einer Fassung, die viele lesen, und bestellt nichts ab. Folgen Sie dem Link am Ende der Mail, die Sie selbst erhalten haben.
bad_link = Dieser Link ist nicht gültig
bad_link_text = Er wurde unterwegs verändert oder stammt von einem anderen Server. Kopieren Sie den Link aus Ihrer Mail vollständig.

## Seiten: wenn es keine Antwort gibt

no_page = Diese Seite gibt es nicht
no_page_text = Vielleicht ist die Adresse unterwegs abgeschnitten worden.
bad_address = Diese Adresse ist nicht zu verstehen
bad_address_text = { $problem }
no_choice =
    { $count ->
        [0] { $field }: „{ $asked }“ gibt es nicht, auch nichts anderes.
       *[other] { $field }: „{ $asked }“ gibt es nicht. Es gibt: { $choices }
    }
no_page_number = Die Seite „{ $asked }“ gibt es nicht: Seiten werden ab 1 gezählt.
no_audience_number = Den Leserkreis „{ $asked }“ gibt es nicht: Leserkreise werden ab 1 gezählt.
no_edition = Diese Ausgabe gibt es nicht
no_edition_text = Keine Ausgabe hat diese Nummer. Alle vorhandenen stehen in der Liste.
erased = Das wurde gelöscht
erased_text = Es nannte jemanden, der darum bat oder dessen Aufbewahrungsfrist um war. Der Hash steht noch im Archiv.
no_kpi = Diese Kennzahl gibt es nicht
no_kpi_text = Keine Kennzahl in Kraft heißt so.
nearest = Gemeint ist vielleicht
busy = Zu viele auf einmal
busy_text = Gerade werden andere Seiten berechnet. Versuchen Sie es in einigen Sekunden noch einmal.
broken = Etwas ist schiefgegangen
broken_text = Diese Seite ließ sich nicht anzeigen. Warum, steht im Protokoll des Servers; geändert wurde nichts.

## Befehlszeilen

counted_editions =
    { $count ->
        [one] { $count } Ausgabe
       *[other] { $count } Ausgaben
    }
counted_files =
    { $count ->
        [one] { $count } Datei
       *[other] { $count } Dateien
    }
counted_kpis =
    { $count ->
        [one] { $count } Kennzahl
       *[other] { $count } Kennzahlen
    }
counted_recipients = { $count } Empfänger
tests_fail =
    { $count ->
        [one] { $count } Test scheitert
       *[other] { $count } Tests scheitern
    }
forced_past =
    { $count ->
        [one] trotz { $count } gescheiterten Tests erzwungen
       *[other] trotz { $count } gescheiterter Tests erzwungen
    }
mails_go_again =
    { $count ->
        [one] { $count } Mail geht erneut hinaus, binnen einer halben Minute, wo der Server läuft
       *[other] { $count } Mails gehen erneut hinaus, binnen einer halben Minute, wo der Server läuft
    }
row_key = Schlüssel
row_name = { column_name }
row_system = System
row_age = Alter
rows_more =
    { $count ->
        [one] { $count } weitere Zeile: --limit zeigt mehr, --csv DATEI schreibt alle, mit allen Daten
       *[other] { $count } weitere Zeilen: --limit zeigt mehr, --csv DATEI schreibt alle, mit allen Daten
    }

## Alarme

alert_subject =
    { $tone ->
        [begun] Alarm: { $statements }
        [reminder] Weiterhin: { $statements }
        [absent] Kein Wert: { $statements }
       *[over] Vorbei: { $statements }
    }
alert_since = Der erste dieser Alarme besteht seit { $instant }.
alert_owner = Darum kümmert sich { $owner }.
alert_why = Sie erhalten diese Mail, weil Sie von diesem Alarm erfahren sollen.
alert_open = Öffnen, was jetzt ansteht
alert_rows =
    { $count ->
        [one] { $title }: { $count } wartet zu lange
       *[other] { $title }: { $count } warten zu lange
    }
alert_waits_since = seit { $day }

now_alerts = Alarme
now_no_alerts = Nichts steht an.
now_state = Stand
now_figure = Wert
now_since = Seit
now_rule = Regel
now_acknowledged = bekannt: { $who }
now_report = Bericht
now_mails = Zugestellte Mails
now_on_request = auf Anfrage
now_data = Daten sind vollständig bis
now_no_data = Es wurde noch nichts importiert.
now_outbox = Mails insgesamt
alert_state_absent = kein Wert
alert_state_warning = Warnung
alert_state_critical = kritisch
section_alerts = Alarme
section_alerts_text = Diese Regeln werden nicht ausgewertet, bis sie in Ordnung sind; was bestand, bleibt, wie es war.
