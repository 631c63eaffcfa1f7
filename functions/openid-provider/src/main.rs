//! Entry: nothing but wiring.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    web::logs::start();
    lambda_http::run(openid_provider::router(service::App::from_env()?)).await
}
