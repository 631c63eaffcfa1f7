//! What people are told of each setting: where it belongs, what it does, and what the standards advise where they differ.

/// How a setting is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A line of text.
    Text,
    /// A line of text, or nothing.
    Optional,
    /// Some lines of text.
    Paragraph,
    /// Some lines of text, or nothing.
    OptionalParagraph,
    /// One entry a line.
    List,
    /// Yes or no.
    Switch,
    /// A whole number.
    Number,
    /// One of these words.
    OneOf(&'static [(&'static str, &'static str)]),
    /// One of these numbers.
    OneNumberOf(&'static [(&'static str, &'static str)]),
    /// Nobody gives it.
    ByItself,
}

/// What people are told of a setting.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its key.
    pub key: &'static str,
    /// The area it belongs to, one of [`AREAS`].
    pub area: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
    /// What the standards advise, where that is something else or worth knowing; may be empty.
    pub advice: &'static str,
    /// How it is given.
    pub given: Given,
}

/// The areas: key and name, in the order in which they are shown.
pub const AREAS: [(&str, &str); 8] = [
    ("organisation", "Organisation"),
    ("sign_in", "Sign-in and sessions"),
    ("lock", "Locks and throttles"),
    ("recovery", "Recovery"),
    ("sign_up", "New accounts"),
    ("pin", "PIN sign-up"),
    ("mfa", "Second factor"),
    ("password", "Passwords"),
];

const fn about(
    (area, key): (&'static str, &'static str),
    label: &'static str,
    help: &'static str,
    given: Given,
) -> About {
    About { key, area, label, help, advice: "", given }
}

impl About {
    const fn advised(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }
}

const LINK_OR_TEMPORARY: Given = Given::OneOf(&[("link", "A link"), ("temporary", "A temporary password")]);

/// Every setting once.
pub const ABOUT: [About; 49] = [
    about(("organisation", "organisation.name"), "Name", "What the organisation is called on pages and in mail.", Given::Text),
    about(
        ("organisation", "organisation.email"),
        "E-mail address",
        "The sender of mail, and whom people are told to contact. Nothing is mailed without it.",
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.environment_name"),
        "Environment",
        "What this installation is called, so that mail from a test site is told apart. The default layouts can be imported once it is set.",
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.language"),
        "Language",
        "The language of pages and mails for whoever has none of their own and whose browser asks for none that we speak.",
        Given::OneOf(&[("en", "English"), ("es", "Spanish")]),
    ),
    about(
        ("organisation", "organisation.colour"),
        "Colour of pages",
        "Such as #17594c: walls, links and buttons. It must be dark enough for white letters; a lighter one for dark pages is made of it.",
        Given::Optional,
    ),
    about(
        ("organisation", "organisation.corners"),
        "Corners",
        "Of fields and buttons.",
        Given::OneOf(&[("square", "Square"), ("soft", "Soft"), ("round", "Round")]),
    ),
    about(
        ("organisation", "organisation.letters"),
        "Letters",
        "Of pages. None are fetched: both are on the reader's machine.",
        Given::OneOf(&[("system", "The system's"), ("serif", "With serifs")]),
    ),
    about(
        ("organisation", "organisation.country"),
        "Country",
        "Two capital letters, such as GB. Phone numbers without a country code are read as numbers of this country.",
        Given::Optional,
    ),
    about(
        ("sign_in", "sign_in.message"),
        "Message when a sign-in fails",
        "The one answer to every refused sign-in, whatever the reason. An instance may override it.",
        Given::Paragraph,
    ),
    about(
        ("sign_in", "sign_in.return_origins"),
        "Sites to go back to",
        "Origins such as https://www.example.org, one a line, that people may be sent on to after signing in.",
        Given::List,
    ),
    about(
        ("sign_in", "sign_in.refusal_milliseconds"),
        "Milliseconds of a refused sign-in",
        "A refusal takes at least so long. Bringing in password hashes that take longer than ours raises it, so that nobody learns \
         from the time whose is one of them; set it to 0 once they have all signed in.",
        Given::Number,
    ),
    about(
        ("sign_in", "session.remember_days"),
        "Days of Keep me logged in",
        "How long a remembered session lasts at the most.",
        Given::Number,
    )
    .advised("NIST SP 800-63B asks for a new sign-in after 30 days at most at its first level, and sooner above it."),
    about(
        ("sign_in", "session.remembered_idle_days"),
        "Idle days of a remembered session",
        "Days without use that end it.",
        Given::Number,
    ),
    about(
        ("sign_in", "session.idle_minutes"),
        "Idle minutes of a session",
        "Minutes without use that end a session which is not remembered.",
        Given::Number,
    ),
    about(
        ("sign_in", "session.absolute_hours"),
        "Hours of a session",
        "How long a session that is not remembered lasts at the most.",
        Given::Number,
    )
    .advised("NIST SP 800-63B: 24 hours at most for its second level."),
    about(
        ("lock", "lock.attempts"),
        "Wrong sign-ins that lock",
        "So many failures in a row lock a username, whether or not anybody has it.",
        Given::Number,
    )
    .advised("NIST SP 800-63B: no more than 100 failures in a row."),
    about(
        ("lock", "lock.mode"),
        "How a lock ends",
        "By a new password, or by waiting, longer each time.",
        Given::OneOf(&[("until_reset", "By a new password"), ("backoff", "By waiting")]),
    )
    .advised("OWASP advises waiting: a lock that only a reset opens lets strangers lock people out. Browsers that a user signed in from keep their own count here."),
    about(
        ("lock", "throttle.address_failures"),
        "Failures of one network",
        "Failures from one network address in ten minutes after which it has to wait.",
        Given::Number,
    ),
    about(
        ("recovery", "recovery.by_mail"),
        "People get back in by mail",
        "Off, whoever forgot something is told to contact staff.",
        Given::Switch,
    ),
    about(
        ("recovery", "recovery.password_mode"),
        "Forgot password mails",
        "A link to set a new password, or a temporary password.",
        LINK_OR_TEMPORARY,
    )
    .advised("A link is safer: it works once and within the hour."),
    about(
        ("recovery", "recovery.create_credentials"),
        "Forgot username makes accounts",
        "A known contact without an account who asks for their username gets one.",
        Given::Switch,
    ),
    about(("recovery", "recovery.link_minutes"), "Minutes of a link", "How long a mailed link holds.", Given::Number)
        .advised("OWASP: as short as people can bear; an hour is usual."),
    about(
        ("recovery", "recovery.shared_address"),
        "A shared address is spoken of",
        "Where somebody learns that several accounts use their address.",
        Given::OneOf(&[("on_screen", "On the page"), ("mail", "In the mail")]),
    )
    .advised("In the mail tells strangers nothing, and lets the reader of the mailbox choose an account."),
    about(
        ("recovery", "recovery.mails_per_address"),
        "Recovery mails an hour",
        "To one address, at the most.",
        Given::Number,
    ),
    about(
        ("recovery", "recovery.unknown_mails_per_address"),
        "Mails a day to an unknown address",
        "To one address that nobody has, at the most.",
        Given::Number,
    ),
    about(
        ("recovery", "recovery.unknown_mails_in_all"),
        "Mails an hour to unknown addresses",
        "To all addresses that nobody has, at the most; 0 sends none.",
        Given::Number,
    ),
    about(
        ("recovery", "resend.mode"),
        "Resend mails",
        "What staff send to let somebody in.",
        LINK_OR_TEMPORARY,
    ),
    about(
        ("recovery", "temporary.days"),
        "Days of a temporary password",
        "How long a temporary password holds, and a link that staff send.",
        Given::Number,
    ),
    about(
        ("recovery", "PASSWORD_EMAIL_CHANGE"),
        "Layout of the password link",
        "The name of the layout of the mail with the link to a new password.",
        Given::Text,
    ),
    about(
        ("sign_up", "sign_up.create_contact"),
        "Strangers become contacts",
        "Whoever asks for an account and is not known becomes a contact with an account.",
        Given::Switch,
    ),
    about(
        ("sign_up", "sign_up.not_found_message"),
        "Message when nobody is found",
        "What somebody is told who can't be given an account by the form.",
        Given::Paragraph,
    ),
    about(
        ("sign_up", "sign_up.phone"),
        "Phone number",
        "Whether the form for a new account asks for one.",
        Given::OneOf(&[("no", "Not asked for"), ("optional", "May be given"), ("required", "Must be given")]),
    ),
    about(
        ("sign_up", "PASSWORD_EMAIL_NEW"),
        "Layout of the first mail",
        "The name of the layout of a new user's first mail.",
        Given::Text,
    ),
    about(
        ("pin", "pin.channel"),
        "Where PINs work",
        "Nowhere, on the pages only, or on pages and for programs.",
        Given::OneOf(&[("off", "Nowhere"), ("hosted", "On the pages"), ("all", "Pages and programs")]),
    ),
    about(
        ("pin", "pin.inherit_administration"),
        "PINs pass on administration",
        "Whether a new user gets the sponsor's rights of administration and sponsoring as well.",
        Given::Switch,
    )
    .advised("Leave it off: a PIN that is passed on would make administrators."),
    about(
        ("pin", "pin.wrong_per_address"),
        "Wrong PINs of one network",
        "In ten minutes, after which it has to wait.",
        Given::Number,
    ),
    about(("pin", "pin.wrong_in_all"), "Wrong PINs in all", "In an hour, after which everybody has to wait.", Given::Number),
    about(
        ("pin", "PINCODE_EMAIL_BODY"),
        "Layout of the PIN mail",
        "The name of the layout of the mail that carries a PIN.",
        Given::Text,
    ),
    about(
        ("mfa", "mfa.scope"),
        "Who shows a security code",
        "At every sign-in, on every site. Whoever comes to be covered is signed out and sets one up.",
        Given::OneOf(&[
            ("off", "Nobody"),
            ("administrators", "Administrators"),
            ("staff", "Staff and administrators"),
            ("everyone", "Everybody"),
        ]),
    )
    .advised("OWASP ASVS asks for a second factor of administrators in any case."),
    about(("password", "password.length"), "Length", "Characters a password has at least.", Given::Number)
        .advised("NIST SP 800-63B: 15 where the password is all there is, 8 beside a second factor."),
    about(("password", "password.upper"), "Upper-case letters", "So many at least.", Given::Number)
        .advised("The standards advise against rules of composition: leave it 0, and ask for length."),
    about(("password", "password.digits"), "Digits", "So many at least.", Given::Number)
        .advised("The standards advise against rules of composition."),
    about(("password", "password.symbols"), "Symbols", "So many at least.", Given::Number)
        .advised("The standards advise against rules of composition."),
    about(("password", "password.letters"), "Letters", "So many at least.", Given::Number)
        .advised("The standards advise against rules of composition."),
    about(
        ("password", "password.requirements_text"),
        "What people are told",
        "Instead of our own words; {0} is the length, {1} the number of symbols.",
        Given::OptionalParagraph,
    ),
    about(
        ("password", "password.history"),
        "Earlier passwords",
        "So many before the present one can't be used again.",
        Given::Number,
    ),
    about(
        ("password", "password.expiry_days"),
        "Days until a password expires",
        "Turning it on, or making it shorter, spreads the first round, so that not everybody's expires on one day.",
        Given::OneNumberOf(&[
            ("0", "Never"),
            ("30", "30"),
            ("60", "60"),
            ("90", "90"),
            ("180", "180"),
            ("365", "365"),
        ]),
    )
    .advised("NIST SP 800-63B and OWASP advise against it: have a password changed when it may be known to others."),
    about(
        ("password", "password.warn_days"),
        "Days of warning",
        "From when people are told that their password expires; half the period counts at the most.",
        Given::Number,
    ),
    about(
        ("password", "password.expiry_since"),
        "Passwords expire since",
        "Set by itself when they begin to.",
        Given::ByItself,
    ),
];

/// What people are told of a setting.
pub fn about_key(key: &str) -> Option<&'static About> {
    ABOUT.iter().find(|about| about.key == key)
}
