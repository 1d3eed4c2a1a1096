use std::fs;
use std::path::PathBuf;

use replay::{Config, Host, Rewrite, Rule, Server};
use reqwest::Response;

use crate::{client, header, small};

const PAGE: &str = concat!(
    "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'self' ",
    "https://hacker-news.firebaseio.com https://hn.algolia.com\">",
    "<meta name=\"hn-firebase\" content=\"https://hacker-news.firebaseio.com/v0\">",
    "<meta name=\"hn-algolia\" content=\"https://hn.algolia.com/api/v1\">",
);

/// A directory of its own with a small app in it, removed at the end.
struct Dist(PathBuf);

impl Dist {
    fn new(name: &str) -> Self {
        let id = std::process::id();
        let dir = std::env::temp_dir().join(format!("replay-{name}-{id}"));
        fs::create_dir_all(dir.join("icons")).expect("the directory is writable");
        for (file, text) in [
            ("index.html", PAGE),
            ("index.html.br", "compressed index"),
            ("404.html", "<!doctype html>lost"),
            ("app-0123456789abcdef.js", "plain script"),
            ("app-0123456789abcdef.js.br", "brotli"),
            ("app-0123456789abcdef.js.gz", "gzip"),
            ("app-0123456789abcdef_bg.wasm", "wasm"),
            ("main-fedcba9876543210.css", "css"),
            ("manifest.webmanifest", "{}"),
            ("sw.js", "worker"),
            ("icons/icon.svg", "<svg/>"),
            ("icons/icon-192.png", "png"),
            ("favicon.ico", "ico"),
            ("data.json", "{}"),
            ("a b.txt", "spaced"),
        ] {
            fs::write(dir.join(file), text).expect("the directory is writable");
        }
        Self(dir)
    }

    fn host(&self) -> Host {
        Host::new(&self.0)
    }
}

impl Drop for Dist {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn serve(host: Host) -> Server {
    let server = Server::start(Config::files(host)).await;
    server.expect("a free port is there")
}

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client(false).get(format!("{}{path}", server.origin()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("the server answers")
}

async fn text(answer: Response) -> String {
    answer.text().await.expect("a body")
}

#[tokio::test]
async fn files_have_their_types_and_cache_rules() {
    let dist = Dist::new("types");
    let server = serve(dist.host()).await;
    let forever = "public, max-age=31536000, immutable";
    for (path, kind, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        (
            "/app-0123456789abcdef.js",
            "text/javascript; charset=utf-8",
            forever,
        ),
        ("/app-0123456789abcdef_bg.wasm", "application/wasm", forever),
        (
            "/main-fedcba9876543210.css",
            "text/css; charset=utf-8",
            forever,
        ),
        (
            "/manifest.webmanifest",
            "application/manifest+json",
            "no-cache",
        ),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/icons/icon.svg", "image/svg+xml", "no-cache"),
        ("/icons/icon-192.png", "image/png", "no-cache"),
        ("/favicon.ico", "image/x-icon", "no-cache"),
        ("/data.json", "application/json", "no-cache"),
        ("/a%20b.txt", "text/plain; charset=utf-8", "no-cache"),
    ] {
        let answer = get(&server, path, &[]).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, "content-type"), Some(kind), "{path}");
        assert_eq!(header(&answer, "cache-control"), Some(cache), "{path}");
    }
}

#[tokio::test]
async fn precompressed_files_go_to_who_accepts_them() {
    let dist = Dist::new("compressed");
    let server = serve(dist.host()).await;
    for (accepted, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("identity", None, "plain script"),
    ] {
        let accepted = [("accept-encoding", accepted)];
        let answer = get(&server, "/app-0123456789abcdef.js", &accepted).await;
        assert_eq!(header(&answer, "content-encoding"), encoding);
        let kind = header(&answer, "content-type");
        assert_eq!(kind, Some("text/javascript; charset=utf-8"));
        assert_eq!(text(answer).await, body);
    }
    let sent = server.stats().files["/app-0123456789abcdef.js"];
    let bytes = "brotli".len() + "gzip".len() + "plain script".len();
    assert_eq!((sent.requests, sent.bytes), (3, bytes as u64));
    assert_eq!(server.stats().total, 0, "files are no API requests");
}

#[tokio::test]
async fn unknown_navigations_get_the_app_and_unknown_files_do_not() {
    let dist = Dist::new("fallback");
    let server = serve(dist.host()).await;
    let page = [("accept", "text/html,*/*")];
    let answer = get(&server, "/item/5", &page).await;
    assert_eq!(
        (answer.status().as_u16(), text(answer).await),
        (200, PAGE.to_owned())
    );
    let missing = get(&server, "/lost.wasm", &[]).await;
    assert_eq!(missing.status(), 404);
    let missing = get(&server, "/lost-0123456789abcdef.js", &page).await;
    assert_eq!(
        missing.status(),
        404,
        "a file of an older build is no place"
    );

    server.set_host(Some(dist.host().fallback(false)));
    let answer = get(&server, "/item/5", &page).await;
    assert_eq!(answer.status(), 404);
    assert_eq!(text(answer).await, "<!doctype html>lost");
}

#[tokio::test]
async fn a_base_path_holds_everything() {
    let dist = Dist::new("base");
    let server = serve(dist.host().base("hackershelf")).await;
    let page = [("accept", "text/html")];
    assert_eq!(text(get(&server, "/hackershelf/", &page).await).await, PAGE);
    assert_eq!(text(get(&server, "/hackershelf", &page).await).await, PAGE);
    assert_eq!(
        text(get(&server, "/hackershelf/item/5", &page).await).await,
        PAGE
    );
    for outside in ["/", "/data.json", "/hackershelfish/"] {
        assert_eq!(
            get(&server, outside, &page).await.status(),
            404,
            "{outside}"
        );
    }
}

#[tokio::test]
async fn nothing_outside_the_directory_is_served() {
    let dist = Dist::new("traversal");
    let server = serve(Host::new(dist.0.join("icons"))).await;
    assert_eq!(get(&server, "/icon.svg", &[]).await.status(), 200);
    for path in [
        "/%2e%2e/data.json",
        "/..%2fdata.json",
        "/x/%2e%2e/%2e%2e/data.json",
    ] {
        assert_eq!(get(&server, path, &[]).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let dist = Dist::new("etag");
    let server = serve(dist.host()).await;
    let first = get(&server, "/index.html", &[]).await;
    let tag = header(&first, "etag").expect("there is a tag").to_owned();
    let again = get(&server, "/index.html", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    fs::write(dist.0.join("index.html"), "new").expect("the directory is writable");
    let changed = get(&server, "/index.html", &[("if-none-match", &tag)]).await;
    assert_eq!(text(changed).await, "new");
}

#[tokio::test]
async fn a_rule_that_names_a_file_bends_it() {
    let dist = Dist::new("bent");
    let server = serve(dist.host()).await;
    let path = "/app-0123456789abcdef_bg.wasm";
    server.rule(Rule::any().status(500));
    assert_eq!(get(&server, path, &[]).await.status(), 200);
    server.rule(Rule::path(path).truncated());
    assert_eq!(text(get(&server, path, &[]).await).await, "wa");
    server.clear_rules();
    assert_eq!(text(get(&server, path, &[]).await).await, "wasm");
}

#[tokio::test]
async fn html_is_pointed_at_other_addresses_in_flight() {
    let dist = Dist::new("rewrite");
    let rewrite = Rewrite::To {
        firebase: "https://127.0.0.1:7/v0".to_owned(),
        algolia: "https://127.0.0.1:8/api/v1".to_owned(),
    };
    let server = serve(dist.host().rewrite(rewrite)).await;
    let expected = PAGE
        .replace("https://hacker-news.firebaseio.com", "https://127.0.0.1:7")
        .replace("https://hn.algolia.com", "https://127.0.0.1:8");
    let headers = [("accept-encoding", "br"), ("accept", "text/html")];
    for path in ["/", "/item/5"] {
        let answer = get(&server, path, &headers).await;
        assert_eq!(header(&answer, "content-encoding"), None);
        assert_eq!(text(answer).await, expected);
    }
    let script = get(&server, "/app-0123456789abcdef.js", &headers).await;
    assert_eq!(text(script).await, "brotli", "only html changes");
}

#[tokio::test]
async fn an_app_can_be_pointed_at_the_origin_it_came_from() {
    let dist = Dist::new("own");
    let server = Server::start(Config {
        world: Some(small()),
        host: Some(dist.host().rewrite(Rewrite::ToOwnOrigin)),
        https: Some(0),
        ..Config::default()
    });
    let server = server.await.expect("free ports are there");
    for (tls, origin) in [(false, server.http_origin()), (true, server.https_origin())] {
        let origin = origin.expect("it is served");
        let page = client(tls).get(format!("{origin}/")).send().await;
        let page = text(page.expect("the server answers")).await;
        assert!(page.contains(&format!("content=\"{origin}/v0\"")), "{page}");
        assert!(
            page.contains(&format!("'self' {origin} {origin}\"")),
            "{page}"
        );
    }
    assert_eq!(server.stats().file_requests(), 2);
}
