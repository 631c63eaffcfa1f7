//! Systems that people come from, and what the columns of their exports are here (IO-1): one table for each. What a table does
//! not know is named to whoever brings the file, and left out.
//!
//! What is known of each is said in `infra/operating.md`: three of them have a format of their own, the exports of the others are
//! put together by whoever runs them, and the tables know the names that their fields have.

use Takes::{As, InUse, WholeName};

/// Where a file of people comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A file with our own columns.
    #[default]
    Vestibule,
    /// iMIS, a query or the worksheets of its importer.
    Imis,
    /// MinistryPlatform, a view of contacts or users.
    MinistryPlatform,
    /// IndySoft, a list of contacts.
    IndySoft,
    /// Lytho Workflow, once inMotion: a list of people.
    Lytho,
    /// Amazon Cognito, a CSV of users.
    Cognito,
    /// Keycloak, an export of a realm or of its users.
    Keycloak,
    /// Auth0, a bulk export.
    Auth0,
}

/// What a column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A column of ours.
    As(&'static str),
    /// First and last name in one: `Nora Quist` or `Quist, Nora`. Only where they do not stand by themselves.
    WholeName,
    /// Whether the account can be used.
    InUse,
}

type Table = &'static [(&'static str, Takes)];

impl Source {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Vestibule,
        Self::Imis,
        Self::MinistryPlatform,
        Self::IndySoft,
        Self::Lytho,
        Self::Cognito,
        Self::Keycloak,
        Self::Auth0,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vestibule => "vestibule",
            Self::Imis => "imis",
            Self::MinistryPlatform => "ministryplatform",
            Self::IndySoft => "indysoft",
            Self::Lytho => "lytho",
            Self::Cognito => "cognito",
            Self::Keycloak => "keycloak",
            Self::Auth0 => "auth0",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vestibule => "Our own columns",
            Self::Imis => "iMIS",
            Self::MinistryPlatform => "MinistryPlatform",
            Self::IndySoft => "IndySoft",
            Self::Lytho => "Lytho Workflow (inMotion)",
            Self::Cognito => "Amazon Cognito",
            Self::Keycloak => "Keycloak",
            Self::Auth0 => "Auth0",
        }
    }

    /// The one of this word; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }

    /// What its columns are here; of two for the same, the one that stands first and is filled counts. Nothing for our own.
    pub fn table(self) -> &'static [(&'static str, Takes)] {
        match self {
            Self::Vestibule => &[],
            Self::Imis => IMIS,
            Self::MinistryPlatform => MINISTRY_PLATFORM,
            Self::IndySoft => INDYSOFT,
            Self::Lytho => LYTHO,
            Self::Cognito => COGNITO,
            Self::Keycloak => KEYCLOAK,
            Self::Auth0 => AUTH0,
        }
    }

    /// What a column is here, and how soon it counts: the lower first. `None` for what is left out.
    pub fn takes(self, column: &str) -> Option<(usize, Takes)> {
        let wanted = plain(column);
        let found = self.table().iter().enumerate().find(|(_, (name, _))| plain(name) == wanted);
        found.map(|(at, (_, takes))| (at, *takes))
    }
}

impl Source {
    /// Whether whoever stands in its files has an account there: without a username they sign in by their e-mail address.
    pub fn has_accounts(self) -> bool {
        matches!(self, Self::Cognito | Self::Keycloak | Self::Auth0)
    }
}

/// A name of a column without what its writers vary: `First Name`, `First_Name` and `FirstName` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// First and last name from both in one.
pub fn parted(name: &str) -> (String, String) {
    let owned = |(first, last): (&str, &str)| (first.trim().to_owned(), last.trim().to_owned());
    match name.split_once(',') {
        Some((last, first)) => owned((first, last)),
        None => owned(name.trim().rsplit_once(char::is_whitespace).unwrap_or((name, ""))),
    }
}

/// Whether a word says yes; `None` where it says neither.
pub fn says_yes(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "active" | "enabled" => Some(true),
        "" | "no" | "n" | "false" | "f" | "0" | "inactive" | "disabled" => Some(false),
        _ => None,
    }
}

const IMIS: Table = &[
    ("Username", As("username")),
    ("Web Login", As("username")),
    ("First Name", As("first_name")),
    ("Last Name", As("last_name")),
    ("Full Name", WholeName),
    ("Informal Name", As("nickname")),
    ("Informal", As("nickname")),
    ("Email", As("email")),
    ("Email Address", As("email")),
    ("Primary Email", As("email")),
    ("Secondary Email", As("address_email")),
    ("Mobile Phone", As("phone")),
    ("Work Phone", As("phone")),
    ("Home Phone", As("phone")),
    ("Phone", As("phone")),
    ("Organization Name", As("company")),
    ("Organization", As("company")),
    ("Company", As("company")),
    ("Chapter", As("group")),
];

const MINISTRY_PLATFORM: Table = &[
    ("User Name", As("username")),
    ("First Name", As("first_name")),
    ("Last Name", As("last_name")),
    ("Display Name", WholeName),
    ("Nickname", As("nickname")),
    ("Email Address", As("email")),
    ("User Email", As("email")),
    ("Mobile Phone", As("phone")),
    ("Company Phone", As("phone")),
    ("Home Phone", As("phone")),
    ("Company Name", As("company")),
    ("Congregation Name", As("group")),
    ("Congregation", As("group")),
];

const INDYSOFT: Table = &[
    ("User Name", As("username")),
    ("User ID", As("username")),
    ("Login", As("username")),
    ("First Name", As("first_name")),
    ("Last Name", As("last_name")),
    ("Full Name", WholeName),
    ("Contact Name", WholeName),
    ("Contact", WholeName),
    ("Name", WholeName),
    ("Email", As("email")),
    ("Email Address", As("email")),
    ("Mobile Phone", As("phone")),
    ("Phone", As("phone")),
    ("Phone Number", As("phone")),
    ("Company", As("company")),
    ("Company Name", As("company")),
    ("Customer", As("company")),
    ("Active", InUse),
];

const LYTHO: Table = &[
    ("Username", As("username")),
    ("First Name", As("first_name")),
    ("Last Name", As("last_name")),
    ("Full Name", WholeName),
    ("Name", WholeName),
    ("Email", As("email")),
    ("Email Address", As("email")),
    ("Phone", As("phone")),
    ("Phone Number", As("phone")),
    ("Company", As("company")),
    ("Active", InUse),
];

const COGNITO: Table = &[
    ("preferred_username", As("username")),
    ("cognito:username", As("username")),
    ("Username", As("username")),
    ("given_name", As("first_name")),
    ("family_name", As("last_name")),
    ("name", WholeName),
    ("nickname", As("nickname")),
    ("email", As("email")),
    ("phone_number", As("phone")),
    ("Enabled", InUse),
];

const KEYCLOAK: Table = &[
    ("username", As("username")),
    ("firstName", As("first_name")),
    ("lastName", As("last_name")),
    ("attributes.nickname", As("nickname")),
    ("email", As("email")),
    ("attributes.phone", As("phone")),
    ("attributes.phoneNumber", As("phone")),
    ("attributes.mobile", As("phone")),
    ("attributes.company", As("company")),
    ("attributes.organization", As("company")),
    ("enabled", InUse),
    ("credentials", As("password_hash")),
];

const AUTH0: Table = &[
    ("username", As("username")),
    ("given_name", As("first_name")),
    ("family_name", As("last_name")),
    ("name", WholeName),
    ("email", As("email")),
    ("phone_number", As("phone")),
    ("user_metadata.phone", As("phone")),
    ("user_metadata.company", As("company")),
    ("blocked", As("disabled")),
    ("passwordHash", As("password_hash")),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// IO-1: however a system writes a column's name.
    #[test]
    fn a_column_is_known_however_it_is_written() {
        for name in ["First Name", "First_Name", "FirstName", "FIRST NAME"] {
            assert_eq!(Source::Imis.takes(name).map(|(_, takes)| takes), Some(As("first_name")), "{name}");
        }
        assert_eq!(Source::Cognito.takes("cognito:mfa_enabled"), None);
        assert_eq!(Source::Vestibule.takes("email"), None, "our own columns have no table");
    }

    /// IO-1: no table knows a column twice, and every word leads back to its system.
    #[test]
    fn the_tables_are_in_order() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(source));
            let names: std::collections::BTreeSet<_> = source.table().iter().map(|(name, _)| plain(name)).collect();
            assert_eq!(names.len(), source.table().len(), "{}", source.name());
        }
        assert_eq!(Source::parse("salesforce"), None);
    }

    #[test]
    fn a_name_in_one_is_parted() {
        let table = [
            ("Nora Quist", ("Nora", "Quist")),
            ("Quist, Nora", ("Nora", "Quist")),
            ("Mary Ann Lee", ("Mary Ann", "Lee")),
            ("Cher", ("Cher", "")),
            (" ", ("", "")),
        ];
        for (name, (first, last)) in table {
            assert_eq!(parted(name), (first.to_owned(), last.to_owned()), "{name}");
        }
    }
}
