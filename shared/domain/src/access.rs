//! Who may do what: one table of rights for every kind of account.

use crate::user::{Kind, User};

/// What somebody may be asked to have the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See and change the settings.
    Settings,
    /// See and change the layouts of mail.
    Layouts,
    /// See and change the locations.
    Locations,
    /// See and change the sign-in instances.
    Instances,
    /// See and change the providers by which people sign in.
    Providers,
    /// See and change the applications that people sign in to through this site.
    Clients,
    /// See users and change them.
    Users,
    /// Make, mail and withdraw PINs, and see who came by them.
    Sponsors,
    /// See contacts and help them in; staff, those of their own group.
    Contacts,
    /// See what mail went to an address.
    Mail,
    /// See what happened, and whether it was altered.
    Audit,
    /// Plan and run bulk runs; staff, among the contacts of their own group.
    Resends,
    /// Bring people in from a file; programs, members only.
    Imports,
    /// Take everything out; administrators in person only, whatever a program's permissions say.
    Exports,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Settings,
        Self::Layouts,
        Self::Locations,
        Self::Instances,
        Self::Providers,
        Self::Clients,
        Self::Users,
        Self::Sponsors,
        Self::Contacts,
        Self::Mail,
        Self::Audit,
        Self::Resends,
        Self::Imports,
        Self::Exports,
    ];
}

impl Right {
    /// What a program's permissions for it begin with: `users.read` to see, `users.write` to change as well.
    fn area(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Layouts => "layouts",
            Self::Locations => "locations",
            Self::Instances => "instances",
            Self::Providers => "providers",
            Self::Clients => "clients",
            Self::Users => "users",
            Self::Sponsors => "sponsors",
            Self::Contacts => "contacts",
            Self::Mail => "mail",
            Self::Audit => "audit",
            Self::Resends => "resends",
            Self::Imports => "imports",
            Self::Exports => "exports",
        }
    }
}

/// Whether somebody has the right: to see only, or to change as well.
pub fn may(user: &User, right: Right, reads: bool) -> bool {
    let permitted = |what: &str| user.grants.permissions.iter().any(|has| *has == format!("{}.{what}", right.area()));
    match user.kind {
        Kind::Administrator => true,
        Kind::Api => right != Right::Exports && (permitted("write") || (reads && permitted("read"))),
        Kind::Staff => matches!(right, Right::Contacts | Right::Resends),
        Kind::Contact => false,
    }
}

/// Whether somebody who has the right may act on this kind of account, or on a contact, of this group: staff on contacts of
/// their own group only, nobody on somebody with more rights than their own (AD-3, BR-6).
pub fn may_act(by: &User, kind: Kind, group: Option<&str>) -> bool {
    match by.kind {
        Kind::Administrator => true,
        Kind::Staff => kind == Kind::Contact && group.is_some() && by.person.group.as_deref() == group,
        Kind::Api => kind == Kind::Contact,
        Kind::Contact => false,
    }
}

/// Whether somebody may act on this user: nobody does on someone with more rights than their own (AD-3). A right of the
/// organisation's applications is one, too.
pub fn may_act_on(by: &User, user: &User) -> bool {
    let has = |own: &[String], theirs: &[String]| theirs.iter().all(|one| own.contains(one));
    let (own, theirs) = (&by.grants, &user.grants);
    let within = by.kind != Kind::Staff
        || has(&own.permissions, &theirs.permissions)
            && has(&own.profiles, &theirs.profiles)
            && has(&own.company_exceptions, &theirs.company_exceptions);
    within && may_act(by, user.kind, user.person.group.as_deref())
}

/// What permissions for this product's own administration begin with.
const ADMINISTRATION: [&str; 18] = [
    "admin",
    "administration",
    "administrator",
    "audit",
    "clients",
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

    fn user(kind: Kind, permissions: &[&str]) -> User {
        let user = serde_json::json!({
            "id": "x", "username": "x", "kind": kind, "epoch": 1, "created_at": 0, "permissions": permissions,
        });
        serde_json::from_value(user).unwrap()
    }

    /// AD-1: what is for administrators.
    #[test]
    fn administration_is_for_administrators() {
        for right in Right::ALL {
            let kinds = [Kind::Contact, Kind::Staff, Kind::Administrator, Kind::Api];
            let able: Vec<_> = kinds.into_iter().filter(|kind| may(&user(*kind, &[]), right, true)).collect();
            let expected = if matches!(right, Right::Contacts | Right::Resends) {
                vec![Kind::Staff, Kind::Administrator]
            } else {
                vec![Kind::Administrator]
            };
            assert_eq!(able, expected, "{right:?}");
        }
    }

    /// AD-3, BR-6: staff act on contacts of their own group only, and nobody on somebody with more rights.
    #[test]
    fn staff_act_within_their_group() {
        let mut sam = user(Kind::Staff, &[]);
        assert!(!may_act(&sam, Kind::Contact, None) && !may_act(&sam, Kind::Contact, Some("North")));
        sam.person.group = Some("North".to_owned());
        assert!(may_act(&sam, Kind::Contact, Some("North")));
        assert!(!may_act(&sam, Kind::Contact, Some("South")) && !may_act(&sam, Kind::Contact, None));
        for kind in [Kind::Staff, Kind::Administrator, Kind::Api] {
            assert!(!may_act(&sam, kind, Some("North")), "{kind:?}");
            assert!(!may_act(&user(Kind::Api, &["users.write"]), kind, None), "{kind:?}");
            assert!(may_act(&user(Kind::Administrator, &[]), kind, None), "{kind:?}");
        }
    }

    /// FE-4: a program may what its permissions say, and a person with the same words may not.
    #[test]
    fn a_program_may_what_it_is_permitted() {
        let reader = user(Kind::Api, &["users.read"]);
        assert!(may(&reader, Right::Users, true) && !may(&reader, Right::Users, false));
        assert!(!may(&reader, Right::Settings, true));
        let writer = user(Kind::Api, &["users.write"]);
        assert!(may(&writer, Right::Users, true) && may(&writer, Right::Users, false));
        assert!(!may(&user(Kind::Contact, &["users.write"]), Right::Users, true));
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
