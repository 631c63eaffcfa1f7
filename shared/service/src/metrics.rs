//! What is counted, for alarms, the dashboard and the bill: events under a target of their own, which a function's log
//! writes as CloudWatch metrics (`web::logs`). No name, address or id is in any of them.

use std::time::Duration;

use aws::dynamodb::Meter;
use domain::work::Fate;

use crate::flow::sign_in::SignIn;

/// The target of these events.
pub const TARGET: &str = "metrics";

/// One count of something, told apart by what became of it.
fn count(name: &str, dimension: &str, became: &str) {
    tracing::info!(target: TARGET, name, unit = "Count", value = 1.0, dimension, became);
}

/// A sign-in, by its outcome.
pub(crate) fn sign_in(outcome: &SignIn) {
    let became = match outcome {
        SignIn::SignedIn(..) => "signed_in",
        SignIn::ChangePassword(..) => "change_password",
        SignIn::SecurityCode(_) => "security_code",
        SignIn::Refused(_) => "refused",
        SignIn::MustWait(_) => "throttled",
    };
    count("SignIns", "Outcome", became);
}

/// A sign-in by a provider, which was let in or not.
pub(crate) fn came_by_provider(let_in: bool) {
    count("SignIns", "Outcome", if let_in { "signed_in" } else { "refused" });
}

/// A security code, by what it was.
pub(crate) fn security_code(became: &str) {
    count("SecurityCodes", "Outcome", became);
}

/// A mail, by its fate.
pub(crate) fn mail(fate: Fate) {
    count("Mails", "Fate", fate.as_str());
}

/// A mail that is to be tried again; because the mail service has stopped all mail of this account, or for another reason.
pub(crate) fn mail_held(paused: bool) {
    count("Mails", "Fate", if paused { "paused" } else { "held" });
}

/// How long one password hash took.
pub(crate) fn hash_time(took: Duration) {
    tracing::info!(target: TARGET, name = "HashTime", unit = "Milliseconds", value = took.as_secs_f64() * 1_000.0);
}

/// The capacity that calls to the database have taken since the last time: told once an invocation.
pub fn capacity(meter: &Meter) {
    let (reads, writes) = meter.news();
    for (name, value) in [("ReadUnits", reads), ("WriteUnits", writes)] {
        if value > 0.0 {
            tracing::info!(target: TARGET, name, unit = "Count", value, dimension = "Function");
        }
    }
}
