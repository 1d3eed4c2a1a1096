//! What a reader does, in Chromium.

use std::process::ExitCode;

mod politeness;

fn main() -> ExitCode {
    e2e::suite::main([politeness::cases()].concat())
}
