//! A layout and its values become a letter: subject, text, HTML.

use domain::settings::Settings;

use super::layouts::Occasion;
use super::merge::{MergeError, Values, html, merge, plain};

/// A mail, ready to be sent. It can't be printed: links and temporary passwords are in it.
pub struct Letter {
    /// One line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// For those who read HTML.
    pub html: String,
}

impl Letter {
    /// Writes the letter for an occasion. The organisation's own values are filled in.
    pub fn write(
        occasion: Occasion,
        settings: &Settings,
        origin: &str,
        values: Values<'_>,
    ) -> Result<Self, MergeError> {
        let mut all = common(settings, origin);
        all.extend(values);
        let layout = occasion.default_layout();
        let paragraphs: Vec<&str> = layout.text.split("\n\n").collect();
        let text: Result<Vec<_>, _> = paragraphs.iter().map(|p| text_paragraph(p, &all)).collect();
        let body: Result<Vec<_>, _> = paragraphs.iter().map(|p| html_paragraph(p, &all)).collect();
        let subject = merge(layout.subject, &all, plain)?;
        let html = frame(&html(&subject), &html(&settings.organisation_name), &body?.concat());
        Ok(Self { subject, text: text?.join("\n\n") + "\n", html })
    }
}

fn common<'a>(settings: &'a Settings, origin: &str) -> Values<'a> {
    let contact = settings.organisation_email.as_ref().map_or("our staff", |email| email.shown());
    Values::from([
        ("ORGANISATION", settings.organisation_name.as_str().into()),
        ("CONTACT", contact.into()),
        ("SIGN_IN", format!("{origin}/sign-in").into()),
        ("FORGOT_PASSWORD", format!("{origin}/forgot-password").into()),
    ])
}

/// `[Words](address)`, whole.
fn button(paragraph: &str) -> Option<(&str, &str)> {
    paragraph.strip_prefix('[')?.strip_suffix(')')?.split_once("](")
}

fn text_paragraph(paragraph: &str, values: &Values<'_>) -> Result<String, MergeError> {
    match button(paragraph) {
        Some((words, address)) => Ok(format!("{}:\n{}", merge(words, values, plain)?, merge(address, values, plain)?)),
        None => merge(paragraph, values, plain),
    }
}

fn html_paragraph(paragraph: &str, values: &Values<'_>) -> Result<String, MergeError> {
    if let Some((words, address)) = button(paragraph) {
        let (words, address) = (merge(&html(words), values, html)?, merge(address, values, html)?);
        return Ok(format!(
            "<p style=\"margin:28px 0\"><a href=\"{address}\" style=\"background:#1f4d45;color:#ffffff;\
             padding:14px 24px;border-radius:10px;text-decoration:none;font-weight:600;display:inline-block\">{words}</a></p>\
             <p style=\"margin:0 0 20px;font-size:13px;color:#6b6f6c\">If the button does not work, copy this address:<br>\
             <a href=\"{address}\" style=\"color:#1f4d45;word-break:break-all\">{address}</a></p>"
        ));
    }
    let alone = paragraph.starts_with('!') && paragraph.ends_with('!') && !paragraph.contains(' ');
    let words = merge(&html(paragraph), values, html)?;
    Ok(if alone && paragraph != "!EXPLANATION!" {
        format!("<p style=\"margin:0 0 20px;font:600 20px/1.4 ui-monospace,Menlo,Consolas,monospace\">{words}</p>")
    } else {
        format!("<p style=\"margin:0 0 20px\">{words}</p>")
    })
}

fn frame(title: &str, organisation: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title></head>\
         <body style=\"margin:0;padding:24px 12px;background:#f4f1ea\"><table role=\"presentation\" align=\"center\" \
         width=\"100%\" style=\"max-width:560px;background:#ffffff;border-radius:16px\"><tr><td style=\"padding:32px;\
         font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#22302c\">\
         <p style=\"margin:0 0 24px;font-weight:600;color:#1f4d45\">{organisation}</p>{body}</td></tr></table></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn values() -> Values<'static> {
        let names = ["NAME", "USERNAME", "LINK", "MINUTES", "PASSWORD", "DAYS", "EVENT", "EXPLANATION"];
        names.into_iter().map(|name| (name, Cow::Borrowed("<x>\r\n!NAME!"))).collect()
    }

    #[test]
    fn every_layout_has_all_its_values_and_escapes_them() {
        for occasion in Occasion::ALL {
            let letter = Letter::write(occasion, &Settings::default(), "https://a.example", values()).unwrap();
            assert!(!letter.html.contains("<x>"), "{occasion:?}: {}", letter.html);
            assert!(!letter.subject.contains(['\r', '\n']), "{occasion:?}: {}", letter.subject);
            assert!(!letter.text.contains('\r'), "{occasion:?}: {}", letter.text);
            let items = ["!LINK!", "!USERNAME!", "!ORGANISATION!", "!CONTACT!"];
            assert!(!items.iter().any(|item| letter.text.contains(item)), "{occasion:?}: {}", letter.text);
        }
    }

    #[test]
    fn a_button_shows_its_address_too() {
        let mut values = values();
        values.insert("LINK", "https://a.example/reset?token=t".into());
        let letter = Letter::write(Occasion::PasswordLink, &Settings::default(), "https://a.example", values).unwrap();
        assert!(letter.text.contains("Set a new password:\nhttps://a.example/reset?token=t\n"), "{}", letter.text);
        assert_eq!(letter.html.matches("https://a.example/reset?token=t").count(), 3);
    }
}
