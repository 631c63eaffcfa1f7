//! In which language the request or the letter at hand is answered: put around it, so that no flow has to hand it on.

use std::pin::Pin;
use std::task::{Context, Poll};

use domain::language::{Language, speak};

/// Runs something in a language. It may go over to another one, which lasts until it ends.
pub fn within<F: Future>(language: Language, what: F) -> impl Future<Output = F::Output> {
    Speaking { language, what: Box::pin(what) }
}

struct Speaking<F> {
    language: Language,
    what: Pin<Box<F>>,
}

impl<F: Future> Future for Speaking<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let before = speak(self.language);
        let polled = self.what.as_mut().poll(cx);
        self.language = speak(before);
        polled
    }
}
