//! The console in both languages, page by page: no sentence is the same in both unless it is data (OP-7).

use std::collections::{BTreeMap, BTreeSet};

use admin::RULES;
use serde_json::{Value, json};

use crate::world::{Browser, World};

/// Words that are the same in both languages, or stand in each for the other.
const WORDS: [&str; 14] = [
    "Amazon Cognito",
    "IndySoft",
    "Keycloak",
    "Lytho Workflow (inMotion)",
    "MinistryPlatform",
    "Error:",
    "Your organisation",
    "English",
    "Español",
    "HTML",
    "PIN",
    "Social",
    "Blue House",
    "Quay Office",
];

/// How what is written in a mail or a list begins that nobody translates: letters as they are sent, and the ends of identifiers.
const BEGINNINGS: [&str; 9] =
    ["!", "name ", "<p>", "Hello", "Your way in", "user …", "contact …", "mail …", "Harbour Association"];

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
    let plain =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    between.chain(attributes).map(|text| plain(text.trim())).filter(|text| are_words(text)).collect()
}

/// Two words, or one that begins as a sentence does; addresses, keys, numbers and moments are none.
fn are_words(text: &str) -> bool {
    let bare = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let is_word = |word: &&str| {
        word.chars().any(char::is_alphabetic) && !word.contains(|c: char| !c.is_alphabetic() && !"-'’".contains(c))
    };
    let words: Vec<&str> = bare.filter(is_word).collect();
    words.len() > 1 || words.first().is_some_and(|word| word.len() > 1 && word.starts_with(char::is_uppercase))
}

/// What is stored, as programs read it: whatever stands there is data.
async fn stored(admin: &Browser<'_>, import: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let names = domain::layout::Occasion::ALL.map(|occasion| occasion.name().replace('_', " "));
    all.extend(names);
    for path in
        ["/admin/users", "/admin/contacts", "/admin/layouts", "/admin/settings", "/admin/audit", "/admin/resends"]
    {
        strings(&admin.get(path).await.ok(), &mut all);
    }
    let rows = admin.get(&format!("/admin/imports/{import}")).await.ok();
    for row in rows["rows"].as_array().expect("rows") {
        strings(&row["reason"], &mut all);
    }
    all
}

fn strings(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(all.insert(text.trim().to_owned())),
        Value::Array(some) => some.iter().for_each(|one| strings(one, all)),
        Value::Object(some) => some.values().for_each(|one| strings(one, all)),
        _ => {}
    }
    if let Some(first) = value["first_name"].as_str() {
        all.insert(format!("{first} {}", value["last_name"].as_str().unwrap_or_default()));
    }
}

/// What two pages say alike, but for data.
fn alike(english: &str, spanish: &str, data: &BTreeSet<String>) -> BTreeSet<String> {
    assert!(english.contains("<html lang=\"en\">") && spanish.contains("<html lang=\"es\">"), "{spanish}");
    let (english, spanish) = (said(english), said(spanish));
    let is_data = |text: &&String| data.contains(*text) || BEGINNINGS.iter().any(|begins| text.starts_with(begins));
    english.intersection(&spanish).filter(|text| !is_data(text)).cloned().collect()
}

/// Something of each kind, so that no list is empty; what stands for each placeholder, by the path before it.
async fn furnished(w: &World, admin: &Browser<'_>) -> BTreeMap<&'static str, String> {
    let made = async |path: &str, what: Value| {
        let answer = admin.post(path, &what).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        w.settle().await;
        let said: Value = serde_json::from_str(&answer.text).unwrap_or_default();
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
    let shows = RULES.iter().filter(|rule| rule.method == "GET" && !rule.path.contains(".csv"));
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
    let data = stored(&admin, &ids["/admin/imports/"]).await;
    let (mut same, mut pages) = (BTreeSet::new(), 0);
    for path in paths(&ids) {
        let english = admin.open(&in_language(&path, "en")).await;
        if !english.header("content-type").starts_with("text/html") {
            continue;
        }
        let spanish = admin.open(&in_language(&path, "es")).await;
        assert_eq!(english.status, spanish.status, "{path}");
        same.extend(alike(&english.text, &spanish.text, &data).into_iter().map(|text| format!("{path}: {text}")));
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
    let data = stored(&admin, &ids["/admin/imports/"]).await;
    let user = format!("/admin/users/{}", ids["/admin/users/"]);
    let pin = format!("{user}/pin");
    let reset = format!("{user}/reset-password");
    let provider =
        [("issuer", "none"), ("client_id", ""), ("client_secret", ""), ("mode", "social"), ("amr", ""), ("acr", "")];
    let provider = [[("id", "red"), ("name", "")].as_slice(), &provider].concat();
    let instance = [("title", ""), ("site", ""), ("return_to", "none"), ("message", ""), ("override_message", "true")];
    let instance = [[("allowed_origins", "none")].as_slice(), &instance].concat();
    let forms: [(&str, &[(&str, &str)]); 13] = [
        ("/admin/users", &[("email", "none"), ("locale", "-"), ("permissions", "\u{7}"), ("kind", "contact")]),
        ("/admin/contacts", &[("first_name", "")]),
        ("/admin/locations", &[("name", ""), ("email", "none")]),
        ("/admin/providers", &provider),
        ("/admin/clients", &[("name", ""), ("redirect_uris", "none")]),
        ("/admin/instances", &instance),
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
        same.extend(alike(&english.text, &spanish.text, &data).into_iter().map(|text| format!("{path}: {text}")));
    }
    assert_eq!(same, BTreeSet::new());
}
