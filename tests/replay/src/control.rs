//! The paths below `/__replay`: counts, rules and gates for those who aren't in this process.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::rules::Rule;
use crate::server::Shared;

#[derive(Debug, Deserialize)]
pub(crate) struct StatsAsked {
    log: Option<u8>,
}

/// `GET stats`: everything counted; the log too, unless `?log=0`.
pub(crate) async fn stats(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<StatsAsked>,
) -> Response {
    let mut stats = json!(shared.stats());
    if asked.log != Some(0) {
        stats["log"] = json!(shared.counts.log());
    }
    Json(stats).into_response()
}

#[derive(Debug, Deserialize)]
pub(crate) struct ResetAsked {
    rules: Option<u8>,
}

/// `POST reset`: clears the counts; with `?rules=1` the rules too, opening their gates.
pub(crate) async fn reset(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<ResetAsked>,
) -> StatusCode {
    shared.counts.reset();
    if asked.rules == Some(1) {
        shared.clear_rules();
    }
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
pub(crate) struct ReleaseAsked {
    gate: Option<String>,
    n: Option<u64>,
}

/// `POST release`: opens all gates, or `?gate=NAME`; with `&n=N` lets only N through.
pub(crate) async fn release(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<ReleaseAsked>,
) -> StatusCode {
    match (asked.gate, asked.n) {
        (Some(gate), Some(n)) => shared.gates.let_through(&gate, n),
        (None, Some(_)) => return StatusCode::BAD_REQUEST,
        (gate, None) => shared.gates.open(gate.as_deref()),
    }
    StatusCode::NO_CONTENT
}

/// `GET rules`: each with its number and how often it fired.
pub(crate) async fn rules(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let rules = shared.rules().list();
    let rules = rules.into_iter().map(|(id, rule, fired)| {
        let mut value = json!(rule);
        value["id"] = id.into();
        value["fired"] = fired.into();
        value
    });
    Json(rules.collect())
}

/// `POST rules`: adds one rule or a list of rules and answers their numbers.
pub(crate) async fn add_rules(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match Rule::parse_all(&body) {
        Ok(rules) => {
            let ids: Vec<u64> = rules
                .into_iter()
                .map(|rule| shared.add_rule(rule))
                .collect();
            Json(ids).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// `DELETE rules`: all of them, opening their gates.
pub(crate) async fn clear_rules(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.clear_rules();
    StatusCode::NO_CONTENT
}
