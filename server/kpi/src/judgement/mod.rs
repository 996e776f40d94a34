//! What a figure may be taken to say: what it will come to, whether it stands out, whether a broken mark is sure, what
//! made it change. Plain numbers in, plain answers out.
//!
//! - [`contributions`]: what made a total change
//! - [`expected`]: what an unsettled figure will come to
//! - [`judged`]: how a figure was judged, and by what
//! - [`signal`]: whether it stands out from those before it
//! - [`significance`]: whether a broken mark is more than chance

pub mod contributions;
pub mod expected;
pub mod judged;
pub mod signal;
pub mod significance;
