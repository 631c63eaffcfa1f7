//! Between what each number of the settings has to be.

use super::Settings;

/// A setting outside its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// The setting's key.
    pub key: &'static str,
    /// The least it may be.
    pub least: u32,
    /// The most it may be.
    pub most: u32,
}

impl Settings {
    /// Every setting that has a range: key, value, least, most.
    pub fn ranges(&self) -> [(&'static str, u32, u32, u32); 21] {
        [
            ("sign_in.refusal_milliseconds", self.sign_in_refusal_milliseconds.into(), 0, 5_000),
            ("session.remember_days", self.session_remember_days.into(), 1, 90),
            ("session.remembered_idle_days", self.session_remembered_idle_days.into(), 1, 90),
            ("session.idle_minutes", self.session_idle_minutes.into(), 1, 1_440),
            ("session.absolute_hours", self.session_absolute_hours.into(), 1, 72),
            ("lock.attempts", self.lock_attempts.into(), 1, 100),
            ("throttle.address_failures", self.throttle_address_failures, 10, 1_000_000),
            ("recovery.link_minutes", self.recovery_link_minutes.into(), 5, 1_440),
            ("recovery.mails_per_address", self.recovery_mails_per_address, 1, 1_000),
            ("recovery.unknown_mails_per_address", self.recovery_unknown_mails_per_address, 1, 100),
            ("recovery.unknown_mails_in_all", self.recovery_unknown_mails_in_all, 0, 1_000_000),
            ("temporary.days", self.temporary_days.into(), 1, 90),
            ("pin.wrong_per_address", self.pin_wrong_per_address, 1, 1_000),
            ("pin.wrong_in_all", self.pin_wrong_in_all, 10, 100_000),
            ("password.length", self.password_length.into(), 8, 128),
            ("password.upper", self.password_upper.into(), 0, 16),
            ("password.digits", self.password_digits.into(), 0, 16),
            ("password.symbols", self.password_symbols.into(), 0, 16),
            ("password.letters", self.password_letters.into(), 0, 16),
            ("password.history", self.password_history.into(), 0, 10),
            ("password.warn_days", self.password_warn_days.into(), 1, 90),
        ]
    }

    /// Every setting that is outside its range; empty when all is well.
    pub fn out_of_range(&self) -> Vec<OutOfRange> {
        let out = self.ranges().into_iter().filter(|(_, is, least, most)| is < least || is > most);
        out.map(|(key, _, least, most)| OutOfRange { key, least, most }).collect()
    }
}
