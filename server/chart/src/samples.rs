//! Charts for tests.

use crate::chart::{Chart, Form, Point, Tone};

/// A course of these figures.
pub(crate) fn course(form: Form, figures: &[Option<f64>]) -> Chart {
    let point = |(place, value): (usize, &Option<f64>)| Point {
        name: format!("Week {}: {}", place + 1, value.map_or_else(|| "no data".to_owned(), |value| value.to_string())),
        tick: format!("W{}", place + 1),
        value: *value,
        tone: Tone::Plain,
        provisional: false,
    };
    Chart::new(form, figures.iter().enumerate().map(point).collect())
}
