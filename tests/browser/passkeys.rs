//! Passkeys (MF-13) in a browser, with a device that is Chromium's own.

use domain::settings::{MfaScope, Settings};
use vestibule::PASSWORD;

use crate::person::{ENTER, Person};

async fn adds_a_passkey(person: &Person, name: &str) {
    person.tabs_to("link Passkeys").await;
    person.presses(ENTER).await;
    person.arrives("/account/passkeys", "Your passkeys").await;
    person.looks_at_every_screen("passkeys-none").await;
    person.tabs_to("textbox Name of the new passkey (optional)").await;
    person.types(name).await;
    person.tabs_to("textbox Password").await;
    person.types("not the password").await;
    person.tabs_to("button Add a passkey").await;
    person.presses(ENTER).await;
    person.is_told("This is not your password").await;
    person.looks_at_every_screen("passkeys-wrong").await;
    person.opens("/account/passkeys").await;
    person.arrives("/account/passkeys", "Your passkeys").await;
    person.tabs_to("textbox Name of the new passkey (optional)").await;
    person.types(name).await;
    person.tabs_to("textbox Password").await;
    person.types(PASSWORD).await;
    person.presses(ENTER).await;
    person.is_told(name).await;
    person.arrives("/account/passkeys", "Your passkeys").await;
    person.looks_at_every_screen("passkeys").await;
}

async fn signs_out(person: &Person) {
    person.tabs_to("link Back to your account").await;
    person.presses(ENTER).await;
    person.arrives("/account", "Your account").await;
    person.tabs_to("button Sign out").await;
    person.presses(ENTER).await;
    person.arrives("/sign-in", "Sign in").await;
}

/// MF-13, AC-4, OP-6: made on the account page, then in place of the password, by keyboard.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_makes_a_passkey_and_signs_in_with_it() {
    let maria = Person::new().await;
    maria.chromium.gets_a_device().await;
    maria.signs_in("maria", PASSWORD).await;
    maria.arrives("/account", "Your account").await;
    adds_a_passkey(&maria, "My laptop").await;
    signs_out(&maria).await;
    maria.looks_at_every_screen("passkey-sign-in").await;
    maria.tabs_to("button Sign in with a passkey").await;
    maria.presses(ENTER).await;
    maria.arrives("/account", "Your account").await;
    maria.is_told("maria").await;
    maria.tabs_to("link Passkeys").await;
    maria.presses(ENTER).await;
    maria.is_told("last used today").await;
    maria.tabs_to("textbox Password").await;
    maria.types(PASSWORD).await;
    maria.tabs_to("button Remove the passkey My laptop").await;
    maria.presses(ENTER).await;
    maria.arrives("/account/passkeys", "Your passkeys").await;
}

/// MF-13, MF-4: after the password.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_uses_a_passkey_as_the_second_factor() {
    let sam = Person::new().await;
    sam.chromium.gets_a_device().await;
    sam.signs_in("sam", PASSWORD).await;
    sam.arrives("/account", "Your account").await;
    adds_a_passkey(&sam, "Blue key").await;
    signs_out(&sam).await;
    let now = sam.local.app().settings().await.expect("the settings");
    let staff = Settings { mfa_scope: MfaScope::Staff, ..(*now).clone() };
    sam.local.app().save_settings(&staff).await.expect("they are saved");
    sam.local.clock().advance(60).expect("a time");
    sam.signs_in("sam", PASSWORD).await;
    sam.arrives("/sign-in/security-code", "Security code").await;
    sam.looks_at_every_screen("passkey-second-factor").await;
    sam.tabs_to("button Use a passkey").await;
    sam.presses(ENTER).await;
    sam.arrives("/account", "Your account").await;
}

/// MF-13, OP-6: without scripts a sentence says why there is no button, and nothing else is missing.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_scripts_is_told_that_a_passkey_needs_them() {
    let maria = Person::without_scripts().await;
    maria.signs_in("maria", PASSWORD).await;
    maria.arrives("/account", "Your account").await;
    maria.tabs_to("link Passkeys").await;
    maria.presses(ENTER).await;
    maria.is_told("needs JavaScript").await;
    maria.looks_at_every_screen("passkeys-no-script").await;
    assert!(maria.all("button").await.iter().all(|button| !button.name.contains("passkey")));
}
