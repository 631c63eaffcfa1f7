//! The console in both languages, page by page: no sentence is the same in both unless it is data (OP-7).

use std::collections::{BTreeMap, BTreeSet};

use admin::RULES;
use serde_json::json;

use crate::world::{Browser, World};

/// What is the same in every language: what the sample people, the settings and this test say, and words that are the same.
const DATA: [&str; 34] = [
    "Harbour Association",
    "Ada Admin",
    "Sam Staff",
    "Paula Partner",
    "Maria Member",
    "Nora Quist",
    "Finn Family",
    "Faye Family",
    "Dora Disabled",
    "Rob Robot",
    "Blue House",
    "Quay Office",
    "Error",
    "HTML",
    "Normal",
    "PIN",
    "Social",
    "UTC",
    "English",
    "Español",
    "Your way in",
    "Hello",
    "North",
    "South",
    "Partner",
    "Safari",
    "Firefox",
    "Reset your",
    "We could not sign you in with these details.",
    "We could not make an account with these details.",
    "Where a mail",
    "buyer",
    "No",
    "no",
];

/// Attributes that people read or hear.
const ATTRIBUTES: [&str; 5] = ["aria-label", "data-label", "title", "placeholder", "alt"];

/// What people read and hear of a page.
fn said(page: &str) -> BTreeSet<String> {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let between = body.split('<').filter_map(|piece| piece.split_once('>').map(|(_, text)| text));
    let attributes = ATTRIBUTES.iter().flat_map(|name| {
        let start = format!(" {name}=\"");
        body.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>()
    });
    between.chain(attributes).map(|text| text.trim().to_owned()).filter(|text| is_words(text)).collect()
}

/// Words, and not an address, a key, a number or a moment.
fn is_words(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1
        && words.any(|word| {
            word.chars().any(char::is_alphabetic) && !word.contains(['@', '_', '/', '.', ':', '='])
                || word.ends_with(['.', ':'])
        })
}

/// What two pages say alike, but for data.
fn alike(english: &str, spanish: &str) -> BTreeSet<String> {
    assert!(english.contains("<html lang=\"en\">") && spanish.contains("<html lang=\"es\">"), "{spanish}");
    let (english, spanish) = (said(english), said(spanish));
    let both = english.intersection(&spanish);
    both.filter(|text| !DATA.iter().any(|word| text.contains(word))).cloned().collect()
}

/// Something of each kind, so that no list is empty; what stands for each placeholder, by the path before it.
async fn furnished(w: &World, admin: &Browser<'_>) -> BTreeMap<&'static str, String> {
    let made = async |path: &str, what: serde_json::Value| {
        let answer = admin.post(path, &what).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        w.settle().await;
        let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
        said["id"].as_str().unwrap_or_default().to_owned()
    };
    let location = made("/admin/locations", json!({"name": "Quay Office", "email": "quay@harbour.example"})).await;
    let provider = json!({"id": "blue", "name": "Blue House", "issuer": "https://id.example.org", "client_id": "us", "client_secret": "s3cret-of-blue", "mode": "social"});
    made("/admin/providers", provider).await;
    let client = json!({"id": "shop", "name": "Blue House", "redirect_uris": ["https://shop.example.org/back"]});
    made("/admin/clients", client).await;
    let paula = w.id_of("paula").await;
    made(&format!("/admin/users/{paula}/pin"), json!({})).await;
    made(&format!("/admin/users/{paula}/links"), json!({"provider": "blue", "subject": "42"})).await;
    let file =
        "kind,username,first_name,last_name,email,phone\ncontact,jay,Jay,Quay,maria@members.example,12\nwhat,,x,y,z,\n";
    let import = made("/admin/imports", json!({"format": "csv", "text": file})).await;
    let run = made("/admin/resends", json!({"target": "contacts", "filter": ""})).await;
    let layout =
        json!({"subject": "Hello", "html": "<p>!LINK! <a href=\"http://a.example\">a</a></p>", "text": "!LINK!"});
    for _ in 0..2 {
        admin.call("PUT", "/admin/layouts/password_link", &layout).await.is(200);
    }
    for attempts in [6, 7] {
        admin.call("PUT", "/admin/settings", &json!({"lock.attempts": attempts, "pin.channel": "all"})).await.is(200);
    }
    made("/forgot-password", json!({"username": "maria"})).await;
    let contacts = admin.get("/admin/contacts?q=nora").await.ok();
    let contact = contacts["items"][0]["id"].as_str().expect("Nora").to_owned();
    BTreeMap::from([
        ("/admin/users/", paula),
        ("/admin/contacts/", contact),
        ("/admin/locations/", location),
        ("/admin/providers/", "blue".to_owned()),
        ("/admin/clients/", "shop".to_owned()),
        ("/admin/instances/", "default".to_owned()),
        ("/admin/imports/", import),
        ("/admin/resends/", run),
        ("/admin/layouts/", "password_link".to_owned()),
    ])
}

/// Every route of the console that shows something, with what is looked at there besides.
fn paths(ids: &BTreeMap<&'static str, String>) -> Vec<String> {
    let shows = RULES.iter().filter(|rule| rule.method == "GET" && !rule.path.ends_with(".csv"));
    let filled = shows.map(|rule| match rule.path.split_once('{') {
        None => rule.path.to_owned(),
        Some((before, rest)) => {
            let id = ids.get(before).unwrap_or_else(|| panic!("nothing stands for {}", rule.path));
            format!("{before}{id}{}", rest.split_once('}').map_or("", |(_, rest)| rest))
        }
    });
    let areas = domain::settings::about::AREAS.iter().map(|(area, _)| format!("/admin/settings?area={area}"));
    let who = ["maria", "dora", "robot", "nobody-of-that-name", "family@members.example", "nora@members.example"];
    let explained = who.iter().map(|who| format!("/admin/explain?who={who}"));
    let more = [
        "/admin/users?q=nobody-of-that-name",
        "/admin/contacts?q=nobody-of-that-name",
        "/admin/mail?to=maria@members.example",
        "/admin/mail?to=nobody@members.example",
        "/admin/audit?q=nothing-of-that-name",
        "/admin?done=saved",
        "/admin/users/nobody",
        "/admin/stuck?filter=nothing",
    ];
    filled.chain(areas).chain(explained).chain(more.map(str::to_owned)).collect()
}

fn in_language(path: &str, language: &str) -> String {
    format!("{path}{}lang={language}", if path.contains('?') { '&' } else { '?' })
}

/// OP-7: each page of the console, in both languages.
#[tokio::test]
async fn no_page_of_the_console_says_the_same_in_both_languages() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let ids = furnished(&w, &admin).await;
    let (mut same, mut pages) = (BTreeSet::new(), 0);
    for path in paths(&ids) {
        let english = admin.open(&in_language(&path, "en")).await;
        if !english.header("content-type").starts_with("text/html") {
            continue;
        }
        let spanish = admin.open(&in_language(&path, "es")).await;
        assert_eq!(english.status, spanish.status, "{path}");
        same.extend(alike(&english.text, &spanish.text).into_iter().map(|text| format!("{path}: {text}")));
        pages += 1;
    }
    assert!(pages > 50, "{pages} pages");
    assert_eq!(same, BTreeSet::new());
}

/// OP-7: what a form of the console is told when it can't be taken, in both languages.
#[tokio::test]
async fn no_reason_of_the_console_is_the_same_in_both_languages() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let ids = furnished(&w, &admin).await;
    let user = format!("/admin/users/{}", ids["/admin/users/"]);
    let pin = format!("{user}/pin");
    let reset = format!("{user}/reset-password");
    let forms: [(&str, &[(&str, &str)]); 15] = [
        ("/admin/users", &[("email", "none"), ("locale", "-"), ("permissions", "\u{7}"), ("kind", "contact")]),
        ("/admin/users", &[("email", "paula@partner.example"), ("username", "a@b"), ("kind", "staff")]),
        ("/admin/contacts", &[("first_name", "")]),
        ("/admin/locations", &[("name", ""), ("email", "none")]),
        ("/admin/providers", &[("id", "Ö"), ("name", ""), ("issuer", "none"), ("mode", "social")]),
        (
            "/admin/providers",
            &[("id", "red"), ("name", ""), ("issuer", "none"), ("client_secret", "x"), ("mode", "social")],
        ),
        ("/admin/clients", &[("name", ""), ("redirect_uris", "none")]),
        ("/admin/instances", &[("allowed_origins", "none"), ("return_to", "none"), ("override_message", "true")]),
        ("/admin/imports", &[("format", "csv"), ("text", "name\r\nx")]),
        ("/admin/resends", &[("target", "users")]),
        ("/admin/layouts/password_link", &[("subject", ""), ("html", "!NOTHING!"), ("text", "")]),
        ("/admin/settings/difference", &[("area", "organisation"), ("organisation.country", "x"), ("version", "1")]),
        ("/admin/settings/difference", &[("area", "lock"), ("lock.attempts", "7000"), ("version", "1")]),
        (&pin, &[("ends_on", "2001-01-01"), ("uses", "0")]),
        (&reset, &[("password", "short"), ("password_again", "other")]),
    ];
    let mut same = BTreeSet::new();
    for (path, fields) in forms {
        let [english, spanish] = [
            admin.submit(&in_language(path, "en"), fields).await,
            admin.submit(&in_language(path, "es"), fields).await,
        ];
        assert_eq!((english.status, spanish.status), (422, 422), "{path} {fields:?}: {}", english.text);
        same.extend(alike(&english.text, &spanish.text).into_iter().map(|text| format!("{path}: {text}")));
    }
    assert_eq!(same, BTreeSet::new());
}
