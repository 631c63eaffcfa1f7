//! New people (SU, PN), in a browser.

use domain::id::UserId;
use serde_json::json;
use service::flow::sponsor::{Terms, make_pin};

use crate::person::{ENTER, Person};

/// SU-1, SU-3, OP-6: somebody the organisation knows gets an account, by keyboard.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_known_gets_an_account() {
    let nora = Person::new().await;
    nora.opens("/sign-in").await;
    nora.arrives("/sign-in", "Sign in").await;
    nora.tabs_to("link Create account").await;
    nora.presses(ENTER).await;
    nora.arrives("/sign-up", "Create account").await;
    nora.looks_at_every_screen("sign-up").await;
    for (field, text) in [("First name", "Nora"), ("Last name", "Quist"), ("E-mail address", "nora@members.example")] {
        nora.tabs_to(&format!("textbox {field}")).await;
        nora.types(text).await;
    }
    nora.tabs_to("textbox Phone (optional)").await;
    nora.types("12").await;
    nora.presses(ENTER).await;
    nora.stands_at("alert").await;
    nora.looks_at_every_screen("sign-up-wrong").await;
    nora.tabs_to("textbox Phone (optional)").await;
    nora.types("34567").await;
    nora.presses(ENTER).await;
    nora.hears("alert").await;
    assert!(nora.all("main").await[0].text.contains("We could not make an account with these details."));
    nora.looks_at_every_screen("sign-up-not-found").await;
    nora.chromium.look("document.querySelector('#phone').value = ''").await;
    nora.tabs_to("textbox Phone (optional)").await;
    nora.presses(ENTER).await;
    nora.arrives("/sign-up", "Check your mail").await;
    nora.looks_at_every_screen("sign-up-sent").await;
    nora.finds_in_mail("nora@members.example", "/sign-in").await;
    let mail = nora.local.mail().to("nora@members.example")[0].text.clone().unwrap();
    let line = |after: &str| mail.split_once(after).unwrap().1.trim_start().lines().next().unwrap().to_owned();
    nora.signs_in(&line("Your username:"), &line("Your temporary password:")).await;
    nora.arrives("/change-password", "Choose a new password").await;
}

/// PN-1, PN-4, OP-6: the door for holders of a PIN, without scripts.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_comes_by_a_pin_without_scripts() {
    let otto = Person::with(json!({"pin.channel": "hosted"}), false).await;
    let app = otto.local.app();
    let login = app.store.login("paula").await.unwrap().unwrap();
    let admin = app.store.login("admin").await.unwrap().unwrap();
    let admin = app.store.user(&admin.user).await.unwrap().unwrap();
    let pin =
        make_pin(app, &UserId::parse(login.user.as_str()).unwrap(), Terms::default(), &admin).await.unwrap().unwrap();
    otto.opens("/sign-in").await;
    otto.arrives("/sign-in", "Sign in").await;
    otto.looks_at_every_screen("sign-in-with-pin").await;
    otto.tabs_to("link I have a PIN").await;
    otto.presses(ENTER).await;
    otto.arrives("/pin-sign-up", "Create account with a PIN").await;
    otto.looks_at_every_screen("pin-sign-up").await;
    otto.tabs_to("textbox PIN").await;
    otto.types("cccc cccc cccc cccc").await;
    otto.tabs_to("textbox E-mail address").await;
    otto.types("otto@partner.example").await;
    otto.tabs_to("textbox Username").await;
    otto.types("maria").await;
    otto.presses(ENTER).await;
    otto.stands_at("alert").await;
    otto.looks_at_every_screen("pin-refused").await;
    otto.tabs_to("textbox PIN").await;
    otto.types(&pin).await;
    otto.presses(ENTER).await;
    otto.is_told("Somebody else has this username.").await;
    otto.tabs_to("textbox PIN").await;
    otto.types(&pin).await;
    otto.tabs_to("textbox Username").await;
    otto.types("otto").await;
    otto.presses(ENTER).await;
    otto.arrives("/pin-sign-up", "Check your mail").await;
    otto.finds_in_mail("otto@partner.example", "/sign-in").await;
}
