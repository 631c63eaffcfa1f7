//! Where the links of a mail lead, and whether they can be followed (ML-4).

use serde::Serialize;
use url::Url;

use crate::language::Text;

/// A link of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Where it leads, as it is written.
    pub target: String,
    /// Why it can't or should not be followed.
    pub flaw: Option<Text>,
}

/// The links of an HTML body, in their order; a merge item that is one is taken as it is.
pub fn links(html: &str) -> Vec<Link> {
    let mut all = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.to_ascii_lowercase().find("href") {
        rest = &rest[at + 4..];
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else { continue };
        let target = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
            _ => value.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default(),
        };
        let target = target.trim().replace("&amp;", "&");
        all.push(Link { flaw: flaw(&target), target });
    }
    all
}

fn flaw(target: &str) -> Option<Text> {
    let item = target.len() > 2 && target.starts_with('!') && target[1..].contains('!');
    if item {
        return None;
    }
    match Url::parse(target) {
        Ok(url) if url.scheme() == "https" && url.host().is_some() => None,
        Ok(url) if matches!(url.scheme(), "mailto" | "tel") => None,
        Ok(url) if url.scheme() == "http" => Some(Text("is not encrypted: use https", "no está cifrado: use https")),
        Ok(_) => Some(Text("can't be followed from a mail", "no se puede seguir desde un correo")),
        Err(_) if target.is_empty() || target == "#" => Some(Text("leads nowhere", "no lleva a ningún sitio")),
        Err(_) => Some(Text("must be a whole address, with https://", "debe ser una dirección completa, con https://")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ML-4
    #[test]
    fn links_that_lead_nowhere_are_told() {
        let html = r##"<a href="!LINK!">a</a> <a HREF = 'https://www.example.org/?a=1&amp;b=2'>b</a> <a href=/here>c</a>
            <a href="#">d</a> <a href="http://example.org">e</a> <a href="javascript:x()">f</a> <a href="mailto:a@b.example">g</a>"##;
        let flaws: Vec<_> = links(html).into_iter().map(|link| (link.target, link.flaw.is_some())).collect();
        let expected = [
            ("!LINK!", false),
            ("https://www.example.org/?a=1&b=2", false),
            ("/here", true),
            ("#", true),
            ("http://example.org", true),
            ("javascript:x()", true),
            ("mailto:a@b.example", false),
        ];
        assert_eq!(flaws, expected.map(|(target, flawed)| (target.to_owned(), flawed)));
        assert!(links("<p>href</p>").is_empty());
    }
}
