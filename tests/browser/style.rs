//! Every part that pages are made of, in every state: what must hold of a page holds of each of them.

use crate::person::Person;

/// OP-6, OP-7: the parts of both kinds of pages, in both languages, on every screen.
#[tokio::test(flavor = "multi_thread")]
async fn every_part_is_for_everybody() {
    let somebody = Person::new().await;
    for (path, name, english, spanish) in [
        ("/_local/style", "style-door", "Parts of the door", "Piezas de la puerta"),
        ("/_local/style/console", "style-console", "Parts of the console", "Piezas de la consola"),
    ] {
        for (language, heading) in [("en", english), ("es", spanish)] {
            somebody.opens(&format!("{path}?lang={language}")).await;
            somebody.arrives(path, heading).await;
            somebody.looks_at_every_screen(&format!("{name}-{language}")).await;
        }
    }
}

/// PW-2, OP-6: the meter says how a password does while it is typed.
#[tokio::test(flavor = "multi_thread")]
async fn the_meter_says_how_a_password_does() {
    let somebody = Person::new().await;
    somebody.opens("/_local/style").await;
    somebody.arrives("/_local/style", "Parts of the door").await;
    let level = "return document.querySelector('.strength').dataset.level ?? ''";
    let mut seen = Vec::new();
    for typed in ["harbour", "-lantern-on-the-quay"] {
        somebody.chromium.look("document.getElementById('new_password').focus()").await;
        somebody.types(typed).await;
        seen.push(somebody.chromium.look(level).await.as_str().and_then(|level| level.parse::<u8>().ok()));
        somebody.looks_at_every_screen(&format!("style-meter-{}", seen.len())).await;
    }
    assert!(seen[0].is_some() && seen[0] < seen[1], "{seen:?}");
}
