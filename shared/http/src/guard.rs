//! Who may go on: the one place where a route's right is asked for.

use domain::access::{Right, may};
use domain::user::User;
use http::StatusCode;
use service::App;
use service::flow::session::current;

use crate::caller::Caller;
use crate::problem::Problem;

/// The signed-in user, if they have the right.
pub async fn with_right(app: &App, caller: &Caller, right: Right) -> Result<User, Problem> {
    let found = match &caller.session {
        Some(token) => current(app, token).await?,
        None => None,
    };
    let user = found.ok_or_else(Problem::signed_out)?.user;
    if may(user.kind, right) {
        return Ok(user);
    }
    let detail = "Your account has no right to this. Ask an administrator if you need it.";
    Err(Problem::new(StatusCode::FORBIDDEN, "not_allowed", "This is not for your account", detail))
}
