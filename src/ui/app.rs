use leptos::ev;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;
use wasm_bindgen::JsCast;

use super::pages::{FeedPage, ItemPage, NotFoundPage};
use super::parts::Banners;
use super::state::{Start, State};
use super::words;
use crate::hn::Feed;

/// The whole app: the header that stays, and the page for the address.
#[component]
pub fn App(start: Start) -> impl IntoView {
    let state = State::new(start);
    provide_context(state);
    let _online = window_event_listener(ev::online, move |_| state.online.set(true));
    let _offline = window_event_listener(ev::offline, move |_| state.online.set(false));
    let base = base();

    view! {
        <Router base=base.clone()>
            <a class="skip" href="#main" on:click=skip_to_main>"Skip to the stories"</a>
            <Masthead base/>
            <main class="page" id="main" tabindex="-1">
                <Banners/>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=|| view! { <FeedPage feed=Feed::Top/> }/>
                    <Route path=path!("/new") view=|| view! { <FeedPage feed=Feed::New/> }/>
                    <Route path=path!("/best") view=|| view! { <FeedPage feed=Feed::Best/> }/>
                    <Route path=path!("/ask") view=|| view! { <FeedPage feed=Feed::Ask/> }/>
                    <Route path=path!("/show") view=|| view! { <FeedPage feed=Feed::Show/> }/>
                    <Route path=path!("/jobs") view=|| view! { <FeedPage feed=Feed::Jobs/> }/>
                    <Route path=path!("/item/:id") view=ItemPage/>
                </FlatRoutes>
            </main>
            <Colophon/>
        </Router>
    }
}

#[component]
fn Masthead(base: String) -> impl IntoView {
    let pathname = use_location().pathname;
    let current = Memo::new(move |_| {
        pathname.with(|path| path.strip_prefix(base.as_str()).unwrap_or(path).to_owned())
    });
    let link = move |feed: Feed| {
        let place = address(feed);
        let here = move || current.with(|path| path.trim_matches('/') == place);
        let href = if place.is_empty() { "./" } else { place };
        view! {
            <a href=href aria-current=move || here().then_some("page")>{words::feed(feed)}</a>
        }
    };
    view! {
        <header class="masthead">
            <a class="brand" href="./">"Hackershelf"</a>
            <nav class="feeds" aria-label="Feeds">{Feed::ALL.map(link)}</nav>
        </header>
    }
}

#[component]
fn Colophon() -> impl IntoView {
    view! {
        <footer class="colophon">
            <p>
                "Stories by the people of "
                <a href="https://news.ycombinator.com/" rel="noreferrer">"Hacker News"</a>
                ". Hackershelf keeps what it shows in this browser; linked articles stay where they are."
            </p>
        </footer>
    }
}

/// Where a feed stands below the app's base.
pub fn address(feed: Feed) -> &'static str {
    match feed {
        Feed::Top => "",
        _ => feed.name(),
    }
}

/// The path that the app lives under, as `<base href>` says, without its last slash.
fn base() -> String {
    let uri = document().base_uri().ok().flatten().unwrap_or_default();
    let path = uri
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Moves the focus itself: with `<base href>` a bare fragment would lead to the front page.
fn skip_to_main(event: ev::MouseEvent) {
    event.prevent_default();
    let main = document().get_element_by_id("main");
    if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}
