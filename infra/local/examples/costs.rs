//! Prints what each flow costs on AWS, from what it takes here: waits, capacity units, mails and invocations counted, seconds
//! measured. `cargo run --release --example costs`

use std::io::Write;
use std::time::Instant;

use serde_json::{Map, Value, json};
use vestibule::{Local, Options, PASSWORD, Service, Taken};

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

/// What somebody does.
#[derive(Clone, Copy)]
enum Flow {
    SignIn,
    WrongPassword,
    Nobody,
    SecurityCode,
    Session,
    Account,
    ForgotUsername,
    ForgotPassword,
    ResetAccount,
    Link,
}

const FLOWS: [(&str, Flow); 10] = [
    ("sign in", Flow::SignIn),
    ("sign in, wrong password", Flow::WrongPassword),
    ("sign in, nobody", Flow::Nobody),
    ("who is signed in", Flow::Session),
    ("my account", Flow::Account),
    ("forgot username", Flow::ForgotUsername),
    ("forgot password", Flow::ForgotPassword),
    ("reset account", Flow::ResetAccount),
    ("a mailed link, opened", Flow::Link),
    // Last: it moves the clock, so that settings are read again beside it.
    ("security code, after the password", Flow::SecurityCode),
];

/// What the flows are given.
struct Known {
    session: String,
    token: String,
    secret: Vec<u8>,
}

type Fault = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let local = Local::start(Options { settings: generous(), ..Options::default() }).await?;
    let session = cookie(&ask(&local, sign_in("maria", PASSWORD)).await?, "__Host-session");
    ask(&local, post("reset-password", "/forgot-password", json!({"username": "paula"}))).await?;
    let token = mailed(&local, "paula@partner.example").await;
    let known = Known { session, token, secret: enrol(&local).await? };
    let mut out = std::io::stdout().lock();
    writeln!(out, "| flow | ms | waits | read units | write units | mails | US$ a million | of it without mail |")?;
    writeln!(out, "| -- | --: | --: | --: | --: | --: | --: | --: |")?;
    for (name, flow) in FLOWS {
        let (once, ms, waits) = measure(&local, flow, &known).await?;
        let (all, bare) = (once.dollars() * 1e6, once.without_mail() * 1e6);
        let Taken { reads, writes, mails, .. } = once;
        writeln!(out, "| {name} | {ms:.1} | {waits} | {reads:.1} | {writes:.1} | {mails:.1} | {all:.2} | {bare:.2} |")?;
    }
    Ok(())
}

/// What it takes once, in the mean; its milliseconds; and how often it waits for the database before it answers, at the most.
async fn measure(local: &Local, flow: Flow, known: &Known) -> Result<(Taken, f64, usize), Fault> {
    let (mut sum, mut ms, mut waits) = (Taken::default(), 0.0, 0);
    for _ in 0..TIMES {
        let asked = prepare(local, flow, known).await?;
        local.settle().await;
        local.calls().reset();
        local.calls().measure();
        let gigabytes = local.gigabytes(asked.function);
        let began = Instant::now();
        ask(local, asked).await?;
        let seconds = began.elapsed().as_secs_f64();
        waits = waits.max(local.calls().waits(Service::DynamoDb));
        let began = Instant::now();
        local.settle().await;
        let taken = Taken::by(local.calls());
        ms += seconds * 1_000.0;
        sum.gb_seconds += seconds * gigabytes + began.elapsed().as_secs_f64() * local.gigabytes("courier");
        sum.reads += taken.reads;
        sum.writes += taken.writes;
        sum.mails += taken.mails;
    }
    let times = f64::from(TIMES);
    let mails = sum.mails / times;
    let one = Taken {
        requests: 1.0,
        // A mail is one invocation of the courier and one that hears of its fate.
        invocations: 1.0 + 2.0 * mails,
        gb_seconds: sum.gb_seconds / times,
        reads: sum.reads / times,
        writes: sum.writes / times + mails,
        mails,
    };
    Ok((one, ms / times, waits))
}

/// The request of a flow, with all that has to be there before it.
async fn prepare(local: &Local, flow: Flow, known: &Known) -> Result<Asked, Fault> {
    Ok(match flow {
        Flow::SignIn => sign_in("maria", PASSWORD),
        Flow::WrongPassword => sign_in("paula", "not-the-password"),
        Flow::Nobody => sign_in("nobody-of-that-name", "not-the-password"),
        Flow::SecurityCode => {
            local.clock().advance(30)?;
            let ticket = cookie(&ask(local, sign_in("sam", PASSWORD)).await?, "__Host-ticket");
            submit(ticket, &code(&known.secret, local))
        }
        Flow::Session => get("sign-in", "/session", &known.session),
        Flow::Account => get("account", "/account", &known.session),
        Flow::ForgotUsername => post("forgot-username", "/forgot-username", json!({"email": "maria@members.example"})),
        Flow::ForgotPassword => post("reset-password", "/forgot-password", json!({"username": "maria"})),
        Flow::ResetAccount => post("reset-password", "/reset-account", json!({"email": "maria@members.example"})),
        Flow::Link => get("reset-password", &format!("/reset?token={}", known.token), ""),
    })
}

/// Sets up the second factor of somebody on the staff; what its codes are made of.
async fn enrol(local: &Local) -> Result<Vec<u8>, Fault> {
    let ticket = cookie(&ask(local, sign_in("sam", PASSWORD)).await?, "__Host-ticket");
    let mail = post("verify-mfa", "/sign-in/setup-mail", json!({}));
    ask(local, Asked { cookie: ticket.clone(), ..mail }).await?;
    let token = mailed(local, "sam@harbour.example").await;
    let shown = ask(local, post("verify-mfa", "/security-code/setup", json!({ "token": token }))).await?;
    let shown: Value = serde_json::from_str(shown["body"].as_str().unwrap_or_default())?;
    let secret = shown["secret"].as_str().unwrap_or_default();
    let secret = data_encoding::BASE32_NOPAD.decode(secret.trim_end_matches('=').as_bytes())?;
    ask(local, submit(ticket, &code(&secret, local))).await?;
    Ok(secret)
}

fn submit(ticket: String, code: &str) -> Asked {
    let submit = post("verify-mfa", "/sign-in/security-code", json!({ "code": code }));
    Asked { cookie: ticket, ..submit }
}

/// The code of this moment, as an authenticator app shows it.
fn code(secret: &[u8], local: &Local) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build_noncompliant();
    totp.generate(u64::try_from(local.clock().now().as_second()).unwrap_or_default()).to_string()
}

/// The token in the newest mail to an address.
async fn mailed(local: &Local, address: &str) -> String {
    local.settle().await;
    let mail = local.mail().to(address);
    let text = mail.first().and_then(|mail| mail.text.clone()).unwrap_or_default();
    text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default().to_owned()
}

async fn ask(local: &Local, asked: Asked) -> Result<Value, Fault> {
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

/// What an answer hands out by this name, as a browser sends it back.
fn cookie(answer: &Value, name: &str) -> String {
    let cookies = answer["cookies"].as_array().cloned().unwrap_or_default();
    let ours = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
    let ours = cookies.iter().filter_map(Value::as_str).find(ours);
    ours.and_then(|line| line.split(';').next()).unwrap_or_default().to_owned()
}

/// Limits that a measurement does not run into.
fn generous() -> Map<String, Value> {
    let settings = json!({
        "organisation.email": "office@harbour.example",
        "lock.attempts": 100,
        "mfa.scope": "staff",
        "recovery.mails_per_address": 1_000,
    });
    settings.as_object().cloned().unwrap_or_default()
}
