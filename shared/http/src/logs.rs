//! Logs, as JSON lines on standard output, where Lambda collects them.

use tracing::Level;

/// Starts them, for this process.
pub fn start() {
    tracing_subscriber::fmt().json().with_max_level(Level::INFO).with_target(false).without_time().init();
}
