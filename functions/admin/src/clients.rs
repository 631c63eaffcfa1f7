//! `/admin/clients`: the organisation's applications that people sign in to through this site. A secret is made here and shown once.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::client::Client;
use domain::language::Text;
use domain::layout::is_name;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::applications::new_secret;
use service::store::KeptClient;
use web::{Caller, OwnPage, Problem, Sent, reply};

use crate::named::{given_or_drawn, wrong};
use crate::pages::clients::SHAPE;
use crate::pages::form::{texts, typed};
use crate::rights::{By, differing, telling};
use crate::version::{Edit, Seen, stale, tagged, up_to_date};
use crate::words;
use crate::{pages, paging};

/// Applications that there are at the most.
const MOST: usize = 100;

/// What may be said of an application; what isn't is as in a new one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    id: Option<String>,
    name: String,
    redirect_uris: Vec<String>,
    public: bool,
    disabled: bool,
}

/// An application as administrators see it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    #[serde(flatten)]
    client: &'a Client,
    has_secret: bool,
    version: u64,
    /// What the application is told of this site: it finds all the rest there.
    issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
}

/// An application, and its secret where it has just been made.
pub(crate) struct Made {
    /// The application.
    pub(crate) kept: KeptClient,
    /// Its secret, which is shown now and never again.
    pub(crate) secret: Option<String>,
}

fn shown<'a>(app: &'a App, kept: &'a KeptClient, client_secret: Option<&'a str>) -> Shown<'a> {
    let KeptClient { id, client, secret, version } = kept;
    Shown { id, client, has_secret: secret.is_some(), version: *version, issuer: &app.origin, client_secret }
}

fn answer(app: &App, status: StatusCode, made: &Made) -> Response {
    tagged(reply::json(status, &shown(app, &made.kept, made.secret.as_deref())), made.kept.version)
}

/// `GET /admin/clients`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let all = app.store.clients().await?;
    if caller.wants_html {
        return pages::clients::list(&app, &by, &uri, &all).await;
    }
    let items: Vec<_> = all.iter().map(|kept| shown(&app, kept, None)).collect();
    paging::page(&uri, &items)
}

/// `POST /admin/clients`: under a name that is given, or one that is made.
pub(crate) async fn make(State(app): State<App>, By(by): By, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let texts = texts(&sent.fields);
    let became = async { new(&app, typed(sent, &SHAPE)?).await };
    match became.await {
        Ok(made) => {
            let id = made.kept.id.clone();
            let told = if caller.wants_html {
                pages::clients::made(&app, &by, &made).await?
            } else {
                answer(&app, StatusCode::CREATED, &made)
            };
            Ok(telling(told, "id", id))
        }
        Err(problem) if caller.wants_html => pages::clients::refused(&app, &by, None, (problem, texts)).await,
        Err(problem) => Err(problem),
    }
}

async fn new(app: &App, mut typed: Typed) -> Result<Made, Problem> {
    let id = given_or_drawn(app, typed.id.take(), is_name)?;
    let client = typed.checked()?;
    if app.store.clients().await?.len() >= MOST {
        return Err(wrong(
            "name",
            Text("There are 100 applications. Remove one first.", "Hay 100 aplicaciones. Elimine una primero."),
        ));
    }
    let (secret, hash) = if client.public { (None, None) } else { new_secret(app).map(|(s, h)| (Some(s), Some(h)))? };
    let kept = KeptClient { id, client, secret: hash, version: 1 };
    if app.store.put_client(&kept).await? {
        return Ok(Made { kept, secret });
    }
    let detail = Text(
        "There is an application of this name. Change that one, or use another name.",
        "Ya hay una aplicación con este nombre. Cambie esa o use otro nombre.",
    );
    Err(Problem::new(StatusCode::CONFLICT, "name_taken", words::NAME_TAKEN.say(), detail))
}

impl Typed {
    /// What it says, if it can be so.
    fn checked(self) -> Result<Client, Problem> {
        let redirect_uris = self.redirect_uris.iter().map(|uri| uri.trim().to_owned()).collect();
        let name = self.name.trim().to_owned();
        let client = Client { name, redirect_uris, public: self.public, disabled: self.disabled };
        let errors = client.wrong();
        if errors.is_empty() {
            return Ok(client);
        }
        Err(Problem::rejected(errors.into_iter().map(|(field, why)| (field, vec![why.into()]))))
    }
}

/// `GET /admin/clients/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let made = Made { kept: existing(&app, &id).await?, secret: None };
    if caller.wants_html {
        return pages::clients::show(&app, &by, &caller.uri, &made.kept).await;
    }
    Ok(answer(&app, StatusCode::OK, &made))
}

/// `PUT /admin/clients/{id}`: all of it; the secret stays.
pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Edit { seen, given }: Edit<Typed>,
) -> Result<Response, Problem> {
    let (kept, changed) = put(&app, &id, given, seen).await?;
    Ok(telling(answer(&app, StatusCode::OK, &Made { kept, secret: None }), "changed", changed))
}

/// Writes an application that is there; answers what of it changed, too. One that can't keep a secret has none.
pub(crate) async fn put(
    app: &App,
    id: &str,
    mut typed: Typed,
    seen: Option<u64>,
) -> Result<(KeptClient, String), Problem> {
    let before = at(app, id, seen).await?;
    if typed.id.take().is_some_and(|given| given != id) {
        return Err(wrong("id", Text("An application keeps its name.", "Una aplicación conserva su nombre.")));
    }
    let client = typed.checked()?;
    let changed = differing(&before.client, &client);
    let secret = before.secret.clone().filter(|_| !client.public);
    Ok((save(app, KeptClient { client, secret, ..before }).await?, changed))
}

/// `POST /admin/clients/{id}/secret`: another secret; the one before opens nothing from now on.
pub(crate) async fn renew(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let before = existing(&app, &id).await?;
    if before.client.public {
        let detail = Text(
            "This application can't keep a secret. Change that first.",
            "Esta aplicación no puede guardar un secreto. Cambie eso primero.",
        );
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "public_client",
            Text("It has no secret", "No tiene secreto").say(),
            detail,
        ));
    }
    let (secret, hash) = new_secret(&app)?;
    let kept = save(&app, KeptClient { secret: Some(hash), ..before }).await?;
    let made = Made { kept, secret: Some(secret) };
    if caller.wants_html {
        return pages::clients::made(&app, &by, &made).await;
    }
    Ok(answer(&app, StatusCode::OK, &made))
}

/// Writes it as the version after the one that was seen.
async fn save(app: &App, changed: KeptClient) -> Result<KeptClient, Problem> {
    let kept = KeptClient { version: changed.version + 1, ..changed };
    if app.store.put_client(&kept).await? {
        return Ok(kept);
    }
    Err(stale(Some(kept.version - 1), kept.version))
}

/// `DELETE /admin/clients/{id}`: nobody signs in to it any more.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    Seen(seen): Seen,
) -> Result<Response, Problem> {
    let before = at(&app, &id, seen).await?;
    if app.store.remove_client(&id, before.version).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(stale(Some(before.version), before.version + 1))
}

/// An application, if it is the version that was seen.
async fn at(app: &App, id: &str, seen: Option<u64>) -> Result<KeptClient, Problem> {
    let found = existing(app, id).await?;
    up_to_date(seen, found.version)?;
    Ok(found)
}

/// An application.
pub(crate) async fn existing(app: &App, id: &str) -> Result<KeptClient, Problem> {
    let found = if is_name(id) { app.store.client(id).await? } else { None };
    found.ok_or_else(Problem::not_found)
}
