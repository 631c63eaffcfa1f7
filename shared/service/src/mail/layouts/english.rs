//! What mails say in English: subject and text.

pub(super) const USERNAME_REMINDER: (&str, &str) = (
    "Your username at !ORGANISATION!",
    "Hello !NAME!,

You asked for your username. It is:

!USERNAME!

[Go to the sign-in page](!SIGN_IN!)

If you don't know your password either, choose “Forgot password” there: that page says how you get a new one.

If you didn't ask for this, you can ignore this mail. Nothing has changed.",
);

pub(super) const UNKNOWN_ADDRESS: (&str, &str) = (
    "No account at !ORGANISATION! uses this address",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION! with this e-mail address. It belongs to no account.

If you have an account, try the other addresses you may have given us. If you can't find the right one, write to !CONTACT!.

If this wasn't you, you can ignore this mail.",
);

pub(super) const CONTACT_STAFF: (&str, &str) = (
    "About your access to !ORGANISATION!",
    "Hello !NAME!,

Somebody, probably you, tried to get into an account at !ORGANISATION!. We can't open it by mail.

Please write to !CONTACT! from this address. Our staff will help you in.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

pub(super) const SHARED_ADDRESS: (&str, &str) = (
    "Several accounts at !ORGANISATION! use this address",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION!. Several accounts use this e-mail address, so we can't tell which one is meant.

If you know your username, use it instead of the e-mail address. If you don't, write to !CONTACT!.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

pub(super) const PASSWORD_LINK: (&str, &str) = (
    "Set a new password at !ORGANISATION!",
    "Hello !NAME!,

Here is the link to set a new password for your account !USERNAME!.

[Set a new password](!LINK!)

The link works once, within !MINUTES! minutes. If you ask again, only the newest link works.

If you didn't ask for this, you can ignore this mail. Your password stays as it is.",
);

pub(super) const CHOOSE_ACCOUNT: (&str, &str) = (
    "Several accounts at !ORGANISATION! use this address: which is yours?",
    "Hello,

Somebody, probably you, tried to get back into an account at !ORGANISATION!. Several accounts use this e-mail address. The link shows them; choose yours, and the way in comes to you by mail.

[Choose my account](!LINK!)

The link works for !MINUTES! minutes.

If this wasn't you, you can ignore this mail. Nothing has changed.",
);

pub(super) const PASSWORD_TEMPORARY: (&str, &str) = (
    "Your temporary password at !ORGANISATION!",
    "Hello !NAME!,

Here is a temporary password for your account !USERNAME!:

!PASSWORD!

[Sign in and choose your own password](!SIGN_IN!)

It works once, within !PERIOD!, and opens nothing but the page where you choose your own. If you ask again, only the newest one works.

If you didn't ask for this, you can ignore this mail. Your password stays as it is.",
);

pub(super) const ACCOUNT_RESET: (&str, &str) = (
    "Reset your account at !ORGANISATION!",
    "Hello !NAME!,

Here is the link to set your account anew. Your username is !USERNAME!; you can keep it or choose another, and set a new password.

[Reset my account](!LINK!)

The link works once, within !MINUTES! minutes. If you ask again, only the newest link works.

If you didn't ask for this, you can ignore this mail. Your account stays as it is.",
);

pub(super) const NEW_ACCOUNT: (&str, &str) = (
    "Welcome to !ORGANISATION!",
    "Hello !NAME!,

An account has been made for you. Your username:

!USERNAME!

Your temporary password:

!PASSWORD!

[Sign in and choose your own password](!SIGN_IN!)

The temporary password holds for !PERIOD!. It opens nothing but the page where you choose your own.

If you don't know what this is about, write to !CONTACT!.",
);

pub(super) const SECURITY_NOTICE: (&str, &str) = (
    "!EVENT! at !ORGANISATION!",
    "Hello !NAME!,

!EXPLANATION!

If this was you, there is nothing to do. If it wasn't, set a new password now and write to !CONTACT!.

[Set a new password](!FORGOT_PASSWORD!)",
);

pub(super) const PIN: (&str, &str) = (
    "Your PIN for new users at !ORGANISATION!",
    "Hello !NAME!,

Here is a PIN with which people you trust can make their own account at !ORGANISATION!. They get the rights that you have at that moment.

!PINCODE!

[Make an account with this PIN](!LINK!)

It is asked for there, with an e-mail address and a username. !ENDS! !USES!

Pass it on to nobody else. If it has come into wrong hands, write to !CONTACT!: we can withdraw it.",
);

pub(super) const MFA_SETUP: (&str, &str) = (
    "Set up your security code at !ORGANISATION!",
    "Hello !NAME!,

Your account !USERNAME! is protected by a security code besides the password. An authenticator app on your phone shows it; Google Authenticator, Microsoft Authenticator, Zoho OneAuth and 1Password are some.

1. Install one of them, if you have none.

2. Open the link below, best on another screen than your phone's, and press the button there.

3. Scan the square code with the app. It shows six digits from then on.

4. Sign in with your password and these six digits.

[Set up my security code](!LINK!)

The link works once, within !MINUTES! minutes. We never send the code itself by mail, and never ask you for it.

If you are not signing in just now, somebody else knows your password: set a new one at !FORGOT_PASSWORD!",
);

pub(super) const RESEND_CREDENTIALS: (&str, &str) = (
    "Your way in to !ORGANISATION!",
    "Hello !NAME!,

Here is what you need to sign in at !ORGANISATION!. Your username:

!USERNAME!

[Set a password and sign in](!LINK!)

The link holds for !PERIOD! and works once. If you know your password already, go to !SIGN_IN! instead.

If you don't know what this is about, write to !CONTACT!.",
);
