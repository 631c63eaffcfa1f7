//! Logs, as JSON lines on standard output, where Lambda collects them. What is counted goes the same way, in the embedded
//! metric format that CloudWatch reads.

mod metric;

use std::io;

use service::Clock;
use service::metrics::TARGET;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use metric::Metrics;

/// Starts them, for this process.
pub fn start() {
    let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let told = fmt::layer().json().with_target(false).without_time().with_filter(LevelFilter::from_level(Level::INFO));
    tracing_subscriber::registry()
        .with(told.with_filter(filter_fn(|metadata| metadata.target() != TARGET)))
        .with(Metrics::new(function, Clock::system(), io::stdout))
        .init();
}
