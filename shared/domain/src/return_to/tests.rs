use proptest::prelude::*;

use super::*;

const HOME: &str = "http://localhost:8400";

/// What is no path of this site, whatever a browser or a server behind makes of it.
const NOT_PATHS: &[&str] = &[
    "",
    "account",
    "?x",
    "#x",
    ".",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/x\\..\\evil",
    "/./\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/x/../..//evil.example",
    "/%2e//evil.example",
    "/%2E%2e//evil.example",
    "/.%2e//evil.example",
    "/%2f/evil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/%5C/evil.example",
    "/./%2fevil.example",
    "/x%0d%0aSet-Cookie:a=b",
    "/x%00",
    "/x%7F",
    " /account",
    "/account ",
    "/acc ount",
    "\t/account",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/x\0",
    "/x\u{7f}",
    "/x\u{85}",
    "/\u{a0}/evil.example",
    "/\u{200b}/evil.example",
    "\u{feff}//evil.example",
    "/\u{ff0f}evil.example",
    "/\u{2215}evil.example",
    "/\u{2044}evil.example",
    "/\u{29f8}evil.example",
    "/\u{ff3c}evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
    "/\u{202e}x",
    "/\u{3164}x",
    "%2f%2fevil.example",
];

/// What is no address of an allowed origin.
const NOT_ADDRESSES: &[&str] = &[
    "javascript:alert(1)",
    "javascript://localhost:8400/%0aalert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "blob:http://localhost:8400/x",
    "filesystem:http://localhost:8400/x",
    "view-source:http://localhost:8400/x",
    "file:///etc/passwd",
    "ftp://localhost:8400/",
    "ws://localhost:8400/",
    "http:evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:/\\evil.example",
    "https:\\\\evil.example",
    "https:///evil.example",
    "http:///localhost:8400/",
    "http:localhost:8400",
    "http:/localhost:8400/",
    "http://",
    "http://?",
    "http://evil.example",
    "https://localhost:8400/",
    "http://localhost/",
    "http://localhost:8401/",
    "http://localhost:84000/",
    "http://localhost:8400@evil.example",
    "http://localhost:8400%40evil.example",
    "http://localhost:8400.evil.example",
    "http://localhost.evil.example:8400",
    "http://localhost.:8400/",
    "http://evil.example#@localhost:8400/",
    "http://evil.example?@localhost:8400/",
    "http://evil.example\\@localhost:8400/",
    "http://evil.example%2f@localhost:8400/",
    "http://ann@localhost:8400/",
    "http://ann:pw@localhost:8400/",
    "http://@localhost:8400/",
    "http://:@localhost:8400/",
    "http://local\thost:8400/",
    "http://localhost:8400//evil.example",
    "http://localhost:8400/.//evil.example",
    "https://www.harbour.example.evil.example/",
    "https://evilwww.harbour.example/",
    "https://harbour.example/",
    "http://www.harbour.example/",
    "https://www.harbour.example:8443/",
    "https://www\u{3002}evil.example/",
    "https://[::1]/",
    "https://[evil",
    "null",
    "*",
    "not an origin",
];

fn allowed() -> Vec<String> {
    ["https://www.harbour.example", "https://shop.harbour.example:8443", "not an origin", "null", "*"]
        .map(str::to_owned)
        .to_vec()
}

fn parsed(target: &str) -> Option<String> {
    ReturnTo::parse(target, HOME, &allowed()).map(|page| page.0)
}

/// SI-2
#[test]
fn pages_of_this_site_and_of_allowed_origins_are_taken() {
    for target in [
        "/",
        "/account",
        "/x?y#z",
        "/x/?a=1&b=//evil.example",
        "/x?next=https://evil.example/%0d%0a#//evil",
        "/a//b",
        "/@evil.example",
        "/x:y",
        "/javascript:alert(1)",
        "/%C3%A9",
        "/a%2Fb",
        "http://localhost:8400/",
        "http://localhost:8400/x?y#z",
        "https://www.harbour.example/members?id=7",
        "https://shop.harbour.example:8443/basket",
    ] {
        assert_eq!(parsed(target).as_deref(), Some(target));
    }
}

/// SI-2
#[test]
fn a_target_is_written_as_a_browser_would_write_it() {
    for (target, written) in [
        ("/página", "/p%C3%A1gina"),
        ("/a/../b/./c", "/b/c"),
        ("/../../etc", "/etc"),
        ("/a/%2e%2e/b", "/b"),
        ("HTTP://LOCALHOST:8400/X", "http://localhost:8400/X"),
        ("http://localhost:8400", "http://localhost:8400/"),
        ("http://localhost:8400?x", "http://localhost:8400/?x"),
        ("https://www.harbour.example:443/x", "https://www.harbour.example/x"),
    ] {
        assert_eq!(parsed(target).as_deref(), Some(written), "{target}");
    }
}

/// SI-2
#[test]
fn tricks_that_lead_elsewhere_are_refused() {
    for target in NOT_PATHS.iter().chain(NOT_ADDRESSES) {
        assert_eq!(parsed(target), None, "{target:?}");
    }
}

/// SI-2
#[test]
fn a_target_has_at_most_2048_bytes() {
    assert!(parsed(&format!("/{}", "x".repeat(2047))).is_some());
    assert_eq!(parsed(&format!("/{}", "x".repeat(2048))), None);
    assert_eq!(parsed(&format!("{HOME}/{}", "x".repeat(2048))), None);
}

/// SI-2
#[test]
fn a_public_origin_that_cannot_be_read_sends_nobody_anywhere() {
    for home in ["", "localhost", "/", "data:x", "file:///"] {
        assert_eq!(ReturnTo::parse("/account", home, &[]), None, "{home}");
    }
}

proptest! {
    /// SI-2
    #[test]
    fn whatever_is_taken_stays_where_it_may(target in "[/\\\\.:@?#%2fFeEcC5a\\t\u{ff0f}]{0,12}|http://(localhost:8400)?[/\\\\.:@?#%a]{0,8}|\\PC*") {
        if let Some(page) = parsed(&target) {
            let landed = Url::parse(HOME).unwrap().join(&page).unwrap();
            prop_assert_eq!(landed.origin(), Url::parse(HOME).unwrap().origin());
            prop_assert!(page.bytes().all(|b| b.is_ascii_graphic()));
            prop_assert_eq!(parsed(&page), Some(page));
        }
    }

    #[test]
    fn no_text_makes_it_panic(target in any::<String>(), home in any::<String>(), other in any::<String>()) {
        let _ = ReturnTo::parse(&target, &home, &[other]);
    }
}

/// SI-2: what is taken is taken again when the form brings it back (found by fuzzing).
#[test]
fn what_is_taken_is_taken_again() {
    let long = format!("/{}", "ü".repeat(1_000));
    assert_eq!(ReturnTo::parse(&long, HOME, &[]), None, "written out it has 6,001 bytes");
    let short = format!("/{}", "ü".repeat(300));
    let taken = ReturnTo::parse(&short, HOME, &[]).unwrap();
    assert_eq!(ReturnTo::parse(taken.as_str(), HOME, &[]), Some(taken));
}
