//! A provider of the tests' own (OpenID Connect), on this machine, which can be told to misbehave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKey, PublicKeyComponents};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::World;

/// What the product is called there, and the secret between them.
pub(crate) const CLIENT: &str = "vestibule";
pub(crate) const SECRET: &str = "canary+secret/of:ours";

/// What it does wrong, or in another way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Does {
    #[default]
    Right,
    Rs256,
    Ps256,
    PostedSecret,
    NewKey,
    UnknownKey,
    NoAlgorithm,
    SharedSecret,
    PublicKeyAsSecret,
    BrokenSignature,
    OtherIssuer,
    OtherIss,
    NoIss,
    OtherNonce,
    NoNonce,
    OtherAudience,
    SeveralAudiences,
    OtherParty,
    Expired,
    NoExpiry,
    NoSubject,
    LongAgo,
    NoToken,
    RefusesCode,
    Slow,
    Fails,
    FailsLater,
    Huge,
    Redirects,
    OtherDiscovery,
    KeysInside,
    NoJson,
}

/// Who is there and what was asked for.
#[derive(Default)]
struct Inner {
    does: Does,
    who: Value,
    now: i64,
    codes: HashMap<String, HashMap<String, String>>,
    asked: Vec<String>,
}

pub(crate) struct Provider {
    pub(crate) issuer: String,
    inner: Arc<Mutex<Inner>>,
    keys: Arc<Keys>,
}

struct Keys {
    curve: EcdsaKeyPair,
    other: EcdsaKeyPair,
    rsa: RsaKey,
}

fn curve() -> EcdsaKeyPair {
    let drawn = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &drawn).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &drawn).expect("a key")
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

impl Keys {
    fn new() -> Self {
        let rsa = BASE64.decode(include_bytes!("provider.key")).expect("a key");
        Self { curve: curve(), other: curve(), rsa: RsaKey::from_der(&rsa).expect("a key") }
    }

    /// What is published: keys that were changed are only there when they are asked for again.
    fn published(&self, new: bool) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        let point = if new { &self.other } else { &self.curve }.public_key().as_ref();
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": if new { "new" } else { "curve" },
             "x": encoded(&point[1..33]), "y": encoded(&point[33..])},
            {"kty": "RSA", "use": "sig", "kid": "rsa", "n": encoded(public.n), "e": encoded(public.e)},
        ]})
    }

    fn signed(&self, does: Does, claims: &Value) -> String {
        let (alg, kid) = match does {
            Does::Rs256 => ("RS256", "rsa"),
            Does::Ps256 => ("PS256", "rsa"),
            Does::NoAlgorithm => ("none", "curve"),
            Does::SharedSecret | Does::PublicKeyAsSecret => ("HS256", "rsa"),
            Does::NewKey => ("ES256", "new"),
            Does::UnknownKey => ("ES256", "unknown"),
            _ => ("ES256", "curve"),
        };
        let head = json!({"alg": alg, "kid": kid, "typ": "JWT"}).to_string();
        let text = format!("{}.{}", encoded(head), encoded(claims.to_string()));
        format!("{text}.{}", encoded(self.signature(does, text.as_bytes())))
    }

    fn signature(&self, does: Does, text: &[u8]) -> Vec<u8> {
        let drawn = SystemRandom::new();
        let hmac = |key: &[u8]| {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
            ring::hmac::sign(&key, text).as_ref().to_vec()
        };
        let rsa = |how: &'static dyn ring::signature::RsaEncoding| {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            self.rsa.sign(how, &drawn, text, &mut signature).expect("a signature");
            signature
        };
        match does {
            Does::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Does::Ps256 => rsa(&RSA_PSS_SHA256),
            Does::NoAlgorithm => Vec::new(),
            Does::SharedSecret => hmac(SECRET.as_bytes()),
            Does::PublicKeyAsSecret => hmac(&PublicKeyComponents::<Vec<u8>>::from(self.rsa.public()).n),
            Does::NewKey | Does::BrokenSignature => {
                self.other.sign(&drawn, text).expect("a signature").as_ref().to_vec()
            }
            _ => self.curve.sign(&drawn, text).expect("a signature").as_ref().to_vec(),
        }
    }
}

impl Provider {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let (inner, keys) = (Arc::new(Mutex::new(Inner::default())), Arc::new(Keys::new()));
        let made = Self { issuer, inner, keys };
        made.is("maria-there", &json!({"email": "maria@login.example"}));
        tokio::spawn(listen(listener, made.issuer.clone(), Arc::clone(&made.inner), Arc::clone(&made.keys)));
        made
    }

    /// What it does from now on.
    pub(crate) fn does(&self, does: Does) {
        self.inner.lock().expect("it").does = does;
    }

    /// Who is there from now on.
    pub(crate) fn is(&self, subject: &str, more: &Value) {
        let mut who = more.clone();
        who["sub"] = subject.into();
        self.inner.lock().expect("it").who = who;
    }

    /// What it was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.inner.lock().expect("it").asked.clone()
    }

    /// What somebody who goes there comes back with: path and query of the callback.
    pub(crate) async fn consent(&self, world: &World, way: &str) -> String {
        let clock = world.get("/_local/clock").await.ok();
        let now: jiff::Timestamp = clock["now"].as_str().expect("a time").parse().expect("a time");
        let url = Url::parse(way).expect("an address");
        assert!(way.starts_with(&format!("{}/authorize?", self.issuer)), "{way}");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT), ("code_challenge_method", "S256")] {
            assert_eq!(query[name], value, "{way}");
        }
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"), "{way}");
        assert_eq!(query["redirect_uri"], world.url("/sign-in/callback"));
        let mut inner = self.inner.lock().expect("it");
        inner.now = now.as_second();
        let code = format!("code-{}", inner.codes.len());
        let mut back = Url::parse(&query["redirect_uri"]).expect("an address");
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &query["state"]);
        match inner.does {
            Does::OtherIss => drop(back.query_pairs_mut().append_pair("iss", "https://evil.example")),
            Does::NoIss => {}
            _ => drop(back.query_pairs_mut().append_pair("iss", &self.issuer)),
        }
        inner.codes.insert(code, query);
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }
}

async fn listen(listener: TcpListener, issuer: String, inner: Arc<Mutex<Inner>>, keys: Arc<Keys>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (issuer, inner, keys) = (issuer.clone(), Arc::clone(&inner), Arc::clone(&keys));
        tokio::spawn(async move { serve(stream, &issuer, &inner, &keys).await });
    }
}

async fn serve(mut stream: TcpStream, issuer: &str, inner: &Mutex<Inner>, keys: &Keys) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    let path = head.split(' ').nth(1)?.to_owned();
    let does = {
        let mut inner = inner.lock().ok()?;
        inner.asked.push(path.clone());
        inner.does
    };
    let (status, kind, text) = match (does, path.as_str()) {
        (Does::Slow, "/token") => {
            tokio::time::sleep(std::time::Duration::from_mins(1)).await;
            return None;
        }
        (Does::Fails, _) | (Does::FailsLater, "/token") => (500, "application/json", "{}".to_owned()),
        (Does::Huge, "/token") => (200, "application/json", format!("{{\"a\": \"{}\"}}", "a".repeat(1_000_000))),
        (Does::NoJson, "/token") => (200, "text/html", "<p>welcome".to_owned()),
        (Does::Redirects, "/.well-known/openid-configuration") => (302, "text/html", String::new()),
        (_, "/.well-known/openid-configuration") => (200, "application/json", described(does, issuer).to_string()),
        (_, "/keys") => {
            let again = inner.lock().ok()?.asked.iter().filter(|path| *path == "/keys").count() > 1;
            (200, "application/json", keys.published(again && does == Does::NewKey).to_string())
        }
        (_, "/token") => token(&head, &body, issuer, inner, keys),
        _ => (404, "text/html", String::new()),
    };
    let answer = format!(
        "HTTP/1.1 {status} x\r\nlocation: {issuer}/elsewhere\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()
}

async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let (mut read, mut buffer) = (String::new(), [0; 4_096]);
    loop {
        if let Some((head, body)) = read.split_once("\r\n\r\n") {
            let long = head
                .to_lowercase()
                .split_once("content-length: ")
                .map_or(0, |(_, rest)| rest.lines().next().and_then(|length| length.trim().parse().ok()).unwrap_or(0));
            if body.len() >= long {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}

fn described(does: Does, issuer: &str) -> Value {
    let said = if does == Does::OtherDiscovery { "https://evil.example" } else { issuer };
    let keys =
        if does == Does::KeysInside { "http://169.254.169.254/keys".to_owned() } else { format!("{issuer}/keys") };
    let how = if does == Does::PostedSecret { "client_secret_post" } else { "client_secret_basic" };
    json!({
        "issuer": said,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": keys,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "PS256"],
        "token_endpoint_auth_methods_supported": [how],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// Exchanges a code once, for whoever knows the secret and what the code was asked with.
fn token(head: &str, body: &str, issuer: &str, inner: &Mutex<Inner>, keys: &Keys) -> (u16, &'static str, String) {
    let fields = Url::parse(&format!("http://a/?{body}")).expect("a form");
    let fields: HashMap<String, String> = fields.query_pairs().into_owned().collect();
    let mut inner = inner.lock().expect("it");
    let does = inner.does;
    let refused = || (400, "application/json", json!({"error": "invalid_grant"}).to_string());
    let basic = BASE64.encode(b"vestibule:canary%2Bsecret%2Fof%3Aours");
    let known = match does {
        Does::PostedSecret => fields.get("client_secret").is_some_and(|secret| secret == SECRET),
        _ => head.to_lowercase().contains(&format!("authorization: basic {}", basic.to_lowercase())),
    };
    let asked = fields.get("code").and_then(|code| inner.codes.remove(code));
    let Some(asked) = asked.filter(|_| known && does != Does::RefusesCode) else { return refused() };
    let proof = ring::digest::digest(&ring::digest::SHA256, fields["code_verifier"].as_bytes());
    if encoded(proof) != asked["code_challenge"] || fields["redirect_uri"] != asked["redirect_uri"] {
        return refused();
    }
    let claims = claims(&inner, issuer, &asked["nonce"]);
    let mut answer = json!({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300});
    if does != Does::NoToken {
        answer["id_token"] = keys.signed(does, &claims).into();
    }
    (200, "application/json", answer.to_string())
}

fn claims(inner: &Inner, issuer: &str, nonce: &str) -> Value {
    let mut claims = inner.who.clone();
    for (name, value) in [
        ("iss", json!(issuer)),
        ("aud", json!(CLIENT)),
        ("nonce", json!(nonce)),
        ("iat", json!(inner.now)),
        ("exp", json!(inner.now + 300)),
    ] {
        claims[name] = value;
    }
    match inner.does {
        Does::OtherIssuer => claims["iss"] = "https://evil.example".into(),
        Does::OtherNonce => claims["nonce"] = "another".into(),
        Does::NoNonce => drop(claims.as_object_mut().and_then(|claims| claims.remove("nonce"))),
        Does::OtherAudience => claims["aud"] = "somebody-else".into(),
        Does::SeveralAudiences => claims["aud"] = json!([CLIENT, "somebody-else"]),
        Does::OtherParty => claims["azp"] = "somebody-else".into(),
        Does::Expired => claims["exp"] = json!(inner.now - 1),
        Does::NoExpiry => drop(claims.as_object_mut().and_then(|claims| claims.remove("exp"))),
        Does::NoSubject => claims["sub"] = json!(5),
        Does::LongAgo => claims["iat"] = json!(inner.now - 3_600),
        _ => {}
    }
    claims
}
