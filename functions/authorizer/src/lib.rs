//! Says to the organisation's own APIs who is calling (SE-7): a Lambda authorizer with simple answers.
//!
//! Source of the shapes: *Control access to HTTP APIs with AWS Lambda authorizers*, format 2.0, API Gateway developer guide.

use std::collections::HashMap;

use domain::bearer::{AccessToken, SessionToken};
use domain::user::{Grants, Kind, User};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::{Trouble, session, token};
use web::cookies;

/// What API Gateway asks, as far as it is read.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Request {
    /// The headers of the request, their names in lower case.
    #[serde(default)]
    pub headers: HashMap<String, String>,
    /// Its cookies, each as `name=value`.
    #[serde(default)]
    pub cookies: Vec<String>,
}

/// What it is told.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the request may go on.
    pub is_authorized: bool,
    /// Who is calling: the API finds it in its request context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
}

/// Who is calling, in the words of `GET /session`.
#[derive(Clone, Debug, Serialize)]
pub struct Context {
    /// The user's id.
    pub id: String,
    /// The username.
    pub username: String,
    /// What they are called.
    pub name: String,
    /// Their kind.
    pub kind: Kind,
    /// Their company; empty for none.
    pub company: String,
    /// Permissions, profiles and company exceptions.
    #[serde(flatten)]
    pub grants: Grants,
}

/// Answers API Gateway. A fault is an error and never a yes.
pub async fn handle(app: &App, request: Request) -> Result<Verdict, lambda_http::Error> {
    let caller = caller(app, &request).await?;
    service::metrics::capacity(&app.meter);
    Ok(Verdict { is_authorized: caller.is_some(), context: caller.map(context) })
}

/// The program with a token, or the person with a session. Whoever shows a token is asked for nothing else.
async fn caller(app: &App, request: &Request) -> Result<Option<User>, Trouble> {
    let headers = headers(request);
    if headers.contains_key(AUTHORIZATION) {
        let Some(token) = web::bearer(&headers).and_then(AccessToken::parse) else { return Ok(None) };
        return token::bearer(app, &token).await;
    }
    let Some(token) = cookies::sent(&headers, cookies::SESSION).and_then(SessionToken::parse) else { return Ok(None) };
    session::shown(app, &token).await
}

fn headers(request: &Request) -> HeaderMap {
    let named = request.headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok().filter(|name| *name == AUTHORIZATION || *name == COOKIE)?;
        Some((name, HeaderValue::try_from(value).ok()?))
    });
    let cookies = request.cookies.iter().filter_map(|cookie| Some((COOKIE, HeaderValue::try_from(cookie).ok()?)));
    // What API Gateway has taken apart comes first; a header that can't be one is as good as none.
    let mut all = HeaderMap::new();
    for (name, value) in cookies.chain(named) {
        all.append(name, value);
    }
    all
}

fn context(user: User) -> Context {
    Context {
        id: user.id.to_string(),
        name: user.person.name(),
        company: user.person.company.unwrap_or_default(),
        username: user.username,
        kind: user.kind,
        grants: user.grants,
    }
}
