use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::address::{Address, Order};
use super::navigation::{Navigation, focus_main};
use super::pages::{FeedPage, ItemPage, NotFoundPage};
use super::parts::Banners;
use super::state::{Start, State};
use super::words;
use crate::hn::Feed;

/// Puts the app in the place of the shell that `index.html` painted.
pub fn mount(start: Start) {
    let shell = document().get_element_by_id("app");
    if let Some(shell) = &shell {
        shell.set_text_content(None);
    }
    match shell.and_then(|shell| shell.dyn_into().ok()) {
        Some(shell) => mount_to(shell, move || view! { <App start/> }).forget(),
        None => mount_to_body(move || view! { <App start/> }),
    }
}

/// Which component shows an address; the rest of it changes within that component.
#[derive(Clone, Copy, PartialEq)]
enum Page {
    Feed(Feed),
    Item,
    NotFound,
}

/// The whole app: the header that stays, and the page for the address.
#[component]
fn App(start: Start) -> impl IntoView {
    let state = State::new(start);
    let navigation = Navigation::start();
    provide_context(state);
    provide_context(navigation);
    let _online = window_event_listener(ev::online, move |_| state.online.set(true));
    let _offline = window_event_listener(ev::offline, move |_| state.online.set(false));
    let page = Memo::new(move |_| match navigation.address() {
        Address::Feed { feed, .. } => Page::Feed(feed),
        Address::Item(_) => Page::Item,
        Address::Nowhere => Page::NotFound,
    });

    view! {
        <a class="skip" href="#main" on:click=move |event| {
            // Not by its address: with `<base href>` that would lead to the front page.
            event.prevent_default();
            focus_main();
        }>"Skip to the stories"</a>
        <Masthead page/>
        <main class="page" id="main" tabindex="-1">
            <Banners/>
            {move || match page.get() {
                Page::Feed(feed) => view! { <FeedPage feed/> }.into_any(),
                Page::Item => view! { <ItemPage/> }.into_any(),
                Page::NotFound => view! { <NotFoundPage/> }.into_any(),
            }}
        </main>
        <footer class="colophon">
            <p>
                "Stories by the people of "
                <a href="https://news.ycombinator.com/" rel="noreferrer">"Hacker News"</a>
                ". Hackershelf keeps what it shows in this browser; linked articles stay where they are."
            </p>
        </footer>
    }
}

#[component]
fn Masthead(page: Memo<Page>) -> impl IntoView {
    let link = move |feed: Feed| {
        let current = move || (page.get() == Page::Feed(feed)).then_some("page");
        let href = Address::feed(feed, 1, Order::Rank).href();
        view! { <a href=href aria-current=current>{words::feed(feed)}</a> }
    };
    view! {
        <header class="masthead">
            <a class="brand" href="./">"Hackershelf"</a>
            <nav class="feeds" aria-label="Feeds">{Feed::ALL.map(link)}</nav>
        </header>
    }
}
