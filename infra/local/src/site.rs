//! A made-up member site on an origin of its own: it puts the sign-in box on its first page (IN-9), shows its members' page to
//! members only (SI-2), and has an API that asks the authorizer who is calling (SE-7).

use std::net::SocketAddr;

use axum::body::Body;
use domain::bearer::SessionToken;
use domain::instance::Instance;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::Request;
use hyper::body::Incoming;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value, json};
use service::App;
use service::flow::session::current;
use service::store::Named;
use web::cookies;

use crate::functions::Functions;
use crate::serve::{Task, loopback, serve};
use crate::start::{Local, StartError};

/// The sign-in instance of the site.
const INSTANCE: &str = "sailing";

const STYLE: &str = "body{font:1.0625rem/1.6 Georgia,serif;max-width:60rem;margin:0 auto;padding:1rem 1.5rem;color:#22303c;background:#f6f2ea}
header{border-bottom:3px double #22303c;margin-bottom:2rem}h1{font-size:1.75rem}main{display:grid;gap:2rem;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr))}a{color:#7a3b12}
vestibule-sign-in{--vestibule-accent:#7a3b12;--vestibule-back:#fffdf8;--vestibule-text:#22303c;--vestibule-line:#8a7a66;--vestibule-font:Georgia,serif;--vestibule-radius:2px;color-scheme:light}
@media(prefers-color-scheme:dark){body{background:#1c232b;color:#e9e2d5}a{color:#f0b184}header{border-color:#e9e2d5}vestibule-sign-in{--vestibule-accent:#f0b184;--vestibule-back:#262f39;--vestibule-text:#e9e2d5;--vestibule-line:#a89a85;color-scheme:dark}}";

/// The site, running. It stops when this is dropped.
#[derive(Debug)]
pub struct Site {
    origin: String,
    _servers: Vec<Task>,
}

#[derive(Clone)]
struct Pages {
    app: App,
    functions: Functions,
    /// Where people sign in.
    sign_in: String,
    /// Where the site is.
    own: String,
}

impl Site {
    /// Opens the site beside a machine, on this port or, for 0, any free one, and lets it have the box.
    pub async fn beside(local: &Local, port: u16) -> Result<Self, StartError> {
        let listeners = loopback(port).await?;
        let port = listeners.first().map_or(Ok(port), |one| one.local_addr().map(|address| address.port()))?;
        let own = format!("http://localhost:{port}");
        let instance = Instance {
            title: "Members' harbour".to_owned(),
            site: "Sailing club, first page".to_owned(),
            allowed_origins: vec![own.clone()],
            ..Instance::default()
        };
        let app = local.app().clone();
        app.put_instance(&Named { id: INSTANCE.to_owned(), instance }, false).await?;
        let functions = local.functions().clone();
        let pages = Pages { app, functions, sign_in: local.origin().to_owned(), own: own.clone() };
        let open = |listener| {
            let pages = pages.clone();
            serve(listener, move |request, peer| pages.clone().answer(request, peer))
        };
        Ok(Self { origin: own, _servers: listeners.into_iter().map(open).collect() })
    }

    /// Where it is, such as `http://localhost:8401`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Pages {
    async fn answer(self, request: Request<Incoming>, _peer: SocketAddr) -> Response<Body> {
        match request.uri().path() {
            "/" => page(StatusCode::OK, "Sailing club", &self.front()),
            "/members" => self.members(request.headers()).await,
            "/boats" => self.boats(request.headers()).await,
            _ => page(StatusCode::NOT_FOUND, "Not here", &html! { p { a href="/" { "The club's first page" } } }),
        }
    }

    fn front(&self) -> Markup {
        let hosted = format!("{}/sign-in?instance={INSTANCE}&return_to={}/members", self.sign_in, self.own);
        html! {
            div {
                p { "A made-up club, on an origin of its own. Beside this stands the sign-in box, which it has from another one." }
                p { a href="/members" { "The members' page" } ", for those who are signed in." }
            }
            script src={ (self.sign_in) "/widget.js" } defer {}
            vestibule-sign-in instance=(INSTANCE) { a href=(hosted) { "Sign in" } }
        }
    }

    /// Who asks is told by the session, as any service of the organisation can ask for it; cookies don't know ports.
    async fn members(&self, headers: &HeaderMap) -> Response<Body> {
        let token = cookies::sent(headers, cookies::SESSION).and_then(SessionToken::parse);
        let signed_in = match token {
            Some(token) => current(&self.app, &token).await.ok().flatten(),
            None => None,
        };
        let Some(signed_in) = signed_in else {
            let to = format!("{}/sign-in?instance={INSTANCE}&return_to={}/members", self.sign_in, self.own);
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::SEE_OTHER;
            answer.headers_mut().extend(HeaderValue::try_from(to).map(|to| (LOCATION, to)));
            return answer;
        };
        let content = html! {
            p { "Welcome aboard, " (signed_in.user.person.name()) ". This is for members only." }
            p { a href={ (self.sign_in) "/account" } { "Your account" } }
        };
        page(StatusCode::OK, "Members' page", &content)
    }
}

impl Pages {
    /// An API of the club's. On AWS its gateway asks the authorizer in these words, and turns away whom that does not know.
    async fn boats(&self, headers: &HeaderMap) -> Response<Body> {
        let text = |name: &http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let sent = [AUTHORIZATION, COOKIE].into_iter().filter_map(|name| Some((name.to_string(), text(&name)?.into())));
        let sent: Map<String, Value> = sent.collect();
        match self.functions.invoke("authorizer", json!({"version": "2.0", "type": "REQUEST", "headers": sent})).await {
            Ok(verdict) if verdict["isAuthorized"] == true => {
                let caller = &verdict["context"];
                data(
                    StatusCode::OK,
                    &json!({"boats": ["Seagull", "Tern"], "for": caller["name"], "as": caller["kind"]}),
                )
            }
            Ok(_) => data(StatusCode::FORBIDDEN, &json!({"message": "Forbidden"})),
            Err(_) => data(StatusCode::INTERNAL_SERVER_ERROR, &json!({"message": "Internal Server Error"})),
        }
    }
}

fn data(status: StatusCode, data: &Value) -> Response<Body> {
    let mut answer = Response::new(Body::from(data.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn page(status: StatusCode, title: &str, content: &Markup) -> Response<Body> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { header { h1 { (title) } } main { (content) } }
        }
    };
    let mut answer = Response::new(Body::from(page.into_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}
