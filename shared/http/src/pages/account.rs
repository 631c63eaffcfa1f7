//! The page of somebody who is signed in.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{Notice, form, link_button, notice},
    words,
};

/// Something that a signed-in person should know, and what they can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The password expires in so many days.
    PasswordExpires {
        /// How many days are left; 0 is today.
        days: u32,
    },
}

/// What the page of a signed-in person shows.
#[derive(Clone, Debug, Default)]
pub struct AccountPage {
    /// The person's name.
    pub name: String,
    /// The person's username.
    pub username: String,
    /// What the person should know.
    pub alerts: Vec<Alert>,
    /// What happened, such as a password that was changed.
    pub message: Option<Notice>,
}

impl AccountPage {
    /// The page of a member whose password expires soon.
    pub fn sample() -> Self {
        Self {
            name: "Maria Member".to_owned(),
            username: "maria".to_owned(),
            alerts: vec![Alert::PasswordExpires { days: 9 }],
            message: Some(Notice::success("Welcome back.")),
        }
    }
}

/// The page of a signed-in person: who they are, what they should know, the way out.
pub fn account(frame: &Frame, data: &AccountPage) -> Markup {
    let content = html! {
        p.lead { (words::SIGNED_IN_AS) " " strong { (data.name) } " (" (data.username) ")" }
        @if let Some(message) = &data.message { (notice(message)) }
        @for Alert::PasswordExpires { days } in &data.alerts {
            p.notice.warn { (words::password_ends(*days)) " " a href="/change-password" { (words::CHANGE_NOW) } }
        }
        (link_button("/change-password", words::CHANGE_LINK))
        (form("/sign-out", &html! { button.button.plain type="submit" { (words::SIGN_OUT) } }))
    };
    page(frame, words::MY_ACCOUNT, false, &content)
}
