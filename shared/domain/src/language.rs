//! The languages that pages, messages and mails are written in, and the one that is spoken just now.
//!
//! Every sentence stands beside its translations, so that one that is missing does not compile. Who is spoken to says which is
//! taken: it is put around a request or a letter, and no sentence has to be handed a language.

use std::cell::Cell;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// As HTML and browsers name it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag such as `es` or `es-MX` (RFC 5646); `None` for one that nothing is written in.
    pub fn of(tag: &str) -> Option<Self> {
        let main = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(main))
    }

    /// The best of what a browser asks for in `Accept-Language` (RFC 9110, 12.5.4); `None` when it is none of ours.
    pub fn asked_for(header: &str) -> Option<Self> {
        let wish = |part: &str| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            Some((Self::of(tag)?, weight.filter(|weight| *weight > 0.0 && *weight <= 1.0)?))
        };
        let mut best: Option<(Self, f32)> = None;
        for (language, weight) in header.split(',').take(32).filter_map(wish) {
            if best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// The language that is spoken.
pub fn spoken() -> Language {
    SPOKEN.get()
}

/// Speaks a language from here on, on this thread; answers which one was spoken before.
pub fn speak(language: Language) -> Language {
    SPOKEN.replace(language)
}

/// Says something in a language.
pub fn speaking<T>(language: Language, what: impl FnOnce() -> T) -> T {
    let before = speak(language);
    let said = what();
    speak(before);
    said
}

/// A sentence in every language: English, Spanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(pub &'static str, pub &'static str);

impl Text {
    /// In the language that is spoken.
    pub fn say(self) -> &'static str {
        match spoken() {
            Language::English => self.0,
            Language::Spanish => self.1,
        }
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.say())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.pad(self.say())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.say().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OP-7: the first of the best that a browser asks for.
    #[test]
    fn a_browser_gets_what_it_asks_for() {
        use Language::{English, Spanish};
        let cases = [
            ("es", Some(Spanish)),
            ("es-MX,es;q=0.9,en;q=0.8", Some(Spanish)),
            ("en-GB,en;q=0.9,es;q=0.8", Some(English)),
            ("fr,de;q=0.9,es;q=0.5,en;q=0.4", Some(Spanish)),
            ("en;q=0.2, es;q=0.7", Some(Spanish)),
            ("es;q=0, en", Some(English)),
            ("fr, de", None),
            ("*", None),
            ("", None),
            ("es;q=x, ;;, en;q=2", None),
            ("ES-es", Some(Spanish)),
            ("est", None),
        ];
        for (header, expected) in cases {
            assert_eq!(Language::asked_for(header), expected, "{header}");
        }
    }

    /// OP-7
    #[test]
    fn what_is_spoken_ends_with_what_is_said() {
        let text = Text("yes", "sí");
        assert_eq!((text.say(), speaking(Language::Spanish, || text.say()), text.say()), ("yes", "sí", "yes"));
    }
}
