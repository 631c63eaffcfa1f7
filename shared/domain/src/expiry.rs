//! When a password ends (PW-4), from when its owner is told (PW-5), and how the first round is spread (PW-8).

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::id::UserId;
use crate::settings::Settings;

const DAY: i64 = 86_400;

/// When a user's password ends, `set_at` being its choice or the account's making, whichever is later. `None`: never.
///
/// A password that was there when expiry was switched on ends on a day of the first period that is the user's own, and not
/// before the warning has had its time: however old it is, for those who were imported together have passwords of one age.
pub fn ends_at(settings: &Settings, user: &UserId, set_at: Timestamp) -> Option<Timestamp> {
    let period = days(settings.password_expiry_days);
    if period.is_zero() {
        return None;
    }
    // What was set is known to the second only.
    let since = settings.password_expiry_since.filter(|since| set_at.as_second() < since.as_second());
    Some(since.map_or_else(|| later(set_at, period), |since| later(since, days(own_day(settings, user)))))
}

/// When a password ends, if its owner is to be told by now.
pub fn ends_soon(settings: &Settings, user: &UserId, set_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let end = ends_at(settings, user, set_at)?;
    (end.duration_since(now) <= days(settings.warn_days())).then_some(end)
}

/// In how many whole days a password ends, if its owner is to be told by now.
pub fn days_left(settings: &Settings, user: &UserId, set_at: Timestamp, now: Timestamp) -> Option<u32> {
    let end = ends_soon(settings, user, set_at, now)?;
    Some(u32::try_from(end.duration_since(now).as_hours() / 24).unwrap_or_default())
}

/// The days on which the passwords of this moment end when expiry is switched on, with the share of them.
pub fn forecast(settings: &Settings, now: Timestamp) -> Vec<(Date, f64)> {
    let since = settings.password_expiry_since.unwrap_or(now);
    let (first, last) = (first_day(settings), settings.password_expiry_days);
    let share = 1.0 / f64::from(last.saturating_sub(first).max(1));
    (first..last).map(|day| (Offset::UTC.to_datetime(later(since, days(day))).date(), share)).collect()
}

/// The user's own day of the first period.
fn own_day(settings: &Settings, user: &UserId) -> u16 {
    let first = first_day(settings);
    let window = settings.password_expiry_days.saturating_sub(first).max(1);
    // FNV-1a: the same for ever, and alike for all.
    let hash =
        user.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    first + u16::try_from(hash % u32::from(window)).unwrap_or_default()
}

fn first_day(settings: &Settings) -> u16 {
    settings.warn_days().max(1).min(settings.password_expiry_days)
}

fn days(number: u16) -> SignedDuration {
    SignedDuration::from_secs(i64::from(number) * DAY)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + days * DAY).unwrap()
    }

    fn user(n: u16) -> UserId {
        let [high, low] = n.to_be_bytes();
        UserId::new(at(0), [high, low, 3, 4, 5, 6, 7, 8, 9, low])
    }

    fn expiring(period: u16, since: Option<Timestamp>) -> Settings {
        Settings { password_expiry_days: period, password_expiry_since: since, ..Settings::default() }
    }

    /// PW-4: to the second, from the choice on.
    #[test]
    fn a_password_ends_a_period_after_its_choice() {
        let settings = expiring(30, Some(at(0)));
        assert_eq!(ends_at(&settings, &user(1), at(5)), Some(at(35)));
        assert_eq!(ends_at(&settings, &user(1), at(0)), Some(at(30)));
        assert_eq!(ends_at(&Settings::default(), &user(1), at(5)), None);
    }

    /// PW-5
    #[test]
    fn the_owner_is_told_in_time() {
        let settings = expiring(30, Some(at(0)));
        assert_eq!(ends_soon(&settings, &user(1), at(5), at(20)), None);
        assert_eq!(ends_soon(&settings, &user(1), at(5), at(21)), Some(at(35)));
        assert_eq!(ends_soon(&settings, &user(1), at(5), at(40)), Some(at(35)));
    }

    /// PW-8: old passwords end one after the other, with the warning's time before the first, and as the forecast says.
    #[test]
    fn the_first_round_is_spread() {
        let settings = expiring(90, Some(at(0)));
        let mut by_day = BTreeMap::new();
        for n in 0..20_000 {
            let end = ends_at(&settings, &user(n), at(-1_000)).unwrap();
            assert!(end >= at(14) && end < at(90), "{end}");
            *by_day.entry(Offset::UTC.to_datetime(end).date()).or_insert(0_u32) += 1;
        }
        let forecast = forecast(&settings, at(3));
        assert_eq!(forecast.len(), 76);
        assert!((forecast.iter().map(|(_, share)| share).sum::<f64>() - 1.0).abs() < 1e-9);
        for (day, share) in forecast {
            let expected = share * 20_000.0;
            let ended = f64::from(by_day.get(&day).copied().unwrap_or_default());
            assert!((ended - expected).abs() < expected * 0.5, "{day}: {ended} of {expected}");
        }
    }

    /// PW-8: people who were imported on one day are spread like all others, and nobody's password lasts beyond the period.
    #[test]
    fn passwords_of_one_age_are_spread() {
        let settings = expiring(30, Some(at(0)));
        for age in [1, 16, 29, 31] {
            let mut by_day = BTreeMap::new();
            for n in 0..1_600 {
                let end = ends_at(&settings, &user(n), at(-age)).unwrap();
                assert!(end >= at(14) && end < at(30), "{end}");
                *by_day.entry(end).or_insert(0) += 1;
            }
            assert!(by_day.len() == 16 && by_day.values().all(|ended| *ended < 200), "{by_day:?}");
        }
    }
}
