//! Where a build makes no PDF.

use crate::ReportError;
use crate::format::Format;
use crate::numbers::Numbers;
use pegel_home::Problem;
use std::path::Path;

/// Sets nothing.
#[derive(Debug)]
pub struct Typesetter;

impl Typesetter {
    /// # Errors
    /// Never.
    pub fn follow(_: &Path) -> Result<Typesetter, ReportError> {
        Ok(Typesetter)
    }

    /// None.
    pub fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "like the one that sets PDFs")]
    pub(super) fn pdf(&self, _: &Numbers, _: &str, _: &Format) -> Result<Vec<u8>, ReportError> {
        Err(ReportError::NoPdf)
    }
}
