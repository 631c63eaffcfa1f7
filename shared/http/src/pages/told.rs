//! The pages that only tell something: a mail is on its way, staff can help, a link is dead, something went wrong.

use maud::{Markup, html};

use super::{
    RECOVERY_STEPS,
    layout::{Frame, page},
    parts::{link_button, link_line, steps},
    words,
};

/// What was asked for on one of the three recovery pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// The username.
    #[default]
    Username,
    /// A new password.
    Password,
    /// A new username, password or both.
    Account,
    /// The set-up of a security code.
    SecurityCode,
}

/// What the page after a recovery request shows; the same whoever asked.
#[derive(Clone, Debug, Default)]
pub struct SentPage {
    /// What was asked for.
    pub asked: Asked,
    /// What was typed, so that a slip of the finger is seen; may be empty.
    pub given: String,
    /// How long the mailed link works, in minutes, if a link is mailed.
    pub link_minutes: Option<u32>,
}

/// What the page says when several accounts use an address.
#[derive(Clone, Debug, Default)]
pub struct SharedAddressPage {
    /// The address that was typed; may be empty.
    pub email: String,
}

/// What the page says when people can't recover their accounts themselves.
#[derive(Clone, Debug, Default)]
pub struct RecoveryOffPage {
    /// The organisation's own text, if it has one.
    pub text: Option<String>,
}

/// What the page says about a link that is used, too old or replaced.
#[derive(Clone, Debug, Default)]
pub struct LinkDeadPage {
    /// What a new link can be asked for.
    pub asked: Asked,
}

/// What the page says about a request that couldn't be answered.
#[derive(Clone, Debug, Default)]
pub struct ProblemPage {
    /// What went wrong, in a few words.
    pub title: String,
    /// What went wrong and what to do next, in a sentence or two.
    pub detail: String,
    /// The request's number, for staff to look up; may be empty.
    pub request_id: String,
}

impl SentPage {
    /// The page after *Forgot password*.
    pub fn sample() -> Self {
        Self { asked: Asked::Password, given: "maria".to_owned(), link_minutes: Some(60) }
    }
}

impl SharedAddressPage {
    /// The page after a family's address.
    pub fn sample() -> Self {
        Self { email: "family@members.example".to_owned() }
    }
}

impl RecoveryOffPage {
    /// The page with the text that it comes with.
    pub fn sample() -> Self {
        Self::default()
    }
}

impl LinkDeadPage {
    /// The page after an old password link.
    pub fn sample() -> Self {
        Self { asked: Asked::Password }
    }
}

impl ProblemPage {
    /// The page after too many requests.
    pub fn sample() -> Self {
        Self {
            title: "Please wait a moment".to_owned(),
            detail: "There were many requests from your network in a short time. Try again in a minute.".to_owned(),
            request_id: "01JZ8Q4M7W".to_owned(),
        }
    }
}

impl Asked {
    const fn path(self) -> &'static str {
        match self {
            Self::Username => "/forgot-username",
            Self::Password => "/forgot-password",
            Self::Account => "/reset-account",
            Self::SecurityCode => "/sign-in",
        }
    }

    fn promise(self, given: &str) -> String {
        match self {
            Self::Username => words::sent_username(given),
            Self::Password => words::sent_password(given),
            Self::Account => words::sent_account(given),
            Self::SecurityCode => words::SETUP_SENT.say().to_owned(),
        }
    }
}

/// The page after a recovery request: if there is an account, a mail is on its way.
pub fn sent(frame: &Frame, data: &SentPage) -> Markup {
    let content = html! {
        @if data.asked != Asked::Username { (steps(&RECOVERY_STEPS, 2)) }
        p.lead { (data.asked.promise(&data.given)) }
        ul.next {
            li { (words::SENT_SLOW.say()) @if let Some(minutes) = data.link_minutes { " " (words::sent_minutes(minutes)) } }
            li { (words::SENT_SPAM.say()) }
            li { a href=(data.asked.path()) { (words::SENT_AGAIN.say()) } }
            li { (words::SENT_CONTACT.say()) }
        }
        (link_button("/sign-in", words::BACK_TO_SIGN_IN.say()))
    };
    page(frame, words::SENT_TITLE.say(), false, &content)
}

/// The page that says that several accounts use an address, and that staff can help.
pub fn shared_address(frame: &Frame, data: &SharedAddressPage) -> Markup {
    let content = html! {
        p.lead { (words::SHARED_TEXT.say()) " " (words::SHARED_NEXT.say()) }
        @if !data.email.is_empty() { p { (words::YOU_TYPED.say()) " " span.given { (data.email) } } }
        (staff(frame))
        (link_line("/sign-in", words::BACK_TO_SIGN_IN.say()))
    };
    page(frame, words::SHARED_TITLE.say(), false, &content)
}

/// The page that sends people to staff where they can't recover their accounts themselves.
pub fn recovery_off(frame: &Frame, data: &RecoveryOffPage) -> Markup {
    let content = html! {
        p.lead { (data.text.as_deref().unwrap_or(words::OFF_TEXT.say())) }
        (staff(frame))
        (link_line("/sign-in", words::BACK_TO_SIGN_IN.say()))
    };
    page(frame, words::OFF_TITLE.say(), false, &content)
}

/// The page about a link that is used, too old or replaced, with the way to a new one.
pub fn link_dead(frame: &Frame, data: &LinkDeadPage) -> Markup {
    let content = html! {
        p.lead { (words::DEAD_WHY.say()) " " (words::DEAD_NEXT.say()) }
        (link_button(data.asked.path(), words::DEAD_BUTTON.say()))
        (link_line("/sign-in", words::BACK_TO_SIGN_IN.say()))
    };
    page(frame, words::DEAD_TITLE.say(), false, &content)
}

/// The page about a request that couldn't be answered.
pub fn problem(frame: &Frame, data: &ProblemPage) -> Markup {
    let content = html! {
        p.lead { (data.detail) }
        (link_button("/sign-in", words::GO_TO_SIGN_IN.say()))
        @if !data.request_id.is_empty() { p.hint { (words::REQUEST_ID.say()) " " span.given { (data.request_id) } } }
    };
    page(frame, &data.title, false, &content)
}

fn staff(frame: &Frame) -> Markup {
    html! {
        @if let Some(address) = frame.contact { (link_button(&format!("mailto:{address}"), &words::write_to(address))) }
    }
}
