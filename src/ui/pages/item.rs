use leptos::prelude::*;

use super::set_title;
use crate::hn::{Id, Item, Kind};
use crate::loader::Intent;
use crate::ui::address::Address;
use crate::ui::navigation::Navigation;
use crate::ui::parts::{Notice, StoryMeta, failure, title};
use crate::ui::safe_html::SafeHtml;
use crate::ui::state::{State, Status};
use crate::ui::words;

/// One story on a page of its own: title, link, text, and the way to its comments.
#[component]
pub fn ItemPage() -> impl IntoView {
    let state = expect_context::<State>();
    let navigation = expect_context::<Navigation>();
    let id = Memo::new(
        move |before: Option<&Option<Id>>| match navigation.address() {
            Address::Item(id) => id,
            _ => before.copied().flatten(),
        },
    );
    Effect::new(move |_| {
        if let Some(id) = id.get() {
            state.send(Intent::Item(id));
        }
    });
    on_cleanup(move || state.leave());

    move || match id.get() {
        Some(id) => view! { <Story id/> }.into_any(),
        None => {
            set_title("No such item");
            view! {
                <Notice heading="This isn’t the number of an item">
                    <p>"Stories and comments have addresses such as "<code>"item/1"</code>"."</p>
                    <p><a class="button" href="./">"Go to the top stories"</a></p>
                </Notice>
            }
            .into_any()
        }
    }
}

#[component]
fn Story(id: Id) -> impl IntoView {
    let content = expect_context::<State>().row(id).content;
    move || {
        let content = content.get();
        match (content.story, content.status) {
            (Some(story), _) => {
                set_title(&title(&story.value));
                view! { <Whole item=story.value/> }.into_any()
            }
            (None, Status::Failed(why)) => {
                set_title("Not here");
                view! { <div class="item">{failure(id, why)}{elsewhere(id)}</div> }.into_any()
            }
            (None, _) => view! { <div class="item"><div class="skeleton"></div></div> }.into_any(),
        }
    }
}

#[component]
fn Whole(item: Item) -> impl IntoView {
    let id = item.id;
    let heading = match item.link() {
        Some(link) => view! {
            <a href=link.href rel="nofollow noopener noreferrer" dir="auto">{title(&item)}</a>
            <span class="site">{link.site}</span>
        }
        .into_any(),
        None => view! { <span dir="auto">{title(&item)}</span> }.into_any(),
    };
    let comments = item
        .descendants
        .filter(|_| matches!(item.kind, Kind::Story | Kind::Poll));
    view! {
        <article class="item">
            <h1>{heading}</h1>
            <p class="meta"><StoryMeta item=item.clone()/></p>
            {item.text.clone().map(|html| view! { <SafeHtml html/> })}
            {item.parent.or(item.poll).map(|parent| view! {
                <p><a href=format!("item/{parent}")>"What this belongs to"</a></p>
            })}
            {comments.map(|comments| view! {
                <p>{words::count(comments.into(), "comment", "comments")}
                    " so far. Hackershelf shows stories; the conversation is on Hacker News."</p>
            })}
        </article>
        {elsewhere(id)}
    }
}

fn elsewhere(id: Id) -> impl IntoView {
    view! {
        <p>
            <a class="button" href=format!("https://news.ycombinator.com/item?id={id}")
                rel="noreferrer">"Open on Hacker News"</a>
        </p>
    }
}
