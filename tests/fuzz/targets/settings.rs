//! Settings as somebody saves them: taken and within their limits, or refused.

#![no_main]

use domain::settings::Settings;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Ok(changes) = serde_json::from_slice(text) else { return };
    let Ok(settings) = Settings::default().with(&changes, jiff::Timestamp::UNIX_EPOCH) else { return };
    assert!(settings.out_of_range().is_empty());
    let kept = serde_json::to_value(&settings).expect("they can be kept");
    assert_eq!(serde_json::from_value::<Settings>(kept).expect("they can be read"), settings);
});
