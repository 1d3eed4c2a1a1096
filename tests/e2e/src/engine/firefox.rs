//! Firefox: what its pages complain of stands in what it prints.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Started, drive};
use crate::places;
use crate::port::free_port;

pub(super) async fn start(dir: &Path, profile: Option<&Path>) -> Started {
    let mut arguments = vec!["-headless".to_owned()];
    if let Some(profile) = profile {
        fs::create_dir_all(profile).expect("the temporary directory can be written");
        arguments.extend(["-profile".to_owned(), profile.display().to_string()]);
    }
    let wanted = json!({
        "browserName": "firefox",
        "acceptInsecureCerts": true,
        "moz:firefoxOptions": {
            "binary": places::firefox(),
            "args": arguments,
            "prefs": {
                "browser.download.folderList": 2,
                "browser.download.dir": dir.join("downloads"),
                "browser.download.alwaysOpenPanel": false,
                "browser.download.always_ask_before_handling_new_types": false,
                // Pages complain, not the browser of its own missing network.
                "devtools.console.stdout.content": true,
                "devtools.console.stdout.chrome": false,
            },
        },
    });
    drive(&places::geckodriver(), dir, wanted, |command, _| {
        command.arg(format!("--websocket-port={}", free_port()));
        command.arg(format!("--marionette-port={}", free_port()));
    })
    .await
}

/// What is said in a page that is left while its script runs: Firefox ends that script anywhere in
/// its midst (“Script terminated by timeout”), and the page then hears events for the last time.
/// Should it be a fault of the app, Chromium tells.
const LEFT: &str = "Error: closure invoked recursively or after being dropped";

pub(super) fn is_complaint(line: &str) -> bool {
    if line.ends_with(LEFT) {
        return false;
    }
    if line.starts_with("JavaScript error: http") {
        return true;
    }
    let said = ["console.error: ", "console.warn: "];
    let said = said.iter().find_map(|words| line.strip_prefix(words));
    // Parts of the browser itself put their names first, or stand in its resources; one tells which
    // sites it needn't mend.
    said.is_some_and(|said| {
        said.starts_with(['"', '('])
            && !said.contains("resource://")
            && !said.starts_with("\"Skipping\" ")
    })
}

#[cfg(test)]
mod tests {
    use super::is_complaint;

    #[test]
    fn only_pages_complain() {
        for (line, complains) in [
            (
                "JavaScript error: https://127.0.0.1:1/, line 3: Error: x",
                true,
            ),
            (
                "JavaScript error: http://127.0.0.1:1/a.js, line 5: Error: closure invoked \
                 recursively or after being dropped",
                false,
            ),
            (
                "JavaScript error: resource://gre/x.sys.mjs, line 50: x",
                false,
            ),
            ("console.error: \"panicked\"", true),
            (
                "console.warn: (new Error(\"x\", \"https://127.0.0.1:1/a.js\", 2))",
                true,
            ),
            (
                "console.error: (new Error(\"x\", \"resource://a.mjs\", 2))",
                false,
            ),
            ("console.error: RSLoader: ", false),
            (
                "console.warn: \"Skipping\" 71 \"un-needed interventions\" [\"example.org\"]",
                false,
            ),
            ("console.log: \"x\"", false),
        ] {
            assert_eq!(is_complaint(line), complains, "{line}");
        }
    }
}
