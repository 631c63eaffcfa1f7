//! Parameters, each once (RFC 6749, 3.1).

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use web::Problem;

/// Most bytes that a form may have.
const MOST: usize = 16 * 1_024;

/// What was given by a query or a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    all: BTreeMap<String, String>,
    several: bool,
}

impl Given {
    /// Reads a query or a form. A parameter without a value is as good as none.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let mut given = Self::default();
        for (name, value) in form_urlencoded::parse(text).filter(|(_, value)| !value.is_empty()) {
            given.several |= given.all.insert(name.into_owned(), value.into_owned()).is_some();
        }
        given
    }

    /// Reads the body of a form.
    pub(crate) async fn of_form(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let detail = "Send application/x-www-form-urlencoded.";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong_type",
                "This can't be read here",
                detail,
            ));
        }
        let bytes = to_bytes(body, MOST).await.map_err(|_| Problem::too_large("A request may have at most 16 KiB."))?;
        Ok(Self::parse(&bytes))
    }

    /// Whether something was given more than once.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.several
    }

    /// One of them.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(String::as_str)
    }

    /// The same without some of them.
    #[must_use]
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.all.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// The same with one more.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.all.insert(name.to_owned(), value.to_owned());
        self
    }

    /// As a query has them.
    pub(crate) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.all).finish()
    }
}
