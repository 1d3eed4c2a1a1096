//! What a reader does, in Chromium.

use std::process::ExitCode;

mod behind;
mod care;
mod failing;
mod keeping;
mod people;
mod politeness;
mod reading;
mod search;
mod storms;
mod tabs;
mod whole;

fn main() -> ExitCode {
    let cases = [
        politeness::cases(),
        reading::cases(),
        search::cases(),
        keeping::cases(),
        people::cases(),
        failing::cases(),
        care::cases(),
        behind::cases(),
        whole::cases(),
        tabs::cases(),
        storms::cases(),
    ];
    e2e::suite::main(cases.concat())
}
