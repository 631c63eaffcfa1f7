//! The organisation's applications (SE-7): people sign in to them here, by OpenID Connect. What this product says is read by the
//! `openidconnect` crate, as an application would.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{CoreClient, CoreIdToken, CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::{ClientId, ClientSecret, Nonce};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{Answer, Browser, PASSWORD, World};

const BACK: &str = "https://magazine.example/back";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A machine with an application, and its secret.
pub(crate) async fn world() -> (World, String) {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"id": "magazine", "name": "Members' magazine", "redirect_uris": [BACK]});
    let made = admin.post("/admin/clients", &new).await.is(201).json();
    let secret = made["client_secret"].as_str().expect("a secret").to_owned();
    (w, secret)
}

/// What the magazine asks, with some of it in another way; `null` leaves it out.
fn asks(more: &Value) -> String {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER));
    let mut all = json!({
        "client_id": "magazine", "redirect_uri": BACK, "response_type": "code", "scope": "openid profile email access",
        "state": "st&te", "nonce": "n0nce", "code_challenge": challenge, "code_challenge_method": "S256",
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let given = all.as_object().unwrap().iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let mut at = Url::parse("https://here.example/openid/authorize").unwrap();
    at.query_pairs_mut().extend_pairs(given);
    format!("/openid/authorize?{}", at.query().unwrap())
}

/// What an address says in its query.
fn said(address: &str) -> BTreeMap<String, String> {
    Url::parse(address).expect("an address").query_pairs().into_owned().collect()
}

/// The code of somebody who is signed in.
pub(crate) async fn code(browser: &Browser<'_>, more: &Value) -> String {
    let back = browser.open(&asks(more)).await;
    let said = said(back.leads_to());
    said.get("code").unwrap_or_else(|| panic!("{said:?}")).clone()
}

pub(crate) async fn exchange(w: &World, secret: &str, more: &[(&str, &str)]) -> Answer {
    let mut form =
        BTreeMap::from([("grant_type", "authorization_code"), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]);
    form.extend(more.iter().copied());
    w.send(w.request("POST", "/openid/token").basic_auth("magazine", Some(secret)).form(&form)).await
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(error)), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// FE-3, SE-7: a provider's word is enough here, and is no second factor that was shown here: applications are not told of one.
#[tokio::test]
async fn a_provider_is_no_second_factor_to_applications() {
    let (w, provider) = crate::federated::linked(json!({}), "organisation").await;
    let admin = w.signed_in("admin").await;
    let new = json!({"id": "magazine", "name": "Members' magazine", "redirect_uris": [BACK]});
    let secret = admin.post("/admin/clients", &new).await.is(201).json()["client_secret"].as_str().unwrap().to_owned();
    let browser = w.browser();
    crate::federated::round(&browser, &provider, "").await;
    let code = code(&browser, &json!({})).await;
    let tokens = exchange(&w, &secret, &[("code", &code)]).await.is(200).json();
    let claims = tokens["id_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(claims["amr"], Value::Null, "{claims}");
}

/// SE-7: somebody comes from an application, signs in, and is back in it; it knows who they are.
#[tokio::test]
async fn somebody_signs_in_to_an_application() {
    let (w, secret) = world().await;
    let metadata: CoreProviderMetadata =
        serde_json::from_str(&w.get("/.well-known/openid-configuration").await.is(200).text).expect("metadata");
    assert_eq!(metadata.issuer().as_str(), w.origin());
    let browser = w.browser();
    let way = browser.open(&asks(&json!({}))).await.leads_to().to_owned();
    let target = said(&w.url(&way))["return_to"].clone();
    browser.open(&way).await.is(200);
    let signed = [("username", "maria"), ("password", PASSWORD), ("return_to", &*target)];
    let on = browser.submit("/sign-in", &signed).await.leads_to().to_owned();
    // A page of its own: a browser would not let the form's redirect lead to another site.
    let page = browser.open(&on).await.is(200).text;
    let (_, rest) = page.split_once("content=\"0; url=").expect("a page that goes on");
    let back = rest.split('"').next().unwrap().replace("&amp;", "&");
    assert!(back.starts_with(&format!("{BACK}?code=")), "{back}");
    assert_eq!((&*said(&back)["state"], &*said(&back)["iss"]), ("st&te", w.origin()));
    let code = &said(&back)["code"];
    let tokens = exchange(&w, &secret, &[("code", code)]).await.is(200).json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
    let keys: CoreJsonWebKeySet = serde_json::from_str(&w.get("/openid/keys").await.is(200).text).expect("keys");
    let token: CoreIdToken = tokens["id_token"].as_str().unwrap().parse().expect("an ID token");
    let (client, secret_of) = (ClientId::new("magazine".to_owned()), ClientSecret::new(secret.clone()));
    let application = CoreClient::from_provider_metadata(metadata.set_jwks(keys), client, Some(secret_of));
    let verifier = application.id_token_verifier();
    let claims = token.claims(&verifier, &Nonce::new("n0nce".to_owned())).expect("claims that can be believed");
    assert_eq!(claims.subject().as_str(), w.id_of("maria").await);
    assert!(claims.auth_time().is_some() && claims.email().unwrap().as_str() == "maria@members.example");
    let access = tokens["access_token"].as_str().unwrap();
    let told = w.send(w.request("GET", "/openid/userinfo").bearer_auth(access)).await.ok();
    assert_eq!((&told["preferred_username"], &told["kind"]), (&json!("maria"), &json!("contact")));
    assert_eq!(told["sub"], claims.subject().as_str());
    is_refused(&exchange(&w, &secret, &[("code", code)]).await, 400, "invalid_grant");
    let audit = w.signed_in("admin").await.get("/admin/audit?what=application.entered").await.ok();
    assert_eq!(
        (&audit["items"][0]["by"]["name"], &audit["items"][0]["details"]["client"]),
        (&json!("maria"), &json!("magazine"))
    );
}

/// SE-7, FE-1: another site of this very product takes it as its provider.
#[tokio::test]
async fn it_is_a_provider_to_its_like() {
    let (here, there) = (World::new().await, World::new().await);
    let back = there.url("/sign-in/callback");
    let new = json!({"id": "sister", "name": "Sister club", "redirect_uris": [back]});
    let made = here.signed_in("admin").await.post("/admin/clients", &new).await.is(201).json();
    let provider = json!({"id": "home", "name": "Home club", "issuer": here.origin(), "client_id": "sister",
                          "client_secret": made["client_secret"], "mode": "social"});
    there.signed_in("admin").await.post("/admin/providers", &provider).await.is(201);
    let (mine, theirs) = (here.signed_in("maria").await, there.browser());
    let way = theirs.open("/sign-in/with/home").await.leads_to().to_owned();
    let code = mine.open(way.strip_prefix(here.origin()).unwrap()).await.leads_to().to_owned();
    let landed = theirs.open(code.strip_prefix(there.origin()).unwrap()).await;
    assert_eq!(landed.leads_to(), "/sign-in/link");
    let page = theirs.open("/sign-in/link").await.is(200).text;
    assert!(page.contains("Home club"), "{page}");
}

/// SE-7: nobody is sent to an address that an application does not have; whatever else is wrong, the application is told.
#[tokio::test]
async fn what_can_not_be_asked_leads_nowhere_else() {
    let (w, _) = world().await;
    let browser = w.signed_in("maria").await;
    for lost in [
        json!({"client_id": "other"}),
        json!({"client_id": null}),
        json!({"client_id": "../settings"}),
        json!({"redirect_uri": "https://evil.example/back"}),
        json!({"redirect_uri": "https://magazine.example/back/"}),
        json!({"redirect_uri": "https://magazine.example/back?x=1"}),
        json!({"redirect_uri": null}),
    ] {
        browser.get(&asks(&lost)).await.problem(400, "unknown_application");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", asks(&json!({})));
    browser.get(&twice).await.problem(400, "unknown_application");
    for (wrong, error) in [
        (json!({"response_type": "token"}), "unsupported_response_type"),
        (json!({"response_type": null}), "unsupported_response_type"),
        (json!({"scope": "profile"}), "invalid_scope"),
        (json!({"code_challenge": null}), "invalid_request"),
        (json!({"code_challenge_method": "plain"}), "invalid_request"),
        (json!({"code_challenge_method": null}), "invalid_request"),
        (json!({"response_mode": "fragment"}), "invalid_request"),
        (json!({"request": "x.y.z"}), "request_not_supported"),
        (json!({"request_uri": "https://evil.example/r"}), "request_uri_not_supported"),
        (json!({"prompt": "none login"}), "invalid_request"),
        (json!({"max_age": "soon"}), "invalid_request"),
        (json!({"nonce": "n".repeat(513)}), "invalid_request"),
    ] {
        let back = browser.get(&asks(&wrong)).await;
        assert!(back.leads_to().starts_with(BACK), "{}", back.leads_to());
        let said = said(back.leads_to());
        assert_eq!((&*said["error"], &*said["state"], said.contains_key("code")), (error, "st&te", false), "{wrong}");
    }
    // A form of the application's leads to the same; one that is none can't be read.
    let form = [("client_id", "magazine"), ("redirect_uri", BACK), ("response_type", "token")];
    let on = w.send(w.request("POST", "/openid/authorize").form(&form)).await;
    assert!(browser.get(on.leads_to()).await.leads_to().contains("error=unsupported_response_type"));
    let twice = [("redirect_uri", "https://evil.example/"), ("redirect_uri", BACK), ("client_id", "magazine")];
    w.send(w.request("POST", "/openid/authorize").form(&twice)).await.problem(400, "unknown_application");
    w.send(w.request("POST", "/openid/authorize").body("x")).await.problem(415, "wrong_type");
    w.send(w.request("POST", "/openid/token").form(&[("code", "c".repeat(20_000))])).await.problem(413, "too_large");
}

/// SE-7: a code is good once, for whom it was made for, with its proof, for a minute.
#[tokio::test]
async fn a_code_is_good_once() {
    let (w, secret) = world().await;
    let (browser, admin) = (w.signed_in("maria").await, w.signed_in("admin").await);
    let raced = code(&browser, &json!({})).await;
    let shown = [("code", &*raced)];
    let all = futures_util::future::join_all((0..20).map(|_| exchange(&w, &secret, &shown))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1);
    // Shown again it has been copied: what came of it is over, and that is written down.
    let one = code(&browser, &json!({})).await;
    let tokens = exchange(&w, &secret, &[("code", &one)]).await.is(200).json();
    let asked = || w.send(w.request("GET", "/openid/userinfo").bearer_auth(tokens["access_token"].as_str().unwrap()));
    asked().await.is(200);
    is_refused(&exchange(&w, &secret, &[("code", &one)]).await, 400, "invalid_grant");
    is_refused(&asked().await, 401, "invalid_token");
    let told = admin.get("/admin/audit?what=application.refused&limit=1").await.ok();
    assert_eq!(told["items"][0]["details"]["reason"], "used_again", "{told}");
    assert_eq!(told["items"][0]["on"]["name"], "maria", "{told}");
    // Whoever shows it with the wrong proof has used it up.
    for wrong in [("code_verifier", "a".repeat(43)), ("redirect_uri", format!("{BACK}/"))] {
        let one = code(&browser, &json!({})).await;
        is_refused(&exchange(&w, &secret, &[("code", &one), (wrong.0, &wrong.1)]).await, 400, "invalid_grant");
        is_refused(&exchange(&w, &secret, &[("code", &one)]).await, 400, "invalid_grant");
    }
    let new = json!({"id": "shop", "name": "Shop", "redirect_uris": [BACK]});
    let shop = admin.post("/admin/clients", &new).await.is(201).json()["client_secret"].as_str().unwrap().to_owned();
    let one = code(&browser, &json!({})).await;
    let form =
        [("grant_type", "authorization_code"), ("redirect_uri", BACK), ("code_verifier", VERIFIER), ("code", &*one)];
    let other = w.request("POST", "/openid/token").basic_auth("shop", Some(&shop)).form(&form);
    is_refused(&w.send(other).await, 400, "invalid_grant");
    for rubbish in ["c.x.y", "", "s.01ARZ3NDEKTSV4RRFFQ69G5FAV.AAAA"] {
        let answer = exchange(&w, &secret, &[("code", rubbish)]).await;
        assert_eq!(answer.status, 400, "{rubbish}");
    }
    let short = exchange(&w, &secret, &[("code", &one), ("code_verifier", "short")]).await;
    is_refused(&short, 400, "invalid_request");
    let late = code(&browser, &json!({})).await;
    w.advance(61).await;
    is_refused(&exchange(&w, &secret, &[("code", &late)]).await, 400, "invalid_grant");
}

/// SE-7, SE-5: what ends somebody's sessions ends what an application was given.
#[tokio::test]
async fn whoever_is_switched_off_is_nobody_to_applications() {
    let (w, secret) = world().await;
    let (browser, admin, maria) = (w.signed_in("maria").await, w.signed_in("admin").await, w.id_of("maria").await);
    let (first, second) = (code(&browser, &json!({})).await, code(&browser, &json!({})).await);
    let tokens = exchange(&w, &secret, &[("code", &first)]).await.is(200).json();
    let access = tokens["access_token"].as_str().unwrap().to_owned();
    let asked = || w.send(w.request("GET", "/openid/userinfo").bearer_auth(&access));
    asked().await.is(200);
    admin.call("PATCH", &format!("/admin/users/{maria}"), &json!({"disabled": true})).await.is(200);
    is_refused(&asked().await, 401, "invalid_token");
    is_refused(&exchange(&w, &secret, &[("code", &second)]).await, 400, "invalid_grant");
    is_refused(&w.send(w.request("GET", "/openid/userinfo").bearer_auth("k1.AAAA")).await, 401, "invalid_token");
    is_refused(&w.get("/openid/userinfo").await, 401, "invalid_token");
    // Signing out ends what came of that session, and of no other.
    let (here, there) = (w.signed_in("paula").await, w.signed_in("paula").await);
    let mut ways = Vec::new();
    for browser in [&here, &there] {
        let one = code(browser, &json!({})).await;
        let tokens = exchange(&w, &secret, &[("code", &one)]).await.is(200).json();
        ways.push(tokens["access_token"].as_str().unwrap().to_owned());
    }
    let unused = code(&here, &json!({})).await;
    here.post("/sign-out", &json!({})).await.is(204);
    is_refused(&w.send(w.request("GET", "/openid/userinfo").bearer_auth(&ways[0])).await, 401, "invalid_token");
    w.send(w.request("GET", "/openid/userinfo").bearer_auth(&ways[1])).await.is(200);
    is_refused(&exchange(&w, &secret, &[("code", &unused)]).await, 400, "invalid_grant");
    // An access token opens nothing else, and its time is short.
    let robin = w.signed_in("sam").await;
    let third = code(&robin, &json!({})).await;
    let tokens = exchange(&w, &secret, &[("code", &third)]).await.is(200).json();
    let other = tokens["access_token"].as_str().unwrap();
    w.send(w.request("GET", "/admin/contacts").bearer_auth(other)).await.problem(401, "signed_out");
    w.advance(301).await;
    is_refused(&w.send(w.request("GET", "/openid/userinfo").bearer_auth(other)).await, 401, "invalid_token");
}

/// SE-7: an application proves who it is, unless it can't keep a secret.
#[tokio::test]
async fn an_application_proves_itself() {
    let (w, secret) = world().await;
    let (browser, admin) = (w.signed_in("maria").await, w.signed_in("admin").await);
    let one = code(&browser, &json!({})).await;
    is_refused(&exchange(&w, "wrong", &[("code", &one)]).await, 401, "invalid_client");
    let form = |more: &[(&'static str, String)]| {
        let mut all = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("redirect_uri", BACK.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
            ("code", one.clone()),
        ];
        all.extend(more.iter().cloned());
        all
    };
    let magazine = ("client_id", "magazine".to_owned());
    for shown in [vec![], vec![magazine.clone()], vec![magazine.clone(), ("client_secret", "wrong".to_owned())]] {
        let answer = w.send(w.request("POST", "/openid/token").form(&form(&shown))).await;
        is_refused(&answer, 401, "invalid_client");
    }
    let both = w.request("POST", "/openid/token").basic_auth("magazine", Some(&secret));
    is_refused(&w.send(both.form(&form(&[("client_secret", secret.clone())]))).await, 401, "invalid_client");
    is_refused(
        &exchange(&w, &secret, &[("code", &one), ("grant_type", "password")]).await,
        400,
        "unsupported_grant_type",
    );
    // Another secret takes the place of the one before, at once.
    let renewed = admin.post("/admin/clients/magazine/secret", &json!({})).await.is(200).json();
    is_refused(&exchange(&w, &secret, &[("code", &one)]).await, 401, "invalid_client");
    let posted = form(&[magazine.clone(), ("client_secret", renewed["client_secret"].as_str().unwrap().to_owned())]);
    w.send(w.request("POST", "/openid/token").form(&posted)).await.is(200);
    // What runs in a browser shows its code alone, from its own origin.
    let public = json!({"name": "App", "redirect_uris": ["http://localhost:3000/back"], "public": true});
    let app = admin.post("/admin/clients", &public).await.is(201).json();
    assert!(app["client_secret"].is_null() && app["has_secret"] == false, "{app}");
    let id = app["id"].as_str().unwrap();
    let own = code(&browser, &json!({"client_id": id, "redirect_uri": "http://localhost:3000/back"})).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", "http://localhost:3000/back"),
        ("code_verifier", VERIFIER),
        ("code", &*own),
        ("client_id", id),
    ];
    let answer = w.send(w.request("POST", "/openid/token").form(&form)).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    admin.post(&format!("/admin/clients/{id}/secret"), &json!({})).await.problem(409, "public_client");
}

/// SE-7: an application may want nobody to be asked, or somebody to be asked again.
#[tokio::test]
async fn an_application_says_how_fresh_a_sign_in_is() {
    let (w, secret) = world().await;
    let (nobody, browser) = (w.browser(), w.signed_in("maria").await);
    let silent = nobody.open(&asks(&json!({"prompt": "none"}))).await;
    assert_eq!(said(silent.leads_to())["error"], "login_required");
    code(&browser, &json!({"prompt": "none", "max_age": "60"})).await;
    w.advance(90).await;
    let old = browser.open(&asks(&json!({"prompt": "none", "max_age": "60"}))).await;
    assert_eq!(said(old.leads_to())["error"], "login_required");
    for wish in [json!({"max_age": "60"}), json!({"prompt": "login"})] {
        let page = browser.open(&asks(&wish)).await.is(200).text;
        assert!(page.contains("Please sign in again") && page.contains("Members' magazine"), "{page}");
    }
    assert_eq!(browser.who().await.as_deref(), Some("maria"), "a link from elsewhere ends nothing");
    let request = asks(&json!({"prompt": "login"})).split_once('?').unwrap().1.to_owned();
    let forged =
        w.request("POST", "/openid/again").header("origin", "https://evil.example").form(&[("request", &request)]);
    browser.send(forged).await.problem(403, "wrong_origin");
    let way = browser.submit("/openid/again", &[("request", &request)]).await.leads_to().to_owned();
    assert_eq!(browser.who().await, None);
    let target = said(&w.url(&way))["return_to"].clone();
    let signed = [("username", "maria"), ("password", PASSWORD), ("return_to", &*target)];
    let on = browser.submit("/sign-in", &signed).await.leads_to().to_owned();
    let page = browser.open(&on).await.is(200).text;
    let back = page.split_once("url=").unwrap().1.split('"').next().unwrap().replace("&amp;", "&");
    exchange(&w, &secret, &[("code", &said(&back)["code"])]).await.is(200);
}

/// SE-7, AD-1: administrators keep the applications, by forms and by programs; a secret is shown once.
#[tokio::test]
async fn administrators_keep_the_applications() {
    let (w, secret) = world().await;
    let admin = w.signed_in("admin").await;
    let kept = admin.get("/admin/clients/magazine").await.is(200);
    assert!(!kept.text.contains(&secret) && kept.json()["has_secret"] == true, "{}", kept.text);
    let same = json!({"name": "Magazine", "redirect_uris": [BACK, "http://localhost:1/"]});
    admin
        .post("/admin/clients", &json!({"id": "magazine", "name": "A", "redirect_uris": [BACK]}))
        .await
        .problem(409, "name_taken");
    let put = admin.request("PUT", "/admin/clients/magazine").header("origin", w.origin()).json(&same);
    admin.send(put.header("if-match", "\"7\"")).await.problem(412, "stale");
    admin.call("PUT", "/admin/clients/magazine", &same).await.is(200);
    let noted = admin.get("/admin/audit?what=client.changed").await.ok();
    assert_eq!(noted["items"][0]["details"]["changed"], "name redirect_uris", "{noted}");
    for (wrong, field) in [
        (json!({"name": "", "redirect_uris": [BACK]}), "name"),
        (json!({"name": "A"}), "redirect_uris"),
        (json!({"name": "A", "redirect_uris": ["http://magazine.example/"]}), "redirect_uris"),
        (json!({"id": "No name", "name": "A", "redirect_uris": [BACK]}), "id"),
    ] {
        let problem = admin.post("/admin/clients", &wrong).await.problem(422, "rejected");
        assert!(problem["errors"][field].is_array(), "{problem}");
    }
    let page =
        admin.submit("/admin/clients", &[("name", "Shop"), ("redirect_uris", BACK), ("id", "shop")]).await.is(200).text;
    assert!(page.contains("shown only now"), "{page}");
    assert!(!admin.open("/admin/clients/shop").await.is(200).text.contains("shown only now"));
    let refused =
        admin.submit("/admin/clients", &[("name", "Shop"), ("redirect_uris", "x"), ("public", "true")]).await.is(422);
    assert!(refused.text.contains("Please look at this again"), "{}", refused.text);
    admin
        .submit("/admin/clients/shop", &[("name", "Shop"), ("redirect_uris", BACK), ("disabled", "true")])
        .await
        .leads_to();
    let browser = w.signed_in("maria").await;
    browser.get(&asks(&json!({"client_id": "shop"}))).await.problem(400, "unknown_application");
    assert_eq!(admin.submit("/admin/clients/shop/remove", &[]).await.leads_to(), "/admin/clients?done=removed");
    assert_eq!(admin.get("/admin/clients").await.ok()["items"].as_array().unwrap().len(), 1);
    let staff = w.signed_in("sam").await;
    staff.get("/admin/clients").await.problem(403, "not_allowed");
    assert!(!admin.get("/admin/audit?limit=100").await.ok().to_string().contains(&secret));
}
