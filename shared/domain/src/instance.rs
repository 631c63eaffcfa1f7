//! Sign-in instances: one configured copy of the sign-in box each, on one page of one site (IN).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::language::Text;
use crate::layout::is_name;
use crate::return_to::ReturnTo;
use crate::settings::is_origin;

/// The instance that `/sign-in` shows (IN-8).
pub const DEFAULT: &str = "default";

/// The longest text, in bytes.
const LONGEST: usize = 2_000;

/// Origins that one instance allows, at the most.
const MOST_ORIGINS: usize = 32;

/// A way on that a box shows or not, with what is said beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Whether the link is there.
    pub shown: bool,
    /// What is said beside it, as plain text; may be empty.
    pub instructions: String,
}

impl Default for Shown {
    fn default() -> Self {
        Self { shown: true, instructions: String::new() }
    }
}

/// What one copy of the box is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// What the box is called; empty for *Sign in* (IN-2).
    pub title: String,
    /// Origins of pages that the box may stand on (IN-2).
    pub allowed_origins: Vec<String>,
    /// The site it belongs to, as its staff call it (IN-2).
    pub site: String,
    /// Where to go after signing in, if the page doesn't say (IN-2).
    pub return_to: Option<String>,
    /// Whether a refused sign-in is answered with `message` instead of the system's (IN-3).
    pub override_message: bool,
    /// That message.
    pub message: String,
    /// *Forgot password* (IN-4).
    pub forgot_password: Shown,
    /// *Forgot username* (IN-5).
    pub forgot_username: Shown,
    /// *Create account* (IN-6).
    pub create_account: Shown,
    /// Whether holders of a PIN find their door, where PINs can be used at all (IN-7).
    pub pin_door: bool,
    /// Whether other ways to sign in are offered (IN-7).
    pub federated: bool,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            title: String::new(),
            allowed_origins: Vec::new(),
            site: String::new(),
            return_to: None,
            override_message: false,
            message: String::new(),
            forgot_password: Shown::default(),
            forgot_username: Shown::default(),
            create_account: Shown::default(),
            pin_door: true,
            federated: true,
        }
    }
}

/// Whether an instance can be called so.
pub fn is_id(id: &str) -> bool {
    is_name(id)
}

/// Why nobody can be sent to a place.
pub const NO_PLACE: Text = Text(
    "A path of this site, or an address on one of the allowed origins.",
    "Una ruta de este sitio, o una dirección en uno de los orígenes permitidos.",
);

impl Instance {
    /// Every field that can't be so, and why.
    pub fn wrong(&self) -> Vec<(&'static str, Text)> {
        let texts = [
            ("title", &self.title),
            ("site", &self.site),
            ("message", &self.message),
            ("forgot_password", &self.forgot_password.instructions),
            ("forgot_username", &self.forgot_username.instructions),
            ("create_account", &self.create_account.instructions),
        ];
        let mut wrong = Vec::new();
        for (field, text) in texts {
            if text.len() > LONGEST || text.contains('\0') {
                wrong.push((field, Text("Use at most 2,000 bytes.", "Use como máximo 2000 bytes.")));
            }
        }
        if [&self.title, &self.site].iter().any(|text| text.chars().any(char::is_control)) {
            wrong.push((
                "title",
                Text("Title and site are one line each.", "El título y el sitio son una línea cada uno."),
            ));
        }
        if self.override_message && self.message.trim().is_empty() {
            wrong.push((
                "message",
                Text(
                    "Say what people are to read instead of the system's message.",
                    "Diga qué debe leerse en lugar del mensaje del sistema.",
                ),
            ));
        }
        if self.allowed_origins.len() > MOST_ORIGINS || !self.allowed_origins.iter().all(|origin| is_origin(origin)) {
            wrong.push((
                "allowed_origins",
                Text(
                    "At most 32 origins such as https://www.example.org, without a path.",
                    "Como máximo 32 orígenes como https://www.example.org, sin ruta.",
                ),
            ));
        }
        let is_page = |to: &str| Url::parse(to).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        let leads_somewhere = |to: &String| to.starts_with('/') && !to.starts_with("//") || is_page(to);
        if self.return_to.as_ref().is_some_and(|to| !leads_somewhere(to) || to.len() > LONGEST) {
            wrong.push(("return_to", NO_PLACE));
        }
        wrong
    }

    /// Where to go after signing in: what the page said, else what the instance says, as far as it is allowed (SI-2, IN-2).
    pub fn target(&self, said: Option<&str>, ours: &str, origins: &[String]) -> Option<ReturnTo> {
        let all = self.origins(origins);
        let parse = |to: &str| ReturnTo::parse(to, ours, &all);
        said.and_then(parse).or_else(|| self.return_to.as_deref().and_then(parse))
    }

    /// Those that the system allows, and its own.
    pub fn origins(&self, system: &[String]) -> Vec<String> {
        system.iter().chain(&self.allowed_origins).cloned().collect()
    }

    /// What a refused sign-in is answered with (SI-4, IN-3).
    pub fn refusal(&self, system: String) -> String {
        if self.override_message { self.message.clone() } else { system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IN-2, IN-3
    #[test]
    fn what_can_not_be_is_told_by_field() {
        let fields = |instance: Instance| instance.wrong().into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        assert_eq!(fields(Instance::default()), Vec::<&str>::new());
        assert_eq!(fields(Instance { override_message: true, ..Instance::default() }), ["message"]);
        let origins = vec!["https://a.example/path".to_owned()];
        assert_eq!(fields(Instance { allowed_origins: origins, ..Instance::default() }), ["allowed_origins"]);
        assert_eq!(fields(Instance { title: "a\nb".to_owned(), ..Instance::default() }), ["title"]);
        for to in ["nowhere", "javascript:alert(1)", "//evil.example", "data:text/html,x"] {
            assert_eq!(
                fields(Instance { return_to: Some(to.to_owned()), ..Instance::default() }),
                ["return_to"],
                "{to}"
            );
        }
        assert_eq!(fields(Instance { site: "x".repeat(2_001), ..Instance::default() }), ["site"]);
    }

    /// SI-2, IN-2
    #[test]
    fn an_instance_leads_to_its_own_origins_only() {
        let own = Instance {
            allowed_origins: vec!["https://members.example".to_owned()],
            return_to: Some("https://members.example/home".to_owned()),
            ..Instance::default()
        };
        let to = |instance: &Instance, said| {
            instance.target(said, "https://ours.example", &[]).map(|to| to.as_str().to_owned())
        };
        assert_eq!(to(&own, None).as_deref(), Some("https://members.example/home"));
        assert_eq!(to(&own, Some("https://members.example/a")).as_deref(), Some("https://members.example/a"));
        assert_eq!(to(&own, Some("https://evil.example/a")).as_deref(), Some("https://members.example/home"));
        assert_eq!(to(&Instance::default(), Some("https://members.example/a")), None);
        assert_eq!(to(&Instance::default(), Some("/a")).as_deref(), Some("/a"));
    }
}
