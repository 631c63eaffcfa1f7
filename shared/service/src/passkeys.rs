//! WebAuthn as far as it is only bytes: what a browser is asked, and whether its answer is right. Who may ask, how long and how
//! often is the flows' affair. Identity and origin come from the configured origin alone.

use std::convert::Infallible;

use data_encoding::BASE64URL_NOPAD;
use domain::passkey::Passkey;
use serde_json::Value;
use sha2::{Digest, Sha256};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::auth::DiscoverableAuthentication;
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthenticationServerState, DiscoverableCredentialRequestOptions,
    PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

/// Bytes of a user's handle.
pub const HANDLE: usize = 32;

/// A public key as it is kept: Ed25519, P-256, P-384 or RSA.
type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// What a browser is asked, and what its answer is to be held against.
#[derive(Debug)]
pub struct Asked {
    /// For `navigator.credentials`, as JSON: `{"publicKey": …}`.
    pub options: Value,
    /// The challenge with all that was asked of the device, as bytes that only we write.
    pub state: Vec<u8>,
}

/// Who is to get a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Who they are to their devices.
    pub handle: [u8; HANDLE],
    /// The username.
    pub username: &'a str,
    /// First and last name.
    pub name: &'a str,
}

/// What becomes of an answer with a passkey that is known.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right; and what the passkey stands at from now on.
    Right(String),
    /// Right but for the counter, which goes back: there may be a copy of the passkey (WebAuthn, 6.1.1).
    Copied,
    /// Wrong.
    Wrong,
}

/// The house as devices know it.
#[derive(Debug)]
pub struct House<'a> {
    id: RpId,
    origin: &'a str,
}

/// The answer of a passkey, read and not yet believed.
#[derive(Debug)]
pub struct Answered(DiscoverableAuthentication<HANDLE>);

impl Answered {
    /// Reads what a browser sends (`PublicKeyCredential.toJSON`). `None` when it is anything else.
    pub fn read(sent: &Value) -> Option<Self> {
        DiscoverableAuthentication::from_json_relaxed(&serde_json::to_vec(sent).ok()?).ok().map(Self)
    }

    /// What the passkey is found by.
    pub fn id(&self) -> String {
        id(self.0.raw_id().as_ref())
    }
}

/// What a credential's id hashes to: short, and of one length.
fn id(credential: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(credential)[..16])
}

impl<'a> House<'a> {
    /// The house at this origin. `None` where browsers know no passkeys: at a bare network address.
    pub fn at(origin: &'a str) -> Option<Self> {
        let domain = url::Url::parse(origin).ok()?.domain()?.to_owned();
        Some(Self { id: RpId::Domain(AsciiDomain::try_from(domain).ok()?), origin })
    }

    /// Asks for a new passkey: one that is found without a username, and whose device asks for a finger, a face or a PIN.
    pub fn ask_new<'p>(&self, owner: &Owner<'_>, known: impl IntoIterator<Item = &'p Passkey>) -> Option<Asked> {
        let handle = sure(UserHandle::decode(owner.handle));
        let name = Username::try_from(owner.username).or_else(|_| Username::try_from("account")).ok()?;
        let user =
            PublicKeyCredentialUserEntity { name, id: &handle, display_name: Nickname::try_from(owner.name).ok() };
        let known = known.into_iter().filter_map(|passkey| {
            let id = CredentialId::decode(bytes(&passkey.credential)?).ok()?;
            Some(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(0).ok()? })
        });
        let mut asks = PublicKeyCredentialCreationOptions::passkey(&self.id, user, known.collect());
        asks.extensions.cred_protect = CredProtect::None;
        let (state, options) = asks.start_ceremony().ok()?;
        Some(Asked { options: public(&options)?, state: state.encode().ok()? })
    }

    /// A new passkey by this name and what it is found by, if this is what was asked for.
    pub fn made(&self, state: &[u8], sent: &Value, name: String, now: jiff::Timestamp) -> Option<(String, Passkey)> {
        let asked = RegistrationServerState::<HANDLE>::decode(state).ok()?;
        let sent = Registration::from_json_relaxed(&serde_json::to_vec(sent).ok()?).ok()?;
        let ours = [self.origin];
        let rules = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &ours,
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = asked.verify(&self.id, &sent, &rules).ok()?;
        let passkey = Passkey {
            name,
            credential: BASE64URL_NOPAD.encode(made.id().as_ref()),
            handle: BASE64URL_NOPAD.encode(made.user_id().as_ref()),
            key: BASE64URL_NOPAD.encode(&sure(made.static_state().encode())),
            standing: BASE64URL_NOPAD.encode(&sure(made.dynamic_state().encode())),
            created_at: now,
            used_at: None,
        };
        Some((id(made.id().as_ref()), passkey))
    }

    /// Asks whoever is there for a passkey of theirs.
    pub fn ask(&self) -> Option<Asked> {
        let (state, options) = DiscoverableCredentialRequestOptions::passkey(&self.id).start_ceremony().ok()?;
        Some(Asked { options: public(&options)?, state: state.encode().ok()? })
    }

    /// Holds an answer against what was asked and the passkey as it is kept.
    pub fn check(&self, state: &[u8], answered: &Answered, kept: &Passkey) -> Verdict {
        self.verify(state, answered, kept).unwrap_or(Verdict::Wrong)
    }

    fn verify(&self, state: &[u8], answered: &Answered, kept: &Passkey) -> Option<Verdict> {
        let asked = DiscoverableAuthenticationServerState::decode(state).ok()?;
        let (credential, handle) = (bytes(&kept.credential)?, bytes(&kept.handle)?.try_into().ok()?);
        let handle = sure(UserHandle::<HANDLE>::decode(handle));
        let key = StaticState::<PublicKey>::decode(&bytes(&kept.key)?).ok()?;
        let standing = DynamicState::decode(bytes(&kept.standing)?.try_into().ok()?).ok()?;
        let id = CredentialId::<&[u8]>::decode(&credential).ok()?;
        let mut known = AuthenticatedCredential::new(id, &handle, key, standing).ok()?;
        let ours = [self.origin];
        let rules = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &ours,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        Some(match asked.verify(&self.id, &answered.0, &mut known, &rules) {
            Ok(_) => Verdict::Right(BASE64URL_NOPAD.encode(&sure(known.dynamic_state().encode()))),
            Err(AuthCeremonyErr::SignatureCounter) => Verdict::Copied,
            Err(error) => {
                tracing::info!(%error, "a passkey's answer is not right");
                Verdict::Wrong
            }
        })
    }
}

/// As `navigator.credentials` takes it.
fn public(options: &impl serde::Serialize) -> Option<Value> {
    Some(serde_json::json!({"publicKey": serde_json::to_value(options).ok()?}))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

fn sure<T>(result: Result<T, Infallible>) -> T {
    let Ok(value) = result;
    value
}
