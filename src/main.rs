//! Starts the app in the browser.

#[cfg(target_arch = "wasm32")]
mod start {
    use std::rc::Rc;

    use futures_util::future::join;
    use hackershelf::hn;
    use hackershelf::http::{self, fetch::Fetch};
    use hackershelf::store::{Error, indexed_db};
    use hackershelf::time::Clock;
    use hackershelf::time::browser::BrowserClock;
    use hackershelf::ui;
    use leptos::prelude::document;

    /// Opens the store, sets up the engine and shows the app.
    pub async fn start() {
        let clock: Rc<dyn Clock> = Rc::new(BrowserClock);
        let (store, not_kept) = indexed_db::open(Rc::clone(&clock)).await;
        let seed = clock.wall().0;
        let client = http::Client::new(Rc::new(Fetch::default()), Rc::clone(&clock), seed);
        let (settings, marks) = join(store.settings(), store.marks()).await;
        let unread = settings.as_ref().err().or(marks.as_ref().err());
        let not_kept = not_kept.or(unread.cloned());
        let mut settings = settings.unwrap_or_default();
        // Whoever turned it off did so for a reason: what can't be read is no yes.
        if let Some(Error::Newer | Error::Slow | Error::Failed(_)) = not_kept {
            settings.network.algolia = false;
        }
        client.set_limits(settings.network);
        let hn = hn::Client::new(Rc::new(client), &meta("hn-firebase"), &meta("hn-algolia"));
        ui::mount(ui::Start {
            hn,
            store,
            marks: marks.unwrap_or_default(),
            settings,
            not_kept,
            clock,
        });
    }

    /// What `index.html` says in the meta element called `name`. Nothing else, no parameter of the
    /// address, decides where data comes from.
    fn meta(name: &str) -> String {
        document()
            .query_selector(&format!("meta[name={name}]"))
            .ok()
            .flatten()
            .and_then(|meta| meta.get_attribute("content"))
            .unwrap_or_default()
    }
}

/// Less code than the standard one: 900 bytes on the wire.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_arch = "wasm32")]
fn main() {
    hackershelf::ui::on_panic();
    // The memory that a start needs comes at once, not in sixteen steps that cost 0.3 ms each; what
    // is given back here is taken from then on.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(2 << 20)));
    wasm_bindgen_futures::spawn_local(start::start());
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    unreachable!("the app runs in a browser: `cargo xtask serve`")
}
