use super::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn of(numerator: f64, denominator: f64) -> Ratio {
    Ratio { numerator, denominator }
}

fn close(one: f64, other: f64) {
    assert!((one - other).abs() < 1e-12, "{one} is not {other}");
}

/// What the contributions add up to, and the size of all that was added.
fn sum(contributions: &[Contribution]) -> (f64, f64) {
    let effects = || contributions.iter().flat_map(|of| [of.rate, of.mix]);
    (effects().sum(), effects().map(f64::abs).sum())
}

#[test]
fn the_groups_of_a_thousand_random_tables_add_up_to_the_change() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let (mut came, mut went, mut without) = (0, 0, 0);
    for case in 0..1000 {
        let groups = random.random_range(1..30);
        let table = |random: &mut ChaCha8Rng| -> Vec<Ratio> {
            let largest = [3, 100, 1_000_000][random.random_range(0..3)];
            let row = |random: &mut ChaCha8Rng| {
                let rows: u32 = if random.random_bool(0.2) { 0 } else { random.random_range(0..largest) };
                of(random.random_range(0..=rows).into(), rows.into())
            };
            (0..groups).map(|_| row(random)).collect()
        };
        let (before, after) = (table(&mut random), table(&mut random));
        let rate = |table: &[Ratio]| {
            let numerators: f64 = table.iter().map(|group| group.numerator).sum();
            let denominators: f64 = table.iter().map(|group| group.denominator).sum();
            (denominators > 0.0).then(|| numerators / denominators)
        };
        let (Some(r0), Some(r1)) = (rate(&before), rate(&after)) else {
            assert_eq!(of_shares(&before, &after), None);
            without += 1;
            continue;
        };
        let contributions = of_shares(&before, &after).unwrap();
        let (change, moved) = sum(&contributions);
        assert!((change - (r1 - r0)).abs() <= 1e-12 * moved.max(r0 + r1), "{case}: {change} is not {}", r1 - r0);

        let amounts = |table: &[Ratio]| -> Vec<f64> { table.iter().map(|group| group.numerator).collect() };
        let (change, _) = sum(&of_amounts(&amounts(&before), &amounts(&after)));
        close(change, amounts(&after).iter().sum::<f64>() - amounts(&before).iter().sum::<f64>());

        for ((before, after), contribution) in before.iter().zip(&after).zip(&contributions) {
            let absent = before.denominator == 0.0 || after.denominator == 0.0;
            assert!(!absent || contribution.rate == 0.0, "{case}: {before:?} {after:?} {contribution:?}");
            came += i32::from(before.denominator == 0.0 && after.denominator > 0.0);
            went += i32::from(before.denominator > 0.0 && after.denominator == 0.0);
        }
    }
    assert!(came > 100 && went > 100 && without > 10, "{came} {went} {without}");
}

#[test]
fn a_region_that_answers_less_is_named() {
    // 90 % of 100 each; then Küste answers 70 of 100: the total falls by 10 points, all of it Küste's.
    let [before, after] = [[of(90.0, 100.0), of(90.0, 100.0)], [of(90.0, 100.0), of(70.0, 100.0)]];
    let contributions = of_shares(&before, &after).unwrap();
    close(contributions[0].rate, 0.0);
    close(contributions[1].rate, -0.1);
    close(contributions[1].mix, 0.0);
}

#[test]
fn more_leads_where_few_are_answered_are_a_mix_effect() {
    // 80 % of 100 and 40 % of 100 are 60 %; 80 % of 50 and 40 % of 150 are 50 %, and no region got worse.
    let [before, after] = [[of(80.0, 100.0), of(40.0, 100.0)], [of(40.0, 50.0), of(60.0, 150.0)]];
    let contributions = of_shares(&before, &after).unwrap();
    // (0.8 − 0.55) × (0.25 − 0.5) and (0.4 − 0.55) × (0.75 − 0.5)
    close(contributions[0].mix, -0.0625);
    close(contributions[1].mix, -0.0375);
    close(contributions[0].rate, 0.0);
}

#[test]
fn both_effects_are_told_apart_by_the_formula() {
    let [before, after] = [[of(8.0, 10.0), of(10.0, 40.0)], [of(18.0, 30.0), of(4.0, 20.0)]];
    let contributions = of_shares(&before, &after).unwrap();
    // w 0.2 → 0.6, r 0.8 → 0.6; w 0.8 → 0.4, r 0.25 → 0.2; R 0.36 → 0.44.
    close(contributions[0].rate, 0.4 * -0.2);
    close(contributions[0].mix, (0.7 - 0.4) * 0.4);
    close(contributions[1].rate, 0.6 * -0.05);
    close(contributions[1].mix, (0.225 - 0.4) * -0.4);
}

#[test]
fn a_group_that_comes_contributes_mix() {
    let [before, after] = [[of(90.0, 100.0), of(0.0, 0.0)], [of(90.0, 100.0), of(10.0, 100.0)]];
    let contributions = of_shares(&before, &after).unwrap();
    close(contributions[1].rate, 0.0);
    close(contributions[1].mix, (0.1 - 0.7) * 0.5);
}
