//! What a function is told by its environment. The same names stand in `template.yaml`.

use aws::Access;

/// The names of the variables that the template sets.
pub const VARIABLES: [&str; 13] = [
    "PUBLIC_ORIGIN",
    "KEYS_SECRET",
    "CONFIGURATION_SET",
    "DIRECTORY_TABLE",
    "NAMES_TABLE",
    "LOCKOUTS_TABLE",
    "SESSIONS_TABLE",
    "OUTBOX_TABLE",
    "SETTINGS_TABLE",
    "AUDIT_TABLE",
    "RUNS_TABLE",
    "MAILS_PER_SECOND",
    "LOOPBACK_PROVIDERS",
];

/// Everything a function is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where people reach the product, such as `https://accounts.example.org`: scheme, host, port, no slash at the end.
    pub public_origin: String,
    /// The secret that holds the keys: name or ARN.
    pub keys_secret: String,
    /// The SES configuration set, if there is one.
    pub configuration_set: Option<String>,
    /// Mails that the mail service takes from this account in a second.
    pub mails_per_second: u32,
    /// Whether providers may be on this machine: never where others can reach it.
    pub loopback_providers: bool,
    /// Table names.
    pub tables: Tables,
    /// How to reach AWS.
    pub aws: Access,
}

/// Table names.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Users, contacts, PINs.
    pub directory: String,
    /// Usernames and e-mail addresses, and to whom they lead.
    pub names: String,
    /// Counters of failures and of mails.
    pub lockouts: String,
    /// Sessions and tickets.
    pub sessions: String,
    /// What is to happen by mail.
    pub outbox: String,
    /// Settings.
    pub settings: String,
    /// What happened.
    pub audit: String,
    /// Bulk runs.
    pub runs: String,
}

/// The environment lacks something.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// `MAILS_PER_SECOND` is not a number.
    #[error("MAILS_PER_SECOND must be a whole number")]
    Rate,
    /// `PUBLIC_ORIGIN` is not a plain origin.
    #[error("PUBLIC_ORIGIN must be scheme and host, such as https://accounts.example.org, without a path")]
    Origin,
    /// TLS can't be had as it is built in.
    #[error("TLS can't be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Config {
    /// Reads it from the variables that `get` knows.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let filled = |name: &str| get(name).filter(|value| !value.is_empty());
        let need = |name: &'static str| filled(name).ok_or(ConfigError::Missing(name));
        let everywhere = filled("AWS_ENDPOINT_URL");
        let at = |name: &str| filled(name).or_else(|| everywhere.clone());
        Ok(Self {
            public_origin: need("PUBLIC_ORIGIN").and_then(origin)?,
            keys_secret: need("KEYS_SECRET")?,
            configuration_set: filled("CONFIGURATION_SET"),
            mails_per_second: need("MAILS_PER_SECOND")?.parse().map_err(|_| ConfigError::Rate)?,
            loopback_providers: filled("LOOPBACK_PROVIDERS").is_some_and(|value| value == "true"),
            tables: Tables {
                directory: need("DIRECTORY_TABLE")?,
                names: need("NAMES_TABLE")?,
                lockouts: need("LOCKOUTS_TABLE")?,
                sessions: need("SESSIONS_TABLE")?,
                outbox: need("OUTBOX_TABLE")?,
                settings: need("SETTINGS_TABLE")?,
                audit: need("AUDIT_TABLE")?,
                runs: need("RUNS_TABLE")?,
            },
            aws: Access {
                region: need("AWS_REGION")?,
                access_key: need("AWS_ACCESS_KEY_ID")?,
                secret_key: need("AWS_SECRET_ACCESS_KEY")?.into(),
                session_token: filled("AWS_SESSION_TOKEN").map(Into::into),
                dynamodb: at("AWS_ENDPOINT_URL_DYNAMODB"),
                ses: at("AWS_ENDPOINT_URL_SESV2"),
                secrets_manager: at("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
            },
        })
    }
}

fn origin(text: String) -> Result<String, ConfigError> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = host.is_some_and(|h| !h.is_empty() && !h.contains(['/', '?', '#', '@', ' ', '\\']));
    if plain { Ok(text) } else { Err(ConfigError::Origin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(name: &str) -> Option<String> {
        let value = match name {
            "PUBLIC_ORIGIN" => "https://a.example".to_owned(),
            "MAILS_PER_SECOND" => "14".to_owned(),
            other => format!("the-{other}"),
        };
        (name != "UNHEARD_OF").then_some(value)
    }

    #[test]
    fn an_endpoint_of_its_own_goes_before_the_common_one() {
        let only_common = |name: &str| vars(name).filter(|_| !name.starts_with("AWS_ENDPOINT_URL_D"));
        let config = Config::from_vars(only_common).unwrap();
        assert_eq!(config.aws.dynamodb.as_deref(), Some("the-AWS_ENDPOINT_URL"));
        assert_eq!(config.aws.ses.as_deref(), Some("the-AWS_ENDPOINT_URL_SESV2"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let may_lack = ["CONFIGURATION_SET", "LOOPBACK_PROVIDERS"];
        for name in VARIABLES.into_iter().filter(|name| !may_lack.contains(name)) {
            let error = Config::from_vars(|n| vars(n).filter(|_| n != name)).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        for bad in ["accounts.example", "https://", "https://a.example/", "https://a@b", "ftp://a"] {
            let with = |name: &str| if name == "PUBLIC_ORIGIN" { Some(bad.to_owned()) } else { vars(name) };
            assert!(Config::from_vars(with).is_err(), "{bad}");
        }
    }
}
