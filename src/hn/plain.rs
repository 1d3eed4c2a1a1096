use super::decode_entities;

/// HTML of Hacker News as plain text: paragraphs are lines, everything else is its text.
///
/// Only for what is shown as text or searched: it isn't a parser, and what it gives may hold `<`.
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        text += before;
        let name = tag[1..].trim_start_matches('/');
        let end = tag.find('>');
        let is_tag = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '!');
        let Some(end) = end.filter(|_| is_tag) else {
            text.push('<');
            rest = &tag[1..];
            continue;
        };
        let name = name
            .split(|byte: char| !byte.is_ascii_alphanumeric())
            .next();
        if matches!(name, Some("p" | "br" | "pre")) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        rest = &tag[end + 1..];
    }
    text += rest;
    decode_entities(text.trim_end()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_is_left_and_paragraphs_are_lines() {
        for (html, text) in [
            ("a<p>b<p>c", "a\nb\nc"),
            ("<p>a</p><p>b</p>", "a\nb"),
            (
                "an <i>odd</i> <a href=\"https:&#x2F;&#x2F;x\" rel=\"nofollow\">link</a>",
                "an odd link",
            ),
            ("<pre><code>if a &lt; b {\n}</code></pre>", "if a < b {\n}"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("a <", "a <"),
            ("a <b", "a <b"),
            ("&lt;script&gt;x", "<script>x"),
            ("<!-- x -->y", "y"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }
}
