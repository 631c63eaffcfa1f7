//! A web admin's and a staff user's morning (AD-1 to AD-8), in a browser, by keyboard.

use serde_json::json;

use crate::person::{ENTER, Person};

const PASSWORD: &str = "harbour-lantern-42";

/// Maria has tried too often.
async fn maria_locks_herself_out(local: &vestibule::Local) {
    let http = reqwest::Client::new();
    for _ in 0..5 {
        let tried = http.post(format!("{}/sign-in", local.origin())).header("origin", local.origin());
        let answer = tried.json(&json!({"username": "maria", "password": "wrong"})).send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
    }
    local.settle().await;
}

impl Person {
    /// Goes past the ways of the console to the page itself.
    pub(crate) async fn skips_to(&self, thing: &str) {
        self.tabs_to("link Skip to the page").await;
        self.presses(ENTER).await;
        self.tabs_to(thing).await;
    }

    pub(crate) async fn reads(&self) -> String {
        self.all("main").await[0].text.clone()
    }

    pub(crate) async fn empties(&self) {
        self.chromium.look("document.activeElement.value = ''").await;
    }
}

/// AD-1, AD-5, AD-6, AD-7, LK-5, BR-3, ML-4: finds a locked member, sees why, sends them a way in, changes the lock limit,
/// edits a layout, and looks at what happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_web_admins_morning() {
    let ada = Person::new().await;
    maria_locks_herself_out(&ada.local).await;
    ada.opens("/admin/users?filter=locked:true").await;
    ada.arrives("/sign-in", "Sign in").await;
    ada.types("admin").await;
    ada.tabs_to("textbox Password").await;
    ada.types(PASSWORD).await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/users", "Users").await;
    assert!(ada.reads().await.contains("Maria Member"));
    ada.looks_at_every_screen("console-locked").await;
    ada.skips_to("link Maria Member").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Maria Member").await;
    ada.looks_at_every_screen("console-user").await;
    ada.skips_to("link Why can't they get in?").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/explain", "Why can't they get in?").await;
    assert!(ada.reads().await.contains("Too many wrong passwords have locked the account."));
    ada.looks_at_every_screen("console-explain").await;
    ada.skips_to("button Resend credentials").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Maria Member").await;
    assert!(ada.reads().await.contains("The way in is on its way by mail."));
    ada.finds_in_mail("maria@members.example", "/reset?token=").await;
    the_limit_is_changed(&ada).await;
    a_layout_is_edited(&ada).await;
    ada.opens("/admin/audit").await;
    ada.arrives("/admin/audit", "Audit").await;
    let happened = ada.reads().await;
    for act in ["settings.changed", "layout.changed", "user.resent", "sign_in.refused"] {
        assert!(happened.contains(act), "{act}: {happened}");
    }
    ada.looks_at_every_screen("console-audit").await;
    ada.skips_to("link Was it altered?").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/audit/verify", "Was it altered?").await;
    assert!(ada.reads().await.contains("Nothing that was looked at was altered."));
}

async fn the_limit_is_changed(ada: &Person) {
    ada.opens("/admin/settings?area=lock").await;
    ada.arrives("/admin/settings", "Settings").await;
    ada.looks_at_every_screen("console-settings").await;
    ada.chromium.look("document.getElementById('lock.attempts').focus()").await;
    ada.empties().await;
    ada.types("900").await;
    ada.presses(ENTER).await;
    ada.hears("alert").await;
    ada.looks_at_every_screen("console-settings-wrong").await;
    ada.chromium.look("document.getElementById('lock.attempts').focus()").await;
    ada.empties().await;
    ada.types("7").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/settings/difference", "These settings would change").await;
    ada.looks_at_every_screen("console-settings-difference").await;
    ada.skips_to("button Save these changes").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/settings", "Settings").await;
    assert!(ada.reads().await.contains("Saved."));
    assert_eq!(ada.local.app().store.settings().await.expect("settings").settings.lock_attempts, 7);
}

async fn a_layout_is_edited(ada: &Person) {
    ada.opens("/admin/layouts").await;
    ada.arrives("/admin/layouts", "Mail layouts").await;
    ada.looks_at_every_screen("console-layouts").await;
    ada.opens("/admin/layouts/password_link").await;
    ada.arrives_anywhere("password link").await;
    ada.skips_to("textbox Subject").await;
    ada.empties().await;
    ada.types("Your new way in").await;
    ada.tabs_to("button Dark").await;
    ada.presses(ENTER).await;
    let framed = "return document.querySelector('iframe').contentWindow.length === 0";
    assert_eq!(ada.chromium.look(framed).await, true);
    ada.looks_at_every_screen("console-layout").await;
    ada.chromium.look("document.querySelector('[name=subject]').focus()").await;
    ada.tabs_to("button Save").await;
    ada.presses(ENTER).await;
    ada.hears("status").await;
    ada.arrives_anywhere("password link").await;
    assert!(ada.reads().await.contains("Saved."));
}

/// AD-2, AD-3, OP-6: somebody of the staff helps a member of their own group, without scripts.
#[tokio::test(flavor = "multi_thread")]
async fn a_staff_users_morning_without_scripts() {
    let sam = Person::without_scripts().await;
    maria_locks_herself_out(&sam.local).await;
    sam.signs_in("sam", PASSWORD).await;
    sam.arrives("/account", "Your account").await;
    sam.opens("/admin").await;
    sam.arrives("/admin", "Console").await;
    assert!(sam.all("link").await.iter().all(|link| link.name != "Settings"));
    sam.skips_to("searchbox Why can't they get in?").await;
    sam.types("maria").await;
    sam.presses(ENTER).await;
    sam.arrives("/admin/explain", "Why can't they get in?").await;
    sam.opens("/admin/contacts?q=maria").await;
    sam.arrives("/admin/contacts", "Contacts").await;
    sam.skips_to("link Maria Member").await;
    sam.presses(ENTER).await;
    sam.arrives_anywhere("Maria Member").await;
    sam.skips_to("textbox New password").await;
    sam.types("a lantern that staff lit").await;
    sam.tabs_to("textbox New password again").await;
    sam.types("a lantern that staff lit").await;
    sam.presses(ENTER).await;
    sam.hears("status").await;
    assert!(sam.reads().await.contains("The password is set."));
    sam.looks_at_every_screen("console-contact").await;
}

/// AD-1, OP-6: every page of the console fits every screen.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_console_fits() {
    let ada = Person::new().await;
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    for (path, heading) in [
        ("/admin", "Console"),
        ("/admin/users", "Users"),
        ("/admin/users/new", "New user"),
        ("/admin/contacts", "Contacts"),
        ("/admin/contacts/new", "New contact"),
        ("/admin/stuck", "Stuck people"),
        ("/admin/mail", "Mail log"),
        ("/admin/instances", "Sign-in instances"),
        ("/admin/instances/default", "default"),
        ("/admin/locations", "Locations"),
        ("/admin/locations/new", "New location"),
        ("/admin/settings?area=password", "Settings"),
        ("/admin/settings/versions", "Versions of the settings"),
        ("/admin/layouts/pin/versions", "Versions of the layout"),
    ] {
        ada.opens(path).await;
        ada.arrives_anywhere(heading).await;
        let name = path.trim_start_matches("/admin").replace(['/', '?', '='], "-");
        ada.looks_at_every_screen(&format!("console{name}")).await;
    }
}

/// BR-1, BR-7: everybody is chosen, the plan looked at, the run begun and watched to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_watched() {
    let ada = Person::new().await;
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    ada.opens("/admin/users").await;
    ada.arrives("/admin/users", "Users").await;
    let chosen = "document.querySelector('[name=whom][value=all]').click(); document.querySelector('.batch [type=submit]').focus()";
    ada.chromium.look(chosen).await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Bulk resend").await;
    assert!(ada.reads().await.contains("Planned"));
    ada.looks_at_every_screen("console-resend-plan").await;
    ada.skips_to("button Start").await;
    ada.presses(ENTER).await;
    let began = std::time::Instant::now();
    while !ada.reads().await.contains("8 of 8 are served or reported.") {
        assert!(began.elapsed().as_secs() < 20, "{}", ada.reads().await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ada.looks_at_every_screen("console-resend-done").await;
    ada.skips_to("link One by one").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Everybody in the run").await;
    assert!(ada.reads().await.contains("maria@members.example"));
    ada.opens("/admin/resends").await;
    ada.arrives("/admin/resends", "Bulk resend").await;
    ada.looks_at_every_screen("console-resends").await;
}
