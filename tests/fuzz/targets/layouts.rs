//! Layouts of mail: none breaks what looks at them, and no value of an item becomes markup, or another item.

#![no_main]

use domain::layout::{Layout, Occasion, Piece, Values, html, links, merge, pieces};

libfuzzer_sys::fuzz_target!(|given: (&str, &str)| {
    let (text, value) = given;
    let whole: String = pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Item { name, .. } => format!("!{name}!"),
        })
        .collect();
    assert_eq!(whole, text);
    let _ = links(text);
    let layout = Layout { subject: value.to_owned(), html: text.to_owned(), text: text.to_owned() };
    for occasion in ["pin", "new_account", "security_notice"].into_iter().filter_map(Occasion::named) {
        let _ = layout.flaws(occasion);
    }
    let values = Values::from([("USERNAME", value.into())]);
    let merged = merge("<p>!USERNAME!</p>", &values, html).expect("a known item");
    let inside = &merged["<p>".len()..merged.len() - "</p>".len()];
    assert!(!inside.contains(['<', '>', '"']), "{inside}");
});
