//! The sign-in box on a page of another site (IN-9), in a browser.

use std::time::{Duration, Instant};

use domain::instance::Instance;
use serde_json::Value;
use service::store::Named;
use vestibule::{PASSWORD, Site};

use crate::person::{ENTER, Person, TAB};

async fn site(person: &Person) -> Site {
    Site::beside(&person.local, 0).await.expect("it opens")
}

/// Types into the box what it asks for.
async fn signs_in_there(person: &Person, password: &str) {
    person.tabs_to("textbox Username or e-mail").await;
    person.types("maria").await;
    person.presses(TAB).await;
    person.stands_at("textbox Password").await;
    person.types(password).await;
    person.presses(ENTER).await;
}

/// IN-9, SI-7, OP-6: somebody signs in beside the news of a club, by keyboard; the box is gone, and the members' page is open.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_on_another_site() {
    let maria = Person::new().await;
    let site = site(&maria).await;
    maria.opens(&format!("{}/members", site.origin())).await;
    maria.arrives("/sign-in", "Members' harbour").await;
    maria.opens(&format!("{}/", site.origin())).await;
    maria.hears("textbox").await;
    let headings = maria.all("heading").await;
    assert!(headings.iter().any(|heading| heading.name == "Members' harbour"), "{headings:?}");
    maria.looks_at_every_screen("box").await;
    signs_in_there(&maria, "wrong").await;
    let alert = loop {
        let alert = maria.hears("alert").await;
        if !alert.text.is_empty() {
            break alert;
        }
    };
    assert!(alert.text.contains("could not sign you in"), "{alert:?}");
    maria.stands_at("textbox Password").await;
    maria.types(PASSWORD).await;
    maria.presses(ENTER).await;
    let began = Instant::now();
    while !maria.all("textbox").await.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the box does not go");
    }
    maria.opens(&format!("{}/members", site.origin())).await;
    maria.arrives_anywhere("Members' page").await;
    assert!(maria.all("main").await[0].text.contains("Maria Member"));
    // Whoever is signed in is not shown the box at all.
    maria.opens(&format!("{}/", site.origin())).await;
    maria.arrives_anywhere("Sailing club").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(maria.all("textbox").await.is_empty());
}

/// IN-9: where a browser keeps nothing for other sites, signing in leads through a page of ours and back.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_site_is_left_and_returned_to() {
    let maria = Person::new().await;
    let site = site(&maria).await;
    // Another host is another site: its pages get no cookies of ours.
    let foreign = site.origin().replace("localhost", "127.0.0.1");
    let instance = Instance { allowed_origins: vec![foreign.clone()], ..Instance::default() };
    maria.local.app().put_instance(&Named { id: "sailing".to_owned(), instance }, false).await.expect("it is put");
    maria.opens(&format!("{foreign}/")).await;
    maria.hears("textbox").await;
    maria.chromium.look("window.seen = true").await;
    signs_in_there(&maria, PASSWORD).await;
    let began = Instant::now();
    while maria.chromium.look("return window.seen && document.readyState").await != Value::Null {
        assert!(began.elapsed() < Duration::from_secs(20), "the page is not left");
    }
    maria.arrives_anywhere("Sailing club").await;
    maria.opens("/account").await;
    maria.arrives("/account", "Your account").await;
}

/// IN-9, OP-6: without scripts there is a link, which leads to the page and back.
#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_there_is_a_link() {
    let maria = Person::without_scripts().await;
    let site = site(&maria).await;
    maria.opens(&format!("{}/", site.origin())).await;
    maria.tabs_to("link Sign in").await;
    maria.presses(ENTER).await;
    maria.arrives("/sign-in", "Members' harbour").await;
    maria.types("maria").await;
    maria.presses(TAB).await;
    maria.types(PASSWORD).await;
    maria.presses(ENTER).await;
    maria.arrives_anywhere("Members' page").await;
}
