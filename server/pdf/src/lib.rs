//! PDF: values and templates in, the bytes of a tagged PDF out, set by [Typst](https://typst.app) as a library.
//!
//! - [`templates`]: templates of documents; `press` parses them, sets one and exports it
//! - `world`: all that a template can reach, which is the templates and the values, no file and no clock
//! - `fonts`: the fonts that are built in; `shown`: texts without what these cannot show
//! - `error`: what is wrong with a template, with file, line and caret
//!
//! Knows nothing of editions, languages or files.

mod error;
mod fonts;
mod press;
mod shown;
pub mod templates;
mod world;

pub use error::PdfError;
pub use press::Made;
pub use templates::Templates;
