//! What can happen to a JSON text: its values change their types and sizes, its bytes are flipped,
//! cut off, doubled.

use serde_json::Value;

use crate::inputs::Dice;

/// Values that are none of what is expected somewhere.
const VALUES: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e2",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "\"\"",
    "\"7\"",
    "\"\\u0000\\ud83d\\ude00\\u2028\"",
    "[]",
    "{}",
    "[[{\"id\":1},2,\"3\"]]",
];

/// Pieces that are no JSON, or only in the right place.
const PIECES: [&str; 20] = [
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\udc00\\ud800",
    "\u{0}",
    "\n",
    "\r",
    "\u{feff}",
    ",",
    ":",
    "[",
    "{",
    "]",
    "}",
    "]}",
    ",\"body\":",
    "\"id\":1,",
    "[[[[[[[[[[[[[[[[",
    "99999999999999999999",
];

/// The text of a value with as many damages as there are dice.
pub fn text(mut value: Value, dice: &[Dice]) -> String {
    let (inner, outer): (Vec<Dice>, Vec<Dice>) = dice.iter().partition(|dice| dice[0] % 2 == 0);
    for [_, place, what] in inner {
        let mut places = Vec::new();
        slots(&mut value, &mut places);
        let at = usize::from(place) % places.len();
        if let Some(slot) = places.into_iter().nth(at) {
            *slot = serde_json::from_str(VALUES[usize::from(what) % VALUES.len()])
                .unwrap_or_else(|_| Value::from(f64::MAX));
        }
    }
    bytes(value.to_string(), &outer)
}

/// A text with its bytes damaged.
pub fn bytes(text: String, dice: &[Dice]) -> String {
    let mut bytes = text.into_bytes();
    for [kind, place, what] in dice {
        let at = usize::from(*place) % (bytes.len() + 1);
        match kind / 2 % 4 {
            0 if at < bytes.len() => bytes[at] ^= 1 << (what % 8),
            1 => bytes.truncate(at),
            2 => {
                let end = (at + usize::from(what % 64)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let piece = PIECES[usize::from(*what) % PIECES.len()];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    // As the browser makes a text of an answer.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every place in a value where another could stand.
fn slots<'a>(value: &'a mut Value, all: &mut Vec<&'a mut Value>) {
    let has_inner = |value: &Value| match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    if !has_inner(value) {
        all.push(value);
        return;
    }
    match value {
        Value::Array(list) => list.iter_mut().for_each(|inner| slots(inner, all)),
        Value::Object(fields) => fields.values_mut().for_each(|inner| slots(inner, all)),
        _ => {}
    }
}
