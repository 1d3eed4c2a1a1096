//! Commands that the end-to-end package carries out, and what it is told about this machine.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;
use lexopt::prelude::*;

use crate::dist;
use crate::run::{cargo, run};
use crate::tools::browsers::Browser;

pub const BENCH_HELP: &str = "\
Measures the production build in a real browser: tables here, figures in target/bench/NAME.json.

  cargo xtask bench [NAME…]

Without a NAME, everything is measured.";

pub const SHOTS_HELP: &str = "\
Takes a picture of every page and state, small and wide, light and dark: target/shots/index.html.

  cargo xtask shots [NAME…]";

pub fn bench(args: lexopt::Parser) -> Result<()> {
    program("bench", args)
}

pub fn shots(args: lexopt::Parser) -> Result<()> {
    program("shots", args)
}

fn program(name: &str, mut args: lexopt::Parser) -> Result<()> {
    let mut names: Vec<OsString> = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Value(name) => names.push(name),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut command = cargo(&["run", "--release", "--package", "e2e", "--bin", name, "--"]);
    command.args(names);
    tell(&mut command, Browser::Chromium)?;
    run(command.env("HACKERSHELF_DIST", dist::default()?))
}

/// Makes sure that a browser is there and says where.
pub fn tell(command: &mut Command, browser: Browser) -> Result<()> {
    for (variable, place) in browser.ready()? {
        command.env(variable, place);
    }
    Ok(())
}
