//! What nests without end, or is as long as an answer may be, costs neither the stack nor minutes.

use std::thread;
use std::time::{Duration, Instant};

use hackershelf::hn::{
    Decode, Hits, Id, Item, Thread, Tree, User, decode_entities, decoded, plain_text, quoted,
};
use hackershelf::store::{Mark, Record, Settings};
use hackershelf::time::Timestamp;

use crate::properties;

const LEVELS: usize = 100_000;

/// A text on which something that takes the square of its length would take hours.
const LONG: usize = 1 << 18;

/// What takes seconds has far more, for machines may be busy.
const PATIENCE: Duration = Duration::from_secs(200);

fn decode_as_everything(text: &str) {
    let _ = Item::decode(text);
    let _ = Vec::<Item>::decode(text);
    let _ = Tree::read(text);
    let _ = Hits::decode(text);
    let _ = User::decode(text);
    let _ = Vec::<Id>::decode(text);
    let _ = Mark::decode(text);
    let _ = Settings::decode(text);
    let _ = Record::parse(text, Timestamp(1));
}

#[test]
fn a_hundred_thousand_levels_need_no_stack() {
    // A quarter of what a browser gives to wasm.
    let small = thread::Builder::new().stack_size(256 << 10);
    let all = small.spawn(|| {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"children\":[", "]}")] {
            let open = open.repeat(LEVELS);
            decode_as_everything(&open);
            decode_as_everything(&format!("{open}{}", close.repeat(LEVELS)));
        }
        let deep = "[".repeat(LEVELS) + &"]".repeat(LEVELS);
        for field in ["a", "id", "kids", "by", "children", "collapsed"] {
            decode_as_everything(&format!("{{\"id\":1,\"{field}\":{deep}}}"));
            decode_as_everything(&format!("[{{\"id\":1,\"{field}\":[{deep}]}}]"));
        }
        decode_as_everything(&format!("{{\"hits\":[{{\"objectID\":{deep}}}]}}"));
    });
    all.expect("a thread").join().expect("no panic");
}

#[test]
fn what_is_as_long_as_an_answer_may_be_is_read_in_seconds() {
    let begun = Instant::now();
    for piece in [
        "<",
        "<p>",
        "</p>",
        "&",
        "&#x",
        "<&",
        "\"",
        "\\",
        "%",
        "%4",
        "[",
        ",\"body\":",
        "\u{e9}",
        "\u{0}",
    ] {
        let text = piece.repeat(LONG / piece.len());
        plain_text(&text);
        decode_entities(&text);
        decoded(&text);
        let _ = Record::parse(&text, Timestamp(1));
        let _ = Tree::read(&format!("{{\"id\":1,\"text\":{}}}", quoted(&text)));
    }
    properties::file(&"{\"store\":\"items\"}\n".repeat(LONG / 128));
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}

/// As many replies to one comment as an answer has room for, told all at once and one by one.
#[test]
fn very_many_replies_to_one_comment_are_placed_in_seconds() {
    const MANY: Id = 100_000;
    let begun = Instant::now();
    let replies = (2..MANY).map(|id| format!("{{\"id\":{id}}}"));
    let replies: Vec<_> = replies.collect();
    let tree = format!("{{\"id\":1,\"children\":[{}]}}", replies.join(","));
    let mut grown = Thread::new(1);
    grown.grow(Tree::read(&tree).expect("a tree"));
    assert_eq!(grown.awaited_below(1).len(), replies.len());

    let replies = (2..MANY).map(|id| format!("{{\"id\":{id},\"parent\":1,\"text\":\"t\"}}"));
    let replies: Vec<_> = replies.collect();
    let kept = format!("[{}]", replies.join(","));
    let mut recalled = Thread::new(1);
    recalled.recall(Vec::decode(&kept).expect("items"), false);
    assert_eq!(recalled.facts().there, replies.len());
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}
