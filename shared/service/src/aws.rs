//! The SDK's clients, made by hand from the environment Lambda provides. The one file that makes them.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use secrecy::ExposeSecret;

use crate::config::Aws;
use crate::metrics::Meter;

/// How patient a client is. `operation` is the whole, retries included: less than a function's time limit.
struct Patience {
    attempt: Duration,
    operation: Duration,
    attempts: u32,
}

const DATABASE: Patience =
    Patience { attempt: Duration::from_millis(1_500), operation: Duration::from_secs(4), attempts: 4 };

const MAIL: Patience = Patience { attempt: Duration::from_secs(4), operation: Duration::from_secs(9), attempts: 1 };

/// A configuration of one of the SDK's crates, which are alike and share no type.
macro_rules! config {
    ($sdk:ident, $aws:expr, $http:expr, $endpoint:expr, $patience:expr) => {{
        use $sdk::config::{BehaviorVersion, Builder, IdentityCache, StalledStreamProtectionConfig};
        let builder = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new($aws.region.clone()))
            .credentials_provider(credentials($aws))
            .http_client($http.clone())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            // The credentials are those of the environment, for the life of the process.
            .identity_cache(IdentityCache::no_cache())
            // Every call has its own time limits.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(retries($patience))
            .timeout_config(timeouts($patience));
        match $endpoint {
            Some(endpoint) => builder.endpoint_url(endpoint).build(),
            None => builder.build(),
        }
    }};
}

/// DynamoDB; the meter counts what its calls take.
#[expect(clippy::disallowed_methods, reason = "this is the one file")]
pub(crate) fn dynamodb(aws: &Aws, http: &SharedHttpClient, meter: Meter) -> aws_sdk_dynamodb::Client {
    let config = config!(aws_sdk_dynamodb, aws, http, &aws.dynamodb, &DATABASE);
    // By itself the client tries less and less often while calls fail, and one that fails just afterwards not at all. Each call of
    // ours is tried as often as any other, within its time.
    let tries = RetryPartition::custom("database").token_bucket(TokenBucket::unlimited()).build();
    let config = config.to_builder().interceptor(meter).retry_classifier(Conflicts).retry_partition(tries);
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// Somebody else's transaction was at the same item: the client does not try again by itself. A transaction of ours says it
/// otherwise, and is tried again where it is made.
#[derive(Debug)]
struct Conflicts;

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, call: &InterceptorContext) -> RetryAction {
        const CONFLICT: &[u8] = b"TransactionConflictException";
        let answer = call.response().filter(|answer| answer.status().as_u16() == 400);
        let told = answer.and_then(|answer| answer.body().bytes()).unwrap_or_default();
        if told.windows(CONFLICT.len()).any(|part| part == CONFLICT) {
            RetryAction::transient_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "conflicts"
    }
}

/// SES. A try again after a lost answer would be a second mail: the outbox decides that, not the client.
#[expect(clippy::disallowed_methods, reason = "this is the one file")]
pub(crate) fn ses(aws: &Aws, http: &SharedHttpClient) -> aws_sdk_sesv2::Client {
    aws_sdk_sesv2::Client::from_conf(config!(aws_sdk_sesv2, aws, http, &aws.ses, &MAIL))
}

/// Secrets Manager.
#[expect(clippy::disallowed_methods, reason = "this is the one file")]
pub(crate) fn secrets_manager(aws: &Aws, http: &SharedHttpClient) -> aws_sdk_secretsmanager::Client {
    let config = config!(aws_sdk_secretsmanager, aws, http, &aws.secrets_manager, &DATABASE);
    aws_sdk_secretsmanager::Client::from_conf(config)
}

fn credentials(aws: &Aws) -> Credentials {
    let token = aws.session_token.as_ref().map(|token| token.expose_secret().to_owned());
    Credentials::new(&aws.access_key, aws.secret_key.expose_secret(), token, None, "environment")
}

fn retries(patience: &Patience) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(patience.attempts)
        .with_initial_backoff(Duration::from_millis(30))
        .with_max_backoff(Duration::from_millis(500))
}

fn timeouts(patience: &Patience) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(patience.attempt).operation_timeout(patience.operation).build()
}
