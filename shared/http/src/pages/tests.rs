//! Every sample page, held against what all of them promise.

use std::collections::BTreeSet;

use domain::language::{Language, speaking};

use super::console::CONSOLE_STYLE;
use super::{
    Frame, Help, ProblemPage, SCRIPT, STYLE, SentPage, SignInPage, elsewhere, problem, samples, sent, sign_in,
    style_href,
};

/// The values of an attribute, in the order of the page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The tags of one element, each up to its `>`.
fn tags<'a>(page: &'a str, element: &str) -> Vec<&'a str> {
    let start = format!("<{element} ");
    page.split(&start).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn pages() -> Vec<(&'static str, String)> {
    samples().into_iter().map(|(name, page)| (name, page.into_string())).collect()
}

fn page(name: &str) -> String {
    pages().into_iter().find(|(known, _)| *known == name).map(|(_, page)| page).unwrap()
}

/// OP-6
#[test]
fn every_page_has_one_heading_its_landmarks_and_a_language() {
    for (name, page) in pages() {
        for part in ["<h1>", "<main>", "<header>", "<footer>", "<title>", "<html lang=\"en\">"] {
            assert_eq!(page.matches(part).count(), 1, "{part} in {name}");
        }
    }
}

/// OP-6
#[test]
fn every_input_that_is_seen_has_a_label() {
    for (name, page) in pages() {
        let labels = values(&page, "for");
        for input in tags(&page, "input") {
            let unseen = input.contains("type=\"hidden\"") || input.ends_with(" hidden");
            let ticked =
                input.contains("type=\"checkbox\"") && page.contains(&format!("<label class=\"tick\"><input {input}>"));
            let labelled = values(&format!(" {input}"), "id").iter().any(|id| labels.contains(id));
            assert!(unseen || ticked || labelled, "{input} in {name}");
        }
    }
}

/// OP-6
#[test]
fn whatever_points_at_a_part_of_a_page_finds_it() {
    for (name, page) in pages() {
        let ids = values(&page, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "ids of {name}");
        let links = values(&page, "href").into_iter().filter_map(|href| href.strip_prefix('#'));
        let described = values(&page, "aria-describedby").into_iter().flat_map(str::split_whitespace);
        for id in links.chain(described).chain(values(&page, "for")) {
            assert!(ids.contains(&id), "#{id} in {name}");
        }
    }
}

#[test]
fn no_page_needs_more_than_the_content_security_policy_allows() {
    for (name, page) in pages() {
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains("javascript:"), "{name}");
        assert!(!page.contains(" on") || !page.split(" on").skip(1).any(is_handler), "{name}");
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        // Where a person goes on to by a press is no part of the page.
        let page = page.replace("<a class=\"button\" href=\"http", "");
        assert!(!page.contains("src=\"http") && !page.contains("href=\"http"), "{name}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

fn is_handler(rest: &str) -> bool {
    let word = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
    word > 0 && rest[word..].starts_with('=')
}

#[test]
fn every_form_posts_where_it_should() {
    let expected = [
        ("sign_in", "/sign-in"),
        ("forgot_username", "/forgot-username"),
        ("forgot_password", "/forgot-password"),
        ("reset_account", "/reset-account"),
        ("reset", "/reset"),
        ("change_password", "/change-password"),
        ("security_code", "/sign-in/security-code"),
        ("ask_setup", "/sign-in/setup-mail"),
        ("setup", "/security-code/setup"),
        ("own_factor", "/account/recovery-codes"),
        ("passkeys", "/account/passkeys"),
        ("sign_up", "/sign-up"),
        ("pin_sign_up", "/pin-sign-up"),
        ("account", "/sign-out"),
        ("link", "/sign-in/link"),
    ];
    for (name, action) in expected {
        assert_eq!(tags(&page(name), "form"), [format!("method=\"post\" action=\"{action}\"")], "{name}");
    }
}

#[test]
fn a_password_that_was_typed_never_comes_back() {
    for (name, page) in pages() {
        let secret =
            tags(&page, "input").into_iter().find(|tag| tag.contains("type=\"password\"") && tag.contains(" value="));
        assert_eq!(secret, None, "{name}");
    }
}

#[test]
fn what_was_typed_is_shown_and_never_run() {
    let evil = "\"><script>alert(1)</script>";
    let data = SignInPage { username: evil.to_owned(), instance: Some(evil.to_owned()), ..SignInPage::default() };
    let frame = Frame { organisation: evil, title: evil, about: evil, contact: Some(evil), logo: None, theme: None };
    assert!(!sign_in(&frame, &data).into_string().contains("<script>"));
    let data = SentPage { given: evil.to_owned(), ..SentPage::default() };
    assert!(!sent(&frame, &data).into_string().contains("<script>"));
    let data = ProblemPage { title: evil.to_owned(), detail: evil.to_owned(), request_id: evil.to_owned() };
    assert!(!problem(&frame, &data).into_string().contains("<script>"));
}

/// OP-6
#[test]
fn what_is_wrong_is_said_in_the_title_the_summary_and_at_the_field() {
    let page = page("forgot_username");
    assert!(page.contains("<title>Error: "));
    assert!(page.contains("<a href=\"#email\">"));
    assert!(page.contains("aria-describedby=\"email-error\" aria-invalid=\"true\""));
}

/// OP-6
#[test]
fn after_a_refusal_typing_goes_on_in_the_password_and_the_message_is_read_with_it() {
    let page = page("sign_in_failed");
    assert_eq!(page.matches(" autofocus").count(), 1);
    assert!(tags(&page, "input").iter().any(|tag| {
        tag.contains("name=\"password\"") && tag.contains("aria-describedby=\"message\"") && tag.ends_with(" autofocus")
    }));
}

/// IN-4 IN-5
#[test]
fn a_way_back_in_that_an_instance_hides_is_not_there() {
    let hidden = Help { shown: false, ..Help::default() };
    let data = SignInPage { forgot_password: hidden, instance: Some("a b".to_owned()), ..SignInPage::default() };
    let page = sign_in(&Frame::sample(), &data).into_string();
    assert!(!page.contains("/forgot-password"));
    assert!(page.contains("/forgot-username?instance=a+b"));
}

/// IN-2
#[test]
fn an_instance_can_name_the_page() {
    let frame = Frame { title: "Members only", ..Frame::sample() };
    let page = sign_in(&frame, &SignInPage::default()).into_string();
    assert!(
        page.contains("<h1>Members only</h1>") && page.contains("<title>Members only - Harbour Association</title>")
    );
}

#[tokio::test]
async fn the_sign_in_page_is_small() {
    let page = elsewhere::within(Some(String::new()), async { page("sign_in") }).await;
    assert!(page.contains(" hreflang=\"es\""));
    let bytes = page.len() + STYLE.len() + SCRIPT.len();
    assert!(bytes <= 15_000, "{bytes} bytes");
    assert_eq!(style_href().len(), "/assets/style.css?v=".len() + 12);
}

/// OP-6: what is told by a background or a shadow only is told otherwise where colours are forced, which takes both away; and
/// nothing moves for whoever wants it still.
#[test]
fn forced_colours_and_stillness_are_thought_of() {
    let needed = [
        (STYLE, [".lantern", ".steps li", ".qr"].as_slice()),
        (CONSOLE_STYLE, &[".ways [aria-current]", ".tabs [aria-current]", ".mark", "progress"]),
    ];
    for (sheet, selectors) in needed {
        let (rest, forced) = sheet.split_once("@media (forced-colors: active) {").unwrap();
        let missing: Vec<_> = selectors.iter().filter(|selector| !forced.contains(**selector)).collect();
        assert!(missing.is_empty() && !forced.contains("@media"), "{missing:?}");
        let moves = |text: &str| ["transition", "animation", "scroll-behavior"].iter().any(|word| text.contains(word));
        let (before, after) = rest.split_once("@media (prefers-reduced-motion: no-preference) {").unwrap_or((rest, ""));
        let after = after.split_once("\n}").map_or("", |(_, after)| after);
        assert!(!moves(before) && !moves(after) && !moves(forced));
    }
}

/// OP-6: WCAG 2.2, 1.4.3 and 1.4.11.
#[test]
fn colours_can_be_told_apart_by_day_and_by_night() {
    let (day, night) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let pairs = [
        ("ink", "room", 7.0),
        ("ink", "room-lit", 7.0),
        ("quiet", "room", 4.5),
        ("quiet", "room-lit", 4.5),
        ("link", "room", 4.5),
        ("on-button", "button", 4.5),
        ("on-button", "button-over", 4.5),
        ("button", "room", 4.5),
        ("error", "room", 4.5),
        ("error", "error-soft", 4.5),
        ("ink", "error-soft", 7.0),
        ("ink", "info-soft", 7.0),
        ("ink", "warn-soft", 7.0),
        ("link", "warn-soft", 4.5),
        ("warn", "room", 4.5),
        ("on-floor", "floor", 7.0),
        ("line", "room", 3.0),
        ("line", "field", 3.0),
        ("focus", "room", 3.0),
        ("focus", "field", 3.0),
        ("lamp", "floor", 3.0),
        ("error", "field", 3.0),
    ];
    for (when, sheet) in [("day", day), ("night", night)] {
        for (front, back, least) in pairs {
            let ratio = contrast(colour(sheet, front), colour(sheet, back));
            assert!(ratio >= least, "{front} on {back} by {when}: {ratio:.2}");
        }
    }
}

/// A colour of the sheet as red, green and blue.
fn colour(sheet: &str, name: &str) -> [u8; 3] {
    let value = sheet.split(&format!("--{name}: #")).nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let value: String = if value.len() == 3 { value.chars().flat_map(|c| [c, c]).collect() } else { value.to_owned() };
    [0, 2, 4].map(|at| u8::from_str_radix(&value[at..at + 2], 16).unwrap())
}

/// The contrast ratio of WCAG 2.2: 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// What stands between the tags of a page.
fn texts(page: &str) -> BTreeSet<String> {
    let pieces = page.split('<').filter_map(|piece| piece.split_once('>').map(|(_, text)| text.trim()));
    pieces.filter(|text| text.chars().any(char::is_alphabetic)).map(str::to_owned).collect()
}

/// What is the same in every language: names, addresses, codes, and what the samples hand to the pages.
const DATA: [&str; 30] = [
    "Harbour",
    "Maria",
    "maria",
    "example",
    "Firefox",
    "Safari",
    "192.0.2",
    "PIN",
    "Error:",
    "wkrd",
    "01JZ8Q4M7W",
    "GEZD",
    "••",
    "A few words in a row",
    "Please wait a moment",
    "Somebody else has this",
    "don't fit together",
    "The two passwords differ",
    "There were many requests",
    "Blue key",
    "My phone",
    "for another time",
    "This is not a phone number.",
    "This is not your password",
    "We could not make",
    "Welcome back.",
    "You can use either one.",
    "in every newsletter",
    "Type a whole",
    "Use at least",
];

fn is_data(text: &str) -> bool {
    DATA.iter().any(|word| text.contains(word))
}

/// OP-7: no page says in Spanish what it says in English.
#[test]
fn every_page_speaks_every_language() {
    let mut same = BTreeSet::new();
    for (name, english) in pages() {
        let spanish = speaking(Language::Spanish, || page(name));
        assert!(spanish.contains("<html lang=\"es\">"), "{name}");
        let (english, spanish) = (texts(&english), texts(&spanish));
        same.extend(english.intersection(&spanish).filter(|text| !is_data(text)).cloned());
    }
    assert_eq!(same, BTreeSet::new());
}
