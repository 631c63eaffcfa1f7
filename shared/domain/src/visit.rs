//! Where somebody signed in from, in words that its owner knows again (SE-4).

use std::net::IpAddr;

use crate::language::Text;

/// What a browser calls itself, and what people call it; the first that fits.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for what it runs on.
const SYSTEMS: [(&str, Text); 7] = [
    ("iPhone", Text("an iPhone", "un iPhone")),
    ("iPad", Text("an iPad", "un iPad")),
    ("Android", Text("Android", "Android")),
    ("CrOS", Text("a Chromebook", "un Chromebook")),
    ("Windows", Text("Windows", "Windows")),
    ("Macintosh", Text("a Mac", "un Mac")),
    ("Linux", Text("Linux", "Linux")),
];

/// A browser in words, such as `Firefox on Windows`.
pub fn device(browser: &str) -> String {
    let name = BROWSERS.iter().find(|(mark, _)| browser.contains(mark)).map(|(_, name)| *name);
    let system = SYSTEMS.iter().find(|(mark, _)| browser.contains(mark)).map(|(_, system)| system.say());
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} {} {system}", Text("on", "en").say()),
        (Some(name), None) => name.to_owned(),
        (None, Some(system)) => format!("{} {system}", Text("A browser on", "Un navegador en").say()),
        (None, None) if browser.trim().is_empty() => Text("An unknown browser", "Un navegador desconocido").into(),
        (None, None) => {
            let name = browser.split(['/', ' ']).next().unwrap_or_default();
            name.chars().filter(|c| !c.is_control()).take(40).collect()
        }
    }
}

/// A network address without the part that names one machine: `192.0.2.*`, `2001:db8:1:*`; `localhost` for this one. Empty for
/// what is none.
pub fn place(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(address) if address.is_loopback() => "localhost".to_owned(),
        Ok(IpAddr::V4(four)) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.*")
        }
        Ok(IpAddr::V6(six)) => {
            let [a, b, c, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:*")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SE-4
    #[test]
    fn a_browser_is_told_in_words() {
        let table = [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge on Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
                "Safari on an iPhone",
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on a Mac"),
            ("curl/8.5.0", "curl"),
            ("", "An unknown browser"),
            ("\u{7}\u{1b}[31m", "[31m"),
        ];
        for (given, told) in table {
            assert_eq!(device(given), told);
        }
    }

    /// SE-4: a hint of the network, and nobody's whole address.
    #[test]
    fn a_place_names_no_machine() {
        let table = [("192.0.2.77", "192.0.2.*"), ("2001:db8:1:2::5", "2001:db8:1:*"), ("", ""), ("x", "")];
        for (address, told) in table {
            assert_eq!(place(address), told);
        }
    }
}
