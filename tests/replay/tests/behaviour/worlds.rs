use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use replay::{Config, Feed, HOSTILE_MARK, HOSTILE_PATH, Oddity, Server, Snippet, World};
use serde_json::Value;

use crate::{client, get_json};

const NOW: u64 = 1_760_000_000;

fn world() -> World {
    World::generated_at(42, NOW)
}

fn text<'a>(world: &'a World, id: u64, field: &str) -> &'a str {
    let item = world.item(id).expect("the item is there");
    item[field].as_str().unwrap_or("")
}

#[test]
fn a_seed_and_a_moment_make_the_same_world() {
    let (one, other, third) = (world(), world(), World::generated_at(43, NOW));
    assert_eq!(one.ids(), other.ids());
    assert!(one.ids().iter().all(|id| one.item(*id) == other.item(*id)));
    assert!(
        one.user_names()
            .iter()
            .all(|name| one.user(name) == other.user(name))
    );
    for feed in Feed::ALL {
        assert_eq!(one.feed(feed), other.feed(feed));
    }
    let titles = |world: &World| -> Vec<String> {
        let top = world.feed(Feed::Top).iter().take(30);
        top.map(|id| text(world, *id, "title").to_owned()).collect()
    };
    assert_ne!(titles(&one), titles(&third));
}

#[test]
fn feeds_have_their_sizes_and_no_id_twice() {
    for seed in 1..=5 {
        let world = World::generated_at(seed, NOW);
        for (feed, size) in [
            (Feed::Top, 500),
            (Feed::New, 500),
            (Feed::Best, 200),
            (Feed::Ask, 55),
            (Feed::Show, 137),
            (Feed::Jobs, 31),
        ] {
            let ids = world.feed(feed);
            assert_eq!(ids.len(), size, "{feed:?}");
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), size, "{feed:?}");
            let lost = world.odd(Oddity::LostStory);
            let known = ids.iter().filter(|id| world.item(**id).is_some()).count();
            assert!(known == size || (feed == Feed::New && lost.len() == 3));
        }
    }
}

#[test]
fn every_promised_oddity_is_there() {
    for seed in 1..=5 {
        let world = World::generated_at(seed, NOW);
        for oddity in Oddity::ALL {
            let ids = world.odd(oddity);
            assert!(!ids.is_empty(), "seed {seed}: {oddity:?}");
            let holds = |id: &u64| has(&world, *id, oddity);
            assert!(ids.iter().all(holds), "seed {seed}: {oddity:?}");
        }
    }
}

/// Whether the item is odd in the way its label says.
fn has(world: &World, id: u64, oddity: Oddity) -> bool {
    let nothing = Value::Null;
    let item = world.item(id).unwrap_or(&nothing);
    let said = format!("{} {}", item["title"], item["text"]);
    match oddity {
        Oddity::Deleted => item["deleted"] == true && item.get("by").is_none(),
        Oddity::Dead => item["dead"] == true && item["text"].is_string(),
        Oddity::NullKid => item.is_null(),
        Oddity::Delayed => item["text"] == "[delayed]",
        Oddity::Poll => item["type"] == "poll" && world.parts(id).len() > 1,
        Oddity::JobWithoutBy => item["type"] == "job" && item.get("by").is_none(),
        Oddity::EmptyUrl => item["url"] == "",
        Oddity::NoUrl => item.get("url").is_none() && item.get("text").is_none(),
        Oddity::Entities => said.contains('&') && said.contains(';'),
        Oddity::Unicode => !said.is_ascii(),
        Oddity::RightToLeft => {
            said.contains(|c: char| ('\u{590}'..'\u{6ff}').contains(&c))
                || said.contains('\u{202e}')
        }
        Oddity::LongWord => said.split(' ').any(|word| word.len() > 60),
        Oddity::Hostile => item["type"] == "comment" || item["type"] == "story",
        Oddity::HostileName => text(world, id, "by").contains('<'),
        Oddity::Deep => depth(world, id) >= 10,
        Oddity::Big => world.thread(id).len() >= 200,
        Oddity::Unindexed => item["type"] == "comment",
        Oddity::LostStory => item["dead"] == true || item["deleted"] == true || item.is_null(),
        Oddity::Huge => world.thread(id).len() == 3_000 && depth(world, id) == 40,
        Oddity::Cyclic => world.kids(id).iter().any(|kid| *kid <= id),
        Oddity::RepeatedKid => {
            let kids = world.kids(id);
            let theirs = |kid: &u64| world.item(*kid).is_some_and(|kid| kid["parent"] != id);
            kids.iter().any(theirs) || kids.iter().collect::<HashSet<_>>().len() < kids.len()
        }
        Oddity::LostParent => item["parent"]
            .as_u64()
            .is_some_and(|id| world.item(id).is_none()),
        Oddity::NoNumber => {
            let kids = item["kids"].as_array();
            kids.is_some_and(|kids| kids.iter().any(|kid| kid.as_u64().is_none()))
        }
        Oddity::Overcounted => item["descendants"].as_u64() > Some(world.thread(id).len() as u64),
    }
}

fn depth(world: &World, id: u64) -> usize {
    let kids = world.kids(id);
    kids.into_iter()
        .map(|kid| 1 + depth(world, kid))
        .max()
        .unwrap_or(0)
}

/// How many comments of a thread have no reply, one, and more, and how many of these lists stand
/// in the order of ids.
fn shape(world: &World, story: u64) -> ([usize; 3], usize) {
    let (mut replies, mut sorted) = ([0; 3], 0);
    for id in world.thread(story) {
        let kids = world.kids(id);
        replies[kids.len().min(2)] += 1;
        sorted += usize::from(kids.len() > 1 && kids.is_sorted());
    }
    (replies, sorted)
}

#[test]
fn discussions_have_exactly_their_size_and_the_shape_of_recorded_ones() {
    for comments in [1, 2, 7, 30, 300, 3_000] {
        let world = World::discussion(7, comments);
        let story = world.feed(Feed::Top)[0];
        assert_eq!(world.thread(story).len(), comments);
        let deepest = (comments / 5).clamp(1, 40);
        assert_eq!(depth(&world, story), deepest, "{comments}");
        let (replies, sorted) = shape(&world, story);
        let more = replies[2] * 100 / comments;
        assert!(comments < 30 || (14..=16).contains(&more), "{replies:?}");
        if comments >= 300 {
            assert!(
                sorted * 2 < replies[2],
                "{sorted} of {replies:?} are in order"
            );
        }
        if comments == 3_000 {
            let tops = world.kids(story);
            let mut sizes: Vec<usize> = tops.iter().map(|id| world.thread(*id).len()).collect();
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            let first: usize = sizes[..4].iter().sum();
            assert!((38..=44).contains(&sizes.len()), "{sizes:?}");
            assert!(first > 1_000 && sizes[30] < 40, "{sizes:?}");
            let [deleted, dead, none] = [Oddity::Deleted, Oddity::Dead, Oddity::NullKid];
            let replied = |id: &&u64| !world.kids(**id).is_empty();
            assert!(world.odd(deleted).iter().filter(replied).count() > 5);
            assert!(world.odd(dead).iter().filter(replied).count() > 5);
            assert!(world.odd(none).len() > 5);
        }
    }
}

#[test]
fn the_first_page_is_presentable() {
    for seed in 1..=5 {
        let world = World::generated_at(seed, NOW);
        let odd: BTreeSet<u64> = Oddity::ALL
            .into_iter()
            .filter(|oddity| !matches!(oddity, Oddity::Entities | Oddity::Unicode))
            .filter(|oddity| !matches!(oddity, Oddity::Deep | Oddity::Big | Oddity::JobWithoutBy))
            .flat_map(|oddity| world.odd(oddity).to_vec())
            .collect();
        let mut titles = HashSet::new();
        for id in &world.feed(Feed::Top)[..30] {
            assert!(!odd.contains(id), "seed {seed}: {id}");
            assert!(titles.insert(text(&world, *id, "title")), "a title twice");
            let thread = world.thread(*id);
            let hostile = |id: &u64| world.odd(Oddity::Hostile).contains(id);
            assert!(!thread.iter().any(hostile), "seed {seed}: {id}");
        }
    }
}

#[test]
fn hostile_texts_would_leave_their_mark() {
    let world = world();
    let marked = |id: &&u64| {
        let item = world.item(**id).map(Value::to_string);
        item.is_some_and(|item| item.contains(HOSTILE_MARK))
    };
    assert!(world.odd(Oddity::Hostile).iter().filter(marked).count() > 20);
}

#[test]
fn every_kind_of_hostile_markup_stands_in_every_place_that_strangers_write() {
    let snippets = Snippet::all();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for snippet in &snippets {
        *kinds.entry(snippet.kind).or_default() += 1;
        assert!(snippet.html.contains("seen"), "{snippet:?}");
    }
    assert!(
        kinds.len() >= 14 && kinds.values().all(|n| *n >= 3),
        "{kinds:?}"
    );
    let armed = |snippet: &&Snippet| {
        snippet.html.contains(HOSTILE_MARK) || snippet.html.contains(HOSTILE_PATH)
    };
    assert!(snippets.iter().filter(armed).count() > 50);
    let world = World::hostile();
    let stories = world.feed(Feed::Top);
    let comments = world.thread(stories[0]);
    for ((snippet, story), comment) in snippets.iter().zip(stories).zip(comments) {
        for (id, field) in [
            (*story, "title"),
            (*story, "text"),
            (comment, "text"),
            (comment, "by"),
        ] {
            assert_eq!(text(&world, id, field), snippet.html);
        }
        let user = world.user(&snippet.html).expect("each has a user");
        assert_eq!(user["about"], snippet.html);
    }
    let script = |id: &&u64| text(&world, **id, "url").to_lowercase().contains("script:");
    assert!(stories.iter().filter(script).count() > 20);
}

#[test]
fn titles_differ_and_sites_are_reserved_names() {
    let world = world();
    let mut titles = HashSet::new();
    let mut hosts = HashSet::new();
    for id in world.ids() {
        let item = world.item(id).expect("listed");
        if let Some(title) = item["title"].as_str() {
            assert!(titles.insert(title.to_owned()), "twice: {title}");
        }
        let url = item["url"].as_str().unwrap_or("");
        if let Some(rest) = url.strip_prefix("https://") {
            hosts.insert(rest.split(['/', '"']).next().unwrap_or("").to_owned());
        }
    }
    let reserved = |host: &String| {
        let ends = [
            ".example",
            "example.com",
            "example.org",
            "example.net",
            "example.edu",
        ];
        ends.iter().any(|end| host.ends_with(end)) || host.starts_with('[')
    };
    assert!(hosts.iter().all(reserved), "{hosts:?}");
}

#[test]
fn time_runs_from_story_to_reply_to_now() {
    let world = world();
    let tangled = [Oddity::Cyclic, Oddity::RepeatedKid].map(|oddity| world.odd(oddity));
    for id in world.ids() {
        let item = world.item(id).expect("listed");
        let time = item["time"].as_u64().expect("every item has a time");
        assert!(time <= NOW, "{id} is from the future");
        if tangled.concat().contains(&id) {
            continue;
        }
        for kid in world.kids(id) {
            assert!(kid > id, "{kid} came after {id}");
            let parent = world.item(kid).map(|kid| kid["parent"].as_u64());
            assert!(parent.is_none_or(|parent| parent == Some(id)));
        }
    }
    let ages: Vec<u64> = world
        .feed(Feed::New)
        .iter()
        .filter_map(|id| Some(NOW - world.item(*id)?["time"].as_u64()?))
        .collect();
    assert!(ages[0] < 3_600 && ages[ages.len() - 1] > 36_000);
    assert!(ages.iter().all(|age| *age <= 86_400));
}

#[test]
fn one_author_is_diligent_and_one_has_no_profile() {
    let world = world();
    let names: HashSet<&str> = world.user_names().into_iter().collect();
    let longest = names
        .iter()
        .filter_map(|name| world.user(name)?["submitted"].as_array());
    assert!(longest.map(Vec::len).max() > Some(3_000));
    let ids = world.ids();
    let authors: HashSet<&str> = ids.iter().map(|id| text(&world, *id, "by")).collect();
    let unknown = authors.difference(&names).filter(|name| !name.is_empty());
    assert_eq!(unknown.count(), 1);
}

#[tokio::test]
async fn a_name_that_is_markup_is_found_by_its_encoded_path() {
    let server = Server::start(Config::api(world()))
        .await
        .expect("a free port");
    let world = server.world();
    let id = world.odd(Oddity::HostileName)[0];
    let name = text(&world, id, "by");
    let mut url = reqwest::Url::parse(&server.origin()).expect("a sound address");
    let file = format!("{name}.json");
    url.path_segments_mut()
        .expect("it has a path")
        .extend(["v0", "user", &file]);
    let user = client(false).get(url).send().await.expect("an answer");
    assert_eq!(user.json::<Value>().await.expect("JSON")["id"], name);
}

#[tokio::test]
async fn trees_of_the_generated_world_hold_every_indexed_comment() {
    let server = Server::start(Config::api(world()))
        .await
        .expect("a free port");
    let world = server.world();
    for id in world.feed(Feed::Top).iter().take(12) {
        let tree = get_json(&server, &format!("/api/v1/items/{id}")).await;
        let mut found = Vec::new();
        let mut open = vec![&tree];
        while let Some(node) = open.pop() {
            let children = node["children"].as_array().expect("a list");
            let ids: Vec<u64> = children.iter().filter_map(|c| c["id"].as_u64()).collect();
            assert!(ids.is_sorted());
            found.extend(ids);
            open.extend(children);
        }
        let mut known = world.thread(*id);
        known.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, known);
    }
}

#[tokio::test]
async fn recorded_answers_are_served_as_they_are() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/recorded");
    let dir = std::env::var_os("HACKERSHELF_RECORDED").map_or_else(beside, PathBuf::from);
    let Ok(world) = World::recorded(&dir) else {
        if dir.exists() {
            panic!("{} is there but can't be read", dir.display());
        }
        writeln_skipped(&dir);
        return;
    };
    let server = Server::start(Config::api(world))
        .await
        .expect("a free port");
    let world = server.world();
    assert_eq!(
        world.feed(Feed::Top).len(),
        get_json(&server, "/v0/topstories.json")
            .await
            .as_array()
            .map_or(0, Vec::len)
    );
    let with_thread = world
        .feed(Feed::Top)
        .iter()
        .find(|id| world.thread(**id).len() >= 20);
    let id = with_thread.expect("recorded threads are at the top");
    for id in world.thread(*id).iter().take(20) {
        let item = get_json(&server, &format!("/v0/item/{id}.json")).await;
        assert_eq!(Some(&item), world.item(*id));
    }
    let tree = get_json(&server, &format!("/api/v1/items/{id}")).await;
    assert!(!tree["children"].as_array().expect("a list").is_empty());
}

fn writeln_skipped(dir: &Path) {
    use std::io::Write;
    let _ = writeln!(
        std::io::stderr(),
        "skipped: no recorded data at {}",
        dir.display()
    );
}

#[test]
fn a_broken_recording_is_refused_with_its_place() {
    let dir = std::env::temp_dir().join(format!("replay-broken-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("the directory is writable");
    std::fs::write(dir.join("items.jsonl"), "{\"id\": 1}\n{\"id\": \n").expect("writable");
    let error = World::recorded(&dir)
        .expect_err("line 2 is broken")
        .to_string();
    assert!(
        error.contains("items.jsonl") && error.contains("line 2"),
        "{error}"
    );
    let _ = std::fs::remove_dir_all(&dir);
}
