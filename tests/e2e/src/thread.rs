//! A thread as a page shows it, and as the data says that it has to be.
//!
//! The second is made from the stand-in's world, with the browser's own parser on an empty page:
//! nothing of the app has a hand in it.

use std::collections::HashSet;
use std::time::Duration;

use replay::World;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Browser, Page, until, until_within};

const ANATOMY: &str = include_str!("thread/anatomy.js");
const READ: &str = include_str!("thread/read.js");

/// Thousands of comments take their time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A comment in its place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// 1 for those below the story.
    pub depth: usize,
    /// Its author, if told.
    pub by: Option<String>,
    /// Whether it is said to be deleted.
    pub deleted: bool,
    /// Whether it is said to be dead.
    pub dead: bool,
    /// Its text, if there is one.
    pub said: Option<Said>,
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// The words, without white space.
    pub words: String,
    /// Where its links lead.
    pub links: Vec<String>,
    /// Its blocks of code, verbatim.
    pub code: Vec<String>,
}

/// How replies are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As `kids` says, everywhere.
    Ranked,
    /// As `kids` says at the top and below what is gone, by id elsewhere.
    TopRanked,
}

/// The comments of a page, in the order of the document.
pub async fn shown(page: &Page<'_>) -> Vec<Comment> {
    let script = format!("{ANATOMY}\n{READ}");
    let read = page.browser.run(&script, Vec::new()).await;
    serde_json::from_value(read).expect("every comment has an id")
}

/// The comments that `story` has in `world`. Leaves the page that is open.
pub async fn expected(browser: &Browser, world: &World, story: u64, order: Order) -> Vec<Comment> {
    let places = places(world, story, order);
    let texts: Vec<&Value> = places
        .iter()
        .map(|(id, _)| world.item(*id).map_or(&Value::Null, |item| &item["text"]))
        .collect();
    let script = format!(
        "{ANATOMY}
        return arguments[0].map((html) => html === null
            ? null
            : anatomy(new DOMParser().parseFromString(html, 'text/html').body));"
    );
    browser.goto("about:blank").await;
    let said = browser.run(&script, vec![json!(texts)]).await;
    let said: Vec<Option<Said>> = serde_json::from_value(said).expect("a list of texts");
    let comment = |((id, depth), said): ((u64, usize), Option<Said>)| {
        let item = world.item(id).unwrap_or(&Value::Null);
        Comment {
            id,
            depth,
            by: item["by"].as_str().map(str::to_owned),
            deleted: item["deleted"] == true,
            dead: item["dead"] == true,
            said,
        }
    };
    places.into_iter().zip(said).map(comment).collect()
}

/// Ids and depths below an item, each once, where it stands first. One that answers `null` has its
/// place as well; below the top nobody knows of it before the ranks are known.
fn places(world: &World, story: u64, order: Order) -> Vec<(u64, usize)> {
    let mut places = Vec::new();
    let mut seen = HashSet::from([story]);
    let mut open = Vec::new();
    push(world, story, 1, Order::Ranked, &mut open);
    while let Some((id, depth)) = open.pop() {
        let is_known = world.item(id).is_some() || order == Order::Ranked || depth == 1;
        if is_known && seen.insert(id) {
            places.push((id, depth));
            push(world, id, depth + 1, order, &mut open);
        }
    }
    places
}

fn push(world: &World, id: u64, depth: usize, order: Order, open: &mut Vec<(u64, usize)>) {
    let mut kids = world.kids(id);
    // The official API is asked for what is gone, because the index has no words for it, and tells
    // the order below it.
    if order == Order::TopRanked && !is_gone(world, id) {
        kids.sort_unstable();
    }
    open.extend(kids.into_iter().rev().map(|kid| (kid, depth)));
}

/// Whether a comment is deleted or dead.
pub fn is_gone(world: &World, id: u64) -> bool {
    let flags = |item: &Value| item["deleted"] == true || item["dead"] == true;
    world.item(id).is_some_and(flags)
}

/// The first place where two threads differ, in words.
///
/// # Errors
/// If there is one.
pub fn compare(shown: &[Comment], expected: &[Comment]) -> Result<(), String> {
    let places = |list: &[Comment], at: usize| -> Vec<(u64, usize)> {
        let next = list.iter().skip(at).take(12);
        next.map(|comment| (comment.id, comment.depth)).collect()
    };
    for (at, (one, other)) in shown.iter().zip(expected).enumerate() {
        if (one.id, one.depth) != (other.id, other.depth) {
            let (shown, expected) = (places(shown, at), places(expected, at));
            return Err(format!("from {at} on {shown:?} instead of {expected:?}"));
        }
        if one != other {
            return Err(format!("comment {at} is {one:#?} instead of {other:#?}"));
        }
    }
    if shown.len() == expected.len() {
        return Ok(());
    }
    let ids = |list: &[Comment]| list.iter().map(|comment| comment.id).collect::<Vec<_>>();
    let (shown, expected) = (ids(shown), ids(expected));
    let missing: Vec<_> = expected.iter().filter(|id| !shown.contains(id)).collect();
    let (n, of) = (shown.len(), expected.len());
    Err(format!("{n} comments instead of {of}, without {missing:?}"))
}

/// Waits until the thread says all of `words`, such as `loaded` and `ranked`.
pub async fn reaches(page: &Page<'_>, words: &[&str]) {
    let script = "
        const thread = document.querySelector('section.thread');
        const status = document.querySelector('.thread-status')?.textContent ?? '';
        return [thread?.dataset.state ?? null, status, location.pathname];";
    let what = format!("the thread is {}", words.join(" and "));
    until_within(PATIENCE, &what, async || {
        let found = page.browser.try_run(script, Vec::new()).await?;
        let state = found[0].as_str().unwrap_or_default();
        let is = |word: &&str| state.split(' ').any(|said| said == *word);
        if words.iter().all(is) {
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
}

/// Waits until the page shows these comments: a large thread is put in order bit by bit. Takes the
/// order by rank where the page kept another one for the reader's sake.
pub async fn becomes(page: &Page<'_>, expected: &[Comment], what: &str) {
    let reorder = "
        const button = document.querySelector('button.reorder');
        if (button?.checkVisibility()) button.click();
        return document.querySelector('.thread-bar')?.innerText ?? '';";
    until(what, async || {
        let bar = page.browser.try_run(reorder, Vec::new()).await?;
        let verdict = compare(&shown(page).await, expected);
        verdict.map_err(|why| format!("{why}; {bar}"))
    })
    .await;
}

/// Waits until the page shows these comments at their depths, siblings in whatever order. What
/// answers `null` in `world` doesn't count: when a row stands for it is up to the page.
pub async fn holds(page: &Page<'_>, world: &World, mut expected: Vec<Comment>, what: &str) {
    let tidy = |comments: &mut Vec<Comment>| {
        comments.retain(|comment| world.item(comment.id).is_some());
        comments.sort_unstable_by_key(|comment| comment.id);
    };
    tidy(&mut expected);
    until(what, async || {
        let mut shown = shown(page).await;
        tidy(&mut shown);
        compare(&shown, &expected)
    })
    .await;
}
