//! What people say: texts of comments, questions and profiles, in the API's HTML.

use super::dice::Dice;
use super::headlines::{FIELDS, LANGUAGES, PROJECTS, TECHNOLOGIES};

const SENTENCES: [&str; 64] = [
    "I ran into exactly this last year with {t}.",
    "This matches my experience almost word for word.",
    "The interesting part is hidden in the appendix: {f} gets cheaper the longer it runs.",
    "I'd love to see the same numbers for {t}.",
    "We tried something similar in {l} and gave up after two months.",
    "It depends a lot on how much of the working set fits in memory.",
    "Has anyone measured this on hardware that isn't brand new?",
    "Minor correction: {t} has done this by default for a while now.",
    "I think the article undersells how hard {f} is once more than one person is involved.",
    "The first half is great; the conclusion doesn't follow from it.",
    "People keep rediscovering this every ten years or so.",
    "My rule of thumb is to measure first and to be suspicious of any result I like.",
    "The best documentation I ever read was a single page that said when not to use the thing.",
    "It's a trade-off, not a bug.",
    "You can get most of the benefit with a much simpler design.",
    "I maintain {p} in my spare time, and this is the question I get most.",
    "The failure mode nobody talks about is the half-written file.",
    "I'm the author, happy to answer questions.",
    "Thanks for writing this up, it saved me an afternoon.",
    "If you squint, it's the same idea as {f}.",
    "Worth noting that {l} makes this harder than it needs to be.",
    "We've had it in production since the spring without a single page at night.",
    "Then someone changed a timeout and it took us a week to notice.",
    "The only thing I'd add is a way to cancel the whole thing cleanly.",
    "Honestly, a text file and a cron job would have done it.",
    "I still have the printed manual on my shelf.",
    "There is a talk about this that I can't find any more.",
    "What surprised me is how little code it takes.",
    "Don't forget that the network is allowed to lie to you.",
    "It reads like a solution looking for a problem, but a pretty one.",
    "My grandfather did this with index cards, and his system never went down.",
    "Yes, but {t} does it without a daemon.",
    "No, that was fixed two versions ago.",
    "Could you say more about how you tested the recovery path?",
    "I keep a small {l} script around for precisely that.",
    "The hard part is agreeing on what 'done' means.",
    "I read it twice and I'm still not sure whether the benchmark includes start-up.",
    "A cache with no limit is a leak with good manners.",
    "We measured it: the slow path was taken once in four hundred requests.",
    "That's fair, I should have been clearer.",
    "Counterpoint: most people never need it.",
    "It would be nice if error messages said what to do next.",
    "This is why I like boring technology.",
    "The charts start at zero, which is more than I can say for most posts of this kind.",
    "Also relevant: everything that was written about {f} in the nineties.",
    "I'd rather have one good default than twelve options.",
    "In my town the library runs on something like this.",
    "Someone has to say it: the old version was faster.",
    "It isn't, and the changelog explains why.",
    "Try it on a train; you will find every assumption you made about the network.",
    "The spec allows it, but no implementation I know of does.",
    "That made me smile.",
    "I wish more projects published their failures like this.",
    "For small inputs the constant factors decide, and they favour the simple loop.",
    "As a beginner I found this much easier to follow than the official guide.",
    "If you need it to be exact, count; if you need it to be fast, sample.",
    "We ended up with {p} that nobody dares to touch.",
    "It's one of those problems that look easy until you add a second writer.",
    "I don't think that's what the paper claims.",
    "The licence matters more here than the language.",
    "Great, now I want to build {p}.",
    "Is there a way to try it without an account?",
    "Sure, but at that point you have written a database.",
    "I measured 40 ms on mine, so your distance may vary.",
];

const CODE: [&str; 4] = [
    "let permit = limit.acquire().await;\nfetch(url).await?;\ndrop(permit);",
    "for (i = 0; i < n && a[i] != x; i++)\n    ;\nreturn i < n ? &a[i] : NULL;",
    "SELECT day, count(*) FROM visits\n WHERE day >= '2024-01-01'\n GROUP BY day ORDER BY day;",
    "$ grep -c '<title>' *.html | sort -t: -k2 -n | tail -3",
];

/// What stretches a layout: long code, long words, other directions.
const STRETCHING: [&str; 6] = [
    "<pre><code>  // one line that no phone has ever been wide enough for, and then some more of it\n  \
     let answer = permits.iter().filter(|permit| permit.is_free()).map(Permit::number).take(6).\
     collect::&lt;Vec&lt;_&gt;&gt;();\n</code></pre>",
    "The whole name is Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten\
     gesellschaftsversammlungsprotokollführerstellvertreter, if you need to look it up.",
    "0x7f3a9c51e2b8d4460f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff000102030405",
    "جرّبت هذا العام الماضي مع SQLite، والنتيجة كانت مشابهة تمامًا.<p>الفرق الوحيد هو الذاكرة.",
    "ניסיתי את זה בשנה שעברה, <i>ועבד יפה</i>, חוץ מהחלק עם ה-TLS.",
    "東京の会社で同じものを作りましたが、三か月でやめました。",
];

/// Escapes text as the API does.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            '/' => out.push_str("&#x2F;"),
            c => out.push(c),
        }
    }
    out
}

fn sentence(dice: &mut Dice) -> String {
    let sentence = dice.pick(&SENTENCES);
    let sentence = sentence
        .replace("{t}", dice.pick(&TECHNOLOGIES))
        .replace("{l}", dice.pick(&LANGUAGES))
        .replace("{f}", dice.pick(&FIELDS))
        .replace("{p}", dice.pick(&PROJECTS));
    escape(&sentence)
}

fn link(dice: &mut Dice) -> String {
    let url = dice.url();
    let shown: String = url.chars().take(60).collect();
    let dots = if shown.len() < url.len() { "..." } else { "" };
    let (url, shown) = (escape(&url), escape(&shown));
    format!("<a href=\"{url}\" rel=\"nofollow\">{shown}{dots}</a>")
}

/// As [`text`], and now and then what a large thread holds besides: long code, long words, other
/// directions, quotes line by line.
pub(super) fn anything(dice: &mut Dice) -> String {
    match dice.up_to(0, 99) {
        0..=1 => {
            let line = escape(dice.pick(&CODE));
            let lines = vec![line; dice.up_to(8, 20) as usize].join("\n");
            format!("{}<p><pre><code>{lines}\n</code></pre>", sentence(dice))
        }
        2..=6 => format!("{}<p>{}", dice.pick(&STRETCHING), sentence(dice)),
        7..=11 => {
            let quoted = [sentence(dice), sentence(dice)].join("\n&gt; ");
            format!("&gt; {quoted}<p>{}", sentence(dice))
        }
        12..=14 => format!("&gt;{}<p>&gt; {}<p>No.", sentence(dice), sentence(dice)),
        _ => text(dice),
    }
}

/// One to four paragraphs; the first has no `<p>`, as in the API.
pub(super) fn text(dice: &mut Dice) -> String {
    let mut paragraphs = Vec::new();
    for at in 0..dice.up_to(1, 3) {
        let mut sentences: Vec<String> = Vec::new();
        for _ in 0..dice.up_to(1, 4) {
            let next = sentence(dice);
            if !sentences.contains(&next) {
                sentences.push(next);
            }
        }
        if at == 0 && dice.chance(6) {
            let quoted = sentence(dice);
            paragraphs.push(format!("&gt; <i>{quoted}</i>"));
        }
        paragraphs.push(sentences.join(" "));
    }
    if dice.chance(8) {
        let link = link(dice);
        paragraphs.push(format!("See {link}"));
    }
    if dice.chance(4) {
        let code = escape(dice.pick(&CODE));
        paragraphs.push(format!("<pre><code>{code}\n</code></pre>"));
    }
    paragraphs.join("<p>")
}
