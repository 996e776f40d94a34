//! Reading ahead: one thread reads rows while another one folds those that were read before.

use crate::StoreError;
use pegel_kpi::data::batch::{Batch, Values};
use pegel_kpi::data::path::Projection;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

/// So many batches may wait to be folded.
const AHEAD: usize = 2;

/// Reads batches on a thread of its own and hands them on here, in their order. `read` fills batches of these columns and
/// gives each to its argument, which empties it.
pub(crate) fn ahead(
    columns: &[Projection],
    read: impl FnOnce(&mut dyn FnMut(&mut Batch)) -> Result<(), StoreError> + Send,
    each: &mut dyn FnMut(&mut Batch),
) -> Result<(), StoreError> {
    let (filled, arriving) = sync_channel::<Parcel>(AHEAD);
    let (emptied, returning) = channel();
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let mut packing = Packing { sent: vec![0; columns.len()], returning };
            // Nobody waits for it any more if the fold has failed.
            read(&mut |batch| _ = filled.send(packing.packed(batch)))
        });
        unpack(arriving, &emptied, Batch::new(columns), each);
        reading.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn unpack(arriving: Receiver<Parcel>, emptied: &Sender<Parcel>, mut batch: Batch, each: &mut dyn FnMut(&mut Batch)) {
    for mut parcel in arriving {
        parcel.unpack(&mut batch);
        each(&mut batch);
        // The thread that reads may be done.
        _ = emptied.send(parcel);
    }
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
    fn unpack(&mut self, batch: &mut Batch) {
        for (packed, values) in self.0.iter_mut().zip(&mut batch.columns) {
            match (packed, values) {
                (Packed::Numbers(packed), Values::Numbers(numbers)) => {
                    std::mem::swap(packed, numbers);
                    packed.clear();
                }
                (Packed::Texts(packed, texts), Values::Texts(codes, dictionary)) => {
                    std::mem::swap(packed, codes);
                    packed.clear();
                    texts.drain(..).for_each(|text| _ = dictionary.add(text));
                }
                _ => unreachable!("a parcel is like its batch"),
            }
        }
    }
}
