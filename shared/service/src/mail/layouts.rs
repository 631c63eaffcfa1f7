//! The layouts that everything begins with, one per occasion: written as text, of which the HTML is made. A paragraph
//! `[Words](address)` is a button; an item that stands alone is shown large.

use domain::layout::{Layout, Occasion, html};

/// The layout used until somebody writes another. One that was imported names the environment it is sent from.
pub fn default_layout(occasion: Occasion, imported: bool) -> Layout {
    let (subject, source) = source(occasion);
    let paragraphs: Vec<&str> = source.split("\n\n").collect();
    let footer = imported.then_some(FOOTER);
    let text = paragraphs.iter().map(|paragraph| text_paragraph(paragraph)).chain(footer.map(|f| format!("--\n{f}")));
    let body: String = paragraphs.iter().map(|paragraph| html_paragraph(paragraph)).collect();
    Layout {
        subject: subject.to_owned(),
        html: frame(subject, &body, footer),
        text: text.collect::<Vec<_>>().join("\n\n") + "\n",
    }
}

fn source(occasion: Occasion) -> (&'static str, &'static str) {
    match occasion {
        Occasion::UsernameReminder => USERNAME_REMINDER,
        Occasion::UnknownAddress => UNKNOWN_ADDRESS,
        Occasion::ContactStaff => CONTACT_STAFF,
        Occasion::SharedAddress => SHARED_ADDRESS,
        Occasion::ChooseAccount => CHOOSE_ACCOUNT,
        Occasion::PasswordLink => PASSWORD_LINK,
        Occasion::PasswordTemporary => PASSWORD_TEMPORARY,
        Occasion::AccountReset => ACCOUNT_RESET,
        Occasion::NewAccount => NEW_ACCOUNT,
        Occasion::Pin => PIN,
        Occasion::MfaSetup => MFA_SETUP,
        Occasion::ResendCredentials => RESEND_CREDENTIALS,
        Occasion::SecurityNotice => SECURITY_NOTICE,
    }
}

/// `[Words](address)`, whole.
fn button(paragraph: &str) -> Option<(&str, &str)> {
    paragraph.strip_prefix('[')?.strip_suffix(')')?.split_once("](")
}

fn text_paragraph(paragraph: &str) -> String {
    button(paragraph).map_or_else(|| paragraph.to_owned(), |(words, address)| format!("{words}:\n{address}"))
}

fn html_paragraph(paragraph: &str) -> String {
    if let Some((words, address)) = button(paragraph) {
        let words = html(words);
        return format!(
            "<p style=\"margin:28px 0\"><a class=\"button\" href=\"{address}\" style=\"background:#1f4d45;color:#ffffff;\
             padding:14px 24px;border-radius:10px;text-decoration:none;font-weight:600;display:inline-block\">{words}</a></p>\n\
             <p class=\"quiet\" style=\"margin:0 0 20px;font-size:13px;color:#5f6461\">If the button does not work, copy this \
             address:<br><a class=\"link\" href=\"{address}\" style=\"color:#1f4d45;word-break:break-all\">{address}</a></p>\n"
        );
    }
    let alone = paragraph.starts_with('!') && paragraph.ends_with('!') && paragraph != "!EXPLANATION!";
    let large =
        if alone { ";font:600 20px/1.4 ui-monospace,Menlo,Consolas,monospace;word-break:break-word" } else { "" };
    format!("<p style=\"margin:0 0 20px{large}\">{}</p>\n", html(paragraph))
}

/// For mail programs that show HTML as it was twenty years ago: a table, styles at each element, and dark colours for those
/// that know them.
fn frame(title: &str, body: &str, footer: Option<&str>) -> String {
    let footer = footer.map_or_else(String::new, |footer| {
        format!("<p class=\"quiet\" style=\"margin:32px 0 0;font-size:13px;color:#5f6461\">{}</p>\n", html(footer))
    });
    let title = html(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{DARK}</style>\n</head>\n\
         <body class=\"room\" style=\"margin:0;padding:24px 12px;background:#f4f1ea\">\n\
         <table role=\"presentation\" align=\"center\" width=\"100%\" class=\"sheet\" \
         style=\"max-width:560px;background:#ffffff;border-radius:16px\"><tr><td class=\"ink\" style=\"padding:32px;\
         overflow-wrap:anywhere;font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#22302c\">\n\
         <p class=\"link\" style=\"margin:0 0 24px;font-weight:600;color:#1f4d45\">!ORGANISATION!</p>\n\
         {body}{footer}</td></tr></table>\n</body>\n</html>\n"
    )
}

const DARK: &str = ":root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .room { background: #0d1715 !important; }
  .sheet { background: #16241f !important; }
  .ink { color: #e9e4d8 !important; }
  .quiet { color: #a9b3ad !important; }
  .link { color: #9fd3c5 !important; }
  .button { background: #f2bd6b !important; color: #1d1a12 !important; }
}
";

const FOOTER: &str = "Sent by !ORGANISATION!, !ENVIRONMENT!.";

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

const PIN: (&str, &str) = (
    "Your PIN for new users at !ORGANISATION!",
    "Hello !NAME!,

Here is a PIN with which people you trust can make their own account at !ORGANISATION!. They get the rights that you have at that moment.

!PINCODE!

[Make an account with this PIN](!LINK!)

It is asked for there, with an e-mail address and a username. !ENDS! !USES!

Pass it on to nobody else. If it has come into wrong hands, write to !CONTACT!: we can withdraw it.",
);

const MFA_SETUP: (&str, &str) = (
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

const RESEND_CREDENTIALS: (&str, &str) = (
    "Your way in to !ORGANISATION!",
    "Hello !NAME!,

Here is what you need to sign in at !ORGANISATION!. Your username:

!USERNAME!

[Set a password and sign in](!LINK!)

The link holds for !DAYS! days and works once. If you know your password already, go to !SIGN_IN! instead.

If you don't know what this is about, write to !CONTACT!.",
);
