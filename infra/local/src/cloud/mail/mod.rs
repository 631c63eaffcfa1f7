//! SES: takes mail as SES does, and keeps it instead of sending it.

mod address;
mod captured;
mod request;
mod send;
mod template;
#[cfg(test)]
mod tests;

pub use captured::{Mail, Mailbox};
pub(super) use send::answer;
