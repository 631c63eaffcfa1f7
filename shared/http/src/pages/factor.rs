//! The pages of the second factor, for people who have never seen an authenticator app.

use maud::{Markup, PreEscaped, html};

use super::{
    layout::{Frame, page},
    parts::{Field, Kind, Notice, button, field, form, hidden, link_button, link_line, notice},
    passkeys::passkey_button,
    words,
};

/// What the page shows that asks for the security code.
#[derive(Clone, Debug, Default)]
pub struct CodePage {
    /// Whether a recovery code is asked for in its place.
    pub recovery: bool,
    /// What happened.
    pub message: Option<Notice>,
}

/// What the set-up page shows after the press; it can't be printed, because it holds the secret.
#[derive(Clone, Default)]
pub struct SecretPage {
    /// In Base32, to be typed.
    pub secret: String,
    /// What apps open.
    pub uri: String,
    /// What apps scan.
    pub qr_svg: String,
}

/// What the page of one's own second factor shows.
#[derive(Clone, Debug, Default)]
pub struct FactorPage {
    /// Whether one is set up.
    pub set_up: bool,
    /// Recovery codes that are left.
    pub codes_left: usize,
    /// What is wrong with the password.
    pub password_error: Option<String>,
    /// What is wrong with the code.
    pub code_error: Option<String>,
}

impl CodePage {
    /// The page after a code for another time.
    pub fn sample() -> Self {
        let wrong = "This code is right for another time: the clock of your phone is about 5 minutes ahead.";
        Self { recovery: false, message: Some(Notice::error(wrong)) }
    }
}

impl SecretPage {
    /// A made-up secret.
    pub fn sample() -> Self {
        let qr_svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path d=\"M0 0h1v1H0V0\"/></svg>";
        Self {
            secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
            uri: "otpauth://totp/Harbour:maria?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
            qr_svg: qr_svg.to_owned(),
        }
    }
}

impl FactorPage {
    /// The page with a wrong password.
    pub fn sample() -> Self {
        let password_error = Some("This is not your password. Type it again.".to_owned());
        Self { set_up: true, codes_left: 9, password_error, code_error: None }
    }
}

/// The page that asks for the code after the password.
pub fn security_code(frame: &Frame, data: &CodePage) -> Markup {
    let failed = data.message.as_ref().is_some_and(Notice::is_error);
    let asked = if data.recovery {
        Field::new(Kind::Pin, "recovery_code", words::RECOVERY_CODE.say())
    } else {
        Field { hint: Some(words::CODE_HINT.say()), ..Field::new(Kind::Code, "code", words::SECURITY_CODE.say()) }
    };
    let inputs =
        html! { (field(&Field { focus: true, ..asked.after(data.message.as_ref()) })) (button(words::SIGN_IN.say())) };
    let content = html! {
        p.lead { (if data.recovery { words::RECOVERY_LEAD.say() } else { words::CODE_LEAD.say() }) }
        @if let Some(message) = &data.message { (notice(message)) }
        (form("/sign-in/security-code", &inputs))
        @if !data.recovery { (passkey_button("factor", words::PASSKEY_USE.say())) }
        div.after {
            @if data.recovery {
                (link_line("/sign-in/security-code", words::USE_CODE.say()))
            } @else {
                (link_line("/sign-in/setup-mail", words::NO_CODE.say()))
                (link_line("/sign-in/security-code?recovery=1", words::USE_RECOVERY.say()))
            }
            (link_line("/sign-in", words::BACK_TO_SIGN_IN.say()))
        }
    };
    page(frame, if data.recovery { words::RECOVERY_CODE.say() } else { words::SECURITY_CODE.say() }, failed, &content)
}

/// The page that asks whether a set-up mail is to be sent.
pub fn ask_setup(frame: &Frame) -> Markup {
    let content = html! {
        p.lead { (words::SETUP_WHY.say()) }
        (form("/sign-in/setup-mail", &button(words::SETUP_SEND.say())))
        div.after { (link_line("/sign-in/security-code", words::SETUP_BACK.say())) }
    };
    page(frame, words::SETUP_ASK_TITLE.say(), false, &content)
}

/// The page after that.
pub fn setup_sent(frame: &Frame) -> Markup {
    let content = html! {
        p.lead { (words::SETUP_SENT.say()) }
        ul.next { li { (words::SENT_SLOW.say()) } li { (words::SENT_SPAM.say()) } li { (words::SETUP_TEN_MINUTES.say()) } }
        (link_button("/sign-in/security-code", words::SETUP_HAVE.say()))
    };
    page(frame, words::SENT_TITLE.say(), false, &content)
}

/// The page behind the mailed link: a button, whatever the token.
pub fn setup(frame: &Frame, token: &str) -> Markup {
    let inputs = html! { (hidden("token", token)) (button(words::SETUP_SHOW.say())) };
    let content = html! {
        p.lead { (words::SETUP_LEAD.say()) }
        p { (words::SETUP_APPS.say()) }
        (form("/security-code/setup", &inputs))
    };
    page(frame, words::SETUP_TITLE.say(), false, &content)
}

/// The page after the press: the square, the secret, and what to do with them.
pub fn secret(frame: &Frame, data: &SecretPage) -> Markup {
    let groups: Vec<&str> = data.secret.as_bytes().chunks(4).filter_map(|four| str::from_utf8(four).ok()).collect();
    let content = html! {
        ol.next {
            li { (words::SETUP_SCAN.say()) }
            li { (words::SETUP_BACK_AGAIN.say()) }
        }
        div.qr role="img" aria-label=(words::SETUP_SQUARE.say()) { (PreEscaped(&data.qr_svg)) }
        p { a href=(data.uri) { (words::SETUP_OPEN.say()) } }
        p { (words::SETUP_TYPE.say()) }
        p.given { (groups.join(" ")) }
        p.hint { (words::SETUP_ONCE.say()) }
        (link_button("/sign-in/security-code", words::SETUP_HAVE.say()))
    };
    page(frame, words::SETUP_TITLE.say(), false, &content)
}

/// The page that shows recovery codes, this once.
pub fn recovery_codes(frame: &Frame, codes: &[String], next: &str) -> Markup {
    let content = html! {
        p.lead { (words::RECOVERY_CODES_LEAD.say()) }
        ul.codes { @for code in codes { li { code { (code) } } } }
        p { (words::RECOVERY_CODES_KEEP.say()) }
        (link_button(next, words::RECOVERY_CODES_KEPT.say()))
    };
    page(frame, words::RECOVERY_CODES_TITLE.say(), false, &content)
}

/// The page of one's own second factor: new recovery codes, or another phone.
pub fn own_factor(frame: &Frame, data: &FactorPage) -> Markup {
    let failed = data.password_error.is_some() || data.code_error.is_some();
    let password = Field {
        error: data.password_error.as_deref(),
        ..Field::new(Kind::Password, "password", words::PASSWORD.say())
    };
    let code = Field {
        error: data.code_error.as_deref(),
        hint: Some(words::CODE_OR_RECOVERY.say()),
        ..Field::new(Kind::Pin, "code", words::SECURITY_CODE.say())
    };
    let content = html! {
        @if data.set_up {
            p.lead { (words::codes_left(data.codes_left)) }
            form method="post" action="/account/recovery-codes" {
                (super::parts::fields(&[password, code]))
                (button(words::RECOVERY_CODES_NEW.say()))
                button.button.plain type="submit" formaction="/account/security-code/reset" { (words::FACTOR_REPLACE.say()) }
            }
        } @else {
            p.lead { (words::FACTOR_NONE.say()) }
        }
        div.after { (link_line("/account", words::BACK_TO_ACCOUNT.say())) }
    };
    page(frame, words::FACTOR_TITLE.say(), failed, &content)
}
