//! Passkeys: the page of one's own, and the button that signs in with one. Asking a device takes a script; without one there is
//! a sentence in the button's place on one's own page, and nothing on the others, which have other ways.

use std::sync::LazyLock;

use maud::{Markup, html};

use super::{
    layout::{Frame, fingerprint, page, versioned},
    parts::{Field, Kind, Notice, fields, link_line, notice},
    squeeze::squeezed,
    words,
};

/// The script that asks a device, served at an address that changes with it; only the buttons here fetch it.
pub const PASSKEY_SCRIPT: &str = squeezed!(include_str!("passkeys.js"));

static PASSKEY_HREF: LazyLock<String> =
    LazyLock::new(|| versioned("/assets/passkeys.js", const { fingerprint(PASSKEY_SCRIPT) }));

/// The address of that script.
pub fn passkey_script_href() -> &'static str {
    &PASSKEY_HREF
}

/// One passkey.
#[derive(Clone, Debug, Default)]
pub struct PasskeyRow {
    /// What it is found by.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Days since it was made.
    pub made: i64,
    /// Days since it was last used, if it ever was.
    pub used: Option<i64>,
}

/// What the page of one's own passkeys shows.
#[derive(Clone, Debug, Default)]
pub struct PasskeysPage {
    /// The passkeys.
    pub rows: Vec<PasskeyRow>,
    /// Whether a code is asked for beside the password.
    pub ask_code: bool,
    /// What should be known.
    pub message: Option<Notice>,
    /// What is wrong with the password.
    pub password_error: Option<String>,
    /// What is wrong with the code.
    pub code_error: Option<String>,
}

impl PasskeysPage {
    /// The page of somebody with a phone and a security key, after a wrong password.
    pub fn sample() -> Self {
        let row =
            |id: &str, name: &str, made, used| PasskeyRow { id: id.to_owned(), name: name.to_owned(), made, used };
        Self {
            rows: vec![row("a", "My phone", 40, Some(0)), row("b", "Blue key", 3, None)],
            ask_code: true,
            message: None,
            password_error: Some("This is not your password. Type it again.".to_owned()),
            code_error: None,
        }
    }
}

/// The page of one's own passkeys: one more, or one less.
pub fn passkeys(frame: &Frame, data: &PasskeysPage) -> Markup {
    let name = Field {
        hint: Some(words::PASSKEY_NAME_HINT.say()),
        optional: true,
        ..Field::new(Kind::Text, "name", words::PASSKEY_NAME.say())
    };
    let password = Field::new(Kind::Password, "password", words::PASSWORD.say());
    let password = Field { error: data.password_error.as_deref(), hint: Some(words::FRESH_PROOF.say()), ..password };
    let code = Field::new(Kind::Pin, "code", words::SECURITY_CODE.say());
    let code = Field { error: data.code_error.as_deref(), hint: Some(words::CODE_OR_RECOVERY.say()), ..code };
    let mut asked = vec![name, password];
    asked.extend(data.ask_code.then_some(code));
    let failed = data.password_error.is_some() || data.code_error.is_some();
    let content = html! {
        p.lead { (words::PASSKEYS_LEAD.say()) }
        @if let Some(message) = &data.message { (notice(message)) }
        form method="post" action="/account/passkeys" {
            (fields(&asked))
            (asks("add", words::PASSKEY_ADD.say()))
            noscript { p.notice { (words::PASSKEY_SCRIPT.say()) } }
            @if !data.rows.is_empty() {
                h2 { (words::PASSKEYS_YOURS.say()) }
                ul.places { @for row in &data.rows { (own(row)) } }
            }
        }
        div.after { (link_line("/account", words::BACK_TO_ACCOUNT.say())) }
    };
    page(frame, words::PASSKEYS_TITLE.say(), failed, &content)
}

fn own(row: &PasskeyRow) -> Markup {
    html! {
        li {
            div {
                strong { (row.name) }
                p.hint { (words::passkey_dates(row.made, row.used)) }
            }
            button.button.plain type="submit" formaction={ "/account/passkeys/" (row.id) "/remove" }
                aria-label=(words::remove_passkey(&row.name)) { (words::PASSKEY_REMOVE.say()) }
        }
    }
}

/// The button that signs in with a passkey, beside another form: alone, or after the password.
pub(super) fn passkey_button(what: &str, label: &str) -> Markup {
    html! { div.passkey { (asks(what, label)) } }
}

/// A button for a script; unseen until the script finds that the browser knows passkeys.
fn asks(what: &str, label: &str) -> Markup {
    html! {
        button.button.plain type="submit" hidden disabled data-passkey=(what) data-script=(passkey_script_href())
            data-failed=(words::PASSKEY_FAILED.say()) data-name=(words::PASSKEY.say()) { (label) }
        p.hint role="status" {}
    }
}
