//! Which function a task runs, so that a fault can be of one function only, and can end its process in the middle.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;

tokio::task_local! {
    static RUNNING: Running;
}

/// A call of a function, under way.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    function: String,
    killed: Arc<Notify>,
}

impl Running {
    /// A call of the function with this name.
    pub(crate) fn new(function: &str) -> Self {
        Self { function: function.to_owned(), killed: Arc::default() }
    }

    /// The call itself, in which the functions below know of it.
    pub(crate) async fn around<T>(self, call: impl Future<Output = T>) -> T {
        RUNNING.scope(self, call).await
    }

    /// Returns when its process is to end.
    pub(crate) async fn killed(&self) {
        self.killed.notified().await;
    }
}

/// Whether this task runs the function with this name.
pub(crate) fn is(function: &str) -> bool {
    RUNNING.try_with(|running| running.function == function).unwrap_or(false)
}

/// Ends the process of the function that runs here. It goes no further than this; what is in no function waits for ever.
pub(crate) async fn end<T>() -> T {
    // Outside of functions there is nobody to be told.
    RUNNING.try_with(|running| running.killed.notify_one()).unwrap_or_default();
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_knows_its_function_and_can_end_it() {
        assert!(!is("sign-in"));
        let running = Running::new("sign-in");
        assert!(running.clone().around(async { is("sign-in") && !is("courier") }).await);
        let call = running.clone().around(end::<()>());
        tokio::select! {
            () = call => unreachable!("it goes no further"),
            () = running.killed() => {}
        }
    }
}
