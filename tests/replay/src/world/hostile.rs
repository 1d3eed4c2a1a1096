//! What must never run, in every place where strangers write.
//!
//! A [`Snippet`] that gets to run puts its number into [`HOSTILE_MARK`] of the top window; one
//! that gets to load asks for [`HOSTILE_PATH`] and its number. All hold the word `seen` where a
//! reader has to see it. Put into a page as they are, most of them do what they threaten: a test
//! that finds nothing can show what there was to find.

use serde_json::json;

use super::{Feed, HOSTILE_MARK, World};

/// Where hostile markup would load from, followed by its number.
pub const HOSTILE_PATH: &str = "/hostile/";

/// Kinds of markup; `RUN` stands for code without quotes, white space or angle brackets, `ASK`
/// for an address.
const KINDS: [(&str, &[&str]); 14] = [
    (
        "script",
        &[
            "<script>RUN</script>seen",
            "<SCRIPT SRC=ASK></SCRIPT>seen",
            "<scr<script>ipt>RUN</scr</script>ipt>seen",
            "<script type=module>RUN</script><p>seen",
        ],
    ),
    (
        "event handlers",
        &[
            "<img src=ASK onerror=RUN>seen",
            "<p onclick=RUN onmouseover=RUN tabindex=0 autofocus onfocus=RUN>seen",
            "<details open ontoggle=RUN>seen</details>",
            "<video><source src=ASK onerror=RUN></video>seen",
            "<audio src=ASK onerror=RUN></audio>seen",
            "<style>@keyframes x{}</style><b style='animation:x 1s' onanimationstart=RUN>seen</b>",
        ],
    ),
    (
        "javascript:",
        &[
            "<a href=\"javascript:RUN\">seen</a>",
            "<a href=\" JaVa&#x0A;ScRiPt:RUN\">seen</a>",
            "<a href=\"&#1;java&Tab;script&colon;RUN\">seen</a>",
            "<a href=\"data:text/html,<script>RUN</script>\">seen</a>",
            "<a href=vbscript:RUN>seen</a>",
            "<iframe src=\" \njava\tscript:RUN\"></iframe>seen",
        ],
    ),
    (
        "SVG",
        &[
            "<svg><svg onload=RUN></svg></svg>seen",
            "<svg><script>RUN</script></svg>seen",
            "<svg><animate onbegin=RUN attributeName=x dur=1s></svg>seen",
            "<svg><foreignObject><img src=ASK onerror=RUN></foreignObject></svg>seen",
            "<svg><image href=ASK onerror=RUN></image></svg>seen",
            "<svg><a xlink:href=\"javascript:RUN\"><text y=9>x</text></a></svg>seen",
        ],
    ),
    (
        "MathML",
        &[
            "<math href=\"javascript:RUN\">x</math>seen",
            "<math><mtext><img src=ASK onerror=RUN></mtext></math>seen",
            "<math><annotation-xml encoding=text/html><img src=ASK onerror=RUN>\
             </annotation-xml></math>seen",
            "<math><maction actiontype=statusline xlink:href=\"javascript:RUN\">x</maction></math>seen",
        ],
    ),
    (
        "style",
        &[
            "<style>@import 'ASK';*{display:none!important}</style>seen",
            "<style>p{background:url(ASK)}</style><p>seen",
            "<p style='background:url(ASK);position:fixed;inset:0'>seen",
            "<link rel=stylesheet href=ASK>seen",
        ],
    ),
    (
        "iframe",
        &[
            "<iframe src=\"javascript:RUN\"></iframe>seen",
            "<iframe srcdoc='<script>RUN</script>'></iframe>seen",
            "<iframe src=ASK></iframe>seen",
            "<object data=ASK></object><embed src=ASK>seen",
        ],
    ),
    (
        "meta",
        &[
            "<meta http-equiv=refresh content='0;url=ASK'>seen",
            "<meta http-equiv=set-cookie content='hostile=1'>seen",
            "<meta http-equiv=content-security-policy content=\"default-src *\">seen",
        ],
    ),
    (
        "base",
        &[
            "<base href='https://hostile.example/'>seen <a href=x>x</a>",
            "<base href=ASK/><img src=x>seen",
            "<base target=_top href=\"javascript:RUN//\">seen",
        ],
    ),
    (
        "forms",
        &[
            "<form action=ASK><input name=q autofocus onfocus=RUN></form>seen",
            "<form action=\"javascript:RUN\"><button formaction=\"javascript:RUN\">x</button></form>seen",
            "<input type=image src=ASK onerror=RUN>seen",
            "<form id=location name=body><input name=getElementById></form>seen",
        ],
    ),
    (
        "nested and broken tags",
        &[
            "seen<<img src=ASK onerror=RUN>",
            "<div><p><b><i>seen</p></div></li></ol><img/src=ASK/onerror=RUN>",
            "</article></main></body></html><IMG SRC=ASK ONERROR=RUN>seen",
            "<table><tr><td><img src=ASK onerror=RUN></table>seen",
            "<img \"\"\"><img src=ASK onerror=RUN>\">seen",
            "<p>seen<img src=ASK onerror=RUN",
        ],
    ),
    (
        "mutation",
        &[
            "seen<math><mtext><table><mglyph><style><!--</style>\
             <img title=\"--&gt;&lt;img src=ASK onerror=RUN&gt;\">",
            "seen<svg></p><style><a id=\"</style><img src=ASK onerror=RUN>\">",
            "seen<noscript><p title=\"</noscript><img src=ASK onerror=RUN>\">",
            "seen<form><math><mtext></form><form><mglyph><style></math><img src=ASK onerror=RUN>",
            "seen<xmp><p title=\"</xmp><img src=ASK onerror=RUN>\">",
            "seen<textarea><p title=\"</textarea><img src=ASK onerror=RUN>\">",
            "seen<!--><img src=ASK onerror=RUN>-->",
            "seen<template><img src=ASK onerror=RUN></template>",
        ],
    ),
    (
        "null bytes",
        &[
            "<scr\0ipt>RUN</scr\0ipt>seen",
            "<img src=ASK \0 onerror=RUN>seen",
            "<a href=\"java\0script:RUN\">seen</a>",
            "<i\0mg src=ASK on\0error=RUN>seen\0",
        ],
    ),
    (
        "bidi overrides",
        &[
            "\u{202e}seen<img src=ASK onerror=RUN>\u{202c}",
            "seen\u{2066}<a href=\"javascript:RUN\">\u{2069}gpj.exe</a>",
            "\u{200f}\u{202b}<b onclick=RUN>seen</b>",
        ],
    ),
];

/// Addresses of stories.
const ADDRESSES: [&str; 20] = [
    "javascript:RUN",
    " JavaScript:RUN",
    "java\nscript:RUN",
    "java\tscript:RUN",
    "\u{1}javascript:RUN",
    "\0javascript:RUN",
    "JAVASCRIPT:RUN//https://example.com/",
    "data:text/html,<script>RUN</script>",
    "vbscript:RUN",
    "blob:https://hostile.example/x",
    "file:///etc/passwd",
    "//hostile.example/ASK",
    "ASK",
    "https://hostile.example/\"onmouseover=RUN//",
    "https://hostile.example/</a><img src=ASK onerror=RUN>",
    "https://hostile.example/'><svg onload=RUN>",
    "\u{202e}moc.elpmaxe//:sptth",
    "https://hostile.example\u{0}.example.com/",
    "https://hostile.example\\@example.com/",
    "https:javascript:RUN",
];

/// One piece of hostile markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// What it threatens with.
    pub kind: &'static str,
    /// Its number, from 1.
    pub number: usize,
    /// The markup.
    pub html: String,
}

impl Snippet {
    /// All of them, at least three of each kind.
    pub fn all() -> Vec<Self> {
        let each = KINDS
            .iter()
            .flat_map(|(kind, list)| list.iter().map(move |html| (*kind, *html)));
        let numbered = each.enumerate().map(|(at, (kind, html))| Self {
            kind,
            number: at + 1,
            html: armed(html, at + 1),
        });
        numbered.collect()
    }
}

fn armed(text: &str, number: usize) -> String {
    let run = format!("(top.{HOSTILE_MARK}??={{}})[{number}]=1");
    let ask = format!("{HOSTILE_PATH}{number}");
    text.replace("RUN", &run).replace("ASK", &ask)
}

impl World {
    /// A world in which everything is hostile: one top story for each [`Snippet`] with it as its
    /// title, text and author and with a hostile address; below the first of them one comment for
    /// each, by a user whose name and `about` are a snippet.
    pub fn hostile() -> Self {
        let mut world = Self {
            now: 1_760_000_000,
            ..Self::default()
        };
        let snippets = Snippet::all();
        let (first, count) = (1_000, snippets.len() as u64);
        for (at, snippet) in (0..).zip(&snippets) {
            let address = ADDRESSES[at as usize % ADDRESSES.len()];
            world.put_item(json!({
                "by": snippet.html, "descendants": 0, "id": first + at, "score": 1, "type": "story",
                "text": snippet.html, "time": world.now - 3_600, "title": snippet.html,
                "url": armed(address, 1_000 + at as usize % ADDRESSES.len()),
            }));
        }
        for snippet in &snippets {
            let comment = world.reply(first, &snippet.html, &snippet.html);
            world.put_user(json!({
                "about": snippet.html, "created": 1_500_000_000, "id": snippet.html, "karma": 1,
                "submitted": [comment, first + snippet.number as u64 - 1],
            }));
        }
        world.set_feed(Feed::Top, (first..first + count).collect());
        world
    }
}
