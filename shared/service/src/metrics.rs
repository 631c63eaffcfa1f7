//! What is counted, for alarms, the dashboard and the bill: events under a target of their own, which a function's log
//! writes as CloudWatch metrics (`web::logs`). No name, address or id is in any of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::{
    batch_get_item as batch_get, batch_write_item as batch_write, delete_item as delete, get_item as get,
    put_item as put, query, scan, transact_write_items as transact, update_item as update,
};
use aws_sdk_dynamodb::types::ConsumedCapacity;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total;
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

/// The capacity that calls to the database take, added up for as long as the process lives.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Taken>);

#[derive(Debug, Default)]
struct Taken {
    reads: Count,
    writes: Count,
}

/// In half units: an eventually consistent read takes half a unit, nothing takes less.
#[derive(Debug, Default)]
struct Count {
    taken: AtomicU64,
    told: AtomicU64,
}

impl Count {
    fn add(&self, halves: u64) {
        self.taken.fetch_add(halves, Ordering::Relaxed);
    }

    /// Half units since the last time.
    fn news(&self) -> u64 {
        let taken = self.taken.load(Ordering::Relaxed);
        taken.saturating_sub(self.told.swap(taken, Ordering::Relaxed))
    }
}

impl Meter {
    /// Tells what has been taken since the last time: called once an invocation.
    pub fn tell(&self) {
        for (name, count) in [("ReadUnits", &self.0.reads), ("WriteUnits", &self.0.writes)] {
            let halves = count.news();
            if halves > 0 {
                tracing::info!(target: TARGET, name, unit = "Count", value = units(halves), dimension = "Function");
            }
        }
    }

    /// Read and write units taken so far.
    pub fn taken(&self) -> (f64, f64) {
        let so_far = |count: &Count| units(count.taken.load(Ordering::Relaxed));
        (so_far(&self.0.reads), so_far(&self.0.writes))
    }

    fn reads<'a>(&self, capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.0.reads.add(halves(capacity));
    }

    fn writes<'a>(&self, capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.0.writes.add(halves(capacity));
    }
}

fn units(halves: u64) -> f64 {
    f64::from(u32::try_from(halves).unwrap_or(u32::MAX)) / 2.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "units are small and not negative")]
fn halves<'a>(capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) -> u64 {
    let units: f64 = capacity.into_iter().filter_map(|one| one.capacity_units).sum();
    (units * 2.0).round() as u64
}

/// Has every call say what it took.
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        macro_rules! ask {
            ($($input:ty),*) => {$(
                if let Some(input) = input.downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(Total);
                    return Ok(());
                }
            )*};
        }
        ask!(
            get::GetItemInput,
            batch_get::BatchGetItemInput,
            query::QueryInput,
            scan::ScanInput,
            put::PutItemInput,
            update::UpdateItemInput,
            delete::DeleteItemInput,
            batch_write::BatchWriteItemInput,
            transact::TransactWriteItemsInput
        );
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        macro_rules! take {
            ($($output:ty => $way:ident $capacity:ident),*) => {$(
                if let Some(output) = output.downcast_ref::<$output>() {
                    self.$way(output.$capacity());
                    return Ok(());
                }
            )*};
        }
        take!(
            get::GetItemOutput => reads consumed_capacity,
            batch_get::BatchGetItemOutput => reads consumed_capacity,
            query::QueryOutput => reads consumed_capacity,
            scan::ScanOutput => reads consumed_capacity,
            put::PutItemOutput => writes consumed_capacity,
            update::UpdateItemOutput => writes consumed_capacity,
            delete::DeleteItemOutput => writes consumed_capacity,
            batch_write::BatchWriteItemOutput => writes consumed_capacity,
            transact::TransactWriteItemsOutput => writes consumed_capacity
        );
        Ok(())
    }
}
