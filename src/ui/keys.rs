//! What each key does. Pure, and tested on the host; `keyboard` carries it out.
//!
//! One table serves the keyboard and the sheet that explains it, so that neither knows a key that
//! the other doesn't. Keys are the characters that they type: Shift is part of them, and any other
//! modifier leaves a key to the browser.

use crate::hn::Feed;

/// What can be done by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To the next story or comment.
    Next,
    /// To the one before.
    Previous,
    /// To the next comment of the top level.
    NextTop,
    /// To the one before.
    PreviousTop,
    /// To the next comment that is new.
    NextNew,
    /// Open the story where the focus is.
    Open,
    /// Follow its link.
    Link,
    /// Show its comments.
    Comments,
    /// Fold the comment, or unfold it.
    Collapse,
    /// Save the story, or don't any more.
    Save,
    /// Hide the story, or don't any more.
    Hide,
    /// To where the reader came from.
    Up,
    /// To the search.
    Search,
    /// Wait for the letter of a place.
    Go,
    /// Open a feed.
    Feed(Feed),
    /// Open what was saved.
    Saved,
    /// Show what the keys do.
    Sheet,
}

/// A key, what the sheet says of it, and what it does.
pub type Key = (&'static str, &'static str, Action);

/// All keys in the order of the sheet.
pub const KEYS: [Key; 16] = [
    ("j", "Next story or comment", Action::Next),
    ("k", "Previous story or comment", Action::Previous),
    ("J", "Next comment of the top level", Action::NextTop),
    (
        "K",
        "Previous comment of the top level",
        Action::PreviousTop,
    ),
    ("n", "Next new comment", Action::NextNew),
    ("Enter", "Open the story", Action::Open),
    ("o", "Follow the story’s link", Action::Link),
    ("c", "Show its comments", Action::Comments),
    ("x", "Fold the comment, or unfold it", Action::Collapse),
    ("s", "Save the story, or don’t any more", Action::Save),
    ("h", "Hide the story, or don’t any more", Action::Hide),
    ("u", "Back up: to the parent, or the stories", Action::Up),
    ("/", "Search", Action::Search),
    ("g", "Go, followed by the letter of a place", Action::Go),
    ("?", "Show or close this list", Action::Sheet),
    ("Escape", "Close this list", Action::Sheet),
];

/// The letters after `g`.
pub const PLACES: [Key; 7] = [
    ("t", "Top stories", Action::Feed(Feed::Top)),
    ("n", "New stories", Action::Feed(Feed::New)),
    ("b", "Best stories", Action::Feed(Feed::Best)),
    ("a", "Ask HN", Action::Feed(Feed::Ask)),
    ("s", "Show HN", Action::Feed(Feed::Show)),
    ("j", "Jobs", Action::Feed(Feed::Jobs)),
    ("v", "Saved stories", Action::Saved),
];

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// In a field that takes text.
    pub typing: bool,
    /// With a modifier other than Shift.
    pub modified: bool,
    /// On a link or a button, which has a use of its own for Enter.
    pub on_control: bool,
    /// The key before was `g`.
    pub after_go: bool,
    /// The reader wants no keys of one character: who speaks to the browser may say them by chance
    /// (WCAG 2.1.4).
    pub off: bool,
}

/// What `key` does here, if anything.
pub fn action(key: &str, context: Context) -> Option<Action> {
    let off = context.off && key.chars().nth(1).is_none();
    if off || context.typing || context.modified || (context.on_control && key == "Enter") {
        return None;
    }
    let named = |keys: &[Key]| keys.iter().find(|(name, ..)| *name == key).copied();
    let found = if context.after_go {
        named(&PLACES)
    } else {
        // Only an open list is closed by it, and the browser does that.
        named(&KEYS).filter(|_| key != "Escape")
    };
    found.map(|(_, _, action)| action)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Context = Context {
        typing: false,
        modified: false,
        on_control: false,
        after_go: false,
        off: false,
    };

    #[test]
    fn each_key_does_one_thing() {
        for keys in [&KEYS[..], &PLACES[..]] {
            for (place, (key, words, _)) in keys.iter().enumerate() {
                assert!(
                    !keys[..place].iter().any(|(other, ..)| other == key),
                    "{key}"
                );
                assert!(!words.is_empty(), "{key}");
            }
        }
    }

    #[test]
    fn a_key_means_what_the_sheet_says() {
        for (key, expected) in [
            ("j", Some(Action::Next)),
            ("J", Some(Action::NextTop)),
            ("?", Some(Action::Sheet)),
            ("s", Some(Action::Save)),
            ("Enter", Some(Action::Open)),
            ("Escape", None),
            ("Tab", None),
            (" ", None),
            ("t", None),
        ] {
            assert_eq!(action(key, PLAIN), expected, "{key}");
        }
    }

    #[test]
    fn after_g_a_letter_is_a_place_and_nothing_else() {
        let after_go = Context {
            after_go: true,
            ..PLAIN
        };
        for (key, expected) in [
            ("s", Some(Action::Feed(Feed::Show))),
            ("t", Some(Action::Feed(Feed::Top))),
            ("v", Some(Action::Saved)),
            ("g", None),
            ("x", None),
            ("?", None),
        ] {
            assert_eq!(action(key, after_go), expected, "{key}");
        }
    }

    #[test]
    fn all_feeds_have_a_letter() {
        for feed in Feed::ALL {
            assert!(
                PLACES.iter().any(|(.., to)| *to == Action::Feed(feed)),
                "{feed}"
            );
        }
    }

    #[test]
    fn nothing_is_taken_from_who_types_or_uses_the_browser_s_own_keys() {
        for context in [
            Context {
                typing: true,
                ..PLAIN
            },
            Context {
                modified: true,
                ..PLAIN
            },
        ] {
            for (key, ..) in KEYS.iter().chain(&PLACES) {
                assert_eq!(action(key, context), None, "{key}");
            }
        }
        let on_control = Context {
            on_control: true,
            ..PLAIN
        };
        assert_eq!(action("Enter", on_control), None);
        assert_eq!(action("j", on_control), Some(Action::Next));
    }

    #[test]
    fn without_keys_of_one_character_only_named_keys_are_left() {
        let off = Context { off: true, ..PLAIN };
        let left = KEYS.iter().chain(&PLACES);
        let left: Vec<_> = left.filter_map(|(key, ..)| action(key, off)).collect();
        assert_eq!(left, [Action::Open]);
    }
}
