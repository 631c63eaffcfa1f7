//! `/openid/authorize`: an application sends somebody here, and gets them back with a code (OpenID Connect Core 1.0, 3.1.2).

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use domain::client::{Scope, is_challenge};
use domain::layout::is_name;
use http::{HeaderMap, Uri};
use service::App;
use service::flow::applications::{Asked, go};
use service::flow::session::{SignedIn, sign_out};
use service::store::KeptClient;
use web::{Caller, Problem, Sent, cookies, guard, reply};

use crate::page;
use crate::query::Given;

const HERE: &str = "/openid/authorize";

/// Says that somebody comes from the sign-in page.
const SIGNED_IN: &str = "signed_in";

/// The longest state and nonce, in bytes.
const LONGEST: usize = 512;

/// The longest request, in bytes: the sign-in page has to bring people back to it.
const LONGEST_REQUEST: usize = 1_900;

/// What an application is told when nothing comes of it (RFC 6749, 4.1.2.1).
type Refused = (&'static str, &'static str);

/// What it is told of a program that has signed in as people do.
const PROGRAM: Refused = ("access_denied", "That is a program. It asks for a token of its own at /token.");

/// `GET /openid/authorize`
pub(crate) async fn come(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let given = Given::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = application(&app, &given).await?;
    match checked(&given) {
        Ok(asked) => enter(&app, &caller, (&kept, given), asked).await,
        Err(refused) => Ok(refuse(&app, &given, refused)),
    }
}

/// `POST /openid/authorize`: the same by a form. Cookies don't come with one from another site; they do with what it leads to.
pub(crate) async fn come_by_form(headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let given = Given::of_form(&headers, body).await?;
    if given.is_ambiguous() {
        return Err(page::unknown_application());
    }
    Ok(reply::see_other(&format!("{HERE}?{}", given.encoded())))
}

/// The application, if people may be sent back to where it says: whoever is not known gets nobody sent anywhere.
async fn application(app: &App, given: &Given) -> Result<KeptClient, Problem> {
    let id = given.get("client_id").filter(|id| is_name(id) && !given.is_ambiguous());
    let found = match id {
        Some(id) => app.store.client(id).await?,
        None => None,
    };
    let known = |kept: &KeptClient| {
        !kept.client.disabled && given.get("redirect_uri").is_some_and(|uri| kept.client.leads_back_to(uri))
    };
    found.filter(known).ok_or_else(page::unknown_application)
}

/// What is asked, if it can be.
fn checked(given: &Given) -> Result<Asked, Refused> {
    let short = |name: &str| given.get(name).is_none_or(|value| value.len() <= LONGEST);
    let has = |name: &str| given.get(name).is_some();
    let method = given.get("code_challenge_method") == Some("S256");
    let mode = given.get("response_mode").is_none_or(|mode| mode == "query");
    let refused = if has("request") {
        ("request_not_supported", "Send the parameters themselves.")
    } else if has("request_uri") {
        ("request_uri_not_supported", "Send the parameters themselves.")
    } else if given.get("response_type") != Some("code") {
        ("unsupported_response_type", "Use response_type=code.")
    } else if !mode {
        ("invalid_request", "Use response_mode=query, or none.")
    } else if !method || !given.get("code_challenge").is_some_and(is_challenge) {
        ("invalid_request", "Send code_challenge with code_challenge_method=S256 (RFC 7636).")
    } else if !short("state") || !short("nonce") || given.encoded().len() > LONGEST_REQUEST {
        ("invalid_request", "state and nonce have at most 512 bytes, all of it at most 1,900.")
    } else if !is_prompt(given.get("prompt").unwrap_or_default()) {
        ("invalid_request", "prompt is none, or some of login, select_account, consent.")
    } else if given.get("max_age").is_some_and(|age| age.parse::<u32>().is_err()) {
        ("invalid_request", "max_age is a number of seconds.")
    } else {
        let Some(scope) = given.get("scope").and_then(Scope::parse) else {
            return Err(("invalid_scope", "Ask for the scope openid."));
        };
        return Ok(Asked {
            redirect_uri: given.get("redirect_uri").unwrap_or_default().to_owned(),
            scope,
            nonce: given.get("nonce").map(str::to_owned),
            challenge: given.get("code_challenge").unwrap_or_default().to_owned(),
        });
    };
    Err(refused)
}

fn is_prompt(prompt: &str) -> bool {
    let known = |word: &str| ["login", "select_account", "consent"].contains(&word);
    prompt.is_empty() || prompt == "none" || prompt.split(' ').all(known)
}

/// Lets somebody on who is signed in, and asks everybody else to. The organisation's own applications need no consent of theirs.
async fn enter(
    app: &App,
    caller: &Caller,
    (kept, given): (&KeptClient, Given),
    asked: Asked,
) -> Result<Response, Problem> {
    let here = guard::signed_in(app, caller).await?;
    let silent = given.get("prompt") == Some("none");
    let Some(here) = here else {
        if silent {
            return Ok(refuse(app, &given, ("login_required", "Nobody is signed in here.")));
        }
        return Ok(to_sign_in(given));
    };
    if !is_fresh(app, &here, &given) {
        if silent {
            return Ok(refuse(app, &given, ("login_required", "That was too long ago.")));
        }
        return page::again(app, &kept.client.name, &given.encoded()).await;
    }
    let just_signed_in = given.get(SIGNED_IN).is_some();
    let way = match go(app, &here, kept, asked).await? {
        Some(code) => back(app, &given, &[("code", &code.reveal())]),
        None => refusal(app, &given, PROGRAM),
    };
    if just_signed_in { page::onward(app, &kept.client.name, &way).await } else { Ok(reply::see_other(&way)) }
}

/// Whether somebody signed in as lately as the application wants.
fn is_fresh(app: &App, here: &SignedIn, given: &Given) -> bool {
    let anew = given.get("prompt").is_some_and(|prompt| prompt.contains("login") || prompt.contains("select_account"));
    let age = app.clock.now().duration_since(here.held.started_at).as_secs();
    let most = given.get("max_age").and_then(|most| most.parse::<i64>().ok());
    !anew && most.is_none_or(|most| age <= most)
}

/// `POST /openid/again`: somebody signs in once more. What they had here ends; the application is told when they signed in.
pub(crate) async fn again(State(app): State<App>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let request = sent.fields.0.get("request").and_then(|value| value.as_str()).unwrap_or_default();
    let given = Given::parse(request.as_bytes());
    if let Some(token) = &caller.session {
        sign_out(&app, token).await?;
    }
    let answer = to_sign_in(given.without(&["prompt", "max_age"]));
    Ok(reply::with_cookie(answer, cookies::drop(cookies::SESSION)))
}

fn to_sign_in(given: Given) -> Response {
    let request = format!("{HERE}?{}", given.with(SIGNED_IN, "true").encoded());
    reply::see_other(&format!("/sign-in?{}", reply::encoded("return_to", &request)))
}

fn refuse(app: &App, given: &Given, refused: Refused) -> Response {
    reply::see_other(&refusal(app, given, refused))
}

fn refusal(app: &App, given: &Given, (error, about): Refused) -> String {
    back(app, given, &[("error", error), ("error_description", about)])
}

/// The way back to the application, with what it gave and who says it (RFC 9207).
fn back(app: &App, given: &Given, more: &[(&str, &str)]) -> String {
    let uri = given.get("redirect_uri").unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(more).append_pair("iss", &app.origin);
    if let Some(state) = given.get("state") {
        query.append_pair("state", state);
    }
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}{}", query.finish())
}
