//! What is kept is taken away in a file, and comes back from whatever a file is.

use std::cell::RefCell;
use std::rc::Rc;

use futures_executor::block_on;
use futures_util::FutureExt as _;
use futures_util::future::ready;
use hackershelf::hn::{Feed, Id};
use hackershelf::loader::{End, Export, Report};
use hackershelf::store::record::{FLAWS, Flaw, Key};
use hackershelf::store::{
    Batch, KeptThread, Mark, Marking, Memory, Part, Record, Store as _, Stored,
};
use hackershelf::time::{Clock as _, Timestamp};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, ProptestConfig as Config, Strategy, any, prop_oneof, proptest};
use serde_json::{Value, json};

use crate::network::Reader;

/// When these tests take place.
const START: u64 = 1_600_000_000_000;

/// Somebody with nothing kept.
fn reader() -> Reader {
    let reader = Reader::with_stories(0);
    assert_eq!(reader.clock.wall(), Timestamp(START));
    reader
}

fn export(reader: &Reader, what: Export) -> (Report, String) {
    let file = Rc::new(RefCell::new(String::new()));
    let written = Rc::clone(&file);
    let put = move |piece: String| *written.borrow_mut() += &piece;
    let report = block_on(reader.loader().export(what, Box::new(put)));
    (report, file.take())
}

fn import(reader: &Reader, file: &[u8], cut: usize) -> Report {
    let pieces: Vec<_> = file.chunks(cut).map(<[u8]>::to_vec).collect();
    let mut pieces = pieces.into_iter();
    let next = move || ready(pieces.next()).boxed_local();
    block_on(reader.loader().import(Box::new(next)))
}

/// What a report says of refused records: why, how many, and the line of the first.
fn refused(report: &Report) -> Vec<(Flaw, u32, u32)> {
    let all = FLAWS.into_iter().zip(report.refused);
    let some = all.filter(|(_, (count, _))| *count > 0);
    some.map(|(flaw, (count, line))| (flaw, count, line))
        .collect()
}

fn json_of(record: &Record) -> String {
    let mut line = String::new();
    record.write(&mut line);
    line
}

fn kept(store: &Memory) -> Vec<Record> {
    let part = |part: Part| block_on(store.part(part, part.start(), u32::MAX));
    let parts = Part::ALL.into_iter();
    parts
        .flat_map(|it| part(it).expect("memory never fails"))
        .collect()
}

fn record(part: Part, key: impl Into<Value>, at: u64, body: &str) -> Record {
    let key = match key.into() {
        Value::String(name) => Key::Name(name),
        id => Key::Id(id.as_u64().expect("a number") as Id),
    };
    let body = body.to_owned();
    let fetched_at = Timestamp(at);
    Record {
        part,
        key,
        body: Stored {
            value: body,
            fetched_at,
        },
        opened_at: fetched_at,
        facts: [false; 3],
    }
}

fn put(reader: &Reader, records: Vec<Record>) {
    block_on(reader.store.merge(records)).expect("memory never fails");
}

/// A shelf with something of everything: story 1 is saved, 2 is not.
fn shelf() -> Reader {
    let reader = reader();
    let stored = |value: String, at| Stored {
        value,
        fetched_at: Timestamp(at),
    };
    for id in [1, 2] {
        let story = format!(r#"{{"id":{id},"type":"story","title":"Story {id}"}}"#);
        let thread = format!(
            r#"[{story},{{"id":{},"parent":{id},"text":"a\nb"}}]"#,
            id + 10
        );
        let batch = Batch {
            feed: Some((
                Feed::Top,
                Stored {
                    value: vec![2, 1],
                    fetched_at: Timestamp(5),
                },
            )),
            items: vec![(id, stored(story, 7))],
            thread: Some(KeptThread {
                id,
                items: stored(thread, 8),
                loaded: true,
                ranked: id == 1,
                verified: false,
            }),
            user: Some((
                "ada".to_owned(),
                stored(r#"{"id":"ada","karma":3}"#.to_owned(), 9),
            )),
            ..Batch::default()
        };
        block_on(reader.store.write(batch)).expect("memory never fails");
    }
    let mark = |id, marking, at| {
        let set = reader.store.set_mark(id, marking, Timestamp(at));
        block_on(set).expect("memory never fails");
    };
    mark(1, Marking::Saved(true), 100);
    mark(1, Marking::Visited(3, 12), 150);
    mark(2, Marking::Read(true), 200);
    mark(2, Marking::Collapsed(vec![12, 11], true), 200);
    reader
}

#[test]
fn everything_comes_back_in_an_empty_browser() {
    let here = shelf();
    let (report, file) = export(&here, Export::Everything);
    assert_eq!((report.taken, report.end), (8, End::Whole));
    for cut in [1, 7, 100, usize::MAX] {
        let there = reader();
        let report = import(&there, file.as_bytes(), cut);
        assert_eq!((report.taken, report.known), (8, 0), "{report:?}");
        assert_eq!((refused(&report), report.end), (vec![], End::Whole));
        assert_eq!(kept(&there.store), kept(&here.store));
        let again = import(&there, file.as_bytes(), cut);
        assert_eq!((again.taken, again.known), (0, 8));
    }
}

#[test]
fn marks_go_with_what_is_kept_of_the_saved_stories() {
    let (_, file) = export(&shelf(), Export::Marks);
    let there = reader();
    import(&there, file.as_bytes(), 64);
    let kept: Vec<_> = kept(&there.store)
        .into_iter()
        .map(|record| (record.part, record.key.id()))
        .collect();
    let expected = [
        (Part::Marks, 1),
        (Part::Marks, 2),
        (Part::Items, 1),
        (Part::Threads, 1),
    ];
    assert_eq!(kept, expected);
}

#[test]
fn a_file_is_json_with_a_record_a_line() {
    let (_, file) = export(&shelf(), Export::Everything);
    let whole: Value = serde_json::from_str(&file).expect("valid JSON");
    assert_eq!(whole["format"], "hackershelf");
    assert_eq!(
        (&whole["version"], &whole["exported_at"]),
        (&json!(1), &json!(START))
    );
    assert_eq!(whole["records"].as_array().map(Vec::len), Some(8));
    assert_eq!(file.lines().count(), 10);
    let expected = r#"{"store":"threads","id":1,"fetched_at":8,"opened_at":8,"loaded":true,"ranked":true,"body":["#;
    assert!(
        file.lines().any(|line| line.starts_with(expected)),
        "{file}"
    );
    let (_, empty) = export(&reader(), Export::Everything);
    let whole: Value = serde_json::from_str(&empty).expect("valid JSON");
    assert_eq!(whole["records"], json!([]));
    assert_eq!(import(&reader(), empty.as_bytes(), 9).end, End::Whole);
}

#[test]
fn a_body_of_several_lines_becomes_one_of_the_same_meaning() {
    let here = reader();
    put(
        &here,
        vec![record(
            Part::Items,
            1,
            5,
            "{\"id\":\r\n 1,\n\"title\":\"a\\nb\"}",
        )],
    );
    let (_, file) = export(&here, Export::Everything);
    let there = reader();
    assert_eq!(import(&there, file.as_bytes(), 10).taken, 1);
    let body = &kept(&there.store)[0].body.value;
    assert_eq!(body, "{\"id\":   1, \"title\":\"a\\nb\"}");
}

#[test]
fn what_cannot_be_read_is_left_out_of_the_file_and_told() {
    let here = shelf();
    put(
        &here,
        vec![
            record(Part::Items, 3, 5, "{]"),
            record(Part::Items, 4, 5, r#"{"id":5}"#),
        ],
    );
    let (report, file) = export(&here, Export::Everything);
    assert_eq!(
        refused(&report),
        [(Flaw::Unreadable, 1, 0), (Flaw::Mismatch, 1, 0)]
    );
    assert!(serde_json::from_str::<Value>(&file).is_ok(), "{file}");
}

#[test]
fn the_saved_stories_are_bookmarks_the_last_first() {
    let here = shelf();
    let saved = here
        .store
        .set_mark(77, Marking::Saved(true), Timestamp(5_000));
    block_on(saved).expect("memory never fails");
    let (report, file) = export(&here, Export::Bookmarks);
    assert_eq!(report.taken, 2);
    let first = file
        .find(r#"item?id=77" ADD_DATE="5">Item 77</A>"#)
        .expect("saved");
    let second = file
        .find(r#"item?id=1" ADD_DATE="0">Story 1</A>"#)
        .expect("saved");
    assert!(first < second, "{file}");
}

#[test]
fn marks_become_one_that_has_all_of_both() {
    for (here, there, both) in [
        (
            r#"{"saved":5}"#,
            r#"{"read":7}"#,
            r#"{"read":7,"saved":5,"collapsed":[]}"#,
        ),
        (
            r#"{"read":5}"#,
            r#"{"read":7}"#,
            r#"{"read":5,"collapsed":[]}"#,
        ),
        (
            r#"{"hidden":5}"#,
            r#"{"hidden":3}"#,
            r#"{"hidden":3,"collapsed":[]}"#,
        ),
        (
            r#"{"collapsed":[1,3]}"#,
            r#"{"collapsed":[2,3]}"#,
            r#"{"collapsed":[1,2,3]}"#,
        ),
        (r#"{"saved":5}"#, "{}", r#"{"saved":5,"collapsed":[]}"#),
        (
            r#"{"last_visit":{"at":3,"count":9,"highest":99}}"#,
            r#"{"last_visit":{"at":4,"count":7,"highest":50}}"#,
            r#"{"last_visit":{"at":4,"count":7,"highest":99},"collapsed":[]}"#,
        ),
    ] {
        for (first, second) in [(here, there), (there, here)] {
            let reader = reader();
            put(&reader, vec![record(Part::Marks, 1, 0, first)]);
            let file = file_of(&[json_of(&record(Part::Marks, 1, 0, second))]);
            import(&reader, file.as_bytes(), 1_000);
            let mark = block_on(reader.store.mark(1)).expect("memory never fails");
            assert_eq!(mark.json(), both, "{first} and {second}");
        }
    }
}

#[test]
fn of_what_was_fetched_the_newer_stays() {
    let story = |title: &str| format!(r#"{{"id":1,"title":"{title}"}}"#);
    for (part, here, there, taken) in [
        (Part::Items, 5, 4, false),
        (Part::Items, 5, 5, false),
        (Part::Items, 5, 6, true),
        // From a time to come: now at most.
        (Part::Items, START, u64::MAX, false),
        (Part::Threads, 5, 6, true),
        (Part::Threads, 6, 5, false),
    ] {
        let reader = reader();
        let body = |title| match part {
            Part::Threads => format!("[{}]", story(title)),
            _ => story(title),
        };
        put(&reader, vec![record(part, 1, here, &body("here"))]);
        let file = file_of(&[json_of(&record(part, 1, there, &body("there")))]);
        let report = import(&reader, file.as_bytes(), 1_000);
        assert_eq!(
            (report.taken, report.known),
            (taken.into(), (!taken).into())
        );
        let expected = body(if taken { "there" } else { "here" });
        assert_eq!(
            kept(&reader.store)[0].body.value,
            expected,
            "{here} {there}"
        );
    }
}

#[test]
fn a_whole_thread_does_not_give_way_to_a_newer_part_of_it() {
    let reader = shelf();
    let before = kept(&reader.store);
    let part = record(Part::Threads, 1, 500, "[]");
    let report = import(&reader, file_of(&[json_of(&part)]).as_bytes(), 1_000);
    assert_eq!(report.known, 1);
    assert_eq!(kept(&reader.store), before);
    let whole = Record {
        facts: [true, false, false],
        ..part
    };
    let report = import(&reader, file_of(&[json_of(&whole)]).as_bytes(), 1_000);
    assert_eq!(report.taken, 1);
}

#[test]
fn what_is_here_and_unreadable_gives_way() {
    let reader = reader();
    put(&reader, vec![record(Part::Items, 1, 900, "{]")]);
    let good = record(Part::Items, 1, 5, r#"{"id":1}"#);
    let report = import(&reader, file_of(&[json_of(&good)]).as_bytes(), 1_000);
    assert_eq!(report.taken, 1);
    assert_eq!(kept(&reader.store), [good]);
}

const HEAD: &str = r#"{"format":"hackershelf","version":1,"exported_at":1,"records":["#;

/// A file with these lines.
fn file_of(lines: &[String]) -> String {
    format!("{HEAD}\n{}\n]}}\n", lines.join(",\n"))
}

/// A record that is good, and new to the shelf.
const GOOD: &str = r#"{"store":"items","id":5,"fetched_at":9,"body":{"id":5,"title":"new"}}"#;

#[test]
fn whatever_a_file_is_nothing_is_lost_and_what_is_good_is_taken() {
    use Flaw::{Mismatch, TooLong, Unknown, Unreadable};
    // A line, and what is said of it; the good record stands before and after it.
    let long = format!(
        r#"{{"store":"items","id":6,"body":{{"id":6,"text":"{}"}}}}"#,
        "x".repeat(13 << 20)
    );
    let ids = (1..=1_000_000).rev().map(|id: u32| id.to_string());
    let folded = format!(
        r#"{{"store":"marks","id":1,"body":{{"collapsed":[{}]}}}}"#,
        ids.collect::<Vec<_>>().join(",")
    );
    let deep = format!(
        r#"{{"store":"items","id":6,"body":{}}}"#,
        "[".repeat(1 << 20)
    );
    let nested = format!(
        r#"{{"store":"items","id":6,"body":{{"id":6,"x":{}{}}}}}"#,
        "[".repeat(1 << 20),
        "]".repeat(1 << 20)
    );
    let records = [
        ("nonsense", Some(Unreadable)),
        ("{}", Some(Unreadable)),
        ("null", Some(Unreadable)),
        ("[]", Some(Unreadable)),
        ("\u{0}\u{1}\u{feff}", Some(Unreadable)),
        (r#"{"store":"items","id":6}"#, Some(Unreadable)),
        (r#"{"store":"items","id":6,"body":}"#, Some(Unreadable)),
        (
            r#"{"store":"items","id":6,"body":{"id":6}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":6},"id":7}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":6}}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":6}} {"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"body":"{\"id\":6}"}"#,
            Some(Unreadable),
        ),
        (r#"{"store":"items","id":6,"body":null}"#, Some(Unreadable)),
        (
            r#"{"store":"items","id":0,"body":{"id":0}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":-6,"body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6.5,"body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":"6","body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":99999999999,"body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","name":"6","body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"fetched_at":"x","body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":7}}"#,
            Some(Mismatch),
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":6,"title":7}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"threads","id":6,"body":{"id":6}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"threads","id":6,"body":[{"id":7}]}"#,
            Some(Mismatch),
        ),
        (
            r#"{"store":"threads","id":6,"body":[{"id":6},{}]}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"users","id":6,"body":{"id":"bob"}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"users","name":"bob","body":{"id":"eve"}}"#,
            Some(Mismatch),
        ),
        (
            r#"{"store":"feeds","name":"polls","body":[1]}"#,
            Some(Unknown),
        ),
        (
            r#"{"store":"feeds","name":"top","body":{"1":1}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"marks","id":1,"body":{"saved":"yes"}}"#,
            Some(Unreadable),
        ),
        (
            r#"{"store":"marks","id":1,"body":{"saved":-1}}"#,
            Some(Unreadable),
        ),
        (r#"{"store":"marks","id":1,"body":[]}"#, Some(Unreadable)),
        (
            r#"{"store":"meta","name":"settings","body":{}}"#,
            Some(Unknown),
        ),
        (r#"{"store":"jobs","name":"top","body":{}}"#, Some(Unknown)),
        (r#"{"store":"__proto__","id":1,"body":{}}"#, Some(Unknown)),
        (&long, Some(TooLong)),
        (&deep, Some(Unreadable)),
        // Odd, but no harm in it.
        (&nested, None),
        (&folded, None),
        ("", None),
        (
            r#"{"store":"marks","id":1,"body":{"saved":18446744073709551615}}"#,
            None,
        ),
        (
            r#"{"store":"items","id":1,"fetched_at":18446744073709551615,"body":{"id":1}}"#,
            None,
        ),
        (
            r#"{"store":"users","name":"__proto__","body":{"id":"__proto__"}}"#,
            None,
        ),
        (
            r#"{"store":"items","id":6,"body":{"id":6,"title":"</script>,\"body\":{"}}"#,
            None,
        ),
        (
            r#"{"colour":[{"a":1}],"store":"items","id":6,"body":{"id":6}}"#,
            None,
        ),
    ];
    for (line, flaw) in records {
        let shown: String = line.chars().take(80).collect();
        let reader = shelf();
        let before = kept(&reader.store);
        let last = GOOD.replace('5', "50");
        let file = file_of(&[GOOD.to_owned(), line.to_owned(), last]);
        let report = import(&reader, file.as_bytes(), 1 << 18);
        let expected: Vec<_> = flaw.map(|flaw| (flaw, 1, 3)).into_iter().collect();
        assert_eq!(
            (&refused(&report), &report.end),
            (&expected, &End::Whole),
            "{shown}"
        );
        assert!(report.taken >= 2, "{shown}");
        nothing_lost(&reader, &before, &shown);
    }
}

#[test]
fn a_file_that_is_not_ours_changes_nothing() {
    let files: [(Vec<u8>, End); 12] = [
        (b"".into(), End::Foreign),
        (b"\n".into(), End::Foreign),
        (b"{}".into(), End::Foreign),
        (b"[]\n".into(), End::Foreign),
        (b"\xff\xfe{\x00".into(), End::Foreign),
        (b"PK\x03\x04\n\n".into(), End::Foreign),
        ([b'x'; 5_000].into(), End::Foreign),
        (HEAD.replace("hackershelf", "other").into(), End::Foreign),
        (HEAD.replace(":1,", ":0,").into(), End::Foreign),
        (HEAD.replace("\"version\":1,", "").into(), End::Foreign),
        (HEAD.replace(":1,", ":2,").into(), End::Newer),
        (GOOD.into(), End::Foreign),
    ];
    for (file, end) in files {
        let reader = shelf();
        let before = kept(&reader.store);
        let file = [&file[..], b"\n", GOOD.as_bytes(), b"\n]}\n"].concat();
        let report = import(&reader, &file, 100);
        let shown = String::from_utf8_lossy(&file);
        assert_eq!(report.end, end, "{shown}");
        assert_eq!((report.taken, kept(&reader.store)), (0, before), "{shown}");
    }
}

#[test]
fn of_a_file_cut_short_what_came_before_is_taken() {
    let (_, file) = export(&shelf(), Export::Everything);
    let whole = file.trim_end().len();
    for cut in (0..whole).step_by(7) {
        let there = shelf();
        block_on(there.store.clear(true)).expect("memory never fails");
        put(&there, vec![record(Part::Items, 9, 5, r#"{"id":9}"#)]);
        let before = kept(&there.store);
        let report = import(&there, &file.as_bytes()[..cut], 50);
        assert!(
            matches!(report.end, End::Early | End::Foreign),
            "{report:?}"
        );
        let lines = file[..cut].matches('\n').count() as u32;
        assert!(
            report.taken + 1 >= lines.saturating_sub(1),
            "{cut}: {report:?}"
        );
        nothing_lost(&there, &before, "cut short");
    }
}

#[test]
fn bytes_that_are_no_text_cost_their_line_alone() {
    let reader = shelf();
    let mut file = file_of(&[
        GOOD.to_owned(),
        GOOD.replace('5', "6"),
        GOOD.replace('5', "7"),
    ])
    .into_bytes();
    let at = file
        .windows(6)
        .position(|it| it == b"\"id\":6")
        .expect("the second");
    file[at + 20] = 0xff;
    let report = import(&reader, &file, 10);
    assert_eq!(
        (report.taken, &refused(&report)[..]),
        (2, &[(Flaw::Unreadable, 1, 3)][..])
    );
}

#[test]
fn a_file_from_an_editor_with_other_ends_of_lines_is_the_same() {
    let (_, file) = export(&shelf(), Export::Everything);
    let there = reader();
    let file = format!("\u{feff}{}", file.replace('\n', "\r\n"));
    assert_eq!(import(&there, file.as_bytes(), 10).taken, 8);
}

#[test]
fn what_comes_after_the_end_is_refused() {
    let file = file_of(&[GOOD.to_owned()]) + "more";
    let report = import(&reader(), file.as_bytes(), 10);
    assert_eq!(
        (report.taken, &refused(&report)[..], report.end),
        (1, &[(Flaw::Unreadable, 1, 4)][..], End::Whole)
    );
}

#[test]
fn a_broken_line_that_looks_like_the_end_costs_itself_alone() {
    let thread = r#"{"store":"threads","id":7,"fetched_at":9,"body":[{"id":8}]}"#;
    let broken = thread.replace("}]}", "\n]}");
    let file = file_of(&[GOOD.to_owned(), broken, GOOD.replace('5', "6")]);
    let report = import(&reader(), file.as_bytes(), 10);
    assert_eq!(
        (report.taken, &refused(&report)[..], report.end),
        (2, &[(Flaw::Unreadable, 1, 3)][..], End::Whole)
    );
}

/// Every record is there as it was, or as the rules of merging allow.
fn nothing_lost(reader: &Reader, before: &[Record], what: &str) {
    let after = kept(&reader.store);
    for old in before {
        let same = |new: &&Record| (new.part, &new.key) == (old.part, &old.key);
        let new = after.iter().find(same);
        let new = new.unwrap_or_else(|| panic!("{what}: lost {old:?}"));
        if old.part == Part::Marks {
            let mark = |record: &Record| -> Mark {
                hackershelf::hn::Decode::decode(&record.body.value).expect("a mark")
            };
            let (old, new) = (mark(old), mark(new));
            assert!(
                old.collapsed.iter().all(|id| new.is_collapsed(*id)),
                "{what}"
            );
            for (old, new) in [(old.saved, new.saved), (old.read, new.read)] {
                assert!(old.is_none() || new.is_some() && new <= old, "{what}");
            }
        } else {
            assert!(
                new == old || new.body.fetched_at > old.body.fetched_at,
                "{what}"
            );
        }
    }
}

/// Any good record.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let text = || any::<String>();
    let id = || 1..40_u32;
    let at = || 0..1_000_u64;
    let item = (id(), at(), text()).prop_map(|(id, at, text)| {
        let body = json!({"id": id, "type": "story", "title": text});
        record(Part::Items, id, at, &body.to_string())
    });
    let thread = (id(), at(), vec(text(), 0..4), any::<[bool; 3]>());
    let thread = thread.prop_map(|(id, at, texts, facts)| {
        let comment = |(place, text): (usize, &String)| {
            json!({"id": id as usize + 100 + place, "parent": id, "text": text})
        };
        let body: Vec<_> = texts.iter().enumerate().map(comment).collect();
        let thread = record(Part::Threads, id, at, &Value::from(body).to_string());
        Record { facts, ..thread }
    });
    let user = (text(), at()).prop_map(|(name, at)| {
        let body = json!({"id": name, "about": name});
        record(Part::Users, name, at, &body.to_string())
    });
    let user = user.prop_filter("no name is empty", |user| !user.key.name().is_empty());
    let feed = (0..6_usize, at(), vec(id(), 0..9)).prop_map(|(feed, at, ids)| {
        let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
        record(
            Part::Feeds,
            Feed::ALL[feed].name(),
            at,
            &json!(ids).to_string(),
        )
    });
    let marking = prop_oneof![
        Just(Marking::Read(true)),
        Just(Marking::Saved(true)),
        Just(Marking::Hidden(true)),
        vec(id(), 1..5).prop_map(|ids| Marking::Collapsed(ids, true)),
        (0..99_u32, id()).prop_map(|(count, highest)| Marking::Visited(count, highest)),
    ];
    let mark = (id(), btree_map(at(), marking, 0..5)).prop_map(|(id, markings)| {
        let mut mark = Mark::default();
        for (at, marking) in markings {
            mark.apply(&marking, Timestamp(at));
        }
        record(Part::Marks, id, 0, &mark.json())
    });
    vec(prop_oneof![item, thread, user, feed, mark], 0..40)
}

fn random() -> Config {
    Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(random())]

    #[test]
    fn any_shelf_comes_back_as_it_was(records in records(), cut in 1..3_000_usize) {
        let (here, there) = (reader(), reader());
        put(&here, records);
        let (report, file) = export(&here, Export::Everything);
        assert_eq!(refused(&report), []);
        serde_json::from_str::<Value>(&file).expect("valid JSON");
        let report = import(&there, file.as_bytes(), cut);
        assert_eq!((report.known, refused(&report), report.end), (0, vec![], End::Whole));
        assert_eq!(kept(&there.store), kept(&here.store));
    }

    #[test]
    fn two_shelves_become_the_same_one_whichever_goes_first(ours in records(), theirs in records()) {
        let (here, there) = (reader(), reader());
        put(&here, ours);
        put(&there, theirs);
        let before = kept(&here.store);
        let (_, ours) = export(&here, Export::Marks);
        let (_, theirs) = export(&there, Export::Marks);
        import(&here, theirs.as_bytes(), 500);
        import(&there, ours.as_bytes(), 500);
        nothing_lost(&here, &before, "merged");
        let marks = |reader: &Reader| block_on(reader.store.marks()).map(|mut marks| {
            marks.sort_by_key(|(id, _)| *id);
            marks
        });
        assert_eq!(marks(&here), marks(&there));
    }

    #[test]
    fn whatever_is_damaged_costs_at_most_the_lines_it_is_in(
        records in records(),
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let (here, there) = (reader(), reader());
        put(&here, records);
        let (report, file) = export(&here, Export::Everything);
        let first = file.find('\n').expect("a first line") + 1;
        let mut file = file.into_bytes();
        let rest = file.len() - first;
        file[first + place.index(rest)] = byte;
        let damaged = import(&there, &file, 100);
        // A line broken in two, or two made one, are refused; all others are taken.
        assert!(damaged.taken + damaged.known + 2 >= report.taken, "{damaged:?}");
    }
}
