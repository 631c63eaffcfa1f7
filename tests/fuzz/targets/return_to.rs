//! Where somebody may be sent on to: whatever is taken stays here or at an origin that is allowed.

#![no_main]

use domain::return_to::ReturnTo;

const OURS: &str = "https://here.example";

libfuzzer_sys::fuzz_target!(|target: &str| {
    let allowed = ["https://there.example".to_owned()];
    let Some(taken) = ReturnTo::parse(target, OURS, &allowed) else { return };
    let to = taken.as_str();
    let here = to.starts_with('/') && !to[1..].starts_with(['/', '\\']);
    let at = |origin: &str| to.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
    assert!(here || at(OURS) || at(&allowed[0]), "{to}");
    assert!(!to.chars().any(|c| c.is_control() || c == '\\'), "{to}");
    assert_eq!(ReturnTo::parse(to, OURS, &allowed).as_ref().map(ReturnTo::as_str), Some(to));
});
