//! The one list of functions, and how they are called: as Lambda calls them, with a time limit, and with no harm to
//! anybody else when one of them panics.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use axum::Router;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, Error, LambdaEvent, Service};
use serde_json::Value;
use service::App;

use crate::running::Running;
use crate::template::{Function, Template};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What a function is made of.
#[derive(Clone)]
pub(crate) enum Handler {
    /// Answers requests.
    Http(Router),
    /// Takes records of a stream.
    Records(fn(App, Event) -> Answer<DynamoDbEventResponse>),
    /// Runs on schedules, or takes events of EventBridge.
    Event(fn(App, Value) -> Answer<Value>),
    /// Is asked by other services.
    Asked(fn(App, Value) -> Answer<Value>),
}

/// Every function there is, by the name of its binary.
fn registry(app: &App) -> Vec<(&'static str, Handler)> {
    vec![
        ("sign-in", Handler::Http(sign_in::router(app.clone()))),
        ("account", Handler::Http(account::router(app.clone()))),
        ("admin", Handler::Http(admin::router(app.clone()))),
        ("forgot-username", Handler::Http(forgot_username::router(app.clone()))),
        ("sign-up", Handler::Http(sign_up::router(app.clone()))),
        ("pin-sign-up", Handler::Http(pin_sign_up::router(app.clone()))),
        ("reset-password", Handler::Http(reset_password::router(app.clone()))),
        ("verify-mfa", Handler::Http(verify_mfa::router(app.clone()))),
        ("federated", Handler::Http(federated::router(app.clone()))),
        ("openid-provider", Handler::Http(openid_provider::router(app.clone()))),
        (
            "authorizer",
            Handler::Asked(|app, event| {
                Box::pin(async move {
                    let verdict = authorizer::handle(&app, serde_json::from_value(event)?).await?;
                    Ok(serde_json::to_value(verdict)?)
                })
            }),
        ),
        ("courier", Handler::Records(|app, event| Box::pin(async move { courier::handle(&app, event).await }))),
        ("bulk-resend", Handler::Records(|app, event| Box::pin(async move { bulk_resend::handle(&app, event).await }))),
        (
            "mail-fate",
            Handler::Event(|app, event| {
                Box::pin(async move { mail_fate::handle(&app, serde_json::from_value(event)?).await })
            }),
        ),
        (
            "sweep",
            Handler::Event(|app, event| {
                Box::pin(async move { sweep::handle(&app, serde_json::from_value(event)?).await })
            }),
        ),
    ]
}

/// A function of the template with the code that belongs to it.
#[derive(Clone)]
pub(crate) struct Hosted {
    pub(crate) name: String,
    pub(crate) timeout: Duration,
    pub(crate) memory: u32,
    pub(crate) handler: Handler,
}

/// All functions.
#[derive(Clone)]
pub(crate) struct Functions {
    app: App,
    hosted: BTreeMap<String, Arc<Hosted>>,
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.hosted.keys()).finish()
    }
}

/// Template and code know different functions.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Only the template knows it.
    #[error("template.yaml has the function {0}, for which there is no code in infra/local/src/functions.rs")]
    NoCode(String),
    /// Only the code knows it.
    #[error("infra/local/src/functions.rs has the function {0}, which template.yaml does not start")]
    NotInTemplate(String),
    /// It is started by something it can't take.
    #[error("the function {0} has an event in template.yaml that its code does not take")]
    WrongEvent(String),
}

impl Functions {
    /// Brings template and code together.
    pub(crate) fn new(app: &App, template: &Template) -> Result<Self, Mismatch> {
        let mut code: BTreeMap<_, _> = registry(app).into_iter().collect();
        let mut hosted = BTreeMap::new();
        for function in &template.functions {
            let name = &function.binary;
            let handler = code.remove(name.as_str()).ok_or_else(|| Mismatch::NoCode(name.clone()))?;
            if !takes(&handler, function) {
                return Err(Mismatch::WrongEvent(name.clone()));
            }
            let one = Hosted { name: name.clone(), timeout: function.timeout, memory: function.memory, handler };
            hosted.insert(function.id.clone(), Arc::new(one));
        }
        match code.keys().next() {
            Some(left) => Err(Mismatch::NotInTemplate((*left).to_owned())),
            None => Ok(Self { app: app.clone(), hosted }),
        }
    }

    /// A function, by what the template calls it.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Hosted>> {
        self.hosted.get(id).cloned()
    }

    /// A function's memory in GiB, by the name of its binary; 0 if there is none.
    pub(crate) fn gigabytes(&self, binary: &str) -> f64 {
        let found = self.hosted.values().find(|hosted| hosted.name == binary);
        found.map_or(0.0, |hosted| f64::from(hosted.memory) / 1_024.0)
    }

    /// Gives a function records of a stream.
    pub(crate) async fn records(&self, id: &str, event: Event) -> Result<DynamoDbEventResponse, Failed> {
        match self.get(id).as_deref() {
            Some(hosted @ Hosted { handler: Handler::Records(handle), .. }) => {
                guarded(hosted, handle(self.app.clone(), event)).await
            }
            _ => Err(Failed::Missing),
        }
    }

    /// Gives a function an event as it stands in a file, by the name of its binary.
    pub(crate) async fn invoke(&self, binary: &str, event: Value) -> Result<Value, Failed> {
        let found = self.hosted.values().find(|hosted| hosted.name == binary).cloned();
        let Some(hosted) = found else { return Err(Failed::Missing) };
        match &hosted.handler {
            Handler::Http(router) => {
                let payload: LambdaRequest =
                    serde_json::from_value(event).map_err(|error| Failed::Error(error.into()))?;
                let answer = Adapter::from(web::lambda::service(router.clone()))
                    .call(LambdaEvent::new(payload, Context::default()));
                guarded(&hosted, async move { serde_json::to_value(answer.await?).map_err(Error::from) }).await
            }
            Handler::Records(handle) => {
                let event = serde_json::from_value(event).map_err(|error| Failed::Error(error.into()))?;
                let answer = guarded(&hosted, handle(self.app.clone(), event)).await?;
                serde_json::to_value(answer).map_err(|error| Failed::Error(error.into()))
            }
            Handler::Event(handle) | Handler::Asked(handle) => guarded(&hosted, handle(self.app.clone(), event)).await,
        }
    }

    /// Runs a function as a schedule does.
    pub(crate) async fn scheduled(&self, id: &str, event: Value) -> Result<Value, Failed> {
        match self.get(id).as_deref() {
            Some(hosted @ Hosted { handler: Handler::Event(handle), .. }) => {
                guarded(hosted, handle(self.app.clone(), event)).await
            }
            _ => Err(Failed::Missing),
        }
    }
}

fn takes(handler: &Handler, function: &Function) -> bool {
    let (routes, records) = (function.routes.len(), function.mappings.len());
    let events = function.schedules.len() + function.rules;
    match handler {
        Handler::Http(_) => routes > 0 && records + events == 0,
        Handler::Records(_) => records > 0 && routes + events == 0,
        Handler::Event(_) => events > 0 && routes + records == 0,
        Handler::Asked(_) => routes + records + events == 0,
    }
}

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It took longer than the template allows.
    #[error("it took longer than {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// It panicked.
    #[error("it panicked: {0}")]
    Panicked(String),
    /// Its process was ended, by a fault.
    #[error("its process was ended")]
    Killed,
    /// It returned an error.
    #[error("{0}")]
    Error(Error),
    /// There is no such function.
    #[error("there is no such function")]
    Missing,
}

/// One call, in a task of its own.
pub(crate) async fn guarded<T, E>(
    hosted: &Hosted,
    call: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Failed>
where
    T: Send + 'static,
    E: Into<Error> + Send + 'static,
{
    let running = Running::new(&hosted.name);
    let mut task = tokio::spawn(running.clone().around(call));
    let ended = tokio::select! {
        ended = tokio::time::timeout(hosted.timeout, &mut task) => Some(ended),
        () = running.killed() => None,
    };
    let failed = match ended {
        Some(Ok(Ok(Ok(value)))) => return Ok(value),
        Some(Ok(Ok(Err(error)))) => Failed::Error(error.into()),
        Some(Ok(Err(ended))) => Failed::Panicked(why(ended)),
        Some(Err(_)) => {
            task.abort();
            Failed::TimedOut(hosted.timeout)
        }
        None => {
            task.abort();
            // Nothing of it goes on.
            drop(task.await);
            Failed::Killed
        }
    };
    tracing::error!(function = hosted.name, error = %failed, "a function failed");
    Err(failed)
}

fn why(ended: tokio::task::JoinError) -> String {
    let Ok(panic) = ended.try_into_panic() else { return "it was ended".to_owned() };
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::TEXT;
    use crate::{Local, Options};

    fn template() -> Template {
        let parameters = [("PublicOrigin", "http://localhost".to_owned()), ("SenderDomain", "localhost".to_owned())];
        Template::read(TEXT, &parameters.into()).unwrap()
    }

    #[tokio::test]
    async fn template_and_code_know_the_same_functions() {
        let local = Local::start(Options { empty: true, ..Options::default() }).await.unwrap();
        let whole = template();
        assert!(Functions::new(local.app(), &whole).is_ok());
        let mut fewer = whole.clone();
        let last = fewer.functions.pop().unwrap().binary;
        assert_eq!(Functions::new(local.app(), &fewer).unwrap_err(), Mismatch::NotInTemplate(last.clone()));
        let mut other = whole.clone();
        other.functions[0].binary = "other".to_owned();
        assert_eq!(Functions::new(local.app(), &other).unwrap_err(), Mismatch::NoCode("other".to_owned()));
        let mut odd = whole;
        odd.functions.last_mut().unwrap().routes.push("/odd".to_owned());
        assert_eq!(Functions::new(local.app(), &odd).unwrap_err(), Mismatch::WrongEvent(last));
    }

    #[tokio::test]
    async fn a_call_that_fails_harms_nobody_else() {
        let handler = Handler::Http(Router::new());
        let hosted = Hosted { name: "test".to_owned(), timeout: Duration::from_secs(1), memory: 128, handler };
        assert_eq!(guarded(&hosted, async { Ok::<_, Error>(7) }).await.unwrap(), 7);
        let failed = guarded(&hosted, async { Err::<(), Error>("no".into()) }).await.unwrap_err();
        assert_eq!(failed.to_string(), "no");
        let failed = guarded(&hosted, async { bang() }).await;
        assert_eq!(failed.unwrap_err().to_string(), "it panicked: bang");
        let failed = guarded(&hosted, std::future::pending::<Result<(), Error>>()).await.unwrap_err();
        assert_eq!(failed.to_string(), "it took longer than 1 seconds");
        let failed = guarded(&hosted, async { Ok::<u8, Error>(crate::running::end().await) }).await.unwrap_err();
        assert_eq!(failed.to_string(), "its process was ended");
    }

    fn bang() -> Result<(), Error> {
        panic!("bang")
    }
}
