//! Texts as parts of addresses.

/// A text as a part of an address: whatever could mean something there is written as `%XX`.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(byte.into());
            }
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

/// The text that a part of an address stands for; what isn't well-formed stands for itself.
pub fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, read) = match (first, code(after)) {
            (b'%', Some(byte)) => (byte, 3),
            (b'+', _) => (b' ', 1),
            (byte, _) => (*byte, 1),
        };
        bytes.push(byte);
        rest = &rest[read..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}

/// The byte that the two digits after a `%` stand for.
fn code(after: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_in_it_means_anything() {
        for text in [
            "rust",
            "c++ & c#",
            "a=b?c/d",
            "100%",
            "caf\u{e9} \u{1f980}",
            "%41",
            "",
        ] {
            let written = encoded(text);
            assert_eq!(decoded(&written), text);
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte);
            assert!(written.bytes().all(safe), "{written}");
        }
    }

    #[test]
    fn what_is_not_well_formed_stands_for_itself() {
        for (part, text) in [
            ("a+b", "a b"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%-1%1-%", "%-1%1-%"),
            ("%+a", "% a"),
            ("%ff+a", "%ff+a"),
        ] {
            assert_eq!(decoded(part), text, "{part}");
        }
    }
}
