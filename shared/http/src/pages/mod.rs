//! What people see: pages made on the server, which work without a script, by keyboard, with a screen reader, on a
//! phone and in the dark. Nothing in them needs more than `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';
//! img-src 'self' data:; form-action 'self'`.

mod account;
mod ask;
mod choose;
pub mod console;
pub(crate) mod elsewhere;
mod factor;
mod layout;
mod link;
mod onward;
pub mod parts;
mod passkeys;
mod set;
mod sign_in;
mod sign_up;
mod squeeze;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
mod told;
mod widget;
mod words;

use domain::language::Text;
use maud::Markup;

pub use self::{
    account::{
        AccountPage, Alert, LinkRow, SessionRow, SessionsPage, UsernamePage, account, change_username, sessions,
    },
    ask::{ForgotPasswordPage, ForgotUsernamePage, ResetAccountPage, forgot_password, forgot_username, reset_account},
    choose::{ChoosePage, choose},
    factor::{
        CodePage, FactorPage, SecretPage, ask_setup, own_factor, recovery_codes, secret, security_code, setup,
        setup_sent,
    },
    layout::{Frame, SCRIPT, STYLE, layout, script_href, style_href},
    link::{LinkPage, link},
    onward::{OnwardPage, again, onward},
    parts::{Notice, STRENGTH_SCRIPT, Tone, strength_script_href},
    passkeys::{PASSKEY_SCRIPT, PasskeyRow, PasskeysPage, passkey_script_href, passkeys},
    set::{ChangePasswordPage, Reason, ResetDonePage, ResetPage, change_password, reset, reset_done},
    sign_in::{Help, SignInPage, Way, sign_in},
    sign_up::{Filled, PinSignUpPage, SignUpPage, pin_off, pin_sign_up, sign_up, signed_up},
    theme::{theme, theme_href},
    told::{
        Asked, LinkDeadPage, ProblemPage, RecoveryOffPage, SentPage, SharedAddressPage, link_dead, problem,
        recovery_off, sent, shared_address,
    },
    widget::{WIDGET_SCRIPT, Words},
};

/// The way from a forgotten password to a new one.
const RECOVERY_STEPS: [Text; 3] = [words::STEP_ASK, words::STEP_MAIL, words::STEP_SET];

/// Every page once, by name, for tests and for looking at.
pub fn samples() -> Vec<(&'static str, Markup)> {
    let frame = &Frame::sample();
    vec![
        ("sign_in", sign_in(frame, &SignInPage::default())),
        ("sign_in_failed", sign_in(frame, &SignInPage::sample())),
        ("forgot_username", forgot_username(frame, &ForgotUsernamePage::sample())),
        ("forgot_password", forgot_password(frame, &ForgotPasswordPage::sample())),
        ("reset_account", reset_account(frame, &ResetAccountPage::sample())),
        ("sent", sent(frame, &SentPage::sample())),
        ("shared_address", shared_address(frame, &SharedAddressPage::sample())),
        ("choose", choose(frame, &ChoosePage { accounts: None, ..ChoosePage::sample() })),
        ("choose_shown", choose(frame, &ChoosePage::sample())),
        ("recovery_off", recovery_off(frame, &RecoveryOffPage::sample())),
        ("reset", reset(frame, &ResetPage::sample())),
        ("reset_done", reset_done(frame, &ResetDonePage::sample())),
        ("link_dead", link_dead(frame, &LinkDeadPage::sample())),
        ("change_password", change_password(frame, &ChangePasswordPage::sample())),
        ("change_username", change_username(frame, &UsernamePage::sample())),
        ("sessions", sessions(frame, &SessionsPage::sample())),
        ("security_code", security_code(frame, &CodePage::sample())),
        ("recovery_code", security_code(frame, &CodePage { recovery: true, message: None })),
        ("ask_setup", ask_setup(frame)),
        ("setup_sent", setup_sent(frame)),
        ("setup", setup(frame, "token")),
        ("secret", secret(frame, &SecretPage::sample())),
        ("recovery_codes", recovery_codes(frame, &vec!["wkrd-9hfm-tcxp-n47c".to_owned(); 10], "/account")),
        ("own_factor", own_factor(frame, &FactorPage::sample())),
        ("no_factor", own_factor(frame, &FactorPage::default())),
        ("passkeys", passkeys(frame, &PasskeysPage::sample())),
        ("no_passkey", passkeys(frame, &PasskeysPage::default())),
        ("sign_up", sign_up(frame, &SignUpPage::sample())),
        ("pin_sign_up", pin_sign_up(frame, &PinSignUpPage::sample())),
        ("signed_up", signed_up(frame)),
        ("pin_off", pin_off(frame)),
        ("account", account(frame, &AccountPage::sample())),
        ("account_linked", account(frame, &AccountPage::linked())),
        ("link", link(frame, &LinkPage::sample())),
        ("link_unproven", link(frame, &LinkPage { username: None, ..LinkPage::sample() })),
        ("onward", onward(frame, &OnwardPage::sample())),
        ("again", again(frame, "Members' magazine", "client_id=magazine")),
        ("problem", problem(frame, &ProblemPage::sample())),
    ]
}

/// A path that remembers the instance that a person came from.
fn with_instance(path: &str, instance: Option<&str>) -> String {
    match instance {
        None => path.to_owned(),
        Some(id) => {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("instance", id).finish();
            format!("{path}?{query}")
        }
    }
}
