//! How to reach AWS.

use secrecy::SecretString;

/// How to reach AWS, as Lambda's environment says it.
#[derive(Clone, Debug)]
pub struct Access {
    /// Such as `eu-west-1`.
    pub region: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: SecretString,
    /// Session token.
    pub session_token: Option<SecretString>,
    /// Where DynamoDB answers, if not at the region's own address.
    pub dynamodb: Option<String>,
    /// Where SES answers, if not at the region's own address.
    pub ses: Option<String>,
    /// Where Secrets Manager answers, if not at the region's own address.
    pub secrets_manager: Option<String>,
}
