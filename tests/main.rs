//! The whole product, tested through its front door. What is proven where: `requirements.md`.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod account;
mod audit;
mod authenticator;
mod authorizer;
mod bad_input;
mod boxes;
mod console;
mod deployed;
mod device;
mod explain;
mod exports;
mod faults;
mod federated;
mod forgot_username;
mod house;
mod import;
mod imports;
mod instances;
mod languages;
mod layouts;
mod lists;
mod lock;
mod machine;
mod mail_fate;
mod mfa;
mod mfa_setup;
mod openapi;
mod passkeys;
mod password_rules;
mod pins;
mod programs;
mod provider;
mod resend_faults;
mod resends;
mod reset;
mod settings;
mod sign_in;
mod sign_up;
mod staff;
mod timing;
mod waits;
mod ways_back;
mod world;
