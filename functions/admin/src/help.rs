//! `/admin/explain`, `/admin/stuck` and `/admin/mail`: why somebody can't get in, who is stuck, and what mail went where
//! (AD-7, AD-8, ML-6).

use axum::extract::State;
use axum::response::Response;
use domain::email::Email;
use domain::language::Text;
use domain::message;
use domain::user::User;
use http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use service::App;
use service::flow::explain::{Code, Explained, Mend, Next, Whom, explain};
use service::flow::mail_log;
use service::flow::stuck::{Group, REASONS, group};
use service::store::{Mail, Stuck};
use web::{Caller, Problem, reply};

use crate::rights::By;
use crate::words;
use crate::{contacts, doors, paging, users};

/// A mail, as programs read it.
#[derive(Serialize)]
pub(crate) struct MailShown<'a> {
    id: Option<String>,
    to: &'a str,
    layout: Option<&'a str>,
    /// `queued`, `sending`, `held`, or what became of it.
    pub(crate) fate: &'static str,
    posted_at: Timestamp,
    finished_at: Option<Timestamp>,
    attempts: u32,
}

impl<'a> MailShown<'a> {
    pub(crate) fn of(to: &'a str, mail: &'a Mail) -> Self {
        use domain::work::Stage;
        let fate = match (mail.fate, mail.state) {
            (Some(fate), _) => fate.as_str(),
            (None, Stage::Sending) => "sending",
            (None, Stage::Held) => "held",
            (None, Stage::Waiting | Stage::Done) => "queued",
        };
        let (posted_at, finished_at, attempts) = (mail.posted_at, mail.finished_at, mail.attempts);
        let layout = mail.occasion.as_deref();
        Self { id: mail.id().map(|id| id.to_string()), to, layout, fate, posted_at, finished_at, attempts }
    }
}

/// `GET /admin/explain?who=`
pub(crate) async fn why(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let who = reply::query(&uri, "who").unwrap_or_default();
    let who = who.trim();
    if who.is_empty() || who.len() > 500 {
        if caller.wants_html {
            return crate::pages::explain::ask(&app, &by).await;
        }
        return Err(Problem::rejected([(
            "who",
            vec![Text("A username or an e-mail address.", "Un nombre de usuario o un correo electrónico.").into()],
        )]));
    }
    let explained = explain(&app, who, &by).await?.ok_or_else(Problem::not_found)?;
    if caller.wants_html {
        return crate::pages::explain::show(&app, &by, who, &explained).await;
    }
    Ok(reply::json(StatusCode::OK, &answer(who, &explained)))
}

fn answer(who: &str, explained: &Explained) -> Value {
    let (found, is) = match &explained.whom {
        Whom::Nobody => ("nobody", Value::Null),
        Whom::Contact(contact) => ("contact", json!(contacts::Shown::of(contact))),
        Whom::Several(all) => ("several", json!(all.iter().map(users::Shown::of).collect::<Vec<_>>())),
        Whom::User(known) => {
            let user = User { last_sign_in: known.last_sign_in, ..known.user.clone() };
            ("user", json!(users::Shown::of(&user)))
        }
    };
    let mails = explained.mails.iter().map(|(to, mail)| MailShown::of(to, mail));
    let best = explained.with_password.or(explained.with_temporary).or(explained.without);
    json!({
        "who": who,
        "found": found,
        "is": is,
        "next_sign_in": best.map(next),
        "with_password": explained.with_password.map(next),
        "with_temporary_password": explained.with_temporary.map(next),
        "temporary_ends_at": explained.temporary_ends_at,
        "providers": explained.doors.iter().map(doors::shown).collect::<Vec<_>>(),
        "locked": matches!(&explained.whom, Whom::User(known) if known.locks.any()),
        "mails": mails.collect::<Vec<_>>(),
        "mend": explained.mend.iter().map(|mend| mend_name(*mend)).collect::<Vec<_>>(),
    })
}

fn next(next: Next) -> Value {
    let (outcome, reason) = words(next);
    json!({"outcome": outcome, "reason": reason, "says": says(next)})
}

/// What a sign-in would do, and why, as programs read it.
pub(crate) fn words(next: Next) -> (&'static str, Option<&'static str>) {
    use domain::login::ChangeReason;
    match next {
        Next::SignedIn => ("signed_in", None),
        Next::SecurityCode(code) => (
            "security_code",
            Some(match code {
                Code::Ready => "has_a_factor",
                Code::NotSetUp => "not_set_up",
                Code::NoAddress => "no_email",
                Code::Locked => "locked",
            }),
        ),
        Next::ChangePassword(reason) => (
            "change_password",
            Some(match reason {
                ChangeReason::Temporary => "temporary",
                ChangeReason::Expired => "expired",
                ChangeReason::Required => "required",
            }),
        ),
        Next::Refused(why) => ("refused", Some(why.as_str())),
    }
}

/// The same in a sentence for staff.
pub(crate) fn says(next: Next) -> Text {
    use domain::login::{ChangeReason, Refusal};
    match next {
        Next::SignedIn => Text("The next sign-in lets them in.", "El próximo inicio de sesión le dejará entrar."),
        Next::SecurityCode(Code::Ready) => Text(
            "The next sign-in asks for the code of their authenticator app.",
            "El próximo inicio de sesión pedirá el código de su aplicación de autenticación.",
        ),
        Next::SecurityCode(Code::NotSetUp) => Text(
            "The next sign-in asks for a security code, which they have not set up yet: they are offered a mail with the way.",
            "El próximo inicio de sesión pedirá un código de seguridad que aún no ha configurado: se le ofrecerá un correo que explica cómo.",
        ),
        Next::SecurityCode(Code::NoAddress) => Text(
            "The next sign-in asks for a security code. They have none, and no e-mail address to set one up by.",
            "El próximo inicio de sesión pedirá un código de seguridad. No tiene ninguno, ni correo electrónico con el que configurarlo.",
        ),
        Next::SecurityCode(Code::Locked) => Text(
            "Too many wrong security codes or passkeys: none is taken until they have a new password, or, after the third of their own, one that staff set.",
            "Demasiados códigos o claves de acceso incorrectos: no se acepta ninguno hasta que tenga una contraseña nueva o, tras la tercera propia, una que ponga el personal.",
        ),
        Next::ChangePassword(ChangeReason::Temporary) => Text(
            "Their temporary password leads to choosing a password.",
            "Su contraseña temporal lleva a elegir una contraseña.",
        ),
        Next::ChangePassword(ChangeReason::Expired) => Text(
            "Their password has expired: they choose a new one first.",
            "Su contraseña ha caducado: primero elegirá una nueva.",
        ),
        Next::ChangePassword(ChangeReason::Required) => Text(
            "Staff set their password: they choose a new one first.",
            "El personal puso su contraseña: primero elegirá una nueva.",
        ),
        Next::Refused(Refusal::Unknown) => Text(
            "Nobody can sign in with this: no one user goes by it.",
            "Nadie puede entrar con esto: no corresponde a un único usuario.",
        ),
        Next::Refused(Refusal::WrongPassword) => {
            Text("They would be refused: not the password.", "Se le rechazaría: no es la contraseña.")
        }
        Next::Refused(Refusal::NowLocked | Refusal::Locked) => Text(
            "Too many wrong passwords have locked the account. A new password opens it at once; where locks end by waiting (lock.mode), so does the wait.",
            "Demasiadas contraseñas incorrectas han bloqueado la cuenta. Una contraseña nueva la abre enseguida; donde los bloqueos terminan con la espera (lock.mode), también la espera.",
        ),
        Next::Refused(Refusal::Disabled) => Text("The account is switched off.", "La cuenta está desactivada."),
        Next::Refused(Refusal::WrongPasskey) => Text(
            "A passkey that is not theirs was shown. They sign in by another way.",
            "Se mostró una clave de acceso que no es suya. Puede entrar de otra forma.",
        ),
        Next::Refused(Refusal::TemporaryExpired) => Text(
            "Their temporary password is over. They need a fresh one.",
            "Su contraseña temporal ha caducado. Necesita una nueva.",
        ),
    }
}

pub(crate) fn mend_name(mend: Mend) -> &'static str {
    match mend {
        Mend::Resend => "resend",
        Mend::ResetPassword => "reset_password",
        Mend::Enable => "enable",
        Mend::CreateAccount => "create_account",
        Mend::ChangeEmail => "change_email",
    }
}

/// How a reason is called.
pub(crate) fn reason(why: Stuck) -> &'static str {
    match why {
        Stuck::NeverSignedIn => "never_signed_in",
        Stuck::InvitationExpired => "invitation_expired",
        Stuck::Bounced => "bounced",
        Stuck::Locked => "locked",
    }
}

/// `GET /admin/stuck?filter=never_signed_in&limit=`: each reason with its number and the last of those people.
pub(crate) async fn stuck(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let limit = paging::limit(&uri)?;
    let asked = reply::query(&uri, "filter").filter(|asked| !asked.is_empty());
    let wanted: Vec<Stuck> = match &asked {
        None => REASONS.to_vec(),
        Some(asked) => REASONS.into_iter().filter(|why| reason(*why) == asked).collect(),
    };
    if wanted.is_empty() {
        let names = REASONS.map(reason).join(", ");
        return Err(Problem::rejected([("filter", vec![words::one_of(&names)])]));
    }
    let mut groups = Vec::new();
    for why in wanted {
        groups.push(group(&app, why, limit).await?);
    }
    if caller.wants_html {
        return crate::pages::stuck::show(&app, &by, &groups, asked.is_some()).await;
    }
    let items = groups
        .iter()
        .map(|Group { why, count, users }| json!({"why": reason(*why), "count": count, "users": shown(users)}));
    let items: Vec<Value> = items.collect();
    Ok(reply::json(StatusCode::OK, &json!({"items": items, "next_cursor": null})))
}

fn shown(users: &[User]) -> Vec<Value> {
    users.iter().map(|user| json!(users::Shown::of(user))).collect()
}

/// How many are stuck for each reason.
pub(crate) async fn counts(app: &App) -> Result<Vec<Group>, Problem> {
    let mut all = Vec::new();
    for why in REASONS {
        all.push(group(app, why, 1).await?);
    }
    Ok(all)
}

/// `GET /admin/mail?to=`
pub(crate) async fn mail(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let limit = paging::limit(&uri)?;
    let typed = reply::query(&uri, "to").or_else(|| reply::query(&uri, "q")).unwrap_or_default();
    if typed.trim().is_empty() && caller.wants_html {
        return crate::pages::mail::ask(&app, &by, ("", None)).await;
    }
    let to = match Email::parse(&typed) {
        Ok(to) => to,
        Err(error) if caller.wants_html => {
            return crate::pages::mail::ask(&app, &by, (&typed, Some(message::email(&error)))).await;
        }
        Err(error) => return Err(Problem::rejected([("to", vec![message::email(&error)])])),
    };
    let cursor = reply::query(&uri, "cursor").filter(|cursor| !cursor.is_empty());
    let page = mail_log::to(&app, to.canonical(), cursor.as_deref(), limit).await?;
    let page = page.ok_or_else(paging::bad_cursor)?;
    if caller.wants_html {
        return crate::pages::mail::show(&app, &by, to.shown(), &page).await;
    }
    let items: Vec<MailShown<'_>> = page.mails.iter().map(|mail| MailShown::of(to.shown(), mail)).collect();
    Ok(reply::json(StatusCode::OK, &json!({"items": items, "next_cursor": page.next})))
}
