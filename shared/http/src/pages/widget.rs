//! The box that other sites put on their pages (IN-9): a script of its own, and the words that it says.

use serde::Serialize;

use super::squeeze::squeezed;
use super::words;

/// What a box says, by the names that its script knows.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    username: &'static str,
    password: &'static str,
    keep: &'static str,
    sign_in: &'static str,
    forgot_password: &'static str,
    forgot_username: &'static str,
    create_account: &'static str,
    have_pin: &'static str,
    security_code: &'static str,
    no_code: &'static str,
    try_again: &'static str,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            username: words::USERNAME_OR_EMAIL.say(),
            password: words::PASSWORD.say(),
            keep: words::KEEP.say(),
            sign_in: words::SIGN_IN.say(),
            forgot_password: words::FORGOT_PASSWORD.say(),
            forgot_username: words::FORGOT_USERNAME.say(),
            create_account: words::CREATE_ACCOUNT.say(),
            have_pin: words::HAVE_PIN.say(),
            security_code: words::SECURITY_CODE.say(),
            no_code: words::NO_CODE.say(),
            try_again: words::TRY_AGAIN.say(),
        }
    }
}

/// The script of the box, served at `/widget.js`.
pub const WIDGET_SCRIPT: &str = squeezed!(include_str!("widget.js"));

#[cfg(test)]
mod tests {
    use super::*;

    /// IN-9: a page that shows the box loads eight kilobytes for it.
    #[test]
    fn the_box_is_small() {
        assert!(WIDGET_SCRIPT.len() <= 8 * 1_024, "{} bytes", WIDGET_SCRIPT.len());
    }
}
