//! Pure rules: no async, no AWS, no HTTP. Time and randomness are arguments.

pub mod access;
pub mod audit;
pub mod bearer;
pub mod email;
pub mod expiry;
pub mod factor;
pub mod id;
pub mod instance;
pub mod language;
pub mod layout;
pub mod login;
pub mod matching;
pub mod message;
pub mod name;
pub mod password;
pub mod phone;
pub mod pin;
pub mod return_to;
pub mod run;
pub mod session;
pub mod settings;
pub mod temporary;
pub mod user;
pub mod username;
pub mod visit;
pub mod work;
