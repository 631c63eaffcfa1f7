//! Sign in and out (SI, SE), in a browser.

use std::path::PathBuf;

use serde_json::json;
use vestibule::PASSWORD;

use crate::person::{ENTER, Person, TAB};

/// SI-1, OP-6: the page says what it is, and typing can start at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_page_says_what_it_is() {
    let maria = Person::new().await;
    maria.opens("/sign-in").await;
    maria.arrives("/sign-in", "Sign in").await;
    assert_eq!(maria.chromium.title().await, "Sign in - Harbour Association");
    assert_eq!(maria.all("heading").await.len(), 1);
    assert_eq!(maria.all("main").await.len(), 1);
    maria.stands_at("textbox Username or e-mail").await;
    maria.looks_at_every_screen("sign-in").await;
}

/// SI-1, SE-4, OP-6: each stop of the keyboard comes in the order of the page and can be seen.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_and_out_with_the_keyboard_alone() {
    let maria = Person::new().await;
    maria.opens("/sign-in").await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.types("maria").await;
    for (stop, typed) in [
        ("textbox Password", PASSWORD),
        ("button Show: Password", ""),
        ("checkbox Keep me logged in", ""),
        ("button Sign in", ""),
    ] {
        maria.presses(TAB).await;
        maria.stands_at(stop).await;
        maria.types(typed).await;
    }
    maria.presses(ENTER).await;
    maria.arrives("/account", "Your account").await;
    assert!(maria.all("main").await[0].text.contains("Maria Member (maria)"));
    maria.looks_at_every_screen("account").await;
    maria.opens("/sign-in").await;
    maria.arrives("/account", "Your account").await;
    maria.tabs_to("link Change your password").await;
    maria.presses(ENTER).await;
    maria.arrives("/change-password", "Choose a new password").await;
    maria.looks_at_every_screen("change-password").await;
    maria.tabs_to("link Back to your account").await;
    maria.presses(ENTER).await;
    maria.arrives("/account", "Your account").await;
    maria.tabs_to("button Sign out").await;
    maria.presses(ENTER).await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.opens("/account").await;
    maria.arrives("/sign-in", "Sign in").await;
}

/// SI-3, OP-6: the refusal is spoken, belongs to a field, and only the password has to be typed again.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_the_username_is_kept() {
    let maria = Person::new().await;
    maria.signs_in("maria", "harbour-lantern-41").await;
    let told = maria.hears("alert").await.text;
    maria.arrives("/sign-in", "Sign in").await;
    assert!(maria.chromium.title().await.starts_with("Error: Sign in"));
    maria.stands_at("textbox Password").await;
    let fields = maria.all("textbox").await;
    let typed: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
    assert_eq!(typed, [("Username or e-mail", "maria"), ("Password", "")]);
    assert!(!told.is_empty() && fields[1].description.contains(&told), "{told}: {fields:?}");
    maria.looks_at_every_screen("sign-in-refused").await;
    maria.types(PASSWORD).await;
    maria.presses(ENTER).await;
    maria.arrives("/account", "Your account").await;
}

/// OP-6: whoever can't type blindly can look.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_can_be_looked_at_while_it_is_typed() {
    let maria = Person::new().await;
    maria.opens("/sign-in").await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.tabs_to("textbox Password").await;
    maria.types("lantern").await;
    assert_ne!(maria.all("textbox").await[1].value, "lantern");
    maria.tabs_to("button Show: Password").await;
    maria.presses(ENTER).await;
    maria.stands_at("button Hide: Password").await;
    assert_eq!(maria.all("textbox").await[1].value, "lantern");
    maria.looks_at_every_screen("sign-in-shown").await;
}

/// OP-6: an address that leads nowhere, too, has a page and a way on.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_leads_to_the_sign_in_page() {
    let maria = Person::new().await;
    maria.opens("/nowhere").await;
    maria.looks_at_every_screen("nowhere").await;
    maria.tabs_to("link Go to sign-in").await;
    maria.presses(ENTER).await;
    maria.arrives("/sign-in", "Sign in").await;
}

/// OP-6: a colour, corners and letters of an organisation's own can be read, by day and by night.
#[tokio::test(flavor = "multi_thread")]
async fn a_theme_of_ones_own_is_for_everybody() {
    let theme =
        json!({"organisation.colour": "#7a1f5c", "organisation.corners": "round", "organisation.letters": "serif"});
    let maria = Person::with(theme, true).await;
    maria.opens("/sign-in").await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.looks_at_every_screen("themed-sign-in").await;
    maria.opens("/sign-up").await;
    maria.arrives("/sign-up", "Create account").await;
    maria.looks_at_every_screen("themed-sign-up").await;
}

/// OP-6: a logo is chosen in the console, and hangs over the door by day and by night, with the organisation's name for who hears it.
#[tokio::test(flavor = "multi_thread")]
async fn the_logo_hangs_over_the_door() {
    let ada = Person::new().await;
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    ada.opens("/admin/settings").await;
    ada.arrives("/admin/settings", "Settings").await;
    ada.chooses(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/logo.png"))).await;
    ada.chromium.look("document.getElementById('file').focus()").await;
    ada.tabs_to("button Hang it up").await;
    ada.presses(ENTER).await;
    ada.is_told("Saved.").await;
    ada.looks_at_every_screen("console-logo").await;
    ada.opens("/account").await;
    ada.arrives("/account", "Your account").await;
    ada.tabs_to("button Sign out").await;
    ada.presses(ENTER).await;
    ada.arrives("/sign-in", "Sign in").await;
    assert_eq!(ada.all("image").await[0].name, "Harbour Association");
    let drawn = "const logo = document.querySelector('.logo'); return [logo.naturalWidth, logo.width, logo.height]";
    assert_eq!(ada.chromium.look(drawn).await, json!([360, 256, 78]), "it is drawn in its own shape");
    ada.looks_at_every_screen("sign-in-logo").await;
}
