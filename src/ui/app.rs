use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::address::{Address, Order};
use super::el::{El, el, group, live, on_window};
use super::keyboard::{key_sheet, listen, toggle_sheet};
use super::navigation::{Navigation, focus_main};
use super::pages::{
    activity_page, feed_page, item_page, not_found_page, saved_page, search_page, settings_page,
    shelf_page, user_page,
};
use super::parts::{
    Shape, banners, button, icon, keeping_line, notes, paragraph, tell_moments, unless_kept,
};
use super::signal::{Signal, memo};
use super::state::{Start, State};
use super::{release, words};
use crate::hn::{Feed, Query};
use crate::loader::Intent;

/// Puts the app in the place of the shell that `index.html` painted.
pub fn mount(start: Start) {
    // Without it, the page says by now that the app can't start.
    if let Some(shell) = document().get_element_by_id("app") {
        shell.set_text_content(None);
        mount_to(shell.unchecked_into(), move || app(start)).forget();
    }
}

/// The whole app: the header that stays, and the page for the address.
fn app(start: Start) -> AnyView {
    let state = State::new(start);
    let navigation = Navigation::start(state);
    listen(state, navigation);
    state.watch_links();
    tell_moments();
    on_window("online", move |_| state.set_online(true));
    on_window("offline", move |_| state.set_online(false));
    release::watch(state);
    // The order changes within a page.
    let place = memo(move || match navigation.address() {
        Address::Feed { feed, page, .. } => Address::Feed {
            feed,
            page,
            order: Order::Rank,
        },
        // What is looked for changes within a page too.
        Address::Search(_) => Address::Search(Query::default()),
        place => place,
    });
    let shown = place.clone();
    let skip = el("a")
        .class("skip")
        .attr("href", "#main")
        .on("click", |event| {
            // Not by its address: with `<base href>` that would lead to the front page.
            event.prevent_default();
            focus_main();
        })
        .text("Skip to the stories");
    let page = live(move || match shown.get() {
        Address::Feed { feed, page, .. } => feed_page(feed, page),
        Address::Item(id) => item_page(id),
        Address::Saved => saved_page(),
        Address::Search(_) => search_page(),
        Address::Activity => activity_page(),
        Address::Settings => settings_page().into(),
        Address::Shelf => shelf_page().into(),
        Address::User(name, page) => user_page(name, page),
        Address::Nowhere => not_found_page().into(),
    });
    let main = el("main")
        .class("page")
        .attr("id", "main")
        .attr("tabindex", "-1")
        .child(banners())
        .child(keeping_line())
        .child(page);
    let app = group([
        skip.into(),
        masthead(&place).into(),
        main.into(),
        colophon().into(),
        notes().into(),
        key_sheet().into(),
    ]);
    // Behind what the page has asked for.
    state.send(Intent::Resume {
        behind_another: false,
    });
    state.send(Intent::Tidy);
    app
}

fn masthead(place: &Signal<Address>) -> El {
    let link = |feed: Feed| {
        let current = current(
            place,
            move |place| matches!(place, Address::Feed { feed: shown, .. } if *shown == feed),
        );
        let place = Address::feed(feed, 1, Order::Rank);
        let link = el("a")
            .attr("href", &place.href())
            .attr_by("aria-current", current)
            .text(words::feed(feed));
        unless_kept(link, place)
    };
    let saved = el("a")
        .attr("href", &Address::Saved.href())
        .attr_by(
            "aria-current",
            current(place, |place| *place == Address::Saved),
        )
        .text("Saved");
    let searching = current(place, |place| matches!(place, Address::Search(_)));
    let search = el("a")
        .class("to-search")
        .attr("href", &Address::Search(Query::default()).href())
        .attr_by("aria-current", searching)
        .child(icon(Shape::Search))
        .child(el("span").text("Search"));
    let feeds = el("nav").class("feeds").attr("aria-label", "Feeds");
    el("header")
        .class("masthead")
        .child(
            el("a")
                .class("brand")
                .attr("href", "./")
                .text("Hackershelf"),
        )
        .child(feeds.children(Feed::ALL.map(link)).child(saved))
        .child(search)
}

/// Whether the place is the one that a link leads to, as `aria-current`.
fn current(
    place: &Signal<Address>,
    is_there: impl Fn(&Address) -> bool + 'static,
) -> impl FnMut() -> Option<String> + 'static {
    let place = place.clone();
    move || place.with(&is_there).then(|| "page".to_owned())
}

fn colophon() -> El {
    let source = el("a")
        .attr("href", "https://news.ycombinator.com/")
        .attr("rel", "noreferrer")
        .text("Hacker News");
    el("footer")
        .class("colophon")
        .child(
            el("nav")
                .attr("aria-label", "Behind the page")
                .children(
                    [
                        (Address::Shelf, "Shelf"),
                        (Address::Activity, "Activity"),
                        (Address::Settings, "Settings"),
                    ]
                    .map(|(place, words)| el("a").attr("href", &place.href()).text(words)),
                )
                .child(button("quiet", toggle_sheet).text("Keys")),
        )
        .child(
            paragraph(words::WRITTEN_BY)
                .child(source)
                .text(words::STAYS),
        )
}
