//! Faults for tests, and what the product called: between the product's AWS clients and what they call.

mod call;
mod calls;
mod connector;
mod fault;
mod units;

pub use call::Service;
pub use calls::{Call, Calls};
pub(crate) use connector::{Between, Listeners};
pub(crate) use fault::parse;
pub use fault::{Fault, Faults, Kind};
