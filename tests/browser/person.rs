//! Somebody in front of a browser, and a Vestibule of their own to visit.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vestibule::{Local, Options};

use crate::chromium::Chromium;
use crate::screen_reader::{Thing, listen};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long between two looks at whether it has happened.
const PAUSE: Duration = Duration::from_millis(20);

/// Keys without a letter, as WebDriver writes them (17.4.2).
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";

/// The person: uses the keyboard only, and knows of a page what a screen reader says.
pub(crate) struct Person {
    pub(crate) chromium: Chromium,
    pub(crate) local: Local,
    pub(crate) scripts: bool,
}

impl Person {
    pub(crate) async fn new() -> Self {
        Self::with(json!({}), true).await
    }

    pub(crate) async fn without_scripts() -> Self {
        Self::with(json!({}), false).await
    }

    /// With these settings changed, and with or without scripts.
    pub(crate) async fn with(settings: Value, scripts: bool) -> Self {
        let settings = settings.as_object().cloned().unwrap_or_default();
        let options = Options { settings, ..Options::default() };
        let (local, chromium) = tokio::join!(Local::start(options), Chromium::start(scripts));
        Self { chromium, local: local.expect("it starts"), scripts }
    }

    /// Types an address into the address bar.
    pub(crate) async fn opens(&self, path: &str) {
        let address = if path.starts_with('/') { format!("{}{path}", self.local.origin()) } else { path.to_owned() };
        self.chromium.open(&address).await;
    }

    /// Waits until a page is there: under this path, with this heading.
    pub(crate) async fn arrives(&self, path: &str, heading: &str) {
        self.waits_for(heading, |at| at == path).await;
    }

    /// Waits until a page with this heading is there.
    pub(crate) async fn arrives_anywhere(&self, heading: &str) {
        self.waits_for(heading, |_| true).await;
    }

    async fn waits_for(&self, heading: &str, right: impl Fn(&str) -> bool) {
        let (mut seen, began) = (String::new(), Instant::now());
        while began.elapsed() < PATIENCE {
            let (at, headings) = (self.address().await, self.all("heading").await);
            if right(&at) && headings.first().is_some_and(|first| first.name == heading) && self.is_loaded().await {
                return;
            }
            seen = format!("{at} {headings:?}");
            tokio::time::sleep(PAUSE).await;
        }
        panic!("\"{heading}\" is expected, and this is seen: {seen}");
    }

    /// The path in the address bar.
    async fn address(&self) -> String {
        let address = self.chromium.address().await;
        let path = address.strip_prefix(self.local.origin()).unwrap_or(&address);
        path.split('?').next().unwrap_or_default().to_owned()
    }

    async fn is_loaded(&self) -> bool {
        self.chromium.look("return document.readyState").await == "complete"
    }

    /// All things of a kind on the page.
    pub(crate) async fn all(&self, role: &str) -> Vec<Thing> {
        listen(&self.chromium).await.into_iter().filter(|thing| thing.role == role).collect()
    }

    /// Waits until there is a thing of a kind, such as the `alert` of a page that is about to come.
    pub(crate) async fn hears(&self, role: &str) -> Thing {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(thing) = self.all(role).await.into_iter().next() {
                return thing;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("no {role} is heard")
    }

    /// Waits until the page says something.
    pub(crate) async fn is_told(&self, words: &str) {
        let (mut seen, began) = (String::new(), Instant::now());
        while began.elapsed() < PATIENCE {
            seen = self.all("main").await.first().map(|main| main.text.clone()).unwrap_or_default();
            if seen.contains(words) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("\"{words}\" is expected, and this is read: {seen}");
    }

    /// Where the keyboard is: what it is and, if it has a name, what it is called.
    async fn is_at(&self) -> String {
        let focused = listen(&self.chromium).await.into_iter().rfind(|thing| thing.focused);
        focused.map_or_else(String::new, |thing| format!("{} {}", thing.role, thing.name).trim_end().to_owned())
    }

    /// Waits until the keyboard is at a thing, such as `button Sign in`, where it can be seen (WCAG 2.4.7).
    pub(crate) async fn stands_at(&self, thing: &str) {
        let (mut at, began) = (self.is_at().await, Instant::now());
        while at != thing {
            assert!(began.elapsed() < PATIENCE, "the keyboard should be at {thing}, and is at {at}");
            tokio::time::sleep(PAUSE).await;
            at = self.is_at().await;
        }
        if thing != "alert" {
            self.sees_the_focus().await;
        }
    }

    pub(crate) async fn presses(&self, key: &str) {
        self.chromium.strike(key).await;
    }

    pub(crate) async fn types(&self, text: &str) {
        self.chromium.strike(text).await;
    }

    /// Presses Tab until the keyboard is at a thing; each stop on the way can be seen.
    pub(crate) async fn tabs_to(&self, thing: &str) {
        let mut stops = vec![self.is_at().await];
        while stops.last().is_none_or(|stop| stop != thing) {
            assert!(stops.len() < 20, "{thing} is not reached by Tab: {stops:?}");
            self.presses(TAB).await;
            stops.push(self.is_at().await);
            self.sees_the_focus().await;
        }
    }

    async fn sees_the_focus(&self) {
        let seen = "let e = document.activeElement; while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; \
            const s = getComputedStyle(e); return s.outlineStyle != 'none' || s.boxShadow != 'none'";
        assert_eq!(self.chromium.look(seen).await, true, "the focus is not visible at {}", self.is_at().await);
    }

    /// Signs in from the sign-in page, as people do: type, Tab, type, Enter.
    pub(crate) async fn signs_in(&self, username: &str, password: &str) {
        self.opens("/sign-in").await;
        self.arrives("/sign-in", "Sign in").await;
        self.types(username).await;
        self.tabs_to("textbox Password").await;
        self.types(password).await;
        self.presses(ENTER).await;
    }

    /// Opens the newest mail to an address on the page of caught mail, and reads a link in it.
    pub(crate) async fn finds_in_mail(&self, address: &str, link: &str) -> String {
        self.local.settle().await;
        self.opens(&format!("/_local/mail?to={address}")).await;
        self.arrives("/_local/mail", "Caught mail").await;
        let mails = self.all("link").await;
        let newest = mails.first().unwrap_or_else(|| panic!("no mail to {address}"));
        self.tabs_to(&format!("link {}", newest.name)).await;
        self.presses(ENTER).await;
        self.arrives_anywhere(&newest.name).await;
        let links = self.all("link").await;
        let found = links.iter().find(|thing| thing.name.contains(link));
        found.unwrap_or_else(|| panic!("no {link} in {links:?}")).name.clone()
    }
}
