//! The two ways to an account of one's own: the form for people the organisation knows, and the door for holders of a PIN.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{Field, Kind, Notice, any_wrong, button, fields, form, hidden, link_button, link_line, notice},
    with_instance, words,
};

/// One field as it was filled in: what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// What was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What *Create account* shows.
#[derive(Clone, Debug, Default)]
pub struct SignUpPage {
    /// Given name.
    pub first_name: Filled,
    /// Family name.
    pub last_name: Filled,
    /// E-mail address.
    pub email: Filled,
    /// Phone number; `None` where it isn't asked for.
    pub phone: Option<Filled>,
    /// Whether the phone number may be left empty.
    pub phone_optional: bool,
    /// The instance that the person came from.
    pub instance: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

/// What the PIN door shows; the PIN is never shown again.
#[derive(Clone, Debug, Default)]
pub struct PinSignUpPage {
    /// What is wrong with the PIN.
    pub pin_error: Option<String>,
    /// E-mail address.
    pub email: Filled,
    /// Username.
    pub username: Filled,
    /// The instance that the person came from.
    pub instance: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

impl SignUpPage {
    /// The page after a form that nobody was found by.
    pub fn sample() -> Self {
        let filled = |value: &str| Filled { value: value.to_owned(), error: None };
        Self {
            first_name: filled("Nora"),
            last_name: filled("Quist"),
            email: filled("nora@members.example"),
            phone: Some(Filled { value: "12".to_owned(), error: Some("This is not a phone number.".to_owned()) }),
            phone_optional: true,
            message: Some(Notice::error("We could not make an account with these details.")),
            ..Self::default()
        }
    }
}

impl PinSignUpPage {
    /// The page as it opens.
    pub fn sample() -> Self {
        Self { instance: Some("members".to_owned()), ..Self::default() }
    }
}

/// The form for a new account.
pub fn sign_up(frame: &Frame, data: &SignUpPage) -> Markup {
    let text = |name, label, filled, autocomplete| Field {
        autocomplete: Some(autocomplete),
        ..with(Field::new(Kind::Text, name, label), filled)
    };
    let mut asked = vec![
        text("first_name", words::FIRST_NAME.say(), &data.first_name, "given-name"),
        text("last_name", words::LAST_NAME.say(), &data.last_name, "family-name"),
        with(Field::new(Kind::Email, "email", words::EMAIL.say()), &data.email),
    ];
    if let Some(phone) = &data.phone {
        let phone = with(Field::new(Kind::Phone, "phone", words::PHONE.say()), phone);
        asked.push(Field { optional: data.phone_optional, ..phone });
    }
    let way = Way {
        title: words::SIGN_UP_TITLE.say(),
        lead: words::SIGN_UP_LEAD.say(),
        action: "/sign-up",
        send: words::SIGN_UP_SEND.say(),
    };
    way.page(frame, &asked, data.instance.as_deref(), data.message.as_ref())
}

/// The door for holders of a PIN.
pub fn pin_sign_up(frame: &Frame, data: &PinSignUpPage) -> Markup {
    let pin = Field::new(Kind::Pin, "pin", words::PIN.say());
    let username = Field {
        hint: Some(words::USERNAME_HINT.say()),
        ..Field::new(Kind::Username, "username", words::NEW_USERNAME.say())
    };
    let asked = [
        Field { error: data.pin_error.as_deref(), hint: Some(words::PIN_HINT.say()), ..pin },
        with(Field::new(Kind::Email, "email", words::EMAIL.say()), &data.email),
        with(username, &data.username),
    ];
    let way = Way {
        title: words::PIN_TITLE.say(),
        lead: words::PIN_LEAD.say(),
        action: "/pin-sign-up",
        send: words::SIGN_UP_SEND.say(),
    };
    way.page(frame, &asked, data.instance.as_deref(), data.message.as_ref())
}

fn with<'a>(field: Field<'a>, filled: &'a Filled) -> Field<'a> {
    Field { value: &filled.value, error: filled.error.as_deref(), ..field }
}

struct Way<'a> {
    title: &'a str,
    lead: &'a str,
    action: &'a str,
    send: &'a str,
}

impl Way<'_> {
    fn page(&self, frame: &Frame, asked: &[Field], instance: Option<&str>, message: Option<&Notice>) -> Markup {
        let failed = any_wrong(asked) || message.is_some_and(Notice::is_error);
        // Where no field is wrong by itself, typing goes on in the first one, and the message is read with it.
        let (mut asked, by_field) = (asked.to_vec(), any_wrong(asked));
        if let Some(first) = asked.first_mut().filter(|_| !by_field) {
            *first = first.after(message);
        }
        let inputs = html! {
            @if let Some(instance) = instance { (hidden("instance", instance)) }
            (fields(&asked))
            (button(self.send))
        };
        let content = html! {
            p.lead { (self.lead) }
            @if let Some(message) = message { (notice(message)) }
            (form(self.action, &inputs))
            div.after {
                (link_line(&with_instance("/forgot-username", instance), words::HAVE_ACCOUNT.say()))
                (link_line(&with_instance("/sign-in", instance), words::BACK_TO_SIGN_IN.say()))
            }
        };
        page(frame, self.title, failed, &content)
    }
}

/// The page after both: an account is there, and a mail is on its way.
pub fn signed_up(frame: &Frame) -> Markup {
    let content = html! {
        p.lead { (words::SIGNED_UP_TEXT.say()) }
        ul.next { li { (words::SENT_SLOW.say()) } li { (words::SENT_SPAM.say()) } li { (words::SENT_CONTACT.say()) } }
        (link_button("/sign-in", words::GO_TO_SIGN_IN.say()))
    };
    page(frame, words::SENT_TITLE.say(), false, &content)
}

/// The page where PINs can't be used.
pub fn pin_off(frame: &Frame) -> Markup {
    let content = html! {
        p.lead { (words::PIN_OFF_TEXT.say()) }
        (link_button("/sign-in", words::GO_TO_SIGN_IN.say()))
    };
    page(frame, words::PIN_OFF_TITLE.say(), false, &content)
}
