use super::decode_entities;

/// HTML of Hacker News as plain text: paragraphs are lines, everything else is its text.
///
/// Only for what is shown as text or searched: it isn't a parser, and what it gives may hold `<`.
pub fn plain_text(html: &str) -> String {
    let mut parts = html.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.trim_start_matches('/');
        let is_tag = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '!');
        let Some((_, rest)) = part.split_once('>').filter(|_| is_tag) else {
            text.push('<');
            text += part;
            continue;
        };
        let name = name
            .split(|byte: char| !byte.is_ascii_alphanumeric())
            .next();
        if matches!(name, Some("p" | "br" | "pre")) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text += rest;
    }
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
