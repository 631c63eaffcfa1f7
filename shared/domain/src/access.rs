//! Who may do what: one table of rights for every kind of account.

use crate::user::Kind;

/// What somebody may be asked to have the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See and change the settings.
    Settings,
    /// See and change the layouts of mail.
    Layouts,
    /// See and change the locations.
    Locations,
    /// See users and change them.
    Users,
    /// Make, mail and withdraw PINs, and see who came by them.
    Sponsors,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Settings, Self::Layouts, Self::Locations, Self::Users, Self::Sponsors];
}

/// Whether an account of this kind has the right.
pub fn may(kind: Kind, right: Right) -> bool {
    match right {
        Right::Settings | Right::Layouts | Right::Locations | Right::Users | Right::Sponsors => {
            kind == Kind::Administrator
        }
    }
}

/// What permissions for this product's own administration begin with.
const ADMINISTRATION: [&str; 17] = [
    "admin",
    "administration",
    "administrator",
    "audit",
    "contacts",
    "exports",
    "imports",
    "instances",
    "layouts",
    "locations",
    "mail",
    "providers",
    "resends",
    "settings",
    "sponsor",
    "sponsors",
    "users",
];

/// Whether a permission or profile is for administration or sponsoring: it is not passed on by a PIN (PN-5).
pub fn is_administrative(permission: &str) -> bool {
    let first = permission.split(['.', ':', '/']).next().unwrap_or_default().trim().to_lowercase();
    ADMINISTRATION.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AD-1: what is for administrators.
    #[test]
    fn administration_is_for_administrators() {
        for right in Right::ALL {
            let kinds = [Kind::Contact, Kind::Staff, Kind::Administrator, Kind::Api];
            let able: Vec<_> = kinds.into_iter().filter(|kind| may(*kind, right)).collect();
            assert_eq!(able, [Kind::Administrator], "{right:?}");
        }
    }

    /// PN-5
    #[test]
    fn permissions_for_administration_are_known_by_their_beginning() {
        for administrative in ["users.write", "contacts.read", "admin", " Admin.All", "sponsors", "settings/write"] {
            assert!(is_administrative(administrative), "{administrative}");
        }
        for other in ["orders.read", "usership", "buyer", "", "mailbox.read"] {
            assert!(!is_administrative(other), "{other}");
        }
    }
}
