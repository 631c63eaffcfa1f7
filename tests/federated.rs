//! Sign-in by providers (FE), with one of our own that can be told to misbehave.

use serde_json::{Value, json};

use crate::provider::{CLIENT, Does, Provider, SECRET};
use crate::world::{Answer, Browser, PASSWORD, World};

/// A machine whose administrator has set up our provider, in this mode.
pub(crate) async fn world(settings: Value, mode: &str) -> (World, Provider) {
    let (w, provider) = (World::with(settings).await, Provider::new().await);
    // Whoever a second factor covers does not sign in with the password alone: set up before it does.
    let admin = operator(&w).await;
    admin.post("/admin/providers", &said(&provider, mode)).await.is(201);
    (w, provider)
}

pub(crate) fn said(provider: &Provider, mode: &str) -> Value {
    json!({"id": "ours", "name": "Harbour Login", "issuer": provider.issuer, "client_id": CLIENT,
           "client_secret": SECRET, "mode": mode})
}

pub(crate) async fn operator(w: &World) -> Browser<'_> {
    w.signed_in("admin").await
}

pub(crate) async fn change(w: &World, more: &Value) {
    let admin = operator(w).await;
    let mut provider = admin.get("/admin/providers/ours").await.ok();
    let provider = provider.as_object_mut().expect("an object");
    provider.retain(|name, _| !["version", "redirect_uri"].contains(&name.as_str()));
    provider.extend(more.as_object().expect("an object").clone());
    admin.call("PUT", "/admin/providers/ours", &json!(provider)).await.is(200);
}

/// There and back again.
pub(crate) async fn round(browser: &Browser<'_>, provider: &Provider, query: &str) -> Answer {
    let back = there(browser, provider, query).await;
    browser.open(&back).await
}

pub(crate) async fn there(browser: &Browser<'_>, provider: &Provider, query: &str) -> String {
    let way = browser.open(&format!("/sign-in/with/ours{query}")).await;
    provider.consent(browser.world(), way.leads_to()).await
}

/// Links the person at the provider to a user, by local proof.
async fn link(browser: &Browser<'_>, provider: &Provider, username: &str) {
    assert_eq!(round(browser, provider, "").await.leads_to(), "/sign-in/link");
    let typed = json!({"username": username, "password": PASSWORD, "return_to": "/sign-in/link"});
    browser.post("/sign-in", &typed).await.ok();
    assert_eq!(browser.submit("/sign-in/link", &[]).await.leads_to(), "/account?link=made");
}

pub(crate) async fn linked(settings: Value, mode: &str) -> (World, Provider) {
    let (w, provider) = world(settings, mode).await;
    link(&w.browser(), &provider, "maria").await;
    (w, provider)
}

/// FE-1, FE-5: somebody proves both accounts once, and one press is enough after that. Their owner is told, and it is written down.
#[tokio::test]
async fn somebody_links_and_comes_in() {
    let (w, provider) = world(json!({}), "social").await;
    let page = w.browser().open("/sign-in?return_to=/account/sessions").await.is(200);
    assert!(page.text.contains("Harbour Login"), "{}", page.text);
    assert!(page.text.contains("href=\"/sign-in/with/ours?return_to=%2Faccount%2Fsessions\""), "{}", page.text);
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, "?return_to=/account/sessions").await.leads_to(), "/sign-in/link");
    let page = browser.open("/sign-in/link").await.is(200);
    assert!(
        page.text.contains("maria@login.example") && !page.text.contains("action=\"/sign-in/link\""),
        "{}",
        page.text
    );
    assert_eq!(browser.submit("/sign-in/link", &[]).await.leads_to(), "/sign-in/link");
    browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    let page = browser.open("/sign-in/link").await.is(200);
    assert!(page.text.contains("action=\"/sign-in/link\""), "{}", page.text);
    assert_eq!(browser.submit("/sign-in/link", &[]).await.leads_to(), "/account/sessions");
    let notice = w.newest_to("maria@members.example").await;
    assert_eq!(notice["subject"], "Another sign-in opens your account at Harbour Association");
    let other = w.browser();
    assert_eq!(round(&other, &provider, "?return_to=/account/sessions").await.leads_to(), "/account/sessions");
    assert_eq!(other.who().await.as_deref(), Some("maria"));
    let audit = operator(&w).await.get("/admin/audit?what=sign_in&limit=5").await.ok();
    let linked = operator(&w).await.get("/admin/audit?what=account.linked").await.ok();
    assert_eq!(linked["items"][0]["details"]["provider"], "ours", "{linked}");
    let by_provider =
        audit["items"].as_array().expect("entries").iter().any(|entry| entry["details"]["provider"] == "ours");
    assert!(by_provider, "{audit}");
}

/// FE-5: an address that is the same says nothing; neither does a session that was there before.
#[tokio::test]
async fn an_address_alone_links_nothing() {
    let (w, provider) = world(json!({}), "social").await;
    provider.is("mallory", &json!({"email": "maria@members.example", "email_verified": true}));
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, "").await.leads_to(), "/sign-in/link");
    assert_eq!(browser.who().await, None);
    let here = w.signed_in("maria").await;
    assert_eq!(round(&here, &provider, "").await.leads_to(), "/sign-in/link");
    assert_eq!(here.who().await, None, "it ended");
    assert_eq!(here.submit("/sign-in/link", &[]).await.leads_to(), "/sign-in/link");
    // Nobody confirms it from another site, and nobody makes up whom a provider has proven.
    let forged = w.request("POST", "/sign-in/link").header("origin", "https://evil.example");
    here.send(forged).await.problem(403, "wrong_origin");
    let own = w.signed_in("maria").await;
    own.take("__Host-linking", &here.value("__Host-federated"));
    assert_eq!(own.submit("/sign-in/link", &[]).await.leads_to(), "/sign-in");
    assert_eq!(own.get("/account/links").await.ok(), json!([]));
}

/// FE-2: whoever a second factor covers uses their own credentials; FE-3: but where their organisation proves them.
#[tokio::test]
async fn a_second_factor_is_not_passed_by() {
    let (w, provider) = linked(json!({}), "social").await;
    let admin = operator(&w).await;
    let scope = json!({"mfa.scope": "everyone", "mfa.confirmed_without_email": []});
    let social = w.browser();
    assert_eq!(round(&social, &provider, "?keep=true").await.leads_to(), "/account");
    // From now on it covers everybody, the administrator too.
    change(&w, &json!({"name": "Harbour Login"})).await;
    let covered = admin.settings(&scope).await;
    assert_eq!(covered.status, 200, "{}", covered.text);
    assert_eq!(social.who().await, None, "a session without it has ended");
    let page = round(&w.browser(), &provider, "").await.is(403);
    assert!(page.text.contains("Sign in here with your own username, password and security code."), "{}", page.text);
}

/// FE-3, SE-3: an organisation's own proof is enough, whatever covers somebody here; they are not remembered then.
#[tokio::test]
async fn an_organisation_answers_for_its_people() {
    let (w, provider) = linked(json!({}), "organisation").await;
    let browser = w.browser();
    round(&browser, &provider, "?keep=true").await;
    assert_eq!(browser.get("/session").await.ok()["remembered"], true);
    let scope = json!({"mfa.scope": "everyone", "mfa.confirmed_without_email": []});
    let covered = operator(&w).await.settings(&scope).await;
    assert_eq!(covered.status, 200, "{}", covered.text);
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, "?keep=true").await.leads_to(), "/account");
    let session = browser.get("/session").await.ok();
    assert_eq!((&session["user"]["username"], &session["remembered"]), (&json!("maria"), &json!(false)));
}

/// FE-3, MF-1: for whoever a second factor covers it is part of proving the account that is to be linked.
#[tokio::test]
async fn a_password_alone_links_nothing_for_whoever_needs_a_code() {
    let (w, provider) = world(json!({}), "organisation").await;
    let scope = json!({"mfa.scope": "everyone", "mfa.confirmed_without_email": []});
    operator(&w).await.settings(&scope).await.ok();
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, "").await.leads_to(), "/sign-in/link");
    let typed = json!({"username": "maria", "password": PASSWORD, "return_to": "/sign-in/link"});
    assert_eq!(browser.post("/sign-in", &typed).await.ok()["next"], "security_code");
    assert!(!browser.open("/sign-in/link").await.is(200).text.contains("action=\"/sign-in/link\""));
    assert_eq!(browser.submit("/sign-in/link", &[]).await.leads_to(), "/sign-in/link");
    assert_eq!(round(&browser, &provider, "").await.leads_to(), "/sign-in/link");
}

/// FE-3: a provider is told to prove more, and whoever it has not proven so is refused.
#[tokio::test]
async fn evidence_can_be_asked_for() {
    let (w, provider) = linked(json!({}), "organisation").await;
    change(&w, &json!({"amr": ["mfa", "otp"], "acr": ["gold"]})).await;
    for (says, expected) in [
        (json!({}), 403),
        (json!({"amr": ["pwd"], "acr": "gold"}), 403),
        (json!({"amr": ["pwd", "otp"]}), 403),
        (json!({"amr": ["pwd", "otp"], "acr": "silver"}), 403),
        (json!({"amr": ["pwd", "otp"], "acr": "gold"}), 303),
    ] {
        provider.is("maria-there", &says);
        let browser = w.browser();
        let way = browser.open("/sign-in/with/ours").await.leads_to().to_owned();
        assert!(way.contains("acr_values=gold"), "{way}");
        let answer = browser.open(&provider.consent(&w, &way).await).await;
        assert_eq!(answer.status, expected, "{says}: {}", answer.text);
        assert_eq!(browser.has("__Host-session"), expected == 303, "{says}");
    }
}

/// FE-1: what is not this provider's word, to us, for this sign-in, now, lets nobody in.
#[tokio::test]
async fn a_provider_is_believed_only_what_it_proves() {
    for (does, status) in [
        (Does::Right, 303),
        (Does::Rs256, 303),
        (Does::Ps256, 303),
        (Does::PostedSecret, 303),
        (Does::NewKey, 303),
        (Does::UnknownKey, 401),
        (Does::NoAlgorithm, 401),
        (Does::SharedSecret, 401),
        (Does::PublicKeyAsSecret, 401),
        (Does::BrokenSignature, 401),
        (Does::OtherIssuer, 401),
        (Does::OtherIss, 401),
        (Does::NoIss, 401),
        (Does::OtherNonce, 401),
        (Does::NoNonce, 401),
        (Does::NoExpiry, 401),
        (Does::NoSubject, 401),
        (Does::OtherAudience, 401),
        (Does::SeveralAudiences, 401),
        (Does::OtherParty, 401),
        (Does::Expired, 401),
        (Does::LongAgo, 401),
        (Does::NoToken, 401),
        (Does::RefusesCode, 401),
        (Does::FailsLater, 503),
        (Does::Huge, 503),
        (Does::NoJson, 503),
    ] {
        let (w, provider) = world(json!({}), "organisation").await;
        let maria = w.id_of("maria").await;
        let whose = json!({"provider": "ours", "subject": "maria-there"});
        operator(&w).await.post(&format!("/admin/users/{maria}/links"), &whose).await.is(201);
        provider.does(does);
        let browser = w.browser();
        let answer = round(&browser, &provider, "").await;
        assert_eq!(answer.status, status, "{does:?}: {}", answer.text);
        assert_eq!(browser.has("__Host-session"), status == 303, "{does:?}");
        let asked = provider.asked().iter().filter(|path| *path == "/keys").count();
        assert_eq!(asked, if matches!(does, Does::NewKey | Does::UnknownKey) { 2 } else { 1 }, "{does:?}");
        assert!(!browser.has("__Host-federated"), "{does:?}");
    }
}

/// FE-1: a provider that is away, or that is not who it should be, is said to be; our own door stays open.
#[tokio::test]
async fn an_outage_leaves_our_own_door_alone() {
    for does in [Does::Fails, Does::Redirects, Does::OtherDiscovery, Does::KeysInside] {
        let (w, provider) = world(json!({}), "social").await;
        provider.does(does);
        let browser = w.browser();
        let page = browser.open("/sign-in/with/ours").await.is(503);
        assert!(page.text.contains("does not answer") && page.text.contains("href=\"/sign-in\""), "{}", page.text);
        browser.get("/sign-in/with/ours").await.problem(503, "provider_away");
        assert!(!browser.has("__Host-federated"));
        assert!(!provider.asked().iter().any(|path| path == "/elsewhere"), "{does:?}");
        assert!(browser.open("/sign-in").await.is(200).text.contains("Harbour Login"));
        browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    }
}

/// FE-1: one that does not answer is not waited for longer than a function may take.
#[tokio::test]
async fn a_slow_provider_is_not_waited_for() {
    let (w, provider) = world(json!({}), "social").await;
    provider.does(Does::Slow);
    let began = std::time::Instant::now();
    round(&w.browser(), &provider, "").await.is(503);
    assert!(began.elapsed().as_secs() < 10);
}

/// FE-1: what comes back is taken from the browser that went, in time, once.
#[tokio::test]
async fn what_comes_back_is_taken_once_from_the_browser_that_went() {
    let (w, provider) = linked(json!({}), "social").await;
    let browser = w.browser();
    let back = there(&browser, &provider, "").await;
    let held = browser.value("__Host-federated");
    w.browser().get(&back).await.problem(400, "sign_in_stale");
    let other = w.browser();
    there(&other, &provider, "").await;
    other.get(&back).await.problem(400, "sign_in_stale");
    browser.get(&back.replace("state=", "state=x")).await.problem(400, "sign_in_stale");
    browser.take("__Host-federated", &held);
    assert_eq!(browser.open(&back).await.leads_to(), "/account");
    let again = w.browser();
    again.take("__Host-federated", &held);
    again.get(&back).await.problem(400, "sign_in_stale");
    assert_eq!(again.who().await, None);
    let late = w.browser();
    let back = there(&late, &provider, "").await;
    w.advance(600).await;
    late.get(&back).await.problem(400, "sign_in_stale");
    for odd in ["", "?state", "?state=a&code=b", "?code=b", "?state=%00&iss=%ff"] {
        w.browser().get(&format!("/sign-in/callback{odd}")).await.problem(400, "sign_in_stale");
    }
}

/// FE-1: somebody who changes their mind there is told so.
#[tokio::test]
async fn somebody_may_change_their_mind() {
    let (w, provider) = world(json!({}), "social").await;
    let browser = w.browser();
    let back = there(&browser, &provider, "").await;
    browser.get(&back.replace("code=", "error=access_denied&was=")).await.problem(401, "sign_in_cancelled");
}

/// SI-8: signing in by a provider ends what the browser held, and leads nowhere it may not.
#[tokio::test]
async fn a_session_of_before_ends() {
    let (w, provider) = linked(json!({}), "social").await;
    let browser = w.signed_in("paula").await;
    let before = browser.value("__Host-session");
    let to = "?return_to=https://evil.example/";
    assert_eq!(round(&browser, &provider, to).await.leads_to(), "/account");
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    let old = w.browser();
    old.take("__Host-session", &before);
    assert_eq!(old.who().await, None);
}

/// SI-3, FE-5: whoever is switched off here is refused as always, and a link opens one account only.
#[tokio::test]
async fn a_link_opens_one_account_that_may_be_used() {
    let (w, provider) = linked(json!({}), "social").await;
    let admin = operator(&w).await;
    let (maria, paula, robot) = (w.id_of("maria").await, w.id_of("paula").await, w.id_of("robot").await);
    let whose = json!({"provider": "ours", "subject": "maria-there"});
    admin.post(&format!("/admin/users/{paula}/links"), &whose).await.problem(409, "already_linked");
    admin.post(&format!("/admin/users/{robot}/links"), &whose).await.problem(422, "rejected");
    let nothing = json!({"provider": "nobody", "subject": "a"});
    admin.post(&format!("/admin/users/{paula}/links"), &nothing).await.problem(422, "rejected");
    w.signed_in("sam").await.post(&format!("/admin/users/{paula}/links"), &whose).await.problem(403, "not_allowed");
    admin.call("PATCH", &format!("/admin/users/{maria}"), &json!({"disabled": true})).await.ok();
    let browser = w.browser();
    let back = there(&browser, &provider, "").await;
    let refused = browser.get(&back).await.problem(401, "sign_in_failed");
    let wrong = w.sign_in("nobody", "wrong").await.problem(401, "sign_in_failed");
    assert_eq!(refused["detail"], wrong["detail"]);
}

/// FE-1, AC-5: a link is seen and taken away by its owner and by administrators; sessions by it end, and the owner is told.
#[tokio::test]
async fn a_link_is_taken_away() {
    let (w, provider) = linked(json!({}), "social").await;
    let (here, there) = (w.browser(), w.browser());
    round(&here, &provider, "").await;
    round(&there, &provider, "").await;
    let page = here.open("/account").await.is(200);
    assert!(page.text.contains("maria@login.example") && page.text.contains("127.0.0.1"), "{}", page.text);
    let links = here.get("/account/links").await.ok();
    let id = links[0]["id"].as_str().expect("an id").to_owned();
    w.signed_in("paula")
        .await
        .call("DELETE", &format!("/account/links/{id}"), &json!({}))
        .await
        .problem(404, "not_found");
    let removed = here.submit(&format!("/account/links/{id}/remove"), &[]).await;
    assert_eq!(removed.leads_to(), "/account?link=removed");
    assert_eq!(
        w.newest_to("maria@members.example").await["subject"],
        "A sign-in was taken away at Harbour Association"
    );
    assert_eq!((here.who().await.as_deref(), there.who().await), (Some("maria"), None));
    let told = operator(&w).await.get("/admin/audit?what=account.unlinked").await.ok();
    assert_eq!((&told["items"][0]["by"]["name"], &told["items"][1]), (&json!("maria"), &Value::Null), "{told}");
    assert_eq!(round(&w.browser(), &provider, "").await.leads_to(), "/sign-in/link");
    let admin = operator(&w).await;
    let user = format!("/admin/users/{}", w.id_of("maria").await);
    let fields = [("provider", "ours"), ("subject", "maria-there")];
    let made = admin.submit(&format!("{user}/links"), &fields).await;
    assert_eq!(made.leads_to(), format!("{user}?done=identity_linked"));
    let listed = admin.get(&format!("{user}/links")).await.ok();
    assert_eq!(listed["items"][0]["subject"], "maria-there");
    assert!(admin.open(&user).await.is(200).text.contains(&format!("{user}/links/{id}/remove")));
    admin.call("DELETE", &format!("{user}/links/{id}"), &json!({})).await.is(204);
    w.settle().await;
    let told = operator(&w).await.get("/admin/audit?what=link.removed&limit=1").await.ok();
    assert_eq!(told["items"][0]["by"]["id"], w.id_of("admin").await, "{told}");
    assert_eq!(admin.get(&format!("{user}/links")).await.ok()["items"], json!([]));
}

/// AD-2, AD-3, FE-1: whoever may have had an account may have left a door open. Staff close all of them along with a new password;
/// without that a link stays, which opens the account whatever became of its password.
#[tokio::test]
async fn a_new_password_closes_the_other_doors_where_staff_say_so() {
    let (w, provider) = linked(json!({}), "social").await;
    let (admin, sam) = (operator(&w).await, w.signed_in("sam").await);
    let maria = admin.get(&format!("/admin/users/{}", w.id_of("maria").await)).await.ok();
    let (user, contact) =
        (format!("/admin/users/{}", maria["id"].as_str().unwrap()), maria["contact"].as_str().unwrap());
    let set =
        |password: &str, unlink: bool| json!({"password": password, "password_again": password, "unlink": unlink});
    let done = admin.post(&format!("{user}/reset-password"), &set("a lantern that staff lit", false)).await.ok();
    assert_eq!(done["unlinked"], 0);
    assert_eq!(round(&w.browser(), &provider, "").await.leads_to(), "/account", "it is no password");
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    assert_eq!(round(&w.browser(), &provider, "").await.leads_to(), "/account", "nor is a lock one of it");
    let here = w.browser();
    round(&here, &provider, "").await;
    let page = sam.open(&format!("/admin/contacts/{contact}")).await.is(200).text;
    assert!(page.contains("name=\"unlink\""), "{page}");
    let typed = "a lantern that Sam lit";
    let form = [("password", typed), ("password_again", typed), ("unlink", "true")];
    sam.submit(&format!("/admin/contacts/{contact}/reset-password"), &form).await.leads_to();
    assert_eq!(here.who().await, None);
    assert_eq!(round(&w.browser(), &provider, "").await.leads_to(), "/sign-in/link");
    assert_eq!(admin.get(&format!("{user}/links")).await.ok()["items"], json!([]));
    let mails = w.mail_to("maria@members.example").await;
    let told = mails.iter().filter(|mail| mail["subject"] == "A sign-in was taken away at Harbour Association");
    assert_eq!(told.count(), 1);
    let audit = admin.get("/admin/audit?what=contact&limit=5").await.ok();
    assert!(audit["items"].as_array().unwrap().iter().any(|entry| entry["details"]["unlinked"] == "1"), "{audit}");
    let page = sam.open(&format!("/admin/contacts/{contact}")).await.is(200).text;
    assert!(!page.contains("name=\"unlink\""), "{page}");
}
