//! The whole product on one machine, from `template.yaml`: the same functions, over an embedded database, with a mail
//! service that catches mail, a clock that can be moved, and faults that can be switched on.

mod clock;
mod cloud;
mod export;
mod faults;
mod functions;
mod gateway;
mod import;
mod machine;
mod people;
mod price;
mod running;
mod sample;
mod schedules;
mod serve;
mod site;
mod start;
mod streams;
mod template;

pub use clock::{MovableClock, OutOfReach};
pub use cloud::{CloudError, DatabaseError, Mail, Mailbox};
pub use export::{ExportError, write as write_export};
pub use faults::{Call, Calls, Fault, Faults, Kind, Service};
pub use functions::{Failed, Mismatch};
pub use import::{FileError, in_words};
pub use people::{PEOPLE, Person};
pub use price::Taken;
pub use sample::PASSWORD;
pub use site::Site;
pub use start::{Closed, Local, Options, StartError, fill};
pub use streams::DeadLetter;
pub use template::{TEXT as TEMPLATE, Template, TemplateError};
