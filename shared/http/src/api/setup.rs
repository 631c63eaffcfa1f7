//! The routes of administrators: how the house is set up.

use super::Kind::{Email, Flag, Number, One, Page, Text, Word};
use super::Who::Staff;
use super::staff_schemas::{INSTANCE, OCCASIONS};
use super::{Field, Kind, NONE, Operation, SOUGHT, field, gives, may, must, operation, says};

const LAYOUT: [Field; 4] =
    [may("occasion", Word(&OCCASIONS)), may("subject", Text), may("html", Text), may("text", Text)];

const LOCATION: [Field; 3] =
    [may("id", Text).about("As it is shown; it stays."), must("name", Text), must("email", Email)];

/// Every operation.
pub(super) const OPERATIONS: &[Operation] = &[
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
