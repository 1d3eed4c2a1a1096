//! The saved stories as every browser takes bookmarks in: the HTML that Netscape began with.

use crate::hn::{Id, Item, decode_entities};
use crate::time::Timestamp;

/// How the file begins.
pub const HEAD: &str = "<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
<DT><H3>Hacker News</H3>
<DL><p>
";

/// How it ends.
pub const FOOT: &str = "</DL><p>\n</DL><p>\n";

/// A saved story: what it links to, if anything, and its discussion.
pub fn bookmark(id: Id, saved: Timestamp, story: Option<&Item>) -> String {
    let title = story.and_then(|story| story.title.as_deref());
    let title = title.map_or_else(|| format!("Item {id}").into(), decode_entities);
    let title = escaped(&title);
    let entry = |href: &str, more: &str| {
        let date = saved.0 / 1000;
        let href = escaped(href);
        format!("<DT><A HREF=\"{href}\" ADD_DATE=\"{date}\">{title}{more}</A>\n")
    };
    let link = story.and_then(Item::link);
    let link = link.map_or_else(String::new, |link| entry(&link.href, ""));
    let more = if link.is_empty() { "" } else { " | comments" };
    link + &entry(&format!("https://news.ycombinator.com/item?id={id}"), more)
}

/// A text as HTML, also within quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\0'..' ' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hn::Decode;

    fn of(json: &str) -> String {
        let story = Item::decode(json).expect("decodable");
        bookmark(7, Timestamp(1_700_000_000_999), Some(&story))
    }

    #[test]
    fn a_story_leads_to_its_page_and_to_its_discussion() {
        let both = of(r#"{"id":7,"title":"A &amp; B","url":"https://example.com/?a=1&b=2"}"#);
        let expected = "\
<DT><A HREF=\"https://example.com/?a=1&amp;b=2\" ADD_DATE=\"1700000000\">A &amp; B</A>
<DT><A HREF=\"https://news.ycombinator.com/item?id=7\" ADD_DATE=\"1700000000\">A &amp; B | comments</A>
";
        assert_eq!(both, expected);
    }

    #[test]
    fn a_story_without_a_web_address_leads_to_its_discussion_alone() {
        for json in [
            r#"{"id":7,"title":"T"}"#,
            r#"{"id":7,"title":"T","url":"javascript:alert(1)"}"#,
        ] {
            let one = of(json);
            assert_eq!(one.matches("<A ").count(), 1, "{one}");
            assert!(one.contains("item?id=7\" ADD_DATE=\"1700000000\">T</A>"));
        }
        let unknown = bookmark(7, Timestamp(0), None);
        assert!(unknown.contains(">Item 7</A>"), "{unknown}");
    }

    #[test]
    fn a_title_is_never_markup() {
        let hostile =
            of(r#"{"id":7,"title":"</A><script>\"'\n&lt;b&gt;","url":"https://e.example/\"><b>"}"#);
        let (_, text) = hostile.split_once('>').expect("an element");
        let text = text.replacen("<A ", "", 2).replace("</A>\n", "");
        assert_eq!(
            text.matches('<').count(),
            1,
            "the second entry's: {hostile}"
        );
        assert!(
            hostile.contains("&lt;/A&gt;&lt;script&gt;&quot;' &lt;b&gt;"),
            "{hostile}"
        );
    }
}
