//! The default layouts, one per occasion. A paragraph `[Words](address)` is a button.

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occasion {
    /// The username, for whoever forgot it.
    UsernameReminder,
    /// Somebody gave an address that belongs to no account.
    UnknownAddress,
    /// We can't help by mail; staff can.
    ContactStaff,
    /// Several accounts use this address.
    SharedAddress,
    /// Several accounts use this address, and a link to choose one.
    ChooseAccount,
    /// A link to set a new password.
    PasswordLink,
    /// A temporary password, for whoever forgot theirs.
    PasswordTemporary,
    /// A link to set the username and password anew.
    AccountReset,
    /// A new account: username and temporary password.
    NewAccount,
    /// Something about the account changed.
    SecurityNotice,
}

/// An editable mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The subject, with merge items.
    pub subject: &'static str,
    /// The text, with merge items; the HTML is made from it.
    pub text: &'static str,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::UsernameReminder,
        Self::UnknownAddress,
        Self::ContactStaff,
        Self::SharedAddress,
        Self::ChooseAccount,
        Self::PasswordLink,
        Self::PasswordTemporary,
        Self::AccountReset,
        Self::NewAccount,
        Self::SecurityNotice,
    ];

    /// The layout used until somebody writes another.
    pub fn default_layout(self) -> Layout {
        let (subject, text) = match self {
            Self::UsernameReminder => USERNAME_REMINDER,
            Self::UnknownAddress => UNKNOWN_ADDRESS,
            Self::ContactStaff => CONTACT_STAFF,
            Self::SharedAddress => SHARED_ADDRESS,
            Self::ChooseAccount => CHOOSE_ACCOUNT,
            Self::PasswordLink => PASSWORD_LINK,
            Self::PasswordTemporary => PASSWORD_TEMPORARY,
            Self::AccountReset => ACCOUNT_RESET,
            Self::NewAccount => NEW_ACCOUNT,
            Self::SecurityNotice => SECURITY_NOTICE,
        };
        Layout { subject, text }
    }
}

const USERNAME_REMINDER: (&str, &str) = (
    "Your username at !ORGANISATION!",
    "Hello !NAME!,

You asked for your username. It is:

!USERNAME!

[Go to the sign-in page](!SIGN_IN!)

If you don't know your password either, choose “Forgot password” there and we will send you a link to set a new one.

If you didn't ask for this, you can ignore this mail. Nothing has changed.",
);

const UNKNOWN_ADDRESS: (&str, &str) = (
    "No account at !ORGANISATION! uses this address",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION! with this e-mail address. It belongs to no account.

If you have an account, try the other addresses you may have given us. If you can't find the right one, write to !CONTACT!.

If this wasn't you, you can ignore this mail.",
);

const CONTACT_STAFF: (&str, &str) = (
    "About your access to !ORGANISATION!",
    "Hello !NAME!,

Somebody, probably you, tried to get into an account at !ORGANISATION!. We can't open it by mail.

Please write to !CONTACT! from this address. Our staff will help you in.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

const SHARED_ADDRESS: (&str, &str) = (
    "Several accounts at !ORGANISATION! use this address",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION!. Several accounts use this e-mail address, so we can't tell which one is meant.

If you know your username, use it instead of the e-mail address. If you don't, write to !CONTACT!.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

const PASSWORD_LINK: (&str, &str) = (
    "Set a new password at !ORGANISATION!",
    "Hello !NAME!,

Here is the link to set a new password for your account !USERNAME!.

[Set a new password](!LINK!)

The link works once, within !MINUTES! minutes. If you ask again, only the newest link works.

If you didn't ask for this, you can ignore this mail. Your password stays as it is.",
);

const CHOOSE_ACCOUNT: (&str, &str) = (
    "Several accounts at !ORGANISATION! use this address: which is yours?",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION!. Several accounts use this e-mail address. The link shows them; choose yours, and the way in comes to you by mail.

[Choose my account](!LINK!)

The link works for !MINUTES! minutes.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

const PASSWORD_TEMPORARY: (&str, &str) = (
    "Your temporary password at !ORGANISATION!",
    "Hello !NAME!,

Here is a temporary password for your account !USERNAME!:

!PASSWORD!

[Sign in and choose your own password](!SIGN_IN!)

It works once, within !DAYS! days, and opens nothing but the page where you choose your own. If you ask again, only the newest one works.

If you didn't ask for this, you can ignore this mail. Your password stays as it is.",
);

const ACCOUNT_RESET: (&str, &str) = (
    "Reset your account at !ORGANISATION!",
    "Hello !NAME!,

Here is the link to set your account anew. Your username is !USERNAME!; you can keep it or choose another, and set a new password.

[Reset my account](!LINK!)

The link works once, within !MINUTES! minutes. If you ask again, only the newest link works.

If you didn't ask for this, you can ignore this mail. Your account stays as it is.",
);

const NEW_ACCOUNT: (&str, &str) = (
    "Welcome to !ORGANISATION!",
    "Hello !NAME!,

An account has been made for you. Your username:

!USERNAME!

Your temporary password:

!PASSWORD!

[Sign in and choose your own password](!SIGN_IN!)

The temporary password holds for !DAYS! days. It opens nothing but the page where you choose your own.

If you don't know what this is about, write to !CONTACT!.",
);

const SECURITY_NOTICE: (&str, &str) = (
    "!EVENT! at !ORGANISATION!",
    "Hello !NAME!,

!EXPLANATION!

If this was you, there is nothing to do. If it wasn't, set a new password now and write to !CONTACT!.

[Set a new password](!FORGOT_PASSWORD!)",
);
