//! What an answer is to be: a page for a browser, JSON for the rest (RFC 9110, 12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

/// How well something is wanted: its weight, how exactly it is named, and where in the list, the first being the best.
type Wanted = (f32, u8, std::cmp::Reverse<usize>);

/// Whether a page is wanted, and more than JSON is. Whoever takes anything at all is a program.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let html = ["text/html", "application/xhtml+xml"].into_iter().filter_map(|kind| wanted(&ranges, kind));
    let html = html.filter(|(weight, exact, _)| *weight > 0.0 && *exact > 0).reduce(better);
    let json = wanted(&ranges, "application/json");
    html.is_some_and(|html| json.is_none_or(|json| better(html, json) == html))
}

fn better(one: Wanted, other: Wanted) -> Wanted {
    let order = one.0.total_cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2)));
    if order.is_ge() { one } else { other }
}

/// How well a media type is wanted: by the range that names it most exactly. `None` where none does.
fn wanted(ranges: &[&str], kind: &str) -> Option<Wanted> {
    let (family, _) = kind.split_once('/')?;
    let each = ranges.iter().enumerate().filter_map(|(at, range)| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next()?.to_ascii_lowercase();
        let exact = match named.split_once('/')? {
            _ if named == kind => 2,
            (of, "*") if of == family => 1,
            ("*", "*") => 0,
            _ => return None,
        };
        let mut weights =
            parts.filter_map(|part| part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q")));
        let weight = weights.next().map_or(Some(1.0), |(_, weight)| weight.trim().parse::<f32>().ok());
        let weight = weight.filter(|weight| (0.0..=1.0).contains(weight))?;
        Some((weight, exact, std::cmp::Reverse(at)))
    });
    each.max_by(|one, other| (one.1, one.2).cmp(&(other.1, other.2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    /// A browser gets pages, whoever asks for JSON or for anything gets JSON.
    #[test]
    fn what_is_wanted_more_is_answered() {
        let table = [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true),
            ("text/html", true),
            ("TEXT/HTML; charset=utf-8", true),
            ("text/*", true),
            ("application/xhtml+xml", true),
            ("text/html;level=1, */*", true),
            ("text/html, application/json", true),
            ("application/json, text/html", false),
            ("application/json;q=0.5, text/html", true),
            ("application/json, text/html;q=0.9", false),
            ("text/html;q=0.5, */*;q=0.8", false),
            ("text/html;q=0, */*", false),
            ("text/html;q=0", false),
            ("text/html;q=2", false),
            ("text/html;q=x", false),
            ("text/html;q=NaN", false),
            ("text/htmlx", false),
            ("application/x-text/html", false),
            ("application/json; profile=text/html", false),
            ("application/json", false),
            ("application/json, text/plain, */*", false),
            ("*/*", false),
            ("text/plain", false),
            ("", false),
            (",;,", false),
        ];
        for (accept, html) in table {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(wants_html(&headers), html, "{accept}");
        }
        assert!(!wants_html(&HeaderMap::new()));
        let mut two = HeaderMap::new();
        two.append(ACCEPT, HeaderValue::from_static("application/json;q=0.1"));
        two.append(ACCEPT, HeaderValue::from_static("text/html"));
        assert!(wants_html(&two));
    }
}
