//! A static host: files of one directory below a base path, as a good web host serves them.
//!
//! Precompressed siblings (`.br`, `.gz`) are sent to who accepts them; html is revalidated,
//! content-hashed files are kept for ever; every answer has the headers of `deploy/`. Files are
//! read at each request, so a new build shows at once.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HOST, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use bytes::Bytes;
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::server::Shared;
use crate::server::answer::Scheme;

mod rewrite;

pub use rewrite::Rewrite;

/// What a header alone can say, with what the page says itself.
const SAFE: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The worker has no policy but this one.
const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/// Static files: a directory, usually a built `dist/`.
#[derive(Clone, Debug)]
pub struct Host {
    dir: PathBuf,
    base: String,
    fallback: bool,
    rewrite: Option<Rewrite>,
}

impl Host {
    /// Serves `dir` at `/`, with `index.html` for navigations to unknown paths.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            base: "/".to_owned(),
            fallback: true,
            rewrite: None,
        }
    }

    /// Serves below a path such as `/hackershelf/` instead; all else is not found.
    pub fn base(mut self, base: &str) -> Self {
        let inner = base.trim_matches('/');
        self.base = if inner.is_empty() {
            "/".to_owned()
        } else {
            format!("/{inner}/")
        };
        self
    }

    /// Whether navigations to unknown paths get `index.html` with status 200; otherwise they get
    /// `404.html`, if there is one, with status 404.
    pub fn fallback(mut self, fallback: bool) -> Self {
        self.fallback = fallback;
        self
    }

    /// Points the app's html at other API addresses while it is sent.
    pub fn rewrite(mut self, rewrite: Rewrite) -> Self {
        self.rewrite = Some(rewrite);
        self
    }

    fn answer(&self, request: &Request) -> Response {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        }
        let path = request.uri().path();
        let Some(below) = path.strip_prefix(&self.base) else {
            if format!("{path}/") == self.base {
                let mut answer = plain(StatusCode::PERMANENT_REDIRECT, "moved");
                put(answer.headers_mut(), LOCATION, &self.base);
                return answer;
            }
            return plain(StatusCode::NOT_FOUND, "not found");
        };
        if let Some(file) = self.find(below) {
            return self.file(&file, request, StatusCode::OK);
        }
        let index = self.dir.join("index.html");
        let is_place = !is_hashed(Path::new(below));
        if self.fallback && is_place && is_navigation(request.headers()) && index.is_file() {
            return self.file(&index, request, StatusCode::OK);
        }
        let missing = self.dir.join("404.html");
        if missing.is_file() {
            return self.file(&missing, request, StatusCode::NOT_FOUND);
        }
        plain(StatusCode::NOT_FOUND, "not found")
    }

    /// The file at a path below the base; a directory's is its `index.html`.
    fn find(&self, below: &str) -> Option<PathBuf> {
        let below = percent_decode_str(below).decode_utf8().ok()?;
        let mut file = self.dir.clone();
        for part in below.split('/').filter(|part| !part.is_empty()) {
            if part == "." || part == ".." || part.contains(['\\', '\0']) {
                return None;
            }
            file.push(part);
        }
        if file.is_dir() {
            file.push("index.html");
        }
        file.is_file().then_some(file)
    }

    fn file(&self, file: &Path, request: &Request, status: StatusCode) -> Response {
        let sent = match self.rewritten(file, request) {
            Some(bytes) => Ok((bytes, None)),
            None => read(file, request.headers()),
        };
        let Ok((bytes, encoding)) = sent else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "unreadable file");
        };
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let known = request.headers().get(IF_NONE_MATCH);
        let is_known = status == StatusCode::OK && known.is_some_and(|known| *known == *tag);

        let mut answer = Response::new(if is_known {
            Body::empty()
        } else {
            Body::from(bytes)
        });
        *answer.status_mut() = if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            status
        };
        let headers = answer.headers_mut();
        put_safe(headers);
        if file.file_name().is_some_and(|name| name == "sw.js") {
            put(headers, CONTENT_SECURITY_POLICY, WORKER_POLICY);
        }
        put(headers, CONTENT_TYPE, content_type(file));
        put(headers, CACHE_CONTROL, cache_control(file));
        put(headers, ETAG, &tag);
        put(headers, VARY, "accept-encoding");
        if let Some(encoding) = encoding {
            put(headers, CONTENT_ENCODING, encoding);
        }
        answer
    }

    /// The file's bytes if they have to differ from those on the disk.
    fn rewritten(&self, file: &Path, request: &Request) -> Option<Bytes> {
        let rewrite = self.rewrite.as_ref()?;
        let targets = rewrite.targets(&own_origin(request)?);
        match extension(file) {
            "html" => Some(targets.html(&fs::read(file).ok()?)),
            _ => None,
        }
    }
}

pub(crate) async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match shared.host() {
        Some(host) => host.answer(&request),
        None => plain(StatusCode::NOT_FOUND, "not found"),
    }
}

/// `scheme://host:port` as the client wrote it.
fn own_origin(request: &Request) -> Option<String> {
    let scheme = request.extensions().get::<Scheme>()?.0;
    let authority = request.uri().authority().map(|one| one.as_str());
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    Some(format!("{scheme}://{}", authority.or(host)?))
}

fn read(file: &Path, headers: &HeaderMap) -> std::io::Result<(Bytes, Option<&'static str>)> {
    for (name, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, name) {
            let mut sibling = file.as_os_str().to_owned();
            sibling.push(ending);
            if let Ok(bytes) = fs::read(sibling) {
                return Ok((bytes.into(), Some(name)));
            }
        }
    }
    Ok((fs::read(file)?.into(), None))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let asked = headers.get_all(ACCEPT_ENCODING).iter();
    let asked = asked.filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        let quality = quality.trim().strip_prefix("q=");
        let refused = quality.is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn is_navigation(headers: &HeaderMap) -> bool {
    let has = |name: &str, word| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(word))
    };
    has("sec-fetch-mode", "navigate") || has(ACCEPT.as_str(), "text/html")
}

fn extension(file: &Path) -> &str {
    file.extension().and_then(|ext| ext.to_str()).unwrap_or("")
}

fn content_type(file: &Path) -> &'static str {
    match extension(file) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn cache_control(file: &Path) -> &'static str {
    if is_hashed(file) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// Whether it is a file, not a page, and a part of its name is a content hash: eight or more
/// hexadecimal digits.
fn is_hashed(file: &Path) -> bool {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    let mut parts = stem.unwrap_or("").split(['-', '.', '_']);
    let is_file = !["", "html"].contains(&extension(file));
    is_file
        && parts.any(|part| {
            let is_hex = part.chars().all(|c| c.is_ascii_hexdigit());
            part.len() >= 8 && is_hex && part.contains(|c: char| c.is_ascii_digit())
        })
}

fn put_safe(headers: &mut HeaderMap) {
    for (name, value) in SAFE {
        put(headers, name, value);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    put_safe(answer.headers_mut());
    put(
        answer.headers_mut(),
        CONTENT_TYPE,
        "text/plain; charset=utf-8",
    );
    put(answer.headers_mut(), CACHE_CONTROL, "no-cache");
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_hash_is_told_from_a_word() {
        for (name, hashed) in [
            ("main-4f3c2b1a9d8e7f60.css", true),
            ("hackershelf-4f3c2b1a9d8e7f60_bg.wasm", true),
            ("sw.js", false),
            ("icon-192.png", false),
            ("manifest.webmanifest", false),
            ("facade-deadbeef.js", false),
            ("item/45678901", false),
            ("page-4f3c2b1a9d8e7f60.html", false),
        ] {
            assert_eq!(is_hashed(Path::new(name)), hashed, "{name}");
        }
    }

    #[test]
    fn an_encoding_of_quality_zero_is_refused() {
        let mut headers = HeaderMap::new();
        put(&mut headers, ACCEPT_ENCODING, "gzip;q=0, br;q=0.5");
        assert!(accepts(&headers, "br"));
        assert!(!accepts(&headers, "gzip"));
        assert!(!accepts(&headers, "zstd"));
    }
}
