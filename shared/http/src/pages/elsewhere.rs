//! The way to the same page in the other language. How the page is asked for again is put around a request by the edge, and read by
//! what stands around every page.
//!
//! It is there for pages that are asked for by GET, which change nothing, whatever token stands in their address; they send no
//! `Referer`. What answers a form has no such way: asked for again it would be another page, without what was typed.

use domain::language::{Language, spoken};
use http::{Method, Uri};
use maud::{Markup, html};

tokio::task_local! {
    static AGAIN: Option<String>;
}

/// What comes back from a provider works once.
const ONCE: &str = "/sign-in/callback";

/// The query that asks for a page again but for its language; `None` for what can't be asked for again.
pub(crate) fn again(method: &Method, uri: &Uri) -> Option<String> {
    if !matches!(*method, Method::GET | Method::HEAD) || uri.path() == ONCE {
        return None;
    }
    let said = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).filter(|(name, _)| name != "lang");
    Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish())
}

/// Runs something that answers what is asked for so.
pub(crate) async fn within<F: Future>(again: Option<String>, what: F) -> F::Output {
    AGAIN.scope(again, what).await
}

/// The ways to the page that is being made, one for each language that it isn't in; each is called as it calls itself.
pub(super) fn languages() -> Markup {
    let Some(query) = AGAIN.try_with(Clone::clone).ok().flatten() else { return html! {} };
    let joint = if query.is_empty() { "" } else { "&" };
    html! {
        @for language in Language::ALL.into_iter().filter(|language| *language != spoken()) {
            @let tag = language.tag();
            a lang=(tag) hreflang=(tag) href={ "?" (query) (joint) "lang=" (tag) } { (language.own_name()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OP-7: all that an address says is kept, but its language; what can't be asked for again has no way.
    #[test]
    fn a_page_is_asked_for_again_as_it_was() {
        let cases = [
            ("/sign-in", Some("")),
            ("/sign-in?lang=en", Some("")),
            (
                "/sign-in?instance=a+b&lang=en&return_to=%2Faccount%3Fx%3D1",
                Some("instance=a+b&return_to=%2Faccount%3Fx%3D1"),
            ),
            ("/reset?token=abc", Some("token=abc")),
            ("/sign-in/callback?code=abc&state=x", None),
        ];
        for (uri, expected) in cases {
            assert_eq!(again(&Method::GET, &Uri::from_static(uri)).as_deref(), expected, "{uri}");
            assert_eq!(again(&Method::POST, &Uri::from_static(uri)), None, "{uri}");
        }
        assert_eq!(languages().into_string(), "");
    }
}
