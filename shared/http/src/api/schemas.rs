//! What the answers hold that everybody gets.

use super::Kind::{Email, Flag, Many, Moment, Number, Object, One, Text, Texts, Word};
use super::{Field, clears, field, must};

/// Kinds of account.
pub(super) const KINDS: [&str; 4] = ["contact", "staff", "administrator", "api"];

/// Every schema of theirs: name and fields.
pub(super) const SCHEMAS: &[(&str, &[Field])] = &[
    (
        "Problem",
        &[
            must("status", Number),
            must("title", Text),
            must("detail", Text).about("What it means and what to do next."),
            must("code", Text).about("What programs go by."),
            field("errors", Object).about("Reasons by field."),
            field("clock_offset_seconds", Number),
        ],
    ),
    (
        "Next",
        &[
            must("next", Word(&["signed_in", "security_code", "change_password", "sign_in"])),
            field("reason", Word(&["temporary", "expired", "required"])),
            field("return_to", Text),
            field("recovery_codes", Texts).about("With the first code of a new factor, shown once."),
        ],
    ),
    ("Enrolment", &[must("otpauth_uri", Text), must("secret", Text), must("qr_svg", Text)]),
    (
        "OwnSession",
        &[
            must("id", Text),
            must("device", Text).about("In words."),
            must("place", Text).about("In words."),
            must("started_at", Moment),
            must("last_used", Moment),
            must("expires_at", Moment),
            must("remembered", Flag),
            must("current", Flag).about("Whether it is this one."),
        ],
    ),
    ("RecoveryCodes", &[must("codes", Texts)]),
    ("Passkeys", &[must("items", Many("Passkey"))]),
    (
        "Passkey",
        &[
            must("id", Text),
            must("name", Text),
            must("created_at", Moment),
            clears("last_used_at", Moment).about("`null` until it is used."),
        ],
    ),
    (
        "Session",
        &[
            must("user", One("SessionUser")),
            must("expires_at", Moment),
            must("remembered", Flag),
            must("alerts", Many("Alert")),
        ],
    ),
    (
        "SessionUser",
        &[
            must("id", Text),
            must("username", Text),
            must("name", Text),
            must("kind", Word(&KINDS)),
            must("permissions", Texts),
            must("profiles", Texts),
            must("company_exceptions", Texts),
        ],
    ),
    ("Alert", &[must("code", Word(&["password_expires_soon"])), must("at", Moment)]),
    ("Token", &[must("access_token", Text), must("token_type", Word(&["Bearer"])), must("expires_in", Number)]),
    (
        "Account",
        &[
            must("id", Text),
            must("username", Text),
            must("name", Text),
            must("kind", Word(&KINDS)),
            clears("email", Email),
        ],
    ),
];
