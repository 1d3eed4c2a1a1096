use leptos::prelude::*;

use super::set_title;
use crate::hn::Feed;
use crate::loader::Intent;
use crate::loader::plan::PAGE;
use crate::ui::address::{Address, Order};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{Icon, Notice, Pager, ProgressBar, Shape, SortBy, StoryRow, When};
use crate::ui::state::{Phase, Row, State};
use crate::ui::words;

/// One page of a feed.
#[component]
pub fn FeedPage(feed: Feed) -> impl IntoView {
    let state = expect_context::<State>();
    let navigation = expect_context::<Navigation>();
    // An address of another page leaves both as they are: this one is about to go.
    let page = Memo::new(
        move |before: Option<&Option<usize>>| match navigation.address() {
            Address::Feed {
                feed: here, page, ..
            } if here == feed => page,
            _ => before.copied().flatten(),
        },
    );
    let order = Memo::new(move |before: Option<&Order>| match navigation.address() {
        Address::Feed {
            feed: here, order, ..
        } if here == feed => order,
        _ => before.copied().unwrap_or_default(),
    });
    let open = move |refresh| {
        if let Some(page) = page.get_untracked() {
            state.send(Intent::Open {
                feed,
                page,
                refresh,
            });
        }
    };

    Effect::new(move |_| {
        let heading = words::heading(feed);
        match page.get() {
            Some(page) if page > 1 => set_title(&format!("{heading}, page {page}")),
            _ => set_title(heading),
        }
        open(false);
    });
    on_cleanup(move || state.leave());
    // Back from a tunnel: what failed there is asked for again.
    Effect::new(move |before: Option<bool>| {
        let online = state.online.get();
        if online && before == Some(false) {
            open(false);
        }
        online
    });

    let choose = Callback::new(move |(order,)| {
        navigation.replace(Address::feed(
            feed,
            page.get_untracked().unwrap_or(1),
            order,
        ));
    });

    view! {
        <div class="toolbar">
            <h1>{words::heading(feed)}</h1>
            <AsOf/>
            <SortBy order choose/>
            <button type="button" class="button" on:click=move |_| open(true)
            >
                <Icon shape=Shape::Refresh/><span>"Refresh"</span>
            </button>
        </div>
        <ProgressBar/>
        <Newer/>
        {move || match page.get() {
            Some(page) => view! { <Stories feed page order/> }.into_any(),
            None => no_such_page(feed, None).into_any(),
        }}
    }
}

/// How old the ranking is, and why it isn't newer.
#[component]
fn AsOf() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <p class="as-of">
            {move || state.ranking.get().map(|ranking| {
                view! { "As of " <When moment=ranking.as_of/> }
            })}
        </p>
    }
}

/// Offers a newer ranking to somebody who is in the middle of the older one.
#[component]
fn Newer() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <Show when=move || state.newer.read().is_some()>
            <button type="button" class="newer" on:click=move |_| {
                state.show_newer();
                window().scroll_to_with_x_and_y(0.0, 0.0);
            }>"Show the newer ranking"</button>
        </Show>
    }
}

/// What stands below the toolbar.
#[derive(Clone, PartialEq)]
enum View {
    Waiting,
    Nothing(String),
    Empty,
    Beyond(usize),
    Rows,
}

#[component]
fn Stories(feed: Feed, page: usize, order: Memo<Order>) -> impl IntoView {
    let state = expect_context::<State>();
    let pages = Memo::new(move |_| {
        state
            .ranking
            .with(|ranking| ranking.as_ref().map(|ranking| ranking.pages))
    });
    let view = Memo::new(move |_| match (pages.get(), state.phase.get()) {
        (None, Phase::Failed(why)) => View::Nothing(why),
        (None, _) => View::Waiting,
        (Some(0), _) => View::Empty,
        (Some(pages), _) if page > pages => View::Beyond(pages),
        _ => View::Rows,
    });
    // Sorted anew when another order is chosen and when all answers are in, not at each of them:
    // a row must not move while somebody reads it.
    let settled = Memo::new(move |_| state.phase.get() == Phase::Settled);
    let rows = move || {
        // Read, not only tracked: a memo that nobody reads never learns of a change.
        settled.get();
        sorted(state.rows.get(), order.get())
    };

    move || match view.get() {
        View::Waiting => view! { <Waiting/> }.into_any(),
        View::Nothing(why) => view! {
            <Notice heading="The stories can’t be loaded">
                <p>{why}</p>
                <p>"Nothing of this feed was kept before, so there is nothing to show yet."</p>
                <p><TryAgain feed page class="button"/></p>
            </Notice>
        }
        .into_any(),
        View::Empty => view! {
            <Notice heading="This feed is empty">
                <p>"Hacker News lists no stories here at the moment."</p>
            </Notice>
        }
        .into_any(),
        View::Beyond(pages) => no_such_page(feed, Some((page, pages))).into_any(),
        View::Rows => view! {
            <Stale feed page/>
            <ol class="stories">
                <For each=rows key=|row| row.id children=|row| view! { <StoryRow row/> }/>
            </ol>
            <RetryAll/>
            {move || {
                let order = order.get();
                let href = Callback::new(move |(page,)| Address::feed(feed, page, order).href());
                pages.get().map(|pages| view! { <Pager href page pages/> })
            }}
        }
        .into_any(),
    }
}

/// Says that an older ranking is shown, and why.
#[component]
fn Stale(feed: Feed, page: usize) -> impl IntoView {
    let state = expect_context::<State>();
    let why = move || match state.phase.get() {
        Phase::Failed(why) => Some(why),
        _ => None,
    };
    move || {
        why().map(|why| {
            view! {
                <p class="banner" role="status">
                    <Icon shape=Shape::Warning/>
                    <span>"This is the last ranking that was kept. " {why}</span>
                    <TryAgain feed page class="quiet"/>
                </p>
            }
        })
    }
}

#[component]
fn TryAgain(feed: Feed, page: usize, class: &'static str) -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <button type="button" class=class on:click=move |_| {
            state.send(Intent::Open { feed, page, refresh: true });
        }>"Try again"</button>
    }
}

#[component]
fn RetryAll() -> impl IntoView {
    let state = expect_context::<State>();
    let failed = move || state.progress.get().failed;
    view! {
        <Show when=move || { failed() > 1 }>
            <p class="retry-all">
                <button type="button" class="button"
                    on:click=move |_| state.send(Intent::Retry(state.failed()))>
                    {move || format!("Retry all {} that failed", failed())}
                </button>
            </p>
        </Show>
    }
}

/// Rows without anything, in the place of those to come.
#[component]
fn Waiting() -> impl IntoView {
    let row = |_| view! { <li class="story"><div class="skeleton"></div></li> };
    view! { <ol class="stories" aria-hidden="true">{(0..PAGE).map(row).collect_view()}</ol> }
}

fn no_such_page(feed: Feed, beyond: Option<(usize, usize)>) -> impl IntoView {
    let why = match beyond {
        Some((page, pages)) => format!(
            "The feed has {} at the moment, and this would be page {page}.",
            words::count(pages as i64, "page", "pages")
        ),
        None => "A page’s number counts from 1.".to_owned(),
    };
    view! {
        <Notice heading="There is no such page">
            <p>{why}</p>
            <p><a class="button" href=Address::feed(feed, 1, Order::Rank).href()>"Go to the first page"</a></p>
        </Notice>
    }
}

fn sorted(mut rows: Vec<Row>, order: Order) -> Vec<Row> {
    if order != Order::Rank {
        rows.sort_by_cached_key(|row| {
            let content = row.content.read_untracked();
            std::cmp::Reverse(order.key(content.story.as_ref().map(|story| &story.value)))
        });
    }
    rows
}
