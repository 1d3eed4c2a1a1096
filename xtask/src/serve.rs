//! The app on this machine: live and rebuilt on every change, or against the stand-in.

use std::ffi::OsString;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::dist::{self, trunk_build};
use crate::run::{become_it, cargo, run, target};
use crate::tools::Tools;

pub const HELP: &str = "\
Builds and serves the app; installs what is missing first.

  cargo xtask serve [--port N] [--open]
      against the live APIs; rebuilds and reloads at every change
  cargo xtask serve --replay [--data DIR] [--port N] [--release] [-- OPTION…]
      against the stand-in: no internet needed, the same stories every time

  --port N    where to listen on 127.0.0.1 [8080]
  --open      opens a browser
  --replay    serves one build together with a stand-in for both APIs
  --data DIR  recorded answers instead of a generated world
  --release   the production build instead of a quick one
  -- OPTION…  more for the stand-in, such as --latency 200; `-- --help` lists them";

pub fn command(mut args: lexopt::Parser) -> Result<()> {
    let (mut port, mut open, mut replay, mut release) = (8080_u16, false, false, false);
    let mut more: Vec<OsString> = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Long("port") => port = args.value()?.parse()?,
            Long("open") => open = true,
            Long("replay") => replay = true,
            Long("release") => release = true,
            Long("data") => {
                more.extend(["--data".into(), std::path::absolute(args.value()?)?.into()])
            }
            Value(value) => more.push(value),
            other => return Err(other.unexpected().into()),
        }
    }
    if !replay && !more.is_empty() {
        bail!("--data and options after -- are the stand-in's: say --replay, too");
    }
    if replay {
        stand_in(port, release, &more)
    } else {
        live(port, open, release)
    }
}

fn live(port: u16, open: bool, release: bool) -> Result<()> {
    let mut trunk = Tools::to_build()?.command("trunk");
    trunk.args(["serve", "--port", &port.to_string(), "--dist"]);
    // Not into dist/, where what is published may stand.
    trunk.arg(target().join("xtask/live"));
    trunk
        .args(open.then_some("--open"))
        .args(release.then_some("--release"));
    trunk
        .env_remove("NO_COLOR")
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    println!("Hackershelf will be at http://127.0.0.1:{port}/ as soon as it is built");
    become_it(&mut trunk)
}

fn stand_in(port: u16, release: bool, more: &[OsString]) -> Result<()> {
    let app = if release {
        dist::default()?
    } else {
        let app = target().join("xtask/serve");
        trunk_build(&Tools::to_build()?, &app, false)?;
        app
    };
    run(&mut cargo(&["build", "--quiet", "--package", "replay"]))?;
    println!(
        "Hackershelf is at http://127.0.0.1:{port}/ with a stand-in for both APIs; Ctrl-C stops it"
    );
    let mut replay = cargo(&["run", "--quiet", "--package", "replay", "--"]);
    replay
        .args(["--port", &port.to_string(), "--dist"])
        .arg(app)
        .args(more);
    become_it(&mut replay)
}
