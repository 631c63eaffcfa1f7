//! Defaults, ranges, and what a change has to hold to.

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// SI-2: where one may be sent on to is an origin, and nothing that a browser would read otherwise.
#[test]
fn a_return_origin_is_an_origin() {
    for good in ["https://www.example.org", "https://a.example:8443", "http://localhost:3000"] {
        assert!(is_origin(good), "{good}");
    }
    for bad in [
        "",
        "*",
        "www.example.org",
        "https://a.example/",
        "https://u@a.example",
        "https://A.example",
        "ftp://a.example",
    ] {
        assert!(!is_origin(bad), "{bad}");
    }
}

/// PW-4, PW-8: five periods; since when they count is written down by itself.
#[test]
fn expiry_begins_when_it_is_switched_on() {
    let with = |settings: &Settings, text: &str, now| settings.with(&serde_json::from_str(text).unwrap(), now);
    let later = Timestamp::from_second(86_400).unwrap();
    let on = with(&Settings::default(), r#"{"password.expiry_days": 90}"#, NOW).unwrap();
    assert_eq!(on.password_expiry_since, Some(NOW));
    let longer = with(&on, r#"{"password.expiry_days": 180}"#, later).unwrap();
    assert_eq!(longer.password_expiry_since, Some(NOW));
    let shorter = with(&on, r#"{"password.expiry_days": 30}"#, later).unwrap();
    assert_eq!(shorter.password_expiry_since, Some(later));
    assert_eq!(on.clone().following(&Settings::default(), later).password_expiry_since, Some(later));
    let off = with(&on, r#"{"password.expiry_days": 0}"#, later).unwrap();
    assert_eq!(off.password_expiry_since, None);
    assert!(matches!(with(&on, r#"{"password.expiry_days": 45}"#, NOW), Err(SettingsError::Unfit(..))));
    assert!(matches!(with(&on, r#"{"password.expiry_since": null}"#, NOW), Err(SettingsError::Unfit(..))));
}

/// PW-5: the warning begins at half the period at the earliest.
#[test]
fn a_warning_takes_at_most_half_the_period() {
    let warns = |days, warn| {
        Settings { password_expiry_days: days, password_warn_days: warn, ..Settings::default() }.warn_days()
    };
    assert_eq!([warns(90, 14), warns(30, 14), warns(30, 90), warns(0, 14)], [14, 14, 15, 0]);
    let with = |text: &str| Settings::default().with(&serde_json::from_str(text).unwrap(), NOW);
    for fits in [
        r#"{"password.expiry_days": 30, "password.warn_days": 15}"#,
        r#"{"password.expiry_days": 0, "password.warn_days": 90}"#,
        r#"{"password.expiry_days": 30}"#,
    ] {
        assert!(with(fits).is_ok(), "{fits}");
    }
    let long = with(r#"{"password.expiry_days": 30, "password.warn_days": 16}"#);
    assert!(matches!(long, Err(SettingsError::Unfit("password.warn_days", _))), "{long:?}");
    // What was kept so before bars nobody from changing something else.
    let kept = Settings { password_expiry_days: 30, password_warn_days: 90, ..Settings::default() };
    assert!(kept.with(&serde_json::from_str(r#"{"lock.attempts": 9}"#).unwrap(), NOW).is_ok());
}

#[test]
fn the_defaults_are_in_range() {
    assert_eq!(Settings::default().out_of_range(), []);
}

/// SE-1: ninety days is the ceiling. LK-1: 1 to 100. PW-1: eight is the floor.
#[test]
fn limits_hold() {
    let odd = Settings { session_remember_days: 91, lock_attempts: 0, password_length: 7, ..Settings::default() };
    let keys: Vec<_> = odd.out_of_range().into_iter().map(|o| o.key).collect();
    assert_eq!(keys, ["session.remember_days", "lock.attempts", "password.length"]);
}

#[test]
fn a_missing_key_has_its_default_and_a_newer_one_is_passed_over() {
    let some: Settings = serde_json::from_str(r#"{"lock.attempts": 9, "from.tomorrow": 1}"#).unwrap();
    assert_eq!((some.lock_attempts, some.temporary_days), (9, 7));
}

#[test]
fn a_change_is_checked() {
    let with = |text: &str| Settings::default().with(&serde_json::from_str(text).unwrap(), NOW);
    assert_eq!(with(r#"{"lock.attempts": 9}"#).unwrap().lock_attempts, 9);
    assert!(matches!(with(r#"{"lock.atempts": 9}"#), Err(SettingsError::Unknown(_))));
    assert!(matches!(with(r#"{"lock.attempts": "9"}"#), Err(SettingsError::WrongType(_))));
    assert!(matches!(with(r#"{"lock.attempts": 101}"#), Err(SettingsError::OutOfRange(_))));
}

/// AD-5: people are told of every setting, once, in an area that there is.
#[test]
fn every_setting_is_explained() {
    use crate::settings::about::{ABOUT, AREAS};
    let value = serde_json::to_value(Settings::default()).unwrap();
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let mut told: Vec<&str> = ABOUT.iter().map(|about| about.key).collect();
    keys.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, keys);
    for about in ABOUT {
        assert!(AREAS.iter().any(|(area, _)| *area == about.area), "{}", about.key);
        let (label, help) = (about.label, about.help);
        assert!(!label.0.is_empty() && !label.1.is_empty(), "{}", about.key);
        assert!(help.0.ends_with('.') && help.1.ends_with('.') && help.0 != help.1, "{}", about.key);
    }
}
