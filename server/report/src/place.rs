//! Where something stands among others.

/// The place of the one that is it; if there is none, a new one is added at the end.
pub(crate) fn place<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    all.iter().position(is_it).unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    })
}
