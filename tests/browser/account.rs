//! My account (AC), and choosing among a mailbox's accounts (FU-9), in a browser.

use serde_json::json;
use vestibule::PASSWORD;

use crate::person::{ENTER, Person};

/// AC-1, SE-4, OP-6: another username, and signing out everywhere, by keyboard.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_looks_after_their_account() {
    let maria = Person::new().await;
    maria.signs_in("maria", PASSWORD).await;
    maria.arrives("/account", "Your account").await;
    maria.tabs_to("link Change your username").await;
    maria.presses(ENTER).await;
    maria.arrives("/account/username", "Change your username").await;
    maria.looks_at_every_screen("username").await;
    maria.tabs_to("textbox Username").await;
    maria.types("maria.m").await;
    maria.tabs_to("textbox Password").await;
    maria.types("not the password").await;
    maria.presses(ENTER).await;
    maria.stands_at("alert").await;
    maria.arrives("/account/username", "Change your username").await;
    maria.looks_at_every_screen("username-wrong").await;
    maria.tabs_to("textbox Password").await;
    maria.types(PASSWORD).await;
    maria.presses(ENTER).await;
    maria.arrives("/account", "Your account").await;
    let told = maria.all("main").await[0].text.clone();
    assert!(told.contains("Your new username is set.") && told.contains("maria.m"), "{told}");
    maria.tabs_to("link Where you are signed in").await;
    maria.presses(ENTER).await;
    maria.arrives("/account/sessions", "Where you are signed in").await;
    assert!(maria.all("main").await[0].text.contains("(this browser)"));
    maria.looks_at_every_screen("sessions").await;
    maria.tabs_to("button Sign out everywhere").await;
    maria.presses(ENTER).await;
    maria.arrives("/sign-in", "Sign in").await;
}

/// FU-9, OP-6: without scripts, from the mail to the account.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_a_family_chooses_their_account() {
    let finn = Person::with(json!({"recovery.shared_address": "mail"}), false).await;
    finn.opens("/forgot-username").await;
    finn.arrives("/forgot-username", "Forgot your username?").await;
    finn.tabs_to("textbox E-mail address").await;
    finn.types("family@members.example").await;
    finn.presses(ENTER).await;
    finn.arrives_anywhere("Check your mail").await;
    let link = finn.finds_in_mail("family@members.example", "token=").await;
    finn.looks_at_every_screen("choose-mail").await;
    finn.opens(&link).await;
    finn.arrives("/forgot-username/choose", "Which account is yours?").await;
    finn.looks_at_every_screen("choose").await;
    finn.tabs_to("button Show the accounts").await;
    finn.presses(ENTER).await;
    finn.hears("radio").await;
    finn.looks_at_every_screen("choose-shown").await;
    finn.tabs_to("button Mail me the way in").await;
    finn.presses(ENTER).await;
    finn.arrives_anywhere("Check your mail").await;
    let way_in = finn.finds_in_mail("family@members.example", "token=").await;
    finn.opens(&way_in).await;
    finn.arrives("/reset", "Set a new password").await;
}

/// TP-5, OP-6: whoever comes too late with a temporary password presses one button.
#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_temporary_password_is_one_button_away() {
    let maria = Person::with(json!({"recovery.password_mode": "temporary"}), true).await;
    maria.signs_in("maria", "wkrd-9hfm-tcxp-n47c").await;
    maria.hears("alert").await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.looks_at_every_screen("sign-in-late").await;
    maria.tabs_to("button Mail me a fresh one").await;
    maria.presses(ENTER).await;
    maria.arrives_anywhere("Check your mail").await;
    maria.looks_at_every_screen("temporary-sent").await;
    maria.finds_in_mail("maria@members.example", "/sign-in").await;
    maria.looks_at_every_screen("mail-temporary").await;
}
