//! The machine's own routes, `/_local/...`: caught mail, the clock, schedules, faults, the parts of pages. For this machine only: a page of
//! another site can neither read nor use them, whatever name it gives this address.

mod check;
mod mail_page;
mod problem;
mod routes;
mod style_page;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use tower::ServiceExt;

use crate::clock::MovableClock;
use crate::cloud::{Behind, Mailbox};
use crate::faults::Faults;
use crate::schedules::Schedules;
use problem::problem;

/// What the machine's routes can look at and change.
#[derive(Clone, Debug)]
pub(crate) struct Controls {
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: MovableClock,
    pub(crate) faults: Faults,
    pub(crate) behind: Behind,
    pub(crate) schedules: Arc<Schedules>,
}

/// The routes.
#[derive(Clone, Debug)]
pub(crate) struct Machine(Router);

impl Machine {
    pub(crate) fn new(parts: Controls) -> Self {
        Self(routes::routes(parts))
    }

    /// Answers a request, if it comes from this machine's own pages and programs.
    pub(crate) async fn answer(&self, head: Parts, body: axum::body::Bytes) -> Response<Body> {
        if !check::is_of_this_machine(&head.headers) {
            return problem(403, "not_allowed", "These addresses answer on localhost only, to no other site's pages.");
        }
        let request = Request::from_parts(head, Body::from(body));
        let mut response = self.0.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}
