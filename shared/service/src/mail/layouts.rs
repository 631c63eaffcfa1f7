//! The layouts that everything begins with, one per occasion and language: written as text, of which the HTML is made. A paragraph
//! `[Words](address)` is a button; an item that stands alone is shown large.

mod english;
mod spanish;

use domain::language::{Language, Text, spoken};
use domain::layout::{Layout, Occasion, html};

/// The layout, in the language that is spoken, used until somebody writes another. One that was imported names the environment it is sent from.
pub fn default_layout(occasion: Occasion, imported: bool) -> Layout {
    let (subject, source) = source(occasion);
    let paragraphs: Vec<&str> = source.split("\n\n").collect();
    let footer = imported.then(|| FOOTER.say());
    let text = paragraphs.iter().map(|paragraph| text_paragraph(paragraph)).chain(footer.map(|f| format!("--\n{f}")));
    let body: String = paragraphs.iter().map(|paragraph| html_paragraph(paragraph)).collect();
    Layout {
        subject: subject.to_owned(),
        html: frame(subject, &body, footer),
        text: text.collect::<Vec<_>>().join("\n\n") + "\n",
    }
}

fn source(occasion: Occasion) -> (&'static str, &'static str) {
    let [english, spanish] = match occasion {
        Occasion::UsernameReminder => [english::USERNAME_REMINDER, spanish::USERNAME_REMINDER],
        Occasion::UnknownAddress => [english::UNKNOWN_ADDRESS, spanish::UNKNOWN_ADDRESS],
        Occasion::ContactStaff => [english::CONTACT_STAFF, spanish::CONTACT_STAFF],
        Occasion::SharedAddress => [english::SHARED_ADDRESS, spanish::SHARED_ADDRESS],
        Occasion::ChooseAccount => [english::CHOOSE_ACCOUNT, spanish::CHOOSE_ACCOUNT],
        Occasion::PasswordLink => [english::PASSWORD_LINK, spanish::PASSWORD_LINK],
        Occasion::PasswordTemporary => [english::PASSWORD_TEMPORARY, spanish::PASSWORD_TEMPORARY],
        Occasion::AccountReset => [english::ACCOUNT_RESET, spanish::ACCOUNT_RESET],
        Occasion::NewAccount => [english::NEW_ACCOUNT, spanish::NEW_ACCOUNT],
        Occasion::Pin => [english::PIN, spanish::PIN],
        Occasion::MfaSetup => [english::MFA_SETUP, spanish::MFA_SETUP],
        Occasion::ResendCredentials => [english::RESEND_CREDENTIALS, spanish::RESEND_CREDENTIALS],
        Occasion::SecurityNotice => [english::SECURITY_NOTICE, spanish::SECURITY_NOTICE],
    };
    match spoken() {
        Language::English => english,
        Language::Spanish => spanish,
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
        let or_copy =
            Text("If the button does not work, copy this address:", "Si el botón no funciona, copie esta dirección:")
                .say();
        return format!(
            "<p style=\"margin:28px 0\"><a class=\"button\" href=\"{address}\" style=\"background:#1f4d45;color:#ffffff;\
             padding:14px 24px;border-radius:10px;text-decoration:none;font-weight:600;display:inline-block\">{words}</a></p>\n\
             <p class=\"quiet\" style=\"margin:0 0 20px;font-size:13px;color:#5f6461\">{or_copy}<br><a class=\"link\" href=\"{address}\" style=\"color:#1f4d45;word-break:break-all\">{address}</a></p>\n"
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
    let (title, language) = (html(title), spoken().tag());
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
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

const FOOTER: Text = Text("Sent by !ORGANISATION!, !ENVIRONMENT!.", "Enviado por !ORGANISATION!, !ENVIRONMENT!.");
