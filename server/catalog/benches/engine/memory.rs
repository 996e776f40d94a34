//! How much memory Rust code takes at most. What C libraries take (a database's caches, answers on their way) is not
//! counted.

use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

/// The allocator of the server, with a count of what is taken while that is measured. At other times counting would hold up
/// threads that work side by side.
pub struct Counting;

static MEASURING: AtomicBool = AtomicBool::new(false);
/// What was taken since measuring began, less what was given back, in bytes.
static NOW: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

fn changed(bytes: isize) {
    if MEASURING.load(Relaxed) {
        let now = NOW.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(now, Relaxed);
    }
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its nature; every call is handed on as it came")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        changed(layout.size().cast_signed());
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        changed(-layout.size().cast_signed());
        unsafe { MiMalloc.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both are there for a moment.
        changed(size.cast_signed());
        changed(-layout.size().cast_signed());
        unsafe { MiMalloc.realloc(pointer, layout, size) }
    }
}

/// The most that `work` held at a time, in bytes, beyond what was held before.
pub fn peak_of(work: impl FnOnce()) -> usize {
    NOW.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    MEASURING.store(true, Relaxed);
    work();
    MEASURING.store(false, Relaxed);
    PEAK.load(Relaxed).cast_unsigned()
}
