//! The page where people sign in.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{Field, Kind, Notice, button, checkbox, field, form, hidden, link_line, notice},
    passkeys::passkey_button,
    with_instance, words,
};

/// A way back in that an instance shows below its box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// Whether the link is there.
    pub shown: bool,
    /// What is said beside it, as plain text; may be empty.
    pub instructions: String,
}

impl Default for Help {
    fn default() -> Self {
        Self { shown: true, instructions: String::new() }
    }
}

/// Another way to sign in: a provider's (IN-7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// What the provider is called.
    pub id: String,
    /// What its button says.
    pub name: String,
}

/// What the sign-in page shows.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// What was typed as the username before.
    pub username: String,
    /// Whether *Keep me logged in* is ticked.
    pub keep: bool,
    /// The instance whose box this is, if it isn't the default one.
    pub instance: Option<String>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// What happened, such as the *sign-in fails* message.
    pub message: Option<Notice>,
    /// The way back in for a forgotten password.
    pub forgot_password: Help,
    /// The way back in for a forgotten username.
    pub forgot_username: Help,
    /// The way to an account.
    pub create_account: Help,
    /// Whether there is a door for holders of a PIN (PN-1).
    pub pin_door: bool,
    /// Providers by which people may come in.
    pub providers: Vec<Way>,
}

impl SignInPage {
    /// The page after a refusal, with everything on it.
    pub fn sample() -> Self {
        Self {
            username: "maria".to_owned(),
            instance: Some("members".to_owned()),
            return_to: Some("/account".to_owned()),
            message: Some(Notice::error(
                "That username and password don't fit together. If you need a way back in, look at your mail.",
            )),
            forgot_username: Help { shown: true, instructions: "You'll find it in every newsletter.".to_owned() },
            pin_door: true,
            providers: vec![Way { id: "harbour".to_owned(), name: "Sign in with Harbour Login".to_owned() }],
            ..Self::default()
        }
    }
}

/// The page where people sign in.
pub fn sign_in(frame: &Frame, data: &SignInPage) -> Markup {
    let failed = data.message.as_ref().is_some_and(Notice::is_error);
    let content = html! {
        @if let Some(message) = &data.message { (notice(message)) }
        (form("/sign-in", &inputs(data, !failed)))
        (passkey_button("sign-in", words::PASSKEY_SIGN_IN.say()))
        (providers(data))
        @if failed && !data.username.is_empty() { (fresh_temporary(&data.username)) }
        (ways(data))
    };
    // Whoever looks for the way in finds it; what somebody typed is nobody's to find.
    let about = if data.message.is_none() { words::sign_in_about(frame.organisation) } else { String::new() };
    page(&Frame { about: &about, ..*frame }, words::SIGN_IN.say(), failed, &content)
}

fn inputs(data: &SignInPage, focus: bool) -> Markup {
    let username = Field::new(Kind::Username, "username", words::USERNAME_OR_EMAIL.say());
    let password = Field::new(Kind::Password, "password", words::PASSWORD.say());
    html! {
        @if let Some(instance) = &data.instance { (hidden("instance", instance)) }
        @if let Some(return_to) = &data.return_to { (hidden("return_to", return_to)) }
        (field(&Field { value: &data.username, focus, ..username }))
        (field(&password.after(data.message.as_ref())))
        (checkbox("keep", words::KEEP.say(), data.keep))
        (button(words::SIGN_IN.say()))
    }
}

/// Links, so that a browser lets them lead on through any site of the provider's.
fn providers(data: &SignInPage) -> Markup {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(data.instance.iter().map(|id| ("instance", id)));
    query.extend_pairs(data.return_to.iter().map(|to| ("return_to", to)));
    let query = query.finish();
    let joint = if query.is_empty() { "" } else { "?" };
    html! {
        @if !data.providers.is_empty() {
            div.providers {
                @for way in &data.providers {
                    a.button.plain href={ "/sign-in/with/" (way.id) (joint) (query) } { (way.name) }
                }
            }
        }
    }
}

/// TP-5: after every refusal alike, so that it says nothing of the account.
fn fresh_temporary(username: &str) -> Markup {
    let content = html! {
        (hidden("username", username))
        p.hint { (words::TEMPORARY_ENDED.say()) }
        button.button.plain type="submit" { (words::TEMPORARY_FRESH.say()) }
    };
    form("/sign-in/temporary", &content)
}

fn ways(data: &SignInPage) -> Markup {
    let instance = data.instance.as_deref();
    let shown = [
        (&data.forgot_password, "/forgot-password", words::FORGOT_PASSWORD.say()),
        (&data.forgot_username, "/forgot-username", words::FORGOT_USERNAME.say()),
        (&data.create_account, "/sign-up", words::CREATE_ACCOUNT.say()),
    ]
    .into_iter()
    .filter(|(help, ..)| help.shown);
    html! {
        div.ways {
            @for (help, path, label) in shown {
                div {
                    (link_line(&with_instance(path, instance), label))
                    @if !help.instructions.is_empty() { p.hint { (help.instructions) } }
                }
            }
            @if data.pin_door { div { (link_line(&with_instance("/pin-sign-up", instance), words::HAVE_PIN.say())) } }
        }
    }
}
