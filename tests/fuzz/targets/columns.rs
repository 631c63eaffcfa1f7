//! Columns of other systems' files, and what stands in them.

#![no_main]

use domain::source::{Source, parted, says_yes};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for source in Source::ALL {
        if let Some((at, _)) = source.takes(text) {
            assert!(at < source.table().len());
        }
    }
    let (first, last) = parted(text);
    assert!(first.len() + last.len() <= text.len(), "{first:?} {last:?}");
    let _ = says_yes(text);
    let _ = Source::parse(text);
});
