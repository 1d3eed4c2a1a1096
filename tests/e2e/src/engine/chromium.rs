//! Chromium: the one whose driver also speaks the browser's own protocol and tells its console.

use std::path::Path;

use serde_json::json;

use super::{Started, drive};
use crate::places;

pub(super) async fn start(dir: &Path, profile: Option<&Path>) -> Started {
    // Certificates are made at start; the sandbox doesn't work for root.
    let mut arguments = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-background-networking".to_owned(),
        "--ignore-certificate-errors".to_owned(),
        "--window-size=1280,900".to_owned(),
    ];
    arguments.extend(profile.map(|profile| format!("--user-data-dir={}", profile.display())));
    let wanted = json!({
        "browserName": "chrome",
        "acceptInsecureCerts": true,
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {
            "binary": places::chromium(),
            "args": arguments,
            "prefs": {"download.default_directory": dir.join("downloads")},
        },
    });
    drive(&places::chromedriver(), dir, wanted, |_, _| {}).await
}
