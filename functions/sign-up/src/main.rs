//! Entry: nothing but wiring.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    web::logs::start();
    web::lambda::run(sign_up::router(service::App::from_env()?)).await
}
