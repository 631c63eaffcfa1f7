//! The page on which somebody who comes from a provider proves an account of theirs.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{button, form, link_button, link_line},
    words,
};

/// What that page shows.
#[derive(Clone, Debug, Default)]
pub struct LinkPage {
    /// The provider, as its button says it.
    pub provider: String,
    /// What the person is known by there.
    pub label: String,
    /// The username of the account that they have proven; nothing as long as they have not.
    pub username: Option<String>,
    /// The instance that the person came from.
    pub instance: Option<String>,
}

impl LinkPage {
    /// The page of somebody who has signed in.
    pub fn sample() -> Self {
        let text = |text: &str| text.to_owned();
        let (provider, label) = (text("Harbour Login"), text("maria@login.example"));
        Self { provider, label, username: Some(text("maria")), instance: None }
    }
}

/// The page on which somebody proves that an account is theirs, once.
pub fn link(frame: &Frame, data: &LinkPage) -> Markup {
    let content = html! {
        @if let Some(username) = &data.username {
            p.lead { (words::link_question(&data.provider, &data.label, username)) }
            (form("/sign-in/link", &button(words::LINK_YES.say())))
            (link_line("/account", words::LINK_NO.say()))
        } @else {
            p.lead { (words::link_lead(&data.provider, &data.label)) }
            (link_button(&sign_in(data.instance.as_deref()), words::SIGN_IN.say()))
            p.hint { (words::LINK_ONCE.say()) }
        }
    };
    page(frame, words::LINK_TITLE.say(), false, &content)
}

/// Where they sign in, and come back from.
fn sign_in(instance: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", "/sign-in/link");
    if let Some(instance) = instance {
        query.append_pair("instance", instance);
    }
    format!("/sign-in?{}", query.finish())
}
