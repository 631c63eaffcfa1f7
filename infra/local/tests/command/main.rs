//! The command itself, as a newcomer runs it (OP-1): started as a process, one at a time.

#![expect(clippy::expect_used, reason = "a test says what it expects by failing")]

mod bulk_run;
mod import_run;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use bulk_run::Admin;

/// One process at a time: the machine's processors are what is measured.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the passphrase of an export is looked for, and one.
const VARIABLE: &str = "VESTIBULE_PASSPHRASE";
const PASSPHRASE: &str = "seven herons walk over slate";

/// The running command.
struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
    port: String,
}

impl Running {
    /// Starts it on a free port; returns once it says where it answers.
    fn start(arguments: &[&str]) -> Self {
        Self::start_at("0", arguments)
    }

    /// The same on this port.
    fn start_at(port: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        let mut child = command
            .args(["--port", port])
            .args(arguments)
            .env(VARIABLE, PASSPHRASE)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let line = until(&mut lines, "/sign-in");
        let (_, rest) = line.split_once("localhost:").expect("an address");
        let port = rest.split('/').next().unwrap_or_default().to_owned();
        Self { child, lines, port }
    }

    /// A JSON request; the answer whole.
    fn post(&self, path: &str, body: &str) -> String {
        self.call("POST", path, "", body)
    }

    /// A JSON request with cookies; the answer whole.
    fn call(&self, method: &str, path: &str, cookies: &str, body: &str) -> String {
        let host = format!("localhost:{}", self.port);
        let mut connection = TcpStream::connect(&host).expect("it answers");
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n");
        let more = format!("Accept: application/json\r\nCookie: {cookies}\r\nContent-Type: application/json\r\n");
        let body = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        connection.write_all((head + &more + &body).as_bytes()).expect("it listens");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Running {
    /// As `kill -9` does it.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(lines: &mut impl BufRead, words: &str) -> String {
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert_ne!(lines.read_line(&mut line).expect("its output"), 0, "it ended before it said {words:?}");
    }
    line
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// OP-1: ten thousand people are taken in under ten seconds.
#[test]
fn ten_thousand_people_are_taken_in_ten_seconds() {
    let _alone = alone();
    let file = folder("import").join("people.csv");
    let mut text = "\u{feff}kind,username,first_name,last_name,email,group\r\n".to_owned();
    for n in 0..10_000 {
        let username = if n % 2 == 0 { format!("member{n}") } else { String::new() };
        write!(text, "contact,{username},Zoë{n},\"O'Brien, {n}\",member{n}@people.example,North\r\n").expect("a row");
    }
    text.push_str("contact,member0,Double,Name,double@people.example,\r\n");
    std::fs::write(&file, text).expect("the file");
    let began = Instant::now();
    let mut running = Running::start(&["--empty", "--import", &file.to_string_lossy()]);
    let report = until(&mut running.lines, "people stored");
    let took = began.elapsed();
    assert_eq!(report.trim(), "10000 people stored, 1 rows refused.");
    assert!(until(&mut running.lines, "line").contains("line 10002: "));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// OP-1: `kill -9` leaves a data file whole.
#[test]
fn a_killed_machine_loses_nothing() {
    let _alone = alone();
    let file = folder("killed").join("people.db");
    let data = ["--data", &file.to_string_lossy()];
    let right = r#"{"username": "maria", "password": "harbour-lantern-42"}"#;
    let wrong = r#"{"username": "paula", "password": "wrong"}"#;
    for _ in 0..5 {
        let running = Running::start(&data);
        assert!(running.post("/sign-in", right).starts_with("HTTP/1.1 200"), "maria is there once");
        assert!(running.post("/sign-in", wrong).starts_with("HTTP/1.1 401"));
    }
    let running = Running::start(&data);
    let paula = r#"{"username": "paula", "password": "harbour-lantern-42"}"#;
    assert!(running.post("/sign-in", paula).starts_with("HTTP/1.1 401"), "five failures were kept, and lock");
}

/// OP-1: a data file is gone on with as it is, whoever its people have become; one that was broken off is made whole.
#[test]
fn a_data_file_is_gone_on_with() {
    let _alone = alone();
    let data = folder("gone-on-with").join("people.db").to_string_lossy().into_owned();
    let people = folder("broken-off").join("people.csv");
    std::fs::write(&people, "kind,username,first_name,last_name,email\ncontact,,Nora,Quist,nora@members.example\n")
        .expect("the file");
    let mut begun = Running::start(&["--empty", "--data", &data, "--import", &people.to_string_lossy()]);
    until(&mut begun.lines, "people stored");
    drop(begun);
    let admin = Admin::start(vec!["--data".to_owned(), data.clone()]);
    let found = admin.get("/admin/contacts?q=nora");
    assert_eq!(found["items"].as_array().expect("a list").len(), 1, "{found}");
    admin.call("PUT", "/admin/settings", &json!({"organisation.name": "Of their own"}));
    admin.call("PUT", "/account/username", &json!({"username": "ada", "password": "harbour-lantern-42"}));
    drop(admin);
    let running = Running::start(&["--data", &data]);
    let credentials = |name: &str| format!(r#"{{"username": "{name}", "password": "harbour-lantern-42"}}"#);
    assert!(running.post("/sign-in", &credentials("admin")).starts_with("HTTP/1.1 401"), "nobody has that name");
    assert!(running.post("/sign-in", &credentials("ada")).starts_with("HTTP/1.1 200"));
    assert!(running.post("/sign-in", &credentials("sam")).starts_with("HTTP/1.1 200"));
    assert!(running.call("GET", "/sign-up", "", "").contains("Of their own"), "its own settings");
}

/// OP-1: a first page within a second of the start, the sample people included.
#[test]
fn the_first_page_is_there_within_a_second() {
    let _alone = alone();
    let began = Instant::now();
    let running = Running::start(&[]);
    assert!(running.post("/sign-in", "{}").starts_with("HTTP/1.1 400"));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

/// OP-1: a port that is in use is told in a sentence.
#[test]
fn a_port_in_use_is_told() {
    let _alone = alone();
    let running = Running::start(&["--empty"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    let ended = command.args(["--empty", "--port", &running.port]).output().expect("it ends");
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("is in use") && said.contains("--port"), "{said}");
}

/// OP-1: a file that can't be read is told in a sentence.
#[test]
fn a_file_that_is_no_list_is_told() {
    let _alone = alone();
    let file = folder("no-list").join("people.csv");
    std::fs::write(&file, "name,shoe_size\nAnn,40\n").expect("the file");
    for path in [file.to_string_lossy().into_owned(), "/nowhere/people.csv".to_owned()] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        let ended = command.args(["--empty", "--port", "0", "--import", &path]).output().expect("it ends");
        assert!(!ended.status.success());
        assert!(!ended.stderr.is_empty() && !String::from_utf8_lossy(&ended.stderr).contains("panicked"));
    }
}

/// IO-3: everything leaves one machine as a file that only its owner reads, and comes into an empty one, once.
#[test]
fn everything_moves_to_another_machine() {
    use std::os::unix::fs::PermissionsExt;
    let _alone = alone();
    let folder = folder("moved");
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (data, file, other) = (path("people.db"), path("everything.ndjson"), path("other.db"));
    drop(Running::start(&["--data", &data]));
    let run = |arguments: &[&str], passphrase: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        let command = command.args(["--port", "0"]).args(arguments).env(VARIABLE, passphrase);
        command.output().expect("it ends")
    };
    let said = |arguments: &[&str], passphrase: &str| {
        let ended = run(arguments, passphrase);
        assert!(!ended.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    assert!(said(&["--data", &data, "--export", &file], "short").contains("too weak"));
    assert!(run(&["--data", &data, "--export", &file], PASSPHRASE).status.success());
    let mode = std::fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(said(&["--data", &data, "--export", &file], PASSPHRASE).contains("can't be written"));
    assert!(said(&["--data", &other, "--restore", &file], "not the right one").contains("not the passphrase"));
    let right = r#"{"username": "maria", "password": "harbour-lantern-42"}"#;
    let moved = Running::start(&["--data", &other, "--restore", &file]);
    assert!(moved.post("/sign-in", right).starts_with("HTTP/1.1 200"));
    drop(moved);
    let again = Running::start(&["--data", &other, "--empty"]);
    assert!(again.post("/sign-in", right).starts_with("HTTP/1.1 200"));
    drop(again);
    assert!(said(&["--data", &other, "--restore", &file], PASSPHRASE).contains("not empty"));
}
