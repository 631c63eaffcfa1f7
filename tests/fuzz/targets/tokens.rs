//! What a browser or a program holds: a text is one kind of token at the most, and is written as it was read.

#![no_main]

use domain::bearer::{AccessToken, SessionToken, Ticket};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let read = [
        SessionToken::parse(text).map(|token| token.reveal()),
        Ticket::parse(text).map(|token| token.reveal()),
        AccessToken::parse(text).map(|token| token.reveal()),
    ];
    let kinds: Vec<String> = read.into_iter().flatten().collect();
    assert!(kinds.len() <= 1, "{kinds:?}");
    assert!(kinds.iter().all(|again| again == text), "{kinds:?}");
});
