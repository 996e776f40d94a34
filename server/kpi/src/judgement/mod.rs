//! What a figure may be taken to say: what it will come to, whether it stands out, whether a broken mark is sure, what
//! made it change. Plain numbers in, plain answers out.

pub mod expected;
pub mod judged;
pub mod signal;
pub mod significance;
