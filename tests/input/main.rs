//! Whatever comes in — answers, files, addresses, texts — is refused or understood: nothing panics,
//! nothing takes without end, and what is understood is kept and read back as it was.
//!
//! `properties` says what holds for each input, and nothing of where inputs come from. Here they
//! come from dice; `PROPTEST_CASES` sets how many are tried, and a failure prints the smallest. In
//! `fuzz` a fuzzer finds them.

#![cfg(not(target_arch = "wasm32"))]

mod damage;
mod depth;
mod inputs;
mod properties;
mod threads;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig as Config, Strategy, any, proptest};

use inputs::{Dice, damaged, item, lines, profile, ranking, search, settings, tree};

/// Five hundred inputs each, unless `PROPTEST_CASES` says another number.
fn random() -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 500;
    }
    config
}

/// What addresses are made of, put together by chance.
fn address() -> impl Strategy<Value = String> {
    const PIECES: [&str; 32] = [
        "item",
        "user",
        "search",
        "best",
        "saved",
        "shelf",
        "/",
        "//",
        "?",
        "&",
        "=",
        "#",
        "id=",
        "p=",
        "by=",
        "q=",
        "all",
        "%",
        "%4",
        "%41",
        "%2F",
        "%ff",
        "+",
        "-1",
        "0",
        "2",
        "4294967296",
        ".",
        "..",
        ":",
        "@",
        "é",
    ];
    pieces(&PIECES)
}

/// What texts of Hacker News are made of, put together by chance.
fn prose() -> impl Strategy<Value = String> {
    const PIECES: [&str; 32] = [
        "<",
        ">",
        "/",
        "<p>",
        "</p>",
        "<pre><code>",
        "<a href=\"",
        "</a>",
        "<!",
        "&",
        ";",
        "&amp;",
        "&#x27;",
        "&#0;",
        "&#xD800;",
        "&#99999999999;",
        "&#+1;",
        "&lt",
        "\"",
        "\\",
        "\n",
        " ",
        "a",
        "Word",
        "É",
        "e\u{301}",
        "\u{301}",
        "ǆ",
        "\u{130}",
        "🦀",
        "\u{0}",
        "https://news.ycombinator.com/item?id=7",
    ];
    pieces(&PIECES)
}

fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = |place: u8| pieces[usize::from(place) % pieces.len()];
    vec(any::<u8>(), 0..16).prop_map(move |places| places.into_iter().map(piece).collect())
}

proptest! {
    #![proptest_config(random())]

    #[test]
    fn an_item_is_what_a_second_parser_sees(text in damaged(item())) {
        properties::item(&text);
    }

    #[test]
    fn a_tree_is_told_parents_first_and_once(text in damaged(tree())) {
        properties::tree(&text);
    }

    #[test]
    fn what_a_search_finds_has_numbers_and_safe_links(text in damaged(search())) {
        properties::hits(&text);
    }

    #[test]
    fn a_profile_is_what_a_second_parser_sees(text in damaged(profile())) {
        properties::user(&text);
    }

    #[test]
    fn a_ranking_has_every_number_once(text in damaged(ranking())) {
        properties::ranking(&text);
    }

    #[test]
    fn what_the_app_keeps_of_its_own_is_read_as_it_was(text in damaged(settings())) {
        properties::own(&text);
    }

    #[test]
    fn a_record_is_written_as_it_was_read(file in damaged(lines())) {
        properties::file(&file);
    }

    #[test]
    fn an_address_leads_to_where_it_says(path in address(), query in address()) {
        properties::address(&path, &query);
    }

    #[test]
    fn any_text_is_an_address_too(path in any::<String>(), query in any::<String>()) {
        properties::address(&path, &query);
    }

    #[test]
    fn a_text_is_read_in_parts_that_are_its_own(text in prose(), word in prose()) {
        properties::prose(&text);
        properties::search_in(&text, &word);
    }

    #[test]
    fn any_text_is_prose_too(text in any::<String>(), word in any::<String>()) {
        properties::prose(&text);
        properties::search_in(&text, &word);
    }

    #[test]
    fn a_thread_counts_what_it_lists_whatever_it_is_told(dice in vec(any::<Dice>(), 0..40)) {
        threads::told(&dice);
    }
}
