//! A Chromium of its own for each test, driven through ChromeDriver.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
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
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
];

/// The browser: it has a profile of its own, and is gone when this is dropped.
pub(crate) struct Chromium {
    driver: Child,
    _says: BufReader<ChildStdout>,
    port: u16,
    session: String,
    http: reqwest::Client,
}

impl Chromium {
    pub(crate) async fn start(scripts: bool) -> Self {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn();
        let mut driver = driver.expect("chromedriver: infra/tools/fetch browser brings it");
        let mut says = BufReader::new(driver.stdout.take().expect("its output"));
        let port = port(&mut says);
        let http = reqwest::Client::new();
        let mut this = Self { driver, _says: says, port, session: String::new(), http };
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
        let asked =
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).and_then(|mut to| to.write_all(request).map(|()| to));
        let asked_at = Instant::now();
        while asked.is_ok() && asked_at.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.driver.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// The port that ChromeDriver found free.
fn port(says: &mut impl BufRead) -> u16 {
    let mut line = String::new();
    while says.read_line(&mut line).expect("text") > 0 {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            return port.trim_end().trim_end_matches('.').parse().expect("a port");
        }
        line.clear();
    }
    panic!("chromedriver stopped before it listened")
}
