//! Stories and comments that break careless readers.

use crate::world::Oddity;

/// Titles fit for a front page that need decoding.
pub(super) const MILD: [(&str, &str, Oddity); 5] = [
    (
        "Bell Labs &amp; the birth of &quot;everything is a file&quot;",
        "archive-stories.example",
        Oddity::Entities,
    ),
    (
        "When x &lt; y isn&#x27;t enough: total orders for floats",
        "numerics-for-people.example",
        Oddity::Entities,
    ),
    (
        "Grüße aus Zürich: naïve Unicode handling in 2025 🧵",
        "glyphs.example",
        Oddity::Unicode,
    ),
    (
        "東京の地下鉄を Rust でシミュレートする (simulating the Tokyo subway)",
        "timetable.example",
        Oddity::Unicode,
    ),
    (
        "Why λ-calculus, π-calculus and ∀∃ fit on one page",
        "automata.example",
        Oddity::Unicode,
    ),
];

/// Titles that belong further down: title, address, text, what is odd. An address of `-` leaves
/// the field out.
pub(super) const STORIES: [(&str, &str, &str, Oddity); 22] = [
    (
        "<script>window.__hostile=1</script>A script in a title",
        "https://hostile.example/script",
        "",
        Oddity::Hostile,
    ),
    (
        "<img src=x onerror=\"window.__hostile=2\"> An image that fails on purpose",
        "https://hostile.example/image",
        "",
        Oddity::Hostile,
    ),
    (
        "&lt;script&gt;window.__hostile=3&lt;/script&gt; is text, not code",
        "https://hostile.example/entities",
        "",
        Oddity::Hostile,
    ),
    (
        "A link that would run code",
        "javascript:window.__hostile=4",
        "",
        Oddity::Hostile,
    ),
    (
        "A link with code behind white space",
        "\u{1} java\nscript:window.__hostile=5",
        "",
        Oddity::Hostile,
    ),
    (
        "A page in a data address",
        "data:text/html,<script>opener.__hostile=6</script>",
        "",
        Oddity::Hostile,
    ),
    (
        "\"><svg onload=window.__hostile=7>'\"` closing every quote",
        "https://hostile.example/\"><script>window.__hostile=8</script>",
        "",
        Oddity::Hostile,
    ),
    (
        "An address that isn't one",
        "https://[not an address",
        "",
        Oddity::Hostile,
    ),
    (
        "Ask HN: What does this text do to your reader?",
        "-",
        "<script>window.__hostile=9</script><p onclick=\"window.__hostile=10\">A paragraph with a \
         handler<p><style>body{display:none}</style><iframe src=\"javascript:parent.__hostile=11\">\
         </iframe><a href=\"https://example.com/\" onmouseover=\"window.__hostile=12\">a link</a>",
        Oddity::Hostile,
    ),
    (
        "A story with an empty address",
        "",
        "The address is there, but it is empty.",
        Oddity::EmptyUrl,
    ),
    (
        "Another story with an empty address and no text",
        "",
        "",
        Oddity::EmptyUrl,
    ),
    ("Neither address nor text", "-", "", Oddity::NoUrl),
    (
        "كيف يعمل المتصفح من الداخل: دليل مصور",
        "https://rtl.example/browser",
        "",
        Oddity::RightToLeft,
    ),
    (
        "איך בונים מסד נתונים קטן (SQLite) מאפס",
        "https://rtl.example/database",
        "",
        Oddity::RightToLeft,
    ),
    (
        "\u{202e}Overridden direction\u{202c} should not turn the page around",
        "https://rtl.example/override",
        "",
        Oddity::RightToLeft,
    ),
    (
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft\
         hauptversammlungsprotokollführerstellvertreterausbildungsordnung",
        "https://averyveryveryveryveryveryveryveryveryveryverylongname.subdomain.of.a.longer.name.example/",
        "",
        Oddity::LongWord,
    ),
    (
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://example.com/a",
        "",
        Oddity::LongWord,
    ),
    (
        "Zalgo: t̸̢͉̮h̶̝̓e̴͇͆ ̵̳̌t̷̰̂ò̶̩w̴̠̕e̸̬͠r̷̖̅ of combining characters",
        "https://glyphs.example/zalgo",
        "",
        Oddity::Unicode,
    ),
    (
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 family, flag and tone in one line",
        "https://glyphs.example/emoji",
        "",
        Oddity::Unicode,
    ),
    (
        "&lt;b&gt; &amp;amp; &amp;lt; &#x1F600; &nbsp;&hellip; &unknown; &#0; all at once",
        "https://example.com/entities",
        "",
        Oddity::Entities,
    ),
    (
        "By someone whose name is markup",
        "https://hostile.example/name",
        "",
        Oddity::HostileName,
    ),
    (
        "Ask HN: Can I name myself that?",
        "-",
        "I just did.",
        Oddity::HostileName,
    ),
];

/// Authors of [`Oddity::HostileName`].
pub(super) const NAMES: [&str; 2] = [
    "<img src=x onerror=window.__hostile=13>",
    "\"'/><b>a b</b>&amp;?#%2F",
];

/// Texts of comments in the threads of the stories above.
pub(super) const COMMENTS: [(&str, Oddity); 14] = [
    (
        "<script>window.__hostile=14</script>Is this thing on?",
        Oddity::Hostile,
    ),
    (
        "<img src=x onerror=window.__hostile=15><svg/onload=window.__hostile=16>",
        Oddity::Hostile,
    ),
    (
        "<a href=\"javascript:window.__hostile=17\">click</a> <a href=\" JaVaScRiPt&#58;\
         window.__hostile=18\">or here</a> <a href=\"vbscript:x\">or there</a>",
        Oddity::Hostile,
    ),
    (
        "<p><i>never closed <p><b>nor <pre><code>this</i></p></div></div></article></body></html>\
         <p>still here",
        Oddity::Hostile,
    ),
    (
        "<style>*{display:none!important}</style><link rel=stylesheet href=//hostile.example/x>\
         <base href=\"https://hostile.example/\"><meta http-equiv=refresh \
         content=\"0;url=https://hostile.example/\">",
        Oddity::Hostile,
    ),
    (
        "<form action=\"https://hostile.example/\"><input name=q autofocus \
         onfocus=window.__hostile=19><button>Log in</button></form>",
        Oddity::Hostile,
    ),
    (
        "<math><mtext><table><mglyph><style><img src=x onerror=window.__hostile=20>",
        Oddity::Hostile,
    ),
    (
        "<noscript><p title=\"</noscript><img src=x onerror=window.__hostile=21>\">",
        Oddity::Hostile,
    ),
    (
        "<a id=location name=body href=\"https://example.com/\">clobbered</a>\
         <img name=getElementById>",
        Oddity::Hostile,
    ),
    (
        "هذا تعليق من اليمين إلى اليسار مع كلمة English في الوسط.",
        Oddity::RightToLeft,
    ),
    (
        "תגובה קצרה בעברית, עם <i>הדגשה</i> ומספר 42.",
        Oddity::RightToLeft,
    ),
    (
        "Looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong\
         <p>https:&#x2F;&#x2F;example.com&#x2F;an-address-that-goes-on-and-on-and-on-and-on-and-on\
         -and-on-and-on-and-on-and-on-and-on-and-on-and-on",
        Oddity::LongWord,
    ),
    (
        "<pre><code>fn a_line_of_code_that_is_wider_than_any_phone_there_has_ever_been() -&gt; \
         Result&lt;(), Box&lt;dyn std::error::Error + Send + Sync + &#x27;static&gt;&gt; {}\n\
         </code></pre>",
        Oddity::LongWord,
    ),
    ("<i></i><p></p><p>", Oddity::Hostile),
];
