//! What the window shows, read at one moment, and what a reader does in it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::By;

use crate::{Browser, Site, until, until_within};

/// Reads a [`View`].
const READ: &str = include_str!("page/read.js");

/// Notes whether an element hears of the next click. WebKit tells an option of none.
const HEARS: &str = "
    const [element] = arguments;
    window.heard = element.matches('option');
    element.addEventListener('click', () => { window.heard = true; }, {once: true});";

const MISSED: &str = "return window.heard === false";

/// Everything that a page shows, at one moment.
#[derive(Clone, Debug, Deserialize)]
pub struct View {
    /// Whether the app runs, or the page still shows what came as HTML.
    pub started: bool,
    /// Path and query.
    pub place: String,
    /// The page's heading.
    pub heading: Option<String>,
    /// The stories' rows from the top.
    pub rows: Vec<Row>,
    /// The words beside the progress bar.
    pub progress: String,
    /// Whether something is being loaded.
    pub busy: bool,
    /// What stands where stories would.
    pub notice: Option<Notice>,
    /// What is announced above the stories.
    pub banners: Vec<String>,
    /// What is said of a feed that is kept for offline.
    pub keeping: Option<String>,
    /// The age of the ranking.
    pub as_of: String,
    /// How many pages the pager counts.
    pub pages: usize,
    /// The words of the current link in the header.
    pub current: Option<String>,
    /// The order chosen.
    pub order: Option<String>,
}

/// A story's row.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// The story's id, where a link or words of the row tell it.
    pub id: Option<u64>,
    /// Its place.
    pub rank: String,
    /// Its title; none as long as there is none.
    pub title: Option<String>,
    /// Where the title leads, as written.
    pub href: Option<String>,
    /// The site beside the title.
    pub site: Option<String>,
    /// The line below.
    pub meta: String,
    /// What is said of a failure.
    pub failure: Option<String>,
    /// Whether it is a placeholder.
    pub waiting: bool,
}

/// A message in place of stories.
#[derive(Clone, Debug, Deserialize)]
pub struct Notice {
    /// What is the matter.
    pub heading: String,
    /// What it means.
    pub text: String,
}

impl View {
    /// The titles of the rows that have one.
    pub fn titles(&self) -> Vec<&str> {
        let rows = self.rows.iter();
        rows.filter(|row| row.failure.is_none())
            .filter_map(|row| row.title.as_deref())
            .collect()
    }

    /// The rows that failed and have nothing to show.
    pub fn failures(&self) -> Vec<&Row> {
        let rows = self.rows.iter();
        rows.filter(|row| row.failure.is_some()).collect()
    }

    /// Nothing is awaited any more.
    pub fn is_settled(&self) -> bool {
        self.started && !self.busy && !self.rows.iter().any(|row| row.waiting)
    }
}

/// The window on a site.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The browser that it is in.
    pub browser: &'a Browser,
    site: &'a Site,
}

impl<'a> Page<'a> {
    /// Loads a place of `site`, such as `best?p=2`, from scratch.
    pub async fn open(browser: &'a Browser, site: &'a Site, place: &str) -> Self {
        browser.goto(&site.url(place)).await;
        Self { browser, site }
    }

    /// The window as it is, on a site that is open in it.
    pub fn here(browser: &'a Browser, site: &'a Site) -> Self {
        Self { browser, site }
    }

    /// Makes `site`'s app start with these settings of the network, as if the reader had chosen
    /// them in an earlier visit. Asks the API nothing.
    pub async fn settings(browser: &Browser, site: &Site, network: Value) {
        let page = Page::open(browser, site, "nowhere").await;
        page.when("the app has made its database", |view| {
            view.notice.is_some()
        })
        .await;
        let body = json!({"network": network}).to_string();
        let script = "
            const request = indexedDB.open('hackershelf');
            const database = await new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
            const transaction = database.transaction('meta', 'readwrite');
            transaction.objectStore('meta').put({name: 'settings', body: arguments[0]});
            await new Promise((resolve, reject) => {
                transaction.oncomplete = resolve;
                transaction.onabort = () => reject(transaction.error);
            });
            database.close();";
        browser.run_async(script, vec![body.into()]).await;
    }

    /// Waits until the app is kept for offline, which goes on when the page is there.
    pub async fn at_rest(&self) {
        let script = "const registration = await navigator.serviceWorker.getRegistration();
            return registration?.active?.state ?? null";
        until("the app is kept", async || {
            match self.browser.try_run_async(script, Vec::new()).await? {
                Value::String(state) if state == "activated" => Ok(()),
                state => Err(state.to_string()),
            }
        })
        .await;
    }

    /// Loads the place anew.
    pub async fn reload(&self) {
        self.browser.reload().await;
    }

    /// Loads another place of the same site from scratch.
    pub async fn load(&self, place: &str) {
        self.browser.goto(&self.site.url(place)).await;
    }

    /// Makes all that is kept an hour older.
    pub async fn age(&self) {
        let script = "
            const request = indexedDB.open('hackershelf');
            const database = await new Promise(resolve => request.onsuccess = () => resolve(request.result));
            const names = ['feeds', 'items', 'threads'];
            const change = database.transaction(names, 'readwrite');
            for (const name of names) {
                change.objectStore(name).openCursor().onsuccess = ({target: {result: cursor}}) => {
                    if (!cursor) return;
                    cursor.update({...cursor.value, fetched_at: cursor.value.fetched_at - 3600000});
                    cursor.continue();
                };
            }
            await new Promise(resolve => change.oncomplete = resolve);
            database.close();";
        self.browser.run_async(script, Vec::new()).await;
    }

    /// What is shown now.
    pub async fn view(&self) -> View {
        self.try_view().await.expect("the page can be read")
    }

    async fn try_view(&self) -> Result<View, String> {
        let value = self.browser.try_run(READ, Vec::new()).await?;
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// Waits until what is shown is as asked.
    pub async fn when(&self, what: &str, asked: impl Fn(&View) -> bool) -> View {
        until(what, async || {
            let view = self.try_view().await?;
            if asked(&view) {
                Ok(view)
            } else {
                Err(format!("{view:#?}"))
            }
        })
        .await
    }

    /// Waits until nothing is awaited any more and there are `rows` rows.
    pub async fn settled(&self, rows: usize) -> View {
        let what = format!("the page settles with {rows} rows");
        self.when(&what, |view| view.is_settled() && view.rows.len() == rows)
            .await
    }

    /// As [`Page::settled`], for a load that takes a time of its own: asks the page for little.
    pub async fn settled_within(&self, within: Duration, rows: usize) -> View {
        let script = "return [
            document.querySelectorAll('ol.stories > li.story .rank').length,
            document.querySelectorAll('.progress.busy, .stories .skeleton').length,
            document.querySelector('.progress-words')?.textContent ?? '',
        ]";
        let what = format!("the page settles with {rows} rows");
        until_within(within, &what, async || {
            let state = self.browser.try_run(script, Vec::new()).await?;
            if state[0] == rows && state[1] == 0 {
                Ok(())
            } else {
                Err(state.to_string())
            }
        })
        .await;
        self.view().await
    }

    /// Follows a link to a place of the app that no link leads to: the app runs on.
    pub async fn follow(&self, place: &str) {
        let script = "
            const link = document.createElement('a');
            link.href = arguments[0];
            document.body.append(link);
            link.click();
            link.remove();";
        self.browser.run(script, vec![place.into()]).await;
    }

    /// Clicks what `selector` finds first, once the app runs and it is there, as a reader would.
    pub async fn click(&self, selector: &str) {
        self.click_on(selector, By::Css(selector)).await;
    }

    /// Clicks the first button or link with exactly these words that isn't hidden.
    pub async fn press(&self, words: &str) {
        let path = format!(
            "//*[self::button or self::a][normalize-space(.)='{words}']\
             [not(ancestor-or-self::*[@hidden])]"
        );
        self.click_on(words, By::XPath(path)).await;
    }

    async fn click_on(&self, what: &str, place: By) {
        until(&format!("“{what}” can be clicked"), async || {
            // The app puts its own header in the place of the first one: a click that is under way
            // then reaches neither.
            if !self.try_view().await?.started {
                return Err("the app hasn’t started".to_owned());
            }
            let found = self.browser.driver().find(place.clone()).await;
            let element = found.map_err(|error| error.to_string())?;
            let this = element.to_json().map_err(|error| error.to_string())?;
            self.browser.try_run(HEARS, vec![this]).await?;
            element.click().await.map_err(|error| error.to_string())?;
            // A page that it led to knows nothing of it.
            match self.browser.try_run(MISSED, Vec::new()).await {
                Ok(Value::Bool(true)) => Err("it moved away under the click".to_owned()),
                _ => Ok(()),
            }
        })
        .await;
    }

    /// Keeps so many stories of the top feed for offline, once the shelf has counted what is kept:
    /// that moves its buttons.
    pub async fn keep_top(&self, amount: usize) {
        until("the shelf has counted", async || {
            match self.browser.words(".stored").await? {
                words if words.is_empty() => Err("not yet".to_owned()),
                _ => Ok(()),
            }
        })
        .await;
        let button = format!("[aria-label='Keep {amount} of Top']");
        self.click(&button).await;
    }

    /// Chooses an order by its name in the address.
    pub async fn order_by(&self, name: &str) {
        self.click(&format!(".sort select option[value={name}]"))
            .await;
    }

    /// Does something to each record of an object store, such as `record.opened_at = 0`.
    pub async fn change(&self, store: &str, statement: &str) {
        let script = format!(
            "const request = indexedDB.open('hackershelf');
            const database = await new Promise((resolve, reject) => {{
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            }});
            const transaction = database.transaction(arguments[0], 'readwrite');
            const records = transaction.objectStore(arguments[0]);
            records.getAll().onsuccess = event => {{
                for (const record of event.target.result) {{
                    {statement};
                    records.put(record);
                }}
            }};
            await new Promise((resolve, reject) => {{
                transaction.oncomplete = resolve;
                transaction.onabort = () => reject(transaction.error);
            }});
            database.close();"
        );
        self.browser.run_async(&script, vec![store.into()]).await;
    }

    /// Waits until so many records are in an object store.
    pub async fn keeps(&self, store: &str, count: usize) {
        until(&format!("{count} {store} are kept"), async || {
            match self.kept(store).await.len() {
                kept if kept == count => Ok(()),
                kept => Err(kept.to_string()),
            }
        })
        .await;
    }

    /// All records of an object store.
    pub async fn kept(&self, store: &str) -> Vec<Value> {
        let script = "
            const request = indexedDB.open('hackershelf');
            // Where there is none yet, none is made here.
            request.onupgradeneeded = () => request.transaction.abort();
            const database = await new Promise((resolve) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => resolve(null);
            });
            if (database === null) return [];
            const all = database.transaction(arguments[0]).objectStore(arguments[0]).getAll();
            const records = await new Promise((resolve, reject) => {
                all.onsuccess = () => resolve(all.result);
                all.onerror = () => reject(all.error);
            });
            database.close();
            return records;";
        self.records(script, store).await
    }

    /// The records of a store that have a second copy.
    pub async fn copied(&self, store: &str) -> Vec<Value> {
        let script = "
            const cache = await caches.open('hackershelf-second-copy');
            const found = [];
            for (const key of await cache.keys()) {
                const { store, records } = await (await cache.match(key)).json();
                if (store === arguments[0]) found.push(...records);
            }
            return found;";
        self.records(script, store).await
    }

    async fn records(&self, script: &str, store: &str) -> Vec<Value> {
        let records = self.browser.run_async(script, vec![store.into()]).await;
        let records = records.as_array().cloned();
        records.expect("a store's records are a list")
    }
}
