//! What is kept is taken away in a file and comes back from it.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::thread::reaches;
use e2e::{Browser, Case, Need, Page, Site, cases, discussed, generated, noise, until};
use replay::{Config, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        what_is_exported_comes_back_after_all_was_deleted.core(),
        marks_come_to_another_browser_and_its_other_tab,
        a_hostile_file_is_refused_record_by_record.core(),
        a_file_that_finds_no_room_is_taken_as_far_as_there_is_and_later_whole.needs(Need::Protocol),
        saved_stories_are_bookmarks_in_every_browser,
    ]
}

const STORES: [&str; 5] = ["marks", "items", "threads", "feeds", "users"];

/// How the names of whole files end, and their texts: some browsers call a file that is still being
/// written otherwise, some don't.
const ENDS: [(&str, &str); 2] = [(".json", "\n]}\n"), (".html", "</DL><p>\n")];

/// The folder that the browser saves files in, empty at first.
struct Downloads(PathBuf);

impl Downloads {
    fn new(browser: &Browser) -> Self {
        let dir = browser.downloads();
        for entry in fs::read_dir(&dir).expect("the folder can be read") {
            let file = entry.expect("the folder can be read").path();
            fs::remove_file(file).expect("the folder is ours");
        }
        Self(dir)
    }

    /// The file whose name begins so, once it is whole.
    async fn file(&self, begins: &str) -> PathBuf {
        until(&format!("{begins} is saved"), async || {
            let entries = fs::read_dir(&self.0).map_err(|error| error.to_string())?;
            let files: Vec<_> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
            let name = |file: &Path| Some(file.file_name()?.to_string_lossy().into_owned());
            let begin = files.iter().filter_map(|file| Some((file, name(file)?)));
            let begin: Vec<_> = begin.filter(|(_, name)| name.starts_with(begins)).collect();
            let [(file, name)] = &begin[..] else {
                return Err(format!("{files:?}"));
            };
            let text = fs::read_to_string(file).unwrap_or_default();
            let is_whole = |(end, last): &(&str, &str)| name.ends_with(end) && text.ends_with(last);
            match ENDS.iter().any(is_whole) {
                true => Ok(file.to_path_buf()),
                false => Err(format!("{name} ends in {:?}", text.lines().last())),
            }
        })
        .await
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the folder is ours");
        path
    }
}

/// Stories and comments with all that a file could stumble over.
fn odd(count: u64) -> (World, Vec<u64>) {
    let mut numbers = 0..count;
    let (mut world, stories) = discussed(count, |world, id| {
        let number = numbers.next().unwrap_or_default();
        world.set(id, "title", json!(format!("Story <{number}> — “é”")));
        world.set(id, "url", json!("https://example.com/?a=1&b=\"2\""));
        let reply = world.reply(id, "bob", "one <i>two</i> \"three\"\nfour \\ five");
        world.reply(reply, "eve", "🦀 \u{202e}six");
    });
    world.put_user(json!({"id": "ada", "created": 1, "karma": 7, "about": "a &lt;b&gt;"}));
    (world, stories)
}

/// The first line of a file.
const HEAD: &str = "{\"format\":\"hackershelf\",\"version\":1,\"exported_at\":1,\"records\":[\n";

/// Where a page tells how it went.
const TRANSFER: &str = ".transfer";

async fn import(page: &Page<'_>, file: &Path) {
    until("a file can be chosen", async || {
        let field = thirtyfour::By::Css(".files input");
        let field = page.browser.driver().find(field).await;
        let field = field.map_err(|error| error.to_string())?;
        let chosen = field.send_keys(file.to_string_lossy()).await;
        chosen.map_err(|error| error.to_string())
    })
    .await;
}

/// All records of all stores, in the order of their keys.
async fn everything(page: &Page<'_>) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = Vec::new();
    for store in STORES {
        all.push((store, page.kept(store).await));
    }
    all
}

async fn keep(page: &Page<'_>, words: &str) {
    page.load("shelf").await;
    page.keep_top(30).await;
    page.when("the stories are kept", |view| {
        view.keeping
            .as_ref()
            .is_some_and(|line| line.contains(words))
    })
    .await;
}

async fn save(page: &Page<'_>, story: u64) {
    page.load(&format!("item/{story}")).await;
    reaches(page, &["loaded"]).await;
    page.click(".mark[aria-label^=Save]").await;
    until("the visit is kept", async || {
        let marks = page.kept("marks").await;
        let of = |it: &&Value| it["id"] == story && it["body"].to_string().contains("saved");
        let mark = marks.iter().find(of).ok_or("not saved")?;
        let visited = mark["body"].to_string().contains("last_visit");
        visited.then_some(()).ok_or(mark.to_string())
    })
    .await;
}

async fn what_is_exported_comes_back_after_all_was_deleted(browser: &Browser) {
    let (world, stories) = odd(30);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let downloads = Downloads::new(browser);
    let page = Page::open(browser, &site, "user/ada").await;
    page.when("the person is there", |view| view.is_settled())
        .await;
    until("the person is kept", async || {
        let kept = page.kept("users").await;
        (!kept.is_empty()).then_some(()).ok_or("not yet".to_owned())
    })
    .await;
    save(&page, stories[3]).await;
    keep(&page, "30 of 30 stories").await;
    let before = everything(&page).await;
    for (store, records) in &before {
        assert!(!records.is_empty(), "{store}");
    }

    page.press("Export everything").await;
    let count: usize = before.iter().map(|(_, records)| records.len()).sum();
    browser
        .says(TRANSFER, &format!("The file holds {count} records."))
        .await;
    let file = downloads.file("hackershelf-2").await;
    is_as_documented(&file, count);

    page.click("#marks").await;
    page.press("Delete all").await;
    page.press("Really delete all").await;
    until("all is deleted", async || {
        let all = everything(&page).await;
        match all.iter().all(|(_, records)| records.is_empty()) {
            true => Ok(()),
            false => Err("something is left".to_owned()),
        }
    })
    .await;
    import(&page, &file).await;
    browser
        .says(TRANSFER, &format!("{count} taken, 0 here already."))
        .await;
    for ((store, before), (_, after)) in before.iter().zip(everything(&page).await) {
        assert_eq!(before, &after, "{store}");
    }
    import(&page, &file).await;
    browser
        .says(TRANSFER, &format!("0 taken, {count} here already."))
        .await;

    site.server.stop().await;
    page.click("nav.feeds a[href=saved]").await;
    let saved = page.when("the saved story is there", |view| view.titles().len() == 1);
    assert_eq!(saved.await.titles(), ["Story <3> — “é”"]);
}

/// As `docs/export.md` says: valid JSON as a whole, and line by line.
fn is_as_documented(file: &Path, count: usize) {
    let text = fs::read_to_string(file).expect("the file is text");
    let whole: Value = serde_json::from_str(&text).expect("the file is JSON");
    assert_eq!(whole["format"], "hackershelf");
    assert_eq!(whole["version"], 1);
    assert!(whole["exported_at"].as_u64() > Some(1_700_000_000_000));
    let records = whole["records"].as_array().expect("a list of records");
    assert_eq!(records.len(), count);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), count + 2);
    for (line, record) in lines[1..].iter().zip(records) {
        let line = line.strip_suffix(',').unwrap_or(line);
        let line: Value = serde_json::from_str(line).expect("a line is a record");
        assert_eq!(&line, record);
        let store = record["store"].as_str().expect("a store's name");
        let key = if ["feeds", "users"].contains(&store) {
            "name"
        } else {
            "id"
        };
        assert!(
            STORES.contains(&store) && !record[key].is_null(),
            "{record}"
        );
        match store {
            "items" => assert_eq!(record["body"]["id"], record["id"]),
            "threads" => assert_eq!(record["loaded"], true, "{record}"),
            _ => {}
        }
    }
}

async fn marks_come_to_another_browser_and_its_other_tab(browser: &Browser) {
    let (world, stories) = odd(30);
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let downloads = Downloads::new(browser);
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    save(&page, stories[3]).await;
    page.load("shelf").await;
    page.press("Export marks and saved").await;
    browser.says(TRANSFER, "The file holds 3 records.").await;
    let file = downloads.file("hackershelf-saved-").await;

    // Another origin is another browser.
    let other = Site::start(browser, Config::api(world).tls()).await;
    let first = browser.tab().await;
    let page = Page::open(browser, &other, "saved").await;
    page.when("nothing is saved there", |view| view.notice.is_some())
        .await;
    browser.new_tab().await;
    let second = Page::open(browser, &other, "").await;
    second.settled(30).await;
    save(&second, stories[5]).await;
    second.load("shelf").await;
    import(&second, &file).await;
    second.browser.says(TRANSFER, " taken, ").await;
    browser.switch_to(&first).await;
    let saved = page
        .when("both are there", |view| view.titles().len() == 2)
        .await;
    assert!(saved.titles().contains(&"Story <3> — “é”"), "{saved:#?}");
    assert!(saved.titles().contains(&"Story <5> — “é”"), "{saved:#?}");
    browser.close_tabs().await;
}

async fn a_hostile_file_is_refused_record_by_record(browser: &Browser) {
    let (world, stories) = odd(3);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let downloads = Downloads::new(browser);
    let page = Page::open(browser, &site, "").await;
    page.settled(3).await;
    page.keeps("items", 3).await;
    save(&page, stories[1]).await;
    page.load("shelf").await;
    let before = everything(&page).await;

    let foreign = downloads.write("foreign.json", "[{\"store\":\"marks\",\"id\":1}]\n");
    import(&page, &foreign).await;
    browser
        .says(
            TRANSFER,
            "This isn’t a file of Hackershelf’s. Nothing was changed.",
        )
        .await;
    assert_eq!(everything(&page).await, before);

    let markup = r#"{"id":7,"type":"story","by":"x","title":"<img src=x onerror=alert(1)>","url":"javascript:alert(1)"}"#;
    let (saved, old) = (stories[1], stories[2]);
    let text = format!(
        "{HEAD}\
        {{\"store\":\"marks\",\"id\":7,\"body\":{{\"saved\":99999999999999,\"collapsed\":[]}}}},\n\
        {{\"store\":\"marks\",\"id\":{saved},\"body\":{{}}}},\n\
        {{\"store\":\"items\",\"id\":7,\"fetched_at\":99999999999999999,\"body\":{markup}}},\n\
        {{\"store\":\"items\",\"id\":{old},\"fetched_at\":1,\"body\":{{\"id\":{old},\"title\":\"old\"}}}},\n\
        {{\"store\":\"items\",\"id\":8,\"body\":{{\"id\":9}}}},\n\
        {{\"store\":\"items\",\"id\":\"8\",\"body\":{{\"id\":8}}}},\n\
        {{\"store\":\"meta\",\"name\":\"settings\",\"body\":{{}}}},\n\
        not JSON\n\
        {{\"store\":\"items\",\"id\":8,\"bo"
    );
    import(&page, &downloads.write("hostile.json", &text)).await;
    browser
        .says(
            TRANSFER,
            "2 taken, 2 here already, 3 refused: can’t be read (line 7), \
         1 refused: of no kind known here (line 8), \
         1 refused: at odds with their own number or name (line 6). \
         The file isn’t whole: its end is missing.",
        )
        .await;
    for (store, records) in before {
        let after = page.kept(store).await;
        for record in records {
            assert!(after.contains(&record), "{store} lost {record}");
        }
    }
    page.click("nav.feeds a[href=saved]").await;
    let view = page
        .when("both are saved", |view| view.titles().len() == 2)
        .await;
    assert!(
        view.titles().contains(&"<img src=x onerror=alert(1)>"),
        "{view:#?}"
    );
}

async fn a_file_that_finds_no_room_is_taken_as_far_as_there_is_and_later_whole(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let downloads = Downloads::new(browser);
    let quota = async |bytes: u64| {
        let limit = json!({"origin": site.server.origin(), "quotaSize": bytes});
        browser
            .command("Storage.overrideQuotaForOrigin", limit)
            .await;
    };
    quota(3_000_000).await;
    let page = Page::open(browser, &site, "shelf").await;
    page.at_rest().await;
    let mut random = 1;
    let mark = |id: u64| format!(r#"{{"store":"marks","id":{id},"body":{{"saved":{id}}}}}"#);
    let story = |id: u64| {
        let text = noise(200_000, &mut random);
        let body = format!(r#"{{"id":{id},"type":"story","title":"{id}","text":"{text}"}}"#);
        format!(r#"{{"store":"items","id":{id},"fetched_at":1,"body":{body}}}"#)
    };
    let records: Vec<String> = (1..=20).map(mark).chain((1..=20).map(story)).collect();
    let text = format!("{HEAD}{}\n]}}\n", records.join(",\n"));
    let file = downloads.write("full.json", &text);
    import(&page, &file).await;
    browser
        .says(TRANSFER, "Then the browser’s storage was full")
        .await;
    assert_eq!(page.kept("marks").await.len(), 20);
    assert!(page.kept("items").await.len() < 20);

    quota(30_000_000).await;
    import(&page, &file).await;
    browser.says(TRANSFER, " taken, ").await;
    page.keeps("items", 20).await;
}

async fn saved_stories_are_bookmarks_in_every_browser(browser: &Browser) {
    let (world, stories) = odd(30);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let downloads = Downloads::new(browser);
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    save(&page, stories[3]).await;
    page.load("shelf").await;
    page.press("Bookmarks of saved stories").await;
    browser.says(TRANSFER, "The file holds 1 story.").await;
    let file = downloads.file("hackershelf-bookmarks-").await;
    let text = fs::read_to_string(file).expect("the file is text");
    assert!(
        text.starts_with("<!DOCTYPE NETSCAPE-Bookmark-file-1>"),
        "{text}"
    );
    let link = "<A HREF=\"https://example.com/?a=1&amp;b=&quot;2&quot;\" ADD_DATE=\"";
    assert!(text.contains(link), "{text}");
    let talk = format!(
        "<A HREF=\"https://news.ycombinator.com/item?id={}\"",
        stories[3]
    );
    assert!(text.contains(&talk), "{text}");
    assert!(text.contains(">Story &lt;3&gt; — “é”</A>"), "{text}");
}
