use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// What a reader of the rules would write down, without looking at how they are built: one loop a rule, over indices.
mod by_the_book {
    use super::Kind;

    pub struct Chart {
        pub kind: Kind,
        pub upward: bool,
        pub centre: f64,
        pub reach: f64,
        pub points: usize,
    }

    /// −1, 0 or 1; what lies as close as rounding errors do is 0.
    fn sign(difference: f64) -> i32 {
        let rounded = (difference * 1e7).round();
        if rounded == 0.0 {
            0
        } else if rounded > 0.0 {
            1
        } else {
            -1
        }
    }

    fn average(x: &[f64]) -> f64 {
        x.iter().fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0)).0 / f64::from(u32::try_from(x.len()).unwrap())
    }

    fn segment_start(x: &[f64], from: usize) -> usize {
        let centre = average(&x[from..]);
        let mut length = 0;
        for i in from..x.len() {
            let side = sign(x[i] - centre);
            length = if i > from && side == sign(x[i - 1] - centre) { length + 1 } else { 1 };
            let first = i + 1 - length;
            let enough_follow = x.len() - (i + 1) >= 5;
            if side != 0 && length == 7 && first > from && enough_follow && sign(average(&x[i + 1..]) - centre) == side
            {
                return segment_start(x, first);
            }
        }
        from
    }

    pub fn chart(figures: &[Option<f64>]) -> Option<Chart> {
        let last_is_there = matches!(figures.last(), Some(Some(_)));
        let window = figures.iter().rev().take(26).rev();
        let all: Vec<f64> = window.flatten().copied().collect();
        if !last_is_there || all.len() < 12 {
            return None;
        }
        let x = &all[segment_start(&all, 0)..];
        let n = x.len();

        let mut ranges = vec![];
        for i in 1..n {
            ranges.push(if x[i] > x[i - 1] { x[i] - x[i - 1] } else { x[i - 1] - x[i] });
        }
        let most = 3.267 * average(&ranges);
        ranges.retain(|range| sign(range - most) < 0);
        if ranges.is_empty() || sign(average(&ranges)) == 0 {
            // Nothing moved before the last figure.
            let moved = sign(x[n - 1] - x[0]);
            let first = moved != 0 && x[..n - 1].iter().all(|other| sign(other - x[0]) == 0);
            let points = n;
            return first.then_some(Chart {
                kind: Kind::BeyondLimit,
                upward: moved > 0,
                centre: x[0],
                reach: 0.0,
                points,
            });
        }
        let (centre, reach) = (average(x), 2.66 * average(&ranges));

        let last = x[n - 1] - centre;
        let mut one_side = 0;
        let mut rising = 0;
        let mut falling = 0;
        for k in 0..7 {
            one_side += sign(x[n - 1 - k] - centre);
            if k < 6 {
                match sign(x[n - 1 - k] - x[n - 2 - k]) {
                    1 => rising += 1,
                    -1 => falling += 1,
                    _ => {}
                }
            }
        }
        let far = |k: usize, direction: f64| sign((x[n - k] - centre) * direction - reach * 2.0 / 3.0) > 0;
        let two = |direction| far(1, direction) && (far(2, direction) || far(3, direction));
        let (kind, upward) = if sign(last.abs() - reach) > 0 {
            (Kind::BeyondLimit, last > 0.0)
        } else if i32::abs(one_side) == 7 {
            (Kind::Run, one_side > 0)
        } else if rising == 6 || falling == 6 {
            (Kind::Trend, rising == 6)
        } else if two(1.0) || two(-1.0) {
            (Kind::TwoOfThree, two(1.0))
        } else {
            (Kind::Usual, false)
        };
        Some(Chart { kind, upward, centre, reach, points: n })
    }
}

fn one_of<T: Copy>(random: &mut ChaCha8Rng, choices: &[T]) -> T {
    choices[random.random_range(0..choices.len())]
}

/// A series as they come: noise, shifts, trends, plateaus, gaps, whole numbers and shares; some end in a slow rise.
fn random_series(random: &mut ChaCha8Rng) -> Vec<Option<f64>> {
    let length = random.random_range(10..40);
    let mut level = f64::from(random.random_range(0..200));
    let noise = one_of(random, &[0.0, 1.0, 3.0, 10.0]);
    let slope = one_of(random, &[0.0, 0.0, 0.0, 0.5, -0.5, 2.0]);
    let shifts = one_of(random, &[0.0, 0.03, 0.08]);
    let gaps = one_of(random, &[0.0, 0.0, 0.1, 0.3]);
    let unit = one_of(random, &[1.0, 1.0, 0.5, 1.0 / 20.0, 1.0 / 30.0]);
    let rise_from = one_of(random, &[length, length, length - 6, length - 7]);
    let mut figure = level;
    let mut series = Vec::new();
    for period in 0..length {
        level += slope;
        if random.random_bool(shifts) {
            level += random.random_range(-40.0..40.0);
        }
        if period > rise_from {
            figure += unit * f64::from(random.random_range(1..3));
        } else if !random.random_bool(0.1) {
            let spread: f64 = (0..4).map(|_| random.random_range(-1.0..1.0)).sum();
            figure = ((level + noise * spread) / unit).round() * unit;
        }
        series.push((!random.random_bool(gaps)).then_some(figure));
    }
    series
}

#[test]
fn a_thousand_random_series_say_what_the_formulas_say() {
    let mut random = ChaCha8Rng::seed_from_u64(26);
    let (mut kinds, mut without, mut shifted) = (BTreeMap::<String, usize>::new(), 0, 0);
    for case in 0..1000 {
        let series = random_series(&mut random);
        let (ours, theirs) = (Signal::of(&series, Better::Higher), by_the_book::chart(&series));
        let (Some(ours), Some(theirs)) = (ours, &theirs) else {
            assert!(ours.is_none() && theirs.is_none(), "case {case}: {series:?}");
            without += 1;
            continue;
        };
        let direction = match (theirs.kind, theirs.upward) {
            (Kind::Usual, _) => Direction::Neutral,
            (_, true) => Direction::Improvement,
            (_, false) => Direction::Concern,
        };
        assert_eq!(
            (ours.kind, ours.direction, ours.points),
            (theirs.kind, direction, theirs.points),
            "{case}: {series:?}"
        );
        for (ours, theirs) in [
            (ours.centre, theirs.centre),
            (ours.low, theirs.centre - theirs.reach),
            (ours.high, theirs.centre + theirs.reach),
        ] {
            assert!((ours - theirs).abs() < 1e-9, "case {case}: {ours} is not {theirs}: {series:?}");
        }
        *kinds.entry(format!("{:?}", ours.kind)).or_default() += 1;
        shifted += usize::from(ours.points < series.iter().rev().take(FIGURES).flatten().count());
    }
    // The series must put every branch to the test.
    assert!(kinds.len() == 5 && kinds.values().all(|count| *count >= 15), "{kinds:?}");
    assert!(without >= 50 && shifted >= 50, "{without} without limits, {shifted} with a shift");
}

/// Figures that swing by 2 around 10: limits at 10 ± 2.66 × 2.
fn swinging(count: usize) -> Vec<Option<f64>> {
    [9.0, 11.0].into_iter().cycle().take(count).map(Some).collect()
}

fn signal(earlier: Vec<Option<f64>>, later: &[f64]) -> Signal {
    let figures: Vec<Option<f64>> = earlier.into_iter().chain(later.iter().copied().map(Some)).collect();
    Signal::of(&figures, Better::Higher).unwrap()
}

#[test]
fn a_figure_within_the_limits_is_usual() {
    let usual = signal(swinging(14), &[]);
    assert_eq!((usual.kind, usual.direction, usual.points), (Kind::Usual, Direction::Neutral, 14));
    assert!((usual.centre - 10.0).abs() < 1e-12);
    assert!((usual.low - 4.68).abs() < 1e-12 && (usual.high - 15.32).abs() < 1e-12);
}

#[test]
fn one_jump_does_not_widen_the_limits() {
    // Of 14 ranges of 2 and one of 31 the mean is 3.93; 31 is more than 3.267 times that, and left out.
    let jump = signal(swinging(15), &[40.0]);
    assert_eq!((jump.kind, jump.direction), (Kind::BeyondLimit, Direction::Improvement));
    assert!((jump.high - jump.centre - 2.66 * 2.0).abs() < 1e-12);
}

#[test]
fn on_a_limit_is_not_beyond_it() {
    // Shares that no float holds exactly.
    let on_limit = |beyond: f64| {
        let earlier: Vec<f64> = [0.2, 0.3].into_iter().cycle().take(15).collect();
        // Of n figures, the first with the sum s and ranges of r in all, the last is x = (s + x) / n + 2.66 (r + x − 0.2) / (n − 1).
        let (n, s, r) = (16.0, earlier.iter().sum::<f64>(), 1.4);
        let x = (s / n + 2.66 * (r - 0.2) / (n - 1.0)) / (1.0 - 1.0 / n - 2.66 / (n - 1.0));
        let figures: Vec<Option<f64>> = earlier.into_iter().chain([x + beyond]).map(Some).collect();
        Signal::of_group(&figures, Better::Lower).unwrap()
    };
    assert!((on_limit(0.0).high - 0.6).abs() < 0.1);
    assert_eq!(on_limit(0.0).kind, Kind::Usual);
    assert_eq!(on_limit(1e-6).kind, Kind::BeyondLimit);
    assert_eq!(on_limit(1e-6).direction, Direction::Concern);
}

#[test]
fn seven_on_one_side_are_a_run_and_one_on_the_centre_breaks_it() {
    let below = [9.0, 8.0, 9.0, 8.0, 9.0, 8.0, 9.0];
    let run = signal(swinging(14), &below);
    assert_eq!((run.kind, run.direction), (Kind::Run, Direction::Concern));
    assert_eq!(signal(swinging(14), &below[1..]).kind, Kind::Usual);
    let centred =
        [9.0, 11.0, 9.0, 11.0, 8.0, 12.0, 9.0, 11.0, 9.0, 11.0, 9.0, 9.0, 9.0, 10.0, 9.0, 9.0, 9.0, 13.0, 12.0];
    let ends_low = centred.iter().rev().copied().map(Some).collect::<Vec<_>>();
    assert_ne!(Signal::of(&ends_low, Better::Higher).unwrap().kind, Kind::Run);
}

#[test]
fn seven_that_rise_are_a_trend_and_two_equal_ones_break_it() {
    let wide: Vec<Option<f64>> = [0.0, 20.0].into_iter().cycle().take(14).map(Some).collect();
    let rising = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0];
    let trend = signal(wide.clone(), &rising);
    assert_eq!((trend.kind, trend.direction), (Kind::Trend, Direction::Improvement));
    assert_eq!(signal(wide.clone(), &[7.0, 8.0, 9.0, 9.0, 11.0, 12.0, 13.0]).kind, Kind::Usual);
    // The step from 20 down to 7 is none of it.
    assert_eq!(signal(wide, &rising[1..]).kind, Kind::Usual);
}

#[test]
fn two_of_three_count_only_if_the_last_is_one_of_them() {
    assert_eq!(signal(swinging(20), &[15.0, 10.0, 15.0]).kind, Kind::TwoOfThree);
    assert_eq!(signal(swinging(20), &[15.0, 15.0, 10.0]).kind, Kind::Usual);
    assert_eq!(signal(swinging(20), &[15.0, 10.0, 5.0]).kind, Kind::Usual);
}

#[test]
fn limits_begin_anew_after_a_lasting_shift() {
    let higher: Vec<f64> = [12.0, 14.0].into_iter().cycle().take(12).collect();
    let shifted = signal(swinging(13), &higher);
    assert_eq!((shifted.points, shifted.kind), (12, Kind::Usual));
    assert!((shifted.centre - 13.0).abs() < 1e-12);
    // Four that follow a run are not enough: the run is still a signal.
    let too_young = signal(swinging(13), &higher[..11]);
    assert_eq!((too_young.points, too_young.kind), (24, Kind::Run));
    // What goes back was no lasting shift.
    let back: Vec<f64> = higher[..7].iter().copied().chain([9.0, 11.0, 9.0, 11.0, 9.0]).collect();
    assert_eq!(signal(swinging(13), &back).points, 25);
}

#[test]
fn absences_are_dropped_and_their_neighbours_adjacent() {
    let gaps: Vec<Option<f64>> = swinging(13).into_iter().flat_map(|figure| [None, figure]).collect();
    assert_eq!(Signal::of(&gaps, Better::Higher), Signal::of(&swinging(13), Better::Higher));
    assert_eq!(Signal::of(&gaps[4..], Better::Higher), None, "eleven are too few");
    let no_last: Vec<Option<f64>> = swinging(20).into_iter().chain([None]).collect();
    assert_eq!(Signal::of(&no_last, Better::Higher), None);
}

#[test]
fn only_the_last_26_periods_are_looked_at() {
    let old: Vec<Option<f64>> = (0..40).map(|old| Some(f64::from(old * 1000))).chain(swinging(26)).collect();
    assert_eq!(Signal::of(&old, Better::Higher), Signal::of(&swinging(26), Better::Higher));
}

#[test]
fn where_nothing_moves_nothing_stands_out() {
    assert_eq!(Signal::of(&[Some(0.1 + 0.2); 20], Better::Higher), None);
    let rounding: Vec<Option<f64>> = [0.3, 0.1 + 0.2].into_iter().cycle().take(20).map(Some).collect();
    assert_eq!(Signal::of(&rounding, Better::Higher), None);
    assert_eq!(Signal::of(&[Some(0.0); 20], Better::Higher), None);
}

#[test]
fn the_first_figure_that_differs_lies_beyond_the_limits() {
    let waiting: Vec<Option<f64>> = [Some(0.0); 25].into_iter().chain([Some(50.0)]).collect();
    let signal = Signal::of(&waiting, Better::Lower).unwrap();
    assert_eq!((signal.kind, signal.direction), (Kind::BeyondLimit, Direction::Concern));
    assert_eq!((signal.centre, signal.low, signal.high), (0.0, 0.0, 0.0));
    assert_eq!(Signal::of_group(&waiting, Better::Lower), None);
    // What never moves is its own limit.
    assert_eq!(Signal::usual_limit(&waiting, Better::Lower), Some(0.0));
    assert_eq!(Signal::usual_limit(&[Some(3.0); 20], Better::Higher), Some(3.0));
    assert_eq!(Signal::usual_limit(&[Some(3.0); 11], Better::Higher), None);
}

#[test]
fn a_group_can_only_lie_beyond_a_limit() {
    let run: Vec<Option<f64>> = swinging(14).into_iter().chain([Some(9.0); 7]).collect();
    assert_eq!(Signal::of(&run, Better::Higher).unwrap().kind, Kind::Run);
    assert_eq!(Signal::of_group(&run, Better::Higher).unwrap().kind, Kind::Usual);
}

#[test]
fn what_is_better_says_what_a_signal_means() {
    let up: Vec<Option<f64>> = swinging(15).into_iter().chain([Some(40.0)]).collect();
    let direction = |better| Signal::of(&up, better).unwrap().direction;
    assert_eq!(direction(Better::Higher), Direction::Improvement);
    assert_eq!(direction(Better::Lower), Direction::Concern);
    assert_eq!(direction(Better::Neutral), Direction::Neutral);
}

#[test]
fn the_limits_say_whether_a_mark_is_kept() {
    let usual = signal(swinging(14), &[]); // 4.68 to 15.32
    let at_least = |mark| usual.assurance(mark, Better::Higher);
    assert_eq!(at_least(4.68), Some(Assurance::Kept));
    assert_eq!(at_least(10.0), Some(Assurance::NowAndThen));
    assert_eq!(at_least(15.32), Some(Assurance::NowAndThen));
    assert_eq!(at_least(16.0), Some(Assurance::Missed));
    let at_most = |mark| usual.assurance(mark, Better::Lower);
    assert_eq!(at_most(16.0), Some(Assurance::Kept));
    assert_eq!(at_most(4.0), Some(Assurance::Missed));
    assert_eq!(usual.assurance(10.0, Better::Neutral), None);
}

#[test]
fn beyond_usual_is_the_limit_on_the_bad_side() {
    let usual = signal(swinging(14), &[]);
    assert_eq!(usual.bad_limit(Better::Higher), Some(usual.low));
    assert_eq!(usual.bad_limit(Better::Lower), Some(usual.high));
    assert_eq!(usual.bad_limit(Better::Neutral), None);
}
