//! Which stories a feed leaves out, and why: hidden by hand, read, or caught by the reader's filter.
//! Pure, and tested on the host.
//!
//! A filter is a text: entries stand on lines of their own or between commas. `site:example.com`
//! catches a site with all below it, `by:name` a person, anything else whole words of the title, in
//! whatever case.

use crate::hn::{Item, decode_entities};
use crate::loader::shelf::Needle;
use crate::store::{Mark, Reading};

/// What a feed leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sieve {
    hide_read: bool,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Site(String),
    By(String),
    /// With a space before and after each word.
    Words(String),
}

/// Why a story is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The reader hid it.
    Hidden,
    /// It is read.
    Read,
    /// The filter caught it.
    Filter,
}

/// How many stories are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Hidden by hand.
    pub hidden: usize,
    /// Read.
    pub read: usize,
    /// Caught by the filter.
    pub filter: usize,
}

impl LeftOut {
    /// Counts one story more.
    pub fn count(&mut self, why: Option<Why>) {
        match why {
            Some(Why::Hidden) => self.hidden += 1,
            Some(Why::Read) => self.read += 1,
            Some(Why::Filter) => self.filter += 1,
            None => {}
        }
    }
}

impl Sieve {
    /// The sieve that the reader's choice makes.
    pub fn new(reading: &Reading) -> Self {
        let entries = reading.filter.split(['\n', ',']);
        Self {
            hide_read: reading.hide_read,
            entries: entries.filter_map(Entry::parse).collect(),
        }
    }

    /// Why a story is left out, if it is.
    pub fn why(&self, item: &Item, mark: &Mark) -> Option<Why> {
        if mark.hidden.is_some() {
            Some(Why::Hidden)
        } else if self.hide_read && mark.read.is_some() {
            Some(Why::Read)
        } else if self.entries.is_empty() {
            None
        } else {
            let title = item.title.as_deref().unwrap_or_default();
            let title = words(&decode_entities(title));
            let site = item.link().map(|link| link.site);
            let catches = |entry: &Entry| match entry {
                Entry::Site(wanted) => site.as_deref().is_some_and(|site| below(site, wanted)),
                Entry::By(name) => {
                    (item.by.as_ref()).is_some_and(|by| by.eq_ignore_ascii_case(name))
                }
                Entry::Words(words) => Needle::new(words).is_in(&title),
            };
            self.entries.iter().any(catches).then_some(Why::Filter)
        }
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let after = |name: &str| {
            let (head, rest) = text.split_at_checked(name.len())?;
            head.eq_ignore_ascii_case(name).then(|| rest.trim())
        };
        let entry = if let Some(site) = after("site:") {
            let site = site.to_ascii_lowercase();
            Self::Site(site.strip_prefix("www.").unwrap_or(&site).to_owned())
        } else if let Some(name) = after("by:") {
            Self::By(name.to_owned())
        } else {
            Self::Words(words(text))
        };
        let (Self::Site(text) | Self::By(text) | Self::Words(text)) = &entry;
        (!text.trim().is_empty()).then_some(entry)
    }
}

/// Whether `site` is `wanted` or one of its parts.
fn below(site: &str, wanted: &str) -> bool {
    let part = site.strip_suffix(wanted);
    part.is_some_and(|part| part.is_empty() || part.ends_with('.'))
}

/// The words of a text in lower case, with a space before and after each.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    let parts = text.split(|c: char| !is_of_word(c));
    for part in parts.filter(|part| !part.is_empty()) {
        words.extend(part.chars().map(lower));
        words.push(' ');
    }
    words
}

/// Letters, digits, and what names of languages end with.
fn is_of_word(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || c == '+' || c == '#',
        // Of the rest, all but the punctuation of the languages that are met here.
        _ => !matches!(c, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}'),
    }
}

/// The lower case of what is Latin, Greek or Cyrillic. The language's own table knows everything,
/// and weighs too much for it.
fn lower(c: char) -> char {
    let by = match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        _ => 0,
    };
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

#[cfg(test)]
#[allow(
    clippy::field_reassign_with_default,
    reason = "an item has private fields"
)]
mod tests {
    use super::*;
    use crate::store::Marking;
    use crate::time::Timestamp;

    fn story(title: &str, url: &str, by: &str) -> Item {
        let mut item = Item::default();
        item.title = Some(title.to_owned());
        item.url = Some(url.to_owned());
        item.by = Some(by.to_owned());
        item
    }

    fn why(filter: &str, hide_read: bool, item: &Item, markings: &[Marking]) -> Option<Why> {
        let mut mark = Mark::default();
        for marking in markings {
            mark.apply(marking, Timestamp(1));
        }
        let reading = Reading {
            hide_read,
            filter: filter.to_owned(),
        };
        Sieve::new(&reading).why(item, &mark)
    }

    #[test]
    fn an_entry_catches_words_sites_or_people() {
        let item = story(
            "Ask HN: Is C++ (or Rust) “fair” &amp; Größe?",
            "https://blog.example.com/x",
            "Ada",
        );
        for (filter, caught) in [
            ("rust", true),
            ("RUST", true),
            ("c++", true),
            ("c", false),
            ("air", false),
            ("fair", true),
            ("größe", true),
            ("GRÖSSE, GRÖßE", true),
            ("is c++", true),
            ("rust is", false),
            ("site:example.com", true),
            ("Site: www.Example.com", true),
            ("site:blog.example.com", true),
            ("site:log.example.com", false),
            ("site:com.example", false),
            ("by:ada", true),
            ("by:ad", false),
            ("ada", false),
            ("", false),
            (" , \n,site:,by: , -", false),
            ("nothing\nby:ada", true),
            ("nothing,rust", true),
        ] {
            let expected = caught.then_some(Why::Filter);
            assert_eq!(why(filter, false, &item, &[]), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_read_is_left_out_only_if_asked() {
        let item = story("Title", "", "ada");
        let read = [Marking::Read(true)];
        assert_eq!(why("", false, &item, &read), None);
        assert_eq!(why("", true, &item, &read), Some(Why::Read));
        assert_eq!(why("", true, &item, &[]), None);
    }

    #[test]
    fn a_story_has_one_reason_the_reader_s_own_hand_first() {
        let item = story("Title", "", "ada");
        let marks = [Marking::Read(true), Marking::Hidden(true)];
        assert_eq!(why("title", true, &item, &marks), Some(Why::Hidden));
        assert_eq!(why("title", true, &item, &marks[..1]), Some(Why::Read));
        assert_eq!(why("title", true, &item, &[]), Some(Why::Filter));
    }

    #[test]
    fn an_item_without_anything_is_caught_by_nothing() {
        assert_eq!(why("a,site:a,by:a", true, &Item::default(), &[]), None);
    }
}
