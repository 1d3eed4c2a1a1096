use leptos::prelude::*;

use super::{Icon, Shape, When};
use crate::hn::{Id, Item, Kind, decode_entities};
use crate::loader::Intent;
use crate::store::Stored;
use crate::ui::state::{Row, State, Status};
use crate::ui::words;

/// One story of a feed: it keeps its place and height whether it is there, awaited or failed.
#[component]
pub fn StoryRow(row: Row) -> impl IntoView {
    let Row { id, rank, content } = row;
    let story = {
        let content = content.clone();
        Memo::new(move |_| content.with(|content| content.story.clone()))
    };
    let status = Memo::new(move |_| content.with(|content| content.status.clone()));
    view! {
        <li class="story" class:kept=move || status.get() == Status::Kept>
            <span class="rank" aria-hidden="true">{move || rank.get()}</span>
            {move || match (story.get(), status.get()) {
                (Some(story), status) => view! {
                    <article>
                        <Headline item=story.value.clone()/>
                        <p class="meta">
                            <StoryMeta item=story.value.clone()/>
                            {match status {
                                Status::Failed(why) => Some(not_renewed(id, why, &story)),
                                _ => None,
                            }}
                        </p>
                    </article>
                }.into_any(),
                (None, Status::Failed(why)) => failure(id, why).into_any(),
                (None, _) => view! { <div class="skeleton" aria-hidden="true"></div> }.into_any(),
            }}
        </li>
    }
}

/// The title, and the site that it leads to.
#[component]
fn Headline(item: Item) -> impl IntoView {
    let title = title(&item);
    match item.link() {
        Some(link) => view! {
            <h2 class="title">
                <a href=link.href rel="nofollow noopener noreferrer" dir="auto">{title}</a>
                <span class="site">{link.site}</span>
            </h2>
        }
        .into_any(),
        None => view! {
            <h2 class="title"><a href=format!("item/{}", item.id) dir="auto">{title}</a></h2>
        }
        .into_any(),
    }
}

/// An item's title in plain text, or what stands in for it.
pub fn title(item: &Item) -> String {
    match (&item.title, item.deleted, item.kind) {
        (Some(title), ..) => decode_entities(title).into_owned(),
        (None, true, _) => "[deleted]".into(),
        (None, _, Kind::Comment) => "A comment".into(),
        (None, _, Kind::PollOption) => "An option of a poll".into(),
        (None, ..) => "[untitled]".into(),
    }
}

/// Points, author, age and comments, as far as there are any.
#[component]
pub fn StoryMeta(item: Item) -> impl IntoView {
    let state = match (item.deleted, item.dead, item.kind) {
        (true, ..) => Some("deleted"),
        (_, true, _) => Some("dead"),
        (.., Kind::Job) => Some("job"),
        (.., Kind::Poll) => Some("poll"),
        _ => None,
    };
    let votes = item
        .score
        .filter(|_| !matches!(item.kind, Kind::Job | Kind::Comment));
    let talks = matches!(item.kind, Kind::Story | Kind::Poll);
    let comments = item.descendants.unwrap_or_default();
    view! {
        {state.map(|state| view! { <span class="label">{state}</span> })}
        {votes.map(|votes| view! { <span>{words::count(votes, "point", "points")}</span> })}
        {item.by.clone().map(|by| view! { <span>"by " <bdi>{by}</bdi></span> })}
        {item.posted().map(|posted| view! { <span><When moment=posted/></span> })}
        {talks.then(|| view! {
            <a href=format!("item/{}", item.id)>
                {words::count(comments.into(), "comment", "comments")}
            </a>
        })}
    }
}

/// A story that couldn't be fetched and was never kept: why, and another try.
pub fn failure(id: Id, why: String) -> impl IntoView {
    view! {
        <article class="failure">
            <h2 class="title"><Icon shape=Shape::Warning/>"Story " {id} " isn’t here"</h2>
            <p class="meta"><span>{why}</span>{retry(id)}</p>
        </article>
    }
}

/// A story shown as it was kept, because the network failed.
fn not_renewed(id: Id, why: String, story: &Stored<Item>) -> impl IntoView + use<> {
    view! {
        <span class="failure" title=why><Icon shape=Shape::Warning/>
            "as of " <When moment=story.fetched_at/></span>
        {retry(id)}
    }
}

fn retry(id: Id) -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <button type="button" class="quiet" aria-label=format!("Retry story {id}")
            on:click=move |_| state.send(Intent::Retry(vec![id]))>"Retry"</button>
    }
}
