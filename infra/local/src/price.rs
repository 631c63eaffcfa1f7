//! What work costs on AWS: list prices of us-east-1 in US dollars, arm64, on demand, without free tiers (November 2026).

use crate::faults::{Calls, Service};

const PER_REQUEST: f64 = 1.00 / 1e6; // HTTP API
const PER_INVOCATION: f64 = 0.20 / 1e6; // Lambda
const PER_GB_SECOND: f64 = 0.000_013_333_4; // Lambda, arm64
const PER_READ_UNIT: f64 = 0.125 / 1e6; // DynamoDB
const PER_WRITE_UNIT: f64 = 0.625 / 1e6; // DynamoDB
const PER_MAIL: f64 = 0.10 / 1e3; // SES

/// What a flow took: counted, not estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Taken {
    /// Requests that came through the API.
    pub requests: f64,
    /// Invocations of functions.
    pub invocations: f64,
    /// Seconds of functions, times their gigabytes.
    pub gb_seconds: f64,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
    /// Mails.
    pub mails: f64,
}

impl Taken {
    /// What calls to AWS took together; of mails, those that were sent one by one.
    pub fn by(calls: &Calls) -> Self {
        let (reads, writes) = calls.units();
        let sent = u32::try_from(calls.count(Service::Ses, "SendEmail")).unwrap_or(u32::MAX);
        Self { reads, writes, mails: f64::from(sent), ..Self::default() }
    }

    /// US dollars for all of it.
    pub fn dollars(&self) -> f64 {
        self.without_mail() + self.mails * PER_MAIL
    }

    /// US dollars without the mails, which cost the same whoever sends them.
    pub fn without_mail(&self) -> f64 {
        self.requests * PER_REQUEST
            + self.invocations * PER_INVOCATION
            + self.gb_seconds * PER_GB_SECOND
            + self.reads * PER_READ_UNIT
            + self.writes * PER_WRITE_UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OP-5: a million requests of 100 ms at half a gigabyte, with a read and a write each and no mail.
    #[test]
    fn a_million_small_requests_cost_what_the_price_list_says() {
        let one = Taken { requests: 1.0, invocations: 1.0, gb_seconds: 0.05, reads: 1.0, writes: 1.0, mails: 0.0 };
        let million = one.dollars() * 1e6;
        assert!((million - (1.00 + 0.20 + 0.666_67 + 0.125 + 0.625)).abs() < 0.001, "{million}");
        let mailed = Taken { mails: 1.0, ..one };
        assert!((mailed.dollars() - one.dollars() - 0.000_1).abs() < 1e-9);
    }
}
