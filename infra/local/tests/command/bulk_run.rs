//! A bulk run (BR-8) on a machine that is killed in the middle of it, twice, and halted in between.
//!
//! `VESTIBULE_RECIPIENTS=100000` makes it a large one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Running, alone, folder, until};

/// Letters that a courier has in its hands at once: what a kill can have sent again.
pub(super) const IN_HAND: usize = 100;

/// An administrator at a machine that may be another one the next time.
pub(super) struct Admin {
    arguments: Vec<String>,
    machine: Running,
    cookies: String,
}

impl Admin {
    pub(super) fn start(arguments: Vec<String>) -> Self {
        let machine = Running::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let answer = machine.post("/sign-in", r#"{"username": "admin", "password": "harbour-lantern-42"}"#);
        let cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        Self { arguments, machine, cookies }
    }

    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.machine.call(method, path, &self.cookies, &body.to_string());
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 20"), "{path}: {head}");
        if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") }
    }

    pub(super) fn get(&self, path: &str) -> Value {
        self.call("GET", path, &json!({}))
    }

    /// As `kill -9` does it; and another start where it was, with what is there.
    pub(super) fn killed(self) -> Self {
        let Self { arguments, machine, cookies } = self;
        let port = machine.port.clone();
        drop(machine);
        let machine = Running::start_at(&port, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        Self { arguments, machine, cookies }
    }

    /// Every mail to addresses that begin so, by the address.
    pub(super) fn mails(&self, beginning: &str) -> BTreeMap<String, Vec<Value>> {
        let mut mails: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut before = None::<String>;
        loop {
            let path = before.map_or("/_local/mail".to_owned(), |id| format!("/_local/mail?before={id}"));
            let page = self.get(&path);
            let Some(page) = page.as_array().filter(|page| !page.is_empty()) else { return mails };
            before = page.last().and_then(|mail| mail["id"].as_str()).map(str::to_owned);
            let to = |mail: &Value| mail["to"].as_str().expect("an address").to_owned();
            for mail in page.iter().filter(|mail| to(mail).starts_with(beginning)) {
                mails.entry(to(mail)).or_default().push(mail.clone());
            }
        }
    }

    /// Every mail to addresses that begin so, as soon as so many people have one. What a dead courier had in its hands comes back
    /// when its lease is over, which may be after the run that asked for it is done.
    pub(super) fn written_to(&self, beginning: &str, people: u64) -> BTreeMap<String, Vec<Value>> {
        let mut mails = self.mails(beginning);
        for _ in 0..20 {
            if mails.len() as u64 == people {
                break;
            }
            self.call("POST", "/_local/clock", &json!({"advance_seconds": 400}));
            sleep(Duration::from_millis(500));
            mails = self.mails(beginning);
        }
        assert_eq!(mails.len() as u64, people, "everybody is written to");
        mails
    }

    /// Waits until a run is as far as this. What a dead courier had in its hands comes back when its lease is over.
    pub(super) fn wait(&self, run: &str, enough: impl Fn(&Value) -> bool) -> Value {
        let (mut before, mut same) = (Value::Null, 0);
        loop {
            let now = self.get(run);
            if enough(&now) {
                return now;
            }
            same = if now == before { same + 1 } else { 0 };
            if same == 20 {
                self.call("POST", "/_local/clock", &json!({"advance_seconds": 400}));
            }
            assert!(same < 100, "nothing happens any more: {now}");
            before = now;
            sleep(Duration::from_millis(100));
        }
    }
}

/// BR-7, BR-8: nobody is left out, nobody is written to twice but for what was in hand when it was killed, and that is the same
/// letter again.
#[test]
fn a_run_survives_being_killed() {
    let _alone = alone();
    let recipients = std::env::var("VESTIBULE_RECIPIENTS").map_or(1_500, |count| count.parse().expect("a number"));
    let folder = folder("bulk");
    let (people, data) = (folder.join("people.csv"), folder.join("people.db"));
    let mut text = "kind,first_name,last_name,email,group\n".to_owned();
    for n in 0..recipients {
        writeln!(text, "contact,Ann{n},Lee,crew{n}@people.example,Crew").expect("a row");
    }
    std::fs::write(&people, text).expect("the file");
    let (people, data) = (people.to_string_lossy().into_owned(), data.to_string_lossy().into_owned());
    {
        let mut first = Running::start(&["--data", &data, "--import", &people]);
        assert!(until(&mut first.lines, "people stored").starts_with(&format!("{recipients} ")));
    }
    let admin = Admin::start(vec!["--data".to_owned(), data]);
    let plan = admin.call("POST", "/admin/resends", &json!({"target": "contacts", "filter": "group:Crew"}));
    assert_eq!((&plan["total"], &plan["skipped_count"]), (&json!(recipients), &json!(0)), "{plan}");
    let run = format!("/admin/resends/{}", plan["id"].as_str().expect("an id"));
    let sent = |part: u64| move |run: &Value| run["sent"].as_u64().is_some_and(|sent| sent >= part);

    admin.call("POST", &format!("{run}/start"), &json!({}));
    admin.wait(&run, sent(recipients / 5));
    let admin = admin.killed();
    admin.wait(&run, sent(recipients * 2 / 5));
    admin.call("POST", &format!("{run}/pause"), &json!({}));
    sleep(Duration::from_millis(500));
    admin.call("POST", &format!("{run}/resume"), &json!({}));
    admin.wait(&run, sent(recipients * 3 / 5));
    let admin = admin.killed();
    let done = admin.wait(&run, |run| run["state"] == "done");
    assert_eq!(
        (&done["sent"], &done["failed"], &done["skipped"]),
        (&json!(recipients), &json!(0), &json!(0)),
        "{done}"
    );

    let csv = admin.machine.call("GET", &format!("{run}/recipients.csv"), &admin.cookies, "");
    assert_eq!(csv.matches(",sent,").count(), usize::try_from(recipients.min(5_000)).expect("few"));
    let mails = admin.mails("crew");
    assert_eq!(mails.len() as u64, recipients, "everybody");
    let again: Vec<&Vec<Value>> = mails.values().filter(|mails| mails.len() > 1).collect();
    assert!(again.len() <= 2 * IN_HAND, "{} got it again", again.len());
    for same in again {
        assert_eq!(same.len(), 2, "{same:?}");
        assert_eq!((&same[0]["text"], &same[0]["tags"]), (&same[1]["text"], &same[1]["tags"]));
    }
}
