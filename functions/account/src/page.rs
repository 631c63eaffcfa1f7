//! What people see here.

use axum::response::Response;
use domain::expiry;
use domain::language::Text;
use domain::login::ChangeReason;
use domain::settings::Settings;
use domain::user::{Kind, User};
use http::{StatusCode, Uri};
use jiff::Timestamp;
use web::pages::{
    self, AccountPage, Alert, ChangePasswordPage, LinkRow, Notice, Reason, SessionRow, SessionsPage, UsernamePage,
};
use web::{Caller, Problem, edge, reply};

/// What has just happened, as the address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Nothing,
    PasswordChanged,
    UsernameChanged,
    LinkMade,
    LinkRemoved,
}

impl Happened {
    pub(crate) fn from(uri: &Uri) -> Self {
        let changed = |what| reply::query(uri, what).is_some_and(|value| value == "changed");
        match (changed("password"), changed("username"), reply::query(uri, "link").as_deref()) {
            (true, ..) => Self::PasswordChanged,
            (_, true, _) => Self::UsernameChanged,
            (.., Some("made")) => Self::LinkMade,
            (.., Some("removed")) => Self::LinkRemoved,
            _ => Self::Nothing,
        }
    }
}

pub(crate) fn account(
    settings: &Settings,
    (user, links): (&User, Vec<LinkRow>),
    happened: Happened,
    now: Timestamp,
) -> Response {
    let days = expiry::days_left(settings, &user.id, user.password_set_at(), now);
    let page = AccountPage {
        name: user.person.name(),
        username: user.username.clone(),
        alerts: days.map(|days| Alert::PasswordExpires { days }).into_iter().collect(),
        links,
        console: matches!(user.kind, Kind::Staff | Kind::Administrator),
        message: match happened {
            Happened::Nothing => None,
            Happened::LinkMade => Some(Notice::success(
                Text("From now on one press signs you in.", "Desde ahora bastará con pulsar el botón para entrar.")
                    .say(),
            )),
            Happened::LinkRemoved => {
                Some(Notice::success(Text("It opens your account no more.", "Ya no abre su cuenta.").say()))
            }
            Happened::PasswordChanged => {
                Some(Notice::success(Text("Your new password is set.", "Su contraseña nueva está guardada.").say()))
            }
            Happened::UsernameChanged => Some(Notice::success(
                Text("Your new username is set.", "Su nombre de usuario nuevo está guardado.").say(),
            )),
        },
    };
    reply::page(StatusCode::OK, pages::account(&reply::frame(settings), &page))
}

/// A person goes to sign in and comes back; a program is told.
pub(crate) fn signed_out(caller: &Caller, back: &str) -> Result<Response, Problem> {
    if caller.wants_html {
        let over = if caller.reads { "" } else { "&over=true" };
        Ok(reply::see_other(&format!("/sign-in?return_to={back}{over}")))
    } else {
        Err(Problem::signed_out())
    }
}

/// What is wrong with what was typed.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
    pub(crate) again: Option<String>,
}

pub(crate) fn change(
    status: StatusCode,
    settings: &Settings,
    by: (&User, Option<ChangeReason>),
    wrong: Wrong,
) -> Response {
    let (user, reason) = by;
    let page = ChangePasswordPage {
        reason: reason.map(|reason| match reason {
            ChangeReason::Temporary => Reason::Temporary,
            ChangeReason::Expired => Reason::Expired,
            ChangeReason::Required => Reason::Required,
        }),
        username: user.username.clone(),
        ask_old: reason.is_none(),
        requirements: reply::requirements(settings),
        old_password_error: wrong.old,
        new_password_error: wrong.new,
        new_password_again_error: wrong.again,
        ..ChangePasswordPage::default()
    };
    let answer = reply::page(status, pages::change_password(&reply::frame(settings), &page));
    edge::with_form_targets(answer, &settings.sign_in_return_origins)
}

/// What is wrong with what was typed for a new username.
#[derive(Default)]
pub(crate) struct NameWrong {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

pub(crate) fn username(status: StatusCode, settings: &Settings, username: &str, wrong: NameWrong) -> Response {
    let NameWrong { username: username_error, password: password_error } = wrong;
    let page = UsernamePage { username: username.to_owned(), username_error, password_error };
    reply::page(status, pages::change_username(&reply::frame(settings), &page))
}

/// 401: fresh proof that was none.
pub(crate) fn wrong_password() -> Problem {
    let detail = Text(
        "This is not your password. Type it again; if you have forgotten it, sign out and choose “Forgot password?”.",
        "Esta no es su contraseña. Escríbala de nuevo; si la ha olvidado, cierre la sesión y elija «¿Olvidó la contraseña?».",
    )
    .say();
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_password",
        Text("Wrong password", "Contraseña incorrecta").say(),
        detail,
    )
}

pub(crate) fn sessions(settings: &Settings, rows: Vec<SessionRow>) -> Response {
    reply::page(StatusCode::OK, pages::sessions(&reply::frame(settings), &SessionsPage { rows }))
}
