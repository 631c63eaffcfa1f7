//! Applications that people sign in to through this site: clients, as OpenID Connect calls them, and what a client may ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::id::UserId;
use crate::language::Text;

/// How long a code holds, in seconds: it goes straight on to the application (RFC 6749, 4.1.2).
pub const CODE_SECONDS: i64 = 60;

/// How long what a code is exchanged for holds, in seconds.
pub const TOKEN_SECONDS: i64 = 300;

/// The longest address that people are sent back to, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// Addresses that one application has at the most.
const MOST_ADDRESSES: usize = 10;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

/// An application, without its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// What it is called.
    pub name: String,
    /// Where people may be sent back to, each exactly as it is written here.
    pub redirect_uris: Vec<String>,
    /// Whether it can't keep a secret, as what runs in a browser or on a phone can't (RFC 6749, 2.1).
    #[serde(default)]
    pub public: bool,
    /// Whether nobody signs in to it for now.
    #[serde(default)]
    pub disabled: bool,
}

impl Client {
    /// Every field that can't be so, and why.
    pub fn wrong(&self) -> Vec<(&'static str, Text)> {
        let name = &self.name;
        let named = !name.trim().is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
        let few = (1..=MOST_ADDRESSES).contains(&self.redirect_uris.len());
        let checks = [
            (
                "name",
                named,
                Text(
                    "One line of at most 200 bytes, such as Members' magazine.",
                    "Una línea de 200 bytes como máximo, por ejemplo Revista de socios.",
                ),
            ),
            ("redirect_uris", few, Text("One to ten addresses.", "De una a diez direcciones.")),
            (
                "redirect_uris",
                self.redirect_uris.iter().all(|uri| is_address(uri)),
                Text(
                    "Each an https address without fragment; http only on the machine of whoever opens it, such as http://localhost:3000/back.",
                    "Cada una, una dirección https sin fragmento; http solo en el equipo de quien la abre, por ejemplo http://localhost:3000/vuelta.",
                ),
            ),
        ];
        checks.into_iter().filter(|(_, right, _)| !right).map(|(field, _, why)| (field, why)).collect()
    }

    /// Whether people may be sent back there: exactly so, and no other way of writing it (RFC 9700, 2.1).
    pub fn leads_back_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
    }
}

/// Whether people may be sent back there at all. On `localhost` there is nobody between browser and application.
fn is_address(uri: &str) -> bool {
    let plain = uri.len() <= LONGEST_ADDRESS && uri.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '#');
    plain && uri.contains("://") && Url::parse(uri).is_ok_and(|url| is_reachable(&url))
}

fn is_reachable(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return false,
    };
    let nobody = url.username().is_empty() && url.password().is_none();
    nobody && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

/// Whether it can be the hash of a verifier (RFC 7636, 4.2, `S256`).
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// Whether it can be a verifier (RFC 7636, 4.1).
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

/// What an application may be told of somebody, beside who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Their names and language.
    pub profile: bool,
    /// Their e-mail address.
    pub email: bool,
    /// Their kind, company, permissions, profiles and company exceptions.
    pub access: bool,
}

impl Scope {
    /// Reads a scope (OpenID Connect Core 1.0, 5.4); words that are not known are left out. `None` without `openid`.
    pub fn parse(text: &str) -> Option<Self> {
        let has = |word: &str| text.split(' ').any(|one| one == word);
        has("openid").then(|| Self { profile: has("profile"), email: has("email"), access: has("access") })
    }

    /// The words of it.
    pub fn words(self) -> String {
        let all = [("openid", true), ("profile", self.profile), ("email", self.email), ("access", self.access)];
        let granted: Vec<&str> = all.into_iter().filter(|(_, has)| *has).map(|(word, _)| word).collect();
        granted.join(" ")
    }
}

/// What a code stands for: who has signed in, for which application, and what it asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who.
    pub user: UserId,
    /// Their epoch: whatever ends all of their sessions ends this, too.
    pub epoch: u64,
    /// The session by which they went there: what ends it ends this, too. Codes from before this was kept have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The application.
    pub client: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What it may be told.
    pub scope: Scope,
    /// What the ID token has to repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The hash of what the application has to show (RFC 7636).
    pub challenge: String,
    /// When they signed in.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub signed_in_at: Timestamp,
    /// Whether they showed a second factor.
    pub proven: bool,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub ends_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(uris: &[&str]) -> Client {
        let redirect_uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
        Client { name: "Magazine".to_owned(), redirect_uris, ..Client::default() }
    }

    /// SE-7: people are sent back to addresses of the application, and to nowhere else.
    #[test]
    fn an_application_says_where_people_are_sent_back_to() {
        for good in [
            "https://magazine.example/back",
            "https://magazine.example:8443/back?from=us",
            "http://localhost:3000/back",
            "http://127.0.0.1:3000/",
            "http://[::1]:3000/",
        ] {
            assert_eq!(client(&[good]).wrong(), [], "{good}");
        }
        for bad in [
            "",
            "/back",
            "magazine.example/back",
            "http://magazine.example/back",
            "http://localhost.evil.example/",
            "https://magazine.example/back#x",
            "https://me@magazine.example/",
            "https://magazine.example/ back",
            "https:\\\\magazine.example\\",
            "javascript://localhost/%0aalert(1)",
            "data:text/html,x",
            "myapp://back",
        ] {
            assert_eq!(client(&[bad]).wrong().len(), 1, "{bad}");
        }
        assert_eq!(client(&[]).wrong().len(), 1);
        assert_eq!(client(&["https://a.example/"; 11]).wrong().len(), 1);
        let known = client(&["https://a.example/back"]);
        assert!(known.leads_back_to("https://a.example/back"));
        for other in ["https://a.example/back/", "https://a.example/back?x", "https://A.example/back", ""] {
            assert!(!known.leads_back_to(other), "{other}");
        }
    }

    #[test]
    fn a_scope_says_what_is_told() {
        assert_eq!(Scope::parse("profile email"), None);
        assert_eq!(Scope::parse("openid"), Some(Scope::default()));
        let all = Scope { profile: true, email: true, access: true };
        assert_eq!(Scope::parse("access openid offline_access email profile"), Some(all));
        assert_eq!(all.words(), "openid profile email access");
        assert_eq!(Scope::parse("openidprofile"), None);
    }

    #[test]
    fn a_challenge_is_a_hash_and_a_verifier_is_long() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636, appendix B
        assert!(is_challenge(challenge) && is_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!is_challenge(&challenge[1..]) && !is_challenge(&format!("{}=", &challenge[1..])));
        assert!(!is_verifier("short") && !is_verifier(&"a".repeat(129)) && !is_verifier(&" ".repeat(43)));
    }
}
