//! Every sentence for people, in one place.

use std::fmt::Display;
use std::time::Duration;

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::hn::{self, Facts, Feed, Id};
use crate::http::Reach;
use crate::loader::shelf::{Findings, Stock};
use crate::loader::{End, Export, Keeping, Report, Stage};
use crate::store::Bounds;
use crate::store::eviction::Holdings;
use crate::store::record::{FLAWS, Flaw};
use crate::time::Timestamp;
use crate::ui::address::Order;
use crate::ui::sieve::LeftOut;
use crate::{http, store};

// The parts of every page.
pub const WRITTEN_BY: &str = "Stories by the people of ";
pub const STAYS: &str =
    ". Hackershelf keeps what it shows in this browser; linked articles stay where they are.";
pub const ONE_AT_A_TIME: &str = "One feed is kept at a time.";
pub const OFFLINE: &str = "You’re offline. What was read before is shown as it was kept.";

// Lists.
pub const FEED_KEPT: &str = "This is the last ranking that was kept.";
pub const FEED_EMPTY: &str = "Hacker News lists no stories here at the moment.";
pub const MAYBE_OLD: &str = "What you see may not be the latest.";
pub const NOTHING_POSTED: &str = "Neither stories nor comments so far.";
pub const NOBODY: &str = "Names on Hacker News tell capital letters from small ones, and a new account shows up after its first post.";
pub const SAVE_FIRST: &str =
    "“Save” beside a story puts it here. It stays in this browser, for offline too.";
pub const NOT_FOUND: &str = "The link may be mistyped, or meant for another site.";

// The shelf.
pub const SHELF: &str =
    "Everything you open is kept in this browser, to be read without a network.";
pub const KEEP: &str =
    "Stories with all their comments. It goes on while you read, and after the page was closed.";
pub const EXACT: &str = "One more request for each comment with several replies; without it, replies stand oldest first until you open the thread.";
pub const MEGABYTES: &str = "What you opened least recently goes first; what you saved stays.";
pub const DAYS: &str =
    "What you didn’t open for so long goes; 0 keeps it for as long as there is room.";
pub const MARKS: &str = "What you read, saved, hid and folded.";
pub const SURE: &str = "Press once more to delete it all.";
pub const DELETING: &str = "Deleting…";
pub const ALL_DELETED: &str = "Everything fetched was deleted.";
pub const CLEANING: &str = "Cleaning up…";
pub const CLEANED: &str = "What was too old or too much is gone.";
pub const PERSISTS: &str = "The browser keeps it until you delete it.";
pub const MAY_FORGET: &str =
    "The browser doesn’t promise that; it may delete it when space runs short.";

// Settings, and what the engine does.
pub const SETTINGS: &str =
    "Each change holds at once, also for what is under way, and is kept in this browser.";
pub const PERMITS: &str = "Over all tabs. Six is what a browser opens to one server over HTTP/1.1.";
pub const RATE: &str = "At most so many are started; 0 sets no rate.";
pub const BURST: &str = "Only with a rate.";
pub const TIMEOUT: &str = "Headers and body; then the request is aborted.";
pub const ATTEMPTS: &str = "Only what may pass is tried again, later each time.";
pub const ALGOLIA: &str = "Hacker News’ search service, for whole threads and search. Off: only Hacker News itself is asked.";
pub const KEYS: &str =
    "Off: no letter does anything by itself, as is best for who speaks to the browser.";
pub const COLOURS: &str = "Automatic: light or dark, as the system is.";
pub const SIZE: &str = "Of all there is, besides the browser’s own zoom.";
pub const RESET: &str = "This page, but for the look, is as it was at first.";
pub const ACTIVITY: &str =
    "Every request of this tab: the last 15 seconds as they pass, and the last 500 as a list.";

/// The reader chose something.
pub fn chosen(name: &str, value: impl Display) -> String {
    format!("{name}: {value}, from now on.")
}

/// The reader turned something on or off.
pub fn switched(name: &str, on: bool) -> String {
    chosen(name, if on { "on" } else { "off" })
}

/// The reader typed a number that isn't within its bounds.
pub fn bounded(name: &str, least: u64, most: u64, bounded: u64) -> String {
    format!("{name}: {least} to {most}, now {bounded}.")
}

/// What the reader asked for failed; why is said elsewhere.
pub const UNDONE: &str = "That couldn’t be done.";

/// In the place of a comment that nobody can see yet.
pub const NOT_YET: &str = "This comment isn’t there, or not yet.";
/// In the place of a comment that its author took back.
pub const DELETED: &str = "Deleted by its author.";
/// In the place of a text that isn't there.
pub const NO_TEXT: &str = "No text.";
/// What the mark beside a name means.
pub const POSTER: &str = "started this thread";
/// What the button does that shows what was held back.
pub const REORDER: &str = "Show new replies and Hacker News’ order; the page will move";

/// What a button folds or unfolds.
pub fn fold(by: Option<&str>) -> String {
    match by {
        Some(by) => format!("Comment by {by} and its replies"),
        None => "Comment and its replies".to_owned(),
    }
}

/// The button that folds all comments, or, if all are folded, unfolds them.
pub fn fold_all(folded: bool) -> String {
    match folded {
        true => "Unfold all".to_owned(),
        false => "Fold all".to_owned(),
    }
}

/// What the button does that folds all that was there at the last visit.
pub const FOLD_KNOWN: &str = "Fold all that was there at your last visit";

/// The button to the next of so many new comments.
pub fn next_new(count: usize) -> String {
    format!("Next of {count} new")
}

/// All files of the app are kept.
pub const KEPT: &str = "Ready for offline from now on.";
/// A newer build of the app is kept.
pub const NEWER_BUILD: &str = "A new version of Hackershelf is here.";

/// Whether something is in the clipboard now.
pub fn copied(done: bool) -> &'static str {
    match done {
        true => "Copied.",
        false => "This browser doesn’t let the page copy.",
    }
}

/// Where an item is on Hacker News itself.
pub fn on_hacker_news(id: Id) -> String {
    format!("https://news.ycombinator.com/item?id={id}")
}

/// What the search finds without a network.
pub const SEARCH_HERE: &str = "What you have read is on your shelf, in this browser. It is searched as you type, offline too: titles, authors, sites and the text of comments, by words or pieces of words.";
/// What the search finds with one.
pub const SEARCH_THERE: &str = "A moment later comes what the rest of Hacker News has. For that, your words go to Algolia, Hacker News’ search service; Settings turn that off.";
/// Why the index isn't asked.
pub const INDEX_OFF: &str = "Only your shelf is searched: Algolia is turned off.";
/// The same, for want of a network.
pub const INDEX_OFFLINE: &str = "Offline, only your shelf is searched.";
/// The same, because it failed.
pub const INDEX_FAILED: &str =
    "Only your shelf was searched; the search of all Hacker News failed.";
/// Nothing fits.
pub const FOUND_NOTHING: &str =
    "No story or comment has all of these words. Fewer words, or pieces of them, find more.";
/// There is no such page.
pub const FOUND_NO_MORE: &str = "There is no more on this page.";

/// How much can be found on the shelf.
pub fn stock(stock: &Stock) -> String {
    let stories = count(stock.stories as i64, "story", "stories");
    let comments = count(stock.comments as i64, "comment", "comments");
    let more = match (stock.full, stock.whole) {
        (true, _) => " That is as much as can be searched at once; some is left out.",
        (_, false) => " Still looking…",
        _ => "",
    };
    format!("{stories} and {comments} on your shelf.{more}")
}

/// How much was found where; `busy` while the index is asked.
pub fn findings(findings: &Findings, busy: bool) -> String {
    let looking = match (busy, findings.stock.whole) {
        (false, true) if findings.stock.full => ", not all of which could be searched",
        (false, true) => "",
        _ => ", still looking…",
    };
    match findings.total {
        Some(total) => format!(
            "{} on your shelf, {total} on all Hacker News{looking}",
            findings.kept
        ),
        None => format!("{} on your shelf{looking}", findings.kept),
    }
}

/// What a folded comment says of what it hides; nothing where it hides only itself.
pub fn hidden(replies: usize) -> String {
    match replies {
        0 => String::new(),
        replies => count(replies as i64, "reply", "replies"),
    }
}

/// How much of a thread is here.
pub fn thread(facts: &Facts) -> String {
    let failed = match facts.failed {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    match (facts.there == facts.total, facts.total) {
        (true, 0) if facts.loaded => "No comments yet".to_owned(),
        (true, 0) => String::new(),
        (true, total) => count(total as i64, "comment", "comments"),
        (false, total) => {
            let comments = count(total as i64, "comment", "comments");
            format!("{} of {comments}{failed}", facts.there)
        }
    }
}

/// How many stories a feed leaves out, and why; nothing where it is none.
pub fn left_out(left_out: &LeftOut) -> Option<String> {
    let LeftOut {
        hidden,
        read,
        filter,
    } = *left_out;
    let reasons = [(hidden, "by hand"), (read, "read"), (filter, "by filter")];
    let reasons: Vec<_> = reasons
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    let total = hidden + read + filter;
    (total > 0).then(|| format!("{total} hidden: {}.", reasons.join(", ")))
}

/// How many comments came since the last visit.
pub fn new_comments(count: u32) -> String {
    format!("{count} new")
}

/// A feed's name in the navigation.
pub fn feed(feed: Feed) -> &'static str {
    match feed {
        Feed::Top => "Top",
        Feed::New => "New",
        Feed::Best => "Best",
        Feed::Ask => "Ask",
        Feed::Show => "Show",
        Feed::Jobs => "Jobs",
    }
}

/// A feed's heading.
pub fn heading(feed: Feed) -> &'static str {
    match feed {
        Feed::Top => "Top stories",
        Feed::New => "New stories",
        Feed::Best => "Best stories",
        Feed::Ask => "Ask HN",
        Feed::Show => "Show HN",
        Feed::Jobs => "Jobs",
    }
}

/// An order as it is offered.
pub fn order(order: Order) -> &'static str {
    match order {
        Order::Rank => "Rank",
        Order::Score => "Points",
        Order::Time => "Newest",
        Order::Comments => "Comments",
    }
}

/// Of what failed there is nothing older to show.
pub const NONE_KEPT: &str = "Nothing of it was kept before, so there is nothing to show yet.";

/// In the place of a page whose number is none.
pub const NO_NUMBER: &str = "A page’s number counts from 1.";

/// Of a list that has fewer pages.
pub fn beyond(page: usize, pages: usize) -> String {
    let pages = count(pages as i64, "page", "pages");
    format!("At the moment there is no more than {pages}, and this would be page {page}.")
}

/// Why something of Hacker News isn't there.
pub fn why(error: &hn::Error) -> String {
    match error {
        hn::Error::Http(http::Error::Connect) => "The connection failed.".into(),
        hn::Error::Http(http::Error::Timeout(limit)) => {
            format!("No answer within {}.", seconds(*limit))
        }
        hn::Error::Http(http::Error::Status(404)) => "Not found (404).".into(),
        hn::Error::Http(http::Error::Status(429)) => "Hacker News asks for patience (429).".into(),
        hn::Error::Http(http::Error::Status(status)) => {
            format!("Hacker News answered with an error ({status}).")
        }
        hn::Error::Http(http::Error::TooLarge) => "The answer is too large to read.".into(),
        hn::Error::Http(http::Error::Busy(wait)) => {
            let wait = seconds(Duration::from_secs(wait.as_secs() + 1));
            format!("Hacker News is busy, try again in {wait}.")
        }
        hn::Error::Http(http::Error::Offline) => "You are offline.".into(),
        hn::Error::Http(http::Error::Stopped) => "Loading was stopped.".into(),
        hn::Error::Undecodable => "The answer can’t be read.".into(),
        hn::Error::Missing => "It isn’t there, or not yet.".into(),
    }
}

/// What is said while nothing comes; of an offline device a banner tells.
pub fn reach(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::Fine | Reach::Offline => None,
        Reach::Unreachable => Some("Hacker News can’t be reached. It is tried again by itself."),
        Reach::Silent => Some("Hacker News doesn’t answer so far. Still waiting for it."),
    }
}

/// Why nothing, or no more, is kept.
pub fn not_kept(error: &store::Error) -> String {
    let reason = match error {
        store::Error::Unavailable => "this browser doesn’t let the page store anything",
        store::Error::Newer => "the stored data belongs to a newer version of Hackershelf",
        store::Error::Slow => "the browser’s database doesn’t answer",
        store::Error::Full => {
            return "The browser’s storage is full: nothing more is kept. You can read and mark on."
                .to_owned();
        }
        store::Error::Lost { restored: true } => {
            return "The browser found its storage damaged and deleted what was kept. Your marks are \
                    back from their second copy, and stories are kept again from here on."
                .to_owned();
        }
        store::Error::Lost { restored: false } => {
            return "The browser found its storage damaged and deleted what was kept. \
                    From here on, stories are kept again."
                .to_owned();
        }
        store::Error::Failed(_) => "the browser’s database refused to write",
    };
    format!("You can read on, but stories and marks aren’t kept: {reason}.")
}

/// How far the download of a feed is, or how it ended.
pub fn keeping(keeping: &Keeping) -> String {
    let name = feed(keeping.job.feed);
    let (done, total) = (keeping.done, keeping.total);
    let mut much = format!("{done} of {}", count(total as i64, "story", "stories"));
    if keeping.comments > 0 {
        let comments = count(keeping.comments as i64, "comment", "comments");
        much += &format!(", {comments}, {}", bytes(keeping.bytes as u64));
    }
    match keeping.failed.len() {
        0 => {}
        failed => much += &format!(", {failed} failed"),
    }
    match &keeping.stage {
        Stage::Busy if total == 0 => format!("Keeping “{name}” for offline…"),
        Stage::Busy => {
            let left = match keeping.seconds_left() {
                None | Some(0..5) => String::new(),
                Some(left @ ..90) => format!("; {left} seconds left"),
                Some(left) => format!("; {} minutes left", left.div_ceil(60)),
            };
            format!("Keeping “{name}” for offline: {much}{left}")
        }
        Stage::Waiting => {
            format!("“{name}” will be kept for offline once another tab is through.")
        }
        Stage::Done => format!("“{name}” is kept for offline: {much}."),
        Stage::Stopped if total == 0 => format!("Keeping “{name}” for offline was stopped."),
        Stage::Stopped => format!("Stopped. Kept of “{name}”: {much}."),
        Stage::Unknown(error) => format!("“{name}” couldn’t be kept for offline. {}", why(error)),
        Stage::NotKept => {
            format!("The browser keeps no more. Kept of “{name}” for offline: {much}.")
        }
    }
}

/// "12 KB", "3.4 MB". In whole numbers: writing fractions would cost every reader 6 KB of code.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        ..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// What is kept, as it is told apart.
pub const KINDS: [&str; 3] = ["Stories", "Comments", "People"];
/// How long ago it was opened.
pub const AGES: [&str; 4] = ["Today", "This week", "This month", "Before"];

/// What is kept in this browser, with so many stories marked, and perhaps a download going on.
pub fn kept(holdings: &Holdings, marked: usize, is_keeping: bool) -> String {
    let of = |kind, one, many| count(holdings.count(kind).into(), one, many);
    let mut words = match holdings.bytes() {
        0 if is_keeping => "The download is counted when it has ended.".to_owned(),
        0 => "Nothing is kept yet.".to_owned(),
        _ => format!(
            "Kept: {}, {} with comments, and {}.",
            of(0, "story", "stories"),
            holdings.count(1),
            of(2, "person", "people")
        ),
    };
    if marked > 0 {
        let marked = count(marked as i64, "story", "stories");
        words += &format!(" You marked {marked}.");
    }
    words
}

/// The room that it takes, of what the reader allows and, where it tells, as the browser counts.
pub fn room(holdings: &Holdings, bounds: &Bounds, used: Option<u64>) -> String {
    let taken = bytes(holdings.bytes());
    let mut words = format!("{taken} of text, of {} MB at most.", bounds.megabytes);
    if let Some(used) = used {
        words += &format!(" The browser counts {}, the app included.", bytes(used));
    }
    words
}

/// The engine deletes what is kept, unless the app is installed.
pub const FORGETS: &str = "This browser deletes all of it after seven days without a visit, but not on the home screen or in the Dock. An app there begins with an empty shelf of its own: export everything here first, then add Hackershelf, and import the file there.";

/// What is said of files to take away.
pub const TRANSFER: &str = "Everything kept here is yours: take it to another browser, or keep it elsewhere. What you bring back is added to what is here; nothing here is lost.";

/// The name of a file that is taken away on a day.
pub fn file_name(what: Export, day: &str) -> String {
    match what {
        Export::Marks => format!("hackershelf-saved-{day}.json"),
        Export::Everything => format!("hackershelf-{day}.json"),
        Export::Bookmarks => format!("hackershelf-bookmarks-{day}.html"),
    }
}

/// A file is being written.
pub fn exporting(size: u64) -> String {
    format!(
        "Writing the file: {}…",
        bytes(size.next_multiple_of(1_000_000))
    )
}

/// A file is being read.
pub fn importing(percent: u32) -> String {
    format!("Reading the file: {percent} %…")
}

/// How an export ended.
pub fn exported(what: Export, report: &Report) -> String {
    let number = report.taken.into();
    let records = match what {
        Export::Bookmarks => count(number, "story", "stories"),
        _ => count(number, "record", "records"),
    };
    match report.end {
        End::Whole => format!("The file holds {records}{}.", refused(report)),
        _ => "The file couldn’t be written: the browser’s database failed.".to_owned(),
    }
}

/// How an import ended.
pub fn imported(report: &Report) -> String {
    let (taken, known) = (report.taken, report.known);
    let words = format!("{taken} taken, {known} here already{}.", refused(report));
    let more = match report.end {
        End::Foreign => return "This isn’t a file of Hackershelf’s. Nothing was changed.".into(),
        End::Newer => return "The file is of a newer Hackershelf. Nothing was changed.".into(),
        End::Early => " The file isn’t whole: its end is missing.",
        End::Failed(store::Error::Full) => {
            " Then the browser’s storage was full: make room below, and import the file once more."
        }
        End::Failed(_) => " Then the browser’s database refused to write.",
        End::Whole => "",
    };
    words + more
}

/// How many records weren't taken, and why.
fn refused(report: &Report) -> String {
    let mut words = String::new();
    for (flaw, (number, line)) in FLAWS.into_iter().zip(report.refused) {
        let why = match flaw {
            Flaw::TooLong => "too long",
            Flaw::Unreadable => "can’t be read",
            Flaw::Unknown => "of no kind known here",
            Flaw::Mismatch => "at odds with their own number or name",
        };
        if number > 0 {
            words += &format!(", {number} refused: {why}");
        }
        if line > 0 {
            words += &format!(" (line {line})");
        }
    }
    words
}

fn seconds(duration: Duration) -> String {
    let millis = duration.as_millis() as u64;
    match millis {
        1000 => "1 second".into(),
        _ if millis.is_multiple_of(1000) => format!("{} seconds", millis / 1000),
        _ => format!("{millis} ms"),
    }
}

/// "1 comment", "2 comments".
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// "5 minutes ago", "1 day ago"; never in the future. Not "yesterday": that is one of the calendar's
/// days, and 47 hours would be it, too.
pub fn ago(moment: Timestamp, now: Timestamp) -> String {
    match age(moment, now) {
        (0, _) => "just now".into(),
        (1, unit) => format!("1 {unit} ago"),
        (amount, unit) => format!("{amount} {unit}s ago"),
    }
}

/// How many of which unit that is; the words of [`ago`] change when it does.
pub fn age(moment: Timestamp, now: Timestamp) -> (u64, &'static str) {
    let seconds = moment.age(now).as_secs();
    match seconds {
        0..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..2_592_000 => (seconds / 86_400, "day"),
        2_592_000..31_536_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    }
}

/// The moment for machines.
pub fn iso(moment: Timestamp) -> String {
    // The last moment that a JavaScript date can hold.
    let date = Date::new(&JsValue::from((moment.0 as f64).min(8.64e15)));
    date.to_iso_string().into()
}
