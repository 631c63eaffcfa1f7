//! A Chromium of its own for each test, driven through ChromeDriver.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};

/// Without a window, as any user, and quiet: it looks for nothing outside this machine.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/// The browser: it has a profile of its own, and is gone with all its files when this is dropped.
pub(crate) struct Chromium {
    driver: Child,
    folder: PathBuf,
    _says: BufReader<ChildStdout>,
    port: u16,
    session: String,
    http: reqwest::Client,
}

impl Chromium {
    pub(crate) async fn start(scripts: bool) -> Self {
        let folder = folder();
        // It wants a port of both families, and ends where another one took that in between.
        let (driver, says, port) = (0..5).find_map(|_| driver(&folder)).expect("chromedriver listens");
        let http = reqwest::Client::new();
        let mut this = Self { driver, folder, _says: says, port, session: String::new(), http };
        let options = json!({
            "args": FLAGS,
            "prefs": {"profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 }},
        });
        let wishes = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let begun = this.command("/session", &wishes).await;
        this.session = format!("/session/{}", begun["sessionId"].as_str().expect("a session"));
        this
    }

    /// Opens an address and waits for its page.
    pub(crate) async fn open(&self, address: &str) {
        self.post("/url", &json!({"url": address})).await;
    }

    /// What is in the address bar.
    pub(crate) async fn address(&self) -> String {
        self.get("/url").await
    }

    /// What the tab says.
    pub(crate) async fn title(&self) -> String {
        self.get("/title").await
    }

    /// Presses and releases keys, one after the other.
    pub(crate) async fn strike(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})));
        let hands = json!([{"type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>()}]);
        self.post("/actions", &json!({"actions": hands})).await;
    }

    /// What a script says about the page; it may look where the page's own scripts may not run.
    pub(crate) async fn look(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []})).await
    }

    /// The page as it is seen, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        BASE64.decode(self.get("/screenshot").await.as_bytes()).expect("base64")
    }

    /// Asks Chromium something that WebDriver has no word for, in the words of its own protocol (CDP).
    pub(crate) async fn ask(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": parameters})).await
    }

    /// Gives the browser a device for passkeys, whose owner always shows their finger (WebAuthn, 11.3).
    pub(crate) async fn gets_a_device(&self) {
        let device = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        self.post("/webauthn/authenticator", &device).await;
    }

    async fn get(&self, path: &str) -> String {
        let answer = value(self.http.get(self.url(&format!("{}{path}", self.session)))).await;
        answer.as_str().expect("text").to_owned()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.command(&format!("{}{path}", self.session), body).await
    }

    /// A command of WebDriver (W3C), which is JSON over HTTP.
    async fn command(&self, path: &str, body: &Value) -> Value {
        value(self.http.post(self.url(path)).json(body)).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

async fn value(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.expect("ChromeDriver answers");
    let (status, mut body) = (answer.status(), answer.json::<Value>().await.expect("JSON"));
    assert!(status.is_success(), "ChromeDriver says: {}", body["value"]["message"]);
    body["value"].take()
}

impl Drop for Chromium {
    /// Here and not at the end of each test, so that a test that fails leaves no browser behind.
    fn drop(&mut self) {
        let request = b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let driver = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        let asked = driver.and_then(|mut driver| driver.write_all(request).map(|()| driver));
        if asked.is_err() || !soon(|| matches!(self.driver.try_wait(), Ok(Some(_)))) {
            drop(self.driver.kill());
            drop(self.driver.wait());
        }
        // Chromium's last processes still write while they end.
        soon(|| std::fs::remove_dir_all(&self.folder).is_ok());
    }
}

/// Whether something holds within five seconds.
fn soon(mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// A new folder for the browser's files.
fn folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("vestibule-chromium-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).expect("a folder of its own");
    folder
}

/// ChromeDriver, unless it ended before it listened.
fn driver(folder: &Path) -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut command = Command::new("chromedriver");
    let driver = command.arg("--port=0").env("TMPDIR", folder).stdout(Stdio::piped()).spawn();
    let mut driver = driver.expect("chromedriver: infra/tools/fetch browser brings it");
    let mut says = BufReader::new(driver.stdout.take().expect("its output"));
    let port = port(&mut says);
    if port.is_none() {
        driver.wait().expect("it has ended");
    }
    Some((driver, says, port?))
}

/// The port that ChromeDriver found free.
fn port(says: &mut impl BufRead) -> Option<u16> {
    let mut line = String::new();
    while says.read_line(&mut line).expect("text") > 0 {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return Some(port.trim_end().trim_end_matches('.').parse().expect("a port"));
        }
        line.clear();
    }
    None
}
