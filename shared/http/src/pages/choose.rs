//! The page behind the mail to a shared mailbox: a button, then whose accounts these are.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    parts::{button, form, hidden, link_line},
    words,
};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ChoosePage {
    /// The mailed token.
    pub token: String,
    /// The accounts, once the button was pressed: id, and what is shown of them.
    pub accounts: Option<Vec<(String, String)>>,
}

impl ChoosePage {
    /// The page of a family's mailbox.
    pub fn sample() -> Self {
        let accounts = [("1", "f••n (F. F.)"), ("2", "f••e (F. F.)")];
        let accounts = accounts.map(|(id, shown)| (id.to_owned(), shown.to_owned())).into();
        Self { token: "t".to_owned(), accounts: Some(accounts) }
    }
}

/// The page behind the mail to a shared mailbox.
pub fn choose(frame: &Frame, data: &ChoosePage) -> Markup {
    let inputs = match &data.accounts {
        None => html! { (hidden("token", &data.token)) (button(words::CHOOSE_SHOW.say())) },
        Some(accounts) => html! {
            (hidden("token", &data.token))
            fieldset.choice {
                legend { (words::CHOOSE_LEGEND.say()) }
                @for (i, (id, shown)) in accounts.iter().enumerate() {
                    @let at = format!("account-{i}");
                    label.tick for=(at) {
                        input id=(at) type="radio" name="account" value=(id) required checked[i == 0];
                        span { (shown) }
                    }
                }
            }
            (button(words::CHOOSE_BUTTON.say()))
        },
    };
    let content = html! {
        p.lead { (if data.accounts.is_some() { words::CHOOSE_NEXT.say() } else { words::CHOOSE_LEAD.say() }) }
        (form("/forgot-username/choose", &inputs))
        (link_line("/sign-in", words::BACK_TO_SIGN_IN.say()))
    };
    page(frame, words::CHOOSE_TITLE.say(), false, &content)
}
