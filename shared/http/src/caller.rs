//! Who is calling: what the gateway and the browser say of themselves, and which cookies came along.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use data_encoding::BASE64;
use domain::audit::Origin;
use domain::bearer::{AccessToken, SessionToken, Ticket};
use domain::language::Language;
use domain::visit::device;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};
use lambda_http::request::RequestContext;
use service::flow::change_password::Again;
use service::flow::sign_in::Visitor;

use crate::accept::wants_html;
use crate::cookies;
use crate::reply::query;

/// The language of `?lang=`, or the one that was chosen so before.
fn chosen_language<'a>(uri: &Uri, before: impl FnOnce() -> Option<&'a str>) -> Option<Language> {
    language_in(uri).or_else(|| before().and_then(Language::of))
}

/// The language of `?lang=`.
pub(crate) fn language_in(uri: &Uri) -> Option<Language> {
    query(uri, "lang").as_deref().and_then(Language::of)
}

/// Who is calling.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The network address, as the gateway saw it; never from a header.
    pub address: String,
    /// The browser as it describes itself.
    pub browser: String,
    /// Whether it asks for pages.
    pub wants_html: bool,
    /// The session it holds, unproven.
    pub session: Option<SessionToken>,
    /// The ticket it holds, unproven.
    pub ticket: Option<Ticket>,
    /// The token of a program, unproven.
    pub bearer: Option<AccessToken>,
    /// Whether it only wants to read.
    pub reads: bool,
    /// What it asks for: path and query.
    pub uri: Uri,
    /// The passes of those who signed in from it, unproven; empty for a new one.
    pub passes: String,
    /// What it was asked for a passkey, sealed and unproven.
    pub question: Option<String>,
    /// The language that it asks for, if it is one of ours.
    pub language: Option<Language>,
    /// Whether that was chosen for this request, whatever the person reads.
    pub language_is_chosen: bool,
    /// The request's number.
    pub request_id: String,
    /// Where a new token for the browser is put.
    pub renewal: Renewal,
}

/// A cookie that goes along with whatever the answer is.
#[derive(Clone, Debug, Default)]
pub struct Renewal(Arc<OnceLock<HeaderValue>>);

impl Renewal {
    /// Lets the cookie go along.
    pub(crate) fn give(&self, cookie: HeaderValue) {
        drop(self.0.set(cookie));
    }

    /// The cookie, if there is one.
    pub(crate) fn cookie(&self) -> Option<&HeaderValue> {
        self.0.get()
    }
}

impl Caller {
    /// What sign-in writes down of it.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { address: &self.address, browser: &self.browser }
    }

    /// A password that somebody signed in types again, in this browser.
    pub fn again<'a>(&'a self, password: &'a str) -> Again<'a> {
        Again { password, passes: &self.passes }
    }

    /// What is written down of it.
    pub fn origin(&self) -> Origin {
        let (address, request) = (self.address.clone(), self.request_id.clone());
        Origin { address, browser: device(&self.browser), request }
    }

    fn of(parts: &Parts) -> Self {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let chosen = chosen_language(&parts.uri, || cookies::sent(&parts.headers, cookies::LANGUAGE));
        let mut caller = Self {
            language: chosen.or_else(|| Language::asked_for(text(ACCEPT_LANGUAGE))),
            language_is_chosen: chosen.is_some(),
            browser: text(USER_AGENT).to_owned(),
            wants_html: wants_html(&parts.headers),
            session: cookies::sent(&parts.headers, cookies::SESSION).and_then(SessionToken::parse),
            ticket: cookies::sent(&parts.headers, cookies::TICKET).and_then(Ticket::parse),
            bearer: bearer(&parts.headers).and_then(AccessToken::parse),
            reads: parts.method.is_safe(),
            uri: parts.uri.clone(),
            passes: cookies::sent(&parts.headers, cookies::BROWSER).unwrap_or_default().to_owned(),
            question: cookies::sent(&parts.headers, cookies::PASSKEY).map(str::to_owned),
            renewal: parts.extensions.get::<Renewal>().cloned().unwrap_or_default(),
            ..Self::default()
        };
        if let Some(RequestContext::ApiGatewayV2(context)) = parts.extensions.get::<RequestContext>() {
            caller.address = context.http.source_ip.clone().unwrap_or_default();
            caller.request_id = context.request_id.clone().unwrap_or_default();
        }
        caller
    }
}

/// What follows `Bearer` in the one `Authorization` header (RFC 6750).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (header, more) = (all.next()?.to_str().ok()?, all.next());
    let (scheme, token) = header.split_once(' ')?;
    (more.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

/// The name and password after `Basic` in the one `Authorization` header (RFC 7617), where it has `longest` bytes at most.
pub fn basic(headers: &HeaderMap, longest: usize) -> Option<(String, String)> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (header, more) = (all.next()?.to_str().ok()?, all.next());
    let (scheme, encoded) = header.split_once(' ')?;
    if more.is_some() || !scheme.eq_ignore_ascii_case("basic") || encoded.len() > longest {
        return None;
    }
    let decoded = String::from_utf8(BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
