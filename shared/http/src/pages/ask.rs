//! The three pages that ask who someone is, and mail them the way back in.

use maud::{Markup, html};

use super::{
    RECOVERY_STEPS,
    layout::{Frame, page},
    parts::{Field, Kind, Notice, any_wrong, button, fields, form, hidden, link_line, notice, steps},
    with_instance, words,
};

/// What *Forgot username* shows.
#[derive(Clone, Debug, Default)]
pub struct ForgotUsernamePage {
    /// What was typed as the e-mail address before.
    pub email: String,
    /// What is wrong with it.
    pub email_error: Option<String>,
    /// The instance that the person came from.
    pub instance: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

/// What *Forgot password* shows.
#[derive(Clone, Debug, Default)]
pub struct ForgotPasswordPage {
    /// What was typed as the username before.
    pub username: String,
    /// What is wrong with it.
    pub username_error: Option<String>,
    /// The instance that the person came from.
    pub instance: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

/// What *Reset account* shows.
#[derive(Clone, Debug, Default)]
pub struct ResetAccountPage {
    /// What was typed as the e-mail address before.
    pub email: String,
    /// What is wrong with it.
    pub email_error: Option<String>,
    /// The instance that the person came from.
    pub instance: Option<String>,
    /// What happened.
    pub message: Option<Notice>,
}

impl ForgotUsernamePage {
    /// The page after an address that is none.
    pub fn sample() -> Self {
        Self {
            email: "maria@members".to_owned(),
            email_error: Some("Type a whole e-mail address, such as name@example.org.".to_owned()),
            instance: Some("members".to_owned()),
            ..Self::default()
        }
    }
}

impl ForgotPasswordPage {
    /// The page as it opens, with something to know.
    pub fn sample() -> Self {
        Self { message: Some(Notice::info("You can use either one.")), ..Self::default() }
    }
}

impl ResetAccountPage {
    /// The page as it opens.
    pub fn sample() -> Self {
        Self { instance: Some("members".to_owned()), ..Self::default() }
    }
}

/// The page that asks for an e-mail address and mails the username.
pub fn forgot_username(frame: &Frame, data: &ForgotUsernamePage) -> Markup {
    let email = Field::new(Kind::Email, "email", words::EMAIL.say());
    let email = Field { value: &data.email, error: data.email_error.as_deref(), ..email };
    Ask {
        title: words::USERNAME_TITLE.say(),
        lead: words::USERNAME_LEAD.say(),
        action: "/forgot-username",
        send: words::USERNAME_SEND.say(),
        field: email,
        instance: data.instance.as_deref(),
        message: data.message.as_ref(),
    }
    .page(frame, &html! { p.hint { (words::ADDRESS_LOST.say()) } })
}

/// The page that asks for a username or e-mail address and mails a link to set a new password.
pub fn forgot_password(frame: &Frame, data: &ForgotPasswordPage) -> Markup {
    let username = Field::new(Kind::Username, "username", words::USERNAME_OR_EMAIL.say());
    let username = Field { value: &data.username, error: data.username_error.as_deref(), ..username };
    let instance = data.instance.as_deref();
    Ask {
        title: words::PASSWORD_TITLE.say(),
        lead: words::PASSWORD_LEAD.say(),
        action: "/forgot-password",
        send: words::PASSWORD_SEND.say(),
        field: username,
        instance,
        message: data.message.as_ref(),
    }
    .page(frame, &link_line(&with_instance("/reset-account", instance), words::FORGOT_BOTH.say()))
}

/// The page that asks for an e-mail address and mails a link to change username, password or both.
pub fn reset_account(frame: &Frame, data: &ResetAccountPage) -> Markup {
    let email = Field::new(Kind::Email, "email", words::EMAIL.say());
    let email = Field { value: &data.email, error: data.email_error.as_deref(), ..email };
    Ask {
        title: words::ACCOUNT_TITLE.say(),
        lead: words::ACCOUNT_LEAD.say(),
        action: "/reset-account",
        send: words::ACCOUNT_SEND.say(),
        field: email,
        instance: data.instance.as_deref(),
        message: data.message.as_ref(),
    }
    .page(frame, &html! { p.hint { (words::ADDRESS_LOST.say()) } })
}

/// What the three pages have in common: one field, one button.
struct Ask<'a> {
    title: &'a str,
    lead: &'a str,
    action: &'a str,
    send: &'a str,
    field: Field<'a>,
    instance: Option<&'a str>,
    message: Option<&'a Notice>,
}

impl Ask<'_> {
    fn page(&self, frame: &Frame, aside: &Markup) -> Markup {
        let failed = any_wrong(&[self.field]) || self.message.is_some_and(Notice::is_error);
        let inputs = html! {
            @if let Some(instance) = self.instance { (hidden("instance", instance)) }
            (fields(&[self.field.after(self.message)]))
            (button(self.send))
        };
        let content = html! {
            @if self.action != "/forgot-username" { (steps(&RECOVERY_STEPS, 1)) }
            p.lead { (self.lead) }
            @if let Some(message) = self.message { (notice(message)) }
            (form(self.action, &inputs))
            div.after { (aside) (link_line(&with_instance("/sign-in", self.instance), words::BACK_TO_SIGN_IN.say())) }
        };
        page(frame, self.title, failed, &content)
    }
}
