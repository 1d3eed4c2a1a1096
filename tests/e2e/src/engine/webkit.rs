//! WebKit: needs a display, and keeps nothing.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{Started, drive};
use crate::places;

pub(super) async fn start(dir: &Path) -> Started {
    let (screen, display) = screen().await;
    let settings = dir.join("settings");
    fs::create_dir_all(&settings)
        .and_then(|()| {
            let downloads = dir.join("downloads").display().to_string();
            let text = format!("XDG_DOWNLOAD_DIR=\"{downloads}\"\n");
            fs::write(settings.join("user-dirs.dirs"), text)
        })
        .expect("the directory is ours");
    let wanted = json!({
        "browserName": "MiniBrowser",
        "acceptInsecureCerts": true,
        "webkitgtk:browserOptions": {
            "args": ["--automation", "--geometry=1280x900"],
        },
    });
    let mut started = drive(&places::webkitdriver(), dir, wanted, |command, _| {
        command.env("DISPLAY", display);
        command.env("XDG_CONFIG_HOME", settings);
        // Drawn without OpenGL: where that is Mesa's software, its threads crash now and then.
        command.env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
    })
    .await;
    started.processes.push(screen);
    started
}

/// A screen that nobody sees, and its name.
async fn screen() -> (Child, String) {
    let screen = Command::new(places::xvfb())
        .args(["-displayfd", "1", "-screen", "0", "1400x1100x24"])
        .args(["-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut screen = screen.expect("a screen can be made");
    let told = screen.stdout.take().expect("it was asked for");
    let number = BufReader::new(told).lines().next_line().await;
    let number = number.ok().flatten().expect("the screen has a number");
    (screen, format!(":{number}"))
}
