//! The stand-in for the APIs, with the rules in `rules.json`; `cargo xtask test adapters` starts it.

use gloo_net::http::Request;

/// The address of an item.
pub fn item(id: u32) -> String {
    format!("{}/v0/item/{id}.json", origin())
}

fn origin() -> &'static str {
    match option_env!("HACKERSHELF_REPLAY") {
        Some(origin) => origin,
        None => panic!("run by `cargo xtask test adapters`"),
    }
}

/// Clears the counts.
pub async fn reset() {
    let url = format!("{}/__replay/reset", origin());
    Request::post(&url).send().await.expect("the stand-in runs");
}

/// Holds the answers that the rule names back, until [`release`].
pub async fn hold(rule: serde_json::Value) {
    let url = format!("{}/__replay/rules", origin());
    let rule = Request::post(&url).body(rule.to_string()).expect("a rule");
    let answer = rule.send().await.expect("the stand-in runs");
    assert!(answer.ok(), "the stand-in takes the rule");
}

/// Lets all go that is held back, also later.
pub async fn release() {
    let url = format!("{}/__replay/release", origin());
    Request::post(&url).send().await.expect("the stand-in runs");
}

/// One of the counts.
pub async fn count(name: &str) -> u64 {
    let url = format!("{}/__replay/stats?log=0", origin());
    let stats = Request::get(&url).send().await.expect("the stand-in runs");
    let stats = stats.text().await.expect("its counts");
    let stats: serde_json::Value = serde_json::from_str(&stats).expect("its counts");
    stats[name].as_u64().expect("a count")
}
