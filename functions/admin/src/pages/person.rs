//! What the pages of users and of contacts have in common.

use domain::email::Email;
use domain::language::Text;
use domain::user::Person;
use maud::{Markup, html};
use web::pages::Notice;
use web::pages::console::{Input, NOTHING, Typed, Way, input, inputs, post, send};

use super::form::As;

/// What a page shows beside who it is about.
#[derive(Default)]
pub(crate) struct Aside {
    /// What was typed and can't be taken.
    pub(crate) typed: Typed,
    /// What happened.
    pub(crate) message: Option<Notice>,
    /// A PIN that was just made, shown once.
    pub(crate) pin: Option<String>,
}

pub(super) const PERSON: [(&str, As); 9] = [
    ("first_name", As::Text),
    ("last_name", As::Text),
    ("nickname", As::OrNull),
    ("email", As::OrNull),
    ("address_email", As::OrNull),
    ("phone", As::OrNull),
    ("company", As::OrNull),
    ("group", As::OrNull),
    ("locale", As::OrNull),
];

pub(super) const KINDS: [(&str, Text); 4] = [
    ("contact", Text("Contact", "Contacto")),
    ("staff", Text("Staff", "Personal")),
    ("administrator", Text("Administrator", "Administrador")),
    ("api", Text("Program", "Programa")),
];

/// Beside a new password: nothing else opens the account from then on.
const UNLINK: Text = Text("Take away their other sign-ins as well", "Quitar también sus otras formas de entrar");

/// Over what a person may ask for.
pub(super) const THEIR_DATA: Text = Text("Their data", "Sus datos");

/// What a person may ask for: all that is kept about them, or that it is no more.
pub(super) fn data(here: &str) -> Markup {
    html! {
        p { a.button.plain href={ (here) "/data" } download { (Text("Everything that is kept about them", "Todo lo que se guarda de esta persona")) } }
        details {
            summary { (Text("Erase them", "Borrar a esta persona")) }
            form.sheet method="post" action={ (here) "/remove" } {
                p.hint { (Text(
                    "The account, the contact and everything that hangs on them is removed, for good. What happened stays in the audit.",
                    "La cuenta, el contacto y todo lo que depende de ellos se elimina para siempre. Lo ocurrido queda en la auditoría.",
                )) }
                label.tick { input type="checkbox" name="erase" value="true" required; span { (Text("This can't be taken back. Erase them", "Esto no se puede deshacer. Borrar")) } }
                button.button.danger type="submit" { (Text("Erase", "Borrar definitivamente")) }
            }
        }
    }
}

/// The fields of that form.
pub(super) const RESET: [&str; 4] = ["password", "password_again", "resend", "unlink"];

/// The form that sets a password for somebody; `linked` where something elsewhere opens their account.
pub(super) fn reset(here: &str, typed: &Typed, linked: bool) -> Markup {
    let unlink = Input::line("unlink", UNLINK, "").way(Way::Tick).hint(Text(
        "When somebody else may have had the account: what they linked would still open it.",
        "Si otra persona ha podido tener la cuenta: lo que haya enlazado la seguiría abriendo.",
    ));
    post(
        &format!("{here}/reset-password"),
        &html! {
            (inputs(&[
                Input::line("password", Text("New password", "Contraseña nueva"), "").way(Way::Secret),
                Input::line("password_again", Text("New password again", "Repita la contraseña nueva"), "").way(Way::Secret),
                Input::line("resend", Text(
                    "Resend credentials as well",
                    "Enviarle también la manera de entrar",
                ), "").way(Way::Tick),
            ], typed))
            @if linked { (input(&unlink, typed)) }
            p.hint { (Text(
                "They change it at the next sign-in and hear of it by mail; every session ends, and a lock is open.",
                "La cambiará en el próximo inicio de sesión y se le avisa por correo; se cierran todas las sesiones y se levanta el bloqueo.",
            )) }
            (send(Text("Set the password", "Poner la contraseña")))
        },
    )
}

/// Who somebody is, as fields of a form.
pub(super) struct PersonFields<'a> {
    first_name: &'a str,
    last_name: &'a str,
    others: [(&'static str, Text, String, Text); 7],
}

impl<'a> PersonFields<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let email = |value: &Option<Email>| value.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
        Self {
            first_name: &person.first_name,
            last_name: &person.last_name,
            others: [
                ("nickname", Text("Nickname", "Apodo"), text(&person.nickname), NOTHING),
                (
                    "email",
                    Text("E-mail", "Correo electrónico"),
                    email(&person.email),
                    Text("Where mail goes first.", "A donde va el correo en primer lugar."),
                ),
                (
                    "address_email",
                    Text("Address e-mail", "Correo de la dirección"),
                    email(&person.address_email),
                    Text("Where mail goes if there is no other.", "A donde va el correo si no hay otro."),
                ),
                ("phone", Text("Phone", "Teléfono"), text(&person.phone), NOTHING),
                ("company", Text("Company", "Empresa"), text(&person.company), NOTHING),
                (
                    "group",
                    Text("Contact group", "Grupo de contacto"),
                    text(&person.group),
                    Text("It decides which staff look after them.", "Decide qué personal le atiende."),
                ),
                (
                    "locale",
                    Text("Language", "Idioma"),
                    text(&person.locale),
                    Text(
                        "Such as en or es; empty for the organisation's.",
                        "Por ejemplo en o es; vacío para el de la organización.",
                    ),
                ),
            ],
        }
    }

    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        let names = [
            Input::line("first_name", Text("First name", "Nombre"), self.first_name),
            Input::line("last_name", Text("Last name", "Apellidos"), self.last_name),
        ];
        let others = self.others.iter().map(|(name, label, value, hint)| Input::line(name, *label, value).hint(*hint));
        names.into_iter().chain(others).collect()
    }
}
