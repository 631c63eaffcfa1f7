//! The pages between signing in and an application that people sign in to through this site.

use maud::{Markup, html};

use super::{
    layout::{Frame, layout},
    parts::{button, form, hidden, link_button, link_line},
    words,
};

/// What the page says that goes on to an application.
#[derive(Clone, Debug, Default)]
pub struct OnwardPage {
    /// What the application is called.
    pub application: String,
    /// Where it is.
    pub href: String,
}

impl OnwardPage {
    /// The page of a made-up application.
    pub fn sample() -> Self {
        Self {
            application: "Members' magazine".to_owned(),
            href: "https://magazine.example/back?code=c.x.y".to_owned(),
        }
    }
}

/// A page that goes on by itself, at once; without that, by a press.
pub fn onward(frame: &Frame, data: &OnwardPage) -> Markup {
    let title = words::onward_title(&data.application);
    let content = html! {
        h1 { (title) }
        p.lead { (words::ONWARD_LEAD.say()) }
        (link_button(&data.href, words::ONWARD.say()))
        meta http-equiv="refresh" content={ "0; url=" (data.href) };
    };
    layout(&Frame { title: &title, ..*frame }, &content)
}

/// A page that asks somebody who is signed in to sign in once more; `request` is what the application asked.
pub fn again(frame: &Frame, application: &str, request: &str) -> Markup {
    let title = words::AGAIN_TITLE.say();
    let content = html! {
        h1 { (title) }
        p.lead { (words::again_lead(application)) }
        (form("/openid/again", &html! { (hidden("request", request)) (button(words::AGAIN.say())) }))
        (link_line("/account", words::AGAIN_NO.say()))
    };
    layout(&Frame { title, ..*frame }, &content)
}
