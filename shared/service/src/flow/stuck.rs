//! People who could get in and can't (AD-8): counted, and listed.

use domain::user::{State, User};

use super::Trouble;
use super::users::locked;
use crate::app::App;
use crate::store::Stuck;

/// Why, each once, in the order in which they are shown.
pub const REASONS: [Stuck; 4] = [Stuck::NeverSignedIn, Stuck::InvitationExpired, Stuck::Bounced, Stuck::Locked];

/// Those who are stuck for one reason.
#[derive(Clone, Debug)]
pub struct Group {
    /// Why.
    pub why: Stuck,
    /// How many there are.
    pub count: usize,
    /// The last ones.
    pub users: Vec<User>,
}

/// Those who are stuck for a reason: how many, and the last so many of them.
pub async fn group(app: &App, why: Stuck, most: i32) -> Result<Group, Trouble> {
    if why == Stuck::Locked {
        let mut users = locked(app).await?;
        let count = users.len();
        users.truncate(usize::try_from(most).unwrap_or_default());
        return Ok(Group { why, count, users });
    }
    let (count, users) = tokio::join!(app.store.count_stuck(why), app.store.stuck(why, most));
    let mut users = users?;
    // The index may be a moment late.
    users.retain(|user| match why {
        Stuck::NeverSignedIn => user.state == State::Active && user.password_changed_at.is_none(),
        Stuck::InvitationExpired => user.state == State::InvitationExpired,
        Stuck::Bounced => user.bounced_at.is_some(),
        Stuck::Locked => true,
    });
    Ok(Group { why, count: count?, users })
}
