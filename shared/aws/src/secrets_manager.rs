//! Secrets Manager: one secret's value.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::access::Access;
use crate::error::Error;
use crate::service::{Call, Named, QUICK, Service};
use crate::transport::SharedHttp;

const NAMED: Named =
    Named { signed: "secretsmanager", host: "secretsmanager", content_type: "application/x-amz-json-1.1" };

/// Secrets Manager.
#[derive(Debug)]
pub struct SecretsManager(Service);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Value {
    secret_string: Option<String>,
}

impl SecretsManager {
    /// A client.
    pub fn new(access: &Access, http: SharedHttp) -> Self {
        Self(Service::new(access, &NAMED, access.secrets_manager.as_ref(), http, QUICK))
    }

    /// The value of a secret, if it is text; `id` is its name or its ARN.
    ///
    /// # Errors
    /// [`Error::Refused`] with `ResourceNotFoundException` when there is no such secret.
    pub async fn get_secret_value(&self, id: &str) -> Result<Option<SecretString>, Error> {
        let body = json!({"SecretId": id}).to_string().into();
        let answer = self.0.call(&call("secretsmanager.GetSecretValue", body)).await?;
        let value: Value = serde_json::from_slice(&answer).map_err(Error::nonsense)?;
        Ok(value.secret_string.map(Into::into))
    }

    /// Gives a secret another value. A try again after a lost answer makes no second version.
    ///
    /// # Errors
    /// As of [`Self::get_secret_value`].
    #[expect(clippy::disallowed_methods, reason = "nothing secret is made of it")]
    pub async fn put_secret_value(&self, id: &str, value: &SecretString) -> Result<(), Error> {
        let mut mark = [0; 16];
        getrandom::fill(&mut mark).map_err(Error::nonsense)?;
        let mark = HEXLOWER.encode(&mark);
        let body = json!({"SecretId": id, "SecretString": value.expose_secret(), "ClientRequestToken": mark});
        self.0.call(&call("secretsmanager.PutSecretValue", body.to_string().into())).await.map(drop)
    }
}

fn call(target: &'static str, body: Bytes) -> Call {
    Call { path: "/", target: Some(target), body }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "what is made is what is tested")]
mod tests {
    use super::*;
    use crate::fake::{Fake, access};

    #[tokio::test]
    async fn a_value_is_read_and_replaced() {
        let fake = Fake::answering([(200, json!({"Name": "keys", "SecretString": "{}"})), (200, json!({}))]);
        let secrets = SecretsManager::new(&access(), fake.shared());
        assert_eq!(secrets.get_secret_value("keys").await.unwrap().unwrap().expose_secret(), "{}");
        secrets.put_secret_value("keys", &"[]".into()).await.unwrap();
        let [(read, read_body), (put, put_body)] = fake.asked().try_into().unwrap();
        assert_eq!((read.as_str(), read_body), ("secretsmanager.GetSecretValue", json!({"SecretId": "keys"})));
        assert_eq!((put.as_str(), &put_body["SecretString"]), ("secretsmanager.PutSecretValue", &json!("[]")));
        // Secrets Manager takes 32 to 64 letters.
        assert_eq!(put_body["ClientRequestToken"].as_str().unwrap().len(), 32);
    }
}
