//! What every function's HTTP side shares: problems, cookies, the origin check, pages.

mod accept;
pub mod api;
mod caller;
pub mod cookies;
pub mod edge;
mod fields;
mod given;
pub mod guard;
pub mod guests;
mod handed_in;
pub mod lambda;
pub mod logs;
pub mod pages;
mod problem;
pub mod reply;

pub use caller::{Caller, basic, bearer};
pub use fields::{Fields, switch};
pub use given::{Given, GivenOrNothing, OwnPage, Sent, Unread, Upload, WithPicture};
pub use handed_in::HandedIn;
pub use problem::Problem;
