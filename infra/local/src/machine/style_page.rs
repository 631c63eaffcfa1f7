//! Every part that pages are put together from, in every state, and every sample page by its name: made by the functions that the
//! pages themselves use, so that nothing here can differ from them. For whoever works on pages; nothing leads here.

use domain::language::Text;
use maud::{Markup, html};
use web::pages::console::{
    Console, Input, Typed, Way, console, empty, facts, input, inputs, mark, next_page, post, press, progress, search,
    section, send, table, tabs,
};
use web::pages::parts::{
    Field, Kind, any_wrong, button, checkbox, field, fields, form, hidden, link_button, link_line, said, steps,
};
use web::pages::{Frame, Notice, layout, samples};

/// Where the parts are, and where they post to, which is nowhere.
const HERE: &str = "/_local/style";

const INFO: Text = Text("Something to know.", "Algo que conviene saber.");
const DONE: Text = Text("It went well.", "Ha salido bien.");
const WRONG: Text =
    Text("It went wrong. This is what to do next.", "Ha salido mal. Esto es lo que hay que hacer ahora.");
const HINT: Text = Text("A sentence that helps to fill it in.", "Una frase que ayuda a rellenarlo.");
const NAME: Text = Text("What is asked for", "Lo que se pide");
const SEND: Text = Text("Send it", "Enviarlo");

/// A sample page by its name.
pub(super) fn sample(name: &str) -> Option<Markup> {
    samples().into_iter().find(|(known, _)| *known == name).map(|(_, page)| page)
}

/// The parts of the pages of the door.
pub(super) fn door() -> Markup {
    let title = Text("Parts of the door", "Piezas de la puerta");
    let frame = Frame { title: title.say(), ..Frame::sample() };
    let way = [Text("Ask", "Pedir"), Text("Look at the mail", "Mirar el correo"), Text("Choose", "Elegir")];
    layout(
        &frame,
        &html! {
            h1 { (title) }
            @for now in 1..=way.len() { (steps(&way, now)) }
            (notices())
            (form(HERE, &right()))
            (form(HERE, &wrong()))
            div.ways { (link_line(HERE, title.say())) (link_line(&format!("{HERE}/console"), OFFICE.say())) }
            ul.next { @for (name, _) in samples() { li { a href={ (HERE) "/" (name) } { (name) } } } }
        },
    )
}

fn notices() -> Markup {
    html! { @for notice in [Notice::info(INFO), Notice::success(DONE), Notice::error(WRONG)] { (said(&notice, None)) } }
}

/// Fields of every kind, empty, and what sends them.
fn right() -> Markup {
    let kinds = [
        (Kind::Text, "text", Text("Text", "Texto")),
        (Kind::Username, "username", Text("Username", "Nombre de usuario")),
        (Kind::Email, "email", Text("E-mail", "Correo")),
        (Kind::Phone, "phone", Text("Phone", "Teléfono")),
        (Kind::Code, "code", Text("Security code", "Código de seguridad")),
        (Kind::Pin, "pin", Text("PIN", "PIN")),
        (Kind::Password, "password", Text("Password", "Contraseña")),
        (Kind::NewPassword, "new_password", Text("New password", "Contraseña nueva")),
    ];
    let optional = Field { optional: true, hint: Some(HINT.say()), ..Field::new(Kind::Text, "optional", NAME.say()) };
    html! {
        @for (kind, name, label) in kinds { (field(&Field::new(kind, name, label.say()))) }
        (field(&optional))
        (hidden("unseen", "1"))
        (checkbox("off", Text("Not ticked", "Sin marcar").say(), false))
        (checkbox("on", Text("Ticked", "Marcado").say(), true))
        (button(SEND.say()))
        (link_button(HERE, Text("On to another page", "A otra página").say()))
    }
}

/// Fields that can't be taken, after their summary.
fn wrong() -> Markup {
    let error = Some(WRONG.say());
    let all = [
        Field { error, value: "maria@", ..Field::new(Kind::Email, "wrong_email", NAME.say()) },
        Field { error, hint: Some(HINT.say()), ..Field::new(Kind::NewPassword, "wrong_password", NAME.say()) },
        Field { value: "Maria", ..Field::new(Kind::Text, "right_text", NAME.say()) },
    ];
    debug_assert!(any_wrong(&all));
    html! { (fields(&all)) (button(SEND.say())) }
}

const OFFICE: Text = Text("Parts of the console", "Piezas de la consola");

/// The parts of the console.
pub(super) fn office() -> Markup {
    let ways = vec![
        (HERE, Text("Parts of the door", "Piezas de la puerta")),
        ("/_local/style/console", OFFICE),
        ("/admin", Text("The console", "La consola")),
    ];
    let around = Console {
        frame: Frame::sample(),
        who: "ada",
        ways,
        current: "/_local/style/console",
        expires: Some(9),
        message: Some(Notice::success(DONE)),
    };
    let areas = [("one", Text("One", "Una")), ("other", Text("Another", "Otra"))];
    let content = html! {
        (tabs(areas.map(|(key, name)| (format!("{HERE}/console?area={key}"), name, key == "one"))))
        (said(&Notice::info(INFO), None))
        (said(&Notice::error(WRONG), None))
        (section(Text("What there is", "Lo que hay"), &lists()))
        (section(Text("How far it is", "Hasta dónde ha llegado"), &html! { (progress(0, 8)) (progress(5, 8)) (progress(8, 8)) }))
        (section(Text("Buttons", "Botones"), &html! {
            div.actions { (press(HERE, SEND, "")) (press(HERE, SEND, "plain")) (press(HERE, SEND, "danger")) }
        }))
        (section(Text("Forms", "Formularios"), &forms()))
    };
    console(&around, OFFICE.say(), &content)
}

fn lists() -> Markup {
    let states = [
        ("", Text("Waiting", "En espera")),
        ("good", Text("Done", "Hecho")),
        ("warn", Text("Running", "En curso")),
        ("bad", Text("Refused", "Rechazado")),
    ];
    let row =
        |(tone, name): (&str, Text)| vec![html! { a href=(HERE) { "Maria Member" } }, mark(tone, name), html! { "8" }];
    html! {
        (search(HERE, Text("Find somebody", "Buscar a alguien"), "maria", &html! {}))
        (table(
            Text("People", "Personas"),
            &[Text("Name", "Nombre"), Text("State", "Estado"), Text("Number", "Número")],
            &states.map(row),
        ))
        (next_page(Some(HERE)))
        (empty(Text("There is none yet.", "Todavía no hay ninguno.")))
        (facts(&[
            (Text("Name", "Nombre"), "Maria Member".to_owned()),
            (Text("E-mail", "Correo"), "maria.of.a.very.long.address@members.harbour.example".to_owned()),
        ]))
    }
}

fn forms() -> Markup {
    let words = [("a", Text("One", "Uno")), ("b", Text("Another", "Otro"))];
    let ways = [
        (Way::Line, "line"),
        (Way::Secret, "secret"),
        (Way::Number, "number"),
        (Way::Day, "day"),
        (Way::Lines(3), "lines"),
        (Way::Choice(&words), "choice"),
        (Way::Named(None, &[("a", "Harbour Login")]), "named"),
        (Way::Tick, "tick"),
        (Way::File(".csv"), "file"),
    ];
    let typed = Typed {
        values: [("wrong_line".to_owned(), "900".to_owned())].into(),
        errors: [("wrong_line".to_owned(), vec![WRONG.into()])].into(),
    };
    html! {
        (post(HERE, &html! { (inputs(&[Input::line("wrong_line", NAME, "").hint(HINT)], &typed)) (send(SEND)) }))
        (post(HERE, &html! {
            @for (way, name) in ways { (input(&Input::line(name, NAME, "").way(way).hint(HINT), &Typed::default())) }
            (send(SEND))
        }))
    }
}
