//! Who may do what: one table of rights for every kind of account.

use crate::user::Kind;

/// What somebody may be asked to have the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See and change the settings.
    Settings,
}

/// Whether an account of this kind has the right.
pub fn may(kind: Kind, right: Right) -> bool {
    match right {
        Right::Settings => kind == Kind::Administrator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AD-1: settings are for administrators.
    #[test]
    fn settings_are_for_administrators() {
        let kinds = [Kind::Contact, Kind::Staff, Kind::Administrator, Kind::Api];
        let able: Vec<_> = kinds.into_iter().filter(|kind| may(*kind, Right::Settings)).collect();
        assert_eq!(able, [Kind::Administrator]);
    }
}
