//! Forgot my username (FU) and forgot my password (RP), in a browser.

use vestibule::PASSWORD;

use crate::person::{ENTER, Person};

const NEW: &str = "seven quiet lanterns";
const MAIL: &str = "maria@members.example";

impl Person {
    /// From the sign-in page to the page that a link leads to.
    async fn follows(&self, link: &str, path: &str, heading: &str) {
        self.opens("/sign-in").await;
        self.arrives("/sign-in", "Sign in").await;
        self.tabs_to(link).await;
        self.presses(ENTER).await;
        self.arrives(path, heading).await;
    }

    async fn asks_for_a_password_link(&self) {
        self.follows("link Forgot password?", "/forgot-password", "Forgot your password?").await;
        self.tabs_to("textbox Username or e-mail").await;
        self.types("maria").await;
        self.presses(ENTER).await;
        self.hears_of_the_mail().await;
    }

    async fn hears_of_the_mail(&self) {
        self.arrives_anywhere("Check your mail").await;
    }

    async fn sets(&self, password: &str, again: &str) {
        self.sets_in(("textbox New password", "textbox New password again"), password, again).await;
    }

    /// The same where a username alone would do.
    async fn sets_as_well(&self, password: &str) {
        let fields = ("textbox New password (optional)", "textbox New password again (optional)");
        self.sets_in(fields, password, password).await;
    }

    async fn sets_in(&self, fields: (&str, &str), password: &str, again: &str) {
        self.tabs_to(fields.0).await;
        self.types(password).await;
        self.reads_its_strength().await;
        self.tabs_to(fields.1).await;
        self.types(again).await;
        self.presses(ENTER).await;
    }

    /// PW-2: where scripts run, a word beside the field says how strong the password is.
    async fn reads_its_strength(&self) {
        let read = "const s = document.querySelector('.strength'); return s.textContent";
        let told = self.chromium.look(read).await;
        let expected = if self.scripts { "Strong" } else { "" };
        assert_eq!(told, expected);
    }

    /// The whole way, the same with scripts and without.
    async fn replaces_a_forgotten_password(&self, page: &str) {
        self.asks_for_a_password_link().await;
        self.looks_at_every_screen(&format!("{page}-sent")).await;
        let link = self.finds_in_mail(MAIL, "token=").await;
        self.looks_at_every_screen(&format!("{page}-mail")).await;
        self.opens(&link).await;
        self.arrives("/reset", "Set a new password").await;
        self.looks_at_every_screen(&format!("{page}-reset")).await;
        self.sets(NEW, NEW).await;
        self.arrives_anywhere("Your password is set").await;
        self.looks_at_every_screen(&format!("{page}-done")).await;
        self.tabs_to("link Sign in").await;
        self.presses(ENTER).await;
        self.arrives("/sign-in", "Sign in").await;
        self.signs_in("maria", PASSWORD).await;
        self.hears("alert").await;
        self.signs_in("maria", NEW).await;
        self.arrives("/account", "Your account").await;
    }
}

/// FU-1, FU-2, OP-1, OP-6
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_username_comes_by_mail() {
    let maria = Person::new().await;
    maria.follows("link Forgot username?", "/forgot-username", "Forgot your username?").await;
    maria.looks_at_every_screen("forgot-username").await;
    maria.tabs_to("textbox E-mail address").await;
    maria.types(MAIL).await;
    maria.presses(ENTER).await;
    maria.hears_of_the_mail().await;
    maria.looks_at_every_screen("forgot-username-sent").await;
    let link = maria.finds_in_mail(MAIL, "/sign-in").await;
    assert!(maria.all("RootWebArea").await[0].text.contains("maria"), "the mail says the username");
    maria.looks_at_every_screen("mail-username").await;
    maria.opens(&link).await;
    maria.arrives("/sign-in", "Sign in").await;
}

/// FU-5: the family reads on the page whom to ask.
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_address_is_told_on_the_page() {
    let finn = Person::new().await;
    finn.follows("link Forgot username?", "/forgot-username", "Forgot your username?").await;
    finn.tabs_to("textbox E-mail address").await;
    finn.types("family@members.example").await;
    finn.presses(ENTER).await;
    finn.arrives_anywhere("One address, several people").await;
    finn.looks_at_every_screen("shared-address").await;
    finn.tabs_to("link Write to office@harbour.example").await;
}

/// FU-1, OP-6: what is no address is said beside the field, and what was typed is kept.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_said_beside_the_field() {
    let maria = Person::without_scripts().await;
    maria.follows("link Forgot username?", "/forgot-username", "Forgot your username?").await;
    maria.tabs_to("textbox E-mail address").await;
    maria.types("maria@members").await;
    maria.presses(ENTER).await;
    maria.stands_at("alert").await;
    maria.arrives("/forgot-username", "Forgot your username?").await;
    let field = &maria.all("textbox").await[0];
    assert_eq!(field.value, "maria@members");
    assert!(!field.description.is_empty(), "{field:?}");
    maria.looks_at_every_screen("forgot-username-wrong").await;
}

/// RP-1, RP-5, RP-6, PW-2, OP-6
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_through_the_mailed_link() {
    let maria = Person::new().await;
    maria.follows("link Forgot password?", "/forgot-password", "Forgot your password?").await;
    maria.looks_at_every_screen("forgot-password").await;
    maria.replaces_a_forgotten_password("password").await;
}

/// RP-1, OP-6: the same without scripts.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_without_scripts() {
    let maria = Person::without_scripts().await;
    maria.opens("/sign-in").await;
    let buttons: Vec<_> = maria.all("button").await.into_iter().map(|button| button.name).collect();
    assert_eq!(buttons, ["Sign in"], "no script runs here");
    maria.looks_at_every_screen("sign-in-plain").await;
    maria.replaces_a_forgotten_password("plain").await;
}

/// RP-3, RP-5, OP-6: two passwords that differ are told beside their fields; a used link has a page with the way on.
#[tokio::test(flavor = "multi_thread")]
async fn a_slip_is_forgiven_and_a_used_link_leads_to_a_new_one() {
    let maria = Person::new().await;
    maria.asks_for_a_password_link().await;
    let link = maria.finds_in_mail(MAIL, "token=").await;
    maria.opens(&link).await;
    maria.arrives("/reset", "Set a new password").await;
    maria.sets(NEW, "seven quiet lantern").await;
    maria.stands_at("alert").await;
    maria.arrives("/reset", "Set a new password").await;
    maria.looks_at_every_screen("reset-wrong").await;
    maria.sets(NEW, NEW).await;
    maria.arrives_anywhere("Your password is set").await;
    maria.opens(&link).await;
    maria.arrives("/reset", "Set a new password").await;
    maria.sets("eight quiet lanterns", "eight quiet lanterns").await;
    maria.arrives_anywhere("This link can't be used any more").await;
    maria.looks_at_every_screen("link-dead").await;
    maria.tabs_to("link Ask for a new link").await;
    maria.presses(ENTER).await;
    maria.arrives("/forgot-password", "Forgot your password?").await;
}

/// RP-2, OP-6: username and password in one go, from the address that opens it directly.
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_account_is_reset_through_the_mailed_link() {
    let maria = Person::new().await;
    maria.opens("/sign-in?resetAccount=true").await;
    maria.arrives_anywhere("Reset your account").await;
    maria.looks_at_every_screen("reset-account").await;
    follows_the_mailed_link(&maria).await;
    maria.looks_at_every_screen("reset-account-reset").await;
    maria.tabs_to("textbox Username (optional)").await;
    maria.types("mariana").await;
    maria.sets_as_well(NEW).await;
    maria.arrives_anywhere("Your password is set").await;
    maria.signs_in("mariana", NEW).await;
    maria.arrives("/account", "Your account").await;
}

/// RP-2, OP-6: whoever forgot the username keeps it by leaving the field empty.
#[tokio::test]
async fn an_account_is_reset_without_typing_the_username() {
    let maria = Person::new().await;
    maria.opens("/sign-in?resetAccount=true").await;
    follows_the_mailed_link(&maria).await;
    maria.sets_as_well(NEW).await;
    maria.arrives_anywhere("Your password is set").await;
    maria.signs_in("maria", NEW).await;
    maria.arrives("/account", "Your account").await;
}

/// From the page that asks for the address to the page behind the link in the mail.
async fn follows_the_mailed_link(maria: &Person) {
    maria.tabs_to("textbox E-mail address").await;
    maria.types(MAIL).await;
    maria.presses(ENTER).await;
    maria.hears_of_the_mail().await;
    maria.opens(&maria.finds_in_mail(MAIL, "token=").await).await;
    maria.arrives("/reset", "Set your account anew").await;
}
