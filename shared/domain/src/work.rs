//! What the outbox holds: what is to happen by mail, for whom. No secret is in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::id::{RunId, UserId};
use crate::layout::{Layout, Occasion};
use crate::login::Refusal;

/// Which of the courier's two ways a mail takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Somebody waits for it.
    Now,
    /// One of many; never in the way of the first.
    Bulk,
}

/// One thing that is to happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Work {
    /// Somebody at this address forgot their username (FU).
    ForgotUsername {
        /// As typed.
        email: Email,
    },
    /// Somebody with this username or e-mail forgot their password (RP-1).
    ForgotPassword {
        /// The canonical form of what was typed.
        who: String,
    },
    /// Somebody whose temporary password may have ended wants a fresh one (TP-5).
    FreshTemporary {
        /// The canonical form of what was typed.
        who: String,
    },
    /// Somebody at this address wants to set their account anew (RP-2).
    ResetAccount {
        /// As typed.
        email: Email,
    },
    /// A sign-in was refused and the owner may need to know (SI-3).
    SignInRefused {
        /// The canonical name that was tried.
        name: String,
        /// Why.
        why: Refusal,
    },
    /// A new account's username and temporary password (TP-1).
    Invite {
        /// Whose.
        user: UserId,
        /// Which of their addresses they asked for it by, if they did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Email>,
        /// Who on the staff made it, if they did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// Somebody asked for an account at this address and got none: whoever has one there hears of it (SU-6, SU-7).
    SignUpRefused {
        /// As typed.
        email: Email,
    },
    /// A sponsor's PIN, asked for by an administrator (PN-3).
    Pin {
        /// The sponsor.
        user: UserId,
        /// Where to, if not to the sponsor.
        to: Option<Email>,
        /// Who asked.
        by: UserId,
    },
    /// Somebody who has no security code yet wants to set one up (MF-5).
    MfaSetup {
        /// Who.
        user: UserId,
        /// The hash of the ticket of their sign-in.
        ticket: String,
        /// Their epoch.
        epoch: u64,
        /// When the ticket ends, and the link with it.
        ends_at: Timestamp,
    },
    /// Username and way in, sent again by staff (BR-3).
    Resend {
        /// Whose.
        user: UserId,
        /// Who asked.
        by: UserId,
        /// The run that it is part of, and when that was planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<InRun>,
    },
    /// A layout with made-up values, for whoever is writing it (ML-4).
    LayoutTest {
        /// Who.
        user: UserId,
        /// What it is for.
        occasion: Occasion,
        /// What it says.
        layout: Box<Layout>,
    },
    /// Something changed that the owner must hear of (RP-6, AC-5).
    Notice {
        /// Whose.
        user: UserId,
        /// What.
        event: Event,
        /// Where to, if not where mail to them goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Email>,
        /// Who on the staff did it, if they did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
}

impl Work {
    /// Whether whoever reads the mail has asked for it just now, in the language that they were spoken to.
    pub fn is_asked_by_its_reader(&self) -> bool {
        match self {
            Self::ForgotUsername { .. }
            | Self::ForgotPassword { .. }
            | Self::FreshTemporary { .. }
            | Self::ResetAccount { .. }
            | Self::SignUpRefused { .. }
            | Self::MfaSetup { .. } => true,
            Self::SignInRefused { .. }
            | Self::Invite { .. }
            | Self::Pin { .. }
            | Self::Resend { .. }
            | Self::LayoutTest { .. }
            | Self::Notice { .. } => false,
        }
    }

    /// What it is called where it is written down.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ForgotUsername { .. } => "recovery.forgot_username",
            Self::ForgotPassword { .. } => "recovery.forgot_password",
            Self::FreshTemporary { .. } => "recovery.fresh_temporary",
            Self::ResetAccount { .. } => "recovery.reset_account",
            Self::SignInRefused { .. } => "sign_in.refused",
            Self::Invite { .. } => "account.invited",
            Self::SignUpRefused { .. } => "sign_up.refused",
            Self::Pin { .. } => "pin.mailed",
            Self::MfaSetup { .. } => "factor.setup_mailed",
            Self::Resend { .. } => "credentials.resent",
            Self::LayoutTest { .. } => "layout.tried_out",
            Self::Notice { event, .. } => event.name(),
        }
    }
}

impl Event {
    /// What it is called where it is written down.
    pub fn name(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password.changed",
            Self::UsernameChanged => "username.changed",
            Self::EmailChanged => "email.changed",
            Self::Locked => "sign_in.locked",
            Self::TokenReused => "session.token_reused",
            Self::PinSentElsewhere => "pin.sent_elsewhere",
            Self::FactorSet => "factor.set",
            Self::FactorReset => "factor.reset",
            Self::RecoveryCodesMade => "factor.recovery_codes_made",
            Self::RecoveryCodeUsed => "factor.recovery_code_used",
            Self::CodeLocked => "security_code.locked",
            Self::PasswordSetByStaff => "password.set_by_staff",
            Self::PasskeyAdded => "passkey.added",
            Self::PasskeyRemoved => "passkey.removed",
            Self::FactorsReset => "factor.all_reset",
            Self::PasskeyCopied => "passkey.copied",
            Self::ProviderLinked => "link.made",
            Self::ProviderUnlinked => "link.removed",
            Self::Exported => "export.told",
        }
    }

    /// Whether it is the owner themselves who did it.
    pub fn is_by_owner(self) -> bool {
        matches!(
            self,
            Self::PasswordChanged
                | Self::UsernameChanged
                | Self::FactorSet
                | Self::RecoveryCodesMade
                | Self::RecoveryCodeUsed
                | Self::PasskeyAdded
                | Self::PasskeyRemoved
        )
    }
}

/// A run that a piece of work is part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InRun {
    /// Which.
    pub id: RunId,
    /// When it was planned: whoever has chosen a password since needs nothing any more.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub planned_at: Timestamp,
}

/// What an owner is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The password was changed.
    PasswordChanged,
    /// The username was changed.
    UsernameChanged,
    /// Staff changed an e-mail address.
    EmailChanged,
    /// The account was locked after too many tries.
    Locked,
    /// An old token of a remembered session was presented again (SE-6).
    TokenReused,
    /// Their PIN was mailed to another address (PN-3).
    PinSentElsewhere,
    /// A second factor was set up (MF-5).
    FactorSet,
    /// The second factor was taken away (MF-9).
    FactorReset,
    /// New recovery codes were made (MF-10).
    RecoveryCodesMade,
    /// A recovery code was used in place of the second factor (MF-10).
    RecoveryCodeUsed,
    /// Too many wrong security codes (MF-7).
    CodeLocked,
    /// Staff set a password (AD-2).
    PasswordSetByStaff,
    /// A passkey was added (MF-13).
    PasskeyAdded,
    /// A passkey was removed (MF-13).
    PasskeyRemoved,
    /// Authenticator and passkeys were taken away together (MF-9, MF-13).
    FactorsReset,
    /// A passkey came with a signature counter that goes back: there may be a copy of it (MF-13).
    PasskeyCopied,
    /// An account elsewhere opens theirs from now on (FE-1).
    ProviderLinked,
    /// One no longer does.
    ProviderUnlinked,
    /// An administrator has taken an export of everything; every administrator hears of it (IO-3).
    Exported,
}

/// Where a piece of work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The courier is to take it.
    Waiting,
    /// A courier has it, until its lease ends.
    Sending,
    /// To be tried again later.
    Held,
    /// Over.
    Done,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The mail service took the mail.
    Sent,
    /// Nothing was to be sent.
    Nothing,
    /// The mail service will never take it.
    Rejected,
    /// A cap was reached.
    Capped,
    /// Given up after too many tries.
    GivenUp,
    /// The receiving server took it.
    Delivered,
    /// It came back and always will.
    Bounced,
    /// Its reader called it spam.
    Complained,
    /// Mail to this address came back before: none is sent until there is another.
    Suppressed,
    /// The run that it was part of was cancelled.
    Cancelled,
}

impl Fate {
    /// As it is stored and counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Nothing => "nothing",
            Self::Rejected => "rejected",
            Self::Capped => "capped",
            Self::GivenUp => "given_up",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The fates that a later one takes the place of, whatever order their news arrives in (ML-6).
    pub fn replaces(self) -> &'static [Self] {
        match self {
            Self::Delivered => &[Self::Sent],
            Self::Bounced | Self::Rejected => &[Self::Sent, Self::Delivered],
            Self::Complained => &[Self::Sent, Self::Delivered, Self::Bounced],
            Self::Sent | Self::Nothing | Self::Capped | Self::GivenUp | Self::Suppressed | Self::Cancelled => &[],
        }
    }
}

/// How long to wait before the next try after so many: one minute, doubling, at most half an hour.
pub fn backoff_seconds(attempts: u32) -> i64 {
    (60_i64 << attempts.saturating_sub(1).min(5)).min(1_800)
}

/// Tries after which a mail is given up: more than three days of half-hours.
pub const MOST_ATTEMPTS: u32 = 160;

#[cfg(test)]
mod tests {
    use super::*;

    /// ML-6: what is said of a mail last is what became of it, and a fate is stored as it is counted.
    #[test]
    fn a_fate_is_replaced_by_worse_news_only() {
        assert!(Fate::Delivered.replaces().contains(&Fate::Sent));
        assert!(!Fate::Delivered.replaces().contains(&Fate::Bounced));
        assert!(Fate::Complained.replaces().contains(&Fate::Bounced));
        for fate in [Fate::Sent, Fate::Nothing, Fate::Rejected, Fate::Capped, Fate::GivenUp, Fate::Bounced] {
            assert_eq!(serde_json::to_value(fate).unwrap(), fate.as_str());
            assert!(!fate.replaces().contains(&fate));
        }
    }

    /// ML-7: tries go on for days.
    #[test]
    fn waits_grow_to_half_an_hour_and_go_on_for_three_days() {
        let waits: Vec<_> = (1..=7).map(backoff_seconds).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1_800, 1_800]);
        let all: i64 = (1..=MOST_ATTEMPTS).map(backoff_seconds).sum();
        assert!(all > 3 * 86_400);
    }
}
