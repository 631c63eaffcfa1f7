//! The organisation's applications, and providers that people come from (SE-7, FE-1), in a browser: set up in the console, and used.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::client::Client;
use serde_json::Value;
use service::store::KeptClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use vestibule::PASSWORD;

use crate::person::{ENTER, Person, TAB};

/// What an application shows beside its request is of no matter to a browser.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An application on this machine: it says who came back, and what with.
struct Application {
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// How often it is not there yet.
    away: Arc<AtomicUsize>,
}

impl Application {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let this = Self { origin, asked: Arc::default(), away: Arc::default() };
        let (asked, away) = (Arc::clone(&this.asked), Arc::clone(&this.away));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&asked), Arc::clone(&away)));
            }
        });
        this
    }

    fn back(&self) -> String {
        format!("{}/back", self.origin)
    }

    /// Where it sends people.
    fn way(&self, more: &str) -> String {
        let back = self.back().replace(':', "%3A").replace('/', "%2F");
        format!(
            "/openid/authorize?client_id=magazine&redirect_uri={back}&response_type=code&scope=openid&state=mine\
             &code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
        )
    }

    /// It is known here.
    async fn is_known(&self, person: &Person) {
        let client =
            Client { name: "Members' magazine".to_owned(), redirect_uris: vec![self.back()], ..Client::default() };
        let kept = KeptClient { id: "magazine".to_owned(), client, secret: None, version: 1 };
        assert!(person.local.app().store.put_client(&kept).await.expect("it is put"));
    }

    /// How people came back to it, in order.
    fn came(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(mut stream: TcpStream, asked: Arc<Mutex<Vec<String>>>, away: Arc<AtomicUsize>) -> Option<()> {
    let (mut head, mut buffer) = (String::new(), [0; 4_096]);
    while !head.contains("\r\n\r\n") {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        head.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let path = head.split(' ').nth(1)?.to_owned();
    if path.starts_with("/back") {
        asked.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }
    let is_away = away.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
    let (status, page) = if is_away { ("204 Nothing", "") } else { ("200 OK", "<h1>The newest issue</h1>") };
    let kind = "content-type: text/html\r\nconnection: close";
    let text = format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\n\r\n{page}", page.len());
    stream.write_all(text.as_bytes()).await.ok()
}

/// Comes from the application and types what the sign-in page asks for.
async fn comes_from_it(maria: &Person, application: &Application) {
    maria.opens(&application.way("")).await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.types("maria").await;
    maria.presses(TAB).await;
    maria.stands_at("textbox Password").await;
    maria.types(PASSWORD).await;
    maria.presses(ENTER).await;
}

/// SE-7, OP-6: somebody comes from an application, signs in, and is back in it without another press; the next time at once.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_goes_on_to_an_application() {
    for maria in [Person::new().await, Person::without_scripts().await] {
        let application = Application::start().await;
        application.is_known(&maria).await;
        comes_from_it(&maria, &application).await;
        maria.arrives_anywhere("The newest issue").await;
        maria.opens(&application.way("")).await;
        maria.arrives_anywhere("The newest issue").await;
        let came = application.came();
        assert!(
            came.len() == 2 && came.iter().all(|path| path.contains("code=") && path.contains("state=mine")),
            "{came:?}"
        );
    }
}

/// SE-7, OP-6: where the application is slow to answer, or wants somebody to sign in anew, a page says what goes on.
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_on_the_way_to_an_application_say_what_they_are() {
    let maria = Person::new().await;
    let application = Application::start().await;
    application.is_known(&maria).await;
    application.away.store(1, Ordering::Relaxed);
    comes_from_it(&maria, &application).await;
    maria.arrives("/openid/authorize", "On to Members' magazine").await;
    maria.looks_at_every_screen("application-onward").await;
    maria.tabs_to("link Go on").await;
    maria.presses(ENTER).await;
    maria.arrives_anywhere("The newest issue").await;
    maria.opens(&application.way("&prompt=login")).await;
    maria.arrives("/openid/authorize", "Please sign in again").await;
    maria.looks_at_every_screen("application-again").await;
    maria.tabs_to("button Sign in again").await;
    maria.presses(ENTER).await;
    maria.arrives("/sign-in", "Sign in").await;
    maria.opens("/openid/authorize?client_id=nobody").await;
    maria.arrives("/openid/authorize", "This application is not known").await;
    maria.looks_at_every_screen("application-unknown").await;
}

/// SE-7, AD-1, OP-6: an administrator adds an application by keyboard, reads its secret once, and makes it another one.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_adds_an_application() {
    let ada = Person::new().await;
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    ada.opens("/admin/clients").await;
    ada.arrives_anywhere("Applications").await;
    ada.looks_at_every_screen("console-clients-none").await;
    ada.skips_to("link New application").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/clients/new", "New application").await;
    ada.skips_to("textbox Name").await;
    ada.types("Members' magazine").await;
    ada.tabs_to("textbox Addresses that it gets people back at").await;
    ada.types("http://magazine.example/back").await;
    ada.tabs_to("button Save").await;
    ada.presses(ENTER).await;
    ada.hears("alert").await;
    ada.looks_at_every_screen("console-client-wrong").await;
    ada.chromium.look("document.querySelector('[name=redirect_uris]').focus()").await;
    ada.empties().await;
    ada.types("https://magazine.example/back").await;
    ada.tabs_to("button Save").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Members' magazine").await;
    assert!(ada.hears("status").await.text.contains("shown only now"));
    ada.looks_at_every_screen("console-client-made").await;
    ada.opens("/admin/clients").await;
    ada.arrives_anywhere("Applications").await;
    ada.looks_at_every_screen("console-clients").await;
    ada.skips_to("link Members' magazine").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Members' magazine").await;
    assert!(!ada.reads().await.contains("shown only now"));
    ada.looks_at_every_screen("console-client").await;
}

/// FE-1, AD-1, OP-6: an administrator sets a provider up; people find its button, and are told where it does not answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_a_provider_up() {
    let ada = Person::new().await;
    ada.signs_in("admin", PASSWORD).await;
    ada.arrives("/account", "Your account").await;
    ada.opens("/admin/providers").await;
    ada.arrives_anywhere("Providers").await;
    ada.looks_at_every_screen("console-providers-none").await;
    ada.skips_to("link New provider").await;
    ada.presses(ENTER).await;
    ada.arrives("/admin/providers/new", "New provider").await;
    ada.looks_at_every_screen("console-provider-new").await;
    ada.skips_to("textbox Button").await;
    ada.types("Harbour Login").await;
    for (field, typed) in [
        ("textbox Issuer", "http://login.example"),
        ("textbox Client id", "vestibule"),
        ("textbox Client secret", "between the two"),
    ] {
        ada.tabs_to(field).await;
        ada.types(typed).await;
    }
    ada.presses(ENTER).await;
    ada.hears("alert").await;
    ada.looks_at_every_screen("console-provider-wrong").await;
    assert_eq!(ada.chromium.look("return document.querySelector('[name=client_secret]').value").await, Value::from(""));
    ada.chromium.look("document.querySelector('[name=issuer]').focus()").await;
    ada.empties().await;
    // Nobody listens there.
    ada.types("http://127.0.0.1:1").await;
    ada.tabs_to("textbox Client secret").await;
    ada.types("between the two").await;
    ada.presses(ENTER).await;
    ada.arrives_anywhere("Harbour Login").await;
    ada.looks_at_every_screen("console-provider").await;
    ada.opens("/admin/providers").await;
    ada.arrives_anywhere("Providers").await;
    ada.looks_at_every_screen("console-providers").await;
    people_find_it(&ada).await;
}

async fn people_find_it(ada: &Person) {
    ada.opens("/account").await;
    ada.arrives("/account", "Your account").await;
    ada.tabs_to("button Sign out").await;
    ada.presses(ENTER).await;
    ada.arrives("/sign-in", "Sign in").await;
    ada.looks_at_every_screen("sign-in-with-a-provider").await;
    ada.tabs_to("link Harbour Login").await;
    ada.presses(ENTER).await;
    ada.is_told("“Harbour Login” does not answer just now.").await;
    ada.looks_at_every_screen("provider-away").await;
}
