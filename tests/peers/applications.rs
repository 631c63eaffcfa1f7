//! People go to an application (SE-7) that is none of ours: `openid-client`.

use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{PASSWORD, World};

const BACK: &str = "https://magazine.example/back";

/// An application that is known here: with a secret, or without.
async fn application(w: &World, public: bool) -> Peer {
    let new = json!({"id": "magazine", "name": "Members' magazine", "redirect_uris": [BACK], "public": public});
    let made = w.signed_in("admin").await.post("/admin/clients", &new).await.is(201).json();
    assert_eq!(made["client_secret"].is_string(), !public, "{made}");
    let about = json!({"issuer": w.origin(), "client_id": "magazine", "client_secret": made["client_secret"],
                       "redirect_uri": BACK});
    Peer::start(include_str!("application.mjs"), &about)
}

/// What it says of somebody who comes back to it.
async fn known(peer: &mut Peer, back: &str) -> Value {
    let before = peer.told().len();
    peer.tell(back);
    let answer = peer.tells(|line| line.starts_with('{')).await;
    assert_eq!(peer.told().len(), before + 1);
    serde_json::from_str(&answer).expect("JSON")
}

/// SE-7: a certified application, one that keeps a secret and one that can't, learns who somebody is.
#[tokio::test]
async fn a_certified_application_learns_who_somebody_is() {
    for public in [false, true] {
        let w = World::new().await;
        let mut peer = application(&w, public).await;
        let way = peer.tells(|line| line.starts_with(w.origin())).await;
        let browser = w.browser();
        let on = browser.open(way.strip_prefix(w.origin()).expect("it sends people here")).await.leads_to().to_owned();
        assert!(on.starts_with("/sign-in?return_to="), "{on}");
        browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
        let back = browser.open(&way[w.origin().len()..]).await.leads_to().to_owned();
        let known = known(&mut peer, &back).await;
        assert_eq!(known["claims"]["sub"], w.id_of("maria").await, "{known}");
        assert_eq!(known["claims"]["email"], "maria@members.example", "{known}");
        assert_eq!(known["told"]["preferred_username"], "maria", "{known}");
    }
}

/// SE-7: a code that was used is told to be so, in words that an application knows.
#[tokio::test]
async fn a_certified_application_understands_a_refusal() {
    let w = World::new().await;
    let mut peer = application(&w, false).await;
    let way = peer.tells(|line| line.starts_with(w.origin())).await;
    let browser = w.signed_in("maria").await;
    let back = browser.open(way.strip_prefix(w.origin()).expect("it sends people here")).await.leads_to().to_owned();
    w.advance(61).await;
    assert_eq!(known(&mut peer, &back).await["error"], "invalid_grant");
}
