//! `GET /instances/{id}`: what a box shows, for pages of the origins that it allows (IN-1, IN-9).

use axum::extract::{Path, State};
use axum::response::Response;
use domain::instance::Shown;
use domain::language::Text;
use domain::settings::PinChannel;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use service::App;
use service::store::Kept;
use web::pages::Words;
use web::{Problem, guests, reply};

#[derive(Serialize)]
struct Shows<'a> {
    id: &'a str,
    title: &'a str,
    site: &'a str,
    return_to: Option<&'a str>,
    forgot_password: &'a Shown,
    forgot_username: &'a Shown,
    create_account: &'a Shown,
    pin_door: bool,
    federated: bool,
    providers: Vec<Way<'a>>,
    /// What a box that is drawn elsewhere says.
    words: Words,
}

/// A provider's button.
#[derive(Serialize)]
struct Way<'a> {
    id: &'a str,
    name: &'a str,
}

fn way(kept: &Kept) -> Way<'_> {
    Way { id: &kept.id, name: &kept.provider.name }
}

/// `GET /instances/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (named, settings) = tokio::join!(app.instance(Some(&id)), app.settings());
    let (named, settings) = (named?, settings?);
    if named.id != id {
        return Err(Problem::not_found());
    }
    let instance = &named.instance;
    let origin = guests::other(&headers, &app.origin);
    if origin.as_ref().is_some_and(|origin| !guests::allows(instance, origin)) {
        let detail = Text(
            "This box may not stand on that page: add its origin to the instance's allowed origins.",
            "Este cuadro no puede estar en esa página: añada su origen a los orígenes permitidos de la instancia.",
        );
        let title = Text("Not from this site", "No desde este sitio").say();
        return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", title, detail));
    }
    let providers = app.providers().await?;
    let shown = Shows {
        id: &named.id,
        title: &instance.title,
        site: &instance.site,
        return_to: instance.return_to.as_deref(),
        forgot_password: &instance.forgot_password,
        forgot_username: &instance.forgot_username,
        create_account: &instance.create_account,
        pin_door: instance.pin_door && settings.pin_channel != PinChannel::Off,
        federated: instance.federated,
        providers: providers.iter().filter(|_| instance.federated).map(way).collect(),
        words: Words::default(),
    };
    let mut answer = reply::json(StatusCode::OK, &shown);
    if let Some(origin) = origin {
        guests::read_by(&mut answer, origin);
    }
    Ok(answer)
}
