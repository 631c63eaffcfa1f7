//! The routes of staff and programs: people, one by one.

use super::Kind::{Day, Email, Flag, Moment, Number, One, Page, Secret, Text, Texts, Word};
use super::Who::Staff;
use super::schemas::KINDS;
use super::{Field, Kind, LISTED, NONE, Operation, SOUGHT, clears, field, gives, may, must, operation, says};

const FIRST_NAME: Field = may("first_name", Text);
const LAST_NAME: Field = may("last_name", Text);
const NICKNAME: Field = clears("nickname", Text);
const EMAIL: Field = clears("email", Email);
const ADDRESS_EMAIL: Field = clears("address_email", Email);
const PHONE: Field = clears("phone", Text);
const COMPANY: Field = clears("company", Text);
const GROUP: Field = clears("group", Text);
const LOCALE: Field = clears("locale", Text);
const CREATE_ACCOUNT: Field = may("create_account", Flag);
const NAME: Field = may("name", Text)
    .about("In place of first_name and last_name: its last word, or what stands before a comma, is the last name.");
const EMAILS: Field = may("emails", Texts).about("In place of email and address_email.");
const KIND: Field = may("kind", Word(&KINDS));
const USERNAME: Field = may("username", Text);

const CONTACT: [Field; 13] = [
    FIRST_NAME,
    LAST_NAME,
    NICKNAME,
    EMAIL,
    ADDRESS_EMAIL,
    PHONE,
    COMPANY,
    GROUP,
    LOCALE,
    CREATE_ACCOUNT,
    may("disabled", Flag),
    NAME,
    EMAILS,
];

const NEW: [Field; 18] = [
    FIRST_NAME,
    LAST_NAME,
    NICKNAME,
    EMAIL,
    ADDRESS_EMAIL,
    PHONE,
    COMPANY,
    GROUP,
    LOCALE,
    KIND,
    USERNAME,
    field("permissions", Texts),
    field("profiles", Texts),
    field("company_exceptions", Texts),
    NAME,
    EMAILS,
    CREATE_ACCOUNT,
    may("disabled", Flag),
];

const USER: [Field; 18] = [
    FIRST_NAME,
    LAST_NAME,
    NICKNAME,
    EMAIL,
    ADDRESS_EMAIL,
    PHONE,
    COMPANY,
    GROUP,
    LOCALE,
    KIND,
    may("permissions", Texts),
    may("profiles", Texts),
    may("company_exceptions", Texts),
    NAME,
    EMAILS,
    clears("default_location", Text).about("The location that their mail to others is sent from."),
    clears("contact", Text).about("The contact that the account belongs to."),
    may("disabled", Flag),
];

const PASSWORD: [Field; 4] = [
    must("password", Secret),
    must("password_again", Secret),
    may("resend", Flag),
    may("unlink", Flag).about("No account elsewhere opens theirs any more."),
];

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
    operation(("GET", "/admin"), "Where staff begin", Staff, NONE, &[gives(200, "The ways.", Kind::Object)]),
    operation(("GET", "/admin/users"), "Lists users", Staff, (&LISTED, &[]), &[gives(200, "A page.", Page("User"))]),
    operation(
        ("POST", "/admin/users"),
        "Makes a user, who gets a temporary password by mail",
        Staff,
        (&[], &NEW),
        &[gives(201, "Made.", One("User")), says(409, "`username_taken`.")],
    ),
    operation(("GET", "/admin/users/{id}"), "A user", Staff, NONE, &[gives(200, "The user.", One("User"))]),
    operation(
        ("PATCH", "/admin/users/{id}"),
        "Changes a user; what is not given stays, null takes away",
        Staff,
        (&[], &USER),
        &[gives(200, "Changed.", One("User"))],
    ),
    operation(
        ("DELETE", "/admin/users/{id}"),
        "Erases a user, and their contact with them: on request, and for good",
        Staff,
        NONE,
        &[says(204, "They are gone.")],
    ),
    operation(
        ("GET", "/admin/users/{id}/data"),
        "All that is kept about a user; no hash and no secret",
        Staff,
        NONE,
        &[gives(200, "A file for them.", One("PersonData"))],
    ),
    operation(
        ("GET", "/admin/users/{id}/sessions"),
        "Where a user is signed in",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "The sessions.", Page("OpenSession"))],
    ),
    operation(
        ("DELETE", "/admin/users/{id}/sessions"),
        "Ends every session of a user",
        Staff,
        NONE,
        &[says(204, "They are over.")],
    ),
    operation(
        ("POST", "/admin/users/{id}/reset-password"),
        "Sets a password that has to be changed at the next sign-in",
        Staff,
        (&[], &PASSWORD),
        &[gives(200, "Set.", One("PasswordSet")), says(409, "`disabled`.")],
    ),
    operation(
        ("POST", "/admin/users/{id}/resend"),
        "Mails a user their way in",
        Staff,
        NONE,
        &[gives(202, "It is on its way.", One("Mailed")), says(409, "`no_email`, `disabled`.")],
    ),
    operation(
        ("POST", "/admin/users/{id}/security-code/reset"),
        "Takes a user's second factor away",
        Staff,
        NONE,
        &[says(204, "The next sign-in sets up another.")],
    ),
    operation(
        ("POST", "/admin/users/{id}/pin"),
        "Makes a PIN in place of the one there is",
        Staff,
        (&[], &[may("ends_at", Moment), may("ends_on", Day).about("The last day, in UTC."), may("uses", Number)]),
        &[gives(201, "Shown once.", One("Pin"))],
    ),
    operation(
        ("DELETE", "/admin/users/{id}/pin"),
        "Withdraws a PIN",
        Staff,
        (&[field("disable", Flag).about("Those who came by it are switched off.")], &[field("disable", Flag)]),
        &[says(204, "Withdrawn."), says(409, "`no_pin`.")],
    ),
    operation(
        ("POST", "/admin/users/{id}/pin/mail"),
        "Mails a PIN to its holder, or elsewhere",
        Staff,
        (&[], &[may("to", Email)]),
        &[gives(202, "It is on its way.", One("Mailed")), says(409, "`no_pin`, `no_email`.")],
    ),
    operation(
        ("GET", "/admin/users/{id}/sponsored"),
        "Who came by a user's PINs, as a tree",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "The tree.", Page("Branch"))],
    ),
    operation(
        ("GET", "/admin/contacts"),
        "Lists contacts; staff see those of their own group",
        Staff,
        (&LISTED, &[]),
        &[gives(200, "A page.", Page("Contact"))],
    ),
    operation(
        ("POST", "/admin/contacts"),
        "Makes a contact, with an account if that is wished",
        Staff,
        (&[], &NEW),
        &[gives(201, "Made; with create_account, `user` is their account.", One("Contact"))],
    ),
    operation(("GET", "/admin/contacts/{id}"), "A contact", Staff, NONE, &[gives(200, "The contact.", One("Contact"))]),
    operation(
        ("PATCH", "/admin/contacts/{id}"),
        "Changes a contact; what is not given stays, null takes away",
        Staff,
        (&[], &CONTACT),
        &[gives(200, "Changed.", One("Contact")), says(409, "`no_account`, `no_email`, `disabled`.")],
    ),
    operation(
        ("DELETE", "/admin/contacts/{id}"),
        "Erases a contact, and their account with them: on request, and for good",
        Staff,
        NONE,
        &[says(204, "They are gone.")],
    ),
    operation(
        ("GET", "/admin/contacts/{id}/data"),
        "All that is kept about a contact; no hash and no secret",
        Staff,
        NONE,
        &[gives(200, "A file for them.", One("PersonData"))],
    ),
    operation(
        ("POST", "/admin/contacts/{id}/reset-password"),
        "Sets the password of a contact's account",
        Staff,
        (&[], &PASSWORD),
        &[gives(200, "Set.", One("PasswordSet")), says(409, "`no_account`, `disabled`.")],
    ),
    operation(
        ("POST", "/admin/contacts/{id}/resend"),
        "Mails a contact their way in; who has no account gets one",
        Staff,
        NONE,
        &[gives(202, "It is on its way.", One("Mailed")), says(409, "`no_email`, `no_account`, `disabled`.")],
    ),
    operation(
        ("GET", "/admin/explain"),
        "Why can't they get in?",
        Staff,
        (&[must("who", Text).about("A username or an e-mail address.")], &[]),
        &[gives(200, "What the next sign-in would do, and what would help.", One("Explanation"))],
    ),
    operation(
        ("GET", "/admin/stuck"),
        "Who could get in and can't",
        Staff,
        (&[field("filter", Text).about("One of the reasons."), field("limit", Number)], &[]),
        &[gives(200, "Each reason.", Page("Stuck"))],
    ),
    operation(
        ("GET", "/admin/mail"),
        "What mail went to an address",
        Staff,
        (&[must("to", Email), field("cursor", Text), field("limit", Number)], &[]),
        &[gives(200, "A page, the last first.", Page("Mail"))],
    ),
    operation(
        ("GET", "/admin/users/{id}/links"),
        "Accounts elsewhere that open a user's",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("IdentityLink"))],
    ),
    operation(
        ("POST", "/admin/users/{id}/links"),
        "Links whom a provider calls so to a user",
        Staff,
        (&[], &[must("provider", Text), must("subject", Text)]),
        &[gives(201, "Linked.", One("IdentityLink")), says(409, "`already_linked`.")],
    ),
    operation(
        ("DELETE", "/admin/users/{id}/links/{link}"),
        "Takes such a link away",
        Staff,
        NONE,
        &[says(204, "Gone.")],
    ),
];
