//! Hackershelf

pub mod sync;
