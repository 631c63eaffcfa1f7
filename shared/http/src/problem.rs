//! The one mapping from what went wrong to an answer: RFC 9457, with a code for programs and a sentence for people.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::language::Text;
use domain::message;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use service::flow::Trouble;
use service::{KeysError, NoRandomness, StoreError};

/// An answer that is not a success.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "as_number")]
    pub status: StatusCode,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what to do next.
    pub detail: String,
    /// What programs go by.
    pub code: &'static str,
    /// Reasons by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<Cow<'static, str>, Vec<String>>,
    /// By how many seconds an authenticator's clock is ahead, where its code is right for another time (MF-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_offset_seconds: Option<i64>,
    /// Seconds after which to try again.
    #[serde(skip)]
    pub retry_after: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn as_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem with this status, code, title and sentence.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
            code,
            errors: BTreeMap::new(),
            clock_offset_seconds: None,
            retry_after: None,
        }
    }

    /// 400: not what this route reads.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            Text("This request can't be read", "Esta petición no se puede leer").say(),
            detail,
        )
    }

    /// 413: more than this route reads.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", Text("This is too much", "Es demasiado").say(), detail)
    }

    /// The same, and what is wrong with a field.
    #[must_use]
    pub fn about(mut self, field: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        self.errors.entry(field.into()).or_default().push(reason.into());
        self
    }

    /// 422 with the reasons by field.
    pub fn rejected(errors: impl IntoIterator<Item = (&'static str, Vec<String>)>) -> Self {
        let detail = Text("Some fields need another look.", "Revise algunos campos.").say();
        let problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "rejected",
            Text("Please check the form", "Revise el formulario").say(),
            detail,
        );
        Self { errors: errors.into_iter().map(|(field, why)| (field.into(), why)).collect(), ..problem }
    }

    /// 403: signed in, and without the right to this.
    pub fn not_allowed() -> Self {
        let detail = Text(
            "Your account has no right to this. Ask an administrator if you need it.",
            "Su cuenta no tiene derecho a esto. Si lo necesita, pídalo a un administrador.",
        )
        .say();
        let title = Text("This is not for your account", "Esto no es para su cuenta").say();
        Self::new(StatusCode::FORBIDDEN, "not_allowed", title, detail)
    }

    /// 401: nobody is signed in, or no more.
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            Text("You are not signed in", "No ha iniciado sesión").say(),
            Text("Sign in and try again.", "Inicie sesión e inténtelo de nuevo.").say(),
        )
    }

    /// 401: not the security code, or not the recovery code in its place; and if it is right for another time, by how many
    /// seconds the app's clock is ahead (MF-11).
    pub fn wrong_code(offset: Option<i64>, recovery: bool) -> Self {
        let detail = message::wrong_code(offset, recovery);
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "wrong_code",
            Text("This code is not right", "El código no es correcto").say(),
            detail,
        );
        Self { clock_offset_seconds: offset, ..problem }
    }

    /// 403: only whoever has shown their second factor just now does this.
    pub fn sign_in_again() -> Self {
        let detail = Text(
            "Sign out, sign in again with your passkey, and do this within ten minutes of it.",
            "Cierre la sesión, entre de nuevo con su clave de acceso y haga esto en los diez minutos siguientes.",
        )
        .say();
        let title = Text("Sign in again first", "Entre de nuevo antes").say();
        Self::new(StatusCode::FORBIDDEN, "sign_in_again", title, detail)
    }

    /// 409: the house stands at an address that browsers make no passkeys for, such as a bare network address.
    pub fn no_passkeys_here() -> Self {
        let detail = Text(
            "Passkeys can't be used at this address. Sign in with your password.",
            "En esta dirección no se pueden usar claves de acceso. Entre con su contraseña.",
        )
        .say();
        let title = Text("There are no passkeys here", "Aquí no hay claves de acceso").say();
        Self::new(StatusCode::CONFLICT, "no_passkeys_here", title, detail)
    }

    /// 410: a mailed link that opens nothing.
    pub fn link_dead() -> Self {
        let detail = Text(
            "It was used, is too old, or a newer one was sent. Ask for a new link.",
            "Ya se ha usado, es demasiado antiguo o se envió otro después. Pida un enlace nuevo.",
        )
        .say();
        Self::new(
            StatusCode::GONE,
            "link_dead",
            Text("This link can't be used any more", "Este enlace ya no sirve").say(),
            detail,
        )
    }

    /// 403: nobody is let back in by mail here (RP-7).
    pub fn recovery_off() -> Self {
        let detail = Text(
            "Accounts are not opened by mail here. Please contact staff; they will help you in.",
            "Aquí no se abren cuentas por correo. Póngase en contacto con el personal; le ayudarán a entrar.",
        )
        .say();
        Self::new(
            StatusCode::FORBIDDEN,
            "recovery_off",
            Text("Please contact staff", "Póngase en contacto con el personal").say(),
            detail,
        )
    }

    /// 409: somebody has this username.
    pub fn username_taken() -> Self {
        let detail = Text(
            "Somebody else has this username. Choose another one.",
            "Otra persona tiene este nombre de usuario. Elija otro.",
        )
        .say();
        Self::new(
            StatusCode::CONFLICT,
            "username_taken",
            Text("This username is taken", "Este nombre de usuario está ocupado").say(),
            detail,
        )
    }

    /// 429, with the seconds to wait.
    pub fn too_many_requests(seconds: i64) -> Self {
        let detail = Text(
            "There were too many tries from your network. Wait a few minutes and try again.",
            "Ha habido demasiados intentos desde su red. Espere unos minutos e inténtelo de nuevo.",
        )
        .say();
        let title = Text("Please wait a moment", "Espere un momento").say();
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", title, detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// 503: something that is needed does not answer. Whether what was asked for was done is not known: its answer may be what is
    /// missing.
    pub fn try_again(seconds: i64) -> Self {
        let detail = Text(
            "We can't tell just now whether this was done. Look in a moment, and try again if it was not.",
            "Ahora mismo no sabemos si se ha hecho. Mire en un momento e inténtelo de nuevo si no es así.",
        )
        .say();
        let title = Text("Please try again in a moment", "Inténtelo de nuevo en un momento").say();
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "try_again", title, detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// 404.
    pub fn not_found() -> Self {
        let detail = Text(
            "There is nothing at this address. Check it for a slip, or go on from the sign-in page.",
            "En esta dirección no hay nada. Revísela o siga desde la página de inicio de sesión.",
        )
        .say();
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Text("This page does not exist", "Esta página no existe").say(),
            detail,
        )
    }

    /// 405.
    pub fn wrong_method() -> Self {
        let detail =
            Text("This address does not take this kind of request.", "Esta dirección no acepta este tipo de petición.")
                .say();
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong_method",
            Text("This can't be done here", "Esto no se puede hacer aquí").say(),
            detail,
        )
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        tracing::error!(error = &trouble as &dyn std::error::Error, "trouble");
        Self::try_again(if matches!(trouble, Trouble::Busy(_)) { 1 } else { 5 })
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<NoRandomness> for Problem {
    fn from(error: NoRandomness) -> Self {
        Trouble::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Read again by `edge`, which shows it as a page to a browser.
        response.extensions_mut().insert(self);
        response
    }
}
