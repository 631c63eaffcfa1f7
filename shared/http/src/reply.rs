//! Ways to answer.

use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::language::{Language, Text, spoken};
use domain::logo::Told;
use domain::settings::Settings;
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode, Uri};
use maud::Markup;
use serde::Serialize;

use crate::pages::{self, Frame};

/// JSON.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_string(value).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// A page.
pub fn page(status: StatusCode, page: Markup) -> Response {
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}

/// On to another address, with GET.
pub fn see_other(location: &str) -> Response {
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// The same answer with a cookie.
pub fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// What pages need to know of the house.
pub fn frame(settings: &Settings) -> Frame<'_> {
    Frame {
        title: "",
        about: "",
        organisation: &settings.organisation_name,
        contact: settings.organisation_email.as_ref().map(Email::shown),
        logo: settings.organisation_logo.as_deref().and_then(Told::of),
        theme: pages::theme::theme_version(settings),
    }
}

/// One name and value, as an address's query has them.
pub fn encoded(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// A cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula, not even one that splits rows at semicolons.
pub fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut begins = true;
    for next in text.chars() {
        if begins && matches!(next, '=' | '+' | '-' | '@' | '\t' | '\r') {
            safe.push('\'');
        }
        safe.push(next);
        begins = matches!(next, ';' | '\t');
    }
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// The first value of a name in an address's query.
pub fn query(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    form_urlencoded::parse(query).find(|(is, _)| is == name).map(|(_, value)| value.into_owned())
}

/// A password's rules in words: the organisation's own, or ours (PW-3).
pub fn requirements(settings: &Settings) -> String {
    let criteria = settings.criteria();
    if let Some(text) = &settings.password_requirements_text {
        return text.replace("{0}", &criteria.length.to_string()).replace("{1}", &criteria.symbols.to_string());
    }
    let counts = [
        (criteria.upper, Text("upper-case letter", "mayúscula")),
        (criteria.digits, Text("digit", "número")),
        (criteria.symbols, Text("symbol", "símbolo")),
        (criteria.letters, Text("letter", "letra")),
    ];
    let wanted = counts.iter().filter(|(count, _)| *count > 0);
    // Both languages make more than one of these with an s.
    let also = wanted.map(|(n, what)| format!("{n} {}{}", what.say(), if *n == 1 { "" } else { "s" }));
    let (also, length) = (also.collect::<Vec<_>>().join(", "), criteria.length);
    let with = if also.is_empty() { String::new() } else { format!("{}{also}", Text(", with ", ", con ").say()) };
    match spoken() {
        Language::English => {
            format!("At least {length} characters{with}. Three or four words that don't belong together do well.")
        }
        Language::Spanish => {
            format!("Al menos {length} caracteres{with}. Tres o cuatro palabras sin relación entre sí funcionan bien.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BR-7, AD-6: no cell of a file is a formula, wherever a spreadsheet splits rows.
    #[test]
    fn no_cell_is_a_formula() {
        let table = [
            ("Maria", "Maria"),
            ("=1+1", "'=1+1"),
            ("x;=1+1", "x;'=1+1"),
            ("x\t@y", "x\t'@y"),
            ("a-b+c", "a-b+c"),
            ("one, \"two\"", "\"one, \"\"two\"\"\""),
        ];
        for (text, told) in table {
            assert_eq!(cell(text), told);
        }
    }
}
