//! Providers: where else somebody may prove who they are (FE-1), and which addresses they may have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::language::Text;
use crate::layout::is_name;

/// The longest issuer, in bytes.
const LONGEST_ISSUER: usize = 300;

/// The longest other text, in bytes.
const LONGEST: usize = 200;

/// Words of evidence that one provider can be asked for, at the most.
const MOST_EVIDENCE: usize = 10;

/// The longest subject (OpenID Connect Core 1.0, section 2), in bytes.
const LONGEST_SUBJECT: usize = 255;

/// What a provider's word is worth here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A convenience of the person's own: never for whoever a second factor covers (FE-2).
    #[default]
    Social,
    /// An organisation that proves its people by its own rules, the second factor among them (FE-3).
    Organisation,
}

/// A provider, without its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// What its button says.
    pub name: String,
    /// Who it is (OpenID Connect Discovery 1.0): its address, exactly as it writes it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What its word is worth.
    pub mode: Mode,
    /// Ways of proving, one of which must have been used (RFC 8176); none is asked for when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// Levels of proof, one of which must have been reached; none is asked for when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr: Vec<String>,
    /// Whether nobody comes by it for now.
    #[serde(default)]
    pub disabled: bool,
}

/// Why a provider's word does not let in somebody whose account it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The provider is not set up any more.
    Removed,
    /// Nobody comes by it for now.
    Off,
    /// No sign-in instance offers it (IN-7).
    NotOffered,
    /// The account is switched off.
    Disabled,
    /// A second factor covers them (FE-2).
    OwnCredentials,
    /// They were not proven as this provider must prove them (FE-3).
    LacksEvidence,
}

impl Closed {
    /// As programs and what is written down say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Off => "off",
            Self::NotOffered => "not_offered",
            Self::Disabled => "disabled",
            Self::OwnCredentials => "own_credentials",
            Self::LacksEvidence => "lacks_evidence",
        }
    }
}

/// Whether a provider can be called so.
pub fn is_id(id: &str) -> bool {
    is_name(id)
}

/// Whether a provider may call somebody so.
pub fn is_subject(subject: &str) -> bool {
    !subject.is_empty() && subject.len() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control)
}

impl Provider {
    /// Every field that can't be so, and why. On a machine of one's own a provider may be on that machine.
    pub fn wrong(&self, loopback: bool) -> Vec<(&'static str, Text)> {
        let line = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
        let few = |all: &[String]| all.len() <= MOST_EVIDENCE && all.iter().all(|one| line(one) && !one.contains(' '));
        let checks = [
            (
                "name",
                line(&self.name),
                Text(
                    "One line of at most 200 bytes, such as Sign in with Harbour.",
                    "Una línea de 200 bytes como máximo, por ejemplo Entrar con Harbour.",
                ),
            ),
            (
                "issuer",
                is_issuer(&self.issuer, loopback),
                Text(
                    "An https address on the internet, without query or fragment.",
                    "Una dirección https en internet, sin consulta ni fragmento.",
                ),
            ),
            (
                "client_id",
                line(&self.client_id),
                Text(
                    "What the provider calls this site: at most 200 bytes.",
                    "Cómo llama el proveedor a este sitio: 200 bytes como máximo.",
                ),
            ),
            (
                "amr",
                few(&self.amr),
                Text("At most 10 words such as mfa or otp.", "Como máximo 10 palabras como mfa u otp."),
            ),
            (
                "acr",
                few(&self.acr),
                Text(
                    "At most 10 words, as the provider documents them.",
                    "Como máximo 10 palabras, tal como las documenta el proveedor.",
                ),
            ),
        ];
        checks.into_iter().filter(|(_, right, _)| !right).map(|(field, _, why)| (field, why)).collect()
    }

    /// Whether somebody was proven as this provider must prove them (FE-3).
    pub fn is_evidence(&self, amr: &[String], acr: Option<&str>) -> bool {
        let way = self.amr.is_empty() || self.amr.iter().any(|one| amr.contains(one));
        let level = self.acr.is_empty() || acr.is_some_and(|acr| self.acr.iter().any(|one| one == acr));
        way && level
    }
}

fn is_issuer(issuer: &str, loopback: bool) -> bool {
    let plain = issuer.len() <= LONGEST_ISSUER && !issuer.contains(['?', '#', '\\']) && issuer.is_ascii();
    plain && !issuer.contains(char::is_whitespace) && Url::parse(issuer).is_ok_and(|url| may_ask(&url, loopback))
}

/// Whether a provider may be asked at this address, as far as it can be told without looking its host up: https, and no address
/// that is not on the internet.
pub fn may_ask(url: &Url, loopback: bool) -> bool {
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    let (here, may) = match url.host() {
        None => (false, false),
        Some(Host::Ipv4(ip)) => (ip.is_loopback(), may_connect(ip.into(), loopback)),
        Some(Host::Ipv6(ip)) => (ip.is_loopback(), may_connect(ip.into(), loopback)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let here = name == "localhost" || name.ends_with(".localhost");
            (here, if here { loopback } else { name.contains('.') })
        }
    };
    may && (url.scheme() == "https" || (url.scheme() == "http" && here && loopback))
}

/// Whether a provider may be reached at this address of the network.
pub fn may_connect(address: IpAddr, loopback: bool) -> bool {
    let address = address.to_canonical();
    (loopback && address.is_loopback())
        || match address {
            IpAddr::V4(ip) => is_public_v4(ip),
            IpAddr::V6(ip) => is_public_v6(ip),
        }
}

/// Those of the registry of special addresses (RFC 6890) are not on the internet.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let benchmark = a == 198 && (18..20).contains(&b);
    !(special || shared || protocols || benchmark || a == 0 || a >= 224)
}

/// Global unicast without what is translated, tunnelled or set apart.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    (0x2000..0x4000).contains(&a) && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> Provider {
        let text = str::to_owned;
        Provider { name: text("Harbour"), issuer: text(issuer), client_id: text("us"), ..Provider::default() }
    }

    /// FE-1: a provider is on the internet, and reached by TLS.
    #[test]
    fn a_provider_is_on_the_internet() {
        let right = |issuer: &str, loopback| provider(issuer).wrong(loopback).is_empty();
        for good in ["https://login.example.org", "https://login.example.org/realms/a", "https://93.184.215.14/x"] {
            assert!(right(good, false), "{good}");
        }
        for bad in [
            "http://login.example.org",
            "ftp://login.example.org",
            "login.example.org",
            "",
            "https://",
            "https://intranet",
            "https://localhost",
            "https://a.localhost.",
            "https://me:you@login.example.org",
            "https://login.example.org/?a=b",
            "https://login.example.org/#a",
            "https://127.0.0.1",
            "https://2130706433",
            "https://0x7f.1",
            "https://10.1.2.3",
            "https://172.16.0.1",
            "https://192.168.1.1",
            "https://169.254.169.254",
            "https://100.64.0.1",
            "https://0.0.0.0",
            "https://224.0.0.1",
            "https://[::1]",
            "https://[::]",
            "https://[fe80::1]",
            "https://[fd00::1]",
            "https://[::ffff:10.0.0.1]",
            "https://[64:ff9b::a00:1]",
            "https://[2002:a00:1::]",
            "https://[2001:db8::1]",
        ] {
            assert!(!right(bad, false), "{bad}");
        }
        for (issuer, expected) in [
            ("http://localhost:1", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://login.example.org", false),
            ("https://10.1.2.3", false),
            ("https://169.254.169.254", false),
        ] {
            assert_eq!(right(issuer, true), expected, "{issuer}");
        }
    }

    /// FE-3
    #[test]
    fn a_provider_can_be_told_to_prove_more() {
        let words = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let of =
            |amr: &[&str], acr: &[&str]| Provider { amr: words(amr), acr: words(acr), ..provider("https://a.example") };
        assert!(of(&[], &[]).is_evidence(&[], None));
        assert!(of(&["mfa", "otp"], &[]).is_evidence(&words(&["pwd", "otp"]), None));
        assert!(!of(&["mfa"], &[]).is_evidence(&words(&["pwd"]), Some("mfa")));
        assert!(of(&[], &["gold"]).is_evidence(&[], Some("gold")));
        assert!(!of(&[], &["gold"]).is_evidence(&words(&["gold"]), None));
        assert!(!of(&["mfa"], &["gold"]).is_evidence(&words(&["mfa"]), Some("silver")));
    }

    #[test]
    fn what_can_not_be_is_told_by_field() {
        let fields = |of: Provider| of.wrong(false).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        let right = provider("https://a.example");
        assert_eq!(
            fields(Provider { name: "a\nb".to_owned(), client_id: String::new(), ..right.clone() }),
            ["name", "client_id"]
        );
        assert_eq!(fields(Provider { amr: vec!["a b".to_owned()], acr: vec![String::new()], ..right }), ["amr", "acr"]);
        assert!(is_subject("00u1") && !is_subject("") && !is_subject(&"a".repeat(256)) && !is_subject("a\0"));
    }
}
