//! A whole Vestibule for one test, asked over HTTP as a browser or a program would: started in memory on a free port, or,
//! where `VESTIBULE_DEPLOYED` says so, the deployment there, emptied first.

use std::ops::Deref;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{ACCEPT, COOKIE, HeaderMap, IF_MATCH, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use serde_json::{Map, Value, json};
use vestibule::{Closed, Local, Options};

/// The password of all sample users.
pub(crate) const PASSWORD: &str = "harbour-lantern-42";

/// The running product.
pub(crate) struct World {
    /// The machine, for tests that move its clock or break its parts.
    pub(crate) local: Levers,
    origin: String,
    http: reqwest::Client,
}

/// What a machine has and a deployment has not. A test that needs it does not stand in `deployed.txt`.
pub(crate) struct Levers(Option<Local>);

impl Deref for Levers {
    type Target = Local;

    fn deref(&self) -> &Local {
        self.0.as_ref().expect("a deployment has no levers: this test must not stand in tests/deployed.txt")
    }
}

impl Levers {
    pub(crate) async fn stop(self) {
        self.0.expect("a machine").stop().await;
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl World {
    /// The sample organisation.
    pub(crate) async fn new() -> Self {
        Self::with(json!({})).await
    }

    /// The sample organisation with some settings changed.
    pub(crate) async fn with(settings: Value) -> Self {
        let Value::Object(settings) = settings else { panic!("settings are an object") };
        Self::start(Options { settings, ..options() }).await
    }

    /// The sample organisation, where PINs can be used on pages and by programs.
    pub(crate) async fn with_pins() -> Self {
        Self::with(json!({"pin.channel": "all"})).await
    }

    /// Nobody yet.
    pub(crate) async fn empty() -> Self {
        Self::start(Options { empty: true, settings: organisation(), ..options() }).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = client.timeout(Duration::from_secs(30)).build().expect("a client");
        if let Ok(origin) = std::env::var("VESTIBULE_DEPLOYED") {
            let world = Self { local: Levers(None), origin, http };
            world.send(world.request("POST", "/_local/empty")).await.is(204);
            let app = service::App::from_env().expect("the environment of a function");
            vestibule::fill(&app, &options).await.expect("the people and settings");
            return world;
        }
        // What an import writes to people is sent by the machine that made it.
        let stays = options.data.is_some() || options.restore.is_some() || options.import.is_some();
        let moves = !stays && std::env::var_os("VESTIBULE_MOVED").is_some();
        let local = if moves { elsewhere(options).await } else { Local::start(options).await.expect("it starts") };
        if std::env::var_os("VESTIBULE_BEHIND").is_some() {
            // Every read that may be a moment late is: what differs then is a decision made by such a read.
            local.fall_behind().await.expect("a second database");
        }
        let origin = local.origin().to_owned();
        Self { local: Levers(Some(local)), origin, http }
    }

    /// Where it answers.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A request to be filled in further.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        self.http.request(method, self.url(path))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a whole answer") }
    }

    /// A program's GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// A program's POST of JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("POST", path).header(ORIGIN, self.origin()).json(body)).await
    }

    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Answer {
        self.post("/sign-in", &json!({"username": username, "password": password})).await
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookies: Mutex::default() }
    }

    /// A browser in which somebody has signed in.
    pub(crate) async fn signed_in(&self, username: &str) -> Browser<'_> {
        let browser = self.browser();
        let answer = browser.post("/sign-in", &json!({"username": username, "password": PASSWORD})).await;
        answer.ok();
        browser
    }

    /// The id of a sample user.
    pub(crate) async fn id_of(&self, username: &str) -> String {
        let session = self.signed_in(username).await.get("/session").await.ok();
        session["user"]["id"].as_str().expect("an id").to_owned()
    }

    /// Waits until all that was written has been delivered.
    pub(crate) async fn settle(&self) {
        match &self.local.0 {
            Some(local) => local.settle().await,
            // It answers when nothing is on its way any more.
            None => drop(self.get("/_local/mail").await.is(200)),
        }
    }

    /// Waits until the sign-in page knows the settings as they are: on one machine it does at once, elsewhere it looks at them again
    /// beside a request that finds them five seconds old.
    pub(crate) async fn settings_are_known(&self) {
        if self.local.0.is_none() {
            tokio::time::sleep(Duration::from_secs(6)).await;
            self.get("/sign-in").await.is(200);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Moves the clock of every function.
    pub(crate) async fn advance(&self, seconds: i64) {
        let body = json!({"advance_seconds": seconds});
        self.post("/_local/clock", &body).await.ok();
    }

    /// Moves the clock to where a new stretch of so many seconds begins: what is counted by stretches is counted in one.
    pub(crate) async fn begin_stretch(&self, seconds: i64) {
        let clock = self.get("/_local/clock").await.ok();
        let now: jiff::Timestamp = clock["now"].as_str().expect("a time").parse().expect("a time");
        self.advance(seconds - now.as_second().rem_euclid(seconds)).await;
    }

    /// Every mail to an address, newest first, after all that is under way has been sent.
    pub(crate) async fn mail_to(&self, address: &str) -> Vec<Value> {
        self.settle().await;
        let all: Value = self.get(&format!("/_local/mail?to={address}")).await.json();
        all.as_array().expect("a list").clone()
    }

    /// The newest mail to an address.
    pub(crate) async fn newest_to(&self, address: &str) -> Value {
        self.mail_to(address).await.first().unwrap_or_else(|| panic!("no mail to {address}")).clone()
    }

    /// The token of the newest mailed link.
    pub(crate) async fn token_for(&self, address: &str) -> String {
        token(&self.newest_to(address).await)
    }

    /// Asks for a link and takes its token from the mail.
    pub(crate) async fn link_for(&self, username: &str, address: &str) -> String {
        self.post("/forgot-password", &json!({"username": username})).await.is(202);
        self.token_for(address).await
    }

    pub(crate) async fn reset(&self, token: &str, password: &str) -> Answer {
        self.post("/reset", &json!({"token": token, "password": password})).await
    }
}

/// What this machine would have had, exported from it and restored into another: `VESTIBULE_MOVED` has the suite ask that one.
async fn elsewhere(options: Options) -> Local {
    let folder = tempfile::tempdir().expect("a folder");
    let export =
        || Closed { file: folder.path().join("export.ndjson"), passphrase: "seven herons walk over slate".into() };
    let port = options.port;
    let first = Local::start(Options { port: 0, ..options }).await.expect("it starts");
    vestibule::write_export(first.app(), &export()).await.expect("everything is taken along");
    first.stop().await;
    Local::start(Options { port, restore: Some(export()), empty: true, ..Options::default() })
        .await
        .expect("it is brought in")
}

fn options() -> Options {
    Options { port: 0, ..Options::default() }
}

/// Settings of an organisation that can send mail.
pub(crate) fn organisation() -> Map<String, Value> {
    let Value::Object(settings) = json!({
        "organisation.name": "Harbour Association",
        "organisation.email": "office@harbour.example",
    }) else {
        unreachable!("it is an object")
    };
    settings
}

/// The username and temporary password in a new user's mail.
pub(crate) fn temporary_password(mail: &Value) -> (String, String) {
    let text = mail["text"].as_str().expect("a text");
    let after = |label: &str| {
        let (_, rest) = text.split_once(label).unwrap_or_else(|| panic!("no {label} in {text}"));
        rest.trim_start().lines().next().unwrap_or_default().trim().to_owned()
    };
    (after("Your username:"), after("Your temporary password:"))
}

/// The token of the link in a mail.
pub(crate) fn token(mail: &Value) -> String {
    let text = mail["text"].as_str().expect("a text");
    let (_, rest) = text.split_once("token=").unwrap_or_else(|| panic!("no link in {text}"));
    rest.split(['&', '\n', ' ']).next().unwrap_or_default().to_owned()
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        let answer = self.is(200);
        answer.json()
    }

    /// The status and code of a problem.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        if matches!(status, 429 | 503) {
            let wait: u64 = self.header(RETRY_AFTER.as_str()).parse().expect("seconds");
            assert!(wait > 0);
        }
        problem
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Where a 303 leads.
    #[track_caller]
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header(LOCATION.as_str())
    }

    /// A cookie that the answer sets: its value and the rest of its line.
    pub(crate) fn cookie(&self, name: &str) -> Option<(String, String)> {
        let lines = self.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut ours = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        ours.next().map(|line| {
            let (value, rest) = line.split_once(';').unwrap_or((line, ""));
            (value.to_owned(), rest.to_owned())
        })
    }
}

/// A browser: keeps cookies, sends forms, asks for pages.
pub(crate) struct Browser<'a> {
    world: &'a World,
    pub(crate) cookies: Mutex<std::collections::BTreeMap<String, String>>,
}

impl Browser<'_> {
    fn dressed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let cookies = self.cookies.lock().expect("cookies");
        let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if line.is_empty() { request } else { request.header(COOKIE, line.join("; ")) }
    }

    /// Whose browser this is.
    pub(crate) fn world(&self) -> &World {
        self.world
    }

    /// A request to be filled in further, for `send`.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.world.request(method, path)
    }

    /// Sends a request with the cookies, and keeps those that come back.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = self.world.send(self.dressed(request)).await;
        let mut cookies = self.cookies.lock().expect("cookies");
        for name in [
            "__Host-session",
            "__Host-ticket",
            "__Host-browser",
            "__Host-language",
            "__Host-federated",
            "__Host-linking",
            "__Host-passkey",
            "__Host-export",
        ] {
            match answer.cookie(name) {
                Some((_, rest)) if rest.contains("Max-Age=0") => drop(cookies.remove(name)),
                Some((value, _)) => drop(cookies.insert(name.to_owned(), value)),
                None => {}
            }
        }
        answer
    }

    pub(crate) fn has(&self, cookie: &str) -> bool {
        self.cookies.lock().expect("cookies").contains_key(cookie)
    }

    pub(crate) fn value(&self, cookie: &str) -> String {
        self.cookies.lock().expect("cookies").get(cookie).cloned().unwrap_or_default()
    }

    /// Forgets the cookies that end with the browser.
    pub(crate) fn take(&self, cookie: &str, value: &str) {
        self.cookies.lock().expect("cookies").insert(cookie.to_owned(), value.to_owned());
    }

    /// JSON, with the cookies.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.world.request("POST", path).header(ORIGIN, self.world.origin()).json(body)).await
    }

    /// JSON by another method, with the cookies.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(self.world.request(method, path).header(ORIGIN, self.world.origin()).json(body)).await
    }

    /// Changes some settings, whatever they are by now.
    pub(crate) async fn settings(&self, changes: &Value) -> Answer {
        let request = self.world.request("PUT", "/admin/settings").header(ORIGIN, self.world.origin());
        self.send(request.header(IF_MATCH, "*").json(changes)).await
    }

    /// JSON, with the cookies.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.world.request("GET", path)).await
    }

    /// A page.
    pub(crate) async fn open(&self, path: &str) -> Answer {
        self.send(self.world.request("GET", path).header(ACCEPT, "text/html,application/xhtml+xml")).await
    }

    /// A form, sent as Chromium does from a page with `Referrer-Policy: no-referrer`.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.world.request("POST", path).header(ACCEPT, "text/html,application/xhtml+xml");
        let request = request.header(ORIGIN, "null").header("sec-fetch-site", "same-origin");
        self.send(request.form(fields)).await
    }

    /// Who is signed in here.
    pub(crate) async fn who(&self) -> Option<String> {
        let answer = self.get("/session").await;
        (answer.status == 200).then(|| answer.json()["user"]["username"].as_str().expect("a name").to_owned())
    }
}
