use super::*;

/// The numbers that are not worked out here come from SciPy 1.17: `binomtest`, `ttest_1samp`, `t.sf`.
fn close(p_value: Option<f64>, expected: f64) {
    let p_value = p_value.unwrap();
    assert!((p_value - expected).abs() <= 1e-9, "{p_value} is not {expected}");
}

fn share(hits: u64, rows: u64) -> Sample {
    Sample::Share { hits, rows }
}

#[test]
fn a_share_is_tested_by_the_binomial_distribution() {
    // Of ten coins none falls on heads, or at most one: (1 + 10) ÷ 2¹⁰.
    close(share(0, 10).p_value(0.5, Better::Higher), 1.0 / 1024.0);
    close(share(1, 10).p_value(0.5, Better::Higher), 11.0 / 1024.0);
    close(share(9, 10).p_value(0.5, Better::Lower), 11.0 / 1024.0);
    close(share(0, 10).p_value(0.5, Better::Lower), 1.0);
    // 68.8 % of 64 may be chance, 41 of 71 is none.
    close(share(44, 64).p_value(0.75, Better::Higher), 0.156_057_081_004_168_5);
    close(share(41, 71).p_value(0.75, Better::Higher), 0.001_089_742_554_450_925_8);
    close(share(9, 40).p_value(0.1, Better::Lower), 0.015_495_305_414_444_483);
}

#[test]
fn many_rows_and_rare_hits_are_tested_as_exactly() {
    close(share(749_000, 1_000_000).p_value(0.75, Better::Higher), 0.010_515_838_611_016_097);
    close(share(1, 1_000_000).p_value(1e-6, Better::Lower), 0.632_120_742_768_355);
}

#[test]
fn a_mark_at_the_end_of_all_shares_is_broken_by_one_row() {
    close(share(19, 20).p_value(1.0, Better::Higher), 0.0);
    close(share(20, 20).p_value(1.0, Better::Higher), 1.0);
    close(share(1, 20).p_value(0.0, Better::Lower), 0.0);
    close(share(0, 20).p_value(0.0, Better::Lower), 1.0);
}

#[test]
fn a_mean_is_tested_by_students_distribution() {
    let minutes = [52.0, 61.0, 58.0, 70.0, 66.0, 49.0, 75.0, 63.0, 68.0, 59.0, 72.0, 64.0];
    let sample = Sample::mean(12, minutes.iter().sum(), minutes.iter().map(|x| x * x).sum());
    let Sample::Mean { mean, variance, .. } = sample else { panic!("{sample:?}") };
    assert!((mean - 757.0 / 12.0).abs() < 1e-12 && (variance - 60.992_424_242_424).abs() < 1e-9);
    close(sample.p_value(60.0, Better::Lower), 0.099_357_750_439_301_58);
    close(sample.p_value(68.0, Better::Higher), 0.025_894_704_241_238_454);
    // The table of every textbook: 2.262 standard errors at nine degrees of freedom are 2.5 %.
    let table = Sample::Mean { rows: 10, mean: 2.262_157_162_740_992, variance: 10.0 };
    close(table.p_value(0.0, Better::Lower), 0.025);
    let many = Sample::Mean { rows: 1_000_000, mean: 1.65, variance: 1_000_000.0 };
    close(many.p_value(0.0, Better::Lower), 0.049_471_625_064_778_59);
}

#[test]
fn equal_rows_beyond_a_mark_are_no_chance() {
    let equal = Sample::mean(10, 50.0, 250.0);
    assert_eq!(equal.p_value(4.0, Better::Lower), Some(0.0));
    assert_eq!(equal.p_value(5.0, Better::Lower), Some(1.0));
    assert_eq!(equal.p_value(4.0, Better::Higher), Some(1.0));
}

#[test]
fn a_median_is_tested_by_the_signs() {
    // At most three of fourteen above: (1 + 14 + 91 + 364) ÷ 2¹⁴.
    let low = Sample::Median { below: 11, above: 3 };
    close(low.p_value(20.0, Better::Higher), 470.0 / 16384.0);
    let high = Sample::Median { below: 3, above: 11 };
    close(high.p_value(20.0, Better::Lower), 470.0 / 16384.0);
}

#[test]
fn nine_rows_prove_nothing() {
    assert_eq!(share(0, 9).p_value(0.9, Better::Higher), None);
    assert_eq!(Sample::mean(9, 9.0, 12.0).p_value(100.0, Better::Higher), None);
    assert_eq!(Sample::Median { below: 9, above: 0 }.p_value(100.0, Better::Higher), None);
}

#[test]
fn what_cannot_be_tested_is_not() {
    assert_eq!(share(0, 20).p_value(0.9, Better::Neutral), None);
    assert_eq!(share(21, 20).p_value(0.9, Better::Higher), None);
    assert_eq!(share(3, 20).p_value(75.0, Better::Higher), None);
    assert_eq!(Sample::Mean { rows: 20, mean: f64::NAN, variance: 1.0 }.p_value(1.0, Better::Higher), None);
}

#[test]
fn the_example_of_benjamini_and_hochberg_finds_four() {
    // Section 4 of their paper: fifteen comparisons of two treatments of heart attacks.
    let p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0000,
    ];
    let expected: Vec<bool> = (0..15).map(|index| index < 4).collect();
    assert_eq!(discoveries(&p_values, LEVEL), expected);
    let backwards: Vec<f64> = p_values.into_iter().rev().collect();
    assert_eq!(discoveries(&backwards, LEVEL), expected.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn a_later_test_can_carry_the_earlier_ones() {
    // 0.03 alone is more than 5 % ÷ 2, but both are at most 5 %.
    assert_eq!(discoveries(&[0.04, 0.03], LEVEL), [true, true]);
    assert_eq!(discoveries(&[0.06, 0.03], LEVEL), [false, false]);
    assert_eq!(discoveries(&[0.04], LEVEL), [true]);
    assert!(discoveries(&[], LEVEL).is_empty());
}

#[test]
fn among_many_groups_on_the_mark_chance_names_none() {
    // 116 partners whose p-values lie as evenly as chance lays them: five of them below 5 %.
    let by_chance: Vec<f64> = (1..=116).map(|rank| f64::from(rank) / 117.0).collect();
    assert_eq!(by_chance.iter().filter(|p| **p < LEVEL).count(), 5);
    assert!(!discoveries(&by_chance, LEVEL).contains(&true));
}
