//! The pages where a password is set: behind a mailed link, at sign-in, or by choice.

use maud::{Markup, html};

use super::{
    RECOVERY_STEPS,
    layout::{Frame, page},
    parts::{Field, Kind, Notice, any_wrong, button, fields, form, hidden, link_button, link_line, notice, steps},
    words,
};

/// What the page behind a mailed link shows; it can't be printed, because it holds the token.
#[derive(Clone, Default)]
pub struct ResetPage {
    /// The mailed token.
    pub token: String,
    /// The username to keep or change, when the whole account is reset.
    pub username: Option<String>,
    /// What is wrong with the username.
    pub username_error: Option<String>,
    /// What a password must be like, as plain text.
    pub requirements: String,
    /// What is wrong with the password.
    pub password_error: Option<String>,
    /// What is wrong with the password typed again.
    pub password_again_error: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

/// What the page after a reset shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResetDonePage {
    /// Whether the username alone was changed.
    pub name_only: bool,
}

/// Why a person must choose a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They signed in with a temporary one.
    Temporary,
    /// It has expired.
    Expired,
    /// Somebody else set it.
    Required,
}

/// What the page to change a password shows.
#[derive(Clone, Debug, Default)]
pub struct ChangePasswordPage {
    /// Why it must be changed; nothing if the person chose to.
    pub reason: Option<Reason>,
    /// Whose it is, for them to see and for their password manager; may be empty.
    pub username: String,
    /// Whether the old password is asked for: with a session yes, with a ticket no.
    pub ask_old: bool,
    /// What is wrong with the old password.
    pub old_password_error: Option<String>,
    /// What a password must be like, as plain text.
    pub requirements: String,
    /// What is wrong with the new password.
    pub new_password_error: Option<String>,
    /// What is wrong with the new password typed again.
    pub new_password_again_error: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

impl ResetPage {
    /// The page for a whole account, after two passwords that differ.
    pub fn sample() -> Self {
        Self {
            token: "sample-token".to_owned(),
            username: Some("maria".to_owned()),
            requirements: "At least 12 characters. A few words in a row are good and easy to remember.".to_owned(),
            password_again_error: Some("The two passwords differ. Type the same one twice.".to_owned()),
            ..Self::default()
        }
    }
}

impl ResetDonePage {
    /// The page after a new password.
    pub fn sample() -> Self {
        Self { name_only: false }
    }
}

impl ChangePasswordPage {
    /// The page for a password that has expired, with a session.
    pub fn sample() -> Self {
        Self {
            reason: Some(Reason::Expired),
            username: "maria".to_owned(),
            ask_old: true,
            requirements: "At least 12 characters. A few words in a row are good and easy to remember.".to_owned(),
            ..Self::default()
        }
    }
}

impl Reason {
    fn sentence(self) -> &'static str {
        match self {
            Self::Temporary => words::CHANGE_TEMPORARY.say(),
            Self::Expired => words::CHANGE_EXPIRED.say(),
            Self::Required => words::CHANGE_REQUIRED.say(),
        }
    }
}

/// The page behind a mailed link; opening it changes nothing, pressing the button does.
pub fn reset(frame: &Frame, data: &ResetPage) -> Markup {
    let username = Field::new(Kind::Username, "username", words::NEW_USERNAME.say());
    let value = data.username.as_deref().unwrap_or_default();
    let username = Field {
        value,
        hint: Some(words::NEW_USERNAME_HINT.say()),
        error: data.username_error.as_deref(),
        optional: true,
        ..username
    };
    let account = data.username.is_some();
    let password = new_password("password", &data.requirements, data.password_error.as_deref());
    let again = password_again("password_again", data.password_again_error.as_deref());
    let mut all = [username, Field { optional: account, ..password }, Field { optional: account, ..again }];
    let asked = if account { &mut all[..] } else { &mut all[1..] };
    asked[0] = asked[0].after(data.message.as_ref());
    let (title, press) = if account {
        (words::RESET_ACCOUNT_TITLE, words::RESET_ACCOUNT_BUTTON)
    } else {
        (words::RESET_TITLE, words::RESET_BUTTON)
    };
    let content = html! {
        (steps(&RECOVERY_STEPS, 3))
        @if let Some(message) = &data.message { (notice(message)) }
        @if account { p.lead { (words::RESET_ACCOUNT_LEAD.say()) } }
        (form("/reset", &html! { (hidden("token", &data.token)) (fields(asked)) (button(press.say())) }))
    };
    let failed = any_wrong(asked) || data.message.as_ref().is_some_and(Notice::is_error);
    page(frame, title.say(), failed, &content)
}

/// The page after a reset, with the way to sign in.
pub fn reset_done(frame: &Frame, data: &ResetDonePage) -> Markup {
    let (title, text) = if data.name_only {
        (words::RENAMED_TITLE, words::RENAMED_TEXT)
    } else {
        (words::RESET_DONE_TITLE, words::RESET_DONE_TEXT)
    };
    let content = html! {
        p.lead { (text.say()) " " (words::RESET_DONE_SESSIONS.say()) }
        (link_button("/sign-in", words::SIGN_IN.say()))
    };
    page(frame, title.say(), false, &content)
}

/// The page to change a password, by choice or because it must be.
pub fn change_password(frame: &Frame, data: &ChangePasswordPage) -> Markup {
    let old = Field::new(Kind::Password, "old_password", words::OLD_PASSWORD.say());
    let old = Field { error: data.old_password_error.as_deref(), ..old };
    let new = new_password("new_password", &data.requirements, data.new_password_error.as_deref());
    let again = password_again("new_password_again", data.new_password_again_error.as_deref());
    let mut all = [old, new, again];
    let asked = if data.ask_old { &mut all[..] } else { &mut all[1..] };
    asked[0] = asked[0].after(data.message.as_ref());
    let content = html! {
        @if let Some(reason) = data.reason { p.lead { (reason.sentence()) } }
        @if let Some(message) = &data.message { (notice(message)) }
        (form("/change-password", &html! { (whose(&data.username)) (fields(asked)) (button(words::CHANGE_BUTTON.say())) }))
        @if data.reason.is_none() { (link_line("/account", words::BACK_TO_ACCOUNT.say())) }
    };
    let failed = any_wrong(asked) || data.message.as_ref().is_some_and(Notice::is_error);
    page(frame, words::CHANGE_TITLE.say(), failed, &content)
}

/// Says whose password it is; the field without a name is for password managers and is never sent.
fn whose(username: &str) -> Markup {
    html! {
        @if !username.is_empty() {
            p.hint { (words::for_username(username)) }
            input type="text" value=(username) autocomplete="username" readonly hidden;
        }
    }
}

fn new_password<'a>(name: &'a str, requirements: &'a str, error: Option<&'a str>) -> Field<'a> {
    let hint = (!requirements.is_empty()).then_some(requirements);
    Field { hint, error, ..Field::new(Kind::NewPassword, name, words::NEW_PASSWORD.say()) }
}

fn password_again<'a>(name: &'a str, error: Option<&'a str>) -> Field<'a> {
    Field { error, ..Field::new(Kind::NewPassword, name, words::NEW_PASSWORD_AGAIN.say()) }
}
