//! The routes of staff and programs: many people at once, and what happened.

use super::Kind::{Number, One, Page, Secret, Text, Texts, Word};
use super::Who::Staff;
use super::{Answer, Field, Kind, LISTED, NONE, Operation, SOUGHT, field, gives, may, must, operation, says};

const FORMAT: Field =
    field("format", Word(&["", "csv", "jsonl"])).about("Seen from how the file begins, if nothing says it.");

const SOURCE: Field =
    field("source", Word(&SOURCES)).about("The system whose columns it has; ours, if nothing says it.");

/// The words of `domain::source`; a test holds them against it.
const SOURCES: [&str; 8] =
    ["vestibule", "imis", "ministryplatform", "indysoft", "lytho", "cognito", "keycloak", "auth0"];

const RUN: &[Answer] = &[gives(200, "The run.", One("Run")), says(409, "`not_now`.")];

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
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
            says(403, "`sign_in_again`: a passkey is their second factor, and was shown more than ten minutes ago."),
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
