//! What was sent: checked to come from our own pages, bounded, and read as JSON or as a form.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::message;
use http::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use service::App;

use crate::caller::bearer;
use crate::fields::Fields;
use crate::guests::Guest;
use crate::problem::Problem;

/// Most bytes that a body may have.
const MOST: usize = 16 * 1_024;

/// The same for a mail's layout: two bodies of a hundred thousand bytes, as a form spells them.
const MOST_OF_A_LAYOUT: usize = 640 * 1_024;

/// The same where a picture of 64 KiB comes along.
const MOST_WITH_A_PICTURE: usize = 128 * 1_024;

/// The same for a list that is handed in: a hundred thousand lines.
pub(crate) const MOST_OF_A_LIST: usize = 5 * 1_024 * 1_024;

/// A body, as JSON or a form, from one of our own pages or a program that says so.
#[derive(Clone, Copy, Debug)]
pub struct Given<T>(pub T);

/// The same where all fields may be left out: no body says nothing.
#[derive(Clone, Copy, Debug)]
pub struct GivenOrNothing<T>(pub T);

/// The same where a picture may come along in Base64.
#[derive(Clone, Copy, Debug)]
pub struct WithPicture<T>(pub T);

/// A body as it was sent, and whether it was a form: where a form says it otherwise than a program.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Its fields.
    pub fields: Fields,
    /// Whether it was a form, whose values are text.
    pub form: bool,
}

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let most = most_at(request.uri().path());
        sent(request, app, most).await
    }
}

/// The same where a list may come along.
#[derive(Clone, Debug, Default)]
pub struct Upload(pub Sent);

impl FromRequest<App> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        sent(request, app, MOST_OF_A_LIST).await.map(Self)
    }
}

pub(crate) async fn sent(request: Request, app: &App, most: usize) -> Result<Sent, Problem> {
    own_page(&request, &app.origin)?;
    let form = is_form(request.headers());
    let bytes = within(request.into_body(), most).await?;
    if bytes.is_empty() {
        return Ok(Sent::default());
    }
    let form = form?;
    Ok(Sent { fields: read(&bytes, form)?, form })
}

/// A request that changes something without a body that matters, from one of our own pages.
#[derive(Clone, Copy, Debug)]
pub struct OwnPage;

impl<T: DeserializeOwned> FromRequest<App> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        own_page(&request, &app.origin)?;
        let (form, most) = (is_form(request.headers())?, most_at(request.uri().path()));
        read(&within(request.into_body(), most).await?, form).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for WithPicture<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        own_page(&request, &app.origin)?;
        let form = is_form(request.headers())?;
        read(&within(request.into_body(), MOST_WITH_A_PICTURE).await?, form).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<App> for GivenOrNothing<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        own_page(&request, &app.origin)?;
        let form = is_form(request.headers());
        let bytes = bounded(request.into_body()).await?;
        if bytes.is_empty() { Ok(Self(T::default())) } else { read(&bytes, form?).map(Self) }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8], form: bool) -> Result<T, Problem> {
    if form {
        if !is_whole(bytes) {
            return Err(explain(""));
        }
        return serde_urlencoded::from_bytes(bytes).map_err(|error| explain(&error.to_string()));
    }
    object(bytes).and_then(|bytes| serde_json::from_slice(bytes).map_err(|error| explain(&error.to_string())))
}

/// Whether a form says what it says in whole: each `%` with its two digits, and all of it UTF-8. What isn't would be read as
/// something else than was typed.
fn is_whole(form: &[u8]) -> bool {
    let mut decoded = Vec::with_capacity(form.len());
    let mut rest = form.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else { return false };
        decoded.push((high << 4) | low);
    }
    std::str::from_utf8(&decoded).is_ok()
}

/// A request whose body does not matter and may be left out, from anywhere: as long as any other, at the most.
#[derive(Clone, Copy, Debug)]
pub struct Unread;

impl FromRequest<App> for Unread {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        bounded(request.into_body()).await.map(|_| Self)
    }
}

impl FromRequest<App> for OwnPage {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        own_page(&request, &app.origin)?;
        bounded(request.into_body()).await.map(|_| Self)
    }
}

/// The origin must be ours, or one that an instance allows. A browser that hides it (`Referrer-Policy: no-referrer`) says `Sec-Fetch-Site` instead.
/// A program with a token needs none: no other site can make a browser send one.
pub(crate) fn own_page(request: &Request, ours: &str) -> Result<(), Problem> {
    if request.extensions().get::<Guest>().is_some() { Ok(()) } else { from_ours(request.headers(), ours) }
}

fn from_ours(headers: &HeaderMap, ours: &str) -> Result<(), Problem> {
    if bearer(headers).is_some() && !headers.contains_key(COOKIE) && !headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let same_site = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let mut origins = headers.get_all(ORIGIN).iter();
    let own = match (origins.next(), origins.next()) {
        (None, _) => same_site,
        (Some(origin), None) => origin == ours || (origin == "null" && same_site),
        (Some(_), Some(_)) => false,
    };
    if own {
        return Ok(());
    }
    let detail = match spoken() {
        English => format!("Requests that change something must come from {ours}: set the Origin header to it."),
        Spanish => {
            format!("Las peticiones que cambian algo deben venir de {ours}: ponga ese valor en la cabecera Origin.")
        }
    };
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "wrong_origin",
        Text("This request came from another site", "Esta petición viene de otro sitio").say(),
        detail,
    ))
}

/// What a body is said to be, without what is said of it besides; empty where that is not said once.
pub(crate) fn essence(headers: &HeaderMap) -> String {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let given = match (types.next(), types.next()) {
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => "",
    };
    given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_form(headers: &HeaderMap) -> Result<bool, Problem> {
    match essence(headers).as_str() {
        "application/json" => Ok(false),
        "application/x-www-form-urlencoded" => Ok(true),
        _ => {
            let detail = Text(
                "Send application/json, or application/x-www-form-urlencoded from a form.",
                "Envíe application/json, o application/x-www-form-urlencoded desde un formulario.",
            );
            let title = Text("This can't be read here", "Esto no se puede leer aquí").say();
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type", title, detail))
        }
    }
}

/// How long a body may be that is sent there.
fn most_at(path: &str) -> usize {
    if path.starts_with("/admin/layouts/") { MOST_OF_A_LAYOUT } else { MOST }
}

pub(crate) async fn bounded(body: Body) -> Result<Vec<u8>, Problem> {
    within(body, MOST).await
}

pub(crate) async fn within(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => {
            let most = most / 1_024;
            Err(Problem::too_large(match spoken() {
                English => format!("A request may have at most {most} KiB."),
                Spanish => format!("Una petición puede tener como máximo {most} KiB."),
            }))
        }
        Err(_) => {
            Err(Problem::malformed(Text("The body ended before its end.", "El cuerpo terminó antes de su final.")))
        }
    }
}

/// An object, and not a list that serde would take for one.
fn object(bytes: &[u8]) -> Result<&[u8], Problem> {
    match bytes.trim_ascii_start().first() {
        Some(b'{') => Ok(bytes),
        _ => Err(explain("")),
    }
}

/// What serde found, without what was sent: that could be a password.
pub(crate) fn explain(error: &str) -> Problem {
    let named = ["unknown field", "missing field", "duplicate field"].iter().any(|kind| error.starts_with(kind));
    let detail = if named {
        let end = error.find(" at line").unwrap_or(error.len());
        let what: String = error[..end].chars().take(600).collect();
        format!("{}: {what}.", Text("The body does not fit", "El cuerpo no encaja"))
    } else {
        Text(
            "The body is not JSON or a form with the fields of this route, each once and of its type.",
            "El cuerpo no es JSON ni un formulario con los campos de esta ruta, cada uno una vez y de su tipo.",
        )
        .into()
    };
    let problem = Problem::malformed(detail);
    match error.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`')) {
        Some((field, _)) => problem.about(field.to_owned(), message::REQUIRED),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const OURS: &str = "https://a.example";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let table: [(&[(&'static str, &str)], bool); 16] = [
            (&[("authorization", "Bearer a.x.y")], true),
            (&[("authorization", "Bearer a.x.y"), ("cookie", "__Host-session=s.x.y")], false),
            (&[("authorization", "Bearer a.x.y"), ("origin", "https://evil.example")], false),
            (&[("authorization", "Basic eA==")], false),
            (&[("origin", OURS)], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("origin", "null"), ("sec-fetch-site", "same-origin")], true),
            (&[("origin", OURS), ("sec-fetch-site", "cross-site")], true),
            (&[], false),
            (&[("origin", "null")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://a.example.evil.example")], false),
            (&[("origin", "http://a.example")], false),
            (&[("origin", OURS), ("origin", "https://evil.example")], false),
            (&[("sec-fetch-site", "same-site")], false),
        ];
        for (pairs, own) in table {
            assert_eq!(from_ours(&headers(pairs), OURS).is_ok(), own, "{pairs:?}");
        }
    }

    #[test]
    fn json_and_forms_are_read_and_nothing_else() {
        let table = [
            ("application/json", Some(false)),
            ("Application/JSON; charset=utf-8", Some(false)),
            ("application/x-www-form-urlencoded", Some(true)),
            ("text/plain", None),
            ("multipart/form-data; boundary=x", None),
            ("application/jsonx", None),
            ("", None),
        ];
        for (given, form) in table {
            assert_eq!(is_form(&headers(&[("content-type", given)])).ok(), form, "{given}");
        }
        assert!(is_form(&HeaderMap::new()).is_err());
    }

    #[test]
    fn a_form_is_taken_whole_or_not_at_all() {
        for whole in ["", "a=b&c=%C3%A9+%25", "a=\u{e9}", "a=%00", "=&&"] {
            assert!(is_whole(whole.as_bytes()), "{whole}");
        }
        for broken in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=100%&b=c", b"a=%ff", b"a=%C3", b"a=\xff", b"a=%+4"] {
            assert!(!is_whole(broken), "{}", String::from_utf8_lossy(broken));
        }
    }

    #[test]
    fn an_explanation_never_repeats_what_was_sent() {
        #[derive(Debug, serde::Deserialize)]
        struct Body {
            #[expect(dead_code, reason = "only its type matters")]
            keep: bool,
        }
        for sent in [r#"{"keep": "hunter2"}"#, r#"{"keep": "unknown field hunter2"}"#] {
            let error = serde_json::from_str::<Body>(sent).unwrap_err();
            assert!(!explain(&error.to_string()).detail.contains("hunter2"), "{sent}");
        }
    }
}
