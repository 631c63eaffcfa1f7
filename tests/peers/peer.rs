//! A program of somebody else's (Node), which is told and tells a line at a time.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::tools;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Says what to do where something is missing.
const FETCH: &str = "infra/tools/fetch peers brings it";

/// The program. It is gone when this is dropped.
pub(crate) struct Peer {
    child: Child,
    tells: ChildStdin,
    told: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts a script with what it is to know.
    pub(crate) fn start(script: &str, about: &Value) -> Self {
        let (folder, node) = (tools::folder().join("peers"), tools::folder().join("node/node"));
        let lock = std::fs::read_to_string(folder.join("fetched")).unwrap_or_default();
        assert!(lock == include_str!("package-lock.json"), "{} is not as it is locked: {FETCH}", folder.display());
        let mut command = Command::new(node);
        command.args(["--input-type=module", "--eval", script, &about.to_string()]).current_dir(folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(FETCH);
        let (tells, says) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in BufReader::new(says).lines().map_while(Result::ok) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { child, tells, told }
    }

    /// Tells it a line.
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.tells, "{line}").expect("it listens");
    }

    /// Everything that it has told so far.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a line that is so.
    pub(crate) async fn tells(&self, so: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(line) = self.told().into_iter().find(|line| so(line)) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it has told only this: {:?}", self.told())
    }

    /// Ends it.
    pub(crate) fn stop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Peer {
    /// Here and not at the end of each test, so that a test that fails leaves nothing behind.
    fn drop(&mut self) {
        self.stop();
    }
}
