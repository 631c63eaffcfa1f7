//! The cookies: opaque, for this host only, out of reach of scripts.

use domain::bearer::{SessionToken, Ticket};
use domain::language::Language;
use domain::passkey::CHALLENGE_SECONDS;
use domain::session::{Session, TICKET_SECONDS};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use service::flow::export::TICKET_SECONDS as TICKET_SECONDS_OF_EXPORT;
use service::flow::federated::SECONDS;

/// Says who is signed in.
pub const SESSION: &str = "__Host-session";

/// Says that the password was right and something is still due.
pub const TICKET: &str = "__Host-ticket";

/// Knows the browser again, for those who signed in from it (LK-4).
pub const BROWSER: &str = "__Host-browser";

/// What the browser was asked for a passkey, sealed.
pub const PASSKEY: &str = "__Host-passkey";

/// Says which language somebody chose.
pub const LANGUAGE: &str = "__Host-language";

/// Says what has begun with a provider (FE-1).
pub const FEDERATED: &str = "__Host-federated";

/// Says whom a provider has proven, while an account is yet to be.
pub const LINKING: &str = "__Host-linking";

/// Says where an export goes on, sealed (IO-3).
pub const EXPORT: &str = "__Host-export";

/// Seconds for which a browser is known: 400 days, the most that browsers allow.
const KNOWN_SECONDS: i64 = 400 * 86_400;

/// The value of a cookie that the browser sent: the first of that name.
pub fn sent<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    // Bytes, so that a neighbour's odd cookie does not hide ours.
    let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(|pair| str::from_utf8(pair).ok());
    let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(is, _)| *is == name).map(|(_, value)| value)
}

/// Lets the browser hold a session: until it closes, or for as long as a remembered one lasts.
pub fn hold_session(token: &SessionToken, session: &Session) -> HeaderValue {
    let lasts = session.remembered.then(|| session.ends_at.duration_since(session.last_used).as_secs());
    set(SESSION, &token.reveal(), lasts)
}

/// Lets the browser hold a ticket for its ten minutes.
pub fn hold_ticket(ticket: &Ticket) -> HeaderValue {
    set(TICKET, &ticket.reveal(), Some(TICKET_SECONDS))
}

/// Lets the browser hold what it was asked for a passkey, for five minutes.
pub fn hold_question(sealed: &str) -> HeaderValue {
    set(PASSKEY, sealed, Some(CHALLENGE_SECONDS))
}

/// Lets the browser hold the passes of those who signed in from it.
pub fn hold_browser(passes: &str) -> HeaderValue {
    set(BROWSER, passes, Some(KNOWN_SECONDS))
}

/// Lets the browser hold the language that somebody chose.
pub fn hold_language(language: Language) -> HeaderValue {
    set(LANGUAGE, language.tag(), Some(KNOWN_SECONDS))
}

/// Lets the browser hold what has begun with a provider.
pub fn hold_federated(sealed: &str) -> HeaderValue {
    set(FEDERATED, sealed, Some(SECONDS))
}

/// Lets the browser hold whom a provider has proven.
pub fn hold_linking(sealed: &str) -> HeaderValue {
    set(LINKING, sealed, Some(SECONDS))
}

/// Lets the browser hold where an export goes on.
pub fn hold_export(sealed: &str) -> HeaderValue {
    set(EXPORT, sealed, Some(TICKET_SECONDS_OF_EXPORT))
}

/// Takes a cookie back.
pub fn drop(name: &str) -> HeaderValue {
    set(name, "", Some(0))
}

fn set(name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    // Our own values are letters, digits, dots, dashes, underscores and tildes.
    let mut line = HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""));
    line.set_sensitive(true);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; __Host-session=x.y ;b=2"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-ticket=z"));
        assert_eq!(sent(&headers, SESSION), Some("x.y"));
        assert_eq!(sent(&headers, TICKET), Some("z"));
        assert_eq!(sent(&headers, "Host-session"), None);
    }

    #[test]
    fn a_cookie_is_locked_down() {
        let line = drop(SESSION);
        assert_eq!(line, "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
