//! What is shown of something found: its texts in pieces, those that fit marked.

use std::ops::Range;

use super::fold::Folder;
use crate::hn::Hit;

/// A text in pieces; whether each is what was looked for.
pub type Marked = Vec<(String, bool)>;

/// About so many bytes of a text are shown.
const SHOWN: usize = 280;

/// So many of them stand before what was looked for.
const BEFORE: usize = 80;

/// Something found, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The thing itself.
    pub hit: Hit,
    /// Whether it is kept in this browser.
    pub kept: bool,
    /// Its title.
    pub title: Marked,
    /// Its author's name.
    pub by: Marked,
    /// The site that it leads to.
    pub site: Marked,
    /// What stands around what was looked for, or how the text begins.
    pub text: Marked,
}

impl Found {
    /// What is shown of `hit`, which was found by `words`.
    pub fn new(hit: Hit, kept: bool, words: &[String], folder: &mut Folder) -> Self {
        let mut marked = |text: &str| {
            let places = folder.places(text, words);
            pieces(text, 0..text.len(), &places)
        };
        let (title, by) = (marked(&hit.title), marked(&hit.by));
        let site = hit.link.as_ref().map(|link| marked(&link.site));
        let places = folder.places(&hit.text, words);
        let text = pieces(&hit.text, snippet(&hit.text, &places), &places);
        Self {
            kept,
            title,
            by,
            site: site.unwrap_or_default(),
            text,
            hit,
        }
    }
}

/// The part of a text that is shown: around the first place, cut between words.
pub fn snippet(text: &str, places: &[Range<usize>]) -> Range<usize> {
    let first = places.first().map_or(0, |place| place.start);
    let start = match first.saturating_sub(BEFORE) {
        0 => 0,
        from => {
            let from = boundary(text, from);
            let before = text.get(from..first).unwrap_or_default();
            let gap = before.find(char::is_whitespace);
            gap.map_or(from, |gap| boundary(text, from + gap + 1))
        }
    };
    let most = boundary(text, start + SHOWN);
    let end = match most == text.len() {
        true => most,
        false => {
            let shown = text.get(start..most).unwrap_or_default();
            let gap = shown.rfind(char::is_whitespace);
            gap.map_or(most, |gap| start + gap)
        }
    };
    start..end
}

/// The first place from `at` on where the text can be cut.
fn boundary(text: &str, at: usize) -> usize {
    let ends = (at..text.len()).find(|&at| text.is_char_boundary(at));
    ends.unwrap_or(text.len())
}

/// `part` of a text in pieces, with an ellipsis where it was cut.
fn pieces(text: &str, part: Range<usize>, places: &[Range<usize>]) -> Marked {
    let mut pieces = Marked::new();
    let mut at = part.start;
    if at > 0 {
        pieces.push(("… ".to_owned(), false));
    }
    let mut push = |piece: Range<usize>, marked| {
        let piece = text.get(piece).filter(|piece| !piece.is_empty());
        pieces.extend(piece.map(|piece| (piece.to_owned(), marked)));
    };
    for place in places {
        let (start, end) = (place.start.max(at), place.end.min(part.end));
        if start < end {
            push(at..start, false);
            push(start..end, true);
            at = end;
        }
    }
    push(at..part.end, false);
    if part.end < text.len() {
        pieces.push((" …".to_owned(), false));
    }
    pieces
}
