//! `GET /sign-in/callback`: back from a provider (FE-1): to the browser that went, in time, once.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Uri};
use service::App;
use service::flow::federated::{Arrival, Begun, Came, Identity, come as come_in, take_back};
use service::flow::session::sign_out;
use service::store::{Before, Kept};
use web::{Caller, Problem, cookies, reply};

use crate::page;
use crate::provider::{Back, Providers};
use crate::with::open;

/// `GET /sign-in/callback`
pub(crate) async fn come(
    State(app): State<App>,
    Extension(providers): Extension<Providers>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let sealed = cookies::sent(&headers, cookies::FEDERATED).unwrap_or_default();
    let answer = back(&app, &providers, &caller, (sealed, &uri)).await;
    // Whatever became of it, what had begun is over.
    reply::with_cookie(answer.unwrap_or_else(Problem::into_response), cookies::drop(cookies::FEDERATED))
}

async fn back(
    app: &App,
    providers: &Providers,
    caller: &Caller,
    (sealed, uri): (&str, &Uri),
) -> Result<Response, Problem> {
    if let Some(seconds) = app.throttle.must_wait(&caller.address, app.clock.now()) {
        return Err(Problem::too_many_requests(seconds));
    }
    let said = only(uri, "state").unwrap_or_default();
    let begun = take_back(app, sealed, &said).await?.ok_or_else(page::stale)?;
    let kept = open(app, &begun.provider).await?.filter(|kept| kept.provider.issuer == begun.issuer);
    let kept = kept.ok_or_else(page::stale)?;
    if several(uri) {
        return Err(page::stale());
    }
    let told = Back { code: only(uri, "code"), iss: only(uri, "iss") };
    let ours = told.iss.as_ref().is_none_or(|iss| *iss == kept.provider.issuer);
    if only(uri, "error").is_some() && ours {
        return Err(page::cancelled(&kept));
    }
    match providers.prove(app, &kept, &begun, told).await {
        Ok(who) => arrive(app, caller, (&kept, &begun), &who).await,
        Err(failure) => Err(page::failed(app, &kept, failure).await),
    }
}

async fn arrive(app: &App, caller: &Caller, by: (&Kept, &Begun), who: &Identity) -> Result<Response, Problem> {
    let held = Before { session: caller.session.as_ref(), ticket: caller.ticket.as_ref() };
    let arrival = Arrival { held, visitor: caller.visitor() };
    match come_in(app, by, who, arrival).await? {
        Came::SignedIn(token, session) => {
            let answer = reply::see_other(by.1.return_to.as_deref().unwrap_or("/account"));
            let answer = reply::with_cookie(answer, cookies::hold_session(&token, &session));
            Ok(reply::with_cookie(answer, cookies::drop(cookies::TICKET)))
        }
        Came::Unlinked(sealed) => {
            // Whoever was signed in here before has not proven themselves just now.
            if let Some(token) = &caller.session {
                sign_out(app, token).await?;
            }
            let answer = reply::with_cookie(reply::see_other("/sign-in/link"), cookies::hold_linking(&sealed));
            Ok(reply::with_cookie(answer, cookies::drop(cookies::SESSION)))
        }
        Came::OwnCredentials => Err(page::own_credentials()),
        Came::LacksEvidence => Err(page::lacks_evidence(by.0)),
        Came::Refused(message) => {
            let named = app.instance(by.1.instance.as_deref()).await?;
            Err(page::refused(named.instance.refusal(message)))
        }
    }
}

/// A value that stands in the query once.
fn only(uri: &Uri, name: &str) -> Option<String> {
    let mut all = values(uri).filter(|(is, _)| is == name);
    all.next().filter(|_| all.next().is_none()).map(|(_, value)| value)
}

/// Whether something stands in the query more than once (RFC 6749, 3.1).
fn several(uri: &Uri) -> bool {
    ["code", "iss", "error"].iter().any(|name| values(uri).filter(|(is, _)| is == name).count() > 1)
}

fn values(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    let all = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    all.map(|(name, value)| (name.into_owned(), value.into_owned()))
}
