//! How routes meet Lambda.

use std::pin::Pin;

use axum::Router;
use axum::response::Response;
use http::StatusCode;
use http_body_util::BodyExt;
use lambda_http::{Body, Error, Request};
use tower::ServiceExt;
use tower::util::MapResponse;

/// An answer on its way to API Gateway: as the text that it is, in base64 where it is none. `lambda_http` goes by what the header says
/// instead, and brings the tables of all encodings of the web along to read it.
#[derive(Debug)]
pub struct Answer(Response);

/// Routes as a service that Lambda's runtime takes.
pub type Routes = MapResponse<Router, fn(Response) -> Answer>;

impl lambda_http::IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = http::Response<Body>> + Send>> {
        Box::pin(async {
            let (mut head, body) = self.0.into_parts();
            let body = body.collect().await.map(|body| Vec::from(body.to_bytes()));
            let body = body.unwrap_or_else(|error| {
                tracing::error!(%error, "an answer could not be read");
                head.status = StatusCode::INTERNAL_SERVER_ERROR;
                Vec::new()
            });
            let body = String::from_utf8(body).map_or_else(|binary| Body::Binary(binary.into_bytes()), Body::Text);
            http::Response::from_parts(head, body)
        })
    }
}

/// The routes of a function, for whoever calls it.
pub fn service(routes: Router) -> Routes {
    ServiceExt::<Request>::map_response(routes, Answer)
}

/// Serves a function's routes for as long as Lambda wants.
///
/// # Errors
/// When Lambda's own interface can't be reached.
pub async fn run(routes: Router) -> Result<(), Error> {
    lambda_http::run(service(routes)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn text_goes_as_text_and_all_else_as_bytes() {
        let cases = [
            (Vec::new(), Body::Text(String::new())),
            ("año".as_bytes().to_vec(), Body::Text("año".to_owned())),
            (vec![0x89, b'P', b'N', b'G'], Body::Binary(vec![0x89, b'P', b'N', b'G'])),
        ];
        for (body, expected) in cases {
            let answer = Answer(Response::builder().status(404).body(body.into()).unwrap());
            let answer = lambda_http::IntoResponse::into_response(answer).await;
            assert_eq!((answer.status(), answer.body()), (StatusCode::NOT_FOUND, &expected));
        }
    }
}
