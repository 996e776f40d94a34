use super::attention::{Needing, attention};
use super::brief::{Brief, brief};
use super::evidence::Evidence;
use super::statement::{Kind, Statement};
use super::verdict::Verdict;
use super::{chance, statements};
use crate::format::Format;
use crate::link::RowsOf;
use crate::numbers::{Contribution, Group, Numbers, Part};
use pegel_kpi::data::cell::Cell;
use pegel_kpi::data::dimensions::Dimensions;
use pegel_kpi::definition::threshold::Status;
use pegel_kpi::judgement::judged::{Assessment, By, Unjudged};
use pegel_kpi::judgement::signal::{Direction, Kind as Sign};
use pegel_text::locale::Locale;

mod made;
mod situations;

fn told(numbers: &Numbers, locale: &str) -> Brief {
    brief(numbers, &Format::new(&Locale::parse(locale).unwrap(), &numbers.currency, numbers.shown_in()))
}

/// A brief as text.
fn written(brief: &Brief) -> String {
    let mut lines = vec![
        format!("Subject:  {}", brief.subject),
        format!("Preview:  {}", brief.preview),
        format!("Headline: {}", brief.headline),
        format!("Verdict:  {}", brief.verdict),
    ];
    for (line, number) in brief.statements.iter().zip(1..) {
        lines.push(format!("{number}. {} [{:?}, {}]", line.sentence, line.kind, line.status.name()));
        for Evidence { facts, rows } in &line.evidence {
            lines.extend((!facts.is_empty()).then(|| format!("   {facts}")));
            lines.extend(rows.iter().map(|rows| format!("   → {}: {}", rows.text, rows.path)));
        }
    }
    lines.extend([&brief.chance, &brief.data_up_to].into_iter().filter(|line| !line.is_empty()).cloned());
    lines.join("\n")
}

#[test]
fn every_situation_is_told_in_every_language() {
    for (name, numbers) in situations::all() {
        for (language, locale) in [("en", "en-GB"), ("de", "de-DE"), ("fr", "fr-FR")] {
            insta::with_settings!({
                snapshot_path => "golden",
                prepend_module_to_snapshot => false,
                omit_expression => true,
            }, {
                insta::assert_snapshot!(format!("{name}.{language}"), written(&told(&numbers, locale)));
            });
        }
    }
}

#[test]
fn subject_preview_and_headline_say_the_first_statements() {
    for (name, numbers) in situations::all() {
        for locale in ["en-GB", "de-DE", "fr-FR"] {
            let brief = told(&numbers, locale);
            assert!(!brief.subject.contains(['\n', '{']) && !brief.subject.is_empty(), "{name}: {}", brief.subject);
            // It goes on where the headline ends, in the same words.
            assert!(brief.preview.starts_with(&brief.headline), "{name}: {}", brief.preview);
            // A headline has full stops where a subject has commas.
            let said = |text: &str| text.trim_end_matches('.').replace(". ", ", ").to_lowercase();
            assert!(said(&brief.subject).ends_with(&said(&brief.headline)), "{name}: {}", brief.headline);
        }
    }
}

fn kinds(statements: &[Statement]) -> Vec<(Kind, &str, usize)> {
    statements.iter().map(|said| (said.kind, said.about[0].kpi.as_str(), said.about.len())).collect()
}

#[test]
fn a_region_that_slips_comes_first_and_partners_by_chance_stand_apart() {
    let situations = situations::all();
    let numbers = &situations[1].1;
    assert_eq!(kinds(&statements(numbers)), [(Kind::NewBreach, "feedback_rate", 1), (Kind::OffTarget, "revenue", 1)]);
    assert_eq!(kinds(&chance(numbers)), [(Kind::Chance, "feedback_rate", 9)]);
    let verdict = Verdict::of(numbers);
    assert_eq!((verdict.broken, verdict.may_be_chance, verdict.kept), (1, 9, 4));
}

#[test]
fn what_breaks_a_threshold_is_said_before_what_is_mended_or_better() {
    let all: Vec<Statement> = situations::all().iter().flat_map(|(_, numbers)| statements(numbers)).collect();
    for kind in
        [Kind::NewBreach, Kind::Breach, Kind::OffTarget, Kind::Worse, Kind::NotJudged, Kind::Mended, Kind::Better]
    {
        assert!(all.iter().any(|said| said.kind == kind), "no situation has {kind:?}");
    }
    let ranked = |numbers: &Numbers| kinds(&statements(numbers)).iter().map(|(kind, ..)| *kind).collect::<Vec<_>>();
    for (name, numbers) in situations::all() {
        assert!(ranked(&numbers).is_sorted(), "{name}: {:?}", ranked(&numbers));
    }
}

#[test]
fn totals_come_before_groups_and_critical_before_warning_and_the_furthest_first() {
    let sure = |status| made::broken(status, By::Value, 1);
    let worst = made::row("Küste", made::share(1, 10), made::share(9, 10), sure(Status::Critical));
    let bad = made::row("Alpen", made::share(7, 10), made::share(9, 10), sure(Status::Critical));
    let so_so = made::row("Nord", made::share(78, 100), made::share(9, 10), sure(Status::Warning));
    let rate = made::feedback(made::share(79, 100), made::share(9, 10), sure(Status::Warning));
    let slow = made::acceptance(made::value(9.0 * 3600.0), made::value(60.0), sure(Status::Critical));
    let numbers = made::edition(vec![made::by(rate, "region", vec![so_so, bad, worst]), slow], 0);
    let said = statements(&numbers);
    let about = |said: &Statement| -> Vec<String> {
        let name = |group: &crate::numbers::GroupHead| group.group.label().unwrap().to_owned();
        said.about.iter().map(|one| one.group.as_ref().map_or_else(|| one.kpi.clone(), name)).collect()
    };
    let order: Vec<Vec<String>> = said.iter().map(about).collect();
    assert_eq!(order, [vec!["acceptance_time"], vec!["feedback_rate"], vec!["Küste", "Alpen"], vec!["Nord"]]);
}

#[test]
fn a_region_comes_before_one_of_its_partners_however_bad() {
    let sure = || made::broken(Status::Critical, By::Value, 1);
    let look_back = By::LookBack { value: 0.3, numerator: Some(30.0), denominator: Some(100.0), periods: 13 };
    let partners = ["Adler Solar", "Birk & Sohn", "Conrad Haustechnik"];
    let small = partners.map(|label| {
        made::row(label, made::share(2, 5), made::share(3, 5), made::broken(Status::Critical, look_back.clone(), 1))
    });
    let region = made::row("Küste", made::share(44, 64), made::share(52, 67), sure());
    let rate = made::by(made::feedback(made::share(9, 10), made::share(9, 10), made::kept()), "partner", small.into());
    let numbers = made::edition(vec![made::by(rate, "region", vec![region])], 0);
    let first = told(&numbers, "de-DE").subject.replace('\u{a0}', " ");
    assert!(first.starts_with("KW 47: Küste 68,8 % Feedbackquote (Grenze 75 %)"), "{first}");
}

#[test]
fn what_may_be_chance_says_of_each_figure_which_it_is() {
    let mut settled = made::perhaps(Status::Critical);
    settled.judged.by = Some(By::Settled { value: 0.444, period: "2026-W45".to_owned() });
    let rows = vec![
        made::row("Adler Solar", made::share(2, 5), made::share(3, 5), settled),
        made::row("Birk & Sohn", made::share(3, 6), made::share(5, 6), made::perhaps(Status::Critical)),
    ];
    let rate = made::by(made::feedback(made::share(9, 10), made::share(9, 10), made::kept()), "partner", rows);
    let said = told(&made::edition(vec![rate], 0), "en-GB").chance.replace('\u{a0}', " ");
    assert_eq!(
        said,
        "May be chance – Feedback rate in week 45: Adler Solar 44.4% (limit 75%) · Feedback rate: Birk & \
         Sohn 50.0% (limit 75%)"
    );
}

#[test]
fn all_is_kept_only_where_all_was_judged() {
    let mut numbers = situations::everything_is_fine();
    assert!(Verdict::of(&numbers).all_kept());
    assert_eq!(told(&numbers, "en-GB").verdict, "all thresholds kept");
    numbers.sections[0].kpis[1].assessment = Some(made::never(Unjudged::TooFew));
    assert!(!Verdict::of(&numbers).all_kept());
    assert_eq!(told(&numbers, "en-GB").verdict, "no threshold broken, 3 kept, 1 not judged (too little data)");
}

#[test]
fn a_settled_week_is_news_once() {
    let mut numbers = situations::provisional_and_judged_by_the_settled_week();
    assert_eq!(kinds(&statements(&numbers)), [(Kind::NewBreach, "feedback_rate", 1)]);
    let assessment = numbers.sections[0].kpis[0].assessment.as_mut().unwrap();
    // The edition before was judged by the same week.
    assessment.before = Some(assessment.judged.clone());
    assert_eq!(kinds(&statements(&numbers)), [(Kind::Breach, "feedback_rate", 1)]);
}

#[test]
fn a_figure_near_its_target_is_not_news() {
    let said = |revenue: f64, tolerance: f64| {
        let mut block = made::revenue(revenue, 100.0, 100.0);
        block.target_tolerance = tolerance;
        !statements(&made::edition(vec![block], 0)).is_empty()
    };
    assert!(!said(95.0, 0.05) && said(94.9, 0.05) && said(97.0, 0.02) && !said(150.0, 0.05));
    // One that can still change, of which nobody knows what it will come to.
    let mut block = made::revenue(50.0, 100.0, 100.0);
    block.cell.provisional = true;
    assert!(statements(&made::edition(vec![block], 0)).is_empty());
}

#[test]
fn a_total_that_is_not_sure_is_a_breach_all_the_same_and_says_so() {
    let mut assessment = made::perhaps(Status::Warning);
    assessment.judged.chance = false;
    let numbers = made::edition(vec![made::feedback(made::share(7, 9), made::share(8, 9), assessment)], 0);
    assert_eq!(kinds(&statements(&numbers)), [(Kind::NewBreach, "feedback_rate", 1)]);
    let evidence = told(&numbers, "en-GB").statements[0].evidence.clone();
    assert!(evidence[0].facts.ends_with("may be chance"), "{evidence:?}");
}

#[test]
fn a_statement_names_the_rows_it_rests_on() {
    let rows = |numbers: &Numbers| statements(numbers)[0].about[0].rows.as_ref().map(RowsOf::query).unwrap();
    assert_eq!(rows(&situations::one_sure_breach()), "period=2026-W47&by=region&group=K%C3%BCste&side=bad");
    let settled = rows(&situations::provisional_and_judged_by_the_settled_week());
    assert_eq!(settled, "period=2026-W45&side=bad");
    assert_eq!(situations::one_sure_breach().look_back(13), "2026-08-24..2026-11-22");
}

#[test]
fn what_needs_attention_is_told_by_kpi_with_how_many_of_how_many_and_since_when() {
    let look_back = By::LookBack { value: 0.577, numerator: Some(41.0), denominator: Some(71.0), periods: 13 };
    let rows = [
        made::row("Küste", made::share(44, 64), made::share(52, 67), made::broken(Status::Critical, By::Value, 3)),
        made::row("Adler Solar", made::share(3, 5), made::share(4, 5), made::broken(Status::Critical, look_back, 1)),
        made::row("Birk & Sohn", made::share(3, 6), made::share(5, 6), made::perhaps(Status::Critical)),
    ];
    let rate = made::by(made::feedback(made::share(9, 10), made::share(9, 10), made::kept()), "region", rows.into());
    let slow =
        made::acceptance(made::value(9.0 * 3600.0), made::value(60.0), made::broken(Status::Warning, By::Value, 1));
    let numbers = made::edition(vec![rate, slow], 0);
    let told = attention(
        statements(&numbers),
        &numbers,
        &Format::new(&Locale::parse("de-DE").unwrap(), "EUR", "Europe/Berlin"),
    );
    let mut lines = Vec::new();
    for of_kpi in &told {
        lines.push(format!("{} ({}), {} more", of_kpi.title, of_kpi.marks, of_kpi.more));
        for Needing { group, figure, of, since, rows, .. } in &of_kpi.figures {
            let rows = rows.as_ref().map_or_else(String::new, |rows| rows.text.clone());
            lines.push(format!("  {group} | {figure} | {of} | {since} | {rows}"));
        }
    }
    insta::assert_snapshot!(lines.join("\n").replace('\u{a0}', " "));
}

#[test]
fn of_one_kpi_five_figures_are_told_and_the_others_counted() {
    let sure = || made::broken(Status::Critical, By::Value, 1);
    let row = |nth: i32| made::row(&format!("Partner {nth}"), made::share(7, 64), made::share(52, 67), sure());
    let rate = made::feedback(made::share(9, 10), made::share(9, 10), made::kept());
    let numbers = made::edition(vec![made::by(rate, "partner", (1..=17).map(row).collect())], 0);
    let told = attention(statements(&numbers), &numbers, &Format::new(&Locale::english(), "EUR", "UTC"));
    assert_eq!((told.len(), told[0].figures.len(), told[0].more), (1, 5, 12));
}

#[test]
fn an_edition_without_assessments_tells_of_broken_thresholds_and_of_nothing_else() {
    let said = statements(&situations::an_edition_older_than_assessments());
    assert_eq!(kinds(&said), [(Kind::Breach, "feedback_rate", 10)]);
}

#[test]
fn statements_survive_being_written_as_json() {
    for (name, numbers) in situations::all() {
        let said = statements(&numbers);
        let json = serde_json::to_string(&said).unwrap();
        let read: Vec<Statement> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.len(), said.len(), "{name}");
        assert_eq!(serde_json::to_string(&read).unwrap(), json, "{name}");
    }
}

#[test]
fn the_same_figures_of_fresher_data_say_the_same() {
    let numbers = situations::one_sure_breach();
    let fresher = Numbers { data_up_to: Vec::new(), created_at: numbers.created_at + 60, ..numbers.clone() };
    assert!(numbers.says_the_same(&fresher));
    assert!(!numbers.says_the_same(&situations::everything_is_fine()));
}

#[test]
fn numbers_with_assessments_survive_being_stored() {
    for (name, numbers) in situations::all() {
        assert_eq!(Numbers::from_json(&numbers.to_json()).unwrap().to_json(), numbers.to_json(), "{name}");
    }
}

/// An edition in which the total and three groups of each of these KPIs stand as assessed.
fn alike(assessment: &Assessment) -> Numbers {
    let rows = |cell: fn() -> Cell| {
        ["Küste", "Alpen", "Nord"].map(|label| made::row(label, cell(), cell(), assessment.clone()))
    };
    let few = || made::share(5, 9);
    let slow = || made::value(3600.0 * 5.0);
    let rate = made::feedback(few(), few(), assessment.clone());
    let time = made::acceptance(slow(), slow(), assessment.clone());
    let mut one = made::by(made::conversion(few(), few(), made::kept()), "region", rows(few)[..1].to_vec());
    one.threshold.critical = Some(0.1);
    made::edition(vec![made::by(rate, "region", rows(few).into()), made::by(time, "region", rows(slow).into()), one], 0)
}

#[test]
fn every_way_to_stand_is_said_in_whole_words() {
    let look_back = By::LookBack { value: 0.5, numerator: None, denominator: None, periods: 13 };
    let settled = By::Settled { value: 0.5, period: "2026-W40".to_owned() };
    let judged = [By::Value, By::Signal, look_back, By::Expected { value: 0.5, periods: 9 }, settled];
    let broken = judged.iter().flat_map(|by| [1, 2, 13].map(|weeks| made::broken(Status::Warning, by.clone(), weeks)));
    let standing_out = [Sign::BeyondLimit, Sign::Run, Sign::Trend, Sign::TwoOfThree].into_iter().flat_map(|sign| {
        [Direction::Concern, Direction::Improvement].map(|to| made::marked(made::kept(), sign, to, 0.4, 0.6))
    });
    let reasons = [
        Unjudged::NoPast,
        Unjudged::NoRows,
        Unjudged::ZeroDenominator,
        Unjudged::TooFew,
        Unjudged::Stale,
        Unjudged::ScriptError,
        Unjudged::TooYoung,
        Unjudged::Incomplete,
    ];
    let others = [made::mended(), made::perhaps(Status::Warning), made::expecting(made::kept(), 0.5, 0.4, 0.6)];
    let all = broken.chain(standing_out).chain(reasons.map(made::no_longer)).chain(others);
    for mut numbers in all.map(|assessment| alike(&assessment)) {
        for locale in ["en-GB", "de-DE", "fr-FR", "en-US", "de-CH"] {
            // A word that is missing, or something that it speaks of, panics.
            let text = written(&told(&numbers, locale));
            for hole in ["  (", "()", " ,", ": ,", "{", "\u{a0})", "  seit", "::"] {
                assert!(!text.contains(hole), "{hole:?} in\n{text}");
            }
        }
        numbers.data_up_to.clear();
        assert!(!written(&told(&numbers, "en-GB")).contains("Data up to"));
        numbers.dimensions = Dimensions::Today;
        assert!(told(&numbers, "de-DE").data_up_to.ends_with("Gruppen nach heutigem Stand"));
    }
}

#[test]
fn a_signal_is_about_the_period_whatever_its_marks_were_compared_with() {
    let settled = By::Settled { value: 0.82, period: "2026-W45".to_owned() };
    let block = |assessment| {
        let mut block = made::feedback(made::young(made::share(181, 438)), made::share(170, 402), assessment);
        let group = Part::Group(Group::Text { label: "Küste".to_owned() });
        block.contributions = vec![Contribution { dimension: "region".to_owned(), part: group, share: 0.9 }];
        made::edition(vec![block], 0)
    };
    let mut kept = made::kept();
    kept.judged.by = Some(settled.clone());
    let falling = made::marked(kept, Sign::BeyondLimit, Direction::Concern, 0.5, 0.7);
    let said = &statements(&block(falling))[0];
    assert_eq!((said.kind, said.about[0].rows.as_ref().unwrap().period.as_deref()), (Kind::Worse, Some("2026-W47")));
    assert_eq!(said.about[0].causes.iter().map(|cause| cause.share).collect::<Vec<_>>(), [0.9]);
    // What moved this week says nothing of a week that was settled before.
    let said = &statements(&block(made::broken(Status::Warning, settled, 1)))[0];
    assert_eq!(
        (said.kind, said.about[0].rows.as_ref().unwrap().period.as_deref()),
        (Kind::NewBreach, Some("2026-W45"))
    );
    assert!(said.about[0].causes.is_empty());
}

#[test]
fn what_explains_a_change_is_said_only_of_the_change_that_is_told() {
    let causes = |now: u32, before: u32| {
        let worse = made::marked(made::kept(), Sign::BeyondLimit, Direction::Concern, 0.85, 0.95);
        let mut block = made::feedback(made::share(now, 100), made::share(before, 100), worse);
        let group = Part::Group(Group::Text { label: "Küste".to_owned() });
        block.contributions = vec![Contribution { dimension: "region".to_owned(), part: group, share: 0.62 }];
        let facts = told(&made::edition(vec![block], 0), "en-GB").statements[0].evidence[0].facts.clone();
        facts.split(" · ").filter(|fact| fact.contains("Küste")).collect::<Vec<_>>().join(", ").replace('\u{a0}', " ")
    };
    assert_eq!(causes(80, 84), "62% of the change since week 46 from Küste");
    // Worse than usual, though better than the week before.
    assert_eq!(causes(80, 77), "");
}

#[test]
fn usual_variation_is_said_within_what_a_share_can_be() {
    let assessment =
        made::marked(made::broken(Status::Warning, By::Value, 1), Sign::Usual, Direction::Neutral, -0.1, 1.2);
    let worse = made::marked(made::kept(), Sign::BeyondLimit, Direction::Concern, -0.1, 1.2);
    let said = |assessment| {
        let rate = made::feedback(made::share(77, 100), made::share(9, 10), assessment);
        let brief = told(&made::edition(vec![rate], 0), "en-GB");
        format!("{} {}", brief.statements[0].sentence, brief.statements[0].evidence[0].facts)
    };
    assert!(said(assessment).ends_with("usually 0.0% to 100.0%"));
    assert!(said(worse).contains("worse than usual (0.0% to 100.0%)"));
}
