//! Who may call what, and what it is called where it is written down: one table for every route. A route that is not in it
//! lets nobody in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::access::{Right, may, may_act_on};
use domain::audit::{Entry, Outcome, Party};
use domain::id::UserId;
use domain::language::Text;
use domain::session::Session;
use domain::user::User;
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Serialize;
use service::App;
use service::flow::Trouble;
use service::flow::audit::{self, noted};
use web::{Caller, Problem, guard, reply};

/// A route, the right it takes, and what it is written down as: nothing for what changes nothing.
pub struct Rule {
    /// The method.
    pub method: &'static str,
    /// The path, as the router has it.
    pub path: &'static str,
    /// What whoever calls it must have the right to.
    pub right: Right,
    /// What it is called where it is written down; empty for what changes nothing.
    pub act: &'static str,
}

const fn rule(method: &'static str, path: &'static str, right: Right, act: &'static str) -> Rule {
    Rule { method, path, right, act }
}

use Right::{
    Audit, Clients, Contacts, Exports, Imports, Instances, Layouts, Locations, Mail, Providers, Resends, Settings,
    Sponsors, Users,
};

/// Every route of this function.
pub const RULES: [Rule; 114] = [
    rule("GET", "/admin", Contacts, ""),
    rule("GET", "/admin/users", Users, ""),
    rule("POST", "/admin/users", Users, "user.made"),
    rule("GET", "/admin/users/new", Users, ""),
    rule("GET", "/admin/users/{id}", Users, ""),
    rule("PATCH", "/admin/users/{id}", Users, "user.changed"),
    rule("POST", "/admin/users/{id}", Users, "user.changed"),
    rule("DELETE", "/admin/users/{id}", Users, "user.erased"),
    rule("POST", "/admin/users/{id}/remove", Users, "user.erased"),
    rule("GET", "/admin/users/{id}/data", Users, "user.data_given"),
    rule("POST", "/admin/users/{id}/disable", Users, "user.disabled"),
    rule("POST", "/admin/users/{id}/enable", Users, "user.enabled"),
    rule("GET", "/admin/users/{id}/sessions", Users, ""),
    rule("DELETE", "/admin/users/{id}/sessions", Users, "user.sessions_ended"),
    rule("POST", "/admin/users/{id}/sessions/end", Users, "user.sessions_ended"),
    rule("POST", "/admin/users/{id}/reset-password", Users, "user.password_set"),
    rule("POST", "/admin/users/{id}/resend", Users, "user.resent"),
    rule("POST", "/admin/users/{id}/security-code/reset", Users, "user.factor_reset"),
    rule("POST", "/admin/users/{id}/pin", Sponsors, "pin.made"),
    rule("DELETE", "/admin/users/{id}/pin", Sponsors, "pin.withdrawn"),
    rule("POST", "/admin/users/{id}/pin/withdraw", Sponsors, "pin.withdrawn"),
    rule("POST", "/admin/users/{id}/pin/mail", Sponsors, "pin.mail_asked"),
    rule("GET", "/admin/users/{id}/sponsored", Sponsors, ""),
    rule("GET", "/admin/users/{id}/links", Users, ""),
    rule("POST", "/admin/users/{id}/links", Users, "user.linked"),
    rule("DELETE", "/admin/users/{id}/links/{link}", Users, "user.unlinked"),
    rule("POST", "/admin/users/{id}/links/{link}/remove", Users, "user.unlinked"),
    rule("GET", "/admin/contacts", Contacts, ""),
    rule("POST", "/admin/contacts", Contacts, "contact.made"),
    rule("GET", "/admin/contacts/new", Contacts, ""),
    rule("GET", "/admin/contacts/{id}", Contacts, ""),
    rule("PATCH", "/admin/contacts/{id}", Contacts, "contact.changed"),
    rule("POST", "/admin/contacts/{id}", Contacts, "contact.changed"),
    rule("DELETE", "/admin/contacts/{id}", Users, "contact.erased"),
    rule("POST", "/admin/contacts/{id}/remove", Users, "contact.erased"),
    rule("GET", "/admin/contacts/{id}/data", Users, "contact.data_given"),
    rule("POST", "/admin/contacts/{id}/disable", Contacts, "contact.disabled"),
    rule("POST", "/admin/contacts/{id}/enable", Contacts, "contact.enabled"),
    rule("POST", "/admin/contacts/{id}/reset-password", Contacts, "contact.password_set"),
    rule("POST", "/admin/contacts/{id}/resend", Contacts, "contact.resent"),
    rule("GET", "/admin/explain", Contacts, ""),
    rule("GET", "/admin/stuck", Users, ""),
    rule("GET", "/admin/mail", Mail, ""),
    rule("GET", "/admin/resends", Resends, ""),
    rule("POST", "/admin/resends", Resends, "resend.planned"),
    rule("GET", "/admin/resends/{id}", Resends, ""),
    rule("POST", "/admin/resends/{id}/start", Resends, "resend.started"),
    rule("POST", "/admin/resends/{id}/pause", Resends, "resend.paused"),
    rule("POST", "/admin/resends/{id}/resume", Resends, "resend.resumed"),
    rule("POST", "/admin/resends/{id}/cancel", Resends, "resend.cancelled"),
    rule("GET", "/admin/resends/{id}/recipients", Resends, ""),
    rule("GET", "/admin/resends/{id}/recipients.csv", Resends, ""),
    rule("GET", "/admin/imports", Imports, ""),
    rule("POST", "/admin/imports", Imports, "import.rehearsed"),
    rule("GET", "/admin/imports/{id}", Imports, ""),
    rule("POST", "/admin/imports/{id}/run", Imports, "import.begun"),
    rule("GET", "/admin/imports/{id}/rows.csv", Imports, ""),
    rule("GET", "/admin/exports", Exports, ""),
    rule("POST", "/admin/exports", Exports, "export.taken"),
    rule("GET", "/admin/exports/part", Exports, "export.part_taken"),
    rule("GET", "/admin/audit", Audit, ""),
    rule("GET", "/admin/audit.csv", Audit, "audit.exported"),
    rule("GET", "/admin/audit/verify", Audit, ""),
    rule("GET", "/admin/instances", Instances, ""),
    rule("POST", "/admin/instances", Instances, "instance.made"),
    rule("GET", "/admin/instances/new", Instances, ""),
    rule("GET", "/admin/instances/{id}", Instances, ""),
    rule("PUT", "/admin/instances/{id}", Instances, "instance.changed"),
    rule("POST", "/admin/instances/{id}", Instances, "instance.changed"),
    rule("DELETE", "/admin/instances/{id}", Instances, "instance.removed"),
    rule("POST", "/admin/instances/{id}/remove", Instances, "instance.removed"),
    rule("GET", "/admin/layouts", Layouts, ""),
    rule("POST", "/admin/layouts/import", Layouts, "layouts.imported"),
    rule("GET", "/admin/layouts/{name}", Layouts, ""),
    rule("PUT", "/admin/layouts/{name}", Layouts, "layout.changed"),
    rule("POST", "/admin/layouts/{name}", Layouts, "layout.changed"),
    rule("POST", "/admin/layouts/{name}/preview", Layouts, ""),
    rule("POST", "/admin/layouts/{name}/test", Layouts, "layout.tried_out"),
    rule("GET", "/admin/layouts/{name}/versions", Layouts, ""),
    rule("POST", "/admin/layouts/{name}/versions/{version}/restore", Layouts, "layout.restored"),
    rule("GET", "/admin/locations", Locations, ""),
    rule("POST", "/admin/locations", Locations, "location.made"),
    rule("GET", "/admin/locations/new", Locations, ""),
    rule("GET", "/admin/locations/{id}", Locations, ""),
    rule("PUT", "/admin/locations/{id}", Locations, "location.changed"),
    rule("POST", "/admin/locations/{id}", Locations, "location.changed"),
    rule("DELETE", "/admin/locations/{id}", Locations, "location.removed"),
    rule("POST", "/admin/locations/{id}/remove", Locations, "location.removed"),
    rule("GET", "/admin/providers", Providers, ""),
    rule("POST", "/admin/providers", Providers, "provider.made"),
    rule("GET", "/admin/providers/new", Providers, ""),
    rule("GET", "/admin/providers/{id}", Providers, ""),
    rule("PUT", "/admin/providers/{id}", Providers, "provider.changed"),
    rule("POST", "/admin/providers/{id}", Providers, "provider.changed"),
    rule("DELETE", "/admin/providers/{id}", Providers, "provider.removed"),
    rule("POST", "/admin/providers/{id}/remove", Providers, "provider.removed"),
    rule("GET", "/admin/clients", Clients, ""),
    rule("POST", "/admin/clients", Clients, "client.made"),
    rule("GET", "/admin/clients/new", Clients, ""),
    rule("GET", "/admin/clients/{id}", Clients, ""),
    rule("PUT", "/admin/clients/{id}", Clients, "client.changed"),
    rule("POST", "/admin/clients/{id}", Clients, "client.changed"),
    rule("POST", "/admin/clients/{id}/secret", Clients, "client.secret_made"),
    rule("DELETE", "/admin/clients/{id}", Clients, "client.removed"),
    rule("POST", "/admin/clients/{id}/remove", Clients, "client.removed"),
    rule("GET", "/admin/settings", Settings, ""),
    rule("PUT", "/admin/settings", Settings, "settings.changed"),
    rule("POST", "/admin/settings", Settings, "settings.changed"),
    rule("POST", "/admin/settings/difference", Settings, ""),
    rule("POST", "/admin/settings/logo", Settings, "settings.changed"),
    rule("POST", "/admin/settings/logo/remove", Settings, "settings.changed"),
    rule("GET", "/admin/settings/versions", Settings, ""),
    rule("POST", "/admin/settings/versions/{version}/restore", Settings, "settings.restored"),
    rule("GET", "/admin/settings/password-forecast", Settings, ""),
];

/// Whoever was let in.
#[derive(Clone, Debug)]
pub(crate) struct By(pub(crate) User);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::signed_out)
    }
}

/// The session in which somebody asks; programs have none.
#[derive(Clone, Debug)]
pub(crate) struct Held(pub(crate) Session);

impl<S: Sync> FromRequestParts<S> for Held {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Option<Self>>().cloned().flatten().ok_or_else(Problem::not_allowed)
    }
}

/// What an answer adds to what is written down, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(BTreeMap<&'static str, String>);

/// The same answer, with something that is written down beside it.
pub(crate) fn telling(mut answer: Response, name: &'static str, value: impl Into<String>) -> Response {
    let told = answer.extensions_mut().get_or_insert_default::<Told>();
    told.0.insert(name, value.into());
    answer
}

/// What is said to whoever sends a form when their session is over. What they typed is in their browser.
const AWAY_TOO_LONG: Text = Text(
    "You were away too long, so this was not saved yet. Sign in again in another tab, then reload this page: your browser sends what \
     you typed once more.",
    "Ha pasado demasiado tiempo, así que esto aún no se ha guardado. Entre de nuevo en otra pestaña y vuelva a cargar esta página: su \
     navegador enviará otra vez lo que escribió.",
);

/// Lets in whoever has the right to a route, and writes down what they do: what can't be written down is not done.
pub(crate) async fn admit(
    State(app): State<App>,
    caller: Caller,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let rule = RULES.iter().find(|rule| rule.method == method && rule.path == path);
    // A route without a rule is as good as none, whoever calls it.
    let Some(rule) = rule else { return Problem::wrong_method().into_response() };
    let (by, held) = match guard::known(&app, &caller).await {
        Ok(known) => known,
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && caller.wants_html && caller.reads => {
            return to_sign_in(&request);
        }
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && caller.wants_html => {
            return Problem { detail: AWAY_TOO_LONG.say().to_owned(), ..problem }.into_response();
        }
        Err(problem) => return problem.into_response(),
    };
    let answer = if let Err(problem) = guard::allowed(&by, &caller, rule.right) {
        turned_away(&app, (rule, &by), &params, problem).await
    } else {
        request.extensions_mut().insert(By(by.clone()));
        request.extensions_mut().insert(held.map(Held));
        if rule.act.is_empty() {
            return next.run(request).await;
        }
        let answer = async { told_apart(&app, (rule, &by), &params, next.run(request).await).await };
        Box::pin(written_down(&app, (rule, &by), &params, answer)).await
    };
    answer.unwrap_or_else(|trouble| Problem::from(trouble).into_response())
}

/// Whoever sees an account hears that they may not act on it (AD-3), and not that there is none.
async fn told_apart(app: &App, (rule, by): (&Rule, &User), params: &RawPathParams, answer: Response) -> Response {
    let sees = rule.path.starts_with("/admin/users/{id}") && may(by, Users, true);
    if answer.status() != StatusCode::NOT_FOUND || !sees {
        return answer;
    }
    let id = params.iter().find(|(name, _)| *name == "id").and_then(|(_, id)| UserId::parse(id));
    let Some(id) = id else { return answer };
    match app.store.user(&id).await {
        Ok(Some(user)) if !may_act_on(by, &user) => Problem::not_allowed().into_response(),
        _ => answer,
    }
}

/// Whoever has not the right is refused, and that is written down as well (AD-6).
async fn turned_away(
    app: &App,
    whose: (&'static Rule, &User),
    params: &RawPathParams,
    problem: Problem,
) -> Result<Response, Trouble> {
    let (rule, by) = whose;
    let act = if rule.act.is_empty() { "console.refused" } else { rule.act };
    let entry = of(app, (act, rule, by), params)?.ended(Some(Outcome::Refused)).with("code", problem.code);
    app.store.write_down(&entry.with("route", format!("{} {}", rule.method, rule.path))).await?;
    Ok(problem.into_response())
}

/// Whoever opens a page without being signed in comes back to it (SI-2).
fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/admin", http::uri::PathAndQuery::as_str);
    reply::see_other(&format!("/sign-in?{}", reply::encoded("return_to", here)))
}

async fn written_down(
    app: &App,
    whose: (&'static Rule, &User),
    params: &RawPathParams,
    what: impl Future<Output = Response>,
) -> Result<Response, Trouble> {
    let (rule, by) = whose;
    let entry = of(app, (rule.act, rule, by), params)?;
    let ended = |answer: &Response| {
        let problem = answer.extensions().get::<Problem>().map(|problem| problem.code);
        let refused = answer.status().is_client_error() || answer.status().is_server_error();
        let mut details: BTreeMap<Cow<'static, str>, String> = BTreeMap::new();
        let told = answer.extensions().get::<Told>().into_iter().flat_map(|told| &told.0);
        details.extend(told.map(|(name, value)| (Cow::Borrowed(*name), value.clone())));
        details.extend(problem.map(|code| ("code".into(), code.to_owned())));
        (if refused { Outcome::Refused } else { Outcome::Done }, details)
    };
    Ok(noted(app, entry, what, ended).await?)
}

/// What is written down of a call: what, by whom, and on what.
fn of(
    app: &App,
    (act, rule, by): (&'static str, &'static Rule, &User),
    params: &RawPathParams,
) -> Result<Entry, Trouble> {
    let mut entry = audit::entry(app, act)?.by(audit::user(by));
    for (name, value) in params {
        let value = value.chars().take(80).collect::<String>();
        entry = match name {
            "version" => entry.with("version", value),
            "link" => entry.with("link", value),
            _ => entry.on(Party::of(kind(rule.path), value)),
        };
    }
    Ok(entry)
}

/// The names of the fields in which two differ, as they are written down.
pub(crate) fn differing<T: Serialize>(before: &T, after: &T) -> String {
    let [before, after] = [before, after].map(|one| serde_json::to_value(one).unwrap_or_default());
    let fields = after.as_object().into_iter().flatten();
    let changed = fields.filter(|(name, now)| before.get(name.as_str()) != Some(now)).map(|(name, _)| name.as_str());
    changed.collect::<Vec<_>>().join(" ")
}

/// What a path is about: `/admin/users/{id}` is about a user.
fn kind(path: &'static str) -> &'static str {
    let area = path.trim_start_matches("/admin/").split('/').next().unwrap_or_default();
    match area {
        "settings" => "settings",
        plural => plural.trim_end_matches('s'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_it_is_about() {
        for (path, expected) in [("/admin/users/{id}/pin", "user"), ("/admin/layouts/{name}", "layout")] {
            assert_eq!(kind(path), expected);
        }
    }

    /// AD-1: no route stands there twice, and whatever changes something is written down (AD-6).
    #[test]
    fn the_table_is_in_order() {
        for (at, rule) in RULES.iter().enumerate() {
            assert!(
                !RULES[..at].iter().any(|other| (other.method, other.path) == (rule.method, rule.path)),
                "{} {}",
                rule.method,
                rule.path
            );
            let looks = rule.path.ends_with("/preview") || rule.path.ends_with("/difference");
            let changes = rule.method != "GET" && !looks;
            assert!(!changes || !rule.act.is_empty(), "{} {}", rule.method, rule.path);
        }
    }
}
