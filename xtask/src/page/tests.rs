use super::{Site, attribute, origin, pieces, publish, squeeze, stamp, tag_name, with_attribute};

const PAGE: &str = "<!doctype html>\r\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    \
    <base href=\"/\"><!-- why -->\n    \
    <meta name=\"hn-firebase\" content=\"https://hacker-news.firebaseio.com/v0\">\n    \
    <meta name=\"hn-algolia\" content=\"https://hn.algolia.com/api/v1\">\n    \
    <script type=\"module\">\r\n  go('<b>')\n</script>\n    <script src=\"x.js\"></script>\
    <link rel=\"modulepreload\" href=\"./snippets/a/inline0.js\">\n  </head>\n  \
    <body><p>a  b\n   <b>c</b></p><pre>  1\n  2</pre></body>\n</html>\n";

#[test]
fn a_published_page_has_its_policy_first_and_is_otherwise_the_same() {
    // printf "\n  go('<b>')\n" | openssl dgst -sha256 -binary | base64
    let hash = "sha256-eejJFWzBdyen6ZBwSjpXFl1tilC7FC5K/QXpPTKQxV0=";
    let page = publish(PAGE, &Site::default(), "b1").expect("the page is complete");
    let expected = format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
        script-src 'self' '{hash}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
        manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; \
        connect-src 'self' https://hacker-news.firebaseio.com https://hn.algolia.com\">\n\
        <meta name=\"build\" content=\"b1\">\n\
        <link rel=\"preconnect\" href=\"https://hacker-news.firebaseio.com\" crossorigin>\n\
        <base href=\"/\">\n\
        <meta name=\"hn-firebase\" content=\"https://hacker-news.firebaseio.com/v0\">\n\
        <meta name=\"hn-algolia\" content=\"https://hn.algolia.com/api/v1\">\n\
        <script type=\"module\">\n  go('<b>')\n</script>\n<script src=\"x.js\"></script>\n</head>\n\
        <body><p>a  b\n<b>c</b></p><pre>  1\n  2</pre></body>\n</html>\n"
    );
    assert_eq!(page, expected);
}

#[test]
fn no_event_tells_of_the_start_but_the_page_s_own_stay() {
    let ends = |script: &str| {
        let page = PAGE.replace("go('<b>')", script);
        publish(&page, &Site::default(), "b1").expect("the page is complete")
    };
    let trunk =
        "go()\ndispatchEvent(new CustomEvent(\"TrunkApplicationStarted\", {detail: {wasm}}));";
    assert!(ends(trunk).contains(">\n  go()\n</script>"));
    let own = "go()\ndispatchEvent(new Event(\"gone\"))";
    assert!(ends(own).contains(own));
}

#[test]
fn another_site_changes_base_addresses_and_policy_together() {
    let site = Site {
        base: "/x/".into(),
        firebase: "http://127.0.0.1:8080/v0".into(),
        algolia: "http://127.0.0.1:8080/api/v1".into(),
    };
    let page = publish(PAGE, &site, "b1").expect("the page is complete");
    for part in [
        "<base href=\"/x/\">",
        "content=\"http://127.0.0.1:8080/v0\"",
        "content=\"http://127.0.0.1:8080/api/v1\"",
        "connect-src 'self' http://127.0.0.1:8080\">",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("hacker-news"));
}

#[test]
fn a_page_without_one_of_its_lines_is_refused() {
    for line in [
        "<meta charset=\"utf-8\">",
        "<base href=\"/\">",
        " name=\"hn-algolia\"",
    ] {
        assert!(
            publish(&PAGE.replace(line, ""), &Site::default(), "").is_err(),
            "{line}"
        );
    }
}

#[test]
fn only_a_path_and_two_plain_addresses_make_a_site() {
    let site = |base: &str, url: &str| Site {
        base: base.into(),
        firebase: url.into(),
        ..Site::default()
    };
    let good = [
        ("/", "https://a.example/v0"),
        ("/x/y/", "http://[::1]:80"),
        ("/~me/", "http://a"),
    ];
    for (base, url) in good {
        assert!(site(base, url).check().is_ok(), "{base} {url}");
    }
    let bad = [
        ("x/", "https://a"),
        ("/x", "https://a"),
        ("//x/", "https://a"),
        ("/\"/", "https://a"),
        ("/", "a.example"),
        ("/", "https://"),
        ("/", "https:///v0"),
        ("/", "https://a; script-src *"),
        ("/", "https://a?b"),
        ("/", "javascript:alert(1)"),
    ];
    for (base, url) in bad {
        assert!(site(base, url).check().is_err(), "{base} {url}");
    }
}

#[test]
fn tags_are_cut_and_read_as_a_browser_does() {
    let html = "<A title='>' href=\"x\">t</A><!-- <b> --><Script>if (a<b) \"</p>\"</SCRIPT>";
    assert_eq!(pieces(html).len(), 7);
    let names = [
        ("<A href>", "a"),
        ("</a>", ""),
        ("text", ""),
        ("<meta\n>", "meta"),
        ("<!doctype>", ""),
    ];
    for (tag, name) in names {
        assert_eq!(tag_name(tag), name, "{tag}");
    }
    assert_eq!(
        attribute("<a data-href=\"y\" href=\"x\">", "href"),
        Some("x")
    );
    assert_eq!(attribute("<a>", "href"), None);
    assert_eq!(
        with_attribute("<a href=\"x\" b>", "href", "y"),
        "<a href=\"y\" b>"
    );
    assert_eq!(with_attribute("<base>", "href", "y"), "<base href=\"y\">");
}

#[test]
fn white_space_shrinks_only_around_line_breaks() {
    let cases = [
        ("a \n  b", "a\nb"),
        ("a  b", "a  b"),
        ("\n\n", "\n"),
        (" ", " "),
        ("", ""),
        ("…\n ", "…\n"),
    ];
    for (text, squeezed) in cases {
        assert_eq!(squeeze(text), squeezed, "{text:?}");
    }
}

#[test]
fn an_origin_is_the_address_without_its_path() {
    let cases = [
        ("https://a.example/v0", "https://a.example"),
        ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080"),
        ("https://a.example", "https://a.example"),
    ];
    for (url, expected) in cases {
        assert_eq!(origin(url), expected);
    }
}

#[test]
fn the_worker_gets_its_version_and_files_or_the_build_fails() {
    let files = [("main.css".to_owned(), "sha256-x".to_owned())];
    let worker = "// x\nconst BUILD = \"\";\nconst FILES = {};\n";
    let stamped =
        "// x\nconst BUILD = \"b1\";\nconst FILES = {\n  \"main.css\": \"sha256-x\",\n};\n";
    assert_eq!(stamp(worker, "b1", &files).ok().as_deref(), Some(stamped));
    assert!(stamp("const BUILD = \"\";", "b1", &files).is_err());
}
