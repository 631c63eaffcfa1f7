//! `/admin/providers`: where else people may prove who they are (FE-1). A secret is written and never read.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::language::Text;
use domain::provider::{Mode, Provider, is_id};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::federated::seal_secret;
use service::store::Kept;
use web::{Caller, Problem, Sent, reply};

use crate::named::{given_or_drawn, wrong};
use crate::pages::form::{texts, typed};
use crate::pages::providers::SHAPE;
use crate::rights::{By, differing, telling};
use crate::version::{Edit, Seen, stale, tagged, up_to_date};
use crate::{pages, paging, words};

/// The longest secret, in bytes.
const LONGEST: usize = 1_000;

/// Providers that there are at the most: each has a button.
const MOST: usize = 20;

/// What may be said of a provider; what isn't is as in a new one, but the secret, which stays.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    id: Option<String>,
    name: String,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    mode: Mode,
    amr: Vec<String>,
    acr: Vec<String>,
    disabled: bool,
}

/// A provider as administrators see it.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    issuer: &'a str,
    client_id: &'a str,
    mode: Mode,
    amr: &'a [String],
    acr: &'a [String],
    disabled: bool,
    version: u64,
    /// Where the provider sends people back to: it has to know this address.
    redirect_uri: String,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(app: &App, kept: &'a Kept) -> Self {
        let Kept { id, provider, version, .. } = kept;
        Self {
            id,
            name: &provider.name,
            issuer: &provider.issuer,
            client_id: &provider.client_id,
            mode: provider.mode,
            amr: &provider.amr,
            acr: &provider.acr,
            disabled: provider.disabled,
            version: *version,
            redirect_uri: redirect_uri(app),
        }
    }
}

/// Where providers send people back to.
pub(crate) fn redirect_uri(app: &App) -> String {
    format!("{}/sign-in/callback", app.origin)
}

fn shown(app: &App, status: StatusCode, kept: &Kept) -> Response {
    tagged(reply::json(status, &Shown::of(app, kept)), kept.version)
}

/// `GET /admin/providers`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let all = app.store.providers().await?;
    if caller.wants_html {
        return pages::providers::list(&app, &by, &caller.uri, &all).await;
    }
    let items: Vec<_> = all.iter().map(|kept| Shown::of(&app, kept)).collect();
    paging::page(&caller.uri, &items)
}

/// `POST /admin/providers`: under a name that is given, or one that is made.
pub(crate) async fn make(State(app): State<App>, By(by): By, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let texts = texts(&sent.fields);
    let became = async { new(&app, typed(sent, &SHAPE)?).await };
    match became.await {
        Ok(kept) if caller.wants_html => Ok(pages::to_page(&format!("/admin/providers/{}", kept.id), "made")),
        Ok(kept) => Ok(telling(shown(&app, StatusCode::CREATED, &kept), "id", &*kept.id)),
        Err(problem) if caller.wants_html => pages::providers::refused(&app, &by, None, (problem, texts)).await,
        Err(problem) => Err(problem),
    }
}

async fn new(app: &App, mut typed: Typed) -> Result<Kept, Problem> {
    let id = given_or_drawn(app, typed.id.take(), is_id)?;
    let (provider, secret) = typed.checked(app, &id, None).await?;
    let Some(secret) = secret else {
        return Err(wrong(
            "client_secret",
            Text("Type the secret that the provider gave you.", "Escriba el secreto que le dio el proveedor."),
        ));
    };
    let kept = Kept { sealed: seal_secret(app, &id, &secret).await?, id, provider, version: 1 };
    if app.put_provider(&kept).await? {
        return Ok(kept);
    }
    let detail = Text(
        "There is a provider of this name. Change that one, or use another name.",
        "Ya hay un proveedor con este nombre. Cambie ese o use otro nombre.",
    );
    Err(Problem::new(StatusCode::CONFLICT, "name_taken", words::NAME_TAKEN.say(), detail))
}

impl Typed {
    /// What it says, if it can be so: one provider for each issuer, and a secret for nobody but whom it was typed for.
    async fn checked(self, app: &App, id: &str, before: Option<&Kept>) -> Result<(Provider, Option<String>), Problem> {
        let secret = self.client_secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        let provider = Provider {
            name: self.name.trim().to_owned(),
            issuer: self.issuer.trim().to_owned(),
            client_id: self.client_id.trim().to_owned(),
            mode: self.mode,
            amr: self.amr,
            acr: self.acr,
            disabled: self.disabled,
        };
        let mut errors = provider.wrong(app.loopback_providers);
        if secret.as_ref().is_some_and(|secret| secret.len() > LONGEST || secret.chars().any(char::is_control)) {
            errors.push((
                "client_secret",
                Text("One line of at most 1,000 bytes.", "Una línea de 1000 bytes como máximo."),
            ));
        }
        if before.is_some_and(|kept| kept.provider.issuer != provider.issuer) && secret.is_none() {
            errors.push((
                "client_secret",
                Text(
                    "Another issuer gets its own secret: type it.",
                    "Otro emisor necesita su propio secreto: escríbalo.",
                ),
            ));
        }
        let all = app.store.providers().await?;
        if all.iter().any(|kept| kept.id != id && kept.provider.issuer == provider.issuer) {
            errors.push(("issuer", Text("There is a provider of this issuer.", "Ya hay un proveedor de este emisor.")));
        }
        if before.is_none() && all.len() >= MOST {
            errors.push((
                "name",
                Text("There are 20 providers. Remove one first.", "Hay 20 proveedores. Elimine uno primero."),
            ));
        }
        if errors.is_empty() {
            return Ok((provider, secret));
        }
        Err(Problem::rejected(errors.into_iter().map(|(field, why)| (field, vec![why.into()]))))
    }
}

/// `GET /admin/providers/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let found = existing(&app, &id).await?;
    if caller.wants_html {
        return pages::providers::show(&app, &by, &caller.uri, &found).await;
    }
    Ok(shown(&app, StatusCode::OK, &found))
}

/// `PUT /admin/providers/{id}`: all of it; without a secret the one before stays.
pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Edit { seen, given }: Edit<Typed>,
) -> Result<Response, Problem> {
    let (kept, changed) = put(&app, &id, given, seen).await?;
    Ok(telling(shown(&app, StatusCode::OK, &kept), "changed", changed))
}

/// Writes a provider that is there; answers what of it changed, too.
pub(crate) async fn put(app: &App, id: &str, mut typed: Typed, seen: Option<u64>) -> Result<(Kept, String), Problem> {
    let before = existing(app, id).await?;
    up_to_date(seen, before.version)?;
    if typed.id.take().is_some_and(|given| given != id) {
        return Err(wrong("id", Text("A provider keeps its name.", "Un proveedor conserva su nombre.")));
    }
    let (provider, secret) = typed.checked(app, id, Some(&before)).await?;
    let mut changed = differing(&before.provider, &provider);
    let sealed = match secret {
        Some(secret) => {
            changed.push_str(" client_secret");
            seal_secret(app, id, &secret).await?
        }
        None => before.sealed,
    };
    let kept = Kept { id: id.to_owned(), provider, sealed, version: before.version + 1 };
    if app.put_provider(&kept).await? {
        return Ok((kept, changed.trim_start().to_owned()));
    }
    Err(stale(Some(before.version), before.version + 1))
}

/// `DELETE /admin/providers/{id}`: nobody comes by it any more; links by it stay, and open nothing.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    Seen(seen): Seen,
) -> Result<Response, Problem> {
    let before = existing(&app, &id).await?;
    up_to_date(seen, before.version)?;
    if app.remove_provider(&id, before.version).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(stale(Some(before.version), before.version + 1))
}

/// A provider.
pub(crate) async fn existing(app: &App, id: &str) -> Result<Kept, Problem> {
    let found = if is_id(id) { app.store.provider(id).await? } else { None };
    found.ok_or_else(Problem::not_found)
}
