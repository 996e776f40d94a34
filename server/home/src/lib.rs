//! A home's files: what is built in, replaced file by file by what lies in the home. Whoever reads files that people
//! edit reads them through here, so that one file that is not in order takes down itself alone.
//!
//! - [`mod@read`]: one file: regular, of bounded size, UTF-8
//! - [`mod@folder`]: all files of a folder, each an [`Entry`] or the reason why not; what editors and systems leave
//!   about is skipped
//! - [`kept`]: what is made of all files of a folder together, made anew when they change; a file that is not in order
//!   keeps its last good version
//! - [`each`]: what is made of each file alone, whenever somebody asks
//!
//! [`Problem`]: what is wrong with a file, as it is told to people. Knows nothing of KPIs, reports or pages.

pub mod each;
mod entry;
pub mod folder;
pub mod kept;
mod problem;
pub mod read;

pub use each::{Each, Unknown};
pub use entry::{Entry, Origin};
pub use folder::{Folder, Holds, Listing};
pub use kept::{Kept, Made};
pub use problem::Problem;
pub use read::{Unreadable, read, read_if_there};
