//! Every sentence that a person can read in an answer or a notice. They say what to do next.

use crate::email::EmailError;
use crate::password::Reason;
use crate::username::UsernameError;
use crate::work::Event;

/// What a notice calls an event, and what it says of it.
pub fn notice(event: Event) -> (&'static str, &'static str) {
    match event {
        Event::PasswordChanged => (
            "Your password was changed",
            "The password of your account was changed, and every browser that was signed in has been signed out.",
        ),
        Event::UsernameChanged => ("Your username was changed", "The username of your account was changed."),
        Event::TokenReused => (
            "An old sign-in of yours was used again",
            "A browser came with the key of a remembered sign-in that had been replaced by a newer one. That happens when \
             the key was copied. We have ended that sign-in everywhere; others go on.",
        ),
        Event::Locked => (
            "Your account is locked",
            "Somebody tried to sign in to your account too often with a wrong password, so we have locked it. \
             Setting a new password opens it again.",
        ),
    }
}

/// What a password breaks.
pub fn password(reason: Reason) -> String {
    match reason {
        Reason::TooShort { length } => format!("Use at least {length} characters."),
        Reason::TooLong => "Use at most 256 characters.".to_owned(),
        Reason::NeedsUpper { count } => format!("Use at least {}.", counted(count, "upper-case letter")),
        Reason::NeedsDigits { count } => format!("Use at least {}.", counted(count, "digit")),
        Reason::NeedsSymbols { count } => format!("Use at least {}.", counted(count, "symbol")),
        Reason::NeedsLetters { count } => format!("Use at least {}.", counted(count, "letter")),
        Reason::Common => "Too many people use this password. Choose another one.".to_owned(),
        Reason::ContainsContext => {
            "It is made of your name, username, e-mail or organisation. Add words that have nothing to do with you."
                .to_owned()
        }
        Reason::TooEasy => {
            "It is too easy to guess. Three or four words that don't belong together do well.".to_owned()
        }
    }
}

fn counted(count: u16, what: &str) -> String {
    if count == 1 { format!("one {what}") } else { format!("{count} {what}s") }
}

/// A new password that is the old one.
pub const PASSWORD_UNCHANGED: &str = "You have this password already, or had it not long ago. Choose a new one.";

/// A password that is not the one of the account.
pub const WRONG_PASSWORD: &str = "This is not your password. Type it again.";

/// A new username that is the old one.
pub const USERNAME_UNCHANGED: &str = "This is your username already. Choose another one.";

/// A username where only the password can be set.
pub const PASSWORD_ONLY: &str = "This link sets the password only. To change the username, ask for an account reset.";

/// Two entries of a password that differ.
pub const PASSWORDS_DIFFER: &str = "The two entries differ. Type the same password twice.";

/// A required field left empty.
pub const REQUIRED: &str = "Fill this in.";

/// What is wrong with an e-mail address.
pub fn email(_: &EmailError) -> String {
    "This is not an e-mail address we can write to. It looks like name@example.org.".to_owned()
}

/// What is wrong with a username.
pub fn username(_: &UsernameError) -> String {
    "Use 2 to 64 letters and digits of one script; dots, dashes and underscores may stand between them.".to_owned()
}
