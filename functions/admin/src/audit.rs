//! `/admin/audit`: what happened, searched, as a table, as CSV, and whether it was altered (AD-6).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::audit::{Entry, Origin, Outcome, Party};
use domain::language::Text;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use http::{HeaderValue, StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::audit::{Altered, Asked, Page, Verified, search, verify};
use web::{Caller, Problem, reply};

use crate::paging::bad_cursor;
use crate::rights::By;
use crate::words;

/// How many on a page, unless it is said, and at the most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// Rows of one file, at the most.
const ROWS: usize = 5_000;

/// Searches for one file, each through some weeks: where little is found, a file ends before it is full.
const SEARCHES: usize = 6;

/// An entry, as programs read it.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    at: Timestamp,
    what: &'a str,
    by: Option<&'a Party>,
    on: Option<&'a Party>,
    from: Option<&'a Origin>,
    outcome: Option<Outcome>,
    details: &'a std::collections::BTreeMap<std::borrow::Cow<'static, str>, String>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(entry: &'a Entry) -> Self {
        let Entry { id, at, what, by, on, from, outcome, details } = entry;
        let (by, on, from) = (by.as_ref(), on.as_ref(), from.as_ref());
        Self { id: id.as_str(), at: *at, what, by, on, from, outcome: *outcome, details }
    }
}

/// `GET /admin/audit?q=&filter=what:sign_in,by:,on:,since:2026-01-31,until:&cursor=&limit=`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let asked = asked(&uri)?;
    let page = search(&app, &asked).await?.ok_or_else(bad_cursor)?;
    if caller.wants_html {
        return crate::pages::audit::list(&app, &by, &uri, &page).await;
    }
    let items: Vec<Shown<'_>> = page.entries.iter().map(Shown::of).collect();
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"items": items, "next_cursor": page.next})))
}

/// `GET /admin/audit.csv`: the same as a file of up to 5,000 rows, from some months at the most; where the next one begins stands in
/// `Link`.
pub(crate) async fn csv(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let mut asked = Asked { limit: ROWS, ..asked(&uri)? };
    let mut all = Page::default();
    for _ in 0..SEARCHES {
        let page = search(&app, &Asked { limit: ROWS - all.entries.len(), ..asked.clone() }).await?;
        let page = page.ok_or_else(bad_cursor)?;
        all.entries.extend(page.entries);
        all.next = page.next;
        if all.next.is_none() || all.entries.len() == ROWS {
            break;
        }
        asked.cursor.clone_from(&all.next);
    }
    let mut answer = table(&all.entries).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\""));
    let next = all.next.map(|next| format!("</admin/audit.csv?{}>; rel=\"next\"", reply::encoded("cursor", &next)));
    if let Some(next) = next.and_then(|next| HeaderValue::try_from(next).ok()) {
        headers.insert(LINK, next);
    }
    Ok(answer)
}

fn table(entries: &[Entry]) -> String {
    let mut text = "at,what,outcome,by,by_name,on_kind,on,on_name,address,browser,request,details\r\n".to_owned();
    for entry in entries {
        let name = |party: &Option<Party>| party.as_ref().and_then(|party| party.name.clone()).unwrap_or_default();
        let id = |party: &Option<Party>| party.as_ref().map(|party| party.id.clone()).unwrap_or_default();
        let kind = entry.on.as_ref().map(|on| on.kind.to_string()).unwrap_or_default();
        let from = entry.from.clone().unwrap_or_default();
        let outcome = match entry.outcome {
            Some(Outcome::Done) => "done",
            Some(Outcome::Refused) => "refused",
            None => "unknown",
        };
        let details: Vec<String> = entry.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cells = [
            entry.at.to_string(),
            entry.what.to_string(),
            outcome.to_owned(),
            id(&entry.by),
            name(&entry.by),
            kind,
            id(&entry.on),
            name(&entry.on),
            from.address,
            from.browser,
            from.request,
            details.join("; "),
        ];
        text.push_str(&cells.map(|cell| reply::cell(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

#[derive(Serialize)]
struct Chain {
    blocks: u64,
    entries: u64,
    /// The first thing that is wrong, if anything is.
    first_altered: Option<Wrong>,
    /// The block to go on with, as `from`.
    next: Option<u64>,
}

#[derive(Serialize)]
struct Wrong {
    /// `changed`, `missing`, `broken` or `cut`.
    what: &'static str,
    /// The entry, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The day that it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// The block, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
}

impl From<Altered> for Wrong {
    fn from(altered: Altered) -> Self {
        let entry = |what, of: service::store::Sealed| {
            let day = of.pk.split('#').nth(1).map(str::to_owned);
            Self { what, id: Some(of.sk), day, block: None }
        };
        match altered {
            Altered::Changed(of) => entry("changed", of),
            Altered::Missing(of) => entry("missing", of),
            Altered::Broken(block) => Self { what: "broken", id: None, day: None, block: Some(block) },
            Altered::Cut(block) => Self { what: "cut", id: None, day: None, block: Some(block) },
        }
    }
}

/// `GET /admin/audit/verify?from=`: looks at a stretch of the chain, and says where to go on.
pub(crate) async fn chain(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let from = reply::query(&uri, "from").map_or(Some(1), |from| from.parse().ok().filter(|from| *from > 0));
    let from = from.ok_or_else(|| {
        Problem::rejected([(
            "from",
            vec![Text("The number of a block, from 1.", "El número de un bloque, desde 1.").into()],
        )])
    })?;
    let verified = verify(&app, from).await?;
    if caller.wants_html {
        return crate::pages::audit::chain(&app, &by, &verified).await;
    }
    let Verified { blocks, entries, altered, next } = verified;
    let first_altered = altered.map(Wrong::from);
    Ok(reply::json(StatusCode::OK, &Chain { blocks, entries, first_altered, next }))
}

fn asked(uri: &Uri) -> Result<Asked, Problem> {
    let limit = reply::query(uri, "limit").map_or(Some(USUAL), |limit| limit.parse().ok());
    let Some(limit) = limit.filter(|limit| (1..=MOST).contains(limit)) else {
        return Err(Problem::rejected([("limit", vec![words::between(1, MOST)])]));
    };
    let q = reply::query(uri, "q").unwrap_or_default().trim().chars().take(200).collect();
    let cursor = reply::query(uri, "cursor").filter(|cursor| !cursor.is_empty());
    let mut asked = Asked { q, cursor, limit, ..Asked::default() };
    let filter = reply::query(uri, "filter").unwrap_or_default();
    let parts = filter.split(',').map(str::trim).filter(|part| !part.is_empty());
    // A form names them one by one.
    let fields = ["what", "by", "on", "since", "until"].into_iter();
    let named = fields.filter_map(|field| Some((field.to_owned(), reply::query(uri, field)?)));
    let written = parts.map(|part| part.split_once(':').map_or((part.to_owned(), String::new()), owned));
    // What a form leaves empty is nothing; a word of the filter says something.
    let named = named.filter(|(_, value)| !value.is_empty());
    for (field, value) in written.chain(named) {
        let (day, has_value) = (value.parse().ok(), !value.is_empty());
        match field.as_str() {
            "what" => asked.what = Some(value),
            "by" => asked.by = Some(value),
            "on" => asked.on = Some(value),
            "since" => asked.since = day,
            "until" => asked.until = day,
            _ => {}
        }
        let of_days = matches!(field.as_str(), "since" | "until");
        let said = matches!(field.as_str(), "what" | "by" | "on") && has_value;
        if !(said || of_days && day.is_some()) {
            let reason = Text(
                "Use what, by, on, since and until, such as what:sign_in,since:2026-01-31.",
                "Use what, by, on, since y until, por ejemplo what:sign_in,since:2026-01-31.",
            )
            .into();
            return Err(Problem::rejected([("filter", vec![reason])]));
        }
    }
    Ok(asked)
}

fn owned((field, value): (&str, &str)) -> (String, String) {
    (field.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::AuditId;

    /// AD-6: what somebody typed is no formula where a spreadsheet reads it.
    #[test]
    fn a_file_holds_no_formula() {
        let entry = Entry::new(AuditId::new(Timestamp::UNIX_EPOCH, [0; 10]), Timestamp::UNIX_EPOCH, "sign_in")
            .by(Party::user("1", "=HYPERLINK(\"x\")"))
            .with("to", "a,b");
        let text = table(&[entry]);
        assert!(text.contains(r#""'=HYPERLINK(""x"")""#) && text.contains("\"to=a,b\""), "{text}");
        assert_eq!(text.lines().count(), 2);
    }
}
