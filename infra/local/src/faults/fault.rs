//! Faults: what goes wrong with which calls, and for how long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call::{Asked, Service, contains, tables};
use crate::clock::MovableClock;
use crate::running;

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// With calls to this service.
    pub service: Service,
    /// Only with this operation, such as `TransactWriteItems`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only with calls that name this table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Only with calls whose body contains this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containing: Option<String>,
    /// Only with calls of this function, by the name of its binary, such as `sign-in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// What goes wrong.
    pub kind: Kind,
    /// So many of these calls go well first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
    /// So many times, then no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// For so many seconds of the machine's clock, then no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seconds: Option<u32>,
    /// `slow`: for how long, in milliseconds (1000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// `refused`: the code of the refusal, such as `MessageRejected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Too many requests.
    Throttled,
    /// An error of the service's own.
    Failing,
    /// A transaction or write that ran into another one.
    Conflict,
    /// A refusal with the given code.
    Refused,
    /// A late answer.
    Slow,
    /// No answer, ever.
    Hanging,
    /// Done, and the answer lost.
    LostAfterCommit,
    /// Done, and the process that asked has ended before it heard.
    Killed,
}

/// The faults in force.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: MovableClock,
    any: AtomicBool,
    active: Mutex<Vec<(Fault, Option<Timestamp>)>>,
}

impl Faults {
    pub(crate) fn new(clock: MovableClock) -> Self {
        Self(Arc::new(Inner { clock, any: AtomicBool::new(false), active: Mutex::default() }))
    }

    /// Puts these in force instead of all others.
    pub fn set(&self, faults: Vec<Fault>) {
        let now = self.0.clock.now();
        let until = |seconds: u32| now.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Timestamp::MAX);
        let active: Vec<_> = faults.into_iter().map(|fault| (fault.clone(), fault.for_seconds.map(until))).collect();
        let mut held = self.held();
        self.0.any.store(!active.is_empty(), Ordering::Release);
        *held = active;
    }

    /// Those still in force, with the times that are left.
    pub fn all(&self) -> Vec<Fault> {
        let now = self.0.clock.now();
        let mut held = self.held();
        held.retain(|(_, until)| until.is_none_or(|until| now < until));
        held.iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// What goes wrong with a call, if anything; the first that fits, which is thereby used once.
    pub(super) fn strike(&self, asked: &Asked, body: &[u8]) -> Option<Fault> {
        if !self.0.any.load(Ordering::Acquire) {
            return None;
        }
        let now = self.0.clock.now();
        let mut held = self.held();
        held.retain(|(_, until)| until.is_none_or(|until| now < until));
        let index = held.iter_mut().position(|(fault, _)| fault.strikes(asked, body))?;
        let fault = &mut held[index].0;
        let struck = fault.clone();
        fault.times = fault.times.map(|times| times.saturating_sub(1));
        if fault.times == Some(0) {
            held.remove(index);
        }
        Some(struck)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<(Fault, Option<Timestamp>)>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// A fault of this kind with every call to a service.
    pub fn new(service: Service, kind: Kind) -> Self {
        Self {
            service,
            operation: None,
            table: None,
            containing: None,
            function: None,
            kind,
            after: None,
            times: None,
            for_seconds: None,
            delay_ms: None,
            code: None,
        }
    }

    /// Whether it is this call's turn, where it fits.
    fn strikes(&mut self, asked: &Asked, body: &[u8]) -> bool {
        if !self.fits(asked, body) {
            return false;
        }
        let left = self.after.unwrap_or(0);
        self.after = left.checked_sub(1).filter(|left| *left > 0);
        left == 0
    }

    fn fits(&self, asked: &Asked, body: &[u8]) -> bool {
        self.service == asked.service
            && self.operation.as_ref().is_none_or(|operation| *operation == asked.operation)
            && self.function.as_ref().is_none_or(|function| running::is(function))
            && self.table.as_ref().is_none_or(|table| tables(body).contains(table))
            && self.containing.as_ref().is_none_or(|text| contains(body, text))
    }
}

/// Reads a list of faults; the error is what is wrong with which.
pub(crate) fn parse(body: &[u8]) -> Result<Vec<Fault>, Vec<(String, String)>> {
    let whole = |reason: String| vec![("faults".to_owned(), reason)];
    let list: Vec<Value> =
        serde_json::from_slice(body).map_err(|error| whole(format!("a JSON list is expected: {error}")))?;
    let (mut faults, mut wrong) = (Vec::new(), Vec::new());
    for (i, value) in list.into_iter().enumerate() {
        match serde_json::from_value::<Fault>(value).map_err(|error| error.to_string()).and_then(sensible) {
            Ok(fault) => faults.push(fault),
            Err(reason) => wrong.push((format!("[{i}]"), reason)),
        }
    }
    if wrong.is_empty() { Ok(faults) } else { Err(wrong) }
}

fn sensible(fault: Fault) -> Result<Fault, String> {
    let complaints = [
        (fault.times == Some(0), "times is at least 1"),
        (fault.after == Some(0), "after is at least 1"),
        (fault.for_seconds == Some(0), "for_seconds is at least 1"),
        (fault.delay_ms.is_some() && fault.kind != Kind::Slow, "delay_ms goes with slow only"),
        (fault.delay_ms.is_some_and(|ms| ms > 600_000), "delay_ms is at most 600000"),
        (fault.code.is_some() && fault.kind != Kind::Refused, "code goes with refused only"),
        (fault.code.is_none() && fault.kind == Kind::Refused, "refused needs a code"),
        (
            fault.code.as_ref().is_some_and(|code| !code.chars().all(|c| c.is_ascii_alphanumeric())),
            "code has letters only",
        ),
        (fault.table.is_some() && fault.service != Service::DynamoDb, "table goes with dynamodb only"),
        (fault.kind == Kind::Conflict && fault.service != Service::DynamoDb, "conflict goes with dynamodb only"),
    ];
    complaints.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(fault), |(_, reason)| Err(reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(operation: &str) -> Asked {
        Asked { service: Service::DynamoDb, operation: operation.to_owned() }
    }

    #[test]
    fn faults_are_read_and_nonsense_is_named() {
        let good = br#"[{"service": "dynamodb", "kind": "throttled", "operation": "PutItem", "table": "T", "times": 2},
                        {"service": "ses", "kind": "lost_after_commit"},
                        {"service": "secretsmanager", "kind": "slow", "delay_ms": 50, "for_seconds": 60},
                        {"service": "ses", "kind": "refused", "code": "MessageRejected", "containing": "ann@"}]"#;
        assert_eq!(parse(good).unwrap().len(), 4);
        assert_eq!(parse(b"[]"), Ok(Vec::new()));
        for bad in [
            r"{}",
            "x",
            "[1]",
            r#"[{"service": "dynamodb"}]"#,
            r#"[{"service": "s3", "kind": "slow"}]"#,
            r#"[{"service": "ses", "kind": "odd"}]"#,
            r#"[{"service": "ses", "kind": "slow", "more": 1}]"#,
            r#"[{"service": "ses", "kind": "failing", "times": 0}]"#,
            r#"[{"service": "ses", "kind": "failing", "times": -1}]"#,
            r#"[{"service": "ses", "kind": "failing", "delay_ms": 1}]"#,
            r#"[{"service": "ses", "kind": "failing", "table": "T"}]"#,
            r#"[{"service": "ses", "kind": "refused"}]"#,
            r#"[{"service": "ses", "kind": "refused", "code": "a b"}]"#,
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let wrong = parse(br#"[{"service": "ses", "kind": "slow"}, {"service": "ses", "kind": "odd"}]"#).unwrap_err();
        assert!(wrong[0].0 == "[1]" && wrong[0].1.contains("odd"), "{wrong:?}");
    }

    #[test]
    fn a_fault_strikes_what_it_fits_as_often_as_it_says() {
        let faults = Faults::new(MovableClock::default());
        let fault = Fault {
            operation: Some("PutItem".into()),
            table: Some("T".into()),
            times: Some(2),
            ..Fault::new(Service::DynamoDb, Kind::Failing)
        };
        faults.set(vec![fault]);
        let (t, u): (&[u8], &[u8]) = (br#"{"TableName": "T"}"#, br#"{"TableName": "U"}"#);
        assert!(faults.strike(&asked("GetItem"), t).is_none());
        assert!(faults.strike(&asked("PutItem"), u).is_none());
        assert!(faults.strike(&asked("PutItem"), t).is_some());
        assert_eq!(faults.all()[0].times, Some(1));
        assert!(faults.strike(&asked("PutItem"), t).is_some());
        assert!(faults.strike(&asked("PutItem"), t).is_none());
        assert!(faults.all().is_empty());
    }

    #[tokio::test]
    async fn a_fault_may_be_of_one_function_and_begin_later() {
        let faults = Faults::new(MovableClock::default());
        let fault = Fault {
            function: Some("sign-in".into()),
            after: Some(2),
            times: Some(1),
            ..Fault::new(Service::DynamoDb, Kind::Killed)
        };
        faults.set(vec![fault]);
        let struck = || faults.strike(&asked("GetItem"), b"").is_some();
        assert!(!struck() && !struck() && !struck());
        let within = running::Running::new("sign-in").around(async { [struck(), struck(), struck(), struck()] });
        assert_eq!(within.await, [false, false, true, false]);
    }

    #[test]
    fn a_fault_ends_with_its_time() {
        let clock = MovableClock::default();
        let faults = Faults::new(clock.clone());
        faults.set(vec![Fault { for_seconds: Some(3_600), ..Fault::new(Service::DynamoDb, Kind::Hanging) }]);
        clock.advance(3_590).unwrap();
        assert!(faults.strike(&asked("GetItem"), b"").is_some());
        clock.advance(20).unwrap();
        assert!(faults.strike(&asked("GetItem"), b"").is_none());
    }
}
