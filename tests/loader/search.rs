//! Search: what is on the shelf, and what the index adds.

#![allow(
    clippy::single_range_in_vec_init,
    reason = "one match is a list of one range"
)]

use std::time::Duration;

use hackershelf::hn::{Hit, Hits, Id, Query, Sought, Span};
use hackershelf::loader::plan::PAUSE;
use hackershelf::loader::shelf::{Findings, Folder, Found, MOST, Marked, Shelf, parts, snippet};
use hackershelf::loader::{Change, Intent};
use hackershelf::store::{Batch, KeptThread, Store as _, Stored};
use hackershelf::time::Timestamp;

use crate::network::{Answer, Reader, decompose};

const NOW: Timestamp = Timestamp(1_600_000_000_000);

fn query(words: &str) -> Query {
    Query {
        words: words.into(),
        ..Query::default()
    }
}

fn shelf() -> Shelf {
    let mut shelf = Shelf::new(decompose, MOST);
    shelf.put(
        r#"[{"id":1,"type":"story","by":"ada","title":"The Café of Zürich","score":40,"time":1599990000,
            "url":"https://www.example.com/x"},
        {"id":2,"type":"comment","by":"bob","parent":1,"time":1599991000,
            "text":"I <i>like</i> programming in Rust there"},
        {"id":3,"type":"comment","by":"ada","parent":2,"time":1599992000,"text":"RUSTY cafe&#x27;s door"},
        {"id":4,"type":"comment","deleted":true},
        {"id":5,"type":"comment","dead":true,"text":"rust"},
        {"id":6,"type":"pollopt","text":"rust"},{"id":7},{"id":8,"type":"comment"}]"#,
        Some(1),
    );
    shelf.put(
        r#"[{"id":9,"type":"story","title":"Rust &amp; C++","score":3,"time":1000}]"#,
        None,
    );
    shelf.put("{]", None);
    shelf
}

fn ids(findings: &Findings) -> Vec<Id> {
    findings.found.iter().map(|found| found.hit.id).collect()
}

fn found(words: &str) -> Vec<Id> {
    ids(&shelf().find(&query(words), None, NOW))
}

#[test]
fn words_are_found_whatever_their_case_accents_and_place() {
    for (words, expected) in [
        ("cafe", vec![1, 3]),
        ("CAFÉ", vec![1, 3]),
        ("cafe\u{301}", vec![1, 3]),
        ("zurich", vec![1]),
        ("rust", vec![9, 3, 2]),
        ("gramm", vec![2]),
        ("rust program", vec![2]),
        ("program  RUST ", vec![2]),
        ("rust zurich", vec![]),
        ("example.com", vec![1]),
        ("ada", vec![3, 1]),
        ("c++", vec![9]),
        ("\"rust\"", vec![9, 3, 2]),
        ("like", vec![2]),
        ("<i>", vec![]),
        ("café’s", vec![3]),
        ("nothing", vec![]),
        ("", vec![]),
        ("   ", vec![]),
    ] {
        assert_eq!(found(words), expected, "{words}");
    }
}

#[test]
fn filters_hold_for_the_shelf_too() {
    let rust = query("");
    for (asked, expected) in [
        (
            Query {
                sought: Sought::Stories,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![9],
        ),
        (
            Query {
                sought: Sought::Comments,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![3, 2],
        ),
        (
            Query {
                span: Span::Day,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![3, 2],
        ),
        (
            Query {
                points: 3,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![9],
        ),
        (
            Query {
                points: 4,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![],
        ),
        (
            Query {
                newest: true,
                words: "rust".into(),
                ..rust.clone()
            },
            vec![3, 2, 9],
        ),
        (
            Query {
                by: "ada".into(),
                ..rust.clone()
            },
            vec![3, 1],
        ),
        (
            Query {
                by: "ad".into(),
                ..rust.clone()
            },
            vec![],
        ),
        (
            Query {
                words: "rust".into(),
                page: 2,
                ..rust.clone()
            },
            vec![],
        ),
    ] {
        assert_eq!(ids(&shelf().find(&asked, None, NOW)), expected, "{asked:?}");
    }
}

fn text(marked: &Marked) -> String {
    let piece = |(text, marked): &(String, bool)| match marked {
        true => format!("[{text}]"),
        false => text.clone(),
    };
    marked.iter().map(piece).collect()
}

fn one(words: &str, id: Id) -> Found {
    let findings = shelf().find(&query(words), None, NOW);
    let mut found = findings.found.into_iter();
    found.find(|found| found.hit.id == id).expect("it fits")
}

#[test]
fn what_fits_is_marked_as_it_was_written() {
    let story = one("cafe zur EXAMPLE ad", 1);
    assert_eq!(text(&story.title), "The [Café] of [Zür]ich");
    assert_eq!(
        (text(&story.site), text(&story.by)),
        ("[example].com".into(), "[ad]a".into())
    );
    let comment = one("usty rust", 3);
    assert_eq!(text(&comment.text), "[RUSTY] cafe's door");
    // Of which story, its own record doesn't say.
    assert_eq!(text(&comment.title), "The Café of Zürich");
}

#[test]
fn letters_with_marks_of_their_own_are_marked_whole() {
    let mut folder = Folder::new(decompose);
    for (text, word, expected) in [
        ("cafe\u{301}s", "cafe", vec![0..6]),
        ("ǖber", "u", vec![0..2]),
        ("aaa", "a", vec![0..3]),
        ("aabaa", "aa", vec![0..2, 3..5]),
        ("日本語", "本", vec![3..6]),
        ("", "a", vec![]),
    ] {
        let words = folder.words(word);
        assert_eq!(folder.places(text, &words), expected, "{word} in {text}");
    }
}

#[test]
fn a_snippet_stands_around_the_first_place_and_is_cut_between_words() {
    let long = "word ".repeat(200);
    assert_eq!(snippet("short", &[]), 0..5);
    assert_eq!(snippet(&long, &[]), 0..279);
    let shown = snippet(&long, &[300..304, 400..404]);
    assert_eq!((shown.start, shown.start % 5), (225, 0));
    assert!(shown.contains(&300) && !long[shown.clone()].ends_with(' '));
    // Without gaps, and where characters are long, it is cut between characters.
    let odd = "é".repeat(400);
    let shown = snippet(&odd, &[400..402]);
    assert!(odd.get(shown).is_some());
    // A gap may be longer than a byte.
    let gaps = "ab\u{a0}".repeat(100);
    let shown = snippet(&gaps, &[360..362]);
    assert!(gaps.get(shown).is_some());
}

#[test]
fn the_index_adds_what_the_shelf_lacks_and_nothing_stands_there_twice() {
    let hit = |id, title: &str| Hit {
        id,
        title: title.into(),
        ..Hit::default()
    };
    let hits = Hits {
        hits: vec![
            hit(9, "Rust"),
            hit(50, "Rust!"),
            hit(1, "Oxidation"),
            hit(51, "More rust"),
        ],
        total: 70,
        pages: 3,
    };
    let mut shelf = shelf();
    let page = shelf.find(&query("rust"), Some(&hits), NOW);
    assert_eq!(ids(&page), [9, 3, 2, 50, 1, 51]);
    let kept: Vec<bool> = page.found.iter().map(|found| found.kept).collect();
    assert_eq!(kept, [true, true, true, false, true, false]);
    assert_eq!((page.kept, page.total, page.pages), (3, Some(70), 3));
    // On a later page what the first one had isn't there again.
    let second = Query {
        page: 2,
        ..query("rust")
    };
    assert_eq!(ids(&shelf.find(&second, Some(&hits), NOW)), [50, 1, 51]);
}

#[test]
fn what_is_put_there_again_is_there_once_and_as_it_is_now() {
    let mut shelf = shelf();
    let before = shelf.stock;
    shelf.put(r#"[{"id":9,"type":"story","title":"Zig"}]"#, None);
    assert_eq!(shelf.stock, before);
    assert_eq!(ids(&shelf.find(&query("zig"), None, NOW)), [9]);
    let before = shelf.find(&query("c++"), None, NOW);
    assert!(before.found.is_empty());
}

#[test]
fn a_shelf_takes_no_more_than_its_memory() {
    let mut shelf = Shelf::new(decompose, 64 << 10);
    let text = "x".repeat(1 << 10);
    for id in 1..=100 {
        let json = format!(r#"[{{"id":{id},"type":"comment","text":"{text}"}}]"#);
        shelf.put(&json, None);
    }
    assert!(shelf.stock.full);
    // Each text is there twice.
    assert!(
        (20..32).contains(&shelf.stock.comments),
        "{:?}",
        shelf.stock
    );
}

#[test]
fn a_long_thread_is_read_in_parts_that_make_the_whole() {
    let list = r#"[{"id":1,"text":"a,b]}\",[{"},{"id":2,"kids":[3,4]},{"id":3}]"#;
    for most in [1, 25, 1000] {
        let parts = parts(list, most);
        let inner: Vec<_> = parts.iter().map(|part| &part[1..part.len() - 1]).collect();
        assert_eq!(format!("[{}]", inner.join(",")), list, "{most}");
        assert_eq!(
            parts.len(),
            if most == 1000 {
                1
            } else if most == 1 {
                3
            } else {
                2
            }
        );
    }
    assert!(parts("", 9).is_empty());
}

const HITS: Answer =
    Answer::Body(r#"{"hits":[{"objectID":"70","title":"Rust"}],"nbHits":1,"nbPages":1}"#);

fn path(words: &str, page: usize) -> String {
    format!(
        "algolia:/search?query={words}&tags=%28story%2Ccomment%2Cjob%2Cpoll%29&numericFilters=&page={page}&hitsPerPage=30"
    )
}

fn typed(words: &str) -> Intent {
    Intent::Search {
        query: query(words),
        typed: true,
    }
}

fn findings(reader: &Reader) -> Findings {
    let found = reader.changes().into_iter().rev();
    let mut found = found.filter_map(|change| match change {
        Change::Found(findings) => Some(findings),
        _ => None,
    });
    found.next().expect("something was looked for")
}

#[test]
fn the_index_is_asked_once_when_the_reader_pauses() {
    let reader = Reader::with_stories(0);
    for words in ["r", "ru", "rus", "rust"] {
        reader.open(typed(words));
        reader.clock.advance(PAUSE / 2);
        reader.turn();
    }
    assert!(reader.network.asked().is_empty());
    reader.clock.advance(PAUSE / 2);
    reader.turn();
    assert_eq!(reader.network.in_flight(), [path("rust", 0)]);
    reader.network.script(&path("rust", 0), HITS);
    reader.answer_in_flight();
    assert_eq!(ids(&findings(&reader)), [70]);
    assert!(reader.is_settled());
}

#[test]
fn a_new_query_aborts_the_one_before() {
    let reader = Reader::with_stories(0);
    reader.open(typed("rust"));
    reader.clock.advance(PAUSE);
    reader.turn();
    assert_eq!(reader.network.in_flight(), [path("rust", 0)]);
    reader.open(typed("rusty"));
    assert!(reader.network.in_flight().is_empty());
    reader.clock.advance(PAUSE);
    reader.turn();
    assert_eq!(reader.network.in_flight(), [path("rusty", 0)]);
    reader.leave();
    assert!(reader.network.in_flight().is_empty());
}

#[test]
fn a_page_is_turned_at_once() {
    let reader = Reader::with_stories(0);
    let second = Query {
        page: 2,
        ..query("rust")
    };
    reader.open(Intent::Search {
        query: second,
        typed: false,
    });
    assert_eq!(reader.network.in_flight(), [path("rust", 1)]);
}

#[test]
fn an_index_that_fails_leaves_the_shelf_and_is_told() {
    let reader = with_shelf();
    reader.network.script(&path("rust", 0), Answer::Status(404));
    reader.open(Intent::Shelve);
    reader.open(typed("rust"));
    reader.answer_all();
    assert_eq!(ids(&findings(&reader)), [12, 11]);
    let failed = |change: &Change| matches!(change, Change::RankingFailed(_));
    assert!(reader.changes().iter().any(failed));
}

#[test]
fn nothing_is_asked_for_without_words_or_without_an_index() {
    let reader = Reader::with_stories(0);
    reader.open(typed("  "));
    reader.answer_all();
    assert!(reader.network.asked().is_empty());
    assert!(reader.is_settled());
}

/// A reader who kept a story, and a thread of two comments.
fn with_shelf() -> Reader {
    let reader = Reader::with_stories(0);
    let stored = |json: &str| Stored {
        value: json.to_owned(),
        fetched_at: NOW,
    };
    let story = r#"{"id":10,"type":"story","title":"A story","by":"ada"}"#;
    let thread = r#"[{"id":10,"type":"story","title":"A story","by":"ada"},
        {"id":11,"type":"comment","text":"Rust"},{"id":12,"type":"comment","text":"rust"}]"#;
    let batch = Batch {
        items: vec![(10, stored(story)), (9, stored("{]"))],
        thread: Some(KeptThread {
            id: 10,
            items: stored(thread),
            loaded: true,
            ranked: true,
            verified: true,
        }),
        ..Batch::default()
    };
    futures_executor::block_on(reader.store.write(batch)).expect("memory never fails");
    reader
}

#[test]
fn the_shelf_fills_behind_what_is_typed() {
    let reader = with_shelf();
    reader.open(typed("rust"));
    assert!(findings(&reader).found.is_empty());
    reader.open(Intent::Shelve);
    reader.network.script(&path("rust", 0), Answer::Status(404));
    reader.answer_all();
    let findings = findings(&reader);
    assert_eq!(ids(&findings), [12, 11]);
    assert_eq!((findings.stock.stories, findings.stock.comments), (1, 2));
    assert!(findings.stock.whole);
    assert_eq!(text(&findings.found[0].title), "A story");
}

#[test]
fn what_was_cleaned_up_is_not_found_any_more() {
    let reader = with_shelf();
    reader.open(Intent::Shelve);
    reader.answer_all();
    reader.leave();
    reader
        .clock
        .advance(Duration::from_secs(1_000 * 24 * 3_600));
    futures_executor::block_on(reader.loader().clean_up(false));
    reader.open(Intent::Shelve);
    reader.network.script(&path("rust", 0), Answer::Status(404));
    reader.open(typed("rust"));
    reader.clock.advance(Duration::from_secs(1));
    reader.answer_all();
    let findings = findings(&reader);
    assert_eq!(ids(&findings), [0; 0]);
    assert_eq!((findings.stock.stories, findings.stock.comments), (0, 0));
}
