//! What a reader does, in a real browser.

use std::process::ExitCode;

mod access;
mod behind;
mod care;
mod downloads;
mod durability;
mod failing;
mod focus;
mod hostile;
mod hosts;
mod keeping;
mod keys;
mod marks;
mod matrix;
mod oddities;
mod offline;
mod people;
mod policy;
mod politeness;
mod reading;
mod rescue;
mod search;
mod soak;
mod storms;
mod tabs;
mod threads;
mod transfer;
mod updates;
mod upkeep;
mod whole;

fn main() -> ExitCode {
    let cases = [
        politeness::cases(),
        reading::cases(),
        search::cases(),
        keeping::cases(),
        offline::cases(),
        updates::cases(),
        keys::cases(),
        focus::cases(),
        marks::cases(),
        people::cases(),
        downloads::cases(),
        transfer::cases(),
        upkeep::cases(),
        durability::cases(),
        failing::cases(),
        care::cases(),
        behind::cases(),
        whole::cases(),
        tabs::cases(),
        storms::cases(),
        soak::cases(),
        threads::cases(),
        oddities::cases(),
        rescue::cases(),
        matrix::cases(),
        hostile::cases(),
        policy::cases(),
        hosts::cases(),
        access::cases(),
    ];
    e2e::suite::main(cases.concat())
}
