//! The whole product, tested through its front door. What is proven where: `requirements.md`.

mod bad_input;
mod faults;
mod forgot_username;
mod house;
mod import;
mod lock;
mod machine;
mod reset;
mod sign_in;
mod waits;
mod world;
