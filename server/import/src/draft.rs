//! Records → candidates: what each row brings to each table, or what is wrong with it by itself. Knows no database.

use crate::convert::Formats;
use crate::input::Chunk;
use crate::mapping::{Mapping, Moment, TableMapping};
use crate::row::{Draft, KeyNotTaken, Occurrences, Row};
use crate::sense::Sense;
use crate::source::Record;
use crate::summary::{At, Fault};
use crate::watch::Watch;
use csv::StringRecord;

/// A row on trial: what it brings to each table of the mapping.
pub(crate) struct Candidate {
    /// From 0.
    pub number: usize,
    pub at: At,
    /// As they stand in the file.
    pub cells: StringRecord,
    /// The columns of the mapping whose values were cleaned.
    pub cleaned: Vec<usize>,
    pub drafts: Result<Vec<Option<Draft>>, Vec<Fault>>,
    /// What is in the file though it is not taken: by the place of a table in the mapping that is compared with the
    /// file, a key.
    pub not_taken: Vec<(usize, String)>,
    /// Whether such a key cannot be told.
    pub keyless: bool,
}

/// Reads the rows of a file one after the other.
pub(crate) struct Drafting<'a> {
    mapping: &'a Mapping,
    formats: &'a Formats<'a>,
    /// UTC seconds.
    now: i64,
    /// The earliest instant, in UTC seconds, at which rows say that they were exported.
    pub exported_at: Option<i64>,
    /// For each table of the mapping.
    seen: Vec<Occurrences>,
    senses: Vec<Sense>,
    watch: Watch,
    strict: bool,
}

impl<'a> Drafting<'a> {
    pub fn new(mapping: &'a Mapping, formats: &'a Formats<'a>, watch: Watch, now: i64, strict: bool) -> Drafting<'a> {
        let seen = vec![Occurrences::new(); mapping.tables.len()];
        let senses = mapping.tables.iter().map(Sense::new).collect();
        Drafting { mapping, formats, now, exported_at: None, seen, senses, watch, strict }
    }

    /// What the columns look like over all rows.
    pub fn end(self) -> Watch {
        self.watch
    }

    pub fn chunk(&mut self, Chunk { first, records, places }: Chunk) -> Vec<Candidate> {
        let numbered = records.into_iter().enumerate();
        numbered.map(|(offset, record)| self.candidate(first + offset, record, places)).collect()
    }

    fn candidate(&mut self, number: usize, record: Record, places: &[usize]) -> Candidate {
        let Record { file, written_at, line, heading, cells, original, broken } = record;
        let none = Candidate {
            number,
            at: At { file, line },
            cells: StringRecord::new(),
            cleaned: Vec::new(),
            drafts: Ok(Vec::new()),
            not_taken: Vec::new(),
            keyless: false,
        };
        self.watch.begin(&none.at);
        let mut candidate = match broken {
            Some(reason) => Candidate {
                drafts: Err(vec![Fault { column: String::new(), value: String::new(), reason }]),
                keyless: self.mapping.tables.iter().any(|table| table.complete),
                ..none
            },
            None => self.drafted(none, &cells, (places, written_at)),
        };
        if let Some(original) = &original {
            let cleaned = (0..places.len()).filter(|&column| cells.get(places[column]) != original.get(places[column]));
            candidate.cleaned.extend(cleaned);
        }
        candidate.cells = original.unwrap_or(cells);
        candidate.drafts = candidate.drafts.map_err(|faults| self.headed(faults, heading.as_deref()));
        candidate
    }

    /// The value that a row was made of is known to people by its heading.
    fn headed(&self, mut faults: Vec<Fault>, heading: Option<&str>) -> Vec<Fault> {
        if let (Some(unpivot), Some(heading)) = (&self.mapping.unpivot, heading) {
            for fault in faults.iter_mut().filter(|fault| fault.column == unpivot.value) {
                heading.clone_into(&mut fault.column);
            }
        }
        faults
    }

    /// What a row brings to each table. All tables are asked even if one has found a fault, so that all faults of the
    /// row come out at once and its occurrences are counted.
    fn drafted(
        &mut self,
        mut candidate: Candidate,
        cells: &StringRecord,
        (places, written_at): (&[usize], Option<i64>),
    ) -> Candidate {
        let (mapping, formats, watch, strict) = (self.mapping, self.formats, &self.watch, self.strict);
        let row = Row { cells, places, mapping, formats, watch, strict, written_at, now: self.now };
        let mut drafts = Vec::with_capacity(self.mapping.tables.len());
        let mut faults = Vec::new();
        let tables = mapping.tables.iter().zip(&self.senses).zip(&mut self.seen);
        for (at, ((table, sense), seen)) in tables.enumerate() {
            let draft = row.draft(table, sense, seen).and_then(|draft| not_ahead(&row, table, draft, self.now));
            if let (true, Ok(None) | Err(_)) = (table.is_compared(), &draft) {
                match row.key_not_taken(&table.key, seen) {
                    KeyNotTaken::Is(key) => candidate.not_taken.push((at, key)),
                    KeyNotTaken::Missing => candidate.keyless |= table.complete && draft.is_err(),
                    KeyNotTaken::Unreadable => candidate.keyless |= table.complete,
                }
            }
            drafts.push(draft.unwrap_or_else(|found| {
                faults.extend(found);
                None
            }));
        }
        match self.exported(&row) {
            Ok(said) => self.exported_at = self.exported_at.into_iter().chain(said).min(),
            Err(fault) => faults.push(fault),
        }
        faults.dedup();
        if faults.is_empty() {
            candidate.drafts = Ok(drafts);
        } else {
            candidate.not_taken.extend(keys_compared(self.mapping, drafts));
            candidate.drafts = Err(faults);
        }
        candidate
    }

    /// When a row says that it was exported, where that is not known yet.
    fn exported(&self, row: &Row) -> Result<Option<i64>, Fault> {
        let moment = self.mapping.exported_at.as_ref();
        let moment = moment.filter(|moment| self.exported_at.is_none() || !moment.is_constant());
        moment.map_or(Ok(None), |moment| row.moment(moment))
    }
}

/// What a rejected row would have brought is in the file nevertheless: its keys, by the place of the table.
pub(crate) fn keys_compared(mapping: &Mapping, drafts: Vec<Option<Draft>>) -> impl Iterator<Item = (usize, String)> {
    let drafts = drafts.into_iter().enumerate().filter_map(|(at, draft)| Some((at, draft?.key)));
    drafts.filter(|(at, _)| mapping.tables[*at].is_compared())
}

/// What holds only from a day in the future on would count in what is scoped today; and nothing has changed then.
fn not_ahead(row: &Row, table: &TableMapping, draft: Option<Draft>, now: i64) -> Result<Option<Draft>, Vec<Fault>> {
    let Some(draft) = draft else { return Ok(None) };
    let moments = [(&table.valid_from, draft.valid_from), (&table.changed_at, draft.changed_at)];
    let ahead = moments.into_iter().filter(|(_, at)| at.is_some_and(|at| at > now));
    let fault = |moment: &Moment| match moment {
        Moment::Rule(rule) => row.fault(&rule.text, "it is in the future: import the row when it holds".to_owned()),
        Moment::File => {
            let reason = "the file's time is in the future: is the clock of the machine that wrote it right?";
            Fault { column: String::new(), value: String::new(), reason: reason.to_owned() }
        }
    };
    let faults: Vec<Fault> = ahead.filter_map(|(moment, _)| moment.as_ref()).map(fault).collect();
    if faults.is_empty() { Ok(Some(draft)) } else { Err(faults) }
}
