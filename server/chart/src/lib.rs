//! Charts: points, marks and bands in, pictures out. The same description and the same scale serve pages, mails and
//! exports, each in the form that it can show.
//!
//! - [`chart`]: what a chart shows, as plain data
//! - [`scale`]: from the lowest to the highest figure, with round [`steps`]; where the rule about zero is kept
//! - [`svg`]: drawn for a page, as a small trend, or as a picture that stands alone, coloured by classes or by a
//!   [`Palette`]
//! - [`columns`]: where no SVG is shown: columns of a table, blocks in a line of text
//!
//! Knows nothing of KPIs, languages or files: names and figures come in as the reader's locale writes them.

pub mod chart;
pub mod columns;
mod look;
#[cfg(test)]
mod samples;
pub mod scale;
pub mod steps;
pub mod svg;

pub use chart::{Band, Chart, Form, Mark, Point, Tone};
pub use look::Palette;
pub use steps::Steps;
