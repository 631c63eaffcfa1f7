//! What is told of the accounts elsewhere that open somebody's (AD-7, FE): would they, and what became of the last try.

use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::provider::Closed;
use serde_json::{Value, json};
use service::flow::explain::Door;
use service::store::Tried;
use web::pages::console::moment;

/// A door, as programs read it.
pub(crate) fn shown(door: &Door) -> Value {
    let Door { link, name, closed, evidence, not_on } = door;
    let last = link.tried.as_ref().map(
        |tried| json!({"at": tried.at, "outcome": outcome(tried.closed), "reason": tried.closed.map(Closed::as_str)}),
    );
    json!({
        "provider": link.provider,
        "name": name,
        "known_as": link.label,
        "linked_at": link.at,
        "outcome": outcome(*closed),
        "reason": closed.map(Closed::as_str),
        "says": says(*closed, evidence),
        "evidence": evidence,
        "not_offered_by": not_on,
        "last_try": last,
    })
}

fn outcome(closed: Option<Closed>) -> &'static str {
    closed.map_or("signed_in", |_| "refused")
}

/// What it would do, in a sentence for staff.
pub(crate) fn says(closed: Option<Closed>, evidence: &[String]) -> String {
    match (closed, spoken()) {
        (Some(closed), _) => why(closed).say().to_owned(),
        (None, _) if evidence.is_empty() => Text("It lets them in.", "Le deja entrar.").say().to_owned(),
        (None, English) => {
            format!("It lets them in, if it shows the proof that is asked of it: {}.", evidence.join(", "))
        }
        (None, Spanish) => format!("Le deja entrar si muestra la prueba que se le pide: {}.", evidence.join(", ")),
    }
}

/// What became of the last try.
pub(crate) fn last_try(tried: &Tried) -> String {
    let became = tried.closed.map_or(Text("They were let in.", "Se le dejó entrar."), why).say();
    match spoken() {
        English => format!("Last try {}: {became}", moment(tried.at)),
        Spanish => format!("Último intento, {}: {became}", moment(tried.at)),
    }
}

/// Which sign-in instances leave providers out.
pub(crate) fn not_offered(by: &[String]) -> String {
    match spoken() {
        English => format!("Not offered by these sign-in instances: {}.", by.join(", ")),
        Spanish => format!("No la ofrecen estas instancias de inicio de sesión: {}.", by.join(", ")),
    }
}

/// Why it doesn't let them in.
pub(crate) fn why(closed: Closed) -> Text {
    match closed {
        Closed::Removed => {
            Text("This provider is not set up here any more.", "Este proveedor ya no está configurado aquí.")
        }
        Closed::Off => Text(
            "This provider is switched off: nobody comes by it for now.",
            "Este proveedor está desactivado: por ahora nadie entra con él.",
        ),
        Closed::NotOffered => {
            Text("No sign-in instance offers providers.", "Ninguna instancia de inicio de sesión ofrece proveedores.")
        }
        Closed::Disabled => Text("The account is switched off.", "La cuenta está desactivada."),
        Closed::OwnCredentials => Text(
            "A second factor covers them, and this provider does not answer for one: they use their own username, password and security code.",
            "Le corresponde un segundo factor y este proveedor no responde de él: debe usar su propio nombre de usuario, contraseña y código de seguridad.",
        ),
        Closed::LacksEvidence => Text(
            "The provider did not show the proof that is asked of it, such as a second factor. They set one up there.",
            "El proveedor no mostró la prueba que se le pide, como un segundo factor. Debe configurarlo allí.",
        ),
    }
}
