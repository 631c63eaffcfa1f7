//! What is kept under a name that programs and addresses use: one that is given, or one that is made.

use domain::language::Text;
use service::App;
use web::Problem;

use crate::words;

/// The name that was given, if it can be one; a drawn one, 16 hexadecimal digits, where none was.
///
/// # Errors
///
/// 422 if it can't be a name; 503 if nothing can be drawn.
pub(crate) fn given_or_drawn(app: &App, given: Option<String>, fits: fn(&str) -> bool) -> Result<String, Problem> {
    match given.filter(|name| !name.is_empty()) {
        Some(name) if fits(&name) => Ok(name),
        Some(_) => Err(wrong("id", words::NAME)),
        None => {
            let drawn: [u8; 8] = app.random.bytes()?;
            Ok(format!("{:016x}", u64::from_be_bytes(drawn)))
        }
    }
}

/// 422: a field, and what is wrong with it.
pub(crate) fn wrong(field: &'static str, why: Text) -> Problem {
    Problem::rejected([(field, vec![why.into()])])
}
