//! Prints what each flow costs on AWS, from what it takes here: capacity units, mails and invocations counted, seconds
//! measured. `cargo run --release --example costs`

use std::io::Write;
use std::time::Instant;

use serde_json::{Map, Value, json};
use vestibule::{Local, Options, PASSWORD, Taken};

/// How often each flow is done; the seconds are the mean.
const TIMES: u32 = 20;

/// A request that belongs to a flow.
struct Asked {
    function: &'static str,
    method: &'static str,
    path: String,
    body: Value,
    cookie: String,
}

type Flow = fn(&Known) -> Asked;

/// What the flows are given.
struct Known {
    session: String,
    token: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let local = Local::start(Options { settings: generous(), ..Options::default() }).await?;
    let session = cookie(&ask(&local, sign_in("maria", PASSWORD)).await?);
    ask(&local, post("reset-password", "/forgot-password", json!({"username": "sam"}))).await?;
    local.settle().await;
    let mail = local.mail().to("sam@harbour.example");
    let text = mail.first().and_then(|mail| mail.text.clone()).unwrap_or_default();
    let link = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let known = Known { session, token: link.to_owned() };
    let flows: [(&str, Flow); 9] = [
        ("sign in", |_| sign_in("maria", PASSWORD)),
        ("sign in, wrong password", |_| sign_in("paula", "not-the-password")),
        ("sign in, nobody", |_| sign_in("nobody-of-that-name", "not-the-password")),
        ("who is signed in", |known| get("sign-in", "/session", &known.session)),
        ("my account", |known| get("account", "/account", &known.session)),
        ("forgot username", |_| post("forgot-username", "/forgot-username", json!({"email": "maria@members.example"}))),
        ("forgot password", |_| post("reset-password", "/forgot-password", json!({"username": "maria"}))),
        ("reset account", |_| post("reset-password", "/reset-account", json!({"email": "maria@members.example"}))),
        ("a mailed link, opened", |known| get("reset-password", &format!("/reset?token={}", known.token), "")),
    ];
    let mut out = std::io::stdout().lock();
    writeln!(out, "| flow | ms | read units | write units | mails | US$ a million | of it without mail |")?;
    writeln!(out, "| -- | --: | --: | --: | --: | --: | --: |")?;
    for (name, flow) in flows {
        let (taken, ms) = measure(&local, flow, &known).await?;
        let (all, bare) = (taken.dollars() * 1e6, taken.without_mail() * 1e6);
        let Taken { reads, writes, mails, .. } = taken;
        writeln!(out, "| {name} | {ms:.1} | {reads:.1} | {writes:.1} | {mails:.1} | {all:.2} | {bare:.2} |")?;
    }
    Ok(())
}

async fn measure(local: &Local, flow: Flow, known: &Known) -> Result<(Taken, f64), Box<dyn std::error::Error>> {
    local.calls().reset();
    local.calls().measure();
    let (mut gb_seconds, mut ms) = (0.0, 0.0);
    for _ in 0..TIMES {
        let asked = flow(known);
        let gigabytes = local.gigabytes(asked.function);
        let began = Instant::now();
        ask(local, asked).await?;
        let seconds = began.elapsed().as_secs_f64();
        gb_seconds += seconds * gigabytes;
        ms += seconds * 1_000.0;
        let began = Instant::now();
        local.settle().await;
        gb_seconds += began.elapsed().as_secs_f64() * local.gigabytes("courier");
    }
    let times = f64::from(TIMES);
    let taken = Taken::by(local.calls());
    let mails = taken.mails / times;
    let one = Taken {
        requests: 1.0,
        // A mail is one invocation of the courier and one that hears of its fate.
        invocations: 1.0 + 2.0 * mails,
        gb_seconds: gb_seconds / times,
        reads: taken.reads / times,
        writes: taken.writes / times + mails,
        mails,
    };
    Ok((one, ms / times))
}

async fn ask(local: &Local, asked: Asked) -> Result<Value, Box<dyn std::error::Error>> {
    let Asked { function, method, path, body, cookie } = asked;
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let sample = include_str!("../../../events/sign-in.json");
    let mut event: Value = serde_json::from_str(sample)?;
    event["rawPath"] = path.into();
    event["rawQueryString"] = query.into();
    event["headers"]["origin"] = local.origin().into();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["body"] = if body.is_null() { Value::Null } else { body.to_string().into() };
    if !cookie.is_empty() {
        event["cookies"] = json!([cookie]);
    }
    let answer = local.invoke(function, event).await?;
    if answer["statusCode"].as_u64().is_none_or(|status| status >= 500 || status == 429) {
        return Err(format!("{method} {path}: {answer}").into());
    }
    Ok(answer)
}

fn post(function: &'static str, path: &str, body: Value) -> Asked {
    Asked { function, method: "POST", path: path.to_owned(), body, cookie: String::new() }
}

fn get(function: &'static str, path: &str, cookie: &str) -> Asked {
    Asked { function, method: "GET", path: path.to_owned(), body: Value::Null, cookie: cookie.to_owned() }
}

fn sign_in(username: &str, password: &str) -> Asked {
    post("sign-in", "/sign-in", json!({"username": username, "password": password}))
}

/// The session that an answer hands out, as a browser sends it back.
fn cookie(answer: &Value) -> String {
    let cookies = answer["cookies"].as_array().cloned().unwrap_or_default();
    let ours = cookies.iter().filter_map(Value::as_str).find(|line| line.starts_with("__Host-session="));
    ours.and_then(|line| line.split(';').next()).unwrap_or_default().to_owned()
}

/// Limits that a measurement does not run into.
fn generous() -> Map<String, Value> {
    let settings = json!({
        "organisation.email": "office@harbour.example",
        "lock.attempts": 100,
        "recovery.mails_per_address": 1_000,
    });
    settings.as_object().cloned().unwrap_or_default()
}
