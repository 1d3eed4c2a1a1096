//! A thread told of items in any order, by both APIs and the store.

use hackershelf::hn::{Decode, Error, Id, Item, Thread, Tree};
use serde_json::{Value, json};

use crate::inputs::Dice;
use crate::properties::kept_thread;

/// The thread hangs from this one; all others are few, so that they come again and again.
const ROOT: Id = 1;
const IDS: u16 = 9;

fn id(number: u16) -> Id {
    Id::from(number % IDS) + ROOT
}

fn ids(bits: u16) -> Vec<Id> {
    let mut ids: Vec<Id> = (0..IDS)
        .filter(|bit| bits >> bit & 1 == 1)
        .map(id)
        .collect();
    // In any order.
    let length = ids.len().max(1);
    ids.rotate_left(usize::from(bits >> IDS) % length);
    ids
}

/// An item that three dice decide: who it is, what stands above it, what stands below it.
fn item([who, what, below]: Dice) -> Item {
    const KINDS: [&str; 4] = ["story", "comment", "comment", "pollopt"];
    let mut item = json!({
        "id": id(who),
        "type": KINDS[usize::from(what % 4)],
        "by": "a", "text": "t", "title": "t",
        "kids": ids(below),
    });
    match what / 4 % 4 {
        0 => item["poll"] = json!(id(what / 16)),
        1 => {}
        _ => item["parent"] = json!(id(what / 16)),
    }
    if what / 256 % 4 == 0 {
        item["parts"] = json!(ids(below.rotate_left(5)));
    }
    if what / 1024 % 4 == 0 {
        item["descendants"] = json!(what / 4096);
    }
    Item::decode(&item.to_string()).expect("an item")
}

/// A tree of the index: each of the dice is a node below one before it.
fn tree(dice: &[Dice]) -> Tree {
    fn node(at: usize, dice: &[Dice]) -> Value {
        let children = (at + 1..dice.len()).filter(|&it| usize::from(dice[it][1]) % it == at);
        let children: Vec<_> = children.map(|it| node(it, dice)).collect();
        let number = if at == 0 { ROOT } else { id(dice[at][0]) };
        let mut node = json!({"id": number, "type": "comment", "children": children});
        if !dice[at][2].is_multiple_of(4) {
            node["author"] = json!("a");
            node["text"] = json!("t");
        }
        node
    }
    Tree::read(&node(0, dice).to_string()).expect("a tree")
}

/// Tells a thread one thing after the other, and checks after each what it says of itself.
pub fn told(dice: &[Dice]) {
    let mut thread = Thread::new(ROOT);
    let mut rest = dice;
    while let [[kind, about, _], after @ ..] = rest {
        let most = usize::from(about % 7).min(after.len());
        let (now, later) = after.split_at(most);
        match kind % 4 {
            0 if !now.is_empty() => thread.grow(tree(now)),
            1 => {
                let items = now.iter().copied().map(item).collect();
                thread.recall(items, kind / 4 % 2 == 0);
            }
            2 => thread.answer(
                id(*about),
                Err([Error::Missing, Error::Undecodable][usize::from(kind / 4 % 2)].clone()),
            ),
            _ => {
                for item in now.iter().copied().map(item) {
                    thread.answer(item.id, Ok(item));
                }
            }
        }
        rest = later;
        check(&mut thread);
    }
}

fn check(thread: &mut Thread) {
    let facts = thread.facts();
    let lacking = thread.lacking();
    assert!(facts.there + facts.failed <= facts.total, "{facts:?}");
    let mut once = lacking.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), lacking.len(), "{lacking:?}");
    // What nobody waits for any more is there or failed, or the reader would wait for ever.
    let missing = facts.total - facts.there - facts.failed;
    let lacking_comments = lacking.iter().filter(|id| **id != ROOT).count();
    assert!(missing <= lacking_comments, "{facts:?} {lacking:?}");
    assert!(!facts.loaded || facts.there == facts.total);
    assert!(facts.loaded || !facts.ranked && !facts.verified);
    if facts.ranked {
        assert!(thread.unranked().is_empty());
    }
    kept_thread(ROOT, thread);
    let news = thread.news();
    if let Some(news) = news {
        let mut listed: Vec<Id> = news
            .lists
            .iter()
            .flat_map(|(_, ids)| ids)
            .copied()
            .collect();
        listed.sort_unstable();
        let all = listed.len();
        listed.dedup();
        assert_eq!(listed.len(), all, "each stands in one place");
    }
    assert_eq!(thread.news(), None, "news is told once");
}

#[test]
fn an_option_with_replies_of_its_own_keeps_nobody_waiting() {
    let mut poll = Thread::new(ROOT);
    for item in [
        r#"{"id":1,"type":"poll","title":"t","parts":[2],"kids":[]}"#,
        r#"{"id":2,"type":"pollopt","poll":1,"text":"t","kids":[3]}"#,
    ] {
        let item = Item::decode(item).expect("an item");
        poll.answer(item.id, Ok(item));
    }
    let facts = poll.facts();
    assert_eq!((facts.total, facts.loaded), (0, true));
}

#[test]
fn an_absurd_time_or_score_costs_no_kept_thread() {
    for (field, value) in [
        ("time", u64::MAX.to_string()),
        ("score", i64::MIN.to_string()),
    ] {
        let item = Item::decode(&format!("{{\"id\":1,\"{field}\":{value}}}"));
        let mut thread = Thread::new(ROOT);
        thread.answer(ROOT, item);
        let kept = thread.to_json();
        let items = Vec::<Item>::decode(&kept).expect("what was kept is read");
        assert_eq!(thread.root(), items.first(), "{kept}");
    }
}
