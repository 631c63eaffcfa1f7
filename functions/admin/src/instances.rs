//! `/admin/instances`: the copies of the sign-in box, each configured on its own (IN).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::instance::{DEFAULT, Instance, NO_PLACE, Shown, is_id};
use domain::language::Text;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::store::Named;
use web::{Caller, Given, OwnPage, Problem, Sent, reply};

use crate::named::given_or_drawn;
use crate::pages::form::texts;
use crate::rights::{By, differing, telling};
use crate::{pages, paging, words};

/// What may be said of an instance; what isn't is as in a new one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    id: Option<String>,
    title: String,
    allowed_origins: Vec<String>,
    site: String,
    return_to: Option<String>,
    override_message: bool,
    message: String,
    forgot_password: Option<Way>,
    forgot_username: Option<Way>,
    create_account: Option<Way>,
    pin_door: Option<bool>,
    federated: Option<bool>,
}

/// What may be said of a way on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Way {
    shown: bool,
    instructions: String,
}

impl Default for Way {
    fn default() -> Self {
        let Shown { shown, instructions } = Shown::default();
        Self { shown, instructions }
    }
}

impl From<Way> for Shown {
    fn from(Way { shown, instructions }: Way) -> Self {
        Self { shown, instructions }
    }
}

impl Typed {
    async fn instance(self, app: &App) -> Result<Instance, Problem> {
        let instance = Instance {
            title: self.title,
            allowed_origins: self.allowed_origins,
            site: self.site,
            return_to: self.return_to.filter(|to| !to.is_empty()),
            override_message: self.override_message,
            message: self.message,
            forgot_password: self.forgot_password.unwrap_or_default().into(),
            forgot_username: self.forgot_username.unwrap_or_default().into(),
            create_account: self.create_account.unwrap_or_default().into(),
            pin_door: self.pin_door.unwrap_or(true),
            federated: self.federated.unwrap_or(true),
        };
        let mut wrong = instance.wrong();
        let settings = app.settings().await?;
        let leads = || instance.target(None, &app.origin, &settings.sign_in_return_origins).is_some();
        if wrong.is_empty() && instance.return_to.is_some() && !leads() {
            wrong.push(("return_to", NO_PLACE));
        }
        if wrong.is_empty() {
            return Ok(instance);
        }
        Err(Problem::rejected(wrong.into_iter().map(|(field, why)| (field, vec![why.into()]))))
    }
}

/// `GET /admin/instances`: the default one first.
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let mut items = app.store.instances().await?;
    if !items.iter().any(|one| one.id == DEFAULT) {
        items.push(Named { id: DEFAULT.to_owned(), instance: Instance::default() });
    }
    items.sort_by_key(|one| (one.id != DEFAULT, one.id.clone()));
    if caller.wants_html {
        return pages::instances::list(&app, &by, &caller.uri, &items).await;
    }
    paging::page(&caller.uri, &items)
}

/// `POST /admin/instances`: under a name that is given, or one that is made.
pub(crate) async fn make(State(app): State<App>, By(by): By, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let texts = texts(&sent.fields);
    let became = async { new(&app, pages::instances::typed(sent)?).await };
    match became.await {
        Ok(named) if caller.wants_html => Ok(pages::to_page(&format!("/admin/instances/{}", named.id), "made")),
        Ok(named) => Ok(telling(reply::json(StatusCode::CREATED, &named), "id", &*named.id)),
        Err(problem) if caller.wants_html => pages::instances::refused(&app, &by, None, (problem, texts)).await,
        Err(problem) => Err(problem),
    }
}

async fn new(app: &App, mut typed: Typed) -> Result<Named, Problem> {
    let id = given_or_drawn(app, typed.id.take(), is_id)?;
    let named = Named { id, instance: typed.instance(app).await? };
    if app.put_instance(&named, true).await? {
        return Ok(named);
    }
    let detail = Text(
        "There is an instance of this name. Change that one, or use another name.",
        "Ya hay una instancia con este nombre. Cambie esa o use otro nombre.",
    );
    Err(Problem::new(StatusCode::CONFLICT, "name_taken", words::NAME_TAKEN.say(), detail))
}

/// `GET /admin/instances/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let found = existing(&app, &id).await?;
    if caller.wants_html {
        return pages::instances::show(&app, &by, &caller.uri, &found).await;
    }
    Ok(reply::json(StatusCode::OK, &found))
}

/// `PUT /admin/instances/{id}`: all of it; what is left out is as in a new one.
pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let (named, changed) = put(&app, &id, typed).await?;
    Ok(telling(reply::json(StatusCode::OK, &named), "changed", changed))
}

/// Writes an instance that is there; answers what of it changed, too.
pub(crate) async fn put(app: &App, id: &str, mut typed: Typed) -> Result<(Named, String), Problem> {
    let before = existing(app, id).await?;
    if typed.id.take().is_some_and(|given| given != id) {
        return Err(Problem::rejected([(
            "id",
            vec![Text("An instance keeps its name.", "Una instancia conserva su nombre.").into()],
        )]));
    }
    let named = Named { id: id.to_owned(), instance: typed.instance(app).await? };
    app.put_instance(&named, false).await?;
    let changed = differing(&before.instance, &named.instance);
    Ok((named, changed))
}

/// `DELETE /admin/instances/{id}`: pages that ask for it get the default one; the default one is as at first.
pub(crate) async fn remove(State(app): State<App>, Path(id): Path<String>, _: OwnPage) -> Result<Response, Problem> {
    existing(&app, &id).await?;
    app.remove_instance(&id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An instance; the default one is always there.
pub(crate) async fn existing(app: &App, id: &str) -> Result<Named, Problem> {
    let found = if is_id(id) { app.store.instance(id).await? } else { None };
    let default = (id == DEFAULT).then(|| Named { id: DEFAULT.to_owned(), instance: Instance::default() });
    found.or(default).ok_or_else(Problem::not_found)
}
