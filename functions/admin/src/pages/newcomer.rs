//! The forms for somebody new.

use axum::extract::State;
use axum::response::Response;
use domain::language::Text;
use domain::user::{Kind, Person, User};
use http::{StatusCode, Uri};
use maud::html;
use service::App;
use web::Problem;
use web::pages::console::{Input, SAVE, Way, inputs, post, send};

use super::form::As;
use super::person::{Aside, KINDS, PERSON, PersonFields};
use super::{happened, page_with};
use crate::rights::By;

/// What the form for somebody new says.
pub(crate) const NEW: [(&str, As); 18] = [
    ("first_name", As::OrNull),
    ("last_name", As::OrNull),
    PERSON[2],
    PERSON[3],
    PERSON[4],
    PERSON[5],
    PERSON[6],
    PERSON[7],
    PERSON[8],
    ("kind", As::Text),
    ("username", As::OrNull),
    ("permissions", As::Lines),
    ("profiles", As::Lines),
    ("company_exceptions", As::Lines),
    ("create_account", As::Tick),
    ("disabled", As::Tick),
    ("name", As::OrNull),
    ("emails", As::Lines),
];

/// `GET /admin/users/new`
pub(crate) async fn new_user(State(app): State<App>, By(by): By, uri: Uri) -> Result<Response, Problem> {
    new(&app, &by, true, Aside { message: happened(&uri), ..Aside::default() }).await
}

/// `GET /admin/contacts/new`
pub(crate) async fn new_contact(State(app): State<App>, By(by): By, uri: Uri) -> Result<Response, Problem> {
    new(&app, &by, false, Aside { message: happened(&uri), ..Aside::default() }).await
}

/// The form for somebody new.
pub(crate) async fn new(app: &App, by: &User, user: bool, aside: Aside) -> Result<Response, Problem> {
    let nobody = Person { group: by.person.group.clone().filter(|_| by.kind == Kind::Staff), ..Person::default() };
    let person = PersonFields::of(&nobody);
    let mut all = person.inputs();
    let grants = [
        Input::line("username", Text("Username", "Nombre de usuario"), "").hint(Text(
            "Empty for one made of the e-mail address.",
            "Vacío para uno hecho a partir del correo electrónico.",
        )),
        Input::line("permissions", Text("Permissions", "Permisos"), "")
            .way(Way::Lines(2))
            .hint(Text("One a line, such as orders.read.", "Uno por línea, por ejemplo orders.read.")),
        Input::line("profiles", Text("Profiles", "Perfiles"), "")
            .way(Way::Lines(2))
            .hint(Text("One a line.", "Uno por línea.")),
        Input::line("company_exceptions", Text("Company exceptions", "Excepciones de empresa"), "")
            .way(Way::Lines(2))
            .hint(Text("One a line.", "Uno por línea.")),
    ];
    if user {
        all.push(Input::line("kind", Text("Kind", "Tipo"), "contact").way(Way::Choice(&KINDS)));
        all.extend(grants);
    } else {
        all.push(Input::line("create_account", Text("Create an account", "Crear una cuenta"), "").way(Way::Tick).hint(
            Text("They get a mail with a temporary password.", "Recibirá un correo con una contraseña temporal."),
        ));
    }
    let (path, title) = if user {
        ("/admin/users", Text("New user", "Nuevo usuario"))
    } else {
        ("/admin/contacts", Text("New contact", "Nuevo contacto"))
    };
    let content = html! {
        @if user { p.hint { (Text(
            "They get a mail with their username and a temporary password.",
            "Recibirá un correo con su nombre de usuario y una contraseña temporal.",
        )) } }
        (post(path, &html! { (inputs(&all, &aside.typed)) (send(SAVE)) }))
    };
    let status = if aside.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(app, by, (status, path, title), aside.message, &content).await
}
