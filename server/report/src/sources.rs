//! What an edition rests on, each with its hash. One line has the same form whatever it is of: its kind and name say
//! which, the hash says whether it is the same; the version names it where it has a number.
//!
//! | kind | name | version |
//! |---|---|---|
//! | `activation` | `kpis` | its number |
//! | `kpi`, `helper`, `calendar`, `thresholds` | the file | |
//! | `report` | the report | |
//! | `template` | the template | |
//! | `import` | the table | number and instant of the newest import that wrote it |
//! | `program` | `pegel` | its version |

use crate::definition::ReportDefinition;
use crate::render::Templates;
use jiff::Timestamp;
use pegel_catalog::Catalog;
use pegel_catalog::files::kind_of;
use pegel_store::edition::SourceHash;
use pegel_store::imports::NewestImport;
use pegel_text::digest::sha256;
use std::collections::BTreeMap;

/// What figures rest on besides definition, catalogue and templates.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The number of the activation that put the catalogue in force; `None` where none is on record.
    pub activation: Option<i64>,
    /// By table, the newest import that wrote it.
    pub imports: &'a BTreeMap<String, NewestImport>,
    /// The version of the program.
    pub program: &'a str,
}

/// Everything that an edition is made from, sorted.
pub fn sources(
    definition: &ReportDefinition,
    catalog: &Catalog,
    templates: &Templates,
    ground: &Ground,
) -> Vec<SourceHash> {
    let activation = SourceHash {
        version: ground.activation.map(|id| id.to_string()),
        ..source("activation", "kpis", &catalog.files.digest())
    };
    let program =
        SourceHash { version: Some(ground.program.to_owned()), ..source("program", "pegel", &sha256(ground.program)) };
    let mut sources = vec![activation, program, source("report", &definition.name, &definition.sha256)];
    sources.extend(catalog.files.hashes().map(|(file, sha256)| source(kind_of(file), file, &sha256)));
    sources.extend(templates.hashes().map(|(name, sha256)| source("template", name, sha256)));
    sources.extend(ground.imports.iter().map(import));
    sources.sort();
    sources
}

/// One line for each field, so that the hash can be made again with `sha256sum`.
fn import((table, import): (&String, &NewestImport)) -> SourceHash {
    let NewestImport { id, imported_at, complete_until } = import;
    let at = Timestamp::from_second(*imported_at).unwrap_or(Timestamp::MAX);
    let hash = sha256(format!("{table}\n{id}\n{imported_at}\n{complete_until}\n"));
    SourceHash { version: Some(format!("{id} {at}")), ..source("import", table, &hash) }
}

fn source(kind: &str, name: &str, sha256: &str) -> SourceHash {
    SourceHash { kind: kind.to_owned(), name: name.to_owned(), sha256: sha256.to_owned(), version: None }
}
