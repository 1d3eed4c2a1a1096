//! What the reader sees. Components read signals and send intents; `state` alone writes what
//! comes back, so that a component never awaits and never meets an error of the network.

pub mod activity;
pub mod address;
pub mod keys;
pub mod moves;
pub mod reveal;
pub mod sieve;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod call;
#[cfg(target_arch = "wasm32")]
mod children;
#[cfg(target_arch = "wasm32")]
mod el;
#[cfg(target_arch = "wasm32")]
mod focus;
#[cfg(target_arch = "wasm32")]
mod keyboard;
#[cfg(target_arch = "wasm32")]
mod later;
#[cfg(target_arch = "wasm32")]
mod look;
#[cfg(target_arch = "wasm32")]
mod navigation;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod parts;
#[cfg(target_arch = "wasm32")]
mod place;
#[cfg(target_arch = "wasm32")]
mod release;
#[cfg(target_arch = "wasm32")]
mod rescue;
#[cfg(target_arch = "wasm32")]
pub mod safe_html;
#[cfg(target_arch = "wasm32")]
mod signal;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod words;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
#[cfg(target_arch = "wasm32")]
pub use rescue::on_panic;
#[cfg(target_arch = "wasm32")]
pub use state::Start;
