//! Where things are, and running other programs: said before, judged after.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The workspace's root.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map(Path::to_owned).unwrap_or(package)
}

/// Cargo's target directory, where everything that can be made again is kept.
pub fn target() -> PathBuf {
    let set = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root().join(set.unwrap_or_else(|| "target".into()))
}

/// The cargo that runs this, started in the workspace's root.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Says what runs and runs it, its output in view.
pub fn run(command: &mut Command) -> Result<()> {
    say(command);
    let status = (command.status()).with_context(|| format!("can't start `{}`", name(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", words(command));
    }
    Ok(())
}

/// Says what runs, and becomes it where the system can: Ctrl-C and signals reach the server alone.
pub fn become_it(command: &mut Command) -> Result<()> {
    say(command);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        Err(command.exec()).with_context(|| format!("can't start `{}`", name(command)))
    }
    #[cfg(not(unix))]
    run(command)
}

/// What a program prints, or nothing if it isn't there or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|it| it.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The seconds or minutes since `start`, for people.
pub fn elapsed(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.1} min", seconds / 60.0)
    }
}

fn say(command: &Command) {
    println!("$ {}", words(command));
    // The child writes to the same place by itself.
    io::stdout().flush().ok();
}

fn name(command: &Command) -> String {
    let path = Path::new(command.get_program());
    let name = path.file_name().unwrap_or(command.get_program());
    name.to_string_lossy().into_owned()
}

fn words(command: &Command) -> String {
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    let args = args.map(|arg| {
        if arg.contains('\n') {
            "…".into()
        } else {
            arg
        }
    });
    std::iter::once(name(command).into())
        .chain(args)
        .collect::<Vec<_>>()
        .join(" ")
}
