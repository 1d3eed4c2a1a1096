//! One request's life: the real client over a scripted network and a clock that only moves when
//! told.

#![cfg(not(target_arch = "wasm32"))]

mod events;
mod leaving;
mod limits;
mod offline;
mod pausing;
mod retries;
mod sharing;
mod tabs;
mod world;
