//! Applies a fault to a true answer.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_LENGTH, HeaderMap,
    HeaderName, HeaderValue,
};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use hyper::StatusCode;
use serde_json::Value;

use crate::rules::Fault;

mod tree;

/// Between the sent half and the cut, so that the half does reach the client.
const BEFORE_CUT: Duration = Duration::from_millis(20);
const CHUNK: u64 = 64 * 1024;

/// Bends `answer`, whose body is whole in memory. [`Fault::Hang`] never returns.
pub(crate) async fn bend(answer: Response, fault: Fault) -> Response {
    let (mut head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    // It told the true body's length.
    head.headers.remove(CONTENT_LENGTH);
    let half = body.slice(..body.len() / 2);
    let body = match fault {
        Fault::Hang => std::future::pending().await,
        Fault::Status {
            status,
            body,
            headers,
            expose,
        } => {
            head.status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            for (name, value) in headers {
                put(&mut head.headers, &name, &value);
            }
            if !expose.is_empty() {
                let name = ACCESS_CONTROL_EXPOSE_HEADERS.as_str();
                put(&mut head.headers, name, &expose.join(", "));
            }
            Body::from(body)
        }
        Fault::Answer { json } => Body::from(json.to_string()),
        Fault::NoCors => {
            head.headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
            Body::from(body)
        }
        Fault::HangBody => {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
            half_then_nothing(half)
        }
        Fault::Cut => {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
            half_then_cut(half)
        }
        Fault::Truncated => Body::from(half),
        Fault::WrongJson => Body::from("{]"),
        Fault::WrongType => Body::from("\"a string where something else belongs\""),
        Fault::Null => Body::from("null"),
        Fault::HalfTree => changed(&body, tree::halve),
        Fault::EmptyNodes => changed(&body, tree::empty),
        Fault::Huge { bytes, declared } => {
            if declared {
                head.headers.insert(CONTENT_LENGTH, bytes.max(2).into());
            }
            huge(bytes.max(2))
        }
        Fault::Drip { bytes, every_ms } => {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
            drip(body, bytes.max(1), Duration::from_millis(every_ms))
        }
    };
    Response::from_parts(head, body)
}

/// Sets a header; one that HTTP doesn't allow is left out.
fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::try_from(name.to_owned()),
        HeaderValue::try_from(value.to_owned()),
    ) {
        headers.insert(name, value);
    }
}

/// The JSON as `change` leaves it; what isn't JSON stays as it is.
fn changed(body: &Bytes, change: impl FnOnce(&mut Value)) -> Body {
    match serde_json::from_slice(body) {
        Ok(mut value) => {
            change(&mut value);
            Body::from(value.to_string())
        }
        Err(_) => Body::from(body.clone()),
    }
}

fn half_then_nothing(half: Bytes) -> Body {
    Body::from_stream(stream::unfold(Some(half), |half| async {
        match half {
            Some(half) => Some((Ok::<_, Infallible>(half), None)),
            None => std::future::pending().await,
        }
    }))
}

fn half_then_cut(half: Bytes) -> Body {
    Body::from_stream(stream::unfold(Some(half), |half| async {
        match half {
            Some(half) => Some((Ok(half), None)),
            None => {
                tokio::time::sleep(BEFORE_CUT).await;
                Some((Err(io::Error::other("cut by rule")), None))
            }
        }
    }))
}

fn huge(bytes: u64) -> Body {
    let filling = Bytes::from(vec![b'x'; CHUNK as usize]);
    Body::from_stream(stream::unfold(0, move |sent| {
        let filling = filling.clone();
        async move {
            let left = bytes - sent;
            let chunk = match (sent, left) {
                (_, 0) => return None,
                (0, _) | (_, 1) => Bytes::from_static(b"\""),
                _ => filling.slice(..CHUNK.min(left - 1) as usize),
            };
            let sent = sent + chunk.len() as u64;
            Some((Ok::<_, Infallible>(chunk), sent))
        }
    }))
}

fn drip(body: Bytes, at_once: usize, pause: Duration) -> Body {
    Body::from_stream(stream::unfold(
        (body, true),
        move |(mut rest, first)| async move {
            if rest.is_empty() {
                return None;
            }
            if !first {
                tokio::time::sleep(pause).await;
            }
            let drop = rest.split_to(at_once.min(rest.len()));
            Some((Ok::<_, Infallible>(drop), (rest, false)))
        },
    ))
}
