# Français. Ce qui figure ici, et comment, est dit dans en.ftl.

language = Français
region = FR

## La ponctuation et les tournures

labelled = { $label } : { $value }
before = avant : { $previous }

## Périodes

span_day = Jour
span_week = Semaine
span_month = Mois
span_quarter = Trimestre
span_year = Année
week_name = semaine { $number }
week_short = S{ $number }
quarter_name = T{ $quarter } { $year }
weeks =
    { $count ->
        [one] { $count } semaine
       *[other] { $count } semaines
    }
months = { $count } mois
quarters =
    { $count ->
        [one] { $count } trimestre
       *[other] { $count } trimestres
    }
years =
    { $count ->
        [one] { $count } an
       *[other] { $count } ans
    }
periods =
    { $count ->
        [one] { $count } période
       *[other] { $count } périodes
    }
within_weeks = { weeks }
within_months = { months }
within_quarters = { quarters }
within_years = { years }
within_periods = { periods }
past_periods =
    { $span ->
        [day] { $count } derniers jours
        [week] { $count } dernières semaines
        [month] { $count } derniers mois
        [quarter] { $count } derniers trimestres
        [year] { $count } dernières années
       *[period] { $count } dernières périodes
    }
last_period =
    { $span ->
        [day] Dernier jour complet
        [week] Dernière semaine complète
        [month] Dernier mois complet
        [quarter] Dernier trimestre complet
        [year] Dernière année complète
       *[period] Dernière période complète
    }
period_before =
    { $span ->
        [day] Le jour précédent
        [week] La semaine précédente
        [month] Le mois précédent
        [quarter] Le trimestre précédent
        [year] L’année précédente
       *[period] La période précédente
    }
at_the_same_age = Au même âge
same_age_and_now = { $figure } au même âge ({ $now } à ce jour)
expected = Attendu
usually = D’habitude
course_at_the_same_age = Ces chiffres changent encore après leur période : chacun est donc montré à l’âge qu’a le dernier aujourd’hui. Le tableau donne aussi l’état actuel.
period_year_before =
    { $span ->
        [day] Le même jour un an plus tôt
        [week] La même semaine un an plus tôt
        [month] Le même mois un an plus tôt
        [quarter] Le même trimestre un an plus tôt
        [year] Un an plus tôt
       *[period] La même période un an plus tôt
    }

## Où en est un chiffre

status_critical = critique
status_warning = alerte
status_ok = conforme
status_unjudged = non évalué
verdict_kept = tous les seuils sont respectés
verdict_unjudged = aucun seuil défini
verdict_none_judged = rien n’a été évalué ({ $reasons })
verdict_broken =
    { $count ->
        [one] { $count } seuil franchi
       *[other] { $count } seuils franchis
    }
verdict_none_broken = aucun seuil franchi
verdict_chance =
    { $count ->
        [one] { $count } peut être dû au hasard
       *[other] { $count } peuvent être dus au hasard
    }
verdict_kept_of =
    { $count ->
        [one] { $count } respecté
       *[other] { $count } respectés
    }
verdict_not_judged =
    { $count ->
        [one] { $count } non évalué ({ $reasons })
       *[other] { $count } non évalués ({ $reasons })
    }

threshold_critical = critique { $beyond }
threshold_warning = alerte { $beyond }
below = sous { $mark }
above = au-delà de { $mark }
no_threshold = sans seuil
threshold_of_past = le seuil est l’habituel, mais le passé ne le donne pas
threshold_of_usual = le seuil découle de l’habituel
plans_below =
    { $count ->
        [one] { $count } objectif fixé par { $level } seulement, aucun pour l’ensemble
       *[other] { $count } objectifs fixés par { $level } seulement, aucun pour l’ensemble
    }

## Pourquoi il n’y a pas de chiffre

no_rows = aucune donnée
zero_denominator = base nulle
too_few = trop peu
too_few_of = trop peu ({ $count })
no_data = pas encore de données
stale = non à jour
script_error = erreur de script

## Chiffres

unchanged = inchangé
# Beside a number of thousands or millions of money.
sign_of_thousands = k
sign_of_millions = M
points = { $points } pt
sample_size = n = { $count }
left_out =
    { $count ->
        [one] { $count } écartée
       *[other] { $count } écartées
    }
undated = { $count } sans date
beside = { $name } { $figure }
beside_median = médiane
extremes = min. { $lowest }, max. { $highest }
total = total
more =
    { $count ->
        [one] { $count } autre
       *[other] { $count } autres
    }
more_broken = { more }, dont { $broken } hors seuil
missing_group = (non renseigné)
erased_group = (effacé)
improved = amélioration
worsened = dégradation
provisional = Provisoire : ce chiffre peut encore changer
settled = Définitif
note_provisional = peut encore changer
note_same_age_too = peut encore changer ; comparé au même âge
interval = Intervalle de confiance à 95 %

unit_percent = pourcentage
unit_money = montant
unit_duration = durée
unit_count = nombre entier
unit_number = nombre
better_higher = plus haut
better_lower = plus bas
better_neutral = ni l’un ni l’autre

dimension_partner = Partenaire
dimension_region = Région
dimension_product = Produit
dimension_product_line = Gamme
dimension_source = Origine
dimension_campaign = Campagne
dimension_rep = Commercial
dimension_team = Équipe
dimension_tier = Niveau
dimension_channel = Canal
dimension_segment = Segment
dimension_country = Pays
dimension_kind = Type
dimension_month = Mois

## Comment les choses s’appellent, en titre

report = Rapport
period = Période
kpi = Indicateur
value = Valeur
change = Évolution
status = Statut
threshold = Seuil
target = Objectif
sample = Lignes
needs_attention = Demande de l’attention
mended = Rentré dans l’ordre
breakdowns = Détail
revision = Révision
made = Établie le
made_at = Établie le { $instant }
made_by = Établi par
made_of_stored = Fait par { $program } à partir des chiffres conservés de cette édition.
what = N°
statement = En mots
section = Section
judged_figure = Valeur jugée
judged_basis = Ce qui est jugé
numerator = numérateur
denominator = sur
lower_bound = 95 % de
upper_bound = à
note = Remarque
courses = Évolutions
compared_with = Comparée à
recipient = Destinataire
attempts = Tentatives
answer = Réponse
unit = Unité
better = Mieux si
min_sample = Lignes au minimum
dated_groups = Ventilations
dated_groups_by = par { $dimensions }, tels qu’à la date de chaque ligne
definition = Définition
file = Fichier
version = Version
source = Nom
kind = Type
source_kpi = indicateur
source_template = modèle
source_report = rapport
source_thresholds = seuils
source_helper = fonctions communes
source_calendar = calendrier
source_activation = activation
source_import = import
source_program = programme

## Constats : ce qu’une édition a à dire

statements = L’essentiel
between_statements = { ", " }
between_tables = { " ; " }
named_figure = { $group } { $figure }
course =
    { $course ->
        [new] , c’est nouveau
        [since] , { $span ->
            [day] { $since }e jour de suite
            [week] { $since }e semaine de suite
            [month] { $since }e mois de suite
            [quarter] { $since }e trimestre de suite
            [year] { $since }e année de suite
           *[period] { $since }e période de suite
        }
        [longer] , { $span ->
            [day] depuis au moins { $since } jours
            [week] depuis au moins { $since } semaines
            [month] depuis au moins { $since } mois
            [quarter] depuis au moins { $since } trimestres
            [year] depuis au moins { $since } années
           *[period] depuis au moins { $since } périodes
        }
        [since_any] , { $span ->
            [day] { $since }e jour de suite hors seuil
            [week] { $since }e semaine de suite hors seuil
            [month] { $since }e mois de suite hors seuil
            [quarter] { $since }e trimestre de suite hors seuil
            [year] { $since }e année de suite hors seuil
           *[period] { $since }e période de suite hors seuil
        }
        [longer_any] , { $span ->
            [day] hors seuil depuis au moins { $since } jours
            [week] hors seuil depuis au moins { $since } semaines
            [month] hors seuil depuis au moins { $since } mois
            [quarter] hors seuil depuis au moins { $since } trimestres
            [year] hors seuil depuis au moins { $since } années
           *[period] hors seuil depuis au moins { $since } périodes
        }
       *[none] { "" }
    }
whose =
    { $about ->
        [group] { $title } pour { $group }
       *[total] { $title }
    }

short_breach =
    { $by ->
        [expected] { whose } à { $figure } en prévision (seuil { $mark })
        [settled] { whose } à { $figure } en { $period } (seuil { $mark })
        [look_back] { whose } à { $figure } sur { $periods } (seuil { $mark })
       *[value] { whose } à { $figure } (seuil { $mark })
    }
short_breach_groups =
    { $by ->
        [expected] { $title } pour { $groups } { $beyond } en prévision
        [settled] { $title } pour { $groups } { $beyond } en { $period }
        [look_back] { $title } pour { $groups } { $beyond } sur { $periods }
       *[value] { $title } pour { $groups } { $beyond }
    }
said_breach =
    { $by ->
        [expected] { $title } : { $figures } en prévision (seuil { $mark }){ course }
        [settled] { $title } en { $period } : { $figures } (seuil { $mark }){ course }
        [look_back] { $title } sur { $periods } : { $figures } (seuil { $mark }){ course }
       *[value] { $title } : { $figures } (seuil { $mark }){ course }
    }

target_side =
    { $side ->
        [below] sous l’objectif
       *[above] au-dessus de l’objectif
    }
short_target =
    { $about ->
        [group] { $count ->
            [one] { $by ->
                [expected] { whose } { $distance } { target_side } en prévision
               *[value] { whose } { $distance } { target_side }
            }
           *[other] { $by ->
                [expected] { $groups } { target_side } en prévision ({ $title })
               *[value] { $groups } { target_side } ({ $title })
            }
        }
       *[total] { $by ->
            [expected] { $title } { $distance } { target_side } en prévision
           *[value] { $title } { $distance } { target_side }
        }
    }
said_target =
    { $about ->
        [group] { $count ->
            [one] { $title } : { $predicted }, { $distance } { target_side } de { $target }
           *[other] { $title } : { $predicted }, { target_side }
        }
       *[total] { $by ->
            [expected] { $title } : { $figure } en prévision, { $distance } { target_side } de { $target }
           *[value] { $title } : { $figure }, { $distance } { target_side } de { $target }
        }
    }
predicted = { $figures } en prévision
state_off_target = { $distance } { target_side }
fact_off_target = { $distance } { target_side } de { $target }

short_worse =
    { $count ->
        [one] { whose } : moins bien que d’habitude ({ $figure })
       *[other] { $groups } moins bien que d’habitude ({ $title })
    }
said_worse =
    { $signal ->
        [several] { $title } : { $figures }, moins bien que d’habitude
        [run] { $title } : { $figures }, moins bien que la moyenne de { $centre } depuis { $streak }
        [trend] { $title } : { $figures }, de moins en moins bien depuis { $streak }
        [two_of_three] { $title } : { $figures }, nettement moins bien que la moyenne de { $centre } deux fois en { $recent }
       *[beyond_limit] { $title } : { $figures }, moins bien que d’habitude ({ $usual })
    }
short_better =
    { $count ->
        [one] { whose } : mieux que d’habitude ({ $figure })
       *[other] { $groups } mieux que d’habitude ({ $title })
    }
said_better =
    { $signal ->
        [several] { $title } : { $figures }, mieux que d’habitude
        [run] { $title } : { $figures }, mieux que la moyenne de { $centre } depuis { $streak }
        [trend] { $title } : { $figures }, de mieux en mieux depuis { $streak }
        [two_of_three] { $title } : { $figures }, nettement mieux que la moyenne de { $centre } deux fois en { $recent }
       *[beyond_limit] { $title } : { $figures }, mieux que d’habitude ({ $usual })
    }
short_mended =
    { $count ->
        [one] { whose } de nouveau à { $figure } (seuil { $mark })
       *[other] { $title } pour { $groups } : seuil de nouveau respecté
    }
said_mended =
    { $by ->
        [expected] { $title } : { $figures } en prévision, le seuil de { $mark } est de nouveau respecté
        [settled] { $title } en { $period } : { $figures }, le seuil de { $mark } est de nouveau respecté
        [look_back] { $title } sur { $periods } : { $figures }, le seuil de { $mark } est de nouveau respecté
       *[value] { $title } : { $figures }, le seuil de { $mark } est de nouveau respecté
    }
short_not_judged =
    { $count ->
        [one] { $title } : sans évaluation ({ $reason })
       *[other] { $count } indicateurs sans évaluation ({ $reason })
    }
said_not_judged = Sans évaluation ({ $reason }) : { $titles }
data_ends = données seulement jusqu’au { $day }
not_judged_since = non jugé : { $reason }
unjudged =
    { $reason ->
        [no_marks] sans seuil
        [no_past] le passé ne donne pas de seuil
        [no_rows] aucune donnée
        [zero_denominator] base nulle
        [too_few] trop peu de données
        [no_data] pas encore de données
        [stale] données trop anciennes
        [script_error] erreur de script
        [too_young] trop tôt
       *[incomplete] données incomplètes
    }

fact_of_group = { $group } – { $facts }
fact_parts =
    { $count ->
        [one] { $part } sur { $whole }
       *[other] { $part } sur { $whole } en { $periods }
    }
fact_so_far = { $period } à ce jour : { $figure }
fact_provisional = peut encore changer
fact_expected = prévision entre { $low } et { $high }
fact_expectation = prévision : { $figure } (de { $low } à { $high })
fact_expected_figure = prévision : { $figure }
fact_settled = dernier chiffre définitif : { $figure } en { $period }
fact_is_settled = { $period } : chiffre définitif
fact_of_period = { $period } : { $figure }
fact_of_period_same_age = { $period } au même stade : { $figure }
assured =
    { $what ->
        [threshold] seuil { $how ->
            [kept] respecté
            [missed] non respecté
           *[now_and_then] respecté de temps à autre
        }
       *[target] objectif { $how ->
            [kept] atteint
            [missed] non atteint
           *[now_and_then] atteint de temps à autre
        }
    }
fact_usual = d’habitude { $usual }
usual_range = de { $low } à { $high }
fact_year_before = un an plus tôt : { $figure } ({ $change })
fact_year_before_same_age = un an plus tôt au même stade : { $figure } ({ $change })
fact_target = objectif : { $figure }
fact_since =
    { $span ->
        [week] depuis la { $period }
       *[period] depuis { $period }
    }
fact_since_at_least =
    { $span ->
        [week] depuis la { $period } au moins
       *[period] depuis { $period } au moins
    }
lasts_new = nouveau
lasts = depuis { $periods }
lasts_longer = depuis { $periods } ou plus
show_so_many =
    { $count ->
        [one] Voir la ligne
       *[other] Voir { $count } { $table }
    }
show_those = Voir les { $table }
show_rows = Voir les lignes
fact_cause =
    { $part ->
        [mix] { $extent ->
            [all] la variation { fact_since } vient d’un déplacement entre les groupes ({ $name })
            [more] plus que la variation { fact_since } vient d’un déplacement entre les groupes ({ $name })
           *[most] { $share } de la variation { fact_since } vient d’un déplacement entre les groupes ({ $name })
        }
        [groups] { $name } expliquent chacun { $share } de la variation { fact_since }
       *[group] { $extent ->
            [all] { $name } explique toute la variation { fact_since }
            [more] { $name } explique plus que toute la variation { fact_since }
           *[most] { $name } explique { $share } de la variation { fact_since }
        }
    }

basis =
    { $by ->
        [expected] en prévision
        [settled] en { $of }
       *[look_back] sur { $of }
    }
judged_by =
    { $by ->
        [expected] jugé : { $figure } en prévision
        [settled] jugé : { $figure } en { $of }
       *[look_back] jugé : { $figure } sur { $of }
    }
note_same_age =
    { $year ->
        [known] Ce qui peut encore changer est comparé au même âge ({ $period } et un an avant).
       *[unknown] Ce qui peut encore changer est comparé au même âge ({ $period }).
    }
table_provisional = ces chiffres peuvent encore changer et sont comparés au même âge
may_be_chance = Peut être dû au hasard – { $statements }
critical_by_chance = que ce soit critique peut être dû au hasard
status_chance = peut être dû au hasard
data_up_to = Données jusqu’au { $instant }
data_up_to_by_table = Données jusqu’au { $tables }
table_up_to = { $instant } : { $tables }
quiet_table = rien depuis le { $instant } ({ $table })
no_data_yet = pas encore de données : { $tables }
groups_as_today = groupes dans leur état actuel
table_activities = activités
table_costs = coûts
table_customers = clients
table_forecasts = prévisions
table_lead_offers = offres de leads
table_leads = leads
table_observations = observations
table_opportunities = opportunités
table_opportunity_changes = changements d’opportunités
table_orders = commandes
table_partners = partenaires
table_products = produits
table_reps = commerciaux
table_surveys = enquêtes
table_targets = objectifs
column_accepted_at = Accepté
column_acquired_at = Client depuis
column_active = Actif
column_amount = Montant
column_answer = Réponse
column_answered_at = Répondu
column_campaign = { dimension_campaign }
column_cancelled_at = Annulé
column_category = Catégorie
column_certified_on = Certifié
column_changed_at = Modifié
column_channel = { dimension_channel }
column_churned_at = Client perdu le
column_closed_at = Clos
column_complained_at = Réclamé
column_contact_email = Adresse du contact
column_contacted_at = Contacté
column_contract_months = Mois de contrat
column_contract_sent_at = Contrat envoyé
column_cost = Coût
column_country = { dimension_country }
column_created_at = Créé
column_customer_id = Client
column_email = Adresse électronique
column_ends_on = Dernier jour
column_expected_close_on = Clôture prévue
column_feedback_at = Retour
column_first_meeting_at = Premier rendez-vous
column_given_on = Prévision établie
column_hired_on = Embauché
column_incurred_on = Dépensé
column_kind = { dimension_kind }
column_language = Langue
column_lead_id = Lead
column_left_on = Parti
column_level = Rang
column_line = { dimension_product_line }
column_list_price = Prix catalogue
column_manager_id = Responsable
column_metric = Grandeur
column_minutes = Minutes
column_name = Nom
column_number = Numéro
column_observed_on = Observé
column_occurred_at = Date
column_offered_at = Proposé
column_opportunity_id = Opportunité
column_ordered_at = Commandé
column_outcome = Issue
column_partner_id = { dimension_partner }
column_probability = Probabilité
column_product_id = { dimension_product }
column_qualified_at = Qualifié
column_quality = Qualité
column_quantity = Quantité
column_quoted_at = Devis
column_ramped_on = Opérationnel
column_referred_by = Recommandé par
column_region = { dimension_region }
column_rep_id = { dimension_rep }
column_score = Note
column_second_meeting_at = Second rendez-vous
column_segment = { dimension_segment }
column_source = { dimension_source }
column_stage = Étape
column_starts_on = Premier jour
column_team = { dimension_team }
column_tier = { dimension_tier }
column_unit_cost = Coût unitaire
column_value = { value }

## PDF

how_made = Comment cette édition a été établie

## Courriels

subject = { $period } – { $statements }
subject_calm = { $title }, { $period } : { $verdict }
left_out_of_mail = Absent de ce courriel :
cut_courses = les évolutions
cut_calm_breakdowns = les ventilations où tout va bien
cut_breakdowns = toutes les ventilations
cut_figures = pour chaque indicateur, tout sauf les deux plus mauvaises valeurs
cut_calm_kpis = les indicateurs où tout va bien
cut_attention = d’autres indicateurs qui demandent de l’attention
cut_kpis = d’autres indicateurs
cut_further_breakdowns = d’autres ventilations
without_data = Pas encore de données : { $kpis }.
kpi_lacks = { $title } (d’après { $table })
all_kpis = Tous les indicateurs
worst_and_best = Les moins bons et les meilleurs
goal = Objectif
year_before_short = un an avant
legend_of_shapes = ■ critique  ▲ alerte, ou loin de l’objectif  ● respecté  · sans seuil ; ce qui peut encore changer, dans son état actuel. ≥ et ≤ : ce que demande le seuil, faute d’objectif.
legend_of_unjudged = ○ { status_unjudged }
open_in_archive = Ouvrir cette édition dans les archives
open_in_archive_at = { open_in_archive } :
why_this_mail = Vous recevez ce courriel en tant que destinataire de ce rapport.
too_large_to_attach = Trop volumineux pour être joint :
on_the_page = À télécharger sur la page de cette édition.
ask = Des questions ? Adressez-vous à
no_more_of_these = Ne plus recevoir ces courriels
no_more_of_these_at = { no_more_of_these } :

## Rapports : ce qui accompagne les indicateurs dans les sections

crossed = { $lines } × { $columns }
crossed_highest = Le plus élevé : { $line }, { $column } : { $figure }
crossed_lowest = Le plus bas : { $line }, { $column } : { $figure }
scorecard_differs = Ils diffèrent le plus par { $kpi } : la moitié centrale se situe entre { $low } et { $high }
scorecard_legend = ▲ dans le meilleur quart, ▼ dans le moins bon ; ce qui repose sur trop peu de lignes est montré et ne compte pas.
place = Rang
median = Médiane
show_all_rows = Voir toutes les lignes ({ $table })
reports = Rapports
report_last = Dernier
report_made = { $period }, établi le { $instant }
report_never_made = pas encore établi
report_mails = { $delivered } sur { $mails }
report_next = Prochain
report_on_request = à la demande
crossed_in_archive = Le reste du tableau se trouve dans les archives.
cut_scorecards = comparaisons de groupes
cut_crossed = les tableaux à deux dimensions
cut_lists = les lignes une à une
all_well_here = Rien ne demande d’attention. Toutes les valeurs sont dans les archives.

## Pages : ce qui les entoure toutes

main = Pages principales
languages = Langues
skip = Aller au contenu
tagline = Le suivi des ventes réalisées avec des partenaires
editions = Éditions
kpis = Indicateurs
operations = Exploitation
reference = Référence

## Pages : éditions

editions_lead = Chaque rapport tel qu’il a été envoyé, avec les chiffres dont il est fait. La période la plus récente d’abord.
no_editions = Aucune édition pour le moment
no_editions_text = La première apparaît ici dès qu’un rapport a été exécuté. Pour en lancer un à la main : pegel report run weekly
newer = Plus récentes
older = Plus anciennes
pages = Pages de cette liste
page = Page { $number }
same_edition_as = La même édition :
mail_html = courriel
mail_text = texte brut
numbers = chiffres (JSON)
audiences = Établie pour
subject_corrected = Corrigé : { $subject }
superseded_edition = Une édition corrigée a pris la place de celle-ci.
open_corrected_edition = Ouvrir l’édition corrigée
readers_see = Périmètre
scope_alone = { $scope } (seulement les lignes qui l’indiquent)
corrected_number = { $title }, { $group } : { $new } au lieu de { $old } ({ $why })
corrected_lists = D’autres lignes sont listées une à une.
corrected_nothing = Aucun chiffre n’a changé.
corrected_edition = Cette édition est corrigée.
corrected = Corrigée
replaced_because = Remplacée : { $reason }
earlier_editions =
    { $count ->
        [one] { $count } édition antérieure
       *[other] { $count } éditions antérieures
    }
what_changed = Ce qui a changé
before_it = Avant
after_it = Maintenant
why = Pourquoi
edition_of = { $period }, révision { $revision }
numbers_differ =
    { $count ->
        [0] Les { $all } chiffres sont les mêmes.
        [one] { $count } chiffre sur { $all } diffère.
       *[other] { $count } chiffres sur { $all } diffèrent.
    }
other_reports = Ces éditions sont celles de deux rapports : { $old } et { $new }.
more_changes = Et { $count } de plus : pegel report diff { $old } { $new } les donne tous.
changed_files = Fichiers modifiés
why_period = une autre période
why_scope = d’autres lignes (périmètre ou filtre)
why_shown = absent de l’une des deux
why_definition = le script a changé
why_setting = un réglage a changé
why_helper = un script auxiliaire a changé
why_calendar = le calendrier a changé
why_threshold = le seuil a changé
why_judged = jugé autrement
why_target = l’objectif a changé
why_late_data = il pouvait encore changer
why_data = les données ont été corrigées
why_imported = des données ont été importées depuis
all = Tous
words = Mots
search = Chercher
nothing_found = Rien n’a été trouvé. Essayez avec moins de critères.
edition_before = Précédente
edition_after = Suivante
download_as = Télécharger en
form_pdf = { "PDF" }
form_html = fichier HTML
form_xlsx = classeur Excel
form_csv = { "CSV" }
form_json = { "JSON" }
deliveries = Envois
no_deliveries = Cette édition n’a pas de destinataire.
delivery_pending = en attente
delivery_sending = envoi en cours
delivery_delivered = remis
delivery_failed = abandonné
delivery_unsubscribed = désabonné
evidence = Preuve
evidence_lead = Une édition ne change jamais. pegel report verify recalcule sa somme de contrôle.
checksum = Somme de contrôle
sources = De quoi elle est faite

## Pages : indicateurs

kpis_lead = Ce qui est mesuré, et où l’on en est dans la dernière semaine complète.
no_kpis = Aucun indicateur n’est en vigueur. Placez un script dans le dossier kpis/.
no_pack = Autres
pack = Lot
in_reports = Dans les rapports
the_others = Les autres
without_data_yet = Encore sans données
lacks_table = il manque : { $table }
lacks_column = il manque « { $column } » ({ $table })
course_lead = Une période sans chiffre est un vide, pas un zéro.
as_table = La même chose en tableau
day_in_it = Un jour compris
broken_down_by = Ventilé par
and_by = et par
show = Afficher
periods_around = Avant et après
worst_first =
    { $better ->
        [neutral] Les plus élevés d’abord. Chaque chiffre mène à ses lignes.
       *[other] Les seuils franchis d’abord, puis les moins bons, selon le chiffre évalué. Chaque chiffre mène à ses lignes.
    }
no_groups = Sur cette période, aucune ligne n’a de groupe.
the_script = Le script
nothing_yet = Il n’y a aucun chiffre pour ces périodes.
last_evaluated = Dernier calcul
rows_read =
    { $count ->
        [one] { $count } ligne lue
       *[other] { $count } lignes lues
    }
computed_before = { $count } parties sur { $all } calculées auparavant
last_error = dernière erreur

## Pages : les lignes derrière un chiffre

rows_behind = Lignes
rows_behind_figure = Les lignes derrière ce chiffre
rows_of_table =
    { $count ->
        [0] Aucune ligne
        [one] { $count } ligne ({ $table })
       *[other] { $count } lignes ({ $table })
    }
rows_all = Toutes les lignes que compte le chiffre ; pour une part, celles de son dénominateur. Les plus anciennes d’abord.
rows_bad = Les lignes qui dégradent le chiffre. Les plus anciennes d’abord.
rows_imported_since = Des données ont été importées ou retirées depuis cette édition : ces lignes peuvent différer de celles qu’elle a comptées.
rows_defined_since = L’indicateur ou ses réglages ont changé depuis cette édition : ces lignes suivent ce qui vaut aujourd’hui.
show_rows_all = Montrer toutes les lignes
show_rows_bad = Ne montrer que celles qui le dégradent
rows_file = Télécharger avec toutes les dates en
group = Dans le groupe
all_groups = tous
show_unfiltered = Tout montrer à nouveau
as_it_stood = état au { $instant }

## Pages : le langage des scripts

reference_lead = Le langage des scripts d’indicateurs : comment en écrire un, ce qu’il peut exprimer, quelles données existent.
reference_language = La référence elle-même n’existe qu’en anglais.
contents = Sommaire

## Pages : ce qui n’est pas en ordre

operations_lead = Ce qui n’est pas en ordre et ce qui se passe en attendant, et comment va le travail.
all_in_order = Tout est en ordre
all_in_order_text = Tous les rapports, modèles, indicateurs et correspondances sont lisibles et en vigueur.
not_in_order = Le fichier n’est pas en ordre
not_in_order_text = Le fichier de cet indicateur a été modifié mais n’est pas en ordre ; la version précédente reste en vigueur jusqu’à ce qu’il soit corrigé.
in_force_since = En vigueur depuis le { $since }.
waits = Une modification est en attente
waits_text = Le fichier de cet indicateur a été modifié ; il entrera en vigueur dès que les fichiers suivants seront eux aussi en ordre :
files_not_in_order = Fichiers qui ne sont pas en ordre
files_not_in_order_text = Ils ne sont pas entrés en vigueur ; ce qui l’était auparavant le reste jusqu’à ce qu’ils soient corrigés.
files_waiting = En ordre, mais en attente des précédents :

section_reports = Rapports
section_reports_text = Ces rapports ne seront établis qu’une fois leurs fichiers corrigés ; les autres le sont.
section_templates = Modèles
section_templates_text = La dernière version correcte reste utilisée, ou celle qui est fournie avec Pegel.
section_kpis = Indicateurs
section_kpis_text = Ce qui était en vigueur le reste ; un nouveau fichier est laissé de côté.
section_mappings = Correspondances
section_mappings_text = Aucun fichier ne peut être importé avec ces correspondances tant qu’elles ne sont pas corrigées.
section_configuration = Configuration
section_configuration_text = Le serveur continue avec ce qu’il a lu au démarrage, mais ne redémarrerait pas.
section_mails = Courriels
section_mails_text = Les courriels en attente sont renvoyés d’eux-mêmes ; ceux qui ont été abandonnés ne le sont pas.
section_runs = Exécutions
section_runs_text = Elles sont relancées d’elles-mêmes toutes les dix minutes.

no_room = Aucun courriel ne part
mails_wait =
    { $count ->
        [one] { $count } courriel attend depuis le { $since }
       *[other] { $count } courriels attendent, le premier depuis le { $since }
    }
mails_given_up =
    { $count ->
        [one] { $count } courriel a été abandonné
       *[other] { $count } courriels ont été abandonnés
    }
send_again = pegel deliveries list --failed montre pourquoi, pegel deliveries resend --failed renvoie.

## Pages : plus de courriels

unsubscribe = Ne plus recevoir « { $report } » par courriel ?
unsubscribe_text = Si vous appuyez sur le bouton, { $address } ne recevra plus les courriels de ce rapport.
unsubscribed = Vous ne recevez plus « { $report } »
unsubscribed_text = C’est fait : depuis le { $since }, { $address } ne reçoit plus les courriels de ce rapport.
unsubscribed_back = Pour les recevoir à nouveau, adressez-vous aux personnes qui gèrent ce serveur, ou à votre contact pour ce rapport.
unsubscribe_where = Votre lien personnel est dans votre courriel
unsubscribe_where_text = Celui-ci figure dans une copie lue par plusieurs personnes et ne désabonne personne. Suivez le lien à la fin du courriel que vous avez reçu vous-même.
bad_link = Ce lien n’est pas valable
bad_link_text = Il a été modifié en chemin, ou vient d’un autre serveur. Copiez en entier celui de votre courriel.

## Pages : quand il n’y a pas de réponse

no_page = Cette page n’existe pas
no_page_text = L’adresse a peut-être été tronquée en route.
bad_address = Cette adresse est incompréhensible
bad_address_text = { $problem }
no_choice =
    { $count ->
        [0] { $field } : « { $asked } » n’existe pas, ni rien d’autre.
       *[other] { $field } : « { $asked } » n’existe pas. Il y a : { $choices }
    }
no_page_number = La page « { $asked } » n’existe pas : les pages sont numérotées à partir de 1.
no_audience_number = Le public « { $asked } » n’existe pas : les publics sont numérotés à partir de 1.
no_edition = Cette édition n’existe pas
no_edition_text = Aucune édition ne porte ce numéro. Toutes celles qui existent figurent dans la liste.
erased = Ceci a été effacé
erased_text = Une personne y était nommée et l’a demandé, ou la durée de conservation était écoulée. L’empreinte reste dans les archives.
no_kpi = Cet indicateur n’existe pas
no_kpi_text = Aucun indicateur en vigueur ne porte ce nom.
nearest = Vous vouliez peut-être dire
busy = Trop de demandes à la fois
busy_text = D’autres pages sont en cours de calcul. Réessayez dans quelques secondes.
broken = Une erreur est survenue
broken_text = Cette page n’a pas pu être affichée. Le journal du serveur dit pourquoi ; rien n’a été modifié.

## Lignes de commande

counted_editions =
    { $count ->
        [one] { $count } édition
       *[other] { $count } éditions
    }
counted_files =
    { $count ->
        [one] { $count } fichier
       *[other] { $count } fichiers
    }
counted_kpis =
    { $count ->
        [one] { $count } indicateur
       *[other] { $count } indicateurs
    }
counted_recipients =
    { $count ->
        [one] { $count } destinataire
       *[other] { $count } destinataires
    }
tests_fail =
    { $count ->
        [one] { $count } test échoue
       *[other] { $count } tests échouent
    }
forced_past =
    { $count ->
        [one] forcé malgré { $count } test en échec
       *[other] forcé malgré { $count } tests en échec
    }
mails_go_again =
    { $count ->
        [one] { $count } courriel repart, en une demi-minute là où le serveur tourne
       *[other] { $count } courriels repartent, en une demi-minute là où le serveur tourne
    }
row_key = Clé
row_name = { column_name }
row_system = Système
row_age = Âge
rows_more =
    { $count ->
        [one] { $count } ligne de plus : --limit en montre davantage, --csv FICHIER les écrit toutes, avec toutes les dates
       *[other] { $count } lignes de plus : --limit en montre davantage, --csv FICHIER les écrit toutes, avec toutes les dates
    }

## Alertes

alert_subject =
    { $tone ->
        [begun] Alerte : { $statements }
        [reminder] Toujours : { $statements }
        [absent] Sans valeur : { $statements }
       *[over] Terminé : { $statements }
    }
alert_since = La première de ces alertes dure depuis le { $instant }.
alert_owner = { $owner } s’en occupe.
alert_why = Vous recevez ce courriel parce que vous devez être informé de cette alerte.
alert_open = Ouvrir la situation actuelle
alert_rows = { $title } : { $count } en attente depuis trop longtemps
alert_waits_since = depuis le { $day }

now_alerts = Alertes
now_no_alerts = Rien à signaler.
now_state = État
now_figure = Valeur
now_since = Depuis
now_rule = Règle
now_acknowledged = connu de { $who }
now_report = Rapport
now_mails = Courriels remis
now_on_request = sur demande
now_data = Données complètes jusqu’au
now_no_data = Rien n’a encore été importé.
now_outbox = Courriels, en tout
alert_state_absent = sans valeur
alert_state_warning = avertissement
alert_state_critical = critique
section_alerts = Alertes
section_alerts_text = Ces règles ne sont pas évaluées tant qu’elles ne sont pas en ordre ; ce qui durait reste tel quel.
