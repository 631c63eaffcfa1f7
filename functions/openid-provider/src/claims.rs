//! What applications are told of somebody (OpenID Connect Core 1.0, 5.1).

use domain::client::Scope;
use domain::user::User;
use serde_json::{Map, Value, json};

/// Who somebody is, as far as an application may know. Whether an address has been proven is not said: it is not known of all.
pub(crate) fn of(user: &User, scope: Scope) -> Map<String, Value> {
    let person = &user.person;
    let mut all = Map::from_iter([("sub".to_owned(), json!(user.id))]);
    let mut tell = |name: &str, value: Value| {
        if !value.is_null() && value != "" {
            all.insert(name.to_owned(), value);
        }
    };
    if scope.profile {
        tell("name", json!(person.name()));
        tell("given_name", json!(person.first_name));
        tell("family_name", json!(person.last_name));
        tell("preferred_username", json!(user.username));
        tell("locale", json!(person.language().map(domain::language::Language::tag)));
    }
    if scope.email {
        tell("email", json!(person.mailbox().map(domain::email::Email::shown)));
    }
    if scope.access {
        let grants = &user.grants;
        tell("kind", json!(user.kind));
        tell("company", json!(person.company));
        tell("permissions", json!(grants.permissions));
        tell("profiles", json!(grants.profiles));
        tell("company_exceptions", json!(grants.company_exceptions));
    }
    all
}
