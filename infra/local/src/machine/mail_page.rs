//! Caught mail, as a page for a browser. What a mail says never runs: it is shown in a sandbox.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::cloud::Mail;

/// Mails' own styles and embedded pictures are shown; nothing is fetched and no script runs.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Mails on one page, at the most.
pub(super) const MOST: usize = 200;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d5dce4;overflow-wrap:anywhere}
a{color:#0b57a4}dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{color:#566}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:32rem;border:1px solid #d5dce4}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f6f8;padding:1rem}";

/// All mails, newest first.
pub(super) fn list(mails: &[Mail], to: Option<&str>) -> Markup {
    layout(
        "Caught mail",
        &html! {
            form method="get" {
                label { "To " input name="to" value=[to]; } " " button { "Show" }
            }
            @if mails.is_empty() {
                p { "There is no mail. Whatever the product sends is caught here instead of being delivered." }
            } @else {
                table {
                    thead { tr { th scope="col" { "Time" } th scope="col" { "To" } th scope="col" { "Subject" } } }
                    tbody {
                        @for mail in mails {
                            tr {
                                td { (mail.sent_at.strftime("%F %T UTC")) }
                                td { (mail.to) }
                                td { a href={ "/_local/mail/" (mail.id) } { (mail.subject) } }
                            }
                        }
                    }
                }
                @if let Some(last) = mails.last().filter(|_| mails.len() == MOST) {
                    @let query = form_urlencoded::Serializer::new(String::new())
                        .extend_pairs(to.map(|to| ("to", to)))
                        .append_pair("before", &last.id)
                        .finish();
                    p { a href={ "?" (query) } { "Older mail" } }
                }
            }
        },
    )
}

/// One mail.
pub(super) fn one(mail: &Mail) -> Markup {
    layout(
        &mail.subject,
        &html! {
            p { a href="/_local/mail" { "All mail" } }
            dl {
                dt { "From" } dd { (mail.from) }
                dt { "To" } dd { (mail.to) }
                dt { "Date" } dd { (mail.sent_at.strftime("%F %T UTC")) }
            }
            @if let Some(html) = &mail.html {
                h2 { "HTML" }
                iframe title="HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc={ "<base target=\"_blank\">" (html) } {}
            }
            @if let Some(text) = &mail.text {
                h2 { "Plain text" }
                pre { (with_links(text)) }
            }
        },
    )
}

fn layout(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (content) } }
        }
    }
}

/// Plain text in which addresses can be clicked.
fn with_links(text: &str) -> Markup {
    let pieces = text.split_inclusive(|c: char| c.is_whitespace() || "<>\"'()".contains(c));
    html! {
        @for piece in pieces {
            @let end = piece.trim_end_matches(|c: char| c.is_whitespace() || "<>\"'().,;:!".contains(c)).len();
            @let (word, rest) = piece.split_at(end);
            @if word.starts_with("https://") || word.starts_with("http://") {
                a href=(word) { (word) } (rest)
            } @else {
                (piece)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_plain_text_can_be_clicked_and_nothing_else_happens() {
        let cases = [
            ("a b", "a b"),
            (
                "see https://x.example/r?token=a.b-c.",
                "see <a href=\"https://x.example/r?token=a.b-c\">https://x.example/r?token=a.b-c</a>.",
            ),
            ("(http://x.example)\nnext", "(<a href=\"http://x.example\">http://x.example</a>)\nnext"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("<script>", "&lt;script&gt;"),
            (
                "https://x.example/?a=1&b=2",
                "<a href=\"https://x.example/?a=1&amp;b=2\">https://x.example/?a=1&amp;b=2</a>",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(with_links(text).into_string(), expected);
        }
    }
}
