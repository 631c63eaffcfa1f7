//! People come from a provider (FE) that is none of ours: `oidc-provider`.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{Answer, Browser, PASSWORD, World};

const SECRET: &str = "canary+secret/of: theirs&ours";

/// The provider, and a machine where it is set up.
struct Provider {
    peer: Peer,
    issuer: String,
    http: reqwest::Client,
}

async fn world(mode: &str) -> (World, Provider) {
    let w = World::new().await;
    let about = json!({"client_id": "vestibule", "client_secret": SECRET, "redirect_uri": w.url("/sign-in/callback")});
    let peer = Peer::start(include_str!("provider.mjs"), &about);
    let issuer = peer.tells(|line| line.starts_with("http://")).await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let provider = Provider { peer, issuer, http };
    let new = provider.as_set_up(&json!({"id": "theirs", "mode": mode}));
    w.signed_in("admin").await.post("/admin/providers", &new).await.is(201);
    (w, provider)
}

impl Provider {
    /// What an administrator types, with more or other things.
    fn as_set_up(&self, more: &Value) -> Value {
        let mut typed =
            json!({"name": "Their login", "issuer": self.issuer, "client_id": "vestibule", "client_secret": SECRET});
        let all = typed.as_object_mut().expect("an object");
        all.extend(more.as_object().expect("an object").clone());
        typed
    }

    /// Somebody goes there and does what it asks on its page: where they are sent back to.
    async fn is_signed_in_to(&self, world: &World, way: &str, typed: &[(&str, &str)]) -> String {
        let mut cookies = BTreeMap::new();
        let page = self.goes(way, &mut cookies, None).await;
        assert!(page.starts_with("/interaction/"), "{page}");
        let on = self.goes(&format!("{}{page}", self.issuer), &mut cookies, Some(typed)).await;
        let back = self.goes(&on, &mut cookies, None).await;
        back.strip_prefix(world.origin()).unwrap_or_else(|| panic!("not back here: {back}")).to_owned()
    }

    /// One step: where it leads.
    async fn goes(&self, to: &str, cookies: &mut BTreeMap<String, String>, form: Option<&[(&str, &str)]>) -> String {
        let request = form.map_or_else(|| self.http.get(to), |form| self.http.post(to).form(form));
        let held: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, held.join("; ")).send().await.expect("an answer");
        for line in answer.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().expect("text").split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let leads = answer.headers().get(LOCATION).map(|to| to.to_str().expect("text").to_owned());
        leads.unwrap_or_else(|| panic!("{to} leads nowhere: {}", answer.status()))
    }

    /// How often it was asked for something.
    fn asked(&self, what: &str) -> usize {
        self.peer.told().iter().filter(|line| *line == what).count()
    }
}

/// There and back again.
async fn round(browser: &Browser<'_>, provider: &Provider, typed: &[(&str, &str)]) -> Answer {
    let way = browser.open("/sign-in/with/theirs").await.leads_to().to_owned();
    let back = provider.is_signed_in_to(browser.world(), &way, typed).await;
    browser.open(&back).await
}

const MARIA: &[(&str, &str)] = &[("login", "maria-there")];

async fn linked(mode: &str) -> (World, Provider) {
    let (w, provider) = world(mode).await;
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, MARIA).await.leads_to(), "/sign-in/link");
    browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    assert_eq!(browser.submit("/sign-in/link", &[]).await.leads_to(), "/account?link=made");
    (w, provider)
}

/// FE-1, FE-5: somebody goes to a certified provider, signs in there, proves an account here once, and comes in by it from then on.
#[tokio::test]
async fn somebody_comes_by_a_certified_provider() {
    let (w, provider) = linked("social").await;
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, MARIA).await.leads_to(), "/account");
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    let stranger = w.browser();
    assert_eq!(round(&stranger, &provider, &[("login", "mallory")]).await.leads_to(), "/sign-in/link");
    assert_eq!(stranger.who().await, None);
    let cancelled = round(&w.browser(), &provider, &[("cancel", "")]).await;
    assert!(cancelled.is(401).text.contains("You were not signed in by “Their login”"));
}

/// FE-3: an organisation's provider is asked for proof, and shows it.
#[tokio::test]
async fn a_certified_provider_proves_a_second_factor() {
    let (w, provider) = linked("organisation").await;
    let scope = json!({"mfa.scope": "staff", "mfa.confirmed_without_email": []});
    let admin = w.signed_in("admin").await;
    let wish = provider.as_set_up(&json!({"mode": "organisation", "amr": ["mfa"], "acr": ["gold"]}));
    admin.call("PUT", "/admin/providers/theirs", &wish).await.is(200);
    let sam = w.id_of("sam").await;
    let whose = json!({"provider": "theirs", "subject": "sam-there"});
    admin.post(&format!("/admin/users/{sam}/links"), &whose).await.is(201);
    admin.settings(&scope).await.ok();
    for (typed, who) in [
        (vec![("login", "maria-there")], None),
        (vec![("login", "maria-there"), ("code", "123456")], Some("maria")),
        (vec![("login", "sam-there"), ("code", "123456")], Some("sam")),
    ] {
        let browser = w.browser();
        let answer = round(&browser, &provider, &typed).await;
        assert_eq!(answer.status, if who.is_some() { 303 } else { 403 }, "{typed:?}: {}", answer.text);
        assert_eq!(browser.who().await.as_deref(), who, "{typed:?}");
    }
}

/// FE-1: a certified provider changes its keys; they are asked for once more, and nobody notices.
#[tokio::test]
async fn a_certified_provider_changes_its_keys() {
    let (w, mut provider) = linked("social").await;
    assert_eq!(provider.asked("GET /jwks"), 1);
    provider.peer.tell("keys");
    provider.peer.tells(|line| line == "keys changed").await;
    for _ in 0..3 {
        let browser = w.browser();
        assert_eq!(round(&browser, &provider, MARIA).await.leads_to(), "/account");
        assert_eq!(provider.asked("GET /jwks"), 2);
    }
    assert_eq!(provider.asked("GET /.well-known/openid-configuration"), 1);
}

/// FE-1: where a provider does not take the secret that it is shown, people are told whom to tell, and staff what it is about.
#[tokio::test]
async fn a_wrong_secret_is_told_to_be_one() {
    let (w, provider) = linked("social").await;
    let admin = w.signed_in("admin").await;
    let wrong = provider.as_set_up(&json!({"client_secret": "wrong", "mode": "social"}));
    admin.call("PUT", "/admin/providers/theirs", &wrong).await.is(200);
    let browser = w.browser();
    let page = round(&browser, &provider, MARIA).await.is(401).text;
    assert!(page.contains("does not let this site ask who you are") && page.contains("href=\"/sign-in\""), "{page}");
    assert_eq!(browser.who().await, None);
    let audit = admin.get("/admin/audit?what=sign_in.refused").await.ok();
    let details = &audit["items"][0]["details"];
    assert_eq!((&details["reason"], &details["provider"]), (&json!("client_refused"), &json!("theirs")), "{audit}");
}

/// FE-1: while a provider is down, our own door is open; those who came by it stay in, and come by it again when it is back.
#[tokio::test]
async fn a_certified_provider_stops() {
    let (w, mut provider) = linked("social").await;
    let before = w.browser();
    assert_eq!(round(&before, &provider, MARIA).await.leads_to(), "/account");
    let late = w.browser();
    let way = late.open("/sign-in/with/theirs").await.leads_to().to_owned();
    let back = provider.is_signed_in_to(&w, &way, MARIA).await;
    provider.peer.stop();
    let page = late.open(&back).await.is(503);
    assert!(page.text.contains("does not answer just now"), "{}", page.text);
    // What is known of it has grown old: it is asked anew.
    w.advance(600).await;
    w.browser().get("/sign-in/with/theirs").await.problem(503, "provider_away");
    assert_eq!(before.who().await.as_deref(), Some("maria"));
    assert_eq!(w.signed_in("maria").await.who().await.as_deref(), Some("maria"));
}
