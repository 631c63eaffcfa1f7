//! Who may use the machine's own routes.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// Whether a request names this machine by a loopback name, so that it is not a foreign name that was pointed here,
/// and does not come from another site's page.
pub(super) fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else { return false };
    let site = text("sec-fetch-site").is_none_or(|site| ["same-origin", "none"].contains(&site));
    let typed = text("sec-fetch-mode") == Some("navigate") && !headers.contains_key(ORIGIN);
    let origin = text(ORIGIN.as_str()).is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    is_loopback(host) && origin && (site || typed)
}

fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    port && ["localhost", "127.0.0.1", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(given: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        is_of_this_machine(&headers)
    }

    #[test]
    fn only_this_machine_may() {
        for host in ["localhost", "localhost:8400", "LOCALHOST:8400", "127.0.0.1:1", "127.0.0.1", "[::1]:8400", "[::1]"]
        {
            assert!(allowed(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8400",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "[::2]:1",
            "localhost:x",
            "::1",
            "localhost:8400:1",
            "xlocalhost",
        ] {
            assert!(!allowed(&[("host", host)]), "{host}");
        }
        assert!(!allowed(&[]));
        assert!(!allowed(&[("host", "localhost"), ("host", "evil.example")]));
    }

    #[test]
    fn no_page_of_another_site_may() {
        let host = ("host", "localhost:8400");
        let cases: [(&[(&'static str, &'static str)], bool); 8] = [
            (&[host, ("origin", "http://localhost:8400")], true),
            (&[host, ("origin", "http://localhost:3000")], false),
            (&[host, ("origin", "https://evil.example")], false),
            (&[host, ("origin", "null")], false),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], false),
            (&[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], true),
        ];
        for (headers, expected) in cases {
            assert_eq!(allowed(headers), expected, "{headers:?}");
        }
    }
}
