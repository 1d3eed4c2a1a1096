//! What holds for every input.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use futures_core::future::LocalBoxFuture;
use futures_executor::block_on;
use futures_util::FutureExt as _;
use futures_util::future::{pending, ready};
use hackershelf::hn::{
    self, Decode, Error, Hits, Id, Item, Kind, Link, Thread, Tree, User, decode_entities, decoded,
    encoded, plain_text, quoted,
};
use hackershelf::http::{self, Hold, Transport};
use hackershelf::loader::shelf::{Folder, snippet};
use hackershelf::loader::{End, Export, Loader, Report};
use hackershelf::store::{Job, Mark, Memory, Part, Record, Settings, Store as _};
use hackershelf::time::{ManualClock, Timestamp};
use hackershelf::ui::address::{Address, inside};
use serde_json::Value;

/// A moment after all others.
const EVER: Timestamp = Timestamp(u64::MAX);

/// What another parser sees in a text: nothing if it is no JSON. It gives up where this one goes
/// on, deep down: then there is no second opinion.
fn seen(text: &str) -> Option<Result<Value, ()>> {
    match serde_json::from_str(text) {
        Ok(value) => Some(Ok(value)),
        Err(error) if error.to_string().contains("recursion limit") => None,
        Err(_) => Some(Err(())),
    }
}

/// Whether a decoder may answer so: `null` is missing, and what is no JSON is refused.
fn is_plausible<T>(answer: &Result<T, Error>, seen: &Result<Value, ()>) {
    match seen {
        Ok(Value::Null) => assert!(matches!(answer, Err(Error::Missing))),
        Ok(value) => assert!(!matches!(answer, Err(Error::Missing)), "{value}"),
        Err(()) => assert!(matches!(answer, Err(Error::Undecodable))),
    }
}

/// Whether what is good is taken and all else refused. That of a field that stands there twice the
/// first is bad as well, the other parser doesn't tell; written again, each stands there once.
fn is_fair<T: Decode>(answer: &Result<T, Error>, good: bool, value: &Value) {
    assert!(good || answer.is_err(), "{value}");
    assert_eq!(T::decode(&value.to_string()).is_ok(), good, "{value}");
}

/// Whether a field is absent, or as `fits` says.
fn may(value: &Value, names: &[&str], fits: fn(&Value) -> bool) -> bool {
    let good = |name: &&str| value[*name].is_null() || fits(&value[*name]);
    names.iter().all(good)
}

fn is_u32(value: &Value) -> bool {
    value.as_u64().is_some_and(|it| u32::try_from(it).is_ok())
}

/// A text as it is taken: an empty one is none.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The numbers in a list, once each.
fn ids_of(value: &Value) -> Vec<Id> {
    let mut seen = BTreeSet::new();
    let all = value.as_array().into_iter().flatten();
    let ids = all.filter_map(|id| Id::try_from(id.as_u64()?).ok());
    ids.filter(|id| *id > 0 && seen.insert(*id)).collect()
}

/// An answer for one item.
pub fn item(text: &str) {
    let answer = Item::decode(text);
    let Some(seen) = seen(text) else { return };
    is_plausible(&answer, &seen);
    let Ok(value) = seen else { return };
    let texts = ["type", "by", "title", "text", "url"];
    let good = value.is_object()
        && is_u32(&value["id"])
        && may(&value, &texts, Value::is_string)
        && may(&value, &["time"], Value::is_u64)
        && may(&value, &["score", "descendants"], Value::is_i64)
        && may(&value, &["parent", "poll"], is_u32)
        && may(&value, &["kids", "parts"], Value::is_array)
        && may(&value, &["deleted", "dead", "partial"], Value::is_boolean);
    is_fair(&answer, good, &value);
    let Ok(item) = answer else { return };
    assert_eq!(u64::from(item.id), value["id"]);
    for (mine, name) in [
        (&item.by, "by"),
        (&item.title, "title"),
        (&item.text, "text"),
        (&item.url, "url"),
    ] {
        assert_eq!(mine.as_deref(), text_of(&value[name]), "{name}");
    }
    assert_eq!(item.score, value["score"].as_i64());
    assert_eq!(item.kids, ids_of(&value["kids"]));
    assert_eq!(item.parts, ids_of(&value["parts"]));
    if let Some(link) = item.link() {
        is_safe(&link);
    }
    kept_whole(item);
}

/// An item that is alone in its thread is read as it was kept.
fn kept_whole(item: Item) {
    let mut thread = Thread::new(item.id);
    thread.answer(item.id, Ok(item.clone()));
    let again = Vec::<Item>::decode(&thread.to_json()).expect("what was kept is read");
    let [again] = <[Item; 1]>::try_from(again).expect("one item");
    // A reply that is the item itself, or an option too, has its place already.
    let placed = |ids: &[Id], others: &[Id]| -> Vec<Id> {
        let new = ids
            .iter()
            .filter(|id| **id != item.id && !others.contains(id));
        new.copied().collect()
    };
    let mut expected = item.clone();
    expected.parts = placed(&item.parts, &[]);
    expected.kids = placed(&item.kids, &item.parts);
    if item.partial {
        // They stand in no known order.
        expected.kids.sort_unstable();
    }
    assert_eq!(again, expected);
}

/// An answer of the index for a thread.
pub fn tree(text: &str) {
    let answer = Tree::read(text);
    let Some(seen) = seen(text) else { return };
    is_plausible(&answer, &seen);
    let Ok(Tree(items)) = answer else { return };
    let mut before = BTreeSet::new();
    for (place, item) in items.iter().enumerate() {
        let above = match item.kind {
            Kind::PollOption => item.poll,
            _ => item.parent,
        };
        assert!(place == 0 || above.is_some_and(|above| before.contains(&above)));
        assert!(item.partial && item.kids.is_sorted());
        before.insert(item.id);
    }
    let root = items.first().map_or(0, |item| item.id);
    let mut thread = Thread::new(root);
    thread.grow(Tree(items));
    kept_thread(root, &thread);
}

/// What is kept of a thread is read, and kept again as it was.
pub fn kept_thread(root: Id, thread: &Thread) {
    let recalled = |json: &str| {
        let items = Vec::<Item>::decode(json).expect("what was kept is read");
        let mut thread = Thread::new(root);
        thread.recall(items, false);
        thread
    };
    let kept = thread.to_json();
    serde_json::from_str::<Value>(&kept).expect("valid JSON");
    let once = recalled(&kept);
    assert_eq!(once.root(), thread.root());
    let kept = once.to_json();
    assert_eq!(recalled(&kept).to_json(), kept);
}

/// An answer of the index for a search.
pub fn hits(text: &str) {
    let answer = Hits::decode(text);
    let Some(seen) = seen(text) else { return };
    is_plausible(&answer, &seen);
    let Ok(Hits { hits, .. }) = answer else {
        return;
    };
    let ids: BTreeSet<Id> = hits.iter().map(|hit| hit.id).collect();
    assert!(ids.len() == hits.len() && !ids.contains(&0));
    for hit in hits {
        if let Some(link) = &hit.link {
            is_safe(link);
        }
    }
}

/// An answer for a profile.
pub fn user(text: &str) {
    let answer = User::decode(text);
    let Some(seen) = seen(text) else { return };
    is_plausible(&answer, &seen);
    let Ok(value) = seen else { return };
    let good = value["id"].is_string()
        && may(&value, &["created"], Value::is_u64)
        && may(&value, &["karma"], Value::is_i64)
        && may(&value, &["about"], Value::is_string)
        && may(&value, &["submitted"], Value::is_array);
    is_fair(&answer, good, &value);
    let Ok(user) = answer else { return };
    assert_eq!(Some(&*user.id), value["id"].as_str());
    assert_eq!(user.about.as_deref(), text_of(&value["about"]));
    assert_eq!(user.submitted, ids_of(&value["submitted"]));
}

/// An answer for a feed.
pub fn ranking(text: &str) {
    let ids = Vec::<Id>::decode(text);
    let Some(seen) = seen(text) else { return };
    is_plausible(&ids, &seen);
    let Ok(value) = seen else { return };
    assert_eq!(ids.is_ok(), value.is_array());
    if let Ok(ids) = ids {
        assert_eq!(ids, ids_of(&value));
    }
}

/// What the app writes down for itself: marks, downloads, settings.
pub fn own(text: &str) {
    fn again<T: Decode + PartialEq + std::fmt::Debug>(text: &str, json: impl Fn(&T) -> String) {
        if let Ok(value) = T::decode(text) {
            let json = json(&value);
            serde_json::from_str::<Value>(&json).expect("valid JSON");
            assert_eq!(T::decode(&json), Ok(value));
        }
    }
    again(text, Mark::json);
    again(text, Settings::json);
    again(text, |job: &Option<Job>| {
        job.map_or_else(
            || "{\"feed\":\"\",\"most\":0,\"since\":0,\"course\":\"\"}".into(),
            |job| job.json(),
        )
    });
    let settings = Settings::decode(text).unwrap_or_default();
    assert_eq!(settings.network, settings.network.bounded());
    if let Ok(mark) = Mark::decode(text) {
        assert!(mark.collapsed.is_sorted());
        let mut twice = mark.clone();
        twice.merge(&mark);
        assert_eq!(twice, mark, "merging is for once");
    }
}

/// A file to be brought back, and each of its lines as a record.
pub fn file(text: &str) {
    for line in text.lines() {
        let line = line.trim_end_matches(',');
        if let Ok(record) = Record::parse(line, EVER) {
            assert_eq!(record.flaw(), None);
            let mut written = String::new();
            record.write(&mut written);
            assert!(!written.contains(['\n', '\r']));
            let again = Record::parse(&written, EVER);
            // Between two values, an end of a line is as good as a space.
            let mut spaced = record;
            spaced.body.value = spaced.body.value.replace('\r', " ");
            assert_eq!(again, Ok(spaced));
        }
    }
    let (here, there) = (Place::new(), Place::new());
    let report = here.import(text);
    let kept = here.kept();
    assert!(kept.iter().all(|record| record.flaw().is_none()));
    assert_eq!(here.import(text).taken, 0, "what is there is known");
    assert_eq!(here.kept(), kept);
    if !matches!(report.end, End::Foreign | End::Newer) {
        there.import(&here.export());
        assert_eq!(there.kept(), kept);
    }
}

/// The app's address of something, which may be anything that stands in the address bar.
pub fn address(path: &str, query: &str) {
    let href = Address::parse(path, query).href();
    let (path, query) = href.split_once('?').unwrap_or((&href, ""));
    let below = path.strip_prefix("./").unwrap_or(path);
    let again = Address::parse(below, query);
    assert_eq!(again.href(), href);
    // Nothing but a path below the app: no host, no scheme, no fragment.
    assert!(!href.starts_with('/') && !path.contains(':') && !href.contains('#'));
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}'".contains(&byte);
    assert!(href.bytes().all(plain), "{href}");
}

/// A text of Hacker News: HTML, a title, an address or a part of one.
pub fn prose(text: &str) {
    let plain = plain_text(text);
    // References become shorter, and a tag at most one end of a line.
    assert!(plain.len() <= text.len());
    let title = decode_entities(text);
    assert!(title.len() <= text.len());
    if !text.contains('&') {
        assert_eq!(title, text);
    }
    assert_eq!(decoded(&encoded(text)), text);
    assert_eq!(
        serde_json::from_str(&quoted(text)).ok(),
        Some(Value::from(text))
    );
    if let Some(link) = Link::parse(text) {
        is_safe(&link);
    }
    if let Some(place) = inside(text) {
        let (path, query) = place.split_once('?').unwrap_or((&place, ""));
        let address = Address::parse(path, query);
        assert!(matches!(
            address,
            Address::Item(Some(_)) | Address::User(..)
        ));
    }
    http::policy::retry_after(text, Timestamp(1_700_000_000_000));
}

/// What words are found in a text stands where it is said to stand.
pub fn search_in(text: &str, query: &str) {
    let mut folder = Folder::new(|letter| letter.to_lowercase().collect());
    let words = folder.words(query);
    let folded = folder.fold(text);
    let places = folder.places(text, &words);
    let found = words.iter().any(|word| folded.contains(word.as_str()));
    assert_eq!(!places.is_empty(), found);
    let mut end = 0;
    for place in &places {
        assert!(end <= place.start && place.start < place.end);
        assert!(text.get(place.clone()).is_some(), "{place:?}");
        end = place.end;
    }
    assert!(text.get(snippet(text, &places)).is_some());
}

/// A link leads to the web, and is named after where it leads.
fn is_safe(link: &Link) {
    let href = link.href.to_ascii_lowercase();
    let rest = href
        .strip_prefix("http://")
        .or(href.strip_prefix("https://"));
    let rest = rest.expect("an address of the web");
    assert!(!link.site.is_empty() && rest.contains(&link.site));
    let stray = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "/\\?#@<>\"".contains(letter)
    };
    assert!(!link.site.contains(stray), "{link:?}");
}

/// A network that never answers.
struct Silence;

impl Transport for Silence {
    fn get(&self, _: &str, _: Hold) -> LocalBoxFuture<'static, Result<http::Answer, http::Error>> {
        pending().boxed_local()
    }
}

/// Somebody's shelf.
struct Place {
    store: Rc<Memory>,
    loader: Loader,
}

impl Place {
    fn new() -> Self {
        let (store, clock) = (Rc::new(Memory::new()), Rc::new(ManualClock::new()));
        let engine = http::Client::new(Rc::new(Silence), Rc::clone(&clock) as _, 1);
        let hn = hn::Client::new(Rc::new(engine), "", "");
        let kept = Rc::clone(&store) as _;
        let loader = Loader::new(hn, kept, clock, |letter| letter.to_string(), |_| {});
        Self { store, loader }
    }

    fn import(&self, file: &str) -> Report {
        let mut piece = Some(file.as_bytes().to_vec());
        let next = move || ready(piece.take()).boxed_local();
        block_on(self.loader.import(Box::new(next)))
    }

    fn export(&self) -> String {
        let file = Rc::new(RefCell::new(String::new()));
        let written = Rc::clone(&file);
        let put = move |piece: String| *written.borrow_mut() += &piece;
        block_on(self.loader.export(Export::Everything, Box::new(put)));
        file.take()
    }

    fn kept(&self) -> Vec<Record> {
        let part = |part: Part| block_on(self.store.part(part, part.start(), u32::MAX));
        let parts = Part::ALL.into_iter();
        let records = parts.flat_map(|it| part(it).expect("memory never fails"));
        let spaced = |mut record: Record| {
            // Between two values, an end of a line is as good as a space.
            record.body.value = record.body.value.replace('\r', " ");
            record
        };
        records.map(spaced).collect()
    }
}
