//! Markup by chance, rebuilt: nothing of it is left but what is allowed, and what it says is what
//! the browser's own parser reads in it.

use fastrand::Rng;
use hackershelf::hn::Link;
use hackershelf::ui::safe_html::safe_html;
use js_sys::{Array, Function};
use leptos::mount::mount_to;
use leptos::prelude::AnyView;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, Url};

use crate::{evaluate, soon};

/// So many texts; fifty times as many if `HACKERSHELF_LONG` is set when this is compiled.
const TEXTS: u64 = match option_env!("HACKERSHELF_LONG") {
    Some(_) => 100_000,
    None => 2_000,
};

const TAGS: [&str; 46] = [
    "p",
    "a",
    "i",
    "em",
    "b",
    "strong",
    "pre",
    "code",
    "p",
    "a",
    "i",
    "pre",
    "blockquote",
    "div",
    "span",
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "title",
    "head",
    "body",
    "html",
    "svg",
    "math",
    "foreignObject",
    "mtext",
    "annotation-xml",
    "desc",
    "table",
    "tr",
    "td",
    "select",
    "option",
    "textarea",
    "xmp",
    "plaintext",
    "frameset",
    "base",
    "meta",
    "form",
    "img",
    "object",
    "x-y",
    "image",
];

const ATTRIBUTES: [&str; 16] = [
    " onclick=RUN",
    " onerror=RUN src=ASK",
    " style='background:url(ASK)'",
    " id=app",
    " class=prose",
    " dir=rtl",
    " href=\"ADDRESS\"",
    " href='ADDRESS'",
    " href=ADDRESS",
    " HREF=ADDRESS rel=opener",
    " xlink:href=ADDRESS",
    " target=_top",
    " href",
    " \"",
    " =",
    " a=b/",
];

const TEXT: [&str; 34] = [
    "a",
    " ",
    "\n",
    ">",
    "> b",
    "&gt; c",
    ">>",
    "<",
    "&",
    "&lt;b&gt;",
    "&#62;",
    "&#0;",
    "&#xD800;",
    "&nbsp;",
    "&notit;",
    "&amp;lt;",
    "\u{0}",
    "\r",
    "\u{feff}",
    "\u{202e}",
    "\u{1f980}",
    "é",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<!doctype html>",
    "<?x",
    "</",
    "<a",
    "\"",
    "'",
    "0123456789",
];

const ADDRESSES: [&str; 24] = [
    "https://example.com/",
    "HTTP://www.Example.com:80/a?b#c",
    "javascript:RUN",
    " javascript:RUN",
    "java&#10;script:RUN",
    "&#1;javascript:RUN",
    "data:text/html,<script>RUN</script>",
    "//e.example",
    "/x",
    "x",
    "",
    "http:e.example",
    "http:///e.example",
    "http://a.example@b.example/",
    "http://a.example\\@b.example/",
    "http://a.example&#9;.b.example/",
    "http://a.example?@b.example",
    "https:\\\\e.example",
    "https://[::1]/",
    "https://e.example./",
    "http://a:b@c@d.example:8/e",
    "https://news.ycombinator.com/item?id=7",
    "https://news.ycombinator.com/user?id=a'b",
    "ht&Tab;tp://e.example/",
];

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

/// A text in which elements are opened and closed as chance has it.
fn markup(random: &mut Rng) -> String {
    let mut html = String::new();
    for _ in 0..random.usize(..40) {
        match random.u8(..16) {
            0..=5 => {
                html += "<";
                html += pick(random, &TAGS);
                for _ in 0..random.usize(..3) {
                    let attribute = pick(random, &ATTRIBUTES);
                    html += &attribute.replace("ADDRESS", pick(random, &ADDRESSES));
                }
                html += pick(random, &[">", ">", ">", "/>", " >", ""]);
            }
            6..=9 => html += &format!("</{}>", pick(random, &TAGS)),
            // Deeper than anybody can mean.
            10 if random.u8(..8) == 0 => {
                let tag = pick(random, &TAGS);
                html += &format!("<{tag}>").repeat(random.usize(..200));
            }
            _ => html += pick(random, &TEXT),
        }
    }
    let run = "parent.ran=top.ran=window.ran=1";
    html.replace("RUN", run)
        .replace("ASK", "/hostile-by-chance")
}

/// What of the page no text may touch.
fn state_of_page() -> String {
    let script = "JSON.stringify([
        window.ran ?? null, location.href, document.title, document.baseURI, history.length,
        document.querySelectorAll('*').length,
        performance.getEntriesByType('resource').filter((it) => it.name.includes('by-chance')).length,
    ])";
    evaluate(script).as_string().expect("a text")
}

/// Rebuilds a text, and puts it into a page of no other.
fn check(check: &Function, html: &str) -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.expect("a page");
    let host: HtmlElement = document
        .create_element("div")
        .expect("a name")
        .unchecked_into();
    let body = document.body().expect("a body");
    body.append_child(&host).expect("the body takes it");
    let view: AnyView = safe_html(html).into();
    let mounted = mount_to(host.clone(), move || view);
    let built: Element = host.first_element_child().expect("it was mounted");
    let arguments = Array::of2(&html.into(), &built);
    let faults = check
        .apply(&JsValue::NULL, &arguments)
        .expect("the check runs");
    let again = built.inner_html();
    drop(mounted);
    host.remove();
    let faults = faults.as_string().expect("words");
    assert!(faults.is_empty(), "{html:?} became {again:?}: {faults}");
    again
}

#[wasm_bindgen_test]
async fn of_any_markup_only_what_is_allowed_is_left_and_all_that_it_says() {
    let checks = Function::new_no_args(include_str!("prose.js"));
    let before = state_of_page();
    for seed in 0..TEXTS {
        let html = markup(&mut Rng::with_seed(seed));
        let once = check(&checks, &html);
        // Written down and read again, it is nothing else, whatever that does to its nesting.
        check(&checks, &once);
    }
    soon().await;
    assert_eq!(state_of_page(), before);
}

/// A link is said to lead to where the browser goes.
#[wasm_bindgen_test]
fn a_link_is_named_after_the_host_that_the_browser_asks() {
    const PARTS: [&str; 22] = [
        "http",
        "https",
        ":",
        "//",
        "/",
        "\\",
        "@",
        "?",
        "#",
        ".",
        "www.",
        "a.example",
        "b.example",
        "user",
        ":80",
        ":443",
        ":8",
        "%2f",
        " ",
        "\t",
        "\n",
        "é",
    ];
    let mut named = 0;
    for seed in 0..TEXTS * 5 {
        let mut random = Rng::with_seed(seed);
        let mut typed = pick(
            &mut random,
            &["http://", "https://", "HTTPS://", "", " http://"],
        )
        .to_owned();
        for _ in 0..random.usize(1..9) {
            typed += pick(&mut random, &PARTS);
        }
        let Some(link) = Link::parse(&typed) else {
            continue;
        };
        // What the browser doesn't understand, it doesn't follow.
        let Ok(url) = Url::new(&link.href) else {
            continue;
        };
        assert!(
            ["http:", "https:"].contains(&url.protocol().as_str()),
            "{typed:?}"
        );
        let host = url.hostname();
        if host.is_ascii() && link.site.is_ascii() && !link.site.contains('%') {
            let site = host.strip_prefix("www.").unwrap_or(&host);
            assert_eq!(link.site, site, "{typed:?}");
            named += 1;
        }
    }
    assert!(named > TEXTS / 4, "{named} addresses");
}
