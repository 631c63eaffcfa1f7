//! Settings that are one of a few words.

use serde::{Deserialize, Serialize};

/// How a lock ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockMode {
    /// By a password reset (LK-3).
    #[default]
    UntilReset,
    /// By waiting, longer each time.
    Backoff,
}

/// Where somebody learns that several accounts share their address (FU-5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedAddress {
    /// On the page.
    #[default]
    OnScreen,
    /// In the mail.
    Mail,
}

/// What *forgot password* mails (RP-1), and what staff send again (BR-5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordMode {
    /// A link to set a new one.
    #[default]
    Link,
    /// A temporary one.
    Temporary,
}

/// How round the corners of fields and buttons are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corners {
    /// Not at all.
    Square,
    /// A little.
    #[default]
    Soft,
    /// As far as it goes.
    Round,
}

/// Which letters pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// Those of the reader's system.
    #[default]
    System,
    /// Those with serifs.
    Serif,
}

/// Whether a form asks for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// It does not.
    No,
    /// It may be left empty.
    #[default]
    Optional,
    /// It must be filled in.
    Required,
}

/// Where a PIN can be used (PN-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinChannel {
    /// Nowhere.
    #[default]
    Off,
    /// On the web pages.
    Hosted,
    /// On the web pages and by programs.
    All,
}

/// Who must show a second factor at every sign-in (MF-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaScope {
    /// Nobody.
    #[default]
    Off,
    /// Administrators.
    Administrators,
    /// Staff and administrators.
    Staff,
    /// Everybody but programs.
    Everyone,
}
