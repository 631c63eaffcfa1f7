//! What is said to providers and what is believed of what they say (OpenID Connect Core 1.0, the authorization code flow with PKCE).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::provider::{is_subject, may_ask};
use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGrantType, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::Trouble;
use service::flow::federated::{Begun, Identity, open_secret};
use service::store::Kept;

use crate::asking::{Asking, NoAnswer};

/// Seconds for which a provider's description and keys are used without asking.
const FRESH: i64 = 600;

/// Providers that are kept in mind at the most.
const MOST: usize = 64;

/// How long all that is asked of a provider for one sign-in may take: less than a function's time limit.
const PATIENCE: Duration = Duration::from_secs(9);

/// How far a token's issue may lie from now, in seconds: before, for its way and ours; after, for clocks that differ.
const ISSUED_BEFORE: i64 = 600;
const ISSUED_AFTER: i64 = 120;

/// The longest label that is kept, in characters.
const LONGEST_LABEL: usize = 100;

/// What else a provider says of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Besides {
    /// Whether it says who it is in each answer (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Besides {}

type Metadata = ProviderMetadata<
    Besides,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Ready =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why nobody came of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The provider does not answer, or not as one.
    #[error("the provider does not answer as one: {0}")]
    Away(String),
    /// What it says is not believed, for this reason.
    #[error("the provider is not believed: {0}")]
    Disbelieved(&'static str),
    /// It does not take us for who we are: the client id or the secret is not what it has.
    #[error("the provider does not take our client id and secret")]
    TurnsUsAway,
    /// Something of ours.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// The providers as they describe themselves, kept for minutes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asking: OnceLock<Asking>,
    known: Mutex<HashMap<String, (Timestamp, Arc<Metadata>)>>,
}

/// What came back to us by way of the browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back {
    /// What is exchanged for a token.
    pub(crate) code: Option<String>,
    /// Who says that it is from them (RFC 9207).
    pub(crate) iss: Option<String>,
}

impl Providers {
    /// Where a browser goes to be proven.
    pub(crate) async fn way(&self, app: &App, kept: &Kept, begun: &Begun) -> Result<String, Failure> {
        let metadata = in_time(self.metadata(app, kept)).await?;
        if !may_ask(metadata.authorization_endpoint().url(), app.loopback_providers) {
            return Err(Failure::Away("its page is not one to send people to".to_owned()));
        }
        let client = client(app, kept, &metadata, None)?;
        let (state, nonce) = (CsrfToken::new(begun.state.clone()), Nonce::new(begun.nonce.clone()));
        let verifier = PkceCodeVerifier::new(begun.verifier.clone());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for level in &kept.provider.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(level.clone()));
        }
        Ok(request.url().0.into())
    }

    /// Who somebody is that comes back, by the provider's word.
    pub(crate) async fn prove(&self, app: &App, kept: &Kept, begun: &Begun, back: Back) -> Result<Identity, Failure> {
        in_time(self.proven(app, kept, begun, back)).await
    }

    async fn proven(&self, app: &App, kept: &Kept, begun: &Begun, back: Back) -> Result<Identity, Failure> {
        let metadata = self.metadata(app, kept).await?;
        let must_say = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match back.iss {
            Some(iss) if iss != kept.provider.issuer => return Err(Failure::Disbelieved("another_issuer")),
            None if must_say => return Err(Failure::Disbelieved("no_issuer")),
            _ => {}
        }
        let code = back.code.ok_or(Failure::Disbelieved("no_code"))?;
        let token = self.exchanged(app, kept, &metadata, (code, &begun.verifier)).await?;
        let now = app.clock.now();
        let nonce = Nonce::new(begun.nonce.clone());
        match claims(kept, metadata.jwks().clone(), &token, &nonce, now) {
            Ok(claims) => identity(kept, claims),
            Err(error) if is_unknown_key(&error) => {
                // Keys are changed now and then: once, they are asked for again.
                let keys = self.new_keys(app, kept, &metadata).await?;
                let claims = claims(kept, keys, &token, &nonce, now);
                claims.map_err(|error| disbelieved(&error)).and_then(|claims| identity(kept, claims))
            }
            Err(error) => Err(disbelieved(&error)),
        }
    }

    async fn exchanged(
        &self,
        app: &App,
        kept: &Kept,
        metadata: &Metadata,
        (code, verifier): (String, &str),
    ) -> Result<CoreIdToken, Failure> {
        let secret = open_secret(app, kept).await?;
        let client = client(app, kept, metadata, Some(ClientSecret::new(secret.expose_secret().to_owned())))?;
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(away)?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
        let answer = request.request_async(self.asking(app)?).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(refused) => match refused.error() {
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                    Failure::TurnsUsAway
                }
                _ => Failure::Disbelieved("code_refused"),
            },
            RequestTokenError::Request(error) => away(error),
            RequestTokenError::Parse(_, answer) if has_id_token(&answer) => Failure::Disbelieved("claims"),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Failure::Away("no token".to_owned()),
        })?;
        answer.id_token().cloned().ok_or(Failure::Disbelieved("no_id_token"))
    }

    async fn metadata(&self, app: &App, kept: &Kept) -> Result<Arc<Metadata>, Failure> {
        let (issuer, now) = (&kept.provider.issuer, app.clock.now());
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        if let Some((since, metadata)) = known
            && now.duration_since(since).as_secs().abs() < FRESH
        {
            return Ok(metadata);
        }
        let address = IssuerUrl::new(issuer.clone()).map_err(away)?;
        let metadata = Metadata::discover_async(address, self.asking(app)?).await.map_err(away)?;
        Ok(self.keep(issuer, metadata, now))
    }

    async fn new_keys(&self, app: &App, kept: &Kept, metadata: &Metadata) -> Result<CoreJsonWebKeySet, Failure> {
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), self.asking(app)?).await.map_err(away)?;
        self.keep(&kept.provider.issuer, metadata.clone().set_jwks(keys.clone()), app.clock.now());
        Ok(keys)
    }

    fn keep(&self, issuer: &str, metadata: Metadata, now: Timestamp) -> Arc<Metadata> {
        let metadata = Arc::new(metadata);
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(issuer.to_owned(), (now, Arc::clone(&metadata)));
        metadata
    }

    fn asking(&self, app: &App) -> Result<&Asking, Failure> {
        if let Some(asking) = self.0.asking.get() {
            return Ok(asking);
        }
        let made = Asking::new(app.loopback_providers).map_err(away)?;
        Ok(self.0.asking.get_or_init(|| made))
    }
}

async fn in_time<T>(what: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(PATIENCE, what).await.map_err(|_| away(NoAnswer::Late))?
}

/// The whole chain of causes, for the log.
fn away(error: impl std::error::Error) -> Failure {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    Failure::Away(text)
}

fn client(app: &App, kept: &Kept, metadata: &Metadata, secret: Option<ClientSecret>) -> Result<Ready, Failure> {
    let methods = metadata.token_endpoint_auth_methods_supported();
    // What says nothing of it takes the header (OpenID Connect Discovery 1.0, section 3).
    let header = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let back = RedirectUrl::new(format!("{}/sign-in/callback", app.origin)).map_err(away)?;
    let id = ClientId::new(kept.provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata.clone(), id, secret).set_redirect_uri(back);
    Ok(client.set_auth_type(if header { AuthType::BasicAuth } else { AuthType::RequestBody }))
}

/// Whether an answer that can't be read has an ID token, of which something is missing then, or is of another type.
fn has_id_token(answer: &[u8]) -> bool {
    let answer: Option<serde_json::Value> = serde_json::from_slice(answer).ok();
    answer.is_some_and(|answer| answer["id_token"].is_string())
}

/// What a token says, if it is this provider's, for us, for this sign-in, and of now. Keys are public ones only: no token is signed
/// with what both know.
fn claims<'t>(
    kept: &Kept,
    keys: CoreJsonWebKeySet,
    token: &'t CoreIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
    let issuer = IssuerUrl::new(kept.provider.issuer.clone());
    let issuer = issuer.map_err(|error| ClaimsVerificationError::InvalidIssuer(error.to_string()))?;
    let is_recent = move |at: DateTime<Utc>| {
        let age = now.as_second() - at.timestamp();
        if (-ISSUED_AFTER..=ISSUED_BEFORE).contains(&age) { Ok(()) } else { Err("issued at another time".to_owned()) }
    };
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new(kept.provider.client_id.clone()), issuer, keys)
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        ])
        .set_time_fn(move || DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default())
        .set_issue_time_verifier_fn(is_recent);
    token.claims(&verifier, nonce)
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

fn disbelieved(error: &ClaimsVerificationError) -> Failure {
    Failure::Disbelieved(match error {
        ClaimsVerificationError::Expired(_) => "expired",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "claims",
    })
}

/// The address in it is for people to know it by, and opens nothing (FE-5).
fn identity(kept: &Kept, claims: &CoreIdTokenClaims) -> Result<Identity, Failure> {
    // The crate leaves this one to its users (OpenID Connect Core 1.0, 3.1.3.7): a token for several says for which of them it is.
    let party = claims.authorized_party().map(|party| party.as_str());
    if party.map_or(claims.audiences().len() > 1, |party| party != kept.provider.client_id) {
        return Err(Failure::Disbelieved("party"));
    }
    let subject = claims.subject().as_str();
    if !is_subject(subject) {
        return Err(Failure::Disbelieved("subject"));
    }
    let email = claims.email().map(|email| email.as_str());
    let label = email.or(claims.preferred_username().map(|name| name.as_str())).unwrap_or(subject);
    let ways = claims.auth_method_refs().into_iter().flatten().map(|way| way.as_str().to_owned());
    Ok(Identity {
        issuer: kept.provider.issuer.clone(),
        subject: subject.to_owned(),
        label: label.chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect(),
        amr: ways.collect(),
        acr: claims.auth_context_ref().map(|level| level.as_str().to_owned()),
    })
}
