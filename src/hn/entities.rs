use std::borrow::Cow;

/// Replaces the character references in a title by what they stand for.
///
/// Titles hold entities but no markup, so a `<` is only ever a character. Covered are numeric
/// references and the five names that Hacker News writes, plus `nbsp`; anything else stays as it
/// is written. Code points follow the HTML standard's "numeric character reference end state":
/// zero, surrogates and what lies beyond Unicode become U+FFFD.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    let Some((before, rest)) = text.split_once('&') else {
        return Cow::Borrowed(text);
    };
    let mut decoded = before.to_owned();
    for part in rest.split('&') {
        let (character, rest) = reference(part).unwrap_or(('&', part));
        decoded.push(character);
        decoded += rest;
    }
    Cow::Owned(decoded)
}

/// The character that the reference stands for whose `&` stood before `part`, and what follows it.
fn reference(part: &str) -> Option<(char, &str)> {
    let (name, rest) = part.split_once(';')?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => (hex, 16),
                None => (digits, 10),
            };
            let mut digits = digits.chars();
            let mut code = digits.next()?.to_digit(radix)?;
            for digit in digits {
                let digit = digit.to_digit(radix)?;
                code = code.saturating_mul(radix).saturating_add(digit);
            }
            char::from_u32(code)
                .filter(|&character| character != '\0')
                .unwrap_or('\u{fffd}')
        }
    };
    Some((character, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters_and_all_else_stays() {
        for (written, meant) in [
            ("plain", "plain"),
            (
                "It&#x27;s &quot;fine&quot; &amp; good",
                "It's \"fine\" & good",
            ),
            ("std::vector&lt;T&gt;", "std::vector<T>"),
            ("a <b> c", "a <b> c"),
            ("&#62; &#x2F; &#X2f;", "> / /"),
            ("AT&T; Q&A &", "AT&T; Q&A &"),
            ("&amp;lt;", "&lt;"),
            ("&#0; &#xD800; &#x10FFFF;", "\u{fffd} \u{fffd} \u{10ffff}"),
            ("&#9999999999; &#xfffffffff;", "\u{fffd} \u{fffd}"),
            ("&#; &#x; &#xZZ; &;", "&#; &#x; &#xZZ; &;"),
            ("&#+65; &#x+41; &#-1;", "&#+65; &#x+41; &#-1;"),
            ("é&#233;&eacute;", "éé&eacute;"),
            ("&日本語日本語;", "&日本語日本語;"),
        ] {
            assert_eq!(decode_entities(written), meant, "{written}");
        }
    }
}
