//! The page of somebody who is signed in.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{Field, Kind, Notice, any_wrong, button, fields, form, link_button, link_line, notice},
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

/// An account elsewhere that opens this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkRow {
    /// What it is called by.
    pub id: String,
    /// What the person is known by there.
    pub label: String,
    /// Where that is.
    pub site: String,
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
    /// Accounts elsewhere that open this one.
    pub links: Vec<LinkRow>,
    /// Whether they work in the console.
    pub console: bool,
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
            links: Vec::new(),
            console: false,
            message: Some(Notice::success("Welcome back.")),
        }
    }

    /// The page of a member whom an account elsewhere lets in.
    pub fn linked() -> Self {
        let text = |text: &str| text.to_owned();
        let link = LinkRow { id: text("a"), label: text("maria@login.example"), site: text("login.example") };
        Self { links: vec![link], ..Self::sample() }
    }
}

/// The page of a signed-in person: who they are, what they should know, the way out.
pub fn account(frame: &Frame, data: &AccountPage) -> Markup {
    let content = html! {
        p.lead { (words::SIGNED_IN_AS.say()) " " strong { (data.name) } " (" (data.username) ")" }
        @if let Some(message) = &data.message { (notice(message)) }
        @for Alert::PasswordExpires { days } in &data.alerts {
            p.notice.warn { (words::password_ends(*days)) " " a href="/change-password" { (words::CHANGE_NOW.say()) } }
        }
        @if data.console { (link_button("/admin", words::CONSOLE_LINK.say())) }
        (link_button("/change-password", words::CHANGE_LINK.say()))
        (link_line("/account/username", words::CHANGE_USERNAME.say()))
        (link_line("/account/sessions", words::SESSIONS_LINK.say()))
        (link_line("/account/security-code", words::FACTOR_LINK.say()))
        (link_line("/account/passkeys", words::PASSKEYS_LINK.say()))
        (links(&data.links))
        (form("/sign-out", &html! { button.button.plain type="submit" { (words::SIGN_OUT.say()) } }))
    };
    page(frame, words::MY_ACCOUNT.say(), false, &content)
}

fn links(all: &[LinkRow]) -> Markup {
    html! {
        @if !all.is_empty() {
            h2 { (words::LINKS_TITLE.say()) }
            ul.places {
                @for row in all {
                    li {
                        div { strong { (row.label) } p.hint { (row.site) } }
                        (form(&format!("/account/links/{}/remove", row.id), &html! {
                            button.button.plain type="submit" aria-label=(words::remove_link(&row.label)) { (words::LINK_REMOVE.say()) }
                        }))
                    }
                }
            }
        }
    }
}

/// What the page shows on which a signed-in person chooses another username.
#[derive(Clone, Debug, Default)]
pub struct UsernamePage {
    /// What is in the field.
    pub username: String,
    /// What is wrong with it.
    pub username_error: Option<String>,
    /// What is wrong with the password.
    pub password_error: Option<String>,
}

impl UsernamePage {
    /// The page after a name that somebody else has.
    pub fn sample() -> Self {
        let taken = "Somebody else has this username. Choose another one.".to_owned();
        Self { username: "paula".to_owned(), username_error: Some(taken), password_error: None }
    }
}

/// The page on which a signed-in person chooses another username.
pub fn change_username(frame: &Frame, data: &UsernamePage) -> Markup {
    let username = Field::new(Kind::Username, "username", words::NEW_USERNAME.say());
    let username = Field { value: &data.username, error: data.username_error.as_deref(), ..username };
    let password = Field::new(Kind::Password, "password", words::PASSWORD.say());
    let password = Field { error: data.password_error.as_deref(), hint: Some(words::FRESH_PROOF.say()), ..password };
    let all = [username, password];
    let content = html! {
        p.lead { (words::USERNAME_CHANGE_LEAD.say()) }
        (form("/account/username", &html! { (fields(&all)) (button(words::CHANGE_USERNAME.say())) }))
        (link_line("/account", words::BACK_TO_ACCOUNT.say()))
    };
    page(frame, words::CHANGE_USERNAME.say(), any_wrong(&all), &content)
}

/// One place where somebody is signed in.
#[derive(Clone, Debug, Default)]
pub struct SessionRow {
    /// What it is called by.
    pub id: String,
    /// The browser in words.
    pub device: String,
    /// The network, or nothing.
    pub place: String,
    /// Minutes since it was last used.
    pub minutes: i64,
    /// Whether it is this browser.
    pub current: bool,
}

/// What the page shows on which a signed-in person sees where else they are signed in.
#[derive(Clone, Debug, Default)]
pub struct SessionsPage {
    /// The sessions, the one last used first.
    pub rows: Vec<SessionRow>,
}

impl SessionsPage {
    /// The page of somebody with a laptop and a phone.
    pub fn sample() -> Self {
        let row = |id: &str, device: &str, minutes, current| SessionRow {
            id: id.to_owned(),
            device: device.to_owned(),
            place: "192.0.2.*".to_owned(),
            minutes,
            current,
        };
        Self { rows: vec![row("a", "Firefox on Windows", 0, true), row("b", "Safari on an iPhone", 3_000, false)] }
    }
}

/// The page on which a signed-in person sees where they are signed in, and ends it.
pub fn sessions(frame: &Frame, data: &SessionsPage) -> Markup {
    let content = html! {
        p.lead { (words::SESSIONS_LEAD.say()) }
        ul.places {
            @for row in &data.rows {
                li {
                    div {
                        strong { (row.device) } @if row.current { " " span.hint { (words::THIS_BROWSER.say()) } }
                        p.hint { (words::last_used(row.minutes)) @if !row.place.is_empty() { " " (words::from_network(&row.place)) } }
                    }
                    (form(&format!("/account/sessions/{}/end", row.id), &html! {
                        button.button.plain type="submit" aria-label=(words::end_session(&row.device)) { (words::SIGN_OUT.say()) }
                    }))
                }
            }
        }
        (form("/account/sessions/end", &button(words::SIGN_OUT_EVERYWHERE.say())))
        (link_line("/account", words::BACK_TO_ACCOUNT.say()))
    };
    page(frame, words::SESSIONS_TITLE.say(), false, &content)
}
