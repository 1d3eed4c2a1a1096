//! Locks belong to whoever asked and not to the tab, so two engines in one page are as two tabs.

use std::rc::Rc;

use futures_core::future::LocalBoxFuture;
use futures_util::future::{Either, join, join_all, poll_immediate, select};
use hackershelf::http::fetch::Fetch;
use hackershelf::http::policy::Limits;
use hackershelf::http::{Client, Place, Transport as _};
use hackershelf::sync::Priority;
use hackershelf::time::browser::BrowserClock;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::{promised, replay, soon, until};

/// Lets a wait go on for a while, and sees that it goes on.
async fn waits(place: &mut LocalBoxFuture<'static, Place>) {
    let soon = Box::pin(soon());
    assert!(matches!(select(place, soon).await, Either::Right(_)));
}

/// How many of the locks are held, and how many requests wait for one.
async fn held_and_pending() -> (u32, u32) {
    let state = promised("navigator.locks.query()").await;
    let length = |name: &str| {
        let list = js_sys::Reflect::get(&state, &name.into()).expect("a list");
        js_sys::Array::from(&list).length()
    };
    (length("held"), length("pending"))
}

/// Waits for so many locks that are held, and so many requests for one.
async fn until_held_and_pending(held: u32, pending: u32) {
    until(&format!("{held} held, {pending} wait"), async || {
        held_and_pending().await == (held, pending)
    })
    .await;
}

/// The peak at the server when so many engines with so many permits each ask at once. No answer
/// comes before all that may be in flight together are.
async fn peak(engines: u32, permits: usize, asked: u32) -> u64 {
    replay::reset().await;
    let items = serde_json::json!({"path": "/v0/item/7*", "latency_ms": 20, "hold": "items"});
    replay::hold(items).await;
    let limits = Limits {
        permits,
        ..Limits::default()
    };
    let clients: Vec<_> = (0..engines)
        .map(|seed| {
            Client::new(
                Rc::new(Fetch::default()),
                Rc::new(BrowserClock),
                seed.into(),
            )
        })
        .collect();
    clients.iter().for_each(|client| client.set_limits(limits));
    let urls: Vec<_> = (0..asked).map(|n| replay::item(7_000 + n)).collect();
    let answers = clients
        .iter()
        .flat_map(|client| urls.iter().map(|url| client.get(url, Priority::Now.into())));
    let all_in_flight = async {
        until("as many in flight as there are permits", async || {
            replay::count("in_flight").await >= permits as u64
        })
        .await;
        soon().await;
        replay::release().await;
    };
    let (answers, ()) = join(join_all(answers), all_in_flight).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(replay::count("total").await, u64::from(engines * asked));
    replay::count("peak").await
}

#[wasm_bindgen_test]
async fn two_tabs_with_one_permit_never_have_two_in_flight() {
    assert_eq!(peak(2, 1, 10).await, 1);
    // What they keep goes with them, which the browser hears a little later.
    until_held_and_pending(0, 0).await;
}

#[wasm_bindgen_test]
async fn three_tabs_with_three_permits_use_all_three_and_no_more() {
    assert_eq!(peak(3, 3, 10).await, 3);
}

#[wasm_bindgen_test]
async fn as_many_as_there_are_places_have_one_and_the_next_waits() {
    let mut places = Vec::new();
    for _ in 0..3 {
        places.push(Fetch::default().place(0, 3).await.expect("a place"));
    }
    let mut fourth = Fetch::default().place(2, 3);
    waits(&mut fourth).await;
    until_held_and_pending(3, 1).await;
    drop(places);
    assert!(fourth.await.is_some());
    until_held_and_pending(0, 0).await;
}

#[wasm_bindgen_test]
async fn a_place_that_a_tab_has_had_is_there_without_asking_the_browser() {
    let tab = Fetch::default();
    drop(tab.place(1, 3).await.expect("a place"));
    let mut again = tab.place(1, 3);
    assert!(poll_immediate(&mut again).await.is_some());
    until_held_and_pending(1, 0).await;
}

#[wasm_bindgen_test]
async fn a_place_that_one_tab_only_keeps_goes_to_another_that_asks() {
    let (one, other) = (Fetch::default(), Fetch::default());
    drop(one.place(0, 1).await.expect("a place"));
    until_held_and_pending(1, 0).await;
    assert!(other.place(0, 1).await.is_some());
}

#[wasm_bindgen_test]
async fn tabs_that_never_stop_take_turns() {
    let tabs = [Fetch::default(), Fetch::default()];
    let mut held = tabs[0].place(0, 1).await;
    for turn in 1..7 {
        let mut next = tabs[turn % 2].place(0, 1);
        waits(&mut next).await;
        drop(held);
        // The first tab has to wait, however soon it asks.
        let mut greedy = tabs[(turn + 1) % 2].place(0, 1);
        assert!(poll_immediate(&mut greedy).await.is_none());
        held = next.await;
        assert!(held.is_some());
    }
}

#[wasm_bindgen_test]
async fn a_wait_that_is_dropped_leaves_nothing_behind() {
    let held = Fetch::default().place(0, 1).await.expect("a place");
    let mut at_once = Fetch::default().place(0, 1);
    assert!(poll_immediate(&mut at_once).await.is_none());
    drop(at_once);
    let mut queued = Fetch::default().place(0, 1);
    waits(&mut queued).await;
    until_held_and_pending(1, 1).await;
    drop(queued);
    until_held_and_pending(1, 0).await;
    drop(held);
    until_held_and_pending(0, 0).await;
}

#[wasm_bindgen_test]
async fn a_page_that_is_gone_frees_its_place() {
    let document = web_sys::window()
        .and_then(|it| it.document())
        .expect("a page");
    let frame = document.create_element("iframe").expect("an element");
    document
        .body()
        .expect("a body")
        .append_child(&frame)
        .expect("a place for it");
    frame.unchecked_ref::<HtmlElement>().set_id("other");
    // Asking is not having: another page's request reaches the browser by a way of its own, and
    // one that is made here afterwards may be the first there.
    promised(
        "new Promise(granted =>
            document.getElementById('other').contentWindow.navigator.locks.request('hackershelf-net-0', () => {
                granted();
                return new Promise(() => {});
            }))",
    )
    .await;
    let mut waiting = Fetch::default().place(0, 1);
    waits(&mut waiting).await;
    frame.remove();
    assert!(waiting.await.is_some());
}
