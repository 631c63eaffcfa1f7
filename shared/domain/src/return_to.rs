//! Where a visitor goes after signing in: a page of this site or of one on the list, and nowhere else (SI-2).
//!
//! The `url` crate reads addresses as browsers do, which is what matters here; what it forgives is refused before it is asked.

use serde::Serialize;
use url::{Origin, Position, Url};

use crate::username::{is_invisible, is_word};

/// In bytes.
const LONGEST: usize = 2048;

/// A page that a visitor may be sent to: printable ASCII, a path of this site or an address of an allowed origin.
///
/// It can't be read back, only parsed: the list may have changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Takes a target if it leads to `public_origin` or one of `allowed_origins` (`scheme://host:port`), else `None`.
    pub fn parse(target: &str, public_origin: &str, allowed_origins: &[String]) -> Option<Self> {
        // Written out it may be longer than it was typed, and is read again when the form comes.
        Self::taken(target, public_origin, allowed_origins).filter(|taken| taken.0.len() <= LONGEST)
    }

    fn taken(target: &str, public_origin: &str, allowed_origins: &[String]) -> Option<Self> {
        if target.len() > LONGEST || !target.chars().all(is_plain) {
            return None;
        }
        let home = Url::parse(public_origin).ok()?;
        if target.starts_with('/') {
            return same_site(target, &home);
        }
        let found = absolute(target)?;
        let mut allowed = allowed_origins.iter().filter_map(|origin| Url::parse(origin).ok());
        let known = found.origin() == home.origin() || allowed.any(|origin| origin.origin() == found.origin());
        (known && is_plain_path(found.path())).then(|| Self(found.into()))
    }

    /// The target, fit for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path of this site, its dot segments resolved; never one that a browser reads as the name of a host.
fn same_site(target: &str, home: &Url) -> Option<ReturnTo> {
    if target.starts_with("//") {
        return None;
    }
    let page = home.join(target).ok()?;
    let stays = page.origin() == home.origin() && is_web(&page);
    (stays && is_plain_path(page.path())).then(|| ReturnTo(page[Position::BeforePath..].to_owned()))
}

/// An address with scheme, two slashes and host written out, and no userinfo.
fn absolute(target: &str) -> Option<Url> {
    let (scheme, rest) = target.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_http || authority.is_empty() || authority.contains('@') {
        return None;
    }
    Url::parse(target).ok().filter(is_web)
}

fn is_web(page: &Url) -> bool {
    matches!(page.scheme(), "http" | "https") && matches!(page.origin(), Origin::Tuple(..))
}

/// No blanks, controls, backslashes; beyond ASCII only letters, digits and marks, so nothing that looks like a slash.
fn is_plain(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_graphic() && c != '\\' } else { is_word(c) && !is_invisible(c) }
}

/// Not `//…` (resolved or percent-encoded, should a server behind decode it), and no percent-encoded controls.
fn is_plain_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let host_like = ["//", "/%2f", "/%5c"].iter().any(|start| path.starts_with(start));
    let control = ["%0", "%1", "%7f"].iter().any(|code| path.contains(code));
    !host_like && !control
}

#[cfg(test)]
mod tests;
