//! What people see here.

use axum::response::Response;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::settings::Settings;
use http::StatusCode;
use service::App;
use service::flow::federated::{Linking, disbelieved};
use service::flow::session::SignedIn;
use service::store::{Kept, Named};
use web::pages::{self, LinkPage};
use web::{Problem, edge, reply};

use crate::provider::Failure;

/// Seconds after which a provider that is away may be back.
const AWAY_SECONDS: i64 = 30;

/// The page on which somebody proves that an account is theirs.
pub(crate) fn link(of: (&Settings, &Named), linking: &Linking, here: Option<&SignedIn>) -> Response {
    let (settings, named) = of;
    let page = LinkPage {
        provider: linking.name.clone(),
        label: linking.label.clone(),
        username: here.map(|here| here.user.username.clone()),
        instance: linking.instance.clone(),
    };
    let answer = reply::page(StatusCode::OK, pages::link(&reply::frame(settings), &page));
    edge::with_form_targets(answer, &named.instance.origins(&settings.sign_in_return_origins))
}

/// What is said when nobody came of it; what is not believed is written down, and what is away is logged.
pub(crate) async fn failed(app: &App, kept: &Kept, failure: Failure) -> Problem {
    tracing::warn!(provider = kept.id, %failure, "a sign-in by a provider came to nothing");
    match failure {
        Failure::Trouble(trouble) => trouble.into(),
        Failure::Away(_) => away(kept),
        Failure::TurnsUsAway => {
            disbelieved(app, kept, "client_refused").await.map_or_else(Into::into, |()| turns_us_away(kept))
        }
        Failure::Disbelieved(why) => disbelieved(app, kept, why).await.map_or_else(Into::into, |()| not_believed(kept)),
    }
}

/// 503: the provider is away; our own door is not.
fn away(kept: &Kept) -> Problem {
    let name = &kept.provider.name;
    let detail = match spoken() {
        English => format!(
            "“{name}” does not answer just now. Try again in a moment, or sign in here with your username and password."
        ),
        Spanish => format!(
            "«{name}» no responde en este momento. Inténtelo de nuevo más tarde o entre aquí con su nombre de usuario y su contraseña."
        ),
    };
    let title = Text("The other site does not answer", "El otro sitio no responde").say();
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "provider_away", title, detail);
    Problem { retry_after: Some(AWAY_SECONDS), ..problem }
}

/// 401: what the provider said can't be trusted.
fn not_believed(kept: &Kept) -> Problem {
    let name = &kept.provider.name;
    let detail = match spoken() {
        English => format!(
            "What “{name}” told us of you could not be trusted, so you are not signed in. Begin again, or sign in here with your username and password."
        ),
        Spanish => format!(
            "No hemos podido fiarnos de lo que «{name}» nos ha dicho de usted, así que no ha iniciado sesión. Empiece de nuevo o entre aquí con su nombre de usuario y su contraseña."
        ),
    };
    Problem::new(StatusCode::UNAUTHORIZED, "provider_not_believed", failed_title(), detail)
}

/// 401: the provider does not know us by what it is set up with here, which the person can do nothing about.
fn turns_us_away(kept: &Kept) -> Problem {
    let name = &kept.provider.name;
    let detail = match spoken() {
        English => format!(
            "“{name}” does not let this site ask who you are: the two are not set up for each other any more. Tell whoever runs this site, or sign in here with your username and password."
        ),
        Spanish => format!(
            "«{name}» no deja que este sitio pregunte quién es usted: ya no están configurados el uno para el otro. Avise a quien gestiona este sitio o entre aquí con su nombre de usuario y su contraseña."
        ),
    };
    Problem::new(StatusCode::UNAUTHORIZED, "provider_turns_us_away", failed_title(), detail)
}

/// 401: the person, or the provider, did not want to.
pub(crate) fn cancelled(kept: &Kept) -> Problem {
    let name = &kept.provider.name;
    let detail = match spoken() {
        English => {
            format!("You were not signed in by “{name}”. Begin again, or sign in here with your username and password.")
        }
        Spanish => format!(
            "«{name}» no ha iniciado su sesión. Empiece de nuevo o entre aquí con su nombre de usuario y su contraseña."
        ),
    };
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_cancelled", failed_title(), detail)
}

/// 400: nothing that this browser has begun, or not any more.
pub(crate) fn stale() -> Problem {
    let detail = Text(
        "This sign-in was begun in another browser or too long ago, or was used already. Begin again from the sign-in page.",
        "Este inicio de sesión se empezó en otro navegador o hace demasiado tiempo, o ya se ha usado. Empiece de nuevo desde la página de inicio de sesión.",
    );
    let title = Text("Please begin again", "Empiece de nuevo").say();
    Problem::new(StatusCode::BAD_REQUEST, "sign_in_stale", title, detail.say())
}

/// 403: a second factor covers them (FE-2).
pub(crate) fn own_credentials() -> Problem {
    let detail = Text(
        "Your account asks for a security code, which this way of signing in does not show. Sign in here with your own username, password and security code.",
        "Su cuenta pide un código de seguridad que esta forma de entrar no muestra. Entre aquí con su propio nombre de usuario, contraseña y código de seguridad.",
    );
    let title = Text("Use your own credentials", "Use sus propias credenciales").say();
    Problem::new(StatusCode::FORBIDDEN, "own_credentials", title, detail.say())
}

/// 403: not proven as the provider must prove them (FE-3).
pub(crate) fn lacks_evidence(kept: &Kept) -> Problem {
    let name = &kept.provider.name;
    let detail = match spoken() {
        English => format!(
            "“{name}” has signed you in without the proof that we ask of it, such as a second factor. Set one up there and begin again."
        ),
        Spanish => format!(
            "«{name}» ha iniciado su sesión sin la prueba que le pedimos, como un segundo factor. Configúrelo allí y empiece de nuevo."
        ),
    };
    let title = Text("More proof is needed", "Hace falta otra prueba").say();
    Problem::new(StatusCode::FORBIDDEN, "evidence_missing", title, detail)
}

/// 401: the one answer to every refusal (SI-3).
pub(crate) fn refused(message: String) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_failed", failed_title(), message)
}

/// 409: it opens an account already.
pub(crate) fn taken() -> Problem {
    let detail = Text(
        "This sign-in opens an account already. Sign in with it, or take it away there first.",
        "Este inicio de sesión ya abre una cuenta. Entre con él o quítelo allí primero.",
    );
    let title = Text("It is linked already", "Ya está enlazado").say();
    Problem::new(StatusCode::CONFLICT, "already_linked", title, detail.say())
}

/// 409: as many as there may be.
pub(crate) fn too_many() -> Problem {
    let detail = Text(
        "Your account has ten other sign-ins. Take one away on your account page first.",
        "Su cuenta ya tiene otros diez inicios de sesión. Quite uno antes en la página de su cuenta.",
    );
    let title = Text("There are too many", "Hay demasiados").say();
    Problem::new(StatusCode::CONFLICT, "too_many_links", title, detail.say())
}

fn failed_title() -> &'static str {
    Text("Sign-in failed", "No se ha iniciado la sesión").say()
}
