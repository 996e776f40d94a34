//! Templates, parsed.

use std::collections::HashMap;
use std::sync::Arc;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

/// Templates of documents, which can import each other by their names. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    sources: Arc<HashMap<FileId, Source>>,
}

impl Templates {
    /// In order or not.
    pub(crate) fn of(sources: impl Iterator<Item = Source>) -> Templates {
        Templates { sources: Arc::new(sources.map(|source| (source.id(), source)).collect()) }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    pub(crate) fn get(&self, id: FileId) -> Option<&Source> {
        self.sources.get(&id)
    }
}

/// What Typst knows a file of that name by; `None` if it is no name of a file.
pub(crate) fn file(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}
