//! What each setting is unless somebody changes it.

use super::{Asked, Corners, Letters, LockMode, MfaScope, PasswordMode, PinChannel, Settings, SharedAddress};
use super::{NOT_FOUND, SIGN_IN_FAILS};
use crate::language::Language;
use crate::layout::Occasion;

impl Default for Settings {
    fn default() -> Self {
        Self {
            organisation_name: "Your organisation".to_owned(),
            organisation_email: None,
            organisation_environment_name: None,
            organisation_language: Language::English,
            organisation_colour: None,
            organisation_logo: None,
            organisation_corners: Corners::Soft,
            organisation_letters: Letters::System,
            sign_in_message: SIGN_IN_FAILS.to_owned(),
            sign_in_return_origins: Vec::new(),
            sign_in_refusal_milliseconds: 0,
            session_remember_days: 90,
            session_remembered_idle_days: 30,
            session_idle_minutes: 30,
            session_absolute_hours: 12,
            lock_attempts: 5,
            lock_mode: LockMode::UntilReset,
            throttle_address_failures: 100,
            recovery_by_mail: true,
            recovery_password_mode: PasswordMode::Link,
            recovery_create_credentials: false,
            recovery_link_minutes: 60,
            recovery_shared_address: SharedAddress::OnScreen,
            recovery_mails_per_address: 20,
            recovery_unknown_mails_per_address: 3,
            recovery_unknown_mails_in_all: 1_000,
            resend_mode: PasswordMode::Link,
            temporary_days: 7,
            layout_pin: Occasion::Pin.name().to_owned(),
            layout_new_account: Occasion::NewAccount.name().to_owned(),
            layout_password_link: Occasion::PasswordLink.name().to_owned(),
            sign_up_create_contact: false,
            sign_up_not_found_message: NOT_FOUND.to_owned(),
            sign_up_phone: Asked::Optional,
            organisation_country: None,
            mfa_scope: MfaScope::Off,
            pin_channel: PinChannel::Off,
            pin_inherit_administration: false,
            pin_wrong_per_address: 10,
            pin_wrong_in_all: 300,
            password_length: 12,
            password_upper: 0,
            password_digits: 0,
            password_symbols: 0,
            password_letters: 0,
            password_requirements_text: None,
            password_history: 4,
            password_expiry_days: 0,
            password_warn_days: 14,
            password_expiry_since: None,
        }
    }
}
