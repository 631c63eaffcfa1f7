//! The flows, and the store they use.

mod app;
mod cache;
mod clock;
mod config;
pub mod flow;
mod hasher;
pub mod key_ring;
mod keys;
pub mod language;
pub mod mail;
pub mod metrics;
pub mod origin;
pub mod passkeys;
mod random;
mod settings;
pub mod store;
mod throttle;

pub use app::{App, Outside, Parts, http_client};
pub use clock::Clock;
pub use config::{Config, ConfigError, Tables, VARIABLES};
pub use hasher::{Busy, Hasher};
pub use keys::KeysError;
pub use random::{NoRandomness, Random};
pub use store::StoreError;
