//! Who is here, and who may go on: the one place where a session and a route's right are asked for.

use domain::access::{Right, may};
use domain::language::speak;
use domain::session::Session;
use domain::user::User;
use service::App;
use service::flow::session::{SignedIn, current};
use service::flow::token;

use crate::caller::Caller;
use crate::cookies;
use crate::problem::Problem;

/// Who is signed in, if anybody is. A token that took the place of the browser's goes along with the answer (SE-6).
pub async fn signed_in(app: &App, caller: &Caller) -> Result<Option<SignedIn>, Problem> {
    let Some(token) = &caller.session else { return Ok(None) };
    let found = current(app, token).await?;
    // From here on they are spoken to in their own language, unless this request chose another one (OP-7).
    let own = found.as_ref().and_then(|found| found.user.person.language());
    if let Some(own) = own.filter(|_| !caller.language_is_chosen) {
        speak(own);
    }
    if let Some(SignedIn { held, renewed: Some(token), .. }) = &found {
        caller.renewal.give(cookies::hold_session(token, held));
    }
    Ok(found)
}

/// The signed-in user and their session, or the program with a token, which has none.
pub async fn known(app: &App, caller: &Caller) -> Result<(User, Option<Session>), Problem> {
    let found = match &caller.bearer {
        Some(token) => token::bearer(app, token).await?.map(|user| (user, None)),
        None => signed_in(app, caller).await?.map(|found| (found.user, Some(found.held))),
    };
    found.ok_or_else(Problem::signed_out)
}

/// That somebody has the right to what they ask for.
pub fn allowed(user: &User, caller: &Caller, right: Right) -> Result<(), Problem> {
    if may(user, right, caller.reads) {
        return Ok(());
    }
    Err(Problem::not_allowed())
}
