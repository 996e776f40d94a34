use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A share: the first measure counts some of the second.
const WON_OF_LEADS: [PartOf; 1] = [PartOf { part: 0, whole: 1 }];

fn share(measures: &[f64]) -> Option<f64> {
    (measures[1] > 0.0).then(|| measures[0] / measures[1])
}

fn count(count: u32) -> Measure {
    Measure { value: Some(count.into()), rows: count.into() }
}

/// Of that many leads, so many were won at this age, and so many in the end.
fn won(at_age: u32, settled: u32, leads: u32) -> Course {
    Course { at_age: vec![count(at_age), count(leads)], settled: vec![Some(settled.into()), Some(leads.into())] }
}

fn close(one: f64, other: f64) {
    assert!((one - other).abs() <= 1e-9 * other.abs().max(1.0), "{one} is not {other}");
}

#[test]
fn a_young_share_grows_as_those_before_it_did() {
    // Half of what is won is won by this age: 200 ÷ 100 over ten weeks.
    let weeks: Vec<Course> = (0..5).flat_map(|_| [won(9, 22, 100), won(11, 18, 100)]).collect();
    let factors = Factors::of(&weeks, &WON_OF_LEADS).unwrap();
    let expected = factors.expect(&[count(12), count(96)], share).unwrap();
    close(expected.value, 24.0 / 96.0);
    assert_eq!(expected.periods, 10);
    // Weeks that began with 9 came to 22: they were predicted as 9 × 178 ÷ 91, and as many missed the other way.
    let (above, below) = (9.0 * 178.0 / 91.0, 11.0 * 182.0 / 89.0);
    close(expected.high, (24.0 + (22.0 - above) * (24.0 / f64::midpoint(22.0, above)).sqrt()) / 96.0);
    close(expected.low, (24.0 + (18.0 - below) * (24.0 / f64::midpoint(18.0, below)).sqrt()) / 96.0);
}

#[test]
fn with_a_constant_run_off_every_past_period_is_expected_as_it_came() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..300 {
        let [won_by_then, sold_by_then] = [(); 2].map(|()| f64::from(random.random_range(1..=20)));
        let course = |random: &mut ChaCha8Rng| {
            let (first, leads) = (random.random_range(5..30), random.random_range(600..900));
            let amount = f64::from(random.random_range(500..90_000));
            Course {
                at_age: vec![count(first), count(leads), Measure { value: Some(amount), rows: 7 }],
                settled: vec![Some(f64::from(first) * won_by_then), Some(leads.into()), Some(amount * sold_by_then)],
            }
        };
        let courses: Vec<Course> = (0..random.random_range(8..40)).map(|_| course(&mut random)).collect();
        let factors = Factors::of(&courses, &WON_OF_LEADS).unwrap();
        let values: [fn(&[f64]) -> f64; 3] =
            [|measures| measures[0] / measures[1], |measures| measures[2], |measures| measures[2] / measures[0]];
        for (course, value) in courses.iter().flat_map(|course| values.map(|value| (course, value))) {
            let settled: Vec<f64> = course.settled.iter().flatten().copied().collect();
            let (expected, settled) =
                (factors.expect(&course.at_age, |measures| Some(value(measures))).unwrap(), value(&settled));
            close(expected.value, settled);
            close(expected.low, settled);
            close(expected.high, settled);
            assert_eq!(expected.periods, courses.len().min(PERIODS));
        }
    }
}

/// How many of `rows` happen, each with that probability.
fn some_of(random: &mut ChaCha8Rng, rows: u32, probability: f64) -> u32 {
    (0..rows).map(|_| u32::from(random.random_bool(probability))).sum()
}

/// How often the settled figure lay within its range: of shares of so many leads after weeks of `total` leads.
fn coverage(weeks: usize, total: u32, leads: u32) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(leads));
    let week = |random: &mut ChaCha8Rng, leads: u32| {
        let rate = random.random_range(0.2..0.4);
        let settled = some_of(random, leads, rate);
        won(some_of(random, settled, 0.5), settled, leads)
    };
    let (mut within, mut of) = (0.0, 0.0);
    for _ in 0..400 {
        let past: Vec<Course> = (0..weeks).map(|_| week(&mut random, total)).collect();
        let present = week(&mut random, leads);
        let factors = Factors::of(&past, &WON_OF_LEADS).unwrap();
        let Some(expected) = factors.expect(&present.at_age, share) else { continue };
        let settled = present.settled[0].unwrap() / f64::from(leads);
        within += f64::from(u8::from((expected.low..=expected.high).contains(&settled)));
        of += 1.0;
    }
    assert!(of > 200.0, "only {of} expectations");
    within / of
}

#[test]
fn eight_of_ten_outcomes_lie_within_the_range_of_totals_and_of_groups() {
    for (weeks, total, leads) in [(26, 300, 300), (9, 300, 300), (26, 300, 60), (26, 900, 100), (26, 100, 400)] {
        let coverage = coverage(weeks, total, leads);
        assert!((0.75..=0.9).contains(&coverage), "{weeks} weeks of {total}, {leads} leads: {coverage}");
    }
}

#[test]
fn fewer_than_eight_settled_periods_say_nothing_and_those_before_26_no_more() {
    let weeks = vec![won(10, 20, 100); 8];
    assert!(Factors::of(&weeks, &WON_OF_LEADS).is_some());
    assert_eq!(Factors::of(&weeks[1..], &WON_OF_LEADS), None);
    let other_times: Vec<Course> = vec![won(10, 90, 100); 20].into_iter().chain(vec![won(10, 20, 100); 26]).collect();
    assert_eq!(Factors::of(&other_times, &WON_OF_LEADS), Factors::of(&vec![won(10, 20, 100); 26], &WON_OF_LEADS));
}

#[test]
fn few_rows_say_nothing() {
    // 3 × 9 + 2 rows at this age are 29.
    let few: Vec<Course> = vec![won(3, 20, 100); 9].into_iter().chain([won(2, 20, 100)]).collect();
    assert_eq!(Factors::of(&few, &WON_OF_LEADS), None);
    let enough = Factors::of(&vec![won(3, 20, 100); 10], &WON_OF_LEADS).unwrap();
    assert!(enough.expect(&[count(5), count(100)], share).is_some());
    assert_eq!(enough.expect(&[count(4), count(100)], share), None);
    assert_eq!(enough.expect(&[Measure { value: None, rows: 0 }, count(0)], share), None);
}

#[test]
fn a_part_does_not_exceed_its_whole() {
    let weeks: Vec<Course> = (0..5).flat_map(|_| [won(40, 85, 100), won(40, 95, 100)]).collect();
    let expected = Factors::of(&weeks, &WON_OF_LEADS).unwrap().expect(&[count(60), count(100)], share).unwrap();
    close(expected.value, 1.0);
    close(expected.high, 1.0);
    assert!(expected.low > 0.9 && expected.low < 1.0, "{expected:?}");
}

#[test]
fn a_sum_over_nothing_is_nothing() {
    let week = |at_age: Option<f64>, rows, settled| Course {
        at_age: vec![Measure { value: at_age, rows }],
        settled: vec![Some(settled)],
    };
    let weeks: Vec<Course> = (0..6).flat_map(|_| [week(None, 0, 50.0), week(Some(100.0), 8, 250.0)]).collect();
    let factors = Factors::of(&weeks, &[]).unwrap();
    let present = [Measure { value: Some(80.0), rows: 6 }];
    close(factors.expect(&present, |measures| Some(measures[0])).unwrap().value, 240.0);
    let nothing_yet = vec![week(Some(0.0), 8, 250.0); 12];
    assert_eq!(Factors::of(&nothing_yet, &[]), None, "nothing cannot be multiplied");
}

#[test]
fn a_figure_that_cannot_be_computed_has_no_expectation() {
    let factors = Factors::of(&vec![won(10, 20, 100); 8], &WON_OF_LEADS).unwrap();
    assert_eq!(factors.expect(&[count(10), count(100)], |_| None), None);
}
