//! The routes of staff, administrators and programs.

use super::Kind::{Day, Email, Flag, Moment, Number, One, Page, Secret, Text, Texts, Word};
use super::Who::Staff;
use super::schemas::{INSTANCE, KINDS, OCCASIONS};
use super::{Field, Kind, Operation, clears, field, gives, may, must, operation, says};

const NONE: (&[Field], &[Field]) = (&[], &[]);

const LISTED: [Field; 4] = [
    field("q", Text).about("What a name, username, e-mail address or company begins with."),
    field("filter", Text).about("field:value, several with commas between them."),
    field("cursor", Text).about("next_cursor of the page before."),
    field("limit", Number),
];

const FORMAT: Field =
    field("format", Word(&["", "csv", "jsonl"])).about("Seen from how the file begins, if nothing says it.");

const SOURCE: Field =
    field("source", Word(&SOURCES)).about("The system whose columns it has; ours, if nothing says it.");

/// The words of `domain::source`; a test holds them against it.
const SOURCES: [&str; 8] =
    ["vestibule", "imis", "ministryplatform", "indysoft", "lytho", "cognito", "keycloak", "auth0"];

/// What a list that is read whole is asked for.
pub(super) const SOUGHT: [Field; 4] = [
    field("q", Text).about("What stands in one of its texts."),
    field("filter", Text).about("field:value of what is listed, several with commas between them."),
    LISTED[2],
    LISTED[3],
];

const CONTACT: [Field; 13] = [
    may("first_name", Text),
    may("last_name", Text),
    clears("nickname", Text),
    clears("email", Email),
    clears("address_email", Email),
    clears("phone", Text),
    clears("company", Text),
    clears("group", Text),
    clears("locale", Text),
    field("create_account", Flag),
    may("disabled", Flag),
    may("name", Text)
        .about("In place of first_name and last_name: its last word, or what stands before a comma, is the last name."),
    may("emails", Texts).about("In place of email and address_email."),
];

const PERSON: [Field; 16] = [
    CONTACT[0],
    CONTACT[1],
    CONTACT[2],
    CONTACT[3],
    CONTACT[4],
    CONTACT[5],
    CONTACT[6],
    CONTACT[7],
    CONTACT[8],
    may("kind", Word(&KINDS)),
    may("username", Text),
    field("permissions", Texts),
    field("profiles", Texts),
    field("company_exceptions", Texts),
    CONTACT[11],
    CONTACT[12],
];

const NEW: [Field; 18] = [
    PERSON[0],
    PERSON[1],
    PERSON[2],
    PERSON[3],
    PERSON[4],
    PERSON[5],
    PERSON[6],
    PERSON[7],
    PERSON[8],
    PERSON[9],
    PERSON[10],
    PERSON[11],
    PERSON[12],
    PERSON[13],
    PERSON[14],
    PERSON[15],
    CONTACT[9],
    field("disabled", Flag),
];

const USER: [Field; 18] = [
    PERSON[0],
    PERSON[1],
    PERSON[2],
    PERSON[3],
    PERSON[4],
    PERSON[5],
    PERSON[6],
    PERSON[7],
    PERSON[8],
    PERSON[9],
    may("permissions", Texts),
    may("profiles", Texts),
    may("company_exceptions", Texts),
    CONTACT[11],
    CONTACT[12],
    clears("default_location", Text).about("The location that their mail to others is sent from."),
    clears("contact", Text).about("The contact that the account belongs to."),
    may("disabled", Flag),
];

const PASSWORD: [Field; 4] = [
    must("password", Secret),
    must("password_again", Secret),
    field("resend", Flag),
    field("unlink", Flag).about("No account elsewhere opens theirs any more."),
];

const LAYOUT: [Field; 4] =
    [may("occasion", Word(&OCCASIONS)), may("subject", Text), may("html", Text), may("text", Text)];

const LOCATION: [Field; 2] = [must("name", Text), must("email", Email)];

const RUN: &[super::Answer] = &[gives(200, "The run.", One("Run")), says(409, "`not_now`.")];

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
        ("GET", "/admin/resends"),
        "Lists bulk runs",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "A page, the last first.", Page("Run"))],
    ),
    operation(
        ("POST", "/admin/resends"),
        "Plans a bulk run; nobody is written to",
        Staff,
        (
            &[],
            &[
                may("target", Word(&["users", "contacts"])),
                may("ids", Texts),
                may("filter", Text).about("As in the list; empty for everybody."),
                may("q", Text).about("Beside a filter, as in the list."),
                may("list", Kind::Lines)
                    .about("Ids, usernames or addresses: a list, or text with a line each; up to 100,000."),
            ],
        ),
        &[gives(201, "The plan.", One("Plan")), says(403, "`not_allowed`: users, and not an administrator.")],
    ),
    operation(("GET", "/admin/resends/{id}"), "A bulk run", Staff, NONE, &[gives(200, "How far it is.", One("Run"))]),
    operation(("POST", "/admin/resends/{id}/start"), "Begins a planned run", Staff, NONE, RUN),
    operation(("POST", "/admin/resends/{id}/pause"), "Halts a run", Staff, NONE, RUN),
    operation(("POST", "/admin/resends/{id}/resume"), "Has a run go on", Staff, NONE, RUN),
    operation(("POST", "/admin/resends/{id}/cancel"), "Gives a run up", Staff, NONE, RUN),
    operation(
        ("GET", "/admin/resends/{id}/recipients"),
        "A row for everybody in a run",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "A page.", Page("Recipient"))],
    ),
    operation(
        ("GET", "/admin/resends/{id}/recipients.csv"),
        "The same as a file of up to 5,000 rows",
        Staff,
        (&[field("cursor", Text)], &[]),
        &[says(200, "text/csv; where the next one begins stands in Link.")],
    ),
    operation(("GET", "/admin/imports"), "Lists imports", Staff, NONE, &[gives(200, "The last ones.", Page("Import"))]),
    operation(
        ("POST", "/admin/imports"),
        "Rehearses a file of people; nobody is stored. It may also be sent as it is, as text/csv or application/x-ndjson, or as \
         the field `file` of multipart/form-data (up to 4 MiB)",
        Staff,
        (&[SOURCE], &[FORMAT, SOURCE, field("text", Text).about("Up to 20,000 rows and 5 MiB.")]),
        &[gives(201, "What would happen.", One("Import"))],
    ),
    operation(
        ("POST", "/admin/exports"),
        "Takes everything out, closed with a passphrase; for administrators in person, who show their password and code again",
        Staff,
        (
            &[],
            &[
                must("passphrase", Secret).about("At least 16 characters; hard to guess."),
                may("passphrase_again", Secret).about("The same; as a form asks for it."),
                must("password", Secret).about("Of whoever is signed in."),
                may("code", Secret).about("Where they have an authenticator."),
                may("recovery_code", Secret).about("In place of the code."),
            ],
        ),
        &[
            says(200, "application/x-ndjson: the first part. Where the next one is stands in Link; the last has none."),
            says(401, "`wrong_password`, `wrong_code`."),
        ],
    ),
    operation(
        ("GET", "/admin/exports/part"),
        "The next part of an export, for half an hour",
        Staff,
        (&[field("cursor", Text).about("As Link has it.")], &[]),
        &[says(200, "application/x-ndjson, as the first."), says(410, "`export_over`.")],
    ),
    operation(
        ("GET", "/admin/imports/{id}"),
        "An import, and its rows",
        Staff,
        (&[field("cursor", Text)], &[]),
        &[gives(200, "How far it is, and a page of its rows.", One("Import"))],
    ),
    operation(
        ("POST", "/admin/imports/{id}/run"),
        "Has what was rehearsed happen",
        Staff,
        NONE,
        &[gives(202, "It runs, or has run.", One("Import"))],
    ),
    operation(
        ("GET", "/admin/imports/{id}/rows.csv"),
        "What became of its rows, as a file of up to 5,000",
        Staff,
        (&[field("cursor", Text)], &[]),
        &[says(200, "text/csv; where the next one begins stands in Link.")],
    ),
    operation(
        ("GET", "/admin/audit"),
        "What happened",
        Staff,
        (&LISTED, &[]),
        &[gives(200, "A page, the last first.", Page("AuditEntry"))],
    ),
    operation(
        ("GET", "/admin/audit.csv"),
        "What happened, as a file of up to 5,000 rows",
        Staff,
        (&LISTED, &[]),
        &[says(200, "text/csv; where the next one begins stands in Link.")],
    ),
    operation(
        ("GET", "/admin/audit/verify"),
        "Whether what happened was altered",
        Staff,
        (&[field("from", Number).about("A block of the chain.")], &[]),
        &[gives(200, "The first altered entry, if there is one.", One("Chain"))],
    ),
    operation(
        ("GET", "/admin/instances"),
        "Lists sign-in instances",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("Instance"))],
    ),
    operation(
        ("POST", "/admin/instances"),
        "Makes a sign-in instance",
        Staff,
        (&[], &INSTANCE),
        &[gives(201, "Made.", One("Instance")), says(409, "`name_taken`.")],
    ),
    operation(
        ("GET", "/admin/instances/{id}"),
        "A sign-in instance",
        Staff,
        NONE,
        &[gives(200, "The instance.", One("Instance"))],
    ),
    operation(
        ("PUT", "/admin/instances/{id}"),
        "Writes a sign-in instance; what is left out is as in a new one",
        Staff,
        (&[], &INSTANCE),
        &[gives(200, "Written.", One("Instance"))],
    ),
    operation(("DELETE", "/admin/instances/{id}"), "Removes a sign-in instance", Staff, NONE, &[says(204, "Removed.")]),
    operation(
        ("GET", "/admin/layouts"),
        "Lists the layouts of mail",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("LayoutLine"))],
    ),
    operation(
        ("POST", "/admin/layouts/import"),
        "Imports the default layouts",
        Staff,
        (&[], &[field("overwrite", Flag).about("Edited ones as well.")]),
        &[gives(200, "Imported.", Kind::Object), says(409, "`environment_name_missing`.")],
    ),
    operation(
        ("GET", "/admin/layouts/{name}"),
        "A layout",
        Staff,
        NONE,
        &[gives(200, "The layout, its version as ETag.", One("Layout"))],
    ),
    operation(
        ("PUT", "/admin/layouts/{name}"),
        "Writes a layout; If-Match holds off older sights of it",
        Staff,
        (&[], &LAYOUT),
        &[gives(200, "Written.", One("Layout")), says(412, "`stale`."), says(422, "`merge_item_missing`, `rejected`.")],
    ),
    operation(
        ("POST", "/admin/layouts/{name}/preview"),
        "A layout as its reader would see it; nothing is saved",
        Staff,
        (&[], &LAYOUT),
        &[gives(200, "The mail, and where its links lead.", One("Preview"))],
    ),
    operation(
        ("POST", "/admin/layouts/{name}/test"),
        "The same, mailed to whoever asks",
        Staff,
        (&[], &LAYOUT),
        &[gives(202, "It is on its way.", One("Mailed"))],
    ),
    operation(
        ("GET", "/admin/layouts/{name}/versions"),
        "The versions of a layout",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "The last first.", Kind::Object)],
    ),
    operation(
        ("POST", "/admin/layouts/{name}/versions/{version}/restore"),
        "Puts a version of a layout in force again",
        Staff,
        NONE,
        &[gives(200, "In force, as a new version.", One("Layout")), says(412, "`stale`.")],
    ),
    operation(
        ("GET", "/admin/locations"),
        "Lists locations",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "All of them.", Page("Location"))],
    ),
    operation(
        ("POST", "/admin/locations"),
        "Makes a location",
        Staff,
        (&[], &LOCATION),
        &[gives(201, "Made.", One("Location"))],
    ),
    operation(
        ("GET", "/admin/locations/{id}"),
        "A location",
        Staff,
        NONE,
        &[gives(200, "The location.", One("Location"))],
    ),
    operation(
        ("PUT", "/admin/locations/{id}"),
        "Writes a location",
        Staff,
        (&[], &LOCATION),
        &[gives(200, "Written.", One("Location"))],
    ),
    operation(("DELETE", "/admin/locations/{id}"), "Removes a location", Staff, NONE, &[says(204, "Removed.")]),
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
    operation(
        ("GET", "/admin/settings"),
        "The settings",
        Staff,
        NONE,
        &[gives(200, "All of them, their version as ETag.", One("Settings"))],
    ),
    operation(
        ("PUT", "/admin/settings"),
        "Changes some of the settings; with If-Match only if they are still those that were seen",
        Staff,
        (&[], &[]),
        &[gives(200, "Changed.", One("Settings")), says(412, "`stale`.")],
    ),
    operation(
        ("GET", "/admin/settings/versions"),
        "The versions of the settings: who, when and what",
        Staff,
        (&SOUGHT, &[]),
        &[gives(200, "The last first.", Kind::Object)],
    ),
    operation(
        ("POST", "/admin/settings/versions/{version}/restore"),
        "Puts a version of the settings in force again",
        Staff,
        NONE,
        &[gives(200, "In force, as a new version.", One("Settings")), says(412, "`stale`.")],
    ),
    operation(
        ("GET", "/admin/settings/password-forecast"),
        "What turning password expiry on would bring",
        Staff,
        (&[field("expiry_days", Number)], &[]),
        &[gives(200, "The share of each day.", One("Forecast"))],
    ),
];

#[cfg(test)]
mod tests {
    use domain::source::Source;

    /// IO-1
    #[test]
    fn every_system_has_its_word() {
        assert_eq!(super::SOURCES, Source::ALL.map(Source::as_str));
    }
}
