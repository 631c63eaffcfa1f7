//! Other doors: providers that people come by, and applications that people go to.

use super::Kind::{Number, One, Page, Secret, Text, Word};
use super::Who::{Anybody, Credentials, Staff};
use super::staff_schemas::{CLIENT, PROVIDER};
use super::{Field, Kind, NONE, Operation, SOUGHT, field, gives, must, operation, says};

/// What an application asks (OpenID Connect Core 1.0, 3.1.2.1).
const ASKED: [Field; 10] = [
    must("client_id", Text),
    must("redirect_uri", Text).about("One of the application's, exactly."),
    must("response_type", Word(&["code"])),
    must("scope", Text).about("`openid`, and of `profile`, `email`, `access` what it wants to be told."),
    must("code_challenge", Text).about("RFC 7636."),
    must("code_challenge_method", Word(&["S256"])),
    field("state", Text),
    field("nonce", Text),
    field("prompt", Text).about("`none`, or some of `login`, `select_account`, `consent`."),
    field("max_age", Number).about("Seconds since the sign-in, at the most."),
];

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
    operation(
        ("GET", "/admin/providers"),
        "Lists providers of sign-in",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("Provider"))],
    ),
    operation(
        ("POST", "/admin/providers"),
        "Makes a provider of sign-in",
        Staff,
        (&[], &PROVIDER),
        &[gives(201, "Made.", One("Provider")), says(409, "`name_taken`.")],
    ),
    operation(
        ("GET", "/admin/providers/{id}"),
        "A provider of sign-in",
        Staff,
        NONE,
        &[gives(200, "The provider, its version as ETag.", One("Provider"))],
    ),
    operation(
        ("PUT", "/admin/providers/{id}"),
        "Writes a provider; without a secret the one before stays",
        Staff,
        (&[], &PROVIDER),
        &[gives(200, "Written.", One("Provider")), says(412, "`stale`.")],
    ),
    operation(
        ("DELETE", "/admin/providers/{id}"),
        "Removes a provider",
        Staff,
        NONE,
        &[says(204, "Removed."), says(412, "`stale`.")],
    ),
    operation(
        ("GET", "/admin/clients"),
        "Lists applications that people sign in to through this site",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("Client"))],
    ),
    operation(
        ("POST", "/admin/clients"),
        "Makes an application",
        Staff,
        (&[], &CLIENT),
        &[gives(201, "Made, with its secret.", One("Client")), says(409, "`name_taken`.")],
    ),
    operation(
        ("GET", "/admin/clients/{id}"),
        "An application",
        Staff,
        NONE,
        &[gives(200, "The application, its version as ETag.", One("Client"))],
    ),
    operation(
        ("PUT", "/admin/clients/{id}"),
        "Writes an application; its secret stays",
        Staff,
        (&[], &CLIENT),
        &[gives(200, "Written.", One("Client")), says(412, "`stale`.")],
    ),
    operation(
        ("POST", "/admin/clients/{id}/secret"),
        "Makes another secret; the one before opens nothing any more",
        Staff,
        NONE,
        &[gives(200, "The application, with its secret.", One("Client")), says(409, "`public_client`.")],
    ),
    operation(
        ("DELETE", "/admin/clients/{id}"),
        "Removes an application",
        Staff,
        NONE,
        &[says(204, "Removed."), says(412, "`stale`.")],
    ),
    operation(
        ("GET", "/.well-known/openid-configuration"),
        "What applications have to know (OpenID Connect Discovery 1.0)",
        Anybody,
        NONE,
        &[gives(200, "Where everything is.", Kind::Object)],
    ),
    operation(
        ("GET", "/openid/keys"),
        "The keys that ID tokens are signed with (RFC 7517)",
        Anybody,
        NONE,
        &[gives(200, "All of them.", Kind::Object)],
    ),
    operation(
        ("GET", "/openid/authorize"),
        "An application sends somebody here to sign in",
        Anybody,
        (&ASKED, &[]),
        &[
            says(200, "A page that goes on, or that asks for another sign-in."),
            says(303, "To the sign-in page, or back to the application with a code or an error."),
            says(400, "`unknown_application`."),
        ],
    ),
    operation(
        ("POST", "/openid/authorize"),
        "The same by a form",
        Anybody,
        (&[], &ASKED),
        &[says(303, "To the same by GET.")],
    ),
    operation(
        ("POST", "/openid/token"),
        "An application exchanges its code",
        Credentials,
        (
            &[],
            &[
                must("grant_type", Word(&["authorization_code"])),
                must("code", Text),
                must("redirect_uri", Text),
                must("code_verifier", Text),
                field("client_id", Text).about("Here or in the Authorization header."),
                field("client_secret", Secret),
            ],
        ),
        &[
            gives(200, "Who has signed in.", One("Tokens")),
            says(400, "`error` as in RFC 6749, 5.2."),
            says(401, "`invalid_client`."),
        ],
    ),
    operation(
        ("GET", "/openid/userinfo"),
        "Who somebody is, for an application with an access token",
        Anybody,
        NONE,
        &[gives(200, "Claims.", Kind::Object), says(401, "`invalid_token`.")],
    ),
    operation(
        ("POST", "/openid/userinfo"),
        "The same",
        Anybody,
        NONE,
        &[gives(200, "Claims.", Kind::Object), says(401, "`invalid_token`.")],
    ),
];
