//! A service that answers what a test has written down, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::access::Access;
use crate::transport::{Answering, Http, SharedHttp};

/// What it does, call by call.
#[derive(Debug)]
pub(crate) enum Act {
    /// Answers.
    Answer(u16, Value),
    /// Is gone.
    Lose,
    /// Never answers.
    Hang,
}

/// The service. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Fake(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    acts: Mutex<VecDeque<Act>>,
    asked: Mutex<Vec<Request<Bytes>>>,
}

impl Fake {
    pub(crate) fn acting(acts: impl IntoIterator<Item = Act>) -> Self {
        Self(Arc::new(Inner { acts: Mutex::new(acts.into_iter().collect()), asked: Mutex::default() }))
    }

    pub(crate) fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self::acting(answers.into_iter().map(|(status, body)| Act::Answer(status, body)))
    }

    pub(crate) fn shared(&self) -> SharedHttp {
        Arc::new(self.clone())
    }

    /// The requests that came.
    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.0.asked.lock().unwrap().clone()
    }

    /// Of each request the target and the body.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        let told = |request: &Request<Bytes>| {
            let target = request.headers().get("x-amz-target").map_or("", |target| target.to_str().unwrap());
            (target.to_owned(), serde_json::from_slice(request.body()).unwrap())
        };
        self.requests().iter().map(told).collect()
    }
}

impl Http for Fake {
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        self.0.asked.lock().unwrap().push(request);
        let act = self.0.acts.lock().unwrap().pop_front().expect("another answer");
        Box::pin(async {
            match act {
                Act::Answer(status, body) => Ok(Response::builder().status(status).body(body.to_string().into())?),
                Act::Lose => Err("the connection was closed".into()),
                Act::Hang => std::future::pending().await,
            }
        })
    }
}

/// Somebody who may call.
pub(crate) fn access() -> Access {
    Access {
        region: "eu-west-1".to_owned(),
        access_key: "AKIDEXAMPLE".to_owned(),
        secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
        dynamodb: None,
        ses: None,
        secrets_manager: None,
    }
}
