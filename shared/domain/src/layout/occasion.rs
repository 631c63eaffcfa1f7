//! The occasions for mail, each with the layout that goes with it.

use serde::{Deserialize, Serialize};

/// What a mail is about. The layout of the same name is used, unless a setting names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The username, for whoever forgot it (FU-2).
    UsernameReminder,
    /// Somebody gave an address that belongs to no account (FU-6).
    UnknownAddress,
    /// We can't help by mail; staff can (FU-4).
    ContactStaff,
    /// Several accounts use this address (FU-5).
    SharedAddress,
    /// Several accounts use this address, and a link to choose one (FU-9).
    ChooseAccount,
    /// A link to set a new password (RP-1).
    PasswordLink,
    /// A temporary password, for whoever forgot theirs (RP-1).
    PasswordTemporary,
    /// A link to set the username and password anew (RP-2).
    AccountReset,
    /// A new account: username and temporary password (SU-3, PN-6).
    NewAccount,
    /// A PIN that lets its holder make accounts (PN-3).
    Pin,
    /// A link to set up the second factor (MF-5).
    MfaSetup,
    /// Username and way in, sent to many or again (BR-5).
    ResendCredentials,
    /// Something about the account changed (AC-5).
    SecurityNotice,
}

/// Items that every layout takes: the organisation's own words and addresses.
pub const COMMON_ITEMS: [&str; 5] = ["ORGANISATION", "ENVIRONMENT", "CONTACT", "SIGN_IN", "FORGOT_PASSWORD"];

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::UsernameReminder,
        Self::UnknownAddress,
        Self::ContactStaff,
        Self::SharedAddress,
        Self::ChooseAccount,
        Self::PasswordLink,
        Self::PasswordTemporary,
        Self::AccountReset,
        Self::NewAccount,
        Self::Pin,
        Self::MfaSetup,
        Self::ResendCredentials,
        Self::SecurityNotice,
    ];

    /// What its layout is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::UsernameReminder => "username_reminder",
            Self::UnknownAddress => "unknown_address",
            Self::ContactStaff => "contact_staff",
            Self::SharedAddress => "shared_address",
            Self::ChooseAccount => "choose_account",
            Self::PasswordLink => "password_link",
            Self::PasswordTemporary => "password_temporary",
            Self::AccountReset => "account_reset",
            Self::NewAccount => "new_account",
            Self::Pin => "pin",
            Self::MfaSetup => "mfa_setup",
            Self::ResendCredentials => "resend_credentials",
            Self::SecurityNotice => "security_notice",
        }
    }

    /// The occasion whose layout is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }

    /// Items that its layout can't do without.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::UnknownAddress | Self::ContactStaff | Self::SharedAddress => &[],
            Self::ChooseAccount | Self::PasswordLink | Self::AccountReset | Self::MfaSetup => &["LINK"],
            Self::UsernameReminder => &["USERNAME"],
            Self::ResendCredentials => &["USERNAME", "LINK"],
            Self::PasswordTemporary => &["PASSWORD"],
            Self::NewAccount => &["USERNAME", "PASSWORD"],
            Self::Pin => &["PINCODE"],
            Self::SecurityNotice => &["EXPLANATION"],
        }
    }

    /// Items that only its layout, or that of few others, has a value for.
    pub fn own_items(self) -> &'static [&'static str] {
        match self {
            Self::UnknownAddress | Self::SharedAddress => &[],
            Self::ContactStaff => &["NAME"],
            Self::UsernameReminder => &["NAME", "USERNAME"],
            Self::ChooseAccount => &["LINK", "MINUTES"],
            Self::PasswordLink | Self::AccountReset | Self::MfaSetup => &["NAME", "USERNAME", "LINK", "MINUTES"],
            Self::PasswordTemporary | Self::NewAccount => &["NAME", "USERNAME", "PASSWORD", "DAYS", "PERIOD"],
            Self::ResendCredentials => &["NAME", "USERNAME", "LINK", "DAYS", "PERIOD"],
            Self::Pin => &["NAME", "PINCODE", "LINK", "ENDS", "USES"],
            Self::SecurityNotice => &["NAME", "USERNAME", "EVENT", "EXPLANATION"],
        }
    }

    /// Whether its layout may have this item.
    pub fn takes(self, item: &str) -> bool {
        COMMON_ITEMS.contains(&item) || self.own_items().contains(&item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ML-1: each layout has its name, in the API as in the table.
    #[test]
    fn each_occasion_has_its_name() {
        for occasion in Occasion::ALL {
            assert_eq!(Occasion::named(occasion.name()), Some(occasion));
            assert_eq!(serde_json::to_value(occasion).unwrap(), occasion.name());
            assert!(occasion.required().iter().all(|item| occasion.takes(item)), "{occasion:?}");
        }
    }
}
