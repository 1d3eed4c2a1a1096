//! Hackershelf
