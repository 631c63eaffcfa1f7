//! Secrets Manager: the few calls the product and its operators make.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use super::data_file::{beside, private};
use crate::template::{REGION, Secret};

/// What a name has before it to be an ARN.
const ARN: &str = "arn:aws:secretsmanager:";

/// The secrets of this machine.
#[derive(Clone)]
pub(crate) struct Secrets(Arc<Inner>);

struct Inner {
    values: Mutex<BTreeMap<String, String>>,
    file: Option<PathBuf>,
}

/// The secrets could not be made, or their file not be used.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// Nothing secret can be made.
    #[error(transparent)]
    Random(#[from] service::NoRandomness),
    /// A file beside the data file, or a port.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    secret_id: String,
    secret_string: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// The secrets beside a data file, or fresh ones in memory. Those that are not there yet are made.
    pub(super) fn open(wanted: &[Secret], data: Option<&std::path::Path>) -> Result<Self, CloudError> {
        let file = data.map(|path| beside(path, "secrets"));
        let mut values = match &file {
            Some(path) => read(path).map_err(|source| CloudError::File { path: path.clone(), source })?,
            None => BTreeMap::new(),
        };
        for secret in wanted {
            if !values.contains_key(&secret.name) {
                values.insert(secret.name.clone(), made(secret)?);
            }
        }
        let secrets = Self(Arc::new(Inner { values: Mutex::new(values.clone()), file }));
        secrets.save(&values)?;
        Ok(secrets)
    }

    /// What Secrets Manager answers to an operation.
    pub(super) fn answer(&self, operation: &str, body: &[u8], now: Timestamp) -> Result<Value, Refusal> {
        let request: Request = serde_json::from_slice(body)
            .map_err(|error| refuse("InvalidParameterException", format!("the request can't be read: {error}")))?;
        let name = plain_name(&request.secret_id);
        let mut values = self.0.values.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(value) = values.get(name).cloned() else {
            return Err(refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
        };
        let about = |value: &str| {
            json!({
                "ARN": format!("{ARN}{REGION}:000000000000:secret:{name}"),
                "Name": name,
                "VersionId": version(value),
                "VersionStages": ["AWSCURRENT"],
                "CreatedDate": now.as_second(),
            })
        };
        match operation {
            "GetSecretValue" => {
                let mut answer = about(&value);
                answer["SecretString"] = value.into();
                Ok(answer)
            }
            "DescribeSecret" => {
                let mut answer = about(&value);
                answer["VersionIdsToStages"] = json!({version(&value): ["AWSCURRENT"]});
                Ok(answer)
            }
            "PutSecretValue" => {
                let new = request
                    .secret_string
                    .ok_or_else(|| refuse("InvalidParameterException", "SecretString is missing"))?;
                let answer = about(&new);
                values.insert(name.to_owned(), new);
                self.save(&values)
                    .map_err(|error| Refusal { status: 500, ..refuse("InternalServiceError", error.to_string()) })?;
                Ok(answer)
            }
            _ => Err(refuse("UnknownOperationException", format!("{operation} is not known here"))),
        }
    }

    /// Written whole or not at all.
    fn save(&self, values: &BTreeMap<String, String>) -> Result<(), CloudError> {
        let Some(path) = &self.0.file else { return Ok(()) };
        let write = || {
            let new = beside(path, "new");
            let mut file = private().open(&new)?;
            file.set_len(0)?;
            file.write_all(serde_json::to_string(values)?.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(new, path)
        };
        write().map_err(|source| CloudError::File { path: path.clone(), source })
    }
}

fn read(path: &std::path::Path) -> std::io::Result<BTreeMap<String, String>> {
    match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map_err(Into::into),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal { status: 400, code, message: message.into() }
}

/// The name in an ARN, or the name itself. This machine's ARNs end in the name; Amazon's have six characters more.
fn plain_name(id: &str) -> &str {
    id.strip_prefix(ARN).map_or(id, |rest| rest.rsplit(':').next().unwrap_or_default())
}

/// An id that is the same for the same value and says nothing about it.
fn version(value: &str) -> String {
    use std::hash::{BuildHasher, RandomState};
    static STATE: std::sync::OnceLock<RandomState> = std::sync::OnceLock::new();
    format!("{:032x}", STATE.get_or_init(RandomState::new).hash_one(value))
}

/// The first value: letters and digits, each as likely as any other.
fn made(secret: &Secret) -> Result<String, service::NoRandomness> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(secret.length);
    while text.len() < secret.length {
        let fair = service::Random.bytes::<64>()?.into_iter().filter(|byte| usize::from(*byte) < LETTERS.len() * 4);
        text.extend(
            fair.take(secret.length - text.len()).map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()])),
        );
    }
    let mut object = secret.template.clone();
    object.insert(secret.key.clone(), text.into());
    Ok(Value::Object(object).to_string())
}
