//! A thread whose lists are wrong in every way that ids can be wrong.

use serde_json::json;

use crate::world::{Feed, Oddity, World};

/// Its place among the top stories, behind the others that are odd.
const RANK: usize = 99;
/// Nobody has this id.
const NOBODY: u64 = 40_999_999;

/// Adds the story, its comments, and one whose parent doesn't exist.
pub(super) fn add(world: &mut World) {
    let story = world.max_id() + 1;
    world.put_item(json!({
        "by": "moth", "descendants": 0, "id": story, "score": 12, "time": world.now() - 7_200,
        "title": "A list of lists that go round in circles", "type": "story",
        "url": "https://automata.example/circles",
    }));
    let names = ["ada82", "mlk", "jo", "kite7"];
    let mut say = |parent: u64, text: &str| {
        let by = names[text.len() % names.len()];
        world.reply(parent, by, text)
    };
    let [twice, own, up, mixed] = [
        "This reply stands twice in its list.",
        "This one counts itself among its replies.",
        "This one has its own parent below it.",
        "Its list holds more than numbers.",
    ]
    .map(|text| say(story, text));
    let below_own = say(own, "A true reply beside itself.");
    let below_up = say(up, "Below it stands the story itself.");
    let below_mixed = say(mixed, "The only number in its list.");
    let lost = say(story, "A reply to something that isn’t there.");

    world.set(story, "kids", json!([own, twice, mixed, twice, up]));
    world.set(own, "kids", json!([own, below_own]));
    world.set(up, "kids", json!([below_up]));
    world.set(below_up, "kids", json!([up, story]));
    // Another's reply, too: the first list that holds it keeps it.
    let kids = json!([
        "one",
        null,
        -5,
        1.5,
        {},
        below_mixed,
        [],
        "42",
        below_own,
        true,
        1e300
    ]);
    world.set(mixed, "kids", kids);
    world.set(lost, "parent", json!(NOBODY));
    world.set(story, "descendants", json!(7));

    let odd = &mut world.oddities;
    odd.insert(Oddity::Cyclic, vec![own, below_up]);
    odd.insert(Oddity::RepeatedKid, vec![story, mixed]);
    odd.insert(Oddity::NoNumber, vec![mixed]);
    odd.insert(Oddity::LostParent, vec![lost]);
    let mut top = world.feed(Feed::Top).to_vec();
    let len = top.len();
    top.insert(RANK.min(len), story);
    top.truncate(len);
    world.set_feed(Feed::Top, top);
}
