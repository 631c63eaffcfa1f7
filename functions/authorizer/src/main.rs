//! Entry: nothing but wiring.

use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    web::logs::start();
    let app = service::App::from_env()?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| authorizer::handle(&app, event.payload))).await
}
