//! Names, addresses and phones: what is taken is found again under what it is shown as, and folding twice changes nothing.

#![no_main]

use domain::email::Email;
use domain::username::{Username, canonical, lookup_form};
use domain::{name, phone, temporary};

libfuzzer_sys::fuzz_target!(|typed: &str| {
    if let Ok(username) = Username::parse(typed) {
        assert_eq!(lookup_form(username.shown()).as_deref(), Some(username.canonical()));
        assert_eq!(canonical(username.canonical()), username.canonical());
    }
    if let Some(form) = lookup_form(typed) {
        assert_eq!(canonical(&form), form, "folding twice");
    }
    if let Ok(email) = Email::parse(typed) {
        let again = Email::parse(email.canonical());
        assert_eq!(again.as_ref().map(Email::canonical), Ok(email.canonical()));
        assert_eq!(email.canonical().matches('@').count(), 1);
        assert!(!email.deliverable().contains(|c: char| c.is_control() || c == ' ' || c == ','), "{email:?}");
        let _ = email.masked();
    }
    if let Ok(taken) = name::parse(typed) {
        assert!(name::same(&taken, typed), "{taken:?}");
    }
    assert_eq!(name::sorted(&name::sorted(typed)), name::sorted(typed));
    if let Some(number) = phone::parse(typed) {
        assert!(phone::same(&number, typed, None), "{number}");
    }
    assert_eq!(temporary::normalise(&temporary::normalise(typed)), temporary::normalise(typed));
});
