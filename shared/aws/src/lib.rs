//! The few operations of DynamoDB, SES and Secrets Manager that the product calls, and no more: a third of what the SDK's clients
//! weigh and take (`infra/decisions/a-client-of-our-own.md`).

mod access;
pub mod dynamodb;
mod error;
#[cfg(test)]
mod fake;
mod nothing;
mod secrets_manager;
mod service;
pub mod ses;
mod sign;
mod transport;

pub use access::Access;
pub use error::{Error, Refusal};
pub use secrets_manager::SecretsManager;
pub use ses::Ses;
pub use transport::{Answering, Http, Lost, SharedHttp, http_client};
