//! Texts without case and accents, in which words are found, and where those stand in the text as
//! it was written.

use std::ops::Range;

use rustc_hash::FxHashMap as HashMap;

/// What a character is made of: its base, then its marks, in lower case.
pub type Decompose = fn(char) -> String;

/// Folds texts. Which characters are the same but for case and accents is asked once each.
#[derive(Debug)]
pub struct Folder {
    decompose: Decompose,
    known: HashMap<char, Box<str>>,
}

impl Folder {
    /// A folder that knows characters by what they are made of.
    pub fn new(decompose: Decompose) -> Self {
        let known = HashMap::default();
        Self { decompose, known }
    }

    /// The text without case and accents.
    pub fn fold(&mut self, text: &str) -> String {
        let mut folded = String::with_capacity(text.len());
        self.each(text, |_, character| folded.push_str(character));
        folded
    }

    /// The words of a query, folded.
    pub fn words(&mut self, query: &str) -> Vec<String> {
        let folded = self.fold(query);
        let words = folded.split(|letter: char| letter.is_whitespace() || letter == '"');
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }

    /// Where any of `words`, which are folded, stands in `text`: in order, apart from each other.
    pub fn places(&mut self, text: &str, words: &[String]) -> Vec<Range<usize>> {
        let (mut folded, mut origins) = (String::with_capacity(text.len()), Vec::new());
        self.each(text, |at, character| {
            folded.push_str(character);
            origins.resize(folded.len(), at);
        });
        origins.push(text.len());
        let mut marked = vec![false; folded.len()];
        for word in words {
            let (needle, mut from) = (Needle::new(word), 0);
            while let Some(at) = needle.next_in(&folded, from) {
                from = at + word.len();
                marked[at..from].fill(true);
            }
        }
        let mut places: Vec<Range<usize>> = Vec::new();
        for at in (0..folded.len()).filter(|&at| marked[at]) {
            let start = origins[at];
            match places.last_mut() {
                Some(last) if start < last.end => {}
                last => {
                    // To the end of the character that it came from, with its marks.
                    let end = origins[at..].iter().find(|&&next| next > start);
                    let end = *end.unwrap_or(&text.len());
                    match last {
                        Some(last) if last.end == start => last.end = end,
                        _ => places.push(start..end),
                    }
                }
            }
        }
        places
    }

    /// Tells of each character of `text` where it stands and what it is folded to.
    fn each(&mut self, text: &str, mut tell: impl FnMut(usize, &str)) {
        for (at, character) in text.char_indices() {
            if character.is_ascii() {
                let lower = character.to_ascii_lowercase();
                tell(at, lower.encode_utf8(&mut [0; 4]));
                continue;
            }
            let decompose = self.decompose;
            let folded = self
                .known
                .entry(character)
                .or_insert_with(|| match character {
                    '‘' | '’' => "'".into(),
                    '“' | '”' => "\"".into(),
                    _ => decompose(character).replace(is_mark, "").into(),
                });
            tell(at, folded);
        }
    }
}

/// The blocks of marks that are put on letters.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// A piece of text, ready to be found in many.
pub struct Needle<'a> {
    word: &'a [u8],
    /// The place of its rarest byte, and that byte.
    rare: (usize, u8),
}

impl<'a> Needle<'a> {
    /// `word` isn't empty.
    pub fn new(word: &'a str) -> Self {
        // The letters of English, the most frequent first; whatever else is rarer.
        let rank = |byte: &u8| b" etaoinsrhldcumfpgwybv".iter().position(|it| it == byte);
        let rareness = |(_, byte): &(usize, &u8)| rank(byte).unwrap_or(usize::MAX);
        let bytes = word.as_bytes().iter().enumerate();
        let rare = bytes.max_by_key(rareness).map(|(at, byte)| (at, *byte));
        Self {
            word: word.as_bytes(),
            rare: rare.unwrap_or_default(),
        }
    }

    /// Whether it stands in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.next_in(text, 0).is_some()
    }

    /// Where it stands first in a text, from there on.
    pub fn next_in(&self, text: &str, from: usize) -> Option<usize> {
        let (offset, rare) = self.rare;
        let text = text.as_bytes();
        let mut from = from + offset;
        loop {
            from += text.get(from..)?.iter().position(|&byte| byte == rare)?;
            let start = from - offset;
            if text[start..].starts_with(self.word) {
                return Some(start);
            }
            from += 1;
        }
    }
}
