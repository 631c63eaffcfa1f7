//! Every sentence that a person can read in an answer or a notice. They say what to do next.

use jiff::Timestamp;

use crate::email::EmailError;
use crate::layout::{Flaw, Occasion, Part};
use crate::name::NameError;
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
        Event::EmailChanged => (
            "Your e-mail address was changed",
            "Our staff have changed an e-mail address of your account. If you did not ask for that, contact us at once.",
        ),
        Event::TokenReused => (
            "An old sign-in of yours was used again",
            "A browser came with the key of a remembered sign-in that had been replaced by a newer one. That happens when \
             the key was copied. We have ended that sign-in everywhere; others go on.",
        ),
        Event::PasswordSetByStaff => (
            "A new password was set for you",
            "Our staff have set a new password for your account, and every browser that was signed in has been signed out. \
             When you sign in with it, you choose one that only you know.",
        ),
        Event::FactorSet => (
            "A security code was set up",
            "An authenticator app was set up for your account. From now on its code is asked for after the password.",
        ),
        Event::FactorReset => (
            "Your security code was reset",
            "The authenticator app of your account was taken away, and every browser that was signed in has been signed out. \
             At the next sign-in you set up a new one.",
        ),
        Event::RecoveryCodesMade => (
            "New recovery codes were made",
            "Ten new recovery codes were made for your account. The ones before them can't be used any more.",
        ),
        Event::RecoveryCodeUsed => (
            "A recovery code was used",
            "Somebody signed in to your account with a recovery code instead of the security code. It can't be used again.",
        ),
        Event::CodeLocked => (
            "Your account is locked",
            "Somebody who knows your password typed too many wrong security codes, so we have locked your account. \
             Setting a new password opens it again.",
        ),
        Event::PinSentElsewhere => (
            "Your PIN was mailed to another address",
            "An administrator has sent the PIN with which people make accounts in your name to an address that is not yours.",
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

/// What is wrong with a person's name.
pub fn name(error: NameError) -> String {
    match error {
        NameError::Empty => REQUIRED.to_owned(),
        NameError::TooLong => "Use at most 80 characters.".to_owned(),
        NameError::Invisible => "There is a character in it that can't be seen. Type the name anew.".to_owned(),
        NameError::Odd(odd) => format!("Names don't have {odd:?} in them. Leave it out."),
        NameError::Address => "This looks like a web address. Leave a space after a dot.".to_owned(),
    }
}

/// A phone number that none can be.
pub const PHONE: &str = "This is not a phone number. It looks like +44 20 7946 0101; leave it empty if you have none.";

/// Several contacts are like whoever asks for an account (SU-6).
pub const SEVERAL_CONTACTS: &str = "Several people we know are like this, so we can't tell which one you are. \
     Please contact staff; they will help you in.";

/// An address that somebody with an account has, told to whoever holds a PIN (PN-7).
pub const EMAIL_TAKEN: &str =
    "Somebody with an account has this address already. They can sign in, or use another address.";

/// What is wrong with an e-mail address.
pub fn email(_: &EmailError) -> String {
    "This is not an e-mail address we can write to. It looks like name@example.org.".to_owned()
}

/// What is wrong with a username.
pub fn username(_: &UsernameError) -> String {
    "Use 2 to 64 letters and digits of one script; dots, dashes and underscores may stand between them.".to_owned()
}

/// What keeps a layout from being saved, and the part it is about.
pub fn flaw(flaw: &Flaw, occasion: Occasion) -> (Part, String) {
    match flaw {
        Flaw::Missing(part, item) => {
            (*part, format!("This mail is of no use without !{item}!. Put it where its reader looks for it."))
        }
        Flaw::Unknown { part, name, line, column } => {
            let items: Vec<String> = occasion.own_items().iter().map(|item| format!("!{item}!")).collect();
            let common: Vec<String> = crate::layout::COMMON_ITEMS.iter().map(|item| format!("!{item}!")).collect();
            let all = [items, common].concat().join(", ");
            (*part, format!("Line {line}, column {column}: there is no !{name}! in this mail. It knows {all}."))
        }
        Flaw::Empty(part) => (*part, REQUIRED.to_owned()),
        Flaw::TooLong(part) => (*part, "This is longer than can be sent.".to_owned()),
        Flaw::NotOneLine => (Part::Subject, "A subject is one line, without tabs and control characters.".to_owned()),
    }
}

/// Until when a PIN can be used.
pub fn pin_ends(ends_at: Option<Timestamp>) -> String {
    ends_at.map_or_else(
        || "It holds until it is withdrawn.".to_owned(),
        |end| format!("It holds until {}.", end.strftime("%-d %B %Y, %H:%M UTC")),
    )
}

/// How often a PIN can be used.
pub fn pin_uses(uses: Option<u32>) -> String {
    match uses {
        None => "It can be used any number of times.".to_owned(),
        Some(1) => "It can be used once.".to_owned(),
        Some(uses) => format!("It can be used {uses} times."),
    }
}

/// What is wrong with a security code, or a recovery code in its place.
pub fn wrong_code(offset_seconds: Option<i64>, recovery: bool) -> String {
    match offset_seconds {
        _ if recovery => "This recovery code is not right, or was used already. Try another one.".to_owned(),
        None => "This code is not right. Wait until the app shows the next one, and type that.".to_owned(),
        Some(seconds) => {
            let minutes = (seconds.abs() + 30) / 60;
            let how = if seconds > 0 { "ahead" } else { "behind" };
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            format!(
                "This code is right for another time: the clock of your phone is about {minutes} {unit} {how}. \
                 Let the phone set its clock by itself, and type the next code."
            )
        }
    }
}
