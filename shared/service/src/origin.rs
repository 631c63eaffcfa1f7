//! Where the request at hand comes from: put around it by the edge, and read by whatever is written down about it, so that no
//! flow has to hand it on.

use domain::audit::Origin;

tokio::task_local! {
    static HERE: Origin;
}

/// Runs something that comes from there.
pub async fn within<F: Future>(origin: Origin, what: F) -> F::Output {
    HERE.scope(origin, what).await
}

/// Where the request at hand comes from; `None` for what happens by itself.
pub fn here() -> Option<Origin> {
    HERE.try_with(Clone::clone).ok()
}
