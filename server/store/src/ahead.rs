//! Reading ahead: threads read rows while another one folds those that were read before.

use crate::StoreError;
use pegel_kpi::data::batch::{Batch, MISSING_TEXT, Values};
use pegel_kpi::data::path::Projection;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

/// So many batches of each part may wait to be folded.
const AHEAD: usize = 2;

/// What reads batches: it fills them and gives each to its argument, which empties it.
pub(crate) type Read<'a> = Box<dyn FnOnce(&mut dyn FnMut(&mut Batch)) -> Result<(), StoreError> + Send + 'a>;

/// Reads batches of these columns, each part on a thread of its own, and hands them on here: those of each part in their
/// order, the parts in turn, so that they come in the same order whichever thread is faster.
pub(crate) fn ahead(
    columns: &[Projection],
    parts: Vec<Read>,
    each: &mut dyn FnMut(&mut Batch),
) -> Result<(), StoreError> {
    thread::scope(|scope| {
        let (mut reading, mut arriving) = (Vec::new(), Vec::new());
        for read in parts {
            let (filled, parcels) = sync_channel::<Parcel>(AHEAD);
            let (emptied, returning) = channel();
            reading.push(scope.spawn(move || {
                let mut packing = Packing { sent: vec![0; columns.len()], returning };
                // Nobody waits for it any more if the fold has failed.
                read(&mut |batch| _ = filled.send(packing.packed(batch)))
            }));
            arriving.push(Arriving { parcels, emptied, codes: vec![Vec::new(); columns.len()] });
        }
        unpack(arriving, Batch::new(columns), each);
        let ended = reading.into_iter().map(|reading| reading.join().unwrap_or_else(|panic| resume_unwind(panic)));
        ended.fold(Ok(()), Result::and)
    })
}

fn unpack(mut arriving: Vec<Arriving>, mut batch: Batch, each: &mut dyn FnMut(&mut Batch)) {
    while !arriving.is_empty() {
        arriving.retain_mut(|part| {
            let Ok(mut parcel) = part.parcels.recv() else { return false };
            parcel.unpack(&mut batch, &mut part.codes);
            each(&mut batch);
            // The thread that reads may be done.
            _ = part.emptied.send(parcel);
            true
        });
    }
}

/// The rows of one part, where they arrive.
struct Arriving {
    parcels: Receiver<Parcel>,
    emptied: Sender<Parcel>,
    /// For each column, which code here each code of the part stands for.
    codes: Vec<Vec<u32>>,
}

/// Rows on their way from one thread to the other.
struct Parcel(Vec<Packed>);

enum Packed {
    Numbers(Vec<f64>),
    /// Codes, and the texts behind those that are new.
    Texts(Vec<u32>, Vec<Arc<str>>),
}

struct Packing {
    /// How many texts of each column the other thread knows.
    sent: Vec<usize>,
    /// Parcels that are empty again.
    returning: Receiver<Parcel>,
}

impl Packing {
    /// Takes the rows out of a batch, and leaves it empty.
    fn packed(&mut self, batch: &mut Batch) -> Parcel {
        let mut parcel = self.returning.try_recv().unwrap_or_else(|_| Parcel::like(batch));
        for ((packed, values), sent) in parcel.0.iter_mut().zip(&mut batch.columns).zip(&mut self.sent) {
            match (packed, values) {
                (Packed::Numbers(packed), Values::Numbers(numbers)) => std::mem::swap(packed, numbers),
                (Packed::Texts(packed, texts), Values::Texts(codes, dictionary)) => {
                    std::mem::swap(packed, codes);
                    texts.extend(dictionary.since(*sent).iter().cloned());
                    *sent = dictionary.len();
                }
                _ => unreachable!("a parcel is like its batch"),
            }
        }
        parcel
    }
}

impl Parcel {
    /// An empty one.
    fn like(batch: &Batch) -> Parcel {
        let column = |values: &Values| match values {
            Values::Numbers(_) => Packed::Numbers(Vec::new()),
            Values::Texts(..) => Packed::Texts(Vec::new(), Vec::new()),
        };
        Parcel(batch.columns.iter().map(column).collect())
    }

    /// Puts the rows into a batch in the place of those that are in it, and keeps their room.
    fn unpack(&mut self, batch: &mut Batch, codes: &mut [Vec<u32>]) {
        for ((packed, values), known) in self.0.iter_mut().zip(&mut batch.columns).zip(codes) {
            match (packed, values) {
                (Packed::Numbers(packed), Values::Numbers(numbers)) => {
                    std::mem::swap(packed, numbers);
                    packed.clear();
                }
                (Packed::Texts(packed, texts), Values::Texts(codes, dictionary)) => {
                    known.extend(texts.drain(..).map(|text| {
                        let code = dictionary.code(&text);
                        code.unwrap_or_else(|| dictionary.add(text))
                    }));
                    codes.clear();
                    codes
                        .extend(packed.drain(..).map(|code| known.get(code as usize).copied().unwrap_or(MISSING_TEXT)));
                }
                _ => unreachable!("a parcel is like its batch"),
            }
        }
    }
}
