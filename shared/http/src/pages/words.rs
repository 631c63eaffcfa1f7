//! Every sentence that a page says, in one place, so that they can be read together and later translated.

pub(super) const BACK_TO_SIGN_IN: &str = "Back to sign-in";
pub(super) const CAPS_LOCK: &str = "Caps Lock is on";
pub(super) const ERROR_PREFIX: &str = "Error: ";
pub(super) const HIDE: &str = "Hide";
pub(super) const NEED_HELP: &str = "Need help? Write to";
pub(super) const OPTIONAL: &str = "(optional)";
pub(super) const SHOW: &str = "Show";
/// From the weakest to the strongest, with a stroke between them.
pub(super) const STRENGTHS: &str = "Very weak|Weak|Fair|Good|Strong";
pub(super) const TRY_AGAIN: &str = "That did not get through. Please try again.";
pub(super) const SUMMARY: &str = "Please look at this again";

pub(super) const EMAIL: &str = "E-mail address";
pub(super) const NEW_PASSWORD: &str = "New password";
pub(super) const NEW_PASSWORD_AGAIN: &str = "New password again";
pub(super) const NEW_USERNAME: &str = "Username";
pub(super) const NEW_USERNAME_HINT: &str = "Leave it empty to keep the one you have.";
pub(super) const OLD_PASSWORD: &str = "Old password";
pub(super) const PASSWORD: &str = "Password";
pub(super) const USERNAME_OR_EMAIL: &str = "Username or e-mail";

pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const KEEP: &str = "Keep me logged in";
pub(super) const FORGOT_PASSWORD: &str = "Forgot password?";
pub(super) const FORGOT_USERNAME: &str = "Forgot username?";

pub(super) const USERNAME_TITLE: &str = "Forgot your username?";
pub(super) const USERNAME_LEAD: &str = "Type your e-mail address, and we'll mail you the username that goes with it.";
pub(super) const USERNAME_SEND: &str = "Mail me my username";
pub(super) const PASSWORD_TITLE: &str = "Forgot your password?";
pub(super) const PASSWORD_LEAD: &str = "Tell us who you are, and we'll mail you a way to set a new one.";
pub(super) const PASSWORD_SEND: &str = "Send me a mail";
pub(super) const ACCOUNT_TITLE: &str = "Reset your account";
pub(super) const ACCOUNT_LEAD: &str =
    "Type your e-mail address, and we'll mail you a link to choose a new username, a new password, or both.";
pub(super) const ACCOUNT_SEND: &str = "Mail me the link";
pub(super) const FORGOT_BOTH: &str = "Forgot both? Reset your account";
pub(super) const ADDRESS_LOST: &str =
    "If you no longer have that address, please contact staff. They can send your details to a new one.";

pub(super) const STEP_ASK: &str = "Say who you are";
pub(super) const STEP_MAIL: &str = "Check your mail";
pub(super) const STEP_SET: &str = "Set a new password";

pub(super) const SENT_TITLE: &str = "Check your mail";
pub(super) const SENT_SLOW: &str = "It can take a few minutes to arrive.";
pub(super) const SENT_SPAM: &str = "Not there? Look in your spam or junk folder.";
pub(super) const SENT_AGAIN: &str = "Still nothing? Check the spelling and ask again";
pub(super) const SENT_CONTACT: &str = "If that doesn't help, please contact staff.";

pub(super) const CHOOSE_TITLE: &str = "Which account is yours?";
pub(super) const CHOOSE_LEAD: &str = "Several accounts use this e-mail address. Press the button to see them.";
pub(super) const CHOOSE_SHOW: &str = "Show the accounts";
pub(super) const CHOOSE_LEGEND: &str = "The accounts, with most letters hidden";
pub(super) const CHOOSE_NEXT: &str = "Choose yours, and we'll mail you the way into it.";
pub(super) const CHOOSE_BUTTON: &str = "Mail me the way in";

pub(super) const TEMPORARY_ENDED: &str = "Did you use a temporary password, and its days are over?";
pub(super) const TEMPORARY_FRESH: &str = "Mail me a fresh one";

pub(super) const SHARED_TITLE: &str = "One address, several people";
pub(super) const SHARED_TEXT: &str = "Several accounts use this address. Please contact staff.";
pub(super) const YOU_TYPED: &str = "You typed";
pub(super) const SHARED_NEXT: &str = "They can tell you which username is yours.";

pub(super) const OFF_TITLE: &str = "Staff can help you back in";
pub(super) const OFF_TEXT: &str =
    "Usernames and passwords can't be reset on this page. Please contact staff, who can send you what you need.";

pub(super) const RESET_TITLE: &str = "Set a new password";
pub(super) const RESET_BUTTON: &str = "Set new password";
pub(super) const RESET_DONE_TITLE: &str = "Your password is set";
pub(super) const RESET_DONE_TEXT: &str = "You can sign in with it now.";
pub(super) const RESET_DONE_SESSIONS: &str = "To be safe, we signed you out on every device.";

pub(super) const DEAD_TITLE: &str = "This link can't be used any more";
pub(super) const DEAD_WHY: &str =
    "It may have been used already, it may be too old, or you may have asked for a newer one since.";
pub(super) const DEAD_NEXT: &str = "Ask for a new link, and use the latest mail you get.";
pub(super) const DEAD_BUTTON: &str = "Ask for a new link";

pub(super) const CHANGE_TITLE: &str = "Choose a new password";
pub(super) const CHANGE_BUTTON: &str = "Change password";
pub(super) const CHANGE_TEMPORARY: &str =
    "You signed in with a temporary password. Choose one of your own, and use it from now on.";
pub(super) const CHANGE_EXPIRED: &str = "Your password has come to the end of its time. Choose a new one to go on.";
pub(super) const CHANGE_REQUIRED: &str =
    "Your password was set for you. Choose one that only you know, and then you can go on.";

pub(super) const MY_ACCOUNT: &str = "Your account";
pub(super) const SIGNED_IN_AS: &str = "Signed in as";
pub(super) const BACK_TO_ACCOUNT: &str = "Back to your account";
pub(super) const CHANGE_LINK: &str = "Change your password";
pub(super) const CHANGE_NOW: &str = "Change your password now";
pub(super) const SIGN_OUT: &str = "Sign out";
pub(super) const CHANGE_USERNAME: &str = "Change your username";
pub(super) const USERNAME_CHANGE_LEAD: &str =
    "You sign in with the new one from then on. Other browsers are signed out.";
pub(super) const FRESH_PROOF: &str = "Your present password, so that we know it's you.";
pub(super) const SESSIONS_LINK: &str = "Where you are signed in";
pub(super) const SESSIONS_TITLE: &str = "Where you are signed in";
pub(super) const SESSIONS_LEAD: &str = "If you don't know one of these, sign it out and change your password.";
pub(super) const THIS_BROWSER: &str = "(this browser)";
pub(super) const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";

pub(super) const CREATE_ACCOUNT: &str = "Create account";
pub(super) const HAVE_PIN: &str = "I have a PIN";
pub(super) const FIRST_NAME: &str = "First name";
pub(super) const LAST_NAME: &str = "Last name";
pub(super) const PHONE: &str = "Phone";
pub(super) const SIGN_UP_TITLE: &str = "Create account";
pub(super) const SIGN_UP_LEAD: &str =
    "Tell us who you are, as you are known to us. We'll mail you a username and a temporary password.";
pub(super) const SIGN_UP_SEND: &str = "Create account";
pub(super) const HAVE_ACCOUNT: &str = "Have an account? Find your username";
pub(super) const PIN: &str = "PIN";
pub(super) const PIN_HINT: &str = "As it was given to you. Capitals, blanks and dashes make no difference.";
pub(super) const PIN_TITLE: &str = "Create account with a PIN";
pub(super) const PIN_LEAD: &str = "Type the PIN that you were given, your e-mail address, and the username that you want. We'll mail you a temporary password.";
pub(super) const USERNAME_HINT: &str = "You sign in with it. You can change it later.";
pub(super) const SIGNED_UP_TEXT: &str = "Your account is there. A mail with your username and a temporary password is on its way; sign in with them and choose your own password.";
pub(super) const PIN_OFF_TITLE: &str = "No PINs here";
pub(super) const PIN_OFF_TEXT: &str =
    "Accounts are not made with a PIN here. Please contact staff if you were given one.";

pub(super) const SECURITY_CODE: &str = "Security code";
pub(super) const CODE_LEAD: &str = "Open the authenticator app on your phone and type the six digits that it shows.";
pub(super) const CODE_HINT: &str = "Six digits. They change every half minute.";
pub(super) const NO_CODE: &str = "I don't have a security code";
pub(super) const USE_RECOVERY: &str = "Use a recovery code";
pub(super) const USE_CODE: &str = "Use the security code instead";
pub(super) const RECOVERY_CODE: &str = "Recovery code";
pub(super) const RECOVERY_LEAD: &str =
    "Type one of the ten recovery codes that you were shown when you set up the app. Each works once.";
pub(super) const SETUP_ASK_TITLE: &str = "Set up a security code?";
pub(super) const SETUP_WHY: &str = "A security code is a second proof that it's you: six digits from an app on your phone. We can mail you a link to set it up.";
pub(super) const SETUP_SEND: &str = "Yes, send setup email";
pub(super) const SETUP_BACK: &str = "No, I have a code";
pub(super) const SETUP_SENT: &str =
    "A mail with a link is on its way to the address that we have of you. Open the link, and follow its steps.";
pub(super) const SETUP_TEN_MINUTES: &str =
    "The link works once, within ten minutes. If it is too old, sign in again and ask for another.";
pub(super) const SETUP_HAVE: &str = "I have a code now";
pub(super) const SETUP_TITLE: &str = "Set up your security code";
pub(super) const SETUP_LEAD: &str = "Have an authenticator app ready on your phone, then press the button.";
pub(super) const SETUP_APPS: &str = "Google Authenticator, Microsoft Authenticator, Zoho OneAuth and 1Password are some. They are free in your phone's store.";
pub(super) const SETUP_SHOW: &str = "Show me the square to scan";
pub(super) const SETUP_SCAN: &str = "In the app, choose to add an account, and scan this square with the camera.";
pub(super) const SETUP_BACK_AGAIN: &str =
    "Go back to sign-in and type the six digits that the app shows. With that you are done.";
pub(super) const SETUP_SQUARE: &str =
    "A square code for the camera of an authenticator app. The same in letters is below.";
pub(super) const SETUP_OPEN: &str = "You read this on the phone with the app? Open it there";
pub(super) const SETUP_TYPE: &str = "If you can't scan, type this key into the app:";
pub(super) const SETUP_ONCE: &str = "We show this once. Show it to nobody else.";
pub(super) const RECOVERY_CODES_TITLE: &str = "Your recovery codes";
pub(super) const RECOVERY_CODES_LEAD: &str =
    "Each of these ten codes works once in place of the security code, should you lose your phone.";
pub(super) const RECOVERY_CODES_KEEP: &str =
    "We show them only now. Print them or write them down, and keep them where you keep important papers.";
pub(super) const RECOVERY_CODES_KEPT: &str = "I have kept them";
pub(super) const RECOVERY_CODES_NEW: &str = "Make new recovery codes";
pub(super) const CODE_OR_RECOVERY: &str = "From the app, or one of your recovery codes.";
pub(super) const FACTOR_TITLE: &str = "Your security code";
pub(super) const FACTOR_LINK: &str = "Security code and recovery codes";
pub(super) const FACTOR_NONE: &str =
    "No security code is set up. Should one be asked for, sign-in will lead you through it.";
pub(super) const FACTOR_REPLACE: &str = "Set up another phone";

/// Says how many recovery codes are left.
pub(super) fn codes_left(left: usize) -> String {
    let codes = if left == 1 { "recovery code" } else { "recovery codes" };
    format!("An authenticator app is set up, and {left} {codes} are left.")
}

pub(super) const GO_TO_SIGN_IN: &str = "Go to sign-in";
pub(super) const REQUEST_ID: &str = "If you write to staff about this, please mention the number";

/// Invites people to write to the organisation.
pub(super) fn write_to(address: &str) -> String {
    format!("Write to {address}")
}

/// Says whose password is being set.
pub(super) fn for_username(username: &str) -> String {
    format!("For the username {username}.")
}

/// Says where a person is on a short way: `number` of `of`, from 1.
pub(super) fn step(number: usize, of: usize, name: &str) -> String {
    format!("Step {number} of {of}: {name}")
}

/// Promises the username by mail, if the address is known; `given` is what was typed, or empty.
pub(super) fn sent_username(given: &str) -> String {
    format!("If an account belongs to {}, a mail with your username is on its way.", named(given, "that address"))
}

/// Promises the way to a new password, if the name is known; `given` is what was typed, or empty.
pub(super) fn sent_password(given: &str) -> String {
    format!(
        "If an account belongs to {}, a mail is on its way. It says how to set a new password.",
        named(given, "that name")
    )
}

/// Promises the reset link, if the address is known; `given` is what was typed, or empty.
pub(super) fn sent_account(given: &str) -> String {
    format!(
        "If an account belongs to {}, a mail is on its way. Open the link in it to go on.",
        named(given, "that address")
    )
}

/// Says how long the mailed link can be used.
pub(super) fn sent_minutes(minutes: u32) -> String {
    format!("The link in it works once, within {minutes} minutes.")
}

/// Says when a session was last used.
pub(super) fn last_used(minutes: i64) -> String {
    match minutes {
        ..5 => "Used just now.".to_owned(),
        5..120 => format!("Last used {minutes} minutes ago."),
        120..2_880 => format!("Last used {} hours ago.", minutes / 60),
        _ => format!("Last used {} days ago.", minutes / 1_440),
    }
}

/// Says from which network a session was begun.
pub(super) fn from_network(place: &str) -> String {
    format!("Begun from the network {place}.")
}

/// What the button that ends a session says to those who hear it.
pub(super) fn end_session(device: &str) -> String {
    format!("Sign out {device}")
}

/// Warns that the password ends in `days`.
pub(super) fn password_ends(days: u32) -> String {
    match days {
        0 => "Your password expires today.".to_owned(),
        1 => "Your password expires tomorrow.".to_owned(),
        days => format!("Your password expires in {days} days."),
    }
}

fn named<'a>(given: &'a str, otherwise: &'a str) -> &'a str {
    if given.trim().is_empty() { otherwise } else { given.trim() }
}
