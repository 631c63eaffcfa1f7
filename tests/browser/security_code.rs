//! The second factor (MF), in a browser, with an authenticator that is none of ours: `oathtool`.

use std::process::Command;

use serde_json::json;
use vestibule::PASSWORD;

use crate::person::{ENTER, Person};

/// What the app shows now, or will show.
fn authenticator(secret: &str, when: &str) -> String {
    let output = Command::new("oathtool").args(["--totp", "--base32", "--now", when, secret]).output();
    let output = output.expect("oathtool, which infra/tools/fetch browser brings");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("six digits").trim().to_owned()
}

async fn types_a_code(person: &Person, code: &str) {
    person.stands_at("textbox Security code").await;
    person.types(code).await;
    person.presses(ENTER).await;
}

/// MF-4, MF-5, MF-6, MF-10, MF-11, OP-6: somebody who has never seen an authenticator, the whole way, by keyboard.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_sets_up_a_security_code() {
    let sam = Person::with(json!({"mfa.scope": "staff"}), true).await;
    sam.signs_in("sam", PASSWORD).await;
    sam.arrives("/sign-in/security-code", "Security code").await;
    sam.looks_at_every_screen("security-code").await;
    sam.tabs_to("link I don't have a security code").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in/setup-mail", "Set up a security code?").await;
    sam.looks_at_every_screen("setup-ask").await;
    sam.tabs_to("button Yes, send setup email").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in/setup-mail", "Check your mail").await;
    sam.looks_at_every_screen("setup-sent").await;
    let link = sam.finds_in_mail("sam@harbour.example", "token=").await;
    sam.opens(&link).await;
    sam.arrives("/security-code/setup", "Set up your security code").await;
    sam.looks_at_every_screen("setup").await;
    sam.tabs_to("button Show me the square to scan").await;
    sam.presses(ENTER).await;
    sam.hears("image").await;
    sam.looks_at_every_screen("setup-secret").await;
    let shown = sam.all("main").await[0].text.clone();
    let secret: String =
        shown.split("into the app:").nth(1).unwrap().split("We show").next().unwrap().split_whitespace().collect();
    assert_eq!(secret.len(), 32, "{shown}");
    sam.tabs_to("link I have a code now").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in/security-code", "Security code").await;
    types_a_code(&sam, &authenticator(&secret, "now + 5 minutes")).await;
    sam.hears("alert").await;
    let told = sam.all("main").await[0].text.clone();
    assert!(told.contains("5 minutes ahead"), "{told}");
    sam.looks_at_every_screen("security-code-wrong").await;
    types_a_code(&sam, &authenticator(&secret, "now")).await;
    sam.arrives_anywhere("Your recovery codes").await;
    sam.looks_at_every_screen("recovery-codes").await;
    let recovery = sam.chromium.look("return document.querySelector('.codes code').textContent").await;
    let recovery = recovery.as_str().unwrap().to_owned();
    sam.tabs_to("link I have kept them").await;
    sam.presses(ENTER).await;
    sam.arrives("/account", "Your account").await;
    sam.tabs_to("link Security code and recovery codes").await;
    sam.presses(ENTER).await;
    sam.arrives("/account/security-code", "Your security code").await;
    sam.looks_at_every_screen("own-security-code").await;
    sam.tabs_to("textbox Password").await;
    sam.types(PASSWORD).await;
    sam.tabs_to("textbox Security code").await;
    sam.types(&recovery).await;
    sam.tabs_to("button Set up another phone").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in", "Sign in").await;
}

/// MF-4, MF-10, OP-6: without scripts, with a recovery code.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_their_phone_signs_in_without_scripts() {
    let sam = Person::with(json!({"mfa.scope": "staff"}), false).await;
    sam.signs_in("sam", PASSWORD).await;
    sam.arrives("/sign-in/security-code", "Security code").await;
    sam.tabs_to("link Use a recovery code").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in/security-code", "Recovery code").await;
    sam.looks_at_every_screen("recovery-code").await;
    sam.stands_at("textbox Recovery code").await;
    sam.types("cccc cccc cccc cccc").await;
    sam.presses(ENTER).await;
    sam.hears("alert").await;
    sam.arrives("/sign-in/security-code", "Recovery code").await;
    sam.tabs_to("link Use the security code instead").await;
    sam.presses(ENTER).await;
    sam.arrives("/sign-in/security-code", "Security code").await;
}
