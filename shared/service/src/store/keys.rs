//! Every key in every table. Nowhere else is one put together.

use aws::dynamodb::Attribute;
use data_encoding::BASE64URL_NOPAD;
use domain::bearer::BearerSecret;
use domain::id::{ContactId, LocationId, MailId, RunId, UserId};
use jiff::civil::Date;
use serde_dynamo::AttributeValue;
use sha2::{Digest, Sha256};

/// A whole primary key.
pub(crate) type Key = Vec<(String, AttributeValue)>;

fn pair(pk: String, sk: &str) -> Key {
    vec![("pk".to_owned(), AttributeValue::S(pk)), ("sk".to_owned(), AttributeValue::S(sk.to_owned()))]
}

/// A key as it was read; of a table with one key only, the second is empty.
pub(crate) fn pair_of(key: &(String, String)) -> Key {
    if key.1.is_empty() { single(key.0.clone()) } else { pair(key.0.clone(), &key.1) }
}

fn single(pk: String) -> Key {
    vec![("pk".to_owned(), AttributeValue::S(pk))]
}

/// Whether the database knows such a key: it calls an empty part a fault, and one over 1,024 bytes. What somebody typed may be
/// either, and is the name of nothing then.
pub(crate) fn can_be(key: &Key) -> bool {
    let length = |value: &AttributeValue| value.as_s().map_or(0, String::len);
    key.iter().all(|(_, value)| (1..=1_024).contains(&length(value)))
}

/// directory: the user.
pub(crate) fn user(id: &UserId) -> Key {
    pair(format!("USER#{id}"), "USER")
}

/// The id in a user's key.
pub(crate) fn user_id(pk: &str) -> Option<UserId> {
    UserId::parse(pk.strip_prefix("USER#")?)
}

/// names: the login; its being there is the claim on the name.
pub(crate) fn login(name: &str) -> Key {
    pair(format!("NAME#{name}"), "LOGIN")
}

/// directory: the contact.
pub(crate) fn contact(id: &ContactId) -> Key {
    pair(format!("CONTACT#{id}"), "CONTACT")
}

/// names: all who have an address.
pub(crate) fn address(email: &str) -> String {
    format!("EMAIL#{email}")
}

/// The address in such a key.
pub(crate) fn address_in(pk: &str) -> Option<&str> {
    pk.strip_prefix("EMAIL#")
}

/// names: one who has an address.
pub(crate) fn address_of_user(email: &str, id: &UserId) -> Key {
    pair(address(email), &format!("USER#{id}"))
}

/// names: one who has an address.
pub(crate) fn address_of_contact(email: &str, id: &ContactId) -> Key {
    pair(address(email), &format!("CONTACT#{id}"))
}

/// names: how often an account was made at an address under watch. Sorts before everybody who has it.
pub(crate) fn address_watch(email: &str) -> Key {
    pair(address(email), "#WATCH")
}

/// names: the mark of an address whose mail came back. Sorts before everybody who has it.
pub(crate) fn address_bounced(email: &str) -> Key {
    pair(address(email), "#BOUNCED")
}

/// directory: a PIN, by its keyed hash.
pub(crate) fn pin(hash: &str) -> Key {
    pair(format!("PIN#{hash}"), "PIN")
}

/// directory: where a passkey's id leads.
pub(crate) fn passkey(id: &str) -> Key {
    pair(format!("PASSKEY#{id}"), "PASSKEY")
}

/// sessions: what the browser of a session was asked for a new passkey.
pub(crate) fn passkey_asked(user: &UserId, family: &str) -> Key {
    pair(format!("USER#{user}"), &format!("PASSKEY#{family}"))
}

/// sessions: a challenge that was answered. The table sees its hash.
pub(crate) fn used_challenge(challenge: &str) -> Key {
    pair(format!("CHALLENGE#{}", BASE64URL_NOPAD.encode(&Sha256::digest(challenge))), "USED")
}

/// directory: the partition of those who came by a sponsor's PINs.
pub(crate) fn sponsored_by(sponsor: &UserId) -> String {
    format!("SPONSOR#{sponsor}")
}

/// directory: one who came by a sponsor's PIN.
pub(crate) fn sponsored(sponsor: &UserId, user: &UserId) -> Key {
    pair(sponsored_by(sponsor), user.as_str())
}

/// lockouts: failures under a name, whether or not anybody has it.
pub(crate) fn failures(name: &str) -> Key {
    single(format!("NAME#{name}"))
}

/// lockouts: failures under a name from a browser that its owner has signed in from.
pub(crate) fn failures_in_browser(name: &str, id: &str) -> Key {
    single(format!("BROWSER#{id}#{name}"))
}

/// lockouts: wrong security codes of a user, whatever sign-in they came in.
pub(crate) fn wrong_codes(user: &UserId) -> Key {
    single(format!("CODE#{user}"))
}

/// lockouts: failures from a network address in one stretch of time.
pub(crate) fn failures_from(address: &str, window: i64) -> Key {
    single(format!("ADDRESS#{address}#{window}"))
}

/// lockouts: what was spent of a budget in one stretch of time.
pub(crate) fn budget(name: &str, window: i64) -> Key {
    single(format!("BUDGET#{name}#{window}"))
}

/// sessions: one session. The table never sees the secret.
pub(crate) fn session(user: &UserId, secret: &BearerSecret) -> Key {
    pair(format!("USER#{user}"), &format!("SESSION#{}", digest(secret)))
}

/// sessions: partition and common beginning of a user's sessions.
pub(crate) fn sessions_of(user: &UserId) -> (String, &'static str) {
    (format!("USER#{user}"), "SESSION#")
}

/// sessions: one ticket.
pub(crate) fn ticket(user: &UserId, secret: &BearerSecret) -> Key {
    ticket_by_digest(user, &digest(secret))
}

/// sessions: one ticket, by the hash of its secret.
pub(crate) fn ticket_by_digest(user: &UserId, digest: &str) -> Key {
    pair(format!("USER#{user}"), &format!("TICKET#{digest}"))
}

/// sessions: one token of a program.
pub(crate) fn access(user: &UserId, secret: &BearerSecret) -> Key {
    pair(format!("USER#{user}"), &format!("ACCESS#{}", digest(secret)))
}

/// sessions: one code of an application.
pub(crate) fn code(user: &UserId, digest: &str) -> Key {
    pair(format!("USER#{user}"), &format!("CODE#{digest}"))
}

/// The hash of a code's secret.
pub(crate) fn code_digest(secret: &BearerSecret) -> String {
    digest(secret)
}

/// The hash of a ticket's secret.
pub(crate) fn ticket_digest(secret: &BearerSecret) -> String {
    digest(secret)
}

/// outbox: one mail.
pub(crate) fn mail(id: &MailId) -> Key {
    single(format!("MAIL#{id}"))
}

/// The id in an outbox key.
pub fn mail_id(pk: &str) -> Option<MailId> {
    MailId::parse(pk.strip_prefix("MAIL#")?)
}

/// settings: the current ones.
pub(crate) fn settings() -> Key {
    pair("SETTINGS".to_owned(), "CURRENT")
}

/// settings: one version. Versions sort by their number.
pub(crate) fn settings_version(version: u64) -> Key {
    pair("SETTINGS".to_owned(), &format!("VERSION#{version:012}"))
}

/// settings: partition and common beginning of the versions.
pub(crate) fn settings_versions() -> (&'static str, &'static str) {
    ("SETTINGS", "VERSION#")
}

/// settings: how far a sweep has come.
pub(crate) fn cursor(sweep: &str) -> Key {
    pair(format!("SWEEP#{sweep}"), "CURSOR")
}

/// settings: how far the sweep of temporary passwords has come, which a house takes along when it moves.
pub(crate) const MOVING_CURSOR: &str = "SWEEP#temporary-passwords";

/// Whether it says how far a sweep has come.
pub(crate) fn is_cursor(pk: &str) -> bool {
    pk.starts_with("SWEEP#")
}

/// settings: an export on its way into this house.
pub(crate) fn restoration() -> Key {
    pair(RESTORATION.to_owned(), "STATE")
}

/// settings: the partition of that.
pub(crate) const RESTORATION: &str = "RESTORATION";

/// settings: the partition of the layouts in force.
pub(crate) const LAYOUTS: &str = "LAYOUTS";

/// settings: the layout in force under a name.
pub(crate) fn layout(name: &str) -> Key {
    pair(LAYOUTS.to_owned(), name)
}

/// settings: the partition of a layout's versions.
pub(crate) fn layout_versions(name: &str) -> String {
    format!("LAYOUT#{name}")
}

/// settings: one version of a layout. Versions sort by their number.
pub(crate) fn layout_version(name: &str, version: u64) -> Key {
    pair(layout_versions(name), &format!("VERSION#{version:012}"))
}

/// settings: the partition of the sign-in instances.
pub(crate) const INSTANCES: &str = "INSTANCES";

/// settings: one sign-in instance.
pub(crate) fn instance(id: &str) -> Key {
    pair(INSTANCES.to_owned(), id)
}

/// settings: the partition of the locations.
pub(crate) const LOCATIONS: &str = "LOCATIONS";

/// settings: one location.
pub(crate) fn location(id: &LocationId) -> Key {
    pair(LOCATIONS.to_owned(), id.as_str())
}

/// settings: the partition of the providers.
pub(crate) const PROVIDERS: &str = "PROVIDERS";

/// settings: one provider.
pub(crate) fn provider(id: &str) -> Key {
    pair(PROVIDERS.to_owned(), id)
}

/// settings: a picture that was handed in as the organisation's logo.
pub(crate) fn logo(name: &str) -> Key {
    pair("LOGOS".to_owned(), name)
}

/// settings: the partition of the applications.
pub(crate) const CLIENTS: &str = "CLIENTS";

/// settings: one application.
pub(crate) fn client(id: &str) -> Key {
    pair(CLIENTS.to_owned(), id)
}

/// directory: whose account somebody opens who is called so by a provider (FE-5). An issuer has no `#` in it.
pub(crate) fn link(issuer: &str, subject: &str) -> Key {
    pair(format!("FEDERATED#{issuer}#{subject}"), "LINK")
}

/// directory: the same among what opens a user's account.
pub(crate) fn link_of(user: &UserId, id: &str) -> Key {
    pair(format!("USER#{user}"), &format!("LINK#{id}"))
}

/// directory: partition and common beginning of what opens a user's account.
pub(crate) fn links_of(user: &UserId) -> (String, &'static str) {
    (format!("USER#{user}"), "LINK#")
}

/// What a link is called by.
pub(crate) fn link_id(issuer: &str, subject: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(format!("{issuer}#{subject}"))[..15])
}

/// sessions: a sign-in by a provider that has come back.
pub(crate) fn came_back(state: &str) -> Key {
    pair(format!("STATE#{}", BASE64URL_NOPAD.encode(&Sha256::digest(state))), "STATE")
}

/// runs: the partition of the list of runs.
pub(crate) const RUNS: &str = "RUNS";

/// runs: a run in the list of them.
pub(crate) fn run_listed(id: &RunId) -> Key {
    pair(RUNS.to_owned(), id.as_str())
}

/// runs: a run.
pub(crate) fn run(id: &RunId) -> Key {
    pair(format!("RUN#{id}"), "RUN")
}

/// The id in a run's key.
pub fn run_id(pk: &str) -> Option<RunId> {
    RunId::parse(pk.strip_prefix("RUN#")?)
}

/// runs: some of a run's recipients. Chunks sort by their number.
pub(crate) fn chunk(id: &RunId, number: u32) -> Key {
    pair(format!("RUN#{id}"), &format!("CHUNK#{number:06}"))
}

/// runs: some of the rows that a run does not serve. They sort by their number.
pub(crate) fn skips(id: &RunId, number: u32) -> Key {
    pair(format!("RUN#{id}"), &format!("SKIPS#{number:06}"))
}

/// runs: the partition of the list of imports.
pub(crate) const INTAKES: &str = "IMPORTS";

/// runs: an import in the list of them.
pub(crate) fn intake_listed(id: &RunId) -> Key {
    pair(INTAKES.to_owned(), id.as_str())
}

/// runs: an import.
pub(crate) fn intake(id: &RunId) -> Key {
    pair(format!("IMPORT#{id}"), "IMPORT")
}

/// The id in an import's key.
pub fn intake_id(pk: &str) -> Option<RunId> {
    RunId::parse(pk.strip_prefix("IMPORT#")?)
}

/// runs: some of an import's rows. Chunks sort by their number.
pub(crate) fn intake_chunk(id: &RunId, number: u32) -> Key {
    pair(format!("IMPORT#{id}"), &format!("LINES#{number:06}"))
}

/// audit: the partition of what happened on a day, in one of its shards.
pub(crate) fn happened_in((day, shard): (Date, u8)) -> String {
    format!("DAY#{day}#{shard}")
}

/// audit: one thing that happened.
pub(crate) fn happened(part: (Date, u8), id: &str) -> Key {
    pair(happened_in(part), id)
}

/// audit: the partition of the chain of seals.
pub(crate) const CHAIN: &str = "CHAIN";

/// audit: how far the chain has come.
pub(crate) fn chain_head() -> Key {
    pair(CHAIN.to_owned(), "HEAD")
}

/// audit: one block of the chain. Blocks sort by their number.
pub(crate) fn block(number: u64) -> Key {
    pair(CHAIN.to_owned(), &block_name(number))
}

/// audit: what a block is called. It sorts before the head.
pub(crate) fn block_name(number: u64) -> String {
    format!("BLOCK#{number:012}")
}

fn digest(secret: &BearerSecret) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(secret.expose()))
}
