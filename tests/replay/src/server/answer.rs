//! One request's way: count, rules, the true answer, its fault, count.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL, CONTENT_TYPE,
    HeaderValue,
};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use tower::ServiceExt;

use super::Shared;
use crate::counts::{Counted, Kind};
use crate::fault;

const ANYONE: HeaderValue = HeaderValue::from_static("*");

/// The scheme a request came by, for those who must know the server's own origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheme(pub &'static str);

/// A JSON answer with the headers of the real APIs.
pub(crate) fn json(status: StatusCode, body: Bytes) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(CONTENT_TYPE, json);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYONE);
    answer
}

pub(super) async fn answer(
    shared: Arc<Shared>,
    router: Router,
    scheme: &'static str,
    request: Request<Incoming>,
) -> Response {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Scheme(scheme));
    let path = request.uri().path();
    if path.starts_with("/__replay/") {
        return with_cors(route(router, request).await);
    }
    let is_api = shared.has_api() && (path.starts_with("/v0/") || path.starts_with("/api/v1/"));
    if is_api && request.method() == Method::OPTIONS {
        shared.counts.preflight();
        return preflight(&request);
    }
    let kind = if is_api { Kind::Api } else { Kind::File };
    let query = request.uri().query().unwrap_or("");
    let guard = shared.counts.begin(kind, path, query, request.version());
    let has_no_body = request.method() == Method::HEAD;
    let answer = by_rule(&shared, router, request, kind).await;
    answer.map(|body| Body::new(Counted::new(body, guard, has_no_body)))
}

async fn by_rule(shared: &Shared, router: Router, request: Request<Body>, kind: Kind) -> Response {
    let uri = request.uri();
    let verdict = match kind {
        Kind::Api => (shared.rules()).verdict(uri.path(), uri.query().unwrap_or("")),
        Kind::File => shared.rules().verdict_on_file(uri.path()),
    };
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    for gate in &verdict.holds {
        shared.gates.pass(gate).await;
    }
    let answer = match kind {
        Kind::Api => with_cors(route(router, request).await),
        Kind::File => route(router, request).await,
    };
    match verdict.fault {
        Some(fault) => fault::bend(answer, fault).await,
        None => answer,
    }
}

async fn route(router: Router, request: Request<Body>) -> Response {
    match router.oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

fn with_cors(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYONE);
    answer
}

fn preflight(request: &Request<Body>) -> Response {
    let mut answer = with_cors(Response::new(Body::empty()));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    let methods = HeaderValue::from_static("GET, HEAD, OPTIONS");
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    if let Some(asked) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    answer
}
